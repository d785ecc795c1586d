//! Birth dates, with the errors that clerks make, and a year alone where a side has no more.
//!
//! Example: 05-03-1990 ~ 03-05-1990 day and month swapped · ~ 05-03-1991 one digit · ~ 01-01-1990 default day · ~ 05-03-1979 two parts.
//! A year that comes from an age may be off by one, hence `age agrees`.

use rayon::prelude::*;

use super::{Agreement, Comparator, Glimpse, Signature};
use crate::records::{NULL_ID, NULL_INT};

const DIFFERENT: u8 = 1;
const AGE_NEAR: u8 = 2;
const AGE_AGREES: u8 = 3;
const SAME_YEAR: u8 = 4;
const TWO_PARTS: u8 = 5;
const DEFAULT_DAY: u8 = 6;
const ONE_DIGIT: u8 = 7;
const SWAPPED: u8 = 8;
const SAME: u8 = 9;

/// Year, month and day of days since 1970-01-01 (proleptic Gregorian; Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn civil(days: i64) -> (i32, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year as i32, month, day)
}

/// Compares birth dates.
pub(crate) struct BirthDate<'a> {
    date: Option<&'a [i64]>,
    year: Option<&'a [i64]>,
    /// By row: what it says as digits `DDMMYYYY` of four bits each, day and month 0 where it says the year alone; `BY_ROW` where it says
    /// two years.
    digits: Vec<u32>,
    /// Whether any does.
    by_row: bool,
}

/// A row whose date and year digits cannot say, which is compared by both.
const BY_ROW: u32 = NULL_ID - 1;

impl<'a> BirthDate<'a> {
    pub(crate) fn new(date: Option<&'a [i64]>, year: Option<&'a [i64]>) -> Self {
        let rows = date.or(year).map_or(0, <[i64]>::len);
        let at = |values: Option<&[i64]>, row: usize| values.map(|values| values[row]).filter(|value| *value != NULL_INT);
        let digits: Vec<u32> = (0..rows).into_par_iter().map(|row| digits_of(at(date, row), at(year, row)).unwrap_or(BY_ROW)).collect();
        Self { date, year, by_row: digits.par_iter().any(|digits| *digits == BY_ROW), digits }
    }

    /// Compares by the date and the year of each row.
    fn compare_rows(&self, left: u32, right: u32) -> Agreement {
        if let Some(date) = self.date {
            let (a, b) = (date[left as usize], date[right as usize]);
            if a != NULL_INT && b != NULL_INT {
                return Agreement::level(if a == b { SAME } else { compare_dates(civil(a), civil(b)) });
            }
        }
        match (self.year(left), self.year(right)) {
            (Some(a), Some(b)) => Agreement::level(compare_years(a, b)),
            _ => Agreement::MISSING,
        }
    }

    fn year(&self, row: u32) -> Option<i64> {
        if let Some(year) = self.year.map(|values| values[row as usize]).filter(|value| *value != NULL_INT) {
            return Some(year);
        }
        self.date.map(|values| values[row as usize]).filter(|value| *value != NULL_INT).map(|value| i64::from(civil(value).0))
    }
}

/// Digits of a date or a year; `NULL_ID` where there is neither, `None` where they do not fit or differ.
fn digits_of(date: Option<i64>, year: Option<i64>) -> Option<u32> {
    let digits = |number: i64| (0..4).fold(0, |digits, place| digits | (number / 10_i64.pow(place) % 10) << (4 * place)) as u32;
    let year = match (date.map(civil), year) {
        (None, None) => return Some(NULL_ID),
        (Some((own, ..)), Some(year)) if i64::from(own) != year => return None,
        (Some((own, ..)), _) => i64::from(own),
        (None, Some(year)) => year,
    };
    let day_and_month = date.map(civil).map_or(0, |(_, month, day)| digits(i64::from(day) * 100 + i64::from(month)));
    (0..=9_999).contains(&year).then_some(day_and_month << 16 | digits(year))
}

