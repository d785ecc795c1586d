//! The rows of one extract of one village, as bytes of the extract's format, with who each row is about.
//!
//! Cells are appended to one buffer by hand: a cell is written once, where it will stand, and nothing is allocated for it. Sheets leave
//! out the optional cell and row references, so that rows need not know their number before their file does.

use crate::date::{Date, push_int};

/// Nobody: the row describes a family, or a family without a card.
pub(crate) const NOBODY: u32 = u32::MAX;

/// How cells are written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Dialect {
    /// Delimited text.
    Delimited {
        delimiter: u8,
        /// Quotes round every cell; else only where needed.
        quote_all: bool,
        /// ISO 8859-1; else UTF-8.
        latin1: bool,
    },
    /// One object a line; the keys are the columns.
    Json,
    /// `sheetData` rows with inline texts.
    Sheet,
}

/// Rows of one extract.
#[derive(Debug)]
pub(crate) struct Rows {
    dialect: Dialect,
    columns: &'static [String],
    pub(crate) bytes: Vec<u8>,
    /// Where each row ends in `bytes`.
    pub(crate) ends: Vec<usize>,
    /// Person and family of each row, by index in the village.
    pub(crate) truth: Vec<(u32, u32)>,
    column: usize,
    scratch: String,
}

impl Rows {
    pub(crate) fn new(dialect: Dialect, columns: &'static [String]) -> Self {
        Self { dialect, columns, bytes: Vec::new(), ends: Vec::new(), truth: Vec::new(), column: 0, scratch: String::new() }
    }

    /// Appends a text cell.
    pub(crate) fn text(&mut self, text: &str) {
        match self.dialect {
            Dialect::Delimited { delimiter, quote_all, latin1 } => {
                if self.column > 0 {
                    self.bytes.push(delimiter);
                }
                let special = |b: u8| b == delimiter || b == b'"' || b == b'\n' || b == b'\r';
                let quoted = quote_all || text.bytes().any(special);
                if quoted {
                    self.bytes.push(b'"');
                }
                if text.is_ascii() && !text.contains('"') || !latin1 && !text.contains('"') {
                    self.bytes.extend_from_slice(text.as_bytes());
                } else {
                    self.escape(text, latin1);
                }
                if quoted {
                    self.bytes.push(b'"');
                }
            }
            Dialect::Json => {
                self.key();
                self.bytes.push(b'"');
                for byte in text.bytes() {
                    match byte {
                        b'"' | b'\\' => self.bytes.extend_from_slice(&[b'\\', byte]),
                        0..=31 => self.bytes.push(b' '),
                        _ => self.bytes.push(byte),
                    }
                }
                self.bytes.push(b'"');
            }
            Dialect::Sheet => self.sheet_text(text),
        }
        self.column += 1;
    }

    fn escape(&mut self, text: &str, latin1: bool) {
        let mut utf8 = [0; 4];
        for letter in text.chars() {
            match letter {
                '"' => self.bytes.extend_from_slice(b"\"\""),
                _ if latin1 => self.bytes.push(u8::try_from(u32::from(letter)).unwrap_or(b'?')),
                _ => self.bytes.extend_from_slice(letter.encode_utf8(&mut utf8).as_bytes()),
            }
        }
    }

    fn sheet_text(&mut self, text: &str) {
        if text.is_empty() {
            self.bytes.extend_from_slice(b"<c/>");
            return;
        }
        self.bytes.extend_from_slice(b"<c t=\"inlineStr\"><is><t>");
        if text.bytes().any(|b| matches!(b, b'&' | b'<' | b'>')) {
            for byte in text.bytes() {
                match byte {
                    b'&' => self.bytes.extend_from_slice(b"&amp;"),
                    b'<' => self.bytes.extend_from_slice(b"&lt;"),
                    b'>' => self.bytes.extend_from_slice(b"&gt;"),
                    _ => self.bytes.push(byte),
                }
            }
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
        self.bytes.extend_from_slice(b"</t></is></c>");
    }

    fn key(&mut self) {
        self.bytes.extend_from_slice(if self.column == 0 { b"{\"" } else { b",\"" });
        let name = self.columns.get(self.column).map_or("", String::as_str);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"\":");
    }

