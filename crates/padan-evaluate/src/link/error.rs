//! What can go wrong when a link result is evaluated. A row is named by its number in its file, never by its id.

use std::path::PathBuf;

use thiserror::Error;

/// Why a link result could not be evaluated. Row numbers are 1-based over the data rows of a file.
#[derive(Debug, Error)]
pub enum LinkEvaluateError {
    /// The folder holds no link result.
    #[error("no {name} in {dir}\nhint: the folder is one that `padan link` wrote; it holds pairs.parquet and clusters.parquet")]
    NoResult {
        /// The folder.
        dir: PathBuf,
        /// The file that is missing.
        name: &'static str,
    },
    /// There is no truth.
    #[error("no file {path}\nhint: the truth is one file (Parquet, CSV, XLSX), of pairs (id_l, id_r) or of clusters (id, cluster)")]
    NoTruth {
        /// The path given.
        path: PathBuf,
    },
    /// A column is missing.
    #[error("no column {column:?} in {path}\nhint: {hint}")]
    Column {
        /// The file.
        path: PathBuf,
        /// The column needed.
        column: &'static str,
        /// The nearest column, or those there are.
        hint: String,
    },
    /// A column holds what cannot be read as needed.
    #[error("column {column:?} of {path} cannot be read: {source}")]
    Type {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// What the conversion says.
        source: arrow::error::ArrowError,
    },
    /// A cell is empty or is not what its column holds.
    #[error("row {row} of {path} has no {expected} in column {column:?}")]
    Value {
        /// The file.
        path: PathBuf,
        /// The row.
        row: u64,
        /// The column.
        column: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// Two input rows of one name.
    #[error(
        "rows {first} and {row} of {path} have the same id in table {table:?}\nhint: link on a column of ids that are unique in a table"
    )]
    DoubleId {
        /// clusters.parquet.
        path: PathBuf,
        /// Their table.
        table: String,
        /// The earlier row.
        first: u64,
        /// The later row.
        row: u64,
    },
    /// A pair of rows that are no input.
    #[error("row {row} of {path} names a row that clusters.parquet lacks\nhint: both files must be of one run of `padan link`")]
    StrangePair {
        /// pairs.parquet.
        path: PathBuf,
        /// The pair's row.
        row: u64,
    },
    /// A pair stands twice.
    #[error("a pair stands twice in {path}\nhint: a pair stands there once, in either order; the result is damaged or was appended to")]
    DoublePair {
        /// pairs.parquet.
        path: PathBuf,
    },
    /// The truth is neither pairs nor clusters.
    #[error("{path} holds neither pairs (id_l, id_r) nor clusters (id, cluster)\nhint: {hint}")]
    TruthShape {
        /// The file.
        path: PathBuf,
        /// The nearest column, or those there are.
        hint: String,
    },
    /// Ids alone do not tell the rows apart.
    #[error(
        "ids repeat between the tables {}, and {path} does not say which table an id is of\nhint: add {columns} to it",
        tables.join(", ")
    )]
    TruthAmbiguous {
        /// The file.
        path: PathBuf,
        /// The input tables.
        tables: Vec<String>,
        /// The column or columns to add.
        columns: &'static str,
    },
    /// Nothing of the truth is among the inputs.
    #[error("no id of {path} is that of an input row\nhint: {hint}")]
    TruthForeign {
        /// The file.
        path: PathBuf,
        /// The tables on either side, or what an id is.
        hint: String,
    },
    /// One row in two true clusters.
    #[error("row {row} of {path} puts an id into a second cluster\nhint: a row belongs to one true cluster")]
    TruthConflict {
        /// The file.
        path: PathBuf,
        /// The row.
        row: u64,
    },
    /// The caller's answer about candidates is about other pairs.
    #[error(
        "of {true_pairs} true pairs {told} were told to be candidates or not, {candidates} are, and {found} were linked; this is a bug"
    )]
    Candidates {
        /// True pairs.
        true_pairs: u64,
        /// Answers given.
        told: u64,
        /// Those that are candidates.
        candidates: u64,
        /// True pairs that were linked.
        found: u64,
    },
}
