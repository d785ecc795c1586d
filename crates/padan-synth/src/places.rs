//! Which villages a population lives in, and everything that lists write of a village.
//!
//! Villages are drawn systematically over the region table in code order, weighted by the province's population, so that a population
//! of any size is spread over provinces and kab/kota as people are. A large kelurahan may be drawn more than once: each draw is a
//! neighbourhood of about 3,000 people.

use std::collections::BTreeMap;

use padan_reference::{PROVINCES_CSV, Regions};

use crate::dice::Dice;
use crate::error::SynthError;

/// A village as lists name it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Ten Kemendagri digits.
    pub(crate) code: &'static str,
    /// Upper-case names; the kab/kota's with `KABUPATEN` or `KOTA`.
    pub(crate) desa: String,
    pub(crate) kecamatan: String,
    pub(crate) kabkota: String,
    pub(crate) provinsi: String,
    /// A kelurahan.
    pub(crate) urban: bool,
    /// Pseudo-BPS code: see `bps`.
    pub(crate) bps: String,
    /// Which of the chosen villages of its kecamatan this is, and how many there are: they share its NIK serials.
    pub(crate) slot: u32,
    pub(crate) slots: u32,
    /// Poor persons of the province, per cent.
    pub(crate) poor: f64,
}

/// The chosen villages and the tables around them.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) villages: Vec<Place>,
    /// Upper-case kab/kota names without their kind, as birth places.
    pub(crate) kabkota_names: Vec<String>,
    /// All kecamatan codes, for those who were first registered elsewhere.
    pub(crate) kecamatan: Vec<u32>,
}

struct Province {
    code: &'static str,
    name: &'static str,
    population: f64,
    poor: f64,
}

fn provinces() -> Vec<Province> {
    PROVINCES_CSV
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&'static str> = line.split(',').collect();
            Some(Province {
                code: cells.first()?,
                name: cells.get(1)?,
                population: cells.get(10)?.parse().ok()?,
                poor: cells.get(11)?.parse().ok()?,
            })
        })
        .collect()
}

/// The provinces asked for by code or name; all for an empty list.
fn chosen(wanted: &[String]) -> Result<Vec<Province>, SynthError> {
    let mut all = provinces();
    if wanted.is_empty() {
        return Ok(all);
    }
    for name in wanted {
        if !all.iter().any(|province| is(province, name)) {
            let nearest = all
                .iter()
                .min_by_key(|province| distance(&province.name.to_lowercase(), &name.to_lowercase()))
                .map_or("", |province| province.name);
            return Err(SynthError::Province { name: name.clone(), nearest: nearest.to_owned() });
        }
    }
    all.retain(|province| wanted.iter().any(|name| is(province, name)));
    Ok(all)
}

fn is(province: &Province, name: &str) -> bool {
    province.code == name.trim() || province.name.eq_ignore_ascii_case(name.trim())
}

/// Levenshtein distance, for the hint.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// Kab of today's Papua provinces and the kab code that their older NIKs carry (split of 2022).
const PAPUA: [(u32, u32); 26] = [
    (9301, 9101),
    (9302, 9116),
    (9303, 9117),
    (9304, 9118),
    (9401, 9104),
    (9402, 9107),
    (9403, 9108),
    (9404, 9109),
    (9405, 9125),
    (9406, 9126),
    (9407, 9127),
    (9408, 9128),
    (9501, 9102),
    (9502, 9112),
    (9503, 9113),
    (9504, 9114),
    (9505, 9121),
    (9506, 9122),
    (9507, 9123),
    (9508, 9124),
    (9601, 9201),
    (9602, 9204),
    (9603, 9205),
    (9604, 9209),
    (9605, 9210),
    (9671, 9271),
];

/// The kecamatan code that a person registered before 2022 bears; a new province's kecamatan once had its mother province's code.
pub(crate) fn code_before_2022(kecamatan: u32) -> u32 {
    PAPUA.iter().find(|(new, _)| *new == kecamatan / 100).map_or(kecamatan, |(_, old)| old * 100 + kecamatan % 100)
}

/// A stand-in for BPS's code of a village: BPS numbers kecamatan in tens and desa in threes, and calls the two old Papuas 91 and 94
/// the other way round. The true table is not ours to ship; what matters to a reader is that the code is of another system.
pub(crate) fn bps(code: &str) -> String {
    let number = |range: std::ops::Range<usize>| code.get(range).and_then(|digits| digits.parse::<u32>().ok()).unwrap_or(0);
    let province = match number(0..2) {
        91 | 93 | 94 | 95 => 94,
        92 | 96 => 91,
        other => other,
    };
    format!("{province:02}{:02}{:03}{:03}", number(2..4), number(4..6) * 10, number(7..10) % 1000)
}

