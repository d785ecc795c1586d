//! Accuracy against labels: pairwise and B-cubed over all records, and per source row → registry person, beside the ministry's rule.
//!
//! The labels are a table (source, row, person_id, family_id) that says which person every row truly is; `padan synth` writes one, and
//! a clerical sample is another. Compared are the rows that both the `records` table and the labels hold; rows that either lacks are
//! counted and never scored. Does not touch the run: it reads what was published. The trap is the registry: a list row can only be
//! found there if its person has a row there, so precision and recall per source are about that row and nothing else
//! ([`LinkScores`]).
//!
//! A result of `padan link` on any tables is evaluated by [`LinkEvaluation`], against pairs or clusters.

mod b_cubed;
mod contingency;
mod error;
mod gestalt;
mod labels;
pub mod legacy;
mod link;
mod links;
mod measure;
mod pairwise;
mod read;
mod render;
mod report;

use std::path::Path;

use arrow::array::RecordBatch;

pub use b_cubed::b_cubed;
pub use contingency::{Cell, Contingency};
pub use error::EvaluateError;
pub use gestalt::similarity;
pub use link::{
    Blocking, Calibration, ClusterScores, Curve, CurvePoint, Estimate, Estimates, LinkEstimates, LinkEvaluateError, LinkEvaluation,
    LinkMode, LinkReport, LinkSummary, PairRows, PairScores, Reliability, ReliabilityBin, TruthCounts, TruthShape, Unlinkable,
    UnlinkableAt, evaluate_link,
};
pub use links::{LinkScores, majority_person};
pub use pairwise::{PairCounts, pairwise};
pub use report::{Clustering, Report, RowCounts, Scores, SourceReport};

/// What an evaluation may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Id of the source whose rows are the registry.
    pub registry: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { registry: "dtsen-anggota".to_owned() }
    }
}

/// Evaluates the visible run of `out` against `records.parquet` in `truth` or in `truth/truth`.
pub fn evaluate(out: &Path, truth: &Path, options: &Options) -> Result<Report, EvaluateError> {
    let (records, labels) = rayon::join(|| read::records(out), || read::labels(truth));
    evaluate_batches(&records?, &labels?, options)
}

/// Evaluates a `records` table against labels that are in memory.
///
/// `records` holds source, row, person_id, nik, nik_status and nama, and family_id if families are to be evaluated; `labels` source,
/// row, person_id and perhaps family_id. Rows stand in any order.
pub fn evaluate_batches(records: &[RecordBatch], labels: &[RecordBatch], options: &Options) -> Result<Report, EvaluateError> {
    let labelled = labels::join(records, labels)?;
    match labelled.sources.iter().position(|source| *source == options.registry) {
        Some(registry) => Ok(measure::measure(&labelled, registry)),
        None => Err(EvaluateError::NoRegistry { registry: options.registry.clone(), sources: labelled.sources }),
    }
}
