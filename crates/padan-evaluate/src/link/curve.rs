//! The precision–recall curve of a score: what every threshold would have given.
//!
//! The best F1 and the average precision are exact, over all distinct values; only the points shown are a choice of them. The trap: a
//! true pair that is not in the file can be found at no threshold, so recall ends below 1.

use serde::Serialize;

use crate::Scores;
use crate::steps::Step;

/// Points chosen by recall, and as many by the number of pairs.
const POINTS: u64 = 49;
/// Points shown at most: those, the first and the best.
const MOST: usize = 2 * POINTS as usize + 2;

/// One threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Pairs of this score or a higher one are matches. An infinite weight becomes null in JSON.
    pub threshold: f64,
    /// How many they are.
    pub predicted: u64,
    /// How many of them are true.
    pub true_positive: u64,
    /// Precision, recall, F1.
    pub scores: Scores,
}

/// A precision–recall curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// The area under the curve as steps: Σ (recall − recall before) × precision over all distinct thresholds; `None` without true
    /// pairs.
    pub average_precision: Option<f64>,
    /// The threshold of the highest F1, of equals the highest.
    pub best: Option<CurvePoint>,
    /// At most 100 points by falling threshold: every distinct value if they are so few, otherwise the first, the last, the best, some
    /// at even steps of recall and some at even steps of the logarithm of the number of pairs.
    pub points: Vec<CurvePoint>,
}

/// The curve along the steps, of which there are `scored` pairs with `true_scored` true ones, of `truth` true pairs in all.
pub(super) fn curve(steps: impl Iterator<Item = Step>, scored: u64, true_scored: u64, truth: u64) -> Curve {
    let (mut points, mut first): (Vec<CurvePoint>, Vec<CurvePoint>) = (Vec::new(), Vec::new());
    let mut best: Option<CurvePoint> = None;
    let (mut predicted, mut found) = (0, 0);
    let (mut by_recall, mut by_count) = (1, 0);
    let mut area = 0.0;
    for step in steps {
        predicted += step.truth + step.other;
        found += step.truth;
        area += step.truth as f64 * found as f64 / predicted as f64;
        let point =
            || CurvePoint { threshold: step.value, predicted, true_positive: found, scores: Scores::from_counts(found, predicted, truth) };
        if best.is_none_or(|best| better((found, predicted), (best.true_positive, best.predicted), truth)) {
            best = Some(point());
        }
        if first.len() <= MOST {
            first.push(point());
        }
        let recall_due = true_scored > 0 && found * POINTS >= by_recall * true_scored;
        let count_due = predicted as f64 >= (scored as f64).powf(by_count as f64 / POINTS as f64);
        if recall_due || count_due || predicted == scored {
            points.push(point());
            by_recall = (found * POINTS).checked_div(true_scored).unwrap_or(0) + 1;
            while by_count <= POINTS && predicted as f64 >= (scored as f64).powf(by_count as f64 / POINTS as f64) {
                by_count += 1;
            }
        }
    }
    if first.len() <= MOST {
        points = first;
    } else if let Some(best) = best {
        let at = points.partition_point(|point| point.predicted < best.predicted);
        if points.get(at).is_none_or(|point| point.predicted != best.predicted) {
            points.insert(at, best);
        }
    }
    Curve { average_precision: (truth > 0).then(|| area / truth as f64), best, points }
}

/// Whether F1 = 2 found ÷ (predicted + truth) is higher, without rounding.
fn better(new: (u64, u64), old: (u64, u64), truth: u64) -> bool {
    u128::from(new.0) * u128::from(old.1 + truth) > u128::from(old.0) * u128::from(new.1 + truth)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::steps::{SortedScores, steps};

    fn curve_of(pairs: &[(f64, bool)], truth: u64) -> Curve {
        let mut scores = SortedScores::default();
        for (value, is_true) in pairs {
            scores.push(*value, *is_true);
        }
        scores.sort();
        curve(steps(&[&scores]), scores.len(), scores.truth.len() as u64, truth)
    }

    #[test]
    fn a_curve_by_hand() {
        // Thresholds 0.9: 1 of 1; 0.8: 2 of 3; 0.1: 3 of 5; one true pair of 4 is not in the file.
        let found = curve_of(&[(0.1, false), (0.9, true), (0.8, true), (0.8, false), (0.1, true)], 4);
        let points: Vec<_> = found.points.iter().map(|point| (point.threshold, point.predicted, point.true_positive)).collect();
        assert_eq!(points, [(0.9, 1, 1), (0.8, 3, 2), (0.1, 5, 3)]);
        assert!((found.average_precision.expect("true pairs") - (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 4.0).abs() < 1e-12);
        let best = found.best.expect("pairs");
        assert_eq!((best.threshold, best.scores.f1), (0.1, Some(6.0 / 9.0)), "against 4/7 at 0.8");
    }

    #[test]
    fn nothing_has_no_curve() {
        assert_eq!(curve_of(&[], 3), Curve { average_precision: Some(0.0), best: None, points: vec![] });
        assert_eq!(curve_of(&[(0.5, false)], 0).average_precision, None);
    }

    #[test]
    fn points_are_few_and_hold_the_ends_and_the_best() {
        let pairs: Vec<_> = (0..5_000_u32).map(|at| (f64::from(at) / 5_000.0, at * 7 % 5_000 < at)).collect();
        let found = curve_of(&pairs, 3_000);
        assert!(found.points.len() <= 100 && found.points.len() > 60, "{}", found.points.len());
        assert_eq!((found.points[0].predicted, found.points[found.points.len() - 1].predicted), (1, 5_000));
        assert!(found.points.contains(&found.best.expect("pairs")));
        assert!(found.points.is_sorted_by(|a, b| a.threshold > b.threshold));
    }

    proptest! {
        #[test]
        fn agrees_with_every_threshold_tried(pairs in prop::collection::vec((0u8..12, any::<bool>()), 1..40), missing in 0u64..4) {
            let pairs: Vec<_> = pairs.into_iter().map(|(value, is_true)| (f64::from(value), is_true)).collect();
            let truth = pairs.iter().filter(|pair| pair.1).count() as u64 + missing;
            let found = curve_of(&pairs, truth);
            let (mut best, mut area, mut before) = (None, 0.0, 0.0);
            let mut thresholds: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
            thresholds.sort_by(|a, b| b.total_cmp(a));
            thresholds.dedup();
            prop_assert_eq!(found.points.len(), thresholds.len());
            for (threshold, point) in thresholds.into_iter().zip(&found.points) {
                let above: Vec<_> = pairs.iter().filter(|pair| pair.0 >= threshold).collect();
                let right = above.iter().filter(|pair| pair.1).count() as u64;
                let scores = Scores::from_counts(right, above.len() as u64, truth);
                let recall = scores.recall.unwrap_or(0.0);
                area += (recall - before) * scores.precision.unwrap_or(0.0);
                before = recall;
                if best.is_none_or(|(f1, _)| scores.f1 > f1) {
                    best = Some((scores.f1, threshold));
                }
                prop_assert_eq!((point.predicted, point.true_positive), (above.len() as u64, right));
            }
            prop_assert_eq!(found.best.map(|best| (best.scores.f1, best.threshold)), best);
            prop_assert!((found.average_precision.unwrap_or(0.0) - area).abs() < 1e-12);
        }
    }
}
