//! Delimited text into records, with the place of each and without ever losing the thread.
//!
//! RFC 4180 where the text is well formed; the `csv` crate is the oracle of its tests. It is not used because it cannot resynchronise: one
//! unbalanced quote makes it swallow the file. Here
//!
//! - a quoted field spans lines only within `Limits::quoted_lines` and `quoted_bytes`, and only if its closing quote stands before a
//!   delimiter or line end; otherwise the *first line alone* is `Broken` and reading goes on with the next line;
//! - a quote inside a one-line quoted field that closes nothing is kept as text (`"Jl. "Mawar" 3"`);
//! - a line longer than `Limits::row_bytes` is passed over without being held.
//!
//! Works on bytes of UTF-8 or of any encoding that holds ASCII; UTF-16 is transcoded before (see `decode`). Line ends are LF, CR LF and CR.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use crate::Limits;

/// A field of the current record: its bytes, quotes included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it begins with a quote.
    pub(crate) quoted: bool,
}

/// What the splitter stands on. The bytes are `record()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Split {
    /// A record; its fields are `spans()`. Blank lines are records of one empty field.
    Record,
    /// A line that cannot be split.
    Broken(Broken),
}

/// Why a line cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// A quote that is not closed.
    Quote,
    /// A line over `Limits::row_bytes`; `record()` holds its beginning.
    TooLong,
}

/// What the place of a record counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// The bytes as they are.
    Bytes,
    /// Bytes of UTF-8 that stand for two bytes a UTF-16 unit in the file.
    Utf16,
}

/// Where the scan of a record ended.
enum Scan {
    /// The record's end and the begin of the next.
    Record { end: usize, next: usize },
    /// The quote opened in it is not closed.
    Unbalanced,
    /// More text is needed.
    More,
}

/// Reads records one after the other.
pub(crate) struct Splitter<'a, R> {
    reader: R,
    delimiter: u8,
    limits: &'a Limits,
    measure: Measure,
    buffer: Vec<u8>,
    filled: usize,
    ended: bool,
    next: usize,
    record: Range<usize>,
    place: u64,
    next_place: u64,
    spans: Vec<Span>,
    multi_line: bool,
    terminated: bool,
}

impl<'a, R: Read> Splitter<'a, R> {
    /// `place` is that of the reader's first byte in the file.
    pub(crate) fn new(reader: R, delimiter: u8, limits: &'a Limits, measure: Measure, place: u64) -> Self {
        Self {
            reader,
            delimiter,
            limits,
            measure,
            buffer: vec![0; limits.chunk_bytes.max(16)],
            filled: 0,
            ended: false,
            next: 0,
            record: 0..0,
            place,
            next_place: place,
            spans: Vec::new(),
            multi_line: false,
            terminated: true,
        }
    }

    /// Moves to the next record; `None` at the end of the text.
    pub(crate) fn advance(&mut self) -> io::Result<Option<Split>> {
        self.place = self.next_place;
        loop {
            if self.next == self.filled {
                if self.ended {
                    return Ok(None);
                }
                self.fill()?;
                continue;
            }
            match self.scan() {
                Scan::Record { end, next } => {
                    self.consume(end, next);
                    return Ok(Some(Split::Record));
                }
                Scan::Unbalanced => return self.first_line(Broken::Quote).map(Some),
                Scan::More if self.filled - self.next >= self.limits.row_bytes => return self.first_line(Broken::TooLong).map(Some),
                Scan::More => self.fill()?,
            }
        }
    }

    /// The bytes of the record without its line end.
    pub(crate) fn record(&self) -> &[u8] {
        &self.buffer[self.record.clone()]
    }

    /// The fields, relative to `record`.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Where the record begins in the file.
    pub(crate) fn place(&self) -> u64 {
        self.place
    }

    /// Whether the record holds line ends within quotes.
    pub(crate) fn is_multi_line(&self) -> bool {
        self.multi_line
    }

    /// Whether the record has a line end: the last one of a file that was cut off has none.
    pub(crate) fn is_terminated(&self) -> bool {
        self.terminated
    }

