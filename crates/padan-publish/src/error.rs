//! What can go wrong when a run is written or read. No message holds a value of a table: rows are named by number.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a run could not be written or read.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The file system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried, such as `create`.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Another process is writing a run into the same folder.
    #[error("another run is being written into {out}\nhint: wait until it ends, or give this run another --output")]
    Busy {
        /// The output folder.
        out: PathBuf,
    },
    /// Something that is no link stands where a link must be made.
    #[error("{path} exists and was not made by padan\nhint: move it away, or choose an empty folder as --output")]
    InTheWay {
        /// The file or folder.
        path: PathBuf,
    },
    /// No run has been published there.
    #[error("no finished run in {out}\nhint: make one with `padan run PIPELINE --input DIR --output {out}`")]
    NoRun {
        /// The output folder.
        out: PathBuf,
    },
    /// The run holds no such table.
    #[error("no table {name:?} in {run}\nhint: {hint}")]
    UnknownTable {
        /// The name asked for.
        name: String,
        /// The run's folder.
        run: PathBuf,
        /// The nearest name, or all of them.
        hint: String,
    },
    /// The table holds no such column.
    #[error("no column {column:?} in table {table:?}\nhint: {hint}")]
    UnknownColumn {
        /// The name asked for.
        column: String,
        /// The table.
        table: String,
        /// The nearest name, or all of them.
        hint: String,
    },
    /// A table file cannot be written or read.
    #[error("cannot {action} {path}: {source}")]
    Parquet {
        /// `write` or `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the codec says.
        source: parquet::errors::ParquetError,
    },
    /// A published manifest cannot be read.
    #[error("{path} is no manifest of a run: {source}\nhint: the run is damaged; remove its folder and run again")]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// A published file is missing or was changed.
    #[error(
        "{path} is not as its manifest says: {problem}\nhint: published files must not be modified; remove the run's folder and run again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What differs.
        problem: String,
    },
    /// The rows of a table cannot be had from where they wait.
    #[error("cannot read the rows of table {table:?} back: {source}")]
    Rows {
        /// The table.
        table: &'static str,
        /// What the stream of rows says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A stage handed over what the contract forbids.
    #[error("bug in padan: table {table:?}: {problem}")]
    BadTable {
        /// The table.
        table: &'static str,
        /// What is wrong, without a value of the table.
        problem: String,
    },
    /// The same run id, and other bytes.
    #[error(
        "bug in padan: run {run_id} exists and its table {table:?} holds other bytes; equal inputs and configuration must give equal tables"
    )]
    Differs {
        /// The run.
        run_id: String,
        /// The first table that differs.
        table: String,
    },
    /// The caller broke the protocol of a run.
    #[error("bug in padan: {problem}")]
    Protocol {
        /// Which rule.
        problem: String,
    },
}

impl PublishError {
    /// Whether the fault is padan's own (exit status 2), not the user's or the disk's.
    pub fn is_bug(&self) -> bool {
        matches!(self, Self::BadTable { .. } | Self::Differs { .. } | Self::Protocol { .. })
    }
}

/// For `map_err`: names the path and what was tried.
pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> PublishError {
    let path = path.to_owned();
    move |source| PublishError::Io { action, path, source }
}

/// For `map_err`: names the table file. A write that failed on the disk says so as an I/O error would.
pub(crate) fn parquet(action: &'static str, path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> PublishError {
    let path = path.to_owned();
    move |source| PublishError::Parquet { action, path, source }
}

/// "did you mean", or all the names where none is near.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let similarity = |name: &str| strsim::jaro_winkler(&wanted.to_lowercase(), name);
    match names.iter().copied().max_by(|a, b| similarity(a).total_cmp(&similarity(b)).then_with(|| b.cmp(a))) {
        Some(name) if similarity(name) >= 0.8 => format!("did you mean {name:?}?"),
        _ => format!("there are: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_or_all_of_them() {
        let names = ["records", "persons", "links"];
        assert_eq!(nearest("Record", names.into_iter()), "did you mean \"records\"?");
        assert_eq!(nearest("xyz", names.into_iter()), "there are: records, persons, links");
    }

    #[test]
    fn messages_name_the_path_and_what_to_do() {
        let error = PublishError::NoRun { out: PathBuf::from("keluaran") };
        assert_eq!(
            error.to_string(),
            "no finished run in keluaran\nhint: make one with `padan run PIPELINE --input DIR --output keluaran`"
        );
        assert!(!error.is_bug());
        let error = io("create", Path::new("keluaran/runs"))(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
        assert_eq!(error.to_string(), "cannot create keluaran/runs: permission denied");
    }
}
