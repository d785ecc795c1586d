//! A name at a glance: what most pairs of names are told apart by, in one line of memory a value.
//!
//! Of two names of two people nearly all share no token, which their letters show: tokens that are near differ in few letters, or one has
//! all letters of the other. Never wrong about a pair that shares one; who does is for the tokens themselves to say.

use super::super::screen::Glance;

/// Tokens whose keys and letters stand in the line itself.
const INLINE: usize = 4;

/// What is known of a distinct name.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Name {
    /// Number of its keys in sorted order, and of its keys run together.
    pub(super) sound: u32,
    pub(super) joined: u32,
    /// Where its tokens start, and how many they are.
    pub(super) start: u32,
    pub(super) count: u8,
    /// Whether a token is an initial, or tokens do not stand in the line.
    is_special: bool,
    pub(super) glance: Glance,
    keys: [u32; INLINE],
    letters: [u32; INLINE],
}

impl Name {
    /// From the numbers of its sound and of its keys run together, where its tokens start, and their keys, letters and bytes.
    pub(super) fn new((sound, joined): (u32, u32), start: u32, glance: Glance, tokens: impl Iterator<Item = (u32, u32, usize)>) -> Self {
        let mut name = Self { sound, joined, start, count: 0, is_special: false, glance, keys: [0; INLINE], letters: [0; INLINE] };
        for (key, letters, length) in tokens {
            match usize::from(name.count) {
                at if at < INLINE => (name.keys[at], name.letters[at]) = (key, letters),
                _ => name.is_special = true,
            }
            name.is_special |= length == 1;
            name.count += 1;
        }
        name
    }

    /// Whether some token of one may be paired with one of the other.
    pub(super) fn may_share_tokens(&self, other: &Self) -> bool {
        if self.is_special || other.is_special {
            return true;
        }
        let (own, others) = (usize::from(self.count), usize::from(other.count));
        self.keys[..own].iter().zip(&self.letters[..own]).any(|(key, letters)| {
            let pairs = other.keys[..others].iter().zip(&other.letters[..others]);
            // Counted to the end: there are a few, and where they would end is a guess.
            pairs.filter(|(k, l)| key == *k || may_be_near(*letters, **l)).count() > 0
        })
    }
}

/// Which letters a token has, by the last five bits of its bytes.
pub(super) fn letters(token: &str) -> u32 {
    token.bytes().fold(0, |letters, byte| letters | 1 << (byte & 31))
}

/// Whether two tokens of these letters may be near: they differ in few letters, or one begins the other.
pub(super) fn may_be_near(a: u32, b: u32) -> bool {
    a & !b == 0 || b & !a == 0 || !differ_much(a, b)
}

/// Whether two tokens differ in more than four letters.
pub(super) fn differ_much(a: u32, b: u32) -> bool {
    (0..4).fold(a ^ b, |rest, _| rest & rest.wrapping_sub(1)) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_memory() {
        assert_eq!(size_of::<Name>(), 64);
    }

    #[test]
    fn letters_tell_tokens_apart() {
        for (a, b, near) in [("BUDI", "SUTRISNO", false), ("BUDI", "BUDIMAN", true), ("SITI", "SITTI", true), ("AMINAH", "AMNAH", true)] {
            assert_eq!(may_be_near(letters(a), letters(b)), near, "{a} {b}");
            assert_eq!(may_be_near(letters(b), letters(a)), near, "{b} {a}");
        }
    }
}
