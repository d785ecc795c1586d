//! What two texts' letters say before they are compared: most pairs cannot be similar, whatever the order of their letters.
//!
//! A value is known by its length, its first letters and the set of its letters, each in two bits (there, there twice). Letters of
//! one text that the other lacks bound the similarity from above; a pair below the lowest threshold is told in a few instructions and
//! without its texts being read. Never wrong about a pair that is similar; texts that are long or not ASCII are let through.

use super::glimpse::{Glimpse, Signature};
use crate::model::Measure;
use crate::texts::Texts;

/// The level of values that are told apart.
const DIFFERENT: u8 = 1;
/// Longer texts are let through.
const LONGEST: usize = 32;

/// A value at a glance.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Glance {
    /// Bit `2k` where letter class `k` (the byte's last five bits) is there, bit `2k + 1` where it is there twice.
    letters: u64,
    /// The first bytes: all of a short text.
    head: [u8; HEAD],
    /// Bytes; 0 where nothing is known.
    length: u8,
}

/// Bytes of a text that fill its glance up to sixteen.
const HEAD: usize = 7;

/// Classes of letters in a signature.
const CLASSES: u32 = 23;
/// Longer texts have no signature.
const LONGEST_SIGNED: u32 = 15;

/// Bounds of the similarity of any two values of a column.
pub(crate) struct Screen {
    glances: Vec<Glance>,
    /// By value: which classes of letters it has, its first letter and its length. 0 where nothing is known.
    signatures: Vec<u32>,
    bound: Bound,
}

/// What two values at a glance need to reach the lowest threshold.
pub(super) enum Bound {
    /// By letters in common at the beginning and by both lengths: the fewest letters in common that reach the lowest threshold.
    Letters(Vec<u8>),
    /// By the longer length: the most edits that reach it.
    Edits([u8; LONGEST + 1]),
}

impl Bound {
    /// Of similarity by `measure` where `lowest` is the lowest threshold.
    pub(super) fn new(measure: Measure, lowest: f64) -> Self {
        match measure {
            Measure::JaroWinkler => Self::Letters(fewest_letters(lowest)),
            Measure::DamerauLevenshtein => Self::Edits(std::array::from_fn(|length| most_edits(length, lowest))),
        }
    }

    /// Whether two different values may reach the lowest threshold.
    pub(super) fn may_be_similar(&self, a: &Glance, b: &Glance) -> bool {
        if a.length == 0 || b.length == 0 {
            return true;
        }
        let (only_a, only_b) = ((a.letters & !b.letters).count_ones() as u8, (b.letters & !a.letters).count_ones() as u8);
        match self {
            Self::Letters(fewest) => {
                let common = (a.length - only_a).min(b.length - only_b);
                let prefix = ((a.first_four() ^ b.first_four()).trailing_zeros() / 8) as usize;
                common >= fewest[place(prefix, a.length.into(), b.length.into())]
            }
            Self::Edits(most) => only_a.max(only_b).max(a.length.abs_diff(b.length)) <= most[usize::from(a.length.max(b.length))],
        }
    }
}

impl Screen {
    /// For values compared by `measure`, of which `lowest` is the lowest threshold.
    pub(super) fn new(values: &Texts, measure: Measure, lowest: Option<f64>) -> Self {
        let bound = Bound::new(measure, lowest.unwrap_or(2.0));
        let glances: Vec<Glance> = values.iter().map(|value| Glance::of(value.as_bytes())).collect();
        Self { signatures: glances.iter().map(Glance::signature).collect(), glances, bound }
    }

    /// Whether two different values may reach the lowest threshold.
    pub(super) fn may_be_similar(&self, a: u32, b: u32) -> bool {
        self.bound.may_be_similar(&self.glances[a as usize], &self.glances[b as usize])
    }

