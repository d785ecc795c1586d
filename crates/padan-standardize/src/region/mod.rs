//! Regions: names in any spelling, codes of Kemendagri and one line of free text → a Kemendagri code as deep as it is unambiguous.
//!
//! Resolved from the top down: a name is looked for among the descendants of what its parents may be, first exactly (spelling.rs), then
//! within a few typing errors. Names win over codes, because codes are copied without their vintage while names are read by people; a
//! code decides where names are absent or leave several regions. Where several are left still, the NIK's prefix decides if it fits exactly
//! one; else the answer is their common ancestor. BPS codes are never used.

mod by_code;
mod by_name;
mod free_text;
mod index;
mod renamed;
mod spelling;

use std::str::FromStr;
use std::sync::Arc;

use padan_model::KodeWilayah;

pub use by_code::CodeParts;
pub use free_text::{Found, Piece};

use crate::memo::Memo;

/// Names of a row's region, as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RegionNames<'a> {
    /// Province.
    pub provinsi: Option<&'a str>,
    /// Kabupaten or kota.
    pub kabkota: Option<&'a str>,
    /// Kecamatan.
    pub kecamatan: Option<&'a str>,
    /// Desa or kelurahan.
    pub desa: Option<&'a str>,
}

impl<'a> RegionNames<'a> {
    /// From the top down.
    pub fn levels(self) -> [Option<&'a str>; 4] {
        [self.provinsi, self.kabkota, self.kecamatan, self.desa]
    }
}

/// Whether a word announces a region's name (DESA, KEC, KABUPATEN …).
pub(crate) fn is_level_word(word: &str) -> bool {
    spelling::level_word(word).is_some()
}

/// Distinct region tuples that are kept; DTSEN has about 84,000 villages.
const CAPACITY: usize = 1 << 17;

/// Resolves regions, remembering what it resolved.
#[derive(Debug)]
pub struct Resolver {
    names: Memo<Arc<[KodeWilayah]>>,
    texts: Memo<Option<Arc<Found>>>,
}

impl Default for Resolver {
    fn default() -> Self {
        Self { names: Memo::new(CAPACITY), texts: Memo::new(CAPACITY) }
    }
}

impl Resolver {
    /// The region of names and codes; `nik_region` is the `PPKKCC` of a valid NIK, a hint among several.
    pub fn resolve(&self, names: RegionNames<'_>, codes: CodeParts<'_>, nik_region: Option<u32>) -> Option<KodeWilayah> {
        self.stated(names, codes).region(nik_region)
    }

    /// What names and codes say before any hint.
    pub(crate) fn stated(&self, names: RegionNames<'_>, codes: CodeParts<'_>) -> Stated {
        let by_code = by_code::resolve(codes);
        let levels = names.levels();
        if levels.iter().all(|level| level.is_none_or(|name| name.trim().is_empty())) {
            return Stated { by_code, by_name: None };
        }
        let mut key = String::with_capacity(64);
        for level in levels {
            key.push_str(level.unwrap_or(""));
            key.push('\u{1f}');
        }
        Stated { by_code, by_name: Some(self.names.get(&key, || by_name::candidates(names).into())) }
    }

