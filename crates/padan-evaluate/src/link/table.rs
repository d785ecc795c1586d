//! One table, a Parquet file row group by row group or batches in memory, as typed columns.
//!
//! Types are taken as they come (an id may be a number, a text or a dictionary). The trap is in that: what cannot be converted becomes
//! a null, so a null where a value is needed is an error that names the row.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::LinkEvaluateError;
use crate::{EvaluateError, similarity};

const BATCH_ROWS: usize = 16_384;

/// An open file.
pub(super) struct Table {
    path: PathBuf,
    held: Held,
}

/// Where its rows are.
enum Held {
    File(ArrowReaderMetadata),
    /// Read already, of one schema.
    Memory {
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    },
}

impl Table {
    pub(super) fn open(path: &Path) -> Result<Self, EvaluateError> {
        let file = File::open(path).map_err(|source| EvaluateError::Io { path: path.to_owned(), source })?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|source| EvaluateError::Parquet { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), held: Held::File(metadata) })
    }

    /// What somebody else has read of the file.
    pub(super) fn of_batches(path: &Path, schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { path: path.to_owned(), held: Held::Memory { schema, batches } }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of the columns.
    pub(super) fn names(&self) -> Vec<&str> {
        let schema = match &self.held {
            Held::File(metadata) => metadata.schema(),
            Held::Memory { schema, .. } => schema,
        };
        schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.names().contains(&column)
    }

    /// Rows of the whole file.
    pub(super) fn rows(&self) -> usize {
        match &self.held {
            Held::File(metadata) => metadata.metadata().file_metadata().num_rows() as usize,
            Held::Memory { batches, .. } => batches.iter().map(RecordBatch::num_rows).sum(),
        }
    }

    /// Number of row groups; what is in memory is one.
    pub(super) fn groups(&self) -> usize {
        match &self.held {
            Held::File(metadata) => metadata.metadata().num_row_groups(),
            Held::Memory { .. } => 1,
        }
    }

    /// The batches of one row group with those columns.
    pub(super) fn group(&self, group: usize, columns: &[&'static str]) -> Result<Batches<'_>, EvaluateError> {
        let roots = columns.iter().map(|column| self.root(column, columns)).collect::<Result<Vec<_>, _>>()?;
        let metadata = match &self.held {
            Held::File(metadata) => metadata,
            Held::Memory { batches, .. } => return Ok(Batches { table: self, reader: Reader::Memory(batches.iter()), first: 0 }),
        };
        let file = File::open(&self.path).map_err(|source| EvaluateError::Io { path: self.path.clone(), source })?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
        let builder = builder.with_projection(mask).with_row_groups(vec![group]).with_batch_size(BATCH_ROWS);
        let reader = builder.build().map_err(|source| EvaluateError::Parquet { path: self.path.clone(), source })?;
        let first = metadata.metadata().row_groups()[..group].iter().map(|group| group.num_rows() as u64).sum();
        Ok(Batches { table: self, reader: Reader::File(Box::new(reader)), first })
    }

    /// Calls `each` with every batch of the file, in order.
    pub(super) fn each(
        &self,
        columns: &[&'static str],
        mut each: impl FnMut(&Batch<'_>) -> Result<(), EvaluateError>,
    ) -> Result<(), EvaluateError> {
        for group in 0..self.groups() {
            for batch in self.group(group, columns)? {
                each(&batch?)?;
            }
        }
        Ok(())
    }

    /// What to say about a column that is missing: the most similar there is that is not of the known ones, or all there are.
    pub(super) fn nearest(&self, column: &str, known: &[&str]) -> String {
        let names = self.names();
        let near = names.iter().filter(|name| !known.contains(name)).map(|name| (similarity(&name.to_lowercase(), column), *name));
        // Of equals the first, as the file has them.
        let best = near.reduce(|best, next| if next.0 > best.0 { next } else { best });
        match best {
            Some((similarity, name)) if similarity >= 0.6 => format!("did you mean the column {name:?}?"),
            _ => format!("there are: {}", names.join(", ")),
        }
    }

    fn root(&self, column: &'static str, known: &[&str]) -> Result<usize, EvaluateError> {
        let missing = || LinkEvaluateError::Column { path: self.path.clone(), column, hint: self.nearest(column, known) }.into();
        self.names().iter().position(|name| *name == column).ok_or_else(missing)
    }
}

/// The batches of a row group.
pub(super) struct Batches<'a> {
    table: &'a Table,
    reader: Reader<'a>,
    first: u64,
}

enum Reader<'a> {
    File(Box<ParquetRecordBatchReader>),
    Memory(std::slice::Iter<'a, RecordBatch>),
}

impl<'a> Iterator for Batches<'a> {
    type Item = Result<Batch<'a>, EvaluateError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match &mut self.reader {
            Reader::File(reader) => reader.next()?,
            Reader::Memory(batches) => Ok(batches.next()?.clone()),
        };
        let batch = match next {
            Ok(batch) => batch,
            Err(source) => return Some(Err(EvaluateError::Parquet { path: self.table.path.clone(), source: source.into() })),
        };
        let first = self.first;
        self.first += batch.num_rows() as u64;
        Some(Ok(Batch { table: self.table, columns: batch, first }))
    }
}

/// Some rows of the file.
pub(super) struct Batch<'a> {
    table: &'a Table,
    columns: RecordBatch,
    /// Rows of the file that stand before them.
    first: u64,
}

