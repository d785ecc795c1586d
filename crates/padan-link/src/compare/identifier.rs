//! Identifiers with the errors that typists and spreadsheets make.
//!
//! Example (NIK, stem 12): `3201010503900001` ~ `3201100503900001` one edit (neighbours swapped) · ~ `3201010503900120` same stem: region
//! and birth date, another person of that day · `…0001` ~ `…0000` suffix lost.
//!
//! The trap is counting a birth date twice: the stem of a NIK repeats it, so two people of one village and birthday have numbers one
//! digit apart. Where the dates themselves agree, a shared stem is no evidence (its differing serial speaks against), and a stem that is
//! one digit off counts only where the dates do not differ with it. A woman and a man born on one day in one district have stems that differ
//! in the digit of the sex alone, which is no slip of a finger either.
//!
//! A number without a stem (social security, tax, customer) is the same, one edit away or different: `078051120` ~ `078015120`. Only numbers
//! of more than fifteen digits lose a suffix to a spreadsheet.

use super::digits::Digits;
use super::frequency::{equal_chance, of_texts};
use super::{Agreement, Comparator, Glimpse, Rarity, Signature};
use crate::records::{NULL_ID, NULL_INT, TextColumn};
use crate::similarity::within_one_edit;

const MISSING: u8 = 0;
const DIFFERENT: u8 = 1;
const STEM: u8 = 2;
const SUFFIX_LOST: u8 = 3;
const ONE_EDIT: u8 = 4;
const SAME: u8 = 5;

/// Compares identifiers.
pub(crate) struct Identifier<'a> {
    column: &'a TextColumn,
    stem: Stem,
    dates: Option<&'a [i64]>,
    frequency: Vec<f32>,
    /// Per value.
    digits: Vec<Digits>,
}

/// Digits that a spreadsheet's number keeps.
const KEPT_DIGITS: usize = 15;

/// What two different numbers of one origin share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stem {
    /// Leading characters.
    pub(crate) length: usize,
    /// The digit among them, from 1, to which women's numbers add four; 0 where there is none.
    pub(crate) sex_digit: usize,
}

impl Stem {
    /// Whether the stems are alike but for the sex.
    fn differ_by_sex(self, a: &[u8], b: &[u8]) -> bool {
        let Some(at) = self.sex_digit.checked_sub(1).filter(|at| *at < self.length) else { return false };
        a.len() == b.len()
            && a.len() > self.length
            && a[at].abs_diff(b[at]) == 4
            && a[..at] == b[..at]
            && a[at + 1..self.length] == b[at + 1..self.length]
    }
}

/// What the dates that a stem repeats say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dates {
    Unknown,
    Agree,
    Differ,
}

impl<'a> Identifier<'a> {
    pub(crate) fn new(column: &'a TextColumn, stem: Stem, dates: Option<&'a [i64]>, reference: &[u32]) -> Self {
        Self { column, stem, dates, frequency: of_texts(column, reference), digits: column.values.iter().map(Digits::of).collect() }
    }

    /// Whether two known identifiers share so much that what they embed agrees with them.
    pub(super) fn is_alike(&self, left: u32, right: u32) -> bool {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        let bytes = |id: u32| self.column.values[id as usize].as_bytes();
        a == b || (!self.share_nothing(a, b) && compare_bytes(bytes(a), bytes(b), self.stem, Dates::Unknown) != DIFFERENT)
    }

    fn share_nothing(&self, a: u32, b: u32) -> bool {
        share_nothing(self.digits[a as usize], self.digits[b as usize], self.stem)
    }

