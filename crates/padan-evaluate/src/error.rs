//! What can go wrong when a run is evaluated. A row is named by source and number, never by its NIK or name.

use std::path::PathBuf;

use thiserror::Error;

use crate::LinkEvaluateError;

/// Why a run could not be evaluated.
#[derive(Debug, Error)]
pub enum EvaluateError {
    /// The output folder holds no finished run with a `records` table.
    #[error("no finished run with a table of records in {out}\nhint: make one with `padan run PIPELINE --input DIR --output {out}`")]
    NoRun {
        /// The output folder.
        out: PathBuf,
    },
    /// There are no labels.
    #[error("no records.parquet in {folder} or in {folder}/truth\nhint: --truth names the folder that `padan synth` wrote")]
    NoLabels {
        /// The folder given.
        folder: PathBuf,
    },
    /// A file cannot be opened.
    #[error("cannot open {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A file is no readable Parquet file.
    #[error("cannot read {path}: {source}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the codec says.
        source: parquet::errors::ParquetError,
    },
    /// A column is missing.
    #[error("no column {column:?} in {table}\nhint: there are: {found}")]
    Column {
        /// The table, such as `the records table` or `the labels`.
        table: &'static str,
        /// The column needed.
        column: &'static str,
        /// The columns there are.
        found: String,
    },
    /// A column holds what cannot be read as needed.
    #[error("column {column:?} of {table} cannot be read: {source}")]
    Type {
        /// The table, such as `the records table` or `the labels`.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What the conversion says.
        source: arrow::error::ArrowError,
    },
    /// A row without source or number.
    #[error("a row without a source or a row number stands in {table}")]
    Unnamed {
        /// The table, such as `the records table` or `the labels`.
        table: &'static str,
    },
    /// Two rows of one name.
    #[error("row {row} of {source_id} stands twice in {table}")]
    Double {
        /// The table, such as `the records table` or `the labels`.
        table: &'static str,
        /// The source.
        source_id: String,
        /// The row.
        row: i64,
    },
    /// A match probability that is none.
    #[error("match_probability of row {row} of {source_id} in {table} is no probability, 0 to 1")]
    Probability {
        /// `the links table` or `the review table`.
        table: &'static str,
        /// The source.
        source_id: String,
        /// The row.
        row: i64,
    },
    /// Nothing to compare.
    #[error("no row stands in both the run and the labels\nhint: the run must have read the extracts that the labels belong to")]
    NothingInCommon,
    /// No row of the registry.
    #[error("no row of the registry {registry:?} stands in both the run and the labels\nhint: there are: {}", sources.join(", "))]
    NoRegistry {
        /// The registry's source id.
        registry: String,
        /// Sources that stand in both.
        sources: Vec<String>,
    },
    /// A link result or its truth.
    #[error(transparent)]
    Link(#[from] LinkEvaluateError),
}
