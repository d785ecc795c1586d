//! Records as dictionary-encoded columns: every distinct value is kept, tokenized and compared once.
//!
//! All sides of a linkage share one dictionary, so that equal ids mean equal values. Text, dates (days since 1970) and integers are
//! known; what a column means is the model's to say.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Int8Type, Int16Type, Int32Type, Int64Type};
use rayon::prelude::*;

use crate::LinkError;
use crate::hash::FixedMap;

/// Id of a null in a text column.
pub const NULL_ID: u32 = u32::MAX;
/// A null date or integer.
pub const NULL_INT: i64 = i64::MIN;

/// Distinct texts and, for each row, which one it holds.
#[derive(Debug, Clone, Default)]
pub struct TextColumn {
    /// Per row: index into `values`, or `NULL_ID`.
    pub ids: Vec<u32>,
    /// Distinct values in order of first appearance.
    pub values: Vec<Box<str>>,
}

impl TextColumn {
    /// The row's text.
    pub fn get(&self, row: u32) -> Option<&str> {
        match self.ids[row as usize] {
            NULL_ID => None,
            id => Some(&self.values[id as usize]),
        }
    }
}

/// One column of the records.
#[derive(Debug, Clone)]
pub enum Column {
    /// Texts.
    Text(TextColumn),
    /// Days since 1970-01-01, or `NULL_INT`.
    Date(Vec<i64>),
    /// Integers and booleans (0 and 1), or `NULL_INT`.
    Int(Vec<i64>),
}

/// Rows with named columns.
#[derive(Debug, Clone, Default)]
pub struct Records {
    len: usize,
    columns: BTreeMap<String, Column>,
}

impl Records {
    /// Encodes `columns` of the batches, in order; a column that no batch has is left out, one that some batches lack is null there.
    ///
    /// # Errors
    /// A column of a type that is neither text, date, integer nor boolean, or of different types in different batches.
    pub fn encode(batches: &[&RecordBatch], columns: &[String]) -> Result<Self, LinkError> {
        let len = batches.iter().map(|batch| batch.num_rows()).sum();
        let encoded: Result<Vec<Option<(String, Column)>>, LinkError> =
            columns.par_iter().map(|name| Ok(encode_column(batches, name, len)?.map(|column| (name.clone(), column)))).collect();
        Ok(Self { len, columns: encoded?.into_iter().flatten().collect() })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    /// A text column by name.
    pub fn text(&self, name: &str) -> Option<&TextColumn> {
        match self.columns.get(name) {
            Some(Column::Text(column)) => Some(column),
            _ => None,
        }
    }

    /// A date or integer column by name.
    pub fn numbers(&self, name: &str) -> Option<&[i64]> {
        match self.columns.get(name) {
            Some(Column::Date(values) | Column::Int(values)) => Some(values),
            _ => None,
        }
    }

    /// Adds or replaces a column.
    ///
    /// # Errors
    /// A column of another length.
    pub fn insert(&mut self, name: &str, column: Column) -> Result<(), LinkError> {
        let found = match &column {
            Column::Text(text) => text.ids.len(),
            Column::Date(values) | Column::Int(values) => values.len(),
        };
        if found != self.len {
            return Err(LinkError::ColumnLength { column: name.to_owned(), found, expected: self.len });
        }
        self.columns.insert(name.to_owned(), column);
        Ok(())
    }
}

fn encode_column(batches: &[&RecordBatch], name: &str, len: usize) -> Result<Option<Column>, LinkError> {
    let Some(kind) = batches.iter().find_map(|batch| batch.column_by_name(name).map(|array| array.data_type().clone())) else {
        return Ok(None);
    };
    let wrong = |found: &DataType| LinkError::ColumnType { column: name.to_owned(), found: found.to_string() };
    if let Some(array) = batches.iter().filter_map(|batch| batch.column_by_name(name)).find(|array| array.data_type() != &kind) {
        return Err(wrong(array.data_type()));
    }
    let column = match kind {
        DataType::Utf8 => Column::Text(encode_text(batches, name, len)),
        DataType::Date32 => {
            Column::Date(encode_numbers(batches, name, len, |array, at| i64::from(array.as_primitive::<Date32Type>().value(at))))
        }
        DataType::Int8 => {
            Column::Int(encode_numbers(batches, name, len, |array, at| i64::from(array.as_primitive::<Int8Type>().value(at))))
        }
        DataType::Int16 => {
            Column::Int(encode_numbers(batches, name, len, |array, at| i64::from(array.as_primitive::<Int16Type>().value(at))))
        }
        DataType::Int32 => {
            Column::Int(encode_numbers(batches, name, len, |array, at| i64::from(array.as_primitive::<Int32Type>().value(at))))
        }
        DataType::Int64 => Column::Int(encode_numbers(batches, name, len, |array, at| array.as_primitive::<Int64Type>().value(at))),
        DataType::Boolean => Column::Int(encode_numbers(batches, name, len, |array, at| i64::from(as_boolean(array).value(at)))),
        other => return Err(wrong(&other)),
    };
    Ok(Some(column))
}

fn as_boolean(array: &dyn Array) -> &BooleanArray {
    array.as_boolean()
}

fn encode_text(batches: &[&RecordBatch], name: &str, len: usize) -> TextColumn {
    let mut dictionary: FixedMap<Box<str>, u32> = FixedMap::default();
    let mut column = TextColumn { ids: Vec::with_capacity(len), values: Vec::new() };
    for batch in batches {
        let Some(array) = batch.column_by_name(name) else {
            column.ids.resize(column.ids.len() + batch.num_rows(), NULL_ID);
            continue;
        };
        for value in array.as_string::<i32>() {
            let id = match value.filter(|text| !text.is_empty()) {
                None => NULL_ID,
                Some(text) => dictionary.get(text).copied().unwrap_or_else(|| {
                    let id = column.values.len() as u32;
                    column.values.push(text.into());
                    dictionary.insert(text.into(), id);
                    id
                }),
            };
            column.ids.push(id);
        }
    }
    column
}

fn encode_numbers(batches: &[&RecordBatch], name: &str, len: usize, value: impl Fn(&dyn Array, usize) -> i64) -> Vec<i64> {
    let mut values = Vec::with_capacity(len);
    for batch in batches {
        match batch.column_by_name(name) {
            None => values.resize(values.len() + batch.num_rows(), NULL_INT),
            Some(array) => {
                values.extend((0..array.len()).map(|at| if array.is_null(at) { NULL_INT } else { value(array.as_ref(), at) }));
            }
        }
    }
    values
}
