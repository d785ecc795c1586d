//! How common values are among the reference rows, and the chance that two rows hold the same one.
//!
//! A value that no reference row holds counts as held by one: a share of zero would make the rarest agreement infinitely strong.

use crate::hash::FixedMap;
use crate::records::{Column, NULL_ID, NULL_INT, TextColumn};

/// Values of a column as dense ids, `NULL_ID` where a row has none, and how common each is.
pub(super) struct Values {
    ids: Vec<u32>,
    share: Vec<f32>,
}

impl Values {
    /// Numbers any column's distinct values.
    pub(super) fn of(column: &Column, reference: &[u32]) -> Self {
        match column {
            Column::Text(column) => Self { ids: column.ids.clone(), share: of_texts(column, reference) },
            Column::Date(values) | Column::Int(values) => {
                let mut dictionary: FixedMap<u64, u32> = FixedMap::default();
                let mut id_of = |value: i64| {
                    if value == NULL_INT {
                        return NULL_ID;
                    }
                    let next = dictionary.len() as u32;
                    *dictionary.entry(value as u64).or_insert(next)
                };
                let ids: Vec<u32> = values.iter().map(|value| id_of(*value)).collect();
                let share = shares(&ids, dictionary.len(), reference);
                Self { ids, share }
            }
        }
    }

    /// By row: its value, or `NULL_ID`.
    pub(super) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The row's value.
    pub(super) fn get(&self, row: u32) -> Option<u32> {
        Some(self.ids[row as usize]).filter(|id| *id != NULL_ID)
    }

    /// Share of the reference rows that hold the value.
    pub(super) fn share(&self, id: u32) -> f32 {
        self.share[id as usize]
    }

    /// The larger share of two values.
    pub(super) fn larger_share(&self, a: u32, b: u32) -> f32 {
        self.share(a).max(self.share(b))
    }

    /// Chance that a left and a right row hold the same value.
    pub(super) fn equal_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        equal_chance(&self.ids, left, right)
    }
}

/// Per value of a text column: the share of the reference rows that hold it, of those that hold any.
pub(super) fn of_texts(column: &TextColumn, reference: &[u32]) -> Vec<f32> {
    shares(&column.ids, column.values.len(), reference)
}

fn shares(ids: &[u32], values: usize, reference: &[u32]) -> Vec<f32> {
    let mut counts = vec![0_u32; values];
    let mut total = 0_u32;
    for row in reference {
        let id = ids[*row as usize];
        if id != NULL_ID {
            counts[id as usize] += 1;
            total += 1;
        }
    }
    counts.into_iter().map(|count| count.max(1) as f32 / total.max(1) as f32).collect()
}

/// By how much the rows of a value overstate how many more there would be: n − D of N rows is the share of one more row, for D = n₁ ÷ (n₁ +
/// 2 n₂) where n₁ values have one row and n₂ two (absolute discounting; Ney, Essen and Kneser 1994). Where next to every value is of one row
/// the next one is too.
pub(super) fn discount(counts: impl Iterator<Item = u32>) -> f64 {
    let (mut once, mut twice) = (0_u32, 0_u32);
    for count in counts {
        once += u32::from(count == 1);
        twice += u32::from(count == 2);
    }
    f64::from(once) / (f64::from(once) + 2.0 * f64::from(twice)).max(1.0)
}

/// Chance that a left and a right row hold the same value: Σ n_left(v)·n_right(v) over the pairs in which both have one; where they are
/// the same rows Σ n(v)·(n(v) − 1), since no row meets itself.
pub(crate) fn equal_chance(ids: &[u32], left: &[u32], right: &[u32]) -> Option<f64> {
    equal_chance_where(ids, left, right, |_| true)
}

/// The same, where values that are not `whole` count as values and never as equal.
pub(super) fn equal_chance_where(ids: &[u32], left: &[u32], right: &[u32], whole: impl Fn(u32) -> bool) -> Option<f64> {
    // Ids are dense, so counts stand in arrays.
    let count = |rows: &[u32]| {
        let mut counts: Vec<u32> = Vec::new();
        let mut known = 0_u64;
        for id in rows.iter().map(|row| ids[*row as usize]).filter(|id| *id != NULL_ID) {
            if id as usize >= counts.len() {
                counts.resize(id as usize + 1, 0);
            }
            counts[id as usize] += 1;
            known += 1;
        }
        (counts, known)
    };
    let ((of_left, n_left), (of_right, n_right)) = rayon::join(|| count(left), || count(right));
    if n_left == 0 || n_right == 0 {
        return None;
    }
    let itself = left == right;
    let both = of_left.iter().zip(&of_right).enumerate().filter(|(_, (a, b))| **a > 0 && **b > 0);
    let equal: u64 = both.filter(|(id, _)| whole(*id as u32)).map(|(_, (a, b))| u64::from(*a) * u64::from(*b - u32::from(itself))).sum();
    let others = n_right - u64::from(itself);
    (others > 0).then(|| equal as f64 / (n_left as f64 * others as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_one_row_is_the_rarer_the_more_such_values_there_are() {
        let cases: [(&[u32], f64); 5] =
            [(&[5, 9, 4], 0.0), (&[1, 1, 2, 7], 0.5), (&[1, 1, 1, 1, 1, 1, 2], 0.75), (&[1, 1], 1.0), (&[], 0.0)];
        for (counts, expected) in cases {
            assert!((discount(counts.iter().copied()) - expected).abs() < 1e-12, "{counts:?}");
        }
    }

    #[test]
    fn shares_and_chances() {
        let values = Values::of(&Column::Int(vec![7, 7, 8, NULL_INT, 9]), &[0, 1, 2, 3]);
        assert_eq!(values.get(3), None);
        let share = |row| values.get(row).map(|id| values.share(id));
        assert!((share(0).expect("known") - 2.0 / 3.0).abs() < 1e-6);
        assert!((share(4).expect("known") - 1.0 / 3.0).abs() < 1e-6, "no reference row holds it");
        assert_eq!(values.equal_chance(&[0, 1], &[2, 4]), Some(0.0));
        assert_eq!(values.equal_chance(&[0, 3], &[1, 2]), Some(0.5));
        assert_eq!(values.equal_chance(&[3], &[1]), None);
        assert_eq!(values.equal_chance(&[0, 1, 2], &[0, 1, 2]), Some(1.0 / 3.0));
        assert_eq!(values.equal_chance(&[0], &[0]), None);
        assert_eq!(equal_chance_where(&[0, 0], &[0], &[1], |_| false), Some(0.0));
    }
}
