//! Records as dictionary-encoded columns: every distinct value is kept, tokenized and compared once.
//!
//! All sides of a linkage share one dictionary, so that equal ids mean equal values. Text, dates (days since 1970) and integers are
//! known; what a column means is the model's to say.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Int8Type, Int16Type, Int32Type, Int64Type};
use rayon::prelude::*;

use crate::LinkError;
use crate::hash::bytes;

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
    /// A column of a type that is neither text (plain or a dictionary of it), date, integer nor boolean, or of different types in different batches.
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
    let plain = |kind: &DataType| match kind {
        DataType::Dictionary(_, value) => value.as_ref().clone(),
        kind => kind.clone(),
    };
    if let Some(array) =
        batches.iter().filter_map(|batch| batch.column_by_name(name)).find(|array| plain(array.data_type()) != plain(&kind))
    {
        return Err(wrong(array.data_type()));
    }
    let column = match kind {
        DataType::Utf8 => Column::Text(encode_text(batches, name, len)),
        DataType::Dictionary(key, value) if *key == DataType::Int32 && *value == DataType::Utf8 => {
            Column::Text(encode_text(batches, name, len))
        }
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
    let mut dictionary = Dictionary::default();
    let mut ids = Vec::with_capacity(len);
    // The dictionary that came last, with the ids of its values: batches of one file share it.
    let mut known: Option<(ArrayRef, Vec<u32>)> = None;
    for batch in batches {
        let Some(array) = batch.column_by_name(name) else {
            ids.resize(ids.len() + batch.num_rows(), NULL_ID);
            continue;
        };
        let Some(encoded) = array.as_dictionary_opt::<Int32Type>() else {
            ids.extend(array.as_string::<i32>().iter().map(|value| dictionary.id_of(value)));
            continue;
        };
        if known.as_ref().is_none_or(|(values, _)| !Arc::ptr_eq(values, encoded.values())) {
            known = Some((Arc::clone(encoded.values()), vec![UNKNOWN; encoded.values().len()]));
        }
        let Some((values, of_key)) = &mut known else { continue };
        let texts = values.as_string::<i32>();
        // In order of rows, not of the dictionary: ids must not depend on how a file was written.
        ids.extend(encoded.keys().iter().map(|key| {
            let Some(key) = key else { return NULL_ID };
            let id = &mut of_key[key as usize];
            if *id == UNKNOWN {
                *id = dictionary.id_of((!texts.is_null(key as usize)).then(|| texts.value(key as usize)));
            }
            *id
        }));
    }
    TextColumn { ids, values: dictionary.values }
}

/// An id that was not asked for yet.
const UNKNOWN: u32 = NULL_ID - 1;

/// Distinct texts, found by their hash in a table of ids alone: no text stands twice.
#[derive(Default)]
struct Dictionary {
    values: Vec<Box<str>>,
    hashes: Vec<u64>,
    /// Ids at the place of their hash or after it, `NULL_ID` where there is none; twice as many as values or more.
    places: Vec<u32>,
}

impl Dictionary {
    fn id_of(&mut self, value: Option<&str>) -> u32 {
        let Some(text) = value.filter(|text| !text.is_empty()) else { return NULL_ID };
        if self.places.len() < 2 * (self.values.len() + 1) {
            self.grow();
        }
        let hash = bytes(text.as_bytes());
        let mut at = hash as usize & (self.places.len() - 1);
        loop {
            match self.places[at] {
                NULL_ID => break,
                id if self.hashes[id as usize] == hash && *self.values[id as usize] == *text => return id,
                _ => at = (at + 1) & (self.places.len() - 1),
            }
        }
        let id = self.values.len() as u32;
        self.places[at] = id;
        self.values.push(text.into());
        self.hashes.push(hash);
        id
    }

    fn grow(&mut self) {
        let len = (4 * self.values.len()).next_power_of_two().max(1 << 10);
        self.places = vec![NULL_ID; len];
        for (id, hash) in self.hashes.iter().enumerate() {
            let mut at = *hash as usize & (len - 1);
            while self.places[at] != NULL_ID {
                at = (at + 1) & (len - 1);
            }
            self.places[at] = id as u32;
        }
    }
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
