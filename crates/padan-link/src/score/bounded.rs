//! Scoring of many pairs under a bound: a pair is compared cheap comparisons first and given up as soon as the dear ones could not lift it.
//!
//! What ids and signatures tell of a pair, which stand in one place and are fetched for some hundred pairs at once, is taken first, and the
//! rest is bounded; a pair that is given up there leaves nothing behind. The comparisons that are left are made one after the other, each of
//! the pairs that wait for it, so that the values of the next pairs are on their way while one pair is compared.

mod step;

use std::ops::Range;

use super::{Candidate, adjustment};
use crate::batch::BatchPair;
use crate::codes::{CodedRow, Codes, Line};
use crate::compare::{Agreement, KnownPair};
use crate::learn::Described;
use crate::pattern::{Layout, NO_ADJUSTMENT, Pattern, bits, half_bits};
use crate::records::NULL_ID;
use crate::trained::{TrainedModel, Weights};
pub(crate) use step::Gains;
use step::{EQUAL, Gain, Most, OfLeft, Step, greater};

/// A candidate whose odds are below one in 2^this of the alternative is dropped.
const DROP_BITS: f64 = -9.0;
/// The same of a pair of a dedupe task, which competes with nothing but itself, at one match a row or fewer.
const DROP_BITS_DEDUPE: f64 = -3.0;
/// The same where every pair is wanted.
const DROP_BITS_EVERY: f64 = -11.0;
/// Pairs that are compared side by side.
const CHUNK: usize = 256;
/// The level of values that are different.
const DIFFERENT: u8 = 1;
/// What sums of bounds may be off.
const ROUNDING: f64 = 1e-3;

/// Which pairs are worth keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// What may be the match of a left row, or stands under its number and may be a member of its household, to whom it was lent.
    Best,
    /// What may be the match of a left row or a member of its household, likely or not.
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
    /// The pattern of a pair of which nothing is known.
    nothing: Pattern,
    /// Which household pairs are kept for their own sake.
    households: Households,
    /// Steps that compare numbers of persons.
    numbers: Vec<usize>,
}

/// Which household pairs are kept for their own sake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Households {
    None,
    /// Those of one number: that it was lent explains what speaks for the pair. Neighbours explain nothing.
    OfOneNumber,
    All,
}

/// No level.
const UNTOLD: u8 = u8::MAX;
/// A pattern has room for no more comparisons.
const MOST_STEPS: usize = 32;
/// Of so many chunks one tells whether a first look at all ids is worth it, which gives pairs up without asking what they say.
const LOOKED: usize = 16;
/// It is where it gives one pair in so many up.
const GIVEN_UP: usize = 8;

/// A pair on its way.
#[derive(Debug, Clone, Copy)]
struct State {
    matched: f64,
    household: f64,
    personal: f64,
    /// The most that the comparisons to come can add to each.
    rest: [f64; 2],
    is_alive: bool,
    /// Whether it is kept as a household pair, too.
    as_household: bool,
}

/// What is found of a pair, by step: its level, and the adjustment as the pattern holds it.
#[derive(Debug, Clone, Copy)]
struct Found {
    levels: [u8; MOST_STEPS],
    half_bits: [u8; MOST_STEPS],
}

const NOTHING: Found = Found { levels: [Agreement::MISSING.level; MOST_STEPS], half_bits: [NO_ADJUSTMENT; MOST_STEPS] };

/// A pair that waits for a comparison.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    pair: u16,
    /// Its level, where only that of the comparison that this one is given is not known yet.
    level: u8,
    /// The values, where the codes have them.
    ids: (u32, u32),
    /// The most that it adds.
    most: Most,
}

/// The comparisons that one pair waits for, by their number.
type Queue = [(u8, Waiting); MOST_STEPS];

/// Pairs that are compared side by side.
#[derive(Default)]
struct Pairs {
    rows: Vec<BatchPair>,
    states: Vec<State>,
    found: Vec<Found>,
    /// By step.
    waiting: Vec<Vec<Waiting>>,
    /// Pairs of which a step compares the values, and what it finds.
    asked: Vec<KnownPair>,
    places: Vec<(u16, Most)>,
    told: Vec<Agreement>,
}

/// Buffers of scoring.
pub(crate) struct Room {
    /// Reference rows of a chunk.
    rows: Vec<Line>,
    pairs: Pairs,
    /// Chunks until the next that tells whether a first look is worth it, and whether the last did.
    until: usize,
    is_looked: bool,
}

