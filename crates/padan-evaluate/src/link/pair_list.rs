//! A set of pairs of rows: for every row the sorted rows above it that it is paired with. Answers in the time of a short search
//! without hashing; says nothing of what follows from its pairs.

use rayon::slice::ParallelSliceMut;

/// Pairs (l, r) with l < r.
pub(super) struct PairList {
    /// For every row where its partners begin, and the end.
    starts: Vec<usize>,
    partners: Vec<u32>,
}

impl PairList {
    /// From pairs whose lower row stands first, in any order and as often as they like.
    pub(super) fn new(rows: usize, mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.par_sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; rows + 1];
        for (l, _) in &pairs {
            starts[*l as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        Self { starts, partners: pairs.into_iter().map(|pair| pair.1).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.partners.len()
    }

    pub(super) fn contains(&self, l: u32, r: u32) -> bool {
        self.partners(l.min(r)).binary_search(&l.max(r)).is_ok()
    }

    /// The pairs in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.starts.len() as u32 - 1).flat_map(|l| self.partners(l).iter().map(move |r| (l, *r)))
    }

    fn partners(&self, row: u32) -> &[u32] {
        &self.partners[self.starts[row as usize]..self.starts[row as usize + 1]]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_a_set(pairs in prop::collection::btree_set((0u32..9, 0u32..9), 0..20)) {
            let pairs: Vec<_> = pairs.into_iter().filter(|(l, r)| l < r).collect();
            let twice = pairs.iter().rev().chain(&pairs).copied().collect();
            let list = PairList::new(9, twice);
            prop_assert_eq!(list.iter().collect::<Vec<_>>(), pairs.clone());
            prop_assert_eq!(list.len(), pairs.len());
            for l in 0..9 {
                for r in 0..9 {
                    prop_assert_eq!(list.contains(l, r), pairs.contains(&(l.min(r), l.max(r))));
                }
            }
        }
    }
}
