//! NIK and No KK: sixteen digits that were checked once and are never printed whole.
//!
//! `FromStr` takes digits only; cleaning what offices type (spaces, apostrophes, `O` for 0) is the standardizer's. The trap: a
//! domicile that differs from the NIK's region, or a birth date that differs from the embedded one, is evidence and never an error.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Why sixteen characters are no identifier.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdentifierError {
    /// Not sixteen ASCII digits.
    #[error("expected 16 digits, found {length} characters")]
    Shape {
        /// Characters found.
        length: usize,
    },
    /// A placeholder such as sixteen equal digits.
    #[error("a placeholder, not an identifier")]
    Placeholder,
    /// The digits of the date or of the serial cannot occur.
    #[error("impossible {part}")]
    Impossible {
        /// `region`, `date` or `serial`.
        part: &'static str,
    },
}

/// Nomor Induk Kependudukan: `PPKKCC DDMMYY NNNN`, day + 40 for women.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Nik(u64);

/// Nomor Kartu Keluarga: `PPKKCC` + date of issue + serial.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoKk(u64);

fn digits(text: &str) -> Result<u64, IdentifierError> {
    let shape = || IdentifierError::Shape { length: text.chars().count() };
    if text.len() != 16 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(shape());
    }
    let value: u64 = text.parse().map_err(|_| shape())?;
    let first = text.as_bytes()[0];
    if text.bytes().all(|b| b == first) || value == 1_234_567_890_123_456 {
        return Err(IdentifierError::Placeholder);
    }
    Ok(value)
}

/// Checks region, date and serial of `PPKKCC DDMMYY NNNN`; `max_day` is 71 where women's days are raised by 40.
fn check(value: u64, max_day: u64) -> Result<u64, IdentifierError> {
    let province = value / 100_000_000_000_000;
    let day = value / 100_000_000 % 100;
    let month = value / 1_000_000 % 100;
    if !(11..=97).contains(&province) {
        return Err(IdentifierError::Impossible { part: "region" });
    }
    let real_day = if day > 40 { day - 40 } else { day };
    if day == 0 || day > max_day || real_day == 0 || real_day > 31 || month == 0 || month > 12 {
        return Err(IdentifierError::Impossible { part: "date" });
    }
    if value.is_multiple_of(10_000) {
        return Err(IdentifierError::Impossible { part: "serial" });
    }
    Ok(value)
}

impl Nik {
    /// The digits as a number.
    pub fn value(self) -> u64 {
        self.0
    }

    /// `PPKKCC`, the kecamatan of first registration.
    pub fn region(self) -> u32 {
        (self.0 / 10_000_000_000) as u32
    }

    /// Whether the day says woman (day + 40).
    pub fn is_female(self) -> bool {
        self.0 / 100_000_000 % 100 > 40
    }

    /// Embedded day, month and two-digit year; the century is not known.
    pub fn birth(self) -> (u8, u8, u8) {
        let day = (self.0 / 100_000_000 % 100) as u8;
        let day = if day > 40 { day - 40 } else { day };
        (day, (self.0 / 1_000_000 % 100) as u8, (self.0 / 10_000 % 100) as u8)
    }
}

impl NoKk {
    /// The digits as a number.
    pub fn value(self) -> u64 {
        self.0
    }
}

impl FromStr for Nik {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        digits(text).and_then(|value| check(value, 71)).map(Self)
    }
}

impl FromStr for NoKk {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        digits(text).and_then(|value| check(value, 71)).map(Self)
    }
}

/// Prints the province and kab/kota only.
fn redacted(value: u64, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(formatter, "{:04}************", value / 1_000_000_000_000)
}

impl fmt::Display for Nik {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(self.0, formatter)
    }
}

impl fmt::Debug for Nik {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(self.0, formatter)
    }
}

impl fmt::Display for NoKk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(self.0, formatter)
    }
}

impl fmt::Debug for NoKk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted(self.0, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nik_parses_and_hides() {
        let nik: Nik = "3201014503900001".parse().expect("valid");
        assert_eq!(nik.region(), 320_101);
        assert!(nik.is_female());
        assert_eq!(nik.birth(), (5, 3, 90));
        assert_eq!(format!("{nik} {nik:?}"), "3201************ 3201************");
    }

    #[test]
    fn nik_refuses() {
        for (text, part) in
            [("3201010000900001", "date"), ("3201014513900001", "date"), ("3201014503900000", "serial"), ("0101014503900001", "region")]
        {
            assert_eq!(text.parse::<Nik>(), Err(IdentifierError::Impossible { part }), "{text}");
        }
        assert_eq!("0000000000000000".parse::<Nik>(), Err(IdentifierError::Placeholder));
        assert_eq!("32010145".parse::<Nik>(), Err(IdentifierError::Shape { length: 8 }));
        assert!("32010145O3900001".parse::<Nik>().is_err());
    }
}
