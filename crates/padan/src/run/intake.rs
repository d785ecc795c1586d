//! Extracts to standard records, sources side by side.
//!
//! As many sources are read at once as there are threads, each by a thread of its own that parses only; the batches of all are
//! standardized and written by the workers (`lane.rs`), so that the last and longest source keeps every thread busy too. The staged text
//! of a source is never in memory as a whole. The trap: conservation. The accounts are checked here against the batches that
//! really came out, and a difference stops the run as a bug. A source that an earlier night has read as it is today is not read (`known.rs`).

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use padan_ingest::{FileAccount, IngestError, IngestReport, Limits};
use padan_standardize::Standardizer;
use rayon::Scope;
use rayon::prelude::*;

use super::extracts::Extracts;
use super::known::{self, Reading};
use super::lane::Lane;
use super::plan::Present;
use crate::failure::Bug;
use crate::staged::{Staged, StagedWriter};
use crate::stages::Stages;
use crate::state::State;

/// What one source brought.
pub(crate) struct Intake {
    /// Standard records.
    pub(crate) staged: Staged,
    /// Files, quarantine and warnings.
    pub(crate) report: IngestReport,
    /// What the records follow from, as a name.
    pub(crate) key: String,
    /// Whether an earlier night has read it.
    pub(crate) is_reused: bool,
}

/// What sources are read with.
#[derive(Clone, Copy)]
pub(super) struct Door<'a> {
    /// What decides the records beside profile and files.
    pub(super) reading: Reading<'a>,
    /// Where records go that are kept for the next night.
    pub(super) state: Option<&'a State>,
    /// Where other records go.
    pub(super) work: &'a Path,
    /// Sources that are read side by side.
    pub(super) at_once: usize,
    /// The running stage.
    pub(super) stages: &'a Stages,
}

/// Reads and standardizes every source that no earlier night has; the answer is in the order of `sources`.
pub(super) fn take_in(door: Door<'_>, sources: &[Present], extracts: &Extracts<'_>) -> anyhow::Result<Vec<Intake>> {
    let find = |(at, source): (usize, &Present)| match door.state {
        Some(state) => door.reading.find(state, source, (at, extracts)),
        None => Ok(None),
    };
    let mut intakes: Vec<Option<Intake>> = sources.par_iter().enumerate().map(find).collect::<anyhow::Result<_>>()?;
    for (source, intake) in sources.iter().zip(&intakes) {
        let Some(Intake { staged, .. }) = intake else { continue };
        tracing::info!(source = %source.profile.id, rows = staged.rows(), "reused as an earlier night read it");
        door.stages.advance(staged.rows());
    }
    let order = (0..sources.len()).filter(|source| intakes[*source].is_none()).collect();
    for (source, intake) in read(door, sources, order)? {
        intakes[source] = Some(intake);
    }
    intakes.into_iter().map(|intake| intake.ok_or_else(|| Bug("a source was not read".into()).into())).collect()
}

/// Reads and standardizes sources, some side by side.
fn read(door: Door<'_>, sources: &[Present], mut order: Vec<usize>) -> anyhow::Result<Vec<(usize, Intake)>> {
    order.sort_by_key(|&source| std::cmp::Reverse(weight(&sources[source])));
    let readers = rayon::current_num_threads().min(door.at_once.max(1)).min(order.len());
    let waiting: Mutex<VecDeque<usize>> = Mutex::new(order.into());
    let waiting = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let taken: Vec<anyhow::Result<Vec<(usize, Intake)>>> = rayon::in_place_scope(|workers| {
        let read = || {
            let mut taken = Vec::new();
            loop {
                let Some(source) = waiting().pop_front() else { return Ok(taken) };
                match take_in_one(door, &sources[source], workers) {
                    Ok(intake) => taken.push((source, intake)),
                    Err(error) => {
                        waiting().clear();
                        return Err(error);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..readers).map(|_| scope.spawn(read)).collect();
            readers.into_iter().map(|reader| reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    });
    Ok(taken.into_iter().collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect())
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

fn take_in_one<'s, 'a: 's>(door: Door<'a>, source: &Present, workers: &Scope<'s>) -> anyhow::Result<Intake> {
    let profile = &source.profile;
    let span = tracing::debug_span!("source", id = %profile.id);
    let _entered = span.enter();
    let draft = door.state.map(|state| state.draft_folder(profile.id.as_str())).transpose()?;
    let writer = StagedWriter::create(draft.as_deref().unwrap_or(door.work), profile.id.as_str())?;
    let lane = Lane::new(Standardizer::new(profile, door.reading.reference_year), writer, door.stages);
    let report = padan_ingest::ingest(profile, &source.files, &Limits::default(), &mut |staged| {
        lane.give(staged, workers).map_err(|error| IngestError::sink(format!("{error:#}")))
    })
    .with_context(|| format!("source `{}` cannot be read", profile.id))?;
    let staged = lane.finish()?;
    check_accounts(&report.files, staged.rows() as i64).map_err(|Bug(problem)| Bug(format!("source `{}`: {problem}", profile.id)))?;
    let intake = Intake { key: door.reading.key(profile, &report), staged, report, is_reused: false };
    match door.state.zip(draft) {
        Some((state, draft)) => known::keep(state, &draft, profile.id.as_str(), intake),
        None => Ok(intake),
    }
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
