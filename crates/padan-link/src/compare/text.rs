//! Texts by similarity, with the frequency of the value.
//!
//! Example (thresholds 0.92, 0.8): `CEMPAKA` ~ `CEMPAKA` same · ~ `CEMPKA` at least 0.92 · ~ `CEMARA` at least 0.8. By edits (0.7) `2612` ~
//! `2621` is one swap in four letters, 0.75.

use super::frequency::{equal_chance, of_texts};
use super::screen::Screen;
use super::{Agreement, Comparator, Glimpse, Rarity};
use crate::model::Measure;
use crate::records::{NULL_ID, TextColumn};
use crate::similarity::{damerau_levenshtein, jaro_winkler, within_one_edit};

/// Compares texts.
pub(crate) struct Text<'a> {
    column: &'a TextColumn,
    thresholds: Vec<f64>,
    measure: Measure,
    frequency: Vec<f32>,
    screen: Screen,
}

impl<'a> Text<'a> {
    pub(crate) fn new(column: &'a TextColumn, thresholds: Vec<f64>, measure: Measure, reference: &[u32]) -> Self {
        let screen = Screen::new(&column.values, measure, thresholds.last().copied());
        Self { column, thresholds, measure, frequency: of_texts(column, reference), screen }
    }

    fn similarity(&self, a: &str, b: &str) -> f64 {
        match self.measure {
            Measure::JaroWinkler => jaro_winkler(a, b),
            Measure::DamerauLevenshtein => damerau_levenshtein(a, b),
        }
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
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.compare_ids(a, b) }
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(&self.column.ids)
    }

    fn compare_ids(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (left as usize, right as usize);
        let top = 2 + self.thresholds.len() as u8;
        if a == b {
            return Agreement { level: top, frequency: self.frequency[a] };
        }
        if !self.screen.may_be_similar(left, right) {
            return Agreement::level(1);
        }
        let (x, y) = self.screen.short(left, right).unwrap_or_else(|| (&self.column.values[a], &self.column.values[b]));
        let similarity = match self.screen.asks_for_one_edit(left, right) {
            true if within_one_edit(x.as_bytes(), y.as_bytes()) => 1.0 - 1.0 / x.len().max(y.len()) as f64,
            true => return Agreement::level(1),
            false => self.similarity(x, y),
        };
        match self.thresholds.iter().position(|threshold| similarity >= *threshold) {
            Some(at) => Agreement { level: top - 1 - at as u8, frequency: self.frequency[a].max(self.frequency[b]) },
            None => Agreement::level(1),
        }
    }

    fn fetch(&self, ids: &mut dyn Iterator<Item = (u32, u32)>) {
        std::hint::black_box(ids.fold(0, |read, (_, right)| read ^ self.screen.fetch(right)));
    }

    fn glimpse(&self) -> Option<&dyn Glimpse> {
        Some(&self.screen)
    }

    fn best_unequal(&self) -> Option<u8> {
        Some(1 + self.thresholds.len() as u8)
    }

    fn equal(&self, value: u32) -> Option<Agreement> {
        Some(self.compare_ids(value, value))
    }

    fn rarity(&self, value: u32, level: u8) -> Rarity {
        if level <= 1 { Rarity::Nothing } else { Rarity::AtLeast(self.frequency[value as usize]) }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.column.ids[left as usize] != NULL_ID && self.column.ids[right as usize] != NULL_ID
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        equal_chance(&self.column.ids, left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        let values = ["cempaka", "cempka", "cemara", "2612", "2621", "6212"];
        let column = TextColumn { ids: vec![0, 1, 2, 3, 4, 5, 0, NULL_ID], values: std::sync::Arc::new(values.into_iter().collect()) };
        for (measure, a, b, expected) in [
            (Measure::JaroWinkler, 0, 6, "same"),
            (Measure::JaroWinkler, 0, 1, "similar 0.92"),
            (Measure::JaroWinkler, 0, 2, "similar 0.7"),
            (Measure::JaroWinkler, 0, 3, "different"),
            (Measure::JaroWinkler, 0, 7, "missing"),
            (Measure::DamerauLevenshtein, 3, 4, "similar 0.7"),
            (Measure::DamerauLevenshtein, 4, 5, "different"),
            (Measure::DamerauLevenshtein, 0, 1, "similar 0.7"),
        ] {
            let text = Text::new(&column, vec![0.92, 0.7], measure, &[0, 1, 2, 3]);
            assert_eq!(text.levels()[usize::from(text.compare(a, b).level)], expected, "{a} {b}");
            assert_eq!(text.compare(a, b), text.compare(b, a));
        }
    }
}
