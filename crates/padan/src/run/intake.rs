//! Extracts to standard records, sources side by side.
//!
//! A batch is standardized as it arrives, so that the staged text of a source is never in memory as a whole. The trap: conservation.
//! The accounts are checked here against the batches that really came out, and a difference stops the run as a bug.

use std::path::Path;
use std::sync::Mutex;

use anyhow::Context as _;
use padan_ingest::{FileAccount, IngestError, IngestReport, Limits};
use padan_standardize::Standardizer;
use rayon::iter::{ParallelBridge as _, ParallelIterator as _};

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

/// Reads and standardizes every source; the answer is in the order of `sources`.
pub(crate) fn take_in(sources: &[Present], reference_year: i16, work: &Path, stages: &Stages) -> anyhow::Result<Vec<Intake>> {
    // The largest first: the longest source then starts at once and the small ones fill the other threads.
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|&source| std::cmp::Reverse(size(&sources[source])));
    let taken: Mutex<Vec<Option<Intake>>> = Mutex::new(sources.iter().map(|_| None).collect());
    order.into_iter().par_bridge().try_for_each(|source| -> anyhow::Result<()> {
        let intake = take_in_one(&sources[source], reference_year, work, stages)?;
        if let Ok(mut taken) = taken.lock() {
            taken[source] = Some(intake);
        }
        Ok(())
    })?;
    let taken = taken.into_inner().map_err(|_| Bug("a reader stopped without an error".into()))?;
    taken.into_iter().map(|intake| intake.ok_or_else(|| Bug("a source was not read".into()).into())).collect()
}

fn size(source: &Present) -> u64 {
    source.files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

fn take_in_one(source: &Present, reference_year: i16, work: &Path, stages: &Stages) -> anyhow::Result<Intake> {
    let profile = &source.profile;
    let span = tracing::debug_span!("source", id = %profile.id);
    let _entered = span.enter();
    let standardizer = Standardizer::new(profile, reference_year);
    let mut staging = StagedWriter::create(work, profile.id.as_str())?;
    let report = padan_ingest::ingest(profile, &source.files, &Limits::default(), &mut |staged| {
        let standard = standardizer.batch(&staged);
        stages.advance(standard.num_rows());
        staging.push(&standard).map_err(|error| IngestError::sink(format!("{error:#}")))
    })
    .with_context(|| format!("source `{}` cannot be read", profile.id))?;
    let staged = staging.finish()?;
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