    fn dates(&self, left: u32, right: u32) -> Dates {
        match self.dates.map(|dates| (dates[left as usize], dates[right as usize])) {
            Some((a, b)) if a != NULL_INT && b != NULL_INT => {
                if a == b {
                    Dates::Agree
                } else {
                    Dates::Differ
                }
            }
            _ => Dates::Unknown,
        }
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
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.compare_known((left, right), (a, b)) }
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(&self.column.ids)
    }

    fn compare_known(&self, (left, right): (u32, u32), (a, b): (u32, u32)) -> Agreement {
        if a == b {
            return Agreement { level: SAME, frequency: self.frequency[a as usize] };
        }
        if self.share_nothing(a, b) {
            return Agreement::level(DIFFERENT);
        }
        let larger = self.frequency[a as usize].max(self.frequency[b as usize]);
        let (a, b) = (self.column.values[a as usize].as_bytes(), self.column.values[b as usize].as_bytes());
        match compare_bytes(a, b, self.stem, self.dates(left, right)) {
            level @ (ONE_EDIT | SUFFIX_LOST) => Agreement { level, frequency: larger },
            level => Agreement::level(level),
        }
    }

    fn fetch(&self, ids: &mut dyn Iterator<Item = (u32, u32)>) {
        std::hint::black_box(ids.fold(0, |read, (_, right)| read ^ self.digits[right as usize].length()));
    }

    fn best_unequal(&self) -> Option<u8> {
        Some(ONE_EDIT)
    }

    fn glimpse(&self) -> Option<&dyn Glimpse> {
        Some(self)
    }

    fn equal(&self, value: u32) -> Option<Agreement> {
        Some(Agreement { level: SAME, frequency: self.frequency[value as usize] })
    }

    fn equal_level(&self) -> Option<u8> {
        Some(SAME)
    }

    fn rarity(&self, value: u32, level: u8) -> Rarity {
        if level >= SUFFIX_LOST { Rarity::AtLeast(self.frequency[value as usize]) } else { Rarity::Nothing }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.column.ids[left as usize] != NULL_ID && self.column.ids[right as usize] != NULL_ID
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        equal_chance(&self.column.ids, left, right)
    }
}

/// Numbers of sixteen digits are their own signatures; another, which begins with a zero or is none, has none.
impl Glimpse for Identifier<'_> {
    fn words(&self) -> usize {
        2
    }

    fn signature(&self, _row: u32, value: u32) -> Signature {
        Signature(self.digits[value as usize].sixteen().unwrap_or(0))
    }

    fn level(&self, (a, Signature(of_a)): (u32, Signature), (b, Signature(of_b)): (u32, Signature)) -> Option<u8> {
        if a == b {
            return Some(SAME);
        }
        let is_known = of_a != 0 && of_b != 0;
        (is_known && differ_widely(super::digits::differing(of_a, of_b), self.stem)).then_some(DIFFERENT)
    }
}

/// Whether these numbers are surely `DIFFERENT`: the usual case, told without their texts. One edit leaves two digits different at most, a
/// lost suffix one, and a stem that differs in the sex one of its own.
fn share_nothing(a: Digits, b: Digits, stem: Stem) -> bool {
    a.differing(b).is_some_and(|places| differ_widely(places, stem))
}

/// The same of the places where they differ.
fn differ_widely(places: u64, stem: Stem) -> bool {
    let several = |places: u64| places & places.wrapping_sub(1) != 0;
    let of_stem = if stem.length > 0 { places >> (64 - 4 * stem.length.min(16)) } else { places };
    several(places & places.wrapping_sub(1)) && several(of_stem)
}

