//! The error rates: one table for every list, with overrides by list, read from TOML.
//!
//! The shipped table is `data/faults.toml`, where every rate is explained. A key that no rate has is refused.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use crate::error::SynthError;
use crate::extracts::Extract;

/// The shipped table of error rates.
pub const FAULTS_TOML: &str = include_str!("../data/faults.toml");

/// How names are miswritten.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NameFaults {
    pub(crate) variant: f64,
    pub(crate) habit: f64,
    pub(crate) typing: f64,
    pub(crate) missing_token: f64,
    pub(crate) merged_tokens: f64,
    pub(crate) swapped_tokens: f64,
    pub(crate) title: f64,
    pub(crate) alias: f64,
    pub(crate) truncated: f64,
    pub(crate) truncate_at: usize,
    pub(crate) spaced: f64,
    pub(crate) nbsp: f64,
    pub(crate) nickname: f64,
}

/// How a NIK is miswritten; at most one of these happens to a cell.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NikFaults {
    pub(crate) blank: f64,
    pub(crate) placeholder: f64,
    pub(crate) transposed: f64,
    pub(crate) digit: f64,
    pub(crate) of_head: f64,
    pub(crate) other_person: f64,
    pub(crate) scientific: f64,
    pub(crate) last_digit_zero: f64,
    pub(crate) apostrophe: f64,
    pub(crate) formula: f64,
    pub(crate) letter: f64,
    pub(crate) short: f64,
    pub(crate) spaces: f64,
    pub(crate) numeric_cell: f64,
}

/// How a birth date is miswritten; at most one of these happens.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct BirthFaults {
    pub(crate) blank: f64,
    pub(crate) january_first: f64,
    pub(crate) day_month: f64,
    pub(crate) digit: f64,
    pub(crate) year: f64,
}

/// How an address is miswritten.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PlaceFaults {
    pub(crate) old_address: f64,
    pub(crate) rt_rw_blank: f64,
    pub(crate) rt_rw_wrong: f64,
    pub(crate) street_form: f64,
    pub(crate) street_blank: f64,
    pub(crate) region_drift: f64,
    pub(crate) region_typing: f64,
    pub(crate) region_blank: f64,
}

/// How lines of a delimited file are broken; at most one of these happens.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LineFaults {
    pub(crate) delimiter: f64,
    pub(crate) quote: f64,
    pub(crate) torn: f64,
    pub(crate) short: f64,
    pub(crate) nul: f64,
}

impl LineFaults {
    /// The rate of broken lines.
    pub(crate) fn any(&self) -> f64 {
        self.delimiter + self.quote + self.torn + self.short + self.nul
    }
}

/// The rates of one list.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ListFaults {
    pub(crate) vintage: u16,
    pub(crate) duplicate: f64,
    pub(crate) dead_kept: f64,
    pub(crate) sex_wrong: f64,
    pub(crate) kk_blank: f64,
    pub(crate) kk_old: f64,
    pub(crate) kk_digit: f64,
    pub(crate) mother_blank: f64,
    pub(crate) mother_other: f64,
    pub(crate) kinship_wrong: f64,
    pub(crate) name: NameFaults,
    pub(crate) nik: NikFaults,
    pub(crate) birth: BirthFaults,
    pub(crate) place: PlaceFaults,
    pub(crate) line: LineFaults,
}

/// The error rates of every list.
#[derive(Debug, Clone)]
pub struct Faults {
    lists: Vec<ListFaults>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    default: Table,
    #[serde(default)]
    sources: BTreeMap<String, Table>,
}

/// Lays `over` onto `base`, table by table.
fn overlay(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => overlay(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

impl Faults {
    /// The shipped rates.
    pub fn shipped() -> Result<Self, SynthError> {
        Self::parse(FAULTS_TOML, Path::new("faults.toml"))
    }

    /// Rates out of a file of the same shape as the shipped one.
    pub fn load(path: &Path) -> Result<Self, SynthError> {
        let text = std::fs::read_to_string(path).map_err(|source| SynthError::Io { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, SynthError> {
        let refuse = |message: String| SynthError::Faults { path: path.to_owned(), message };
        let document: Document = toml::from_str(text).map_err(|error| refuse(error.to_string()))?;
        if let Some(name) = document.sources.keys().find(|name| Extract::ALL.iter().all(|extract| extract.id() != name.as_str())) {
            return Err(refuse(format!("[sources.{name}]: no such list")));
        }
        let mut lists = Vec::with_capacity(Extract::ALL.len());
        for extract in Extract::ALL {
            let mut table = document.default.clone();
            if let Some(over) = document.sources.get(extract.id()) {
                overlay(&mut table, over.clone());
            }
            let list = table.try_into().map_err(|error: toml::de::Error| refuse(format!("[sources.{}]: {error}", extract.id())))?;
            lists.push(list);
        }
        Ok(Self { lists })
    }

    pub(crate) fn of(&self, extract: Extract) -> &ListFaults {
        &self.lists[extract as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_lie_on_the_default() {
        let faults = Faults::shipped().expect("the shipped table parses");
        assert_eq!(faults.of(Extract::Bdt).vintage, 2015);
        assert!(faults.of(Extract::Bdt).nik.blank > faults.of(Extract::DtsenAnggota).nik.blank);
        assert!((faults.of(Extract::Bdt).birth.year - faults.of(Extract::Pbi).birth.year).abs() < f64::EPSILON);
    }

    #[test]
    fn an_unknown_rate_is_refused() {
        let text = format!("{FAULTS_TOML}\n[sources.pip.birth]\nyaer = 0.1\n");
        let error = Faults::parse(&text, Path::new("f.toml")).expect_err("misspelt");
        assert!(error.to_string().contains("yaer"), "{error}");
        let error = Faults::parse(&FAULTS_TOML.replace("sources.pip", "sources.pup"), Path::new("f.toml")).expect_err("misspelt");
        assert!(error.to_string().contains("pup"), "{error}");
    }
}
