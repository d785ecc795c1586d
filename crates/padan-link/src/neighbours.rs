//! Sorted neighbourhood: rows whose keys stand near one another in the order of their texts (Hernández and Stolfo 1995).
//!
//! A blocking key must agree whole; here it is enough that it begins alike: `SUTRISNO 1980` and `SUTRISNA 1980` are neighbours whatever
//! their sound. What hides a pair is an error at the beginning of the key, so several rules with keys that begin differently work best.
//! Only the reference rows are sorted, by key and then row; a left row is put among them and meets `window` of them on each side. Which
//! pairs are made thus depends on the reference and the left row alone, never on the other left rows, batches or threads.

use crate::key::Expression;
use crate::records::{Column, NULL_ID, NULL_INT, Records};

/// Between the parts of a key: before every character of a text.
const BETWEEN: char = '\u{1}';

/// The key texts of the reference rows, in order; the rows themselves stand beside it in the same order.
pub(crate) struct Neighbours<'a> {
    parts: Vec<(Expression, Option<&'a Column>)>,
    window: usize,
    keys: String,
    /// Where each row's key ends.
    ends: Vec<usize>,
}

impl<'a> Neighbours<'a> {
    /// Sorts the reference rows that have a key.
    pub(crate) fn new(parts: Vec<Expression>, window: usize, records: &'a Records, right: &[u32]) -> (Self, Vec<u32>) {
        let parts = parts.into_iter().map(|part| (records.column(&part.column), part)).map(|(column, part)| (part, column)).collect();
        let mut neighbours = Self { parts, window, keys: String::new(), ends: Vec::new() };
        let mut texts = String::new();
        let mut entries: Vec<(usize, usize, u32)> = Vec::with_capacity(right.len());
        for row in right {
            let start = texts.len();
            if neighbours.key(*row, &mut texts) {
                entries.push((start, texts.len(), *row));
            } else {
                texts.truncate(start);
            }
        }
        entries.sort_unstable_by(|a, b| texts[a.0..a.1].cmp(&texts[b.0..b.1]).then(a.2.cmp(&b.2)));
        let mut keys = String::with_capacity(texts.len());
        for (start, end, _) in &entries {
            keys.push_str(&texts[*start..*end]);
            neighbours.ends.push(keys.len());
        }
        neighbours.keys = keys;
        (neighbours, entries.into_iter().map(|(_, _, row)| row).collect())
    }

    /// Where the neighbours of a row stand among `rows`, the sorted ones; the row itself among them where it is one of these. `buffer` is
    /// for its key.
    pub(crate) fn of(&self, row: u32, rows: &[u32], buffer: &mut String) -> std::ops::Range<usize> {
        buffer.clear();
        if !self.key(row, buffer) {
            return 0..0;
        }
        let (mut low, mut high) = (0, rows.len());
        while low < high {
            let middle = low.midpoint(high);
            if (self.text(middle), rows[middle]) < (buffer.as_str(), row) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        // Of a dedupe the row stands there itself, and is no neighbour of its own.
        let itself = usize::from(rows.get(low) == Some(&row));
        low.saturating_sub(self.window)..(low + itself + self.window).min(rows.len())
    }

    fn text(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.keys[start..self.ends[at]]
    }

    /// Appends the row's key; `false` where a part has no value.
    fn key(&self, row: u32, key: &mut String) -> bool {
        use std::fmt::Write as _;
        self.parts.iter().all(|(part, column)| {
            key.push(BETWEEN);
            match column {
                Some(Column::Text(column)) => match column.ids[row as usize] {
                    NULL_ID => false,
                    id => part.sort_text(&column.values[id as usize]).map(|text| key.push_str(&text)).is_some(),
                },
                Some(Column::Date(values) | Column::Int(values)) => match part.number(values[row as usize]) {
                    NULL_INT => false,
                    // Their order is the numbers'.
                    value => write!(key, "{:020}", i128::from(value) - i128::from(i64::MIN)).is_ok(),
                },
                None => false,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use proptest::prelude::*;

    use super::*;

    fn records(names: &[Option<&str>], numbers: &[Option<i64>]) -> Records {
        let batch = RecordBatch::try_from_iter([
            ("name", Arc::new(names.iter().copied().collect::<StringArray>()) as ArrayRef),
            ("number", Arc::new(numbers.iter().copied().collect::<Int64Array>()) as ArrayRef),
        ])
        .expect("a batch");
        Records::encode(&[&batch], &["name".to_owned(), "number".to_owned()]).expect("records")
    }

    fn found(records: &Records, keys: &[&str], window: usize, right: &[u32], left: u32) -> Vec<u32> {
        let parts = keys.iter().map(|key| Expression::parse(key).expect("parses")).collect();
        let (neighbours, rows) = Neighbours::new(parts, window, records, right);
        rows[neighbours.of(left, &rows, &mut String::new())].to_vec()
    }

    #[test]
    fn a_row_meets_those_on_both_sides_of_its_place() {
        let names = ["SUTRISNO", "SUTRISNA", "ANI", "SUTOYO", "SUTRISNO", "ZAINAL", "SUTRISNO"].map(Some);
        let records = records(&names, &[Some(7), Some(-2), Some(10), None, Some(1), Some(0), Some(3)]);
        let all: Vec<u32> = (0..7).collect();
        assert_eq!(found(&records, &["name"], 1, &all, 1), [3, 1, 0], "and itself");
        assert_eq!(found(&records, &["name"], 1, &[0, 2, 3, 4, 5], 1), [3, 0], "it is put where it would stand");
        assert_eq!(found(&records, &["name"], 2, &[0, 4, 6], 4), [0, 4, 6], "equal keys stand by row");
        assert_eq!(found(&records, &["number"], 1, &all, 1), [1, 5], "numbers by their size");
        assert_eq!(found(&records, &["prefix(name, 4)", "number"], 1, &all, 0), [6, 0, 5], "a text too short has no key");
        assert!(found(&records, &["number"], 3, &all, 3).is_empty(), "nothing, nowhere");
    }

    proptest! {
        #[test]
        fn equals_the_definition(names in proptest::collection::vec("[AB]{0,3}", 1..30), window in 1_usize..4, left in 0_u32..30) {
            let left = left % names.len() as u32;
            let names: Vec<Option<&str>> = names.iter().map(|name| Some(name.as_str()).filter(|name| !name.is_empty())).collect();
            let numbers = vec![None; names.len()];
            let records = records(&names, &numbers);
            let right: Vec<u32> = (0..names.len() as u32).filter(|row| row % 3 != 0).collect();
            let found = found(&records, &["name"], window, &right, left);
            let mut order: Vec<(&str, u32)> = right.iter().filter_map(|row| Some((names[*row as usize]?, *row))).collect();
            order.sort_unstable();
            let expected: Vec<u32> = match names[left as usize] {
                None => Vec::new(),
                Some(name) => {
                    let before: Vec<u32> = order.iter().filter(|entry| **entry < (name, left)).map(|entry| entry.1).collect();
                    let after = order.iter().filter(|entry| **entry > (name, left)).map(|entry| entry.1).take(window);
                    let itself = right.contains(&left).then_some(left);
                    before[before.len().saturating_sub(window)..].iter().copied().chain(itself).chain(after).collect()
                }
            };
            prop_assert_eq!(found, expected);
        }
    }
}
