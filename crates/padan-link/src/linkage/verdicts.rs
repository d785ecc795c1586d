//! What verdicts do to a linkage: pairs judged *same* are linked whatever they score, pairs judged *different* never are, neither directly
//! nor by way of a cluster; and what the model says without them is held against them.
//!
//! The check is of a first linkage that knows no verdict: a model that was taught by them would agree with them.

use serde::{Deserialize, Serialize};

use super::{Pair, probability};
use crate::cluster::find;
use crate::hash::{FixedMap, FixedSet};
use crate::score::Scorer;
use crate::verdict::{Verdict, Verdicts};

/// The rule of a pair that a verdict linked and no blocking rule made.
pub(super) const BY_VERDICT: u8 = u8::MAX - 1;
/// The model's own probability counts as so many judged pairs of a stratum.
const PRIOR_JUDGED: f64 = 1.0;
/// Where strata of match probability end.
const STRATA: [f64; 5] = [0.75, 0.9, 0.99, 0.999, f64::INFINITY];

/// Verdicts beside the linkage that knows nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VerdictCheck {
    /// Judged pairs, unsure ones aside, that it links.
    pub linked: u64,
    /// Of them those judged to be the same.
    pub linked_same: u64,
    /// Their mean match probability; where probabilities are right, the share of the same among them.
    pub mean_probability: Option<f64>,
    /// Judged pairs that it does not link and that are the same.
    pub missed: u64,
    /// Share of all pairs that it links that are matches: of each stratum of match probability as the judged ones say, drawn to the
    /// stratum's mean probability as by one pair. Right as far as the pairs that were judged are like the rest of their stratum.
    pub precision: Option<f64>,
}

impl VerdictCheck {
    pub(super) fn new(verdicts: &Verdicts, pairs: &[Pair]) -> Self {
        #[derive(Clone, Copy, Default)]
        struct Stratum {
            linked: f64,
            probability: f64,
            judged: f64,
            same: f64,
        }
        let key = |a: u32, b: u32| (a.min(b), a.max(b));
        let mut judged: FixedMap<(u32, u32), bool> = FixedMap::default();
        for of in verdicts.judged().iter().filter(|of| of.verdict != Verdict::Unsure && of.left != of.right) {
            judged.insert(key(of.left, of.right), of.verdict == Verdict::Same);
        }
        let all_same = verdicts.same().len() as u64;
        let mut strata = [Stratum::default(); STRATA.len()];
        let (mut linked, mut linked_same, mut sum) = (0_u64, 0_u64, 0.0);
        for pair in pairs.iter().filter(|pair| pair.is_match) {
            let stratum = &mut strata[STRATA.partition_point(|end| *end <= pair.probability)];
            stratum.linked += 1.0;
            stratum.probability += pair.probability;
            if let Some(same) = judged.get(&key(pair.left, pair.right)) {
                stratum.judged += 1.0;
                stratum.same += f64::from(u8::from(*same));
                linked += 1;
                linked_same += u64::from(*same);
                sum += pair.probability;
            }
        }
        let all: f64 = strata.iter().map(|stratum| stratum.linked).sum();
        let right = strata.iter().filter(|stratum| stratum.linked > 0.0).map(|stratum| {
            let model = stratum.probability / stratum.linked;
            stratum.linked * (stratum.same + PRIOR_JUDGED * model) / (stratum.judged + PRIOR_JUDGED)
        });
        Self {
            linked,
            linked_same,
            mean_probability: (linked > 0).then(|| sum / linked as f64),
            missed: all_same - linked_same,
            precision: (linked > 0).then(|| right.sum::<f64>() / all),
        }
    }
}

/// Adds the pairs of `same` that are not there, and gives all of them the probability of a certainty.
pub(super) fn add_same(pairs: &mut Vec<Pair>, same: &[(u32, u32)], scorer: &Scorer<'_>) {
    let wanted: FixedSet<(u32, u32)> = same.iter().copied().collect();
    let mut there: FixedSet<(u32, u32)> = FixedSet::default();
    for pair in pairs.iter_mut().filter(|pair| wanted.contains(&(pair.left, pair.right))) {
        there.insert((pair.left, pair.right));
        pair.probability = 1.0;
        pair.is_match = true;
    }
    pairs.extend(same.iter().filter(|rows| !there.contains(*rows)).map(|(left, right)| {
        let (pattern, weight, _) = scorer.score(*left, *right);
        Pair { left: *left, right: *right, pattern, rule: BY_VERDICT, weight, probability: 1.0, is_match: true }
    }));
    pairs.sort_by_key(|pair| (pair.left, pair.right));
}

