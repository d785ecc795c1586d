//! A population written by hand: rows of sources, each with its person, and what the stage makes of them as lines of text.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Int8Array, Int16Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Int8Type, Int64Type};
use chrono::{Datelike, NaiveDate};
use padan_config::{Exclusion, ProgrammeRule, Sql};
use padan_model::{LinkMethod, Role, SourceId, Unit, standard_schema};
use padan_reconcile::{Population, Reconciled, SourceRecords, reconcile};

pub(crate) const REFERENCE_DATE: &str = "2025-06-30";

/// One row: its person and family, how it was linked, and its cells.
#[derive(Debug, Clone)]
struct Row {
    person: Option<String>,
    family: Option<String>,
    method: LinkMethod,
    probability: f64,
    cells: BTreeMap<String, String>,
}

/// A source as the stage borrows it.
struct Owned {
    id: SourceId,
    batches: Vec<RecordBatch>,
    person: Vec<Option<u32>>,
    family: Vec<Option<u32>>,
    method: Vec<LinkMethod>,
    probability: Vec<f64>,
    in_registry: Vec<bool>,
}

/// Sources in the order of their first row.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    sources: Vec<(String, Vec<Row>)>,
    /// Rows a batch; 0 for one batch.
    pub(crate) batch_rows: usize,
}

impl World {
    /// Adds a row. `cells` is `column=value, column=value`; `nik_status` is `valid` where there is a NIK.
    pub(crate) fn row(self, source: &str, person: &str, family: &str, cells: &str) -> Self {
        self.linked(source, person, family, LinkMethod::Identifier, 1.0, cells)
    }

    /// Adds a row with its link. An empty person or family is none.
    pub(crate) fn linked(mut self, source: &str, person: &str, family: &str, method: LinkMethod, probability: f64, cells: &str) -> Self {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut cells: BTreeMap<String, String> = cells
            .split(", ")
            .filter(|cell| !cell.is_empty())
            .map(|cell| cell.split_once('=').unwrap_or_else(|| panic!("{cell} is no column=value")))
            .map(|(column, value)| (column.to_owned(), value.to_owned()))
            .collect();
        let status = if cells.contains_key("nik") { "valid" } else { "blank" };
        cells.entry("nik_status".to_owned()).or_insert_with(|| status.to_owned());
        if let Some(nama) = cells.get("nama").cloned() {
            cells.entry("nama_standar".to_owned()).or_insert_with(|| nama.clone());
            cells.entry("nama_kunci".to_owned()).or_insert(nama);
        }
        let row = Row { person: some(person), family: some(family), method, probability, cells };
        match self.sources.iter_mut().find(|(id, _)| id == source) {
            Some((_, rows)) => rows.push(row),
            None => self.sources.push((source.to_owned(), vec![row])),
        }
        self
    }

    /// Runs the stage. A person's family is that of the person's first row that has one; ids are numbered in reverse, so that index
    /// order is not id order.
    pub(crate) fn run(&self, rules: &[ProgrammeRule]) -> Reconciled {
        let rows = || self.sources.iter().flat_map(|(_, rows)| rows);
        let ids = |pick: fn(&Row) -> Option<String>| -> Vec<String> {
            let mut ids: Vec<String> = rows().filter_map(pick).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.reverse();
            ids
        };
        let (person_ids, family_ids) = (ids(|row| row.person.clone()), ids(|row| row.family.clone()));
        let place = |ids: &[String], id: &Option<String>| {
            id.as_ref().and_then(|id| ids.iter().position(|other| other == id)).map(|index| index as u32)
        };
        let person_family: Vec<Option<u32>> = person_ids
            .iter()
            .map(|id| rows().filter(|row| row.person.as_ref() == Some(id)).find_map(|row| place(&family_ids, &row.family)))
            .collect();
        let registered = |row: &Row| {
            self.sources.iter().any(|(id, rows)| {
                role(id).0 == Role::Registry && rows.iter().any(|other| other.person.is_some() && other.person == row.person)
            })
        };
        let owned: Vec<Owned> = self
            .sources
            .iter()
            .map(|(id, rows)| Owned {
                id: SourceId::new(id),
                batches: batches(rows, self.batch_rows),
                person: rows.iter().map(|row| place(&person_ids, &row.person)).collect(),
                family: rows.iter().map(|row| place(&family_ids, &row.family)).collect(),
                method: rows.iter().map(|row| row.method).collect(),
                probability: rows.iter().map(|row| row.probability).collect(),
                in_registry: rows.iter().map(registered).collect(),
            })
            .collect();
        let sources: Vec<SourceRecords<'_>> = owned
            .iter()
            .map(|owned| {
                let (role, unit, programme, period) = role(owned.id.as_str());
                SourceRecords {
                    id: &owned.id,
                    role,
                    unit,
                    programme,
                    period,
                    batches: &owned.batches,
                    person: &owned.person,
                    family: &owned.family,
                    method: &owned.method,
                    probability: &owned.probability,
                    in_registry: &owned.in_registry,
                }
            })
            .collect();
        let population = Population { person_ids: &person_ids, family_ids: &family_ids, person_family: &person_family };
        reconcile(&population, &sources, rules, REFERENCE_DATE).expect("reconciles")
    }
}

