//! Scoring of many pairs under a bound: a pair is compared cheap comparisons first and given up as soon as the dear ones could not lift it.
//!
//! First every pair is bounded by what its values' ids and signatures say, which are fetched for some hundred pairs at once; most are
//! given up there and leave nothing behind. Some hundred of the others go through one comparison before they go through the next, so
//! that the values of the next pairs are on their way while one pair is compared.

use super::{Candidate, adjustment};
use crate::batch::BatchPair;
use crate::codes::{CodedRow, Codes};
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
const UNKNOWN: Most = [f32::INFINITY; 2];
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

/// The most that a comparison adds to a match and to a household pair, in bits. One bound of both would let pairs through that are far
/// from either: another birth date says little against a member of the household, and the same one much for the person.
type Most = [f32; 2];

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
    unequal: Option<(u8, Most)>,
    /// What tells values apart, the place of their signatures in the codes where there was room, and the most that it adds that they are.
    screen: Option<(&'a Screen, Option<usize>, Most)>,
    /// By level: the most bits that it has without the rarity of the value, and log2 of the frequency that these bits are of.
    most: Vec<([f64; 2], f64)>,
}

/// The most that a comparison can add, in bits.
#[derive(Debug, Clone, Copy)]
struct Gain {
    equal: Most,
    unequal: Most,
}

/// A pair on its way.
#[derive(Debug, Clone, Copy)]
struct State {
    matched: f64,
    household: f64,
    personal: f64,
    /// The most that the comparisons to come can add to each.
    rest: [f64; 2],
}

/// Pairs that are compared side by side.
#[derive(Default)]
struct Pairs {
    rows: Vec<BatchPair>,
    states: Vec<State>,
    steps: Vec<OfStep>,
    /// Pairs that are not given up.
    alive: Vec<u16>,
    /// Pairs of which a step compares the values, and what it finds.
    asked: Vec<KnownPair>,
    places: Vec<u16>,
    told: Vec<Agreement>,
}

