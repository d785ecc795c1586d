//! Which kind of reference row a list holds, where the left row does not say it of itself.
//!
//! Example: a list of family heads without birth dates. Of two namesakes in the register, a head of family and a child of six, the head is
//! the likelier match, and by how much is learned as m and u of any comparison: the share of the kind among matches and among all
//! reference rows. So this comparison reads the reference row alone; where the left row has a value of its own the other comparisons
//! compare it, and the kind says nothing more.
//!
//! It says who is *usually* on the list. Who is wrongly on it must still be found there: one row in twenty is taken for drawn from the
//! whole register, so that the kind never weighs more than four bits against a person.

use super::{Agreement, Comparator, MOST_LEVELS};
use crate::records::{NULL_ID, TextColumn};

const MISSING: u8 = 0;
const OTHER: u8 = 1;
/// Share of a list's rows that may be anybody.
const ANYBODY: f64 = 0.05;

/// Reads the kind of the reference row.
pub(crate) struct Profile<'a> {
    /// By row: the level of its kind.
    level: Vec<u8>,
    /// The kinds that have a level of their own, with their share of the reference.
    kinds: Vec<(&'a str, f64)>,
}

impl<'a> Profile<'a> {
    /// The commonest kinds of the `reference` rows have levels of their own, the rest share one.
    pub(crate) fn new(column: &'a TextColumn, reference: &[u32]) -> Self {
        let commonest = commonest(column, reference);
        let mut level_of = vec![OTHER; column.values.len()];
        for (at, (id, _)) in commonest.iter().enumerate() {
            level_of[*id as usize] = OTHER + 1 + at as u8;
        }
        let level = column.ids.iter().map(|id| if *id == NULL_ID { MISSING } else { level_of[*id as usize] }).collect();
        Self { level, kinds: commonest.iter().map(|(id, share)| (&column.values[*id as usize], *share)).collect() }
    }
}

/// The commonest values with their shares; of equally common ones the first by name.
fn commonest(column: &TextColumn, reference: &[u32]) -> Vec<(u32, f64)> {
    let mut count = vec![0_u32; column.values.len()];
    for row in reference {
        if let Some(count) = count.get_mut(column.ids[*row as usize] as usize) {
            *count += 1;
        }
    }
    let mut kinds: Vec<u32> = (0..count.len() as u32).filter(|id| count[*id as usize] > 0).collect();
    kinds.sort_by_key(|id| (std::cmp::Reverse(count[*id as usize]), &column.values[*id as usize]));
    kinds.truncate(MOST_LEVELS - usize::from(OTHER) - 1);
    kinds.into_iter().map(|id| (id, f64::from(count[id as usize]) / reference.len() as f64)).collect()
}

impl Comparator for Profile<'_> {
    fn levels(&self) -> Vec<String> {
        ["missing", "other"].into_iter().chain(self.kinds.iter().map(|(name, _)| *name)).map(str::to_owned).collect()
    }

    fn start(&self) -> Vec<f64> {
        std::iter::once(1e-3).chain(self.kinds.iter().map(|(_, share)| *share)).collect()
    }

    fn doubt(&self) -> f64 {
        ANYBODY
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        if self.level[left as usize] == MISSING { Agreement::level(self.level[right as usize]) } else { Agreement::MISSING }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.level[left as usize] == MISSING && self.level[right as usize] != MISSING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_kind_reads_the_other_ones() {
        let values = std::sync::Arc::new(["kepala", "anak"].into_iter().collect());
        let column = TextColumn { ids: vec![NULL_ID, 1, 0, 1, NULL_ID], values };
        let profile = Profile::new(&column, &[1, 2, 3]);
        assert_eq!(profile.levels(), ["missing", "other", "anak", "kepala"]);
        for (left, right, level) in [(0, 1, 2), (0, 2, 3), (1, 2, MISSING), (0, 4, MISSING)] {
            assert_eq!(profile.compare(left, right).level, level, "{left} {right}");
        }
    }
}
