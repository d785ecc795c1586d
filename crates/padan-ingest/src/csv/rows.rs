//! The data rows of a delimited file: each is staged or quarantined, and blank lines are none.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use crate::IngestError;
use crate::cell::{is_blank, trim};
use crate::csv::Opening;
use crate::csv::decode::{Charset, windows_1252};
use crate::csv::splitter::{Broken, Span, Split, Splitter, unquote};
use crate::stage::Stage;

/// Why rows could not be read to the end.
pub(crate) enum Failure {
    Io(std::io::Error),
    Ingest(IngestError),
}

impl Failure {
    pub(crate) fn at(self, path: &Path) -> IngestError {
        match self {
            Self::Io(error) => IngestError::io(path)(error),
            Self::Ingest(error) => error,
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<IngestError> for Failure {
    fn from(error: IngestError) -> Self {
        Self::Ingest(error)
    }
}

/// A short row that is staged unless the next row turns out to be its other half.
struct Held {
    row: i64,
    place: u64,
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

/// Stages the rows of one file.
pub(crate) struct Rows<'s, 'a, 'o> {
    stage: &'s mut Stage<'a>,
    opening: &'o Opening,
    charset: Charset,
    scratch: String,
    held: Option<Held>,
    /// Fields of the row before, where it was short.
    short_before: Option<usize>,
    mixed: bool,
}

impl<'s, 'a, 'o> Rows<'s, 'a, 'o> {
    pub(crate) fn new(stage: &'s mut Stage<'a>, opening: &'o Opening, charset: Charset) -> Self {
        Self { stage, opening, charset, scratch: String::new(), held: None, short_before: None, mixed: false }
    }

    /// Reads to the end; gives the encoding that was read.
    pub(crate) fn run<R: Read>(mut self, mut splitter: Splitter<R>, skipped: usize) -> Result<String, Failure> {
        for _ in 0..=skipped {
            splitter.advance()?;
        }
        while let Some(split) = splitter.advance()? {
            match split {
                Split::Record => self.record(&mut splitter)?,
                Split::Broken(broken) => self.broken(&splitter, broken)?,
            }
        }
        if !splitter.is_terminated()
            && let Some(held) = self.held.take()
        {
            let reason = format!("{}: the file is cut off", self.counted(held.spans.len()));
            self.refuse_held(&held, &reason);
        }
        self.release()?;
        if self.mixed {
            self.stage.warn("rows that are not valid utf-8 were read as windows-1252");
            return Ok("utf-8 with windows-1252 rows".to_owned());
        }
        Ok(self.charset.as_str().to_owned())
    }

    fn record<R: Read>(&mut self, splitter: &mut Splitter<R>) -> Result<(), Failure> {
        if is_blank_row(splitter.record(), splitter.spans()) {
            return Ok(());
        }
        let width = self.opening.header.headers.len();
        let count = splitter.spans().len();
        if splitter.is_multi_line() && count != width {
            // The quote that spans lines may be the error: only its first line is refused, what follows is read again.
            splitter.keep_first_line();
            return self.broken(splitter, Broken::Quote);
        }
        let opening = self.opening;
        let header = &opening.header;
        let text = splitter.record();
        let spans = splitter.spans();
        if count == width
            && header
                .is_repeated_by(|column| spans.get(column).and_then(|span| std::str::from_utf8(&text[span.start..span.end]).ok()).map(bare))
        {
            self.release()?;
            self.refuse(splitter, None, "the header again");
            return Ok(());
        }
        if let Some(column) = control_column(text, spans) {
            self.release()?;
            self.refuse(splitter, Some(column), "control character");
            return Ok(());
        }
        if text.len() > self.stage.limits.cell_bytes
            && let Some(column) = spans.iter().position(|span| span.end - span.start > self.stage.limits.cell_bytes)
        {
            self.release()?;
            let reason = format!("cell of more than {} bytes", self.stage.limits.cell_bytes);
            self.refuse(splitter, Some(column), &reason);
            return Ok(());
        }
        if count > width {
            self.release()?;
            self.refuse(splitter, None, &format!("{}: a delimiter inside a field", self.counted(count)));
            return Ok(());
        }
        if count < width {
            return self.short_row(splitter);
        }
        self.release()?;
        let row = self.stage.next_row();
        self.stage_row(row, splitter.record(), splitter.spans()).map_err(Failure::Ingest)
    }

    /// A row with too few fields: the end of a row may be missing, or half of it.
    fn short_row<R: Read>(&mut self, splitter: &mut Splitter<R>) -> Result<(), Failure> {
        let width = self.opening.header.headers.len();
        let count = splitter.spans().len();
        let reason = self.counted(count);
        // Broken within a field, the halves have a field more than the row; broken beside a delimiter, as many.
        if self.short_before.is_some_and(|before| (width..=width + 1).contains(&(before + count))) {
            let broken = format!("{reason}: a line broken in two");
            if let Some(held) = self.held.take() {
                self.refuse_held(&held, &broken);
            }
            self.refuse(splitter, None, &broken);
            self.short_before = Some(count);
            return Ok(());
        }
        self.release()?;
        let missing = self.opening.header.required.iter().copied().filter(|&column| column >= count).min();
        if let Some(column) = missing {
            self.refuse(splitter, Some(column), &reason);
        } else {
            let row = self.stage.next_row();
            self.held = Some(Held { row, place: splitter.place(), bytes: splitter.record().to_vec(), spans: splitter.spans().to_vec() });
        }
        self.short_before = Some(count);
        Ok(())
    }

    fn broken<R: Read>(&mut self, splitter: &Splitter<R>, broken: Broken) -> Result<(), Failure> {
        self.release()?;
        let reason = match broken {
            Broken::Quote => "unbalanced quote".to_owned(),
            Broken::TooLong => format!("line of more than {} bytes", self.stage.limits.row_bytes),
        };
        self.refuse(splitter, None, &reason);
        Ok(())
    }

    fn refuse<R: Read>(&mut self, splitter: &Splitter<R>, column: Option<usize>, reason: &str) {
        let row = self.stage.next_row();
        let column = column.map(|column| self.opening.header.name(column));
        // A prefix is enough for the raw text, and a row may hold megabytes.
        let text = splitter.record();
        let raw = self.text(&text[..text.len().min(self.stage.limits.raw_chars.saturating_mul(4))]).into_owned();
        self.stage.quarantine_row(row, Some(splitter.place()), column, reason, Some(&raw));
    }

    fn counted(&self, count: usize) -> String {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} field{plural} where the header has {}", self.opening.header.headers.len())
    }

    fn refuse_held(&mut self, held: &Held, reason: &str) {
        let raw = self.text(&held.bytes).into_owned();
        self.stage.quarantine_row(held.row, Some(held.place), None, reason, Some(&raw));
    }

    /// Stages the short row that waited for its successor.
    fn release(&mut self) -> Result<(), IngestError> {
        self.short_before = None;
        match self.held.take() {
            Some(held) => self.stage_row(held.row, &held.bytes, &held.spans),
            None => Ok(()),
        }
    }

    /// Bytes of the file as text, for quarantine. A cut character at the end does not matter there.
    fn text<'t>(&self, bytes: &'t [u8]) -> Cow<'t, str> {
        match (std::str::from_utf8(bytes), self.charset) {
            (Ok(text), _) => Cow::Borrowed(text),
            (Err(error), Charset::Utf8) if error.error_len().is_none() => String::from_utf8_lossy(&bytes[..error.valid_up_to()]),
            (Err(_), Charset::Utf8 | Charset::Windows1252) => windows_1252(bytes),
            (Err(_), _) => String::from_utf8_lossy(bytes),
        }
    }

