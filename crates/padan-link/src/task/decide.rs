//! From scored candidates to links: rates, families, turns, and the probability that one candidate is the row's match.
//!
//! What the candidates of a row say of each other comes in this order: numbers lent within a household, the other members of both families,
//! who of a family is left over (`families`), and last that a list seldom holds one person twice. The rates are estimated again after each,
//! since all of them move the odds.

use std::hash::BuildHasherDefault;
use std::ops::Range;

use rayon::prelude::*;

use super::kept::Piece;
use super::{Link, Task};
use crate::ablation::Part;
use crate::context::{self, Likely};
use crate::hash::FixedMap;
use crate::score::{Candidate, lend_to_households};
use crate::trained::TrainedModel;

/// A row holds its match from this probability on, as far as counting who is there twice goes.
const SURE: f64 = 0.95;

/// Pieces that one thread sums in one go.
const SUMMED: usize = 32;
/// Rates that move by less have settled.
const SETTLED: f64 = 1e-9;
/// Where rates are estimated, more bits than these say no more.
const MOST_BITS: f32 = 100.0;

/// What is expected of a row before its candidates are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    /// That it has a match.
    matched: f64,
    /// Members of its household, its match aside.
    household: f64,
}

impl Rates {
    pub(super) fn of(trained: &TrainedModel) -> Self {
        Self { matched: trained.match_rate, household: if trained.has_household() { trained.household_rate } else { 0.0 } }
    }

    /// A candidate's odds to be the match, and the probability that it is a member of the household if it is not; of odds against chance.
    /// Of the other candidates the match says only that they are none: of a household that a person has left all may be among them.
    pub(super) fn odds(self, matched: f64, household: f64) -> (f64, f64) {
        let household = self.household * household;
        (self.matched * matched / (1.0 + household), household / (1.0 + household))
    }

    /// The bits of a candidate, whom no household explains, with these odds against nobody.
    pub(super) fn bits(self, odds: f64) -> f64 {
        (odds * self.nobody() / self.matched.max(1e-9)).log2()
    }

    /// Odds that no candidate is the match.
    pub(super) fn nobody(self) -> f64 {
        (1.0 - self.matched).max(1e-4)
    }
}

