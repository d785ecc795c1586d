//! `padan evaluate`: a run against the truth.

use padan_evaluate::Options;

use crate::cli::Evaluate;
use crate::output;

/// Prints pairwise and B-cubed figures over all records and, per source, the model beside the ministry's rule.
pub(crate) fn execute(arguments: &Evaluate) -> anyhow::Result<()> {
    let report = padan_evaluate::evaluate(&arguments.out, &arguments.truth, &Options::default())?;
    if arguments.json { output::print_json(&report) } else { output::print(&report.render()) }
}
