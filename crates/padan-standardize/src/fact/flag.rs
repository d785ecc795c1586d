//! A yes or a no: flags, school attendance, pregnancy, living alone.

use crate::text::fold;

/// The words every office uses. `1` and `0` are among them, `2` is not: it means *tidak* or *kadang* as the list says.
///
/// ```text
/// "Ya", "Y", "1", "TRUE", "✓", "Penerima" → true
/// "Tidak", "0", "N", "Bukan Penerima"     → false
/// "2", ""                                 → none
/// ```
pub fn standard(text: &str) -> Option<bool> {
    if text.contains(['✓', '✔', '√']) {
        return Some(true);
    }
    let folded = fold(text);
    let first = folded.split([' ', '/', '-', '.', ',']).find(|word| !word.is_empty())?;
    match first {
        "YA" | "Y" | "YES" | "1" | "TRUE" | "V" | "X" | "ADA" | "PENERIMA" | "MENERIMA" | "TERDAFTAR" | "AKTIF" | "LAYAK" | "MASIH"
        | "SEDANG" | "SUDAH" | "IYA" | "HAMIL" => Some(true),
        "TIDAK" | "TDK" | "T" | "N" | "NO" | "0" | "FALSE" | "BUKAN" | "BELUM" | "NON" | "NONAKTIF" | "TAK" => Some(false),
        _ => None,
    }
}

/// The flag of a standard code.
pub(crate) fn of_code(code: &str) -> Option<bool> {
    match code {
        "ya" => Some(true),
        "tidak" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_offices() {
        for yes in ["Ya", "YA", "y", "1", "true", "✓", "V", "Penerima PKH", "Masih sekolah", "Ya, aktif"] {
            assert_eq!(standard(yes), Some(true), "{yes}");
        }
        for no in ["Tidak", "tdk", "T", "0", "FALSE", "Bukan penerima", "Belum sekolah", "TIDAK ADA"] {
            assert_eq!(standard(no), Some(false), "{no}");
        }
        for unknown in ["", "-", "2", "?", "LAIN"] {
            assert_eq!(standard(unknown), None, "{unknown}");
        }
    }
}
