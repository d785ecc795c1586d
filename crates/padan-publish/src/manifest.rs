//! `manifest.json`: what a run read, with what, and what it wrote.
//!
//! Everything but [`Measured`] follows from inputs, configuration and binary, so two runs of the same write the same values; there
//! is no wall clock anywhere. `tables` and `files` are filled in when the run is finished, from what was really written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The manifest of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Content-addressed id: a hash of inputs, configuration and binary.
    pub run_id: String,
    /// Hash of every configuration file read.
    pub config_hash: String,
    /// Version of the binary.
    pub binary_version: String,
    /// Name of the pipeline.
    pub pipeline: String,
    /// Reference date of ages, `YYYY-MM-DD`.
    pub reference_date: String,
    /// The linkage model; `None` for the built-in `legacy` rule.
    pub model: Option<ModelFile>,
    /// Extracts read, by source and file name.
    pub inputs: Vec<InputFile>,
    /// Sources of the pipeline that had no extract.
    pub absent: Vec<String>,
    /// Row counts of every stage, in the order of the run.
    pub stages: Vec<StageRows>,
    /// Tables written, by name.
    pub tables: Vec<TableEntry>,
    /// Other files written, by name.
    pub files: Vec<FileEntry>,
    /// What differs from one run of the same inputs to the next.
    pub measured: Measured,
}

/// The linkage model of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile {
    /// The path as the pipeline names it.
    pub file: String,
    /// Hash of its bytes, hexadecimal.
    pub sha256: String,
}

/// An extract that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// The profile's id.
    pub source: String,
    /// File name within the input folder.
    pub file: String,
    /// Hash of its bytes, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: i64,
    /// Data rows read, quarantined ones counted.
    pub rows_read: i64,
}

/// What went into and came out of a stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRows {
    /// `ingest`, `standardize`, `link`, `resolve`, `reconcile` or `publish`.
    pub stage: String,
    /// Rows in.
    pub rows_in: i64,
    /// Rows out.
    pub rows_out: i64,
    /// Further counts by name, such as candidate pairs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, i64>,
}

/// A table of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableEntry {
    /// Its name.
    pub name: String,
    /// `analyst` or `vault`.
    pub tier: String,
    /// Rows in all its files.
    pub rows: i64,
    /// Its files in row order, relative to the run's folder.
    pub files: Vec<FileEntry>,
}

/// A file of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path relative to the run's folder, with `/`.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Hash of its bytes, hexadecimal.
    pub sha256: String,
}

/// What a run cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Seconds a stage, in the order of the run.
    pub seconds: Vec<StageSeconds>,
    /// Largest resident size of the process, where the system tells it.
    pub peak_memory_bytes: Option<u64>,
    /// Threads used.
    pub threads: Option<u32>,
}

/// How long a stage took.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StageSeconds {
    /// The stage.
    pub stage: String,
    /// Seconds of the wall clock.
    pub seconds: f64,
}

impl Manifest {
    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&TableEntry> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The bytes of `manifest.json`: indented, with a final newline.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_its_own_json() {
        let manifest = Manifest {
            run_id: "a1".to_owned(),
            stages: vec![StageRows { stage: "link".to_owned(), counts: BTreeMap::from([("pairs".to_owned(), 7)]), ..StageRows::default() }],
            measured: Measured { seconds: vec![StageSeconds { stage: "link".to_owned(), seconds: 1.5 }], ..Measured::default() },
            ..Manifest::default()
        };
        let json = manifest.to_json().expect("serializable");
        assert_eq!(serde_json::from_slice::<Manifest>(&json).expect("readable"), manifest);
        assert!(json.ends_with(b"}\n"));
    }
}
