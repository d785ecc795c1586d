//! Any CSV, Parquet or XLSX file as a table: every column under its own name, no profile. For `padan link`.
//!
//! CSV: encoding and delimiter are found, the first record is the header; a row with more or fewer fields, an unbalanced quote or a control
//! character is quarantined, never mended. Parquet: text, numbers, booleans and dates become text, lists stay lists; a column of another
//! type is left out and named in a warning. Blank cells are null. The trap: quarantined rows still count, so that a row's number is that
//! of the file.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, RecordBatch, RecordBatchReader as _, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use padan_config::Encoding;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use crate::account::QuarantinedRow;
use crate::cell::clean;
use crate::columnar::{open as open_parquet, texts};
use crate::csv::{
    Broken, Charset, DELIMITERS, Measure, Split, Splitter, Utf16Reader, control_column, decoded, detect, is_blank_row, read_head, records,
    unquote, windows_1252,
};
use crate::{IngestError, Limits, hashing, xlsx};

/// A file's rows.
#[derive(Debug, Clone)]
pub struct Table {
    /// Rows as text columns (and lists), in the order of the file; texts that were asked for by name are dictionaries where the file has
    /// them so.
    pub batches: Vec<RecordBatch>,
    /// Their schema.
    pub schema: SchemaRef,
    /// All columns of the file.
    pub columns: Vec<String>,
    /// Data rows read, refused ones included.
    pub rows_read: i64,
    /// Rows refused.
    pub quarantine: Vec<QuarantinedRow>,
    /// What was left out.
    pub warnings: Vec<String>,
}

/// Columns of a Parquet file that are wanted, and no others.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// As plain texts.
    pub plain: Vec<String>,
    /// Texts whose values come again: as the dictionaries that the file has of them.
    pub repeated: Vec<String>,
}

impl Wanted {
    fn has(&self, column: &String) -> bool {
        self.plain.contains(column) || self.repeated.contains(column)
    }
}

/// Reads a `.parquet` file, a sheet of an `.xlsx` workbook (the first visible one, or that of `file.xlsx#Sheet`), or text with delimiters
/// under any other name; `wanted` chooses columns of a Parquet file.
///
/// # Errors
/// A file that cannot be read, is empty, is something else than its name says, lacks the sheet, or has two columns of one name.
pub fn read_table(path: &Path, limits: &Limits, wanted: Option<&Wanted>) -> Result<Table, IngestError> {
    let (file, sheet) = file_and_sheet(path);
    let is = |ending: &str| file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending));
    if is("parquet") {
        parquet(path, wanted)
    } else if is("xlsx") {
        xlsx::read_table(&file, sheet.as_deref(), limits)
    } else {
        csv(path, limits)
    }
}

/// The workbook and the sheet of `file.xlsx#Sheet`; any other path, and one that is a file's as it stands, as it is.
pub fn file_and_sheet(path: &Path) -> (PathBuf, Option<String>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let at = name.to_lowercase().find(".xlsx#").map(|at| at + ".xlsx".len());
    match at.filter(|_| !path.is_file()).and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?))) {
        Some((file, sheet)) => (path.with_file_name(file), Some(sheet.to_owned())),
        None => (path.to_owned(), None),
    }
}

fn parquet(path: &Path, wanted: Option<&Wanted>) -> Result<Table, IngestError> {
    let problem = |error: &dyn std::fmt::Display| IngestError::Parquet { path: path.to_owned(), problem: error.to_string() };
    let (mut builder, _) = open_parquet(path)?;
    let columns: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    if let Some(wanted) = wanted {
        let options = ArrowReaderOptions::new().with_schema(with_dictionaries(builder.schema(), wanted));
        let file = File::open(path).map_err(IngestError::io(path))?;
        // A file whose texts cannot be read so is read as it is.
        builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).unwrap_or(builder);
        let chosen = (0..columns.len()).filter(|at| wanted.has(&columns[*at]));
        let mask = ProjectionMask::roots(builder.parquet_schema(), chosen);
        builder = builder.with_projection(mask);
    }
    let reader = builder.with_batch_size(16_384).build().map_err(|error| problem(&error))?;
    let source = reader.schema();
    let mut table = Table {
        batches: Vec::new(),
        schema: Arc::new(Schema::empty()),
        columns,
        rows_read: 0,
        quarantine: Vec::new(),
        warnings: Vec::new(),
    };
    // What needs no text made of it.
    let stays = |kind: &DataType| matches!(kind, DataType::List(_) | DataType::LargeList(_)) || (wanted.is_some() && *kind == dictionary());
    let kept: Vec<bool> = source
        .fields()
        .iter()
        .map(|field| stays(field.data_type()) || texts(&arrow::array::new_empty_array(field.data_type())).is_some())
        .collect();
    for (field, kept) in source.fields().iter().zip(&kept) {
        if !kept {
            table.warnings.push(format!("column `{}` is {}: left out", field.name(), field.data_type()));
        }
    }
    let fields = source.fields().iter().zip(&kept).filter(|(_, kept)| **kept).map(|(field, _)| {
        let kind = if stays(field.data_type()) { field.data_type().clone() } else { DataType::Utf8 };
        Field::new(field.name(), kind, true)
    });
    table.schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    for batch in reader {
        let batch = batch.map_err(|error| problem(&error))?;
        table.rows_read += batch.num_rows() as i64;
        let mut columns: Vec<ArrayRef> = Vec::new();
        for (array, kept) in batch.columns().iter().zip(&kept) {
            if *kept {
                columns.push(if stays(array.data_type()) {
                    Arc::clone(array)
                } else {
                    Arc::new(texts(array).ok_or_else(|| problem(&"a column that changes its type"))?)
                });
            }
        }
        table.batches.push(RecordBatch::try_new(Arc::clone(&table.schema), columns).map_err(|error| problem(&error))?);
    }
    Ok(table)
}

