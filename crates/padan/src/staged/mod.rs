//! Standard records between the stages: one Parquet file a source, in the run's temporary folder or in the state that nights leave.
//!
//! No stage holds the records of a country in memory; each reads the columns it needs, as often as it needs them. A record's `nik_status`
//! is known only when its whole source is read, so `shared` is kept beside the file and put in on the way out.

mod folder;
mod parts;
mod writer;

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use padan_model::{column, standard_schema};
use padan_standardize::mark_shared_nik;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection, RowSelectionPolicy,
};
use serde::{Deserialize, Serialize};

use crate::state::Seal;

pub(crate) use folder::WorkFolder;
pub(crate) use parts::{Part, Parts};
pub(crate) use writer::StagedWriter;

use writer::GROUP_ROWS;

/// Rows of a batch as it is read.
const BATCH_ROWS: usize = 16_384;

/// The standard records of one source, in row order.
#[derive(Debug)]
pub(crate) struct Staged {
    path: PathBuf,
    contents: Contents,
}

/// What is known of a source's file beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contents {
    rows: usize,
    /// Rows, from 0, of a NIK that people with different names bear; in order.
    shared: Vec<u32>,
    seal: Seal,
}

impl Staged {
    /// The records that an earlier run wrote into the folder.
    ///
    /// # Errors
    /// The file there is not the one that was written.
    pub(crate) fn of_folder(folder: &Path, source: &str, contents: Contents) -> anyhow::Result<Self> {
        let path = file_in(folder, source);
        contents.seal.check(&path)?;
        Ok(Self { path, contents })
    }

    /// The same records when their file has been moved to another folder.
    pub(crate) fn moved(self, folder: &Path, source: &str) -> Self {
        Self { path: file_in(folder, source), ..self }
    }

    /// What is to be stored beside the file.
    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Number of records.
    pub(crate) fn rows(&self) -> usize {
        self.contents.rows
    }

    /// The records in order, `columns` of them, or all columns.
    pub(crate) fn batches(&self, columns: Option<&[&str]>) -> anyhow::Result<Batches<'_>> {
        self.read(columns, None, None)
    }

    /// As [`batches`](Self::batches), of all rows or of those named, in order and from 0.
    pub(crate) fn some<'a>(&'a self, columns: &[&str], only: Option<&'a [u32]>) -> anyhow::Result<Batches<'a>> {
        self.read(Some(columns), None, only)
    }

    /// As [`batches`](Self::batches), texts as dictionaries; of all rows, or of those named, in order and from 0.
    fn dictionaries<'a>(&'a self, columns: &[&str], schema: SchemaRef, only: Option<&'a [u32]>) -> anyhow::Result<Batches<'a>> {
        self.read(Some(columns), Some(schema), only)
    }

    fn read<'a>(&'a self, columns: Option<&[&str]>, schema: Option<SchemaRef>, only: Option<&'a [u32]>) -> anyhow::Result<Batches<'a>> {
        let unreadable = || format!("cannot read {}", self.path.display());
        let file = File::open(&self.path).with_context(unreadable)?;
        let schema = schema.unwrap_or_else(standard_schema);
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new().with_schema(schema)).with_context(unreadable)?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_batch_size(BATCH_ROWS);
        if let Some(columns) = columns {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        if let Some(rows) = only {
            let (groups, selection) = selected(rows, self.contents.rows);
            builder =
                builder.with_row_groups(groups).with_row_selection(selection).with_row_selection_policy(RowSelectionPolicy::Selectors);
        }
        Ok(Batches { reader: builder.build().with_context(unreadable)?, shared: &self.contents.shared, only, read: 0 })
    }
}

/// The row groups that hold these rows of so many, and which of their rows they are.
fn selected(rows: &[u32], of: usize) -> (Vec<usize>, RowSelection) {
    let (mut groups, mut ranges, mut before) = (Vec::new(), Vec::<Range<usize>>::new(), 0);
    for of_group in rows.chunk_by(|a, b| group_of(*a) == group_of(*b)) {
        let group = group_of(of_group[0]);
        let first = group * GROUP_ROWS;
        for row in of_group.iter().map(|row| *row as usize - first + before) {
            match ranges.last_mut() {
                Some(range) if range.end == row => range.end += 1,
                _ => ranges.push(row..row + 1),
            }
        }
        groups.push(group);
        before += GROUP_ROWS.min(of - first);
    }
    (groups, RowSelection::from_consecutive_ranges(ranges.into_iter(), before))
}

/// The row group of a row.
fn group_of(row: u32) -> usize {
    row as usize / GROUP_ROWS
}

