//! One linkage task: left rows against reference rows, or rows among themselves.
//!
//! Against a reference that holds each entity once, the candidates of a row compete: exactly one of them is its match, or none is. The
//! probability of candidate j is A_j / (C + Σ A), where C weighs *not in the reference at all* and A_j *match*, against what else explains
//! that pair: chance, or *another member of the household*. Two namesakes of one village thus get half each, which no pairwise probability
//! says. A household may have any number of rows beside the match, and one who moved has left all of them: they are no rivals.

mod barren;
mod decide;
mod families;
mod kept;
mod lent;
mod lift;
pub(crate) mod recapture;
mod train;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rayon::prelude::*;

use crate::LinkError;
use crate::batch::of_batches;
use crate::block::{Blocks, Index, Scratch};
use crate::codes::{Coded, Codes};
use crate::compare::{Comparator, prepare};
use crate::lap::Laps;
use crate::learn::{self, Described};
use crate::model::{BlockingRule, ComparisonKind, Model};
use crate::pattern::{Layout, Pattern};
use crate::records::{NULL_ID, Records};
use crate::score::{Aim, Bounded, Candidate, Scorer};
use crate::trained::{TrainedModel, Weights};
use crate::verdict::{Verdict, Verdicts};
pub(crate) use decide::settled_rate;
use kept::Piece;
use lent::Housemates;
use lift::Lift;
pub(crate) use train::sample;
use train::sample_of;

/// A candidate with these odds in bits settles its row: no later rule is asked, since no other candidate could win it. Half as many must
/// stand between it and another member of its household.
const SETTLED_BITS: f64 = 20.0;
/// Candidates kept a row.
const KEEP: usize = 24;

/// The reference side, prepared once for any number of tasks: comparisons with their frequencies, and blocks.
pub struct Reference<'a> {
    records: &'a Records,
    model: &'a Model,
    rows: &'a [u32],
    /// Whether values are counted over just these rows.
    counts_itself: bool,
    comparators: Vec<(usize, Box<dyn Comparator + 'a>)>,
    codes: Arc<Codes>,
    index: Index<'a>,
    layout: Layout,
    /// (household, row), made when first asked for.
    members: OnceLock<Vec<(u32, u32)>>,
}

/// What a reference need not find out of its rows.
#[derive(Default)]
pub struct Known<'k> {
    /// The blocks of another reference of the same rows, when other rows of the records have changed.
    pub blocks: Option<Blocks>,
    /// The only left rows that tasks will ask for: blocks that none of them reaches are left out, so that a few rows of a list are looked
    /// for in a long register without an index of all of it.
    pub asked: Option<&'k [u32]>,
    /// A model that was learned of other rows and is to be used here: comparisons that name their levels by what rows hold name them so.
    pub like: Option<&'k TrainedModel>,
    /// By rule: whether no task will ask it, so that it needs no blocks; empty where all are asked.
    pub idle: &'k [bool],
}

impl<'a> Reference<'a> {
    /// Prepares `rows` of `records` under `model`; how common a value is is counted over `population`, the rows themselves or a larger
    /// register.
    ///
    /// # Errors
    /// A model whose columns the records lack altogether, that needs more bits than a pattern has, or with a wrong key expression.
    pub fn new(records: &'a Records, model: &'a Model, rows: &'a [u32], population: &[u32]) -> Result<Self, LinkError> {
        Self::prepared(records, model, rows, population, Known::default(), None)
    }

