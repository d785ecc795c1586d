//! Numbers, by how far they are apart.
//!
//! Example (tolerances 1, 5): 40 ~ 40 same · ~ 41 within 1 · ~ 36 within 5 · ~ 90 different. Relative ones (0.1) are shares of the larger
//! number: 1000 ~ 920 within 0.1.

use super::frequency::Values;
use super::{Agreement, Comparator};
use crate::records::{Column, NULL_ID, NULL_INT};

/// Compares numbers.
pub(crate) struct Number<'a> {
    numbers: &'a [i64],
    values: Values,
    /// By id: the number.
    of_ids: Vec<i64>,
    /// Rising.
    tolerances: Vec<f64>,
    relative: bool,
}

impl<'a> Number<'a> {
    /// `None` for a column of text.
    pub(crate) fn new(column: &'a Column, tolerances: Vec<f64>, relative: bool, reference: &[u32]) -> Option<Self> {
        match column {
            Column::Text(_) => None,
            Column::Date(numbers) | Column::Int(numbers) => {
                let values = Values::of(column, reference);
                // Ids are dense, in order of first appearance.
                let mut of_ids: Vec<i64> = Vec::new();
                for (id, number) in values.ids().iter().zip(numbers).filter(|(id, _)| **id != NULL_ID) {
                    if *id as usize == of_ids.len() {
                        of_ids.push(*number);
                    }
                }
                Some(Self { numbers, values, of_ids, tolerances, relative })
            }
        }
    }

    fn distance(&self, a: i64, b: i64) -> f64 {
        let distance = a.abs_diff(b) as f64;
        if self.relative { distance / a.unsigned_abs().max(b.unsigned_abs()).max(1) as f64 } else { distance }
    }
}

impl Comparator for Number<'_> {
    fn levels(&self) -> Vec<String> {
        let mut levels = vec!["missing".to_owned(), "different".to_owned()];
        levels.extend(self.tolerances.iter().rev().map(|tolerance| format!("within {tolerance}")));
        levels.push("same".to_owned());
        levels
    }

    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.1];
        start.extend(self.tolerances.iter().map(|_| 0.1));
        start.push(0.8);
        start
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (Some(a), Some(b)) = (self.values.get(left), self.values.get(right)) else { return Agreement::MISSING };
        self.compare_ids(a, b)
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(self.values.ids())
    }

    fn compare_ids(&self, a: u32, b: u32) -> Agreement {
        let same = 2 + self.tolerances.len() as u8;
        if a == b {
            return Agreement { level: same, frequency: self.values.share(a) };
        }
        let distance = self.distance(self.of_ids[a as usize], self.of_ids[b as usize]);
        match self.tolerances.iter().position(|tolerance| distance <= *tolerance) {
            Some(at) => Agreement { level: same - 1 - at as u8, frequency: self.values.larger_share(a, b) },
            None => Agreement::level(1),
        }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.numbers[left as usize] != NULL_INT && self.numbers[right as usize] != NULL_INT
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        self.values.equal_chance(left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels() {
        let column = Column::Int(vec![40, 41, 36, 90, NULL_INT, 40]);
        let number = Number::new(&column, vec![1.0, 5.0], false, &[0, 1, 2, 3]).expect("numbers");
        let names = number.levels();
        for (a, b, expected) in
            [(0, 5, "same"), (0, 1, "within 1"), (0, 2, "within 5"), (1, 2, "within 5"), (0, 3, "different"), (0, 4, "missing")]
        {
            assert_eq!(names[usize::from(number.compare(a, b).level)], expected, "{a} {b}");
            let ids = number.ids().expect("ids");
            let (of_a, of_b) = (ids[a as usize], ids[b as usize]);
            assert!(expected == "missing" || number.compare_ids(of_a, of_b) == number.compare(a, b));
        }
        let column = Column::Int(vec![1000, 920, 800, 0, -1000, 1]);
        let number = Number::new(&column, vec![0.1], true, &[]).expect("numbers");
        assert_eq!([1, 2, 3, 4].map(|row| number.compare(0, row).level), [2, 1, 1, 1]);
        assert_eq!(number.compare(3, 5).level, 1);
    }

    proptest! {
        #[test]
        fn symmetric_and_bounded(a: i64, b: i64, relative: bool) {
            let column = Column::Int(vec![a, b]);
            let number = Number::new(&column, vec![0.5, 7.0], relative, &[0]).expect("numbers");
            prop_assert_eq!(number.compare(0, 1), number.compare(1, 0));
            prop_assert!(usize::from(number.compare(0, 1).level) < number.levels().len());
        }
    }
}
