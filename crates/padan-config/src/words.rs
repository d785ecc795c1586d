//! The closed word lists of the files: what each key may say.

use padan_model::{Field, Role, Unit};

use crate::{DateFormat, Encoding, RegionCodes};

/// `unit`.
pub(crate) const UNITS: [(&str, Unit); 2] = [("jiwa", Unit::Jiwa), ("kpm", Unit::Kpm)];

/// `role`.
pub(crate) const ROLES: [(&str, Role); 6] = [
    ("registry", Role::Registry),
    ("registry-family", Role::RegistryFamily),
    ("second-registry", Role::SecondRegistry),
    ("programme", Role::Programme),
    ("civil-registry", Role::CivilRegistry),
    ("proposal", Role::Proposal),
];

/// `encoding`.
pub(crate) const ENCODINGS: [(&str, Encoding); 4] =
    [("utf-8", Encoding::Utf8), ("latin-1", Encoding::Latin1), ("windows-1252", Encoding::Windows1252), ("utf-16", Encoding::Utf16)];

/// `region-codes`.
pub(crate) const REGION_CODES: [(&str, RegionCodes); 3] =
    [("kemendagri", RegionCodes::Kemendagri), ("bps", RegionCodes::Bps), ("names", RegionCodes::Names)];

/// `dates`.
pub(crate) const DATES: [(&str, DateFormat); 5] = [
    ("dmy", DateFormat::Dmy),
    ("ymd", DateFormat::Ymd),
    ("mdy", DateFormat::Mdy),
    ("compact", DateFormat::Compact),
    ("day-month-name", DateFormat::DayMonthName),
];

/// Which containers `format` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// Delimited text.
    Csv,
    /// A workbook.
    Xlsx,
    /// Parquet.
    Parquet,
    /// JSON lines.
    JsonLines,
}

/// `format`.
pub(crate) const FORMATS: [(&str, Container); 4] =
    [("csv", Container::Csv), ("xlsx", Container::Xlsx), ("parquet", Container::Parquet), ("json-lines", Container::JsonLines)];

/// The standard codes of a field; none where it holds free text or a number.
pub(crate) fn standard_codes(field: Field) -> Option<&'static [&'static str]> {
    const YA_TIDAK: &[&str] = &["ya", "tidak"];
    const DEGREES: &[&str] = &["tidak", "ringan", "berat"];
    Some(match field {
        Field::JenisKelamin => &["L", "P"],
        Field::Hubungan => &["kepala", "pasangan", "anak", "menantu", "cucu", "orang_tua", "famili", "pembantu", "lainnya"],
        Field::StatusKawin => &["belum", "kawin", "cerai_hidup", "cerai_mati"],
        Field::Respon => &["ditemukan", "meninggal", "ganda", "tidak_ditemukan", "non_aktif", "format"],
        Field::Desil => &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
        Field::StatusPekerjaan => &["asn", "lainnya"],
        Field::Jenjang => &["sd", "smp", "sma", "pt"],
        Field::Disabilitas
        | Field::Penglihatan
        | Field::Pendengaran
        | Field::Berjalan
        | Field::Tangan
        | Field::Intelektual
        | Field::Perilaku
        | Field::Bicara
        | Field::MengurusDiri
        | Field::Mengingat => DEGREES,
        Field::Hidup
        | Field::Sekolah
        | Field::Hamil
        | Field::Sendiri
        | Field::Pensiun
        | Field::IkutPkh
        | Field::IkutSembako
        | Field::IkutPbi
        | Field::IkutPip
        | Field::IkutYapi
        | Field::IkutPermakanan => YA_TIDAK,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_code_stands_in_its_fields_doc() {
        for field in Field::ALL {
            // `lainnya` as a position at work is a positive "not asn"; the desil's doc gives a range.
            if matches!(field, Field::StatusPekerjaan | Field::Desil) {
                continue;
            }
            let documented = field.doc().contains("standard code");
            assert_eq!(standard_codes(*field).is_some(), documented, "{}", field.as_str());
            for code in standard_codes(*field).unwrap_or_default() {
                assert!(field.doc().contains(code), "{} {code}", field.as_str());
            }
        }
    }
}
