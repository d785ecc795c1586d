//! Blocking: for a left row, the reference rows that share a key of some rule.
//!
//! The index holds, per rule, the reference rows sorted by key. A block above its rule's limit is split by the refinement expressions;
//! what stays too large is suppressed and counted, so that time and memory are bounded whatever the skew. A pair belongs to the first
//! rule that makes it. The blocks of a rule are arrays: keys are hashes, so their first bits say where a key stands, and no table of
//! chained entries is built, walked or freed. A rule with a sort key has its rows in that order, and a left row's block is its neighbourhood.

mod directory;

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::LinkError;
use crate::batch::{Batch, BatchPair, MOST_PAIRS};
use crate::hash::{combine, mix};
use crate::key::{Buffers, Expression, Key, NO_HASH, Take, Takings, conjunction, has_one, keys_of_rows};
use crate::model::BlockingRule;
use crate::neighbours::Neighbours;
use crate::records::Records;
use directory::{Directory, Held};

/// Keys whose blocks are fetched at once: as many as stay in the cache until they are read.
const FETCHED: usize = 512;

/// A key with a row that has it.
type Keyed = (u64, u32);

/// Blocks of one rule over the reference rows.
struct RuleIndex<'a> {
    parts: Vec<Key<'a>>,
    refine: Vec<Key<'a>>,
    /// In place of keys.
    neighbours: Option<Neighbours<'a>>,
    salt: u64,
    /// By round of refinement.
    blocks: Vec<Directory>,
    rows: Vec<u32>,
    suppressed: AtomicU64,
}

/// The blocking index of a task.
pub(crate) struct Index<'a> {
    rules: Vec<RuleIndex<'a>>,
}

/// How many keys an expression makes of a value, about.
fn explodes(key: &str) -> u32 {
    match Expression::parse(key).map(|expression| expression.take) {
        Ok(Take::Deletions) => 15,
        Ok(Take::Tokens | Take::Pairs) => 3,
        _ => 0,
    }
}

/// What the keys of rules take of the records' values.
fn takings<'r>(rules: impl Iterator<Item = &'r BlockingRule>, records: &Records, right: &[u32]) -> Result<Takings, LinkError> {
    let texts = rules.flat_map(|rule| rule.keys.iter().chain(&rule.refine));
    let expressions: Vec<Expression> = texts.map(|text| Expression::parse(text)).collect::<Result<_, LinkError>>()?;
    Ok(Takings::new(expressions.into_iter(), records, right.len()))
}

/// The blocks of an index, by rule: reference rows by key, whatever else the records hold.
pub struct Blocks(Vec<(Vec<Directory>, Vec<u32>)>);

