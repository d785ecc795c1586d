//! `padan plan`: what a run will take, before any work.

use crate::cli::PlanRun;
use crate::output;
use crate::run::{self, Forecast, Means};

/// Prints the forecast; a run that would be refused is, with the reason, after it.
pub(crate) fn execute(arguments: &PlanRun) -> anyhow::Result<()> {
    let intended = &arguments.intended;
    let (pipeline, model) = run::configure(&intended.pipeline, intended.model.as_deref())?;
    let plan = run::plan(pipeline, model, &intended.input)?;
    let means =
        Means { output: arguments.output.as_deref(), temp: intended.temp.as_deref(), memory: intended.memory, state: !intended.no_state };
    let forecast = Forecast::of(&plan, means, rayon::current_num_threads())?;
    if arguments.json {
        output::print_json(&forecast)?;
    } else {
        output::print(&forecast.render())?;
    }
    forecast.warn();
    forecast.check()
}
