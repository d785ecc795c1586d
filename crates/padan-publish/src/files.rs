//! Single files outside a run: what `padan link` leaves in its folder. Each appears whole or not at all.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::{PublishError, io, parquet};

/// Writes batches of one schema as one Parquet file, replacing the file of that name.
///
/// # Errors
/// A folder that cannot be written; batches of another schema.
pub fn write_file(path: &Path, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<(), PublishError> {
    let partial = partial(path);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(format!("padan version {}", env!("CARGO_PKG_VERSION")))
        .build();
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let file = File::create(&partial).map_err(io("create", &partial))?;
    let mut writer = ArrowWriter::try_new_with_options(file, schema.clone(), options).map_err(parquet("write", path))?;
    for batch in batches {
        writer.write(batch).map_err(parquet("write", path))?;
    }
    writer.close().map_err(parquet("write", path))?;
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
