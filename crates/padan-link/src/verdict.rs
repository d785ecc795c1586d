//! Verdicts: pairs that a person has judged, as constraints that no model overrides.
//!
//! *Same* joins and *different* forbids, for the two rows and for the groups that *same* makes of them: whoever is the same as A is
//! different from whatever A is different from. Verdicts that contradict one another are refused with the ones that do; which of them is
//! wrong only their author knows. Weighing verdicts against a model is not done here, nor anywhere.

use std::collections::VecDeque;

use crate::hash::{FixedMap, FixedSet};

/// What a person says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One entity.
    Same,
    /// Two.
    Different,
    /// Looked at, and not to be told: no constraint.
    Unsure,
}

/// A judged pair of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// A row.
    pub left: u32,
    /// Another.
    pub right: u32,
    /// What they are.
    pub verdict: Verdict,
}

/// Verdicts that cannot all hold, by their places in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// *Same* verdicts that lead from one row to another, in order; none where the rows are one row.
    pub same: Vec<usize>,
    /// What says that the two ends are different.
    pub different: Different,
}

/// Why two rows of one group cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Different {
    /// The verdict at that place.
    Verdict(usize),
    /// Both stand in the list with that number, which holds nobody twice.
    List(u32),
}

/// Verdicts that hold together.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    judged: Vec<Judged>,
    /// By row that stands in a constraint: its group.
    group: FixedMap<u32, u32>,
    /// Pairs of groups, the smaller number first, that are different.
    apart: FixedSet<(u32, u32)>,
}

impl Verdicts {
    /// Checks the verdicts; `list` names the list of a row that holds nobody twice, where it stands in one.
    ///
    /// # Errors
    /// Verdicts that contradict one another or such a list.
    pub fn new(judged: Vec<Judged>, list: impl Fn(u32) -> Option<u32>) -> Result<Self, Contradiction> {
        let mut parent: FixedMap<u32, u32> = FixedMap::default();
        for Judged { left, right, verdict } in &judged {
            let (left, right) = (root(&mut parent, *left), root(&mut parent, *right));
            if *verdict == Verdict::Same {
                parent.insert(left.max(right), left.min(right));
            }
        }
        let mut rows: Vec<u32> = judged.iter().filter(|of| of.verdict != Verdict::Unsure).flat_map(|of| [of.left, of.right]).collect();
        rows.sort_unstable();
        rows.dedup();
        let group: FixedMap<u32, u32> = rows.iter().map(|row| (*row, root(&mut parent, *row))).collect();
        let verdicts = Self { judged, group, apart: FixedSet::default() };
        for (at, Judged { left, right, .. }) in verdicts.of(Verdict::Different) {
            if verdicts.group[left] == verdicts.group[right] {
                return Err(Contradiction { same: verdicts.way(*left, *right), different: Different::Verdict(at) });
            }
        }
        let mut listed: FixedMap<(u32, u32), u32> = FixedMap::default();
        for row in &rows {
            let Some(list) = list(*row) else { continue };
            if let Some(other) = listed.insert((verdicts.group[row], list), *row) {
                return Err(Contradiction { same: verdicts.way(other, *row), different: Different::List(list) });
            }
        }
        let apart = verdicts.of(Verdict::Different).map(|(_, of)| ordered(verdicts.group[&of.left], verdicts.group[&of.right])).collect();
        Ok(Self { apart, ..verdicts })
    }

    /// All verdicts, in the order given.
    pub fn judged(&self) -> &[Judged] {
        &self.judged
    }

    /// Whether nobody has judged anything.
    pub fn is_empty(&self) -> bool {
        self.judged.is_empty()
    }

    /// What follows for two rows from the verdicts: of themselves, or of rows that are the same as they.
    pub fn of_rows(&self, left: u32, right: u32) -> Option<Verdict> {
        let (left, right) = (*self.group.get(&left)?, *self.group.get(&right)?);
        if left == right { Some(Verdict::Same) } else { self.apart.contains(&ordered(left, right)).then_some(Verdict::Different) }
    }

    /// Pairs of rows judged to be the same, the larger row first, each once, sorted.
    pub(crate) fn same(&self) -> Vec<(u32, u32)> {
        let mut same: Vec<(u32, u32)> =
            self.of(Verdict::Same).map(|(_, of)| (of.left.max(of.right), of.left.min(of.right))).filter(|(a, b)| a != b).collect();
        same.sort_unstable();
        same.dedup();
        same
    }

