//! One comparison of a bounded scoring: what it adds at each level, and at most, and what ids and signatures tell of it.

use super::super::adjustment;
use crate::codes::{CodedRow, Words};
use crate::compare::{Agreement, Comparator, Glimpse, Rarity, Signature};
use crate::pattern::{bits, half_bits};
use crate::records::NULL_ID;
use crate::trained::TrainedComparison;

/// The most that a comparison adds to a match and to a household pair, in bits. One bound of both would let pairs through that are far
/// from either: another birth date says little against a member of the household, and the same one much for the person.
pub(super) type Most = [f32; 2];

/// One comparison.
pub(super) struct Step<'a> {
    pub(super) comparator: &'a dyn Comparator,
    pub(super) trained: &'a TrainedComparison,
    /// Its index in the pattern.
    pub(super) at: usize,
    /// Its place in the codes.
    pub(super) place: Option<usize>,
    /// The step of the comparison that it is given.
    pub(super) given: Option<usize>,
    /// Bits of (match, household), by the level of the comparison that it is given, if any, and its own.
    pub(super) table: Vec<(f64, f64)>,
    pub(super) levels: usize,
    /// The most that it can add, in bits; equal values, and unequal ones.
    pub(super) gain: Gain,
    /// The level of all different values, where it is the same, and the most that it adds.
    pub(super) unequal: Option<(u8, Most)>,
    /// What tells levels at a glance, and the place of its signatures in the codes where there was room.
    pub(super) glimpse: Option<(&'a dyn Glimpse, Option<Words>)>,
    /// By level: whether nothing but it decides what the comparison adds.
    pub(super) by_level: Vec<bool>,
    /// By level of the comparison that it is given, if any: the most that unequal values add, and equal ones; of all levels together last.
    /// Nothing where a value's rarity has a say.
    pub(super) cases: Vec<[Most; 2]>,
    /// By level: the most bits that it has without the rarity of the value, and log2 of the frequency that these bits are of.
    pub(super) most: Vec<([f64; 2], f64)>,
}

/// The most that a comparison can add, in bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gain {
    pub(super) equal: Most,
    pub(super) unequal: Most,
}

/// By left row and step: what is known of its value.
pub(crate) struct Gains(pub(super) Vec<OfLeft>);

pub(super) struct OfLeft {
    pub(super) value: u32,
    pub(super) signature: Signature,
    /// The most that the comparison adds in each case.
    pub(super) most: [Most; 4],
    /// The most that the comparisons after it add.
    pub(super) after: Most,
}

/// The values are equal, or may be. The other cases: they differ, or may; one side says nothing, or neither.
pub(super) const EQUAL: usize = 1;

impl OfLeft {
    /// Which case a reference row's value makes.
    pub(super) fn case(&self, right: u32) -> usize {
        usize::from(self.value == right) | usize::from(right == NULL_ID) << 1
    }
}

impl Step<'_> {
    pub(super) fn of_left(&self, left: u32) -> OfLeft {
        let Some(ids) = self.comparator.ids().filter(|_| self.place.is_some()) else {
            // What it says is not known before rows are asked: at most this, and nothing where it says nothing.
            let most = if self.comparator.is_said(left) { self.gain.equal.map(|bits| bits.max(0.0)) } else { [0.0; 2] };
            return OfLeft { value: NULL_ID, signature: Signature(0), most: [most; 4], after: [0.0; 2] };
        };
        let value = ids[left as usize];
        if value == NULL_ID {
            return OfLeft { value, signature: Signature(0), most: [[0.0; 2]; 4], after: [0.0; 2] };
        }
        let signature = self.glimpse.map_or(Signature(0), |(glimpse, _)| glimpse.signature(left, value));
        let gain = self.gain_of(value);
        let unequal = self.unequal.map_or(gain.unequal, |(_, bits)| bits);
        OfLeft { value, signature, most: [unequal, gain.equal, [0.0; 2], [0.0; 2]], after: [0.0; 2] }
    }

    /// The level of a pair of values, neither of them null, where ids and signatures tell it. Where a row has no room for a signature, the
    /// value's own is asked: those left over are few values, and in the cache.
    pub(super) fn level(&self, left: &OfLeft, (right, row): (u32, CodedRow<'_>), value: u32) -> Option<u8> {
        let at_a_glance = self.glimpse.and_then(|(glimpse, signature)| {
            let of_right = match signature {
                Some(place) => row.signature(place),
                None if glimpse.words() == 0 => Signature(0),
                None => glimpse.signature(right, value),
            };
            glimpse.level((left.value, left.signature), (value, of_right)).filter(|level| self.by_level[usize::from(*level)])
        });
        at_a_glance.or_else(|| self.unequal.filter(|_| left.value != value).map(|(level, _)| level))
    }

    /// The most that the comparison of this value with another can add.
    fn gain_of(&self, value: u32) -> Gain {
        if let Some([unequal, equal]) = self.cases.last() {
            return Gain { equal: *equal, unequal: *unequal };
        }
        let rarity = |adjustment: f64| bits(half_bits(adjustment));
        let with = |level: usize, rarity: f64| self.most[level].0.map(|bits| (bits + rarity) as f32);
        let of_agreement = |agreement: Agreement| with(usize::from(agreement.level), rarity(adjustment(self.trained, agreement)));
        let equal = self.comparator.equal(value).map_or(self.gain.equal, of_agreement);
        let mut last = (0.0_f32, 0.0);
        let mut of_level = |level: u8| match self.comparator.rarity(value, level) {
            Rarity::Nothing => with(usize::from(level), 0.0),
            Rarity::AtLeast(least) if least > 0.0 => {
                if last.0.to_bits() != least.to_bits() {
                    last = (least, f64::from(least).log2());
                }
                with(usize::from(level), rarity(self.most[usize::from(level)].1 - last.1))
            }
            _ => self.gain.unequal,
        };
        let best = self.comparator.best_unequal().unwrap_or(self.levels as u8 - 1);
        let unequal = (1..=best).map(&mut of_level).fold([f32::NEG_INFINITY; 2], |a, b| [a[0].max(b[0]), a[1].max(b[1])]);
        Gain { equal, unequal }
    }
}

pub(super) fn greater(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0].max(b[0]), a[1].max(b[1])]
}