    /// Whether signatures show that two values do not reach the lowest threshold.
    fn tells_apart(&self, a: u32, b: u32) -> bool {
        let (length_a, length_b) = (a >> 28, b >> 28);
        if length_a == 0 || length_b == 0 {
            return false;
        }
        let classes = (1 << CLASSES) - 1;
        // Both counts in one: the letters that one lacks and those that the other lacks.
        let only = u64::from(a & !b & classes) | u64::from(b & !a & classes) << 32;
        let [only_a, only_b] = ones_of_halves(only);
        match &self.bound {
            Bound::Letters(fewest) => {
                let prefix = if ((a ^ b) >> CLASSES).trailing_zeros() >= 5 { 4 } else { 0 };
                let common = (length_a - only_a).min(length_b - only_b);
                common < u32::from(fewest[place(prefix, length_a as usize, length_b as usize)])
            }
            Bound::Edits(most) => only_a.max(only_b).max(length_a.abs_diff(length_b)) > u32::from(most[length_a.max(length_b) as usize]),
        }
    }

    /// Reads a value's glance.
    pub(super) fn fetch(&self, value: u32) -> u8 {
        self.glances[value as usize].length
    }

    /// Two values of ASCII, where their glances hold all of them.
    pub(super) fn short(&self, a: u32, b: u32) -> Option<(&str, &str)> {
        Some((self.glances[a as usize].whole()?, self.glances[b as usize].whole()?))
    }

    /// Whether of these two values no more than one edit reaches the lowest threshold.
    pub(super) fn asks_for_one_edit(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.glances[a as usize], &self.glances[b as usize]);
        matches!(&self.bound, Bound::Edits(most) if a.length > 0 && b.length > 0 && most[usize::from(a.length.max(b.length))] == 1)
    }
}

impl Glimpse for Screen {
    fn words(&self) -> usize {
        1
    }

    fn signature(&self, _row: u32, value: u32) -> Signature {
        Signature(self.signatures[value as usize].into())
    }

    fn level(&self, (a, Signature(of_a)): (u32, Signature), (b, Signature(of_b)): (u32, Signature)) -> Option<u8> {
        (a != b && self.tells_apart(of_a as u32, of_b as u32)).then_some(DIFFERENT)
    }

    fn stands_alone(&self) -> bool {
        true
    }
}

impl Glance {
    /// Of a text.
    pub(super) fn of(text: &[u8]) -> Self {
        if text.len() > LONGEST || !text.is_ascii() {
            return Self::default();
        }
        let letters = text.iter().fold(0_u64, |letters, byte| {
            let there = 1 << (2 * (byte & 31));
            letters | if letters & there == 0 { there } else { there << 1 }
        });
        let mut head = [0; HEAD];
        for (slot, byte) in head.iter_mut().zip(text) {
            *slot = *byte;
        }
        Self { letters, head, length: text.len() as u8 }
    }

    fn signature(&self) -> u32 {
        if self.length == 0 || u32::from(self.length) > LONGEST_SIGNED {
            return 0;
        }
        let classes =
            (0..32).filter(|class| self.letters >> (2 * class) & 3 != 0).fold(0, |classes, class| classes | 1 << (class % CLASSES));
        classes | u32::from(self.head[0] & 31) << CLASSES | u32::from(self.length) << 28
    }

    fn first_four(&self) -> u32 {
        u32::from_le_bytes([self.head[0], self.head[1], self.head[2], self.head[3]])
    }

    /// The whole text, where it is short.
    fn whole(&self) -> Option<&str> {
        let text = self.head.get(..usize::from(self.length)).filter(|text| !text.is_empty())?;
        std::str::from_utf8(text).ok()
    }
}

/// How many bits are set in each half of a word (Wilkes, Wheeler and Gill 1957), in one go.
fn ones_of_halves(bits: u64) -> [u32; 2] {
    let pairs = bits - (bits >> 1 & 0x5555_5555_5555_5555);
    let fours = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    let bytes = (fours + (fours >> 4)) & 0x0F0F_0F0F_0F0F_0F0F;
    let low = (bytes & 0xFFFF_FFFF).wrapping_mul(0x0101_0101) >> 24 & 0xFF;
    let high = (bytes >> 32).wrapping_mul(0x0101_0101) >> 24 & 0xFF;
    [low as u32, high as u32]
}

