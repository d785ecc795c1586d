//! The figures of one link result, for machines; [`LinkReport::render`] makes them a text for people.
//!
//! Counts stand beside the shares that come from them. Holds no id: it may be shown to anyone.

use serde::Serialize;

use super::clusters::{ClusterScores, PairScores};
use super::curve::Curve;
use super::pairs::PairRows;
use super::summary::LinkMode;
use super::truth::TruthCounts;
use super::unlinkable::Unlinkable;
use crate::{Calibration, Estimate};

/// The accuracy of a link result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkReport {
    /// Which rows were compared.
    pub mode: LinkMode,
    /// Input rows.
    pub rows: u64,
    /// Input tables.
    pub tables: Vec<String>,
    /// The match probability from which a pair is a match.
    pub link_probability: f64,
    /// What the truth held.
    pub truth: TruthCounts,
    /// What the file of pairs held.
    pub pairs: PairRows,
    /// The pairs that the run calls a match.
    pub at_default: PairScores,
    /// The clusters that came of them.
    pub clusters: ClusterScores,
    /// Over thresholds of match probability.
    pub by_probability: Curve,
    /// Over thresholds of match weight, in bits: finer than the probability near 1.
    pub by_weight: Curve,
    /// What blocking lost and what scoring lost.
    pub blocking: Blocking,
    /// Rows that could never be linked.
    pub unlinkable: Unlinkable,
    /// Whether the match probabilities are to be trusted.
    pub calibration: Calibration,
    /// What the run said of itself, beside the truth.
    pub estimates: Estimates,
}

/// Recall in its two factors: of the true pairs those that blocking let through, and of those the ones linked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Blocking {
    /// Pairs that blocking let through.
    pub candidate_pairs: u64,
    /// True pairs that stand in the file of pairs: candidates that did not score very low.
    pub true_in_file: u64,
    /// True pairs that blocking let through; `None` where nobody asked it.
    pub true_candidates: Option<u64>,
    /// The share of the true pairs that they are.
    pub blocking_recall: Option<f64>,
    /// Linked true pairs over them; above 1 where clusters link pairs that blocking never made.
    pub scoring_recall: Option<f64>,
}

/// Label-free estimates beside the measured figures of the matches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimates {
    /// Of [`LinkReport::at_default`].
    pub precision: Estimate,
    /// Of [`LinkReport::at_default`].
    pub recall: Estimate,
    /// Of [`Blocking::blocking_recall`].
    pub blocking_recall: Estimate,
}
