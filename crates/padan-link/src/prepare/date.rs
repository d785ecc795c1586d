//! Dates as eight digits, `YYYYMMDD`: unknown parts are 00, impossible ones stay.
//!
//! Example: `1990-03-05`, `19900305`, `5/3/1990`, `05-Mar-1990`, `1990-03-05T00:00:00` → `19900305`; `1990` → `19900000`; `1662-01-81` →
//! `16620181`, because a mistyped date still says something. Where only the column can tell which of day and month stands first
//! ([`Votes`]), it is asked. A year of two digits is of 1931 to 2030. First days of calendars (0001-01-01, 1899-12-30, 1900-01-01) and
//! 9999-12-31 fill fields and are null.

use super::columns::DateOrder;

/// What the dates of one column say of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Votes {
    day_first: u64,
    month_first: u64,
    /// Eight digits together that begin, and that end, with a year.
    year_first: u64,
    year_last: u64,
}

/// How the dates of a column are read where they do not tell themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reading {
    month_first: bool,
    year_last: bool,
}

impl Votes {
    /// Counts one value.
    pub(super) fn count(&mut self, text: &str) {
        let parts = Parts::of(text);
        match parts.list() {
            [Part::Number { value, length: length @ 7..=8 }] => match compact(*value, *length) {
                Compact::YearFirst => self.year_first += 1,
                Compact::YearLast => {
                    self.year_last += 1;
                    self.vote(value / 1_000_000, value / 10_000 % 100);
                }
                Compact::Unclear => {}
            },
            [
                Part::Number { value: a, length: 1..=2 },
                Part::Number { value: b, length: 1..=2 },
                Part::Number { length: 2 | 4, .. },
                ..,
            ] => {
                self.vote(*a, *b);
            }
            _ => {}
        }
    }

    fn vote(&mut self, a: u32, b: u32) {
        self.day_first += u64::from((13..=31).contains(&a) && (1..=12).contains(&b));
        self.month_first += u64::from((1..=12).contains(&a) && (13..=31).contains(&b));
    }

    /// Both columns' votes.
    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            day_first: self.day_first + other.day_first,
            month_first: self.month_first + other.month_first,
            year_first: self.year_first + other.year_first,
            year_last: self.year_last + other.year_last,
        }
    }

    /// The reading that most values ask for.
    pub(super) fn reading(self, order: DateOrder) -> Reading {
        let month_first = match order {
            DateOrder::Auto => self.month_first > self.day_first,
            DateOrder::DayFirst => false,
            DateOrder::MonthFirst => true,
        };
        Reading { month_first, year_last: self.year_last > self.year_first }
    }
}

/// Appends the date; nothing where there is none.
pub(super) fn date(text: &str, reading: Reading, out: &mut String) {
    let parts = Parts::of(text);
    let Some((year, month, day)) = read(parts.list(), reading) else { return };
    if matches!((year, month, day), (0, 0, 0) | (1, 1, 1) | (1899, 12, 30 | 31) | (1900, 1, 0 | 1) | (9999, 12, 31)) {
        return;
    }
    let mut number = year * 10_000 + month * 100 + day;
    let mut digits = [b'0'; 8];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.extend(digits.map(char::from));
}

/// Something between separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Number {
        value: u32,
        length: usize,
    },
    Month(u32),
    /// `XX`, `??`, `19xx`.
    Unknown {
        length: usize,
    },
}

impl Part {
    /// As a day or a month: 00 where it is neither.
    fn small(self) -> u32 {
        match self {
            Self::Number { value, .. } if value < 100 => value,
            Self::Month(month) => month,
            _ => 0,
        }
    }

    fn year(self) -> u32 {
        match self {
            Self::Number { value, length: 2 } => value + if value > 30 { 1900 } else { 2000 },
            Self::Number { value, length: 4 } => value,
            _ => 0,
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Number { length, .. } | Self::Unknown { length } => length,
            Self::Month(_) => 0,
        }
    }
}

/// The first parts of a value, without its time.
struct Parts {
    parts: [Part; 3],
    count: usize,
}

