//! The clusters of a link result against the true entities, over the labelled rows.
//!
//! Pairs are counted from sizes, never listed: a cluster of a million rows costs a million steps. In mode `link` only pairs of
//! different tables count; B-cubed is about rows and knows no tables.

use rayon::slice::ParallelSliceMut;
use serde::Serialize;

use super::entity::UNLABELLED;
use super::rows::Rows;
use super::summary::LinkMode;
use super::truth::Truth;
use crate::{Contingency, Scores, b_cubed};

/// Pairs of rows that were put together, judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct PairScores {
    /// Put together and true.
    pub true_positive: u64,
    /// Put together and not true.
    pub false_positive: u64,
    /// True and not put together.
    pub false_negative: u64,
    /// Precision, recall, F1.
    pub scores: Scores,
}

impl PairScores {
    /// From the pairs that are both, the pairs put together and the true pairs.
    pub(super) fn new(both: u64, predicted: u64, truth: u64) -> Self {
        Self {
            true_positive: both,
            false_positive: predicted - both,
            false_negative: truth - both,
            scores: Scores::from_counts(both, predicted, truth),
        }
    }
}

/// Clusters, judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClusterScores {
    /// Clusters with a labelled row.
    pub clusters: u64,
    /// True entities.
    pub entities: u64,
    /// All pairs within clusters, of different tables in mode `link`.
    pub pairs: PairScores,
    /// Of rows.
    pub b_cubed: Scores,
}

/// Judges the clusters.
pub(super) fn judge(rows: &Rows, truth: &Truth) -> ClusterScores {
    let linking = truth.mode == LinkMode::Link;
    let labelled = || (0..rows.len()).filter(|row| truth.entity[*row] != UNLABELLED);
    let predicted = pairs_within(labelled().map(|row| (rows.cluster[row], 0, rows.table[row])), linking);
    let both = match &truth.list {
        Some(list) => list.iter().filter(|(l, r)| rows.cluster[*l as usize] == rows.cluster[*r as usize]).count() as u64,
        None => pairs_within(labelled().map(|row| (rows.cluster[row], truth.entity[row], rows.table[row])), linking),
    };
    let table = Contingency::new(labelled().map(|row| (rows.cluster[row], truth.entity[row])));
    ClusterScores {
        clusters: table.predicted.len() as u64,
        entities: table.truth.len() as u64,
        pairs: PairScores::new(both, predicted, truth.counts.true_pairs),
        b_cubed: b_cubed(&table),
    }
}

/// Pairs of rows that are alike in the first two of (group, group, table), and unlike in the third where only those count.
pub(super) fn pairs_within(rows: impl Iterator<Item = (u32, u32, u32)>, across_tables: bool) -> u64 {
    let mut rows: Vec<_> = rows.collect();
    rows.par_sort_unstable();
    let pairs = |rows: usize| (rows as u64) * (rows as u64 - 1) / 2;
    let group = |group: &[(u32, u32, u32)]| {
        let within: u64 = group.chunk_by(|a, b| a.2 == b.2).map(|rows| pairs(rows.len())).sum();
        pairs(group.len()) - if across_tables { within } else { 0 }
    };
    rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(group).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_as_if_every_pair_were_looked_at(rows in prop::collection::vec((0u32..4, 0u32..3, 0u32..3), 0..40), across in any::<bool>()) {
            let mut expected = 0;
            for (at, a) in rows.iter().enumerate() {
                expected += rows[at + 1..].iter().filter(|b| (a.0, a.1) == (b.0, b.1) && !(across && a.2 == b.2)).count() as u64;
            }
            prop_assert_eq!(pairs_within(rows.into_iter(), across), expected);
        }
    }
}
