//! Left rows in batches: what many of them ask for is fetched at once, where one after the other would wait for each.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::key::Buffers;

/// Left rows of a batch.
const BATCH_ROWS: usize = 512;

/// A left row of a batch, by its place in it, with a reference row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BatchPair {
    pub(crate) slot: u32,
    pub(crate) right: u32,
}

impl BatchPair {
    /// Its place in the order of pairs, as one number.
    fn place(self) -> u64 {
        u64::from(self.slot) << 32 | u64::from(self.right)
    }
}

/// Pairs of one rule that a batch may hold.
pub(crate) const MOST_PAIRS: usize = 1 << 18;

/// Left rows that are blocked together, so that the processor fetches what many of them ask for at once instead of waiting for each. What
/// earlier rules made is known from their sorted pairs: no table of rows is kept and cleared.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) keys: Vec<(u32, u64)>,
    pub(crate) refined: Vec<(u32, u64)>,
    /// (place of the left row, start and length of a block).
    pub(crate) found: Vec<(u32, u32, u32)>,
    pub(crate) fresh: Vec<BatchPair>,
    /// Pairs of the rules so far, sorted.
    pub(crate) made: Vec<BatchPair>,
    merged: Vec<BatchPair>,
    pub(crate) suppressed: Vec<u64>,
    /// Rows that are asked for, and their places.
    pub(crate) asked: Vec<u32>,
    pub(crate) slots: Vec<u32>,
    pub(crate) row_keys: Vec<u64>,
    pub(crate) values: Vec<u64>,
    pub(crate) buffers: Buffers,
    /// Where each key's blocks are.
    pub(crate) ranges: Vec<(u32, u32)>,
}

impl Batch {
    /// Takes what was made before out of `fresh`, and adds the rest to it; after the last rule nobody asks what was made. Two random
    /// lists of pairs are merged, so nothing is decided by a branch: it would be foreseen wrongly every other time.
    pub(crate) fn leave_out_made(&mut self, is_last: bool) {
        let Self { fresh, made, merged, .. } = self;
        if fresh.is_empty() {
            return;
        }
        if made.is_empty() {
            made.extend_from_slice(if is_last { &[] } else { fresh });
            return;
        }
        merged.clear();
        let (mut earlier, mut at, mut new) = (0, 0, 0);
        while earlier < made.len() && at < fresh.len() {
            let (made_pair, pair) = (made[earlier], fresh[at]);
            let (made_place, place) = (made_pair.place(), pair.place());
            if !is_last {
                merged.push(if made_place < place { made_pair } else { pair });
            }
            fresh[new] = pair;
            new += usize::from(place < made_place);
            earlier += usize::from(made_place <= place);
            at += usize::from(place <= made_place);
        }
        if !is_last {
            merged.extend_from_slice(&made[earlier..]);
            merged.extend_from_slice(&fresh[at..]);
            std::mem::swap(made, merged);
        }
        fresh.copy_within(at.., new);
        fresh.truncate(new + fresh.len() - at);
    }
}

/// What becomes of batches of left rows, in the order of the rows; `work` says `None` where a batch has too many pairs, and gets its
/// halves.
pub(crate) fn of_batches<T: Send>(lefts: &[u32], work: impl Fn(&[u32], &mut Batch) -> Option<Vec<T>> + Sync) -> Vec<T> {
    // One a thread: made anew for every piece of work they would be grown anew too.
    let batches: Mutex<Vec<Batch>> = Mutex::new(Vec::new());
    let of_chunk = |lefts: &[u32]| {
        let mut batch = batches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let mut done = Vec::with_capacity(lefts.len());
        let mut todo = vec![lefts];
        while let Some(lefts) = todo.pop() {
            if let Some(of_rows) = work(lefts, &mut batch) {
                done.extend(of_rows);
            } else {
                let (first, second) = lefts.split_at(lefts.len() / 2);
                todo.extend([second, first]);
            }
        }
        batches.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
        done
    };
    let done: Vec<Vec<T>> = lefts.par_chunks(BATCH_ROWS).map(of_chunk).collect();
    let mut all = Vec::with_capacity(lefts.len());
    all.extend(done.into_iter().flatten());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(u32, u32)]) -> Vec<BatchPair> {
        pairs.iter().map(|(slot, right)| BatchPair { slot: *slot, right: *right }).collect()
    }

    #[test]
    fn what_an_earlier_rule_made_is_left_out() {
        let mut batch = Batch { fresh: pairs(&[(0, 3), (1, 1), (1, 4)]), ..Batch::default() };
        batch.leave_out_made(false);
        batch.fresh = pairs(&[(0, 1), (0, 3), (1, 4), (2, 0)]);
        batch.leave_out_made(false);
        assert_eq!(batch.fresh, pairs(&[(0, 1), (2, 0)]));
        assert_eq!(batch.made, pairs(&[(0, 1), (0, 3), (1, 1), (1, 4), (2, 0)]));
        batch.fresh = pairs(&[(0, 0), (0, 1), (1, 4), (1, 5), (3, 0)]);
        batch.leave_out_made(true);
        assert_eq!(batch.fresh, pairs(&[(0, 0), (1, 5), (3, 0)]));
    }

    #[test]
    fn a_batch_of_too_many_pairs_is_halved() {
        let rows: Vec<u32> = (0..2_000).collect();
        let doubled = of_batches(&rows, |lefts, _| (lefts.len() <= 100).then(|| lefts.iter().map(|row| row * 2).collect()));
        assert_eq!(doubled, rows.iter().map(|row| row * 2).collect::<Vec<u32>>());
    }
}
