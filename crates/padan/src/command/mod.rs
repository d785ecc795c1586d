//! One file a command: takes its arguments, calls the stages, prints the result.

mod check;
mod demo;
mod evaluate;
mod explain;
mod link;
mod plan;
mod query;
mod run;
mod synth;
mod train;

use crate::cli::Command;

/// Does what was asked.
pub(crate) fn execute(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(arguments) => demo::execute(arguments),
        Command::Synth(arguments) => synth::execute(arguments),
        Command::Check(arguments) => check::execute(arguments),
        Command::Plan(arguments) => plan::execute(arguments),
        Command::Run(arguments) => run::execute(arguments),
        Command::Evaluate(arguments) => evaluate::execute(arguments),
        Command::Link(arguments) => link::execute(arguments),
        Command::Train(arguments) => train::execute(arguments),
        Command::Query(arguments) => query::execute(arguments),
        Command::Explain(arguments) => explain::execute(arguments),
    }
}
