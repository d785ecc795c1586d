//! Kinship to the head of the family: the words of Dukcapil, BPS and DTSEN → one list.

use crate::text::fold;

/// The standard words.
pub const WORDS: [&str; 9] = ["kepala", "pasangan", "anak", "menantu", "cucu", "orang_tua", "famili", "pembantu", "lainnya"];

/// Kinship of a word. Numbers need the profile's code list: 2 is *suami* at Dukcapil and *istri/suami* at BPS.
///
/// ```text
/// "KEPALA KELUARGA" → kepala      "ISTRI" → pasangan     "Anak kandung" → anak
/// "MERTUA" → orang_tua            "FAMILI LAIN" → famili "KEPONAKAN" → famili
/// ```
pub fn standard(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let has = |parts: &[&str]| parts.iter().any(|part| folded.contains(part));
    let word = if has(&["KEPALA", "KRT"]) || matches!(folded.as_str(), "KK" | "KEP KEL" | "KEP. KEL") {
        "kepala"
    } else if has(&["MENANTU"]) {
        "menantu"
    } else if has(&["ISTRI", "ISTERI", "SUAMI", "PASANGAN"]) {
        "pasangan"
    } else if has(&["CUCU", "CICIT"]) {
        "cucu"
    } else if has(&["MERTUA", "ORANG TUA", "ORANGTUA", "ORTU", "KAKEK", "NENEK", "ORANG_TUA"])
        || matches!(folded.as_str(), "AYAH" | "IBU" | "BAPAK")
    {
        "orang_tua"
    } else if has(&["PEMBANTU", "SOPIR", "TUKANG"]) {
        "pembantu"
    } else if has(&["FAMILI", "FAMILY", "SAUDARA", "KEPONAKAN", "KEMENAKAN", "ADIK", "KAKAK", "PAMAN", "BIBI", "IPAR"]) {
        "famili"
    } else if has(&["ANAK"]) {
        "anak"
    } else if has(&["LAIN"]) {
        "lainnya"
    } else {
        return None;
    };
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_three_registers() {
        for (text, word) in [
            ("KEPALA KELUARGA", "kepala"),
            ("Kepala rumah tangga", "kepala"),
            ("KK", "kepala"),
            ("ISTRI", "pasangan"),
            ("Suami", "pasangan"),
            ("Istri/suami", "pasangan"),
            ("ANAK", "anak"),
            ("Anak kandung/tiri/angkat", "anak"),
            ("MENANTU", "menantu"),
            ("CUCU", "cucu"),
            ("ORANGTUA", "orang_tua"),
            ("Orang tua/mertua", "orang_tua"),
            ("MERTUA", "orang_tua"),
            ("FAMILI LAIN", "famili"),
            ("Keponakan", "famili"),
            ("PEMBANTU", "pembantu"),
            ("Pembantu/sopir", "pembantu"),
            ("LAINNYA", "lainnya"),
        ] {
            assert_eq!(standard(text), Some(word), "{text}");
        }
        assert_eq!(standard("2"), None);
        for word in WORDS {
            assert_eq!(standard(word), Some(word), "a standard word is its own");
        }
    }
}
