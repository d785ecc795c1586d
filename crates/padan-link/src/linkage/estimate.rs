//! Precision and recall without labels, from the probabilities themselves and from how often the blocking rules agree.
//!
//! Precision is the mean probability of what was linked. Recall is what was linked, in expected matches, over all expected matches:
//! those of the pairs compared and those that no rule made. The latter are estimated by capture and recapture: of the matches that few
//! rules make, some are made by one rule and some by two, and Chao's lower bound (1987) f₁²/(2 f₂), bias-corrected, is what none made.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::block::Scratch;
use crate::linkage::Pair;
use crate::task::Task;
use crate::trained::TrainedModel;

/// Estimates without labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimates {
    /// Share of the linked pairs that are matches; `None` where nothing was linked.
    pub precision: Option<f64>,
    /// Share of all matches that were linked.
    pub recall: Option<f64>,
    /// Share of all matches that some blocking rule made.
    pub blocking_recall: Option<f64>,
}

/// Of a dedupe.
pub(super) fn dedupe(task: &Task<'_>, trained: &TrainedModel, pairs: &[Pair], _threshold: f64) -> Estimates {
    estimates(pairs, blocking_recall(task, trained))
}

/// Of a link.
pub(super) fn link(task: &Task<'_>, trained: &TrainedModel, pairs: &[Pair]) -> Estimates {
    estimates(pairs, blocking_recall(task, trained))
}

fn estimates(pairs: &[Pair], blocking_recall: Option<f64>) -> Estimates {
    let linked: Vec<f64> = pairs.iter().filter(|pair| pair.is_match).map(|pair| pair.probability).collect();
    let found: f64 = linked.iter().sum();
    let all: f64 = pairs.iter().map(|pair| pair.probability).sum();
    Estimates {
        precision: (!linked.is_empty()).then(|| found / linked.len() as f64),
        recall: (all > 0.0).then(|| found / all * blocking_recall.unwrap_or(1.0)),
        blocking_recall,
    }
}

/// Chao's estimate over the sampled rows: each match counted by its probability and by how many rules made it.
fn blocking_recall(task: &Task<'_>, trained: &TrainedModel) -> Option<f64> {
    // One rule captures nothing again; where it is that of all pairs nothing is lost.
    if task.compares_all() {
        return Some(1.0);
    }
    let sample = task.sample();
    let scorer = task.scorer(trained);
    let counts: Vec<[f64; 3]> = sample
        .par_iter()
        .map_init(Scratch::default, |scratch, left| {
            let mut counts = [0.0; 3];
            for (right, rules) in task.rules_of(*left, scratch) {
                let (_, _, bits) = scorer.score(*left, right);
                let probability = 1.0 / (1.0 + (-bits).exp2());
                counts[(rules.count_ones() as usize).clamp(1, 3) - 1] += probability;
            }
            counts
        })
        .collect();
    let mut sums = [0.0; 3];
    for counts in counts {
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    let [once, twice, _] = sums;
    let found: f64 = sums.iter().sum();
    // Chao's bias-corrected form holds where nothing was made twice.
    let lost = (once * (once - 1.0)).max(0.0) / (2.0 * (twice + 1.0));
    (found > 0.0).then(|| found / (found + lost))
}
