//! Names, texts and categories: words in lower case, one space between them.
//!
//! Example: `St. Mary's Rd, 12/3` → `st marys rd 12 3`, with the English table `saint marys road 12 3`. A category that says that
//! nothing is known (`N/A`, `-`, `unknown`) is null; a name is not (there are people called Na and Null).

use super::abbreviations::Abbreviations;
use super::fold::words;

/// A name or text.
pub(super) fn text(value: &str, abbreviations: Option<&Abbreviations>, scratch: &mut String, out: &mut String) {
    let Some(abbreviations) = abbreviations else { return words(value, out) };
    scratch.clear();
    words(value, scratch);
    abbreviations.expand(scratch, out);
}

/// A category.
pub(super) fn category(value: &str, out: &mut String) {
    words(value, out);
    if matches!(out.as_str(), "na" | "n a" | "nan" | "null" | "nil" | "unknown" | "unk" | "not known" | "not available" | "missing") {
        out.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_null() {
        for (value, expected) in [("N/A", ""), ("Unknown", ""), ("-", ""), ("Female", "female"), ("Na", ""), ("none", "none")] {
            let mut out = String::new();
            category(value, &mut out);
            assert_eq!(out, expected, "{value}");
        }
    }
}
