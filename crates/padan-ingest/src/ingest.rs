//! The files of a source, one after the other, into batches and an account.

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use padan_config::SourceProfile;
use padan_model::Field;

use crate::account::{FileAccount, IngestReport, Stamp};
use crate::container::Container;
use crate::header::HeaderMap;
use crate::stage::Stage;
use crate::{IngestError, Limits, columnar, csv, json, xlsx};

/// A column that became a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedColumn {
    /// The field.
    pub field: Field,
    /// The header as the file spells it.
    pub header: String,
    /// 1-based column.
    pub column: usize,
}

/// What the header of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderReport {
    /// The file.
    pub path: PathBuf,
    /// Its name.
    pub file: String,
    /// `csv`, `xlsx`, `parquet` or `json`.
    pub container: &'static str,
    /// Encoding of text files.
    pub encoding: Option<String>,
    /// Delimiter of delimited files.
    pub delimiter: Option<char>,
    /// Sheet of workbooks.
    pub sheet: Option<String>,
    /// Columns that became fields, in `Field::ALL` order.
    pub columns: Vec<MappedColumn>,
    /// Optional fields without a column.
    pub absent: Vec<Field>,
    /// Headers that the profile does not read.
    pub unread: Vec<String>,
    /// What `ingest` would warn of.
    pub warnings: Vec<String>,
}

/// Opens every file as far as its header and maps it; the first file that cannot be mapped is the error.
pub fn check(profile: &SourceProfile, files: &[PathBuf]) -> Result<Vec<HeaderReport>, IngestError> {
    files.iter().map(|path| check_file(profile, path)).collect()
}

/// Reads the files in the order given and hands their rows to `sink` in batches of at most `Limits::batch_rows`, in row order. Batches
/// do not end at files.
pub fn ingest(
    profile: &SourceProfile,
    files: &[PathBuf],
    limits: &Limits,
    sink: &mut dyn FnMut(RecordBatch) -> Result<(), IngestError>,
) -> Result<IngestReport, IngestError> {
    let mut stage = Stage::new(profile, limits, sink);
    for path in files {
        let file = file_name(path);
        stage.begin_file(&file);
        let read = read_file(&mut stage, path)?;
        let counts = stage.counts();
        if counts.read != counts.staged + counts.quarantined {
            return Err(IngestError::Bug {
                what: format!("{file}: {} rows read, {} staged and {} quarantined", counts.read, counts.staged, counts.quarantined),
            });
        }
        tracing::debug!(file, rows = counts.read, quarantined = counts.quarantined, "read");
        stage.report.files.push(FileAccount {
            path: path.clone(),
            file,
            sha256: read.sha256,
            rows_read: counts.read,
            rows_staged: counts.staged,
            rows_quarantined: counts.quarantined,
            bytes: read.stamp.bytes as i64,
            encoding: read.encoding,
            modified: read.stamp.modified,
        });
    }
    stage.flush()?;
    // A short row waits for its successor, so its entry may come late.
    stage.report.quarantine.sort_by_key(|entry| entry.row);
    Ok(stage.report)
}

/// What a reader knows of a file when it is done.
pub(crate) struct FileRead {
    pub(crate) stamp: Stamp,
    pub(crate) sha256: String,
    pub(crate) encoding: Option<String>,
}

fn read_file(stage: &mut Stage, path: &Path) -> Result<FileRead, IngestError> {
    match Container::of(stage.profile, path) {
        Container::Csv => csv::read(stage, path),
        Container::Xlsx => xlsx::read(stage, path),
        Container::Parquet => columnar::read(stage, path),
        Container::Json => json::read(stage, path),
    }
}

fn check_file(profile: &SourceProfile, path: &Path) -> Result<HeaderReport, IngestError> {
    let container = Container::of(profile, path);
    let (header, encoding, delimiter, sheet, warnings) = match container {
        Container::Csv => {
            let opening = csv::check(profile, path)?;
            let encoding = opening.detected.charset.as_str().to_owned();
            (opening.header, Some(encoding), Some(opening.delimiter as char), None, opening.warnings)
        }
        Container::Xlsx => {
            let opening = xlsx::check(profile, path)?;
            (opening.header, None, None, Some(opening.sheet), opening.warnings)
        }
        Container::Parquet => (columnar::check(profile, path)?, None, None, None, vec![]),
        Container::Json => {
            let (header, encoding, warnings) = json::check(profile, path)?;
            (header, Some(encoding), None, None, warnings)
        }
    };
    Ok(report(profile, path, container, &header, encoding, delimiter, sheet, warnings))
}

#[expect(clippy::too_many_arguments, reason = "each is one column of the report, and the call stands above")]
fn report(
    profile: &SourceProfile,
    path: &Path,
    container: Container,
    header: &HeaderMap,
    encoding: Option<String>,
    delimiter: Option<char>,
    sheet: Option<String>,
    warnings: Vec<String>,
) -> HeaderReport {
    let fields = profile.fields();
    let columns = fields
        .iter()
        .zip(&header.fields)
        .filter_map(|(field, column)| column.map(|column| MappedColumn { field: *field, header: header.name(column), column: column + 1 }))
        .collect();
    let absent = fields.iter().zip(&header.fields).filter(|(_, column)| column.is_none()).map(|(field, _)| *field).collect();
    let read: Vec<usize> = header.fields.iter().chain(&header.pmt).flatten().copied().collect();
    let unread = (0..header.headers.len()).filter(|column| !read.contains(column)).map(|column| header.name(column)).collect();
    HeaderReport {
        path: path.to_owned(),
        file: file_name(path),
        container: container.as_str(),
        encoding,
        delimiter,
        sheet,
        columns,
        absent,
        unread,
        warnings,
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