impl<'a> Bounded<'a> {
    /// For pairs of a task with that aim.
    pub(crate) fn new(
        described: &'a [Described<'a>],
        codes: &'a Codes,
        trained: &'a TrainedModel,
        layout: &'a Layout,
        (aim, lefts): (Aim, &[u32]),
    ) -> Self {
        let households = match aim {
            Aim::Best => Households::OfOneNumber,
            Aim::Every => Households::All,
            Aim::Doubles | Aim::EveryDouble => Households::None,
        };
        let floor = match aim {
            Aim::Best => DROP_BITS,
            Aim::Every => DROP_BITS_EVERY,
            // A pair's odds are these times the matches a row.
            Aim::Doubles => DROP_BITS_DEDUPE - trained.match_rate.max(1.0).log2(),
            Aim::EveryDouble => DROP_BITS_EVERY - trained.match_rate.max(1.0).log2(),
        };
        let given = |at: usize| trained.comparisons[at].interaction.as_ref().map(|interaction| interaction.given);
        // What none of the left rows says is missing in every pair.
        let is_said = |at: &usize| lefts.iter().any(|left| described[*at].comparator.is_said(*left));
        let order: Vec<usize> = order(described, given).into_iter().filter(is_said).collect();
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
            let by_level_alone = |level: u8| !trained.term_frequency || level <= DIFFERENT;
            let top = comparator.equal_level().map_or(1..levels.len(), |level| usize::from(level)..usize::from(level) + 1);
            let most_in = |levels: Range<usize>, bits: &[(f64, f64)]| {
                bits[levels].iter().map(|(m, h)| [*m, *h]).fold([f64::NEG_INFINITY; 2], greater).map(|bits| bits as f32)
            };
            let of_given = |bits: &Vec<(f64, f64)>| [most_in(1..best + 1, bits), most_in(top.clone(), bits)];
            let mut cases: Vec<[Most; 2]> = Vec::new();
            if !trained.term_frequency {
                cases.extend(weights.table(at).iter().map(of_given));
                let most = |a: [Most; 2], b: &[Most; 2]| std::array::from_fn(|case| std::array::from_fn(|of| a[case][of].max(b[case][of])));
                cases.push(cases.iter().fold([[f32::NEG_INFINITY; 2]; 2], most));
            }
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
                glimpse: comparator
                    .glimpse()
                    .filter(|_| codes.place(at).is_some())
                    .map(|glimpse| (glimpse, codes.signature(at)))
                    .filter(|(glimpse, place)| place.is_some() || glimpse.stands_alone()),
                by_level: (0..levels.len() as u8).map(by_level_alone).collect(),
                cases,
                most: levels,
            }
        };
        let steps = order.iter().map(|at| step(*at)).collect();
        let is_number = |step: &usize| described[order[*step]].identifier && !described[order[*step]].household;
        let numbers = (0..order.len()).filter(is_number).collect();
        let unsaid = (0..described.len()).filter(|at| !order.contains(at));
        let nothing = unsaid.fold(0, |mut pattern, at| {
            layout.put_half_bits(&mut pattern, at, Agreement::MISSING.level, NO_ADJUSTMENT);
            pattern
        });
        Self { codes, layout, prior, steps, floor, nothing, households, numbers }
    }

    /// What the values of a batch's left rows can add.
    pub(crate) fn gains(&self, lefts: &[u32]) -> Gains {
        let mut gains = Vec::with_capacity(self.steps.len() * lefts.len());
        for left in lefts {
            gains.extend(self.steps.iter().map(|step| step.of_left(*left)));
            let from = gains.len() - self.steps.len();
            let mut after = [0.0_f32; 2];
            for of in gains[from..].iter_mut().rev() {
                of.after = after;
                let best = of.most.iter().fold([0.0_f32; 2], |a, b| [a[0].max(b[0]), a[1].max(b[1])]);
                after = [after[0] + best[0], after[1] + best[1]];
            }
        }
        Gains(gains)
    }

    /// What scoring needs room for, to be used again.
    pub(crate) fn room(&self) -> Room {
        Room {
            rows: Vec::with_capacity(CHUNK),
            pairs: Pairs { waiting: self.steps.iter().map(|_| Vec::new()).collect(), ..Pairs::default() },
            until: 0,
            is_looked: true,
        }
    }

    /// Scores the pairs of a batch, and adds those that are worth keeping.
    pub(crate) fn score_all(
        &self,
        (lefts, gains): (&[u32], &Gains),
        batch: &[BatchPair],
        rule: u8,
        Room { rows, pairs, until, is_looked }: &mut Room,
        kept: &mut Vec<(u32, Candidate)>,
    ) {
        let mut waiting = [(0_u8, Waiting { pair: 0, level: UNTOLD, ids: (NULL_ID, NULL_ID), most: [0.0; 2] }); MOST_STEPS];
        for chunk in batch.chunks(CHUNK) {
            // First the reference rows are fetched, in a loop that waits for none of them.
            self.codes.gather(chunk.iter().map(|pair| pair.right), rows);
            let look = *is_looked || *until == 0;
            let mut given_up = 0;
            for (at, pair) in chunk.iter().enumerate() {
                let row = self.codes.gathered(rows, at);
                let gains = &gains.0[pair.slot as usize * self.steps.len()..][..self.steps.len()];
                if look && !self.may_be_worth(gains, row) {
                    given_up += 1;
                } else {
                    self.take((lefts[pair.slot as usize], gains), *pair, row, (pairs, &mut waiting));
                }
            }
            if look {
                *is_looked = given_up * GIVEN_UP >= chunk.len();
                *until = LOOKED;
            } else {
                *until -= 1;
            }
            if pairs.rows.len() >= CHUNK {
                self.compare(lefts, rule, pairs, kept);
            }
        }
        self.compare(lefts, rule, pairs, kept);
    }

    /// Whether what the comparisons could add at most makes a pair worth keeping, by which of its ids are equal alone; summed without a
    /// decision, since none could be foreseen.
    fn may_be_worth(&self, gains: &[OfLeft], row: CodedRow<'_>) -> bool {
        let mut most = [self.prior + ROUNDING; 2];
        for (step, left) in self.steps.iter().zip(gains) {
            let of_step = left.most[step.place.map_or(EQUAL, |place| left.case(row.id(place)))];
            most[0] += f64::from(of_step[0]);
            most[1] += f64::from(of_step[1]);
        }
        greatest(most, self.as_household(gains, row)) >= self.floor
    }

    /// Whether a pair may be kept as a household pair.
    fn as_household(&self, gains: &[OfLeft], row: CodedRow<'_>) -> bool {
        let is_one = |number: &usize| match self.steps[*number].place {
            Some(place) => gains[*number].value != NULL_ID && gains[*number].value == row.id(place),
            None => true,
        };
        match self.households {
            Households::None => false,
            Households::OfOneNumber => self.numbers.iter().any(is_one),
            Households::All => true,
        }
    }

    /// Adds a pair to those that are compared, with what its ids and signatures tell and the most that each comparison that is left could
    /// add; not where that is too little.
    fn take(&self, (left_row, gains): (u32, &[OfLeft]), pair: BatchPair, row: CodedRow<'_>, (pairs, waiting): (&mut Pairs, &mut Queue)) {
        let at = pairs.rows.len() as u16;
        let as_household = self.as_household(gains, row);
        let mut state =
            State { matched: self.prior, household: self.prior, personal: 0.0, rest: [ROUNDING; 2], is_alive: true, as_household };
        let mut found = NOTHING;
        let mut waits = 0;
        for (number, (step, left)) in self.steps.iter().zip(gains).enumerate() {
            let Some(place) = step.place else {
                if step.comparator.is_known(left_row, pair.right) {
                    found.levels[number] = UNTOLD;
                    waiting[waits] = (number as u8, Waiting { pair: at, level: UNTOLD, ids: (NULL_ID, NULL_ID), most: step.gain.equal });
                    waits += 1;
                    state.expect(step.gain.equal);
                }
                continue;
            };
            let value = row.id(place);
            if left.value == NULL_ID || value == NULL_ID {
                continue;
            }
            let given = step.given.map_or(0, |given| found.levels[given]);
            let level = step.level(left, (pair.right, row), value);
            found.levels[number] = level.unwrap_or(UNTOLD);
            if let Some(level) = level.filter(|_| given != UNTOLD) {
                state.add(step.table[usize::from(given) * step.levels + usize::from(level)], 0.0, step.trained.household);
            } else {
                let most = if let Some(level) = level {
                    step.most[usize::from(level)].0.map(|bits| bits as f32)
                } else {
                    let case = left.case(value);
                    let of_given = if given == UNTOLD { None } else { step.cases.get(usize::from(given)) };
                    of_given.map_or(left.most[case], |cases| cases[case])
                };
                waiting[waits] = (number as u8, Waiting { pair: at, level: level.unwrap_or(UNTOLD), ids: (left.value, value), most });
                waits += 1;
                state.expect(most);
            }
            // Now and then: what one comparison decides is soon found out.
            if number % 4 != 3 {
                continue;
            }
            let after = left.after.map(f64::from);
            if state.most(after) < self.floor {
                return;
            }
        }
        if state.most([0.0; 2]) < self.floor {
            return;
        }
        for (number, pair) in &waiting[..waits] {
            pairs.waiting[usize::from(*number)].push(*pair);
        }
        pairs.rows.push(pair);
        pairs.states.push(state);
        pairs.found.push(found);
    }

    /// Compares the pairs that were taken, and adds those that are worth keeping; leaves none.
    fn compare(&self, lefts: &[u32], rule: u8, pairs: &mut Pairs, kept: &mut Vec<(u32, Candidate)>) {
        for at in 0..self.steps.len() {
            self.step(at, lefts, pairs);
        }
        let Pairs { rows, states, found, .. } = &*pairs;
        let worth = (0..rows.len()).filter(|pair| states[*pair].is_alive && states[*pair].reach() >= self.floor);
        kept.extend(worth.map(|pair| (rows[pair].slot, self.candidate((&states[pair], &found[pair]), rows[pair].right, rule))));
        pairs.rows.clear();
        pairs.states.clear();
        pairs.found.clear();
    }

    /// Compares the pairs that wait for a comparison and that it and those after it can still lift.
    fn step(&self, at: usize, lefts: &[u32], pairs: &mut Pairs) {
        let Pairs { rows: batch, states, found, waiting, asked, places, told } = pairs;
        let step = &self.steps[at];
        let tell = |(state, found): (&mut State, &mut Found), agreement: Agreement, most: Most| {
            let adjusted = step.trained.term_frequency && agreement.frequency > 0.0;
            let half_bits = if adjusted { half_bits(adjustment(step.trained, agreement)) } else { NO_ADJUSTMENT };
            (found.levels[at], found.half_bits[at]) = (agreement.level, half_bits);
            let given = step.given.map_or(0, |given| usize::from(found.levels[given]));
            let frequency = if adjusted { bits(half_bits) } else { 0.0 };
            state.rest = [state.rest[0] - f64::from(most[0]), state.rest[1] - f64::from(most[1])];
            state.add(step.table[given * step.levels + usize::from(agreement.level)], frequency, step.trained.household);
            state.is_alive = state.most([0.0; 2]) >= self.floor;
        };
        asked.clear();
        places.clear();
        for Waiting { pair, level, ids, most } in waiting[at].drain(..) {
            let place = usize::from(pair);
            if !states[place].is_alive {
                continue;
            }
            let rows = (lefts[batch[place].slot as usize], batch[place].right);
            if level != UNTOLD {
                tell((&mut states[place], &mut found[place]), Agreement::level(level), most);
            } else if step.place.is_some() {
                asked.push((rows, ids));
                places.push((pair, most));
            } else {
                tell((&mut states[place], &mut found[place]), step.comparator.compare(rows.0, rows.1), most);
            }
        }
        told.clear();
        step.comparator.fetch(&mut asked.iter().map(|(_, ids)| *ids).filter(|(a, b)| a != b));
        step.comparator.compare_many(asked, told);
        for ((pair, most), agreement) in places.iter().zip(told) {
            let pair = usize::from(*pair);
            tell((&mut states[pair], &mut found[pair]), *agreement, *most);
        }
    }

    fn candidate(&self, (state, found): (&State, &Found), right: u32, rule: u8) -> Candidate {
        let mut pattern = self.nothing;
        for (number, step) in self.steps.iter().enumerate() {
            self.layout.put_half_bits(&mut pattern, step.at, found.levels[number], found.half_bits[number]);
        }
        let State { matched, household, personal, .. } = *state;
        Candidate { right, rule, pattern, matched: matched as f32, household: household as f32, personal: personal as f32 }
    }
}