/// Pairs of a left and a right row of one group.
pub(super) fn same_across(verdicts: &Verdicts, is_left: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
    let mut rows: Vec<(u32, u32)> =
        verdicts.same().iter().flat_map(|(a, b)| [*a, *b]).filter_map(|row| Some((verdicts.group(row)?, row))).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut same = Vec::new();
    for group in rows.chunk_by(|a, b| a.0 == b.0) {
        for (_, left) in group.iter().filter(|(_, row)| is_left(*row)) {
            same.extend(group.iter().filter(|(_, row)| !is_left(*row)).map(|(_, right)| (*left, *right)));
        }
    }
    same.sort_unstable();
    same
}

/// Joins the linked pairs, best first, and unlinks those that would bring rows together that are different.
pub(super) fn join_apart(rows: usize, pairs: &mut [Pair], verdicts: &Verdicts) -> Vec<u32> {
    let mut order: Vec<usize> = (0..pairs.len()).filter(|at| pairs[*at].is_match).collect();
    let same = |pair: &Pair| verdicts.of_rows(pair.left, pair.right) == Some(Verdict::Same);
    order.sort_by(|x, y| {
        let (x, y) = (&pairs[*x], &pairs[*y]);
        let worth = |pair: &Pair| (same(pair), pair.probability, pair.weight);
        let (a, b) = (worth(x), worth(y));
        b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(b.2.total_cmp(&a.2)).then((x.left, x.right).cmp(&(y.left, y.right)))
    });
    let mut parent: Vec<u32> = (0..rows as u32).collect();
    // By root of a cluster: the groups of its rows.
    let mut groups: FixedMap<u32, Vec<u32>> = FixedMap::default();
    for at in order {
        let (a, b) = (find(&mut parent, pairs[at].left), find(&mut parent, pairs[at].right));
        if a == b {
            continue;
        }
        let of = |root: u32| groups.get(&root).cloned().unwrap_or_else(|| verdicts.group(root).into_iter().collect());
        let (mut left, right) = (of(a), of(b));
        if left.iter().any(|a| right.iter().any(|b| verdicts.are_apart(*a, *b))) {
            pairs[at].is_match = false;
            pairs[at].probability = 0.0;
            continue;
        }
        let root = a.min(b);
        parent[a.max(b) as usize] = root;
        left.extend(right);
        groups.insert(root, left);
    }
    (0..rows as u32).map(|row| find(&mut parent, row)).collect()
}

/// The match probability of two clusters, `bits` above what a link needs; certain where verdicts decide it.
pub(super) fn between(bits: f32, cut: f64) -> f64 {
    if bits.is_infinite() { f64::from(u8::from(bits > 0.0)) } else { probability(f64::from(bits) + cut) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Judged;

    fn pair(left: u32, right: u32, probability: f64) -> Pair {
        Pair { left, right, pattern: 0, rule: 0, weight: 0.0, probability, is_match: probability >= 0.5 }
    }

    fn verdicts(judged: &[(u32, u32, Verdict)]) -> Verdicts {
        let judged = judged.iter().map(|(left, right, verdict)| Judged { left: *left, right: *right, verdict: *verdict }).collect();
        Verdicts::new(judged, |_| None).expect("they hold together")
    }

    #[test]
    fn a_cluster_does_not_bring_different_rows_together() {
        let mut pairs = [pair(0, 5, 0.9), pair(1, 5, 0.8), pair(2, 6, 0.7)];
        let clusters = join_apart(7, &mut pairs, &verdicts(&[(0, 1, Verdict::Different)]));
        assert_eq!(clusters, [0, 1, 2, 3, 4, 0, 2]);
        assert_eq!(pairs.map(|pair| pair.is_match), [true, false, true]);
    }

    #[test]
    fn judged_pairs_are_held_against_the_model() {
        use Verdict::{Different, Same};
        // Forty sure pairs that nobody judged; four at 0.8, of which two were judged and one is wrong.
        let mut pairs: Vec<Pair> = (0..40).map(|at| pair(at, 100 + at, 1.0)).collect();
        pairs.extend((40..44).map(|at| pair(at, 100 + at, 0.8)));
        pairs.push(pair(44, 144, 0.3));
        let check = VerdictCheck::new(&verdicts(&[(40, 140, Same), (41, 141, Different), (144, 44, Same), (60, 61, Different)]), &pairs);
        assert_eq!((check.linked, check.linked_same, check.missed), (2, 1, 1));
        assert!((check.mean_probability.expect("judged") - 0.8).abs() < 1e-12);
        let expected = (40.0 + 4.0 * (1.0 + 0.8) / 3.0) / 44.0;
        assert!((check.precision.expect("judged") - expected).abs() < 1e-12);
    }
}
