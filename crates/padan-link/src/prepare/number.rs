//! Numbers: the first one of a text, as an integer of a chosen number of decimals.
//!
//! Example (no decimals): `1,234` → 1234, `Rp 1.250.000` → 1250000, `12.6` → 13; with two: `12.6` → 1260. A point or comma that stands
//! once is the decimal mark, but for a comma before three digits; one that is repeated, or the first of two kinds, parts thousands.

/// The number times ten to the `decimals`, rounded; `None` where there is none or it does not fit.
pub(super) fn number(value: &str, decimals: u32) -> Option<i64> {
    let start = value.find(|character: char| character.is_ascii_digit())?;
    let digits = &value[start..];
    let end = digits.find(|character: char| !character.is_ascii_digit() && !matches!(character, '.' | ',')).unwrap_or(digits.len());
    let mut number = digits[..end].trim_end_matches(['.', ',']);
    let before = value[..start].trim_end();
    let negative = before.ends_with(['-', '\u{2212}']) || (before.ends_with('.') && before.trim_end_matches('.').trim_end().ends_with('-'));
    let fraction_first = before.ends_with('.') && !before.trim_end_matches('.').ends_with(|character: char| character.is_alphabetic());
    let mut fraction = "";
    if fraction_first {
        (number, fraction) = ("", number);
    } else if let Some(mark) = decimal_mark(number) {
        (number, fraction) = (&number[..mark], &number[mark + 1..]);
    }
    let mut scaled: i64 = 0;
    let kept = fraction.bytes().filter(u8::is_ascii_digit).chain(std::iter::repeat(b'0')).take(decimals as usize);
    for byte in number.bytes().filter(u8::is_ascii_digit).chain(kept) {
        scaled = scaled.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
    }
    if fraction.bytes().filter(u8::is_ascii_digit).nth(decimals as usize).is_some_and(|digit| digit >= b'5') {
        scaled = scaled.checked_add(1)?;
    }
    Some(if negative { -scaled } else { scaled })
}

/// Where the decimal mark stands.
fn decimal_mark(number: &str) -> Option<usize> {
    let last = number.rfind(['.', ','])?;
    let mark = &number[last..=last];
    let other = if mark == "." { ',' } else { '.' };
    let once = number.matches(mark).count() == 1;
    let thousands = mark == "," && number.len() - last == 4 && !number.contains(other);
    (once && !thousands).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values() {
        for (value, decimals, expected) in [
            ("42", 0, Some(42)),
            ("-42", 0, Some(-42)),
            ("1,234", 0, Some(1234)),
            ("1,234.5", 1, Some(12345)),
            ("1.234,5", 1, Some(12345)),
            ("Rp 1.250.000", 0, Some(1_250_000)),
            ("Rp. 500", 0, Some(500)),
            ("12.6", 0, Some(13)),
            ("12.6", 2, Some(1260)),
            (".5", 1, Some(5)),
            ("12,5", 1, Some(125)),
            ("3 rooms", 0, Some(3)),
            ("none", 0, None),
            ("99999999999999999999", 0, None),
        ] {
            assert_eq!(number(value, decimals), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(value in "\\PC{0,24}", decimals in 0_u32..=9) {
            number(&value, decimals);
        }
    }
}
