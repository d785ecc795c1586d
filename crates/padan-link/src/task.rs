//! One linkage task: left rows against reference rows, or rows among themselves.
//!
//! Against a reference that holds each entity once, the candidates of a row compete: exactly one of them is its match, or none is. The
//! probability of candidate j is A_j / (C + Σ A + Σ B), where A weighs *match*, B *another member of that household*, and C *not in the
//! reference at all*. Two namesakes of one village thus get half each, which no pairwise probability says.

use rayon::prelude::*;

use crate::block::{Index, Scratch};
use crate::compare::{Comparator, prepare};
use crate::context;
use crate::hash::mix;
use crate::learn::{self, Described};
use crate::model::{ComparisonKind, Model};
use crate::pattern::{Layout, Pattern};
use crate::records::{NULL_ID, Records};
use crate::score::{Bounded, Candidate, Scorer, lend_to_households, pattern};
use crate::trained::{TrainedModel, Weights};
use crate::{LinkError, hash};

/// Left rows that learning looks at.
const TRAINING_ROWS: usize = 6_000;
/// A candidate with these odds in bits settles its row: no later rule is asked, since no other candidate could win it. Half as many must
/// stand between it and another member of its household.
const SETTLED_BITS: f64 = 20.0;
/// Candidates kept a row.
const KEEP: usize = 24;

/// The reference side, prepared once for any number of tasks: comparisons with their frequencies, and blocks.
pub struct Reference<'a> {
    records: &'a Records,
    model: &'a Model,
    rows: &'a [u32],
    comparators: Vec<(usize, Box<dyn Comparator + 'a>)>,
    index: Index<'a>,
    layout: Layout,
}

impl<'a> Reference<'a> {
    /// Prepares `rows` of `records` under `model`; how common a value is is counted over `population`, the rows themselves or a larger
    /// register.
    ///
    /// # Errors
    /// A model whose columns the records lack altogether, that needs more bits than a pattern has, or with a wrong key expression.
    pub fn new(records: &'a Records, model: &'a Model, rows: &'a [u32], population: &[u32]) -> Result<Self, LinkError> {
        let comparators: Vec<(usize, Box<dyn Comparator + 'a>)> = model
            .comparisons
            .iter()
            .enumerate()
            .filter_map(|(at, comparison)| prepare(comparison, records, population).map(|comparator| (at, comparator)))
            .collect();
        if comparators.is_empty() {
            return Err(LinkError::NothingToCompare { model: model.name.clone() });
        }
        let layout = Layout::new(comparators.iter().map(|(at, _)| model.comparisons[*at].term_frequency))
            .ok_or_else(|| LinkError::Model("more comparisons than a pattern of 127 bits holds".to_owned()))?;
        let index = Index::new(&model.rules, records, rows)?;
        Ok(Self { records, model, rows, comparators, index, layout })
    }

    fn described(&self) -> Vec<Described<'_>> {
        self.comparators
            .iter()
            .map(|(at, comparator)| {
                let comparison = &self.model.comparisons[*at];
                Described {
                    name: comparison.name.clone(),
                    household: comparison.household,
                    term_frequency: comparison.term_frequency,
                    given: comparison
                        .given
                        .as_ref()
                        .and_then(|given| self.comparators.iter().position(|(other, _)| self.model.comparisons[*other].name == *given)),
                    identifier: matches!(comparison.compare, ComparisonKind::Identifier { .. }),
                    comparator: comparator.as_ref(),
                }
            })
            .collect()
    }
}

/// A linkage task over encoded records.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The reference rows and how they are compared.
    pub reference: &'a Reference<'a>,
    /// Rows to link; in a dedupe task the reference's own.
    pub left: &'a [u32],
    /// Whether rows are linked among themselves.
    pub dedupe: bool,
    /// By row: the entity of a reference row, where several rows may be one.
    pub entity: Option<&'a [u32]>,
    /// By row: rows of one value hold nobody twice, so they are never paired with each other in a dedupe task.
    pub exclusive: Option<&'a [u32]>,
    /// A trained model to use as it is; without one the task learns its own.
    pub trained: Option<&'a TrainedModel>,
    /// Whether every pair at or above the review probability is given, not only the best of each left row.
    pub every: bool,
    /// Seed of the samples.
    pub seed: u64,
}

