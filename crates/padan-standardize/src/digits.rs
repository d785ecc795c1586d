//! Digits as typed: what a cell that should hold a 16-digit number really holds.
//!
//! Letters stand for digits only where digits are the larger part: in `32O1` the O is a zero, in `TIDAK ADA` nothing is.

use crate::text::fold;

/// A cell that should hold digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Typed {
    /// Nothing, or a dash.
    Blank,
    /// Words that say there is none.
    Words,
    /// Digits, cleaned.
    Digits(String),
    /// A number that passed through a spreadsheet: its integer digits, and how many of them are known.
    Number {
        /// Integer digits, zeros where unknown.
        digits: String,
        /// Significant digits written.
        significant: usize,
    },
    /// Something else, with the digits it holds.
    Unreadable(Option<String>),
}

/// Reads a cell.
pub(crate) fn typed(text: &str) -> Typed {
    if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Typed::Digits(text.to_owned());
    }
    let folded = fold(text);
    let folded = folded.trim_start_matches(['=', '"', '\'', '`', ' ']);
    let folded = ["NO.", "NIK", "NO KK", "NOKK", "KK"].iter().fold(folded, |rest, label| rest.strip_prefix(label).unwrap_or(rest));
    if let Some(number) = exponent(folded) {
        return number;
    }
    let bare: String = folded.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '|').collect();
    if bare.is_empty() {
        return Typed::Blank;
    }
    let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
    let mapped: Option<String> = bare
        .chars()
        .map(|character| match character {
            '0'..='9' => Some(character),
            'O' => Some('0'),
            'I' | 'L' | '|' => Some('1'),
            _ => None,
        })
        .collect();
    match mapped {
        Some(mapped) if digits.len() * 2 >= bare.len() => {
            if let Some(whole) = folded.strip_suffix(".0").or_else(|| folded.strip_suffix(".00"))
                && whole.bytes().all(|byte| byte.is_ascii_digit())
            {
                return Typed::Number { digits: whole.to_owned(), significant: whole.len().min(15) };
            }
            Typed::Digits(mapped)
        }
        _ if digits.is_empty() => Typed::Words,
        _ => Typed::Unreadable(Some(digits)),
    }
}

/// `3,27E+15`, `3.20101450390001E15`.
fn exponent(text: &str) -> Option<Typed> {
    let (mantissa, power) = text.trim().split_once('E')?;
    let power: usize = power.strip_prefix('+').unwrap_or(power).parse().ok().filter(|power| (1..=20).contains(power))?;
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    if whole.len() != 1 || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut digits = format!("{whole}{fraction}");
    let significant = digits.len();
    digits.truncate(power + 1);
    while digits.len() < power + 1 {
        digits.push('0');
    }
    Some(Typed::Number { digits, significant })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_for_digits_only_among_digits() {
        assert_eq!(typed("32O1"), Typed::Digits("3201".into()));
        assert_eq!(typed("OIL"), Typed::Words);
        assert_eq!(typed("BELUM ADA"), Typed::Words);
        assert_eq!(typed("..."), Typed::Blank);
        assert_eq!(typed("PROSES 2021"), Typed::Unreadable(Some("2021".into())));
    }

    #[test]
    fn exponents_know_how_many_digits_are_left() {
        assert_eq!(typed("3,27E+15"), Typed::Number { digits: "3270000000000000".into(), significant: 3 });
        assert_eq!(typed("3.2E2"), Typed::Number { digits: "320".into(), significant: 2 });
    }
}
