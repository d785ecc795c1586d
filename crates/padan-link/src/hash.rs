//! The engine's own fixed hash: the same bytes hash alike on every machine, thread and night.
//!
//! The standard library's hasher is seeded per process and its algorithm may change; blocking keys, samples and tie-breaks must not.
//! The mixer is SplitMix64's finalizer (Steele, Lea & Flood 2014), folded over eight-byte words. Not for untrusted-input tables that
//! need protection from chosen collisions: a colliding key only makes a block larger.

use std::hash::{BuildHasherDefault, Hasher};

/// SplitMix64's finalizer: a bijection on 64 bits.
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Two values into one, order mattering.
pub(crate) fn combine(left: u64, right: u64) -> u64 {
    mix(left.rotate_left(5) ^ mix(right))
}

/// Hash of bytes.
pub(crate) fn bytes(text: &[u8]) -> u64 {
    let mut state = text.len() as u64;
    for chunk in text.chunks(8) {
        let mut word = [0_u8; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = combine(state, u64::from_le_bytes(word));
    }
    state
}

/// A `Hasher` over the fixed hash, for maps that are looked up and never iterated.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct FixedHasher(u64);

impl Hasher for FixedHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, text: &[u8]) {
        self.0 = combine(self.0, bytes(text));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = combine(self.0, value);
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }
}

/// A set with the fixed hash.
pub(crate) type FixedSet<K> = std::collections::HashSet<K, BuildHasherDefault<FixedHasher>>;

/// A map with the fixed hash.
pub(crate) type FixedMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<FixedHasher>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frozen_values() {
        // A change here changes every sample and tie-break: nights would no longer agree.
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
        assert_ne!(bytes(b"ab"), bytes(b"ba"));
        assert_ne!(bytes(b"a"), bytes(b"a\0"));
        assert_ne!(combine(1, 2), combine(2, 1));
    }
}
