//! Dates as eight digits (`as = "date"`), where parts may be unknown (00) or impossible, and ages where a side knows no date.
//!
//! Example: 19900305 ~ 19900503 day and month swapped · ~ 19910305 one digit · ~ 19900101 or 19900000 default day · ~ 19790305 day and
//! month · ~ 19900327 year and month · ~ 19901205 year and day · ~ 19901127 same year · ~ 19900402 within a month · ~ 19870306 two digits;
//! 19900000 ~ 19910101 year one digit. With `age = "age"` and `as-of = "2020-06-30"`: 19900305 ~ 30 years fits, ~ 40 does not. Numeric dates are compared in
//! `date.rs`. The traps: a year alone that is equal is no date that is equal, although both read 19900000; and two first days of January share two parts
//! for no better reason than that nobody knew more.

use super::frequency::{equal_chance_where, of_texts};
use super::{Agreement, Comparator};
use crate::hash::FixedMap;
use crate::records::{NULL_ID, NULL_INT, TextColumn};
use crate::similarity::{osa_ascii, within_one_edit};

const DIFFERENT: u8 = 1;
// From here on two levels later where ages are compared.
const SAME_YEAR: u8 = 2;
const NEAR_YEAR: u8 = 3;
const TWO_DIGITS: u8 = 4;
const WITHIN_A_MONTH: u8 = 5;
// Two parts of three: strangers share a birthday one in 365, a month of a year one in a thousand, a year and a day of the month one in 2,500.
const DAY_AND_MONTH: u8 = 6;
const YEAR_AND_MONTH: u8 = 7;
const YEAR_AND_DAY: u8 = 8;
const DEFAULT_DAY: u8 = 9;
const ONE_DIGIT: u8 = 10;
const SWAPPED: u8 = 11;
const SAME: u8 = 12;
/// What stands there then.
const AGE_DIFFERS: u8 = 2;
const AGE_FITS: u8 = 3;

/// Days.
const MONTH: u32 = 31;

/// A date whose parts are 0 where unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    year: u16,
    month: u8,
    number: u8,
}

impl Day {
    /// Eight digits.
    fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 8] = text.as_bytes().try_into().ok()?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = |digits: &[u8]| digits.iter().fold(0_u16, |number, digit| number * 10 + u16::from(digit - b'0'));
        Some(Self { year: number(&digits[..4]), month: number(&digits[4..6]) as u8, number: number(&digits[6..]) as u8 })
    }

    /// Eight digits, or the same with hyphens.
    pub(super) fn literal(text: &str) -> Option<Self> {
        Self::parse(&text.replace('-', ""))
    }

    fn is_whole(self) -> bool {
        self.year > 0 && self.month > 0 && self.number > 0
    }

    /// Whether clerks write it where they know the year only, or nothing stands there.
    fn is_default(self) -> bool {
        self.month == 0 || matches!((self.month, self.number), (1 | 7, 1) | (12, 31))
    }

    /// Days since 1970-01-01 of a possible date (Hinnant, "chrono-compatible low-level date algorithms").
    fn ordinal(self) -> Option<i32> {
        if !self.is_whole() || self.month > 12 || self.number > 31 {
            return None;
        }
        let (month, day) = (i32::from(self.month), i32::from(self.number));
        let year = i32::from(self.year) - i32::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
    }

    fn digits(self) -> [u8; 8] {
        let mut number = u32::from(self.year) * 10_000 + u32::from(self.month) * 100 + u32::from(self.number);
        let mut digits = [0; 8];
        for digit in digits.iter_mut().rev() {
            *digit = (number % 10) as u8;
            number /= 10;
        }
        digits
    }
}

/// Ages in years, and when they were so.
pub(crate) struct Ages<'a> {
    pub(crate) age: &'a [i64],
    pub(crate) as_of: AsOf<'a>,
}

/// When an age was so.
pub(crate) enum AsOf<'a> {
    /// No one says: ages compare with ages.
    Unknown,
    /// On one day.
    Day(u16, u8, u8),
    /// On the row's own.
    Column(&'a TextColumn),
}

