//! u: how two rows that are not one person agree, from random pairs.
//!
//! Pairs are drawn until every level that chance shows at all has been seen often enough, or a limit is reached: the *stop rule*. Kept are
//! the counts of whole level patterns, so that u can be taken again once m is known, each pattern counting by the probability that it
//! is no match: in a small list of many doubles a random pair is one too often to be overlooked. Where equality has a closed form
//! (Σ n_left(v)·n_right(v)), that replaces the sampled share of the topmost level.

use rayon::prelude::*;

use super::Described;
use crate::compare::{Comparator, compare_all};
use crate::hash::{combine, mix};
use crate::records::NULL_ID;
use crate::trained::TrainedModel;

/// Pairs of one round of sampling.
const ROUND: u64 = 250_000;
/// Rounds at most.
const ROUNDS: u64 = 2;
/// A level counts as known from this many pairs.
const ENOUGH: u64 = 60;
/// Pairs of a level from which its frequency is their harmonic mean. A mean of few is noisy, by half a bit; the share of the level, which
/// stands for it otherwise, is bits too low where chance seldom shows the level even on equal values.
const LEAST_FREQUENCIES: u64 = 8;
/// Pairs counted in one go; the chunks' sums merge in order.
const CHUNK: u64 = 20_000;
/// Of an identifier nearly all equal pairs are matches or one household's: what is left by chance is a number typed for a stranger,
/// taken as at least one in fifty of them.
const CLERICAL: f64 = 1.0 / 50.0;

/// A packed pattern of levels, four bits a comparison, without frequencies.
type Levels = u128;

/// (levels, pairs), sorted, and by comparison and level: Σ 1/frequency.
type Counted = (Vec<(Levels, u64)>, Vec<Vec<f64>>);

/// Random pairs, counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct RandomPairs {
    /// (levels, pairs), sorted.
    counts: Vec<(Levels, u64)>,
    /// By comparison and level: Σ 1/frequency of the agreeing values.
    inverse_frequency: Vec<Vec<f64>>,
    /// By comparison: the exact chance of the topmost level, where it has a closed form.
    exact: Vec<Option<f64>>,
    /// By comparison: whether it compares identifiers.
    identifier: Vec<bool>,
    /// By comparison that another is given: the counts of pairs that have its value in common, where values are known by their ids.
    sharing: Vec<Vec<(Levels, u64)>>,
    /// Pairs drawn.
    pub(crate) pairs: u64,
}

fn level_of(levels: Levels, comparison: usize) -> usize {
    (levels >> (4 * comparison) & 15) as usize
}

/// Pairs that have the value of a comparison in common which another is given.
const SHARING: u64 = 20_000;

/// Right rows that these are drawn from: some of a long table, whose rows would have to be sorted for every list.
const SHARED_ROWS: usize = 200_000;

/// Pairs of a left and a right row of one value, a right row of each drawn left one.
fn sharing(ids: &[u32], left: &[u32], right: &[u32], seed: u64) -> Vec<(u32, u32)> {
    let most = (u64::MAX as f64 * (SHARED_ROWS as f64 / right.len() as f64).min(1.0)) as u64;
    let is_drawn = |place: usize| mix(combine(!seed, place as u64)) <= most;
    let some = right.par_iter().enumerate().filter(|(place, _)| is_drawn(*place));
    let mut of_values: Vec<(u32, u32)> = some.map(|(_, row)| (ids[*row as usize], *row)).filter(|(id, _)| *id != NULL_ID).collect();
    of_values.par_sort_unstable();
    let draw = |at: u64| {
        let draw = mix(combine(seed, at));
        let l = left[((draw >> 32) as usize * left.len()) >> 32];
        let id = ids[l as usize];
        let start = of_values.partition_point(|(of, _)| *of < id);
        let len = of_values[start..].partition_point(|(of, _)| *of == id);
        let r = of_values.get(start + (((draw & 0xFFFF_FFFF) as usize * len) >> 32)).filter(|_| len > 0 && id != NULL_ID)?;
        Some((l, r.1)).filter(|(l, r)| l != r)
    };
    (0..SHARING).into_par_iter().filter_map(draw).collect()
}

/// The patterns of pairs with their counts; `found` is told comparison, level and frequency where there is one.
fn levels_of(comparators: &[&dyn Comparator], pairs: &[(u32, u32)], mut found: impl FnMut(usize, usize, f64)) -> Vec<(Levels, u64)> {
    let mut levels: Vec<Levels> = vec![0; pairs.len()];
    for (place, comparator) in comparators.iter().enumerate() {
        compare_all(*comparator, pairs, |at, agreement| {
            levels[at] |= Levels::from(agreement.level) << (4 * place);
            if agreement.frequency > 0.0 {
                found(place, usize::from(agreement.level), f64::from(agreement.frequency));
            }
        });
    }
    levels.sort_unstable();
    levels.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
}

