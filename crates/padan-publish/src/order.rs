//! Whether a table comes in the order of its sort columns, checked while it streams by.
//!
//! Ascending, nulls first, text by bytes: what polars and arrow do when nothing is said. Equal keys are allowed. DuckDB sorts nulls
//! last unless told, so the order is also written into the files' metadata.

use std::cmp::Ordering;

use arrow::array::{DynComparator, RecordBatch, make_comparator};
use arrow::compute::SortOptions;
use arrow::error::ArrowError;

/// The published order.
pub(crate) const ORDER: SortOptions = SortOptions { descending: false, nulls_first: true };

/// Remembers the last row seen.
pub(crate) struct OrderCheck {
    columns: Vec<usize>,
    last: Option<RecordBatch>,
    rows: i64,
}

impl OrderCheck {
    /// For the columns at these positions.
    pub(crate) fn new(columns: Vec<usize>) -> Self {
        Self { columns, last: None, rows: 0 }
    }

    /// The positions of the columns.
    pub(crate) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The 0-based row of the table that is smaller than the one before it, if `batch` holds one.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<Option<i64>, ArrowError> {
        if batch.num_rows() == 0 || self.columns.is_empty() {
            return Ok(None);
        }
        if let Some(last) = &self.last
            && compare(&self.comparators(last, batch)?, 0, 0) == Ordering::Greater
        {
            return Ok(Some(self.rows));
        }
        let within = self.comparators(batch, batch)?;
        if let Some(row) = (1..batch.num_rows()).find(|row| compare(&within, row - 1, *row) == Ordering::Greater) {
            return Ok(Some(self.rows + row as i64));
        }
        self.rows += batch.num_rows() as i64;
        self.last = Some(batch.slice(batch.num_rows() - 1, 1));
        Ok(None)
    }

    fn comparators(&self, left: &RecordBatch, right: &RecordBatch) -> Result<Vec<DynComparator>, ArrowError> {
        self.columns.iter().map(|column| make_comparator(left.column(*column), right.column(*column), ORDER)).collect()
    }
}

fn compare(comparators: &[DynComparator], left: usize, right: usize) -> Ordering {
    comparators.iter().map(|comparator| comparator(left, right)).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};

    use super::*;

    type Row = (Option<&'static str>, i64);

    fn batch(rows: &[Row]) -> RecordBatch {
        let source: ArrayRef = Arc::new(rows.iter().map(|row| row.0).collect::<StringArray>());
        let row: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1)));
        RecordBatch::try_from_iter_with_nullable([("source", source, true), ("row", row, false)]).expect("valid batch")
    }

    #[test]
    fn names_the_first_row_out_of_order() {
        let cases: [(&str, &[Row], Option<i64>); 5] = [
            ("ascending, with an equal key", &[(Some("a"), 1), (Some("a"), 1), (Some("b"), 1)], None),
            ("nulls come first", &[(None, 9), (Some("a"), 1)], None),
            ("a null after a value", &[(Some("a"), 1), (None, 9)], Some(1)),
            ("the second column decides", &[(Some("a"), 1), (Some("a"), 3), (Some("a"), 2)], Some(2)),
            ("upper case sorts before lower", &[(Some("a"), 1), (Some("B"), 1)], Some(1)),
        ];
        for (words, rows, expected) in cases {
            assert_eq!(OrderCheck::new(vec![0, 1]).push(&batch(rows)).expect("comparable"), expected, "{words}");
            // The same row is found when every row is a batch of its own.
            let mut check = OrderCheck::new(vec![0, 1]);
            let found = rows.iter().find_map(|row| check.push(&batch(&[*row])).expect("comparable"));
            assert_eq!(found, expected, "{words}, row by row");
        }
    }
}