impl Places {
    /// Draws villages for `persons` people.
    pub(crate) fn choose(persons: u64, seed: u64, wanted: &[String]) -> Result<Self, SynthError> {
        let regions = Regions::shipped();
        let provinces = chosen(wanted)?;
        let mut desa: Vec<(&'static str, f64, f64)> = Vec::new();
        for province in &provinces {
            let codes: Vec<&'static str> =
                regions.below(province.code).iter().map(|region| region.code.as_ref()).filter(|code| code.len() == 10).collect();
            let weight = province.population / codes.len().max(1) as f64;
            desa.extend(codes.into_iter().map(|code| (code, weight, province.poor)));
        }
        let count = (persons as f64 / 3000.0).round().max(1.0) as usize;
        let total: f64 = desa.iter().map(|(_, weight, _)| weight).sum();
        let step = total / count as f64;
        let mut next = step * Dice::new(seed, 0, u64::MAX).unit();
        let mut upto = 0.0;
        let mut villages = Vec::with_capacity(count);
        for (code, weight, poor) in desa {
            upto += weight;
            while next < upto && villages.len() < count {
                villages.push(place(code, poor));
                next += step;
            }
        }
        number_slots(&mut villages);
        let kabkota_names = regions
            .all()
            .iter()
            .filter(|region| region.code.len() == 4)
            .map(|region| bare_kabkota(&region.name.to_uppercase()).to_owned())
            .collect();
        let kecamatan =
            regions.all().iter().filter(|region| region.code.len() == 6).filter_map(|region| region.code.parse().ok()).collect();
        Ok(Self { villages, kabkota_names, kecamatan })
    }
}

/// `KABUPATEN X` and `KOTA X` to `X`.
pub(crate) fn bare_kabkota(name: &str) -> &str {
    let name = name.strip_prefix("KABUPATEN ").or_else(|| name.strip_prefix("KOTA ADMINISTRASI ")).unwrap_or(name);
    name.strip_prefix("ADMINISTRASI ").or_else(|| name.strip_prefix("KOTA ")).unwrap_or(name)
}

fn place(code: &'static str, poor: f64) -> Place {
    let name = |length: usize| Regions::shipped().get(&code[..length]).map(|region| region.name.to_uppercase()).unwrap_or_default();
    Place {
        code,
        desa: name(10),
        kecamatan: name(6),
        kabkota: name(4),
        provinsi: name(2),
        urban: code.as_bytes().get(6) == Some(&b'1'),
        bps: bps(code),
        slot: 0,
        slots: 1,
        poor,
    }
}

fn number_slots(villages: &mut [Place]) {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for village in villages.iter_mut() {
        let count = counts.entry(&village.code[..6]).or_default();
        village.slot = *count;
        *count += 1;
    }
    for village in villages.iter_mut() {
        village.slots = counts.get(&village.code[..6]).copied().unwrap_or(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn villages_follow_the_population() {
        let places = Places::choose(3_000_000, 1, &[]).expect("places");
        assert_eq!(places.villages.len(), 1000);
        let java = places.villages.iter().filter(|place| ("31".."37").contains(&&place.code[..2])).count();
        assert!((500..620).contains(&java), "Java has 56 % of the people, here {java} of 1000 villages");
        assert!(places.villages.iter().all(|place| !place.desa.is_empty() && place.bps.len() == 10));
    }

    #[test]
    fn provinces_by_code_or_name() {
        let places = Places::choose(60_000, 1, &["32".into(), "bali".into()]).expect("places");
        assert!(places.villages.iter().all(|place| place.code.starts_with("32") || place.code.starts_with("51")));
        let error = Places::choose(1, 1, &["Jawa Barta".into()]).expect_err("misspelt").to_string();
        assert!(error.contains("Jawa Barat"), "{error}");
    }

    #[test]
    fn the_papua_split_is_known() {
        assert_eq!(code_before_2022(930_401), 911_801);
        assert_eq!(code_before_2022(320_101), 320_101);
        assert_eq!(bps("9304012003"), "9404010003");
        assert_eq!(bare_kabkota("KABUPATEN BOGOR"), "BOGOR");
    }
}
