//! Birth dates, with the errors that clerks make, and a year alone where a side has no more.
//!
//! Example: 05-03-1990 ~ 03-05-1990 day and month swapped · ~ 05-03-1991 one digit · ~ 01-01-1990 default day · ~ 05-03-1979 two parts.
//! A year that comes from an age may be off by one, hence `age agrees`.

use super::{Agreement, Comparator};
use crate::records::NULL_INT;

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
}

impl<'a> BirthDate<'a> {
    pub(crate) fn new(date: Option<&'a [i64]>, year: Option<&'a [i64]>) -> Self {
        Self { date, year }
    }

    fn year(&self, row: u32) -> Option<i64> {
        if let Some(year) = self.year.map(|values| values[row as usize]).filter(|value| *value != NULL_INT) {
            return Some(year);
        }
        self.date.map(|values| values[row as usize]).filter(|value| *value != NULL_INT).map(|value| i64::from(civil(value).0))
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
        if let Some(date) = self.date {
            let (a, b) = (date[left as usize], date[right as usize]);
            if a != NULL_INT && b != NULL_INT {
                return Agreement::level(if a == b { SAME } else { compare_dates(civil(a), civil(b)) });
            }
        }
        match (self.year(left), self.year(right)) {
            (Some(a), Some(b)) => Agreement::level(match (a - b).abs() {
                0 | 1 => AGE_AGREES,
                2..=4 => AGE_NEAR,
                _ => DIFFERENT,
            }),
            _ => Agreement::MISSING,
        }
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
    use super::*;

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
