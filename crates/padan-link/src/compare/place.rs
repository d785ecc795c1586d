//! Nested places: the finest level at which two codes agree, then the finer numbers below it.
//!
//! Example (depths 2, 4, 6, 10; minor RT, RW): the same desa with RT and RW equal is `same place`; the same desa with both different is
//! `same 10, minor differ`. Village and RT/RW are one comparison because they never disagree independently.

use super::digits::NestedCodes;
use super::{Agreement, Comparator};
use crate::records::{NULL_ID, NULL_INT, TextColumn};

/// Compares places.
pub(crate) struct Place<'a> {
    column: &'a TextColumn,
    depths: Vec<usize>,
    minor: Vec<&'a [i64]>,
    codes: NestedCodes<'a>,
}

impl<'a> Place<'a> {
    pub(crate) fn new(column: &'a TextColumn, depths: Vec<usize>, minor: Vec<&'a [i64]>) -> Self {
        Self { column, depths, minor, codes: NestedCodes::new(column) }
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
        let mut depth = self.depths.len();
        if a != b {
            let shared = self.codes.shared(a, b);
            depth = self.depths.iter().take_while(|depth| **depth <= shared).count();
        } else if let Some(known) = self.depths.iter().position(|depth| *depth == self.column.values[a as usize].len()) {
            depth = known + 1;
        }
        if depth < self.depths.len() || self.minor.is_empty() {
            return Agreement::level(1 + depth as u8);
        }
        let (mut same, mut known) = (0_usize, 0_usize);
        for values in &self.minor {
            let (a, b) = (values[left as usize], values[right as usize]);
            if a != NULL_INT && b != NULL_INT {
                known += 1;
                same += usize::from(a == b);
            }
        }
        let finest = 1 + self.depths.len() as u8;
        Agreement::level(match (known, same) {
            (0, _) => finest,
            (_, 0) => finest + 1,
            (k, s) if s == k && k == self.minor.len() => finest + 3,
            _ => finest + 2,
        })
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
        }
    }
}
