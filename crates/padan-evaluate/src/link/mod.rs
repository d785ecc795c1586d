//! A result of `padan link` against labels: pairs, clusters, thresholds, blocking, calibration, and what the run said of itself.
//!
//! Two steps, so that a caller who holds the engine can be asked in between which true pairs blocking let through:
//! [`LinkEvaluation::load`], then [`LinkEvaluation::finish`]. Reads the result and the truth, never the inputs. The trap is in what
//! counts as false: with a list of pairs everything unlisted, with clusters only pairs of labelled rows ([`TruthCounts`]).

mod clusters;
mod curve;
mod entity;
mod error;
mod pair_list;
mod pairs;
mod render;
mod report;
mod rows;
mod summary;
mod table;
mod truth;
mod unlinkable;

use std::path::{Path, PathBuf};

pub use clusters::{ClusterScores, PairScores};
pub use curve::{Curve, CurvePoint};
pub use error::LinkEvaluateError;
pub use pairs::PairRows;
pub use report::{Blocking, Estimates, LinkReport};
pub use summary::{LinkEstimates, LinkMode, LinkSummary};
pub use truth::{TruthCounts, TruthShape};
pub use unlinkable::{Unlinkable, UnlinkableAt};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use crate::calibration::{Calibration, reliability};
use crate::steps::{SortedScores, steps};
use crate::{Estimate, EvaluateError};
use pairs::Pairs;
use rows::Rows;
use table::Table;
use truth::Truth;

/// A link result's rows and the truth about them; a row is its position in `clusters.parquet`, from 0.
pub struct LinkEvaluation {
    dir: PathBuf,
    summary: LinkSummary,
    rows: Rows,
    truth: Truth,
}

/// Evaluates the link result in the folder `dir` against the file `truth`, without asking which true pairs were candidates.
pub fn evaluate_link(dir: &Path, truth: &Path, summary: LinkSummary) -> Result<LinkReport, EvaluateError> {
    LinkEvaluation::load(dir, truth, summary)?.finish(None)
}

impl LinkEvaluation {
    /// Reads `clusters.parquet` of the folder `dir` and the file `truth`; `summary` is `dir`'s `summary.json`, parsed.
    pub fn load(dir: &Path, truth: &Path, summary: LinkSummary) -> Result<Self, EvaluateError> {
        let rows = Self::rows(dir)?;
        let truth = Truth::read(truth, &rows, summary.mode)?;
        Ok(Self { dir: dir.to_owned(), summary, rows, truth })
    }

    /// The same with a truth that somebody else has read, from a file of another kind, `path`.
    pub fn with_truth(
        dir: &Path,
        (path, schema, batches): (&Path, SchemaRef, Vec<RecordBatch>),
        summary: LinkSummary,
    ) -> Result<Self, EvaluateError> {
        let rows = Self::rows(dir)?;
        let truth = Truth::of_table(&Table::of_batches(path, schema, batches), &rows, summary.mode)?;
        Ok(Self { dir: dir.to_owned(), summary, rows, truth })
    }

    fn rows(dir: &Path) -> Result<Rows, EvaluateError> {
        for name in ["clusters.parquet", "pairs.parquet"] {
            if !dir.join(name).is_file() {
                return Err(LinkEvaluateError::NoResult { dir: dir.to_owned(), name }.into());
            }
        }
        Rows::read(&dir.join("clusters.parquet"))
    }

    /// Number of input rows.
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// The table of a row.
    pub fn table_of(&self, row: u32) -> &str {
        self.rows.table_name(row)
    }

    /// The id of a row. It may name a person: not for logs.
    pub fn id_of(&self, row: u32) -> &str {
        self.rows.id(row)
    }

    /// What the truth holds.
    pub fn truth(&self) -> &TruthCounts {
        &self.truth.counts
    }

    /// The true pairs as rows, the lower one first, sorted. They are made on demand: a true cluster of n rows has n (n − 1) / 2.
    pub fn true_pairs(&self) -> Vec<(u32, u32)> {
        self.truth.pairs(&self.rows)
    }

    /// Reads `pairs.parquet` and computes every figure; `candidates` says of each of [`LinkEvaluation::true_pairs`], in that order,
    /// whether blocking let it through.
    pub fn finish(&self, candidates: Option<&[bool]>) -> Result<LinkReport, EvaluateError> {
        let (rows, truth, summary) = (&self.rows, &self.truth, &self.summary);
        let pairs = Pairs::read(&self.dir.join("pairs.parquet"), rows, truth)?;
        let true_pairs = truth.counts.true_pairs;
        let at_default = PairScores::new(pairs.true_matches, pairs.matches, true_pairs);
        let blocking = self.blocking(&pairs, candidates)?;
        let PairRows { scored, true_scored, .. } = pairs.counts;
        let [first, second, across] = &pairs.probability;
        let curve = |steps| curve::curve(steps, scored, true_scored, true_pairs);
        let half = |half: &SortedScores| reliability(steps(&[half]), (half.len(), half.truth.len() as u64), 2);
        let everything = || steps(&[first, second, across]);
        // Three walks over the same sorted scores; each is a sum in one order.
        let ((by_probability, by_weight), calibration) = rayon::join(
            || rayon::join(|| curve(everything()), || curve::curve(steps(&[&pairs.weight]), scored, true_scored, true_pairs)),
            || Calibration { all: reliability(everything(), (scored, true_scored), 1), halves: [half(first), half(second)] },
        );
        let estimated = summary.estimated;
        Ok(LinkReport {
            mode: summary.mode,
            rows: rows.len() as u64,
            tables: rows.tables.clone(),
            link_probability: summary.link_probability,
            truth: truth.counts,
            pairs: pairs.counts,
            at_default,
            clusters: clusters::judge(rows, truth),
            by_probability,
            by_weight,
            unlinkable: unlinkable::unlinkable(&rows.self_probability, summary.link_probability),
            calibration,
            estimates: Estimates {
                precision: Estimate::new(estimated.precision, at_default.scores.precision),
                recall: Estimate::new(estimated.recall, at_default.scores.recall),
                blocking_recall: Estimate::new(estimated.blocking_recall, blocking.blocking_recall),
            },
            blocking,
        })
    }

    fn blocking(&self, pairs: &Pairs, candidates: Option<&[bool]>) -> Result<Blocking, EvaluateError> {
        let true_pairs = self.truth.counts.true_pairs;
        let true_candidates = candidates.map(|candidates| candidates.iter().filter(|candidate| **candidate).count() as u64);
        if let (Some(told), Some(candidates)) = (candidates, true_candidates)
            && told.len() as u64 != true_pairs
        {
            let told = told.len() as u64;
            return Err(LinkEvaluateError::Candidates { true_pairs, told, candidates, found: pairs.true_matches }.into());
        }
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        Ok(Blocking {
            candidate_pairs: self.summary.candidate_pairs,
            true_in_file: pairs.counts.true_scored,
            true_candidates,
            blocking_recall: true_candidates.and_then(|candidates| share(candidates, true_pairs)),
            scoring_recall: true_candidates.and_then(|candidates| share(pairs.true_matches, candidates)),
        })
    }
}
