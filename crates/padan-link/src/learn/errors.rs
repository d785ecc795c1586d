//! Fields that err together among the matches, or never together: a person who moved has another street and another number, a copy that
//! was made with one mistake has no second one.
//!
//! Independent fields say of both what is not so: who moved is punished twice, and of a copy whose date is wrong the model does not know
//! that its name must then be right. Where what EM expects of two fields says so clearly, the later is given the earlier: m of its levels
//! depends on whether the earlier one agrees whole (the interaction of a log-linear model, Thibaudeau 1993; two classes of the earlier
//! one, so that a level hardly ever seen borrows from the others).
//!
//! The trap: members of the family that pass for matches differ in name and date at once. So fields may only err *together* where
//! housemates share both.

use super::{Blocked, conditional};
use crate::trained::{Interaction, TrainedComparison, TrainedModel};

/// Matches that err in both fields, as a share of what independent fields expect: below the one or above the other they are not.
const APART: f64 = 0.4;
const TOGETHER: f64 = 2.0;
/// How many standard deviations the number must lie from what is expected.
const CLEARLY: f64 = 4.0;
/// Fewer than so many expected matches tell nothing.
const LEAST_EXPECTED: f64 = 3.0;

/// Starts the interactions that the expected matches show, at the marginals; says whether there are any. `matches` are the
/// expected ones of the pairs, by levels.
pub(crate) fn start_learned(model: &mut TrainedModel, pairs: &Blocked, matches: &[f64]) -> bool {
    let size = model.comparisons.len();
    // By pair of comparisons: matches that are known in both, that err in the one, in the other, and in both.
    let mut counts = vec![[0.0_f64; 4]; size * size];
    for (levels, expected) in pairs.with_levels(matches, size) {
        for later in 1..size {
            for earlier in 0..later {
                if levels[earlier] == 0 || levels[later] == 0 {
                    continue;
                }
                let errs = [earlier, later].map(|at| usize::from(levels[at]) + 1 < model.comparisons[at].levels.len());
                let counts = &mut counts[later * size + earlier];
                counts[0] += expected;
                counts[1] += if errs[0] { expected } else { 0.0 };
                counts[2] += if errs[1] { expected } else { 0.0 };
                counts[3] += if errs[0] && errs[1] { expected } else { 0.0 };
            }
        }
    }
    // How clear it is, with the two.
    let mut found: Vec<(f64, usize, usize)> = Vec::new();
    for later in (1..size).filter(|at| model.comparisons[*at].interaction.is_none() && agrees_whole(&model.comparisons[*at])) {
        for earlier in (0..later).filter(|at| agrees_whole(&model.comparisons[*at])) {
            let [known, first, second, both] = counts[later * size + earlier];
            let expected = first * second / known.max(1.0);
            let is_shared = model.comparisons[earlier].household && model.comparisons[later].household;
            let is_clear = expected >= LEAST_EXPECTED && (both - expected).abs() >= CLEARLY * expected.sqrt();
            if is_clear && (both <= APART * expected || (is_shared && both >= TOGETHER * expected)) {
                found.push(((both - expected).abs() / expected.sqrt(), earlier, later));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut is_any = false;
    for (_, earlier, later) in found {
        if model.comparisons[later].interaction.is_some() || follows(model, earlier, later) {
            continue;
        }
        let rows = model.comparisons[earlier].levels.len();
        let of = &mut model.comparisons[later];
        of.interaction = Some(Interaction { given: earlier, m: vec![of.m.clone(); rows], u: vec![of.u.clone(); rows], learned: true });
        is_any = true;
    }
    is_any
}

/// m of an interaction that was learned: by whether the earlier comparison agrees whole.
pub(super) fn learned(joint: &[Vec<f64>], marginal: &[f64]) -> Vec<Vec<f64>> {
    let whole = joint.len() - 1;
    let erring = (0..marginal.len()).map(|level| joint[1..whole].iter().map(|of_level| of_level[level]).sum()).collect();
    let of = conditional(&[erring, joint[whole].clone()], marginal);
    std::iter::once(marginal.to_vec()).chain((1..whole).map(|_| of[0].clone())).chain([of[1].clone()]).collect()
}

/// Whether its highest level is that both rows say the same.
fn agrees_whole(comparison: &TrainedComparison) -> bool {
    comparison.levels.len() > 2 && comparison.levels.last().is_some_and(|level| level.starts_with("same"))
}

/// Whether a comparison is given another, or one that is given it.
fn follows(model: &TrainedModel, at: usize, other: usize) -> bool {
    let given = |at: &usize| model.comparisons[*at].interaction.as_ref().map(|interaction| interaction.given);
    std::iter::successors(Some(at), given).take(model.comparisons.len()).any(|at| at == other)
}