impl Task<'_> {
    pub(super) fn decide_pairs(&self, kept: &[Piece], trained: &mut TrainedModel) -> Vec<Link> {
        if self.trained.is_some() && !self.every {
            self.estimate_doubles(kept, trained);
        }
        let link = |left: u32, candidate: &Candidate| {
            let matched = trained.match_rate * f64::from(candidate.matched).exp2();
            // A row of a household of the usual size meets a few of its members.
            let household = trained.household_pair_rate() * f64::from(candidate.household).exp2();
            let probability = matched / (1.0 + matched + household);
            let Candidate { right, pattern, rule, .. } = *candidate;
            let link = || Link { left, right, pattern, rule, weight: matched.log2(), probability };
            (probability >= self.reference.model.review_probability).then(link)
        };
        let of_row = |piece: &Piece, (place, range): (usize, Range<usize>)| -> Vec<Link> {
            piece.candidates[range].iter().filter_map(|candidate| link(self.left[place], candidate)).collect()
        };
        let of_piece = |piece: &Piece| piece.ranges().flat_map(|row| of_row(piece, row)).collect::<Vec<Link>>();
        let of_pieces: Vec<Vec<Link>> = kept.par_iter().map(of_piece).collect();
        let mut links = of_pieces.concat();
        links.par_sort_by_key(|link| (link.left, link.right));
        links
    }

    /// Expected doubles a row under a model that was learned elsewhere: EM on that one number.
    fn estimate_doubles(&self, kept: &[Piece], trained: &mut TrainedModel) {
        let odds: Vec<(f64, f64)> = kept
            .iter()
            .flat_map(|piece| &piece.candidates)
            .map(|candidate| (f64::from(candidate.matched).exp2(), f64::from(candidate.household).exp2()))
            .collect();
        trained.match_rate = settled_rate(&odds, 0.02, self.left.len() as f64);
    }

    pub(super) fn decide_rows(&self, mut kept: Vec<Piece>, trained: &mut TrainedModel, group: Option<&[u32]>) -> (Vec<Link>, Vec<f64>) {
        if self.estimates_rates() {
            self.estimate_rates(&kept, trained);
        }
        if let Some(group) = group {
            if trained.household_pairs > 0 && self.reference.model.has(Part::LentNumbers) {
                kept.par_iter_mut().for_each(|piece| piece.change(|_, _, candidates| lend_to_households(candidates, group)));
                if self.estimates_rates() {
                    self.estimate_rates(&kept, trained);
                }
            }
            let first = self.probabilities(&kept, trained);
            let matches = self.matches(&kept, &first, group);
            self.learn_context(&kept, &first, trained, &matches);
            if trained.context.iter().any(|weight| *weight != 0.0) {
                apply_context(&mut kept, trained, &matches);
                if self.estimates_rates() {
                    self.estimate_rates(&kept, trained);
                }
            }
            if self.reference.model.has(Part::GroupEvidence) {
                self.look_in_families(&mut kept, trained, group);
                if self.estimates_rates() {
                    self.estimate_rates(&kept, trained);
                }
            }
        }
        if !self.every && self.reference.model.has(Part::OneToOne) {
            self.take_turns(&mut kept, trained);
            if self.estimates_rates() {
                self.estimate_rates(&kept, trained);
            }
        }
        let probabilities = self.probabilities(&kept, trained);
        let of_row = |left: u32, candidates: &[Candidate], probabilities: &[f64], links: &mut Vec<Link>| {
            let best = candidates.iter().zip(probabilities).max_by(|a, b| a.1.total_cmp(b.1).then(b.0.right.cmp(&a.0.right)));
            let best = best.map(|(candidate, _)| candidate.right);
            let link = |candidate: &Candidate, probability: f64| Link {
                left,
                right: candidate.right,
                pattern: candidate.pattern,
                rule: candidate.rule,
                weight: f64::from(candidate.matched) + trained.match_rate.max(1e-9).log2(),
                probability,
            };
            let given = candidates.iter().zip(probabilities).filter(|(candidate, probability)| {
                (self.every || best == Some(candidate.right)) && **probability >= self.reference.model.review_probability
            });
            links.extend(given.map(|(candidate, probability)| link(candidate, *probability)));
            self.any(candidates, probabilities)
        };
        let of_piece = |(piece, probabilities): (&Piece, &Vec<f64>)| {
            let (mut links, mut any) = (Vec::new(), Vec::new());
            for (place, range) in piece.ranges() {
                any.push(of_row(self.left[place], &piece.candidates[range.clone()], &probabilities[range], &mut links));
            }
            (links, any)
        };
        let (links, any): (Vec<Vec<Link>>, Vec<Vec<f64>>) = kept.par_iter().zip(&probabilities).map(of_piece).unzip();
        drop((kept, probabilities));
        (links.concat(), any.concat())
    }

    /// A list seldom holds somebody twice: an entity that another row has already is a less likely match, and the rest are likelier. How
    /// often the list does is counted over its sure rows.
    fn take_turns(&self, kept: &mut [Piece], trained: &TrainedModel) {
        let probabilities = self.probabilities(kept, trained);
        let mut taken: FixedMap<u32, (f64, u32)> = FixedMap::with_capacity_and_hasher(self.left.len(), BuildHasherDefault::default());
        let mut sure_rows = 0_u32;
        let claimed = self.rest.map_or(&[][..], |rest| rest.claimed);
        for (right, claimed) in (0_u32..).zip(claimed).filter(|(_, claimed)| **claimed >= 0.01) {
            let sure = u32::from(f64::from(*claimed) >= SURE);
            let of_entity = taken.entry(self.entity_of(right)).or_default();
            of_entity.0 += f64::from(*claimed);
            of_entity.1 += sure;
            sure_rows += sure;
        }
        let rows = kept
            .iter()
            .zip(&probabilities)
            .flat_map(|(piece, of_piece)| piece.ranges().map(|(_, range)| (&piece.candidates[range.clone()], &of_piece[range])));
        for (candidates, probabilities) in rows {
            for (at, (candidate, probability)) in candidates.iter().zip(probabilities).enumerate() {
                if *probability < 0.01 || self.repeated(candidates, |at| probabilities[at], at) {
                    continue;
                }
                let sure = u32::from(*probability >= SURE);
                let of_entity = taken.entry(self.entity_of(candidate.right)).or_default();
                of_entity.0 += probability;
                of_entity.1 += sure;
                sure_rows += sure;
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "sums of integers, and of doubles rounded to integers, have no order")]
        let (entities, sure_entities) = {
            let (mut entities, mut sure) = (0_u64, 0_u32);
            for (sum, rows) in taken.values() {
                entities += (sum.min(1.0) * 1e6) as u64;
                sure += (*rows).min(1);
            }
            (entities as f64 / 1e6, sure)
        };
        let twice = (f64::from(sure_rows - sure_entities) + 0.5) / (f64::from(sure_rows) + 1.0);
        let reference = self.opponents().max(1) as f64;
        let free = (1.0 - twice) * reference / (reference - entities).max(0.02 * reference);
        let again = (twice * reference / entities.max(1.0)).min(free);
        kept.par_iter_mut().zip(&probabilities).for_each(|(piece, probabilities)| {
            let mut own: Vec<(u32, f64)> = Vec::new();
            piece.change(|_, range, candidates| {
                own.clear();
                own.extend(candidates.iter().map(|of| self.entity_of(of.right)).zip(probabilities[range].iter().copied()));
                for (at, candidate) in candidates.iter_mut().enumerate() {
                    let entity = own[at].0;
                    let of_row = own.iter().filter(|(other, _)| *other == entity).map(|(_, probability)| *probability).fold(0.0, f64::max);
                    let others = taken.get(&entity).map_or(0.0, |(sum, _)| (sum - of_row).clamp(0.0, 1.0));
                    candidate.matched += (others * again + (1.0 - others) * free).max(1e-4).log2() as f32;
                }
            });
        });
    }

    /// Probability that one of the entities is the row's match.
    pub(super) fn any(&self, candidates: &[Candidate], probabilities: &[f64]) -> f64 {
        self.sum_of_entities(candidates, |at| probabilities[at]).min(1.0)
    }

    /// Sum over the entities of a row's candidates, each by its best row.
    fn sum_of_entities(&self, candidates: &[Candidate], weight: impl Fn(usize) -> f64) -> f64 {
        (0..candidates.len()).filter(|at| !self.repeated(candidates, &weight, *at)).map(&weight).sum()
    }

    pub(super) fn entity_of(&self, right: u32) -> u32 {
        self.entity.map_or(right, |entity| entity[right as usize])
    }

    /// Whether another candidate is the same entity's and weighs more, or as much and stands before.
    fn repeated(&self, candidates: &[Candidate], weight: impl Fn(usize) -> f64, at: usize) -> bool {
        self.entity.is_some_and(|entity| {
            let own = entity[candidates[at].right as usize];
            let mut same = (0..candidates.len()).filter(|other| *other != at && entity[candidates[*other].right as usize] == own);
            same.any(|other| (weight(other), at) > (weight(at), other))
        })
    }

    /// Whether the rates are those of the left rows, not the trained model's.
    fn estimates_rates(&self) -> bool {
        self.trained.is_none() || self.rest.is_some()
    }

    /// Match rate, and household members a row among the candidates that were kept, as means over the rows: EM on two numbers.
    fn estimate_rates(&self, kept: &[Piece], trained: &mut TrainedModel) {
        // By candidate, odds against chance without the rates; a further row of an entity counts for nothing.
        let of_piece = |piece: &Piece| {
            let mut of_piece: Vec<(f32, f32)> = Vec::with_capacity(piece.candidates.len());
            for candidates in piece.rows() {
                let odds = |bits: f32| bits.min(MOST_BITS).exp2();
                let weight = |at: usize| f64::from(candidates[at].matched);
                of_piece.extend(candidates.iter().enumerate().map(|(at, of)| {
                    if self.repeated(candidates, weight, at) { (0.0, 0.0) } else { (odds(of.matched), odds(of.household)) }
                }));
            }
            of_piece
        };
        let odds: Vec<Vec<(f32, f32)>> = kept.par_iter().map(of_piece).collect();
        let n = self.left.len().max(1) as f64;
        let has_household = trained.has_household();
        let mut rates = Rates { matched: trained.match_rate.clamp(0.05, 0.95), household: if has_household { 0.5 } else { 0.0 } };
        for _ in 0..50 {
            let of_piece = |(piece, odds): (&Piece, &Vec<(f32, f32)>)| {
                let (mut matched, mut household) = (0.0, 0.0);
                let mut of_row: Vec<(f64, f64)> = Vec::new();
                for (_, range) in piece.ranges() {
                    of_row.clear();
                    of_row.extend(odds[range].iter().map(|(a, b)| rates.odds(f64::from(*a), f64::from(*b))));
                    let total = rates.nobody() + of_row.iter().map(|(a, _)| a).sum::<f64>();
                    for (of_match, of_household) in &of_row {
                        matched += of_match / total;
                        household += of_household * (1.0 - of_match / total);
                    }
                }
                (matched, household)
            };
            // Pieces are added up in order: a sum of floats depends on it.
            let of_pieces: Vec<(f64, f64)> = kept.par_iter().zip(&odds).with_min_len(SUMMED).map(of_piece).collect();
            let (matched, household) = of_pieces.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
            let before = rates;
            rates.matched = (matched / n).clamp(1e-4, 0.998);
            if has_household {
                rates.household = (household / n).clamp(1e-4, 50.0);
            }
            if (rates.matched - before.matched).abs() + (rates.household - before.household).abs() < SETTLED {
                break;
            }
        }
        trained.match_rate = rates.matched;
        if has_household {
            trained.household_rate = rates.household;
        }
    }

    /// By piece and candidate.
    pub(super) fn probabilities(&self, kept: &[Piece], trained: &TrainedModel) -> Vec<Vec<f64>> {
        let rates = Rates::of(trained);
        let of_piece = |piece: &Piece| {
            let mut probabilities = Vec::with_capacity(piece.candidates.len());
            for candidates in piece.rows() {
                let first = probabilities.len();
                let odds = |bits: f32| f64::from(bits).exp2();
                probabilities.extend(candidates.iter().map(|of| rates.odds(odds(of.matched), odds(of.household)).0));
                let total = rates.nobody() + self.sum_of_entities(candidates, |at| probabilities[first + at]);
                probabilities[first..].iter_mut().for_each(|odds| *odds /= total);
            }
            probabilities
        };
        kept.par_iter().map(of_piece).collect()
    }

    pub(super) fn matches<'g>(&'g self, kept: &[Piece], probabilities: &[Vec<f64>], group: &'g [u32]) -> context::Matches<'g> {
        let mut found = context::Found::default();
        for (piece, probabilities) in kept.iter().zip(probabilities) {
            for (_, range) in piece.ranges() {
                let likely = piece.candidates[range.clone()].iter().zip(&probabilities[range]).filter(|(_, p)| **p >= 0.3);
                found.push(likely.map(|(candidate, p)| Likely { right: candidate.right, rule: candidate.rule, probability: *p }));
            }
        }
        context::Matches::new(group, self.left, found)
    }

    fn learn_context(&self, kept: &[Piece], probabilities: &[Vec<f64>], trained: &mut TrainedModel, matches: &context::Matches<'_>) {
        if self.trained.is_some() || !self.reference.model.has(Part::GroupEvidence) {
            return;
        }
        // By level: sure matches, and sure strangers.
        let of_row = |counts: &mut [[u64; 4]; 2], place: usize, candidates: &[Candidate], probabilities: &[f64]| {
            let sure =
                candidates.iter().zip(probabilities).find(|(_, p)| **p >= SURE).map(|(candidate, _)| matches.group_of(candidate.right));
            for (candidate, probability) in candidates.iter().zip(probabilities) {
                if *probability >= SURE {
                    counts[0][matches.level(place, candidate.right)] += 1;
                } else if *probability <= 0.02 && sure.is_some_and(|sure| sure != matches.group_of(candidate.right)) {
                    counts[1][matches.level(place, candidate.right)] += 1;
                }
            }
        };
        let of_piece = |mut counts: [[u64; 4]; 2], (piece, probabilities): (&Piece, &Vec<f64>)| {
            for (place, range) in piece.ranges() {
                of_row(&mut counts, place, &piece.candidates[range.clone()], &probabilities[range]);
            }
            counts
        };
        let sum = |a: [[u64; 4]; 2], b: [[u64; 4]; 2]| std::array::from_fn(|of| std::array::from_fn(|level| a[of][level] + b[of][level]));
        let [matched, chance]: [[u64; 4]; 2] =
            kept.par_iter().zip(probabilities).fold(Default::default, of_piece).reduce(Default::default, sum);
        trained.context = context::weights(matched.map(|count| count as f64), chance.map(|count| count as f64));
    }
}

