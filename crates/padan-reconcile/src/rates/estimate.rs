//! Rates corrected for linkage errors, with intervals.
//!
//! *Exclusion.* The linked share of the entitled, c = 1 − x ÷ n, counts false links and lacks missed ones. With expected precision p and
//! recall r of the lists' links the true share is c·p ÷ r, so the rate is 1 − c·p ÷ r. This is the predictive-value form of Rogan & Gladen
//! (1978, Am. J. Epidemiol. 107:71–76, eq. 2), used for matching error in census undercount by Ding & Fienberg (1994, Survey
//! Methodology 20:149–158).
//!
//! *Inclusion.* A falsely linked row shows the entitlement of a stranger, who is not entitled with the chance π₀ (the share of the judged
//! who are not entitled): x ÷ n = p·π + (1 − p)·π₀, so π = (x ÷ n − (1 − p)·π₀) ÷ p, Rogan & Gladen's estimator with specificity 1 − π₀
//! for the false links.
//!
//! *Interval.* Wilson's score interval (1927, J. Am. Stat. Assoc. 22:209–212) of the observed rate, its ends carried through the correction
//! at the bounds of p or p ÷ r that widen it most. One p and r serve all cells of a programme: a kecamatan has too few rows of its own.

use super::linkage::{Bounded, LinkQuality};

/// Square of the standard normal quantile of a 95 % interval.
const Z2: f64 = 3.841_458_820_694_124;
/// Below this precision the correction would rest on the noise; the model is then wrong, not the list.
const LEAST_PRECISION: f64 = 0.5;

/// A rate as observed and corrected, with the corrected rate's 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    pub(super) rate: f64,
    pub(super) corrected: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Estimate {
    /// Rounding may leave the corrected rate a hair outside its own interval (at 0 of n, say); the interval gives way.
    fn new(rate: f64, corrected: f64, ends: [f64; 2]) -> Self {
        Self { rate, corrected, low: ends[0].min(corrected), high: ends[1].max(corrected) }
    }
}

/// Exclusion error: `numerator` absent of `denominator` entitled.
pub(super) fn exclusion(numerator: i64, denominator: i64, quality: &LinkQuality) -> Estimate {
    let rate = numerator as f64 / denominator as f64;
    let observed = wilson(numerator, denominator);
    let inflation = quality.inflation();
    let correct = |rate: f64, inflation: f64| (1.0 - (1.0 - rate) * inflation).clamp(0.0, 1.0);
    Estimate::new(rate, correct(rate, inflation.value), [correct(observed.low, inflation.high), correct(observed.high, inflation.low)])
}

/// Inclusion error: `numerator` not entitled of `denominator` judged on the list; `chance` is π₀.
pub(super) fn inclusion(numerator: i64, denominator: i64, quality: &LinkQuality, chance: f64) -> Estimate {
    let rate = numerator as f64 / denominator as f64;
    let observed = wilson(numerator, denominator);
    let precision = quality.precision();
    let correct = |rate: f64, precision: f64| {
        let precision = precision.clamp(LEAST_PRECISION, 1.0);
        ((rate - (1.0 - precision) * chance) / precision).clamp(0.0, 1.0)
    };
    let ends = [observed.low, observed.high].map(|rate| [correct(rate, precision.low), correct(rate, precision.high)]);
    Estimate::new(rate, correct(rate, precision.value), [ends[0][0].min(ends[0][1]), ends[1][0].max(ends[1][1])])
}

/// Wilson's 95 % score interval of a proportion.
fn wilson(numerator: i64, denominator: i64) -> Bounded {
    let (x, n) = (numerator as f64, denominator as f64);
    let value = x / n;
    let centre = (x + Z2 / 2.0) / (n + Z2);
    let half = (Z2 * (value * (1.0 - value) / n + Z2 / (4.0 * n * n))).sqrt() / (1.0 + Z2 / n);
    Bounded { value, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::super::linkage::tests::quality;
    use super::*;

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-4, "{found} is not {expected}");
    }

    #[test]
    fn wilson_as_published() {
        // Newcombe (1998, Stat. Med. 17:857–872), table I: 81 of 263 and 0 of 20 by the score method.
        let interval = wilson(81, 263);
        near(interval.low, 0.2553);
        near(interval.high, 0.3662);
        near(wilson(0, 20).low, 0.0);
        near(wilson(0, 20).high, 0.1611);
    }

    #[test]
    fn perfect_links_correct_nothing() {
        let quality = quality(100, 1.0, 20, 0.0);
        let estimate = exclusion(30, 100, &quality);
        near(estimate.rate, 0.3);
        near(estimate.corrected, 0.3);
        near(inclusion(30, 100, &quality, 0.6).corrected, 0.3);
    }

    #[test]
    fn missed_links_inflate_the_exclusion_error_and_false_links_deflate_it() {
        // 100 rows linked, all right; of 50 unlinked each has a chance of 0.2: 10 missed, so c = 0.7 becomes 0.77.
        near(exclusion(30, 100, &quality(100, 1.0, 50, 0.2)).corrected, 0.23);
        // 100 rows linked with precision 0.9 and nothing missed: c = 0.7 becomes 0.63.
        near(exclusion(30, 100, &quality(100, 0.9, 0, 0.0)).corrected, 0.37);
    }

    #[test]
    fn false_links_pull_the_inclusion_error_to_the_average() {
        // True rate 0.2, one row in ten linked to a stranger who is not entitled with the chance 0.6: observed 0.9 · 0.2 + 0.1 · 0.6 = 0.24.
        near(inclusion(24, 100, &quality(1000, 0.9, 0, 0.0), 0.6).corrected, 0.2);
    }

    #[test]
    fn the_interval_holds_the_corrected_rate() {
        for numerator in 0..=40 {
            for quality in [quality(50, 1.0, 0, 0.0), quality(50, 0.8, 30, 0.3), quality(3, 0.6, 5, 0.9)] {
                for estimate in [exclusion(numerator, 40, &quality), inclusion(numerator, 40, &quality, 0.5)] {
                    assert!(estimate.low <= estimate.corrected && estimate.corrected <= estimate.high, "{estimate:?}");
                    assert!((0.0..=1.0).contains(&estimate.low) && (0.0..=1.0).contains(&estimate.high), "{estimate:?}");
                }
            }
        }
    }
}