impl<'a> Index<'a> {
    /// Indexes the reference rows under every rule but those that are `idle`. Where only a few rows will be `asked` for, blocks that none
    /// of them reaches are left out.
    pub(crate) fn new(
        rules: &[BlockingRule],
        records: &'a Records,
        right: &[u32],
        (asked, idle): (Option<&[u32]>, &[bool]),
    ) -> Result<Self, LinkError> {
        let is_idle = |at: usize| idle.get(at).copied().unwrap_or_default();
        let takings = takings(rules.iter().enumerate().filter(|(at, _)| !is_idle(*at)).map(|(_, rule)| rule), records, right)?;
        let make = |at: usize| {
            let rule: &BlockingRule = &rules[at];
            let index = RuleIndex::empty(at, rule, records, (right, &takings))?;
            Ok(if is_idle(at) || rule.sorted.is_some() { index } else { index.filled(rule.max_block, right, asked) })
        };
        let mut made: Vec<Option<Result<RuleIndex<'a>, LinkError>>> = rules.iter().map(|_| None).collect();
        let mut places: Vec<(usize, &mut Option<Result<RuleIndex<'a>, LinkError>>)> = made.iter_mut().enumerate().collect();
        // The longest first, so that none is left when the others are done.
        places.sort_by_key(|(at, _)| Reverse(rules[*at].keys.iter().map(|key| explodes(key)).sum::<u32>()));
        let make = &make;
        rayon::scope_fifo(|scope| {
            for (at, place) in places {
                scope.spawn_fifo(move |_| *place = Some(make(at)));
            }
        });
        Ok(Self { rules: made.into_iter().flatten().collect::<Result<_, LinkError>>()? })
    }

    /// An index of the same reference rows, when other rows of the records have changed.
    pub(crate) fn of_blocks(rules: &[BlockingRule], records: &'a Records, right: &[u32], blocks: Blocks) -> Result<Self, LinkError> {
        let takings = takings(rules.iter(), records, right)?;
        let rules: Result<Vec<RuleIndex<'a>>, LinkError> = rules
            .iter()
            .zip(blocks.0)
            .enumerate()
            .map(|(at, (rule, (blocks, rows)))| {
                let index = RuleIndex::empty(at, rule, records, (right, &takings))?;
                Ok(if rule.sorted.is_some() { index } else { RuleIndex { blocks, rows, ..index } })
            })
            .collect();
        Ok(Self { rules: rules? })
    }

    /// The blocks alone.
    pub(crate) fn into_blocks(self) -> Blocks {
        Blocks(self.rules.into_iter().map(|rule| (rule.blocks, rule.rows)).collect())
    }

    /// Number of rules.
    pub(crate) fn rules(&self) -> usize {
        self.rules.len()
    }

    /// The pairs of the batch's rows under one rule that no rule before it has made, by row of the batch and reference row; of no other
    /// rows than the `active` ones, and no other pairs than the `wanted` ones, all of rows `before` the left one where it says so. Rules are
    /// asked in order, so the first rule that makes a pair gives it. `None` where there are too many for the memory of a batch: it is to be
    /// begun again with fewer rows.
    pub(crate) fn fresh<'b>(
        &self,
        rule: usize,
        lefts: &[u32],
        active: impl Fn(usize) -> bool,
        (before, wanted): (bool, impl Fn(u32, u32) -> bool),
        batch: &'b mut Batch,
    ) -> Option<&'b [BatchPair]> {
        if rule == 0 {
            batch.made.clear();
            batch.suppressed.clear();
            batch.suppressed.resize(self.rules.len(), 0);
        }
        let of_rule = &self.rules[rule];
        batch.suppressed[rule] = of_rule.find(lefts, active, batch);
        let pairs: usize = batch.found.iter().map(|(_, _, len)| *len as usize).sum();
        if pairs > MOST_PAIRS && lefts.len() > 1 {
            return None;
        }
        // Fetched before they are needed, in a loop that waits for none of them.
        let first = |(_, start, len): &(u32, u32, u32)| if *len > 1 { of_rule.rows.get(*start as usize).copied().unwrap_or(0) } else { 0 };
        std::hint::black_box(batch.found.iter().map(first).fold(0, |all, row| all ^ row));
        batch.fresh.clear();
        let mut several = false;
        for blocks in batch.found.chunk_by(|a, b| a.0 == b.0) {
            let (slot, from) = (blocks[0].0, batch.fresh.len());
            let left = lefts[slot as usize];
            for (_, start, len) in blocks {
                let rows = of_rule.rows_of(start, *len);
                // The rows of a block are in order, neighbours are in that of their sort key.
                let cut = before && of_rule.neighbours.is_none();
                let rows = if cut { &rows[..rows.partition_point(|right| *right < left)] } else { rows };
                batch.fresh.extend(rows.iter().filter(|right| wanted(left, **right)).map(|right| BatchPair { slot, right: *right }));
            }
            if blocks.len() > 1 || of_rule.neighbours.is_some() {
                batch.fresh[from..].sort_unstable();
                several = true;
            }
        }
        if several {
            batch.fresh.dedup();
        }
        batch.leave_out_made(rule + 1 == self.rules.len());
        Some(&batch.fresh)
    }

    /// Counts what the batch's rows asked for and was left out.
    pub(crate) fn count_suppressed(&self, batch: &Batch) {
        for (rule, rows) in self.rules.iter().zip(&batch.suppressed) {
            rule.suppressed.fetch_add(*rows, Ordering::Relaxed);
        }
    }

    /// All candidates of a left row under one rule, distinct and in order of row.
    pub(crate) fn of_rule<'s>(&self, rule: usize, left: u32, scratch: &'s mut Scratch) -> &'s [u32] {
        self.rules[rule].collect(left, scratch);
        scratch.found.dedup();
        &scratch.found
    }

    /// Reference rows of suppressed blocks that left rows asked for since the last call, by rule.
    pub(crate) fn suppressed(&self) -> Vec<(usize, u64)> {
        self.rules.iter().enumerate().map(|(at, rule)| (at, rule.suppressed.swap(0, Ordering::Relaxed))).collect()
    }
}