    fn stage_row(&mut self, row: i64, bytes: &[u8], spans: &[Span]) -> Result<(), IngestError> {
        let utf8 = if self.charset == Charset::Windows1252 && !bytes.is_ascii() { None } else { std::str::from_utf8(bytes).ok() };
        self.mixed |= utf8.is_none() && self.charset == Charset::Utf8;
        let cell = |column: usize| -> Cow<'_, str> {
            let Some(span) = spans.get(column) else { return Cow::Borrowed("") };
            // Spans stand at ASCII bytes, hence at character boundaries.
            match utf8 {
                Some(text) => Cow::Borrowed(text.get(span.start..span.end).unwrap_or_default()),
                None => windows_1252(&bytes[span.start..span.end]),
            }
        };
        let quoted = |column: usize| spans.get(column).is_some_and(|span| span.quoted);
        let opening = self.opening;
        let header = &opening.header;
        for (slot, column) in header.fields.iter().enumerate() {
            if let Some(column) = *column {
                let text = cell(column);
                self.stage.field(slot, unquote(&text, quoted(column), &mut self.scratch), false);
            }
        }
        if header.has_pmt() {
            for (index, column) in header.pmt.iter().enumerate() {
                let filled = column.is_some_and(|column| !is_blank(unquote(&cell(column), quoted(column), &mut self.scratch)));
                self.stage.pmt(index, filled);
            }
        }
        self.stage.end_row(row, header)
    }
}

fn bare(text: &str) -> &str {
    let text = trim(text);
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

/// Nothing but separators, quotes and white space.
pub(crate) fn is_blank_row(text: &[u8], spans: &[Span]) -> bool {
    spans.iter().all(|span| {
        let field = &text[span.start..span.end];
        let field =
            if span.quoted { field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\"")).unwrap_or(field) } else { field };
        match field.first() {
            None => true,
            Some(byte) if byte.is_ascii_graphic() || *byte == 0 => false,
            Some(_) => {
                std::str::from_utf8(field).is_ok_and(|field| trim(field).is_empty())
                    || field.iter().all(|byte| matches!(byte, b' ' | b'\t' | 0xa0))
            }
        }
    })
}

/// The first column that holds a control character. Tabs are none, nor line ends, which stand only within quotes here.
pub(crate) fn control_column(text: &[u8], spans: &[Span]) -> Option<usize> {
    let is_control = |byte: u8| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f;
    // Without a branch a byte, so that the compiler may take sixteen at once.
    if !text.iter().fold(false, |seen, &byte| seen | is_control(byte)) {
        return None;
    }
    let at = text.iter().position(|&byte| is_control(byte))?;
    spans.iter().position(|span| span.end > at)
}
