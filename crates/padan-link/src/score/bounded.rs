//! Scoring of many pairs under a bound: a pair is compared cheap comparisons first and given up as soon as the dear ones could not lift it.
//!
//! Some hundred pairs go through one comparison before they go through the next, so that the values of the next pairs are on their way
//! while one pair is compared.

use super::{Candidate, adjustment};
use crate::batch::BatchPair;
use crate::codes::{Codes, Line};
use crate::compare::{Agreement, Comparator, KnownPair, Rarity, Screen, Signature};
use crate::learn::Described;
use crate::pattern::{Layout, NO_ADJUSTMENT, bits, half_bits};
use crate::records::NULL_ID;
use crate::trained::{TrainedComparison, TrainedModel, Weights};

/// A candidate whose odds are below one in 2^this of the alternative is dropped.
const DROP_BITS: f64 = -9.0;
/// The same of a pair of a dedupe task, which competes with nothing but itself, at one match a row or fewer.
const DROP_BITS_DEDUPE: f64 = -3.0;
/// The same where every pair is wanted.
const DROP_BITS_EVERY: f64 = -11.0;
/// Pairs that are compared side by side.
const CHUNK: usize = 256;
/// What stands for the most that a comparison adds of which a side says nothing.
const UNKNOWN: f32 = f32::INFINITY;
/// The level of values that are told apart.
const DIFFERENT: u8 = 1;
/// What sums of bounds may be off.
const ROUNDING: f64 = 1e-3;

/// Which pairs are worth keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// What may be the match of a left row, or a member of its household.
    Best,
    /// The same, likely or not.
    Every,
    /// What may be one person, each pair by itself.
    Doubles,
    /// The same, likely or not.
    EveryDouble,
}

/// Scores pairs cheap comparisons first, and gives one up when the dear ones cannot lift it any more.
pub(crate) struct Bounded<'a> {
    codes: &'a Codes,
    layout: &'a Layout,
    /// log2 of one over the reference rows.
    prior: f64,
    /// In the order they are made.
    steps: Vec<Step<'a>>,
    floor: f64,
    /// Whether a household pair is kept for its own sake.
    households: bool,
}

/// One comparison.
struct Step<'a> {
    comparator: &'a dyn Comparator,
    trained: &'a TrainedComparison,
    /// Its index in the pattern.
    at: usize,
    /// Its place in the codes.
    place: Option<usize>,
    /// The step of the comparison that it is given.
    given: Option<usize>,
    /// Bits of (match, household), by the level of the comparison that it is given, if any, and its own.
    table: Vec<(f64, f64)>,
    levels: usize,
    /// The most that it can add, in bits; equal values, and unequal ones.
    gain: Gain,
    /// The level of all different values, where it is the same, and the most that it adds.
    unequal: Option<(u8, f32)>,
    /// What tells values apart, the place of their signatures in the codes, and the most that it adds that they are.
    screen: Option<(&'a Screen, usize, f32)>,
    /// By level: the most bits that it has without the rarity of the value, and log2 of the frequency that these bits are of.
    most: Vec<(f64, f64)>,
}

/// The most that a comparison can add, in bits.
#[derive(Debug, Clone, Copy)]
struct Gain {
    equal: f32,
    unequal: f32,
}

/// A pair on its way.
#[derive(Debug, Clone, Copy)]
struct State {
    matched: f64,
    household: f64,
    personal: f64,
    /// The most that the comparisons to come can add.
    rest: f64,
}

/// The pairs of a chunk; what is by step and pair stands step after step.
#[derive(Default)]
struct Pairs {
    rows: Vec<Line>,
    states: Vec<State>,
    /// By step and pair: the ids of the values, where the codes have them.
    ids: Vec<(u32, u32)>,
    /// By step and pair: the most that it adds.
    most: Vec<f32>,
    /// By step and pair: its level, told in advance or by the step, and the adjustment as the pattern holds it.
    outcomes: Vec<(u8, u8)>,
    /// Pairs that are not given up.
    alive: Vec<u16>,
    /// Pairs of which a step compares the values, and what it finds.
    asked: Vec<KnownPair>,
    places: Vec<u16>,
    told: Vec<Agreement>,
}

