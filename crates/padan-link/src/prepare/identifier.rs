//! Identifiers: letters and digits in upper case, and none where the value only fills the field.
//!
//! Example: `ab-12 34` → `AB1234`; `000-00-0000`, `99999`, `12345678`, `N/A`, `unknown` and `-` are null. The trap: a placeholder that is
//! kept makes one person of all who have it.

use unicode_normalization::char::is_combining_mark;

use super::fold::{Folded, fold};

/// Words that stand for no identifier.
const WORDS: [&str; 14] = [
    "NA",
    "NAN",
    "NULL",
    "NONE",
    "NIL",
    "UNKNOWN",
    "UNK",
    "MISSING",
    "UNDEFINED",
    "NOTAVAILABLE",
    "NOTKNOWN",
    "NOTAPPLICABLE",
    "TBA",
    "TBD",
];

/// A digit repeated this often is a filled field; zeros alone always are.
const REPEATED: usize = 5;

/// Appends the identifier.
pub(super) fn identifier(value: &str, out: &mut String) {
    let start = out.len();
    fold(value, |folded| {
        // Without what stood between them, marks of scripts that need them would change places.
        match folded {
            Folded::Letter(letter) if !is_combining_mark(letter) => out.extend(letter.to_uppercase()),
            _ => {}
        }
    });
    if is_placeholder(&out[start..]) {
        out.truncate(start);
    }
}

/// Whether an upper-case identifier says nothing.
pub(super) fn is_placeholder(text: &str) -> bool {
    let Some(first) = text.bytes().next() else { return true };
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let repeated = text.bytes().all(|byte| byte == first);
        let counted = text.len() >= 8 && "12345678901234567890".starts_with(text);
        return (repeated && (first == b'0' || text.len() >= REPEATED)) || counted;
    }
    text.bytes().all(|byte| byte == b'X') || WORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(value: &str) -> String {
        let mut out = String::new();
        identifier(value, &mut out);
        out
    }

    #[test]
    fn values() {
        for (value, expected) in [
            ("ab-12 34", "AB1234"),
            ("078-05-1120", "078051120"),
            ("000-00-0000", ""),
            ("99999", ""),
            ("0", ""),
            ("44", "44"),
            ("123456789", ""),
            ("N/A", ""),
            ("none", ""),
            (" - ", ""),
            ("Ünïque", "UNIQUE"),
            ("１２３", "123"),
        ] {
            assert_eq!(made(value), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn identifiers_are_settled(value in "\\PC{0,16}") {
            let once = made(&value);
            prop_assert_eq!(made(&once), once);
        }
    }
}
