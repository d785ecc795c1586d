//! How many matches blocking lost, without labels: capture and recapture by the rules.
//!
//! Of the matches that few rules make, some are made by one rule and some by two; Chao's lower bound (1987) f₁² ÷ (2 f₂), in its
//! bias-corrected form f₁(f₁ − 1) ÷ (2(f₂ + 1)), is what none made. Each candidate counts by its match probability. Rules that err together
//! make the loss look smaller than it is: a lower bound of it.

use rayon::prelude::*;

use super::Task;
use super::decide::Rates;
use crate::block::Scratch;
use crate::trained::TrainedModel;

/// Left rows looked at.
const ROWS: usize = 2_000;

/// Share of the matches that some rule made, from the expected matches made by one rule, by two, and by more.
pub(crate) fn recall([once, twice, more]: [f64; 3]) -> Option<f64> {
    let found = once + twice + more;
    let lost = (once * (once - 1.0)).max(0.0) / (2.0 * (twice + 1.0));
    (found > 0.0).then(|| found / (found + lost))
}

/// Expected matches by the number of rules that made them; `expect` gives the probabilities of one row's candidates.
pub(crate) fn counts(task: &Task<'_>, rows: &[u32], expect: impl Fn(u32, &[(u32, u128)]) -> Vec<f64> + Sync) -> [f64; 3] {
    let of_row = |scratch: &mut Scratch, left: &u32| {
        let mut counts = [0.0; 3];
        let candidates = task.rules_of(*left, scratch);
        for ((_, rules), probability) in candidates.iter().zip(expect(*left, &candidates)) {
            counts[(rules.count_ones() as usize).clamp(1, 3) - 1] += probability;
        }
        counts
    };
    let of_rows: Vec<[f64; 3]> = rows.par_iter().map_init(Scratch::default, of_row).collect();
    let mut sums = [0.0; 3];
    for counts in of_rows {
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    sums
}

impl Task<'_> {
    /// The share of the matches among the reference rows that some rule makes, where the candidates of a row compete.
    pub(crate) fn blocking_recall(&self, trained: &TrainedModel) -> Option<f64> {
        if self.compares_all() {
            return Some(1.0);
        }
        let sample = super::sample_of(self.left, ROWS, self.seed);
        let scorer = self.scorer(trained);
        let per_row = -(trained.n_reference.max(1) as f64).log2();
        let rates = Rates::of(trained);
        let expect = |left: u32, candidates: &[(u32, u128)]| {
            let of_candidate = |(right, _): &(u32, u128)| {
                let (matched, family) = scorer.weights.of(scorer.score(left, *right).0);
                rates.odds((matched + per_row).exp2(), (family + per_row).exp2()).0
            };
            let odds: Vec<f64> = candidates.iter().map(of_candidate).collect();
            let total = rates.nobody() + odds.iter().sum::<f64>();
            odds.into_iter().map(|matched| matched / total).collect()
        };
        recall(counts(self, &sample, expect))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_few_rules_make_tells_what_none_made() {
        assert_eq!(recall([0.0; 3]), None);
        assert_eq!(recall([0.0, 0.0, 50.0]), Some(1.0));
        // 20 × 19 ÷ (2 × 10) = 19 were lost.
        let found = recall([20.0, 9.0, 71.0]).expect("matches");
        assert!((found - 100.0 / 119.0).abs() < 1e-12);
    }
}
