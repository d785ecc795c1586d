//! A population written by hand: rows of sources, each with its person, and what the stage makes of them as lines of text.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Int8Array, Int16Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{DataType, Int8Type, Int64Type};
use chrono::{Datelike, NaiveDate};
use padan_config::{Exclusion, ProgrammeRule, Sql};
use padan_model::tables::Table;
use padan_model::{EntityId, LinkMethod, Role, SourceId, Unit, standard_schema};
use padan_reconcile::{Part, Population, Reconciled, Reconciler, SourceRecords, Tallies, Whole, reconcile};

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
        let people = self.people();
        let owned = self.owned(&people);
        let population =
            Population { person_ids: &people.person_ids, family_ids: &people.family_ids, person_family: &people.person_family };
        reconcile(&population, &borrowed(&owned), rules, REFERENCE_DATE).expect("reconciles")
    }

    /// Runs the stage in so many parts, family by family in turn, and merges what they come to.
    pub(crate) fn run_in_parts(&self, rules: &[ProgrammeRule], parts: usize) -> Reconciled {
        let people = self.people();
        let owned = self.owned(&people);
        let mut whole = Whole::default();
        for source in &owned {
            source.batches.iter().for_each(|batch| whole.add(&source.id, batch));
        }
        let reconciler = Reconciler::new(rules, REFERENCE_DATE, &whole).expect("good rules");
        let (mut rows, mut tallies) = (Vec::new(), Tallies::default());
        for part in (0..parts).rev() {
            let divided = people.part(&owned, part, parts);
            let population = Population {
                person_ids: &divided.people.person_ids,
                family_ids: &divided.people.family_ids,
                person_family: &divided.people.person_family,
            };
            let found = reconciler.part(&population, &borrowed(&divided.owned)).expect("reconciles");
            rows.push(found.rows);
            tallies.merge(found.tallies);
        }
        let finished = reconciler.finish(&tallies).expect("finishes");
        let tables = Part::tables();
        let mut merged = tables.iter().enumerate().map(|(place, table)| {
            let rows: Vec<RecordBatch> = rows.iter().map(|rows| rows[place].clone()).collect();
            sorted(table, &finished.complete(table, concat_batches(&table.schema, &rows).expect("one schema")).expect("completed"))
        });
        let mut next = || merged.next().expect("seven tables");
        Reconciled {
            persons: next(),
            families: next(),
            coverage: next(),
            exclusion_errors: next(),
            inclusion_errors: next(),
            conflicts: next(),
            verivali: next(),
            rates: finished.rates.clone(),
            integration: finished.integration.clone(),
        }
    }

    fn people(&self) -> People {
        let rows = || self.sources.iter().flat_map(|(_, rows)| rows);
        let ids = |pick: fn(&Row) -> Option<String>| -> Vec<EntityId> {
            let mut ids: Vec<String> = rows().filter_map(pick).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.reverse();
            ids.iter().map(|id| EntityId::new(id).unwrap_or_else(|| panic!("{id} is no id"))).collect()
        };
        let (person_ids, family_ids) = (ids(|row| row.person.clone()), ids(|row| row.family.clone()));
        let person_family = person_ids
            .iter()
            .map(|id| {
                let own = rows().filter(|row| row.person.as_deref() == Some(id.as_str()));
                own.map(|row| place(&family_ids, row.family.as_ref())).find(Option::is_some).flatten()
            })
            .collect();
        People { person_ids, family_ids, person_family }
    }

    fn owned(&self, people: &People) -> Vec<Owned> {
        let registered = |row: &Row| {
            self.sources.iter().any(|(id, rows)| {
                role(id).0 == Role::Registry && rows.iter().any(|other| other.person.is_some() && other.person == row.person)
            })
        };
        self.sources
            .iter()
            .map(|(id, rows)| Owned {
                id: SourceId::new(id),
                batches: batches(rows, self.batch_rows),
                person: rows.iter().map(|row| place(&people.person_ids, row.person.as_ref())).collect(),
                family: rows.iter().map(|row| place(&people.family_ids, row.family.as_ref())).collect(),
                method: rows.iter().map(|row| row.method).collect(),
                probability: rows.iter().map(|row| row.probability).collect(),
                in_registry: rows.iter().map(registered).collect(),
            })
            .collect()
    }
}

