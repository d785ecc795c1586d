//! `padan run`: extracts in, tables out.

use crate::cli::Run;
use crate::output;
use crate::run::{self, Means};
use crate::stages::Stages;

/// Checks, runs, publishes, and prints the summary.
pub(crate) fn execute(arguments: &Run) -> anyhow::Result<()> {
    let intended = &arguments.intended;
    let (pipeline, model) = run::configure(&intended.pipeline, intended.model.as_deref())?;
    let plan = run::plan(pipeline, model.without(&arguments.ablate), &intended.input)?;
    let summary = {
        let stages = Stages::start();
        let means =
            Means { output: Some(&arguments.output), temp: intended.temp.as_deref(), memory: intended.memory, state: !intended.no_state };
        run::run(&plan, &arguments.output, means, arguments.keep, &stages)?
    };
    if arguments.json { output::print_json(&summary) } else { output::print(&summary.render(&arguments.output)) }
}
