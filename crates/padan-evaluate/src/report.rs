//! The report of an evaluation, for machines; `render` makes it a table for people.
//!
//! Shares are kept beside the counts they come from, so a reader can add up several reports.

use serde::{Deserialize, Serialize};

use crate::{LinkScores, PairCounts, Trust};

/// Precision, recall and F1, 0 to 1; `None` where nothing stands in the denominator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Right ÷ predicted.
    pub precision: Option<f64>,
    /// Right ÷ true.
    pub recall: Option<f64>,
    /// Twice right ÷ (predicted + true), the harmonic mean of the two.
    pub f1: Option<f64>,
}

impl Scores {
    /// From counts of right, predicted and true things.
    pub fn from_counts(right: u64, predicted: u64, truth: u64) -> Self {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        Self { precision: share(right, predicted), recall: share(right, truth), f1: share(2 * right, predicted + truth) }
    }
}

/// One clustering of rows against the true one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Clustering {
    /// Rows compared.
    pub rows: u64,
    /// Predicted clusters.
    pub predicted_clusters: u64,
    /// True clusters.
    pub true_clusters: u64,
    /// Pairs counted.
    pub pairs: PairCounts,
    /// Of pairs.
    pub pairwise: Scores,
    /// Of rows.
    pub b_cubed: Scores,
}

/// Which rows were compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Rows with a person on both sides: those that the metrics of persons are about.
    pub compared: u64,
    /// Rows on both sides of which one names no person (a family's row, or one that nobody labelled).
    pub without_person: u64,
    /// Rows that the labels lack.
    pub only_in_records: u64,
    /// Rows that the run lacks: quarantined, or an extract that it did not read.
    pub only_in_labels: u64,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceReport {
    /// Its id.
    pub source: String,
    /// Its rows.
    pub rows: RowCounts,
    /// Compared rows whose person has a compared registry row: only those can be found.
    pub in_registry: u64,
    /// Row → registry person; `None` for the registry itself and for a source without compared rows.
    pub model: Option<LinkScores>,
    /// The same by the ministry's rule.
    pub legacy: Option<LinkScores>,
    /// F1 of the model minus F1 of the rule, where both have one.
    pub f1_difference: Option<f64>,
    /// Its match probabilities; `None` where there is no `model` or the run has no `links` table.
    pub trust: Option<Trust>,
}

/// The accuracy of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The source that is the registry.
    pub registry: String,
    /// Rows of all sources.
    pub rows: RowCounts,
    /// Persons over all compared rows.
    pub persons: Clustering,
    /// The same by the ministry's rule: a row joins the registry row it is linked with, every other row stands alone.
    pub persons_legacy: Clustering,
    /// Families over all rows with one on both sides.
    pub families: Option<Clustering>,
    /// The match probabilities of all list rows; `None` where the run has no `links` table.
    pub trust: Option<Trust>,
    /// Sources by name.
    pub sources: Vec<SourceReport>,
}
