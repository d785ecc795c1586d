//! The run's temporary folder. It holds identified people, so it goes when the run ends, and what a killed run left goes when the next
//! one begins.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

const PREFIX: &str = ".padan-";

/// A temporary folder, removed with all it holds when it is dropped.
#[derive(Debug)]
pub(crate) struct WorkFolder(TempDir);

impl WorkFolder {
    /// Makes one in `parent`, which is made too where it is not there, and removes those of processes that no longer run.
    pub(crate) fn create(parent: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot make a temporary folder in {}", parent.display());
        fs::create_dir_all(parent).with_context(failed)?;
        for left in left_over(parent) {
            // Another process may be removing it too, or may not let us; the run needs neither.
            if let Err(error) = fs::remove_dir_all(&left) {
                tracing::warn!(folder = %left.display(), %error, "a killed run's temporary folder stays");
            }
        }
        let prefix = format!("{PREFIX}{}-", std::process::id());
        Ok(Self(tempfile::Builder::new().prefix(&prefix).tempdir_in(parent).with_context(failed)?))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Temporary folders of processes that are gone. Where the system does not show processes (`/proc` is Linux's), none.
fn left_over(parent: &Path) -> Vec<PathBuf> {
    let gone = |name: &str| {
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        process.is_some_and(|process| process.parse::<u32>().is_ok() && !Path::new("/proc").join(process).exists())
    };
    let entries = fs::read_dir(parent).into_iter().flatten().filter_map(Result::ok);
    let known = Path::new("/proc/self").exists();
    entries.filter(|entry| known && gone(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_goes_and_what_a_running_one_needs_stays() {
        let parent = tempfile::tempdir().expect("a folder");
        // No process has so high a number.
        let dead = parent.path().join(".padan-4194305-x");
        let own = parent.path().join(format!(".padan-{}-y", std::process::id()));
        for folder in [&dead, &own] {
            fs::create_dir(folder).expect("made");
        }
        let work = WorkFolder::create(parent.path()).expect("made");
        assert!(work.path().is_dir() && own.is_dir() && !dead.exists());
        let path = work.path().to_owned();
        drop(work);
        assert!(!path.exists());
    }
}
