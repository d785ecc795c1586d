//! What the stage is given: the population that resolution made, and every source's standard records with the person of each row.
//!
//! Plain slices instead of the resolver's own types, so that this stage knows the vocabulary and not its neighbour.

use arrow::array::RecordBatch;
use padan_model::{LinkMethod, Role, SourceId, Unit};

/// One source's records. The slices hold one entry a row of `batches`, in order.
#[derive(Debug, Clone, Copy)]
pub struct SourceRecords<'a> {
    /// The profile's id.
    pub id: &'a SourceId,
    /// What the source is to the run.
    pub role: Role,
    /// What a row counts.
    pub unit: Unit,
    /// The programme whose list it is.
    pub programme: Option<&'a str>,
    /// Period of the extract, such as `2025-06`; a later one is a newer list.
    pub period: Option<&'a str>,
    /// Batches of `padan_model::standard_schema`.
    pub batches: &'a [RecordBatch],
    /// The row's person, an index into `Population::person_ids`; none where the row describes a family.
    pub person: &'a [Option<u32>],
    /// The row's family, an index into `Population::family_ids`.
    pub family: &'a [Option<u32>],
    /// What put the row with its person.
    pub method: &'a [LinkMethod],
    /// Probability, 0 to 1, that the row is that person's. For an `alone` row: that it has no other record, so that 1 minus it is the
    /// chance of a missed link; 0 there means that nothing is known and is not taken for a certain miss.
    pub probability: &'a [f64],
    /// Whether that person has a row of the registry.
    pub in_registry: &'a [bool],
}

/// Persons and families as resolved.
#[derive(Debug, Clone, Copy)]
pub struct Population<'a> {
    /// Published ids of persons.
    pub person_ids: &'a [String],
    /// Published ids of families.
    pub family_ids: &'a [String],
    /// Family of each person, an index into `family_ids`.
    pub person_family: &'a [Option<u32>],
}
