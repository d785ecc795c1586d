//! What a task learns before it links: u from random pairs, m and the rates by EM over a sample of its rows, and of the households of sure
//! matches what their members share and how often they lend their numbers.

use rayon::prelude::*;

use super::Task;
use crate::ablation::Part;
use crate::batch::of_batches;
use crate::block::Index;
use crate::hash::{self, FixedMap, mix};
use crate::lap::Laps;
use crate::learn::{self, Described};
use crate::pattern::{Layout, Pattern};
use crate::records::NULL_ID;
use crate::score::{self, pattern, pattern_of};
use crate::trained::{TrainedModel, Weights};
use crate::verdict::Verdicts;

/// Left rows that learning looks at.
const TRAINING_ROWS: usize = 6_000;
/// Evidence in bits that tells one member of a household from another.
pub(super) const CLEARLY_BITS: f64 = 8.0;
/// Strangers share what a household shares no more often than this.
const SELDOM: f64 = 1e-3;
/// Under one roof there are no more rows than this.
const CROWD: usize = 50;
/// The share of household pairs under one number, at least.
const LEAST_LENT: f64 = 2e-4;

/// The compared sample of a list whose reference has households.
#[derive(Clone, Copy)]
struct Sample<'s> {
    rows: &'s [u32],
    /// By row: its candidates with their patterns.
    patterns: &'s [Vec<(u32, Pattern)>],
    described: &'s [Described<'s>],
    layout: &'s Layout,
    /// Household of each row of the records.
    group: &'s [u32],
}

