//! Welfare decile 1 to 10, stated or of a percentile.

use crate::fact::age::leading_number;

/// A stated decile.
///
/// ```text
/// "3", "03", "Desil 3", "3.0" → 3      "4+", "0", "11", "" → none
/// ```
pub fn standard(text: &str) -> Option<i8> {
    if text.contains('+') || text.contains('>') {
        return None;
    }
    leading_number(text).and_then(|value| i8::try_from(value).ok()).filter(|desil| (1..=10).contains(desil))
}

/// The decile of a percentile 1 to 100: 1–10 → 1, 11–20 → 2, ….
pub fn of_percentile(text: &str) -> Option<i8> {
    let percentile = leading_number(text).filter(|value| (0..=100).contains(value))?;
    Some(((percentile.max(1) + 9) / 10) as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deciles() {
        for (text, desil) in [
            ("3", Some(3)),
            ("03", Some(3)),
            ("Desil 3", Some(3)),
            ("3.0", Some(3)),
            ("10", Some(10)),
            ("4+", None),
            (">4", None),
            ("0", None),
            ("11", None),
            ("", None),
        ] {
            assert_eq!(standard(text), desil, "{text}");
        }
        for (text, desil) in [
            ("1", Some(1)),
            ("10", Some(1)),
            ("11", Some(2)),
            ("40", Some(4)),
            ("100", Some(10)),
            ("0", Some(1)),
            ("101", None),
            ("x", None),
        ] {
            assert_eq!(of_percentile(text), desil, "{text}");
        }
    }
}
