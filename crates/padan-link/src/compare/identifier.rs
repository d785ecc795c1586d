//! Identifiers with the errors that typists and spreadsheets make.
//!
//! Example (NIK, stem 12): `3201010503900001` ~ `3201010503900010` one edit (neighbours swapped) · ~ `3201010503900007` one edit ·
//! ~ `3201010503900120` same stem: region and birth date, another person of that day · `…0001` ~ `…0000` suffix lost.

use super::{Agreement, Comparator, equal_chance};
use crate::records::{NULL_ID, TextColumn};
use crate::similarity::within_one_edit;

const DIFFERENT: u8 = 1;
const STEM: u8 = 2;
const SUFFIX_LOST: u8 = 3;
const ONE_EDIT: u8 = 4;
const SAME: u8 = 5;

/// Compares identifiers.
pub(crate) struct Identifier<'a> {
    column: &'a TextColumn,
    stem: usize,
}

impl<'a> Identifier<'a> {
    pub(crate) fn new(column: &'a TextColumn, stem: usize) -> Self {
        Self { column, stem }
    }
}

impl Comparator for Identifier<'_> {
    fn levels(&self) -> Vec<String> {
        ["missing", "different", "same stem", "suffix lost", "one edit", "same"].map(str::to_owned).to_vec()
    }

    fn start(&self) -> Vec<f64> {
        vec![0.08, 0.02, 0.02, 0.04, 0.84]
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID {
            return Agreement::MISSING;
        }
        if a == b {
            return Agreement::level(SAME);
        }
        let (a, b) = (self.column.values[a as usize].as_bytes(), self.column.values[b as usize].as_bytes());
        Agreement::level(compare_bytes(a, b, self.stem))
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        equal_chance(&self.column.ids, left, right)
    }
}

fn compare_bytes(a: &[u8], b: &[u8], stem: usize) -> u8 {
    let all_but_last = a.len() == b.len() && a.len() > 4 && a[..a.len() - 1] == b[..b.len() - 1];
    if all_but_last && (a.ends_with(b"0") || b.ends_with(b"0")) {
        return SUFFIX_LOST;
    }
    if within_one_edit(a, b) {
        return ONE_EDIT;
    }
    if stem > 0 && a.len() > stem && b.len() > stem && a[..stem] == b[..stem] {
        return STEM;
    }
    DIFFERENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        for (a, b, level) in [
            ("3201010503900001", "3201010503900010", ONE_EDIT),
            ("3201010503900001", "3201010503900007", ONE_EDIT),
            ("3201010503900001", "3201010503900000", SUFFIX_LOST),
            ("3201010503900001", "3201010503900120", STEM),
            ("3201010503900001", "320101050390001", ONE_EDIT),
            ("3201010503900001", "3302020101800002", DIFFERENT),
        ] {
            assert_eq!(compare_bytes(a.as_bytes(), b.as_bytes(), 12), level, "{a} {b}");
            assert_eq!(compare_bytes(b.as_bytes(), a.as_bytes(), 12), level, "{b} {a}");
        }
    }
}
