//! `padan run`: extracts in, tables out.

use crate::cli::Run;
use crate::stages::Stages;
use crate::{output, run};

/// Checks, runs, publishes, and prints the summary.
pub(crate) fn execute(arguments: &Run) -> anyhow::Result<()> {
    let (pipeline, model) = run::configure(&arguments.pipeline, arguments.model.as_deref())?;
    let plan = run::plan(pipeline, model.without(&arguments.ablate), &arguments.input)?;
    let summary = {
        let stages = Stages::start();
        run::run(&plan, &arguments.output, arguments.temp.as_deref(), arguments.keep, &stages)?
    };
    if arguments.json { output::print_json(&summary) } else { output::print(&summary.render(&arguments.output)) }
}
