//! Records as dictionary-encoded columns: every distinct value is kept, tokenized and compared once.
//!
//! All sides of a linkage share one dictionary, so that equal ids mean equal values. Text, dates (days since 1970) and integers are
//! known; what a column means is the model's to say.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::DataType;
use rayon::prelude::*;

use crate::LinkError;
use crate::encode::{ColumnEncoder, Lookup};
use crate::texts::Texts;

/// Id of a null in a text column.
pub const NULL_ID: u32 = u32::MAX;
/// A null date or integer.
pub const NULL_INT: i64 = i64::MIN;

/// Distinct texts and, for each row, which one it holds.
#[derive(Debug, Clone, Default)]
pub struct TextColumn {
    /// Per row: index into `values`, or `NULL_ID`.
    pub ids: Vec<u32>,
    /// Distinct values in order of first appearance; columns made of one another share them.
    pub values: Arc<Texts>,
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

/// Where the values of more rows come from, column by column: batches in memory, or files that are read as they are asked for.
pub trait ColumnSource: Sync {
    /// Number of rows.
    fn rows(&self) -> usize;

    /// A column's type, `None` where there is no such column.
    fn data_type(&self, column: &str) -> Option<DataType>;

    /// Gives the column's values to `take`, array by array in order of rows; an array that is missing is a run of nulls.
    ///
    /// # Errors
    /// What reading fails with.
    fn read(&self, column: &str, take: &mut dyn FnMut(Values<'_>)) -> Result<(), LinkError>;
}

/// Values of some rows.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    /// An array.
    Array(&'a ArrayRef),
    /// So many nulls.
    Null(usize),
}

/// Rows with named columns.
#[derive(Debug, Clone, Default)]
pub struct Records {
    len: usize,
    columns: BTreeMap<String, Column>,
    /// Of text columns that rows were read into: where each value stands.
    lookups: BTreeMap<String, Lookup>,
}

/// A state of records to go back to.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    len: usize,
    /// By column: its distinct texts.
    values: BTreeMap<String, usize>,
}

impl Mark {
    /// Number of rows then.
    pub fn rows(&self) -> usize {
        self.len
    }
}

impl Records {
    /// Encodes `columns` of the batches, in order; a column that no batch has is left out, one that some batches lack is null there.
    ///
    /// # Errors
    /// A column of a type that is neither text (plain or a dictionary of it), date, integer nor boolean, or of different types in different batches.
    pub fn encode(batches: &[&RecordBatch], columns: &[String]) -> Result<Self, LinkError> {
        let mut records = Self::default();
        records.append(batches, columns)?;
        records.lookups.clear();
        Ok(records)
    }

    /// Appends rows of `columns`, read side by side. A column that the rows lack is null in them; one that neither they nor the rows before
    /// have is left out; other columns of the records are taken away, since they would be too short.
    ///
    /// # Errors
    /// As [`encode`](Self::encode), and what the source fails with.
    pub fn append<S: ColumnSource + ?Sized>(&mut self, source: &S, columns: &[String]) -> Result<(), LinkError> {
        let mut laps = crate::lap::Laps::start();
        let before = self.len;
        let mut work: Vec<(String, ColumnEncoder)> = Vec::new();
        for name in columns {
            let known = self.columns.remove(name).map(|column| (column, self.lookups.remove(name)));
            if let Some(encoder) = ColumnEncoder::resume(name, known, source.data_type(name), before)? {
                work.push((name.clone(), encoder));
            }
        }
        self.columns.clear();
        self.lookups.clear();
        self.len = before + source.rows();
        let encoded: Vec<(String, Column, Option<Lookup>)> = work
            .into_par_iter()
            .map(|(name, mut encoder)| {
                let mut wrong = Ok(());
                if source.data_type(&name).is_some() {
                    source.read(&name, &mut |values| {
                        if wrong.is_ok() {
                            wrong = encoder.push(values);
                        }
                    })?;
                }
                wrong?;
                let (column, lookup) = encoder.finish(self.len);
                Ok((name, column, lookup))
            })
            .collect::<Result<_, LinkError>>()?;
        for (name, column, lookup) in encoded {
            self.insert(&name, column)?;
            self.lookups.extend(lookup.map(|lookup| (name, lookup)));
        }
        laps.lap("read");
        Ok(())
    }

    /// The rows and values of now.
    pub fn mark(&self) -> Mark {
        let values = self.columns.iter().map(|(name, column)| match column {
            Column::Text(column) => (name.clone(), column.values.len()),
            Column::Date(_) | Column::Int(_) => (name.clone(), 0),
        });
        Mark { len: self.len, values: values.collect() }
    }