impl Task<'_> {
    pub(super) fn train(&self, described: &[Described<'_>], layout: &Layout, index: &Index<'_>, group: Option<&[u32]>) -> TrainedModel {
        let mut laps = Laps::start();
        let (mut trained, random) =
            learn::chance(&self.reference.model.name, described, self.rules(), self.left, self.reference.rows, self.seed);
        trained.n_reference = self.opponents();
        self.set_own_shares(&mut trained, described);
        laps.lap("learn from random pairs");
        let starts: Vec<learn::Start> = described
            .iter()
            .zip(&trained.comparisons)
            .map(|(described, comparison)| learn::Start { m: comparison.m.clone(), doubt: described.comparator.doubt() })
            .collect();
        let sample = self.sample();
        let mut patterns: Vec<Vec<(u32, Pattern)>> = of_batches(&sample, |lefts, batch| {
            let mut patterns: Vec<Vec<(u32, Pattern)>> = vec![Vec::new(); lefts.len()];
            for rule in 0..index.rules() {
                let fresh = index.fresh(rule, lefts, |_| true, (self.dedupe, |left, right| self.pairs(left, right)), batch)?;
                let pairs: Vec<(u32, u32)> = fresh.iter().map(|pair| (lefts[pair.slot as usize], pair.right)).collect();
                for (pair, of_pair) in fresh.iter().zip(score::patterns(described, layout, &trained, &pairs)) {
                    patterns[pair.slot as usize].push((pair.right, of_pair));
                }
            }
            Some(patterns)
        });
        if group.is_none() {
            for (place, right) in self.under_one_roof(described, &trained, &sample, &patterns) {
                patterns[place].push((right, pattern(described, layout, &trained, (sample[place], right))));
            }
        }
        // Where a left row may have several rows of one entity, these are no rivals.
        let copies = self.every && self.entity.is_some();
        let taught: Vec<Pattern> = self.same().into_iter().map(|rows| pattern(described, layout, &trained, rows)).collect();
        trained.same_verdicts = taught.len() as u64;
        let blocked = |patterns: &[Vec<(u32, Pattern)>]| {
            learn::Blocked::new(patterns, (described, layout), group, !self.dedupe && !copies).with_known(taught.clone())
        };
        let mut of_sample = blocked(&patterns);
        laps.lap("compare the sample");
        // Where rows do not compete, whole families meet, and neighbours. Without a class of their own they would pass for the matches.
        if self.dedupe {
            learn::start_latent_household(&mut trained);
        }
        learn::expectation_maximisation(&mut trained, layout, &of_sample, &starts);
        for _ in 0..2 {
            random.set_chance(&mut trained, true);
            learn::expectation_maximisation(&mut trained, layout, &of_sample, &starts);
        }
        if group.is_none() && learn::start_latent_household(&mut trained) {
            learn::expectation_maximisation(&mut trained, layout, &of_sample, &starts);
        }
        let of_group = |group| Sample { rows: &sample, patterns: &patterns, described, layout, group };
        let households = group.map(|group| self.household_pairs(of_group(group), &trained)).unwrap_or_default();
        if let Some(group) = group.filter(|_| households.len() >= 50) {
            trained.latent_household = false;
            let lends = self.reference.model.has(Part::LentNumbers);
            let lent = if lends { self.lent(of_group(group), &trained) } else { 0.0 };
            learn::household(&mut trained, described, &households, lent);
            if let Some(lenders) = self.lenders(&trained, Some(group)) {
                sample.par_iter().zip(&mut patterns).for_each(|(left, patterns)| lenders.add_patterns(*left, patterns));
                of_sample = blocked(&patterns);
            }
        }
        let matches = learn::expectation_maximisation(&mut trained, layout, &of_sample, &starts);
        if self.reference.model.has(Part::Interactions) && learn::start_learned(&mut trained, &of_sample, &matches) {
            learn::expectation_maximisation(&mut trained, layout, &of_sample, &starts);
        }
        laps.lap("learn from the sample");
        trained
    }

    /// Of the sample's rows, by place: reference rows that share what a household shares and that no rule has made.
    ///
    /// Rules that ask for a person, too, find the housemates that are like the row, and of the others none; what members of a household have in
    /// common would be learned of those alone.
    fn under_one_roof(
        &self,
        described: &[Described<'_>],
        trained: &TrainedModel,
        sample: &[u32],
        patterns: &[Vec<(u32, Pattern)>],
    ) -> Vec<(usize, u32)> {
        let mut shared: Vec<(f64, &[u32])> = described
            .iter()
            .zip(&trained.comparisons)
            .filter(|(described, _)| described.household)
            .filter_map(|(described, comparison)| Some((*comparison.u.last()?, described.comparator.ids()?)))
            .collect();
        shared.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Two that strangers seldom share, so that all but the household's is left out.
        shared.truncate(2);
        if shared.iter().map(|(chance, _)| chance).product::<f64>() > SELDOM || described.iter().all(|described| described.household) {
            return Vec::new();
        }
        let key = |row: u32| {
            let ids = shared.iter().map(|(_, ids)| ids[row as usize]);
            ids.clone().all(|id| id != NULL_ID).then(|| ids.fold(0, |key, id| hash::combine(key, u64::from(id))))
        };
        let mut roofs: FixedMap<u64, Vec<u32>> = sample.iter().filter_map(|row| Some((key(*row)?, Vec::new()))).collect();
        for (right, key) in self.reference.rows.iter().filter_map(|right| Some((*right, key(*right)?))) {
            if let Some(roof) = roofs.get_mut(&key).filter(|roof| roof.len() <= CROWD) {
                roof.push(right);
            }
        }
        let mut found = Vec::new();
        for (place, (left, made)) in sample.iter().zip(patterns).enumerate() {
            let roof = key(*left).and_then(|key| roofs.get(&key)).filter(|roof| roof.len() <= CROWD);
            let made: Vec<u32> = made.iter().map(|(right, _)| *right).collect();
            found.extend(
                roof.into_iter().flatten().filter(|right| self.pairs(*left, **right) && !made.contains(right)).map(|right| (place, *right)),
            );
        }
        found
    }

    /// Sets what a row itself adds to how common its values are: nothing where the left rows are not among those counted.
    pub(super) fn set_own_shares(&self, trained: &mut TrainedModel, described: &[Described<'_>]) {
        let is_counted = self.left.first().is_some_and(|left| self.reference.rows.binary_search(left).is_ok());
        for (comparison, described) in trained.comparisons.iter_mut().zip(described) {
            // Without frequencies nothing asks for it.
            if !(self.dedupe && is_counted && self.reference.counts_itself && comparison.term_frequency) {
                comparison.own_share = 0.0;
                continue;
            }
            let rows = self.reference.rows;
            let has_value = |ids: &[u32]| rows.par_iter().filter(|row| ids[**row as usize] != NULL_ID).count();
            let counted = described.comparator.ids().map_or(rows.len(), has_value);
            comparison.own_share = 1.0 / counted.max(1) as f64;
        }
    }

    /// Pairs judged to be the same, of a left and a reference row.
    fn same(&self) -> Vec<(u32, u32)> {
        let same = self.verdicts.map(Verdicts::same).unwrap_or_default();
        let among = |rows: &[u32], row: u32| rows.binary_search(&row).is_ok();
        let turned = |(a, b): (u32, u32)| if self.dedupe || among(self.left, a) { (a, b) } else { (b, a) };
        same.into_iter().map(turned).filter(|(left, right)| among(self.left, *left) && among(self.reference.rows, *right)).collect()
    }

    /// Reference rows that a left row is compared with, on average and without blocking.
    pub(super) fn opponents(&self) -> usize {
        let rows = self.reference.rows.len();
        if self.dedupe { rows.div_ceil(2) } else { rows }
    }

    /// The left rows that learning looks at.
    pub(crate) fn sample(&self) -> Vec<u32> {
        sample(self.left, self.seed)
    }

    /// Pairs of a left row with the other household members of its sure match, where it is clearly no other member's.
    fn household_pairs(&self, sample: Sample<'_>, trained: &TrainedModel) -> Vec<(u32, u32)> {
        let Sample { rows, patterns, layout, group, .. } = sample;
        let weights = Weights::new(trained, layout);
        let prior = trained.prior_weight();
        let members = self.reference.members(group);
        let said = BesideNumber::new(sample, (trained, &weights));
        let of_row = |(left, candidates): (&u32, &Vec<(u32, Pattern)>)| -> Vec<(u32, u32)> {
            let best = candidates
                .iter()
                .map(|(right, pattern)| (weights.of(*pattern).0 + prior, *right))
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            let Some((_, right)) = best.filter(|(weight, right)| *weight >= 5.0 && group[*right as usize] != NULL_ID) else {
                return Vec::new();
            };
            let others = self.housemates(members, group[right as usize], (*left, right));
            // A wife under her husband's number seems to be him: whose household her name is in is then not known.
            let own = said.of_rows((*left, right));
            let is_own = others.iter().all(|other| said.of_rows((*left, *other)) <= own);
            if is_own { others.into_iter().map(|other| (*left, other)).collect() } else { Vec::new() }
        };
        rows.par_iter().zip(patterns).flat_map_iter(of_row).collect()
    }

    /// Reference rows of a household that are somebody else than `right`, a dozen at most; `members` are sorted by household.
    pub(super) fn housemates(&self, members: &[(u32, u32)], household: u32, (left, right): (u32, u32)) -> Vec<u32> {
        let start = members.partition_point(|entry| entry.0 < household);
        let of_household = members[start..].iter().take_while(|entry| entry.0 == household).map(|entry| entry.1);
        of_household.filter(|other| self.entity_of(*other) != self.entity_of(right) && *other != left).take(12).collect()
    }

    /// How often one of a household's other members stands under a member's number: of the rows whose number is a reference row's, those
    /// whose name and the rest are another's of that household.
    fn lent(&self, sample: Sample<'_>, trained: &TrainedModel) -> f64 {
        let Sample { rows, patterns, described, layout, group } = sample;
        let Some(number) = described.iter().position(|described| described.identifier && !described.household) else { return learn::LENT };
        let weights = Weights::new(trained, layout);
        let members = self.reference.members(group);
        let said = BesideNumber::new(sample, (trained, &weights));
        let top = trained.comparisons[number].levels.len() - 1;
        // Whole numbers, whose sum does not depend on the order.
        let of_row = |(left, candidates): (&u32, &Vec<(u32, Pattern)>)| {
            let (mut own, mut lent, mut housemates) = (0.0, 0.0, 0.0);
            for (right, pattern) in candidates.iter().filter(|(_, pattern)| usize::from(layout.get(*pattern, number).0) == top) {
                let household = group[*right as usize];
                if household == NULL_ID {
                    continue;
                }
                let others = self.housemates(members, household, (*left, *right));
                let best = others.iter().map(|other| said.of_rows((*left, *other))).fold(f64::NEG_INFINITY, f64::max);
                let of_own = said.bits(*pattern);
                if best >= of_own + CLEARLY_BITS && best >= CLEARLY_BITS {
                    lent += 1.0;
                    housemates += others.len() as f64;
                } else if of_own >= best + CLEARLY_BITS {
                    own += 1.0;
                    housemates += others.len() as f64;
                }
            }
            [own, lent, housemates]
        };
        let add = |a: [f64; 3], b: [f64; 3]| std::array::from_fn(|at| a[at] + b[at]);
        let [own, lent, housemates] = rows.par_iter().zip(patterns).map(of_row).reduce(|| [0.0; 3], add);
        let (own, lent) = (own + 0.5, lent + 0.5);
        if own + lent < 50.0 { learn::LENT } else { (lent / (own + lent) / (housemates / (own + lent)).max(1.0)).clamp(LEAST_LENT, 0.2) }
    }
}

/// What says the person without a number, in bits of a match.
struct BesideNumber<'s> {
    sample: Sample<'s>,
    trained: &'s TrainedModel,
    weights: &'s Weights,
    comparisons: Vec<usize>,
    /// These, and those that they are given.
    asked: Vec<usize>,
}

impl<'s> BesideNumber<'s> {
    fn new(sample: Sample<'s>, (trained, weights): (&'s TrainedModel, &'s Weights)) -> Self {
        let of = sample.described;
        let comparisons: Vec<usize> = (0..of.len()).filter(|at| !of[*at].household && !of[*at].identifier).collect();
        let is_asked = |at: &usize| comparisons.contains(at) || comparisons.iter().any(|asked| of[*asked].given == Some(*at));
        let asked = (0..of.len()).filter(is_asked).collect();
        Self { sample, trained, weights, comparisons, asked }
    }

    fn bits(&self, pattern: Pattern) -> f64 {
        self.comparisons.iter().map(|at| self.weights.at(*at, pattern).0).sum()
    }

    fn of_rows(&self, rows: (u32, u32)) -> f64 {
        let Sample { described, layout, .. } = self.sample;
        self.bits(pattern_of(self.asked.iter().copied(), (described, layout, self.trained), rows))
    }
}

/// Some of the rows: those of the smallest hashes, in row order.
pub(crate) fn sample(rows: &[u32], seed: u64) -> Vec<u32> {
    sample_of(rows, TRAINING_ROWS, seed)
}

pub(super) fn sample_of(rows: &[u32], count: usize, seed: u64) -> Vec<u32> {
    if rows.len() <= count {
        return rows.to_vec();
    }
    // By the place in the list, not by the row's number: what else the records hold is of no matter.
    let places = rows.iter().enumerate();
    let mut hashed: Vec<(u64, u32)> = places.map(|(place, row)| (mix(hash::combine(seed, place as u64)), *row)).collect();
    hashed.select_nth_unstable(count);
    hashed.truncate(count);
    let mut sample: Vec<u32> = hashed.into_iter().map(|(_, row)| row).collect();
    sample.sort_unstable();
    sample
}