    /// Goes back to the end of the record's first line: what follows it is read again as records of their own.
    pub(crate) fn keep_first_line(&mut self) {
        let text = &self.buffer[self.record.clone()];
        let Some(end) = memchr2(b'\n', b'\r', text) else { return };
        let end = self.record.start + end;
        let pair = self.buffer[end] == b'\r' && self.buffer.get(end + 1) == Some(&b'\n');
        self.next = self.record.start;
        self.consume(end, end + 1 + usize::from(pair));
    }

    /// Reads until the buffer is full, moving the record to its front and doubling it where the record fills it.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.next..self.filled, 0);
        self.filled -= self.next;
        self.next = 0;
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        while self.filled < self.buffer.len() {
            match self.reader.read(&mut self.buffer[self.filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn scan(&mut self) -> Scan {
        self.multi_line = false;
        self.spans.clear();
        let text = &self.buffer[self.next..self.filled];
        let Some(first) = memchr3(b'\n', b'\r', b'"', text) else {
            if !self.ended {
                return Scan::More;
            }
            split_plain(text, self.delimiter, &mut self.spans);
            return Scan::Record { end: self.filled, next: self.filled };
        };
        if text[first] == b'"' {
            return self.scan_quoted();
        }
        match self.line_end(self.next + first) {
            Some(next) => {
                split_plain(&text[..first], self.delimiter, &mut self.spans);
                Scan::Record { end: self.next + first, next }
            }
            None => Scan::More,
        }
    }

    /// Where the line after the line end at `at` begins; `None` where the text stops between CR and a possible LF.
    fn line_end(&self, at: usize) -> Option<usize> {
        if self.buffer[at] == b'\n' {
            return Some(at + 1);
        }
        if at + 1 < self.filled {
            return Some(at + 1 + usize::from(self.buffer[at + 1] == b'\n'));
        }
        self.ended.then_some(at + 1)
    }

    /// The scan of a record that holds a quote somewhere.
    fn scan_quoted(&mut self) -> Scan {
        let text = &self.buffer[self.next..self.filled];
        let mut at = 0;
        loop {
            let quoted = text.get(at) == Some(&b'"');
            let mut search = at;
            if quoted {
                match close(text, at, self.delimiter, self.ended, self.limits) {
                    Close::At { end, multi_line } => {
                        search = end;
                        self.multi_line |= multi_line;
                    }
                    Close::Unbalanced => return Scan::Unbalanced,
                    Close::More => return Scan::More,
                }
            }
            let end = memchr3(self.delimiter, b'\n', b'\r', &text[search..]).map(|found| search + found);
            match end {
                Some(end) if text[end] == self.delimiter => {
                    self.spans.push(Span { start: at, end, quoted });
                    at = end + 1;
                }
                Some(end) => {
                    self.spans.push(Span { start: at, end, quoted });
                    let end = self.next + end;
                    return self.line_end(end).map_or(Scan::More, |next| Scan::Record { end, next });
                }
                None if self.ended => {
                    self.spans.push(Span { start: at, end: text.len(), quoted });
                    return Scan::Record { end: self.filled, next: self.filled };
                }
                None => return Scan::More,
            }
        }
    }

    /// Takes the first line only; a line that is not wholly in the buffer is passed over.
    fn first_line(&mut self, broken: Broken) -> io::Result<Split> {
        self.spans.clear();
        self.multi_line = false;
        let text = &self.buffer[self.next..self.filled];
        if let Some(found) = memchr2(b'\n', b'\r', text) {
            let end = self.next + found;
            // A CR as the buffer's last byte cannot be followed by LF here: the scan saw text after it.
            let next = self.line_end(end).unwrap_or(end + 1);
            self.consume(end, next);
            return Ok(Split::Broken(broken));
        }
        if self.ended {
            self.consume(self.filled, self.filled);
            return Ok(Split::Broken(broken));
        }
        self.skip_line()?;
        Ok(Split::Broken(Broken::TooLong))
    }

    /// Passes over a line that is not held, keeping its beginning as the record.
    fn skip_line(&mut self) -> io::Result<()> {
        let kept = (self.limits.raw_chars * 4).min(self.filled - self.next).min(self.buffer.len() / 2);
        self.next_place += measured(self.measure, &self.buffer[self.next..self.filled]);
        self.buffer.copy_within(self.next..self.next + kept, 0);
        self.record = 0..kept;
        let mut after_return = false;
        loop {
            self.filled = kept;
            self.next = kept;
            let room = self.buffer.len();
            let count = loop {
                match self.reader.read(&mut self.buffer[kept..room]) {
                    Ok(count) => break count,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            };
            if count == 0 {
                self.ended = true;
                return Ok(());
            }
            self.filled = kept + count;
            let text = &self.buffer[kept..self.filled];
            let skipped = if after_return {
                Some(usize::from(text[0] == b'\n'))
            } else {
                match memchr2(b'\n', b'\r', text) {
                    Some(at) if text[at] == b'\n' => Some(at + 1),
                    Some(at) if at + 1 < count => Some(at + 1 + usize::from(text[at + 1] == b'\n')),
                    Some(_) => {
                        after_return = true;
                        None
                    }
                    None => None,
                }
            };
            let passed = skipped.unwrap_or(count);
            self.next_place += measured(self.measure, &self.buffer[kept..kept + passed]);
            if skipped.is_some() {
                self.next = kept + passed;
                return Ok(());
            }
        }
    }

    fn consume(&mut self, end: usize, next: usize) {
        self.record = self.next..end;
        self.terminated = next > end;
        self.next_place = self.place + measured(self.measure, &self.buffer[self.next..next]);
        self.next = next;
    }
}

enum Close {
    /// Just after the closing quote (or the quote that closes nothing, on one line).
    At {
        end: usize,
        multi_line: bool,
    },
    Unbalanced,
    More,
}

/// Finds the quote that closes the one at `open`.
fn close(text: &[u8], open: usize, delimiter: u8, ended: bool, limits: &Limits) -> Close {
    let mut at = open + 1;
    let mut lines = 0;
    loop {
        let Some(found) = memchr3(b'"', b'\n', b'\r', &text[at..]).map(|found| at + found) else {
            return if ended || (lines > 0 && text.len() - open > limits.quoted_bytes) { Close::Unbalanced } else { Close::More };
        };
        if text[found] != b'"' {
            lines += usize::from(text[found] == b'\n' || text.get(found + 1) != Some(&b'\n'));
            if lines > limits.quoted_lines || found - open > limits.quoted_bytes {
                return Close::Unbalanced;
            }
            at = found + 1;
            continue;
        }
        if lines > 0 && found - open > limits.quoted_bytes {
            return Close::Unbalanced;
        }
        match text.get(found + 1) {
            None if !ended => return Close::More,
            Some(b'"') => at = found + 2,
            None | Some(b'\n' | b'\r') => return Close::At { end: found + 1, multi_line: lines > 0 },
            Some(&byte) if byte == delimiter => return Close::At { end: found + 1, multi_line: lines > 0 },
            Some(_) if lines > 0 => return Close::Unbalanced,
            Some(_) => return Close::At { end: found + 1, multi_line: false },
        }
    }
}

fn split_plain(line: &[u8], delimiter: u8, spans: &mut Vec<Span>) {
    let mut start = 0;
    for end in memchr_iter(delimiter, line) {
        spans.push(Span { start, end, quoted: false });
        start = end + 1;
    }
    spans.push(Span { start, end: line.len(), quoted: false });
}

/// The text of a field without its quotes, `""` as `"`; `scratch` holds it where it must be rewritten.
pub(crate) fn unquote<'t>(field: &'t str, quoted: bool, scratch: &'t mut String) -> &'t str {
    if !quoted {
        return field;
    }
    let inner = field.strip_prefix('"').unwrap_or(field);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if memchr(b'"', inner.as_bytes()).is_none() {
        return inner;
    }
    scratch.clear();
    let mut rest = inner;
    while let Some(at) = rest.find("\"\"") {
        scratch.push_str(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    scratch.push_str(rest);
    scratch
}

fn measured(measure: Measure, text: &[u8]) -> u64 {
    match measure {
        Measure::Bytes => text.len() as u64,
        // A lead byte is one unit, a four-byte lead two; continuation bytes are none.
        Measure::Utf16 => text.iter().map(|&byte| 2 * (u64::from(byte & 0xc0 != 0x80) + u64::from(byte >= 0xf0))).sum(),
    }
}
