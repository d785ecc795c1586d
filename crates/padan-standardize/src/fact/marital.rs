//! Marital status: belum, kawin, cerai_hidup, cerai_mati.

use crate::text::fold;

/// Status of a word; numbers need the profile's code list.
///
/// ```text
/// "BELUM KAWIN" → belum    "Kawin Tercatat" → kawin    "CERAI MATI", "JANDA MATI" → cerai_mati
/// ```
pub fn standard(text: &str) -> Option<&'static str> {
    let folded = fold(text).replace('_', " ");
    let has = |part: &str| folded.contains(part);
    if has("BELUM") || has("LAJANG") || has("BLM") || has("TIDAK KAWIN") {
        Some("belum")
    } else if has("CERAI") || has("JANDA") || has("DUDA") {
        Some(if has("MATI") || has("DITINGGAL") { "cerai_mati" } else { "cerai_hidup" })
    } else if has("KAWIN") || has("NIKAH") || has("MENIKAH") {
        Some("kawin")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (text, word) in [
            ("BELUM KAWIN", "belum"),
            ("Belum menikah", "belum"),
            ("KAWIN", "kawin"),
            ("Kawin Tercatat", "kawin"),
            ("Menikah", "kawin"),
            ("CERAI HIDUP", "cerai_hidup"),
            ("Cerai Mati", "cerai_mati"),
            ("JANDA", "cerai_hidup"),
            ("belum", "belum"),
            ("cerai_mati", "cerai_mati"),
        ] {
            assert_eq!(standard(text), Some(word), "{text}");
        }
        assert_eq!(standard("2"), None);
    }
}
