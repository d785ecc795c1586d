//! Extracts to standard records, sources side by side.
//!
//! As many sources are read at once as there are threads, each by a thread of its own that parses only; the batches of all are
//! standardized and written by the workers (`lane.rs`), so that the last and longest source keeps every thread busy too. The staged text
//! of a source is never in memory as a whole. The trap: conservation. The accounts are checked here against the batches that
//! really came out, and a difference stops the run as a bug.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use padan_ingest::{FileAccount, IngestError, IngestReport, Limits};
use padan_standardize::Standardizer;
use rayon::Scope;

use super::lane::Lane;
use super::plan::Present;
use crate::failure::Bug;
use crate::staged::{Staged, StagedWriter};
use crate::stages::Stages;

/// What one source brought.
pub(crate) struct Intake {
    /// Standard records.
    pub(crate) staged: Staged,
    /// Files, quarantine and warnings.
    pub(crate) report: IngestReport,
}

/// Reads and standardizes every source, so many at once; the answer is in the order of `sources`.
pub(crate) fn take_in(
    sources: &[Present],
    reference_year: i16,
    work: &Path,
    at_once: usize,
    stages: &Stages,
) -> anyhow::Result<Vec<Intake>> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|&source| std::cmp::Reverse(weight(&sources[source])));
    let waiting: Mutex<VecDeque<usize>> = Mutex::new(order.into());
    let waiting = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let taken: Vec<anyhow::Result<Vec<(usize, Intake)>>> = rayon::in_place_scope(|workers| {
        let read = || {
            let mut taken = Vec::new();
            loop {
                let Some(source) = waiting().pop_front() else { return Ok(taken) };
                match take_in_one(&sources[source], reference_year, work, stages, workers) {
                    Ok(intake) => taken.push((source, intake)),
                    Err(error) => {
                        waiting().clear();
                        return Err(error);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            let readers = rayon::current_num_threads().min(at_once.max(1)).min(sources.len());
            let readers: Vec<_> = (0..readers).map(|_| scope.spawn(read)).collect();
            readers.into_iter().map(|reader| reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    });
    let mut intakes: Vec<Option<Intake>> = sources.iter().map(|_| None).collect();
    for (source, intake) in taken.into_iter().collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten() {
        intakes[source] = Some(intake);
    }
    intakes.into_iter().map(|intake| intake.ok_or_else(|| Bug("a source was not read".into()).into())).collect()
}

/// How long a source is to be read, in bytes of text: the longest is read first, since one that comes last is waited for.
fn weight(source: &Present) -> u64 {
    let weight = |path: &std::path::PathBuf| {
        let bytes = path.metadata().map_or(0, |metadata| metadata.len());
        // A workbook is a zip of XML, a tenth of its text.
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx")) { bytes * 10 } else { bytes }
    };
    source.files.iter().map(weight).sum()
}

fn take_in_one<'s, 'a: 's>(
    source: &Present,
    reference_year: i16,
    work: &Path,
    stages: &'a Stages,
    workers: &Scope<'s>,
) -> anyhow::Result<Intake> {
    let profile = &source.profile;
    let span = tracing::debug_span!("source", id = %profile.id);
    let _entered = span.enter();
    let lane = Lane::new(Standardizer::new(profile, reference_year), StagedWriter::create(work, profile.id.as_str())?, stages);
    let report = padan_ingest::ingest(profile, &source.files, &Limits::default(), &mut |staged| {
        lane.give(staged, workers).map_err(|error| IngestError::sink(format!("{error:#}")))
    })
    .with_context(|| format!("source `{}` cannot be read", profile.id))?;
    let staged = lane.finish()?;
    check_accounts(&report.files, staged.rows() as i64).map_err(|Bug(problem)| Bug(format!("source `{}`: {problem}", profile.id)))?;
    Ok(Intake { staged, report })
}

/// Every row read is staged or in quarantine, and every staged row is a record.
fn check_accounts(files: &[FileAccount], records: i64) -> Result<(), Bug> {
    for file in files {
        if file.rows_read != file.rows_staged + file.rows_quarantined {
            return Err(Bug(format!(
                "{}: {} rows read, {} staged and {} in quarantine",
                file.file, file.rows_read, file.rows_staged, file.rows_quarantined
            )));
        }
    }
    let staged: i64 = files.iter().map(|file| file.rows_staged).sum();
    if staged != records {
        return Err(Bug(format!("{staged} rows staged, {records} records")));
    }
    Ok(())
}
