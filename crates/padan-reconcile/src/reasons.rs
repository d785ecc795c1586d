//! Reason codes of coverage and of the worklists, and their text in Indonesian and English.
//!
//! A code of an exclusion is the pipeline's own word, and may be one that is not listed here; everything else is. `<fact>_tidak_ada` says
//! that a fact is missing, for every column of the frames `jiwa` and `kpm`.

use padan_model::Unit;

use crate::facts::{FactColumn, JIWA, KPM};

/// What a reason code says to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonText {
    /// In Indonesian.
    pub indonesian: String,
    /// In English.
    pub english: String,
}

/// Entitled and absent.
pub(crate) const NOT_RECEIVING: &str = "berhak_belum_menerima";
/// On a list and in no registry of persons.
pub(crate) const OUTSIDE: &str = "tidak_di_registri";
/// On a list and in another registry than the one the run reconciles with.
pub(crate) const OTHER_REGISTRY: &str = "hanya_di_registri_lain";
/// A family list's recipient without a family.
pub(crate) const NO_FAMILY: &str = "tanpa_keluarga";
/// A family of the registry whose PMT variables are not complete enough to rank it.
pub(crate) const PMT_INCOMPLETE: &str = "pmt_tidak_lengkap";
/// A condition over several facts fails.
const UNMET: &str = "syarat_tidak_terpenuhi";

const TEXTS: &[(&str, &str, &str)] = &[
    (NOT_RECEIVING, "Berhak tetapi tidak ada di daftar penerima", "Entitled and not on the programme's list"),
    (OUTSIDE, "Tidak tercatat di registri", "In no registry"),
    (OTHER_REGISTRY, "Tercatat hanya di registri lain, belum di registri utama", "In another registry only, not in the main one"),
    (NO_FAMILY, "Keluarga penerima tidak diketahui", "The recipient's family is not known"),
    (PMT_INCOMPLETE, "Variabel PMT belum lengkap", "PMT variables are incomplete"),
    (UNMET, "Syarat program tidak terpenuhi", "A condition of the programme is not met"),
    ("desil_di_atas_batas", "Desil di atas batas program", "Welfare decile above the programme's limit"),
    ("umur_di_luar_batas", "Umur di luar batas program", "Age outside the programme's limits"),
    ("jenis_kelamin_tidak_sesuai", "Jenis kelamin tidak sesuai syarat", "Sex does not meet the condition"),
    ("meninggal", "Sudah meninggal", "Dead"),
    ("tidak_sekolah", "Tidak bersekolah pada jenjang program", "Not at school at the programme's level"),
    ("tidak_hamil", "Tidak hamil", "Not pregnant"),
    ("bukan_disabilitas_berat", "Bukan penyandang disabilitas berat", "Not severely disabled"),
    ("tidak_tinggal_sendiri", "Tidak tinggal sendiri", "Does not live alone"),
    ("pensiunan", "Menerima pensiun", "Draws a pension"),
    ("asn", "Ada ASN/TNI/Polri dalam keluarga", "A civil servant, soldier or police officer in the family"),
    ("orang_tua_lengkap", "Kedua orang tua masih ada", "Both parents are living"),
    ("status_kawin_tidak_sesuai", "Status kawin tidak sesuai syarat", "Marital status does not meet the condition"),
    ("hubungan_tidak_sesuai", "Hubungan keluarga tidak sesuai syarat", "Kinship does not meet the condition"),
    ("dukcapil_tidak_sesuai", "Jawaban Dukcapil tidak sesuai syarat", "The civil registry's answer does not meet the condition"),
    ("tidak_ditemukan", "Tidak ditemukan", "Not found"),
    ("jumlah_anggota_tidak_sesuai", "Jumlah anggota keluarga tidak sesuai syarat", "Family size does not meet the condition"),
    ("ganda", "Tercatat ganda di daftar", "Twice on the list"),
    ("tanpa_komponen", "Tidak ada komponen PKH dalam keluarga", "No qualifying member in the family"),
];

/// The text of a reason code; none for a pipeline's own code that is not listed.
pub fn reason_text(code: &str) -> Option<ReasonText> {
    if let Some((_, indonesian, english)) = TEXTS.iter().find(|(known, _, _)| *known == code) {
        return Some(ReasonText { indonesian: (*indonesian).to_owned(), english: (*english).to_owned() });
    }
    let name = code.strip_suffix("_tidak_ada")?;
    let column = JIWA.iter().chain(KPM).find(|column| column.name == name)?;
    Some(ReasonText { indonesian: format!("Data {} tidak ada", column.label.0), english: format!("No data on {}", column.label.1) })
}

/// The code of a missing fact.
pub(crate) fn of_missing(column: &str) -> String {
    format!("{column}_tidak_ada")
}

/// The code of a unit that fails a condition over these columns: the one that all of them share.
pub(crate) fn of_columns(unit: Unit, columns: &[usize]) -> String {
    let all = FactColumn::of(unit);
    let mut codes = columns.iter().map(|column| all[*column].fails);
    match codes.next() {
        Some(first) if codes.all(|code| code == first) => first.to_owned(),
        _ => UNMET.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_text() {
        for column in JIWA.iter().chain(KPM) {
            assert!(reason_text(column.fails).is_some(), "{}", column.fails);
            assert!(reason_text(&of_missing(column.name)).is_some(), "{}", column.name);
        }
        assert_eq!(reason_text("desil_tidak_ada").map(|text| text.indonesian), Some("Data desil tidak ada".to_owned()));
        assert_eq!(reason_text("kata_sendiri"), None);
    }
}
