//! Records and labels joined by (source, row).
//!
//! Types are taken as they come (a label may be a number, a text or a dictionary): whoever labels a sample should not have to match
//! our own writer. Persons and families become dense numbers in the order in which they are met.

use std::cmp::Ordering;
use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use rayon::slice::ParallelSliceMut;

use crate::EvaluateError;

/// Columns wanted from `records`; `family_id` may be missing.
pub(crate) const RECORD_COLUMNS: &[&str] = &["source", "row", "person_id", "family_id", "nik", "nik_status", "nama"];
/// Columns wanted from the labels; `family_id` may be missing.
pub(crate) const LABEL_COLUMNS: &[&str] = &["source", "row", "person_id", "family_id"];

const RECORDS: &str = "the records table";
const LABELS: &str = "the labels";

/// A row that both tables hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Index into [`Labelled::sources`].
    pub(crate) source: usize,
    /// Predicted person; `None` where the row names nobody to pay.
    pub(crate) person: Option<u32>,
    /// Predicted family.
    pub(crate) family: Option<u32>,
    /// True person.
    pub(crate) true_person: Option<u32>,
    /// True family.
    pub(crate) true_family: Option<u32>,
    /// The NIK where its status is `valid` or `shared`: the only ones that are equal exactly.
    pub(crate) nik: Option<u64>,
    /// The name as typed, of rows with a NIK; blank otherwise.
    pub(crate) nama: Box<str>,
}

/// What the metrics read.
#[derive(Debug, Default)]
pub(crate) struct Labelled {
    /// Sources that have a common row, by name.
    pub(crate) sources: Vec<String>,
    /// Common rows by source and row number.
    pub(crate) rows: Vec<Row>,
    /// Rows by source that only the records table holds, by name.
    pub(crate) only_in_records: Vec<(String, u64)>,
    /// Rows by source that only the labels hold, by name.
    pub(crate) only_in_labels: Vec<(String, u64)>,
    /// Number of predicted persons.
    pub(crate) persons: usize,
    /// Number of true persons.
    pub(crate) true_persons: usize,
    /// Whether both tables tell families.
    pub(crate) families: bool,
}

/// Joins the tables.
pub(crate) fn join(records: &[RecordBatch], labels: &[RecordBatch]) -> Result<Labelled, EvaluateError> {
    let left = Side::new(RECORDS, records)?;
    let right = Side::new(LABELS, labels)?;
    let nik = texts(RECORDS, records, "nik")?;
    let nik_status = texts(RECORDS, records, "nik_status")?;
    let nama = texts(RECORDS, records, "nama")?;
    let (mut persons, mut families) = (Numbers::default(), Numbers::default());
    let (mut true_persons, mut true_families) = (Numbers::default(), Numbers::default());
    let mut joined = Labelled { families: left.families.is_some() && right.families.is_some(), ..Labelled::default() };
    let (left_keys, right_keys) = rayon::join(|| left.keys(), || right.keys());
    let (left_keys, right_keys) = (left_keys?, right_keys?);
    let (mut l, mut r) = (left_keys.iter().peekable(), right_keys.iter().peekable());
    loop {
        let order = match (l.peek(), r.peek()) {
            (Some(a), Some(b)) => a.name().cmp(&b.name()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let a = if order.is_le() { l.next() } else { None };
        let b = if order.is_ge() { r.next() } else { None };
        let (a, b) = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (Some(a), None) => {
                count(&mut joined.only_in_records, a.source);
                continue;
            }
            (_, b) => {
                if let Some(b) = b {
                    count(&mut joined.only_in_labels, b.source);
                }
                continue;
            }
        };
        if joined.sources.last().map(String::as_str) != Some(a.source) {
            joined.sources.push(a.source.to_owned());
        }
        let exact = matches!(value(&nik_status, a), Some("valid" | "shared"));
        let nik: Option<u64> = value(&nik, a).filter(|nik| exact && nik.len() == 16).and_then(|nik| nik.parse().ok());
        joined.rows.push(Row {
            source: joined.sources.len() - 1,
            person: value(&left.persons, a).map(|id| persons.of(id)),
            family: left.families.as_ref().and_then(|families| value(families, a)).map(|id| families.of(id)),
            true_person: value(&right.persons, b).map(|id| true_persons.of(id)),
            true_family: right.families.as_ref().and_then(|families| value(families, b)).map(|id| true_families.of(id)),
            nama: nik.and_then(|_| value(&nama, a)).unwrap_or_default().into(),
            nik,
        });
    }
    if joined.rows.is_empty() {
        return Err(EvaluateError::NothingInCommon);
    }
    (joined.persons, joined.true_persons) = (persons.0.len(), true_persons.0.len());
    Ok(joined)
}

/// One table: its row names and clusters, batch by batch.
struct Side {
    table: &'static str,
    sources: Vec<StringArray>,
    rows: Vec<Int64Array>,
    persons: Vec<StringArray>,
    families: Option<Vec<StringArray>>,
}

/// A row's name and where it stands.
struct Key<'a> {
    source: &'a str,
    row: i64,
    batch: u32,
    at: u32,
}

