//! Sources and the records in them.

use std::fmt;
use std::sync::Arc;

/// The id of a source profile, such as `pbi` or `dtsen-anggota`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(Arc<str>);

impl SourceId {
    /// From the profile's id; lower case letters, digits and hyphens by convention.
    pub fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A row of a source: 1-based over the data rows of the source's files in name order, quarantined rows counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId {
    /// The profile's id.
    pub source: SourceId,
    /// 1-based data row.
    pub row: i64,
}

/// What a source is to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The person registry that every other list is reconciled with (dtsen-anggota).
    Registry,
    /// The family table of the registry (dtsen-keluarga): describes families, names nobody to pay.
    RegistryFamily,
    /// Another registry of persons, linked to the first (dtks, bdt, p3ke, siks-ng).
    SecondRegistry,
    /// The list of a programme.
    Programme,
    /// The civil registry, a reference (dukcapil).
    CivilRegistry,
    /// Proposals and complaints (slrt).
    Proposal,
}

/// What is counted: persons or families. Counts of different units are never added or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Persons.
    Jiwa,
    /// Families (keluarga penerima manfaat).
    Kpm,
}

impl Unit {
    /// The published word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jiwa => "jiwa",
            Self::Kpm => "kpm",
        }
    }
}
