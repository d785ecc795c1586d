//! No KK as offices type it → sixteen digits, or nothing.
//!
//! A KK is a key of families only where it is whole: a mangled one is dropped, not guessed.

use padan_model::NoKk;

use crate::digits::{self, Typed};
use crate::text::present;

/// The No KK of a cell.
///
/// ```text
/// "'3201010503900001"  → 3201010503900001
/// "3,2E+15"            → none
/// "0000000000000000"   → none
/// ```
pub fn standard(text: Option<&str>) -> Option<String> {
    match digits::typed(present(text)?) {
        Typed::Digits(digits) => digits.parse::<NoKk>().is_ok().then_some(digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_or_nothing() {
        for text in ["3201010503900001", "'3201010503900001", "3201 0105 0390 0001", "32O1O1O5O39OOOO1"] {
            assert_eq!(standard(Some(text)).as_deref(), Some("3201010503900001"), "{text}");
        }
        for text in ["", "-", "0", "0000000000000000", "3,2E+15", "320101050390000", "3201010503900000", "BELUM ADA"] {
            assert_eq!(standard(Some(text)), None, "{text}");
        }
    }
}
