//! Scoring of one pair, and what a family's members say of one another.
//!
//! A pair is compared cheap comparisons first and given up as soon as the dear ones could not lift it; a pair that stays has its whole
//! pattern. Probabilities are the task's: they need all candidates of a row.

use crate::batch::BatchPair;
use crate::codes::{CodedRow, Codes, Line};
use crate::compare::{Agreement, Comparator, compare_all};
use crate::learn::{self, Described};
use crate::pattern::{Layout, NO_ADJUSTMENT, Pattern, bits, half_bits};
use crate::records::NULL_ID;
use crate::trained::{TrainedComparison, TrainedModel, Weights};

/// A candidate whose odds are below one in 2^this of the alternative is dropped.
const DROP_BITS: f64 = -9.0;
/// The same of a pair of a dedupe task, which competes with nothing but itself.
const DROP_BITS_DEDUPE: f64 = -3.0;
/// The same where every pair is wanted.
const DROP_BITS_EVERY: f64 = -11.0;
/// Pairs whose reference rows are fetched in one go.
const GATHERED: usize = 256;

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
pub(crate) struct Bounded<'a> {
    codes: &'a Codes,
    layout: &'a Layout,
    /// log2 of one over the reference rows.
    prior: f64,
    /// In the order they are made.
    steps: Vec<Step<'a>>,
    floor: f64,
}

/// One comparison.
struct Step<'a> {
    comparator: &'a dyn Comparator,
    trained: &'a TrainedComparison,
    /// Its index in the pattern.
    at: usize,
    /// Its place in the codes.
    place: Option<usize>,
    /// Bits of (match, household), by the level of the comparison that it is given, if any, and its own.
    table: Vec<(f64, f64)>,
    levels: usize,
    given: Option<usize>,
    /// The most that it can add, in bits.
    gain: f64,
    /// The level of all different values, and the most that these can add.
    unequal: Option<(u8, f64)>,
}

/// What stands for the most that a comparison adds of which a side says nothing.
const UNKNOWN: f64 = f64::INFINITY;
/// Comparisons that a pattern has room for.
const MOST_STEPS: usize = 32;

impl<'a> Bounded<'a> {
    pub(crate) fn new(
        described: &'a [Described<'a>],
        codes: &'a Codes,
        trained: &'a TrainedModel,
        layout: &'a Layout,
        (dedupe, every): (bool, bool),
    ) -> Self {
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
        let gain: Vec<f64> = trained
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
        let weights = Weights::new(trained, layout);
        let step = |at: usize| Step {
            comparator: described[at].comparator,
            trained: &trained.comparisons[at],
            at,
            place: codes.place(at),
            table: weights.table(at).concat(),
            levels: trained.comparisons[at].levels.len(),
            given: weights.given(at),
            gain: gain[at],
            unequal: described[at].comparator.unequal().filter(|_| codes.place(at).is_some()).map(|level| {
                let bits = weights.table(at).iter().map(|bits| bits[usize::from(level)]).map(|(m, h)| m.max(h));
                (level, bits.fold(f64::NEG_INFINITY, f64::max))
            }),
        };
        let steps = order.into_iter().map(step).collect();
        Self { codes, layout, prior, steps, floor }
    }

    /// Scores the pairs of a batch, and adds those that are worth keeping.
    pub(crate) fn score_all(&self, lefts: &[u32], pairs: &[BatchPair], rule: u8, kept: &mut Vec<(u32, Candidate)>) {
        let mut rows: Vec<Line> = Vec::new();
        for pairs in pairs.chunks(GATHERED) {
            // First the reference rows are fetched, then they are compared as they lie.
            self.codes.gather(pairs.iter().map(|pair| pair.right), &mut rows);
            for (at, pair) in pairs.iter().enumerate() {
                let left = lefts[pair.slot as usize];
                let right = self.codes.gathered(&rows, at);
                kept.extend(self.score(left, pair.right, (self.codes.row(left), right), rule).map(|candidate| (pair.slot, candidate)));
            }
        }
    }

    /// The pair of two rows; `None` where it cannot reach what is worth keeping.
    fn score(&self, left: u32, right: u32, (a, b): (CodedRow<'_>, CodedRow<'_>), rule: u8) -> Option<Candidate> {
        // What the comparisons to come could add at most: nothing where a side says nothing, little where that takes equal values and
        // these are not.
        let mut most = [0.0; MOST_STEPS];
        let mut rest = 0.0;
        for (step, most) in self.steps.iter().zip(&mut most) {
            *most = match step.place {
                Some(place) if a.id(place) == NULL_ID || b.id(place) == NULL_ID => UNKNOWN,
                Some(place) if a.id(place) != b.id(place) => step.unequal.map_or(step.gain, |(_, most)| most),
                None if !step.comparator.is_known(left, right) => UNKNOWN,
                _ => step.gain,
            };
            rest += if most.is_infinite() { 0.0 } else { *most };
        }
        // By comparison: its level, and the adjustment as the pattern holds it.
        let mut outcomes = [(Agreement::MISSING.level, NO_ADJUSTMENT); MOST_STEPS];
        let (mut matched, mut household, mut personal) = (self.prior, self.prior, 0.0);
        for (step, most) in self.steps.iter().zip(most) {
            if most.is_infinite() {
                continue;
            }
            if matched.max(household) + rest < self.floor {
                return None;
            }
            rest -= most;
            let agreement = match (step.place, step.unequal) {
                (Some(place), Some((level, _))) if a.id(place) != b.id(place) => Agreement::level(level),
                (Some(place), _) => step.comparator.compare_ids(a.id(place), b.id(place)),
                (None, _) => step.comparator.compare(left, right),
            };
            let adjusted = step.trained.term_frequency && agreement.frequency > 0.0;
            let half_bits = if adjusted { half_bits(adjustment(step.trained, agreement)) } else { NO_ADJUSTMENT };
            outcomes[step.at] = (agreement.level, half_bits);
            let given = step.given.map_or(0, |given| usize::from(outcomes[given].0));
            let (m, h) = step.table[given * step.levels + usize::from(agreement.level)];
            let frequency = if step.trained.term_frequency { bits(half_bits) } else { 0.0 };
            matched += m + frequency;
            household += h + frequency;
            personal += if step.trained.household { 0.0 } else { h + frequency };
        }
        if matched.max(household) < self.floor {
            return None;
        }
        let mut pattern = 0;
        for step in &self.steps {
            let (level, half_bits) = outcomes[step.at];
            self.layout.put_half_bits(&mut pattern, step.at, level, half_bits);
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
pub(crate) fn pattern(described: &[Described<'_>], layout: &Layout, trained: &TrainedModel, (left, right): (u32, u32)) -> Pattern {
    let mut pattern = 0;
    for (at, (described, comparison)) in described.iter().zip(&trained.comparisons).enumerate() {
        let agreement = described.comparator.compare(left, right);
        layout.put(&mut pattern, at, agreement.level, adjustment(comparison, agreement));
    }
    pattern
}
