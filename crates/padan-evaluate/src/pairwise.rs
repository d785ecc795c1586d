//! Pairwise precision and recall: of the pairs put together, how many belong together, and the reverse.
//!
//! Counted from the contingency table: a cluster of n rows holds n (n − 1) / 2 pairs. Large clusters weigh by their square, which is
//! why [`b_cubed`](crate::b_cubed) stands beside it.

use serde::{Deserialize, Serialize};

use crate::{Contingency, Scores};

/// Pairs of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairCounts {
    /// Pairs in one predicted and one true cluster.
    pub both: u64,
    /// Pairs in one predicted cluster.
    pub predicted: u64,
    /// Pairs in one true cluster.
    pub truth: u64,
}

/// Counts the pairs of two clusterings.
///
/// ```
/// use padan_evaluate::{Contingency, pairwise};
/// let counts = pairwise(&Contingency::new([(0, 7), (0, 7), (1, 7), (1, 8)]));
/// assert_eq!((counts.both, counts.predicted, counts.truth), (1, 2, 3));
/// ```
pub fn pairwise(table: &Contingency) -> PairCounts {
    let pairs = |rows: u64| rows * rows.saturating_sub(1) / 2;
    PairCounts {
        both: table.cells.iter().map(|cell| pairs(cell.rows)).sum(),
        predicted: table.predicted.iter().copied().map(pairs).sum(),
        truth: table.truth.iter().copied().map(pairs).sum(),
    }
}

impl PairCounts {
    /// Precision, recall and F1 of the pairs.
    pub fn scores(self) -> Scores {
        Scores::from_counts(self.both, self.predicted, self.truth)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every pair, one by one.
    fn oracle(rows: &[(u32, u32)]) -> PairCounts {
        let mut counts = PairCounts { both: 0, predicted: 0, truth: 0 };
        for (at, a) in rows.iter().enumerate() {
            for b in &rows[at + 1..] {
                counts.predicted += u64::from(a.0 == b.0);
                counts.truth += u64::from(a.1 == b.1);
                counts.both += u64::from(a == b);
            }
        }
        counts
    }

    proptest! {
        #[test]
        fn counts_as_if_every_pair_were_looked_at(rows in prop::collection::vec((0u32..8, 0u32..8), 0..60)) {
            prop_assert_eq!(pairwise(&Contingency::new(rows.iter().copied())), oracle(&rows));
        }
    }

    #[test]
    fn a_perfect_clustering_scores_one_and_singletons_have_no_precision() {
        let scores = |rows: &[(u32, u32)]| pairwise(&Contingency::new(rows.iter().copied())).scores();
        assert_eq!(scores(&[(3, 0), (3, 0), (1, 9)]), Scores { precision: Some(1.0), recall: Some(1.0), f1: Some(1.0) });
        assert_eq!(scores(&[(1, 0), (2, 0)]), Scores { precision: None, recall: Some(0.0), f1: Some(0.0) });
        assert_eq!(scores(&[]), Scores { precision: None, recall: None, f1: None });
    }
}
