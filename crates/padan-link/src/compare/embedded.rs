//! A value that an identifier embeds, where a row does not state it itself.
//!
//! Example: a list with a NIK and without a birth date. The date in the NIK meets the register's own date where the register's row has no
//! NIK, or another one.
//!
//! The trap is hearing one thing twice: where both identifiers are known and alike, the embedded value agrees because they do, so it says
//! nothing. Numbers that differ by sex alone embed one birth date and two sexes.

use super::identifier::Identifier;
use super::{Agreement, Comparator, Glimpse, Signature};
use crate::records::{NULL_ID, TextColumn};

/// Compares own values, and embedded ones where a row has none.
pub(crate) struct Embedded<'a> {
    /// Over the rows' own values.
    pub(super) own: Box<dyn Comparator + 'a>,
    /// Over own values, and embedded ones in their place.
    pub(super) completed: Box<dyn Comparator + 'a>,
    /// By row: whether the value is embedded only.
    pub(super) borrowed: Vec<bool>,
    /// Whether rows that are not borrowed are completed by their own values, and nothing else decides.
    pub(super) completes: bool,
    /// The identifiers.
    pub(super) identifier: &'a TextColumn,
    /// How they are compared.
    pub(super) alike: Identifier<'a>,
}

impl Embedded<'_> {
    fn knows(&self, row: u32) -> bool {
        self.identifier.ids[row as usize] != NULL_ID
    }
}

impl Comparator for Embedded<'_> {
    fn levels(&self) -> Vec<String> {
        self.own.levels()
    }

    fn start(&self) -> Vec<f64> {
        self.own.start()
    }

    fn ids(&self) -> Option<&[u32]> {
        self.completed.ids().filter(|_| self.completes)
    }

    fn compare_known(&self, (left, right): (u32, u32), ids: (u32, u32)) -> Agreement {
        let is_own = !self.borrowed[left as usize] && !self.borrowed[right as usize];
        if is_own { self.completed.compare_known((left, right), ids) } else { self.compare(left, right) }
    }

    fn glimpse(&self) -> Option<&dyn Glimpse> {
        self.completed.glimpse().is_some_and(|completed| self.completes && completed.words() < 2).then_some(self)
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        if !self.borrowed[left as usize] && !self.borrowed[right as usize] {
            return self.own.compare(left, right);
        }
        if !self.knows(left) || !self.knows(right) {
            return self.completed.compare(left, right);
        }
        let own = self.own.compare(left, right);
        if own != Agreement::MISSING || self.alike.is_alike(left, right) { own } else { self.completed.compare(left, right) }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.completed.is_known(left, right)
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        self.completed.exact_chance(left, right)
    }
}

