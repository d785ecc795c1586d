//! The rows of one extract of one village, as bytes of the extract's format, with who each row is about.
//!
//! Cells are appended to one buffer by hand: a cell is written once, where it will stand, and nothing is allocated for it. A quote that
//! closes a cell is written with the one that opens the next. Sheets leave out the optional cell and row references, so that rows need
//! not know their number before their file does.

use crate::date::{Date, Digits};
use crate::mistakes::LineBreaker;

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

impl Dialect {
    /// Which bytes may not be copied as they stand, true for those that need quotes or another writing.
    fn special(self) -> [bool; 256] {
        let mut special = [false; 256];
        match self {
            Self::Delimited { delimiter, quote_all, latin1 } => {
                special[usize::from(b'"')] = true;
                for byte in [delimiter, b'\n', b'\r'] {
                    special[usize::from(byte)] |= !quote_all;
                }
                special[128..].fill(latin1);
            }
            Self::Json => {
                special[..32].fill(true);
                special[usize::from(b'"')] = true;
                special[usize::from(b'\\')] = true;
            }
            Self::Sheet => {
                for byte in [b'&', b'<', b'>'] {
                    special[usize::from(byte)] = true;
                }
            }
        }
        special
    }
}

/// Rows of one extract.
#[derive(Debug)]
pub(crate) struct Rows {
    dialect: Dialect,
    special: [bool; 256],
    /// What stands before the text of each column; in JSON only.
    keys: Vec<Vec<u8>>,
    columns: usize,
    pub(crate) bytes: Vec<u8>,
    /// Where each row ends in `bytes`.
    pub(crate) ends: Vec<usize>,
    /// Person and family of each row, by index in the village.
    pub(crate) truth: Vec<(u32, u32)>,
    column: usize,
    breaker: Option<LineBreaker>,
}

impl Rows {
    pub(crate) fn new(dialect: Dialect, columns: &'static [String]) -> Self {
        let key = |(at, column): (usize, &String)| format!("{}\"{column}\":", if at == 0 { '{' } else { ',' }).into_bytes();
        let keys = if matches!(dialect, Dialect::Json) { columns.iter().enumerate().map(key).collect() } else { Vec::new() };
        Self {
            dialect,
            special: dialect.special(),
            keys,
            columns: columns.len(),
            bytes: Vec::new(),
            ends: Vec::new(),
            truth: Vec::new(),
            column: 0,
            breaker: None,
        }
    }

