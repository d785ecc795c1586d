//! Weights of pairs, and what a family's members say of one another.
//!
//! A pair that stays has its whole pattern. Probabilities are the task's: they need all candidates of a row.

mod bounded;

use crate::compare::{Agreement, compare_all};
use crate::learn::{self, Described};
use crate::pattern::{Layout, Pattern};
use crate::records::NULL_ID;
use crate::trained::{TrainedComparison, TrainedModel, Weights};

pub(crate) use bounded::{Aim, Bounded};

/// A candidate of a left row; weights in bits against chance, the prior of one reference row included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) right: u32,
    pub(crate) rule: u8,
    pub(crate) pattern: Pattern,
    pub(crate) matched: f32,
    pub(crate) household: f32,
    /// The personal part of `household`: how much better than chance two people of one family explain the pair.
    pub(crate) personal: f32,
}

/// A wife under her husband's NIK: that his row agrees is explained by hers being the match, since families lend their numbers. What
/// another member of a candidate's household explains is added to it, and to the hypothesis that the row is none of them. So is what one of
/// their rows says of the household alone, an address say, where that is more than the candidate's own: it is one household. Of several
/// members the one who explains most: brothers of one surname agree with the row in one thing, not in as many as they are.
pub(crate) fn lend_to_households(candidates: &mut [Candidate], group: &[u32]) {
    let of_household = |candidate: &Candidate| candidate.household - candidate.personal;
    let lent: Vec<(u32, f32, f32)> = candidates
        .iter()
        .filter(|candidate| candidate.personal >= learn::LENT_BITS as f32)
        .map(|candidate| (candidate.right, candidate.personal, of_household(candidate)))
        .collect();
    for candidate in candidates.iter_mut() {
        let household = group[candidate.right as usize];
        if household == NULL_ID {
            continue;
        }
        let (mut bits, mut shared) = (0.0_f32, of_household(candidate));
        for (right, personal, of_household) in &lent {
            if *right != candidate.right && group[*right as usize] == household {
                bits = bits.max(*personal);
                shared = shared.max(*of_household);
            }
        }
        let added = bits + shared - of_household(candidate);
        candidate.matched += added;
        candidate.household += added;
    }
}

/// What the rarity of the agreeing values adds, in bits.
pub(crate) fn adjustment(comparison: &TrainedComparison, agreement: Agreement) -> f64 {
    if comparison.term_frequency && agreement.frequency > 0.0 {
        let level = usize::from(agreement.level);
        let frequency = f64::from(agreement.frequency);
        // Rows of one value are counted with it.
        let of_others =
            if level + 1 == comparison.levels.len() { (frequency - comparison.own_share).max(comparison.own_share) } else { frequency };
        (comparison.reference_frequency[level] / of_others).log2()
    } else {
        0.0
    }
}

/// Scores any two rows, blocked together or not.
pub(crate) struct Scorer<'a> {
    pub(crate) described: Vec<Described<'a>>,
    pub(crate) layout: &'a Layout,
    pub(crate) trained: &'a TrainedModel,
    pub(crate) weights: Weights,
    /// log2 of the prior odds of a match and of a household pair.
    pub(crate) prior: (f64, f64),
}

impl Scorer<'_> {
    /// Bits of (match, household) against chance of each comparison of a pattern; missing ones stay as they are.
    pub(crate) fn fields(&self, pattern: Pattern, fields: &mut [(f32, f32)]) {
        for (at, field) in fields.iter_mut().enumerate() {
            if self.layout.get(pattern, at).0 != 0 {
                let (matched, household) = self.weights.at(at, pattern);
                *field = (matched as f32, household as f32);
            }
        }
    }

    /// The prior of two clusters, with the bits that a link needs.
    pub(crate) fn cluster_prior(&self, cut: f64) -> crate::linkage::Prior {
        crate::linkage::Prior { matched: self.prior.0, household: self.prior.1, cut }
    }

    /// Pattern, match weight (prior included) and log2 odds of a match against household and chance.
    pub(crate) fn score(&self, left: u32, right: u32) -> (Pattern, f64, f64) {
        let pattern = pattern(&self.described, self.layout, self.trained, (left, right));
        let (matched, household) = self.weights.of(pattern);
        let (matched, household) = (matched + self.prior.0, household + self.prior.1);
        (pattern, matched, matched - (1.0 + household.exp2()).log2())
    }
}

/// The patterns of many pairs of rows.
pub(crate) fn patterns(described: &[Described<'_>], layout: &Layout, trained: &TrainedModel, pairs: &[(u32, u32)]) -> Vec<Pattern> {
    let mut patterns = vec![layout.missing(); pairs.len()];
    for (at, (described, comparison)) in described.iter().zip(&trained.comparisons).enumerate() {
        compare_all(described.comparator, pairs, |pair, agreement| {
            layout.put(&mut patterns[pair], at, agreement.level, adjustment(comparison, agreement));
        });
    }
    patterns
}

/// The pattern of any two rows.
pub(crate) fn pattern(described: &[Described<'_>], layout: &Layout, trained: &TrainedModel, rows: (u32, u32)) -> Pattern {
    pattern_of(0..described.len(), (described, layout, trained), rows)
}

/// The same of some comparisons; the others stay missing.
pub(crate) fn pattern_of(
    comparisons: impl Iterator<Item = usize>,
    (described, layout, trained): (&[Described<'_>], &Layout, &TrainedModel),
    (left, right): (u32, u32),
) -> Pattern {
    let mut pattern = layout.missing();
    for at in comparisons {
        let agreement = described[at].comparator.compare(left, right);
        layout.put(&mut pattern, at, agreement.level, adjustment(&trained.comparisons[at], agreement));
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(right: u32, household: f32, personal: f32) -> Candidate {
        Candidate { right, rule: 0, pattern: 0, matched: 2.0, household, personal }
    }

    /// Rows 0 to 3 are one family, 4 is another's.
    const GROUP: [u32; 5] = [7, 7, 7, 7, 8];

    #[test]
    fn of_several_members_the_one_who_explains_most_is_heard() {
        let with = |brothers: u32| {
            let mut candidates = vec![candidate(0, 1.0, 1.0), candidate(4, 1.0, 1.0)];
            candidates.extend((1..=brothers).map(|brother| candidate(brother, 9.0, 7.0 + brother as f32)));
            lend_to_households(&mut candidates, &GROUP);
            assert!((candidates[1].matched - 2.0).abs() < 1e-6, "another family");
            candidates[0].matched.round() as i32
        };
        assert_eq!([with(0), with(1), with(3)], [2, 2 + 8 + 1, 2 + 10 + 1]);
    }
}