/// Where the records of a source lie in a folder.
fn file_in(folder: &Path, source: &str) -> PathBuf {
    folder.join(format!("{source}.parquet"))
}

/// Batches of one source.
pub(crate) struct Batches<'a> {
    reader: ParquetRecordBatchReader,
    /// Rows of a NIK that several bear.
    shared: &'a [u32],
    /// Rows that are read and still to come, where not all are.
    only: Option<&'a [u32]>,
    /// Rows that were read, where all are.
    read: usize,
}

impl Batches<'_> {
    /// Which of the next so many rows bear a shared NIK.
    fn shared_among(&mut self, rows: usize) -> Vec<usize> {
        let before = |end: usize| self.shared.partition_point(|row| (*row as usize) < end);
        if let Some(only) = &mut self.only {
            let (here, rest) = only.split_at(rows);
            *only = rest;
            let Some(last) = here.last() else { return Vec::new() };
            let shared = &self.shared[before(here[0] as usize)..before(*last as usize + 1)];
            shared.iter().filter_map(|row| here.binary_search(row).ok()).collect()
        } else {
            let first = self.read;
            self.read += rows;
            self.shared[before(first)..before(self.read)].iter().map(|row| *row as usize - first).collect()
        }
    }
}

impl Iterator for Batches<'_> {
    type Item = anyhow::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.reader.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error).context("a staged file cannot be read back")),
        };
        let shared = self.shared_among(batch.num_rows());
        let is_marked = !shared.is_empty() && batch.schema_ref().column_with_name(column::NIK_STATUS).is_some();
        Some(Ok(if is_marked { mark_shared_nik(&batch, shared.into_iter()) } else { batch }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray as _, Int64Array, StringArray, new_null_array};

    use super::*;

    /// Two row groups, the second of a few rows; every tenth NIK is that of the row before, under another name.
    fn staged(folder: &Path) -> Staged {
        let rows = GROUP_ROWS + 777;
        let nik = |row: usize| format!("32010101018{:05}", if row.is_multiple_of(10) { row.saturating_sub(1) } else { row });
        let column_of = |name: &str| -> ArrayRef {
            match name {
                column::ROW => Arc::new((1..=rows as i64).collect::<Int64Array>()),
                column::NIK => Arc::new((0..rows).map(|row| Some(nik(row))).collect::<StringArray>()),
                column::NIK_STATUS => Arc::new((0..rows).map(|_| Some("valid")).collect::<StringArray>()),
                column::NAMA_STANDAR => {
                    Arc::new((0..rows).map(|row| Some(if row.is_multiple_of(2) { "SITI" } else { "BUDI" })).collect::<StringArray>())
                }
                _ => new_null_array(standard_schema().field_with_name(name).expect("a column").data_type(), rows),
            }
        };
        let columns = standard_schema().fields().iter().map(|field| column_of(field.name())).collect();
        let mut writer = StagedWriter::create(folder, "list").expect("created");
        writer.push(&RecordBatch::try_new(standard_schema(), columns).expect("fits")).expect("written");
        writer.finish().expect("finished")
    }

    fn texts(batches: Batches<'_>) -> Vec<String> {
        let of_batch =
            |batch: RecordBatch| batch.column(0).as_string::<i32>().iter().map(|text| text.unwrap_or("").to_owned()).collect::<Vec<_>>();
        batches.flat_map(|batch| of_batch(batch.expect("read"))).collect()
    }

    #[test]
    fn some_rows_are_read_as_all_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let staged = staged(folder.path());
        let last = (GROUP_ROWS + 776) as u32;
        let of_both = (0..=last).filter(|row| row.is_multiple_of(7) || (40..90).contains(row)).collect::<Vec<_>>();
        for name in [column::NIK, column::NIK_STATUS] {
            let all = texts(staged.batches(Some(&[name])).expect("read"));
            assert_eq!(all.len(), staged.rows());
            for only in [
                Vec::new(),
                vec![0],
                vec![last],
                vec![9, 10, 11],
                of_both.clone(),
                (0..=last).collect(),
                (GROUP_ROWS as u32..last).collect(),
            ] {
                let read = texts(staged.dictionaries(&[name], standard_schema(), Some(&only)).expect("read"));
                let expected: Vec<&String> = only.iter().map(|row| &all[*row as usize]).collect();
                assert!(read.iter().eq(expected), "{name}: {} rows", only.len());
            }
        }
        assert_eq!(staged.contents.shared[..4], [9, 10, 19, 20]);
    }
}
