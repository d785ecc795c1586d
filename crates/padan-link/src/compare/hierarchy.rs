//! Columns that lie in one another: the finest in which two rows agree.
//!
//! Example (village, district, province): the same village is `same village`; with the village missing on a side, or another one, the
//! same district is `same district`. The trap: villages of one name lie in many districts. A column agrees where the next coarser one that both rows
//! know agrees with it; where that one differs, what agrees above it counts, and where nothing does it is `same name elsewhere`.

use super::frequency::Values;
use super::{Agreement, Comparator};
use crate::records::Column;

const DIFFERENT: u8 = 1;
const ELSEWHERE: u8 = 2;

/// Compares nested columns.
pub(crate) struct Hierarchy {
    /// Fine to coarse, with their names.
    columns: Vec<(String, Values)>,
}

impl Hierarchy {
    /// `columns` fine to coarse; `None` without any.
    pub(crate) fn new(columns: Vec<(&str, &Column)>, reference: &[u32]) -> Option<Self> {
        let columns: Vec<(String, Values)> =
            columns.into_iter().map(|(name, column)| (name.to_owned(), Values::of(column, reference))).collect();
        (!columns.is_empty()).then_some(Self { columns })
    }

    /// The level of agreement in the column at a place: the finest stands last.
    fn level_of(&self, column: usize) -> u8 {
        (usize::from(ELSEWHERE) + self.columns.len() - column) as u8
    }
}

impl Comparator for Hierarchy {
    fn levels(&self) -> Vec<String> {
        let mut levels = ["missing", "different", "same name elsewhere"].map(str::to_owned).to_vec();
        levels.extend(self.columns.iter().rev().map(|(name, _)| format!("same {name}")));
        levels
    }

    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.05, 0.02];
        start.extend((1..self.columns.len()).map(|_| 0.08));
        start.push(0.7);
        start
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let mut outcome = Agreement::MISSING;
        // What agrees for now: the next coarser column that both rows know confirms it or not.
        let mut open: Option<Agreement> = None;
        for (at, (_, values)) in self.columns.iter().enumerate() {
            let (Some(a), Some(b)) = (values.get(left), values.get(right)) else { continue };
            if a == b {
                if let Some(confirmed) = open {
                    return confirmed;
                }
                open = Some(Agreement { level: self.level_of(at), frequency: values.share(a) });
            } else if open.take().is_some() {
                outcome = Agreement::level(ELSEWHERE);
            } else if outcome == Agreement::MISSING {
                outcome = Agreement::level(DIFFERENT);
            }
        }
        open.unwrap_or(outcome)
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.columns.iter().any(|(_, values)| values.get(left).is_some() && values.get(right).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{NULL_ID, TextColumn};
    use proptest::prelude::*;

    fn column(ids: &[u32]) -> Column {
        Column::Text(TextColumn { ids: ids.to_vec(), values: std::sync::Arc::new(["a", "b", "c"].into_iter().collect()) })
    }

    #[test]
    fn levels() {
        let n = NULL_ID;
        for (a, b, expected) in [
            ([0, 0, 0], [0, 0, 0], "same village"),
            ([0, 0, 0], [1, 0, 0], "same district"),
            ([n, 0, 0], [1, 0, 0], "same district"),
            ([0, n, 0], [0, 1, 0], "same village"),
            ([0, 0, 0], [0, 1, 0], "same province"),
            ([0, 0, 0], [0, 1, 1], "same name elsewhere"),
            ([0, n, 0], [0, 1, 1], "same name elsewhere"),
            // A slip in the coarsest is no other place.
            ([0, 0, 0], [0, 0, 1], "same village"),
            ([0, 0, 0], [1, 1, 1], "different"),
            ([n, n, 0], [0, 0, n], "missing"),
            ([0, n, n], [0, n, n], "same village"),
        ] {
            let columns: Vec<Column> = (0..3).map(|at| column(&[a[at], b[at]])).collect();
            let named = ["village", "district", "province"].into_iter().zip(&columns).collect();
            let hierarchy = Hierarchy::new(named, &[0]).expect("columns");
            assert_eq!(hierarchy.levels()[usize::from(hierarchy.compare(0, 1).level)], expected, "{a:?} {b:?}");
            assert_eq!(hierarchy.compare(0, 1), hierarchy.compare(1, 0));
            assert_eq!(hierarchy.start().len() + 1, hierarchy.levels().len());
        }
    }

    proptest! {
        #[test]
        fn symmetric_and_bounded(a in proptest::collection::vec(0_u32..4, 4), b in proptest::collection::vec(0_u32..4, 4)) {
            let null = |id: u32| if id == 3 { NULL_ID } else { id };
            let columns: Vec<Column> = a.iter().zip(&b).map(|(a, b)| column(&[null(*a), null(*b)])).collect();
            let hierarchy = Hierarchy::new(["1", "2", "3", "4"].into_iter().zip(&columns).collect(), &[0]).expect("columns");
            prop_assert_eq!(hierarchy.compare(0, 1), hierarchy.compare(1, 0));
            prop_assert!(usize::from(hierarchy.compare(0, 1).level) < hierarchy.levels().len());
        }
    }
}
