//! What stops the reading of a file. A bad row is no error: it is quarantined.
//!
//! No message holds a cell of a data row: headers, sheet names and counts only.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why an extract cannot be read. All but `Sink` and `Bug` are the user's to mend.
#[derive(Debug, Error)]
pub enum IngestError {
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Its answer.
        source: std::io::Error,
    },
    /// Nothing in the file.
    #[error("{}: the file is empty\n  hint: ask for the extract again; a list with no rows still has its header", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else than its name or profile says.
    #[error("{}: expected {expected}, found {found}\n  hint: {hint}", path.display())]
    WrongContainer {
        /// The file.
        path: PathBuf,
        /// What the extension or the profile says.
        expected: &'static str,
        /// What the bytes say.
        found: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// A required column is not in the header.
    #[error("{}: no column for {columns}\n  header found: {found}\n  hint: {hint}", path.display())]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// Every missing field with the headers that the profile accepts.
        columns: String,
        /// The header found.
        found: String,
        /// The nearest headers found.
        hint: String,
    },
    /// Two columns of the file are the same field.
    #[error("{}: columns {first} and {second} are both headed {header:?}, which is the field `{field}`\n  hint: remove one, or rename it so that the profile does not read it", path.display())]
    DuplicateHeader {
        /// The file.
        path: PathBuf,
        /// The header as the first column spells it.
        header: String,
        /// The field both map to.
        field: &'static str,
        /// 1-based column.
        first: usize,
        /// 1-based column.
        second: usize,
    },
    /// Two columns of a plain table have one name.
    #[error("{}: columns {first} and {second} are both named {header:?}\n  hint: rename one", path.display())]
    RepeatedHeader {
        /// The file.
        path: PathBuf,
        /// The name.
        header: String,
        /// 1-based column.
        first: usize,
        /// 1-based column.
        second: usize,
    },
    /// The profile names a sheet that the workbook lacks.
    #[error("{}: no sheet {sheet:?}; the workbook has {found}\n  hint: correct `sheet` in the profile, or leave it out to take the sheet that has the header", path.display())]
    NoSheet {
        /// The file.
        path: PathBuf,
        /// The sheet wanted.
        sheet: String,
        /// The sheets there are.
        found: String,
    },
    /// A plain table's name asks for a sheet that the workbook lacks.
    #[error("{}: no sheet {sheet:?}; the workbook has {found}\n  hint: name one of them after the #, or leave it out to take the first", path.display())]
    NoSuchSheet {
        /// The file.
        path: PathBuf,
        /// The sheet wanted.
        sheet: String,
        /// The sheets there are.
        found: String,
    },
    /// A workbook that cannot be opened or ends before its time.
    #[error("{}: the workbook is damaged: {problem}\n  hint: open it in a spreadsheet, save it again, or ask for it again", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A workbook that would cost more than the limits allow.
    #[error("{}: refused: {what} is {found}, the limit is {limit}\n  hint: a workbook like this is a mistake or an attack; raise the limit only if you know its origin", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What is too large.
        what: String,
        /// How large.
        found: String,
        /// The limit.
        limit: String,
    },
    /// A Parquet file that cannot be read.
    #[error("{}: the Parquet file cannot be read: {problem}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The reader's answer.
        problem: String,
    },
    /// A JSON file that is neither lines nor one array.
    #[error("{}: {problem}\n  hint: one JSON object a line, or one array of objects", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The file is not the one that was read first.
    #[error("{}: the file changed while the run was reading it\n  hint: run again when it is complete", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The receiver of the batches failed.
    #[error("{message}")]
    Sink {
        /// Its own words.
        message: String,
    },
    /// A defect of this crate.
    #[error("a bug in padan-ingest, please report it: {what}")]
    Bug {
        /// What went wrong.
        what: String,
    },
}

impl IngestError {
    /// For a sink that fails with an error of its own.
    pub fn sink(error: impl std::fmt::Display) -> Self {
        Self::Sink { message: error.to_string() }
    }

    /// Whether the user can mend it (exit status 1) or it is ours (2).
    pub fn is_users(&self) -> bool {
        !matches!(self, Self::Sink { .. } | Self::Bug { .. })
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn workbook(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::Workbook { path: path.to_owned(), problem: problem.to_string() }
    }
}
