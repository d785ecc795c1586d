//! Kab/kota and provinces that split off or changed their name: old codes and old names → those of 2025.
//!
//! A NIK keeps the code of its day for good, and lists are copied for years.

/// Old kab/kota code → code of 2025: the Papua splits of 2022.
const SPLITS: [(&str, &str); 26] = [
    ("9101", "9301"),
    ("9116", "9302"),
    ("9117", "9303"),
    ("9118", "9304"),
    ("9104", "9401"),
    ("9107", "9402"),
    ("9108", "9403"),
    ("9109", "9404"),
    ("9125", "9405"),
    ("9126", "9406"),
    ("9127", "9407"),
    ("9128", "9408"),
    ("9102", "9501"),
    ("9112", "9502"),
    ("9113", "9503"),
    ("9114", "9504"),
    ("9121", "9505"),
    ("9122", "9506"),
    ("9123", "9507"),
    ("9124", "9508"),
    ("9201", "9601"),
    ("9204", "9602"),
    ("9205", "9603"),
    ("9209", "9604"),
    ("9210", "9605"),
    ("9271", "9671"),
];

/// The code of 2025 of a code of any vintage, of 4 digits or more.
///
/// ```text
/// "9101" → 9301 (Merauke)    "910101" → 930101    "3201" → 3201
/// ```
pub(super) fn current(code: &str) -> String {
    let split = code.get(..4).and_then(|kab| SPLITS.iter().find(|(old, _)| *old == kab));
    split.map_or_else(|| code.to_owned(), |(_, new)| format!("{new}{}", &code[4..]))
}

/// Provinces that a province's kab/kota may have gone to since.
pub(super) fn successors(province: &str) -> &'static [&'static str] {
    match province {
        "91" => &["93", "94", "95", "92", "96"],
        "92" => &["96"],
        "64" => &["65"],
        "73" => &["76"],
        "71" => &["75"],
        "81" => &["82"],
        "32" => &["36"],
        "16" => &["19"],
        "14" => &["21"],
        _ => &[],
    }
}

/// Other names of provinces, as keys (`spelling.rs`).
pub(super) const PROVINCES: [(&str, &str); 62] = [
    ("NAD", "11"),
    ("NANGGROEACEHDARUSSALAM", "11"),
    ("DIACEH", "11"),
    ("DAERAHISTIMEWAACEH", "11"),
    ("SUMUT", "12"),
    ("SUMATRAUTARA", "12"),
    ("SUMBAR", "13"),
    ("SUMATRABARAT", "13"),
    ("SUMSEL", "16"),
    ("SUMATRASELATAN", "16"),
    ("BABEL", "19"),
    ("BANGKABELITUNG", "19"),
    ("KEPBABEL", "19"),
    ("KEPULAUANBABEL", "19"),
    ("KEPRI", "21"),
    ("DKI", "31"),
    ("DKIJAKARTA", "31"),
    ("DKJ", "31"),
    ("DKJAKARTA", "31"),
    ("JAKARTA", "31"),
    ("JAKARTARAYA", "31"),
    ("DAERAHKHUSUSJAKARTA", "31"),
    ("JABAR", "32"),
    ("JATENG", "33"),
    ("DIY", "34"),
    ("DIYOGYAKARTA", "34"),
    ("DIYOGYA", "34"),
    ("YOGYAKARTA", "34"),
    ("YOGYA", "34"),
    ("DIJOGJAKARTA", "34"),
    ("JOGJA", "34"),
    ("JOGJAKARTA", "34"),
    ("JATIM", "35"),
    ("NTB", "52"),
    ("NUSATENGGARABRT", "52"),
    ("NTT", "53"),
    ("KALBAR", "61"),
    ("KALTENG", "62"),
    ("KALSEL", "63"),
    ("KALTIM", "64"),
    ("KALTARA", "65"),
    ("SULUT", "71"),
    ("SULTENG", "72"),
    ("SULSEL", "73"),
    ("SULTRA", "74"),
    ("SULBAR", "76"),
    ("MALUT", "82"),
    ("IRIANJAYA", "91"),
    ("IRJA", "91"),
    ("IRIANJAYABARAT", "92"),
    ("IRJABAR", "92"),
    ("PABAR", "92"),
    ("PAPBAR", "92"),
    ("PAPSEL", "93"),
    ("PAPUASEL", "93"),
    ("PAPTENG", "94"),
    ("PAPUATENG", "94"),
    ("PAPPEG", "95"),
    ("PAPUAPEG", "95"),
    ("PBD", "96"),
    ("PAPUABD", "96"),
    ("PAPBARDAYA", "96"),
];

