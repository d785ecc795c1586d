//! The key of a region's name: what is left when level words, abbreviations, blanks and punctuation no longer differ.
//!
//! `KAB. OKU TIMUR`, `Kabupaten Ogan-Komering Ulu Timur` and `OGAN KOMERING ULUTIMUR` must meet; `Sidomulyo I` and `SIDOMULYO 1` too. The same
//! rule is applied to the shipped table and to what is written, so it may be blunt.

use crate::text::fold;

/// Depth of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Provinsi,
    Kabkota,
    Kecamatan,
    Desa,
}

pub(super) const LEVELS: [Level; 4] = [Level::Provinsi, Level::Kabkota, Level::Kecamatan, Level::Desa];

/// Kabupaten or kota, where the writer says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Kab,
    Kota,
}

/// A name's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    /// Letters and digits only.
    pub(super) key: String,
    /// The key with its level word, where that may belong to the name (KOTA BARU, KAMPUNG X).
    pub(super) whole: Option<String>,
    /// What KAB or KOTA said.
    pub(super) kind: Option<Kind>,
}

/// The level that a word announces.
pub(super) fn level_word(word: &str) -> Option<Level> {
    Some(match word {
        "PROV" | "PROVINSI" | "PROPINSI" | "PROP" => Level::Provinsi,
        "KAB" | "KABUPATEN" | "KABUP" | "KOTA" | "KODYA" | "KOTAMADYA" | "KOTIF" => Level::Kabkota,
        "KEC" | "KECAMATAN" | "KCMTN" | "DISTRIK" | "KAPANEWON" | "KEMANTREN" => Level::Kecamatan,
        "DESA" | "DS" | "KEL" | "KELURAHAN" | "GAMPONG" | "NAGARI" | "DESAKEL" => Level::Desa,
        _ => return None,
    })
}

/// The key of a name at a level.
pub(super) fn spelling(text: &str, level: Level) -> Spelling {
    let folded = fold(text).replace(['\'', '`'], "");
    let words: Vec<&str> = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    spelling_of_words(&words, level)
}

/// The key of words that were folded and split before.
pub(super) fn spelling_of_words(words: &[&str], level: Level) -> Spelling {
    let mut rest = words;
    let mut kind = None;
    let mut whole = None;
    if rest.len() > 1 && level_word(rest[0]) == Some(level) {
        kind = match rest[0] {
            "KAB" | "KABUPATEN" | "KABUP" => Some(Kind::Kab),
            "KOTA" | "KODYA" | "KOTAMADYA" | "KOTIF" => Some(Kind::Kota),
            _ => None,
        };
        whole = kind.filter(|kind| *kind == Kind::Kota).map(|_| join(rest));
        rest = &rest[1..];
    }
    if level == Level::Kabkota && rest.len() > 1 && matches!(rest[0], "ADM" | "ADMINISTRASI" | "ADMIN") {
        rest = &rest[1..];
    }
    Spelling { key: join(rest), whole, kind }
}

fn join(words: &[&str]) -> String {
    let mut key = String::with_capacity(24);
    for (at, word) in words.iter().enumerate() {
        key.push_str(expand(word, at == 0 && words.len() > 1));
    }
    key
}

/// Abbreviations within a name; roman numerals as digits.
fn expand(word: &str, first: bool) -> &str {
    match word {
        "KEP" => "KEPULAUAN",
        "SEI" | "SNGAI" => "SUNGAI",
        "TJ" | "TG" | "TJG" | "TANJONG" => "TANJUNG",
        "GN" | "GNG" => "GUNUNG",
        "LB" | "LBK" => "LUBUK",
        "MA" if first => "MUARA",
        "TLK" | "TL" => "TELUK",
        "KP" | "KPG" => "KAMPUNG",
        "PERK" | "PERKEB" => "PERKEBUNAN",
        "MNS" => "MEUNASAH",
        "PS" => "PASAR",
        "SP" if first => "SIMPANG",
        "P" if first => "PULAU",
        "UTR" => "UTARA",
        "SEL" | "SLTN" => "SELATAN",
        "TIM" | "TMR" => "TIMUR",
        "BRT" => "BARAT",
        "TENG" | "TGH" => "TENGAH",
        "I" => "1",
        "II" => "2",
        "III" => "3",
        "IV" => "4",
        "V" => "5",
        "VI" => "6",
        "VII" => "7",
        "VIII" => "8",
        "IX" => "9",
        "X" => "10",
        other => other,
    }
}

/// Typing errors allowed in a key of that length.
pub(super) fn tolerance(length: usize) -> usize {
    match length {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        for (level, a, b) in [
            (Level::Kabkota, "KAB. BOGOR", "Kabupaten Bogor"),
            (Level::Kabkota, "KAB. BOGOR", "KAB.BOGOR"),
            (Level::Kabkota, "KOTA ADM. JAKARTA SELATAN", "Kota Administrasi Jakarta Selatan"),
            (Level::Kabkota, "KAB. KEP. SERIBU", "Kabupaten Kepulauan Seribu"),
            (Level::Kabkota, "KAB. TOLITOLI", "Kabupaten Toli-Toli"),
            (Level::Desa, "SIDOMULYO I", "Desa Sidomulyo 1"),
            (Level::Desa, "PAAU", "Pa'au"),
            (Level::Desa, "TJ. HARAPAN", "Tanjung Harapan"),
            (Level::Kecamatan, "KEC. SEI RAMPAH", "Sungai Rampah"),
        ] {
            assert_eq!(spelling(a, level).key, spelling(b, level).key, "{a} ~ {b}");
        }
        assert_eq!(spelling("KOTA BARU", Level::Kabkota).whole.as_deref(), Some("KOTABARU"));
        assert_eq!(spelling("KOTA", Level::Kabkota).key, "KOTA");
    }
}
