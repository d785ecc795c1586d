//! One staged batch by field, read in place.

use arrow::array::{Array, AsArray, BooleanArray, Int16Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Int16Type, Int64Type};
use padan_model::{Field, PMT_FILLED, PMT_MISSING, STAGED_NIK_NUMERIC, STAGED_ROW};

use crate::text::present;

/// Columns of a staged batch.
#[derive(Debug)]
pub(crate) struct Staged<'a> {
    columns: Vec<Option<&'a StringArray>>,
    row: Option<&'a Int64Array>,
    nik_numeric: Option<&'a BooleanArray>,
    pub(crate) pmt_filled: Option<&'a Int16Array>,
    pub(crate) pmt_missing: Option<&'a StringArray>,
}

impl<'a> Staged<'a> {
    pub(crate) fn of(batch: &'a RecordBatch) -> Self {
        let text = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        Self {
            columns: Field::ALL.iter().map(|field| text(field.as_str())).collect(),
            row: batch.column_by_name(STAGED_ROW).and_then(|column| column.as_primitive_opt::<Int64Type>()),
            nik_numeric: batch.column_by_name(STAGED_NIK_NUMERIC).and_then(|column| column.as_boolean_opt()),
            pmt_filled: batch.column_by_name(PMT_FILLED).and_then(|column| column.as_primitive_opt::<Int16Type>()),
            pmt_missing: text(PMT_MISSING),
        }
    }

    /// The column of a field, where the extract has it.
    pub(crate) fn column(&self, field: Field) -> Option<&'a StringArray> {
        self.columns[field as usize]
    }

    /// The cell's text without outer blanks.
    pub(crate) fn get(&self, field: Field, row: usize) -> Option<&'a str> {
        let column = self.column(field)?;
        if column.is_null(row) { None } else { present(Some(column.value(row))) }
    }

    /// The 1-based data row.
    pub(crate) fn number(&self, row: usize) -> i64 {
        self.row.map_or(row as i64 + 1, |rows| rows.value(row))
    }

    /// Whether the NIK cell was a number.
    pub(crate) fn nik_is_number(&self, row: usize) -> bool {
        self.nik_numeric.is_some_and(|cells| cells.is_valid(row) && cells.value(row))
    }
}