    /// As [`new`](Self::new), with what is known already.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(records: &'a Records, model: &'a Model, rows: &'a [u32], population: &[u32], known: Known<'_>) -> Result<Self, LinkError> {
        Self::prepared(records, model, rows, population, known, None)
    }

    /// The blocks alone, which outlive the records.
    pub fn into_blocks(self) -> Blocks {
        self.index.into_blocks()
    }

    /// Other rows of the same records under the same comparisons and rules, for tasks under `trained` that ask for no other left rows than
    /// `asked`, a few of many.
    pub(crate) fn asked(&self, model: &'a Model, rows: &'a [u32], asked: &[u32], trained: &TrainedModel) -> Result<Self, LinkError> {
        let known = Known { asked: Some(asked), like: Some(trained), ..Known::default() };
        Self::prepared(self.records, model, rows, rows, known, Some(Arc::clone(&self.codes)))
    }

    fn prepared(
        records: &'a Records,
        model: &'a Model,
        rows: &'a [u32],
        population: &[u32],
        Known { blocks, asked, like, idle }: Known<'_>,
        codes: Option<Arc<Codes>>,
    ) -> Result<Self, LinkError> {
        let mut laps = Laps::start();
        let levels = |name: &str| like?.comparisons.iter().find(|of| of.name == name).map(|of| of.levels.as_slice());
        let comparators: Vec<(usize, Box<dyn Comparator + 'a>)> = model
            .comparisons
            .par_iter()
            .enumerate()
            .filter_map(|(at, comparison)| {
                prepare(comparison, records, population, levels(&comparison.name)).map(|comparator| (at, comparator))
            })
            .collect();
        laps.lap("prepare");
        if comparators.is_empty() {
            return Err(LinkError::NothingToCompare { model: model.name.clone() });
        }
        let layout = Layout::new(comparators.iter().map(|(at, _)| model.comparisons[*at].term_frequency))
            .ok_or_else(|| LinkError::Model("more comparisons than a pattern of 127 bits holds".to_owned()))?;
        let index = match blocks {
            Some(blocks) => Index::of_blocks(&model.rules, records, rows, blocks)?,
            None => Index::new(&model.rules, records, rows, (asked, idle))?,
        };
        laps.lap("index");
        let laid_out = || Arc::new(Codes::new(comparators.iter().map(|(_, comparator)| comparator.as_ref()), rows));
        let codes = codes.filter(|codes| codes.hold(rows)).unwrap_or_else(laid_out);
        laps.lap("lay out");
        let of_codes = |(place, (at, comparator))| (at, Coded::wrap(comparator, &codes, place));
        let comparators = comparators.into_iter().enumerate().map(of_codes).collect();
        Ok(Self { records, model, rows, counts_itself: rows == population, comparators, codes, index, layout, members: OnceLock::new() })
    }

    /// (household, row) of the rows that have a household, sorted.
    fn members(&self, group: &[u32]) -> &[(u32, u32)] {
        self.members.get_or_init(|| {
            let of_rows = self.rows.par_iter().map(|row| (group[*row as usize], *row));
            let mut members: Vec<(u32, u32)> = of_rows.filter(|(group, _)| *group != NULL_ID).collect();
            members.par_sort_unstable();
            members
        })
    }

    fn described(&self) -> Vec<Described<'_>> {
        self.comparators
            .iter()
            .map(|(at, comparator)| {
                let comparison = &self.model.comparisons[*at];
                Described {
                    name: comparison.name.clone(),
                    household: comparison.household,
                    term_frequency: comparison.term_frequency,
                    given: comparison
                        .given
                        .as_ref()
                        .and_then(|given| self.comparators.iter().position(|(other, _)| self.model.comparisons[*other].name == *given)),
                    identifier: matches!(comparison.compare, ComparisonKind::Identifier { .. }),
                    blocked_by: self.model.rules.iter().filter(|rule| asks_for(rule, &comparison.compare)).count(),
                    comparator: comparator.as_ref(),
                }
            })
            .collect()
    }
}

/// What is known of the rest of a list, of which the left rows of a task are a part.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rest<'a> {
    /// By reference row, as the records count them: how many of the list's other rows are expected to be its; shorter where that is none.
    pub claimed: &'a [f32],
    /// A comparison, and the highest of its levels that a pair of these rows can have, since what agrees better is linked elsewhere.
    pub apart: Option<(&'a str, u8)>,
    /// How many rows those of the reference were picked from, for being like the left rows; `None` where they are all there are.
    pub among: Option<usize>,
}

