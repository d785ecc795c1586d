//! Whether a match probability is one: of the pairs at 0.8, are eight of ten true?
//!
//! Shared by link results, whose unit is a pair, and by nightly runs, whose unit is a list row with its link. Looks at what was published
//! only: a file of pairs lacks those of a small probability, and a run those of its unlinked rows. The trap is the held-out half of pairs:
//! the rows of a false pair are in one half half as often as those of a true pair, so there a false pair weighs two, or a perfect
//! probability would look too low. A list row is in the half of its person whatever it is linked with, and weighs one.

use serde::{Deserialize, Serialize};

use crate::steps::Step;

/// Number of bins.
const BINS: usize = 15;
/// Probabilities are kept this far from 0 and 1 in the log loss, where one wrong certainty would make it infinite.
const LEAST: f64 = 1e-15;

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Least match probability.
    pub from: f64,
    /// The bin ends before it; the last holds it.
    pub to: f64,
    /// Pairs.
    pub pairs: u64,
    /// True ones.
    pub true_pairs: u64,
    /// Their mean match probability.
    pub mean_probability: Option<f64>,
    /// The share that is true.
    pub observed: Option<f64>,
}

/// How far match probabilities are to be trusted, over pairs or over linked rows (which are called pairs here: of a row and its person).
/// In a held-out half of pairs every figure but the counts weighs a false pair twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Pairs.
    pub pairs: u64,
    /// True ones.
    pub true_pairs: u64,
    /// Expected calibration error (Naeini, Cooper and Hauskrecht, 2015): Σ n_b ÷ n × |mean probability − observed share| over the
    /// bins.
    pub ece: Option<f64>,
    /// The same over as many bins of equally many pairs each; pairs of one probability stay in one bin, so there may be fewer.
    pub adaptive_ece: Option<f64>,
    /// Mean squared distance of the probability to 0 or 1 (Brier, 1950).
    pub brier: Option<f64>,
    /// Mean −ln of the probability given to what is so, natural logarithm, probabilities cut to 1e-15 and 1 − 1e-15.
    pub log_loss: Option<f64>,
    /// 15 bins of equal width, by rising probability.
    pub bins: Vec<ReliabilityBin>,
}

/// Calibration on all judged pairs or rows and within two halves of the entities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// All judged pairs in the file, or all linked rows.
    pub all: Reliability,
    /// Pairs whose rows are both in the first half, and both in the second; or rows of the persons of either. A true entity is whole in one
    /// half.
    pub halves: [Reliability; 2],
}

/// Weighed sums over some pairs.
#[derive(Clone, Copy, Default)]
struct Sums {
    weight: u64,
    truth: u64,
    probability: f64,
}

impl Sums {
    /// n_b × |mean probability − observed share|.
    fn error(self) -> f64 {
        (self.probability - self.truth as f64).abs()
    }

    fn mean(self, sum: f64) -> Option<f64> {
        (self.weight > 0).then(|| sum / self.weight as f64)
    }
}

/// The figures along steps of match probability; `total` is the number of pairs and of true ones, and a false pair weighs `other`.
pub(crate) fn reliability(steps: impl Iterator<Item = Step>, total: (u64, u64), other: u64) -> Reliability {
    let (pairs, true_pairs) = total;
    let weight = true_pairs + other * (pairs - true_pairs);
    let mut bins: Vec<ReliabilityBin> = (0..BINS).map(bin).collect();
    let mut sums = [Sums::default(); BINS];
    let (mut adaptive, mut adaptive_error) = (Sums::default(), 0.0);
    let (mut seen, mut bins_full) = (0, 0);
    let (mut squares, mut logs) = (0.0, 0.0);
    for Step { value, truth, other: others } in steps {
        let at = ((value * BINS as f64) as usize).min(BINS - 1);
        bins[at].pairs += truth + others;
        bins[at].true_pairs += truth;
        let step = truth + other * others;
        for sums in [&mut sums[at], &mut adaptive] {
            sums.weight += step;
            sums.truth += truth;
            sums.probability += value * step as f64;
        }
        let weighed_others = (other * others) as f64;
        squares += truth as f64 * (1.0 - value).powi(2) + weighed_others * value.powi(2);
        let cut = value.clamp(LEAST, 1.0 - LEAST);
        logs -= truth as f64 * cut.ln() + weighed_others * (-cut).ln_1p();
        seen += step;
        // Integers, so that a bin ends where it should.
        let full = u128::from(seen) * BINS as u128 / u128::from(weight);
        if full > bins_full {
            bins_full = full;
            adaptive_error += std::mem::take(&mut adaptive).error();
        }
    }
    for (bin, sums) in bins.iter_mut().zip(sums) {
        (bin.mean_probability, bin.observed) = (sums.mean(sums.probability), sums.mean(sums.truth as f64));
    }
    let mean = |sum: f64| (weight > 0).then(|| sum / weight as f64);
    Reliability {
        pairs,
        true_pairs,
        ece: mean(sums.iter().map(|sums| sums.error()).sum()),
        adaptive_ece: mean(adaptive_error),
        brier: mean(squares),
        log_loss: mean(logs),
        bins,
    }
}