impl Key<'_> {
    fn name(&self) -> (&str, i64) {
        (self.source, self.row)
    }
}

impl Side {
    fn new(table: &'static str, batches: &[RecordBatch]) -> Result<Self, EvaluateError> {
        let rows = columns(table, batches, "row", &DataType::Int64)?;
        let families = batches.iter().all(|batch| batch.column_by_name("family_id").is_some());
        Ok(Self {
            table,
            sources: texts(table, batches, "source")?,
            rows: rows.iter().map(|array| array.as_primitive::<Int64Type>().clone()).collect(),
            persons: texts(table, batches, "person_id")?,
            families: if families { Some(texts(table, batches, "family_id")?) } else { None },
        })
    }

    /// The rows by source and number; each stands once.
    fn keys(&self) -> Result<Vec<Key<'_>>, EvaluateError> {
        let mut keys = Vec::with_capacity(self.rows.iter().map(Array::len).sum());
        for (batch, (sources, rows)) in self.sources.iter().zip(&self.rows).enumerate() {
            if sources.null_count() + rows.null_count() > 0 {
                return Err(EvaluateError::Unnamed { table: self.table });
            }
            let names = sources.iter().flatten().zip(rows.values()).enumerate();
            keys.extend(names.map(|(at, (source, row))| Key { source, row: *row, batch: batch as u32, at: at as u32 }));
        }
        // A published table comes sorted; labels may come as they like.
        if !keys.is_sorted_by(|a, b| a.name() <= b.name()) {
            keys.par_sort_unstable_by(|a, b| a.name().cmp(&b.name()));
        }
        match keys.windows(2).find(|pair| pair[0].name() == pair[1].name()) {
            None => Ok(keys),
            Some(pair) => Err(EvaluateError::Double { table: self.table, source_id: pair[0].source.to_owned(), row: pair[0].row }),
        }
    }
}

/// Dense numbers of texts.
#[derive(Default)]
struct Numbers<'a>(HashMap<&'a str, u32>);

impl<'a> Numbers<'a> {
    fn of(&mut self, text: &'a str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(text).or_insert(next)
    }
}

fn count(counts: &mut Vec<(String, u64)>, source: &str) {
    match counts.last_mut() {
        Some((last, rows)) if last == source => *rows += 1,
        _ => counts.push((source.to_owned(), 1)),
    }
}

fn value<'a>(column: &'a [StringArray], key: &Key<'_>) -> Option<&'a str> {
    let (array, at) = (&column[key.batch as usize], key.at as usize);
    array.is_valid(at).then(|| array.value(at))
}

fn texts(table: &'static str, batches: &[RecordBatch], column: &'static str) -> Result<Vec<StringArray>, EvaluateError> {
    Ok(columns(table, batches, column, &DataType::Utf8)?.iter().map(|array| array.as_string::<i32>().clone()).collect())
}

fn columns(table: &'static str, batches: &[RecordBatch], column: &'static str, kind: &DataType) -> Result<Vec<ArrayRef>, EvaluateError> {
    let one = |batch: &RecordBatch| {
        let array = batch.column_by_name(column).ok_or_else(|| {
            let found: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
            EvaluateError::Column { table, column, found: found.join(", ") }
        })?;
        cast(array, kind).map_err(|source| EvaluateError::Type { table, column, source })
    };
    batches.iter().map(one).collect()
}
