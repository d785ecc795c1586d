//! The tables that the wiring itself fills: `records`, `quarantine`, `accounting` and `identity_log`. The others come from their stage.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, StringBuilder};
use padan_ingest::{FileAccount, QuarantinedRow};
use padan_model::tables;
use padan_resolve::Resolution;

use crate::failure::Bug;
use crate::nightly::StandardSource;

/// `records`: every standard record with its person and family, in the table's order.
pub(crate) fn records(sources: &[StandardSource], batches: &[Vec<RecordBatch>], resolution: &Resolution) -> Result<Vec<RecordBatch>, Bug> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|&source| &sources[source].profile.id);
    let mut records = Vec::new();
    for source in order {
        let assignment = resolution.assignments.get(source).ok_or_else(|| Bug("a source without an assignment".into()))?;
        let mut start = 0;
        for batch in &batches[source] {
            let rows = start..start + batch.num_rows();
            start = rows.end;
            let person = assignment.person.get(rows.clone()).ok_or_else(|| Bug("records without a person".into()))?;
            let family = assignment.family.get(rows).ok_or_else(|| Bug("records without a family".into()))?;
            records.push(records_batch(
                sources[source].profile.id.as_str(),
                batch,
                &ids(person, &resolution.person_ids),
                &ids(family, &resolution.family_ids),
            )?);
        }
    }
    Ok(records)
}

fn records_batch(source: &str, batch: &RecordBatch, person: &ArrayRef, family: &ArrayRef) -> Result<RecordBatch, Bug> {
    let schema = tables::records().schema;
    let columns: Option<Vec<ArrayRef>> = schema
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "source" => Some(repeated(source, batch.num_rows())),
            "person_id" => Some(Arc::clone(person)),
            "family_id" => Some(Arc::clone(family)),
            name => batch.column_by_name(name).cloned(),
        })
        .collect();
    let columns = columns.ok_or_else(|| Bug("a standard record lacks a column of `records`".into()))?;
    RecordBatch::try_new(schema, columns).map_err(|error| Bug(format!("`records`: {error}")))
}

fn repeated(text: &str, rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)))
}

fn ids(indices: &[Option<u32>], ids: &[String]) -> ArrayRef {
    let mut column = StringBuilder::new();
    for index in indices {
        column.append_option(index.and_then(|index| ids.get(index as usize)));
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