/// The index of an id among ids.
fn place(ids: &[EntityId], id: Option<&String>) -> Option<u32> {
    id.and_then(|id| ids.iter().position(|other| other.as_str() == id)).map(|index| index as u32)
}

/// Persons and families of a world, or of a part of one.
struct People {
    person_ids: Vec<EntityId>,
    family_ids: Vec<EntityId>,
    person_family: Vec<Option<u32>>,
}

/// A part of a world.
struct Divided {
    people: People,
    owned: Vec<Owned>,
}

impl People {
    /// Every `parts`-th family with its persons and their rows; a person without a family goes by the person's own index.
    fn part(&self, owned: &[Owned], part: usize, parts: usize) -> Divided {
        let persons: Vec<u32> = (0..self.person_ids.len() as u32)
            .filter(|person| self.person_family[*person as usize].unwrap_or(*person) as usize % parts == part)
            .collect();
        let families: Vec<u32> = (0..self.family_ids.len() as u32).filter(|family| *family as usize % parts == part).collect();
        let local = |indices: &[u32], index: Option<u32>| indices.iter().position(|other| Some(*other) == index).map(|at| at as u32);
        let people = Self {
            person_ids: persons.iter().map(|person| self.person_ids[*person as usize]).collect(),
            family_ids: families.iter().map(|family| self.family_ids[*family as usize]).collect(),
            person_family: persons.iter().map(|person| local(&families, self.person_family[*person as usize])).collect(),
        };
        let owned = owned
            .iter()
            .map(|source| {
                let is_here = |row: &usize| match (source.person[*row], source.family[*row]) {
                    (Some(person), _) => persons.contains(&person),
                    (None, family) => families.contains(&family.expect("a row without a person describes a family")),
                };
                let rows: Vec<usize> = (0..source.person.len()).filter(is_here).collect();
                let schema = source.batches[0].schema();
                let all = concat_batches(&schema, &source.batches).expect("one schema");
                let indices = UInt32Array::from_iter_values(rows.iter().map(|row| *row as u32));
                Owned {
                    id: source.id.clone(),
                    batches: vec![take_record_batch(&all, &indices).expect("rows of it")],
                    person: rows.iter().map(|row| local(&persons, source.person[*row])).collect(),
                    family: rows.iter().map(|row| local(&families, source.family[*row])).collect(),
                    method: rows.iter().map(|row| source.method[*row]).collect(),
                    probability: rows.iter().map(|row| source.probability[*row]).collect(),
                    in_registry: rows.iter().map(|row| source.in_registry[*row]).collect(),
                }
            })
            .collect();
        Divided { people, owned }
    }
}

fn borrowed(owned: &[Owned]) -> Vec<SourceRecords<'_>> {
    owned
        .iter()
        .map(|owned| {
            let (role, programme, period) = role(owned.id.as_str());
            SourceRecords {
                id: &owned.id,
                role,
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
        .collect()
}

/// The rows in the table's order; a unit's questions in the order of their reasons, as the stage gives them.
fn sorted(table: &Table, rows: &RecordBatch) -> RecordBatch {
    let keys: Vec<SortColumn> = table
        .sort
        .iter()
        .copied()
        .chain((table.name == "verivali").then_some("reason"))
        .map(|name| SortColumn { values: rows.column_by_name(name).expect("a sort column").clone(), options: None })
        .collect();
    take_record_batch(rows, &lexsort_to_indices(&keys, None).expect("sortable")).expect("rows of it")
}

/// What the sources of these tests are to the run.
fn role(id: &str) -> (Role, Option<&'static str>, Option<&'static str>) {
    match id {
        "dtsen-anggota" => (Role::Registry, None, Some("2025-05")),
        "dtsen-keluarga" => (Role::RegistryFamily, None, Some("2025-05")),
        "dukcapil" => (Role::CivilRegistry, None, Some("2025-06")),
        "dtks" => (Role::SecondRegistry, None, Some("2023-01")),
        "pbi" => (Role::Programme, Some("pbi-jk"), Some("2025-06")),
        "satker-lansia" => (Role::Programme, Some("permakanan-lansia"), Some("2025-03")),
        "kks" => (Role::Programme, Some("sembako"), Some("2025-04")),
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
