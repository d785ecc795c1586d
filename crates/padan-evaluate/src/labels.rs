//! Records and labels joined by (source, row).
//!
//! Persons and families become dense numbers in the order in which they are met. The trap: a number depends on which rows are joined, so
//! what must not, the held-out half of a person, is drawn from the label itself.

use std::cmp::Ordering;
use std::collections::HashMap;

use arrow::array::{RecordBatch, StringArray};

use crate::EvaluateError;
use crate::hash::hash;
use crate::keyed::{Keyed, text, texts};

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
    /// The row number in it.
    pub(crate) number: i64,
    /// Predicted person; `None` where the row names nobody to pay.
    pub(crate) person: Option<u32>,
    /// Predicted family.
    pub(crate) family: Option<u32>,
    /// True person.
    pub(crate) true_person: Option<u32>,
    /// The held-out half of the true person, 0 or 1, by the hash of its label.
    pub(crate) half: u8,
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
    let (left_keys, right_keys) = rayon::join(|| left.keyed.unique(), || right.keyed.unique());
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
        let exact = matches!(text(&nik_status, a), Some("valid" | "shared"));
        let nik: Option<u64> = text(&nik, a).filter(|nik| exact && nik.len() == 16).and_then(|nik| nik.parse().ok());
        let true_person = text(&right.persons, b);
        joined.rows.push(Row {
            source: joined.sources.len() - 1,
            number: a.row,
            person: text(&left.persons, a).map(|id| persons.of(id)),
            family: left.families.as_ref().and_then(|families| text(families, a)).map(|id| families.of(id)),
            true_person: true_person.map(|id| true_persons.of(id)),
            half: true_person.map_or(0, |id| (hash(&[id]) & 1) as u8),
            true_family: right.families.as_ref().and_then(|families| text(families, b)).map(|id| true_families.of(id)),
            nama: nik.and_then(|_| text(&nama, a)).unwrap_or_default().into(),
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
    keyed: Keyed,
    persons: Vec<StringArray>,
    families: Option<Vec<StringArray>>,
}

impl Side {
    fn new(table: &'static str, batches: &[RecordBatch]) -> Result<Self, EvaluateError> {
        let families = batches.iter().all(|batch| batch.column_by_name("family_id").is_some());
        Ok(Self {
            keyed: Keyed::new(table, batches, "source", "row")?,
            persons: texts(table, batches, "person_id")?,
            families: if families { Some(texts(table, batches, "family_id")?) } else { None },
        })
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
