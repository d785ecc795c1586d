//! Entities of rows: what listed pairs connect, and the half of a held-out sample that an entity is in.
//!
//! A half is drawn by entity so that no true pair is torn. The trap: a false pair is torn half of the time, so within a half true
//! pairs are twice as frequent as among all ([`reliability`](crate::calibration::reliability) weighs them back).

use super::rows::Rows;
use crate::hash::hash;

/// The entity of a row without one.
pub(super) const UNLABELLED: u32 = u32::MAX;

/// For every row the number of its connected component, by first row, and how many there are.
pub(super) fn components(rows: usize, pairs: &[(u32, u32)]) -> (Vec<u32>, u64) {
    let mut parent: Vec<u32> = (0..rows as u32).collect();
    for (l, r) in pairs {
        let (a, b) = (root(&mut parent, *l), root(&mut parent, *r));
        // The lower row stays the root, so a root comes before its rows below.
        parent[a.max(b) as usize] = a.min(b);
    }
    let mut next = 0;
    let mut entity = vec![0; rows];
    for row in 0..rows as u32 {
        let root = root(&mut parent, row);
        if root == row {
            entity[row as usize] = next;
            next += 1;
        } else {
            entity[row as usize] = entity[root as usize];
        }
    }
    (entity, u64::from(next))
}

fn root(parent: &mut [u32], mut row: u32) -> u32 {
    while parent[row as usize] != row {
        // Halving the path (Tarjan and van Leeuwen, 1984) keeps it short without ranks.
        parent[row as usize] = parent[parent[row as usize] as usize];
        row = parent[row as usize];
    }
    row
}

/// For every row 0 or 1, by the least hash of (table, id) in its entity: a choice that no order of rows or pairs changes.
pub(super) fn halves(rows: &Rows, entity: &[u32]) -> Vec<u8> {
    let entities = entity.iter().filter(|entity| **entity != UNLABELLED).max().map_or(0, |last| *last as usize + 1);
    let mut least = vec![u64::MAX; entities];
    for (row, entity) in entity.iter().enumerate().filter(|(_, entity)| **entity != UNLABELLED) {
        let slot = &mut least[*entity as usize];
        *slot = (*slot).min(hash(&[rows.table_name(row as u32), rows.id(row as u32)]));
    }
    entity.iter().map(|entity| least.get(*entity as usize).map_or(0, |hash| (hash & 1) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn components_are_what_a_closure_by_repetition_finds(pairs in prop::collection::vec((0u32..12, 0u32..12), 0..14)) {
            let (found, count) = components(12, &pairs);
            let mut oracle: Vec<u32> = (0..12).collect();
            for _ in 0..12 {
                for (l, r) in &pairs {
                    let least = oracle[*l as usize].min(oracle[*r as usize]);
                    (oracle[*l as usize], oracle[*r as usize]) = (least, least);
                }
            }
            for a in 0..12 {
                for b in 0..12 {
                    prop_assert_eq!(found[a] == found[b], oracle[a] == oracle[b]);
                }
            }
            oracle.sort_unstable();
            oracle.dedup();
            prop_assert_eq!(count, oracle.len() as u64);
        }
    }
}
