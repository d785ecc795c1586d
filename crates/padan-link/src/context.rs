//! Group evidence: members of one household matching members of another raise each other.
//!
//! For a pair (i, j) the support is the number of *other* members of i's group that match *other* members of j's group. It is evidence for
//! the family, not for the person, so it enters both the match and the household weight; which member it is stays with name, birth date
//! and sex. Where a household comparison already agrees on a family number, the support says nothing new and is left out.

use rayon::prelude::*;

use crate::records::NULL_ID;

/// Support levels.
pub(crate) const MISSING: usize = 0;
const NONE: usize = 1;
pub(crate) const ONE: usize = 2;
pub(crate) const SEVERAL: usize = 3;

/// A likely match of a left row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Likely {
    /// The reference row.
    pub(crate) right: u32,
    /// The blocking rule that made the pair.
    pub(crate) rule: u8,
    pub(crate) probability: f64,
}

/// What is likely the match of each left row.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// By place in the list: where its own end.
    ends: Vec<u32>,
    likely: Vec<Likely>,
}

impl Found {
    /// Adds those of the next left row.
    pub(crate) fn push(&mut self, likely: impl Iterator<Item = Likely>) {
        self.likely.extend(likely);
        self.ends.push(self.likely.len() as u32);
    }

    fn of(&self, place: usize) -> &[Likely] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.likely[start as usize..self.ends[place] as usize]
    }
}

/// The confident matches of a list, by family.
pub(crate) struct Matches<'a> {
    /// Household of each row, `NULL_ID` where it has none.
    group: &'a [u32],
    /// Places in the list of the rows that have a household, by household.
    by_group: Vec<u32>,
    /// By place in the list: where its household's places are among these.
    members: Vec<(u32, u32)>,
    left: &'a [u32],
    found: Found,
}

impl<'a> Matches<'a> {
    pub(crate) fn new(group: &'a [u32], left: &'a [u32], found: Found) -> Self {
        let with_group = |(at, row): (usize, &u32)| (group[*row as usize], at as u32);
        let mut sorted: Vec<(u32, u32)> = left.par_iter().enumerate().map(with_group).filter(|(group, _)| *group != NULL_ID).collect();
        sorted.par_sort_unstable();
        let mut members = vec![(0, 0); left.len()];
        let mut start = 0;
        for of_group in sorted.chunk_by(|a, b| a.0 == b.0) {
            let end = start + of_group.len() as u32;
            for (_, place) in of_group {
                members[*place as usize] = (start, end);
            }
            start = end;
        }
        let by_group = sorted.into_iter().map(|(_, place)| place).collect();
        Self { group, by_group, members, left, found }
    }

    /// The household of a row.
    pub(crate) fn group_of(&self, row: u32) -> u32 {
        self.group[row as usize]
    }

    /// Support of the pair of the left row of this place.
    pub(crate) fn level(&self, at: usize, right: u32) -> usize {
        let (own, other) = (self.group[self.left[at] as usize], self.group[right as usize]);
        if own == NULL_ID || other == NULL_ID {
            return MISSING;
        }
        if self.members_of(at).len() < 2 {
            return MISSING;
        }
        let of_other = |of: &&Likely| of.right != right && self.group[of.right as usize] == other;
        let best = |of: &[Likely]| of.iter().filter(of_other).map(|of| of.probability).fold(0.0, f64::max);
        level_of(self.others(at).map(best).sum())
    }

    /// Places in the list of the rows of a row's household.
    fn members_of(&self, at: usize) -> &[u32] {
        let (start, end) = self.members[at];
        &self.by_group[start as usize..end as usize]
    }

    /// What is likely the match of each other member of a row's household, two dozen at most.
    pub(crate) fn others(&self, at: usize) -> impl Iterator<Item = &[Likely]> {
        self.members_of(at).iter().filter(move |member| **member as usize != at).take(24).map(|member| self.found.of(*member as usize))
    }
}

/// The level of so many matches.
pub(crate) fn level_of(support: f64) -> usize {
    match support {
        s if s >= 1.5 => SEVERAL,
        s if s >= 0.5 => ONE,
        _ => NONE,
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
