//! What is known of pairs before they are compared: that they lie apart.
//!
//! Rows whose person is not found in their own part of a reference are looked for in the other parts, where a match has moved. The list's
//! model weighs that they lie apart as seldom as it is among all matches; among these it is the rule. Of pairs of which an event D is known
//! the odds are those of the model over P(D | match) ÷ P(D | chance), by Bayes; how many of the rows have a match here their rate says.

use crate::pattern::Layout;
use crate::score::Candidate;
use crate::trained::TrainedModel;

/// Levels that pairs are known to have one of, and what that adds.
pub(super) struct Lift {
    /// Index of the comparison.
    at: usize,
    /// The highest of its levels.
    highest: u8,
    /// To match and household, in bits.
    bits: f32,
}

impl Lift {
    /// Of a comparison with that name, whose levels go up to the highest; `None` where the model has none.
    pub(super) fn of((name, highest): (&str, u8), trained: &TrainedModel) -> Option<Self> {
        let at = trained.comparisons.iter().position(|comparison| comparison.name == name)?;
        let share = |of: &[f64]| of.iter().skip(1).take(usize::from(highest)).sum::<f64>();
        let comparison = &trained.comparisons[at];
        let (matched, chance) = (share(&comparison.m), share(&comparison.u));
        (matched > 0.0 && chance > matched).then(|| Self { at, highest, bits: (chance / matched).log2() as f32 })
    }

    /// Weighs candidates anew; one that has another level says that it does not lie apart, and stays.
    pub(super) fn lift(&self, layout: &Layout, candidates: &mut [Candidate]) {
        for candidate in candidates {
            let (level, _) = layout.get(candidate.pattern, self.at);
            if (1..=self.highest).contains(&level) {
                candidate.matched += self.bits;
                candidate.household += self.bits;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_lie_apart_are_weighed_as_such() {
        let trained: TrainedModel = serde_json::from_value(serde_json::json!({
            "name": "", "rules": [], "match_rate": 0.5, "household_rate": 0.5, "n_reference": 8, "iterations": 1, "converged": true,
            "log_likelihood": 0.0, "random_pairs": 0, "household_pairs": 0, "context": [],
            "comparisons": [{
                "name": "place", "household": true, "term_frequency": false, "levels": ["missing", "different", "same 2", "same 4"],
                "m": [0.0, 0.01, 0.02, 0.97], "u": [0.0, 0.9, 0.06, 0.04], "h": [0.0, 0.01, 0.02, 0.97], "interaction": null,
                "reference_frequency": [1.0, 1.0, 1.0, 1.0],
            }],
        }))
        .expect("a model");
        let layout = trained.layout().expect("one comparison");
        let candidate = |level: u8| {
            let mut pattern = 0;
            layout.put(&mut pattern, 0, level, 0.0);
            Candidate { right: 0, rule: 0, pattern, matched: 1.0, household: -1.0, personal: 0.0 }
        };
        let mut candidates = [0, 1, 2, 3].map(candidate);
        // Among matches 3 in 100 lie so far apart, among strangers 96.
        let lift = Lift::of(("place", 2), &trained).expect("a comparison of that name");
        lift.lift(&layout, &mut candidates);
        let added = candidates.map(|candidate| candidate.matched - 1.0);
        assert!(added[0].abs() < 1e-6 && added[3].abs() < 1e-6, "what is not known, or does not lie apart: {added:?}");
        assert!((added[1] - 5.0).abs() < 1e-4 && (added[2] - 5.0).abs() < 1e-4, "{added:?}");
        assert!(candidates.iter().all(|candidate| (candidate.matched - candidate.household - 2.0).abs() < 1e-4));
        assert!(Lift::of(("nothing", 2), &trained).is_none());
    }
}