/// A linkage task over encoded records.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The reference rows and how they are compared.
    pub reference: &'a Reference<'a>,
    /// Rows to link; in a dedupe task the reference's own.
    pub left: &'a [u32],
    /// Whether rows are linked among themselves.
    pub dedupe: bool,
    /// By row: the entity of a reference row, where several rows may be one.
    pub entity: Option<&'a [u32]>,
    /// By row: rows of one value are never paired with each other, such as those of a table that holds nobody twice.
    pub exclusive: Option<&'a [u32]>,
    /// Pairs that a person has judged: *different* ones are never paired, *same* ones teach m.
    pub verdicts: Option<&'a Verdicts>,
    /// A trained model to use as it is; without one the task learns its own.
    pub trained: Option<&'a TrainedModel>,
    /// Where the left rows are a part of a list of which `trained` was learned: what agreement is worth is that of the list, and how many
    /// have a match that of these rows.
    pub rest: Option<Rest<'a>>,
    /// By rule: about how many pairs it would make, where it is not asked. Where nothing is said a large dedupe task tries its rules first,
    /// and other tasks ask all.
    pub left_out: Option<&'a [Option<u64>]>,
    /// Whether every pair at or above the review probability is given, not only the best of each left row.
    pub every: bool,
    /// Seed of the samples.
    pub seed: u64,
}

/// A decided or reviewable pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Left row.
    pub left: u32,
    /// Reference row.
    pub right: u32,
    /// Agreement pattern; the trained model's `waterfall` reads it.
    pub pattern: Pattern,
    /// Index of the first blocking rule that made the pair.
    pub rule: u8,
    /// Match weight in bits, prior and context included.
    pub weight: f64,
    /// Match probability.
    pub probability: f64,
}

/// Pairs of a rule that were not compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The rule.
    pub rule: String,
    /// How many.
    pub pairs: u64,
}

/// What a task found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was learned.
    pub trained: TrainedModel,
    /// Against a reference: at most one link a left row, its best, at or above the model's review probability, by left row. In a
    /// dedupe task every such pair, `right < left`.
    pub links: Vec<Link>,
    /// By left row, against a reference: the probability that any candidate is its match. Empty in a dedupe task.
    pub matched: Vec<f64>,
    /// Candidate pairs compared.
    pub pairs: u64,
    /// As many of them as each rule made first, in the model's order.
    pub pairs_of_rules: Vec<u64>,
    /// What blocking suppressed, since the block was too large.
    pub suppressed: Vec<Blocked>,
    /// Rules that were left out, since too few of their pairs are matches; the pairs are estimated.
    pub barren: Vec<Blocked>,
}

impl<'a> Task<'a> {
    /// Rows against a reference, with nothing else known of them: each its best link.
    pub fn new(reference: &'a Reference<'a>, left: &'a [u32]) -> Self {
        Self {
            reference,
            left,
            dedupe: false,
            entity: None,
            exclusive: None,
            verdicts: None,
            trained: None,
            rest: None,
            left_out: None,
            every: false,
            seed: 1,
        }
    }
}

