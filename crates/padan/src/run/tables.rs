//! The tables that the wiring itself fills: `records`, `quarantine`, `accounting` and `identity_log`. The others come from their stage.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, StringBuilder};
use padan_ingest::{FileAccount, QuarantinedRow};
use padan_model::{EntityId, tables};
use padan_resolve::{Assignment, Resolution};

use super::rows::{self, RecordBatches};
use crate::failure::Bug;
use crate::nightly::StandardSource;

/// `records`: every standard record with its person and family, in the table's order, as the sources are read.
pub(crate) fn records<'a>(
    sources: &'a [StandardSource],
    resolution: &'a Resolution,
) -> impl Iterator<Item = anyhow::Result<RecordBatch>> + Send + 'a {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|&source| &sources[source].profile.id);
    order.into_iter().flat_map(move |source| RecordsOf::new(&sources[source], resolution.assignments.get(source), resolution))
}

/// The columns of `records` that are a standard record's.
fn standard_columns() -> Vec<String> {
    let names = |field: &arrow::datatypes::FieldRef| field.name().clone();
    tables::records()
        .schema
        .fields()
        .iter()
        .map(names)
        .filter(|name| !matches!(name.as_str(), "source" | "person_id" | "family_id"))
        .collect()
}

/// The records of one source.
struct RecordsOf<'a> {
    source: &'a str,
    batches: Option<RecordBatches<'a>>,
    /// What stopped the source before its first batch.
    failed: Option<anyhow::Error>,
    assignment: Option<&'a Assignment>,
    resolution: &'a Resolution,
    row: usize,
}

impl<'a> RecordsOf<'a> {
    fn new(source: &'a StandardSource, assignment: Option<&'a Assignment>, resolution: &'a Resolution) -> Self {
        let columns = standard_columns();
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let (batches, failed) = match rows::batches(source, &names) {
            Ok(batches) => (Some(batches), None),
            Err(error) => (None, Some(error)),
        };
        Self { source: source.profile.id.as_str(), batches, failed, assignment, resolution, row: 0 }
    }

    fn identified(&mut self, batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
        let rows = self.row..self.row + batch.num_rows();
        self.row = rows.end;
        let assignment = self.assignment.ok_or_else(|| Bug("a source without an assignment".into()))?;
        let person = assignment.person.get(rows.clone()).ok_or_else(|| Bug("records without a person".into()))?;
        let family = assignment.family.get(rows).ok_or_else(|| Bug("records without a family".into()))?;
        let schema = tables::records().schema;
        let columns: Option<Vec<ArrayRef>> = schema
            .fields()
            .iter()
            .map(|field| match field.name().as_str() {
                "source" => Some(repeated(self.source, batch.num_rows())),
                "person_id" => Some(ids(person, &self.resolution.person_ids)),
                "family_id" => Some(ids(family, &self.resolution.family_ids)),
                name => batch.column_by_name(name).cloned(),
            })
            .collect();
        let columns = columns.ok_or_else(|| Bug("a standard record lacks a column of `records`".into()))?;
        RecordBatch::try_new(schema, columns).map_err(|error| Bug(format!("`records`: {error}")).into())
    }
}

impl Iterator for RecordsOf<'_> {
    type Item = anyhow::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        let batch = self.batches.as_mut()?.next()?;
        Some(batch.and_then(|batch| self.identified(&batch)))
    }
}

fn repeated(text: &str, rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)))
}

fn ids(indices: &[Option<u32>], ids: &[EntityId]) -> ArrayRef {
    let mut column = StringBuilder::with_capacity(indices.len(), indices.len() * EntityId::LENGTH);
    for index in indices {
        column.append_option(index.and_then(|index| ids.get(index as usize)).map(EntityId::as_str));
    }
    Arc::new(column.finish())
}

/// `quarantine`, in the table's order.
pub(crate) fn quarantine<'a>(refused: impl Iterator<Item = (&'a str, &'a QuarantinedRow)>) -> Result<RecordBatch, Bug> {
    let mut refused: Vec<(&str, &QuarantinedRow)> = refused.collect();
    refused.sort_by(|(source_a, a), (source_b, b)| {
        (source_a, a.row, &a.file, &a.column, &a.reason).cmp(&(source_b, b.row, &b.file, &b.column, &b.reason))
    });
    let columns: Vec<ArrayRef> = vec![
        texts(refused.iter().map(|(source, _)| Some(*source))),
        texts(refused.iter().map(|(_, row)| Some(row.file.as_str()))),
        numbers(refused.iter().map(|(_, row)| Some(row.row))),
        numbers(refused.iter().map(|(_, row)| row.byte_offset)),
        texts(refused.iter().map(|(_, row)| row.column.as_deref())),
        texts(refused.iter().map(|(_, row)| Some(row.reason.as_str()))),
        texts(refused.iter().map(|(_, row)| row.raw.as_deref())),
    ];
    RecordBatch::try_new(tables::quarantine().schema, columns).map_err(|error| Bug(format!("`quarantine`: {error}")))
}

/// `accounting`, in the table's order. `files` holds source, period and account.
pub(crate) fn accounting<'a>(files: impl Iterator<Item = (&'a str, Option<&'a str>, &'a FileAccount)>) -> Result<RecordBatch, Bug> {
    let mut files: Vec<(&str, Option<&str>, &FileAccount)> = files.collect();
    files.sort_by_key(|(source, _, account)| (*source, account.file.as_str()));
    let columns: Vec<ArrayRef> = vec![
        texts(files.iter().map(|(source, ..)| Some(*source))),
        texts(files.iter().map(|(_, _, account)| Some(account.file.as_str()))),
        texts(files.iter().map(|(_, _, account)| Some(account.sha256.as_str()))),
        numbers(files.iter().map(|(_, _, account)| Some(account.rows_read))),
        numbers(files.iter().map(|(_, _, account)| Some(account.rows_staged))),
        numbers(files.iter().map(|(_, _, account)| Some(account.rows_quarantined))),
        numbers(files.iter().map(|(_, _, account)| Some(account.bytes))),
        texts(files.iter().map(|(_, _, account)| account.encoding.as_deref())),
        texts(files.iter().map(|(_, period, _)| *period)),
    ];
    RecordBatch::try_new(tables::accounting().schema, columns).map_err(|error| Bug(format!("`accounting`: {error}")))
}

/// `identity_log` of a run that knows no night before: nothing has happened to any id.
pub(crate) fn identity_log() -> RecordBatch {
    RecordBatch::new_empty(tables::identity_log().schema)
}

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn numbers(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.collect::<Int64Array>())
}