/// A text column's type as a dictionary.
fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The schema with the repeated texts as dictionaries.
fn with_dictionaries(schema: &SchemaRef, wanted: &Wanted) -> SchemaRef {
    let of_field = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            if wanted.repeated.contains(field.name()) && !wanted.plain.contains(field.name()) =>
        {
            Arc::new(Field::new(field.name(), dictionary(), field.is_nullable()))
        }
        _ => Arc::clone(field),
    };
    Arc::new(Schema::new(schema.fields().iter().map(of_field).collect::<Vec<_>>()))
}

fn csv(path: &Path, limits: &Limits) -> Result<Table, IngestError> {
    let (mut reader, _) = hashing::open(path)?;
    let head = read_head(&mut reader, path)?;
    let detected = detect(&head, Encoding::Utf8);
    let text = decoded(&head[detected.mark..], detected.charset);
    let delimiter = delimiter(&text, limits);
    let mut cursor = Cursor::new(head);
    cursor.set_position(detected.mark as u64);
    let bytes = cursor.chain(reader);
    match detected.charset {
        Charset::Utf8 | Charset::Windows1252 => {
            let splitter = Splitter::new(bytes, delimiter, limits, Measure::Bytes, detected.mark as u64);
            rows(path, splitter, detected.charset, limits)
        }
        Charset::Utf16Le | Charset::Utf16Be => {
            let splitter =
                Splitter::new(Utf16Reader::new(bytes, detected.charset), delimiter, limits, Measure::Utf16, detected.mark as u64);
            rows(path, splitter, detected.charset, limits)
        }
    }
}

/// The delimiter under which most of the first records have as many fields as the header, and more than one.
fn delimiter(text: &str, limits: &Limits) -> u8 {
    let fits = |delimiter: u8| {
        let records = records(text, delimiter, limits, 50);
        let width = records.first().map_or(0, Vec::len);
        let alike = records.iter().filter(|record| record.len() == width).count();
        if width > 1 { (alike * 100 / records.len().max(1), width) } else { (0, width) }
    };
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| fits(*delimiter)).unwrap_or(b',')
}

fn rows<R: Read>(path: &Path, mut splitter: Splitter<'_, R>, charset: Charset, limits: &Limits) -> Result<Table, IngestError> {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let header: Vec<String> = match splitter.advance().map_err(IngestError::io(path))? {
        None => return Err(IngestError::Empty { path: path.to_owned() }),
        Some(_) => cells(&splitter, charset).into_iter().map(|cell| cell.trim().to_owned()).collect(),
    };
    let names = distinct_names(path, &header)?;
    let mut table = Growing::new(path, names.clone(), limits);
    while let Some(split) = splitter.advance().map_err(IngestError::io(path))? {
        if matches!(split, Split::Record) && is_blank_row(splitter.record(), splitter.spans()) {
            continue;
        }
        let row = table.next_row();
        let count = splitter.spans().len();
        let fault = match split {
            Split::Broken(Broken::Quote) => Some((None, "unbalanced quote".to_owned())),
            Split::Broken(Broken::TooLong) => Some((None, format!("line of more than {} bytes", limits.row_bytes))),
            Split::Record if count != names.len() && splitter.is_multi_line() => {
                splitter.keep_first_line();
                Some((None, "unbalanced quote".to_owned()))
            }
            Split::Record if count != names.len() => {
                let plural = if count == 1 { "" } else { "s" };
                Some((None, format!("{count} field{plural} where the header has {}", names.len())))
            }
            Split::Record => control_column(splitter.record(), splitter.spans())
                .map(|column| (names.get(column).cloned(), "control character".to_owned()))
                .or_else(|| {
                    let long = splitter.spans().iter().position(|span| span.end - span.start > limits.cell_bytes)?;
                    Some((names.get(long).cloned(), format!("cell of more than {} bytes", limits.cell_bytes)))
                }),
        };
        if let Some((column, reason)) = fault {
            let raw = String::from_utf8_lossy(splitter.record()).chars().take(limits.raw_chars).collect();
            table.quarantine(QuarantinedRow {
                file: file.clone(),
                row,
                byte_offset: Some(splitter.place() as i64),
                column,
                reason,
                raw: Some(raw),
            });
            continue;
        }
        let cells = cells(&splitter, charset);
        table.push(cells.iter().map(|cell| Some(cell.as_str())))?;
    }
    table.finish(Vec::new())
}

