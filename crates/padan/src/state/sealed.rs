//! Bytes that say whether they are still those that were written: followed by their SHA-256, or described by it from elsewhere.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::run::hex;

/// Bytes of the hash at a sealed file's end.
const SEAL: usize = 32;

/// Length and hash of a file that cannot hold its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seal {
    /// Its length.
    pub(crate) bytes: u64,
    /// Hash of its bytes, hexadecimal.
    pub(crate) sha256: String,
}

impl Seal {
    /// Whether the file is still the one that was sealed.
    ///
    /// # Errors
    /// It is not, or cannot be read.
    pub(crate) fn check(&self, path: &Path) -> anyhow::Result<()> {
        let now = padan_ingest::fingerprint(path)?;
        anyhow::ensure!(now.bytes == self.bytes, "{} has {} bytes where {} were written", path.display(), now.bytes, self.bytes);
        anyhow::ensure!(now.sha256 == self.sha256, "{} does not hold what was written", path.display());
        Ok(())
    }
}

/// A file that is hashed as it is written.
pub(crate) struct HashingFile {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl HashingFile {
    /// Of a new file.
    pub(crate) fn new(file: File) -> Self {
        Self { file, hash: Sha256::new(), bytes: 0 }
    }

    /// What was written.
    pub(crate) fn seal(self) -> Seal {
        Seal { bytes: self.bytes, sha256: hex(&self.hash.finalize()) }
    }
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a new file of these bytes and their hash.
pub(crate) fn write_sealed(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut file = File::create(path).with_context(failed)?;
    file.write_all(bytes).with_context(failed)?;
    file.write_all(&Sha256::digest(bytes)).with_context(failed)
}

/// The bytes of a sealed file.
///
/// # Errors
/// It cannot be read, or holds something else than was written.
pub(crate) fn read_sealed(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let seal = bytes.len().checked_sub(SEAL).map(|end| bytes.split_off(end));
    let whole = seal.is_some_and(|seal| *Sha256::digest(&bytes) == *seal);
    anyhow::ensure!(whole, "{} does not hold what was written", path.display());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_that_turns_and_a_byte_that_is_lost_are_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("entry");
        write_sealed(&path, b"isi").expect("written");
        assert_eq!(read_sealed(&path).expect("whole"), b"isi");
        let whole = fs::read(&path).expect("there");
        let turned: Vec<u8> = whole.iter().enumerate().map(|(at, byte)| if at == 1 { byte ^ 4 } else { *byte }).collect();
        for damaged in [&turned[..], &whole[..whole.len() - 1], &whole[1..], &[]] {
            fs::write(&path, damaged).expect("written");
            assert!(read_sealed(&path).is_err(), "{damaged:?}");
        }
    }

    #[test]
    fn a_file_is_hashed_as_it_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let mut file = HashingFile::new(File::create(&path).expect("created"));
        file.write_all(b"ab").and_then(|()| file.write_all(b"c")).expect("written");
        let seal = file.seal();
        assert!(seal.check(&path).is_ok());
        for damaged in ["abd", "ab"] {
            fs::write(&path, damaged).expect("written");
            assert!(seal.check(&path).is_err(), "{damaged}");
        }
    }
}
