//! What can go wrong on the bridge. Every one of these is a bug of the caller or of the bridge, never of the data.

use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use polars::error::PolarsError;
use thiserror::Error;

/// Why a table could not cross.
#[derive(Debug, Error)]
pub enum BridgeError {
    /// The batches of one table have different columns.
    #[error("batch {batch} of the table has other columns than its first batch")]
    Batches {
        /// 0-based index of the batch that differs.
        batch: usize,
    },
    /// The frame's columns are not the schema's.
    #[error("expected the columns [{expected}], found [{found}]")]
    Columns {
        /// The schema's column names in order.
        expected: String,
        /// The frame's.
        found: String,
    },
    /// A column has another type than the schema says.
    #[error("column {column}: expected {expected}, found {found}")]
    Type {
        /// Its name.
        column: String,
        /// The schema's type.
        expected: DataType,
        /// The frame's.
        found: DataType,
    },
    /// arrow-rs refused: a null in a column without nulls, or more than 2 GiB of text in one column.
    #[error("arrow: {0}")]
    Arrow(#[from] ArrowError),
    /// polars refused.
    #[error("polars: {0}")]
    Polars(#[from] PolarsError),
}
