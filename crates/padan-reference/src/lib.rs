//! Reference data as shipped: the region table, the name rules, name lists, public aggregates and code lists, each compiled in, with
//! its notice in `data/licenses`.
//!
//! Only reads and indexes; what a spelling means is the standardizer's to say, what a population looks like is the generator's.

mod names;
mod regions;

pub use names::{KEMBARAN_JSON, NameList, SPELLINGS_CSV, TopName, VariantRule, name_lists, top_names, variant_rules};
pub use regions::{Region, Regions};

/// The shipped code lists as JSON text (`bdt2015`, `regsosek2022`, `dtsen`, `dukcapil_respon`, …).
pub const CODES_JSON: &str = include_str!("../data/codes.json");
/// Population by five-year age group, 2022: `kelompok_umur,juta,pangsa`.
pub const AGE_GROUPS_CSV: &str = include_str!("../data/marginals/umur_2022_juta.csv");
/// Marital status by age and sex, 2022.
pub const MARITAL_CSV: &str = include_str!("../data/marginals/status_kawin_umur_jk_sp2022.csv");
/// Provinces: population by sex and share of poor persons.
pub const PROVINCES_CSV: &str = include_str!("../data/marginals/provinsi.csv");
