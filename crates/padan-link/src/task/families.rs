//! Who of a family is meant, where the rest of the family has been found.
//!
//! Example: six of the rows of one card are six of the seven people of one family of the register, and the seventh row, EKO in another village,
//! is nobody's: no blocking rule brings it to EKO MAULANA, or too little else agrees. Of the people whom the others have left, one is
//! likely meant. Which, and whether any, is told by what tells members of one household apart: the odds that the row is member j, against
//! that it is a person of that family who is not in the register, are q ÷ (K (1 − q)) · Π m ÷ h over the comparisons, for K members left and
//! the share q of such rows that are one of them; EM on that one number, apart for families of whom one other was found and of whom
//! several were. Where the family lives says nothing more: the others of it have said that.
//!
//! The trap is to ask rows that have their match: they would be asked twice. Only rows that are more likely nobody's come here.

use rayon::prelude::*;

use super::Task;
use super::decide::Rates;
use super::kept::Piece;
use crate::context::{self, Matches};
use crate::records::NULL_ID;
use crate::score::{Candidate, Scorer};
use crate::trained::TrainedModel;

/// A row has found its match from this probability on, and so has a member of a family.
const FOUND: f64 = 0.5;
/// Odds below these are not worth a candidate.
const LEAST_ODDS: f64 = 0.01;
/// Bits of a household pair that explains nothing: that the row is of the family is known.
const NO_HOUSEHOLD: f32 = -1000.0;

/// A left row, and those of a family that its own has left.
struct Asked {
    /// Its place in the list.
    place: usize,
    /// How many others of its family were found there.
    level: usize,
    /// Distinct people left.
    left_over: usize,
    /// The candidates, with their odds against any other member of the household in bits.
    members: Vec<(Candidate, f64)>,
}

impl Asked {
    /// The odds of each member against nobody.
    fn odds(&self, share: f64) -> impl Iterator<Item = f64> {
        let each = share / (1.0 - share) / self.left_over.max(1) as f64;
        self.members.iter().map(move |(_, bits)| each * bits.exp2())
    }
}

impl Task<'_> {
    /// Adds to rows without a match the members of the family in which the rest of theirs was found.
    pub(super) fn look_in_families(&self, kept: &mut [Piece], trained: &TrainedModel, group: &[u32]) {
        let probabilities = self.probabilities(kept, trained);
        let matches = self.matches(kept, &probabilities, group);
        let (scorer, members) = (self.scorer(trained), self.reference.members(group));
        let of_piece = |(piece, probabilities): (&Piece, &Vec<f64>)| -> Vec<Asked> {
            let nobodys =
                piece.ranges().filter(|(_, range)| self.any(&piece.candidates[range.clone()], &probabilities[range.clone()]) < FOUND);
            nobodys.filter_map(|(place, _)| self.asked(place, &scorer, &matches, (group, members))).collect()
        };
        let asked: Vec<Vec<Asked>> = kept.par_iter().zip(&probabilities).map(of_piece).collect();
        let shares = [context::ONE, context::SEVERAL].map(|level| {
            let of_level: Vec<&Asked> = asked.iter().flatten().filter(|of| of.level == level).collect();
            (level, share_found(&of_level))
        });
        let rates = Rates::of(trained);
        kept.par_iter_mut().zip(asked).for_each(|(piece, asked)| {
            let mut added: Vec<(usize, Candidate)> = Vec::new();
            for of in &asked {
                let share = shares.iter().find(|(level, _)| *level == of.level).map_or(0.0, |(_, share)| *share);
                let worth = of.members.iter().zip(of.odds(share)).filter(|(_, odds)| *odds >= LEAST_ODDS);
                added.extend(worth.map(|((candidate, _), odds)| (of.place, Candidate { matched: rates.bits(odds) as f32, ..*candidate })));
            }
            piece.add(&added);
        });
    }

    /// Who is left of the family in which most of the row's own were found.
    fn asked(&self, place: usize, scorer: &Scorer<'_>, matches: &Matches<'_>, (group, members): (&[u32], &[(u32, u32)])) -> Option<Asked> {
        // By household: (what the others there add up to, the rule that brought the surest).
        let mut households: Vec<(u32, f64, (f64, u8))> = Vec::new();
        let mut taken: Vec<u32> = Vec::new();
        for likely in matches.others(place).flatten() {
            let household = group[likely.right as usize];
            if likely.probability >= FOUND {
                taken.push(self.entity_of(likely.right));
            }
            if household == NULL_ID {
                continue;
            }
            let surest = (likely.probability, likely.rule);
            match households.iter_mut().find(|(known, ..)| *known == household) {
                Some((_, support, best)) => {
                    *support += likely.probability;
                    *best = if surest.0 > best.0 { surest } else { *best };
                }
                None => households.push((household, likely.probability, surest)),
            }
        }
        let (household, support, (_, rule)) = households.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        let level = context::level_of(support);
        if level < context::ONE {
            return None;
        }
        let left = self.left[place];
        let start = members.partition_point(|entry| entry.0 < household);
        let of_household = members[start..].iter().take_while(|entry| entry.0 == household).map(|entry| entry.1).take(24);
        let free = of_household.filter(|right| *right != left && self.pairs(left, *right) && !taken.contains(&self.entity_of(*right)));
        let candidate = |right: u32| {
            let (pattern, ..) = scorer.score(left, right);
            let bits = |at: usize| scorer.weights.at(at, pattern);
            let apart: f64 = (0..scorer.trained.comparisons.len()).map(bits).map(|(matched, household)| matched - household).sum();
            (Candidate { right, rule, pattern, matched: 0.0, household: NO_HOUSEHOLD, personal: 0.0 }, apart)
        };
        let free: Vec<(Candidate, f64)> = free.map(candidate).collect();
        let mut entities: Vec<u32> = free.iter().map(|(candidate, _)| self.entity_of(candidate.right)).collect();
        entities.sort_unstable();
        entities.dedup();
        (!free.is_empty()).then_some(Asked { place, level, left_over: entities.len(), members: free })
    }
}

/// The share of rows that are one of those left of the family, with half a row added on either side.
fn share_found(asked: &[&Asked]) -> f64 {
    let mut share = 0.5;
    for _ in 0..50 {
        let of_row = |of: &&Asked| {
            let odds: f64 = of.odds(share).sum();
            odds / (1.0 + odds)
        };
        share = (asked.iter().map(of_row).sum::<f64>() + 0.5) / (asked.len() as f64 + 1.0);
    }
    share
}