    /// The region of the pieces of a free-text address, and where its names begin.
    pub fn resolve_text(&self, pieces: &[Piece<'_>], nik_region: Option<u32>) -> Option<(KodeWilayah, usize)> {
        let mut key = String::with_capacity(64);
        for piece in pieces {
            key.push(if piece.breaks { '\u{1f}' } else { ' ' });
            key.push_str(piece.text);
        }
        let found = self.texts.get(&key, || free_text::find(pieces).map(Arc::new))?;
        decide(&found.candidates, None, nik_region).map(|region| (region, found.start))
    }
}

/// What the names and the codes of a row say.
#[derive(Debug)]
pub(crate) struct Stated {
    by_code: Option<KodeWilayah>,
    /// Regions that the names may mean; none where there are no names.
    by_name: Option<Arc<[KodeWilayah]>>,
}

impl Stated {
    /// The region; `nik_region` is a hint among several.
    pub(crate) fn region(&self, nik_region: Option<u32>) -> Option<KodeWilayah> {
        let Some(candidates) = &self.by_name else { return self.by_code };
        match (decide(candidates, self.by_code, nik_region), self.by_code) {
            (Some(name), Some(code)) if name.contains(code) => Some(code),
            (Some(name), _) => Some(name),
            (None, code) => code,
        }
    }
}

/// One of the candidates, or their deepest common ancestor.
fn decide(candidates: &[KodeWilayah], by_code: Option<KodeWilayah>, nik_region: Option<u32>) -> Option<KodeWilayah> {
    if candidates.len() > 1 {
        if let Some(code) = by_code {
            let mut fitting = candidates.iter().filter(|candidate| candidate.contains(code) || code.contains(**candidate));
            if let (Some(one), None) = (fitting.next(), fitting.next()) {
                return Some(*one);
            }
        }
        if let Some(hint) = nik_region.and_then(|region| KodeWilayah::from_str(&renamed::current(&format!("{region:06}"))).ok()) {
            for length in [6, 4, 2] {
                let mut fitting =
                    candidates.iter().filter(|candidate| hint.at(length).is_some_and(|hint| candidate.at(length) == Some(hint)));
                match (fitting.next(), fitting.next()) {
                    (Some(one), None) => return Some(*one),
                    (Some(_), Some(_)) => break,
                    _ => {}
                }
            }
        }
    }
    let (first, rest) = candidates.split_first()?;
    let mut common = *first;
    for candidate in rest {
        while !common.contains(*candidate) {
            common = common.parent()?;
        }
    }
    Some(common)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resolve(provinsi: &str, kabkota: &str, kecamatan: &str, desa: &str) -> String {
        let names = [provinsi, kabkota, kecamatan, desa].map(|text| Some(text).filter(|text| !text.is_empty()));
        let names = RegionNames { provinsi: names[0], kabkota: names[1], kecamatan: names[2], desa: names[3] };
        Resolver::default().resolve(names, CodeParts::default(), None).map_or_else(String::new, |code| code.to_string())
    }

    #[test]
    fn names_in_the_spellings_of_the_sources() {
        for (provinsi, kabkota, kecamatan, desa, code) in [
            ("JAWA BARAT", "KABUPATEN BOGOR", "CIBINONG", "PABUARAN", "3201011012"),
            ("JAWA BARAT", "KAB. BOGOR", "CIBINONG", "PABUARAN", "3201011012"),
            ("Jawa Barat", "Kab Bogor", "Kec. Cibinong", "Kel. Pabuaran", "3201011012"),
            ("JABAR", "BOGOR", "CIBINONG", "PABUARAN", "3201011012"),
            ("PROVINSI JAWA BARAT", "BOGOR", "CIBINNONG", "PABUARN", "3201011012"),
            ("JAWABARAT", "KAB.BOGOR", "CIBINONG", "PABU ARAN", "3201011012"),
            ("", "KAB. BOGOR", "CIBINONG", "PABUARAN", "3201011012"),
            ("JAWA BARAT", "", "CIBINONG", "PABUARAN", "3201011012"),
            ("JAWA BARAT", "KAB. BOGOR", "", "PAKANSARI", "3201011007"),
            ("JAWA BARAT", "KAB. BOGOR", "", "PABUARAN", "3201"),
            ("", "", "CIBINONG", "PABUARAN", "3201011012"),
            ("JAWA BARAT", "KAB. BOGOR", "CIBINONG", "", "320101"),
            ("JAWA BARAT", "KAB. BOGOR", "CIBINONG", "XYZABC", "320101"),
            ("JAWA BARAT", "KAB. BOGOR", "", "", "3201"),
            ("JAWA BARAT", "KOTA BOGOR", "", "", "3271"),
            ("JAWA BARAT", "BOGOR", "", "", "32"),
            ("JAWA BARAT", "BOGOR", "BOGOR BARAT", "", "327104"),
            ("DKI JAKARTA", "JAKARTA SELATAN", "TEBET", "", "317401"),
            ("DKI", "KOTA ADM. JAKARTA SELATAN", "TEBET", "", "317401"),
            ("DAERAH KHUSUS IBUKOTA JAKARTA", "KOTA JAKARTA SELATAN", "TEBET", "", "317401"),
            ("DIY", "SLEMAN", "", "", "3404"),
            ("D.I. YOGYAKARTA", "KAB. SLEMAN", "", "", "3404"),
            ("SUMSEL", "OKU TIMUR", "", "", "1608"),
            ("BABEL", "BANGKA", "", "", "1901"),
            ("KEP. RIAU", "KOTA BATAM", "", "", "2171"),
            ("SUMATERA UTARA", "TOBA SAMOSIR", "", "", "1212"),
            ("SUMUT", "KAB. TOBA", "", "", "1212"),
            ("MALUKU", "MALUKU TENGGARA BARAT", "", "", "8103"),
            ("SULBAR", "MAMUJU UTARA", "", "", "7601"),
            ("PAPUA", "MERAUKE", "", "", "9301"),
            ("PAPUA", "KAB. MIMIKA", "", "", "9404"),
            ("PAPUA", "JAYAWIJAYA", "", "", "9501"),
            ("PAPUA BARAT", "RAJA AMPAT", "", "", "9603"),
            ("PAPUA BARAT", "KOTA SORONG", "", "", "9671"),
            ("KALIMANTAN SELATAN", "KOTA BARU", "", "", "6302"),
            ("KALIMANTAN TIMUR", "NUNUKAN", "", "", "6503"),
            ("", "", "", "", ""),
            ("", "", "CILODONG", "SUKAMAJU", "3276081001"),
        ] {
            let expected = code.to_owned();
            assert_eq!(resolve(provinsi, kabkota, kecamatan, desa), expected, "{provinsi} / {kabkota} / {kecamatan} / {desa}");
        }
    }

    #[test]
    fn ambiguous_names_climb_to_the_common_ancestor_unless_the_nik_tells() {
        assert_eq!(resolve("", "", "", "SIDOMULYO"), "");
        assert_eq!(resolve("JAWA TENGAH", "", "", "SIDOMULYO"), "33");
        let names = RegionNames { desa: Some("KARANGANYAR"), kecamatan: Some("KARANGANYAR"), ..RegionNames::default() };
        let plain = Resolver::default().resolve(names, CodeParts::default(), None);
        let hinted = Resolver::default().resolve(names, CodeParts::default(), Some(330_517));
        assert!(plain.is_none_or(|code| code.length() < 10));
        assert!(hinted.is_none_or(|code| code.to_string().starts_with("33") || code.length() < 10));
    }

    #[test]
    fn codes_serve_where_names_are_absent_and_yield_where_they_disagree() {
        let resolver = Resolver::default();
        let code = |text| CodeParts { wilayah: Some(text), ..CodeParts::default() };
        let show = |code: Option<KodeWilayah>| code.map(|code| code.to_string());
        let none = RegionNames::default();
        assert_eq!(show(resolver.resolve(none, code("32.01.01.1012"), None)).as_deref(), Some("3201011012"));
        let names = RegionNames { provinsi: Some("JAWA BARAT"), kabkota: Some("KAB. BOGOR"), ..none };
        assert_eq!(show(resolver.resolve(names, code("3201011012"), None)).as_deref(), Some("3201011012"), "the code goes deeper");
        assert_eq!(show(resolver.resolve(names, code("3301011012"), None)).as_deref(), Some("3201"), "names win");
        let parts = CodeParts { provinsi: Some("32"), kabkota: Some("1"), kecamatan: Some("01"), desa: Some("1012"), wilayah: None };
        assert_eq!(show(resolver.resolve(none, parts, None)).as_deref(), Some("3201011012"));
    }

    proptest! {
        #[test]
        fn any_names_are_resolved(a in "\\PC{0,12}", b in "\\PC{0,12}", c in "\\PC{0,12}") {
            resolve(&a, &b, &c, "");
        }
    }
}
