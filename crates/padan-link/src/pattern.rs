//! Agreement patterns: the levels of all comparisons, and how rare the agreeing values are, in one word of 128 bits.
//!
//! Layout, from the lowest bit: for each comparison in model order four bits of level, then, where the comparison weighs term
//! frequencies, six bits of the frequency adjustment in half bits (32 is none). The whole weight of a pair follows from its pattern, so
//! weights are looked up, counts are mergeable and a published pattern explains itself.

/// An agreement pattern.
pub type Pattern = u128;

/// Half bits that a stored adjustment of zero stands at.
const ZERO: i64 = 32;

/// An adjustment of none as it is stored.
pub(crate) const NO_ADJUSTMENT: u8 = ZERO as u8;

/// An adjustment in bits as it is stored.
pub(crate) fn half_bits(adjustment: f64) -> u8 {
    ((adjustment * 2.0).round() as i64 + ZERO).clamp(0, 63) as u8
}

/// A stored adjustment in bits.
pub(crate) fn bits(half_bits: u8) -> f64 {
    (i64::from(half_bits) - ZERO) as f64 / 2.0
}

/// Where each comparison stands in the word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    slots: Vec<(u32, bool)>,
}

impl Layout {
    /// Lays out comparisons; `true` where the comparison has term frequencies. `None` where they need more than 127 bits.
    pub(crate) fn new(term_frequencies: impl Iterator<Item = bool>) -> Option<Self> {
        let mut at = 0;
        let slots = term_frequencies
            .map(|frequency| {
                let slot = (at, frequency);
                at += if frequency { 10 } else { 4 };
                slot
            })
            .collect();
        (at <= 127).then_some(Self { slots })
    }

    /// The pattern of rows that say nothing.
    pub(crate) fn missing(&self) -> Pattern {
        let mut pattern = 0;
        (0..self.slots.len()).for_each(|comparison| self.put_half_bits(&mut pattern, comparison, 0, NO_ADJUSTMENT));
        pattern
    }

    /// Writes one comparison's outcome into `pattern`, over nothing or over `missing`; `adjustment` in bits.
    pub(crate) fn put(&self, pattern: &mut Pattern, comparison: usize, level: u8, adjustment: f64) {
        self.put_half_bits(pattern, comparison, level, half_bits(adjustment));
    }

    /// The same with the adjustment as it is stored.
    pub(crate) fn put_half_bits(&self, pattern: &mut Pattern, comparison: usize, level: u8, half_bits: u8) {
        let (at, frequency) = self.slots[comparison];
        *pattern |= Pattern::from(level) << at;
        if frequency {
            *pattern &= !(63 << (at + 4));
            *pattern |= Pattern::from(half_bits) << (at + 4);
        }
    }

    /// Level and adjustment in bits of one comparison.
    pub(crate) fn get(&self, pattern: Pattern, comparison: usize) -> (u8, f64) {
        let (at, frequency) = self.slots[comparison];
        let level = (pattern >> at & 15) as u8;
        let adjustment = if frequency { bits((pattern >> (at + 4) & 63) as u8) } else { 0.0 };
        (level, adjustment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let layout = Layout::new([true, false, true].into_iter()).expect("fits");
        let mut pattern = 0;
        layout.put(&mut pattern, 0, 7, 3.5);
        layout.put(&mut pattern, 1, 2, 0.0);
        layout.put(&mut pattern, 2, 15, -40.0);
        assert_eq!(layout.get(pattern, 0), (7, 3.5));
        assert_eq!(layout.get(pattern, 1), (2, 0.0));
        assert_eq!(layout.get(pattern, 2), (15, -16.0));
        let mut said = layout.missing();
        assert_eq!((0..3).map(|at| layout.get(said, at)).collect::<Vec<_>>(), [(0, 0.0); 3]);
        layout.put(&mut said, 0, 7, 3.5);
        layout.put(&mut said, 1, 2, 0.0);
        layout.put(&mut said, 2, 15, -40.0);
        assert_eq!(said, pattern);
        assert!(Layout::new(std::iter::repeat_n(true, 13)).is_none());
    }
}
