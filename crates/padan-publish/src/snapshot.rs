//! Reading a published run.
//!
//! A [`Snapshot`] resolves `OUT/current` once and then reads that run only, so tables read one after the other belong together even
//! while the next night publishes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{PublishError, io, nearest, parquet};
use crate::layout::{self, MANIFEST};
use crate::{Manifest, TableEntry};

/// Rows of a batch that is read.
const BATCH_ROWS: usize = 65_536;

/// One run, whatever is published while it is read.
#[derive(Debug, Clone)]
pub struct Snapshot {
    run: PathBuf,
    manifest: Manifest,
}

impl Snapshot {
    /// The visible run of an output folder; `out` may also be the folder of an older run.
    pub fn open(out: &Path) -> Result<Self, PublishError> {
        let run = layout::current(out)?;
        let path = run.join(MANIFEST);
        let bytes = fs::read(&path).map_err(io("read", &path))?;
        let manifest = serde_json::from_slice(&bytes).map_err(|source| PublishError::Manifest { path, source })?;
        Ok(Self { run, manifest })
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        &self.run
    }

    /// What the run read and wrote.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Names of the run's tables, sorted.
    pub fn table_names(&self) -> impl Iterator<Item = &str> {
        self.manifest.tables.iter().map(|table| table.name.as_str())
    }

    /// Paths of a table's files, in row order.
    pub fn table_files(&self, name: &str) -> Result<Vec<PathBuf>, PublishError> {
        Ok(self.entry(name)?.files.iter().map(|file| self.run.join(&file.file)).collect())
    }

    /// A table's rows in published order; with `columns`, those columns in that order. At least one batch, which may be empty.
    pub fn read(&self, name: &str, columns: Option<&[&str]>) -> Result<Vec<RecordBatch>, PublishError> {
        let mut batches = Vec::new();
        for path in self.table_files(name)? {
            read_file(&path, name, columns, &mut batches)?;
        }
        Ok(batches)
    }

    fn entry(&self, name: &str) -> Result<&TableEntry, PublishError> {
        self.manifest.table(name).ok_or_else(|| PublishError::UnknownTable {
            name: name.to_owned(),
            run: self.run.clone(),
            hint: nearest(name, self.table_names()),
        })
    }
}

/// A table of the visible run; use a [`Snapshot`] to read several that belong together.
pub fn read_table(out: &Path, name: &str, columns: Option<&[&str]>) -> Result<Vec<RecordBatch>, PublishError> {
    Snapshot::open(out)?.read(name, columns)
}

/// Names of the visible run's tables, sorted.
pub fn table_names(out: &Path) -> Result<Vec<String>, PublishError> {
    Ok(Snapshot::open(out)?.table_names().map(str::to_owned).collect())
}

fn read_file(path: &Path, table: &str, columns: Option<&[&str]>, batches: &mut Vec<RecordBatch>) -> Result<(), PublishError> {
    let file = File::open(path).map_err(io("open", path))?;
    let mut builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet("read", path))?.with_batch_size(BATCH_ROWS);
    if let Some(columns) = columns {
        let schema = builder.schema();
        let index = |column: &&str| {
            schema.index_of(column).map_err(|_| PublishError::UnknownColumn {
                column: (*column).to_owned(),
                table: table.to_owned(),
                hint: nearest(column, schema.fields().iter().map(|field| field.name().as_str())),
            })
        };
        let roots = columns.iter().map(index).collect::<Result<Vec<usize>, _>>()?;
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
        builder = builder.with_projection(mask);
    }
    let reader = builder.build().map_err(parquet("read", path))?;
    let decoded = |error: ArrowError| parquet("read", path)(error.into());
    let empty = RecordBatch::new_empty(reader.schema());
    for batch in reader {
        batches.push(in_order(&batch.map_err(decoded)?, columns).map_err(decoded)?);
    }
    if batches.is_empty() {
        batches.push(in_order(&empty, columns).map_err(decoded)?);
    }
    Ok(())
}

/// The columns in the order asked for; a file gives them in its own.
fn in_order(batch: &RecordBatch, columns: Option<&[&str]>) -> Result<RecordBatch, ArrowError> {
    let Some(columns) = columns else { return Ok(batch.clone()) };
    let schema = batch.schema();
    batch.project(&columns.iter().map(|column| schema.index_of(column)).collect::<Result<Vec<usize>, _>>()?)
}
