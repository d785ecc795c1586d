//! Name rules and name lists.
//!
//! `variant_rules.tsv` is the project's own table of Indonesian name families; the lists come from Faker (MIT), lokal-kembaran (MIT)
//! and the civil registry's published counts (via media).

use std::sync::OnceLock;

/// One line of `variant_rules.tsv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantRule {
    /// `depan`, `belakang`, `ejaan_lama`, `bunyi`, `ganda`, `akhir`, `gelar_depan`, `gelar_belakang`, `penghubung`, `bali`, `batak_marga`, `tionghoa`, ….
    pub class: &'static str,
    /// The canonical form or sound; `-` where the class has none.
    pub canonical: &'static str,
    /// Written forms.
    pub forms: Vec<&'static str>,
    /// The table's remark.
    pub note: &'static str,
}

/// The shipped rules, in file order.
pub fn variant_rules() -> &'static [VariantRule] {
    static RULES: OnceLock<Vec<VariantRule>> = OnceLock::new();
    RULES.get_or_init(|| {
        include_str!("../data/names/variant_rules.tsv")
            .lines()
            .skip(1)
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                let mut cells = line.split('\t');
                let mut next = || cells.next().unwrap_or("").trim();
                let (class, canonical, forms, note) = (next(), next(), next(), next());
                VariantRule { class, canonical, forms: forms.split('|').filter(|form| !form.is_empty()).collect(), note }
            })
            .collect()
    })
}

/// Name lists by sex, as written.
#[derive(Debug, Clone, Default)]
pub struct NameList {
    /// Men's first names.
    pub male_first: Vec<&'static str>,
    /// Men's last names.
    pub male_last: Vec<&'static str>,
    /// Women's first names.
    pub female_first: Vec<&'static str>,
    /// Women's last names.
    pub female_last: Vec<&'static str>,
    /// Streets without their prefix.
    pub streets: Vec<&'static str>,
}

fn lines(text: &'static str) -> Vec<&'static str> {
    let mut names: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

/// The Faker lists, doubles removed.
pub fn name_lists() -> &'static NameList {
    static LISTS: OnceLock<NameList> = OnceLock::new();
    LISTS.get_or_init(|| NameList {
        male_first: lines(include_str!("../data/names/faker_id_first_names_male.txt")),
        male_last: lines(include_str!("../data/names/faker_id_last_names_male.txt")),
        female_first: lines(include_str!("../data/names/faker_id_first_names_female.txt")),
        female_last: lines(include_str!("../data/names/faker_id_last_names_female.txt")),
        streets: lines(include_str!("../data/names/faker_id_streets.txt")),
    })
}

/// The commoner names of lokal-kembaran, as JSON text (`MALE_FIRST`, `MALE_LAST`, `FEMALE_FIRST`, `FEMALE_LAST`, `STREETS`, …).
pub const KEMBARAN_JSON: &str = include_str!("../data/names/lokal_kembaran_lists.json");
/// Spelling pairs old and new: `kunci,bentuk`, forms joined by `|`.
pub const SPELLINGS_CSV: &str = include_str!("../data/names/name_variants_indonesian_malay.csv");

/// A full name that very many people bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopName {
    /// Whether women bear it.
    pub female: bool,
    /// The full name.
    pub name: &'static str,
    /// Holders in the civil registry in 2024, of 285 million.
    pub holders: u32,
}

/// The civil registry's most common full names, 2024.
pub fn top_names() -> Vec<TopName> {
    include_str!("../data/names/top_nama_2024.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            let (sex, name, holders) = (cells.next()?, cells.next()?, cells.next()?);
            Some(TopName { female: sex == "P", name: name.split('/').next()?, holders: holders.parse().ok()? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read() {
        assert!(variant_rules().iter().any(|rule| rule.class == "depan" && rule.canonical == "MUHAMMAD" && rule.forms.contains(&"MOCH.")));
        assert_eq!(top_names().len(), 15);
        assert!(name_lists().male_first.len() > 300);
    }
}
