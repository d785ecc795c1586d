//! The run id: a hash of everything that decides the tables. The same id means the same tables, so a second run has nothing to do.
//!
//! File names count, folders do not: the same delivery in another place is the same run. The binary counts by its content, since a
//! version number says nothing about a working copy.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// An extract as it enters the id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Input {
    /// Source id.
    pub(crate) source: String,
    /// File name.
    pub(crate) file: String,
    /// Hash of its bytes.
    pub(crate) sha256: String,
}

/// Hash of labelled texts, each ended by its length so that no two lists of texts run into one another.
pub(crate) fn text_hash<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut hash = Sha256::new();
    for (label, text) in texts {
        for part in [label, text] {
            hash.update(part.as_bytes());
            hash.update((part.len() as u64).to_le_bytes());
        }
    }
    hex(&hash.finalize())
}

/// Hash of bytes.
pub(crate) fn bytes_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Sixteen hexadecimal digits out of inputs, configuration, model and binary.
pub(crate) fn run_id(inputs: &[Input], config_hash: &str, model: &str, binary: &str) -> String {
    let mut inputs: Vec<&Input> = inputs.iter().collect();
    inputs.sort();
    let parts = inputs.iter().flat_map(|input| [("source", input.source.as_str()), ("file", &input.file), ("sha256", &input.sha256)]);
    let hash = text_hash(parts.chain([("config", config_hash), ("model", model), ("binary", binary)]));
    hash[..16].to_owned()
}

/// Hash of a file's bytes.
pub(crate) fn file_hash(path: &Path) -> anyhow::Result<String> {
    let unreadable = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(unreadable)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut buffer).with_context(unreadable)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Hash of the running program; its version where the system does not let it be read.
pub(crate) fn binary_hash() -> String {
    std::env::current_exe()
        .ok()
        .and_then(|program| fs::canonicalize(program).ok())
        .and_then(|program| file_hash(&program).ok())
        .unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned())
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(source: &str, sha256: &str) -> Input {
        Input { source: source.into(), file: format!("{source}.csv"), sha256: sha256.into() }
    }

    #[test]
    fn the_order_of_sources_does_not_matter_and_everything_else_does() {
        let (a, b) = (input("pbi", "aa"), input("pkh", "bb"));
        let id = run_id(&[a.clone(), b.clone()], "config", "model", "binary");
        assert_eq!(id.len(), 16);
        assert_eq!(run_id(&[b.clone(), a.clone()], "config", "model", "binary"), id);
        let others = [
            run_id(std::slice::from_ref(&a), "config", "model", "binary"),
            run_id(&[a.clone(), input("pkh", "cc")], "config", "model", "binary"),
            run_id(&[a.clone(), b.clone()], "other", "model", "binary"),
            run_id(&[a.clone(), b.clone()], "config", "other", "binary"),
            run_id(&[a, b], "config", "model", "other"),
        ];
        assert!(!others.contains(&id));
    }

    #[test]
    fn texts_do_not_run_into_one_another() {
        assert_ne!(text_hash([("a", "bc")]), text_hash([("ab", "c")]));
    }
}
