//! The account of what was read: files, quarantined rows, warnings, and whether the files are still the same.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::IngestError;

/// One file that was read. `rows_read == rows_staged + rows_quarantined`.
///
/// Where it lies and when it was written is not stored with the rest: the same bytes elsewhere are the same file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAccount {
    /// Where it is.
    #[serde(skip)]
    pub path: PathBuf,
    /// Its name without folders.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Data rows: neither titles, header nor blank rows.
    pub rows_read: i64,
    /// Rows in the batches.
    pub rows_staged: i64,
    /// Rows refused whole.
    pub rows_quarantined: i64,
    /// Length in bytes.
    pub bytes: i64,
    /// Encoding that was read, such as `utf-8 with windows-1252 rows`; none for XLSX and Parquet.
    pub encoding: Option<String>,
    /// Modification time before it was read, where the file system has one.
    #[serde(skip)]
    pub modified: Option<SystemTime>,
}

/// A row refused at the door, or (with `column` and its row staged) a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedRow {
    /// The file's name.
    pub file: String,
    /// 1-based data row over the source's files.
    pub row: i64,
    /// Where the row begins in the file; none for XLSX and Parquet.
    pub byte_offset: Option<i64>,
    /// The header of the column at fault.
    pub column: Option<String>,
    /// Why; holds no value of the row.
    pub reason: String,
    /// The row's (or cell's) text, cut to `Limits::raw_chars`.
    pub raw: Option<String>,
}

/// Something the office should know, though nothing was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestWarning {
    /// The file's name.
    pub file: String,
    /// What was seen and what was done; holds no value of a data row.
    pub message: String,
}

/// Everything but the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IngestReport {
    /// The files, in the order in which their rows are counted.
    pub files: Vec<FileAccount>,
    /// Refused rows and cells, by row.
    pub quarantine: Vec<QuarantinedRow>,
    /// Warnings, by file.
    pub warnings: Vec<IngestWarning>,
}

impl FileAccount {
    /// The account of the same bytes where `file` has them now.
    pub fn of_same_bytes(self, file: &Fingerprint) -> Self {
        Self { path: file.path.clone(), modified: file.modified, ..self }
    }
}

/// A file by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Where it is.
    pub path: PathBuf,
    /// Length in bytes.
    pub bytes: u64,
    /// Modification time before it was read, where the file system has one.
    pub modified: Option<SystemTime>,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
}

/// Reads a file for its hash alone; an error where it is written meanwhile.
pub fn fingerprint(path: &Path) -> Result<Fingerprint, IngestError> {
    let stamp = Stamp::of(path)?;
    let (sha256, bytes) = hash_file(path)?;
    if bytes != stamp.bytes || Stamp::of(path)? != stamp {
        return Err(IngestError::Changed { path: path.to_owned() });
    }
    Ok(Fingerprint { path: path.to_owned(), bytes, modified: stamp.modified, sha256 })
}

/// Checks that every file is still the one that was read: by length and time, and by its hash where either differs.
pub fn verify_unchanged(files: &[FileAccount]) -> Result<(), IngestError> {
    for account in files {
        let now = Stamp::of(&account.path)?;
        if now.bytes as i64 == account.bytes && now.modified == account.modified {
            continue;
        }
        let (sha256, _) = hash_file(&account.path)?;
        if sha256 != account.sha256 {
            return Err(IngestError::Changed { path: account.path.clone() });
        }
    }
    Ok(())
}

/// Length and time of a file: what tells cheaply that it is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) bytes: u64,
    pub(crate) modified: Option<SystemTime>,
}

impl Stamp {
    pub(crate) fn of(path: &Path) -> Result<Self, IngestError> {
        let metadata = fs::metadata(path).map_err(IngestError::io(path))?;
        Ok(Self { bytes: metadata.len(), modified: metadata.modified().ok() })
    }
}

/// The file's SHA-256 and length, read as a stream.
pub(crate) fn hash_file(path: &Path) -> Result<(String, u64), IngestError> {
    let mut file = File::open(path).map_err(IngestError::io(path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((hexadecimal(&hasher.finalize()), bytes)),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                bytes += count as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(IngestError::io(path)(error)),
        }
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)] as char, DIGITS[usize::from(byte & 15)] as char]).collect()
}