impl<'a> Bounded<'a> {
    /// For pairs of a task with that aim.
    pub(crate) fn new(described: &'a [Described<'a>], codes: &'a Codes, trained: &'a TrainedModel, layout: &'a Layout, aim: Aim) -> Self {
        let households = matches!(aim, Aim::Best | Aim::Every);
        let floor = match aim {
            Aim::Best => DROP_BITS,
            Aim::Every => DROP_BITS_EVERY,
            // A pair's odds are these times the matches a row.
            Aim::Doubles => DROP_BITS_DEDUPE - trained.match_rate.max(1.0).log2(),
            Aim::EveryDouble => DROP_BITS_EVERY - trained.match_rate.max(1.0).log2(),
        };
        let order = order(described);
        let prior = -(trained.n_reference.max(1) as f64).log2();
        let weights = Weights::new(trained, layout);
        let most = |bits: (f64, f64)| if households { bits.0.max(bits.1) } else { bits.0 };
        let rarest = (0.5 / trained.n_reference.max(1) as f64).log2();
        let step = |at: usize| {
            let (comparator, trained) = (described[at].comparator, &trained.comparisons[at]);
            let most_of = |level: usize| {
                let bits = weights.table(at).iter().map(|bits| most(bits[level])).fold(f64::NEG_INFINITY, f64::max);
                (bits, trained.reference_frequency[level].log2())
            };
            let levels: Vec<(f64, f64)> = (0..trained.levels.len()).map(most_of).collect();
            let best = comparator.best_unequal().filter(|_| codes.place(at).is_some()).map_or(levels.len() - 1, usize::from);
            let rarity = |frequency: f64| if trained.term_frequency { (frequency - rarest).max(0.0) } else { 0.0 };
            let most_to =
                |best: usize| levels[1..=best].iter().map(|(bits, frequency)| bits + rarity(*frequency)).fold(f64::NEG_INFINITY, f64::max);
            Step {
                comparator,
                trained,
                at,
                place: codes.place(at),
                given: weights.given(at).and_then(|given| order.iter().position(|other| *other == given)),
                table: weights.table(at).concat(),
                levels: levels.len(),
                gain: Gain { equal: most_to(levels.len() - 1) as f32, unequal: most_to(best) as f32 },
                unequal: comparator
                    .unequal()
                    .filter(|_| codes.place(at).is_some())
                    .map(|level| (level, levels[usize::from(level)].0 as f32)),
                screen: comparator
                    .screen()
                    .zip(codes.signature(at))
                    .map(|(screen, place)| (screen, place, levels[usize::from(DIFFERENT)].0 as f32)),
                most: levels,
            }
        };
        let steps = order.iter().map(|at| step(*at)).collect();
        Self { codes, layout, prior, steps, floor, households }
    }

    /// What the values of a batch's left rows can add.
    pub(crate) fn gains(&self, lefts: &[u32]) -> Gains {
        let of_step = |step: &'_ Step<'a>| {
            let ids = step.comparator.ids().filter(|_| step.place.is_some());
            let of_left = move |left: &u32| {
                let value = ids.map_or(NULL_ID, |ids| ids[*left as usize]);
                if value == NULL_ID {
                    return OfLeft { value, signature: Signature(0), gain: step.gain };
                }
                let signature = step.screen.map_or(Signature(0), |(screen, ..)| screen.signature(value));
                OfLeft { value, signature, gain: step.gain_of(value) }
            };
            lefts.iter().map(of_left).collect::<Vec<_>>()
        };
        Gains(self.steps.iter().flat_map(of_step).collect())
    }

    /// Scores the pairs of a batch, and adds those that are worth keeping.
    pub(crate) fn score_all(&self, (lefts, gains): (&[u32], &Gains), batch: &[BatchPair], rule: u8, kept: &mut Vec<(u32, Candidate)>) {
        let mut pairs = Pairs::default();
        for chunk in batch.chunks(CHUNK) {
            self.begin((lefts, gains), chunk, &mut pairs);
            for at in 0..self.steps.len() {
                self.step(at, lefts, chunk, &mut pairs);
            }
            let worth = pairs.alive.iter().map(|pair| usize::from(*pair)).filter(|pair| self.reach(&pairs.states[*pair]) >= self.floor);
            kept.extend(worth.map(|pair| (chunk[pair].slot, self.candidate(&pairs, pair, chunk, rule))));
        }
    }

    /// Fetches what the codes have of the pairs, and sums what the comparisons could add at most: nothing where a side says nothing,
    /// little where that takes equal values and these are not.
    fn begin(&self, (lefts, gains): (&[u32], &Gains), chunk: &[BatchPair], pairs: &mut Pairs) {
        let Pairs { rows, states, ids, most, outcomes, alive, .. } = pairs;
        // First the reference rows are fetched, in a loop that waits for none of them.
        self.codes.gather(chunk.iter().map(|pair| pair.right), rows);
        states.clear();
        states.resize(chunk.len(), State { matched: self.prior, household: self.prior, personal: 0.0, rest: ROUNDING });
        ids.clear();
        most.clear();
        outcomes.clear();
        outcomes.resize(self.steps.len() * chunk.len(), (Agreement::MISSING.level, NO_ADJUSTMENT));
        for (step, gains) in self.steps.iter().zip(gains.0.chunks_exact(lefts.len().max(1))) {
            let first = ids.len();
            let Some(place) = step.place else {
                ids.resize(ids.len() + chunk.len(), (NULL_ID, NULL_ID));
                let known = |pair: &BatchPair| step.comparator.is_known(lefts[pair.slot as usize], pair.right);
                most.extend(chunk.iter().map(known).map(|known| if known { step.gain.equal } else { UNKNOWN }));
                continue;
            };
            for (at, pair) in chunk.iter().enumerate() {
                let (left, row) = (&gains[pair.slot as usize], self.codes.gathered(rows, at));
                let right = row.id(place);
                ids.push((left.value, right));
                most.push(if left.value == NULL_ID || right == NULL_ID {
                    UNKNOWN
                } else if left.value == right {
                    left.gain.equal
                } else if let Some((level, bits)) = step.unequal {
                    outcomes[first + at].0 = level;
                    bits
                } else if let Some((_, _, bits)) =
                    step.screen.filter(|(screen, place, _)| screen.tells_apart(left.signature, row.signature(*place)))
                {
                    outcomes[first + at].0 = DIFFERENT;
                    bits
                } else {
                    left.gain.unequal
                });
            }
        }
        for most in most.chunks_exact(chunk.len()) {
            for (state, most) in states.iter_mut().zip(most) {
                state.rest += if most.is_finite() { f64::from(*most) } else { 0.0 };
            }
        }
        alive.clear();
        alive.extend(0..chunk.len() as u16);
    }

    /// Compares the pairs that the comparisons from this one on can still lift.
    fn step(&self, at: usize, lefts: &[u32], chunk: &[BatchPair], pairs: &mut Pairs) {
        let Pairs { states, ids, most, outcomes, alive, asked, places, told, .. } = pairs;
        let step = &self.steps[at];
        let first = at * chunk.len();
        let (ids, most) = (&ids[first..first + chunk.len()], &most[first..first + chunk.len()]);
        let (earlier, outcomes) = outcomes.split_at_mut(first);
        alive.retain(|pair| {
            let state = &states[usize::from(*pair)];
            self.reach(state) + state.rest >= self.floor
        });
        let mut tell = |outcomes: &mut [(u8, u8)], pair: usize, agreement: Agreement| {
            let adjusted = step.trained.term_frequency && agreement.frequency > 0.0;
            let half_bits = if adjusted { half_bits(adjustment(step.trained, agreement)) } else { NO_ADJUSTMENT };
            outcomes[pair] = (agreement.level, half_bits);
            let given = step.given.map_or(0, |given| usize::from(earlier[given * chunk.len() + pair].0));
            let (m, h) = step.table[given * step.levels + usize::from(agreement.level)];
            let frequency = if adjusted { bits(half_bits) } else { 0.0 };
            let state = &mut states[pair];
            state.rest -= f64::from(most[pair]);
            state.matched += m + frequency;
            state.household += h + frequency;
            state.personal += if step.trained.household { 0.0 } else { h + frequency };
        };
        asked.clear();
        places.clear();
        for pair in alive.iter().map(|pair| usize::from(*pair)).filter(|pair| most[*pair].is_finite()) {
            let rows = (lefts[chunk[pair].slot as usize], chunk[pair].right);
            let (level, _) = outcomes[pair];
            if level != Agreement::MISSING.level {
                tell(outcomes, pair, Agreement::level(level));
            } else if step.place.is_some() {
                asked.push((rows, ids[pair]));
                places.push(pair as u16);
            } else {
                tell(outcomes, pair, step.comparator.compare(rows.0, rows.1));
            }
        }
        step.comparator.fetch(&mut asked.iter().map(|(_, ids)| *ids).filter(|(a, b)| a != b));
        told.clear();
        step.comparator.compare_many(asked, told);
        places.iter().zip(told).for_each(|(pair, agreement)| tell(outcomes, usize::from(*pair), *agreement));
    }

    /// What a pair has reached that it may be kept for.
    fn reach(&self, state: &State) -> f64 {
        if self.households { state.matched.max(state.household) } else { state.matched }
    }

    fn candidate(&self, pairs: &Pairs, pair: usize, chunk: &[BatchPair], rule: u8) -> Candidate {
        let mut pattern = 0;
        for (step, outcomes) in self.steps.iter().zip(pairs.outcomes.chunks_exact(chunk.len())) {
            let (level, half_bits) = outcomes[pair];
            self.layout.put_half_bits(&mut pattern, step.at, level, half_bits);
        }
        let State { matched, household, personal, .. } = pairs.states[pair];
        Candidate {
            right: chunk[pair].right,
            rule,
            pattern,
            matched: matched as f32,
            household: household as f32,
            personal: personal as f32,
        }
    }
}

