//! Prepared columns: from the columns of any table to values that can be compared.
//!
//! A model's `[columns]` say which column is made of which ([`Columns`]); [`prepare`] makes them. One kind a file, each a pure function of
//! a text; what it takes from a whole column (which of day and month stands first) is counted before. Texts are UTF-8, dates texts of
//! eight digits, numbers 64-bit integers; an empty result is null. Nothing here fails on a value.

mod abbreviations;
mod columns;
mod date;
mod email;
mod fold;
mod identifier;
mod list;
mod maker;
mod number;
mod phone;
mod resources;
mod source;
mod text;

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{Field, Schema};
use rayon::prelude::*;

pub(crate) use columns::OR;
pub use columns::{Columns, DateOrder, PreparedColumn, PreparedKind, alternatives};
pub use resources::{ResourceKind, Resources, Shipped};

use crate::LinkError;
use maker::Maker;

/// Rows that are made in one go.
const CHUNK: usize = 16_384;

/// Some rows of a table on their way.
struct Chunk {
    table: usize,
    input: RecordBatch,
    made: Vec<(String, ArrayRef)>,
}

/// Makes the prepared columns of all tables; a table is a slice of batches. The batches that come back hold the prepared columns only, in
/// the order of [`Columns::iter`], and together the same rows in the same order as the table's, not the same batches. A column that some
/// table lacks is null there.
///
/// # Errors
/// A column that no table has, or of a type without a text form; a rule file that is not known or wrong.
pub fn prepare(columns: &Columns, tables: &[&[RecordBatch]], resources: &dyn Resources) -> Result<Vec<Vec<RecordBatch>>, LinkError> {
    check(columns, tables)?;
    let mut chunks: Vec<Chunk> = Vec::new();
    for (table, batches) in tables.iter().enumerate() {
        for batch in *batches {
            let starts = (0..batch.num_rows()).step_by(CHUNK);
            chunks.extend(starts.map(|at| {
                let input = batch.slice(at, CHUNK.min(batch.num_rows() - at));
                Chunk { table, input, made: Vec::with_capacity(columns.iter().count()) }
            }));
        }
    }
    for (name, column) in columns.iter() {
        let maker = Maker::new(name, column, resources)?;
        let sources: Vec<Vec<StringArray>> =
            chunks.par_iter().map(|chunk| chunk.sources(columns, name, column)).collect::<Result<_, LinkError>>()?;
        let readings = maker.readings(tables.len(), chunks.iter().map(|chunk| chunk.table).zip(&sources));
        chunks.par_iter_mut().zip(&sources).for_each(|(chunk, sources)| {
            let array = maker.make(sources, chunk.input.num_rows(), readings[chunk.table]);
            chunk.made.push((name.to_owned(), array));
        });
    }
    let schema = Arc::new(Schema::new(
        columns.iter().map(|(name, column)| Field::new(name, maker::data_type(column.kind), true)).collect::<Vec<_>>(),
    ));
    let mut prepared: Vec<Vec<RecordBatch>> = tables.iter().map(|_| Vec::new()).collect();
    for chunk in chunks {
        let options = RecordBatchOptions::new().with_row_count(Some(chunk.input.num_rows()));
        let arrays = chunk.made.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)
            .map_err(|error| LinkError::Model(format!("a bug: prepared columns do not fit together: {error}")))?;
        prepared[chunk.table].push(batch);
    }
    Ok(prepared)
}

impl Chunk {
    /// The texts that a column is made of; nulls for a column that the table lacks.
    fn sources(&self, columns: &Columns, name: &str, column: &PreparedColumn) -> Result<Vec<StringArray>, LinkError> {
        let find = |(source, own): &(&str, bool)| match columns.get(source) {
            Some(_) if !own => self.made.iter().find(|(made, _)| made == source).map(|(_, array)| array),
            _ => self.input.column_by_name(source),
        };
        let of_source = |source: Vec<(&str, bool)>| match source.iter().find_map(|of| find(of).map(|array| (of.0, array))) {
            Some((source, array)) => source::texts(source, array, &column.separator),
            None => Ok(StringArray::new_null(self.input.num_rows())),
        };
        columns::sources(name, column).into_iter().map(of_source).collect()
    }
}

/// Whether every column that is read is there in some table.
fn check(columns: &Columns, tables: &[&[RecordBatch]]) -> Result<(), LinkError> {
    let schemas: Vec<_> = tables.iter().filter_map(|batches| batches.first()).map(RecordBatch::schema).collect();
    if schemas.is_empty() {
        return Ok(());
    }
    for (name, column) in columns.iter() {
        for source in columns::sources(name, column) {
            let is_there = |(source, own): &(&str, bool)| {
                (!own && columns.get(source).is_some()) || schemas.iter().any(|schema| schema.column_with_name(source).is_some())
            };
            if !source.iter().any(is_there) {
                let source = source.first().map_or("", |(source, _)| source);
                let known = schemas.iter().flat_map(|schema| schema.fields().iter().map(|field| field.name().as_str()));
                let known = known.chain(columns.iter().map(|(name, _)| name).filter(|own| *own != name));
                return Err(LinkError::Model(format!("column `{name}`: no table has a column `{source}`{}", nearest(source, known))));
            }
        }
    }
    Ok(())
}

/// `; nearest is …` where something is near.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let similarity = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let best = known.map(|other| (similarity(other), other)).max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    best.filter(|(similarity, _)| *similarity >= 0.75).map_or_else(String::new, |(_, other)| format!("; nearest is `{other}`"))
}

#[cfg(test)]
mod tests;
