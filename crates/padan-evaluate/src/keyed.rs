//! Rows of in-memory tables by their name, (source, row), and their columns as the types needed.
//!
//! Types are taken as they come (a label may be a number, a text or a dictionary): whoever labels a sample should not have to match
//! our own writer. Does not read files.

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use rayon::slice::ParallelSliceMut;

use crate::EvaluateError;

/// A row's name and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) source: &'a str,
    pub(crate) row: i64,
    batch: u32,
    at: u32,
}

impl Key<'_> {
    pub(crate) fn name(&self) -> (&str, i64) {
        (self.source, self.row)
    }
}

/// The columns that name the rows of a table.
pub(crate) struct Keyed {
    table: &'static str,
    sources: Vec<StringArray>,
    rows: Vec<Int64Array>,
}

impl Keyed {
    /// `source` and `row` are the names of the two columns.
    pub(crate) fn new(
        table: &'static str,
        batches: &[RecordBatch],
        source: &'static str,
        row: &'static str,
    ) -> Result<Self, EvaluateError> {
        Ok(Self { table, sources: texts(table, batches, source)?, rows: integers(table, batches, row)? })
    }

    /// The rows by source and number, of equal ones in any order.
    pub(crate) fn sorted(&self) -> Result<Vec<Key<'_>>, EvaluateError> {
        let mut keys = Vec::with_capacity(self.rows.iter().map(Array::len).sum());
        for (batch, (sources, rows)) in self.sources.iter().zip(&self.rows).enumerate() {
            if sources.null_count() + rows.null_count() > 0 {
                return Err(EvaluateError::Unnamed { table: self.table });
            }
            let names = sources.iter().flatten().zip(rows.values()).enumerate();
            keys.extend(names.map(|(at, (source, row))| Key { source, row: *row, batch: batch as u32, at: at as u32 }));
        }
        // A published table comes sorted; labels may come as they like.
        if !keys.is_sorted_by(|a, b| a.name() <= b.name()) {
            keys.par_sort_unstable_by(|a, b| a.name().cmp(&b.name()));
        }
        Ok(keys)
    }

    /// [`Keyed::sorted`], each of which stands once.
    pub(crate) fn unique(&self) -> Result<Vec<Key<'_>>, EvaluateError> {
        let keys = self.sorted()?;
        match keys.windows(2).find(|pair| pair[0].name() == pair[1].name()) {
            None => Ok(keys),
            Some(pair) => Err(EvaluateError::Double { table: self.table, source_id: pair[0].source.to_owned(), row: pair[0].row }),
        }
    }

    /// The probabilities of a column, asked for row by row; an empty cell is none.
    pub(crate) fn probability(&self, column: &[Float64Array], key: &Key<'_>) -> Result<Option<f64>, EvaluateError> {
        let (array, at) = (&column[key.batch as usize], key.at as usize);
        let value = array.is_valid(at).then(|| array.value(at));
        match value.filter(|value| !(0.0..=1.0).contains(value)) {
            None => Ok(value),
            Some(_) => Err(EvaluateError::Probability { table: self.table, source_id: key.source.to_owned(), row: key.row }),
        }
    }
}

/// A text of a row.
pub(crate) fn text<'a>(column: &'a [StringArray], key: &Key<'_>) -> Option<&'a str> {
    let (array, at) = (&column[key.batch as usize], key.at as usize);
    array.is_valid(at).then(|| array.value(at))
}

pub(crate) fn texts(table: &'static str, batches: &[RecordBatch], column: &'static str) -> Result<Vec<StringArray>, EvaluateError> {
    Ok(columns(table, batches, column, &DataType::Utf8)?.iter().map(|array| array.as_string::<i32>().clone()).collect())
}

pub(crate) fn numbers(table: &'static str, batches: &[RecordBatch], column: &'static str) -> Result<Vec<Float64Array>, EvaluateError> {
    Ok(columns(table, batches, column, &DataType::Float64)?.iter().map(|array| array.as_primitive::<Float64Type>().clone()).collect())
}

fn integers(table: &'static str, batches: &[RecordBatch], column: &'static str) -> Result<Vec<Int64Array>, EvaluateError> {
    Ok(columns(table, batches, column, &DataType::Int64)?.iter().map(|array| array.as_primitive::<Int64Type>().clone()).collect())
}

fn columns(table: &'static str, batches: &[RecordBatch], column: &'static str, kind: &DataType) -> Result<Vec<ArrayRef>, EvaluateError> {
    let one = |batch: &RecordBatch| {
        let array = batch.column_by_name(column).ok_or_else(|| {
            let found: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
            EvaluateError::Column { table, column, found: found.join(", ") }
        })?;
        cast(array, kind).map_err(|source| EvaluateError::Type { table, column, source })
    };
    batches.iter().map(one).collect()
}
