//! Group evidence: members of one household matching members of another raise each other.
//!
//! For a pair (i, j) the support is the number of *other* members of i's group that match *other* members of j's group. It is evidence for
//! the family, not for the person, so it enters both the match and the household weight; which member it is stays with name, birth date
//! and sex. Where a household comparison already agrees on a family number, the support says nothing new and is left out.

use crate::records::NULL_ID;

/// Support levels.
pub(crate) const MISSING: usize = 0;
const NONE: usize = 1;
const ONE: usize = 2;
const SEVERAL: usize = 3;

/// One left row's confident matches, as (group of the reference row, reference row).
pub(crate) struct Matches<'a> {
    /// Household of each row, `NULL_ID` where it has none.
    group: &'a [u32],
    /// Left rows of each left group, sorted by group.
    left_by_group: Vec<(u32, u32)>,
    /// Per position in `left`: reference rows with their probability.
    found: Vec<Vec<(u32, f64)>>,
    position: crate::hash::FixedMap<u32, u32>,
}

impl<'a> Matches<'a> {
    pub(crate) fn new(group: &'a [u32], left: &[u32], found: Vec<Vec<(u32, f64)>>) -> Self {
        let mut left_by_group: Vec<(u32, u32)> =
            left.iter().map(|row| (group[*row as usize], *row)).filter(|(group, _)| *group != NULL_ID).collect();
        left_by_group.sort_unstable();
        let position = left.iter().enumerate().map(|(at, row)| (*row, at as u32)).collect();
        Self { group, left_by_group, found, position }
    }

    fn members(&self, group: u32) -> &[(u32, u32)] {
        let start = self.left_by_group.partition_point(|entry| entry.0 < group);
        let end = start + self.left_by_group[start..].partition_point(|entry| entry.0 == group);
        &self.left_by_group[start..end]
    }

    /// Support of the pair.
    pub(crate) fn level(&self, left: u32, right: u32) -> usize {
        let (own, other) = (self.group[left as usize], self.group[right as usize]);
        if own == NULL_ID || other == NULL_ID {
            return MISSING;
        }
        let members = self.members(own);
        if members.len() < 2 {
            return MISSING;
        }
        let mut support = 0.0;
        for (_, member) in members.iter().filter(|(_, member)| *member != left).take(24) {
            let Some(position) = self.position.get(member) else { continue };
            let best = self.found[*position as usize]
                .iter()
                .filter(|(row, _)| *row != right && self.group[*row as usize] == other)
                .map(|(_, probability)| *probability)
                .fold(0.0, f64::max);
            support += best;
        }
        match support {
            s if s >= 1.5 => SEVERAL,
            s if s >= 0.5 => ONE,
            _ => NONE,
        }
    }
}

/// Weights log2(m/u) of the levels, from how often sure matches and sure strangers show them. All zero where there is little to learn from.
pub(crate) fn weights(matched: [f64; 4], chance: [f64; 4]) -> Vec<f64> {
    let (m_total, u_total): (f64, f64) = (matched[1..].iter().sum(), chance[1..].iter().sum());
    if m_total < 50.0 || u_total < 50.0 {
        return vec![0.0; 4];
    }
    let mut weights = vec![0.0];
    for level in 1..4 {
        let m = (matched[level] + 0.5) / (m_total + 1.5);
        let u = (chance[level] + 0.5) / (u_total + 1.5);
        weights.push((m / u).log2().clamp(-6.0, 10.0));
    }
    weights
}
