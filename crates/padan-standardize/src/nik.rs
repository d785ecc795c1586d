//! NIK as offices type it → sixteen digits and what kind of value the cell held.
//!
//! Never refuses a NIK because its region or date disagrees with the row: that is evidence for the linkage. The trap: a spreadsheet
//! keeps 15 significant digits, so a number cell, an exponent text and a serial of `0000` all mean *the last digit is lost*.

use padan_model::{Nik, NikStatus};

use crate::digits::{self, Typed};
use crate::text::present;

/// What a NIK cell held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NikReading {
    /// Sixteen digits where valid; 15 digits and a 0 where precision is lost; the digits there are where malformed; else none.
    pub digits: Option<String>,
    /// Its kind. `shared` is decided over the whole source, not here.
    pub status: NikStatus,
}

impl NikReading {
    /// A cell of that kind without digits.
    pub(crate) fn none(status: NikStatus) -> Self {
        Self { digits: None, status }
    }
}

/// Reads a NIK cell; `numeric` says that the cell was a spreadsheet number.
///
/// ```text
/// "'3201014503900001"   → 3201014503900001 valid
/// "32O1O145O39OOOOl"    → 3201014503900001 valid
/// "3,27E+15"            → precision_lost (three digits say nothing: none kept)
/// "3201014503900000"    → 3201014503900000 precision_lost (no serial is 0000)
/// "9999999999999999"    → placeholder
/// "320101450390001"     → malformed, 15 digits kept
/// ```
pub fn standard(text: Option<&str>, numeric: bool) -> NikReading {
    let Some(text) = present(text) else { return NikReading::none(NikStatus::Blank) };
    let (digits, number) = match digits::typed(text) {
        Typed::Blank => return NikReading::none(NikStatus::Blank),
        Typed::Words => return NikReading::none(NikStatus::Placeholder),
        Typed::Unreadable(digits) => return NikReading { digits, status: NikStatus::Malformed },
        Typed::Digits(digits) => (digits, numeric),
        Typed::Number { digits, significant } => {
            if significant < 15 && digits.len() == 16 {
                return NikReading::none(NikStatus::PrecisionLost);
            }
            (digits, true)
        }
    };
    if is_placeholder(&digits) {
        return NikReading::none(NikStatus::Placeholder);
    }
    if digits.len() != 16 {
        return NikReading { digits: Some(digits), status: NikStatus::Malformed };
    }
    if number || (digits.ends_with("0000") && fits_without_serial(&digits)) {
        let kept = format!("{}0", &digits[..15]);
        let status = if fits_without_serial(&kept) { NikStatus::PrecisionLost } else { NikStatus::Malformed };
        return NikReading { digits: Some(kept), status };
    }
    let status = if digits.parse::<Nik>().is_ok() { NikStatus::Valid } else { NikStatus::Malformed };
    NikReading { digits: Some(digits), status }
}

/// Whether region and date can be a NIK's, leaving the serial aside.
fn fits_without_serial(digits: &str) -> bool {
    digits.get(..12).is_some_and(|head| format!("{head}0001").parse::<Nik>().is_ok())
}

/// One digit repeated, `123456…`, or a region followed by nothing but zeros.
fn is_placeholder(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let Some(first) = bytes.first() else { return true };
    let counting = bytes.len() >= 6 && bytes.windows(2).all(|pair| (pair[1] + 10 - pair[0]) % 10 == 1);
    bytes.iter().all(|byte| byte == first) || counting || (bytes.len() == 16 && bytes[6..].iter().all(|byte| *byte == b'0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reading(text: &str, numeric: bool) -> (Option<String>, NikStatus) {
        let reading = standard(Some(text), numeric);
        (reading.digits, reading.status)
    }

    #[test]
    fn what_offices_type() {
        use NikStatus::{Blank, Malformed, Placeholder, PrecisionLost, Valid};
        let valid = Some("3201014503900001");
        for (text, digits, status) in [
            ("3201014503900001", valid, Valid),
            ("'3201014503900001", valid, Valid),
            ("`3201014503900001", valid, Valid),
            (" 3201 0145 0390 0001 ", valid, Valid),
            ("32.01.01.450390.0001", valid, Valid),
            ("320101-450390-0001", valid, Valid),
            ("3201014503900001\u{a0}", valid, Valid),
            ("=\"3201014503900001\"", valid, Valid),
            ("32O1O145O39OOOO1", valid, Valid),
            ("320l0l45039000Ol", valid, Valid),
            ("320I0I4503900001", valid, Valid),
            ("NIK 3201014503900001", valid, Valid),
            ("3,27E+15", None, PrecisionLost),
            ("3.20101E+15", None, PrecisionLost),
            ("3.20101450390000E+15", Some("3201014503900000"), PrecisionLost),
            ("3201014503900001.0", Some("3201014503900000"), PrecisionLost),
            ("3201014503900000", Some("3201014503900000"), PrecisionLost),
            ("", None, Blank),
            (" - ", None, Blank),
            ("TIDAK ADA", None, Placeholder),
            ("NULL", None, Placeholder),
            ("0", None, Placeholder),
            ("0000000000000000", None, Placeholder),
            ("9999999999999999", None, Placeholder),
            ("99999999", None, Placeholder),
            ("1234567890123456", None, Placeholder),
            ("3201010000000000", None, Placeholder),
            ("320101450390001", Some("320101450390001"), Malformed),
            ("32010145039000011", Some("32010145039000011"), Malformed),
            ("3201017503900001", Some("3201017503900001"), Malformed),
            ("3201014513900001", Some("3201014513900001"), Malformed),
            ("KTP HILANG 12", Some("12"), Malformed),
        ] {
            assert_eq!(reading(text, false), (digits.map(str::to_owned), status), "{text}");
        }
    }

    #[test]
    fn a_number_cell_is_never_an_exact_nik() {
        assert_eq!(reading("3201014503900001", true), (Some("3201014503900000".into()), NikStatus::PrecisionLost));
        assert_eq!(reading("9171014503900017", true), (Some("9171014503900010".into()), NikStatus::PrecisionLost));
        assert_eq!(reading("3.20101450390001E15", false), (Some("3201014503900010".into()), NikStatus::PrecisionLost));
        assert_eq!(reading("0", true), (None, NikStatus::Placeholder));
        assert_eq!(reading("32010145", true), (Some("32010145".into()), NikStatus::Malformed));
    }

    #[test]
    fn a_nik_of_another_region_or_date_is_still_valid() {
        assert_eq!(reading("9401010101100001", false).1, NikStatus::Valid, "a vintage of region codes from before the Papua splits");
        assert_eq!(reading("3201013102900001", false).1, NikStatus::Valid, "31 February is for the linkage to doubt");
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_reading_again_changes_nothing(text in "\\PC*", numeric: bool) {
            let first = standard(Some(&text), numeric);
            if first.status == NikStatus::Valid {
                prop_assert_eq!(standard(first.digits.as_deref(), false), first);
            }
        }

        #[test]
        fn digits_in_disguise(text in "32010[0-9OoIl .'-]{9,16}") {
            let first = standard(Some(&text), false);
            if matches!(first.status, NikStatus::Valid | NikStatus::PrecisionLost) {
                let again = standard(first.digits.as_deref(), false);
                prop_assert_eq!(again.digits, first.digits);
            }
        }
    }
}