impl Batch<'_> {
    pub(super) fn rows(&self) -> usize {
        self.columns.num_rows()
    }

    /// The number in the file, from 1, of the row at a place of this batch.
    pub(super) fn row(&self, at: usize) -> u64 {
        self.first + at as u64 + 1
    }

    pub(super) fn text(&self, column: &'static str) -> Result<StringArray, EvaluateError> {
        Ok(self.full(column, &DataType::Utf8, "text")?.as_string::<i32>().clone())
    }

    /// As [`Batch::text`], where a cell may be empty.
    pub(super) fn text_or_null(&self, column: &'static str) -> Result<StringArray, EvaluateError> {
        Ok(self.cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    pub(super) fn integer(&self, column: &'static str) -> Result<Int64Array, EvaluateError> {
        Ok(self.full(column, &DataType::Int64, "integer")?.as_primitive::<Int64Type>().clone())
    }

    pub(super) fn flag(&self, column: &'static str) -> Result<BooleanArray, EvaluateError> {
        Ok(self.full(column, &DataType::Boolean, "boolean")?.as_boolean().clone())
    }

    /// Numbers; infinite ones are, NaN is none.
    pub(super) fn number(&self, column: &'static str) -> Result<Float64Array, EvaluateError> {
        let array = self.full(column, &DataType::Float64, "number")?.as_primitive::<Float64Type>().clone();
        match array.values().iter().position(|value| value.is_nan()) {
            None => Ok(array),
            Some(at) => Err(self.wrong(column, at, "number")),
        }
    }

    /// Numbers from 0 to 1.
    pub(super) fn probability(&self, column: &'static str) -> Result<Float64Array, EvaluateError> {
        let array = self.number(column)?;
        match array.values().iter().position(|value| !(0.0..=1.0).contains(value)) {
            None => Ok(array),
            Some(at) => Err(self.wrong(column, at, "probability, 0 to 1,")),
        }
    }

    fn full(&self, column: &'static str, kind: &DataType, expected: &'static str) -> Result<ArrayRef, EvaluateError> {
        let array = self.cast(column, kind)?;
        match (array.null_count() > 0).then(|| (0..array.len()).find(|at| array.is_null(*at))).flatten() {
            None => Ok(array),
            Some(at) => Err(self.wrong(column, at, expected)),
        }
    }

    fn cast(&self, column: &'static str, kind: &DataType) -> Result<ArrayRef, EvaluateError> {
        let at = self.columns.schema().index_of(column);
        let read = at.and_then(|at| cast(self.columns.column(at), kind));
        Ok(read.map_err(|source| LinkEvaluateError::Type { path: self.table.path.clone(), column, source })?)
    }

    fn wrong(&self, column: &'static str, at: usize, expected: &'static str) -> EvaluateError {
        LinkEvaluateError::Value { path: self.table.path.clone(), row: self.row(at), column, expected }.into()
    }
}
