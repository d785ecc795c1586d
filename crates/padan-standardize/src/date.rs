//! Birth dates: the profile's formats and ISO → a day, or nothing where it is blank, impossible or a placeholder.
//!
//! Two-digit years mean the hundred years up to the reference year. 1 January is kept: whether it is an office's stand-in is for the
//! linkage to weigh. The trap: day and month are never swapped to make a date possible; the profile says their order.

use std::borrow::Cow;

use padan_config::DateFormat;

use crate::text::fold;

/// A day of the Gregorian calendar, from 1890 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

/// The earliest birth year that a living list can hold.
pub const EARLIEST_YEAR: i16 = 1890;

impl Date {
    /// The day, where the calendar has it.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (day >= 1 && day <= days && year >= EARLIEST_YEAR).then_some(Self { year, month, day })
    }

    /// Four-digit year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }

    /// Days since 1970-01-01, the value of a date32 column (Hinnant, "chrono-compatible low-level date algorithms", 2013).
    pub fn days(self) -> i32 {
        let year = i32::from(self.year) - i32::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i32::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i32::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The day of a date32 value; `None` before 1890 or past the year 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        Self::new(i16::try_from(year).ok().filter(|year| *year <= 9999)?, month as u8, day as u8)
    }
}

/// Reads a birth date; `formats` are tried in order after ISO, years run from 1890 to `reference_year`.
///
/// ```text
/// "05/03/1990" (dmy)      → 1990-03-05
/// "5 Maret 1990"          → 1990-03-05
/// "05-03-90" (dmy, 2026)  → 1990-03-05
/// "1990-03-05 00:00:00"   → 1990-03-05
/// "31/02/1990"            → none
/// "00/00/0000", "01/01/1900" → none
/// ```
pub fn standard(text: &str, formats: &[DateFormat], reference_year: i16) -> Option<Date> {
    // Digits between dashes or slashes are what nearly all are, and nothing in them is to be folded.
    let is_plain = text.bytes().all(|byte| matches!(byte, b'-'..=b'9'));
    let folded = if is_plain { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) };
    let parts = Parts::of(&folded);
    let date = parts.iso().or_else(|| formats.iter().find_map(|format| parts.read(*format, reference_year))).or_else(|| serial(&folded))?;
    let placeholder = date == Date { year: 1900, month: 1, day: 1 };
    (!placeholder && date.year <= reference_year).then_some(date)
}

/// Runs of digits and of letters; the first six.
struct Parts<'a> {
    parts: [&'a str; 6],
    count: usize,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let mut parts = Self { parts: [""; 6], count: 0 };
        let bytes = text.as_bytes();
        let mut start = 0;
        while start < bytes.len() && parts.count < 6 {
            let digit = bytes[start].is_ascii_digit();
            if !digit && !bytes[start].is_ascii_alphabetic() {
                start += 1;
                continue;
            }
            let same = |byte: &u8| if digit { byte.is_ascii_digit() } else { byte.is_ascii_alphabetic() };
            let end = start + bytes[start..].iter().take_while(|byte| same(byte)).count();
            parts.parts[parts.count] = &text[start..end];
            parts.count += 1;
            start = end;
        }
        parts
    }

    /// `1990-03-05`, with or without a time of day.
    fn iso(&self) -> Option<Date> {
        if self.count < 3 || self.parts[0].len() != 4 {
            return None;
        }
        Date::new(number(self.parts[0])?, small(self.parts[1])?, small(self.parts[2])?)
    }

    fn read(&self, format: DateFormat, reference_year: i16) -> Option<Date> {
        let year = |text: &str| year(text, reference_year);
        let [a, b, c, ..] = self.parts;
        match format {
            DateFormat::Dmy if self.count >= 3 => Date::new(year(c)?, small(b).or_else(|| month(b))?, small(a)?),
            DateFormat::Mdy if self.count >= 3 => Date::new(year(c)?, small(a).or_else(|| month(a))?, small(b)?),
            DateFormat::Ymd if self.count >= 3 => Date::new(year(a)?, small(b)?, small(c)?),
            DateFormat::DayMonthName if self.count >= 3 => Date::new(year(c)?, month(b)?, small(a)?),
            DateFormat::Compact if self.count == 1 && a.len() == 8 => {
                let day_first = Date::new(number(&a[4..])?, small(&a[2..4])?, small(&a[..2])?);
                day_first.or_else(|| Date::new(number(&a[..4])?, small(&a[4..6])?, small(&a[6..])?))
            }
            DateFormat::Compact if self.count == 1 && a.len() == 7 => Date::new(number(&a[3..])?, small(&a[1..3])?, small(&a[..1])?),
            _ => None,
        }
    }
}

fn number(text: &str) -> Option<i16> {
    text.parse().ok()
}

fn small(text: &str) -> Option<u8> {
    if text.len() > 2 { None } else { text.parse().ok() }
}

