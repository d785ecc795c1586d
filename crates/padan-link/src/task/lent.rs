//! Who else a number may stand for: the other members of the household of its bearer.
//!
//! Example: a wife on a list under her husband's number. He is a candidate for the number's sake; what speaks for her, a name and a village
//! that many share, is too little to be kept by itself, and nothing stands against him. So where a candidate has its household's number and
//! not its own name, the members of its household are compared too, whatever blocking says. What the number is worth goes to them when
//! the row is decided.

use super::Task;
use super::train::CLEARLY_BITS;
use crate::ablation::Part;
use crate::learn::{self, Described};
use crate::pattern::Pattern;
use crate::records::NULL_ID;
use crate::score::{Candidate, Scorer};
use crate::trained::TrainedModel;

/// Households of a reference, to look the members of a candidate's up.
pub(super) struct Housemates<'t> {
    task: &'t Task<'t>,
    scorer: Scorer<'t>,
    group: &'t [u32],
    /// (household, row), sorted.
    members: &'t [(u32, u32)],
    /// log2 of one over the reference rows.
    per_row: f64,
    /// Comparisons of a person's number, with the level of equal ones.
    numbers: Vec<(usize, u8)>,
}

impl Task<'_> {
    /// Where a number may be lent: not in a dedupe task, whose rows do not compete, nor where no household has been learned from.
    pub(super) fn lenders<'t>(&'t self, trained: &'t TrainedModel, group: Option<&'t [u32]>) -> Option<Housemates<'t>> {
        let group = group.filter(|_| !self.dedupe && trained.household_pairs > 0 && self.reference.model.has(Part::LentNumbers))?;
        let scorer = self.scorer(trained);
        let number = |(at, described): (usize, &Described<'_>)| {
            let same = trained.comparisons[at].levels.len() - 1;
            (described.identifier && !described.household).then_some((at, same as u8))
        };
        let numbers: Vec<(usize, u8)> = scorer.described.iter().enumerate().filter_map(number).collect();
        let per_row = -(trained.n_reference.max(1) as f64).log2();
        let lenders = Housemates { task: self, group, members: self.reference.members(group), per_row, numbers, scorer };
        Some(lenders).filter(|lenders| !lenders.numbers.is_empty())
    }
}

impl Housemates<'_> {
    /// Adds to the candidates of one left row those that a number on loan may stand for.
    pub(super) fn add(&self, left: u32, candidates: &[(u32, Candidate)], added: &mut Vec<(u32, Candidate)>) {
        let first = added.len();
        for (slot, lender) in candidates.iter().filter(|(_, candidate)| self.is_lent(candidate)) {
            for right in self.of(left, lender.right) {
                if !candidates.iter().chain(&added[first..]).any(|(_, candidate)| candidate.right == right) {
                    let (pattern, ..) = self.scorer.score(left, right);
                    added.push((*slot, self.candidate(right, pattern, lender.rule)));
                }
            }
        }
    }

    /// The same of a row whose candidates are patterns.
    pub(super) fn add_patterns(&self, left: u32, patterns: &mut Vec<(u32, Pattern)>) {
        for at in 0..patterns.len() {
            let (bearer, pattern) = patterns[at];
            if self.is_lent(&self.candidate(bearer, pattern, 0)) {
                for right in self.of(left, bearer) {
                    if !patterns.iter().any(|(known, _)| *known == right) {
                        patterns.push((right, self.scorer.score(left, right).0));
                    }
                }
            }
        }
    }

    /// The other members of a reference row's household.
    fn of(&self, left: u32, bearer: u32) -> Vec<u32> {
        let household = self.group[bearer as usize];
        let mut others = if household == NULL_ID { Vec::new() } else { self.task.housemates(self.members, household, (left, bearer)) };
        others.retain(|right| self.task.pairs(left, *right));
        others
    }

    /// The pair, weighed as a candidate is; the rule is the one that brought its household.
    fn candidate(&self, right: u32, pattern: Pattern, rule: u8) -> Candidate {
        let (mut matched, mut household, mut personal) = (self.per_row, self.per_row, 0.0);
        for (at, comparison) in self.scorer.trained.comparisons.iter().enumerate() {
            let (m, h) = self.scorer.weights.at(at, pattern);
            matched += m;
            household += h;
            personal += if comparison.household { 0.0 } else { h };
        }
        Candidate { right, rule, pattern, matched: matched as f32, household: household as f32, personal: personal as f32 }
    }

    /// Whether another member of its household may stand under this candidate's number.
    fn is_lent(&self, candidate: &Candidate) -> bool {
        candidate.personal >= learn::LENT_BITS as f32
            && f64::from(candidate.matched - candidate.household) < CLEARLY_BITS
            && self.numbers.iter().any(|(at, same)| self.scorer.layout.get(candidate.pattern, *at).0 == *same)
    }
}
