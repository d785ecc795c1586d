//! Single files outside a run: what `padan link` leaves in its folder. Each appears whole or not at all.

use std::fs::{self, File};
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowWriter, ArrowWriterOptions, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use crate::error::{PublishError, io, parquet};

/// Rows of a row group.
const GROUP_ROWS: usize = 1 << 20;
/// Rows of a column that are made at once.
const PART_ROWS: usize = 1 << 18;

/// Writes a table of so many rows as one Parquet file, replacing the file of that name: `column(i, range)` makes those rows of column `i`
/// as it is asked for them, so that the table never lies in memory whole. Columns are encoded side by side; the bytes are the same
/// whatever the number of threads.
///
/// # Errors
/// A folder that cannot be written; a column of another type or length.
pub fn write_columns(
    path: &Path,
    schema: &SchemaRef,
    rows: usize,
    column: impl Fn(usize, Range<usize>) -> Result<ArrayRef, ArrowError> + Sync,
) -> Result<(), PublishError> {
    let failed = || parquet("write", path);
    let partial = partial(path);
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).map_err(failed())?))
        .set_created_by(format!("padan version {}", env!("CARGO_PKG_VERSION")));
    // Of other columns a dictionary would mostly be built until it overflows and then given up.
    for field in schema.fields().iter().filter(|field| !matches!(field.data_type(), DataType::Dictionary(..))) {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(field.name().as_str()), false);
    }
    let properties = properties.build();
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let file = File::create(&partial).map_err(io("create", &partial))?;
    let writer = ArrowWriter::try_new_with_options(file, schema.clone(), options).map_err(failed())?;
    let (mut writer, groups) = writer.into_serialized_writer().map_err(failed())?;
    for (number, start) in (0..rows).step_by(GROUP_ROWS).enumerate() {
        let end = rows.min(start + GROUP_ROWS);
        let columns = groups.create_column_writers(number).map_err(failed())?;
        let encode = |(at, mut encoder): (usize, ArrowColumnWriter)| {
            for from in (start..end).step_by(PART_ROWS) {
                let values = column(at, from..end.min(from + PART_ROWS))?;
                for leaf in compute_leaves(schema.field(at), &values)? {
                    encoder.write(&leaf)?;
                }
            }
            encoder.close()
        };
        let encoded: Result<Vec<ArrowColumnChunk>, ParquetError> = columns.into_par_iter().enumerate().map(encode).collect();
        let mut group = writer.next_row_group().map_err(failed())?;
        for chunk in encoded.map_err(failed())? {
            chunk.append_to_row_group(&mut group).map_err(failed())?;
        }
        group.close().map_err(failed())?;
    }
    writer.close().map_err(failed())?;
    fs::rename(&partial, path).map_err(io("rename", &partial))
}

/// Writes a text file, replacing the file of that name.
///
/// # Errors
/// A folder that cannot be written.
pub fn write_text(path: &Path, text: &str) -> Result<(), PublishError> {
    let partial = partial(path);
    let mut file = File::create(&partial).map_err(io("create", &partial))?;
    file.write_all(text.as_bytes()).map_err(io("write", &partial))?;
    fs::rename(&partial, path).map_err(io("rename", &partial))
}

fn partial(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.partial"))
}
