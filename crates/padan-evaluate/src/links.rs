//! From a list's rows to the registry's persons: precision, recall and F1 of a source.
//!
//! A row is linked if its predicted person holds a registry row. Where that person holds registry rows of several true persons, the
//! strict reading is taken: it stands for the one that most of its registry rows belong to, of equals the one of the lowest row, and a
//! row of the other is linked wrongly.

use serde::{Deserialize, Serialize};

use crate::Scores;

/// Rows of one source, judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkScores {
    /// Linked, and to the right person.
    pub true_positive: u64,
    /// Linked, and to a person that the row is not.
    pub false_positive: u64,
    /// The person has a registry row, and the row was linked to none or to another; the latter counts as a false positive too.
    pub false_negative: u64,
    /// Not linked, and the person has no registry row: rightly left alone.
    pub true_negative: u64,
    /// Precision, recall, F1.
    #[serde(default)]
    pub scores: Scores,
}

impl LinkScores {
    /// Judges rows given as (the true person of the registry row it was linked to, its own true person, whether that one has a
    /// registry row).
    ///
    /// ```
    /// let judged = padan_evaluate::LinkScores::judge([(Some(1), 1, true), (Some(2), 1, true), (None, 3, false)]);
    /// assert_eq!((judged.true_positive, judged.false_positive, judged.false_negative, judged.true_negative), (1, 1, 1, 1));
    /// assert_eq!(judged.scores.f1, Some(0.5));
    /// ```
    pub fn judge(rows: impl IntoIterator<Item = (Option<u32>, u32, bool)>) -> Self {
        let mut counts = Self::default();
        for (linked, person, in_registry) in rows {
            let right = linked == Some(person);
            counts.true_positive += u64::from(right);
            counts.false_positive += u64::from(linked.is_some() && !right);
            counts.false_negative += u64::from(in_registry && !right);
            counts.true_negative += u64::from(linked.is_none() && !in_registry);
        }
        let (right, wrong, missed) = (counts.true_positive, counts.false_positive, counts.false_negative);
        counts.scores = Scores::from_counts(right, right + wrong, right + missed);
        counts
    }
}

/// For every predicted person the true person it stands for, by the registry's rows in row order as (predicted, true).
///
/// The answer is indexed by predicted person, of which there are `persons`; `None` for one without a registry row.
pub fn majority_person(registry: &[(u32, u32)], persons: usize) -> Vec<Option<u32>> {
    let mut rows: Vec<(u32, u32, usize)> = registry.iter().enumerate().map(|(row, (predicted, truth))| (*predicted, *truth, row)).collect();
    rows.sort_unstable();
    let mut majority = vec![None; persons];
    for person in rows.chunk_by(|a, b| a.0 == b.0) {
        let candidates = person.chunk_by(|a, b| a.1 == b.1);
        let winner = candidates.max_by_key(|rows| (rows.len(), std::cmp::Reverse(rows[0].2)));
        if let (Some(slot), Some(winner)) = (majority.get_mut(person[0].0 as usize), winner) {
            *slot = Some(winner[0].1);
        }
    }
    majority
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mixed_person_stands_for_its_majority_then_for_its_first_row() {
        let registry = [(0, 5), (1, 7), (1, 6), (2, 9), (2, 8), (2, 8)];
        assert_eq!(majority_person(&registry, 4), [Some(5), Some(7), Some(8), None]);
    }

    proptest! {
        #[test]
        fn the_majority_is_that_of_a_count(registry in prop::collection::vec((0u32..5, 0u32..5), 0..30)) {
            let found = majority_person(&registry, 5);
            for predicted in 0..5u32 {
                let truths: Vec<u32> = registry.iter().filter(|row| row.0 == predicted).map(|row| row.1).collect();
                let count = |truth: u32| truths.iter().filter(|other| **other == truth).count();
                let most = truths.iter().map(|truth| count(*truth)).max();
                let expected = truths.iter().copied().find(|truth| Some(count(*truth)) == most);
                prop_assert_eq!(found[predicted as usize], expected);
            }
        }

        #[test]
        fn every_row_is_accounted_for(rows in prop::collection::vec((prop::option::of(0u32..4), 0u32..4), 0..30), known in prop::array::uniform4(any::<bool>())) {
            // A row can only be linked to a person that has a registry row.
            let rows: Vec<_> = rows.into_iter().map(|(linked, person)| (linked.filter(|to| known[*to as usize]), person, known[person as usize])).collect();
            let judged = LinkScores::judge(rows.iter().copied());
            let linked = rows.iter().filter(|row| row.0.is_some()).count() as u64;
            let in_registry = rows.iter().filter(|row| row.2).count() as u64;
            prop_assert_eq!(judged.true_positive + judged.false_positive, linked);
            prop_assert_eq!(judged.true_positive + judged.false_negative, in_registry);
            let alone = rows.iter().filter(|row| row.0.is_none() && !row.2).count() as u64;
            prop_assert_eq!(judged.true_negative, alone);
        }
    }
}
