//! Names of the files of an output folder, and the few file system steps that the promise of whole runs rests on.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::error::{PublishError, io};

/// The manifest's file name.
pub(crate) const MANIFEST: &str = "manifest.json";

/// The folder that holds the runs.
pub(crate) fn runs(out: &Path) -> PathBuf {
    out.join("runs")
}

/// Where a run is written before it has its name.
pub(crate) fn partial(out: &Path, run_id: &str) -> PathBuf {
    runs(out).join(format!(".{run_id}.partial"))
}

/// Refuses run ids that are no plain file name.
pub(crate) fn check_run_id(run_id: &str) -> Result<(), PublishError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b == b'.';
    if run_id.is_empty() || run_id.len() > 120 || run_id.starts_with('.') || !run_id.bytes().all(plain) {
        return Err(PublishError::Protocol { problem: format!("run id {run_id:?} is no plain file name") });
    }
    Ok(())
}

/// Refuses names that lead out of the run's folder or into its tables.
pub(crate) fn check_file_name(name: &str) -> Result<(), PublishError> {
    let mut components = Path::new(name).components();
    let first = components.next();
    let inside = first.is_some() && first.into_iter().chain(components).all(|component| matches!(component, Component::Normal(_)));
    if !inside || name == MANIFEST || Path::new(name).starts_with("tables") {
        return Err(PublishError::Protocol { problem: format!("{name:?} is no name for a file beside the tables") });
    }
    Ok(())
}

/// The visible run's folder, absolute and without links: it stays the same run whatever is published afterwards.
///
/// `out` may also be a run's own folder (`OUT/runs/<run-id>`), which reads an older run.
pub fn current(out: &Path) -> Result<PathBuf, PublishError> {
    let link = out.join("current");
    match fs::canonicalize(&link) {
        Ok(run) => Ok(run),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if out.join("tables").is_dir() && out.join(MANIFEST).is_file() {
                return fs::canonicalize(out).map_err(io("resolve", out));
            }
            Err(PublishError::NoRun { out: out.to_owned() })
        }
        Err(error) => Err(io("resolve", &link)(error)),
    }
}

/// Makes a folder's entries durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), PublishError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(io("sync", path))
}

/// Makes a folder and every folder in it durable, the innermost first. Files are synced when they are closed.
pub(crate) fn sync_folders(path: &Path) -> Result<(), PublishError> {
    for entry in fs::read_dir(path).map_err(io("list", path))? {
        let entry = entry.map_err(io("list", path))?;
        if entry.file_type().map_err(io("inspect", &entry.path()))?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(path)
}

/// The links of an output folder that go through `current`, made once.
const LINKS: [(&str, &str); 2] = [("tables", "current/tables"), (MANIFEST, "current/manifest.json")];

/// Refuses an output folder in which something else stands where the links go: said before the night's work, not after it.
pub(crate) fn check_links(out: &Path) -> Result<(), PublishError> {
    for (name, target) in LINKS {
        link_there(&out.join(name), Some(target))?;
    }
    link_there(&out.join("current"), None).map(|_| ())
}

/// Points `OUT/current` at a run: the atomic step. The links that go through it are made first.
pub(crate) fn point_current(out: &Path, run_id: &str) -> Result<(), PublishError> {
    check_links(out)?;
    for (name, target) in LINKS {
        let link = out.join(name);
        if !link_there(&link, Some(target))? {
            symlink(Path::new(target), &link)?;
        }
    }
    let (link, fresh) = (out.join("current"), out.join(".current.new"));
    remove(&fresh)?;
    symlink(Path::new("runs").join(run_id).as_path(), &fresh)?;
    fs::rename(&fresh, &link).map_err(io("replace", &link))?;
    sync_folder(out)
}

/// Removes a file, link or folder with all it holds; none there is well.
pub(crate) fn remove(path: &Path) -> Result<(), PublishError> {
    let removed = match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Whether the link is there; anything else under its name, or another target, is somebody else's.
fn link_there(link: &Path, target: Option<&str>) -> Result<bool, PublishError> {
    match fs::read_link(link) {
        Ok(found) if target.is_none_or(|target| found == Path::new(target)) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        // `InvalidInput` is what the system says of a file or folder that is no link.
        Err(error) if error.kind() != ErrorKind::InvalidInput => Err(io("inspect", link)(error)),
        _ => Err(PublishError::InTheWay { path: link.to_owned() }),
    }
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> Result<(), PublishError> {
    std::os::unix::fs::symlink(target, link).map_err(io("create", link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_the_run() {
        for name in ["model.toml", "model/nightly.toml"] {
            assert!(check_file_name(name).is_ok(), "{name}");
        }
        for name in ["", "../x", "/etc/x", "manifest.json", "tables/records/x", "a/../../x"] {
            assert!(check_file_name(name).is_err_and(|error| error.is_bug()), "{name}");
        }
        for id in ["", ".x", "a/b", "a b"] {
            assert!(check_run_id(id).is_err_and(|error| error.is_bug()), "{id}");
        }
        assert!(check_run_id("2f9c0-1.a_b").is_ok());
    }
}
