//! Short numbers as words, so that two of them are compared by a few instructions and not by their texts.

use crate::records::TextColumn;

/// Codes of a column that begin alike where they lie in one another, such as those of regions.
pub(super) struct NestedCodes<'a> {
    column: &'a TextColumn,
    /// By value.
    digits: Vec<Digits>,
}

impl<'a> NestedCodes<'a> {
    pub(super) fn new(column: &'a TextColumn) -> Self {
        Self { column, digits: column.values.iter().map(Digits::of).collect() }
    }

    /// Leading characters that two values share.
    pub(super) fn shared(&self, a: u32, b: u32) -> usize {
        self.digits[a as usize].shared(self.digits[b as usize]).unwrap_or_else(|| {
            let (a, b) = (self.column.values[a as usize].bytes(), self.column.values[b as usize].bytes());
            a.zip(b).take_while(|(a, b)| a == b).count()
        })
    }
}

/// A number of at most sixteen digits, the first in the highest four bits of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits {
    word: u64,
    /// Digits; 0 where the text is no such number.
    length: u32,
}

impl Digits {
    /// Of a text.
    pub(super) fn of(text: &str) -> Self {
        let text = text.as_bytes();
        if text.len() > 16 || !text.iter().all(u8::is_ascii_digit) {
            return Self { word: 0, length: 0 };
        }
        let word = text.iter().enumerate().fold(0, |word, (at, digit)| word | u64::from(digit & 15) << (60 - 4 * at));
        Self { word, length: text.len() as u32 }
    }

    /// How many there are; 0 of another text.
    pub(super) fn length(self) -> u32 {
        self.length
    }

    /// Which digits of two numbers of one length differ: the lowest of each digit's four bits. `None` for numbers of two lengths and texts.
    pub(super) fn differing(self, other: Self) -> Option<u64> {
        (self.length > 0 && self.length == other.length).then(|| differing(self.word, other.word))
    }

    /// The word of a number of sixteen digits.
    pub(super) fn sixteen(self) -> Option<u64> {
        (self.length == 16).then_some(self.word)
    }

    /// Leading digits that two numbers share; `None` for texts.
    pub(super) fn shared(self, other: Self) -> Option<usize> {
        let same = (self.word ^ other.word).leading_zeros() / 4;
        (self.length > 0 && other.length > 0).then_some(same.min(self.length).min(other.length) as usize)
    }
}

/// Which digits of two words differ: the lowest of each digit's four bits.
pub(super) fn differing(a: u64, b: u64) -> u64 {
    let bits = a ^ b;
    (bits | bits >> 1 | bits >> 2 | bits >> 3) & 0x1111_1111_1111_1111
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_differ_and_digits_in_common() {
        let digits = Digits::of;
        assert_eq!(digits("3201").differing(digits("3301")), Some(1 << 56));
        assert_eq!(digits("3201").differing(digits("3201")), Some(0));
        assert_eq!(digits("3201").differing(digits("320")), None);
        assert_eq!(digits("32A1").differing(digits("3201")), None);
        assert_eq!(digits("12345678901234567").differing(digits("12345678901234567")), None, "too long");
        assert_eq!(digits("3201012001").shared(digits("3201022001")), Some(5));
        assert_eq!(digits("320101").shared(digits("3201010000")), Some(6));
        assert_eq!(digits("").shared(digits("32")), None);
    }
}
