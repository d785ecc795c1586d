//! What a caller may have to mend.

use thiserror::Error;

/// Errors of the engine; none carries a value of a record.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum LinkError {
    /// The model file is wrong.
    #[error("model: {0}")]
    Model(String),
    /// A column of a type that cannot be compared.
    #[error("column `{column}` is {found}; expected text, date, integer or boolean, the same in every batch")]
    ColumnType {
        /// The column.
        column: String,
        /// Its Arrow type.
        found: String,
    },
    /// A column that does not fit the records.
    #[error("column `{column}` has {found} rows; the records have {expected}")]
    ColumnLength {
        /// The column.
        column: String,
        /// Its rows.
        found: usize,
        /// The records' rows.
        expected: usize,
    },
    /// Rows that could not be read.
    #[error("{0}")]
    Source(String),
    /// No comparison of the model applies to these records.
    #[error("no comparison of model `{model}` applies: the records have none of its columns")]
    NothingToCompare {
        /// The model's name.
        model: String,
    },
}
