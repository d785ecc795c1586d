//! Standard records between the stages: one Parquet file a source, in the run's temporary folder or in the state that nights leave.
//!
//! No stage holds the records of a country in memory; each reads the columns it needs, as often as it needs them. A record's `nik_status`
//! is known only when its whole source is read, so `shared` is kept beside the file and put in on the way out.

mod folder;
mod parts;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use padan_model::{column, standard_schema};
use padan_standardize::mark_shared_nik;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
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

    /// As [`batches`](Self::batches), texts as dictionaries; where some rows are named, in order, batches that hold none of them may be left out.
    fn dictionaries(&self, columns: &[&str], schema: SchemaRef, only: Option<&[u32]>) -> anyhow::Result<Batches<'_>> {
        self.read(Some(columns), Some(schema), only)
    }

    fn read(&self, columns: Option<&[&str]>, schema: Option<SchemaRef>, only: Option<&[u32]>) -> anyhow::Result<Batches<'_>> {
        let unreadable = || format!("cannot read {}", self.path.display());
        let file = File::open(&self.path).with_context(unreadable)?;
        let schema = schema.unwrap_or_else(standard_schema);
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new().with_schema(schema)).with_context(unreadable)?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_batch_size(BATCH_ROWS);
        if let Some(columns) = columns {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        let groups: Vec<usize> = match only {
            Some(rows) => rows.chunk_by(|a, b| group_of(*a) == group_of(*b)).map(|of_group| group_of(of_group[0])).collect(),
            None => (0..builder.metadata().num_row_groups()).collect(),
        };
        builder = builder.with_row_groups(groups.clone());
        Ok(Batches { reader: builder.build().with_context(unreadable)?, shared: &self.contents.shared, groups, read: 0 })
    }
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
    /// Shared rows that are still to come.
    shared: &'a [u32],
    /// Row groups that are read.
    groups: Vec<usize>,
    /// Batches that were read.
    read: usize,
}

impl Batches<'_> {
    /// The source's row, from 0, that the next batch begins with.
    fn next_row(&self) -> usize {
        // Batches end where row groups do, which all have as many rows but the last.
        const A_GROUP: usize = GROUP_ROWS / BATCH_ROWS;
        const { assert!(GROUP_ROWS.is_multiple_of(BATCH_ROWS)) };
        let group = self.groups.get(self.read / A_GROUP).map_or(0, |group| group * GROUP_ROWS);
        group + self.read % A_GROUP * BATCH_ROWS
    }
}

impl Iterator for Batches<'_> {
    type Item = anyhow::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.reader.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error).context("a staged file cannot be read back")),
        };
        let first = self.next_row();
        self.read += 1;
        let before = |end: usize| self.shared.partition_point(|row| (*row as usize) < end);
        let (here, rest) = (before(first), before(first + batch.num_rows()));
        let here = &self.shared[here..rest];
        self.shared = &self.shared[rest..];
        let is_marked = !here.is_empty() && batch.schema_ref().column_with_name(column::NIK_STATUS).is_some();
        Some(Ok(if is_marked { mark_shared_nik(&batch, here.iter().map(|row| *row as usize - first)) } else { batch }))
    }
}