/// What the sources of these tests are to the run.
fn role(id: &str) -> (Role, Unit, Option<&'static str>, Option<&'static str>) {
    match id {
        "dtsen-anggota" => (Role::Registry, Unit::Jiwa, None, Some("2025-05")),
        "dtsen-keluarga" => (Role::RegistryFamily, Unit::Kpm, None, Some("2025-05")),
        "dukcapil" => (Role::CivilRegistry, Unit::Jiwa, None, Some("2025-06")),
        "dtks" => (Role::SecondRegistry, Unit::Jiwa, None, Some("2023-01")),
        "pbi" => (Role::Programme, Unit::Jiwa, Some("pbi-jk"), Some("2025-06")),
        "satker-lansia" => (Role::Programme, Unit::Jiwa, Some("permakanan-lansia"), Some("2025-03")),
        "kks" => (Role::Programme, Unit::Kpm, Some("sembako"), Some("2025-04")),
        other => panic!("{other} is no source of these tests"),
    }
}

fn batches(rows: &[Row], batch_rows: usize) -> Vec<RecordBatch> {
    let size = if batch_rows == 0 { rows.len().max(1) } else { batch_rows };
    rows.chunks(size).enumerate().map(|(batch, rows)| standard_batch(rows, batch * size)).collect()
}

fn standard_batch(rows: &[Row], first: usize) -> RecordBatch {
    let schema = standard_schema();
    for row in rows {
        for column in row.cells.keys() {
            assert!(schema.field_with_name(column).is_ok(), "{column} is no column of a standard record");
        }
    }
    let columns: Vec<ArrayRef> = schema
        .fields()
        .iter()
        .map(|field| -> ArrayRef {
            let cells = rows.iter().map(|row| row.cells.get(field.name()).map(String::as_str));
            match field.data_type() {
                DataType::Int64 => Arc::new(
                    (0..rows.len()).map(|row| (first + row + 1) as i64).collect::<Vec<_>>().into_iter().map(Some).collect::<Int64Array>(),
                ),
                DataType::Utf8 => Arc::new(cells.collect::<StringArray>()),
                DataType::Boolean => Arc::new(cells.map(|cell| cell.map(parse::<bool>)).collect::<BooleanArray>()),
                DataType::Int8 => Arc::new(cells.map(|cell| cell.map(parse::<i8>)).collect::<Int8Array>()),
                DataType::Int16 => Arc::new(cells.map(|cell| cell.map(parse::<i16>)).collect::<Int16Array>()),
                DataType::Date32 => Arc::new(cells.map(|cell| cell.map(days)).collect::<Date32Array>()),
                other => panic!("no such type in a standard record: {other}"),
            }
        })
        .collect();
    RecordBatch::try_new(schema, columns).expect("a standard batch")
}

fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} does not parse"))
}

fn days(text: &str) -> i32 {
    parse_date(text).num_days_from_ce() - 719_163
}

fn parse_date(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap_or_else(|_| panic!("{text} is no date"))
}

/// A rule; `exclusions` are pairs of reason and expression.
pub(crate) fn rule(id: &str, unit: Unit, sources: &[&str], eligible: &str, exclusions: &[(&str, &str)]) -> ProgrammeRule {
    ProgrammeRule {
        id: id.to_owned(),
        title: id.to_owned(),
        unit,
        sources: sources.iter().map(|id| SourceId::new(id)).collect(),
        period: "2025-06".to_owned(),
        eligible: Sql { text: eligible.to_owned(), line: 1 },
        exclusions: exclusions
            .iter()
            .map(|(reason, when)| Exclusion { reason: (*reason).to_owned(), when: Sql { text: (*when).to_owned(), line: 2 } })
            .collect(),
        quota: None,
        legal_basis: String::new(),
    }
}

/// PBI-JK as in the domain's rules.
pub(crate) fn pbi() -> ProgrammeRule {
    let exclusions = [("meninggal", "NOT hidup"), ("asn", "asn_keluarga"), ("tidak_ditemukan", "tidak_ditemukan"), ("ganda", "ganda")];
    rule("pbi-jk", Unit::Jiwa, &["pbi"], "desil <= 5", &exclusions)
}

/// Sembako as in the domain's rules.
pub(crate) fn sembako() -> ProgrammeRule {
    let exclusions = [("meninggal", "NOT ada_yang_hidup"), ("asn", "asn_keluarga"), ("ganda", "ganda")];
    rule("sembako", Unit::Kpm, &["kks"], "desil <= 4", &exclusions)
}

/// The table as lines of the named columns' values; nulls are `-`.
pub(crate) fn lines(table: &RecordBatch, columns: &[&str]) -> Vec<String> {
    (0..table.num_rows()).map(|row| columns.iter().map(|column| cell(table, column, row)).collect::<Vec<_>>().join(" ")).collect()
}

/// One value as text.
pub(crate) fn cell(table: &RecordBatch, column: &str, row: usize) -> String {
    let array = table.column_by_name(column).unwrap_or_else(|| panic!("{column} is no column of the table"));
    if array.is_null(row) {
        return "-".to_owned();
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::List(_) => {
            let list = array.as_list::<i32>().value(row);
            format!("[{}]", list.as_string::<i32>().iter().flatten().collect::<Vec<_>>().join(","))
        }
        _ => arrow::util::display::array_value_to_string(array, row).expect("a value"),
    }
}

/// Runs the stage and compares coverage, as `programme unit unit_id status certainty [reasons]`.
#[track_caller]
pub(crate) fn check(world: &World, rules: &[ProgrammeRule], expected: &[&str]) {
    let found = lines(&world.run(rules).coverage, &["programme", "unit", "unit_id", "status", "certainty", "reasons"]);
    assert_eq!(found, expected);
}
