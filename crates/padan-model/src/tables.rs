//! Schemas of the published tables: the contract with the readers. A column may be added at the end, never changed.
//!
//! No unsigned and no dictionary types: some readers have neither. `key` columns are never null and sort the table.

use std::sync::Arc;

use DataType::{Boolean, Date32, Float32, Float64, Int8, Int16, Int32, Int64, Utf8};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

/// Who may read a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tier {
    /// Pseudonymous ids, no direct identifiers.
    Analyst,
    /// Identified.
    Vault,
}

/// A published table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name and its folder's.
    pub name: &'static str,
    /// Who may read it.
    pub tier: Tier,
    /// Columns that sort it, in order.
    pub sort: &'static [&'static str],
    /// Its columns.
    pub schema: SchemaRef,
}

fn key(name: &str, kind: DataType) -> Field {
    Field::new(name, kind, false)
}

fn opt(name: &str, kind: DataType) -> Field {
    Field::new(name, kind, true)
}

fn table(name: &'static str, tier: Tier, sort: &'static [&'static str], fields: Vec<Field>) -> Table {
    Table { name, tier, sort, schema: Arc::new(Schema::new(fields)) }
}

/// A list of texts, the element named `item`.
fn texts() -> DataType {
    DataType::List(Arc::new(Field::new("item", Utf8, true)))
}

/// Type of `review.explanation`.
pub fn explanation_type() -> DataType {
    let fields = Fields::from(vec![opt("comparison", Utf8), opt("level", Utf8), opt("weight", Float64)]);
    DataType::List(Arc::new(Field::new("item", DataType::Struct(fields), true)))
}

/// `records`: an accepted input row.
pub fn records() -> Table {
    table(
        "records",
        Tier::Vault,
        &["source", "row"],
        vec![
            key("source", Utf8),
            key("row", Int64),
            opt("natural_key", Utf8),
            opt("person_id", Utf8),
            opt("family_id", Utf8),
            opt("nik", Utf8),
            key("nik_status", Utf8),
            opt("no_kk", Utf8),
            opt("nama", Utf8),
            opt("nama_standar", Utf8),
            opt("tanggal_lahir", Date32),
            opt("jenis_kelamin", Utf8),
            opt("kode_wilayah", Utf8),
            opt("rt", Int16),
            opt("rw", Int16),
            opt("alamat_standar", Utf8),
        ],
    )
}

/// `links`: the evidence that put a record with its person.
pub fn links() -> Table {
    table(
        "links",
        Tier::Analyst,
        &["source", "row"],
        vec![
            key("source", Utf8),
            key("row", Int64),
            key("person_id", Utf8),
            opt("to_source", Utf8),
            opt("to_row", Int64),
            key("method", Utf8),
            opt("blocking_rule", Utf8),
            opt("pattern", Int64),
            opt("match_weight", Float64),
            opt("match_probability", Float64),
        ],
    )
}

/// `persons`: the golden record. Every value has its `<value>_source`.
pub fn persons() -> Table {
    let values: [(&str, DataType); 8] = [
        ("family_id", Utf8),
        ("nik", Utf8),
        ("nama", Utf8),
        ("tanggal_lahir", Date32),
        ("jenis_kelamin", Utf8),
        ("kode_wilayah", Utf8),
        ("desil", Int8),
        ("alive", Boolean),
    ];
    let mut fields = vec![key("person_id", Utf8)];
    // `nama` is nullable in the file: a list may hold a NIK and no name.
    for (name, kind) in &values {
        fields.push(opt(name, kind.clone()));
    }
    for (name, _) in &values {
        fields.push(opt(&format!("{name}_source"), Utf8));
    }
    fields.push(key("n_records", Int32));
    table("persons", Tier::Vault, &["person_id"], fields)
}

/// `families`.
pub fn families() -> Table {
    table(
        "families",
        Tier::Vault,
        &["family_id"],
        vec![
            key("family_id", Utf8),
            opt("no_kk", Utf8),
            opt("head_person_id", Utf8),
            opt("kode_wilayah", Utf8),
            opt("desil", Int8),
            key("n_persons", Int32),
            key("pmt_complete", Float32),
        ],
    )
}

/// `coverage`: person or family × programme.
pub fn coverage() -> Table {
    table(
        "coverage",
        Tier::Analyst,
        &["programme", "unit", "unit_id", "period"],
        vec![
            key("unit", Utf8),
            key("unit_id", Utf8),
            key("programme", Utf8),
            key("period", Utf8),
            opt("entitled", Boolean),
            key("receiving", Boolean),
            key("status", Utf8),
            key("certainty", Utf8),
            key("probability", Float64),
            key("reasons", texts()),
            opt("kode_wilayah", Utf8),
            opt("desil", Int8),
        ],
    )
}

fn error_fields() -> Vec<Field> {
    let mut fields: Vec<Field> = coverage()
        .schema
        .fields()
        .iter()
        .filter(|field| !["reasons", "kode_wilayah", "desil"].contains(&field.name().as_str()))
        .map(|field| field.as_ref().clone())
        .collect();
    fields.extend([
        opt("nama", Utf8),
        opt("nik", Utf8),
        opt("no_kk", Utf8),
        opt("alamat_standar", Utf8),
        opt("rt", Int16),
        opt("rw", Int16),
        opt("kode_wilayah", Utf8),
        opt("desil", Int8),
        key("reasons", texts()),
    ]);
    fields
}

/// `exclusion_errors`: entitled and absent, with name and address for the field.
pub fn exclusion_errors() -> Table {
    table("exclusion_errors", Tier::Vault, &["programme", "kode_wilayah", "unit_id"], error_fields())
}

/// `inclusion_errors`: on a list and not entitled, with the row of the list.
pub fn inclusion_errors() -> Table {
    let mut fields = error_fields();
    fields.extend([opt("source", Utf8), opt("row", Int64)]);
    table("inclusion_errors", Tier::Vault, &["programme", "kode_wilayah", "unit_id", "source", "row"], fields)
}

/// `conflicts`: two sources disagreeing on a value of a person.
pub fn conflicts() -> Table {
    table(
        "conflicts",
        Tier::Vault,
        &["person_id", "attribute", "source_a", "row_a", "source_b", "row_b"],
        vec![
            key("person_id", Utf8),
            key("attribute", Utf8),
            key("source_a", Utf8),
            key("row_a", Int64),
            opt("value_a", Utf8),
            key("source_b", Utf8),
            key("row_b", Int64),
            opt("value_b", Utf8),
            opt("chosen", Utf8),
            key("rule", Utf8),
        ],
    )
}

/// `verivali`: a family or person to verify, with what is missing.
pub fn verivali() -> Table {
    table(
        "verivali",
        Tier::Vault,
        &["kode_wilayah", "unit", "unit_id"],
        vec![
            opt("kode_wilayah", Utf8),
            key("unit", Utf8),
            key("unit_id", Utf8),
            key("reason", Utf8),
            key("missing", texts()),
            opt("nama", Utf8),
            opt("nik", Utf8),
            opt("no_kk", Utf8),
            opt("tanggal_lahir", Date32),
            opt("jenis_kelamin", Utf8),
            opt("alamat_standar", Utf8),
            opt("rt", Int16),
            opt("rw", Int16),
            opt("source", Utf8),
            opt("row", Int64),
        ],
    )
}

/// `review`: a pair for a person to judge.
pub fn review() -> Table {
    table(
        "review",
        Tier::Vault,
        &["source_a", "row_a", "source_b", "row_b"],
        vec![
            key("source_a", Utf8),
            key("row_a", Int64),
            key("source_b", Utf8),
            key("row_b", Int64),
            opt("match_weight", Float64),
            opt("match_probability", Float64),
            opt("explanation", explanation_type()),
            opt("value_of_asking", Float64),
        ],
    )
}

/// `quarantine`: a row or cell refused at the door.
pub fn quarantine() -> Table {
    table(
        "quarantine",
        Tier::Vault,
        &["source", "row", "file", "column"],
        vec![
            key("source", Utf8),
            key("file", Utf8),
            key("row", Int64),
            opt("byte_offset", Int64),
            opt("column", Utf8),
            key("reason", Utf8),
            opt("raw", Utf8),
        ],
    )
}

/// `identity_log`: what happened to a person_id between nights.
pub fn identity_log() -> Table {
    table(
        "identity_log",
        Tier::Analyst,
        &["run", "person_id", "event"],
        vec![key("run", Utf8), key("event", Utf8), key("person_id", Utf8), opt("other_person_id", Utf8), key("cause", Utf8)],
    )
}

/// `rates`: an error rate with its denominator and interval.
pub fn rates() -> Table {
    table(
        "rates",
        Tier::Analyst,
        &["programme", "error", "level", "kode_wilayah", "desil", "jenis_kelamin"],
        vec![
            key("programme", Utf8),
            key("unit", Utf8),
            key("level", Utf8),
            opt("kode_wilayah", Utf8),
            opt("desil", Int8),
            opt("jenis_kelamin", Utf8),
            key("error", Utf8),
            key("numerator", Int64),
            key("denominator", Int64),
            opt("rate", Float64),
            opt("rate_corrected", Float64),
            opt("low", Float64),
            opt("high", Float64),
            key("suppressed", Boolean),
        ],
    )
}

/// `integration`: a list's (or satker's) standing.
pub fn integration() -> Table {
    table(
        "integration",
        Tier::Analyst,
        &["source", "satker", "kluster", "kode_wilayah"],
        vec![
            key("source", Utf8),
            opt("satker", Utf8),
            opt("kluster", Utf8),
            opt("kode_wilayah", Utf8),
            key("rows", Int64),
            key("persons", Int64),
            key("bnba_complete", Int64),
            key("in_registry", Int64),
            key("in_registry_probable", Int64),
            key("double", Int64),
            key("dead", Int64),
        ],
    )
}

/// `accounting`: a file of the run.
pub fn accounting() -> Table {
    table(
        "accounting",
        Tier::Analyst,
        &["source", "file"],
        vec![
            key("source", Utf8),
            key("file", Utf8),
            key("sha256", Utf8),
            key("rows_read", Int64),
            key("rows_staged", Int64),
            key("rows_quarantined", Int64),
            key("bytes", Int64),
            opt("encoding", Utf8),
            opt("period", Utf8),
        ],
    )
}

/// Every published table, in the order of the contract.
pub fn all() -> Vec<Table> {
    vec![
        records(),
        links(),
        persons(),
        families(),
        coverage(),
        exclusion_errors(),
        inclusion_errors(),
        conflicts(),
        verivali(),
        review(),
        quarantine(),
        identity_log(),
        rates(),
        integration(),
        accounting(),
    ]
}