/// Other names of kab and kota, as keys without KAB and KOTA.
pub(super) const KABKOTA: [(&str, &str); 86] = [
    ("TOBASAMOSIR", "1212"),
    ("TOBASA", "1212"),
    ("MADINA", "1213"),
    ("TAPTENG", "1201"),
    ("TAPUT", "1202"),
    ("TAPSEL", "1203"),
    ("HUMBAHAS", "1216"),
    ("SERGAI", "1218"),
    ("PALUTA", "1220"),
    ("PALAS", "1221"),
    ("LABUSEL", "1222"),
    ("LABURA", "1223"),
    ("PSIANTAR", "1272"),
    ("SAWAHLUNTOSIJUNJUNG", "1303"),
    ("LIMAPULUHKOTO", "1307"),
    ("50KOTA", "1307"),
    ("INHU", "1402"),
    ("INHIL", "1404"),
    ("ROHUL", "1406"),
    ("ROHIL", "1407"),
    ("KUANSING", "1409"),
    ("TANJABBAR", "1506"),
    ("TANJABTIM", "1507"),
    ("OKU", "1601"),
    ("OKI", "1602"),
    ("MUBA", "1606"),
    ("OKUTIMUR", "1608"),
    ("OKUSELATAN", "1609"),
    ("OI", "1610"),
    ("PALI", "1612"),
    ("MURATARA", "1613"),
    ("KEPULAUANRIAU", "2101"),
    ("BATANGHARI", "1504"),
    ("KEPSERIBU", "3101"),
    ("JAKPUS", "3171"),
    ("JAKUT", "3172"),
    ("JAKBAR", "3173"),
    ("JAKSEL", "3174"),
    ("JAKTIM", "3175"),
    ("GUNKID", "3403"),
    ("TANGSEL", "3674"),
    ("LOBAR", "5201"),
    ("LOTENG", "5202"),
    ("LOTIM", "5203"),
    ("KSB", "5207"),
    ("KLU", "5208"),
    ("TTS", "5302"),
    ("TTU", "5303"),
    ("FLOTIM", "5306"),
    ("MABAR", "5315"),
    ("SBD", "5318"),
    ("MATIM", "5319"),
    ("SABURAIJUA", "5320"),
    ("KOBAR", "6201"),
    ("KOTIM", "6202"),
    ("HSS", "6306"),
    ("HST", "6307"),
    ("HSU", "6308"),
    ("PASIR", "6401"),
    ("KUTAI", "6402"),
    ("KUKAR", "6402"),
    ("KUBAR", "6407"),
    ("KUTIM", "6408"),
    ("PPU", "6409"),
    ("MAHULU", "6411"),
    ("BOLMONG", "7101"),
    ("MINSEL", "7105"),
    ("MINUT", "7106"),
    ("MITRA", "7107"),
    ("BOLMUT", "7108"),
    ("SITARO", "7109"),
    ("BOLTIM", "7110"),
    ("BOLSEL", "7111"),
    ("SANGIHE", "7103"),
    ("TALAUD", "7104"),
    ("BANGKEP", "7207"),
    ("PARIMO", "7208"),
    ("TOUNA", "7209"),
    ("SELAYAR", "7301"),
    ("PANGKEP", "7310"),
    ("SIDRAP", "7314"),
    ("MAMUJUUTARA", "7601"),
    ("POLMAN", "7604"),
    ("POLEWALIMAMASA", "7604"),
    ("MALUKUTENGGARABARAT", "8103"),
    ("YAPENWAROPEN", "9105"),
];

