//! How two spellings of a header are compared.
//!
//! `Key` drops what never carries meaning (case, spaces, punctuation, marks without width, a `(n)` suffix that a program added) and mends
//! the misspellings known from real files. `near` allows a small edit distance, and only within long words: `Status KKS` and
//! `Status KIS` are one letter apart and different programmes.

/// Misspelt words seen in real headers → the word meant. Both without punctuation, lower case.
const MISSPELT: [(&str, &str); 9] = [
    ("keluarahan", "kelurahan"),
    ("kelurhan", "kelurahan"),
    ("kecamtan", "kecamatan"),
    ("kabupatan", "kabupaten"),
    ("propinsi", "provinsi"),
    ("tangal", "tanggal"),
    ("kelaminn", "kelamin"),
    ("kepersertaan", "kepesertaan"),
    ("almat", "alamat"),
];

/// A header as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Words joined, suffix kept: `ruta61` of `ruta_6 (1)`.
    pub(crate) whole: String,
    /// Words joined without the `(n)` suffix: `ruta6`.
    pub(crate) stem: String,
    words: Vec<String>,
}

impl Key {
    pub(crate) fn new(header: &str) -> Self {
        let (stem_text, _) = split_suffix(header);
        let words = words(stem_text);
        Self { whole: self::words(header).concat(), stem: words.concat(), words }
    }

    /// Whether nothing is left to compare.
    pub(crate) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// Whether the other is this one with a letter or two mistyped inside a long word.
    pub(crate) fn near(&self, other: &Self) -> bool {
        self.words.len() == other.words.len()
            && self.stem != other.stem
            && self.words.iter().zip(&other.words).all(|(left, right)| near_word(left, right))
    }

    /// 0 to 1, for hints only.
    pub(crate) fn similarity(&self, other: &Self) -> f64 {
        strsim::jaro_winkler(&self.stem, &other.stem)
    }
}

fn words(header: &str) -> Vec<String> {
    header
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let lower = word.to_lowercase();
            MISSPELT.iter().find(|(wrong, _)| *wrong == lower).map_or(lower, |(_, right)| (*right).to_owned())
        })
        .collect()
}

/// The header without a trailing `(n)`.
fn split_suffix(header: &str) -> (&str, Option<&str>) {
    let trimmed = crate::cell::trim(header);
    let parts = trimmed.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match parts {
        Some((stem, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => (stem, Some(number)),
        _ => (trimmed, None),
    }
}

fn near_word(left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    let shorter = left.chars().count().min(right.chars().count());
    let same_ends = left.chars().next() == right.chars().next() && left.chars().next_back() == right.chars().next_back();
    let allowed = match shorter {
        0..=4 => return false,
        5..=9 => 1,
        _ => 2,
    };
    same_ends && strsim::osa_distance(left, right) <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_header() {
        for (left, right) in [
            ("DESA/KELUARAHAN", "Desa / Kelurahan"),
            ("\u{feff}NO\u{a0}KK", "no_kk"),
            ("Tanggal Lahir ", "tanggal_lahir"),
            ("Propinsi", "PROVINSI"),
            ("ruta_6 (1)", "RUTA 6"),
        ] {
            assert_eq!(Key::new(left).stem, Key::new(right).stem, "{left} ~ {right}");
        }
        assert_ne!(Key::new("ruta_6 (1)").whole, Key::new("ruta_6 (2)").whole);
    }

    #[test]
    fn near_headers() {
        assert!(Key::new("KECAMATN").near(&Key::new("Kecamatan")));
        assert!(Key::new("ALAMT LENGKAP").near(&Key::new("alamat_lengkap")));
        assert!(Key::new("nomor_induk_kependudkan").near(&Key::new("nomor_induk_kependudukan")));
        for (left, right) in [
            ("Status KKS", "Status KIS"),
            ("nomor_kks", "nomor_kk"),
            ("rt", "rw"),
            ("tahap", "tahun"),
            ("NIK", "NIK AYAH"),
            ("NOMORKK", "NOMORKKS"),
        ] {
            assert!(!Key::new(left).near(&Key::new(right)), "{left} ~ {right}");
        }
    }
}
