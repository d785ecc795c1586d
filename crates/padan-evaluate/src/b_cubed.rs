//! B-cubed precision and recall (Bagga and Baldwin, 1998, "Algorithms for scoring coreference chains", LREC workshop, section 4): every
//! row is asked how much of its predicted cluster is its own person, and how much of its person is in its predicted cluster; the
//! answers are averaged over rows.
//!
//! Singletons count, and a cluster weighs by its rows and not by their square.

use crate::{Contingency, Scores};

/// B-cubed precision, recall and their harmonic mean; without rows there are none.
///
/// ```
/// use padan_evaluate::{Contingency, b_cubed};
/// let scores = b_cubed(&Contingency::new([(0, 7), (0, 7), (1, 7)]));
/// assert_eq!(scores.precision, Some(1.0));
/// assert!((scores.recall.unwrap_or(0.0) - 5.0 / 9.0).abs() < 1e-12);
/// ```
pub fn b_cubed(table: &Contingency) -> Scores {
    if table.rows == 0 {
        return Scores { precision: None, recall: None, f1: None };
    }
    let mean = |size: &dyn Fn(&crate::Cell) -> u64| {
        let sum: f64 = table.cells.iter().map(|cell| (cell.rows * cell.rows) as f64 / size(cell) as f64).sum();
        sum / table.rows as f64
    };
    let (precision, recall) = (mean(&|cell| cell.predicted), mean(&|cell| cell.truth));
    // Both are above 0: a row is always in its own cluster.
    Scores { precision: Some(precision), recall: Some(recall), f1: Some(2.0 * precision * recall / (precision + recall)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, row by row.
    fn oracle(rows: &[(u32, u32)]) -> (f64, f64) {
        let share = |row: &(u32, u32), together: &dyn Fn(&(u32, u32)) -> bool| {
            let cluster: Vec<_> = rows.iter().filter(|other| together(other)).collect();
            cluster.iter().filter(|other| ***other == *row).count() as f64 / cluster.len() as f64
        };
        let precision: f64 = rows.iter().map(|row| share(row, &|other| other.0 == row.0)).sum();
        let recall: f64 = rows.iter().map(|row| share(row, &|other| other.1 == row.1)).sum();
        (precision / rows.len() as f64, recall / rows.len() as f64)
    }

    proptest! {
        #[test]
        fn is_the_mean_over_rows(rows in prop::collection::vec((0u32..8, 0u32..8), 1..60)) {
            let scores = b_cubed(&Contingency::new(rows.iter().copied()));
            let (precision, recall) = oracle(&rows);
            prop_assert!((scores.precision.unwrap_or(-1.0) - precision).abs() < 1e-12);
            prop_assert!((scores.recall.unwrap_or(-1.0) - recall).abs() < 1e-12);
        }
    }

    #[test]
    fn the_examples_of_bagga_and_baldwin() {
        // Figures 2 and 3 of the paper: true chains of 5, 2 and 5; the first answer joins the 2 to a 5, the second the two 5s.
        let truth = [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2];
        let first = b_cubed(&Contingency::new([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1].into_iter().zip(truth)));
        let second = b_cubed(&Contingency::new([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0].into_iter().zip(truth)));
        assert!((first.precision.unwrap_or(0.0) - 16.0 / 21.0).abs() < 1e-12, "76 %");
        assert!((second.precision.unwrap_or(0.0) - 7.0 / 12.0).abs() < 1e-12, "58 %");
        assert_eq!((first.recall, second.recall), (Some(1.0), Some(1.0)));
    }
}