/// Counts of patterns, those of one pattern added up.
fn merged(mut counts: Vec<(Levels, u64)>) -> Vec<(Levels, u64)> {
    counts.par_sort_unstable();
    counts.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|(_, count)| count).sum())).collect()
}

impl RandomPairs {
    /// Draws pairs of a left and a right row, never of a row with itself.
    pub(crate) fn draw(described: &[Described<'_>], left: &[u32], right: &[u32], seed: u64) -> Self {
        let comparators: Vec<&dyn Comparator> = described.iter().map(|described| described.comparator).collect();
        let sizes: Vec<usize> = comparators.iter().map(|comparator| comparator.levels().len()).collect();
        let mut drawn = Self {
            counts: Vec::new(),
            inverse_frequency: sizes.iter().map(|levels| vec![0.0; *levels]).collect(),
            exact: comparators.par_iter().map(|comparator| comparator.exact_chance(left, right)).collect(),
            identifier: described.iter().map(|described| described.identifier).collect(),
            sharing: vec![Vec::new(); sizes.len()],
            pairs: 0,
        };
        if left.is_empty() || right.is_empty() {
            return drawn;
        }
        // More draws than there are pairs say nothing new.
        let space = (left.len() as u64).saturating_mul(right.len() as u64).saturating_mul(2);
        for round in 0..ROUNDS {
            let from = round * ROUND;
            let to = ((round + 1) * ROUND).min(space.max(50_000));
            if from >= to {
                break;
            }
            drawn.round(&comparators, left, right, seed, from..to);
            if drawn.suffices(&sizes) {
                break;
            }
        }
        for given in 0..comparators.len() {
            if let Some(ids) = comparators[given].ids().filter(|_| described.iter().any(|described| described.given == Some(given))) {
                let pairs = sharing(ids, left, right, combine(seed, given as u64));
                let chunks = pairs.par_chunks(CHUNK as usize).map(|pairs| levels_of(&comparators, pairs, |_, _, _| {}));
                drawn.sharing[given] = merged(chunks.collect::<Vec<_>>().concat());
            }
        }
        drawn
    }

    fn round(&mut self, comparators: &[&dyn Comparator], left: &[u32], right: &[u32], seed: u64, range: std::ops::Range<u64>) {
        let chunks: Vec<Counted> = (range.start / CHUNK..range.end.div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                // The right rows in order, each stretch of them as often as the others, so that their values are read in order too.
                let draw = |at: u64| {
                    let draw = mix(combine(seed, at));
                    let stretch = u128::from(at - range.start) << 32 | u128::from(draw & 0xFFFF_FFFF);
                    let r = (stretch * right.len() as u128 / u128::from(range.end - range.start)) >> 32;
                    (left[((draw >> 32) as usize * left.len()) >> 32], right[r as usize])
                };
                let of_chunk = (chunk * CHUNK).max(range.start)..((chunk + 1) * CHUNK).min(range.end);
                let pairs: Vec<(u32, u32)> = of_chunk.map(draw).filter(|(l, r)| l != r).collect();
                let mut inverse: Vec<Vec<f64>> = self.inverse_frequency.iter().map(|of| vec![0.0; of.len()]).collect();
                let levels = levels_of(comparators, &pairs, |place, level, frequency| inverse[place][level] += 1.0 / frequency);
                (levels, inverse)
            })
            .collect();
        let mut all: Vec<(Levels, u64)> = std::mem::take(&mut self.counts);
        // Chunks merge in order: a float sum depends on it.
        for (levels, inverse) in chunks {
            self.pairs += levels.iter().map(|(_, count)| count).sum::<u64>();
            all.extend(levels);
            for (sum, of) in self.inverse_frequency.iter_mut().zip(inverse) {
                for (sum, value) in sum.iter_mut().zip(of) {
                    *sum += value;
                }
            }
        }
        self.counts = merged(all);
    }

    /// Whether every level seen at all was seen often enough; the topmost is exact where it has a closed form.
    fn suffices(&self, sizes: &[usize]) -> bool {
        sizes.iter().enumerate().all(|(at, size)| {
            let mut seen = vec![0; *size];
            for (levels, count) in &self.counts {
                seen[level_of(*levels, at)] += count;
            }
            let last = if self.exact[at].is_some() { size - 1 } else { *size };
            seen[1..last].iter().all(|count| *count == 0 || *count >= ENOUGH)
        })
    }

    /// Counts of each comparison's levels, every pattern weighed by `weight`.
    fn marginals(&self, sizes: &[usize], weight: impl Fn(Levels) -> f64) -> Vec<Vec<f64>> {
        let mut sums: Vec<Vec<f64>> = sizes.iter().map(|size| vec![0.0; *size]).collect();
        for (levels, count) in &self.counts {
            let weighed = *count as f64 * weight(*levels);
            for (at, sums) in sums.iter_mut().enumerate() {
                sums[level_of(*levels, at)] += weighed;
            }
        }
        sums
    }

