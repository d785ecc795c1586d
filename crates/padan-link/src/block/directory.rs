//! The blocks of a rule by key, in about nine bytes a key: a register of a hundred million rows has billions of keys.
//!
//! Keys are hashes, so their first bits say where a block stands: the directory has a place for about four blocks, whose next 32 bits
//! stand in order beside what they hold. Bits after these are not kept: keys that differ in no others are one block, which makes a pair
//! too many about once in a billion keys.

use super::Keyed;

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// One row.
    Row(u32),
    /// Rows, by where they start and how many they are.
    Rows { start: u32, len: u32 },
    /// Too many rows: they are filed again under finer keys.
    Split { len: u32 },
    /// Too many rows, and no finer key.
    Suppressed { len: u32 },
}

/// A key's bits after those of its place, and its row, or the place of what it holds with the first bit set.
#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u32,
    value: u32,
}

const SEVERAL: u32 = 1 << 31;
const SPLIT: u32 = u32::MAX;
const SUPPRESSED: u32 = u32::MAX - 1;

/// Blocks in the order of their keys.
#[derive(Debug, Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
    /// Start and length of blocks of several rows.
    several: Vec<(u32, u32)>,
    /// By the key's first bits: where its entries start.
    starts: Vec<u32>,
    /// How many first bits.
    bits: u32,
}

/// Where a key's entries are.
pub(super) type Range = (u32, u32);

impl Directory {
    /// Files the blocks of `entries`, which are sorted; `file` says what a block of rows in order becomes.
    pub(super) fn new(mut entries: Vec<Keyed>, mut file: impl FnMut(&[Keyed]) -> Held) -> Self {
        let bits = (entries.len().max(4).ilog2() - 2).min(30);
        let mut directory = Self { bits, starts: Vec::with_capacity((1 << bits) + 1), ..Self::default() };
        let kept = |key: u64| key >> (32 - bits);
        for block in entries.chunk_by_mut(|a, b| kept(a.0) == kept(b.0)) {
            if block[0].0 != block[block.len() - 1].0 {
                block.sort_unstable_by_key(|(_, row)| *row);
            }
            let value = match file(block) {
                Held::Row(row) => row,
                Held::Rows { start, len } => directory.add((start, len)),
                Held::Split { len } => directory.add((SPLIT, len)),
                Held::Suppressed { len } => directory.add((SUPPRESSED, len)),
            };
            let key = block[0].0;
            directory.starts.resize(directory.starts.len().max(directory.place(key) + 1), directory.entries.len() as u32);
            directory.entries.push(Entry { tag: directory.tag(key), value });
        }
        directory.starts.resize((1 << bits) + 1, directory.entries.len() as u32);
        directory.entries.shrink_to_fit();
        directory.several.shrink_to_fit();
        directory
    }

    fn add(&mut self, rows: (u32, u32)) -> u32 {
        self.several.push(rows);
        SEVERAL | (self.several.len() - 1) as u32
    }

    fn place(&self, key: u64) -> usize {
        // Two shifts, since one by 64 is none.
        (key >> 1 >> (63 - self.bits)) as usize
    }

    fn tag(&self, key: u64) -> u32 {
        (key << self.bits >> 32) as u32
    }

    /// What a key holds.
    pub(super) fn get(&self, key: u64) -> Option<Held> {
        self.get_in(key, self.range(key))
    }

    fn range(&self, key: u64) -> Range {
        let place = self.place(key);
        if self.starts.is_empty() { (0, 0) } else { (self.starts[place], self.starts[place + 1]) }
    }

    /// Where the entries of each key are, and reads them; loops without a decision, so that what they read is fetched at once.
    pub(super) fn ranges(&self, keys: &[(u32, u64)], ranges: &mut Vec<Range>) {
        ranges.clear();
        ranges.extend(keys.iter().map(|(_, key)| self.range(*key)));
        let first = |range: &Range| self.entries.get(range.0 as usize).map_or(0, |entry| entry.tag);
        std::hint::black_box(ranges.iter().map(first).fold(0, |all, tag| all ^ tag));
    }

    /// What a key holds whose entries are there.
    pub(super) fn get_in(&self, key: u64, (start, end): Range) -> Option<Held> {
        let tag = self.tag(key);
        let found = self.entries[start as usize..end as usize].iter().find(|entry| entry.tag >= tag)?;
        if found.tag != tag {
            return None;
        }
        if found.value & SEVERAL == 0 {
            return Some(Held::Row(found.value));
        }
        Some(match self.several[(found.value ^ SEVERAL) as usize] {
            (SPLIT, len) => Held::Split { len },
            (SUPPRESSED, len) => Held::Suppressed { len },
            (start, len) => Held::Rows { start, len },
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::mix;

    proptest! {
        #[test]
        fn blocks_are_found_by_key(keys in proptest::collection::btree_map(any::<u64>(), 1_usize..4, 0..300), other in any::<u64>()) {
            let rows = |key: u64, len: usize| (0..len).map(move |at| (key, (mix(key) >> 34) as u32 + at as u32));
            let entries: Vec<Keyed> = keys.iter().flat_map(|(key, len)| rows(*key, *len)).collect();
            let directory = Directory::new(entries, |block| match block {
                [(_, row)] => Held::Row(*row),
                [(_, row), _] => Held::Rows { start: *row, len: 2 },
                _ => Held::Suppressed { len: block.len() as u32 },
            });
            for (key, len) in &keys {
                let first = (mix(*key) >> 34) as u32;
                let expected = match len {
                    1 => Held::Row(first),
                    2 => Held::Rows { start: first, len: 2 },
                    len => Held::Suppressed { len: *len as u32 },
                };
                prop_assert_eq!(directory.get(*key), Some(expected));
            }
            prop_assert_eq!(directory.get(other).is_some(), keys.contains_key(&other));
        }
    }

    #[test]
    fn keys_that_differ_in_their_last_bits_are_one_block_of_rows_in_order() {
        let mut blocks = Vec::new();
        let directory = Directory::new(vec![(8, 5), (9, 2), (1 << 60, 7)], |block| {
            blocks.push(block.iter().map(|(_, row)| *row).collect::<Vec<_>>());
            Held::Split { len: block.len() as u32 }
        });
        assert_eq!(blocks, [vec![2, 5], vec![7]]);
        assert_eq!(directory.get(8), Some(Held::Split { len: 2 }));
        assert_eq!(directory.get(1 << 40), None);
        assert_eq!(Directory::default().get(7), None);
    }
}
