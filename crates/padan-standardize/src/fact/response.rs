//! Dukcapil's answer: ditemukan, meninggal, ganda, tidak_ditemukan, non_aktif, format.

use crate::text::fold;

/// Answer of a text or of the web service's codes 11 to 15; every other answer that holds data means found.
///
/// ```text
/// "11", "Data Ditemukan, Meninggal Dunia"  → meninggal
/// "Data Tidak Ditemukan, NIK tidak terdapat…" → tidak_ditemukan
/// "Data Ditemukan" → ditemukan
/// ```
pub fn standard(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
    match &folded[..digits] {
        "11" => return Some("meninggal"),
        "12" => return Some("ganda"),
        "13" => return Some("tidak_ditemukan"),
        "14" => return Some("non_aktif"),
        "15" => return Some("format"),
        _ => {}
    }
    let has = |part: &str| folded.contains(part);
    Some(match () {
        () if !folded.contains(|c: char| c.is_ascii_alphanumeric()) => return None,
        () if has("FORMAT") => "format",
        () if has("TIDAK DITEMUKAN") || has("TIDAK_DITEMUKAN") || has("TIDAK TERDAPAT") => "tidak_ditemukan",
        () if has("MENINGGAL") => "meninggal",
        () if has("GANDA") => "ganda",
        () if has("NON AKTIF") || has("NONAKTIF") || has("NON_AKTIF") || has("TIDAK AKTIF") => "non_aktif",
        () => "ditemukan",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_the_web_service() {
        for (text, word) in [
            ("11", "meninggal"),
            ("12", "ganda"),
            ("13", "tidak_ditemukan"),
            ("14", "non_aktif"),
            ("15", "format"),
            ("Data Ditemukan, Meninggal Dunia", "meninggal"),
            ("Data Ditemukan, Data Ganda", "ganda"),
            ("Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan", "tidak_ditemukan"),
            ("Data Ditemukan, Status Non Aktif, silahkan hubungi Dinas Dukcapil", "non_aktif"),
            ("Data Tidak Ditemukan, NIK tidak sesuai format Dukcapil", "format"),
            ("Data Ditemukan", "ditemukan"),
            ("00", "ditemukan"),
            ("non_aktif", "non_aktif"),
        ] {
            assert_eq!(standard(text), Some(word), "{text}");
        }
        assert_eq!(standard(" - "), None);
    }
}