#[cfg(test)]
mod tests {
    use padan_reference::Regions;

    use super::*;

    #[test]
    fn every_target_is_a_region_of_2025_and_no_split_code_is() {
        let regions = Regions::shipped();
        for (old, new) in SPLITS {
            assert!(regions.get(new).is_some(), "{new}");
            assert!(regions.get(old).is_none(), "{old} is still in use");
        }
        for (name, code) in PROVINCES.into_iter().chain(KABKOTA) {
            assert!(regions.get(code).is_some(), "{name} {code}");
        }
    }

    #[test]
    fn other_names_are_those_of_the_region_they_point_to() {
        let regions = Regions::shipped();
        for (name, expected) in [
            ("OKUTIMUR", "Ogan Komering Ulu Timur"),
            ("SERGAI", "Serdang Bedagai"),
            ("HUMBAHAS", "Humbang Hasundutan"),
            ("MADINA", "Mandailing Natal"),
            ("KUANSING", "Kuantan Singingi"),
            ("INHIL", "Indragiri Hilir"),
            ("ROHIL", "Rokan Hilir"),
            ("PALI", "Penukal Abab"),
            ("MURATARA", "Musi Rawas Utara"),
            ("TANGSEL", "Tangerang Selatan"),
            ("JAKSEL", "Jakarta Selatan"),
            ("KLU", "Lombok Utara"),
            ("SBD", "Sumba Barat Daya"),
            ("MATIM", "Manggarai Timur"),
            ("HST", "Hulu Sungai Tengah"),
            ("PPU", "Penajam Paser Utara"),
            ("KUBAR", "Kutai Barat"),
            ("KUTIM", "Kutai Timur"),
            ("MAHULU", "Mahakam Ulu"),
            ("SITARO", "Siau Tagulandang"),
            ("BOLTIM", "Bolaang Mongondow Timur"),
            ("BOLSEL", "Bolaang Mongondow Selatan"),
            ("MINUT", "Minahasa Utara"),
            ("MITRA", "Minahasa Tenggara"),
            ("BANGKEP", "Banggai Kepulauan"),
            ("PARIMO", "Parigi Moutong"),
            ("TOUNA", "Tojo Una"),
            ("PANGKEP", "Pangkajene"),
            ("SIDRAP", "Sidenreng Rappang"),
            ("POLMAN", "Polewali Mandar"),
            ("TANJABTIM", "Tanjung Jabung Timur"),
            ("PALUTA", "Padang Lawas Utara"),
            ("LABUSEL", "Labuhanbatu Selatan"),
            ("LABURA", "Labuhanbatu Utara"),
            ("KOTIM", "Kotawaringin Timur"),
            ("YAPENWAROPEN", "Kepulauan Yapen"),
            ("SANGIHE", "Sangihe"),
            ("TALAUD", "Talaud"),
            ("MABAR", "Manggarai Barat"),
            ("KSB", "Sumbawa Barat"),
            ("GUNKID", "Gunungkidul"),
        ] {
            let code = KABKOTA.iter().find(|(known, _)| *known == name).expect("listed").1;
            let region = regions.get(code).expect("a region");
            assert!(region.name.contains(expected), "{name} → {code} {}", region.name);
        }
    }

    #[test]
    fn old_codes() {
        assert_eq!(current("9101"), "9301");
        assert_eq!(current("9101012001"), "9301012001");
        assert_eq!(current("3201"), "3201");
        assert_eq!(current("32"), "32");
    }
}