    /// The group of a row that stands in a constraint.
    pub(crate) fn group(&self, row: u32) -> Option<u32> {
        self.group.get(&row).copied()
    }

    /// Whether two groups are different.
    pub(crate) fn are_apart(&self, a: u32, b: u32) -> bool {
        self.apart.contains(&ordered(a, b))
    }

    fn of(&self, verdict: Verdict) -> impl Iterator<Item = (usize, &Judged)> {
        self.judged.iter().enumerate().filter(move |(_, of)| of.verdict == verdict)
    }

    /// The shortest way of *same* verdicts between two rows of a group.
    fn way(&self, from: u32, to: u32) -> Vec<usize> {
        // By row: the verdict by which it was reached, and from where.
        let mut reached: FixedMap<u32, Option<(usize, u32)>> = FixedMap::default();
        reached.insert(from, None);
        let mut next = VecDeque::from([from]);
        while let Some(row) = next.pop_front() {
            for (at, of) in self.of(Verdict::Same) {
                for (here, there) in [(of.left, of.right), (of.right, of.left)] {
                    if here == row && !reached.contains_key(&there) {
                        reached.insert(there, Some((at, row)));
                        next.push_back(there);
                    }
                }
            }
        }
        let mut way = Vec::new();
        let mut row = to;
        while let Some((at, before)) = reached.get(&row).copied().flatten() {
            way.push(at);
            row = before;
        }
        way.reverse();
        way
    }
}

fn ordered(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

fn root(parent: &mut FixedMap<u32, u32>, row: u32) -> u32 {
    let mut root = row;
    while let Some(above) = parent.get(&root).filter(|above| **above != root) {
        root = *above;
    }
    let mut at = row;
    while at != root {
        at = parent.insert(at, root).unwrap_or(root);
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(verdicts: &[(u32, u32, Verdict)]) -> Vec<Judged> {
        verdicts.iter().map(|(left, right, verdict)| Judged { left: *left, right: *right, verdict: *verdict }).collect()
    }

    fn contradiction(verdicts: &[(u32, u32, Verdict)], list: impl Fn(u32) -> Option<u32>) -> Contradiction {
        Verdicts::new(judged(verdicts), list).expect_err("contradicted")
    }

    #[test]
    fn what_follows_from_verdicts() {
        use Verdict::{Different, Same, Unsure};
        let verdicts = Verdicts::new(judged(&[(5, 1, Same), (1, 9, Same), (9, 4, Different), (4, 7, Same), (7, 3, Unsure)]), |_| None)
            .expect("they hold together");
        assert_eq!(verdicts.of_rows(5, 9), Some(Same));
        assert_eq!(verdicts.of_rows(7, 5), Some(Different), "through 4 and 9");
        assert_eq!(verdicts.of_rows(7, 3), None);
        assert_eq!(verdicts.of_rows(5, 2), None);
        assert_eq!(verdicts.same(), [(5, 1), (7, 4), (9, 1)]);
        let mixed = Verdicts::new(judged(&[(1, 2, Same), (2, 3, Same)]), |row| Some(row).filter(|row| *row == 1)).expect("one of a list");
        assert_eq!(mixed.of_rows(1, 3), Some(Same));
    }

    #[test]
    fn a_contradiction_is_named_with_the_shortest_way_to_it() {
        use Verdict::{Different, Same, Unsure};
        let verdicts = [(1, 2, Same), (8, 9, Unsure), (2, 3, Same), (3, 4, Same), (2, 4, Same), (1, 4, Different)];
        assert_eq!(contradiction(&verdicts, |_| None), Contradiction { same: vec![0, 4], different: super::Different::Verdict(5) });
        let both = [(1, 2, Different), (2, 1, Same)];
        assert_eq!(contradiction(&both, |_| None), Contradiction { same: vec![1], different: super::Different::Verdict(0) });
        let itself = contradiction(&[(6, 6, Different)], |_| None);
        assert_eq!(itself, Contradiction { same: Vec::new(), different: super::Different::Verdict(0) });
        let listed = contradiction(&[(1, 20, Same), (20, 2, Same)], |row| (row < 10).then_some(7));
        assert_eq!(listed, Contradiction { same: vec![0, 1], different: super::Different::List(7) });
    }
}