impl State {
    /// Takes the bits of a comparison.
    fn add(&mut self, (m, h): (f64, f64), frequency: f64, is_of_household: bool) {
        self.matched += m + frequency;
        self.household += h + frequency;
        self.personal += if is_of_household { 0.0 } else { h + frequency };
    }

    /// What it has reached that it may be kept for.
    fn reach(&self) -> f64 {
        greatest([self.matched, self.household], self.as_household)
    }

    /// The same at most, where so much may still be added beside what it waits for.
    fn most(&self, more: [f64; 2]) -> f64 {
        greatest([self.matched + self.rest[0] + more[0], self.household + self.rest[1] + more[1]], self.as_household)
    }

    /// Takes the most that a comparison to come can add.
    fn expect(&mut self, most: Most) {
        self.rest = [self.rest[0] + f64::from(most[0]), self.rest[1] + f64::from(most[1])];
    }
}

/// The greater of what stands for a match and for a household pair, where it is kept as one.
fn greatest([matched, household]: [f64; 2], as_household: bool) -> f64 {
    if as_household { matched.max(household) } else { matched }
}

/// The comparisons in the order in which they are made: cheap ones first, of the dear ones those that weigh how rare a name is, since most
/// pairs fail them, and of these those first on which candidates seldom agree. One that is given another stands after it.
fn order(described: &[Described<'_>], given: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
    let dear = |at: usize| match (described[at].term_frequency, described[at].comparator.is_dear()) {
        (true, _) => (1, described[at].blocked_by),
        (false, is_dear) => (if is_dear { 2 } else { 0 }, 0),
    };
    let of_given = |at: usize| std::iter::successors(Some(at), |at| given(*at)).take(described.len()).map(dear).max();
    let mut order: Vec<usize> = (0..described.len()).collect();
    // Alike ones stay as the model has them.
    order.sort_by_key(|at| of_given(*at));
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::compare::Comparator;

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
