//! Sets of items: how many are shared.
//!
//! Example: `doe_j roe_a` ~ `doe_j roe_a` same · ~ `doe_j poe_e roe_a` most shared (at least half of the longer list) · ~ `doe_j kay_b loe_c`
//! some shared · ~ `kay_b` different. The frequency is that of the rarest shared item: items come together, so their product would say too
//! much.

use super::frequency::{equal_chance, of_texts};
use super::{Agreement, Comparator};
use crate::hash::FixedMap;
use crate::records::{NULL_ID, TextColumn};

const DIFFERENT: u8 = 1;
const SOME: u8 = 2;
const MOST: u8 = 3;
const SAME: u8 = 4;

/// Compares sets of items.
pub(crate) struct List<'a> {
    column: &'a TextColumn,
    /// Per value: where its items start in `items`.
    offsets: Vec<u32>,
    /// Items, sorted and distinct within a value.
    items: Vec<u32>,
    frequency: Vec<f32>,
    /// Per item: the share of reference rows whose set has it.
    item_frequency: Vec<f32>,
}

impl<'a> List<'a> {
    pub(crate) fn new(column: &'a TextColumn, reference: &[u32]) -> Self {
        let mut dictionary: FixedMap<&str, u32> = FixedMap::default();
        let (mut offsets, mut items) = (vec![0], Vec::new());
        for value in column.values.iter() {
            let start = items.len();
            for item in value.split(' ').filter(|item| !item.is_empty()) {
                let next = dictionary.len() as u32;
                items.push(*dictionary.entry(item).or_insert(next));
            }
            items[start..].sort_unstable();
            let mut kept = start;
            for at in start..items.len() {
                if at == start || items[at] != items[kept - 1] {
                    items[kept] = items[at];
                    kept += 1;
                }
            }
            items.truncate(kept);
            offsets.push(items.len() as u32);
        }
        let frequency = of_texts(column, reference);
        let mut list = Self { column, offsets, items, frequency, item_frequency: Vec::new() };
        let mut counts = vec![0_u32; dictionary.len()];
        let mut total = 0_u32;
        for id in reference.iter().map(|row| column.ids[*row as usize]).filter(|id| *id != NULL_ID) {
            total += 1;
            list.set(id).iter().for_each(|item| counts[*item as usize] += 1);
        }
        list.item_frequency = counts.into_iter().map(|count| count.max(1) as f32 / total.max(1) as f32).collect();
        list
    }

    fn set(&self, value: u32) -> &[u32] {
        &self.items[self.offsets[value as usize] as usize..self.offsets[value as usize + 1] as usize]
    }
}

impl Comparator for List<'_> {
    fn levels(&self) -> Vec<String> {
        ["missing", "different", "some shared", "most shared", "same"].map(str::to_owned).to_vec()
    }

    fn start(&self) -> Vec<f64> {
        vec![0.05, 0.1, 0.15, 0.7]
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID {
            return Agreement::MISSING;
        }
        if a == b {
            return Agreement { level: SAME, frequency: self.frequency[a as usize] };
        }
        let (a, b) = (self.set(a), self.set(b));
        let (mut i, mut j, mut shared, mut rarest) = (0, 0, 0, 1.0_f32);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            if x == y {
                shared += 1;
                rarest = rarest.min(self.item_frequency[*x as usize]);
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        match shared {
            0 => Agreement::level(DIFFERENT),
            _ if shared * 2 >= a.len().max(b.len()) => Agreement { level: MOST, frequency: rarest },
            _ => Agreement { level: SOME, frequency: rarest },
        }
    }

    fn is_dear(&self) -> bool {
        true
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
    use proptest::prelude::*;

    fn agreement(a: &str, b: &str) -> Agreement {
        let column = TextColumn { ids: vec![0, u32::from(a != b)], values: std::sync::Arc::new([a, b].into_iter().collect()) };
        let list = List::new(&column, &[0, 1]);
        assert_eq!(list.compare(0, 1), list.compare(1, 0), "symmetric: {a} {b}");
        list.compare(0, 1)
    }

    #[test]
    fn levels() {
        for (a, b, level) in [
            ("doe_j roe_a", "doe_j roe_a", SAME),
            ("doe_j roe_a", "doe_j poe_e roe_a", MOST),
            ("doe_j roe_a", "doe_j kay_b loe_c", SOME),
            ("doe_j", "doe_j doe_j kay_b", MOST),
            ("doe_j roe_a", "kay_b", DIFFERENT),
        ] {
            assert_eq!(agreement(a, b).level, level, "{a} ~ {b}");
        }
    }

    proptest! {
        #[test]
        fn bounded(a in "[ab]( [abc]){0,3}", b in "[ab]( [abc]){0,3}") {
            let agreement = agreement(&a, &b);
            prop_assert!(agreement.level <= SAME && (0.0..=1.0).contains(&agreement.frequency));
        }
    }
}
