//! A size in bytes as people write and read it: `8GiB`, `2GB`, `512MiB`.
//!
//! `GB` is 1000³ and `GiB` 1024³, in capitals or not: memory is never counted in bits.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// Bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub(crate) struct Size(pub(crate) u64);

/// Units with their bytes.
const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

/// Why a text is no size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SizeError {
    /// It does not begin with a number.
    NoNumber,
    /// No unit follows the number; the nearest right text.
    NoUnit(String),
    /// What follows is no unit; it, and the nearest right text.
    Unit(String, String),
    /// Nothing, or more bytes than there are addresses for.
    Range,
}

impl fmt::Display for SizeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNumber => write!(formatter, "a size is a number and a unit, such as 8GiB or 512MiB"),
            Self::NoUnit(nearest) => write!(formatter, "its unit is missing; is it `{nearest}`?"),
            Self::Unit(unit, nearest) => write!(formatter, "there is no unit `{unit}`; is it `{nearest}`?"),
            Self::Range => write!(formatter, "nothing fits into it, or it is more than can be counted"),
        }
    }
}

impl std::error::Error for SizeError {}

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        let text = text.trim();
        let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len()));
        let unit = unit.trim();
        let count: f64 = number.parse().map_err(|_| SizeError::NoNumber)?;
        let Some((_, bytes)) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) else {
            let nearest = format!("{number}{}", nearest_unit(unit));
            return Err(if unit.is_empty() { SizeError::NoUnit(nearest) } else { SizeError::Unit(unit.to_owned(), nearest) });
        };
        let size = count * *bytes as f64;
        if (1.0..u64::MAX as f64).contains(&size) { Ok(Self(size as u64)) } else { Err(SizeError::Range) }
    }
}

/// The unit that is meant: of its first letter, else the one in which memory is counted.
fn nearest_unit(unit: &str) -> &'static str {
    let letter = unit.chars().next().unwrap_or('G').to_ascii_uppercase();
    UNITS.iter().skip(1).map(|(name, _)| *name).find(|name| name.starts_with(letter)).unwrap_or("GiB")
}

impl Size {
    /// As an argument to type: the next tenth of a GiB, below one the next 64 MiB.
    pub(crate) fn to_type(self) -> String {
        let Self(bytes) = self;
        let tenths = (u128::from(bytes) * 10).div_ceil(1 << 30);
        match (tenths / 10, tenths % 10) {
            (0, _) => format!("{}MiB", bytes.div_ceil(1 << 26).max(1) * 64),
            (whole, 0) => format!("{whole}GiB"),
            (whole, tenth) => format!("{whole}.{tenth}GiB"),
        }
    }

    /// A share of it, in percent.
    pub(crate) fn percent(self, percent: u64) -> Self {
        Self((u128::from(self.0) * u128::from(percent) / 100) as u64)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes) = *self;
        match bytes {
            0..1024 => write!(formatter, "{bytes} B"),
            1024..0x10_0000 => write!(formatter, "{} KiB", bytes >> 10),
            0x10_0000..0x4000_0000 => write!(formatter, "{} MiB", bytes >> 20),
            _ => write!(formatter, "{:.2} GiB", bytes as f64 / f64::from(1 << 30)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Result<u64, String> {
        text.parse().map(|Size(bytes)| bytes).map_err(|error: SizeError| error.to_string())
    }

    #[test]
    fn sizes_as_people_write_them() {
        assert_eq!(bytes("8GiB"), Ok(8 << 30));
        assert_eq!(bytes("2GB"), Ok(2_000_000_000));
        assert_eq!(bytes(" 512 mib"), Ok(512 << 20));
        assert_eq!(bytes("1.5gib"), Ok(3 << 29));
        assert_eq!(bytes("1000000b"), Ok(1_000_000));
    }

    #[test]
    fn a_mistake_names_the_nearest_right_size() {
        let said = |text: &str| bytes(text).expect_err("no size");
        assert_eq!(said("8"), "its unit is missing; is it `8GiB`?");
        assert_eq!(said("8G"), "there is no unit `G`; is it `8GiB`?");
        assert_eq!(said("512mb."), "there is no unit `mb.`; is it `512MiB`?");
        assert_eq!(said("8 gigs"), "there is no unit `gigs`; is it `8GiB`?");
        assert_eq!(said("8x"), "there is no unit `x`; is it `8GiB`?");
        for text in ["", "GiB", "all", "-1GiB", "1.2.3GiB"] {
            assert!(said(text).contains("such as 8GiB"), "{text}");
        }
        for text in ["0GiB", "99999999TiB"] {
            assert!(said(text).contains("nothing fits"), "{text}");
        }
    }

    #[test]
    fn sizes_as_people_read_them() {
        let read = |bytes: u64| Size(bytes).to_string();
        assert_eq!([500, 2048, 735 << 20, 6 << 30].map(read), ["500 B", "2 KiB", "735 MiB", "6.00 GiB"]);
        assert_eq!([1, 700 << 20, 1000 << 20, (2 << 30) + 1].map(|bytes| Size(bytes).to_type()), ["64MiB", "704MiB", "1GiB", "2.1GiB"]);
        for bytes in [1, 700 << 20, 3 << 30, 2_254_857_830, 2_254_857_831] {
            assert!(Size(bytes).to_type().parse::<Size>().is_ok_and(|typed| typed >= Size(bytes)), "what we say to type holds it");
        }
        assert_eq!(Size(10 << 30).percent(80), Size(8 << 30));
    }
}
