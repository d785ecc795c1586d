//! Another member of the person's household: h from the households of sure matches, or as a latent class where no column says who lives
//! together.

use super::{Described, count_pairs};
use crate::compare::{Comparator, SHARES_A_WORD};
use crate::trained::{TrainedComparison, TrainedModel};

/// Personal agreement with *another* member of the family counts as lent from this many bits on: an identifier, or a rare whole name.
pub(crate) const LENT_BITS: f64 = 6.0;
/// The share of household pairs under one number, where the list does not show it.
pub(crate) const LENT: f64 = 0.01;
/// Weight of u in h, in household pairs.
pub(super) const PRIOR_HOUSEHOLD: f64 = 20.0;
/// How many pairs of two members agree as one person would, before the first pair is seen: twins by their birth date, a son named after his
/// father. More of them start, and hold, EM where members take the matches of those who changed their names.
const LIKE_ONE: f64 = 0.01;
/// How many members of a household share a word of their names, before the first pair is seen.
const SHARE_A_NAME: f64 = 0.5;

/// Sets h of the personal comparisons from pairs of two people of one household; `lent` is the share of them under one number.
pub(crate) fn household(model: &mut TrainedModel, described: &[Described<'_>], pairs: &[(u32, u32)], lent: f64) {
    let comparators: Vec<&dyn Comparator> = described.iter().map(|described| described.comparator).collect();
    let counts = count_pairs(&comparators, pairs.len() as u64, |at| Some(pairs[at as usize]));
    for (comparison, counts) in model.comparisons.iter_mut().zip(&counts) {
        if comparison.household {
            continue;
        }
        // A few counts of u keep an unseen level from being impossible.
        let known: u64 = counts.count[1..].iter().sum();
        for level in 1..comparison.levels.len() {
            comparison.h[level] = (counts.count[level] as f64 + PRIOR_HOUSEHOLD * comparison.u[level] + 0.02)
                / (known as f64 + PRIOR_HOUSEHOLD + 0.02 * (comparison.levels.len() - 1) as f64);
        }
    }
    model.household_pairs = pairs.len() as u64;
    // The sure matches are those that have a number of their own, so their households hardly show a lent one. Left free, EM trades the two
    // classes on lists with little else than a number and a name.
    for comparison in model.comparisons.iter_mut().filter(|comparison| comparison.is_identifier() && !comparison.household) {
        let top = comparison.levels.len() - 1;
        comparison.h[top] = comparison.h[top].max(lent);
    }
}

/// Starts the household class of a model whose data do not say who lives together: household comparisons agree as in a match, personal
/// ones nearly as by chance; EM moves them (three latent classes: Winkler 1993).
pub(crate) fn start_latent_household(model: &mut TrainedModel) -> bool {
    let households = model.comparisons.iter().filter(|comparison| comparison.household).count();
    if households == 0 || households == model.comparisons.len() {
        return false;
    }
    model.latent_household = true;
    model.household_rate = 0.2;
    for comparison in &mut model.comparisons {
        comparison.h = latent_start(comparison);
    }
    true
}

pub(super) fn latent_start(comparison: &TrainedComparison) -> Vec<f64> {
    let share = if comparison.household { 1.0 } else { LIKE_ONE };
    let mut start: Vec<f64> = comparison.m.iter().zip(&comparison.u).map(|(m, u)| share * m + (1.0 - share) * u).collect();
    // Of whole names, members of a household share a part.
    if let (Some(partly), false) = (comparison.levels.iter().position(|level| level == SHARES_A_WORD), comparison.household) {
        for of_level in &mut start {
            *of_level *= 1.0 - SHARE_A_NAME;
        }
        start[partly] += SHARE_A_NAME;
    }
    start
}

/// The one comparison that tells members of a household apart, where that is the name.
///
/// A pair of one address whose names share a word is then of one person who changed a name or of two who share one, and nothing says how
/// many are which: any share would fit, and EM creeps to the one or the other end. So that share of the matches is held; and that of names with
/// nothing in common, since towns whose people agree in several fields that are not given one another seem likelier than persons do.
pub(super) struct NameAlone {
    pub(super) comparison: usize,
    shares: usize,
}

/// Of the matches, so many share one word of their names at most, where that cannot be learned.
const RENAMED: f64 = 0.1;
/// And so many have nothing of their names in common.
const ANOTHER_NAME: f64 = 0.02;
/// The level of names that have nothing in common.
const DIFFERENT: usize = 1;
/// What strangers share more often than this hardly tells anybody.
const HARDLY_TELLS: f64 = 0.02;

impl NameAlone {
    pub(super) fn of(model: &TrainedModel) -> Option<Self> {
        let tells = |comparison: &&TrainedComparison| !comparison.household && comparison.u.last().is_some_and(|u| *u < HARDLY_TELLS);
        if !model.latent_household || model.comparisons.iter().filter(tells).count() != 1 {
            return None;
        }
        let comparison = model.comparisons.iter().position(|comparison| tells(&comparison))?;
        let shares = model.comparisons[comparison].levels.iter().position(|level| level == SHARES_A_WORD)?;
        Some(Self { comparison, shares })
    }

    /// Holds the shares in m; the other levels take the rest.
    pub(super) fn hold(&self, m: &mut [f64]) {
        let held = [(DIFFERENT, ANOTHER_NAME), (self.shares, RENAMED)].map(|(level, most)| (level, m[level].min(most)));
        let [of_held, rest] = [held.iter().map(|(level, _)| m[*level]).sum::<f64>(), held.iter().map(|(_, share)| share).sum()];
        let scale = (1.0 - rest) / (1.0 - of_held).max(1e-9);
        for of_level in m.iter_mut() {
            *of_level *= scale;
        }
        for (level, share) in held {
            m[level] = share;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_cannot_be_learned_is_held_and_the_rest_stays_in_proportion() {
        let alone = NameAlone { comparison: 0, shares: 2 };
        let mut m = [0.0, 0.3, 0.4, 0.1, 0.2];
        alone.hold(&mut m);
        let expected = [0.0, 0.02, 0.1, 0.88 / 3.0, 0.88 * 2.0 / 3.0];
        assert!(m.iter().zip(expected).all(|(m, expected)| (m - expected).abs() < 1e-12), "{m:?}");
        let little = [0.0, 0.01, 0.05, 0.44, 0.5];
        let mut held = little;
        alone.hold(&mut held);
        assert!(held.iter().zip(little).all(|(held, learned)| (held - learned).abs() < 1e-12), "as it was learned: {held:?}");
    }
}
