//! Delimited text: encoding and delimiter found, header mapped, rows staged or quarantined.
//!
//! Columns are never shifted to make a row fit. A row with too many fields is quarantined, and so is one with too few, unless only
//! columns that the profile does not require are missing at its end; two short rows in succession that make up one are a broken line,
//! and neither is staged.

mod decode;
#[cfg(test)]
mod oracle;
mod rows;
mod splitter;

use std::io::{Cursor, Read};
use std::path::Path;

use padan_config::{Encoding, Format, SourceProfile};

pub(crate) use decode::{Charset, Detected, Utf16Reader, detect, windows_1252};
use rows::Rows;
pub(crate) use rows::{control_column, is_blank_row};
pub(crate) use splitter::{Broken, Measure, Split, Splitter, unquote};

use crate::hashing::{self, HashingReader};
use crate::header::{self, HeaderMap};
use crate::ingest::FileRead;
use crate::stage::Stage;
use crate::{IngestError, Limits};

/// Bytes read to find encoding, delimiter and header.
const HEAD_BYTES: usize = 1 << 20;
/// Records among which the header is looked for.
const HEADER_SEARCH: usize = 20;
/// Delimiters that offices save with, tried where the profile's does not give the header.
pub(crate) const DELIMITERS: [u8; 4] = [b',', b';', b'|', b'\t'];

/// The beginning of a text file, understood.
pub(crate) struct Opening {
    pub(crate) detected: Detected,
    pub(crate) delimiter: u8,
    pub(crate) header: HeaderMap,
    /// Records before the header.
    skipped: usize,
    pub(crate) warnings: Vec<String>,
}

/// Reads one file into the stage.
pub(crate) fn read(stage: &mut Stage, path: &Path) -> Result<FileRead, IngestError> {
    let (mut reader, watch) = hashing::open(path)?;
    let head = read_head(&mut reader, path)?;
    let opening = open_head(stage.profile, path, &head, stage.limits)?;
    for warning in &opening.warnings {
        stage.warn(warning.as_str());
    }
    let encoding = stage_rows(stage, path, head, reader, &opening)?;
    let (stamp, sha256) = watch.finish(path)?;
    Ok(FileRead { stamp, sha256, encoding: Some(encoding) })
}

/// The header only.
pub(crate) fn check(profile: &SourceProfile, path: &Path) -> Result<Opening, IngestError> {
    let (mut reader, _) = hashing::open(path)?;
    let head = read_head(&mut reader, path)?;
    open_head(profile, path, &head, &Limits::default())
}

fn stage_rows(stage: &mut Stage, path: &Path, head: Vec<u8>, reader: HashingReader, opening: &Opening) -> Result<String, IngestError> {
    let Detected { charset, mark, .. } = opening.detected;
    let mut head = Cursor::new(head);
    head.set_position(mark as u64);
    let bytes = head.chain(reader);
    let limits = stage.limits;
    match charset {
        Charset::Utf8 | Charset::Windows1252 => {
            let splitter = Splitter::new(bytes, opening.delimiter, limits, Measure::Bytes, mark as u64);
            Rows::new(stage, opening, charset).run(splitter, opening.skipped).map_err(|failure| failure.at(path))
        }
        Charset::Utf16Le | Charset::Utf16Be => {
            let splitter = Splitter::new(Utf16Reader::new(bytes, charset), opening.delimiter, limits, Measure::Utf16, mark as u64);
            Rows::new(stage, opening, charset).run(splitter, opening.skipped).map_err(|failure| failure.at(path))
        }
    }
}

pub(crate) fn read_head(reader: &mut HashingReader, path: &Path) -> Result<Vec<u8>, IngestError> {
    let mut head = Vec::new();
    reader.take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(IngestError::io(path))?;
    if head.is_empty() {
        return Err(IngestError::Empty { path: path.to_owned() });
    }
    not_binary(&head, path)?;
    Ok(head)
}

