//! Civil dates as the generator needs them: from and to days since 1970, and the written forms of extracts.

/// A date of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Date {
    pub(crate) year: i16,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// The day on which the population stands as the newest extracts see it.
pub(crate) const REFERENCE: Date = Date { year: 2025, month: 6, day: 30 };

impl Date {
    /// From days since 1970-01-01 (Hinnant, `civil_from_days`).
    pub(crate) fn from_days(days: i32) -> Self {
        let z = i64::from(days) + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        Self { year: year as i16, month: month as u8, day: (doy - (153 * mp + 2) / 5 + 1) as u8 }
    }

    /// Days since 1970-01-01 (Hinnant, `days_from_civil`).
    pub(crate) fn days(self) -> i32 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let yoe = year.rem_euclid(400);
        let month = i64::from(self.month);
        let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + i64::from(self.day) - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        (era * 146_097 + doe - 719_468) as i32
    }

    /// Whole years at `day`; negative before birth.
    pub(crate) fn age_at(self, day: Self) -> i32 {
        let years = i32::from(day.year) - i32::from(self.year);
        years - i32::from((day.month, day.day) < (self.month, self.day))
    }

    /// `1999-12-31`, for years of four digits.
    pub(crate) fn iso(self) -> [u8; 10] {
        let [[y1, y2], [y3, y4], [m1, m2], [d1, d2]] = self.pairs();
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]
    }

    /// `31/12/1999` with any separator.
    pub(crate) fn dmy(self, separator: u8) -> [u8; 10] {
        let [[y1, y2], [y3, y4], [m1, m2], [d1, d2]] = self.pairs();
        [d1, d2, separator, m1, m2, separator, y1, y2, y3, y4]
    }

    fn pairs(self) -> [[u8; 2]; 4] {
        let year = self.year.unsigned_abs();
        [year / 100 % 100, year % 100, u16::from(self.month), u16::from(self.day)]
            .map(|two| [b'0' + (two / 10) as u8, b'0' + (two % 10) as u8])
    }
}

/// A number as written, without the formatting machinery: several stand in every row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digits {
    bytes: [u8; 24],
    start: usize,
}

impl Digits {
    /// With leading zeros up to `width`, of 20 at most.
    pub(crate) fn of(value: i64, width: usize) -> Self {
        let mut bytes = [b'0'; 24];
        let mut at = bytes.len();
        let mut left = value.unsigned_abs();
        while left > 0 {
            at -= 1;
            bytes[at] = b'0' + (left % 10) as u8;
            left /= 10;
        }
        let mut start = at.min(bytes.len() - width.min(20));
        if value < 0 {
            start -= 1;
            bytes[start] = b'-';
        }
        Self { bytes, start }
    }

    /// ASCII.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

/// Appends a number with leading zeros.
pub(crate) fn push_padded(out: &mut String, value: i64, width: usize) {
    let digits = Digits::of(value, width);
    let digits = digits.bytes();
    if digits.len() <= 4 {
        for digit in digits {
            out.push(char::from(*digit));
        }
    } else {
        out.push_str(std::str::from_utf8(digits).unwrap_or(""));
    }
}

/// Appends a number.
pub(crate) fn push_int(out: &mut String, value: i64) {
    push_padded(out, value, 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(Date { year: 1970, month: 1, day: 1 }.days(), 0);
        assert_eq!(Date { year: 2000, month: 3, day: 1 }.days(), 11_017);
        for days in (-40_000..30_000).step_by(17) {
            assert_eq!(Date::from_days(days).days(), days);
        }
    }

    #[test]
    fn written_forms() {
        let day = Date { year: 1987, month: 4, day: 9 };
        assert_eq!((&day.iso(), &day.dmy(b'/')), (b"1987-04-09", b"09/04/1987"));
        let mut text = String::new();
        push_int(&mut text, 0);
        push_padded(&mut text, 7, 3);
        push_padded(&mut text, -12, 1);
        push_padded(&mut text, 3_271_014_503_900_002, 16);
        assert_eq!(text, "0007-123271014503900002");
        assert_eq!(Date { year: 1987, month: 7, day: 2 }.age_at(REFERENCE), 37);
    }
}
