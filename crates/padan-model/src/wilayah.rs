//! Kemendagri region codes, digits only: 2 (province), 4 (kab/kota), 6 (kecamatan) or 10 (desa).
//!
//! BPS codes are another system and never become a `KodeWilayah`; the standardizer resolves them by name.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A text that is no region code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected 2, 4, 6 or 10 digits of a Kemendagri code, found {found:?}")]
pub struct KodeWilayahError {
    /// What was given.
    pub found: String,
}

/// A region of any level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KodeWilayah {
    value: u64,
    length: u8,
}

impl KodeWilayah {
    /// Number of digits: 2, 4, 6 or 10.
    pub fn length(self) -> usize {
        usize::from(self.length)
    }

    /// The digits as a number; with `length` it is the code.
    pub fn value(self) -> u64 {
        self.value
    }

    /// The region cut to `length` digits; `None` where this one is shallower.
    pub fn at(self, length: usize) -> Option<Self> {
        if ![2, 4, 6, 10].contains(&length) || length > self.length() {
            return None;
        }
        Some(Self { value: self.value / 10_u64.pow((self.length() - length) as u32), length: length as u8 })
    }

    /// The next region up; `None` for a province.
    pub fn parent(self) -> Option<Self> {
        match self.length {
            10 => self.at(6),
            6 => self.at(4),
            4 => self.at(2),
            _ => None,
        }
    }

    /// Whether `other` is this region or lies in it.
    pub fn contains(self, other: Self) -> bool {
        other.at(self.length()) == Some(self)
    }
}

impl FromStr for KodeWilayah {
    type Err = KodeWilayahError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || KodeWilayahError { found: text.to_owned() };
        if ![2, 4, 6, 10].contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        Ok(Self { value: text.parse().map_err(|_| error())?, length: text.len() as u8 })
    }
}

impl fmt::Display for KodeWilayah {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:0width$}", self.value, width = self.length())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        let desa: KodeWilayah = "3201012001".parse().expect("valid");
        assert_eq!(desa.parent().expect("kecamatan").to_string(), "320101");
        assert_eq!(desa.at(2).expect("province").to_string(), "32");
        assert!(desa.at(4).expect("kab").contains(desa));
        assert!("32010".parse::<KodeWilayah>().is_err());
        assert!("32.01.01".parse::<KodeWilayah>().is_err());
    }
}
