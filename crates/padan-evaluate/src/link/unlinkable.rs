//! Rows that no pair could link: too little is known of them to reach the threshold even with a perfect copy of themselves.
//!
//! Needs no labels. A row that is linkable need not have anyone to be linked with.

use serde::Serialize;

/// Thresholds looked at beside the run's own.
const THRESHOLDS: [f64; 8] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999];

/// Rows below one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct UnlinkableAt {
    /// Of match probability.
    pub threshold: f64,
    /// Rows whose probability with a perfect copy is below.
    pub rows: u64,
    /// Their share of all rows.
    pub share: Option<f64>,
}

/// Rows that cannot be linked, over thresholds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unlinkable {
    /// At the run's threshold.
    pub at_default: UnlinkableAt,
    /// At 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99 and 0.999.
    pub grid: Vec<UnlinkableAt>,
}

/// Counts the rows below.
pub(super) fn unlinkable(self_probability: &[f64], link_probability: f64) -> Unlinkable {
    let at = |threshold: f64| {
        let rows = self_probability.iter().filter(|probability| **probability < threshold).count() as u64;
        let share = (!self_probability.is_empty()).then(|| rows as f64 / self_probability.len() as f64);
        UnlinkableAt { threshold, rows, share }
    };
    Unlinkable { at_default: at(link_probability), grid: THRESHOLDS.map(at).to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_at_the_threshold_can_be_linked() {
        let found = unlinkable(&[0.3, 0.9, 0.9999, 0.95], 0.9);
        assert_eq!(found.at_default, UnlinkableAt { threshold: 0.9, rows: 1, share: Some(0.25) });
        assert_eq!(found.grid.iter().map(|at| at.rows).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 2, 3, 3]);
        assert_eq!(unlinkable(&[], 0.9).at_default.share, None);
    }
}
