//! The rows of a sheet as a stream; one row is held at a time.
//!
//! Numbers are given as the text a person would have typed, date cells as `YYYY-MM-DD`, formulas as their cached value. Cells that cannot be
//! given (`#N/A`, a shared string that is not there) are faults of the row, never of the file.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::date;
use super::workbook::{Workbook, append, attribute, attributes, events, unescape_in_place};
use crate::number;
use crate::row::Row;

/// Columns of a sheet, by the format.
const COLUMNS: usize = 16_384;

/// A cell without a value it could give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CellFault {
    pub(crate) column: usize,
    pub(crate) reason: &'static str,
    pub(crate) raw: String,
}

/// Streams a sheet.
pub(crate) struct Sheet<'w, R: BufRead> {
    reader: Reader<R>,
    workbook: &'w Workbook,
    cell_bytes: usize,
    buffer: Vec<u8>,
    value: String,
    /// 0-based number of the row that was read last.
    pub(crate) row_index: u32,
    next_index: u32,
    pub(crate) faults: Vec<CellFault>,
    merges: Vec<String>,
    in_data: bool,
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    IsoDate,
}

struct CellHead {
    column: usize,
    kind: Kind,
    style: usize,
}

impl<'w, R: BufRead> Sheet<'w, R> {
    pub(crate) fn new(entry: R, workbook: &'w Workbook, cell_bytes: usize) -> Self {
        Self {
            reader: events(entry),
            workbook,
            cell_bytes,
            buffer: Vec::new(),
            value: String::new(),
            row_index: 0,
            next_index: 0,
            faults: Vec::new(),
            merges: Vec::new(),
            in_data: false,
            ended: false,
        }
    }

    /// Reads the next `<row>`; false at the end of the sheet, after which `merges` are known. Errors are the file's: damaged XML or zip.
    pub(crate) fn next_row(&mut self, row: &mut Row) -> Result<bool, String> {
        row.clear();
        self.faults.clear();
        let mut in_row = false;
        let mut column = 0;
        while !self.ended {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| error.to_string())?;
            match event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "row" => {
                        let number =
                            attribute(&tag, "r").and_then(|number| number.parse::<u32>().ok()).and_then(|number| number.checked_sub(1));
                        self.row_index = number.unwrap_or(self.next_index);
                        self.next_index = self.row_index.saturating_add(1);
                        in_row = true;
                        column = 0;
                    }
                    "c" if in_row => {
                        let head = cell_head(&tag, column)?;
                        column = head.column + 1;
                        self.cell(&head, row)?;
                    }
                    "sheetData" => self.in_data = true,
                    "mergeCell" => self.merges.extend(attribute(&tag, "ref")),
                    _ => {}
                },
                Event::End(tag) if in_row && tag.local_name().as_ref() == "row" => return Ok(true),
                Event::End(tag) if tag.local_name().as_ref() == "sheetData" => self.in_data = false,
                Event::Eof => {
                    if in_row || self.in_data {
                        return Err("a sheet ends before its last row".to_owned());
                    }
                    self.ended = true;
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// Merged areas that reach below row `header` (0-based), known at the end of the sheet.
    pub(crate) fn merges_below(&self, header: u32) -> usize {
        self.merges
            .iter()
            .filter(|area| {
                let last = area.rsplit(':').next().unwrap_or(area);
                let number: String = last.chars().filter(char::is_ascii_digit).collect();
                number.parse::<u32>().is_ok_and(|number| number > header.saturating_add(1))
            })
            .count()
    }

    /// Reads to `</c>`.
    fn cell(&mut self, head: &CellHead, row: &mut Row) -> Result<(), String> {
        self.value.clear();
        let (mut in_value, mut in_phonetic) = (false, false);
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| error.to_string())?;
            match event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "v" | "t" => in_value = !in_phonetic,
                    "rPh" => in_phonetic = true,
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "v" | "t" => in_value = false,
                    "rPh" => in_phonetic = false,
                    "c" => break,
                    _ => {}
                },
                Event::Eof => return Err("a sheet ends within a cell".to_owned()),
                // Rich text comes in runs; what is over the limit need not be held to be refused.
                event if in_value && self.value.len() <= self.cell_bytes => append(&mut self.value, &event),
                _ => {}
            }
        }
        self.give(head, row);
        Ok(())
    }

    fn give(&mut self, head: &CellHead, row: &mut Row) {
        if self.value.is_empty() {
            return;
        }
        let value = self.value.as_str();
        let mut fault =
            |reason: &'static str| self.faults.push(CellFault { column: head.column, reason, raw: crate::cell::cut(value, 200) });
        match head.kind {
            Kind::Shared => match value.trim().parse().ok().and_then(|index| self.workbook.strings.get(index)) {
                Some(text) => row.write(head.column, false).push_str(text),
                None => fault("the shared string is not in the workbook"),
            },
            Kind::Text => {
                let text = row.write(head.column, false);
                text.push_str(value);
                unescape_in_place(text, 0);
            }
            Kind::Bool => match value.trim() {
                "1" | "true" => row.write(head.column, false).push_str("TRUE"),
                "0" | "false" => row.write(head.column, false).push_str("FALSE"),
                _ => fault("neither true nor false"),
            },
            Kind::Error => fault("spreadsheet error"),
            Kind::IsoDate => row.write(head.column, false).push_str(value.split_once('T').map_or(value, |(day, _)| day)),
            Kind::Number => {
                let is_date = self.workbook.date_styles.get(head.style).copied().unwrap_or(false);
                let day =
                    if is_date { value.trim().parse().ok().and_then(|serial| date::iso(serial, self.workbook.is_1904)) } else { None };
                if let Some(day) = day {
                    row.write(head.column, false).push_str(&day);
                } else if let Some(text) = number::minimal(value) {
                    row.write(head.column, true).push_str(&text);
                } else {
                    fault("not a number");
                }
            }
        }
    }
}

fn cell_head(tag: &BytesStart, next_column: usize) -> Result<CellHead, String> {
    let mut head = CellHead { column: next_column, kind: Kind::Number, style: 0 };
    for attribute in attributes(tag) {
        let value: &str = &attribute.value;
        match attribute.key.as_ref() {
            "r" => head.column = column_index(value).ok_or("a cell stands at no column")?,
            "s" => head.style = value.parse().unwrap_or(0),
            "t" => {
                head.kind = match value {
                    "s" => Kind::Shared,
                    "b" => Kind::Bool,
                    "e" => Kind::Error,
                    "d" => Kind::IsoDate,
                    "n" => Kind::Number,
                    _ => Kind::Text,
                }
            }
            _ => {}
        }
    }
    if head.column >= COLUMNS {
        return Err("a cell stands right of the last column".to_owned());
    }
    Ok(head)
}

/// 27 of `AB12`.
fn column_index(reference: &str) -> Option<usize> {
    let mut column = 0_usize;
    for byte in reference.bytes().take_while(u8::is_ascii_alphabetic) {
        column = column.checked_mul(26)?.checked_add(usize::from(byte.to_ascii_uppercase() - b'A') + 1)?;
    }
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns() {
        for (reference, column) in [("A1", Some(0)), ("Z9", Some(25)), ("AB12", Some(27)), ("XFD1", Some(16_383)), ("1", None), ("", None)]
        {
            assert_eq!(column_index(reference), column, "{reference}");
        }
        assert_eq!(column_index(&"Z".repeat(40)), None);
    }
}