impl Parts {
    fn of(text: &str) -> Self {
        let mut parts = Self { parts: [Part::Unknown { length: 0 }; 3], count: 0 };
        let bytes = without_time(text).as_bytes();
        let is_wild = |byte: u8| matches!(byte, b'?' | b'*' | b'x' | b'X');
        let mut at = 0;
        while at < bytes.len() && parts.count < 3 {
            let run = |belongs: &dyn Fn(u8) -> bool| bytes[at..].iter().take_while(|byte| belongs(**byte)).count();
            let length = run(&|byte| byte.is_ascii_digit() || is_wild(byte));
            if length > 0 {
                let token = &bytes[at..at + length];
                let value =
                    token.iter().take(9).try_fold(0_u32, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')));
                parts.push(value.filter(|_| length < 9).map_or(Part::Unknown { length }, |value| Part::Number { value, length }));
                at += length;
                continue;
            }
            let length = run(&|byte| !byte.is_ascii_digit() && (byte.is_ascii_alphabetic() || byte >= 128));
            if let Some(month) = month(&bytes[at..at + length]) {
                parts.push(Part::Month(month));
            }
            at += length.max(1);
        }
        parts
    }

    fn push(&mut self, part: Part) {
        self.parts[self.count] = part;
        self.count += 1;
    }

    fn list(&self) -> &[Part] {
        &self.parts[..self.count]
    }
}

/// The text before a time of day: what stands before the space or `T` before the first colon.
fn without_time(text: &str) -> &str {
    match text.find(':') {
        None => text,
        Some(colon) => text[..colon].rfind([' ', 'T', 't']).map_or(text, |at| &text[..at]),
    }
}

/// The month of a name in English, French, Spanish, Portuguese, Italian, German, Dutch or Indonesian, by its first letters.
fn month(word: &[u8]) -> Option<u32> {
    // é, û and ä of février, août, août and März: the first letter and the ending tell.
    let word: Vec<u8> = word.iter().filter(|byte| byte.is_ascii()).map(u8::to_ascii_lowercase).collect();
    Some(match word.get(..3.min(word.len()))? {
        b"jan" | b"ene" | b"gen" => 1,
        b"feb" | b"fev" | b"fvr" => 2,
        b"mar" | b"mrt" | b"mrz" | b"maa" => 3,
        b"apr" | b"avr" | b"abr" => 4,
        b"may" | b"mei" | b"mai" | b"mag" => 5,
        b"jun" | b"giu" => 6,
        b"jul" | b"lug" => 7,
        b"jui" => {
            if word.get(3) == Some(&b'l') {
                7
            } else {
                6
            }
        }
        b"aug" | b"agu" | b"ago" | b"aou" | b"aot" | b"agt" => 8,
        b"sep" | b"set" => 9,
        b"oct" | b"okt" | b"out" | b"ott" => 10,
        b"nov" | b"nop" => 11,
        b"dec" | b"des" | b"dez" | b"dic" | b"dc" => 12,
        _ => return None,
    })
}

/// What eight digits together are; seven have lost a leading zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compact {
    YearFirst,
    YearLast,
    Unclear,
}

fn compact(value: u32, length: usize) -> Compact {
    let year = |year: u32| (1800..=2100).contains(&year);
    let pair = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    let (a, b) = (value / 1_000_000, value / 10_000 % 100);
    if length == 8 && year(value / 10_000) && pair(value / 100 % 100, value % 100) {
        Compact::YearFirst
    } else if year(value % 10_000) && (pair(a, b) || pair(b, a)) {
        Compact::YearLast
    } else {
        Compact::Unclear
    }
}

/// Year, month and day, 0 where unknown.
fn read(parts: &[Part], reading: Reading) -> Option<(u32, u32, u32)> {
    match parts {
        [Part::Number { value, length: length @ 7..=8 }] => {
            let year_last = match compact(*value, *length) {
                Compact::YearFirst => false,
                Compact::YearLast => true,
                Compact::Unclear => reading.year_last,
            };
            if year_last {
                let (month, day) = ordered(value / 1_000_000, value / 10_000 % 100, reading);
                Some((value % 10_000, month, day))
            } else {
                (*length == 8).then_some((value / 10_000, value / 100 % 100, value % 100))
            }
        }
        [Part::Number { value, length: 4 }] => Some((*value, 0, 0)),
        [Part::Number { value, length: 6 }] if (1800..=2100).contains(&(value / 100)) && (1..=12).contains(&(value % 100)) => {
            Some((value / 100, value % 100, 0))
        }
        [year, month] | [month, year] if year.length() == 4 && month.length() <= 2 => Some((year.year(), month.small(), 0)),
        [year, a, b] if year.length() == 4 => {
            let (month, day) = if matches!(b, Part::Month(_)) { (b, a) } else { (a, b) };
            Some((year.year(), month.small(), day.small()))
        }
        [a, b, year] if matches!(year.length(), 2 | 4) => {
            let (month, day) = match (a, b) {
                (_, Part::Month(month)) => (*month, a.small()),
                (Part::Month(month), _) => (*month, b.small()),
                _ => ordered(a.small(), b.small(), reading),
            };
            Some((year.year(), month, day))
        }
        _ => None,
    }
}

/// Month and day of two numbers: by what they can be, else by the column.
fn ordered(a: u32, b: u32, reading: Reading) -> (u32, u32) {
    let month_first = match (a > 12, b > 12) {
        (true, false) => false,
        (false, true) => true,
        _ => reading.month_first,
    };
    if month_first { (a, b) } else { (b, a) }
}

#[cfg(test)]
mod tests;