/// Buffers of one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    keys: Vec<u64>,
    refined: Vec<u64>,
    values: Vec<u64>,
    buffers: Buffers,
    found: Vec<u32>,
}

impl<'a> RuleIndex<'a> {
    /// The rule's keys over the records; of a sort key the reference rows in its order, too.
    fn empty(at: usize, rule: &BlockingRule, records: &'a Records, (right, takings): (&[u32], &Takings)) -> Result<Self, LinkError> {
        let bind = |texts: &[String]| {
            let key = |text: &String| Ok(Key::new(Expression::parse(text)?, records, takings));
            texts.iter().map(key).collect::<Result<Vec<_>, LinkError>>()
        };
        let sorted = match &rule.sorted {
            Some(sorted) => {
                let parts = sorted.keys.iter().map(|text| Expression::parse(text)).collect::<Result<_, _>>()?;
                Some(Neighbours::new(parts, sorted.window, records, right))
            }
            None => None,
        };
        let (neighbours, rows) = sorted.map_or((None, Vec::new()), |(neighbours, rows)| (Some(neighbours), rows));
        Ok(Self {
            parts: bind(&rule.keys)?,
            refine: bind(&rule.refine)?,
            neighbours,
            salt: mix(at as u64 + 1),
            blocks: Vec::new(),
            rows,
            suppressed: AtomicU64::new(0),
        })
    }

    /// Files the reference rows.
    fn filled(mut self, max_block: usize, right: &[u32], asked: Option<&[u32]>) -> Self {
        let asked = asked.map(|rows| Asked::new(self.keyed(rows, |_| true)));
        let mut parts = self.keyed(right, |key| asked.as_ref().is_none_or(|asked| asked.may_hold(key)));
        let mut depth = 0;
        // Each round files the blocks that fit and carries the rows of the others, re-keyed, to the next.
        while parts.iter().any(|part| !part.is_empty()) {
            let mut next = Vec::new();
            let blocks = Directory::new(sorted(parts), |block| {
                if let ([(_, row)], true) = (block, max_block > 0) {
                    return Held::Row(*row);
                }
                let len = block.len() as u32;
                if block.len() <= max_block {
                    let start = self.rows.len() as u32;
                    // A row stands twice in a block of two keys.
                    self.rows.extend(block.chunk_by(|a, b| a.1 == b.1).map(|same| same[0].1));
                    return Held::Rows { start, len: self.rows.len() as u32 - start };
                }
                let Some(expression) = self.refine.get(depth) else { return Held::Suppressed { len } };
                let (mut values, mut room) = (Vec::new(), Vec::new());
                for (key, row) in block {
                    values.clear();
                    values.extend_from_slice(expression.hashes(*row, &mut room));
                    values.sort_unstable();
                    values.dedup();
                    next.extend(values.iter().map(|value| (combine(*key, *value), *row)));
                }
                Held::Split { len }
            });
            self.blocks.push(blocks);
            parts = vec![next];
            depth += 1;
        }
        self.rows.shrink_to_fit();
        self
    }

