//! Tables as streams of batches, written several at a time.

use std::collections::VecDeque;
use std::error::Error;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use padan_model::tables::Table;

use crate::TableEntry;
use crate::error::PublishError;
use crate::merge::Merge;
use crate::table_writer::{BATCH_ROWS, TableWriter};

/// Batches as they come, each an answer of the caller's that may be a failure.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<RecordBatch, Box<dyn Error + Send + Sync>>> + Send + 'a>;

/// The rows of a table: streams that each stand in the table's order and are merged in it. Without a stream it is published empty.
pub struct TableRows<'a> {
    /// The table.
    pub table: Table,
    /// Its rows.
    pub streams: Vec<Batches<'a>>,
}

impl TableRows<'_> {
    /// A table whose batches are in memory and in its order.
    pub fn of(table: Table, batches: Vec<RecordBatch>) -> Self {
        Self { table, streams: vec![Box::new(batches.into_iter().map(Ok))] }
    }
}

/// Writes the tables into a run's folder, the first first and so many side by side.
///
/// The threads are not rayon's: a thread of rayon's that waits for the columns of its table would take up another table meanwhile, and
/// hold the batches of both.
pub(crate) fn write(run: &Path, tables: Vec<TableRows<'_>>, at_once: usize) -> Result<Vec<TableEntry>, PublishError> {
    let workers = at_once.min(tables.len());
    let waiting: Mutex<VecDeque<TableRows<'_>>> = Mutex::new(tables.into());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let work = || {
        let mut written = Vec::new();
        while let Some(rows) = next() {
            match write_one(run, rows) {
                Ok(entry) => written.push(entry),
                Err(error) => {
                    waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
                    return Err(error);
                }
            }
        }
        Ok(written)
    };
    let written: Vec<Result<Vec<TableEntry>, PublishError>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    Ok(written.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn write_one(run: &Path, rows: TableRows<'_>) -> Result<TableEntry, PublishError> {
    let TableRows { table, mut streams } = rows;
    let mut writer = TableWriter::create(run, &table)?;
    if let [batches] = streams.as_mut_slice() {
        for batch in batches {
            writer.push(&batch.map_err(|source| PublishError::Rows { table: table.name, source })?)?;
        }
    } else {
        let mut merge = Merge::new(&table, writer.sort_columns().to_vec(), streams, BATCH_ROWS)?;
        while let Some(batch) = merge.next_batch()? {
            writer.push(&batch)?;
        }
    }
    writer.finish()
}
