//! The shipped region table by level and by key.
//!
//! Within a level regions stand in code order, so the descendants of a region at any level are one range.

use std::collections::HashMap;
use std::ops::Range;
use std::str::FromStr;
use std::sync::LazyLock;

use padan_model::KodeWilayah;
use padan_reference::Regions;

use super::renamed;
use super::spelling::{Kind, LEVELS, Level, spelling, tolerance};

/// A region in the index.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) code: KodeWilayah,
    pub(super) key: Box<str>,
    pub(super) kind: Option<Kind>,
    children: Range<usize>,
}

/// The index.
#[derive(Debug, Default)]
pub(super) struct Index {
    levels: [Vec<Node>; 4],
    by_key: [HashMap<Box<str>, Vec<usize>>; 4],
}

/// A region that a text may mean, and how far its spelling is from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    /// `None` is the whole country.
    pub(super) place: Option<(Level, usize)>,
    /// Typing errors so far, and the price of a parent that disagrees.
    pub(super) cost: usize,
}

/// The whole country: where every search starts.
pub(super) const COUNTRY: Candidate = Candidate { place: None, cost: 0 };

/// Descendants up to which typing errors are looked for; a province has at most 600 kecamatan.
const FUZZY_LIMIT: usize = 800;
/// Villages that a kecamatan has at most, by and large.
const ONE_KECAMATAN: usize = 40;
/// Lengths of a written village's key that are short.
const SHORT: std::ops::RangeInclusive<usize> = 3..=4;

impl Index {
    /// The index of the shipped table, built once.
    pub(super) fn shipped() -> &'static Self {
        static INDEX: LazyLock<Index> = LazyLock::new(|| Index::build(Regions::shipped()));
        &INDEX
    }

    fn build(regions: &Regions) -> Self {
        let mut index = Self::default();
        for region in regions.all() {
            let Ok(code) = KodeWilayah::from_str(&region.code) else { continue };
            let depth = match code.length() {
                2 => 0,
                4 => 1,
                6 => 2,
                _ => 3,
            };
            let spelling = spelling(&region.name, LEVELS[depth]);
            let next = index.levels.get(depth + 1).map_or(0, Vec::len);
            let at = index.levels[depth].len();
            // Parents stand before their children in code order.
            if let Some(parent) = depth.checked_sub(1).and_then(|above| index.levels[above].last_mut()) {
                parent.children.end = at + 1;
            }
            if let Some((first, _)) = region.name.split_once('/') {
                index.by_key[depth].entry(super::spelling::spelling(first, LEVELS[depth]).key.into()).or_default().push(at);
            }
            index.by_key[depth].entry(spelling.key.as_str().into()).or_default().push(at);
            index.levels[depth].push(Node { code, key: spelling.key.into(), kind: spelling.kind, children: next..next });
        }
        for (depth, names) in [(0, &renamed::PROVINCES[..]), (1, &renamed::KABKOTA[..])] {
            for (name, code) in names {
                if let Some(at) = index.levels[depth].iter().position(|node| node.code.to_string() == **code) {
                    let known = index.by_key[depth].entry((*name).into()).or_default();
                    if !known.contains(&at) {
                        known.push(at);
                    }
                }
            }
        }
        index
    }

    pub(super) fn node(&self, level: Level, at: usize) -> &Node {
        &self.levels[level as usize][at]
    }

    /// The code of a candidate; none for the country.
    pub(super) fn code(&self, candidate: Candidate) -> Option<KodeWilayah> {
        candidate.place.map(|(level, at)| self.node(level, at).code)
    }

    /// The candidate of a code, where the table has it.
    pub(super) fn place(&self, code: KodeWilayah) -> Option<(Level, usize)> {
        let level = match code.length() {
            2 => Level::Provinsi,
            4 => Level::Kabkota,
            6 => Level::Kecamatan,
            _ => Level::Desa,
        };
        let nodes = &self.levels[level as usize];
        let at = nodes.partition_point(|node| (node.code.value(), node.code.length()) < (code.value(), code.length()));
        nodes.get(at).filter(|node| node.code == code).map(|_| (level, at))
    }

    /// Descendants of a candidate at `level`.
    pub(super) fn below(&self, candidate: Candidate, level: Level) -> Range<usize> {
        let Some((own, at)) = candidate.place else { return 0..self.levels[level as usize].len() };
        let mut range = at..at + 1;
        for depth in own as usize..level as usize {
            let nodes = &self.levels[depth][range.clone()];
            range = match (nodes.first(), nodes.last()) {
                (Some(first), Some(last)) => first.children.start..last.children.end,
                _ => return 0..0,
            };
        }
        range
    }

    /// Regions of that key below any of `above`, at no further cost.
    pub(super) fn exact(&self, above: &[Candidate], level: Level, key: &str) -> Vec<Candidate> {
        let Some(known) = self.by_key[level as usize].get(key) else { return Vec::new() };
        let mut found: Vec<Candidate> = Vec::new();
        for candidate in above {
            let range = self.below(*candidate, level);
            found.extend(
                known.iter().filter(|at| range.contains(at)).map(|at| Candidate { place: Some((level, *at)), cost: candidate.cost }),
            );
        }
        found.sort_by_key(|candidate| (candidate.place.map(|(_, at)| at), candidate.cost));
        found.dedup_by_key(|candidate| candidate.place);
        found
    }

    /// Regions whose key is within a few typing errors of `key`, the nearest only; none where too many would have to be looked at.
    pub(super) fn near(&self, above: &[Candidate], level: Level, key: &str) -> Vec<Candidate> {
        let total: usize = above.iter().map(|candidate| self.below(*candidate, level).len()).sum();
        // Among the villages of a kecamatan even a short name is known by one letter less: KDAK is KODAK.
        let is_short = level == Level::Desa && total <= ONE_KECAMATAN && SHORT.contains(&key.len());
        let allowed = if is_short { 1 } else { tolerance(key.len()) };
        if allowed == 0 || total > FUZZY_LIMIT {
            return Vec::new();
        }
        let mut best = allowed + 1;
        let mut found: Vec<Candidate> = Vec::new();
        for candidate in above {
            for at in self.below(*candidate, level) {
                let other = &self.node(level, at).key;
                if other.len().abs_diff(key.len()) > allowed || (is_short && other.len() < *SHORT.end()) || digits(other) != digits(key) {
                    continue;
                }
                let distance = strsim::osa_distance(other, key);
                if distance <= allowed && distance <= best {
                    if distance < best {
                        found.clear();
                        best = distance;
                    }
                    found.push(Candidate { place: Some((level, at)), cost: candidate.cost + distance });
                }
            }
        }
        found
    }
}

