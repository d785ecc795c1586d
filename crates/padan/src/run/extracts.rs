//! The delivered files, by name and length at once, by their bytes when that is asked for: each is read for its hash once in a run at most.

use std::path::Path;
use std::sync::OnceLock;

use padan_ingest::Fingerprint;
use rayon::prelude::*;

use super::identity::Input;
use super::plan::Present;

/// A delivered file.
pub(super) struct Extract<'a> {
    path: &'a Path,
    /// Its name without folders.
    pub(super) name: String,
    /// Its length.
    pub(super) bytes: u64,
    fingerprint: OnceLock<Fingerprint>,
}

impl<'a> Extract<'a> {
    fn new(path: &'a Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { path, name, bytes: path.metadata().map_or(0, |metadata| metadata.len()), fingerprint: OnceLock::new() }
    }

    fn fingerprint(&self) -> anyhow::Result<&Fingerprint> {
        if let Some(known) = self.fingerprint.get() {
            return Ok(known);
        }
        let fingerprint = padan_ingest::fingerprint(self.path)?;
        Ok(self.fingerprint.get_or_init(|| fingerprint))
    }
}

/// The files of every source.
pub(super) struct Extracts<'a>(Vec<Vec<Extract<'a>>>);

impl<'a> Extracts<'a> {
    /// Of sources, in their order.
    pub(super) fn of(sources: &'a [Present]) -> Self {
        Self(sources.iter().map(|source| source.files.iter().map(|path| Extract::new(path)).collect()).collect())
    }

    /// The files of a source, in the order in which their rows are counted.
    pub(super) fn of_source(&self, source: usize) -> &[Extract<'a>] {
        &self.0[source]
    }

    /// The same by their bytes.
    pub(super) fn fingerprints(&self, source: usize) -> anyhow::Result<Vec<&Fingerprint>> {
        self.0[source].par_iter().map(Extract::fingerprint).collect()
    }

    /// All files as they enter the run id; several are read at once.
    pub(super) fn inputs(&self, sources: &[Present]) -> anyhow::Result<Vec<Input>> {
        let all: Vec<(&Present, &Extract<'_>)> =
            sources.iter().zip(&self.0).flat_map(|(source, files)| files.iter().map(move |file| (source, file))).collect();
        let input = |(source, file): &(&Present, &Extract<'_>)| {
            let sha256 = file.fingerprint()?.sha256.clone();
            Ok(Input { source: source.profile.id.to_string(), file: file.name.clone(), sha256 })
        };
        all.par_iter().map(input).collect()
    }
}