impl AsOf<'_> {
    /// A date literal.
    pub(crate) fn literal(text: &str) -> Self {
        Day::literal(text).map_or(Self::Unknown, |day| Self::Day(day.year, day.month, day.number))
    }

    fn get(&self, row: u32) -> Option<Day> {
        match self {
            Self::Unknown => None,
            Self::Day(year, month, number) => Some(Day { year: *year, month: *month, number: *number }),
            Self::Column(column) => column.get(row).and_then(Day::parse),
        }
        .filter(|day| day.year > 0)
    }
}

/// Compares dates of eight digits.
pub(crate) struct TextDate<'a> {
    column: &'a TextColumn,
    /// Per value: its date; `None` for another text.
    days: Vec<Option<Day>>,
    frequency: Vec<f32>,
    year_frequency: FixedMap<u32, f32>,
    ages: Option<Ages<'a>>,
}

impl<'a> TextDate<'a> {
    pub(crate) fn new(column: &'a TextColumn, ages: Option<Ages<'a>>, reference: &[u32]) -> Self {
        let days: Vec<Option<Day>> = column.values.iter().map(Day::parse).collect();
        let frequency = of_texts(column, reference);
        let mut years: FixedMap<u32, u32> = FixedMap::default();
        let mut total = 0_u32;
        for id in reference.iter().map(|row| column.ids[*row as usize]).filter(|id| *id != NULL_ID) {
            total += 1;
            if let Some(day) = days[id as usize] {
                *years.entry(u32::from(day.year)).or_default() += 1;
            }
        }
        let year_frequency = years.into_iter().map(|(year, count)| (year, count as f32 / total as f32)).collect();
        Self { column, days, frequency, year_frequency, ages }
    }

    /// A level of dates in the list of levels.
    fn level(&self, level: u8) -> u8 {
        if level > DIFFERENT && self.ages.is_some() { level + 2 } else { level }
    }

    fn agreement(&self, level: u8, a: u32, b: u32) -> Agreement {
        let frequency = match level {
            DIFFERENT => 0.0,
            SAME_YEAR | DEFAULT_DAY => {
                self.days[a as usize].and_then(|day| self.year_frequency.get(&u32::from(day.year))).copied().unwrap_or(0.0)
            }
            _ => self.frequency[a as usize].max(self.frequency[b as usize]),
        };
        Agreement { level: self.level(level), frequency }
    }

    fn compare_values(&self, a: u32, b: u32) -> Agreement {
        let level = match (self.days[a as usize], self.days[b as usize]) {
            (Some(x), Some(y)) => compare_days(x, y),
            _ if a == b => SAME,
            _ => {
                let (x, y) = (&self.column.values[a as usize], &self.column.values[b as usize]);
                if within_one_edit(x.as_bytes(), y.as_bytes()) { ONE_DIGIT } else { DIFFERENT }
            }
        };
        self.agreement(level, a, b)
    }

    /// Comparison where a side has an age alone.
    fn compare_ages(&self, ages: &Ages<'_>, left: u32, right: u32) -> Agreement {
        let born = |row: u32| {
            Some(self.column.ids[row as usize]).filter(|id| *id != NULL_ID).and_then(|id| self.days[id as usize]).filter(|day| day.year > 0)
        };
        let age = |row: u32| Some(ages.age[row as usize]).filter(|age| *age != NULL_INT && (0..=200).contains(age));
        let distance = match (born(left), born(right), age(left), age(right)) {
            (Some(born), _, _, Some(age)) => ages.as_of.get(right).map(|day| distance(born, age, day)),
            (_, Some(born), Some(age), _) => ages.as_of.get(left).map(|day| distance(born, age, day)),
            (None, None, Some(a), Some(b)) => match (ages.as_of.get(left), ages.as_of.get(right)) {
                (Some(x), Some(y)) => Some(((i64::from(x.year) - a) - (i64::from(y.year) - b)).abs()),
                (None, None) => Some((a - b).abs()),
                _ => None,
            },
            _ => None,
        };
        distance.map_or(Agreement::MISSING, |distance| Agreement::level(if distance <= 1 { AGE_FITS } else { AGE_DIFFERS }))
    }
}