/// A decided or reviewable pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Left row.
    pub left: u32,
    /// Reference row.
    pub right: u32,
    /// Agreement pattern; the trained model's `waterfall` reads it.
    pub pattern: Pattern,
    /// Index of the first blocking rule that made the pair.
    pub rule: u8,
    /// Match weight in bits, prior and context included.
    pub weight: f64,
    /// Match probability.
    pub probability: f64,
}

/// Reference rows that were not compared because their block was too large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The rule.
    pub rule: String,
    /// Pairs not compared.
    pub pairs: u64,
}

/// What a task found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was learned.
    pub trained: TrainedModel,
    /// Against a reference: at most one link a left row, its best, at or above the model's review probability, by left row. In a
    /// dedupe task every such pair, `right < left`.
    pub links: Vec<Link>,
    /// By left row, against a reference: the probability that any candidate is its match. Empty in a dedupe task.
    pub matched: Vec<f64>,
    /// Candidate pairs compared.
    pub pairs: u64,
    /// What blocking suppressed.
    pub suppressed: Vec<Blocked>,
}

impl Task<'_> {
    /// Blocks, compares, learns, scores and decides.
    ///
    pub fn run(&self) -> Outcome {
        let Reference { records, model, layout, index, .. } = self.reference;
        let described = self.reference.described();
        if self.left.is_empty() || self.reference.rows.is_empty() {
            let trained = TrainedModel { match_rate: 0.0, ..learn::chance(&model.name, &described, self.rules(), &[], &[], self.seed).0 };
            return Outcome {
                trained,
                links: Vec::new(),
                matched: vec![0.0; if self.dedupe { 0 } else { self.left.len() }],
                pairs: 0,
                suppressed: Vec::new(),
            };
        }
        let group = model.household_column.as_deref().and_then(|column| records.text(column)).map(|column| column.ids.as_slice());
        let mut trained = match self.trained {
            Some(trained) => TrainedModel { n_reference: self.opponents(), ..trained.clone() },
            None => self.train(&described, layout, index, group),
        };
        let scored = self.score(&described, layout, index, &trained);
        let pairs = scored.iter().map(|(_, pairs)| pairs).sum();
        let kept: Vec<Vec<Candidate>> = scored.into_iter().map(|(candidates, _)| candidates).collect();
        let suppressed = index
            .suppressed()
            .into_iter()
            .filter(|(_, pairs)| *pairs > 0)
            .map(|(at, pairs)| Blocked { rule: model.rules[at].name.clone(), pairs })
            .collect();
        let (links, matched) =
            if self.dedupe { (self.decide_pairs(&kept, &mut trained), Vec::new()) } else { self.decide_rows(kept, &mut trained, group) };
        Outcome { trained, links, matched, pairs, suppressed }
    }

    /// Learns without linking.
    pub fn learn(&self) -> TrainedModel {
        let group = self
            .reference
            .model
            .household_column
            .as_deref()
            .and_then(|column| self.reference.records.text(column))
            .map(|column| column.ids.as_slice());
        self.train(&self.reference.described(), &self.reference.layout, &self.reference.index, group)
    }

    /// Scores any two rows under `trained`.
    pub(crate) fn scorer<'s>(&'s self, trained: &'s TrainedModel) -> Scorer<'s> {
        let layout = &self.reference.layout;
        let per_pair = -(trained.n_reference.max(1) as f64).log2();
        let prior = (trained.prior_weight(), per_pair + trained.household_pair_rate().log2());
        Scorer { described: self.reference.described(), layout, trained, weights: Weights::new(trained, layout), prior }
    }

    /// The candidates of a left row with the rules that make each, one bit a rule; rules after the 128th are not told.
    pub(crate) fn rules_of(&self, left: u32, scratch: &mut Scratch) -> Vec<(u32, u128)> {
        let index = &self.reference.index;
        let mut found: Vec<(u32, u128)> = Vec::new();
        for rule in 0..index.rules().min(128) {
            let candidates = index.of_rule(rule, left, scratch).iter().filter(|right| self.pairs(left, **right));
            found.extend(candidates.map(|right| (*right, 1 << rule)));
        }
        found.sort_unstable();
        found.chunk_by(|a, b| a.0 == b.0).map(|rules| (rules[0].0, rules.iter().fold(0, |all, (_, rule)| all | rule))).collect()
    }

    /// Whether some rule brings all pairs together.
    pub(crate) fn compares_all(&self) -> bool {
        self.reference.model.rules.iter().any(|rule| rule.keys.is_empty() && rule.max_block >= self.reference.rows.len())
    }

    /// By row: the match probability of the row with a perfect copy of itself.
    pub(crate) fn self_probability(&self, trained: &TrainedModel, rows: &[u32]) -> Vec<f32> {
        let scorer = self.scorer(trained);
        let probability = |row: &u32| (1.0 / (1.0 + (-scorer.score(*row, *row).2).exp2())) as f32;
        rows.par_iter().map(probability).collect()
    }

    fn rules(&self) -> Vec<String> {
        self.reference.model.rules.iter().map(|rule| rule.name.clone()).collect()
    }

    /// Whether the task pairs these rows at all.
    fn pairs(&self, left: u32, right: u32) -> bool {
        !self.dedupe
            || (right < left && self.exclusive.is_none_or(|of| of[left as usize] == NULL_ID || of[left as usize] != of[right as usize]))
    }

    fn train(&self, described: &[Described<'_>], layout: &Layout, index: &Index<'_>, group: Option<&[u32]>) -> TrainedModel {
        let (mut trained, random) =
            learn::chance(&self.reference.model.name, described, self.rules(), self.left, self.reference.rows, self.seed);
        trained.n_reference = self.opponents();
        let sample = self.sample();
        let patterns: Vec<Vec<(u32, Pattern)>> = sample
            .par_iter()
            .map_init(Scratch::default, |scratch, left| {
                let mut patterns = Vec::new();
                for rule in 0..index.rules() {
                    let found = index.candidates(rule, *left, scratch).iter().filter(|right| self.pairs(*left, **right));
                    patterns.extend(found.map(|right| (*right, pattern(described, layout, &trained, *left, *right))));
                }
                patterns
            })
            .collect();
        // Where a left row may have several rows of one entity, these are no rivals.
        let copies = self.every && self.entity.is_some();
        let blocked = learn::Blocked::new(&patterns, group, !self.dedupe && !copies);
        learn::expectation_maximisation(&mut trained, layout, &blocked);
        for _ in 0..2 {
            random.set_chance(&mut trained, true);
            learn::expectation_maximisation(&mut trained, layout, &blocked);
        }
        if group.is_none() && learn::start_latent_household(&mut trained) {
            learn::expectation_maximisation(&mut trained, layout, &blocked);
        }
        if let Some(group) = group {
            let pairs = self.household_pairs(&sample, &patterns, &trained, layout, group);
            if pairs.len() >= 50 {
                learn::household(&mut trained, described, &pairs);
                learn::expectation_maximisation(&mut trained, layout, &blocked);
            }
        }
        trained
    }

    /// Reference rows that a left row is compared with, on average and without blocking.
    fn opponents(&self) -> usize {
        let rows = self.reference.rows.len();
        if self.dedupe { rows.div_ceil(2) } else { rows }
    }

    /// The left rows that learning looks at: those of the smallest hashes, in row order.
    pub(crate) fn sample(&self) -> Vec<u32> {
        if self.left.len() <= TRAINING_ROWS {
            return self.left.to_vec();
        }
        let mut hashed: Vec<(u64, u32)> = self.left.iter().map(|row| (mix(hash::combine(self.seed, u64::from(*row))), *row)).collect();
        hashed.select_nth_unstable(TRAINING_ROWS);
        hashed.truncate(TRAINING_ROWS);
        let mut sample: Vec<u32> = hashed.into_iter().map(|(_, row)| row).collect();
        sample.sort_unstable();
        sample
    }

    /// Pairs of a left row with the other household members of its sure match.
    fn household_pairs(
        &self,
        sample: &[u32],
        patterns: &[Vec<(u32, Pattern)>],
        trained: &TrainedModel,
        layout: &Layout,
        group: &[u32],
    ) -> Vec<(u32, u32)> {
        let weights = Weights::new(trained, layout);
        let prior = trained.prior_weight();
        let members = members_of_groups(group, self.reference.rows);
        let mut pairs = Vec::new();
        for (left, candidates) in sample.iter().zip(patterns) {
            let best = candidates
                .iter()
                .map(|(right, pattern)| (weights.of(*pattern).0 + prior, *right))
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            let Some((weight, right)) = best else { continue };
            let household = group[right as usize];
            if weight < 5.0 || household == NULL_ID {
                continue;
            }
            let start = members.partition_point(|entry| entry.0 < household);
            pairs.extend(
                members[start..]
                    .iter()
                    .take_while(|entry| entry.0 == household)
                    .map(|entry| entry.1)
                    .filter(|other| *other != right && *other != *left)
                    .take(12)
                    .map(|other| (*left, other)),
            );
        }
        pairs
    }

    /// Per left row: the candidates worth keeping, best first, and how many were compared.
    fn score(&self, described: &[Described<'_>], layout: &Layout, index: &Index<'_>, trained: &TrainedModel) -> Vec<(Vec<Candidate>, u64)> {
        let bounded = Bounded::new(described, trained, layout, (self.dedupe, self.every));
        self.left
            .par_iter()
            .map_init(Scratch::default, |scratch, left| {
                let (mut kept, mut compared) = (Vec::new(), 0);
                for rule in 0..index.rules() {
                    let mut settled = false;
                    for right in index.candidates(rule, *left, scratch).iter().filter(|right| self.pairs(*left, **right)) {
                        compared += 1;
                        let Some(candidate) = bounded.score(described, layout, trained, (*left, *right), rule as u8) else { continue };
                        let (matched, household) = (f64::from(candidate.matched), f64::from(candidate.household));
                        settled |= matched >= SETTLED_BITS && matched - household >= SETTLED_BITS / 2.0;
                        kept.push(candidate);
                    }
                    if settled && !self.dedupe {
                        break;
                    }
                }
                kept.sort_by(|a, b| b.matched.max(b.household).total_cmp(&a.matched.max(a.household)).then(a.right.cmp(&b.right)));
                if !self.dedupe {
                    kept.truncate(KEEP);
                }
                (kept, compared)
            })
            .collect()
    }

    fn decide_pairs(&self, kept: &[Vec<Candidate>], trained: &mut TrainedModel) -> Vec<Link> {
        if self.trained.is_some() && !self.every {
            self.estimate_doubles(kept, trained);
        }
        let mut links = Vec::new();
        for (left, candidates) in self.left.iter().zip(kept) {
            for candidate in candidates {
                let matched = trained.match_rate * f64::from(candidate.matched).exp2();
                // A row of a household of the usual size meets a few of its members.
                let household = trained.household_pair_rate() * f64::from(candidate.household).exp2();
                let probability = matched / (1.0 + matched + household);
                if probability >= self.reference.model.review_probability {
                    links.push(Link {
                        left: *left,
                        right: candidate.right,
                        pattern: candidate.pattern,
                        rule: candidate.rule,
                        weight: matched.log2(),
                        probability,
                    });
                }
            }
        }
        links.sort_by_key(|link| (link.left, link.right));
        links
    }

    /// Expected doubles a row under a model that was learned elsewhere: EM on that one number.
    fn estimate_doubles(&self, kept: &[Vec<Candidate>], trained: &mut TrainedModel) {
        let odds: Vec<(f64, f64)> =
            kept.iter().flatten().map(|candidate| (f64::from(candidate.matched).exp2(), f64::from(candidate.household).exp2())).collect();
        let mut rate = 0.02;
        for _ in 0..50 {
            let expected: f64 = odds.iter().map(|(matched, household)| rate * matched / (1.0 + rate * matched + household)).sum();
            rate = (expected / self.left.len().max(1) as f64).clamp(1e-6, 50.0);
        }
        trained.match_rate = rate;
    }

    fn decide_rows(&self, mut kept: Vec<Vec<Candidate>>, trained: &mut TrainedModel, group: Option<&[u32]>) -> (Vec<Link>, Vec<f64>) {
        if self.trained.is_none() {
            self.estimate_rates(&kept, trained);
        }
        if let Some(group) = group {
            if trained.household_pairs > 0 {
                kept.par_iter_mut().for_each(|candidates| lend_to_households(candidates, group));
                if self.trained.is_none() {
                    self.estimate_rates(&kept, trained);
                }
            }
            let first = self.probabilities(&kept, trained);
            self.learn_context(&kept, &first, trained, group);
            if trained.context.iter().any(|weight| *weight != 0.0) {
                self.apply_context(&mut kept, &first, trained, group);
                if self.trained.is_none() {
                    self.estimate_rates(&kept, trained);
                }
            }
        }
        let probabilities = self.probabilities(&kept, trained);
        let any = kept.iter().zip(&probabilities).map(|(candidates, probabilities)| self.any(candidates, probabilities)).collect();
        let mut links = Vec::new();
        for ((left, candidates), probabilities) in self.left.iter().zip(&kept).zip(&probabilities) {
            let best = candidates.iter().zip(probabilities).max_by(|a, b| a.1.total_cmp(b.1).then(b.0.right.cmp(&a.0.right)));
            let given = candidates.iter().zip(probabilities).filter(|(candidate, probability)| {
                let is_best = best.is_some_and(|(best, _)| best.right == candidate.right);
                (self.every || is_best) && **probability >= self.reference.model.review_probability
            });
            for (candidate, probability) in given {
                let weight = f64::from(candidate.matched) + trained.match_rate.max(1e-9).log2();
                links.push(Link {
                    left: *left,
                    right: candidate.right,
                    pattern: candidate.pattern,
                    rule: candidate.rule,
                    weight,
                    probability: *probability,
                });
            }
        }
        (links, any)
    }

    /// Probability that one of the entities is the row's match.
    fn any(&self, candidates: &[Candidate], probabilities: &[f64]) -> f64 {
        (0..candidates.len()).filter(|at| !self.repeated(candidates, *at)).map(|at| probabilities[at]).sum::<f64>().min(1.0)
    }

    /// Σ A over entities and Σ B of a row's candidates, without the rates.
    fn sums(&self, candidates: &[Candidate], household: bool) -> (f64, f64) {
        let (mut matched, mut other) = (0.0, 0.0);
        for (at, candidate) in candidates.iter().enumerate() {
            if !self.repeated(candidates, at) {
                matched += f64::from(candidate.matched).exp2();
            }
            if household {
                other += f64::from(candidate.household).exp2();
            }
        }
        (matched, other)
    }

    /// Whether a better row of the same entity stands before this candidate.
    fn repeated(&self, candidates: &[Candidate], at: usize) -> bool {
        self.entity.is_some_and(|entity| {
            let own = entity[candidates[at].right as usize];
            let weight = candidates[at].matched;
            candidates.iter().enumerate().any(|(other, candidate)| {
                other != at && entity[candidate.right as usize] == own && (candidate.matched, at) > (weight, other)
            })
        })
    }

    /// Match and household rates as the mean probabilities of the rows: EM on two numbers.
    fn estimate_rates(&self, kept: &[Vec<Candidate>], trained: &mut TrainedModel) {
        let household = trained.has_household();
        let sums: Vec<(f64, f64)> = kept.par_iter().map(|candidates| self.sums(candidates, household)).collect();
        let (mut rate, mut household_rate) = (trained.match_rate.clamp(0.05, 0.95), 0.01);
        for _ in 0..50 {
            let (mut matched, mut other) = (0.0, 0.0);
            for (a, b) in &sums {
                let total = (1.0 - rate - household_rate) + rate * a + household_rate * b;
                matched += rate * a / total;
                other += household_rate * b / total;
            }
            let n = sums.len().max(1) as f64;
            rate = (matched / n).clamp(1e-4, 0.998);
            household_rate = (other / n).clamp(1e-4, 0.999 - rate);
        }
        trained.match_rate = rate;
        trained.household_rate = household_rate;
    }

    fn probabilities(&self, kept: &[Vec<Candidate>], trained: &TrainedModel) -> Vec<Vec<f64>> {
        let household = trained.has_household();
        let (rate, household_rate) = (trained.match_rate, if household { trained.household_rate } else { 0.0 });
        kept.par_iter()
            .map(|candidates| {
                let (matched, other) = self.sums(candidates, household);
                let total = (1.0 - rate - household_rate).max(1e-4) + rate * matched + household_rate * other;
                candidates.iter().map(|candidate| rate * f64::from(candidate.matched).exp2() / total).collect()
            })
            .collect()
    }

    fn matches<'g>(&self, kept: &[Vec<Candidate>], probabilities: &[Vec<f64>], group: &'g [u32]) -> context::Matches<'g> {
        let found = kept
            .iter()
            .zip(probabilities)
            .map(|(candidates, probabilities)| {
                candidates.iter().zip(probabilities).filter(|(_, p)| **p >= 0.3).map(|(candidate, p)| (candidate.right, *p)).collect()
            })
            .collect();
        context::Matches::new(group, self.left, found)
    }

    fn learn_context(&self, kept: &[Vec<Candidate>], probabilities: &[Vec<f64>], trained: &mut TrainedModel, group: &[u32]) {
        if self.trained.is_some() {
            return;
        }
        let matches = self.matches(kept, probabilities, group);
        let (mut matched, mut chance) = ([0.0; 4], [0.0; 4]);
        for ((left, candidates), probabilities) in self.left.iter().zip(kept).zip(probabilities) {
            let sure =
                candidates.iter().zip(probabilities).find(|(_, p)| **p >= 0.95).map(|(candidate, _)| group[candidate.right as usize]);
            for (candidate, probability) in candidates.iter().zip(probabilities) {
                if *probability >= 0.95 {
                    matched[matches.level(*left, candidate.right)] += 1.0;
                } else if *probability <= 0.02 && sure.is_some_and(|sure| sure != group[candidate.right as usize]) {
                    chance[matches.level(*left, candidate.right)] += 1.0;
                }
            }
        }
        trained.context = context::weights(matched, chance);
    }

    fn apply_context(&self, kept: &mut [Vec<Candidate>], probabilities: &[Vec<f64>], trained: &TrainedModel, group: &[u32]) {
        let matches = self.matches(kept, probabilities, group);
        let layout = trained.layout();
        let family_numbers: Vec<usize> = trained
            .comparisons
            .iter()
            .enumerate()
            .filter(|(_, comparison)| comparison.household && comparison.levels.iter().any(|level| level == "one edit"))
            .map(|(at, _)| at)
            .collect();
        kept.par_iter_mut().zip(self.left).for_each(|(candidates, left)| {
            for candidate in candidates.iter_mut() {
                let known = layout.as_ref().is_some_and(|layout| family_numbers.iter().any(|at| layout.get(candidate.pattern, *at).0 >= 4));
                let level = matches.level(*left, candidate.right);
                if level != context::MISSING && !known {
                    candidate.matched += trained.context[level] as f32;
                    candidate.household += trained.context[level] as f32;
                }
            }
        });
    }
}

/// (group, row) of the rows that have a group, sorted.
fn members_of_groups(group: &[u32], rows: &[u32]) -> Vec<(u32, u32)> {
    let mut members: Vec<(u32, u32)> = rows.iter().map(|row| (group[*row as usize], *row)).filter(|(group, _)| *group != NULL_ID).collect();
    members.sort_unstable();
    members
}