    /// Rows with their keys, of the keys that are wanted, in parts.
    fn keyed(&self, rows: &[u32], wanted: impl Fn(u64) -> bool + Sync) -> Vec<Vec<Keyed>> {
        let of_part = |rows: &[u32]| {
            let (mut keys, mut buffers) = (Vec::new(), Buffers::default());
            let mut entries = Vec::with_capacity(if self.parts.is_empty() { 0 } else { rows.len() });
            if has_one(&self.parts) {
                for rows in rows.chunks(FETCHED) {
                    keys_of_rows(&self.parts, rows, self.salt, &mut keys);
                    let with_key = keys.iter().copied().zip(rows.iter().copied());
                    entries.extend(with_key.filter(|(key, _)| *key != NO_HASH && wanted(*key)));
                }
                return entries;
            }
            for row in rows {
                conjunction(&self.parts, *row, self.salt, &mut keys, &mut buffers);
                entries.extend(keys.iter().filter(|key| wanted(**key)).map(|key| (*key, *row)));
            }
            entries
        };
        rows.par_chunks(1 << 16).map(of_part).collect()
    }

    /// The rows of a block; those of a block of one are its `start`.
    fn rows_of<'s>(&'s self, start: &'s u32, len: u32) -> &'s [u32] {
        if len == 1 { std::slice::from_ref(start) } else { &self.rows[*start as usize..(*start + len) as usize] }
    }

    /// Finds the blocks of the active rows, and how many reference rows stand in those that are too large to be looked through.
    fn find(&self, lefts: &[u32], active: impl Fn(usize) -> bool, batch: &mut Batch) -> u64 {
        let Batch { keys, refined, found, asked, slots, row_keys, values, buffers, ranges, .. } = batch;
        keys.clear();
        found.clear();
        if let Some(neighbours) = &self.neighbours {
            let mut key = String::new();
            for (slot, left) in lefts.iter().enumerate().filter(|(slot, _)| active(*slot)) {
                let range = neighbours.of(*left, &self.rows, &mut key);
                // A block of one is its row.
                let start = if range.len() == 1 { self.rows[range.start] } else { range.start as u32 };
                found.extend((!range.is_empty()).then_some((slot as u32, start, range.len() as u32)));
            }
            return 0;
        }
        slots.clear();
        slots.extend((0..lefts.len()).filter(|slot| active(*slot)).map(|slot| slot as u32));
        if has_one(&self.parts) {
            asked.clear();
            asked.extend(slots.iter().map(|slot| lefts[*slot as usize]));
            keys_of_rows(&self.parts, asked, self.salt, row_keys);
            keys.extend(slots.iter().copied().zip(row_keys.iter().copied()).filter(|(_, key)| *key != NO_HASH));
        } else {
            for slot in slots.iter() {
                conjunction(&self.parts, lefts[*slot as usize], self.salt, row_keys, buffers);
                keys.extend(row_keys.iter().map(|key| (*slot, *key)));
            }
        }
        let (mut suppressed, mut depth) = (0, 0);
        while !keys.is_empty() {
            refined.clear();
            let Some(blocks) = self.blocks.get(depth) else { break };
            for keys in keys.chunks(FETCHED) {
                blocks.ranges(keys, ranges);
                for ((slot, key), range) in keys.iter().zip(ranges.iter()) {
                    match blocks.get_in(*key, *range) {
                        Some(Held::Row(row)) => found.push((*slot, row, 1)),
                        Some(Held::Rows { start, len }) => found.push((*slot, start, len)),
                        Some(Held::Split { len }) => {
                            if let Some(expression) = self.refine.get(depth) {
                                let values = expression.hashes(lefts[*slot as usize], values);
                                // Without a value of the finer key the row asks for none of these.
                                suppressed += if values.is_empty() { u64::from(len) } else { 0 };
                                refined.extend(values.iter().map(|value| (*slot, combine(*key, *value))));
                            }
                        }
                        Some(Held::Suppressed { len }) => suppressed += u64::from(len),
                        None => {}
                    }
                }
            }
            std::mem::swap(keys, refined);
            depth += 1;
        }
        if depth > 1 {
            found.sort_unstable();
        }
        suppressed
    }