    /// Forgets the rows and keeps their room for those of another village.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.truth.clear();
    }

    /// Breaks lines from now on; only delimited files have lines to break.
    pub(crate) fn break_lines(&mut self, breaker: Option<LineBreaker>) {
        self.breaker = breaker.filter(|_| matches!(self.dialect, Dialect::Delimited { .. }));
    }

    /// Appends a text cell.
    pub(crate) fn text(&mut self, text: &str) {
        let plain = !text.bytes().fold(false, |special, byte| special | self.special[usize::from(byte)]);
        if plain {
            self.plain(text.as_bytes());
            return;
        }
        match self.dialect {
            Dialect::Delimited { delimiter, quote_all, latin1 } => {
                self.separate(delimiter, quote_all);
                if quote_all {
                    self.escape(text, latin1);
                } else {
                    // A letter that is only to be recoded gets quotes too; no list is latin-1 and unquoted.
                    self.bytes.push(b'"');
                    self.escape(text, latin1);
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
            Dialect::Sheet => {
                self.bytes.extend_from_slice(SHEET_TEXT);
                for byte in text.bytes() {
                    match byte {
                        b'&' => self.bytes.extend_from_slice(b"&amp;"),
                        b'<' => self.bytes.extend_from_slice(b"&lt;"),
                        b'>' => self.bytes.extend_from_slice(b"&gt;"),
                        _ => self.bytes.push(byte),
                    }
                }
                self.bytes.extend_from_slice(SHEET_TEXT_END);
            }
        }
        self.column += 1;
    }

    /// Appends one of a list's own words, or digits: a text that no format has to quote or escape, and that is not searched for it.
    pub(crate) fn word(&mut self, word: &str) {
        debug_assert!(word.bytes().all(|byte| !self.special[usize::from(byte)]), "{word:?} needs escaping");
        self.plain(word.as_bytes());
    }

    /// Appends a text cell none of whose bytes is special in any format, as those of numbers and dates.
    fn plain(&mut self, text: &[u8]) {
        match self.dialect {
            Dialect::Delimited { delimiter, quote_all, .. } => {
                self.separate(delimiter, quote_all);
                self.bytes.extend_from_slice(text);
            }
            Dialect::Json => {
                self.key();
                self.bytes.push(b'"');
                self.bytes.extend_from_slice(text);
                self.bytes.push(b'"');
            }
            Dialect::Sheet if text.is_empty() => self.bytes.extend_from_slice(b"<c/>"),
            Dialect::Sheet => {
                self.bytes.extend_from_slice(SHEET_TEXT);
                self.bytes.extend_from_slice(text);
                self.bytes.extend_from_slice(SHEET_TEXT_END);
            }
        }
        self.column += 1;
    }

    /// What stands between the cell before and the next; the row's end closes the last one.
    fn separate(&mut self, delimiter: u8, quote_all: bool) {
        match (self.column > 0, quote_all) {
            (true, true) => self.bytes.extend_from_slice(&[b'"', delimiter, b'"']),
            (false, true) => self.bytes.push(b'"'),
            (true, false) => self.bytes.push(delimiter),
            (false, false) => {}
        }
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

    fn key(&mut self) {
        self.bytes.extend_from_slice(self.keys.get(self.column).map_or(b",\"\":", Vec::as_slice));
    }

    /// Appends an empty cell; null in JSON.
    pub(crate) fn blank(&mut self) {
        if matches!(self.dialect, Dialect::Json) {
            self.key();
            self.bytes.extend_from_slice(b"null");
            self.column += 1;
        } else {
            self.plain(b"");
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
        let digits = Digits::of(value, 1);
        match self.dialect {
            Dialect::Sheet => {
                self.bytes.extend_from_slice(b"<c><v>");
                self.bytes.extend_from_slice(digits.bytes());
                self.bytes.extend_from_slice(b"</v></c>");
                self.column += 1;
            }
            Dialect::Json => {
                self.key();
                self.bytes.extend_from_slice(digits.bytes());
                self.column += 1;
            }
            Dialect::Delimited { .. } => self.plain(digits.bytes()),
        }
    }

    /// Appends a code as text, whatever the format.
    pub(crate) fn code(&mut self, value: i64) {
        if (0..10).contains(&value)
            && let Dialect::Delimited { delimiter, quote_all, .. } = self.dialect
        {
            // Most cells of a survey are one digit.
            self.separate(delimiter, quote_all);
            self.bytes.push(b'0' + value as u8);
            self.column += 1;
        } else {
            self.plain(Digits::of(value, 1).bytes());
        }
    }

    /// Appends a number with leading zeros as text, whatever the format.
    pub(crate) fn padded(&mut self, value: u64, width: usize) {
        self.plain(Digits::of(value as i64, width).bytes());
    }

    /// Appends `1999-12-31` as text; blank for none.
    pub(crate) fn iso(&mut self, date: Option<Date>) {
        match date {
            Some(date) => self.plain(&date.iso()),
            None => self.blank(),
        }
    }

    /// Appends `31/12/1999` with a separator other than the delimiter; blank for none.
    pub(crate) fn dmy(&mut self, date: Option<Date>, separator: u8) {
        match date {
            Some(date) => self.plain(&date.dmy(separator)),
            None => self.blank(),
        }
    }

    /// Appends a real date cell of a sheet (days since 1899-12-30, style 1), `1999-12-31` elsewhere; blank for none.
    pub(crate) fn day(&mut self, date: Option<Date>) {
        if let (Some(date), Dialect::Sheet) = (date, self.dialect) {
            self.bytes.extend_from_slice(b"<c s=\"1\"><v>");
            self.bytes.extend_from_slice(Digits::of(i64::from(date.days()) + 25_569, 1).bytes());
            self.bytes.extend_from_slice(b"</v></c>");
            self.column += 1;
        } else {
            self.iso(date);
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
        debug_assert_eq!(self.column, self.columns, "cells of a row");
        let start = self.next_row_at();
        self.end_ragged(person, family);
        if let (Some(breaker), Dialect::Delimited { delimiter, quote_all, .. }) = (&mut self.breaker, self.dialect) {
            let second = breaker.line(&mut self.bytes, start, delimiter, quote_all);
            self.ends.pop();
            if let Some(second) = second {
                self.ends.push(second);
                self.truth.push((person, family));
            }
            self.ends.push(self.bytes.len());
        }
    }

    /// Where the rows closed so far end.
    fn next_row_at(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Closes a row whatever the number of its cells: a line that ends early.
    pub(crate) fn end_ragged(&mut self, person: u32, family: u32) {
        self.bytes.extend_from_slice(match self.dialect {
            Dialect::Delimited { quote_all: true, .. } if self.column > 0 => b"\"\n",
            Dialect::Delimited { .. } => b"\n",
            Dialect::Json => b"}\n",
            Dialect::Sheet => b"</row>",
        });
        self.column = 0;
        self.ends.push(self.bytes.len());
        self.truth.push((person, family));
    }
}

const SHEET_TEXT: &[u8] = b"<c t=\"inlineStr\"><is><t>";
const SHEET_TEXT_END: &[u8] = b"</t></is></c>";

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
