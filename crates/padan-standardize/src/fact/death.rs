//! Whether a remark says that the person died.
//!
//! The trap: lists of orphans remark on the *parents'* deaths ("AYAH MENINGGAL"), which says nothing of the child.

use crate::fact::has_word;
use crate::text::fold;

/// Whether the remark reports the row's own person dead.
///
/// ```text
/// "MENINGGAL DUNIA", "Alm.", "Sudah wafat 2021" → true
/// "AYAH MENINGGAL", "BELUM MENINGGAL", "aktif"  → false
/// ```
pub fn standard(text: &str) -> bool {
    let folded = fold(text);
    let died = folded.contains("MENINGGAL") || has_word(&folded, &["ALM", "ALMH", "ALMARHUM", "ALMARHUMAH", "WAFAT", "MATI"]);
    died && !has_word(&folded, &["TIDAK", "BELUM", "BUKAN", "CERAI"])
        && !has_word(
            &folded,
            &[
                "AYAH", "IBU", "BAPAK", "SUAMI", "ISTRI", "ISTERI", "ORTU", "ORANG", "ORANGTUA", "ANAK", "KEPALA", "KRT", "PASANGAN",
                "YATIM", "PIATU", "WALI",
            ],
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks() {
        for dead in ["MENINGGAL", "Meninggal dunia", "Alm.", "sudah wafat 2021", "Data Ditemukan, Meninggal Dunia"] {
            assert!(standard(dead), "{dead}");
        }
        for other in
            ["AYAH MENINGGAL", "Kedua orang tua meninggal", "BELUM MENINGGAL", "Tidak meninggal", "cerai mati", "aktif", "", "ALMAS"]
        {
            assert!(!standard(other), "{other}");
        }
    }
}