    /// The rows of all blocks of a left row, sorted; a row of two blocks stands twice.
    fn collect(&self, left: u32, scratch: &mut Scratch) {
        let Scratch { keys, refined, values, buffers, found, .. } = scratch;
        found.clear();
        if let Some(neighbours) = &self.neighbours {
            found.extend_from_slice(&self.rows[neighbours.of(left, &self.rows, &mut String::new())]);
            found.sort_unstable();
            return;
        }
        conjunction(&self.parts, left, self.salt, keys, buffers);
        let mut blocks = 0;
        let mut depth = 0;
        while !keys.is_empty() {
            refined.clear();
            let Some(of_depth) = self.blocks.get(depth) else { break };
            for key in keys.iter() {
                match of_depth.get(*key) {
                    Some(Held::Row(row)) => {
                        found.push(row);
                        blocks += 1;
                    }
                    Some(Held::Rows { start, len }) => {
                        found.extend_from_slice(self.rows_of(&start, len));
                        blocks += 1;
                    }
                    Some(Held::Split { .. }) => {
                        if let Some(expression) = self.refine.get(depth) {
                            let values = expression.hashes(left, values);
                            refined.extend(values.iter().map(|value| combine(*key, *value)));
                        }
                    }
                    Some(Held::Suppressed { len }) => {
                        self.suppressed.fetch_add(u64::from(len), Ordering::Relaxed);
                    }
                    None => {}
                }
            }
            std::mem::swap(keys, refined);
            depth += 1;
        }
        // The rows of one block are in order.
        if blocks > 1 {
            found.sort_unstable();
        }
    }
}

/// Keys that are asked for, as bits: says yes to all of them and to few others.
struct Asked {
    bits: Vec<u64>,
    shift: u32,
}

impl Asked {
    fn new(parts: Vec<Vec<Keyed>>) -> Self {
        let keys: usize = parts.iter().map(Vec::len).sum();
        // Sixteen bits a key or more.
        let log = (keys.max(4).ilog2() + 5).min(40);
        let mut asked = Self { bits: vec![0; 1 << (log - 6)], shift: 64 - log };
        for (key, _) in parts.into_iter().flatten() {
            let bit = key >> asked.shift;
            asked.bits[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        asked
    }

    fn may_hold(&self, key: u64) -> bool {
        let bit = key >> self.shift;
        self.bits[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    }
}

/// Leading bits that entries are first parted by.
const RADIX: u32 = 10;

/// All entries in order. They are parted by the first bits of their keys, which are hashes and fall evenly, and sorted part by part, each
/// small enough for the cache.
fn sorted(parts: Vec<Vec<Keyed>>) -> Vec<Keyed> {
    let total: usize = parts.iter().map(Vec::len).sum();
    if total < 1 << 14 {
        let mut entries = parts.concat();
        entries.sort_unstable();
        return entries;
    }
    let bucket = |key: u64| (key >> (64 - RADIX)) as usize;
    let mut ends = vec![0_usize; 1 << RADIX];
    for (key, _) in parts.iter().flatten() {
        ends[bucket(*key)] += 1;
    }
    let sizes = ends.clone();
    let mut end = 0;
    for start in &mut ends {
        end += std::mem::replace(start, end);
    }
    let mut entries = vec![(0, 0); total];
    for part in parts {
        for entry in part {
            let place = &mut ends[bucket(entry.0)];
            entries[*place] = entry;
            *place += 1;
        }
    }
    let mut rest = entries.as_mut_slice();
    let mut buckets = Vec::with_capacity(sizes.len());
    for size in sizes {
        let (bucket, after) = rest.split_at_mut(size);
        buckets.push(bucket);
        rest = after;
    }
    buckets.into_par_iter().for_each(<[Keyed]>::sort_unstable);
    entries
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn entries_are_sorted_whatever_their_parts(seed in 0_u64..1000, parts in 1_usize..5) {
            let of_part = |part: usize| (0..8_000).map(|at| (mix(seed + at / 3 * (part as u64 + 1)), at as u32)).collect::<Vec<_>>();
            let parts: Vec<Vec<Keyed>> = (0..parts).map(of_part).collect();
            let mut plain = parts.concat();
            plain.sort_unstable();
            prop_assert_eq!(sorted(parts), plain);
        }
    }
}
