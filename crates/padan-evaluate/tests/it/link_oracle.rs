//! Random link results against a count of every pair, one by one.

use std::collections::BTreeMap;

use padan_evaluate::{LinkEvaluation, LinkMode, TruthShape};
use proptest::prelude::*;

use crate::link_support::{ClusterRow, Name, Pair, integers, summary, texts, write, write_clusters, write_pairs};

const IDS: [&str; 6] = ["p", "q", "r", "s", "t", "u"];

/// Of a row: is in the second table too, cluster, true cluster or none.
type Drawn = Vec<(bool, i64, Option<u8>)>;

fn case() -> impl Strategy<Value = (Drawn, Vec<Option<u8>>, LinkMode, TruthShape)> {
    let rows = prop::collection::vec((any::<bool>(), 0..4_i64, prop::option::weighted(0.8, 0..4_u8)), 12);
    let scores = prop::collection::vec(prop::option::weighted(0.6, 0..10_u8), 66);
    let mode = prop::sample::select(vec![LinkMode::Dedupe, LinkMode::Link, LinkMode::LinkAndDedupe]);
    (rows, scores, mode, prop::sample::select(vec![TruthShape::Pairs, TruthShape::Clusters]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn counts_as_if_every_pair_were_looked_at((drawn, scores, mode, shape) in case()) {
        // Twelve names, of which the second six repeat the ids of the first in another table; at least one row stays.
        let names: Vec<Name> = (0..12).map(|at| (if at < 6 { "a" } else { "b" }, IDS[at % 6])).collect();
        let kept: Vec<usize> = (0..12).filter(|at| *at == 0 || drawn[*at].0).collect();
        let label = |at: usize| if at == 0 { Some(0) } else { drawn[at].2 };
        let rows: Vec<ClusterRow> = kept.iter().map(|at| (names[*at], drawn[*at].1, 0.95)).collect();
        let scored = |l: usize, r: usize| names[l].0 != names[r].0 || mode != LinkMode::Link;
        let labelled = |at: usize| shape == TruthShape::Pairs || label(at).is_some();
        let is_true = |l: usize, r: usize| label(l).is_some() && label(l) == label(r);
        let all: Vec<(usize, usize)> = kept.iter().enumerate().flat_map(|(at, l)| kept[at + 1..].iter().map(|r| (*l, *r))).collect();

        let mut pairs: Vec<Pair> = Vec::new();
        let (mut right, mut wrong, mut missed, mut in_clusters, mut right_clusters) = (0, 0, 0, 0, 0);
        let mut by_score: BTreeMap<u8, (u64, u64)> = BTreeMap::new();
        let mut true_names = Vec::new();
        for ((l, r), score) in all.iter().zip(&scores) {
            let counts = scored(*l, *r) && labelled(*l) && labelled(*r);
            let truth = counts && is_true(*l, *r);
            let together = drawn[*l].1 == drawn[*r].1;
            in_clusters += u64::from(counts && together);
            right_clusters += u64::from(truth && together);
            if truth {
                true_names.push((names[*l], names[*r]));
            }
            let matched = score.is_some_and(|score| score >= 6);
            right += u64::from(truth && matched);
            wrong += u64::from(counts && !truth && matched);
            missed += u64::from(truth && !matched);
            if let (Some(score), true) = (score, counts) {
                let slot = by_score.entry(*score).or_default();
                *(if truth { &mut slot.0 } else { &mut slot.1 }) += 1;
            }
            if let (Some(score), true) = (score, scored(*l, *r)) {
                pairs.push((names[*l], names[*r], f64::from(*score) - 3.0, f64::from(*score) / 10.0, matched));
            }
        }

        let folder = tempfile::tempdir().expect("temp dir");
        write_pairs(folder.path(), &pairs);
        write_clusters(folder.path(), &rows);
        let truth = folder.path().join("truth.parquet");
        // The truth knows rows that the run does not.
        let known: Vec<usize> = (0..12).filter(|at| label(*at).is_some()).collect();
        if shape == TruthShape::Clusters {
            let columns = vec![
                ("table", texts(known.iter().map(|at| names[*at].0))),
                ("id", texts(known.iter().map(|at| names[*at].1))),
                ("cluster", integers(known.iter().map(|at| i64::from(label(*at).unwrap_or_default())))),
            ];
            write(&truth, columns);
        } else {
            let mut listed: Vec<(Name, Name)> =
                known.iter().flat_map(|l| known.iter().map(|r| (*l, *r))).filter(|(l, r)| is_true(*l, *r)).map(|(l, r)| (names[l], names[r])).collect();
            listed.reverse();
            let columns = vec![
                ("table_l", texts(listed.iter().map(|pair| pair.0.0))),
                ("id_l", texts(listed.iter().map(|pair| pair.0.1))),
                ("table_r", texts(listed.iter().map(|pair| pair.1.0))),
                ("id_r", texts(listed.iter().map(|pair| pair.1.1))),
            ];
            write(&truth, columns);
        }
        let evaluation = LinkEvaluation::load(folder.path(), &truth, summary(mode)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let name = |row: u32| (evaluation.table_of(row), evaluation.id_of(row));
        let found: Vec<_> = evaluation.true_pairs().iter().map(|(l, r)| (name(*l), name(*r))).collect();
        prop_assert_eq!(&found, &true_names);
        prop_assert_eq!(evaluation.truth().implied_pairs, 0);
        let report = evaluation.finish(Some(&vec![true; found.len()])).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let scores = report.at_default;
        prop_assert_eq!((scores.true_positive, scores.false_positive, scores.false_negative), (right, wrong, missed));
        let clusters = report.clusters.pairs;
        prop_assert_eq!((clusters.true_positive, clusters.false_positive), (right_clusters, in_clusters - right_clusters));
        let (mut predicted, mut true_positive) = (0, 0);
        for (at, (score, (truth, other))) in by_score.iter().rev().enumerate() {
            predicted += truth + other;
            true_positive += truth;
            for (curve, threshold) in [(&report.by_probability, f64::from(*score) / 10.0), (&report.by_weight, f64::from(*score) - 3.0)] {
                let point = curve.points[at];
                prop_assert_eq!((point.threshold.to_bits(), point.predicted, point.true_positive), (threshold.to_bits(), predicted, true_positive));
            }
        }
        let [first, second] = &report.calibration.halves;
        prop_assert_eq!(first.true_pairs + second.true_pairs, report.calibration.all.true_pairs);
        prop_assert!(first.pairs + second.pairs <= report.calibration.all.pairs);
    }
}
