//! The zip of a workbook: what it may cost is settled before anything is unpacked.
//!
//! The central directory is checked first (entries, sizes, ratios), and since it may lie, no entry is read beyond the size it declares. A run
//! of bytes without a tag is capped too: it is what an XML reader must hold in memory.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use memchr::memrchr;
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::{IngestError, Limits};

/// Entries below this size are not judged by ratio: a small file of one repeated cell compresses without end and harms nobody.
const RATIO_FROM: u64 = 16 << 20;
/// Bytes between two tags: a cell of the limit with every character escaped.
const RUN_FACTOR: usize = 8;

/// A workbook's zip, checked.
pub(crate) struct Package {
    path: PathBuf,
    archive: ZipArchive<BufReader<File>>,
    /// Entry names in lower case with `/`, by index.
    names: Vec<String>,
    run_bytes: usize,
}

impl Package {
    /// Opens the file and checks its directory.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, IngestError> {
        recognised(path)?;
        let file = File::open(path).map_err(IngestError::io(path))?;
        let mut archive = ZipArchive::new(BufReader::with_capacity(128 << 10, file))
            .map_err(|_| IngestError::workbook(path, "its zip directory is missing or broken, as in a file cut off while it was copied"))?;
        let refused = |what: String, found: String, limit: String| IngestError::Refused { path: path.to_owned(), what, found, limit };
        if archive.len() > limits.zip_entries {
            return Err(refused("the number of entries in the workbook".into(), archive.len().to_string(), limits.zip_entries.to_string()));
        }
        let mut names = Vec::with_capacity(archive.len());
        let mut total: u64 = 0;
        for index in 0..archive.len() {
            let entry = archive
                .by_index_raw(index)
                .map_err(|_| IngestError::workbook(path, format!("entry {} of its zip cannot be read", index + 1)))?;
            let name = String::from_utf8_lossy(entry.name_raw()).to_lowercase().replace('\\', "/");
            let (size, packed) = (entry.size(), entry.compressed_size());
            total = total.saturating_add(size);
            if name.ends_with("sharedstrings.xml") && size > limits.shared_strings_bytes {
                return Err(refused("the size of the shared strings".into(), bytes(size), bytes(limits.shared_strings_bytes)));
            }
            if size > RATIO_FROM && size / packed.max(1) > limits.zip_ratio {
                return Err(refused(
                    format!("the compression ratio of {name}"),
                    format!("{}:1", size / packed.max(1)),
                    format!("{}:1", limits.zip_ratio),
                ));
            }
            names.push(name);
        }
        if total > limits.zip_total_bytes {
            return Err(refused("the unpacked size of the workbook".into(), bytes(total), bytes(limits.zip_total_bytes)));
        }
        Ok(Self { path: path.to_owned(), archive, names, run_bytes: limits.cell_bytes.saturating_mul(RUN_FACTOR).max(64 << 10) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// An entry by its name within the package, in spite of case and a leading slash; `None` where it is not there.
    pub(crate) fn entry(&mut self, name: &str) -> Result<Option<BufReader<Guard<'_>>>, IngestError> {
        let wanted = name.trim_start_matches('/').to_lowercase();
        let Some(index) = self.names.iter().position(|candidate| *candidate == wanted) else { return Ok(None) };
        let run_limit = self.run_bytes;
        let entry =
            self.archive.by_index(index).map_err(|_| IngestError::workbook(&self.path, format!("its part {wanted} cannot be unpacked")))?;
        let left = entry.size();
        Ok(Some(BufReader::with_capacity(64 << 10, Guard { entry, left, run: 0, run_limit })))
    }
}

/// An entry that is not read beyond its declared size, nor where it holds too much text between two tags.
pub(crate) struct Guard<'a> {
    entry: ZipFile<'a, BufReader<File>>,
    left: u64,
    run: usize,
    run_limit: usize,
}

impl Read for Guard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.entry.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| io::Error::other("a part is longer than the zip directory says"))?;
        self.run = match memrchr(b'<', &buffer[..count]) {
            Some(at) => count - at,
            None => self.run + count,
        };
        if self.run > self.run_limit {
            return Err(io::Error::other(format!("a text of more than {}", bytes(self.run_limit as u64))));
        }
        Ok(count)
    }
}

/// Says what a file is that is no workbook.
fn recognised(path: &Path) -> Result<(), IngestError> {
    let mut head = Vec::new();
    File::open(path).and_then(|file| file.take(512).read_to_end(&mut head)).map_err(IngestError::io(path))?;
    let (found, hint) = match head.as_slice() {
        [] => return Err(IngestError::Empty { path: path.to_owned() }),
        [b'P', b'K', ..] => return Ok(()),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => ("an old .xls or password-protected workbook", "save it as .xlsx without a password"),
        [b'P', b'A', b'R', b'1', ..] => ("a Parquet file", "name it .parquet"),
        head if head.trim_ascii_start().starts_with(b"<") => {
            ("an HTML or XML page", "web exports do this: open it in a spreadsheet and save it as .xlsx")
        }
        head if !head.contains(&0) => ("plain text", "name it .csv"),
        _ => ("neither a zip nor text", "ask for the file again"),
    };
    Err(IngestError::WrongContainer { path: path.to_owned(), expected: "an .xlsx workbook", found, hint })
}

/// A size for a message.
fn bytes(count: u64) -> String {
    if count >= 1 << 20 { format!("{} MiB", count >> 20) } else { format!("{count} bytes") }
}
