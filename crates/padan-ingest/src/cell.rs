//! One cell: the office's own text, unwrapped and trimmed.
//!
//! Says nothing of what the text means. Unwrapped are `="3201…"`, `='3201…'`, `=3201…` and the spreadsheet's leading apostrophe. Null are
//! the blank and the words that programs, not people, write for nothing:
//!
//! | written | by |
//! |---|---|
//! | `NULL`, `(NULL)` in any case, `\N` | databases |
//! | `N/A`, `#N/A` in any case | spreadsheets |
//! | `nan`, `NaN`, `NaT`, `None`, `<NA>` exactly so | pandas; `NAN` and `NONE` stay, since people are called Nan |
//! | `-`, `--` | clerks |

/// The text without wrapping; `None` where nothing was written.
pub(crate) fn clean(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    // Most cells begin and end with a letter or digit: nothing to unwrap or trim.
    if let (Some(&first), Some(&last)) = (bytes.first(), bytes.last())
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return if is_null_word(text) { None } else { Some(text) };
    }
    let unwrapped = unwrap(trim(text));
    if unwrapped.is_empty() || is_null_word(unwrapped) { None } else { Some(unwrapped) }
}

/// Whether nothing was written.
pub(crate) fn is_blank(text: &str) -> bool {
    clean(text).is_none()
}

/// Trims white space (no-break spaces too) and characters without width.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}'))
}

fn unwrap(text: &str) -> &str {
    if let Some(formula) = text.strip_prefix('=') {
        let formula = trim(formula);
        for quote in ['"', '\''] {
            if let Some(inner) = formula.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
                return trim(inner);
            }
        }
        if !formula.is_empty() && formula.bytes().all(|byte| byte.is_ascii_digit()) {
            return formula;
        }
        return text;
    }
    if let Some(rest) = text.strip_prefix('\'') {
        return trim(rest.strip_suffix('\'').unwrap_or(rest));
    }
    text
}

fn is_null_word(text: &str) -> bool {
    if text.len() > 6 {
        return false;
    }
    matches!(text, "-" | "--" | "\\N" | "nan" | "NaN" | "NaT" | "None" | "<NA>")
        || ["null", "(null)", "n/a", "#n/a"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether the text is a number in exponent form (`3,27E+15`, `3.27012E+15`): what a spreadsheet leaves of a NIK.
pub(crate) fn is_exponent(text: &str) -> bool {
    let Some(at) = text.find(['e', 'E']) else { return false };
    let (mantissa, exponent) = (&text[..at], &text[at + 1..]);
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(exponent)
        && mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.split([',', '.']).all(digits)
        && mantissa.matches([',', '.']).count() <= 1
}

/// The text cut to `chars` characters for a quarantine entry.
pub(crate) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells() {
        for (written, staged) in [
            ("SITI AMINAH", Some("SITI AMINAH")),
            (" \u{a0}SITI\u{200b} ", Some("SITI")),
            ("=\"3201010101010001\"", Some("3201010101010001")),
            ("='3201010101010001'", Some("3201010101010001")),
            ("=3201010101010001", Some("3201010101010001")),
            ("'3201010101010001", Some("3201010101010001")),
            ("'3201010101010001'", Some("3201010101010001")),
            ("=A1+B1", Some("=A1+B1")),
            ("null", None),
            ("NULL", None),
            ("N/A", None),
            ("#N/A", None),
            ("nan", None),
            ("NAN", Some("NAN")),
            ("-", None),
            ("", None),
            ("\u{feff} \t", None),
            ("'", None),
            ("=\"\"", None),
            ("Jl. Mawar (No. 3)", Some("Jl. Mawar (No. 3)")),
        ] {
            assert_eq!(clean(written), staged, "{written:?}");
        }
    }

    #[test]
    fn exponents() {
        for text in ["3,27E+15", "3.27012E+15", "3E15", "3.2e+15"] {
            assert!(is_exponent(text), "{text}");
        }
        for text in ["3201010101010001", "E15", "3,2,7E+15", "JE15", "3.27E", "", "3.E+15"] {
            assert!(!is_exponent(text), "{text}");
        }
    }
}
