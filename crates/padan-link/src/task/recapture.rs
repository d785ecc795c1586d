//! How many matches blocking lost, without labels: capture and recapture by the rules.
//!
//! Of the matches that few rules make, some are made by one rule and some by two; Chao's lower bound (1987) f₁² ÷ (2 f₂), in its
//! bias-corrected form f₁(f₁ − 1) ÷ (2(f₂ + 1)), is what none made. Rules that err together make that loss look smaller than it is: whoever
//! moved is found by none of the rules that ask for the village, however many these are. So the columns that rules ask for are taken in turn,
//! too. The rules that ask for one and those that do not are two captures: of those whom the spouse's name finds one in twenty is found by
//! nothing else, and so of those who name no spouse one in twenty is not found (Lincoln 1930, Petersen 1896, in Chapman's form of 1951).
//! All of these are lower bounds where errors go together, so the largest stands. Among copies of one list that cannot be said, a copy with one
//! mistake in its name has none in its date, and there Chao's bound stands alone. Each candidate counts by its match probability.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Task;
use super::decide::Rates;
use crate::block::Scratch;
use crate::key::Expression;
use crate::trained::TrainedModel;

/// Left rows looked at.
const ROWS: usize = 2_000;

/// Fewer matches than these under both captures say too little.
const BOTH: f64 = 300.0;

/// Expected matches by the rules that made them, one bit each.
pub(crate) type Made = BTreeMap<u128, f64>;

/// Share of the matches that some rule made; `asking` are the rules that ask for a column, one bit a rule.
pub(crate) fn recall(made: &Made, asking: &[u128]) -> Option<f64> {
    let found: f64 = made.values().sum();
    let of = |is_in: &dyn Fn(u128) -> bool| made.iter().filter(|(rules, _)| is_in(**rules)).map(|(_, matches)| matches).sum::<f64>();
    let (once, twice) = (of(&|rules| rules.is_power_of_two()), of(&|rules| rules.count_ones() == 2));
    let chao = (once * (once - 1.0)).max(0.0) / (2.0 * (twice + 1.0));
    let two_captures = |asking: &u128| {
        let (first, second) = (of(&|rules| rules & !asking == 0), of(&|rules| rules & asking == 0));
        let both = found - first - second;
        if both < BOTH { 0.0 } else { first * second / (both + 1.0) }
    };
    let lost = asking.iter().map(two_captures).fold(chao, f64::max);
    (found > 0.0).then(|| found / (found + lost))
}

/// The matches that are expected of `rows`; `expect` gives the probabilities of one row's candidates.
pub(crate) fn made(task: &Task<'_>, rows: &[u32], expect: impl Fn(u32, &[(u32, u128)]) -> Vec<f64> + Sync) -> Made {
    let of_row = |scratch: &mut Scratch, left: &u32| {
        let candidates = task.rules_of(*left, scratch);
        let probabilities = expect(*left, &candidates);
        candidates.into_iter().zip(probabilities).map(|((_, rules), probability)| (rules, probability)).collect::<Vec<_>>()
    };
    // In the order of rows: a sum of floats depends on it.
    let of_rows: Vec<Vec<(u128, f64)>> = rows.par_iter().map_init(Scratch::default, of_row).collect();
    let mut made = Made::new();
    for (rules, probability) in of_rows.into_iter().flatten() {
        *made.entry(rules).or_default() += probability;
    }
    made
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
        recall(&made(self, &sample, expect), &self.asking())
    }

    /// By column of the keys: the rules that ask for it, one bit each, where some ask for it and others do not.
    fn asking(&self) -> Vec<u128> {
        let mut asking: BTreeMap<String, u128> = BTreeMap::new();
        let rules = self.reference.model.rules.iter().take(128).enumerate();
        let all = rules.clone().fold(0, |all, (at, _)| all | 1 << at);
        for (at, rule) in rules {
            for expression in rule.keys.iter().filter_map(|key| Expression::parse(key).ok()) {
                *asking.entry(expression.column).or_default() |= 1 << at;
            }
        }
        asking.into_values().filter(|rules| *rules != all).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_few_rules_make_tells_what_none_made() {
        let made = |counts: &[(u128, f64)]| counts.iter().copied().collect::<Made>();
        assert_eq!(recall(&Made::new(), &[]), None);
        assert_eq!(recall(&made(&[(0b111, 50.0)]), &[]), Some(1.0));
        // 20 × 19 ÷ (2 × 10) = 19 were lost.
        let found = recall(&made(&[(0b001, 12.0), (0b010, 8.0), (0b011, 9.0), (0b111, 71.0)]), &[]).expect("matches");
        assert!((found - 100.0 / 119.0).abs() < 1e-12);
    }

    #[test]
    fn who_is_found_without_the_village_tells_who_is_not_found_by_its_rules() {
        // Two rules ask for the village, one does not: it finds half of all, so of those who moved, too.
        let made: Made = [(0b011, 499.0), (0b111, 499.0), (0b100, 50.0)].into_iter().collect();
        let found = recall(&made, &[0b011]).expect("matches");
        assert!((found - 1_048.0 / (1_048.0 + 499.0 * 50.0 / 500.0)).abs() < 1e-12, "{found}");
        assert!(recall(&made, &[]).expect("matches") > found, "rules that fail together hide it");
        let few: Made = [(0b011, 40.0), (0b111, 60.0), (0b100, 10.0)].into_iter().collect();
        assert_eq!(recall(&few, &[0b011]), recall(&few, &[]), "too few tell nothing");
    }
}
