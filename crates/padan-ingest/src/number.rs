//! Numbers as the text a person would have typed.
//!
//! The trap is the NIK: sixteen digits are more than a double holds above 2^53, so digits that the file itself spells out are kept as they
//! stand, and only exponents and fractions go through `f64`.

/// `12` of `12.0`, `3201010101010001` of `3.201010101010001E15`; digits as they stand; `None` where it is no number.
pub(crate) fn minimal(written: &str) -> Option<String> {
    let written = written.trim();
    let digits = written.strip_prefix('-').unwrap_or(written);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(written.to_owned());
    }
    written.parse().ok().filter(|value: &f64| value.is_finite()).map(minimal_f64)
}

/// A double without exponent, at most fifteen significant digits of a fraction (as spreadsheets show it).
pub(crate) fn minimal_f64(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e18 {
        return format!("{value:.0}");
    }
    // 0.1 + 0.2 is shown, and was typed, as 0.3.
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_typed() {
        for (written, text) in [
            ("3201010101010001", "3201010101010001"),
            ("9701010101019999", "9701010101019999"),
            ("3.201010101010001E+15", "3201010101010001"),
            ("12.0", "12"),
            ("0.30000000000000004", "0.3"),
            ("1E-7", "0.0000001"),
            ("-4", "-4"),
            ("1e300", &format!("1{}", "0".repeat(300))),
        ] {
            assert_eq!(minimal(written).as_deref(), Some(text), "{written}");
        }
        assert_eq!(minimal("abc"), None);
        assert_eq!(minimal("inf"), None);
        assert_eq!(minimal("1e999"), None);
    }
}
