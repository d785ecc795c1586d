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
        self.read(columns, None)
    }

    /// As [`batches`](Self::batches), texts as dictionaries.
    fn dictionaries(&self, columns: &[&str], schema: SchemaRef) -> anyhow::Result<Batches<'_>> {
        self.read(Some(columns), Some(schema))
    }

    fn read(&self, columns: Option<&[&str]>, schema: Option<SchemaRef>) -> anyhow::Result<Batches<'_>> {
        let unreadable = || format!("cannot read {}", self.path.display());
        let file = File::open(&self.path).with_context(unreadable)?;
        let schema = schema.unwrap_or_else(standard_schema);
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new().with_schema(schema)).with_context(unreadable)?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_batch_size(BATCH_ROWS);
        if let Some(columns) = columns {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        Ok(Batches { reader: builder.build().with_context(unreadable)?, shared: &self.contents.shared, row: 0 })
    }
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
    /// First row of the next batch.
    row: usize,
}

impl Iterator for Batches<'_> {
    type Item = anyhow::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.reader.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error).context("a staged file cannot be read back")),
        };
        let first = self.row;
        self.row += batch.num_rows();
        let (here, rest) = self.shared.split_at(self.shared.partition_point(|row| (*row as usize) < self.row));
        self.shared = rest;
        let is_marked = !here.is_empty() && batch.schema_ref().column_with_name(column::NIK_STATUS).is_some();
        Some(Ok(if is_marked { mark_shared_nik(&batch, here.iter().map(|row| *row as usize - first)) } else { batch }))
    }
}
