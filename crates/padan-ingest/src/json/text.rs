//! A JSON file cut into the texts of its objects, without parsing them.
//!
//! Lines: one text a line, blank lines passed over. Array (the first character is `[`): braces are counted outside strings. Neither holds
//! more than one object, and none beyond `Limits::row_bytes`.

use std::io::BufRead;
use std::path::Path;

use crate::{IngestError, Limits};

/// What was cut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    /// A text that should be an object.
    Object,
    /// One over the limit; the text is its beginning.
    TooLong,
    /// One that the end of the file cut off (arrays only; a cut line is an `Object` that does not parse).
    Cut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Unknown,
    Lines,
    Array,
    Closed,
}

/// Cuts a file into texts.
pub(crate) struct Texts<R> {
    reader: R,
    utf16: bool,
    shape: Shape,
    place: u64,
    next_place: u64,
    text: Vec<u8>,
    unclosed: bool,
}

impl<R: BufRead> Texts<R> {
    /// `place` is that of the first byte in the file; `utf16` where the reader's UTF-8 was UTF-16.
    pub(crate) fn new(reader: R, utf16: bool, place: u64) -> Self {
        Self { reader, utf16, shape: Shape::Unknown, place, next_place: place, text: Vec::new(), unclosed: false }
    }

    /// Cuts the next text.
    pub(crate) fn next(&mut self, path: &Path, limits: &Limits) -> Result<Option<Item>, IngestError> {
        if self.shape == Shape::Unknown {
            let first = self.skip_to(path, |byte| !byte.is_ascii_whitespace())?;
            self.shape = if first == Some(b'[') { Shape::Array } else { Shape::Lines };
            if self.shape == Shape::Array {
                self.take_byte(b'[');
            }
        }
        match self.shape {
            Shape::Lines => self.line(path, limits),
            _ => self.element(path, limits),
        }
    }

    /// The text of the item.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where the text begins in the file.
    pub(crate) fn place(&self) -> u64 {
        self.place
    }

    /// Whether an array ended without its bracket.
    pub(crate) fn is_unclosed(&self) -> bool {
        self.unclosed
    }

    fn line(&mut self, path: &Path, limits: &Limits) -> Result<Option<Item>, IngestError> {
        if self.skip_to(path, |byte| !byte.is_ascii_whitespace())?.is_none() {
            return Ok(None);
        }
        self.place = self.next_place;
        self.text.clear();
        let mut long = false;
        loop {
            let buffer = self.reader.fill_buf().map_err(IngestError::io(path))?;
            if buffer.is_empty() {
                break;
            }
            let end = memchr::memchr(b'\n', buffer);
            let line = &buffer[..end.unwrap_or(buffer.len())];
            let room = limits.row_bytes.saturating_sub(self.text.len());
            long |= line.len() > room;
            self.text.extend_from_slice(&line[..line.len().min(room)]);
            let taken = line.len() + usize::from(end.is_some());
            self.next_place += measured(self.utf16, &buffer[..taken]);
            self.reader.consume(taken);
            if end.is_some() {
                break;
            }
        }
        let kept = self.text.trim_ascii_end().len();
        self.text.truncate(kept);
        Ok(Some(if long { Item::TooLong } else { Item::Object }))
    }

    fn element(&mut self, path: &Path, limits: &Limits) -> Result<Option<Item>, IngestError> {
        let first = self.skip_to(path, |byte| !(byte.is_ascii_whitespace() || byte == b','))?;
        match (first, self.shape) {
            (None, Shape::Closed) => return Ok(None),
            (None, _) => {
                self.unclosed = true;
                return Ok(None);
            }
            (Some(b']'), Shape::Array) => {
                self.take_byte(b']');
                self.shape = Shape::Closed;
                return self.element(path, limits);
            }
            (Some(b'{'), Shape::Array) => {}
            _ => {
                let problem = format!("at byte {}: text that is no object of the array", self.next_place);
                return Err(IngestError::Json { path: path.to_owned(), problem });
            }
        }
        self.place = self.next_place;
        self.text.clear();
        let (mut depth, mut in_text, mut escaped, mut long) = (0_usize, false, false, false);
        loop {
            let buffer = self.reader.fill_buf().map_err(IngestError::io(path))?;
            if buffer.is_empty() {
                self.unclosed = true;
                return Ok(Some(Item::Cut));
            }
            let mut end = None;
            for (at, &byte) in buffer.iter().enumerate() {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_text => escaped = true,
                    b'"' => in_text = !in_text,
                    b'{' if !in_text => depth += 1,
                    b'}' if !in_text => {
                        depth -= 1;
                        if depth == 0 {
                            end = Some(at + 1);
                            break;
                        }
                    }
                    _ => {}
                }
            }
            let taken = end.unwrap_or(buffer.len());
            let room = limits.row_bytes.saturating_sub(self.text.len());
            long |= taken > room;
            self.text.extend_from_slice(&buffer[..taken.min(room)]);
            self.next_place += measured(self.utf16, &buffer[..taken]);
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(Some(if long { Item::TooLong } else { Item::Object }));
            }
        }
    }

    /// Passes over bytes until one that `stop` wants, and gives it.
    fn skip_to(&mut self, path: &Path, stop: impl Fn(u8) -> bool) -> Result<Option<u8>, IngestError> {
        loop {
            let buffer = self.reader.fill_buf().map_err(IngestError::io(path))?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let at = buffer.iter().position(|&byte| stop(byte));
            let found = at.map(|at| buffer[at]);
            let taken = at.unwrap_or(buffer.len());
            self.next_place += measured(self.utf16, &buffer[..taken]);
            self.reader.consume(taken);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Takes the ASCII byte that `skip_to` found.
    fn take_byte(&mut self, byte: u8) {
        self.next_place += measured(self.utf16, &[byte]);
        self.reader.consume(1);
    }
}

fn measured(utf16: bool, text: &[u8]) -> u64 {
    if !utf16 {
        return text.len() as u64;
    }
    text.iter().map(|&byte| 2 * (u64::from(byte & 0xc0 != 0x80) + u64::from(byte >= 0xf0))).sum()
}
