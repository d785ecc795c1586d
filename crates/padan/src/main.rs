//! `padan`: the command line, and the only place where the stages meet.
//!
//! Parses arguments, sets threads and logging, and turns a failure into an exit status: 0 done, 1 the user can mend it, 2 it is ours.

mod cli;
mod command;
mod explain;
mod failure;
mod link;
mod machine;
mod nightly;
mod output;
mod query;
mod run;
mod size;
mod staged;
mod stages;
mod state;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use tracing::level_filters::LevelFilter;

use cli::{Cli, Global};

/// glibc's keeps what one thread freed for that thread alone: half as much again as a run really holds.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap's own status for a wrong argument is 2, which is ours for a bug.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(1) } else { ExitCode::SUCCESS };
        }
    };
    failure::guarded(|| {
        log(&cli.global);
        threads(&cli.global)?;
        command::execute(&cli.command)
    })
}

fn log(global: &Global) {
    let level = match global.verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(output::colour(io::stderr().is_terminal()))
        .with_target(false)
        .without_time()
        .init();
}

fn threads(global: &Global) -> anyhow::Result<()> {
    let Some(threads) = global.threads else { return Ok(()) };
    polars_threads(threads)?;
    rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global().context("cannot start the threads")
}

/// polars sizes its own pool from the environment, which a process cannot safely change in itself; so the program starts once more in
/// its own place, with the variable set.
#[cfg(unix)]
fn polars_threads(threads: u16) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;

    const VARIABLE: &str = "POLARS_MAX_THREADS";
    let wanted = threads.to_string();
    if std::env::var_os(VARIABLE).is_some_and(|set| set == *wanted) {
        return Ok(());
    }
    let program = std::env::current_exe().context("cannot find the running program")?;
    let mut again = std::process::Command::new(program);
    again.arg0(output::program()).args(std::env::args_os().skip(1)).env(VARIABLE, wanted);
    Err(again.exec()).context("cannot start the running program again")
}

#[cfg(not(unix))]
fn polars_threads(_threads: u16) -> anyhow::Result<()> {
    Ok(())
}
