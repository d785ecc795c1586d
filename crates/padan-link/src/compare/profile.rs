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
pub(crate) struct Profile {
    /// By row: the level of its kind.
    level: Vec<u8>,
    /// The kinds that have a level of their own, with their share of the reference.
    kinds: Vec<(String, f64)>,
}

/// Levels that are no kind's.
const NO_KINDS: [&str; 2] = ["missing", "other"];

impl Profile {
    /// The commonest kinds of the `reference` rows have levels of their own, the rest share one.
    pub(crate) fn new(column: &TextColumn, reference: &[u32]) -> Self {
        let count = counts(column, reference);
        let mut kinds: Vec<u32> = (0..count.len() as u32).filter(|id| count[*id as usize] > 0).collect();
        kinds.sort_by_key(|id| (std::cmp::Reverse(count[*id as usize]), &column.values[*id as usize]));
        kinds.truncate(MOST_LEVELS - NO_KINDS.len());
        let names: Vec<&str> = kinds.iter().map(|id| &column.values[*id as usize]).collect();
        Self::of_kinds(column, reference, &count, &names)
    }

    /// The kinds that a model has learned, whatever is common here.
    pub(crate) fn of_levels(column: &TextColumn, reference: &[u32], levels: &[String]) -> Self {
        let names: Vec<&str> = levels.iter().skip(NO_KINDS.len()).map(String::as_str).collect();
        Self::of_kinds(column, reference, &counts(column, reference), &names)
    }

    fn of_kinds(column: &TextColumn, reference: &[u32], count: &[u32], names: &[&str]) -> Self {
        let of_value = |value: &str| names.iter().position(|name| *name == value).map_or(OTHER, |at| OTHER + 1 + at as u8);
        let level_of: Vec<u8> = column.values.iter().map(of_value).collect();
        let level = column.ids.iter().map(|id| if *id == NULL_ID { MISSING } else { level_of[*id as usize] }).collect();
        let share = |level: u8| {
            let of_level = level_of.iter().zip(count).filter(|(of, _)| **of == level).map(|(_, count)| f64::from(*count));
            of_level.sum::<f64>() / reference.len().max(1) as f64
        };
        let kinds = names.iter().zip(OTHER + 1..).map(|(name, level)| ((*name).to_owned(), share(level))).collect();
        Self { level, kinds }
    }
}

/// By value: the rows that hold it.
fn counts(column: &TextColumn, reference: &[u32]) -> Vec<u32> {
    let mut count = vec![0_u32; column.values.len()];
    for row in reference {
        if let Some(count) = count.get_mut(column.ids[*row as usize] as usize) {
            *count += 1;
        }
    }
    count
}

impl Comparator for Profile {
    fn levels(&self) -> Vec<String> {
        NO_KINDS.into_iter().chain(self.kinds.iter().map(|(name, _)| name.as_str())).map(str::to_owned).collect()
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

    fn is_said(&self, left: u32) -> bool {
        self.level[left as usize] == MISSING
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

    #[test]
    fn kinds_are_those_of_a_model_that_was_learned_elsewhere() {
        let values = std::sync::Arc::new(["anak", "mertua", "kepala"].into_iter().collect());
        let column = TextColumn { ids: vec![NULL_ID, 0, 1, 2], values };
        let levels = ["missing", "other", "kepala", "menantu", "anak"].map(str::to_owned);
        let profile = Profile::of_levels(&column, &[1, 2, 3], &levels);
        assert_eq!(profile.levels(), levels);
        assert_eq!([1, 2, 3].map(|right| profile.compare(0, right).level), [4, OTHER, 2]);
    }
}