/// One word more than that of the values says whether the row states its own.
impl Glimpse for Embedded<'_> {
    fn words(&self) -> usize {
        1 + self.completed.glimpse().map_or(0, Glimpse::words)
    }

    fn signature(&self, row: u32, value: u32) -> Signature {
        let Signature(of_value) = self.completed.glimpse().map(|completed| completed.signature(row, value)).unwrap_or_default();
        Signature(of_value << 32 | u64::from(!self.borrowed[row as usize]))
    }

    fn level(&self, (a, Signature(of_a)): (u32, Signature), (b, Signature(of_b)): (u32, Signature)) -> Option<u8> {
        // Where an identifier speaks for a row, both identifiers are asked.
        if of_a & of_b & 1 == 0 {
            return None;
        }
        self.completed.glimpse()?.level((a, Signature(of_a >> 32)), (b, Signature(of_b >> 32)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch};

    use crate::compare::{compare_all, prepare};
    use crate::records::{Column, NULL_ID, NULL_INT, Records, TextColumn};

    /// Numbers of a man and a woman born on one day in one region: that they share the day is heard when the numbers are compared.
    #[test]
    fn a_date_inside_both_numbers_is_heard_once_whatever_the_sex() {
        let texts = ["3507331112720004", "3507335112720009"].into_iter().collect::<crate::texts::Texts>().into();
        let rows: ArrayRef = Arc::new(Int64Array::from(vec![0; 2]));
        let batch = RecordBatch::try_from_iter([("row", rows)]).expect("one column");
        let mut records = Records::encode(&[&batch], &[]).expect("no column");
        records.insert("id", Column::Text(TextColumn { ids: vec![0, 1], values: texts })).expect("fits");
        records.insert("own", Column::Date(vec![NULL_INT, 1_075])).expect("fits");
        records.insert("completed", Column::Date(vec![1_075, 1_075])).expect("fits");
        let level = |sex_digit: &str| {
            let comparison = toml::from_str(&format!(
                "name = 'date'\ncompare = {{ kind = 'date', column = 'own' }}\n\
                 embedded = {{ column = 'completed', identifier = 'id', stem = 12{sex_digit} }}"
            ));
            let comparator = prepare(&comparison.expect("a comparison"), &records, &[0, 1], None).expect("has its columns");
            comparator.levels()[usize::from(comparator.compare(0, 1).level)].clone()
        };
        assert_eq!([level(", sex-digit = 7"), level("")], ["missing", "same"]);
    }

    #[test]
    fn an_embedded_date_speaks_where_the_identifiers_do_not() {
        // Rows: 0 states no date and has an identifier; 1 is it, 2 has none, 3 has another one and the date, 4 another and another.
        let texts = ["3201010503900001", "3202020101800002"].into_iter().collect::<crate::texts::Texts>().into();
        let ids = vec![0, 0, NULL_ID, 1, 1];
        let rows: ArrayRef = Arc::new(Int64Array::from(vec![0; ids.len()]));
        let batch = RecordBatch::try_from_iter([("row", rows)]).expect("one column");
        let mut records = Records::encode(&[&batch], &[]).expect("no column");
        records.insert("id", Column::Text(TextColumn { ids, values: texts })).expect("fits");
        records.insert("own", Column::Date(vec![NULL_INT, 7_368, 7_368, 7_368, 9_000])).expect("fits");
        records.insert("completed", Column::Date(vec![7_368, 7_368, 7_368, 7_368, 9_000])).expect("fits");
        let comparison = toml::from_str(
            "name = 'date'\ncompare = { kind = 'date', column = 'own' }\nembedded = { column = 'completed', identifier = 'id', stem = 12 }",
        );
        let comparator = prepare(&comparison.expect("a comparison"), &records, &[0, 1, 2, 3, 4], None).expect("has its columns");
        let level = |left, right| comparator.levels()[usize::from(comparator.compare(left, right).level)].clone();
        assert!(comparator.ids().is_some(), "its values decide, and the identifiers where one is borrowed");
        let mut pairs: Vec<(u32, u32)> = (0..5).flat_map(|left| (0..5).map(move |right| (left, right))).collect();
        pairs.push((4, 4));
        let mut levels = vec![0; pairs.len()];
        compare_all(comparator.as_ref(), &pairs, |at, agreement| levels[at] = agreement.level);
        assert_eq!(levels, pairs.iter().map(|(left, right)| comparator.compare(*left, *right).level).collect::<Vec<_>>());
        let (glimpse, ids) = (comparator.glimpse().expect("dates are told at a glance"), comparator.ids().expect("ids"));
        for (left, right) in pairs {
            let signed = |row: u32| (ids[row as usize], glimpse.signature(row, ids[row as usize]));
            let told = (left != 0 && right != 0).then(|| comparator.compare(left, right).level);
            assert_eq!(glimpse.level(signed(left), signed(right)), told, "{left} {right}: row 0 has no date of its own");
        }
        for (left, right, expected) in [(0, 1, "missing"), (0, 2, "same"), (0, 3, "same"), (0, 4, "different"), (1, 3, "same")] {
            assert_eq!(level(left, right), expected, "{left} {right}");
        }
    }
}