impl Task<'_> {
    /// Blocks, compares, learns, scores and decides.
    pub fn run(&self) -> Outcome {
        let Reference { records, model, layout, index, .. } = self.reference;
        let described = self.reference.described();
        if self.left.is_empty() || self.reference.rows.is_empty() {
            let trained = TrainedModel { match_rate: 0.0, ..learn::chance(&model.name, &described, self.rules(), &[], &[], self.seed).0 };
            return Outcome {
                trained,
                links: Vec::new(),
                matched: vec![0.0; if self.dedupe { 0 } else { self.left.len() }],
                pairs: 0,
                pairs_of_rules: vec![0; model.rules.len()],
                suppressed: Vec::new(),
                barren: Vec::new(),
            };
        }
        let group = model.household_column.as_deref().and_then(|column| records.text(column)).map(|column| column.ids.as_slice());
        let mut laps = Laps::start();
        let mut trained = match self.trained {
            Some(trained) => {
                let among = self.rest.and_then(|rest| rest.among).unwrap_or_else(|| self.opponents());
                let mut trained = TrainedModel { n_reference: among, ..trained.clone() };
                self.set_own_shares(&mut trained, &described);
                trained
            }
            None => self.train(&described, layout, index, group),
        };
        laps.lap("learn");
        let bounded = Bounded::new(&described, &self.reference.codes, &trained, layout, (self.aim(), self.left));
        let barren = self.barren(&bounded, index, trained.match_rate);
        laps.lap("try rules");
        let (mut kept, pairs_of_rules, scoring) = self.score(&bounded, index, &barren, self.lenders(&trained, group).as_ref());
        if let Some(lift) = self.rest.and_then(|rest| Lift::of(rest.apart?, &trained)) {
            kept.par_iter_mut().for_each(|piece| lift.lift(layout, &mut piece.candidates));
        }
        let pairs = pairs_of_rules.iter().sum();
        laps.lap_of_pairs("score", pairs, scoring);
        let suppressed = index
            .suppressed()
            .into_iter()
            .filter(|(_, pairs)| *pairs > 0)
            .map(|(at, pairs)| Blocked { rule: model.rules[at].name.clone(), pairs })
            .collect();
        let (links, matched) =
            if self.dedupe { (self.decide_pairs(&kept, &mut trained), Vec::new()) } else { self.decide_rows(kept, &mut trained, group) };
        laps.lap("decide");
        if !self.dedupe && !self.every && self.rest.is_none() {
            trained.blocking_recall = self.blocking_recall(&trained);
            laps.lap("recapture");
        }
        Outcome { trained, links, matched, pairs, pairs_of_rules, suppressed, barren: self.told(&barren) }
    }

    /// Learns without linking.
    pub fn learn(&self) -> TrainedModel {
        let group = self
            .reference
            .model
            .household_column
            .as_deref()
            .and_then(|column| self.reference.records.text(column))
            .map(|column| column.ids.as_slice());
        self.train(&self.reference.described(), &self.reference.layout, &self.reference.index, group)
    }

    /// Scores any two rows under `trained`.
    pub(crate) fn scorer<'s>(&'s self, trained: &'s TrainedModel) -> Scorer<'s> {
        let layout = &self.reference.layout;
        let per_pair = -(trained.n_reference.max(1) as f64).log2();
        let prior = (trained.prior_weight(), per_pair + trained.household_pair_rate().log2());
        Scorer { described: self.reference.described(), layout, trained, weights: Weights::new(trained, layout), prior }
    }

    /// The candidates of a left row with the rules that make each, one bit a rule; rules after the 128th are not told.
    pub(crate) fn rules_of(&self, left: u32, scratch: &mut Scratch) -> Vec<(u32, u128)> {
        let index = &self.reference.index;
        let mut found: Vec<(u32, u128)> = Vec::new();
        for rule in 0..index.rules().min(128) {
            let candidates = index.of_rule(rule, left, scratch).iter().filter(|right| self.pairs(left, **right));
            found.extend(candidates.map(|right| (*right, 1 << rule)));
        }
        found.sort_unstable();
        found.chunk_by(|a, b| a.0 == b.0).map(|rules| (rules[0].0, rules.iter().fold(0, |all, (_, rule)| all | rule))).collect()
    }

    /// Whether some rule brings all pairs together.
    pub(crate) fn compares_all(&self) -> bool {
        self.reference
            .model
            .rules
            .iter()
            .any(|rule| rule.keys.is_empty() && rule.sorted.is_none() && rule.max_block >= self.reference.rows.len())
    }

    /// By row: the match probability of the row with a perfect copy of itself.
    pub(crate) fn self_probability(&self, trained: &TrainedModel, rows: &[u32]) -> Vec<f32> {
        let scorer = self.scorer(trained);
        let probability = |row: &u32| (1.0 / (1.0 + (-scorer.score(*row, *row).2).exp2())) as f32;
        rows.par_iter().map(probability).collect()
    }

    fn rules(&self) -> Vec<String> {
        self.reference.model.rules.iter().map(|rule| rule.name.clone()).collect()
    }

    /// Whether the task pairs these rows at all.
    fn pairs(&self, left: u32, right: u32) -> bool {
        let exclusive = |of: &[u32]| of[left as usize] != NULL_ID && of[left as usize] == of[right as usize];
        (!self.dedupe || right < left)
            && !self.exclusive.is_some_and(exclusive)
            && self.verdicts.is_none_or(|verdicts| verdicts.of_rows(left, right) != Some(Verdict::Different))
    }

    /// What a pair is kept for. Where rows do not compete, a household pair says nothing of any other pair.
    fn aim(&self) -> Aim {
        match (self.dedupe, self.every) {
            (true, false) => Aim::Doubles,
            (true, true) => Aim::EveryDouble,
            (false, true) => Aim::Every,
            (false, false) => Aim::Best,
        }
    }

    /// Per left row: the candidates worth keeping, best first; and how many pairs were compared, by rule. Of no `barren` rules.
    /// Where numbers may be lent, of the households of their bearers too. Last come the seconds of all threads that scoring took, without the
    /// making of pairs.
    fn score(
        &self,
        bounded: &Bounded<'_>,
        index: &Index<'_>,
        barren: &[Option<u64>],
        lenders: Option<&Housemates<'_>>,
    ) -> (Vec<Piece>, Vec<u64>, f64) {
        let nanoseconds = AtomicU64::new(0);
        let compared: Vec<AtomicU64> = (0..index.rules()).map(|_| AtomicU64::new(0)).collect();
        let kept = of_batches(self.left, |lefts, batch| {
            let mut kept: Vec<(u32, Candidate)> = Vec::new();
            let mut settled = vec![false; lefts.len()];
            let begin = Instant::now();
            let (gains, mut room) = (bounded.gains(lefts), bounded.room());
            let mut scoring = begin.elapsed();
            let mut pairs: Vec<u64> = Vec::with_capacity(index.rules());
            for (rule, left_out) in barren.iter().enumerate() {
                let first = kept.len();
                let is_asked = |slot: usize| !settled[slot] && left_out.is_none();
                let fresh = index.fresh(rule, lefts, is_asked, (self.dedupe, |left, right| self.pairs(left, right)), batch)?;
                pairs.push(fresh.len() as u64);
                let begin = Instant::now();
                bounded.score_all((lefts, &gains), fresh, rule as u8, &mut room, &mut kept);
                scoring += begin.elapsed();
                if !self.dedupe {
                    for (slot, candidate) in &kept[first..] {
                        let (matched, household) = (f64::from(candidate.matched), f64::from(candidate.household));
                        settled[*slot as usize] |= matched >= SETTLED_BITS && matched - household >= SETTLED_BITS / 2.0;
                    }
                }
            }
            index.count_suppressed(batch);
            nanoseconds.fetch_add(scoring.as_nanos() as u64, Ordering::Relaxed);
            for (compared, pairs) in compared.iter().zip(pairs) {
                compared.fetch_add(pairs, Ordering::Relaxed);
            }
            let strength = |candidate: &Candidate| candidate.matched.max(candidate.household);
            let sort = |kept: &mut Vec<(u32, Candidate)>| {
                kept.sort_unstable_by(|(slot, a), (other, b)| {
                    slot.cmp(other).then(strength(b).total_cmp(&strength(a))).then(a.right.cmp(&b.right))
                });
            };
            sort(&mut kept);
            if let Some(lenders) = lenders {
                let mut added = Vec::new();
                for of_row in kept.chunk_by(|a, b| a.0 == b.0) {
                    lenders.add(lefts[of_row[0].0 as usize], of_row, &mut added);
                }
                if !added.is_empty() {
                    kept.extend(added);
                    sort(&mut kept);
                }
            }
            Some(vec![Piece::new(lefts.len(), if self.dedupe { usize::MAX } else { KEEP }, &kept)])
        });
        let seconds = nanoseconds.into_inner() as f64 * 1e-9;
        (kept::in_order(kept), compared.into_iter().map(AtomicU64::into_inner).collect(), seconds)
    }
}

/// Whether a rule's keys name a column of the comparison.
fn asks_for(rule: &BlockingRule, compare: &ComparisonKind) -> bool {
    let keys = if let ComparisonKind::Tokens { keys, .. } = compare { keys.clone() } else { None };
    let columns: Vec<String> = compare.column().into_iter().chain(keys).collect();
    let words = |key: &String| {
        key.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| columns.iter().any(|column| column == word))
    };
    rule.keys.iter().any(words)
}
