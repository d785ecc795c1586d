//! Texts by Jaro–Winkler similarity, with the frequency of the value where they are equal.
//!
//! Example (thresholds 0.92, 0.8): `CEMPAKA` ~ `CEMPAKA` same · ~ `CEMPKA` at least 0.92 · ~ `CEMARA` at least 0.8.

use super::{Agreement, Comparator, equal_chance};
use crate::records::{NULL_ID, TextColumn};
use crate::similarity::jaro_winkler;

/// Compares texts.
pub(crate) struct Text<'a> {
    column: &'a TextColumn,
    thresholds: Vec<f64>,
    frequency: Vec<f32>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(column: &'a TextColumn, thresholds: Vec<f64>, reference: &[u32]) -> Self {
        let mut counts = vec![0_u32; column.values.len()];
        let mut total = 0_u32;
        for row in reference {
            let id = column.ids[*row as usize];
            if id != NULL_ID {
                counts[id as usize] += 1;
                total += 1;
            }
        }
        let frequency = counts.into_iter().map(|count| count.max(1) as f32 / total.max(1) as f32).collect();
        Self { column, thresholds, frequency }
    }
}

impl Comparator for Text<'_> {
    fn levels(&self) -> Vec<String> {
        let mut levels = vec!["missing".to_owned(), "different".to_owned()];
        levels.extend(self.thresholds.iter().rev().map(|threshold| format!("similar {threshold}")));
        levels.push("same".to_owned());
        levels
    }

    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.1];
        start.extend(self.thresholds.iter().map(|_| 0.1));
        start.push(0.7);
        start
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID {
            return Agreement::MISSING;
        }
        let top = 2 + self.thresholds.len() as u8;
        if a == b {
            return Agreement { level: top, frequency: self.frequency[a as usize] };
        }
        let similarity = jaro_winkler(&self.column.values[a as usize], &self.column.values[b as usize]);
        match self.thresholds.iter().position(|threshold| similarity >= *threshold) {
            Some(at) => Agreement { level: top - 1 - at as u8, frequency: self.frequency[a as usize].max(self.frequency[b as usize]) },
            None => Agreement::level(1),
        }
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        equal_chance(&self.column.ids, left, right)
    }
}
