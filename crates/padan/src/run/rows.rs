//! The standard records of a source, streamed in row order from where they are.

use arrow::array::RecordBatch;

use crate::nightly::StandardSource;

/// Batches as they are read.
pub(super) type RecordBatches<'a> = Box<dyn Iterator<Item = anyhow::Result<RecordBatch>> + Send + 'a>;

/// The named columns of a source's records, in that order.
pub(super) fn batches<'a>(source: &'a StandardSource, columns: &[&str]) -> anyhow::Result<RecordBatches<'a>> {
    let batches = source.staged.batches(Some(columns))?;
    let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    // A file gives its columns in its own order.
    let in_order = move |batch: RecordBatch| {
        let places = columns.iter().map(|column| batch.schema().index_of(column)).collect::<Result<Vec<usize>, _>>()?;
        Ok(batch.project(&places)?)
    };
    Ok(Box::new(batches.map(move |batch| batch.and_then(&in_order))))
}