/// Refuses what is plainly no text, by its first bytes.
fn not_binary(head: &[u8], path: &Path) -> Result<(), IngestError> {
    let (found, hint) = match head {
        [b'P', b'K', 3 | 5, ..] => ("a zip archive or workbook", "name a workbook .xlsx; unpack an archive"),
        [0x1f, 0x8b, ..] => ("a gzip archive", "unpack it"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => ("an old or password-protected workbook", "save it as .xlsx without a password"),
        [b'P', b'A', b'R', b'1', ..] => ("a Parquet file", "name it .parquet"),
        _ => return Ok(()),
    };
    Err(IngestError::WrongContainer { path: path.to_owned(), expected: "text", found, hint })
}

fn open_head(profile: &SourceProfile, path: &Path, head: &[u8], limits: &Limits) -> Result<Opening, IngestError> {
    let detected = detect(head, profile.encoding);
    let text = decoded(&head[detected.mark..], detected.charset);
    if text.trim_matches(|c: char| c.is_whitespace() || c == '\0').is_empty() {
        return Err(IngestError::Empty { path: path.to_owned() });
    }
    let wanted = match profile.format {
        Format::Csv { delimiter } => delimiter,
        _ => b',',
    };
    let mut warnings = Vec::new();
    if detected.differs {
        let declared = match profile.encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Latin1 => "latin-1",
            Encoding::Windows1252 => "windows-1252",
            Encoding::Utf16 => "utf-16",
        };
        warnings.push(format!("the profile says {declared}, the file is {}: read as {0}", detected.charset.as_str()));
    }
    let mut first_error = None;
    let others = DELIMITERS.into_iter().filter(|delimiter| *delimiter != wanted);
    for delimiter in std::iter::once(wanted).chain(others) {
        let records = records(&text, delimiter, limits, profile.skip_rows + HEADER_SEARCH);
        match find_header(profile, path, &records) {
            Ok((skipped, mut header)) => {
                if delimiter != wanted {
                    warnings.push(format!(
                        "the profile's delimiter is {}, the file's is {}: read with that",
                        shown(wanted),
                        shown(delimiter)
                    ));
                }
                warnings.extend(header_warnings(profile, skipped, &header));
                let extra = trailing_delimiters(&records[skipped + 1..], header.headers.len());
                if extra > 0 {
                    warnings.push("every row ends in delimiters that the header lacks: taken for columns without a header".to_owned());
                    header.headers.resize(header.headers.len() + extra, String::new());
                }
                return Ok(Opening { detected, delimiter, header, skipped, warnings });
            }
            Err(error @ IngestError::DuplicateHeader { .. }) => return Err(error),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    Err(first_error.unwrap_or_else(|| IngestError::Empty { path: path.to_owned() }))
}

/// What the office should know of a header that was not quite as the profile has it.
pub(crate) fn header_warnings(profile: &SourceProfile, skipped: usize, header: &HeaderMap) -> Vec<String> {
    let mut warnings = Vec::new();
    if skipped != profile.skip_rows {
        warnings.push(format!(
            "the header is row {}, the profile's `skip-rows` says row {}: read from there",
            skipped + 1,
            profile.skip_rows + 1
        ));
    }
    for (found, field) in &header.guessed {
        warnings.push(format!("header {found:?} taken for `{}`, which it nearly spells", field.as_str()));
    }
    for (found, field) in &header.doubtful {
        warnings.push(format!("no column for `{}`; header {found:?} resembles it and is not read", field.as_str()));
    }
    warnings
}

/// The header's index among the records: where the profile says, or else the first that has every required column.
pub(crate) fn find_header(profile: &SourceProfile, path: &Path, records: &[Vec<String>]) -> Result<(usize, HeaderMap), IngestError> {
    let mut first_error = match records.get(profile.skip_rows).map(|cells| header::map(profile, path, cells)) {
        Some(Ok(map)) => return Ok((profile.skip_rows, map)),
        Some(Err(error @ IngestError::DuplicateHeader { .. })) => return Err(error),
        Some(Err(error)) => Some(error),
        None => None,
    };
    for (index, cells) in records.iter().enumerate().filter(|(index, _)| *index != profile.skip_rows) {
        match header::map(profile, path, cells) {
            Ok(map) => return Ok((index, map)),
            Err(error @ IngestError::DuplicateHeader { .. }) => first_error = Some(error),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    Err(first_error.unwrap_or_else(|| IngestError::Empty { path: path.to_owned() }))
}

/// Fields by which every row shown exceeds the header, all of them blank: rows that end in delimiters under a header that does not.
fn trailing_delimiters(rows: &[Vec<String>], width: usize) -> usize {
    let rows: Vec<&Vec<String>> = rows.iter().filter(|row| row.iter().any(|cell| !crate::cell::is_blank(cell))).collect();
    let Some(count) = rows.first().map(|row| row.len()).filter(|count| *count > width) else { return 0 };
    let alike = rows.iter().all(|row| row.len() == count && row[width..].iter().all(|cell| crate::cell::is_blank(cell)));
    if alike { count - width } else { 0 }
}

pub(crate) fn records(text: &str, delimiter: u8, limits: &Limits, count: usize) -> Vec<Vec<String>> {
    let mut splitter = Splitter::new(text.as_bytes(), delimiter, limits, Measure::Bytes, 0);
    let mut records = Vec::new();
    let mut scratch = String::new();
    // Reading from memory cannot fail.
    while let Ok(Some(split)) = splitter.advance() {
        let record = String::from_utf8_lossy(splitter.record());
        records.push(match split {
            Split::Record => splitter
                .spans()
                .iter()
                .map(|span| unquote(record.get(span.start..span.end).unwrap_or(""), span.quoted, &mut scratch).to_owned())
                .collect(),
            Split::Broken(_) => vec![String::new()],
        });
        if records.len() == count {
            break;
        }
    }
    records
}

pub(crate) fn decoded(bytes: &[u8], charset: Charset) -> String {
    match charset {
        Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Charset::Windows1252 => windows_1252(bytes).into_owned(),
        Charset::Utf16Le | Charset::Utf16Be => {
            let mut text = Vec::new();
            // Reading from memory cannot fail.
            let _ = Utf16Reader::new(bytes, charset).read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        }
    }
}

fn shown(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".to_owned() } else { format!("`{}`", delimiter as char) }
}