/// The comparisons in the order in which they are made: cheap ones first, of the dear ones those first on which candidates seldom agree. One
/// that is given another stands after it.
fn order(described: &[Described<'_>]) -> Vec<usize> {
    let of_given = |at: usize| {
        let chain = std::iter::successors(Some(at), |at| described[*at].given).take(described.len());
        chain.map(|at| (described[at].term_frequency, described[at].blocked_by)).max()
    };
    let mut order: Vec<usize> = (0..described.len()).collect();
    // Cheap ones stay as the model has them.
    order.sort_by_key(|at| of_given(*at).filter(|(dear, _)| *dear));
    order
}

/// By step and left row: what is known of its value.
pub(crate) struct Gains(Vec<OfLeft>);

struct OfLeft {
    value: u32,
    signature: Signature,
    gain: Gain,
}

impl Step<'_> {
    /// The most that the comparison of this value with another can add.
    fn gain_of(&self, value: u32) -> Gain {
        if !self.trained.term_frequency {
            return self.gain;
        }
        let rarity = |adjustment: f64| bits(half_bits(adjustment));
        let of_agreement =
            |agreement: Agreement| (self.most[usize::from(agreement.level)].0 + rarity(adjustment(self.trained, agreement))) as f32;
        let equal = self.comparator.equal(value).map_or(self.gain.equal, of_agreement);
        let mut last = (0.0_f32, 0.0);
        let mut of_level = |level: u8| {
            let (most, frequency) = self.most[usize::from(level)];
            match self.comparator.rarity(value, level) {
                Rarity::Nothing => most,
                Rarity::AtLeast(least) if least > 0.0 => {
                    if last.0.to_bits() != least.to_bits() {
                        last = (least, f64::from(least).log2());
                    }
                    most + rarity(frequency - last.1)
                }
                _ => f64::from(self.gain.unequal),
            }
        };
        let best = self.comparator.best_unequal().unwrap_or(self.levels as u8 - 1);
        let unequal = (1..=best).map(&mut of_level).fold(f64::NEG_INFINITY, f64::max) as f32;
        Gain { equal, unequal }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Nothing;

    impl Comparator for Nothing {
        fn levels(&self) -> Vec<String> {
            vec!["missing".to_owned(), "different".to_owned(), "same".to_owned()]
        }

        fn start(&self) -> Vec<f64> {
            vec![0.1, 0.9]
        }

        fn compare(&self, _left: u32, _right: u32) -> Agreement {
            Agreement::MISSING
        }
    }

    proptest! {
        #[test]
        fn what_is_given_comes_first(of in prop::collection::vec((any::<bool>(), 0_usize..4, prop::option::of(any::<prop::sample::Index>())), 1..12)) {
            let described: Vec<Described<'_>> = of
                .iter()
                .enumerate()
                .map(|(at, (term_frequency, blocked_by, given))| Described {
                    name: at.to_string(),
                    household: false,
                    term_frequency: *term_frequency,
                    identifier: false,
                    given: given.filter(|_| at > 0).map(|given| given.index(at)),
                    blocked_by: *blocked_by,
                    comparator: &Nothing,
                })
                .collect();
            let order = order(&described);
            let place = |at: usize| order.iter().position(|other| *other == at);
            for (at, described) in described.iter().enumerate() {
                prop_assert!(described.given.is_none_or(|given| place(given) < place(at)), "{at} stands before what it is given: {order:?}");
            }
        }
    }
}
