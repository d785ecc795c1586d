//! How common a value is where both rows live: a name that half a village bears says less there than its share of the country.
//!
//! In region g of N_g rows, n of them with value v, of global share p, the chance that one more row has v is (n + κp) ÷ (N_g + κ), the
//! posterior mean of a Dirichlet prior of strength κ around the global shares (Balding and Nichols 1994, for alleles of a
//! subpopulation). κ = (1 − F) ÷ F, F being by how much two rows of one region agree more often than any two, of what is possible (Wright's
//! F_ST, from the counts themselves as Nei 1987 does). The reference row itself is not counted, or every rare name would look common in
//! a small village. Rows of two regions, and values that are only alike, have the global share.

use super::{Agreement, Comparator, Rarity};
use crate::hash::FixedMap;
use crate::records::{NULL_ID, TextColumn};

/// F is taken to be at most this: a value that names the region is no name.
const MOST_F: f64 = 0.5;
/// Below this regions are alike, and the global share says all.
const LEAST_F: f64 = 1e-6;

/// A comparison whose equal values are weighed by their region.
pub(super) struct Local<'a> {
    inner: Box<dyn Comparator + 'a>,
    /// By row: its value and region as one number, `NULL_ID` without a value.
    ids: Vec<u32>,
    /// By that number: the value's own id.
    values: Vec<u32>,
    /// By that number: the share in the region; 0 without one, where the global share holds.
    shares: Vec<f32>,
}

impl<'a> Local<'a> {
    /// Counts over the `reference` rows; `inner` as it is where its values have no ids or where regions are alike.
    pub(super) fn wrap(inner: Box<dyn Comparator + 'a>, regions: &TextColumn, reference: &[u32]) -> Box<dyn Comparator + 'a> {
        let Some(own) = inner.ids() else { return inner };
        let mut numbers: FixedMap<u64, u32> = FixedMap::default();
        let (mut values, mut of_number) = (Vec::new(), Vec::new());
        let number = |(value, region): (&u32, &u32)| {
            if *value == NULL_ID {
                return NULL_ID;
            }
            *numbers.entry(u64::from(*value) << 32 | u64::from(*region)).or_insert_with(|| {
                values.push(*value);
                of_number.push(*region);
                values.len() as u32 - 1
            })
        };
        let ids: Vec<u32> = own.iter().zip(&regions.ids).map(number).collect();
        let counts = Counts::of(&ids, &values, &of_number, reference);
        let Some(strength) = counts.strength() else { return inner };
        let share = |(at, (value, region)): (usize, (&u32, &u32))| {
            if *region == NULL_ID {
                return 0.0;
            }
            let global = f64::from(counts.value[*value as usize].max(1)) / counts.rows.max(1.0);
            let (own, rows) = (f64::from(counts.number[at]), f64::from(counts.region[*region as usize]));
            (((own - 1.0).max(0.0) + strength * global) / ((rows - 1.0).max(0.0) + strength)) as f32
        };
        let shares = values.iter().zip(&of_number).enumerate().map(share).collect();
        Box::new(Self { inner, ids, values, shares })
    }
}

impl Local<'_> {
    fn in_region(&self, number: u32, agreement: Agreement) -> Agreement {
        let share = self.shares[number as usize];
        if share > 0.0 && agreement.frequency > 0.0 { Agreement { frequency: share, ..agreement } } else { agreement }
    }
}

/// Reference rows that have a value and a region.
struct Counts {
    /// By value and region as one number.
    number: Vec<u32>,
    value: Vec<u32>,
    region: Vec<u32>,
    rows: f64,
}

impl Counts {
    fn of(ids: &[u32], values: &[u32], regions: &[u32], reference: &[u32]) -> Self {
        let size = |ids: &[u32]| ids.iter().filter(|id| **id != NULL_ID).max().map_or(0, |most| *most as usize + 1);
        let mut counts = Self { number: vec![0; values.len()], value: vec![0; size(values)], region: vec![0; size(regions)], rows: 0.0 };
        for number in reference.iter().map(|row| ids[*row as usize]).filter(|number| *number != NULL_ID) {
            let region = regions[number as usize];
            if region == NULL_ID {
                continue;
            }
            counts.number[number as usize] += 1;
            counts.value[values[number as usize] as usize] += 1;
            counts.region[region as usize] += 1;
            counts.rows += 1.0;
        }
        counts
    }

