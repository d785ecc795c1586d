//! Age in whole years.

use crate::text::fold;

/// The oldest age taken for true.
pub const OLDEST: i16 = 125;

/// A stated age.
///
/// ```text
/// "45", "45 TAHUN", "45.0", "45,5" → 45     "8 BULAN" → 0     "200", "-" → none
/// ```
pub fn standard(text: &str) -> Option<i16> {
    let years = leading_number(text).and_then(|value| i16::try_from(value).ok()).filter(|years| (0..=OLDEST).contains(years))?;
    let folded = fold(text);
    let months_only = (folded.contains("BULAN") || folded.contains("BLN") || folded.contains("HARI"))
        && !folded.contains("TAHUN")
        && !folded.contains("TH");
    Some(if months_only { 0 } else { years })
}

/// The first run of at most four digits; none where more follow or a minus precedes.
pub(crate) fn leading_number(text: &str) -> Option<i64> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    if text[..start].trim_end().ends_with('-') {
        return None;
    }
    let length = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    if length > 4 { None } else { text[start..start + length].parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (text, age) in [
            ("45", Some(45)),
            ("45 TAHUN", Some(45)),
            ("45.0", Some(45)),
            ("45,5", Some(45)),
            ("8 Bulan", Some(0)),
            ("1 th 3 bln", Some(1)),
            ("0", Some(0)),
            ("200", None),
            ("-5", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(standard(text), age, "{text}");
        }
    }
}
