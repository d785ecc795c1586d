//! What can stop the stage: a user's rule, or a bug in what it was given. Data never does.

use arrow::error::ArrowError;
use padan_polars::BridgeError;
use polars::error::PolarsError;
use thiserror::Error;

use crate::RuleError;

/// Why a run could not be reconciled.
#[derive(Debug, Error)]
pub enum ReconcileError {
    /// A programme rule is wrong.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The reference date is no date.
    #[error("expected a reference date such as 2025-12-31, found {found:?}")]
    ReferenceDate {
        /// What was given.
        found: String,
    },
    /// The slices of a source differ in length from its batches.
    #[error("this is a bug: source {source_id} has {rows} rows and {found} entries of {slice}")]
    Lengths {
        /// The source.
        source_id: String,
        /// Rows in its batches.
        rows: usize,
        /// The slice.
        slice: &'static str,
        /// Its length.
        found: usize,
    },
    /// An index points outside the population.
    #[error("this is a bug: {of} holds the {index_of} index {index}, outside the population")]
    Index {
        /// Whose index.
        of: String,
        /// `person` or `family`.
        index_of: &'static str,
        /// The index.
        index: u32,
    },
    /// A batch is not of the standard schema.
    #[error("this is a bug: column {column} of source {source_id} is missing or has another type")]
    Schema {
        /// The source.
        source_id: String,
        /// The column.
        column: &'static str,
    },
    /// A frame could not cross to polars or back.
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    /// A table could not be built.
    #[error("arrow: {0}")]
    Arrow(#[from] ArrowError),
    /// A rule could not be evaluated.
    #[error("polars: {0}")]
    Polars(#[from] PolarsError),
}