    /// Takes away the rows, and the values that only they hold, that were appended since the mark, and columns that it does not know.
    /// Columns that it knows must not have been replaced since.
    pub fn back_to(&mut self, mark: &Mark) {
        self.columns.retain(|name, _| mark.values.contains_key(name));
        self.lookups.retain(|name, _| mark.values.contains_key(name));
        let then = |name: &str| mark.values.get(name).copied().unwrap_or_default();
        self.columns.par_iter_mut().for_each(|(name, column)| match column {
            Column::Text(column) => {
                column.ids.truncate(mark.len);
                Arc::make_mut(&mut column.values).truncate(then(name));
            }
            Column::Date(values) | Column::Int(values) => values.truncate(mark.len),
        });
        self.lookups.par_iter_mut().for_each(|(name, lookup)| lookup.truncate(then(name)));
        self.len = mark.len;
    }

    /// Takes a column away.
    pub fn remove(&mut self, name: &str) -> Option<Column> {
        self.lookups.remove(name);
        self.columns.remove(name)
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
        self.lookups.remove(name);
        self.columns.insert(name.to_owned(), column);
        Ok(())
    }

    /// Gives rows that say nothing in a column what others say there: (row, the one that it hears from); in the columns that are `lent`.
    pub fn lend(&mut self, lent: impl Fn(&str) -> bool + Sync, rows: &[(u32, u32)]) {
        self.columns.par_iter_mut().filter(|(name, _)| lent(name)).for_each(|(_, column)| match column {
            Column::Text(column) => lend(&mut column.ids, NULL_ID, rows),
            Column::Date(values) | Column::Int(values) => lend(values, NULL_INT, rows),
        });
    }
}

fn lend<T: Copy + PartialEq>(values: &mut [T], nothing: T, rows: &[(u32, u32)]) {
    for (row, from) in rows {
        if values[*row as usize] == nothing {
            values[*row as usize] = values[*from as usize];
        }
    }
}

impl ColumnSource for [&RecordBatch] {
    fn rows(&self) -> usize {
        self.iter().map(|batch| batch.num_rows()).sum()
    }

    fn data_type(&self, column: &str) -> Option<DataType> {
        self.iter().find_map(|batch| batch.column_by_name(column).map(|array| array.data_type().clone()))
    }

    fn read(&self, column: &str, take: &mut dyn FnMut(Values<'_>)) -> Result<(), LinkError> {
        for batch in self {
            take(batch.column_by_name(column).map_or(Values::Null(batch.num_rows()), Values::Array));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Date32Array, StringArray};

    use super::*;

    fn batch(names: &[Option<&str>], dates: Option<&[i32]>) -> RecordBatch {
        let mut columns: Vec<(&str, ArrayRef)> = vec![("nama", Arc::new(names.iter().copied().collect::<StringArray>()))];
        columns.extend(dates.map(|dates| ("lahir", Arc::new(Date32Array::from(dates.to_vec())) as ArrayRef)));
        RecordBatch::try_from_iter(columns).expect("a batch")
    }

    fn texts(records: &Records) -> Vec<Option<&str>> {
        let column = records.text("nama").expect("a column");
        (0..records.len() as u32).map(|row| column.get(row)).collect()
    }

    #[test]
    fn rows_come_and_go_and_those_before_stay() {
        let columns = ["nama", "lahir", "alamat"].map(str::to_owned);
        let first = batch(&[Some("SITI"), None, Some("BUDI")], None);
        let mut records = Records::default();
        records.append::<[&RecordBatch]>(&[&first], &columns).expect("appended");
        assert!(records.numbers("lahir").is_none() && records.column("alamat").is_none());
        let mark = records.mark();
        for name in ["ANI", "ALI"] {
            let more = batch(&[Some("BUDI"), Some(name)], Some(&[10, 20]));
            records.back_to(&mark);
            assert_eq!(records.len(), 3);
            records.append::<[&RecordBatch]>(&[&more], &columns).expect("appended");
            assert_eq!(texts(&records), [Some("SITI"), None, Some("BUDI"), Some("BUDI"), Some(name)]);
            let column = records.text("nama").expect("a column");
            assert_eq!((column.ids[2], column.values.len()), (column.ids[3], 3), "one id a value, and none of a row that went");
            assert_eq!(records.numbers("lahir"), Some([NULL_INT, NULL_INT, NULL_INT, 10, 20].as_slice()));
            records.insert("kelompok", Column::Int(vec![0; 5])).expect("fits");
        }
        records.back_to(&mark);
        assert!(records.column("kelompok").is_none() && records.numbers("lahir").is_none());
        let wrong = RecordBatch::try_from_iter([("nama", Arc::new(Date32Array::from(vec![1])) as ArrayRef)]).expect("a batch");
        assert!(matches!(records.append::<[&RecordBatch]>(&[&wrong], &columns), Err(LinkError::ColumnType { .. })));
    }
}
