//! What is wrong with a pipeline or profile, where, and what would be right.
//!
//! ```text
//! unknown field `nikk`
//!   --> pipelines/sources/pbi.toml:14:1
//!    |
//! 14 | nikk = "nik"
//!    | ^^^^
//! hint: did you mean `nik`?
//! ```
//!
//! One error at a time, the first in the order of the checks: a second one is often the first one's shadow.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What is wrong.
#[derive(Debug, Error)]
pub enum Problem {
    /// A file that cannot be opened or is no UTF-8.
    #[error("cannot read `{}`: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        cause: std::io::Error,
    },
    /// A text that is no TOML, or a value of a wrong type.
    #[error("{message}")]
    Toml {
        /// What the parser says.
        message: String,
    },
    /// A key that does not exist.
    #[error("unknown key `{found}`")]
    UnknownKey {
        /// The key.
        found: String,
    },
    /// A key that must be there.
    #[error("the key `{key}` is missing")]
    MissingKey {
        /// The key.
        key: String,
    },
    /// A word that is none of a closed list: a field, a unit, an encoding, a source of the pipeline.
    #[error("unknown {what} `{found}`")]
    UnknownWord {
        /// What the word should have been.
        what: &'static str,
        /// The word.
        found: String,
    },
    /// A text or list without content.
    #[error("`{key}` is empty")]
    Empty {
        /// Its key.
        key: String,
    },
    /// The same thing twice where it may stand once.
    #[error("the {what} `{found}` stands twice")]
    Twice {
        /// What it is.
        what: &'static str,
        /// The text.
        found: String,
    },
    /// A text that is not of the form that its key asks for.
    #[error("`{found}` is no {what}")]
    Malformed {
        /// What it should have been.
        what: &'static str,
        /// The text.
        found: String,
    },
    /// Two settings that do not go together.
    #[error("{message}")]
    Contradiction {
        /// What does not go with what.
        message: String,
    },
}

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// 1-based line.
    pub line: usize,
    /// 1-based column, in characters.
    pub column: usize,
    /// How many characters of the line are meant.
    pub width: usize,
    /// The line.
    pub text: String,
}

/// A mistake in a pipeline or profile, for the person who wrote it.
#[derive(Debug)]
pub struct ConfigError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    problem: Problem,
    file: PathBuf,
    place: Option<Place>,
    hint: Option<String>,
}

impl ConfigError {
    pub(crate) fn new(problem: Problem, file: &Path, place: Option<Place>, hint: Option<String>) -> Self {
        Self(Box::new(Inner { problem, file: file.to_owned(), place, hint }))
    }

    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// The file that holds the mistake.
    pub fn file(&self) -> &Path {
        &self.0.file
    }

    /// Where in the file; none where the file itself cannot be read.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// What would be right, without the word `hint:`.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.problem)?;
        if let Some(place) = &self.0.place {
            let gutter = place.line.to_string().len();
            write!(formatter, "\n{:gutter$}--> {}:{}:{}", "", self.0.file.display(), place.line, place.column)?;
            write!(formatter, "\n{:gutter$} |\n{} | {}", "", place.line, place.text.trim_end())?;
            write!(formatter, "\n{:gutter$} | {:indent$}{}", "", "", "^".repeat(place.width.max(1)), indent = place.column - 1)?;
        }
        if let Some(hint) = &self.0.hint {
            write!(formatter, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.problem {
            Problem::Unreadable { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
