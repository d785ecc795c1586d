//! What a file is: its extension says, or else the profile.

use std::path::Path;

use padan_config::{Format, SourceProfile};

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Csv,
    Xlsx,
    Parquet,
    Json,
}

impl Container {
    pub(crate) fn of(profile: &SourceProfile, path: &Path) -> Self {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_lowercase();
        match extension.as_str() {
            "xlsx" | "xlsm" | "xls" => Self::Xlsx,
            "parquet" => Self::Parquet,
            "json" | "jsonl" | "ndjson" => Self::Json,
            "csv" | "tsv" | "psv" => Self::Csv,
            _ => match profile.format {
                Format::Csv { .. } => Self::Csv,
                Format::Xlsx { .. } => Self::Xlsx,
                Format::Parquet => Self::Parquet,
                Format::JsonLines => Self::Json,
            },
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
            Self::Json => "json",
        }
    }
}
