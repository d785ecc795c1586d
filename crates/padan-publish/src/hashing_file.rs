//! A file that is hashed as it is written, so that no published byte is read a second time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::FileEntry;
use crate::error::{PublishError, io};

/// A new file that counts and hashes what is written to it.
pub(crate) struct HashingFile {
    path: PathBuf,
    file: BufWriter<File>,
    hasher: Sha256,
    bytes: u64,
}

impl HashingFile {
    /// Creates the file; one that exists is an error, since published files are never modified.
    pub(crate) fn create(path: &Path) -> Result<Self, PublishError> {
        let file = File::create_new(path).map_err(io("create", path))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::with_capacity(1 << 18, file), hasher: Sha256::new(), bytes: 0 })
    }

    /// Flushes to the disk itself and tells what was written; `name` is the path to publish.
    pub(crate) fn finish(mut self, name: String) -> Result<FileEntry, PublishError> {
        self.file.flush().map_err(io("write", &self.path))?;
        self.file.get_ref().sync_all().map_err(io("sync", &self.path))?;
        Ok(FileEntry { file: name, bytes: self.bytes, sha256: hex(&self.hasher.finalize()) })
    }
}

impl Write for HashingFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)] as char, DIGITS[usize::from(byte & 15)] as char]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_and_size_are_those_of_the_file() {
        let folder = tempfile::tempdir().expect("temp dir");
        let path = folder.path().join("a");
        let mut file = HashingFile::create(&path).expect("created");
        file.write_all(b"ab").expect("written");
        file.write_all(b"c").expect("written");
        let entry = file.finish("x/a".to_owned()).expect("finished");
        // FIPS 180-2, appendix B.1.
        assert_eq!(entry.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((entry.file.as_str(), entry.bytes), ("x/a", 3));
        assert_eq!(std::fs::read(&path).expect("readable"), b"abc");
        assert!(matches!(HashingFile::create(&path), Err(PublishError::Io { action: "create", .. })));
    }
}
