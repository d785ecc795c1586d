//! Blocking rules that are not worth their pairs: in a large dedupe task, or in a part of a task whose other parts have shown it.
//!
//! Each rule is asked for the one kind of record that the rules before it miss. Among the rows of one register there may be none of that
//! kind left: names of one village make fourteen pairs a row and no double that its number, its card or its birth date has not shown.
//! What a rule adds is counted on a sample of the rows, whose pairs are a fair share of all; a rule that gives fewer than one match in
//! fifty thousand pairs of its own is left out, and so said. The count has half a match added (Krichevsky and Trofimov 1981), so that a
//! rule of few pairs is never left out for want of evidence.

use super::{Blocked, Outcome, Task, sample_of};
use crate::batch::of_batches;
use crate::block::Index;
use crate::score::Bounded;

/// Rows on which rules are tried.
const TRIED: usize = 20_000;
/// Fewer rows than these times as many are linked by all rules: trying them costs as much as they do.
const LARGE: usize = 5;
/// Pairs that one match is worth.
const PRICE: f64 = 50_000.0;
/// Seed of the rows on which rules are tried.
const SEED: u64 = 0x0BA1_1E57;

impl Task<'_> {
    /// The rules that are left out, with the pairs that they would have made, about.
    pub(super) fn barren(&self, bounded: &Bounded<'_>, index: &Index<'_>, match_rate: f64) -> Vec<Option<u64>> {
        let rules = index.rules();
        if let Some(left_out) = self.left_out {
            return left_out.to_vec();
        }
        if !self.dedupe || self.every || self.left.len() < TRIED * LARGE {
            return vec![None; rules];
        }
        let tried = sample_of(self.left, TRIED, SEED);
        let even = -match_rate.max(f64::MIN_POSITIVE).log2();
        // By batch and rule: (pairs, matches).
        let counts: Vec<Vec<(u64, u64)>> = of_batches(&tried, |lefts, batch| {
            let (gains, mut room) = (bounded.gains(lefts), bounded.room());
            let mut counts = Vec::with_capacity(rules);
            let mut kept = Vec::new();
            for rule in 0..rules {
                let fresh = index.fresh(rule, lefts, |_| true, (true, |left, right| self.pairs(left, right)), batch)?;
                kept.clear();
                bounded.score_all((lefts, &gains), fresh, rule as u8, &mut room, &mut kept);
                let matches = kept.iter().filter(|(_, candidate)| f64::from(candidate.matched) >= even).count();
                counts.push((fresh.len() as u64, matches as u64));
            }
            Some(vec![counts])
        });
        let of_rule = |rule: usize| counts.iter().map(|of_batch| of_batch[rule]).fold((0, 0), |(a, b), (x, y)| (a + x, b + y));
        let barren = |(pairs, matches): (u64, u64)| (matches as f64 + 0.5) * PRICE < pairs as f64;
        let all = |pairs: u64| (pairs as f64 * self.left.len() as f64 / tried.len() as f64) as u64;
        (0..rules).map(of_rule).map(|counted| barren(counted).then(|| all(counted.0))).collect()
    }

    /// The same by name, those that would have made none aside.
    pub(super) fn told(&self, barren: &[Option<u64>]) -> Vec<Blocked> {
        let rules = &self.reference.model.rules;
        let told = |(rule, pairs): (usize, &Option<u64>)| {
            pairs.filter(|pairs| *pairs > 0).map(|pairs| Blocked { rule: rules[rule].name.clone(), pairs })
        };
        barren.iter().enumerate().filter_map(told).collect()
    }
}

impl Outcome {
    /// By rule: the pairs that it made, or would have made, where it was left out here or gave less than one expected match in `price`
    /// pairs: what a task of the same rows and another part of the reference need not ask.
    pub fn not_worth(&self, price: f64) -> Vec<Option<u64>> {
        let mut matches = vec![0.5; self.pairs_of_rules.len()];
        for link in &self.links {
            matches[usize::from(link.rule)] += link.probability;
        }
        let of_rule = |(rule, (pairs, matches)): (usize, (&u64, &f64))| {
            let left_out = self.barren.iter().find(|blocked| self.trained.rules.get(rule) == Some(&blocked.rule));
            left_out.map(|blocked| blocked.pairs).or_else(|| (matches * price < *pairs as f64).then_some(*pairs))
        };
        self.pairs_of_rules.iter().zip(&matches).enumerate().map(of_rule).collect()
    }
}