/// Matches per one of `of` at which pairs with these odds of match and household against chance are as many as expected, from `start` on:
/// EM on that one number.
pub(crate) fn settled_rate(odds: &[(f64, f64)], start: f64, of: f64) -> f64 {
    let mut rate = start;
    for _ in 0..50 {
        let expected: f64 = odds.iter().map(|(matched, household)| rate * matched / (1.0 + rate * matched + household)).sum();
        let before = rate;
        rate = (expected / of.max(1.0)).clamp(1e-6, 50.0);
        if (rate - before).abs() < SETTLED {
            break;
        }
    }
    rate
}

/// Adds to each candidate what the other members of both families say.
fn apply_context(kept: &mut [Piece], trained: &TrainedModel, matches: &context::Matches<'_>) {
    let layout = trained.layout();
    let family_numbers: Vec<usize> = trained
        .comparisons
        .iter()
        .enumerate()
        .filter(|(_, comparison)| comparison.household && comparison.levels.iter().any(|level| level == "one edit"))
        .map(|(at, _)| at)
        .collect();
    let of_row = |place: usize, candidates: &mut [Candidate]| {
        for candidate in candidates {
            let known = layout.as_ref().is_some_and(|layout| family_numbers.iter().any(|at| layout.get(candidate.pattern, *at).0 >= 4));
            let level = matches.level(place, candidate.right);
            if level != context::MISSING && !known {
                candidate.matched += trained.context[level] as f32;
                candidate.household += trained.context[level] as f32;
            }
        }
    };
    kept.par_iter_mut().for_each(|piece| piece.change(|place, _, candidates| of_row(place, candidates)));
}