/// Years between the age on a day and the one that a birth date gives.
fn distance(born: Day, age: i64, on: Day) -> i64 {
    let before_birthday = born.month > 0 && on.month > 0 && (on.month, on.number) < (born.month, born.number);
    (i64::from(on.year) - i64::from(born.year) - i64::from(before_birthday) - age).abs()
}

fn compare_days(a: Day, b: Day) -> u8 {
    let year = a.year == b.year && a.year > 0;
    let (month, day) = (a.month == b.month && a.month > 0, a.number == b.number && a.number > 0);
    if year && month && day {
        return SAME;
    }
    if year && a.month == b.number && a.number == b.month && a.is_whole() {
        return SWAPPED;
    }
    let unknown_day = month && (a.number == 0 || b.number == 0);
    if year && (a.is_default() || b.is_default() || unknown_day) {
        return DEFAULT_DAY;
    }
    if a.is_default() && b.is_default() {
        // Neither side knew more than the year: what else agrees is no evidence.
        let near = a.year > 0 && b.year > 0 && within_one_edit(&a.digits()[..4], &b.digits()[..4]);
        return if near { NEAR_YEAR } else { DIFFERENT };
    }
    if a.is_whole() && b.is_whole() && within_one_edit(&a.digits(), &b.digits()) {
        return ONE_DIGIT;
    }
    match (year, month, day) {
        (false, true, true) => return DAY_AND_MONTH,
        (true, true, false) => return YEAR_AND_MONTH,
        (true, false, true) => return YEAR_AND_DAY,
        _ => {}
    }
    if let (Some(x), Some(y)) = (a.ordinal(), b.ordinal())
        && x.abs_diff(y) <= MONTH
    {
        return WITHIN_A_MONTH;
    }
    if a.is_whole() && b.is_whole() && two_digits(a.digits(), b.digits()) {
        return TWO_DIGITS;
    }
    if year { SAME_YEAR } else { DIFFERENT }
}

fn two_digits(a: [u8; 8], b: [u8; 8]) -> bool {
    // Four places is what two swaps of neighbours leave different.
    a.iter().zip(&b).filter(|(x, y)| x != y).count() <= 4 && osa_ascii(&a, &b) <= 2
}

impl Comparator for TextDate<'_> {
    fn levels(&self) -> Vec<String> {
        let ages: &[&str] = if self.ages.is_some() { &["age differs", "age fits"] } else { &[] };
        let first = ["missing", "different"];
        let rest = [
            "same year",
            "year one digit",
            "two digits",
            "within a month",
            "day and month",
            "year and month",
            "year and day",
            "default day",
            "one digit",
            "day and month swapped",
            "same",
        ];
        first.iter().chain(ages).chain(&rest).map(|level| (*level).to_owned()).collect()
    }

    fn start(&self) -> Vec<f64> {
        let ages: &[f64] = if self.ages.is_some() { &[0.01, 0.1] } else { &[] };
        [&[0.02], ages, &[0.015, 0.01, 0.02, 0.01, 0.008, 0.008, 0.008, 0.03, 0.05, 0.02, 0.8]].concat()
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a != NULL_ID && b != NULL_ID {
            return self.compare_values(a, b);
        }
        self.ages.as_ref().map_or(Agreement::MISSING, |ages| self.compare_ages(ages, left, right))
    }

    fn ids(&self) -> Option<&[u32]> {
        self.ages.is_none().then_some(&self.column.ids)
    }

    fn compare_ids(&self, left: u32, right: u32) -> Agreement {
        self.compare_values(left, right)
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        let known = |row: u32| {
            self.column.ids[row as usize] != NULL_ID || self.ages.as_ref().is_some_and(|ages| ages.age[row as usize] != NULL_INT)
        };
        known(left) && known(right)
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        let whole = |id: u32| self.days[id as usize].is_none_or(Day::is_whole);
        equal_chance_where(&self.column.ids, left, right, whole)
    }
}

#[cfg(test)]
mod tests;
