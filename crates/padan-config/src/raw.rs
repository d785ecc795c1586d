//! The files as they are written, before anything is checked: serde's view, nothing more.
//!
//! Values that can be wrong keep their span. Whoever adds a key adds it here, to the check and to `pipelines/README.md`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// A text with its place.
pub(crate) type Text = Spanned<String>;

/// `pipelines/sources/<id>.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawProfile {
    pub(crate) id: Text,
    pub(crate) title: Text,
    pub(crate) files: Spanned<Vec<Text>>,
    pub(crate) format: Text,
    pub(crate) delimiter: Option<Text>,
    pub(crate) sheet: Option<Text>,
    pub(crate) encoding: Option<Text>,
    #[serde(default)]
    pub(crate) skip_rows: u32,
    pub(crate) unit: Text,
    pub(crate) role: Text,
    pub(crate) programme: Option<Text>,
    pub(crate) period: Option<Text>,
    pub(crate) region_codes: Option<Text>,
    #[serde(default)]
    pub(crate) dates: Vec<Text>,
    #[serde(default)]
    pub(crate) pmt: Vec<Text>,
    pub(crate) columns: BTreeMap<Text, RawColumn>,
    #[serde(default)]
    pub(crate) codes: BTreeMap<Text, RawCodes>,
}

/// `nik = "NIK"`, `nik = ["NIK", "NIK KTP"]` or `nama = { headers = ["NAMA"], required = true }`.
#[derive(Debug)]
pub(crate) struct RawColumn {
    pub(crate) headers: Vec<String>,
    pub(crate) required: bool,
}

/// `[codes.<field>]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawCodes {
    pub(crate) version: Text,
    /// Standard code → what the extract writes for it.
    pub(crate) values: BTreeMap<Text, Vec<Text>>,
}

/// `pipelines/<name>.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawPipeline {
    pub(crate) name: Text,
    pub(crate) reference_date: Spanned<toml::Value>,
    pub(crate) model: Text,
    pub(crate) registry_at_once: Option<Spanned<i64>>,
    pub(crate) sources: Spanned<Vec<RawSource>>,
    #[serde(default)]
    pub(crate) exclusions: Vec<RawCommonExclusion>,
    #[serde(default)]
    pub(crate) programmes: Vec<RawProgramme>,
}

/// `[[sources]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawSource {
    pub(crate) profile: Text,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) files: Option<Spanned<Vec<Text>>>,
    pub(crate) period: Option<Text>,
}

/// `[[exclusions]]`: of every programme of a unit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawCommonExclusion {
    pub(crate) unit: Text,
    pub(crate) reason: Text,
    pub(crate) when: Text,
}

/// `[[programmes]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawProgramme {
    pub(crate) id: Text,
    pub(crate) title: Text,
    pub(crate) unit: Text,
    pub(crate) sources: Spanned<Vec<Text>>,
    pub(crate) period: Text,
    pub(crate) eligible: Text,
    #[serde(default)]
    pub(crate) exclusions: Vec<RawExclusion>,
    pub(crate) quota: Option<Spanned<i64>>,
    pub(crate) legal_basis: Text,
}

/// `[[programmes.exclusions]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawExclusion {
    pub(crate) reason: Text,
    pub(crate) when: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawColumnTable {
    headers: Vec<String>,
    #[serde(default)]
    required: bool,
}

impl<'de> Deserialize<'de> for RawColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ColumnVisitor)
    }
}

// serde's `untagged` would say no more than "did not match any variant" and lose the place of a misspelt key.
struct ColumnVisitor;

impl<'de> Visitor<'de> for ColumnVisitor {
    type Value = RawColumn;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a header, a list of headers or { headers = [...], required = true }")
    }

    fn visit_str<E: serde::de::Error>(self, header: &str) -> Result<RawColumn, E> {
        Ok(RawColumn { headers: vec![header.to_owned()], required: false })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, headers: A) -> Result<RawColumn, A::Error> {
        Ok(RawColumn { headers: Vec::deserialize(SeqAccessDeserializer::new(headers))?, required: false })
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<RawColumn, A::Error> {
        let RawColumnTable { headers, required } = RawColumnTable::deserialize(MapAccessDeserializer::new(table))?;
        Ok(RawColumn { headers, required })
    }
}
