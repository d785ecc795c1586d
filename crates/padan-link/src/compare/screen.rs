//! What two texts' letters say before they are compared: most pairs cannot be similar, whatever the order of their letters.
//!
//! A value is known by its length, its first four letters and the set of its letters, each in two bits (there, there twice). Letters of
//! one text that the other lacks bound the similarity from above; a pair below the lowest threshold is told in a few instructions and
//! without its texts being read. Never wrong about a pair that is similar; texts that are long or not ASCII are let through.

use crate::model::Measure;
use crate::texts::Texts;

/// Longer texts are let through.
const LONGEST: usize = 32;

/// A value at a glance.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Glance {
    /// Bit `2k` where letter class `k` (the byte's last five bits) is there, bit `2k + 1` where it is there twice.
    letters: u64,
    /// The first four bytes.
    head: u32,
    /// Bytes; 0 where nothing is known.
    length: u8,
}

/// Bounds of the similarity of any two values of a column.
pub(super) struct Screen {
    glances: Vec<Glance>,
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
                let prefix = ((a.head ^ b.head).trailing_zeros() / 8) as usize;
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
        Self { glances: values.iter().map(|value| Glance::of(value.as_bytes())).collect(), bound }
    }

    /// Whether two different values may reach the lowest threshold.
    pub(super) fn may_be_similar(&self, a: u32, b: u32) -> bool {
        self.bound.may_be_similar(&self.glances[a as usize], &self.glances[b as usize])
    }

    /// Whether of these two values no more than one edit reaches the lowest threshold.
    pub(super) fn asks_for_one_edit(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.glances[a as usize], &self.glances[b as usize]);
        matches!(&self.bound, Bound::Edits(most) if a.length > 0 && b.length > 0 && most[usize::from(a.length.max(b.length))] == 1)
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
        let mut head = [0; 4];
        for (slot, byte) in head.iter_mut().zip(text) {
            *slot = *byte;
        }
        Self { letters, head: u32::from_le_bytes(head), length: text.len() as u8 }
    }
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
            }
        }
    }

    #[test]
    fn most_pairs_are_told_apart() {
        let values = ["maria", "anders", "mario", "marai"].into_iter().collect();
        let screen = Screen::new(&values, Measure::JaroWinkler, Some(0.8));
        assert!(!screen.may_be_similar(0, 1));
        assert!(screen.may_be_similar(0, 2) && screen.may_be_similar(0, 3));
        let dates = ["1990-03-05", "1991-03-05", "1990-07-28"].into_iter().collect();
        let screen = Screen::new(&dates, Measure::DamerauLevenshtein, Some(0.89));
        assert!(screen.may_be_similar(0, 1) && screen.asks_for_one_edit(0, 1) && !screen.may_be_similar(0, 2));
    }
}