/// What is known of one comparison, by pair.
#[derive(Default)]
struct OfStep {
    /// The ids of the values, where the codes have them.
    ids: Vec<(u32, u32)>,
    /// The most that it adds.
    most: Vec<Most>,
    /// Its level, told in advance or by the step, and the adjustment as the pattern holds it.
    outcomes: Vec<(u8, u8)>,
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
        let given = |at: usize| trained.comparisons[at].interaction.as_ref().map(|interaction| interaction.given);
        let order = order(described, given);
        let prior = -(trained.n_reference.max(1) as f64).log2();
        let weights = Weights::new(trained, layout);
        let rarest = (0.5 / trained.n_reference.max(1) as f64).log2();
        let step = |at: usize| {
            let (comparator, trained) = (described[at].comparator, &trained.comparisons[at]);
            let most_of = |level: usize| {
                let bits = weights.table(at).iter().map(|bits| [bits[level].0, bits[level].1]);
                (bits.fold([f64::NEG_INFINITY; 2], greater), trained.reference_frequency[level].log2())
            };
            let levels: Vec<([f64; 2], f64)> = (0..trained.levels.len()).map(most_of).collect();
            let best = comparator.best_unequal().filter(|_| codes.place(at).is_some()).map_or(levels.len() - 1, usize::from);
            let rarity = |frequency: f64| if trained.term_frequency { (frequency - rarest).max(0.0) } else { 0.0 };
            let most_to = |best: usize| {
                let rarest = levels[1..=best].iter().map(|(bits, frequency)| bits.map(|bits| bits + rarity(*frequency)));
                rarest.fold([f64::NEG_INFINITY; 2], greater).map(|bits| bits as f32)
            };
            let most_at = |level: u8| levels[usize::from(level)].0.map(|bits| bits as f32);
            Step {
                comparator,
                trained,
                at,
                place: codes.place(at),
                given: weights.given(at).and_then(|given| order.iter().position(|other| *other == given)),
                table: weights.table(at).concat(),
                levels: levels.len(),
                gain: Gain { equal: most_to(levels.len() - 1), unequal: most_to(best) },
                unequal: comparator.unequal().filter(|_| codes.place(at).is_some()).map(|level| (level, most_at(level))),
                screen: comparator
                    .screen()
                    .filter(|_| codes.place(at).is_some())
                    .map(|screen| (screen, codes.signature(at), most_at(DIFFERENT))),
                most: levels,
            }
        };
        let steps = order.iter().map(|at| step(*at)).collect();
        Self { codes, layout, prior, steps, floor, households }
    }

    /// What the values of a batch's left rows can add.
    pub(crate) fn gains(&self, lefts: &[u32]) -> Gains {
        let mut gains = Vec::with_capacity(self.steps.len() * lefts.len());
        for left in lefts {
            gains.extend(self.steps.iter().map(|step| step.of_left(*left)));
        }
        Gains(gains)
    }

    /// Scores the pairs of a batch, and adds those that are worth keeping.
    pub(crate) fn score_all(&self, (lefts, gains): (&[u32], &Gains), batch: &[BatchPair], rule: u8, kept: &mut Vec<(u32, Candidate)>) {
        let mut rows = Vec::with_capacity(CHUNK);
        let mut pairs = Pairs { steps: self.steps.iter().map(|_| OfStep::default()).collect(), ..Pairs::default() };
        for chunk in batch.chunks(CHUNK) {
            // First the reference rows are fetched, in a loop that waits for none of them.
            self.codes.gather(chunk.iter().map(|pair| pair.right), &mut rows);
            for (at, pair) in chunk.iter().enumerate() {
                let row = self.codes.gathered(&rows, at);
                let gains = &gains.0[pair.slot as usize * self.steps.len()..][..self.steps.len()];
                if self.may_be_worth(gains, row) {
                    self.take(lefts, gains, *pair, row, &mut pairs);
                }
            }
            if pairs.rows.len() >= CHUNK {
                self.compare(lefts, rule, &mut pairs, kept);
            }
        }
        self.compare(lefts, rule, &mut pairs, kept);
    }

    /// Whether what the comparisons could add at most makes a pair worth keeping. What its ids say is summed without a decision, since
    /// none could be foreseen; signatures are looked at one after the other, until one gives the pair up.
    fn may_be_worth(&self, gains: &[OfLeft], row: CodedRow<'_>) -> bool {
        let mut most = [self.prior + ROUNDING; 2];
        for (step, left) in self.steps.iter().zip(gains) {
            let of_step = left.most[step.place.map_or(EQUAL, |place| left.case(row.id(place)))];
            most[0] += f64::from(of_step[0]);
            most[1] += f64::from(of_step[1]);
        }
        for (step, left) in self.steps.iter().zip(gains) {
            if self.greatest(most) < self.floor {
                return false;
            }
            if let (Some((_, _, bits)), Some(place)) = (step.screen, step.place)
                && left.case(row.id(place)) == UNEQUAL
                && step.tells_apart(left, row)
            {
                most[0] -= f64::from(left.most[UNEQUAL][0]) - f64::from(bits[0]);
                most[1] -= f64::from(left.most[UNEQUAL][1]) - f64::from(bits[1]);
            }
        }
        self.greatest(most) >= self.floor
    }

    /// Adds a pair to those that are compared, with what each comparison could add at most: nothing where a side says nothing, little
    /// where that takes equal values and these are not.
    fn take(&self, lefts: &[u32], gains: &[OfLeft], pair: BatchPair, row: CodedRow<'_>, pairs: &mut Pairs) {
        let mut state = State { matched: self.prior, household: self.prior, personal: 0.0, rest: [ROUNDING; 2] };
        for ((step, left), of_step) in self.steps.iter().zip(gains).zip(&mut pairs.steps) {
            let mut level = Agreement::MISSING.level;
            let (ids, most) = if let Some(place) = step.place {
                let right = row.id(place);
                let most = if left.value == NULL_ID || right == NULL_ID {
                    UNKNOWN
                } else if left.value == right {
                    left.most[EQUAL]
                } else if let Some((unequal, bits)) = step.unequal {
                    level = unequal;
                    bits
                } else if let Some((_, _, bits)) = step.screen.filter(|_| step.tells_apart(left, row)) {
                    level = DIFFERENT;
                    bits
                } else {
                    left.most[UNEQUAL]
                };
                ((left.value, right), most)
            } else {
                let known = step.comparator.is_known(lefts[pair.slot as usize], pair.right);
                ((NULL_ID, NULL_ID), if known { step.gain.equal } else { UNKNOWN })
            };
            of_step.ids.push(ids);
            of_step.most.push(most);
            of_step.outcomes.push((level, NO_ADJUSTMENT));
            if most[0] < UNKNOWN[0] {
                state.rest = [state.rest[0] + f64::from(most[0]), state.rest[1] + f64::from(most[1])];
            }
        }
        pairs.rows.push(pair);
        pairs.states.push(state);
    }

    /// Compares the pairs that were taken, and adds those that are worth keeping; leaves none.
    fn compare(&self, lefts: &[u32], rule: u8, pairs: &mut Pairs, kept: &mut Vec<(u32, Candidate)>) {
        pairs.alive.clear();
        pairs.alive.extend(0..pairs.rows.len() as u16);
        for at in 0..self.steps.len() {
            self.step(at, lefts, pairs);
        }
        let worth = pairs.alive.iter().map(|pair| usize::from(*pair)).filter(|pair| self.reach(&pairs.states[*pair]) >= self.floor);
        kept.extend(worth.map(|pair| (pairs.rows[pair].slot, self.candidate(pairs, pair, rule))));
        pairs.rows.clear();
        pairs.states.clear();
        for OfStep { ids, most, outcomes } in &mut pairs.steps {
            ids.clear();
            most.clear();
            outcomes.clear();
        }
    }

    /// Compares the pairs that the comparisons from this one on can still lift.
    fn step(&self, at: usize, lefts: &[u32], pairs: &mut Pairs) {
        let Pairs { rows: batch, states, steps, alive, asked, places, told } = pairs;
        let step = &self.steps[at];
        let (earlier, steps) = steps.split_at_mut(at);
        let OfStep { ids, most, outcomes } = &mut steps[0];
        alive.retain(|pair| {
            let state = &states[usize::from(*pair)];
            self.greatest([state.matched + state.rest[0], state.household + state.rest[1]]) >= self.floor
        });
        let mut tell = |outcomes: &mut [(u8, u8)], pair: usize, agreement: Agreement| {
            let adjusted = step.trained.term_frequency && agreement.frequency > 0.0;
            let half_bits = if adjusted { half_bits(adjustment(step.trained, agreement)) } else { NO_ADJUSTMENT };
            outcomes[pair] = (agreement.level, half_bits);
            let given = step.given.map_or(0, |given| usize::from(earlier[given].outcomes[pair].0));
            let (m, h) = step.table[given * step.levels + usize::from(agreement.level)];
            let frequency = if adjusted { bits(half_bits) } else { 0.0 };
            let state = &mut states[pair];
            state.rest = [state.rest[0] - f64::from(most[pair][0]), state.rest[1] - f64::from(most[pair][1])];
            state.matched += m + frequency;
            state.household += h + frequency;
            state.personal += if step.trained.household { 0.0 } else { h + frequency };
        };
        asked.clear();
        places.clear();
        for pair in alive.iter().map(|pair| usize::from(*pair)).filter(|pair| most[*pair][0] < UNKNOWN[0]) {
            let rows = (lefts[batch[pair].slot as usize], batch[pair].right);
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
        self.greatest([state.matched, state.household])
    }

    /// The greater of what stands for a match and for a household pair, where such a pair is kept for its own sake.
    fn greatest(&self, [matched, household]: [f64; 2]) -> f64 {
        if self.households { matched.max(household) } else { matched }
    }

    fn candidate(&self, pairs: &Pairs, pair: usize, rule: u8) -> Candidate {
        let mut pattern = 0;
        for (step, of_step) in self.steps.iter().zip(&pairs.steps) {
            let (level, half_bits) = of_step.outcomes[pair];
            self.layout.put_half_bits(&mut pattern, step.at, level, half_bits);
        }
        let State { matched, household, personal, .. } = pairs.states[pair];
        Candidate {
            right: pairs.rows[pair].right,
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
fn order(described: &[Described<'_>], given: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
    let of_given = |at: usize| {
        let chain = std::iter::successors(Some(at), |at| given(*at)).take(described.len());
        chain.map(|at| (described[at].term_frequency, described[at].blocked_by)).max()
    };
    let mut order: Vec<usize> = (0..described.len()).collect();
    // Cheap ones stay as the model has them.
    order.sort_by_key(|at| of_given(*at).filter(|(dear, _)| *dear));
    order
}

/// By left row and step: what is known of its value.
pub(crate) struct Gains(Vec<OfLeft>);

struct OfLeft {
    value: u32,
    signature: Signature,
    /// The most that the comparison adds in each case.
    most: [Most; 4],
}

/// The values differ, or may.
const UNEQUAL: usize = 0;
/// They are equal, or may be.
const EQUAL: usize = 1;
// The other cases: one side says nothing, or neither.

impl OfLeft {
    /// Which case a reference row's value makes.
    fn case(&self, right: u32) -> usize {
        usize::from(self.value == right) | usize::from(right == NULL_ID) << 1
    }
}

impl Step<'_> {
    fn of_left(&self, left: u32) -> OfLeft {
        let Some(ids) = self.comparator.ids().filter(|_| self.place.is_some()) else {
            // What it says is not known before rows are asked: at most this, and nothing where it says nothing.
            return OfLeft { value: NULL_ID, signature: Signature(0), most: [self.gain.equal.map(|bits| bits.max(0.0)); 4] };
        };
        let value = ids[left as usize];
        if value == NULL_ID {
            return OfLeft { value, signature: Signature(0), most: [[0.0; 2]; 4] };
        }
        let signature = self.screen.map_or(Signature(0), |(screen, ..)| screen.signature(value));
        let gain = self.gain_of(value);
        let unequal = self.unequal.map_or(gain.unequal, |(_, bits)| bits);
        OfLeft { value, signature, most: [unequal, gain.equal, [0.0; 2], [0.0; 2]] }
    }

    /// Whether the signatures of unequal values show that they are not similar. Where a row has no room for them, the values' own are asked:
    /// those left over are few values, and in the cache.
    fn tells_apart(&self, left: &OfLeft, row: CodedRow<'_>) -> bool {
        let (Some((screen, signature, _)), Some(place)) = (self.screen, self.place) else { return false };
        let right = signature.map_or_else(|| screen.signature(row.id(place)), |place| row.signature(place));
        screen.tells_apart(left.signature, right)
    }

    /// The most that the comparison of this value with another can add.
    fn gain_of(&self, value: u32) -> Gain {
        if !self.trained.term_frequency {
            return self.gain;
        }
        let rarity = |adjustment: f64| bits(half_bits(adjustment));
        let with = |level: usize, rarity: f64| self.most[level].0.map(|bits| (bits + rarity) as f32);
        let of_agreement = |agreement: Agreement| with(usize::from(agreement.level), rarity(adjustment(self.trained, agreement)));
        let equal = self.comparator.equal(value).map_or(self.gain.equal, of_agreement);
        let mut last = (0.0_f32, 0.0);
        let mut of_level = |level: u8| match self.comparator.rarity(value, level) {
            Rarity::Nothing => with(usize::from(level), 0.0),
            Rarity::AtLeast(least) if least > 0.0 => {
                if last.0.to_bits() != least.to_bits() {
                    last = (least, f64::from(least).log2());
                }
                with(usize::from(level), rarity(self.most[usize::from(level)].1 - last.1))
            }
            _ => self.gain.unequal,
        };
        let best = self.comparator.best_unequal().unwrap_or(self.levels as u8 - 1);
        let unequal = (1..=best).map(&mut of_level).fold([f32::NEG_INFINITY; 2], |a, b| [a[0].max(b[0]), a[1].max(b[1])]);
        Gain { equal, unequal }
    }
}

fn greater(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0].max(b[0]), a[1].max(b[1])]
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
            let order = order(&described, |at| described[at].given);
            let place = |at: usize| order.iter().position(|other| *other == at);
            for (at, described) in described.iter().enumerate() {
                prop_assert!(described.given.is_none_or(|given| place(given) < place(at)), "{at} stands before what it is given: {order:?}");
            }
        }
    }
}
