//! `padan evaluate`: a run, or a link result, against the truth.

use std::fs;

use anyhow::Context as _;
use padan_evaluate::{LinkEvaluation, LinkSummary, Options};
use padan_ingest::{Limits, read_table};

use crate::cli::Evaluate;
use crate::{link, output};

/// Prints the figures of a night's run (pairwise and B-cubed over all records and, per source, the model beside the ministry's rule), or of
/// a folder that `padan link` made.
pub(crate) fn execute(arguments: &Evaluate) -> anyhow::Result<()> {
    if arguments.out.join("pairs.parquet").is_file() {
        return linked(arguments);
    }
    let report = padan_evaluate::evaluate(&arguments.out, &arguments.truth, &Options::default())?;
    if arguments.json { output::print_json(&report) } else { output::print(&report.render()) }
}

fn linked(arguments: &Evaluate) -> anyhow::Result<()> {
    let path = arguments.out.join("summary.json");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let summary: LinkSummary = serde_json::from_str(&text).with_context(|| format!("{} is no summary of padan link", path.display()))?;
    let truth = arguments.truth.as_path();
    let evaluation = if truth.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) || !truth.is_file() {
        LinkEvaluation::load(&arguments.out, truth, summary)?
    } else {
        let table = read_table(truth, &Limits::default(), None).with_context(|| format!("reading {}", truth.display()))?;
        LinkEvaluation::with_truth(&arguments.out, (truth, table.schema, table.batches), summary)?
    };
    let candidates = link::candidates(&arguments.out, &evaluation.true_pairs());
    if let Err(error) = &candidates {
        output::note(&format!("warning: what blocking lost cannot be told: {error:#}"));
    }
    let report = evaluation.finish(candidates.ok().as_deref())?;
    if arguments.json { output::print_json(&report) } else { output::print(&report.render()) }
}
