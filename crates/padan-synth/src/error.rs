//! What can go wrong while a population is written.

use std::path::PathBuf;

use thiserror::Error;

/// Why no population was written, or not all of it.
#[derive(Debug, Error)]
pub enum SynthError {
    /// A file or folder could not be written or read.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The table of error rates cannot be read.
    #[error("{path}: {message}")]
    Faults {
        /// The TOML file.
        path: PathBuf,
        /// Line, column and reason.
        message: String,
    },
    /// A province is neither a code nor a name of the region table.
    #[error("unknown province {name:?}\nhint: did you mean {nearest:?}?")]
    Province {
        /// As given.
        name: String,
        /// The nearest real name.
        nearest: String,
    },
    /// Nothing was asked for.
    #[error("a population needs at least one person")]
    NoPersons,
    /// The truth could not be encoded.
    #[error("{path}: {source}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The encoder's reason.
        source: parquet::errors::ParquetError,
    },
    /// A shipped table does not parse: a fault of this program.
    #[error("bug: shipped table {table}: {message}")]
    Shipped {
        /// Its file name.
        table: &'static str,
        /// The reason.
        message: String,
    },
}
