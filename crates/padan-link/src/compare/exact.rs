//! Equal or not, and how common the value is.

use super::frequency::Values;
use super::{Agreement, Comparator, Glimpse, Rarity, Signature};
use crate::records::Column;

/// Compares by equality.
pub(crate) struct Exact {
    values: Values,
}

impl Exact {
    pub(crate) fn new(column: &Column, reference: &[u32]) -> Self {
        Self { values: Values::of(column, reference) }
    }
}

impl Comparator for Exact {
    fn levels(&self) -> Vec<String> {
        ["missing", "different", "same"].map(str::to_owned).to_vec()
    }

    fn start(&self) -> Vec<f64> {
        vec![0.03, 0.97]
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        match (self.values.get(left), self.values.get(right)) {
            (Some(a), Some(b)) => self.compare_ids(a, b),
            _ => Agreement::MISSING,
        }
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(self.values.ids())
    }

    fn compare_ids(&self, left: u32, right: u32) -> Agreement {
        if left == right { Agreement { level: 2, frequency: self.values.share(left) } } else { Agreement::level(1) }
    }

    fn unequal(&self) -> Option<u8> {
        Some(1)
    }

    fn glimpse(&self) -> Option<&dyn Glimpse> {
        Some(self)
    }

    fn equal(&self, value: u32) -> Option<Agreement> {
        Some(self.compare_ids(value, value))
    }

    fn equal_level(&self) -> Option<u8> {
        Some(2)
    }

    fn rarity(&self, value: u32, level: u8) -> Rarity {
        if level <= 1 { Rarity::Nothing } else { Rarity::AtLeast(self.values.share(value)) }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.values.get(left).is_some() && self.values.get(right).is_some()
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        self.values.equal_chance(left, right)
    }
}

/// The ids are all there is.
impl Glimpse for Exact {
    fn words(&self) -> usize {
        0
    }

    fn signature(&self, _row: u32, _value: u32) -> Signature {
        Signature::default()
    }

    fn level(&self, (a, _): (u32, Signature), (b, _): (u32, Signature)) -> Option<u8> {
        Some(self.compare_ids(a, b).level)
    }
}