    /// κ; `None` where regions are alike, or there is one.
    fn strength(&self) -> Option<f64> {
        let pairs = |counts: &[u32]| counts.iter().map(|count| f64::from(*count) * (f64::from(*count) - 1.0)).sum::<f64>();
        let (within, all) = (pairs(&self.region), self.rows * (self.rows - 1.0));
        if within <= 0.0 || within >= all {
            return None;
        }
        let (local, global) = (pairs(&self.number) / within, pairs(&self.value) / all);
        let f = ((local - global) / (1.0 - global)).min(MOST_F);
        (f >= LEAST_F).then(|| (1.0 - f) / f)
    }
}

impl Comparator for Local<'_> {
    fn levels(&self) -> Vec<String> {
        self.inner.levels()
    }

    fn start(&self) -> Vec<f64> {
        self.inner.start()
    }

    fn doubt(&self) -> f64 {
        self.inner.doubt()
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.ids[left as usize], self.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.compare_known((left, right), (a, b)) }
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(&self.ids)
    }

    fn fetch(&self, ids: &mut dyn Iterator<Item = (u32, u32)>) {
        self.inner.fetch(&mut ids.map(|(left, right)| (self.values[left as usize], self.values[right as usize])));
    }

    fn equal(&self, value: u32) -> Option<Agreement> {
        Some(self.in_region(value, self.inner.equal(self.values[value as usize])?))
    }

    fn rarity(&self, value: u32, level: u8) -> Rarity {
        // Of unequal numbers, which may be one value in two regions.
        self.inner.rarity(self.values[value as usize], level)
    }

    fn compare_known(&self, rows: (u32, u32), (left, right): (u32, u32)) -> Agreement {
        let agreement = self.inner.compare_known(rows, (self.values[left as usize], self.values[right as usize]));
        // One number is one value in one region.
        if left == right { self.in_region(left, agreement) } else { agreement }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.inner.is_known(left, right)
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        self.inner.exact_chance(left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::super::exact::Exact;
    use super::*;
    use crate::records::Column;

    fn column(texts: &[&str]) -> TextColumn {
        let mut values: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        values.sort();
        values.dedup();
        let id = |text: &&str| if text.is_empty() { NULL_ID } else { values.iter().position(|value| value == text).unwrap_or(0) as u32 };
        TextColumn { ids: texts.iter().map(id).collect(), values: std::sync::Arc::new(values.iter().collect()) }
    }

    /// Ten villages of 20: half of the first are called SITI, of the others one; everybody else has a name of their own.
    fn villages() -> (Vec<String>, Vec<String>) {
        let name = |row: usize| if row < 10 || row.is_multiple_of(20) { "SITI".to_owned() } else { format!("N{row}") };
        ((0..200).map(name).collect(), (0..200).map(|row| format!("V{}", row / 20)).collect())
    }

    #[test]
    fn a_name_of_the_village_says_less_there() {
        let (names, regions) = villages();
        let as_column = |texts: &[String]| column(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let reference: Vec<u32> = (0..200).collect();
        let names = Column::Text(as_column(&names));
        let plain = Exact::new(&names, &reference);
        let local = Local::wrap(Box::new(Exact::new(&names, &reference)), &as_column(&regions), &reference);
        let (here, elsewhere, across) = (local.compare(1, 2), local.compare(40, 40), local.compare(1, 40));
        assert_eq!([here.level, elsewhere.level, across.level], [plain.compare(1, 2).level; 3]);
        let national = plain.compare(1, 2).frequency;
        assert_eq!(across, plain.compare(1, 40), "rows of two villages");
        assert!(here.frequency > 1.5 * national, "{} {national}", here.frequency);
        assert!(elsewhere.frequency < national, "in a village with one SITI the row itself is not counted: {}", elsewhere.frequency);
        let rare = (local.compare(50, 50).frequency, plain.compare(50, 50).frequency);
        assert!(rare.0 <= rare.1, "a rare name stays rare in a small village: {rare:?}");
        assert_eq!(local.compare(3, 50), plain.compare(3, 50));
    }

    #[test]
    fn regions_that_are_alike_change_nothing() {
        let names: Vec<String> = (0..200).map(|row| format!("N{}", row / 10)).collect();
        let regions: Vec<String> = (0..200).map(|row| format!("V{}", row % 10)).collect();
        let as_column = |texts: &[String]| column(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let reference: Vec<u32> = (0..200).collect();
        let names = Column::Text(as_column(&names));
        let plain = Exact::new(&names, &reference);
        let local = Local::wrap(Box::new(Exact::new(&names, &reference)), &as_column(&regions), &reference);
        assert_eq!(local.compare(0, 1), plain.compare(0, 1));
        assert_eq!(local.compare(0, 0), plain.compare(0, 0));
    }
}
