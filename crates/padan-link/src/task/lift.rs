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
