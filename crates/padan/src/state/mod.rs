//! What a night leaves for the next: results of stages, each under a name that holds the hash of all that decided it.
//!
//! The folder lies beside the tables and is no part of them. It holds identified people, so only its owner may open it. An entry is made in
//! a temporary folder and gets its name when it is whole, so that a run killed at any moment leaves whole entries only. What an entry is for is
//! the stages' to say; here entries are found, kept and swept.
//!
//! The trap: a file may be damaged after it got its name. Who reads an entry checks its hash (`sealed`) and makes it again where it is wrong.

mod sealed;

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;

use crate::staged::WorkFolder;

pub(crate) use sealed::{HashingFile, Seal, read_sealed, write_sealed};

/// The folder's name in the output folder.
const FOLDER: &str = ".state";
/// Beginnings of names: of entries, and of the lists of those that a run used.
const ENTRIES: [&str; 2] = ["staged-", "linked-"];
const USED: &str = "used-";

/// The state of an output folder, taken by this run.
pub(crate) struct State {
    folder: PathBuf,
    /// Where entries are made.
    work: WorkFolder,
    /// Entries that this run found or kept.
    used: Mutex<BTreeSet<String>>,
    _lock: File,
}

impl State {
    /// Takes the state of the output folder, made where there is none; `None` where another run has it, which then keeps it alone.
    pub(crate) fn take(output: &Path) -> anyhow::Result<Option<Self>> {
        let folder = output.join(FOLDER);
        make_private(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join(".lock");
        let lock = File::options().create(true).append(true).open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
        let work = WorkFolder::create(&folder)?;
        Ok(Some(Self { folder, work, used: Mutex::default(), _lock: lock }))
    }

    /// A new folder for an entry that is being made.
    pub(crate) fn draft_folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.work.path().join(name);
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// Where an entry that is one file is being made.
    pub(crate) fn draft_file(&self, name: &str) -> PathBuf {
        self.work.path().join(name)
    }

    /// Gives a whole entry its name, in place of one that is damaged.
    pub(crate) fn keep(&self, draft: &Path, name: &str) -> anyhow::Result<PathBuf> {
        let entry = self.folder.join(name);
        self.remove(name)?;
        fs::rename(draft, &entry).with_context(|| format!("cannot name {}", entry.display()))?;
        self.used().insert(name.to_owned());
        Ok(entry)
    }

    /// The entry, where it is there.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        let entry = self.folder.join(name);
        entry.exists().then(|| {
            self.used().insert(name.to_owned());
            entry
        })
    }

    /// Names of all entries.
    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.folder)
    }

    /// After a run that ended well: remembers what it used, and removes what neither it nor the run `before` it used.
    pub(crate) fn sweep(&self, run_id: &str, before: Option<&str>) -> anyhow::Result<()> {
        let mut wanted = self.used().clone();
        let list = wanted.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        let draft = self.draft_file(USED);
        fs::write(&draft, list).with_context(|| format!("cannot write {}", draft.display()))?;
        let own = format!("{USED}{run_id}");
        self.keep(&draft, &own)?;
        wanted.insert(own);
        if let Some(before) = before.map(|before| format!("{USED}{before}")) {
            // A run that kept no state has no list.
            wanted.extend(fs::read_to_string(self.folder.join(&before)).unwrap_or_default().lines().map(str::to_owned));
            wanted.insert(before);
        }
        let lists = entries_of(&self.folder).filter(|name| name.starts_with(USED));
        for name in self.names().into_iter().chain(lists).filter(|name| !wanted.contains(name)) {
            self.remove(&name)?;
        }
        Ok(())
    }

    /// Removes an entry; none there is well. It loses its name first, so that a kill leaves no half of it.
    fn remove(&self, name: &str) -> anyhow::Result<()> {
        let removed = self.work.path().join(format!("removed-{name}"));
        let gone = match fs::rename(self.folder.join(name), &removed) {
            Ok(()) if removed.is_dir() => fs::remove_dir_all(&removed),
            Ok(()) => fs::remove_file(&removed),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        };
        gone.with_context(|| format!("cannot remove {}", self.folder.join(name).display()))
    }

    fn used(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names of the entries that an output folder has, for who only looks.
pub(crate) fn entries(output: &Path) -> Vec<String> {
    names(&output.join(FOLDER))
}

fn names(folder: &Path) -> Vec<String> {
    entries_of(folder).filter(|name| ENTRIES.iter().any(|kind| name.starts_with(kind))).collect()
}

fn entries_of(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}

/// Makes a folder, and those above it, that its owner alone may open; as it is where it is there.
fn make_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder.parent().unwrap_or(Path::new("")))?;
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(state: &State, name: &str) {
        let draft = state.draft_file("draft");
        fs::write(&draft, name).expect("written");
        state.keep(&draft, name).expect("kept");
    }

    #[test]
    fn what_this_run_and_the_one_before_used_stays_and_the_rest_goes() {
        let output = tempfile::tempdir().expect("a folder");
        for (run, before, used, left) in [
            ("1", None, vec!["staged-a", "linked-b"], vec!["linked-b", "staged-a"]),
            ("2", Some("1"), vec!["staged-a", "linked-c"], vec!["linked-b", "linked-c", "staged-a"]),
            ("3", Some("2"), vec!["staged-a", "linked-d"], vec!["linked-c", "linked-d", "staged-a"]),
        ] {
            let state = State::take(output.path()).expect("a folder").expect("free");
            for name in used {
                if state.find(name).is_none() {
                    kept(&state, name);
                }
            }
            state.sweep(run, before).expect("swept");
            drop(state);
            let mut names = entries(output.path());
            names.sort();
            assert_eq!(names, left, "after run {run}");
        }
        let lists = entries_of(&output.path().join(FOLDER)).filter(|name| name.starts_with(USED)).count();
        assert_eq!(lists, 2, "this run's and that of the one before");
    }

    #[test]
    fn a_second_run_goes_without_and_what_a_killed_one_left_goes() {
        let output = tempfile::tempdir().expect("a folder");
        let state = State::take(output.path()).expect("a folder").expect("free");
        assert!(State::take(output.path()).expect("a folder").is_none(), "taken");
        kept(&state, "staged-a");
        // No process has so high a number.
        let dead = output.path().join(FOLDER).join(".padan-4194305-x");
        fs::create_dir(&dead).expect("made");
        drop(state);
        let state = State::take(output.path()).expect("a folder").expect("free again");
        assert!(!dead.exists() && state.find("staged-a").is_some());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_open_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let output = tempfile::tempdir().expect("a folder");
        let _state = State::take(output.path()).expect("a folder").expect("free");
        let mode = fs::metadata(output.path().join(FOLDER)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
