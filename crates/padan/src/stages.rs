//! The stages of a run: one tracing span each, a progress bar on a terminal, and the figures for the manifest.
//!
//! Counts rows and seconds only; a row's content never comes here.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Deserialize, Serialize};
use tracing::field::Empty;

/// What one stage did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StageFigures {
    /// Its name.
    pub(crate) stage: String,
    /// Rows it was given.
    pub(crate) rows_in: i64,
    /// Rows it made.
    pub(crate) rows_out: i64,
    /// Seconds of wall clock.
    pub(crate) seconds: f64,
}

/// Runs stages one after another and remembers their figures.
#[derive(Debug)]
pub(crate) struct Stages {
    started: Instant,
    done: Mutex<Vec<StageFigures>>,
    bar: ProgressBar,
}

impl Stages {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        let bar = if io::stderr().is_terminal() {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8))
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg:<12} {human_pos:>12} rows  {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(125));
        Self { started: Instant::now(), done: Mutex::new(Vec::new()), bar }
    }

    /// Runs one stage; `work` returns its result, the rows that it was given and the rows that it made.
    pub(crate) fn stage<T>(&self, name: &str, work: impl FnOnce() -> anyhow::Result<(T, i64, i64)>) -> anyhow::Result<T> {
        self.bar.set_position(0);
        self.bar.set_message(name.to_owned());
        let span = tracing::info_span!("stage", name, rows_in = Empty, rows_out = Empty, seconds = Empty);
        let clock = Instant::now();
        let (value, rows_in, rows_out) = span.in_scope(work)?;
        let seconds = clock.elapsed().as_secs_f64();
        span.record("rows_in", rows_in);
        span.record("rows_out", rows_out);
        span.record("seconds", format!("{seconds:.2}"));
        // A terminal's progress line must not be torn by the log line.
        self.bar.suspend(|| span.in_scope(|| tracing::info!("done")));
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(StageFigures { stage: name.to_owned(), rows_in, rows_out, seconds });
        Ok(value)
    }

    /// Counts rows on the progress line of the running stage.
    pub(crate) fn advance(&self, rows: usize) {
        self.bar.inc(rows as u64);
    }

    /// Seconds since the start.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// The figures so far, in order.
    pub(crate) fn figures(&self) -> Vec<StageFigures> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Stages {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The most memory the process has held, in bytes; `None` where the system does not tell (`/proc` is Linux's).
pub(crate) fn peak_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    parse_peak(&status)
}

fn parse_peak(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_kept_in_order() {
        let stages = Stages::start();
        let doubled = stages.stage("ingest", || Ok((4, 2, 4))).expect("works");
        stages.stage("link", || Ok(((), doubled, 3))).expect("works");
        let figures: Vec<(String, i64, i64)> = stages.figures().into_iter().map(|done| (done.stage, done.rows_in, done.rows_out)).collect();
        assert_eq!(figures, [("ingest".to_owned(), 2, 4), ("link".to_owned(), 4, 3)]);
    }

    #[test]
    fn peak_memory_is_read_from_its_line() {
        assert_eq!(parse_peak("Name:\tpadan\nVmHWM:\t    1234 kB\nVmRSS:\t 1 kB\n"), Some(1_263_616));
        assert_eq!(parse_peak("Name:\tpadan\n"), None);
    }
}