fn compare_years(a: i64, b: i64) -> u8 {
    match (a - b).abs() {
        0 | 1 => AGE_AGREES,
        2..=4 => AGE_NEAR,
        _ => DIFFERENT,
    }
}

impl Comparator for BirthDate<'_> {
    fn levels(&self) -> Vec<String> {
        [
            "missing",
            "different",
            "age near",
            "age agrees",
            "same year",
            "two parts",
            "default day",
            "one digit",
            "day and month swapped",
            "same",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn start(&self) -> Vec<f64> {
        vec![0.02, 0.03, 0.1, 0.015, 0.015, 0.03, 0.03, 0.02, 0.8]
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.digits[left as usize], self.digits[right as usize]);
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.compare_known((left, right), (a, b)) }
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(&self.digits)
    }

    fn compare_known(&self, (left, right): (u32, u32), (a, b): (u32, u32)) -> Agreement {
        if a == BY_ROW || b == BY_ROW { self.compare_rows(left, right) } else { self.compare_ids(a, b) }
    }

    fn compare_ids(&self, left: u32, right: u32) -> Agreement {
        let year = |digits: u32| (0..4).map(|place| i64::from(digits >> (4 * place) & 15) * 10_i64.pow(place)).sum();
        Agreement::level(match left >> 16 == 0 || right >> 16 == 0 {
            true => compare_years(year(left), year(right)),
            false if left == right => SAME,
            false => compare_digits(left, right),
        })
    }

    fn best_unequal(&self) -> Option<u8> {
        (!self.by_row).then_some(SWAPPED)
    }

    fn glimpse(&self) -> Option<&dyn Glimpse> {
        Some(self)
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.digits[left as usize] != NULL_ID && self.digits[right as usize] != NULL_ID
    }
}

/// The digits are the ids, and all there is.
impl Glimpse for BirthDate<'_> {
    fn words(&self) -> usize {
        0
    }

    fn signature(&self, _row: u32, _value: u32) -> Signature {
        Signature::default()
    }

    fn level(&self, (a, _): (u32, Signature), (b, _): (u32, Signature)) -> Option<u8> {
        (a != BY_ROW && b != BY_ROW).then(|| self.compare_ids(a, b).level)
    }
}

/// Two different dates as digits, as [`compare_dates`] compares them.
fn compare_digits(a: u32, b: u32) -> u8 {
    let bits = a ^ b;
    let same_year = bits << 16 == 0;
    let day_and_month = |digits: u32| (digits >> 24, digits >> 16 & 0xFF);
    let ((day_a, month_a), (day_b, month_b)) = (day_and_month(a), day_and_month(b));
    if same_year && (day_a, month_a) == (month_b, day_b) {
        return SWAPPED;
    }
    let is_default = |digits: u32| matches!(digits >> 16, 0x0101 | 0x3112 | 0x0107);
    if same_year && (is_default(a) || is_default(b)) {
        return DEFAULT_DAY;
    }
    // The lowest bit of every digit that differs; of one, or of two neighbours that change places.
    let places = (bits | bits >> 1 | bits >> 2 | bits >> 3) & 0x1111_1111;
    let last = places & places.wrapping_neg();
    let neighbours = || {
        let at = last.trailing_zeros();
        places == last | last << 4 && a >> at & 15 == b >> (at + 4) & 15 && a >> (at + 4) & 15 == b >> at & 15
    };
    if places == last || neighbours() {
        return ONE_DIGIT;
    }
    match (usize::from(same_year) + usize::from(month_a == month_b) + usize::from(day_a == day_b), same_year) {
        (2, _) => TWO_PARTS,
        (_, true) => SAME_YEAR,
        _ => DIFFERENT,
    }
}

