//! What put each row with its person, kept until it is published: of a list in a file of the temporary folder, so that a country's evidence
//! does not lie in memory; of rows that were decided outside their list's turn, few, in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use padan_link::{Link, Pattern};

/// A row's evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    /// The link, rows counted among all rows.
    pub(super) link: Link,
    /// Index of the model that made it; `u16::MAX` where none did.
    pub(super) model: u16,
}

/// Bytes of a link: two rows, pattern, weight, probability, rule.
pub(super) const LINK_BYTES: usize = 4 + 4 + 16 + 8 + 8 + 1;
/// Bytes of an entry: a link, and its model.
const BYTES: usize = LINK_BYTES + 2;

/// A link as bytes, numbers with a fraction by their bits.
pub(super) fn link_to_bytes(link: &Link) -> [u8; LINK_BYTES] {
    let Link { left, right, pattern, rule, weight, probability } = link;
    let mut bytes = [0; LINK_BYTES];
    bytes[..4].copy_from_slice(&left.to_le_bytes());
    bytes[4..8].copy_from_slice(&right.to_le_bytes());
    bytes[8..24].copy_from_slice(&pattern.to_le_bytes());
    bytes[24..32].copy_from_slice(&weight.to_le_bytes());
    bytes[32..40].copy_from_slice(&probability.to_le_bytes());
    bytes[40] = *rule;
    bytes
}

/// The link of such bytes.
pub(super) fn link_from_bytes(bytes: &[u8; LINK_BYTES]) -> Link {
    fn part<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
        std::array::from_fn(|at| bytes[from + at])
    }
    Link {
        left: u32::from_le_bytes(part(bytes, 0)),
        right: u32::from_le_bytes(part(bytes, 4)),
        pattern: Pattern::from_le_bytes(part(bytes, 8)),
        weight: f64::from_le_bytes(part(bytes, 24)),
        probability: f64::from_le_bytes(part(bytes, 32)),
        rule: bytes[40],
    }
}

impl Evidence {
    fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..LINK_BYTES].copy_from_slice(&link_to_bytes(&self.link));
        bytes[LINK_BYTES..].copy_from_slice(&self.model.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; BYTES]) -> Self {
        let link = link_from_bytes(&std::array::from_fn(|at| bytes[at]));
        Self { link, model: u16::from_le_bytes(std::array::from_fn(|at| bytes[LINK_BYTES + at])) }
    }
}

/// Evidence by row.
#[derive(Debug)]
pub(super) struct Ledger {
    folder: PathBuf,
    /// By source: the file of its evidence, by row.
    files: BTreeMap<usize, PathBuf>,
    late: BTreeMap<u32, Evidence>,
}

impl Ledger {
    /// Empty; files go to the folder.
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), files: BTreeMap::new(), late: BTreeMap::new() }
    }

    /// Takes the evidence of a source's rows, which comes by row.
    pub(super) fn file(&mut self, source: usize, evidence: impl Iterator<Item = Evidence>) -> anyhow::Result<()> {
        let path = self.folder.join(format!("evidence-{source}"));
        let failed = || format!("cannot write {}", path.display());
        let mut file = BufWriter::new(File::create(&path).with_context(failed)?);
        for entry in evidence {
            file.write_all(&entry.to_bytes()).with_context(failed)?;
        }
        file.flush().with_context(failed)?;
        self.files.insert(source, path);
        Ok(())
    }

    /// Takes the evidence of one row.
    pub(super) fn add(&mut self, evidence: Evidence) {
        self.late.insert(evidence.link.left, evidence);
    }

    /// The evidence of a source's rows, which are those of the range, by row; to be asked for row by row.
    pub(super) fn of_source(&self, source: usize, rows: std::ops::Range<usize>) -> anyhow::Result<OfSource<'_>> {
        let open = |path: &PathBuf| File::open(path).with_context(|| format!("cannot read {}", path.display()));
        let file = self.files.get(&source).map(open).transpose()?.map(BufReader::new);
        let mut of_source = OfSource { file, filed: None, late: self.late.range(rows.start as u32..rows.end as u32).peekable() };
        of_source.advance()?;
        Ok(of_source)
    }
}

/// Evidence of one source, by row.
pub(super) struct OfSource<'a> {
    file: Option<BufReader<File>>,
    filed: Option<Evidence>,
    late: std::iter::Peekable<std::collections::btree_map::Range<'a, u32, Evidence>>,
}

impl OfSource<'_> {
    /// The evidence of the row; rows are asked for in order.
    pub(super) fn of(&mut self, row: u32) -> anyhow::Result<Option<Evidence>> {
        if let Some((_, evidence)) = self.late.next_if(|(late, _)| **late == row) {
            return Ok(Some(*evidence));
        }
        let found = self.filed.filter(|evidence| evidence.link.left == row);
        if found.is_some() {
            self.advance()?;
        }
        Ok(found)
    }

    fn advance(&mut self) -> anyhow::Result<()> {
        self.filed = None;
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut bytes = [0; BYTES];
        match file.read_exact(&mut bytes) {
            Ok(()) => self.filed = Some(Evidence::from_bytes(&bytes)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {}
            Err(error) => return Err(error).context("a file of the temporary folder cannot be read back"),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_comes_back_by_row() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ledger = Ledger::new(folder.path());
        let evidence = |left: u32| Evidence {
            link: Link { left, right: left + 1, pattern: 1 << 100 | 7, rule: 3, weight: -1.5, probability: 0.25 },
            model: 9,
        };
        ledger.file(2, [10, 12].into_iter().map(evidence)).expect("written");
        ledger.add(evidence(11));
        ledger.add(evidence(20));
        let mut of_source = ledger.of_source(2, 10..15).expect("opened");
        for row in 10..15 {
            let expected = (row < 13).then(|| evidence(row));
            assert_eq!(of_source.of(row).expect("read"), expected, "{row}");
        }
    }
}