/// A table of text columns that grows by rows.
pub(crate) struct Growing<'a> {
    path: &'a Path,
    table: Table,
    builders: Vec<StringBuilder>,
    pending: usize,
    batch_rows: usize,
}

impl<'a> Growing<'a> {
    pub(crate) fn new(path: &'a Path, columns: Vec<String>, limits: &Limits) -> Self {
        let schema = Arc::new(Schema::new(columns.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect::<Vec<_>>()));
        let builders = columns.iter().map(|_| StringBuilder::new()).collect();
        let table = Table { batches: Vec::new(), schema, columns, rows_read: 0, quarantine: Vec::new(), warnings: Vec::new() };
        Self { path, table, builders, pending: 0, batch_rows: limits.batch_rows }
    }

    /// The 1-based number of the row that was read now.
    pub(crate) fn next_row(&mut self) -> i64 {
        self.table.rows_read += 1;
        self.table.rows_read
    }

    /// Keeps the row apart.
    pub(crate) fn quarantine(&mut self, row: QuarantinedRow) {
        self.table.quarantine.push(row);
    }

    /// Takes the row's cells, one a column.
    pub(crate) fn push<'c>(&mut self, cells: impl Iterator<Item = Option<&'c str>>) -> Result<(), IngestError> {
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            builder.append_option(cell.and_then(clean));
        }
        self.pending += 1;
        if self.pending == self.batch_rows { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), IngestError> {
        let columns = self.builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.table.schema), columns)
            .map_err(|error| IngestError::Parquet { path: self.path.to_owned(), problem: error.to_string() })?;
        self.table.batches.push(batch);
        self.pending = 0;
        Ok(())
    }

    /// The table.
    pub(crate) fn finish(mut self, warnings: Vec<String>) -> Result<Table, IngestError> {
        self.flush()?;
        Ok(Table { warnings, ..self.table })
    }
}

fn cells<R: Read>(splitter: &Splitter<'_, R>, charset: Charset) -> Vec<String> {
    let bytes = splitter.record();
    let utf8 = if charset == Charset::Windows1252 && !bytes.is_ascii() { None } else { std::str::from_utf8(bytes).ok() };
    let mut scratch = String::new();
    let spans = splitter.spans().iter();
    spans
        .map(|span| {
            let text = match utf8 {
                Some(text) => std::borrow::Cow::Borrowed(text.get(span.start..span.end).unwrap_or_default()),
                None => windows_1252(&bytes[span.start..span.end]),
            };
            unquote(&text, span.quoted, &mut scratch).to_owned()
        })
        .collect()
}

/// Header names; a column without one is `column_<n>`.
pub(crate) fn distinct_names(path: &Path, header: &[String]) -> Result<Vec<String>, IngestError> {
    let mut names: Vec<String> = Vec::new();
    for (at, name) in header.iter().enumerate() {
        let name = if name.is_empty() { format!("column_{}", at + 1) } else { name.clone() };
        if let Some(first) = names.iter().position(|other| *other == name) {
            return Err(IngestError::RepeatedHeader { path: path.to_owned(), header: name, first: first + 1, second: at + 1 });
        }
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};

    use super::*;

    fn read(text: &[u8]) -> Result<Table, IngestError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.csv");
        std::fs::write(&path, text).expect("written");
        read_table(&path, &Limits::default(), None)
    }

    #[test]
    fn delimiter_and_encoding_are_found_and_a_bad_row_is_kept_apart() {
        let table = read(b"id;name;city\n1;\"Smith; Ann\";Leeds\n2;Jos\xe9\n3;;York\n").expect("reads");
        assert_eq!((table.rows_read, table.quarantine.len()), (3, 1));
        assert_eq!(table.quarantine[0].row, 2);
        assert_eq!(table.quarantine[0].reason, "2 fields where the header has 3");
        let batch = &table.batches[0];
        assert_eq!(batch.column(1).as_string::<i32>().value(0), "Smith; Ann");
        assert!(batch.column(1).is_null(1));
    }

    #[test]
    fn two_columns_of_one_name_are_refused() {
        let error = read(b"id,name,name\n1,a,b\n").expect_err("refused").to_string();
        assert!(error.contains("columns 2 and 3"), "{error}");
    }
}