fn place(prefix: usize, a: usize, b: usize) -> usize {
    (prefix * (LONGEST + 1) + a) * (LONGEST + 1) + b
}

/// Jaro is at most (m/|a| + m/|b| + 1)/3 with m letters in common, and Winkler's prefix adds to it what it adds.
fn fewest_letters(lowest: f64) -> Vec<u8> {
    let mut fewest = vec![0; place(5, 0, 0)];
    for prefix in 0..5 {
        for a in 1..=LONGEST {
            for b in 1..=LONGEST {
                let reaches = |common: &usize| {
                    let m = *common as f64;
                    let jaro = if *common == 0 { 0.0 } else { (m / a as f64 + m / b as f64 + 1.0) / 3.0 };
                    jaro + prefix as f64 * 0.1 * (1.0 - jaro) >= lowest - 1e-9
                };
                fewest[place(prefix, a, b)] = (0..=a.min(b)).find(reaches).map_or(u8::MAX, |common| common as u8);
            }
        }
    }
    fewest
}

fn most_edits(length: usize, lowest: f64) -> u8 {
    let reaches = |edits: &usize| 1.0 - *edits as f64 / length.max(1) as f64 >= lowest;
    (0..=length).take_while(reaches).last().unwrap_or(0) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::similarity::{damerau_levenshtein, jaro_winkler};

    proptest! {
        #[test]
        fn what_is_similar_is_let_through(a in "[A-Ea-c0-2]{1,12}", b in "[A-Ea-c0-2]{1,12}", lowest in 0.0_f64..1.0) {
            let values = [&a, &b].into_iter().collect();
            for (measure, similarity) in
                [(Measure::JaroWinkler, jaro_winkler(&a, &b)), (Measure::DamerauLevenshtein, damerau_levenshtein(&a, &b))]
            {
                let screen = Screen::new(&values, measure, Some(lowest));
                prop_assert!(screen.may_be_similar(0, 1) || similarity < lowest, "{} {} {}", a, b, similarity);
                let apart = screen.tells_apart(screen.signatures[0], screen.signatures[1]);
                prop_assert!(!apart || similarity < lowest, "{} {} {}", a, b, similarity);
            }
        }
    }

    #[test]
    fn ones_are_counted_by_half() {
        for (low, high) in [(0, 0), (1, 3), (u32::MAX, 0), (0x8000_0001, 0x7FFF_FFFF), (0x1234_5678, u32::MAX)] {
            assert_eq!(ones_of_halves(u64::from(low) | u64::from(high) << 32), [low.count_ones(), high.count_ones()]);
        }
    }

    #[test]
    fn most_pairs_are_told_apart() {
        let values = ["maria", "anders", "mario", "marai"].into_iter().collect();
        let screen = Screen::new(&values, Measure::JaroWinkler, Some(0.8));
        let apart = |screen: &Screen, a, b| screen.tells_apart(screen.signatures[a], screen.signatures[b]);
        assert!(!screen.may_be_similar(0, 1) && apart(&screen, 0, 1) && !apart(&screen, 0, 2));
        assert!(screen.may_be_similar(0, 2) && screen.may_be_similar(0, 3));
        let dates = ["1990-03-05", "1991-03-05", "1990-07-28"].into_iter().collect();
        let screen = Screen::new(&dates, Measure::DamerauLevenshtein, Some(0.89));
        assert!(apart(&screen, 0, 2) && !apart(&screen, 0, 1));
        assert!(screen.may_be_similar(0, 1) && screen.asks_for_one_edit(0, 1) && !screen.may_be_similar(0, 2));
    }
}
