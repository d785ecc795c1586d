//! Scoring of many pairs under a bound: a pair is compared cheap comparisons first and given up as soon as the dear ones could not lift it.
//!
//! Some hundred pairs go through one comparison before they go through the next, so that the values of the next pairs are on their way
//! while one pair is compared.

use super::{Candidate, adjustment};
use crate::batch::BatchPair;
use crate::codes::{Codes, Line};
use crate::compare::{Agreement, Comparator};
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
const UNKNOWN: f64 = f64::INFINITY;

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
    /// The most that it can add, in bits.
    gain: f64,
    /// The level of all different values, and the most that these can add.
    unequal: Option<(u8, f64)>,
}

/// A pair on its way.
#[derive(Debug, Clone, Copy)]
struct State {
    left: u32,
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
    most: Vec<f64>,
    /// By step and pair: its level, and the adjustment as the pattern holds it.
    outcomes: Vec<(u8, u8)>,
    /// Pairs that are not given up.
    alive: Vec<u16>,
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
        let step = |at: usize| Step {
            comparator: described[at].comparator,
            trained: &trained.comparisons[at],
            at,
            place: codes.place(at),
            given: weights.given(at).and_then(|given| order.iter().position(|other| *other == given)),
            table: weights.table(at).concat(),
            levels: trained.comparisons[at].levels.len(),
            gain: gain(&trained.comparisons[at], trained.n_reference, most),
            unequal: described[at].comparator.unequal().filter(|_| codes.place(at).is_some()).map(|level| {
                let bits = weights.table(at).iter().map(|bits| most(bits[usize::from(level)]));
                (level, bits.fold(f64::NEG_INFINITY, f64::max))
            }),
        };
        let steps = order.iter().map(|at| step(*at)).collect();
        Self { codes, layout, prior, steps, floor, households }
    }

    /// Scores the pairs of a batch, and adds those that are worth keeping.
    pub(crate) fn score_all(&self, lefts: &[u32], batch: &[BatchPair], rule: u8, kept: &mut Vec<(u32, Candidate)>) {
        let mut pairs = Pairs::default();
        for chunk in batch.chunks(CHUNK) {
            self.begin(lefts, chunk, &mut pairs);
            for at in 0..self.steps.len() {
                self.step(at, chunk, &mut pairs);
            }
            let worth = pairs.alive.iter().map(|pair| usize::from(*pair)).filter(|pair| self.reach(&pairs.states[*pair]) >= self.floor);
            kept.extend(worth.map(|pair| (chunk[pair].slot, self.candidate(&pairs, pair, chunk, rule))));
        }
    }

    /// Fetches what the codes have of the pairs, and sums what the comparisons could add at most: nothing where a side says nothing,
    /// little where that takes equal values and these are not.
    fn begin(&self, lefts: &[u32], chunk: &[BatchPair], pairs: &mut Pairs) {
        let Pairs { rows, states, ids, most, outcomes, alive } = pairs;
        // First the reference rows are fetched, in a loop that waits for none of them.
        self.codes.gather(chunk.iter().map(|pair| pair.right), rows);
        let state = |pair: &BatchPair| State {
            left: lefts[pair.slot as usize],
            matched: self.prior,
            household: self.prior,
            personal: 0.0,
            rest: 0.0,
        };
        states.clear();
        states.extend(chunk.iter().map(state));
        ids.clear();
        most.clear();
        for step in &self.steps {
            let Some(place) = step.place else {
                ids.resize(ids.len() + chunk.len(), (NULL_ID, NULL_ID));
                let known = |(pair, state): (&BatchPair, &State)| step.comparator.is_known(state.left, pair.right);
                most.extend(chunk.iter().zip(states.iter()).map(known).map(|known| if known { step.gain } else { UNKNOWN }));
                continue;
            };
            let of_rows = step.comparator.ids().unwrap_or_default();
            for (at, state) in states.iter().enumerate() {
                let (a, b) = (of_rows[state.left as usize], self.codes.gathered(rows, at).id(place));
                ids.push((a, b));
                most.push(match step.unequal {
                    _ if a == NULL_ID || b == NULL_ID => UNKNOWN,
                    Some((_, most)) if a != b => most,
                    _ => step.gain,
                });
            }
        }
        for most in most.chunks_exact(chunk.len()) {
            for (state, most) in states.iter_mut().zip(most).filter(|(_, most)| most.is_finite()) {
                state.rest += most;
            }
        }
        outcomes.clear();
        outcomes.resize(most.len(), (Agreement::MISSING.level, NO_ADJUSTMENT));
        alive.clear();
        alive.extend(0..chunk.len() as u16);
    }

    /// Compares the pairs that the comparisons from this one on can still lift.
    fn step(&self, at: usize, chunk: &[BatchPair], pairs: &mut Pairs) {
        let Pairs { states, ids, most, outcomes, alive, .. } = pairs;
        let step = &self.steps[at];
        let first = at * chunk.len();
        let (ids, most) = (&ids[first..first + chunk.len()], &most[first..first + chunk.len()]);
        let (earlier, outcomes) = outcomes.split_at_mut(first);
        alive.retain(|pair| {
            let state = &states[usize::from(*pair)];
            self.reach(state) + state.rest >= self.floor
        });
        if step.place.is_some() {
            step.comparator.fetch(&mut alive.iter().map(|pair| ids[usize::from(*pair)]).filter(|(a, b)| a != b && *b != NULL_ID));
        }
        for pair in alive.iter().map(|pair| usize::from(*pair)).filter(|pair| most[*pair].is_finite()) {
            let (state, (a, b)) = (&mut states[pair], ids[pair]);
            state.rest -= most[pair];
            let agreement = match (step.place, step.unequal) {
                (Some(_), Some((level, _))) if a != b => Agreement::level(level),
                (Some(_), _) => step.comparator.compare_known((state.left, chunk[pair].right), (a, b)),
                (None, _) => step.comparator.compare(state.left, chunk[pair].right),
            };
            let adjusted = step.trained.term_frequency && agreement.frequency > 0.0;
            let half_bits = if adjusted { half_bits(adjustment(step.trained, agreement)) } else { NO_ADJUSTMENT };
            outcomes[pair] = (agreement.level, half_bits);
            let given = step.given.map_or(0, |given| usize::from(earlier[given * chunk.len() + pair].0));
            let (m, h) = step.table[given * step.levels + usize::from(agreement.level)];
            let frequency = if step.trained.term_frequency { bits(half_bits) } else { 0.0 };
            state.matched += m + frequency;
            state.household += h + frequency;
            state.personal += if step.trained.household { 0.0 } else { h + frequency };
        }
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
    let key = |at: usize| (described[at].term_frequency, described[at].blocked_by);
    let of_given = |at: usize| described[at].given.map_or(key(at), |given| key(given).max(key(at)));
    let mut order: Vec<usize> = (0..described.len()).collect();
    // Cheap ones stay as the model has them.
    order.sort_by_key(|at| Some(of_given(*at)).filter(|(dear, _)| *dear));
    order
}

/// The most bits that a comparison can add, the rarest value agreeing.
fn gain(comparison: &TrainedComparison, n_reference: usize, most: impl Fn((f64, f64)) -> f64) -> f64 {
    let rarest = 0.5 / n_reference.max(1) as f64;
    let of_level = |level: usize| {
        let rare = if comparison.term_frequency { (comparison.reference_frequency[level] / rarest).log2().max(0.0) } else { 0.0 };
        let given = comparison.interaction.as_ref().map_or(1, |interaction| interaction.m.len());
        (0..given).map(|given| most(comparison.bits(level, given))).fold(f64::NEG_INFINITY, f64::max) + rare
    };
    (1..comparison.levels.len()).map(of_level).fold(0.0, f64::max)
}
