//! Blocking: for a left row, the reference rows that share a key of some rule.
//!
//! The index holds, per rule, the reference rows sorted by key. A block above its rule's limit is split by the refinement expressions;
//! what stays too large is suppressed and counted, so that time and memory are bounded whatever the skew. A pair belongs to the first
//! rule that makes it.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::LinkError;
use crate::hash::{FixedMap, combine, mix};
use crate::key::{Expression, conjunction};
use crate::model::BlockingRule;
use crate::records::Records;

/// Blocks of one rule over the reference rows.
struct RuleIndex {
    parts: Vec<Expression>,
    refine: Vec<Expression>,
    salt: u64,
    /// Key → range of `rows`; `usize::MAX` start marks a block that was split or suppressed.
    blocks: FixedMap<u64, Block>,
    rows: Vec<u32>,
    suppressed: AtomicU64,
}

#[derive(Debug, Clone, Copy)]
enum Block {
    Rows { start: u32, len: u32 },
    Split,
    Suppressed { len: u32 },
}

/// The blocking index of a task.
pub(crate) struct Index<'a> {
    records: &'a Records,
    rules: Vec<(usize, RuleIndex)>,
}

impl<'a> Index<'a> {
    /// Indexes the reference rows under every rule.
    pub(crate) fn new(rules: &[BlockingRule], records: &'a Records, right: &[u32]) -> Result<Self, LinkError> {
        let built: Result<Vec<(usize, RuleIndex)>, LinkError> = rules
            .par_iter()
            .enumerate()
            .map(|(at, rule)| {
                let parse = |texts: &[String]| texts.iter().map(|text| Expression::parse(text)).collect::<Result<Vec<_>, _>>();
                let (parts, refine) = (parse(&rule.keys)?, parse(&rule.refine)?);
                Ok((at, RuleIndex::new(parts, refine, mix(at as u64 + 1), rule.max_block, records, right)))
            })
            .collect();
        Ok(Self { records, rules: built? })
    }

    /// Number of rules.
    pub(crate) fn rules(&self) -> usize {
        self.rules.len()
    }

    /// The candidates of a left row under one rule that no earlier call for this row has given, in order of row. Rules are asked in
    /// order, so the first rule that makes a pair gives it.
    pub(crate) fn candidates<'s>(&self, rule: usize, left: u32, scratch: &'s mut Scratch) -> &'s [u32] {
        if rule == 0 {
            scratch.begin(self.records.len());
        }
        scratch.found.clear();
        self.rules[rule].1.collect(self.records, left, scratch);
        let Scratch { found, seen, stamp, .. } = scratch;
        found.retain(|row| std::mem::replace(&mut seen[*row as usize], *stamp) != *stamp);
        found.sort_unstable();
        found
    }

    /// All candidates of a left row under one rule, distinct and in order of row.
    pub(crate) fn of_rule<'s>(&self, rule: usize, left: u32, scratch: &'s mut Scratch) -> &'s [u32] {
        scratch.found.clear();
        self.rules[rule].1.collect(self.records, left, scratch);
        scratch.found.sort_unstable();
        scratch.found.dedup();
        &scratch.found
    }

    /// Reference rows of suppressed blocks that left rows asked for since the last call, by rule.
    pub(crate) fn suppressed(&self) -> Vec<(usize, u64)> {
        self.rules.iter().map(|(at, rule)| (*at, rule.suppressed.swap(0, Ordering::Relaxed))).collect()
    }
}

/// Buffers of one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    keys: Vec<u64>,
    refined: Vec<u64>,
    found: Vec<u32>,
    /// By row: the stamp of the left row that met it last.
    seen: Vec<u32>,
    stamp: u32,
}

impl Scratch {
    /// Forgets what was seen.
    fn begin(&mut self, rows: usize) {
        if self.seen.len() != rows || self.stamp == u32::MAX {
            self.seen = vec![0; rows];
            self.stamp = 0;
        }
        self.stamp += 1;
    }
}

impl RuleIndex {
    fn new(parts: Vec<Expression>, refine: Vec<Expression>, salt: u64, max_block: usize, records: &Records, right: &[u32]) -> Self {
        let mut entries: Vec<(u64, u32)> = right
            .par_chunks(8192)
            .flat_map_iter(|rows| {
                let mut keys = Vec::new();
                let mut entries = Vec::with_capacity(rows.len());
                for row in rows {
                    conjunction(&parts, records, *row, salt, &mut keys);
                    entries.extend(keys.iter().map(|key| (*key, *row)));
                }
                entries
            })
            .collect();
        let mut index = Self { parts, refine, salt, blocks: FixedMap::default(), rows: Vec::new(), suppressed: AtomicU64::new(0) };
        let mut depth = 0;
        // Each round files the blocks that fit and carries the rows of the others, re-keyed, to the next.
        while !entries.is_empty() {
            entries.par_sort_unstable();
            let mut next = Vec::new();
            for block in entries.chunk_by(|a, b| a.0 == b.0) {
                let key = block[0].0;
                if block.len() <= max_block {
                    index.blocks.insert(key, Block::Rows { start: index.rows.len() as u32, len: block.len() as u32 });
                    index.rows.extend(block.iter().map(|entry| entry.1));
                } else if let Some(expression) = index.refine.get(depth) {
                    index.blocks.insert(key, Block::Split);
                    let mut values = Vec::new();
                    for (_, row) in block {
                        values.clear();
                        expression.hashes(records, *row, &mut values);
                        values.sort_unstable();
                        values.dedup();
                        next.extend(values.iter().map(|value| (combine(key, *value), *row)));
                    }
                } else {
                    index.blocks.insert(key, Block::Suppressed { len: block.len() as u32 });
                }
            }
            entries = next;
            depth += 1;
        }
        index
    }

    fn collect(&self, records: &Records, left: u32, scratch: &mut Scratch) {
        let Scratch { keys, refined, found, .. } = scratch;
        conjunction(&self.parts, records, left, self.salt, keys);
        let mut depth = 0;
        while !keys.is_empty() {
            refined.clear();
            let mut values = Vec::new();
            for key in keys.iter() {
                match self.blocks.get(key) {
                    Some(Block::Rows { start, len }) => {
                        found.extend_from_slice(&self.rows[*start as usize..(*start + *len) as usize]);
                    }
                    Some(Block::Split) => {
                        if let Some(expression) = self.refine.get(depth) {
                            values.clear();
                            expression.hashes(records, left, &mut values);
                            refined.extend(values.iter().map(|value| combine(*key, *value)));
                        }
                    }
                    Some(Block::Suppressed { len }) => {
                        self.suppressed.fetch_add(u64::from(*len), Ordering::Relaxed);
                    }
                    None => {}
                }
            }
            std::mem::swap(keys, refined);
            depth += 1;
        }
    }
}
