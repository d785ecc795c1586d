//! Sources that an earlier night has read and standardized: found by what they hold, and used as they lie.
//!
//! What a source's records follow from stands in the name of their entry: the program, what the profile says of reading, the reference year,
//! and the names, lengths and hashes of its files. Names and lengths come first, so that a new delivery is not read for its hash before it
//! is read for its rows. An entry holds the records and the whole account of their reading; where the files lay is not part of it.

use std::path::Path;

use anyhow::Context as _;
use padan_config::SourceProfile;
use padan_ingest::{Fingerprint, IngestReport};
use serde::{Deserialize, Serialize};

use super::extracts::{Extract, Extracts};
use super::identity::{binary_hash, text_hash};
use super::intake::Intake;
use super::plan::{Plan, Present};
use super::reference_year;
use crate::staged::{Contents, Staged};
use crate::state::{self, State, read_sealed, write_sealed};

/// The account's name in an entry.
const ACCOUNT: &str = "account";
/// Digits of each of the two hashes in a name.
const DIGITS: usize = 16;

/// What decides every source's records beside its profile and files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// Hash of the program.
    pub(super) binary: &'a str,
    /// The year that dates ages.
    pub(super) reference_year: i16,
}

/// What is stored beside a source's records.
#[derive(Serialize, Deserialize)]
struct Account {
    contents: Contents,
    report: IngestReport,
}

impl Reading<'_> {
    /// How the names of a source's entries begin, whatever the bytes of files of these names and lengths.
    fn beginning(self, profile: &SourceProfile, files: &[Extract<'_>]) -> String {
        self.beginning_of(profile, files.iter().map(|file| (file.name.as_str(), file.bytes)))
    }

    fn beginning_of<'f>(self, profile: &SourceProfile, files: impl Iterator<Item = (&'f str, u64)>) -> String {
        let (said, year) = (said_of_reading(profile), self.reference_year.to_string());
        let files: Vec<(&str, String)> = files.map(|(name, bytes)| (name, bytes.to_string())).collect();
        let parts = [("binary", self.binary), ("profile", said.as_str()), ("year", year.as_str())];
        let hash = text_hash(parts.into_iter().chain(files.iter().map(|(name, bytes)| (*name, bytes.as_str()))));
        format!("staged-{}-{}-", profile.id, &hash[..DIGITS])
    }

    /// The source as an earlier night read it; a damaged entry is told and as good as none.
    pub(super) fn find(self, state: &State, source: &Present, (at, extracts): (usize, &Extracts<'_>)) -> anyhow::Result<Option<Intake>> {
        let beginning = self.beginning(&source.profile, extracts.of_source(at));
        if !state.names().iter().any(|name| name.starts_with(&beginning)) {
            return Ok(None);
        }
        let fingerprints = extracts.fingerprints(at)?;
        let key = beginning + &of_bytes(fingerprints.iter().map(|file| file.sha256.as_str()));
        let Some(entry) = state.find(&key) else { return Ok(None) };
        match read(&entry, source.profile.id.as_str()) {
            Ok((staged, report)) => Ok(Some(Intake { staged, report: of_files(report, &fingerprints), key, is_reused: true })),
            Err(error) => {
                tracing::warn!("source `{}` is read again: {error:#}", source.profile.id);
                Ok(None)
            }
        }
    }

    /// The name under which a source that was read is kept.
    pub(super) fn key(self, profile: &SourceProfile, report: &IngestReport) -> String {
        let files = || report.files.iter();
        let beginning = self.beginning_of(profile, files().map(|file| (file.file.as_str(), file.bytes as u64)));
        beginning + &of_bytes(files().map(|file| file.sha256.as_str()))
    }
}

/// By source: whether the state of the output folder seems to hold it, by names and lengths of its files.
pub(super) fn seen(plan: &Plan, output: Option<&Path>) -> anyhow::Result<Vec<bool>> {
    let entries = output.map(state::entries).unwrap_or_default();
    if entries.is_empty() {
        return Ok(vec![false; plan.present.len()]);
    }
    let binary = binary_hash();
    let reading = Reading { binary: &binary, reference_year: reference_year(plan)? };
    let extracts = Extracts::of(&plan.present);
    let is_seen = |(at, source): (usize, &Present)| {
        let beginning = reading.beginning(&source.profile, extracts.of_source(at));
        entries.iter().any(|name| name.starts_with(&beginning))
    };
    Ok(plan.present.iter().enumerate().map(is_seen).collect())
}

/// Keeps a source whose records were written into `draft`.
pub(super) fn keep(state: &State, draft: &Path, source: &str, intake: Intake) -> anyhow::Result<Intake> {
    let Intake { staged, report, key, is_reused } = intake;
    let account = Account { contents: staged.contents().clone(), report };
    write_sealed(&draft.join(ACCOUNT), &serde_json::to_vec(&account)?)?;
    let staged = staged.moved(&state.keep(draft, &key)?, source);
    Ok(Intake { staged, report: account.report, key, is_reused })
}

fn read(entry: &Path, source: &str) -> anyhow::Result<(Staged, IngestReport)> {
    let path = entry.join(ACCOUNT);
    let Account { contents, report } =
        serde_json::from_slice(&read_sealed(&path)?).with_context(|| format!("{} is no account of a source", path.display()))?;
    Ok((Staged::of_folder(entry, source, contents)?, report))
}

/// The account of files that hold the same bytes today.
fn of_files(report: IngestReport, files: &[&Fingerprint]) -> IngestReport {
    let files = report.files.into_iter().zip(files).map(|(account, file)| account.of_same_bytes(file)).collect();
    IngestReport { files, ..report }
}

fn of_bytes<'a>(hashes: impl Iterator<Item = &'a str>) -> String {
    text_hash(hashes.map(|hash| ("sha256", hash)))[..DIGITS].to_owned()
}

/// All that a profile says of reading and standardizing, in one text. Where it lies, its title, which files are meant and whose list it is
/// change no record. How the text is written is the program's matter, and the program stands in the name too.
fn said_of_reading(profile: &SourceProfile) -> String {
    let SourceProfile {
        path: _,
        title: _,
        files: _,
        programme: _,
        id,
        format,
        encoding,
        skip_rows,
        columns,
        pmt,
        codes,
        region_codes,
        dates,
        unit,
        role,
        period,
    } = profile;
    format!("{:?}", (id, format, encoding, skip_rows, columns, pmt, codes, region_codes, dates, unit, role, period))
}
