//! Precision and recall without labels, from the probabilities themselves and from how often the blocking rules agree.
//!
//! Precision is the mean probability of what was linked. Recall is what was linked, in expected matches, over all expected matches:
//! those of the pairs compared and those that no rule made, which are estimated by capture and recapture.

use serde::{Deserialize, Serialize};

use crate::linkage::Pair;
use crate::task::{Task, recapture};
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
    // Where a row has one match at most, its candidates compete: of many weak ones most are none.
    let blocking_recall = if task.entity.is_none() { task.blocking_recall(trained) } else { blocking_recall(task, trained) };
    estimates(pairs, blocking_recall)
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

/// Over the sampled rows: each match counted by its probability and by how many rules made it.
fn blocking_recall(task: &Task<'_>, trained: &TrainedModel) -> Option<f64> {
    // One rule captures nothing again; where it is that of all pairs nothing is lost.
    if task.compares_all() {
        return Some(1.0);
    }
    let scorer = task.scorer(trained);
    let expect = |left: u32, candidates: &[(u32, u128)]| {
        let probability = |(right, _): &(u32, u128)| 1.0 / (1.0 + (-scorer.score(left, *right).2).exp2());
        candidates.iter().map(probability).collect()
    };
    recapture::recall(&recapture::made(task, &task.sample(), expect), &[])
}
