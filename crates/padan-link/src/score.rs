//! Scoring of one pair, and what a family's members say of one another.
//!
//! A pair is compared cheap comparisons first and given up as soon as the dear ones could not lift it; a pair that stays has its whole
//! pattern. Probabilities are the task's: they need all candidates of a row.

use crate::compare::Agreement;
use crate::learn::{self, Described};
use crate::pattern::{Layout, Pattern};
use crate::records::NULL_ID;
use crate::trained::{TrainedComparison, TrainedModel, Weights};

/// A candidate whose odds are below one in 2^this of the alternative is dropped.
const DROP_BITS: f64 = -9.0;
/// The same of a pair of a dedupe task, which competes with nothing but itself.
const DROP_BITS_DEDUPE: f64 = -3.0;
/// The same where every pair is wanted.
const DROP_BITS_EVERY: f64 = -11.0;
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

/// Scores a pair cheap comparisons first, and gives up when the dear ones cannot lift it any more.
pub(crate) struct Bounded {
    weights: Weights,
    /// log2 of one over the reference rows.
    prior: f64,
    /// Comparisons in the order they are made.
    order: Vec<usize>,
    /// By comparison: the most that it can add, in bits.
    gain: Vec<f64>,
    floor: f64,
}

impl Bounded {
    pub(crate) fn new(described: &[Described<'_>], trained: &TrainedModel, layout: &Layout, (dedupe, every): (bool, bool)) -> Self {
        let floor = match (dedupe, every) {
            (_, true) => DROP_BITS_EVERY,
            (true, false) => DROP_BITS_DEDUPE,
            (false, false) => DROP_BITS,
        };
        let mut order: Vec<usize> = (0..described.len()).collect();
        // A comparison that is given another stands after it.
        let dear = |at: usize| described[at].term_frequency || described[at].given.is_some_and(|given| described[given].term_frequency);
        order.sort_by_key(|at| dear(*at));
        let rarest = 0.5 / trained.n_reference.max(1) as f64;
        let gain = trained
            .comparisons
            .iter()
            .map(|comparison| {
                let of_level = |level: usize| {
                    let rare =
                        if comparison.term_frequency { (comparison.reference_frequency[level] / rarest).log2().max(0.0) } else { 0.0 };
                    let given = comparison.interaction.as_ref().map_or(1, |interaction| interaction.m.len());
                    let bits = (0..given).map(|given| comparison.bits(level, given)).map(|(m, h)| m.max(h));
                    bits.fold(f64::NEG_INFINITY, f64::max) + rare
                };
                (1..comparison.levels.len()).map(of_level).fold(0.0, f64::max)
            })
            .collect();
        let prior = -(trained.n_reference.max(1) as f64).log2();
        Self { weights: Weights::new(trained, layout), prior, order, gain, floor }
    }

    pub(crate) fn score(
        &self,
        described: &[Described<'_>],
        layout: &Layout,
        trained: &TrainedModel,
        (left, right): (u32, u32),
        rule: u8,
    ) -> Option<Candidate> {
        let mut pattern = 0;
        // What the comparisons to come could add at most, those that a side says nothing of apart.
        let mut rest: f64 = self.order.iter().filter(|at| described[**at].comparator.is_known(left, right)).map(|at| self.gain[*at]).sum();
        let (mut matched, mut household, mut personal) = (self.prior, self.prior, 0.0);
        for at in &self.order {
            let comparator = described[*at].comparator;
            if !comparator.is_known(left, right) {
                layout.put(&mut pattern, *at, Agreement::MISSING.level, 0.0);
                continue;
            }
            rest -= self.gain[*at];
            let agreement = comparator.compare(left, right);
            let comparison = &trained.comparisons[*at];
            layout.put(&mut pattern, *at, agreement.level, adjustment(comparison, agreement));
            let (m, h) = self.weights.at(*at, pattern);
            matched += m;
            household += h;
            personal += if comparison.household { 0.0 } else { h };
            if matched.max(household) + rest < self.floor {
                return None;
            }
        }
        Some(Candidate { right, rule, pattern, matched: matched as f32, household: household as f32, personal: personal as f32 })
    }
}

/// A wife under her husband's NIK: that his row agrees is explained by hers being the match, since families lend their numbers. What the
/// other members of a candidate's household explain is added to it, and to the hypothesis that the row is none of them.
pub(crate) fn lend_to_households(candidates: &mut [Candidate], group: &[u32]) {
    let lent: Vec<(u32, f32)> = candidates
        .iter()
        .filter(|candidate| candidate.personal >= learn::LENT_BITS as f32)
        .map(|candidate| (candidate.right, candidate.personal))
        .collect();
    for candidate in candidates.iter_mut() {
        let household = group[candidate.right as usize];
        if household == NULL_ID {
            continue;
        }
        let others: f32 =
            lent.iter().filter(|(right, _)| *right != candidate.right && group[*right as usize] == household).map(|(_, bits)| bits).sum();
        candidate.matched += others;
        candidate.household += others;
    }
}

/// What the rarity of the agreeing values adds, in bits.
pub(crate) fn adjustment(comparison: &TrainedComparison, agreement: Agreement) -> f64 {
    if comparison.term_frequency && agreement.frequency > 0.0 {
        (comparison.reference_frequency[usize::from(agreement.level)] / f64::from(agreement.frequency)).log2()
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
        let pattern = pattern(&self.described, self.layout, self.trained, left, right);
        let (matched, household) = self.weights.of(pattern);
        let (matched, household) = (matched + self.prior.0, household + self.prior.1);
        (pattern, matched, matched - (1.0 + household.exp2()).log2())
    }
}

/// The pattern of any two rows.
pub(crate) fn pattern(described: &[Described<'_>], layout: &Layout, trained: &TrainedModel, left: u32, right: u32) -> Pattern {
    let mut pattern = 0;
    for (at, (described, comparison)) in described.iter().zip(&trained.comparisons).enumerate() {
        let agreement = described.comparator.compare(left, right);
        layout.put(&mut pattern, at, agreement.level, adjustment(comparison, agreement));
    }
    pattern
}