    /// Appends an empty cell; null in JSON.
    pub(crate) fn blank(&mut self) {
        if matches!(self.dialect, Dialect::Json) {
            self.key();
            self.bytes.extend_from_slice(b"null");
            self.column += 1;
        } else {
            self.text("");
        }
    }

    /// Appends several empty cells.
    pub(crate) fn blanks(&mut self, count: usize) {
        for _ in 0..count {
            self.blank();
        }
    }

    /// Appends a number: a number cell in a sheet, text elsewhere.
    pub(crate) fn number(&mut self, value: i64) {
        self.scratch.clear();
        push_int(&mut self.scratch, value);
        let text = std::mem::take(&mut self.scratch);
        match self.dialect {
            Dialect::Sheet => {
                self.bytes.extend_from_slice(b"<c><v>");
                self.bytes.extend_from_slice(text.as_bytes());
                self.bytes.extend_from_slice(b"</v></c>");
                self.column += 1;
            }
            Dialect::Json => {
                self.key();
                self.bytes.extend_from_slice(text.as_bytes());
                self.column += 1;
            }
            Dialect::Delimited { .. } => self.text(&text),
        }
        self.scratch = text;
    }

    /// Appends a code as text, whatever the format.
    pub(crate) fn code(&mut self, value: i64) {
        self.scratch.clear();
        push_int(&mut self.scratch, value);
        let text = std::mem::take(&mut self.scratch);
        self.text(&text);
        self.scratch = text;
    }

    /// Appends a real date cell of a sheet (days since 1899-12-30, style 1); blank for none.
    pub(crate) fn day(&mut self, date: Option<Date>) {
        let Some(date) = date else {
            self.blank();
            return;
        };
        if matches!(self.dialect, Dialect::Sheet) {
            self.scratch.clear();
            push_int(&mut self.scratch, i64::from(date.days()) + 25_569);
            self.bytes.extend_from_slice(b"<c s=\"1\"><v>");
            self.bytes.extend_from_slice(self.scratch.as_bytes());
            self.bytes.extend_from_slice(b"</v></c>");
            self.column += 1;
        } else {
            let mut text = String::new();
            date.iso(&mut text);
            self.text(&text);
        }
    }

    /// Opens a row. Only sheets need to.
    pub(crate) fn begin(&mut self) {
        if matches!(self.dialect, Dialect::Sheet) {
            self.bytes.extend_from_slice(b"<row>");
        }
    }

    /// Closes a row of this person and family.
    pub(crate) fn end(&mut self, person: u32, family: u32) {
        debug_assert_eq!(self.column, self.columns.len(), "cells of a row");
        self.end_ragged(person, family);
    }

    /// Closes a row whatever the number of its cells: a broken line.
    pub(crate) fn end_ragged(&mut self, person: u32, family: u32) {
        self.bytes.extend_from_slice(match self.dialect {
            Dialect::Delimited { .. } => b"\n",
            Dialect::Json => b"}\n",
            Dialect::Sheet => b"</row>",
        });
        self.column = 0;
        self.ends.push(self.bytes.len());
        self.truth.push((person, family));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> &'static [String] {
        Box::leak(vec!["a".to_owned(), "b".to_owned()].into_boxed_slice())
    }

    fn write(dialect: Dialect) -> Vec<u8> {
        let mut rows = Rows::new(dialect, columns());
        rows.begin();
        rows.text("A \"B\" \u{a0}&");
        rows.number(7);
        rows.end(0, 0);
        rows.bytes
    }

    #[test]
    fn each_dialect() {
        let piped = Dialect::Delimited { delimiter: b'|', quote_all: true, latin1: true };
        assert_eq!(write(piped), b"\"A \"\"B\"\" \xa0&\"|\"7\"\n");
        let plain = Dialect::Delimited { delimiter: b',', quote_all: false, latin1: false };
        assert_eq!(write(plain), "\"A \"\"B\"\" \u{a0}&\",7\n".as_bytes());
        assert_eq!(write(Dialect::Json), "{\"a\":\"A \\\"B\\\" \u{a0}&\",\"b\":7}\n".as_bytes());
        assert_eq!(
            write(Dialect::Sheet),
            "<row><c t=\"inlineStr\"><is><t>A \"B\" \u{a0}&amp;</t></is></c><c><v>7</v></c></row>".as_bytes()
        );
    }
}
