//! A bounded table of answers already worked out: the same question, the same answer, whatever the thread or the order.
//!
//! Only for pure functions of the key; a full shard is emptied, which costs time and never changes an answer. Sharded by hash, so that
//! two threads seldom wait for each other.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, PoisonError};

const SHARDS: usize = 32;

/// A memo of `V` by text.
#[derive(Debug)]
pub(crate) struct Memo<V> {
    shards: Vec<Mutex<Shard<V>>>,
    capacity: usize,
}

type Shard<V> = HashMap<Box<str>, V, BuildHasherDefault<FixedHasher>>;

impl<V: Clone> Memo<V> {
    /// Holds at most `capacity` answers.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), capacity: capacity.div_ceil(SHARDS) }
    }

    /// The answer to `key`, worked out at most once while it is held.
    pub(crate) fn get(&self, key: &str, answer: impl FnOnce() -> V) -> V {
        let mut hasher = FixedHasher::default();
        hasher.write(key.as_bytes());
        let shard = &self.shards[(hasher.finish() >> 40) as usize % SHARDS];
        if let Some(known) = shard.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            return known.clone();
        }
        // The lock is not held while working: an answer may itself be slow.
        let value = answer();
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= self.capacity {
            shard.clear();
        }
        shard.insert(key.into(), value.clone());
        value
    }
}

/// A small multiplicative hash, eight bytes at a time; no key of an adversary's choosing can do more than slow a memo down.
#[derive(Debug, Default, Clone)]
pub(crate) struct FixedHasher(u64);

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for FixedHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
        let mut word = [0; 8];
        let rest = chunks.remainder();
        word[..rest.len()].copy_from_slice(rest);
        self.write_u64(u64::from_le_bytes(word) ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(FACTOR);
        self.0 ^= self.0 >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_worked_out_once_and_a_full_table_still_answers() {
        let memo: Memo<usize> = Memo::new(SHARDS * 2);
        assert_eq!(memo.get("a", || 1), 1);
        assert_eq!(memo.get("a", || 2), 1);
        for round in 0..1000 {
            assert_eq!(memo.get(&round.to_string(), || round), round);
        }
        assert!(memo.shards.iter().all(|shard| shard.lock().expect("not poisoned").len() <= 2));
    }
}
