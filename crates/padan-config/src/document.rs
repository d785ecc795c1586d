//! A TOML file with its text, so that every value's span becomes a line and column.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::error::{ConfigError, Place, Problem};
use crate::nearest;

/// A file that was read.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// Where it stands.
    pub(crate) path: PathBuf,
    /// What it says.
    pub(crate) text: String,
}

impl Document {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, std::io::Error> {
        Ok(Self { path: path.to_owned(), text: fs::read_to_string(path)? })
    }

    /// Reads a file that a person named on the command line.
    pub(crate) fn open(path: &Path) -> Result<Self, ConfigError> {
        Self::read(path).map_err(|cause| ConfigError::new(Problem::Unreadable { path: path.to_owned(), cause }, path, None, None))
    }

    /// The raw struct of the file.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(&self.text).map_err(|error| {
            let (problem, hint) = explain(error.message());
            let span = error.span().unwrap_or(0..0);
            // A missing key's span is its whole table: point at the header line.
            let span = if matches!(problem, Problem::MissingKey { .. }) { self.first_line(span) } else { span };
            self.error(span, problem, hint)
        })
    }

    /// An error at `span`.
    pub(crate) fn error(&self, span: Range<usize>, problem: Problem, hint: Option<String>) -> ConfigError {
        ConfigError::new(problem, &self.path, Some(self.place(span)), hint)
    }

    /// A word of a closed list.
    pub(crate) fn word<T: Copy>(&self, what: &'static str, found: &Spanned<String>, words: &[(&'static str, T)]) -> Result<T, ConfigError> {
        words.iter().find(|(word, _)| word == found.get_ref()).map(|(_, value)| *value).ok_or_else(|| {
            let candidates: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.unknown(what, found, &candidates)
        })
    }

    /// A word that is none of `candidates`.
    pub(crate) fn unknown(&self, what: &'static str, found: &Spanned<String>, candidates: &[&str]) -> ConfigError {
        let hint = nearest::hint(found.get_ref(), candidates);
        self.error(found.span(), Problem::UnknownWord { what, found: found.get_ref().clone() }, Some(hint))
    }

    /// A text that must hold something, trimmed.
    pub(crate) fn filled(&self, key: &str, found: &Spanned<String>) -> Result<String, ConfigError> {
        let text = found.get_ref().trim();
        if text.is_empty() {
            return Err(self.error(found.span(), Problem::Empty { key: key.to_owned() }, None));
        }
        Ok(text.to_owned())
    }

    /// 1-based line of a byte offset.
    pub(crate) fn line(&self, offset: usize) -> usize {
        let end = self.floor(offset);
        self.text[..end].bytes().filter(|byte| *byte == b'\n').count() + 1
    }

    fn place(&self, span: Range<usize>) -> Place {
        let start = self.floor(span.start);
        let end = self.floor(span.end).max(start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        Place {
            line: self.line(start),
            column: self.text[line_start..start].chars().count() + 1,
            width: self.text[start..end.min(line_end)].trim_end().chars().count().max(1),
            text: self.text[line_start..line_end].trim_end().to_owned(),
        }
    }

    fn first_line(&self, span: Range<usize>) -> Range<usize> {
        let start = self.floor(span.start);
        let end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        start..end.min(span.end.max(start))
    }

    fn floor(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// serde says what it expected in one sentence (``unknown field `a`, expected one of `b`, `c` ``) whose words in backticks are its data.
fn explain(message: &str) -> (Problem, Option<String>) {
    let mut words = message.split('`').skip(1).step_by(2);
    if message.starts_with("unknown field `")
        && let Some(found) = words.next()
    {
        let candidates: Vec<&str> = words.collect();
        return (Problem::UnknownKey { found: found.to_owned() }, Some(nearest::hint(found, &candidates)));
    }
    if message.starts_with("missing field `")
        && let Some(key) = words.next()
    {
        return (Problem::MissingKey { key: key.to_owned() }, None);
    }
    let hint = (message == "duplicate key").then(|| "a key stands once in a table: join the two".to_owned());
    (Problem::Toml { message: message.to_owned() }, hint)
}