    /// Sets u and the reference frequencies of `model`. With `known`, m and the match rate of the model weigh the matches among the random
    /// pairs out.
    pub(crate) fn set_chance(&self, model: &mut TrainedModel, known: bool) {
        let sizes: Vec<usize> = model.comparisons.iter().map(|comparison| comparison.levels.len()).collect();
        let prior = model.match_rate / model.n_reference.max(1) as f64;
        // By comparison, level of the one that it is given, and its own.
        let weights: Vec<Vec<Vec<f64>>> = model
            .comparisons
            .iter()
            .map(|comparison| {
                let given = comparison.interaction.as_ref().map_or(1, |interaction| interaction.m.len());
                (0..given).map(|given| (0..comparison.levels.len()).map(|level| comparison.bits(level, given).0).collect()).collect()
            })
            .collect();
        let given: Vec<Option<usize>> =
            model.comparisons.iter().map(|comparison| comparison.interaction.as_ref().map(|interaction| interaction.given)).collect();
        let chance_of = |levels: Levels| {
            if !known {
                return 1.0;
            }
            let of_given = |at: usize| given[at].map_or(0, |given| level_of(levels, given));
            let bits: f64 = weights.iter().enumerate().map(|(at, weights)| weights[of_given(at)][level_of(levels, at)]).sum();
            1.0 / (1.0 + prior * bits.exp2())
        };
        let marginals = self.marginals(&sizes, chance_of);
        for (at, (comparison, counts)) in model.comparisons.iter_mut().zip(&marginals).enumerate() {
            let top = sizes[at] - 1;
            let total: f64 = counts[1..].iter().sum();
            // Half a count each, so that no level is impossible.
            let mut u: Vec<f64> = vec![0.0];
            u.extend(counts[1..].iter().map(|count| (count + 0.5) / (total + 0.5 * top as f64)));
            if let Some(equal) = self.exact[at] {
                let matched = if known { prior * comparison.m[top] } else { 0.0 };
                let least = if self.identifier[at] { equal * CLERICAL } else { equal * 0.1 };
                let start = if self.identifier[at] && !known { equal * CLERICAL } else { equal };
                let chance = ((start - matched) / (1.0 - prior)).max(least).clamp(1e-12, 0.999);
                let scale = (1.0 - chance) / (1.0 - u[top]).max(1e-12);
                for share in &mut u[1..top] {
                    *share *= scale;
                }
                u[top] = chance;
            }
            for share in &mut u[1..] {
                *share = share.max(1e-12);
            }
            let raw = self.marginals_of(at, sizes[at]);
            comparison.reference_frequency = (0..sizes[at])
                .map(|level| match raw[level] {
                    // The harmonic mean over pairs of equal values, Σ n²/N² ÷ Σ (n²/N²)(N/n), is the chance of them.
                    _ if level == top => self.exact[at].unwrap_or(u[top]).max(1e-12),
                    n if n >= LEAST_FREQUENCIES && self.inverse_frequency[at][level] > 0.0 => n as f64 / self.inverse_frequency[at][level],
                    _ => u[level].max(1e-12),
                })
                .collect();
            comparison.u = u;
        }
        for at in 0..sizes.len() {
            let Some(given) = model.comparisons[at].interaction.as_ref().map(|interaction| interaction.given) else { continue };
            let joint = |counts: &[(Levels, u64)]| {
                let mut joint = vec![vec![0.0; sizes[at]]; sizes[given]];
                for (levels, count) in counts {
                    joint[level_of(*levels, given)][level_of(*levels, at)] += *count as f64 * chance_of(*levels);
                }
                joint
            };
            // Of strangers who share a street hardly any are among random pairs. Matches are, so they must be known.
            let mut of_levels = joint(&self.counts);
            let known_pairs = |of_level: &[f64]| of_level[1..].iter().sum::<f64>();
            for (of_level, sharing) in of_levels.iter_mut().zip(joint(&self.sharing[given])).filter(|_| known) {
                if known_pairs(&sharing) > known_pairs(of_level) {
                    *of_level = sharing;
                }
            }
            let u = super::conditional(&of_levels, &model.comparisons[at].u);
            if let Some(interaction) = &mut model.comparisons[at].interaction {
                interaction.u = u;
            }
        }
    }

    fn marginals_of(&self, comparison: usize, size: usize) -> Vec<u64> {
        let mut seen = vec![0; size];
        for (levels, count) in &self.counts {
            seen[level_of(*levels, comparison)] += count;
        }
        seen
    }
}
