//! Accuracy against labels: pairwise and B-cubed over all records, and per source row → registry person, beside the ministry's rule.
//!
//! The labels are a table (source, row, person_id, family_id) that says which person every row truly is; `padan synth` writes one, and
//! a clerical sample is another. Compared are the rows that both the `records` table and the labels hold; rows that either lacks are
//! counted and never scored. Where the run published its `links`, their match probabilities are judged as well ([`Trust`]). Does not touch the run: it reads what was published. The trap is the registry: a list row can only be
//! found there if its person has a row there, so precision and recall per source are about that row and nothing else
//! ([`LinkScores`]).
//!
//! A result of `padan link` on any tables is evaluated by [`LinkEvaluation`], against pairs or clusters.

mod b_cubed;
mod calibration;
mod contingency;
mod error;
mod estimate;
mod gestalt;
mod hash;
mod keyed;
mod labels;
pub mod legacy;
mod link;
mod links;
mod measure;
mod pairwise;
mod published;
mod read;
mod render;
mod report;
mod steps;
mod trust;

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::RecordBatch;
use serde::Deserialize;

pub use b_cubed::b_cubed;
pub use calibration::{Calibration, Reliability, ReliabilityBin};
pub use contingency::{Cell, Contingency};
pub use error::EvaluateError;
pub use estimate::Estimate;
pub use gestalt::similarity;
pub use link::{
    Blocking, ClusterScores, Curve, CurvePoint, Estimates, LinkEstimates, LinkEvaluateError, LinkEvaluation, LinkMode, LinkReport,
    LinkSummary, PairRows, PairScores, TruthCounts, TruthShape, Unlinkable, UnlinkableAt, evaluate_link,
};
pub use links::{LinkScores, majority_person};
pub use pairwise::{PairCounts, pairwise};
pub use report::{Clustering, Report, RowCounts, Scores, SourceReport};
pub use trust::Trust;

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

/// The tables of a run that an evaluation reads, rows in any order; columns that it does not need may be there.
#[derive(Debug, Clone, Default)]
pub struct RunTables {
    /// `records`: source, row, person_id, nik, nik_status and nama, and family_id if families are to be evaluated.
    pub records: Vec<RecordBatch>,
    /// `links`: source, row, to_source, method and match_probability. Without it match probabilities are not judged.
    pub links: Option<Vec<RecordBatch>>,
    /// `review`: source_a, row_a, source_b and match_probability; may be empty. Says more of rows that `links` leaves alone.
    pub review: Vec<RecordBatch>,
    /// By source: what the model of its rows says of them all; may be empty.
    pub models: BTreeMap<String, ListModel>,
}

/// What a list's trained model says of all its rows, links or not.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ListModel {
    /// Share of the rows whose person is in the registry and among their candidates, 0 to 1.
    pub match_rate: f64,
    /// Share of the matches that are among the candidates; 1 where it was not estimated.
    pub blocking_recall: Option<f64>,
}

impl ListModel {
    /// The chance that a row's person is in the registry.
    pub(crate) fn in_registry(self) -> f64 {
        (self.match_rate / self.blocking_recall.filter(|recall| *recall > 0.0).unwrap_or(1.0)).min(1.0)
    }
}

/// Evaluates the visible run of `out` against `records.parquet` in `truth` or in `truth/truth`.
pub fn evaluate(out: &Path, truth: &Path, options: &Options) -> Result<Report, EvaluateError> {
    let (run, labels) = rayon::join(|| read::run(out), || read::labels(truth));
    evaluate_tables(&run?, &labels?, options)
}

/// Evaluates a `records` table against labels that are in memory; match probabilities are not judged.
///
/// `records` is as [`RunTables::records`] says; `labels` holds source, row, person_id and perhaps family_id. Rows stand in any order.
pub fn evaluate_batches(records: &[RecordBatch], labels: &[RecordBatch], options: &Options) -> Result<Report, EvaluateError> {
    evaluate_tables(&RunTables { records: records.to_vec(), ..RunTables::default() }, labels, options)
}

/// Evaluates a run's tables against labels, all in memory; `labels` as in [`evaluate_batches`].
pub fn evaluate_tables(run: &RunTables, labels: &[RecordBatch], options: &Options) -> Result<Report, EvaluateError> {
    let labelled = labels::join(&run.records, labels)?;
    let Some(registry) = labelled.sources.iter().position(|source| *source == options.registry) else {
        return Err(EvaluateError::NoRegistry { registry: options.registry.clone(), sources: labelled.sources });
    };
    let published = run.links.as_ref().map(|links| published::published(&labelled, links, &run.review, &options.registry)).transpose()?;
    Ok(measure::measure(&labelled, registry, published.as_deref(), &run.models))
}