fn compare_dates(a: (i32, u32, u32), b: (i32, u32, u32)) -> u8 {
    let ((year_a, month_a, day_a), (year_b, month_b, day_b)) = (a, b);
    if year_a == year_b && month_a == day_b && day_a == month_b {
        return SWAPPED;
    }
    let is_default = |month: u32, day: u32| (month, day) == (1, 1) || (month, day) == (12, 31) || (month, day) == (7, 1);
    if year_a == year_b && (is_default(month_a, day_a) || is_default(month_b, day_b)) {
        return DEFAULT_DAY;
    }
    if one_digit(a, b) {
        return ONE_DIGIT;
    }
    let parts = usize::from(year_a == year_b) + usize::from(month_a == month_b) + usize::from(day_a == day_b);
    if parts == 2 {
        return TWO_PARTS;
    }
    if year_a == year_b {
        return SAME_YEAR;
    }
    DIFFERENT
}

/// Whether one digit of `DDMMYYYY`, or two neighbouring digits swapped, makes the difference.
fn one_digit(a: (i32, u32, u32), b: (i32, u32, u32)) -> bool {
    let digits = |(year, month, day): (i32, u32, u32)| {
        let mut number = day as usize * 1_000_000 + month as usize * 10_000 + year.unsigned_abs() as usize;
        let mut text = [0_u8; 8];
        for slot in text.iter_mut().rev() {
            *slot = (number % 10) as u8;
            number /= 10;
        }
        text
    };
    crate::similarity::within_one_edit(&digits(a), &digits(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_compare_as_dates(a in -40_000_i64..25_000, other in -40_000_i64..25_000, near in -400_i64..400, is_near: bool) {
            let b = if is_near { a + near } else { other };
            let dates = [a, b, NULL_INT, NULL_INT];
            let years = [NULL_INT, i64::from(civil(b).0), i64::from(civil(a).0), NULL_INT];
            let by_digits = BirthDate::new(Some(&dates), Some(&years));
            prop_assert!(!by_digits.by_row);
            for (left, right) in [(0, 1), (1, 0), (0, 2), (1, 2), (2, 1), (0, 3), (2, 3)] {
                let known = (by_digits.digits[left as usize], by_digits.digits[right as usize]);
                if known.0 != NULL_ID && known.1 != NULL_ID {
                    let level = by_digits.level((known.0, Signature(0)), (known.1, Signature(0)));
                    prop_assert_eq!(level, Some(by_digits.compare(left, right).level));
                }
                prop_assert_eq!(by_digits.compare(left, right), by_digits.compare_rows(left, right), "{:?} {:?}", civil(a), civil(b));
            }
        }
    }

    #[test]
    fn a_row_of_two_years_is_compared_by_its_date_and_its_year() {
        let date = BirthDate::new(Some(&[0, 0, NULL_INT]), Some(&[1965, NULL_INT, 1965]));
        assert!(date.by_row && date.level((BY_ROW, Signature(0)), (date.digits[1], Signature(0))).is_none());
        assert_eq!((date.compare(0, 1).level, date.compare(0, 2).level, date.compare(1, 2).level), (SAME, AGE_AGREES, DIFFERENT));
    }

    #[test]
    fn civil_dates() {
        for (days, expected) in [(0, (1970, 1, 1)), (-1, (1969, 12, 31)), (19_782, (2024, 2, 29)), (-25_567, (1900, 1, 1))] {
            assert_eq!(civil(days), expected);
        }
    }

    #[test]
    fn levels() {
        for (a, b, level) in [
            ((1990, 3, 5), (1990, 5, 3), SWAPPED),
            ((1990, 3, 5), (1991, 3, 5), ONE_DIGIT),
            ((1990, 3, 5), (1990, 1, 1), DEFAULT_DAY),
            ((1990, 3, 5), (1979, 3, 5), TWO_PARTS),
            ((1990, 3, 5), (1990, 11, 27), SAME_YEAR),
            ((1990, 3, 15), (1990, 3, 6), TWO_PARTS),
            ((1990, 3, 5), (1961, 11, 27), DIFFERENT),
        ] {
            assert_eq!(compare_dates(a, b), level, "{a:?} {b:?}");
            assert_eq!(compare_dates(b, a), level);
        }
    }
}
