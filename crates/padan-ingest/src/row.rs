//! The cells of one row of a workbook or JSON object, by column, in memory that is used again for every row.

use crate::header::HeaderMap;
use crate::stage::Stage;
use crate::{IngestError, Limits};

#[derive(Default)]
struct Cell {
    text: String,
    number: bool,
    written: bool,
}

/// Cells by column; those never written are blank.
#[derive(Default)]
pub(crate) struct Row {
    cells: Vec<Cell>,
    written: Vec<usize>,
}

impl Row {
    pub(crate) fn clear(&mut self) {
        for column in self.written.drain(..) {
            self.cells[column].written = false;
        }
    }

    /// The empty text of a cell, to be filled; `number` where the file holds a number of limited precision.
    pub(crate) fn write(&mut self, column: usize, number: bool) -> &mut String {
        if column >= self.cells.len() {
            self.cells.resize_with(column + 1, Cell::default);
        }
        let cell = &mut self.cells[column];
        if !cell.written {
            cell.written = true;
            self.written.push(column);
        }
        cell.number = number;
        cell.text.clear();
        &mut cell.text
    }

    pub(crate) fn text(&self, column: usize) -> Option<&str> {
        self.cells.get(column).filter(|cell| cell.written).map(|cell| cell.text.as_str())
    }

    /// All cells up to the last that was written.
    pub(crate) fn texts(&self) -> Vec<String> {
        let width = self.written.iter().max().map_or(0, |last| last + 1);
        (0..width).map(|column| self.text(column).unwrap_or("").to_owned()).collect()
    }

    /// Whether any cell holds something.
    pub(crate) fn is_blank(&self) -> bool {
        self.written.iter().all(|&column| crate::cell::trim(&self.cells[column].text).is_empty())
    }

    /// The first column that makes the row unfit, and why.
    pub(crate) fn fault(&self, limits: &Limits) -> Option<(usize, String)> {
        let is_control = |byte: u8| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f;
        self.written.iter().find_map(|&column| {
            let text = &self.cells[column].text;
            if text.len() > limits.cell_bytes {
                return Some((column, format!("cell of more than {} bytes", limits.cell_bytes)));
            }
            text.bytes().any(is_control).then(|| (column, "control character".to_owned()))
        })
    }

    /// The row for quarantine: cells by tabs, cut.
    pub(crate) fn raw(&self, limits: &Limits) -> String {
        let mut raw = String::new();
        for (column, cell) in self.cells.iter().enumerate() {
            if column > 0 {
                raw.push('\t');
            }
            if cell.written {
                raw.push_str(&crate::cell::cut(&cell.text, limits.raw_chars));
            }
            if raw.len() > limits.raw_chars * 4 {
                break;
            }
        }
        raw
    }

    /// Stages the row.
    pub(crate) fn stage(&self, stage: &mut Stage, row: i64, header: &HeaderMap) -> Result<(), IngestError> {
        let cell = |column: usize| self.cells.get(column).filter(|cell| cell.written);
        for (slot, column) in header.fields.iter().enumerate() {
            if let Some(cell) = column.and_then(cell) {
                stage.field(slot, &cell.text, cell.number);
            }
        }
        if header.has_pmt() {
            for (index, column) in header.pmt.iter().enumerate() {
                stage.pmt(index, column.and_then(cell).is_some_and(|cell| !crate::cell::is_blank(&cell.text)));
            }
        }
        stage.end_row(row, header)
    }
}
