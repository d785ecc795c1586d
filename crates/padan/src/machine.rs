//! What the machine has to give: memory, and room on a disk.
//!
//! `None` where the system does not tell; then nothing is refused for its sake.

use std::fs;
use std::path::{Path, PathBuf};

use crate::size::Size;

/// Memory that a program may take without pushing others out; less where a control group, as of a container, allows less.
pub(crate) fn available_memory() -> Option<Size> {
    let machine = available(&fs::read_to_string("/proc/meminfo").ok()?);
    let group = |name: &str| fs::read_to_string(Path::new("/sys/fs/cgroup").join(name)).ok()?.trim().parse::<u64>().ok();
    let allowed = group("memory.max").map(|most| Size(most.saturating_sub(group("memory.current").unwrap_or(0))));
    machine.into_iter().chain(allowed).min()
}

fn available(meminfo: &str) -> Option<Size> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(Size(kibibytes << 10))
}

/// The folder, or the nearest above it that exists.
fn existing(folder: &Path) -> Option<PathBuf> {
    std::path::absolute(folder).ok()?.ancestors().find(|folder| folder.exists()).map(Path::to_owned)
}

/// Room that is left for us on the disk of a folder, which need not exist yet.
#[cfg(unix)]
pub(crate) fn free_disk(folder: &Path) -> Option<Size> {
    let room = rustix::fs::statvfs(&existing(folder)?).ok()?;
    Some(Size(room.f_bavail.saturating_mul(room.f_frsize)))
}

/// Whether two folders share a disk.
#[cfg(unix)]
pub(crate) fn same_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let device = |folder: &Path| existing(folder)?.metadata().ok().map(|metadata| metadata.dev());
    device(one) == device(other)
}

/// Not told.
#[cfg(not(unix))]
pub(crate) fn free_disk(_folder: &Path) -> Option<Size> {
    None
}

/// Not told.
#[cfg(not(unix))]
pub(crate) fn same_disk(one: &Path, other: &Path) -> bool {
    existing(one) == existing(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn available_memory_is_read_from_its_line() {
        assert_eq!(available("MemTotal:  24000000 kB\nMemFree: 1 kB\nMemAvailable:   23068672 kB\n"), Some(Size(22 << 30)));
        assert_eq!(available("MemTotal:  24000000 kB\n"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_not_there_yet_has_the_room_of_the_one_above() {
        let folder = tempfile::tempdir().expect("a folder");
        let below = folder.path().join("out/tables");
        assert!(free_disk(&below).is_some());
        assert!(same_disk(folder.path(), &below));
    }
}