/// Digits of a key: SIDOMULYO1 is no typing error of SIDOMULYO2.
fn digits(key: &str) -> impl PartialEq + use<> {
    key.bytes().filter(u8::is_ascii_digit).fold(0_u64, |value, digit| value.wrapping_mul(11).wrapping_add(u64::from(digit - b'0') + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descendants_are_ranges_at_every_level() {
        let index = Index::shipped();
        assert_eq!(index.below(COUNTRY, Level::Kabkota).len(), 514);
        let place = index.place("3201".parse().expect("a code")).expect("Bogor");
        let bogor = Candidate { place: Some(place), cost: 0 };
        for level in [Level::Kecamatan, Level::Desa] {
            let range = index.below(bogor, level);
            assert!(range.len() >= 40 && range.clone().all(|at| index.node(level, at).code.to_string().starts_with("3201")));
            let all =
                Regions::shipped().below("3201").iter().filter(|region| region.code.len() == if level == Level::Desa { 10 } else { 6 });
            assert_eq!(range.len(), all.count());
        }
    }

    #[test]
    fn a_short_village_is_known_by_a_letter_less() {
        let index = Index::shipped();
        let near = |kecamatan: &str, key: &str| {
            let place = index.place(kecamatan.parse().expect("a code")).expect("a kecamatan");
            let found = index.near(&[Candidate { place: Some(place), cost: 0 }], Level::Desa, key);
            found.into_iter().filter_map(|found| index.code(found)).map(|code| code.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(near("352702", "KDAK"), ["3527022015"], "Kodak in Torjun");
        assert_eq!(near("730202", "LOA"), ["7302021008"], "Loka in Ujung Bulu");
        assert!(near("730202", "LO").is_empty(), "two letters are no name");
        let country = index.near(&[COUNTRY], Level::Desa, "KDAK");
        assert!(country.is_empty(), "many villages are a letter apart");
    }

    #[test]
    fn numbered_villages_are_not_typing_errors_of_each_other() {
        let index = Index::shipped();
        assert!(
            index
                .near(&[COUNTRY], Level::Provinsi, "JAWATENGA")
                .iter()
                .all(|found| index.code(*found).is_some_and(|code| code.to_string() == "33"))
        );
        assert!(digits("SIDOMULYO1") != digits("SIDOMULYO2"));
    }
}
