//! Equal or not.

use super::{Agreement, Comparator};
use crate::records::{Column, NULL_ID, NULL_INT};

/// Compares by equality.
pub(crate) struct Exact<'a> {
    column: &'a Column,
}

impl<'a> Exact<'a> {
    pub(crate) fn new(column: &'a Column) -> Self {
        Self { column }
    }
}

impl Comparator for Exact<'_> {
    fn levels(&self) -> Vec<String> {
        ["missing", "different", "same"].map(str::to_owned).to_vec()
    }

    fn start(&self) -> Vec<f64> {
        vec![0.03, 0.97]
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (left, right) = (left as usize, right as usize);
        let same = match self.column {
            Column::Text(column) => {
                let (a, b) = (column.ids[left], column.ids[right]);
                if a == NULL_ID || b == NULL_ID {
                    return Agreement::MISSING;
                }
                a == b
            }
            Column::Date(values) | Column::Int(values) => {
                if values[left] == NULL_INT || values[right] == NULL_INT {
                    return Agreement::MISSING;
                }
                values[left] == values[right]
            }
        };
        Agreement::level(1 + u8::from(same))
    }
}