fn bin(at: usize) -> ReliabilityBin {
    let edge = |at: usize| at as f64 / BINS as f64;
    ReliabilityBin { from: edge(at), to: edge(at + 1), ..ReliabilityBin::default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::steps::{SortedScores, steps};

    fn of(pairs: &[(f64, bool)], other: u64) -> Reliability {
        let mut scores = SortedScores::default();
        for (value, is_true) in pairs {
            scores.push(*value, *is_true);
        }
        scores.sort();
        reliability(steps(&[&scores]), (scores.len(), scores.truth.len() as u64), other)
    }

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-12)
    }

    #[test]
    fn figures_by_hand() {
        // Bin 12 (0.8 to 0.867): 2 pairs, 1 true; bin 14: 1 true; bin 0: 1 false.
        let found = of(&[(0.8, true), (0.8, false), (1.0, true), (0.05, false)], 1);
        assert!(near(found.ece, (0.6 + 0.0 + 0.05) / 4.0));
        assert!(near(found.brier, (0.04 + 0.64 + 0.0 + 0.0025) / 4.0));
        assert!(near(found.log_loss, -(0.8_f64.ln() + 0.2_f64.ln() + 0.95_f64.ln()) / 4.0), "{:?}", found.log_loss);
        assert_eq!((found.bins[12].pairs, found.bins[12].true_pairs, found.bins[12].observed), (2, 1, Some(0.5)));
        assert_eq!((found.bins[14].to, found.bins[14].pairs, found.bins[7].observed), (1.0, 1, None));
        // Every step is a bin of its own here: more bins than pairs.
        assert!(near(found.adaptive_ece, (0.0 + 0.6 + 0.05) / 4.0));
    }

    #[test]
    fn a_false_pair_may_weigh_two() {
        // Three true and one false at 0.6: 3 of 3 + 2 are true, as said.
        let found = of(&[(0.6, true), (0.6, true), (0.6, true), (0.6, false)], 2);
        assert!(near(found.ece, 0.0) && found.pairs == 4);
        assert!(near(found.brier, (3.0 * 0.16 + 2.0 * 0.36) / 5.0));
        assert!(near(of(&[(0.6, true), (0.6, true), (0.6, true), (0.6, false)], 1).ece, 0.15));
    }

    #[test]
    fn no_pairs_no_figures() {
        let found = of(&[], 1);
        assert_eq!((found.ece, found.adaptive_ece, found.brier, found.log_loss), (None, None, None, None));
    }

    proptest! {
        #[test]
        fn equals_the_definition_and_repeated_pairs(pairs in prop::collection::vec((0u8..=20, any::<bool>()), 1..50)) {
            let pairs: Vec<_> = pairs.into_iter().map(|(value, is_true)| (f64::from(value) / 20.0, is_true)).collect();
            let found = of(&pairs, 1);
            let mut ece = 0.0;
            for bin in 0..15 {
                let here: Vec<_> = pairs.iter().filter(|pair| ((pair.0 * 15.0).floor() as usize).min(14) == bin).collect();
                if !here.is_empty() {
                    let n = here.len() as f64;
                    let mean = here.iter().map(|pair| pair.0).sum::<f64>() / n;
                    let observed = here.iter().filter(|pair| pair.1).count() as f64 / n;
                    ece += n / pairs.len() as f64 * (mean - observed).abs();
                }
            }
            prop_assert!(near(found.ece, ece));
            let brier = pairs.iter().map(|pair| (pair.0 - f64::from(u8::from(pair.1))).powi(2)).sum::<f64>() / pairs.len() as f64;
            prop_assert!(near(found.brier, brier));
            // A weight of two is the false pairs given twice.
            let twice: Vec<_> = pairs.iter().flat_map(|pair| std::iter::repeat_n(*pair, if pair.1 { 1 } else { 2 })).collect();
            let (weighed, repeated) = (of(&pairs, 2), of(&twice, 1));
            for (a, b) in [(weighed.ece, repeated.ece), (weighed.adaptive_ece, repeated.adaptive_ece), (weighed.log_loss, repeated.log_loss)] {
                prop_assert!(near(a, b.unwrap_or(-1.0)));
            }
        }
    }
}
