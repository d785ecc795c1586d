//! What the stage is given: the population that resolution made, and every source's standard records with the person of each row; of a
//! part of it as of the whole.
//!
//! Plain slices instead of the resolver's own types, so that this stage knows the vocabulary and not its neighbour.

use std::collections::BTreeSet;

use arrow::array::{Array, RecordBatch};
use padan_model::{EntityId, LinkMethod, PMT_FILLED, PMT_MISSING, Role, SourceId, column};

/// One source's records. The slices hold one entry a row of `batches`, in order.
#[derive(Debug, Clone, Copy)]
pub struct SourceRecords<'a> {
    /// The profile's id.
    pub id: &'a SourceId,
    /// What the source is to the run.
    pub role: Role,
    /// The programme whose list it is.
    pub programme: Option<&'a str>,
    /// Period of the extract, such as `2025-06`; a later one is a newer list.
    pub period: Option<&'a str>,
    /// Batches of `padan_model::standard_schema`, or of the columns in [`COLUMNS`] alone.
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
    pub person_ids: &'a [EntityId],
    /// Published ids of families.
    pub family_ids: &'a [EntityId],
    /// Family of each person, an index into `family_ids`.
    pub person_family: &'a [Option<u32>],
}

/// What no part of a run can tell by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whole {
    /// Sources that have rows.
    pub present: BTreeSet<SourceId>,
    /// Whether some row states PMT variables: without any, no family can be told to lack them.
    pub has_pmt: bool,
}

impl Whole {
    /// Takes note of a batch of a source.
    pub fn add(&mut self, source: &SourceId, batch: &RecordBatch) {
        if batch.num_rows() > 0 && !self.present.contains(source) {
            self.present.insert(source.clone());
        }
        self.has_pmt |= batch.column_by_name(PMT_FILLED).is_some_and(|filled| filled.null_count() < filled.len());
    }

    /// Takes note of what was noted elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.present.extend(other.present);
        self.has_pmt |= other.has_pmt;
    }
}

/// The columns of a standard record that this stage reads.
pub const COLUMNS: [&str; 30] = [
    column::ROW,
    column::NIK,
    column::NIK_STATUS,
    column::NO_KK,
    column::NAMA,
    column::NAMA_STANDAR,
    column::NAMA_KUNCI,
    column::TANGGAL_LAHIR,
    column::TAHUN_LAHIR,
    column::JENIS_KELAMIN,
    column::HUBUNGAN,
    column::KODE_WILAYAH,
    column::RT,
    column::RW,
    column::ALAMAT_STANDAR,
    column::UMUR,
    column::DESIL,
    column::RESPON,
    column::MENINGGAL,
    column::STATUS_KAWIN,
    column::ASN,
    column::SEKOLAH,
    column::JENJANG,
    column::HAMIL,
    column::DISABILITAS,
    column::SENDIRI,
    column::PENSIUN,
    column::SATKER,
    PMT_FILLED,
    PMT_MISSING,
];
