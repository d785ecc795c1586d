//! Removing runs: what killed runs left, and old runs where the pipeline says how many to keep.
//!
//! Only under the output folder's lock, so a hidden folder in `runs` is dead by definition. A run is renamed before it is removed:
//! a reader finds it whole or not at all.

use std::cmp::Reverse;
use std::fs;
use std::path::Path;

use crate::error::{PublishError, io};
use crate::layout::{self, MANIFEST};

/// Removes the partial and half-removed folders of killed runs.
pub(crate) fn remove_leftovers(out: &Path) -> Result<(), PublishError> {
    let runs = layout::runs(out);
    for entry in fs::read_dir(&runs).map_err(io("list", &runs))? {
        let entry = entry.map_err(io("list", &runs))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && (name.ends_with(".partial") || name.ends_with(".removed")) {
            layout::remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Keeps the newest `keep` runs, and `current` whatever its age.
///
/// Age is the manifest's modification time: a manifest holds no clock, since equal runs must be equal.
pub(crate) fn prune(out: &Path, keep: usize, current: &str) -> Result<(), PublishError> {
    let runs = layout::runs(out);
    let mut old = Vec::new();
    for entry in fs::read_dir(&runs).map_err(io("list", &runs))? {
        let entry = entry.map_err(io("list", &runs))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == current {
            continue;
        }
        // A folder without a manifest was not made here and is left alone.
        if let Ok(modified) = fs::metadata(entry.path().join(MANIFEST)).and_then(|metadata| metadata.modified()) {
            old.push((Reverse(modified), name));
        }
    }
    old.sort();
    for (_, name) in old.iter().skip(keep.saturating_sub(1)) {
        let (run, removed) = (runs.join(name), runs.join(format!(".{name}.removed")));
        layout::remove(&removed)?;
        fs::rename(&run, &removed).map_err(io("remove", &run))?;
        layout::remove(&removed)?;
    }
    Ok(())
}
