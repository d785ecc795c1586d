//! What the cells of a column tell, row by row, worked out once for each value of a batch.
//!
//! Only for pure functions of the cell. Codes, words, flags and places of birth repeat by the thousand in a batch; a column of values that do not is
//! worked out cell by cell once so many are known. A column that the extract has not costs nothing.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use arrow::array::Array as _;
use padan_model::Field;

use crate::memo::FixedHasher;
use crate::row::Staged;
use crate::text::present;

/// Answers by a cell's text.
pub(crate) type Known<K, V> = HashMap<K, V, BuildHasherDefault<FixedHasher>>;

/// Values of a column that are kept.
const VALUES: usize = 4_096;

/// What a column tells; of no row where the batch has no such column.
#[derive(Debug)]
pub(crate) struct Told<T>(Vec<Option<T>>);

impl<T: Clone> Told<T> {
    /// The answers to the cells that hold something.
    pub(crate) fn of<'a>(staged: &Staged<'a>, field: Field, answer: impl Fn(&'a str) -> Option<T>) -> Self {
        let Some(column) = staged.column(field) else { return Self(Vec::new()) };
        let mut known: Known<&str, Option<T>> = Known::default();
        let told = (0..column.len()).map(|row| {
            if column.is_null(row) {
                return None;
            }
            let cell = column.value(row);
            if let Some(known) = known.get(cell) {
                return known.clone();
            }
            let told = present(Some(cell)).and_then(&answer);
            if known.len() < VALUES {
                known.insert(cell, told.clone());
            }
            told
        });
        Self(told.collect())
    }

    /// Whether no row is told anything.
    pub(crate) fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    /// The answer to a row's cell.
    pub(crate) fn at(&self, row: usize) -> Option<&T> {
        self.0.get(row)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray};

    use super::*;

    #[test]
    fn a_value_is_asked_once_and_a_column_that_is_not_there_never() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("3"), None, Some(" "), Some("3"), Some("x")]));
        let batch = RecordBatch::try_from_iter([(Field::Desil.as_str(), texts)]).expect("a column");
        let asked = Cell::new(0);
        let number = |text: &str| {
            asked.set(asked.get() + 1);
            text.parse::<i8>().ok()
        };
        let told = Told::of(&Staged::of(&batch), Field::Desil, number);
        let rows: Vec<Option<i8>> = (0..5).map(|row| told.at(row).copied()).collect();
        assert_eq!(rows, [Some(3), None, None, Some(3), None]);
        assert_eq!(asked.get(), 2);
        assert!(Told::of(&Staged::of(&batch), Field::Sls, number).at(0).is_none() && asked.get() == 2);
    }
}
