//! Parquet: text, numbers, booleans and dates cast to text, only the columns that the profile maps.
//!
//! Every row is a data row, also one without values: the file says how many it has. A NIK column of doubles is flagged as a spreadsheet's
//! would be; integers hold a NIK exactly and are not.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use padan_config::SourceProfile;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::account::{Stamp, hash_file};
use crate::csv::windows_1252;
use crate::header::{self, HeaderMap};
use crate::ingest::FileRead;
use crate::row::Row;
use crate::stage::Stage;
use crate::{IngestError, number};

/// The header only.
pub(crate) fn check(profile: &SourceProfile, path: &Path) -> Result<HeaderMap, IngestError> {
    let (builder, _) = open(path)?;
    map(profile, path, &builder)
}

/// Reads one file into the stage.
pub(crate) fn read(stage: &mut Stage, path: &Path) -> Result<FileRead, IngestError> {
    // Parquet is read from its end and out of order: the hash takes a pass of its own.
    let stamp = Stamp::of(path)?;
    let (sha256, bytes) = hash_file(path)?;
    let (builder, schema) = open(path)?;
    let header = map(stage.profile, path, &builder)?;
    let mut columns: Vec<usize> = header.fields.iter().chain(&header.pmt).flatten().copied().collect();
    columns.sort_unstable();
    columns.dedup();
    let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
    let problem = |error: &dyn std::fmt::Display| IngestError::Parquet { path: path.to_owned(), problem: error.to_string() };
    let reader = builder.with_projection(mask).with_batch_size(4_096).build().map_err(|error| problem(&error))?;
    let mut row_cells = Row::default();
    let floats: Vec<bool> = columns.iter().map(|&column| schema.get(column).is_some_and(DataType::is_floating)).collect();
    for batch in reader {
        let batch = batch.map_err(|error| problem(&error))?;
        let texts = batch
            .columns()
            .iter()
            .zip(&columns)
            .map(|(array, column)| {
                texts(array).ok_or_else(|| {
                    problem(&format!("column {:?} is {}, which is neither text, number nor date", header.name(*column), array.data_type()))
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        for index in 0..batch.num_rows() {
            row_cells.clear();
            for ((array, &column), &float) in texts.iter().zip(&columns).zip(&floats) {
                if array.is_valid(index) {
                    row_cells.write(column, float).push_str(array.value(index));
                }
            }
            let row = stage.next_row();
            match row_cells.fault(stage.limits) {
                Some((column, reason)) => {
                    let raw = row_cells.raw(stage.limits);
                    stage.quarantine_row(row, None, Some(header.name(column)), reason, Some(&raw));
                }
                None => row_cells.stage(stage, row, &header)?,
            }
        }
    }
    if bytes != stamp.bytes || Stamp::of(path)? != stamp {
        return Err(IngestError::Changed { path: path.to_owned() });
    }
    Ok(FileRead { stamp, sha256, encoding: None })
}

pub(crate) fn open(path: &Path) -> Result<(ParquetRecordBatchReaderBuilder<File>, Vec<DataType>), IngestError> {
    let file = File::open(path).map_err(IngestError::io(path))?;
    if Stamp::of(path)?.bytes == 0 {
        return Err(IngestError::Empty { path: path.to_owned() });
    }
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|error| IngestError::Parquet { path: path.to_owned(), problem: error.to_string() })?;
    let types = builder.schema().fields().iter().map(|field| field.data_type().clone()).collect();
    Ok((builder, types))
}

fn map(profile: &SourceProfile, path: &Path, builder: &ParquetRecordBatchReaderBuilder<File>) -> Result<HeaderMap, IngestError> {
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    header::map(profile, path, &names)
}

/// The column as text; `None` where its type has none.
pub(crate) fn texts(array: &ArrayRef) -> Option<StringArray> {
    let kind = match array.data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        kind => kind.clone(),
    };
    match kind {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let doubles = cast(array, &DataType::Float64).ok()?;
            Some(
                doubles
                    .as_primitive::<Float64Type>()
                    .iter()
                    .map(|value| value.filter(|value| value.is_finite()).map(number::minimal_f64))
                    .collect(),
            )
        }
        // Old writers leave text without its logical type; a cast would turn bytes that are not UTF-8 into null.
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            let bytes = cast(array, &DataType::Binary).ok()?;
            let text = |bytes: &[u8]| std::str::from_utf8(bytes).map_or_else(|_| windows_1252(bytes).into_owned(), str::to_owned);
            Some(bytes.as_binary::<i32>().iter().map(|value| value.map(text)).collect())
        }
        DataType::Boolean => {
            let booleans = cast(array, &DataType::Boolean).ok()?;
            Some(booleans.as_boolean().iter().map(|value| value.map(|value| if value { "TRUE" } else { "FALSE" })).collect())
        }
        // A birth date's time of day is midnight somewhere.
        DataType::Timestamp(..) | DataType::Date64 => text_of(&cast(array, &DataType::Date32).ok()?),
        DataType::Null
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Date32
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => text_of(array),
        kind if kind.is_integer() => text_of(array),
        _ => None,
    }
}

fn text_of(array: &ArrayRef) -> Option<StringArray> {
    let cast = cast(&Arc::clone(array), &DataType::Utf8).ok()?;
    let same_nulls = cast.logical_null_count() == array.logical_null_count();
    same_nulls.then(|| cast.as_string::<i32>().clone())
}
