//! The file, or numbered parts, of one extract.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::workbook::{Deflated, Workbook, deflate};
use crate::error::SynthError;
use crate::extracts::Extract;
use crate::rows::{Dialect, Rows};

/// Rows below which a slice of a sheet is not worth a thread of its own.
const SLICE: usize = 4_096;

enum Sink {
    Text(File),
    Sheets { open: Option<Workbook>, parts: u32, rows_in_part: usize },
}

/// An extract being written.
pub(crate) struct ExtractFile {
    extract: Extract,
    folder: PathBuf,
    sink: Sink,
    /// Data rows of a part at most: the sheet's limit less titles and header.
    limit: usize,
    pub(crate) rows: i64,
    pub(crate) files: Vec<PathBuf>,
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> SynthError + '_ {
    move |source| SynthError::Io { path: path.to_owned(), source }
}

impl ExtractFile {
    pub(crate) fn create(extract: Extract, folder: &Path, sheet_rows: usize) -> Result<Self, SynthError> {
        let limit = sheet_rows.saturating_sub(1 + extract.titles().len()).max(1);
        let mut file = Self {
            extract,
            folder: folder.to_owned(),
            sink: Sink::Sheets { open: None, parts: 0, rows_in_part: 0 },
            limit,
            rows: 0,
            files: Vec::new(),
        };
        if matches!(extract.dialect(), Dialect::Sheet) {
            file.next_part()?;
        } else {
            let path = folder.join(extract.file());
            let mut text = File::create(&path).map_err(io(&path))?;
            text.write_all(&header(extract)).map_err(io(&path))?;
            file.files.push(path);
            file.sink = Sink::Text(text);
        }
        Ok(file)
    }

    /// Closes the open part and begins `name_NN.xlsx`; the first has no number.
    fn next_part(&mut self) -> Result<(), SynthError> {
        let Sink::Sheets { open, parts, rows_in_part } = &mut self.sink else { return Ok(()) };
        if let Some(workbook) = open.take() {
            workbook.finish()?;
        }
        *parts += 1;
        *rows_in_part = 0;
        let name = self.extract.file();
        let name = if *parts == 1 { name.to_owned() } else { format!("{}_{parts:02}.xlsx", name.trim_end_matches(".xlsx")) };
        let path = self.folder.join(name);
        let mut workbook = Workbook::create(&path)?;
        workbook.append(&deflate(&header(self.extract)))?;
        self.files.push(path);
        *open = Some(workbook);
        Ok(())
    }

    /// Appends the rows of villages, in order. A number as of which the first row counts is `self.rows + 1` before the call.
    pub(crate) fn append(&mut self, villages: &[Rows]) -> Result<(), SynthError> {
        if let Sink::Text(file) = &mut self.sink {
            let path = &self.files[0];
            for rows in villages {
                file.write_all(&rows.bytes).map_err(io(path))?;
                self.rows += rows.ends.len() as i64;
            }
            return Ok(());
        }
        // Sheets are cut into slices by rows alone, so that the bytes are the same whichever thread packs them.
        let Sink::Sheets { rows_in_part, .. } = self.sink else { return Ok(()) };
        let (mut in_part, mut slices) = (rows_in_part, Vec::new());
        for rows in villages {
            let mut from = 0;
            while from < rows.ends.len() {
                let new_part = in_part == self.limit;
                if new_part {
                    in_part = 0;
                }
                let upto = rows.ends.len().min(from + (self.limit - in_part).min(SLICE));
                let start = if from == 0 { 0 } else { rows.ends[from - 1] };
                slices.push((new_part, upto - from, &rows.bytes[start..rows.ends[upto - 1]]));
                in_part += upto - from;
                from = upto;
            }
        }
        let packed: Vec<Deflated> = slices.par_iter().map(|(_, _, bytes)| deflate(bytes)).collect();
        for ((new_part, count, _), packed) in slices.into_iter().zip(packed) {
            if new_part {
                self.next_part()?;
            }
            if let Sink::Sheets { open: Some(workbook), rows_in_part, .. } = &mut self.sink {
                workbook.append(&packed)?;
                *rows_in_part += count;
            }
            self.rows += count as i64;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<(i64, Vec<PathBuf>), SynthError> {
        if let Sink::Sheets { open, .. } = &mut self.sink
            && let Some(workbook) = open.take()
        {
            workbook.finish()?;
        }
        Ok((self.rows, self.files))
    }
}

/// Titles and header as bytes of the extract's format.
fn header(extract: Extract) -> Vec<u8> {
    if matches!(extract.dialect(), Dialect::Json) {
        return Vec::new();
    }
    let mut rows = Rows::new(extract.dialect(), extract.headers());
    for title in extract.titles() {
        rows.begin();
        rows.text(title);
        rows.end_ragged(0, 0);
    }
    rows.begin();
    for column in extract.headers() {
        rows.text(column);
    }
    rows.end(0, 0);
    rows.bytes
}
