//! Nested places: the finest level at which two codes agree, then the finer numbers below it.
//!
//! Example (depths 2, 4, 6, 10; minor RT, RW): the same desa with RT and RW equal is `same place`; the same desa with both different is
//! `same 10, minor differ`. Village and RT/RW are one comparison because they never disagree independently.

use super::digits::NestedCodes;
use super::{Agreement, Comparator, Glimpse, Signature};
use crate::records::{NULL_ID, NULL_INT, TextColumn};

/// Compares places.
pub(crate) struct Place<'a> {
    column: &'a TextColumn,
    depths: Vec<usize>,
    minor: Vec<&'a [i64]>,
    codes: NestedCodes<'a>,
    /// By value: how deep it is, as `depths` count; 0 where it is no code of theirs.
    depth: Vec<u8>,
}

/// Finer numbers that a signature has room for, each in sixteen bits.
const SIGNED: usize = 2;

impl<'a> Place<'a> {
    pub(crate) fn new(column: &'a TextColumn, depths: Vec<usize>, minor: Vec<&'a [i64]>) -> Self {
        let deep = |value: &str| depths.iter().position(|depth| *depth == value.len()).map_or(0, |known| known as u8 + 1);
        let depth = column.values.iter().map(deep).collect();
        Self { column, depths, minor, codes: NestedCodes::new(column), depth }
    }
}

impl Comparator for Place<'_> {
    fn levels(&self) -> Vec<String> {
        let mut levels = vec!["missing".to_owned(), "different".to_owned()];
        levels.extend(self.depths.iter().map(|depth| format!("same {depth}")));
        if !self.minor.is_empty() {
            let finest = self.depths.last().copied().unwrap_or_default();
            levels.extend([format!("same {finest}, minor differ"), format!("same {finest}, minor partly"), "same place".to_owned()]);
        }
        levels
    }

    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.02];
        start.extend(self.depths.iter().map(|_| 0.03));
        if !self.minor.is_empty() {
            start.extend([0.07, 0.15, 0.6]);
        }
        start
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.compare_known((left, right), (a, b)) }
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(&self.column.ids)
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.column.ids[left as usize] != NULL_ID && self.column.ids[right as usize] != NULL_ID
    }

    fn compare_known(&self, (left, right): (u32, u32), (a, b): (u32, u32)) -> Agreement {
        let minor = self.minor.iter().map(|values| (values[left as usize], values[right as usize]));
        Agreement::level(self.level_of(a, b, minor.filter(|(a, b)| *a != NULL_INT && *b != NULL_INT).map(|(a, b)| a == b)))
    }

    fn glimpse(&self) -> Option<&dyn Glimpse> {
        (self.minor.len() <= SIGNED).then_some(self)
    }
}

/// The finer numbers stand in the signature, one more than they are; 0 where there is none.
impl Glimpse for Place<'_> {
    fn words(&self) -> usize {
        usize::from(!self.minor.is_empty())
    }

    fn signature(&self, row: u32, _value: u32) -> Signature {
        let word = |values: &&[i64]| match values[row as usize] {
            NULL_INT => 0,
            number => u16::try_from(number).ok().filter(|number| *number < BEYOND - 1).map_or(BEYOND, |number| number + 1),
        };
        Signature(self.minor.iter().fold(0, |words, values| words << 16 | u64::from(word(values))))
    }

    fn level(&self, (a, Signature(of_a)): (u32, Signature), (b, Signature(of_b)): (u32, Signature)) -> Option<u8> {
        let minor = (0..self.minor.len()).map(|at| ((of_a >> (16 * at)) as u16, (of_b >> (16 * at)) as u16));
        if minor.clone().any(|(a, b)| a == BEYOND || b == BEYOND) {
            return None;
        }
        Some(self.level_of(a, b, minor.filter(|(a, b)| *a != 0 && *b != 0).map(|(a, b)| a == b)))
    }
}

/// A finer number that sixteen bits do not hold.
const BEYOND: u16 = u16::MAX;

impl Place<'_> {
    /// The level of two codes; `minor` says of each finer number that both have whether it is the same.
    fn level_of(&self, a: u32, b: u32, minor: impl Iterator<Item = bool>) -> u8 {
        let mut depth = self.depths.len();
        if a != b {
            let shared = self.codes.shared(a, b);
            depth = self.depths.iter().take_while(|depth| **depth <= shared).count();
        } else if self.depth[a as usize] > 0 {
            depth = usize::from(self.depth[a as usize]);
        }
        if depth < self.depths.len() || self.minor.is_empty() {
            return 1 + depth as u8;
        }
        let (known, same) = minor.fold((0_usize, 0_usize), |(known, sames), same| (known + 1, sames + usize::from(same)));
        let finest = 1 + self.depths.len() as u8;
        match (known, same) {
            (0, _) => finest,
            (_, 0) => finest + 1,
            (k, s) if s == k && k == self.minor.len() => finest + 3,
            _ => finest + 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        let values = ["3201012001", "3201012002", "320101", "3301012001"];
        let column = TextColumn { ids: vec![0, 0, 1, 2, 3, 0], values: std::sync::Arc::new(values.into_iter().collect()) };
        let rt = [1, 1, 1, 1, 1, 2];
        let rw = [3, 3, 3, 3, 3, NULL_INT];
        let place = Place::new(&column, vec![2, 4, 6, 10], vec![&rt, &rw]);
        let names = place.levels();
        for (a, b, expected) in [
            (0, 1, "same place"),
            (0, 2, "same 6"),
            (0, 3, "same 6"),
            (0, 4, "different"),
            (0, 5, "same 10, minor differ"),
            (3, 3, "same 6"),
        ] {
            assert_eq!(names[place.compare(a, b).level as usize], expected, "{a} {b}");
            assert_eq!(names[place.compare(b, a).level as usize], expected);
            let signed = |row: u32| (column.ids[row as usize], place.signature(row, column.ids[row as usize]));
            assert_eq!(place.level(signed(a), signed(b)), Some(place.compare(a, b).level), "{a} {b} at a glance");
        }
        let beyond = [70_000, 70_001];
        let column = TextColumn { ids: vec![0, 0], values: column.values.clone() };
        let place = Place::new(&column, vec![10], vec![&beyond]);
        assert_eq!(place.level((0, place.signature(0, 0)), (0, place.signature(1, 0))), None, "numbers that have no room");
    }
}
