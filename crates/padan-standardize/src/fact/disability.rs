//! Disability: 0 none, 1 light, 2 severe; a row's is the highest of its columns.
//!
//! A code list decides first. A list of a disability programme writes the *kind* only ("NETRA", "DAKSA"): any such text counts as
//! severe, because its rows were taken for the programme of severe disability and no severity is stated; a profile that knows better says so
//! in its code list.

use crate::fact::has_word;
use crate::text::fold;

/// Degree of a word.
///
/// ```text
/// "TIDAK", "Normal", "-"            → 0
/// "RINGAN", "SEDANG", "Sedikit sulit" → 1
/// "BERAT", "NETRA", "Tuna daksa"    → 2
/// "3"                               → none (needs the code list)
/// ```
pub fn standard(text: &str) -> Option<i8> {
    let folded = fold(text);
    if folded.is_empty() || folded.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    if has_word(&folded, &["BERAT", "TOTAL", "BANYAK", "PARAH"]) || folded.contains("SAMA SEKALI") {
        return Some(2);
    }
    if has_word(&folded, &["RINGAN", "SEDANG", "SEDIKIT"]) {
        return Some(1);
    }
    let none = has_word(&folded, &["TIDAK", "TDK", "NORMAL", "SEHAT", "NIHIL", "BUKAN", "NON"])
        || !folded.contains(|c: char| c.is_ascii_alphabetic());
    Some(if none { 0 } else { 2 })
}

/// The degree of a standard code.
pub(crate) fn of_code(code: &str) -> Option<i8> {
    match code {
        "tidak" => Some(0),
        "ringan" => Some(1),
        "berat" => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees() {
        for (text, degree) in [
            ("TIDAK", Some(0)),
            ("Tidak cacat", Some(0)),
            ("normal", Some(0)),
            ("-", Some(0)),
            ("RINGAN", Some(1)),
            ("Disabilitas sedang", Some(1)),
            ("Sedikit kesulitan", Some(1)),
            ("BERAT", Some(2)),
            ("Tidak bisa sama sekali", Some(2)),
            ("Ya, banyak kesulitan", Some(2)),
            ("NETRA", Some(2)),
            ("Tuna daksa", Some(2)),
            ("3", None),
            ("", None),
        ] {
            assert_eq!(standard(text), degree, "{text}");
        }
    }
}
