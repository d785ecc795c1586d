//! About how many rows a file holds, without reading all of it: for the plan of a run, before any work.

use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::Path;

use memchr::memmem;
use padan_config::SourceProfile;
use zip::ZipArchive;

use crate::IngestError;
use crate::columnar;
use crate::container::Container;

/// Bytes of a piece that speaks for its surroundings, and the number of pieces: rows at the end of a list are often longer than those at
/// its beginning, and a registry in regional order changes all the way.
const PIECE: u64 = 128 << 10;
const PIECES: u64 = 16;
/// Bytes of the beginning of a sheet, which cannot be entered elsewhere.
const HEAD: u64 = 1 << 20;

/// About how many data rows a file holds: of Parquet exactly, of others by the size of some of them.
///
/// # Errors
/// A file that cannot be opened, or is not what its name says.
pub fn estimated_rows(profile: &SourceProfile, path: &Path) -> Result<u64, IngestError> {
    match Container::of(profile, path) {
        Container::Parquet => Ok(columnar::open(path)?.0.metadata().file_metadata().num_rows().max(0) as u64),
        Container::Xlsx => workbook_rows(path),
        Container::Csv => text_rows(path, b"\n", 1 + profile.skip_rows as u64),
        Container::Json => text_rows(path, b"{", 0),
    }
}

fn text_rows(path: &Path, mark: &[u8], header: u64) -> Result<u64, IngestError> {
    let mut file = File::open(path).map_err(IngestError::io(path))?;
    let bytes = file.metadata().map_err(IngestError::io(path))?.len();
    let (mut read, mut marks, mut piece) = (0, 0, Vec::new());
    // A file of few pieces is read whole; else a piece stands in the midst of what it speaks for.
    let step = (bytes / PIECES).max(PIECE);
    for start in ((step - PIECE) / 2..bytes).step_by(step as usize) {
        piece.clear();
        file.seek(SeekFrom::Start(start)).map_err(IngestError::io(path))?;
        Read::by_ref(&mut file).take(PIECE).read_to_end(&mut piece).map_err(IngestError::io(path))?;
        read += piece.len() as u64;
        marks += memmem::find_iter(&piece, mark).count() as u64;
    }
    Ok(scaled(marks, bytes, read).saturating_sub(header))
}

/// Rows of the largest sheet.
fn workbook_rows(path: &Path) -> Result<u64, IngestError> {
    let broken = |_| IngestError::workbook(path, "its zip directory is missing or broken, as in a file cut off while it was copied");
    let mut archive = ZipArchive::new(File::open(path).map_err(IngestError::io(path))?).map_err(broken)?;
    let mut largest: Option<(u64, usize)> = None;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(broken)?;
        if entry.name_raw().starts_with(b"xl/worksheets/") {
            largest = largest.max(Some((entry.size(), at)));
        }
    }
    let Some((bytes, at)) = largest else { return Ok(0) };
    let mut head = Vec::new();
    let sheet = archive.by_index(at).map_err(broken)?;
    sheet.take(HEAD).read_to_end(&mut head).map_err(IngestError::io(path))?;
    let marks = |mark: &[u8]| memmem::find_iter(&head, mark).count() as u64;
    // Some programs write a prefix to every name.
    let rows = Some(marks(b"</row>")).filter(|rows| *rows > 0).unwrap_or_else(|| marks(b":row>"));
    Ok(scaled(rows, bytes, head.len() as u64).saturating_sub(1))
}

/// Marks of all bytes, by those of the bytes that were read.
fn scaled(marks: u64, bytes: u64, read: u64) -> u64 {
    if read == 0 { 0 } else { (u128::from(marks) * u128::from(bytes) / u128::from(read)) as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_pieces_speak_for_the_rest() {
        let rows: Vec<String> = (0..300_000).map(|row| format!("{row:07};{}\n", "NAMA ".repeat(1 + row / 50_000))).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.csv");
        std::fs::write(&path, format!("row;nama\n{}", rows.concat())).expect("written");
        assert!(text_rows(&path, b"\n", 1).expect("read").abs_diff(300_000) < 9_000);
        std::fs::write(&path, "row;nama\n1;A\n2;B\n").expect("written");
        assert_eq!(text_rows(&path, b"\n", 1).expect("read"), 2);
        std::fs::write(&path, "").expect("written");
        assert_eq!(text_rows(&path, b"\n", 1).expect("read"), 0);
        assert!(workbook_rows(&path).is_err_and(|error| error.is_users()));
    }
}