fn year(text: &str, reference_year: i16) -> Option<i16> {
    match text.len() {
        4 => number(text),
        2 => {
            let year = number(text)?;
            let century = reference_year - reference_year % 100;
            Some(if year <= reference_year % 100 { century + year } else { century - 100 + year })
        }
        _ => None,
    }
}

/// Month names in Indonesian and English by their first three letters, with the misspellings that are common.
fn month(text: &str) -> Option<u8> {
    Some(match text.get(..3)? {
        "JAN" => 1,
        "FEB" | "PEB" => 2,
        "MAR" => 3,
        "APR" => 4,
        "MEI" | "MAY" => 5,
        "JUN" => 6,
        "JUL" => 7,
        "AGU" | "AGS" | "AGT" | "AUG" => 8,
        "SEP" => 9,
        "OKT" | "OCT" => 10,
        "NOV" | "NOP" => 11,
        "DES" | "DEC" => 12,
        _ => return None,
    })
}

/// A spreadsheet's day number that lost its date format: days since 1899-12-30, for births from 1904 on.
fn serial(text: &str) -> Option<Date> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if whole.len() != 4 && whole.len() != 5 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let days: i32 = whole.parse().ok().filter(|days| (10_000..60_000).contains(days))?;
    Date::from_days(days - 25_569)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, formats: &[DateFormat]) -> Option<(i16, u8, u8)> {
        standard(text, formats, 2026).map(|date| (date.year(), date.month(), date.day()))
    }

    #[test]
    fn formats() {
        use DateFormat::{Compact, DayMonthName, Dmy, Mdy, Ymd};
        let day = Some((1990, 3, 5));
        for (text, format, date) in [
            ("05/03/1990", Dmy, day),
            ("5-3-1990", Dmy, day),
            ("05.03.1990", Dmy, day),
            ("05 03 1990", Dmy, day),
            ("05/03/90", Dmy, day),
            ("05/03/25", Dmy, Some((2025, 3, 5))),
            ("05-Mar-1990", Dmy, day),
            ("03/05/1990", Mdy, day),
            ("1990/03/05", Ymd, day),
            ("05031990", Compact, day),
            ("5031990", Compact, day),
            ("19900305", Compact, day),
            ("5 MARET 1990", DayMonthName, day),
            ("05 maret 1990", DayMonthName, day),
            ("17 Agustus 1945", DayMonthName, Some((1945, 8, 17))),
            ("31-Des-99", DayMonthName, Some((1999, 12, 31))),
            ("1 May 2001", DayMonthName, Some((2001, 5, 1))),
            ("10 Nopember 1970", DayMonthName, Some((1970, 11, 10))),
            ("10 Pebruari 1970", DayMonthName, Some((1970, 2, 10))),
            ("1990-03-05", Dmy, day),
            ("1990-03-05T00:00:00", Dmy, day),
            ("1990-03-05 00:00:00.000", Dmy, day),
            ("32937", Dmy, day),
            ("29/02/2000", Dmy, Some((2000, 2, 29))),
            ("29/02/1900", Dmy, None),
            ("31/02/1990", Dmy, None),
            ("12/31/1999", Dmy, None),
            ("00/00/0000", Dmy, None),
            ("0000-00-00", Dmy, None),
            ("01/01/1900", Dmy, None),
            ("1900-01-01", Dmy, None),
            ("01/01/1990", Dmy, Some((1990, 1, 1))),
            ("05/03/2027", Dmy, None),
            ("05/03/1889", Dmy, None),
            ("05/03/19900", Dmy, None),
            ("TIDAK TAHU", Dmy, None),
            ("", Dmy, None),
            ("-", Dmy, None),
            ("1990", Dmy, None),
        ] {
            assert_eq!(check(text, &[format]), date, "{text}");
        }
    }

    #[test]
    fn the_first_format_that_reads_it_wins() {
        assert_eq!(check("12/31/1999", &[DateFormat::Dmy, DateFormat::Mdy]), Some((1999, 12, 31)));
        assert_eq!(check("05/03/1990", &[DateFormat::Dmy, DateFormat::Mdy]), Some((1990, 3, 5)));
    }

    #[test]
    fn days_are_those_of_arrow() {
        assert_eq!(Date::new(1970, 1, 1).map(Date::days), Some(0));
        assert_eq!(Date::new(2000, 3, 1).map(Date::days), Some(11_017));
        assert_eq!(Date::new(1890, 1, 1).map(Date::days), Some(-29_219));
    }

    proptest! {
        #[test]
        fn days_and_back(days in -29_219..1_000_000_i32) {
            prop_assert_eq!(Date::from_days(days).map(Date::days), Some(days));
        }

        #[test]
        fn any_text_is_read(text in "\\PC*") {
            standard(&text, &[DateFormat::Dmy, DateFormat::Compact, DateFormat::DayMonthName], 2026);
        }
    }
}