fn compare_bytes(a: &[u8], b: &[u8], stem: Stem, dates: Dates) -> u8 {
    let all_but_last = a.len() == b.len() && a.len() > KEPT_DIGITS && a[..a.len() - 1] == b[..b.len() - 1];
    if all_but_last && (a.ends_with(b"0") || b.ends_with(b"0")) {
        return if dates == Dates::Agree { MISSING } else { SUFFIX_LOST };
    }
    let same_stem = stem.length > 0 && a.len() > stem.length && b.len() > stem.length && a[..stem.length] == b[..stem.length];
    if same_stem || stem.differ_by_sex(a, b) {
        return if dates == Dates::Agree { DIFFERENT } else { STEM };
    }
    if within_one_edit(a, b) && !(stem.length > 0 && dates == Dates::Differ) {
        return ONE_EDIT;
    }
    DIFFERENT
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NIK: Stem = Stem { length: 12, sex_digit: 7 };
    const PLAIN: Stem = Stem { length: 0, sex_digit: 0 };

    #[test]
    fn levels() {
        for (a, b, dates, level) in [
            ("3201010503900001", "3201010503900010", Dates::Unknown, STEM),
            ("3201010503900001", "3201010503900010", Dates::Agree, DIFFERENT),
            ("3201010503900001", "3201010503900000", Dates::Unknown, SUFFIX_LOST),
            ("3201010503900001", "3201010503900000", Dates::Agree, MISSING),
            ("3201010503900001", "3201010503900120", Dates::Differ, STEM),
            ("3201010503900001", "3201010503910001", Dates::Agree, ONE_EDIT),
            ("3201010503900001", "3201010503910001", Dates::Differ, DIFFERENT),
            ("3201010503900001", "320101050390001", Dates::Unknown, STEM),
            ("3201010503900001", "3201014503900001", Dates::Agree, DIFFERENT),
            ("3201010503900001", "3201014503900001", Dates::Unknown, STEM),
            ("3201010503900001", "3201012503900001", Dates::Agree, ONE_EDIT),
            ("3201010503900001", "3302020101800002", Dates::Unknown, DIFFERENT),
        ] {
            assert_eq!(compare_bytes(a.as_bytes(), b.as_bytes(), NIK, dates), level, "{a} {b}");
            assert_eq!(compare_bytes(b.as_bytes(), a.as_bytes(), NIK, dates), level, "{b} {a}");
        }
        assert_eq!(compare_bytes(b"3201010503900001", b"3201010503900010", PLAIN, Dates::Unknown), ONE_EDIT, "a number without a stem");
    }

    proptest! {
        #[test]
        fn numbers_that_share_nothing_are_different(
            a in "[0-9]{1,18}",
            edits in proptest::collection::vec((0_usize..18, 0_u8..10), 0..5),
            length in 0_usize..14,
            sex_digit in 0_usize..9,
        ) {
            let mut b = a.clone().into_bytes();
            for (at, digit) in edits {
                let at = at % b.len();
                b[at] = b'0' + digit;
            }
            let stem = Stem { length, sex_digit };
            let other = Digits::of(std::str::from_utf8(&b).expect("digits"));
            if share_nothing(Digits::of(&a), other, stem) {
                for dates in [Dates::Unknown, Dates::Agree, Dates::Differ] {
                    prop_assert_eq!(compare_bytes(a.as_bytes(), &b, stem, dates), DIFFERENT);
                }
            }
            let texts = [a.as_str(), std::str::from_utf8(&b).expect("digits")];
            let column = TextColumn { ids: vec![0, 1], values: std::sync::Arc::new(texts.into_iter().collect()) };
            let identifier = Identifier::new(&column, stem, None, &[0, 1]);
            for (left, right) in [(0, 1), (1, 0), (0, 0)] {
                let signed = |row: u32| (row, identifier.signature(row, row));
                let told = identifier.level(signed(left), signed(right));
                prop_assert!(told.is_none_or(|level| level == identifier.compare(left, right).level), "{:?} at a glance", told);
            }
        }
    }

    #[test]
    fn most_numbers_share_nothing() {
        let share_nothing = |a, b, stem| share_nothing(Digits::of(a), Digits::of(b), stem);
        assert!(share_nothing("3201010503900001", "3302020101800002", NIK));
        assert!(share_nothing("3201010503900001", "3302020101800002", PLAIN));
        assert!(!share_nothing("3201010503900001", "3201010503900320", NIK), "a stem");
        assert!(!share_nothing("3201010503900001", "3201014503900001", NIK), "a stem but for the sex");
        assert!(!share_nothing("3201010503900001", "320101050390001", NIK), "of another length");
    }

    #[test]
    fn numbers_without_a_stem() {
        for (a, b, level) in [
            ("078051120", "078015120", ONE_EDIT),
            ("078051120", "078051123", ONE_EDIT),
            ("5304218", "530421", ONE_EDIT),
            ("5304218", "5304281", ONE_EDIT),
            ("5304218", "5304228", ONE_EDIT),
            ("5304218", "5304182", DIFFERENT),
            ("AB1234", "AB1243", ONE_EDIT),
        ] {
            assert_eq!(compare_bytes(a.as_bytes(), b.as_bytes(), PLAIN, Dates::Unknown), level, "{a} {b}");
            assert_eq!(compare_bytes(b.as_bytes(), a.as_bytes(), PLAIN, Dates::Unknown), level, "{b} {a}");
        }
    }
}
