//! A whole linkage of any tables: rows of one table among themselves, of two against each other, or of several together.
//!
//! Wraps the [`Task`] of the engine with what a user of files needs: every pair worth seeing with its probability, clusters, a look at how
//! well each row could be found at all, and estimates of precision and recall without labels.
//!
//! - *dedupe*, *link and dedupe*: pairs are scored, then clusters join by what all their members say, field by field; a pair's
//!   probability is that of its clusters, since what the other members say of it is evidence too.
//! - *link*: the candidates of a left row compete, as far as the right table holds nobody twice; where the left one holds nobody twice
//!   either, the assignment is one to one. A right table with copies is brought together with the left one as in a dedupe.

mod agglomerate;
mod estimate;
mod verdicts;

use std::ops::Range;

use rayon::prelude::*;

use crate::ablation::Part;
use crate::block::{Index, Scratch};
use crate::cluster::join;
use crate::hash::{FixedMap, FixedSet};
use crate::lap::Laps;
use crate::pattern::Pattern;
use crate::records::Records;
use crate::task::{Blocked, Known, Link, Reference, Task, sample, settled_rate};
use crate::trained::{TrainedModel, WaterfallStep};
use crate::verdict::{Verdict, Verdicts};
use crate::{LinkError, Model};

pub(crate) use agglomerate::Prior;
use agglomerate::{PairFields, Sides, agglomerate, triangle};
pub use estimate::Estimates;
pub use verdicts::VerdictCheck;
use verdicts::{BY_VERDICT, add_same, between, join_apart, same_across};

/// Largest component whose clusters are made at once; a larger one is first cut at its weakest edges.
const COMPONENT: usize = 800;
/// A table with fewer expected doubles a row than this counts as one that holds nobody twice.
const DOUBLES: f64 = 0.02;
/// Two rows of one side with these odds in bits are no rivals for a row of the other.
const SURE_COPIES: f64 = 3.0;
/// Pairs above this probability bring rows into one component, where whole clusters then speak.
const LOOSE: f64 = 0.02;

/// What is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The rows of all tables among themselves, within a table too.
    Dedupe,
    /// Rows of the first table to rows of the others; within a table nothing.
    Link,
}

/// Tables to link.
#[derive(Clone, Copy)]
pub struct Linkage<'a> {
    /// All rows, prepared and encoded.
    pub records: &'a Records,
    /// How they are compared.
    pub model: &'a Model,
    /// Rows of each table.
    pub tables: &'a [Range<u32>],
    /// What is linked.
    pub mode: Mode,
    /// By table: whether it holds nobody twice; `None` to find out.
    pub duplicate_free: &'a [Option<bool>],
    /// Pairs that a person has judged: constraints, and labels to learn from.
    pub verdicts: Option<&'a Verdicts>,
    /// A model learned before; without it one is learned.
    pub trained: Option<&'a TrainedModel>,
    /// Pairs below this probability are not given.
    pub floor: f64,
    /// Seed of the samples.
    pub seed: u64,
}

/// A scored pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Row.
    pub left: u32,
    /// Row.
    pub right: u32,
    /// Agreement pattern.
    pub pattern: Pattern,
    /// First blocking rule that made the pair; `u8::MAX` where none did and its cluster did, one less where a verdict did.
    pub rule: u8,
    /// Match weight in bits, prior included: what the two rows alone say.
    pub weight: f64,
    /// Match probability, all rows considered.
    pub probability: f64,
    /// Whether the two are linked.
    pub is_match: bool,
}

/// Any two rows, explained.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedPair {
    /// Prior and comparisons; they sum to the weight.
    pub steps: Vec<WaterfallStep>,
    /// Match weight in bits.
    pub weight: f64,
    /// Match probability of the two rows alone.
    pub probability: f64,
    /// Blocking rules that make the pair, sizes of blocks aside.
    pub rules: Vec<String>,
}

/// What a linkage found.
#[derive(Debug, Clone)]
pub struct LinkedTables {
    /// What was learned.
    pub trained: TrainedModel,
    /// Pairs at or above the floor, and all pairs of each cluster, by (left, right).
    pub pairs: Vec<Pair>,
    /// By row: its cluster, as the smallest row in it.
    pub clusters: Vec<u32>,
    /// By row: match probability with a perfect copy of itself.
    pub self_probability: Vec<f32>,
    /// By table: whether it was taken to hold nobody twice.
    pub duplicate_free: Vec<bool>,
    /// Candidate pairs compared.
    pub candidate_pairs: u64,
    /// What blocking suppressed.
    pub suppressed: Vec<Blocked>,
    /// Estimates without labels.
    pub estimated: Estimates,
    /// Verdicts beside what would be linked without them, where there are any.
    pub check: Option<VerdictCheck>,
}

impl Linkage<'_> {
    /// Learns if there is need, and links.
    ///
    /// # Errors
    /// A model that does not fit the records.
    pub fn run(&self) -> Result<LinkedTables, LinkError> {
        let run = |linkage: &Linkage<'_>| match linkage.mode {
            Mode::Dedupe => linkage.dedupe(),
            Mode::Link => linkage.link(),
        };
        let Some(verdicts) = self.verdicts.filter(|verdicts| !verdicts.is_empty()) else { return run(self) };
        let check = VerdictCheck::new(verdicts, &run(&Linkage { verdicts: None, ..*self })?.pairs);
        Ok(LinkedTables { check: Some(check), ..run(self)? })
    }

    /// Learns without linking; m from `matches`, pairs known to be matches, where there are any. They must be a fair sample of all
    /// matches: a reviewer's doubtful pairs are not. `except` names comparisons that chose the pairs and so cannot learn from them.
    ///
    /// # Errors
    /// A model that does not fit the records.
    pub fn learn(&self, matches: &[(u32, u32)], except: &[String]) -> Result<TrainedModel, LinkError> {
        let (left, right) = self.sides();
        let reference = Reference::new(self.records, self.model, &right, &self.population(&left, &right))?;
        let task = self.task(&reference, &left, None);
        let mut trained = task.learn();
        if !matches.is_empty() {
            let patterns: Vec<Pattern> = {
                let scorer = task.scorer(&trained);
                matches.par_iter().map(|(left, right)| scorer.score(*left, *right).0).collect()
            };
            crate::learn::learn_from_matches(&mut trained, &patterns, |name| except.iter().any(|except| except == name));
        }
        Ok(trained)
    }

    /// The waterfall of any two rows under the trained model, and the blocking rules that make the pair.
    ///
    /// # Errors
    /// A model that does not fit the records, or no trained model.
    pub fn explain(&self, left: u32, right: u32) -> Result<ExplainedPair, LinkError> {
        let trained = self.trained.ok_or_else(|| LinkError::Model("explaining needs a trained model".to_owned()))?;
        let (_, all) = self.sides();
        let right_rows = all.clone();
        let bare = Model { rules: Vec::new(), ..self.model.clone() };
        let reference = Reference::with(self.records, &bare, &all, &all, Known { like: Some(trained), ..Known::default() })?;
        let task = self.task(&reference, &all, None);
        let (pattern, weight, bits) = task.scorer(trained).score(left, right);
        let pair = [left, right];
        let rules = self.model.rules.iter().filter_map(|rule| {
            // Who is a neighbour depends on the others.
            let rows = if rule.sorted.is_some() { &right_rows } else { &pair[1..] };
            let index = Index::new(std::slice::from_ref(rule), self.records, rows, (None, &[])).ok()?;
            index.of_rule(0, left, &mut Scratch::default()).binary_search(&right).is_ok().then(|| rule.name.clone())
        });
        Ok(ExplainedPair { steps: trained.waterfall(pattern), weight, probability: probability(bits), rules: rules.collect() })
    }

    /// Left and right rows.
    fn sides(&self) -> (Vec<u32>, Vec<u32>) {
        match self.mode {
            Mode::Dedupe => (self.all(), self.all()),
            Mode::Link => {
                (self.tables.first().cloned().into_iter().flatten().collect(), self.tables.iter().skip(1).cloned().flatten().collect())
            }
        }
    }

    fn task<'t>(&'t self, reference: &'t Reference<'t>, left: &'t [u32], exclusive: Option<&'t [u32]>) -> Task<'t> {
        let dedupe = self.mode == Mode::Dedupe;
        Task {
            dedupe,
            exclusive,
            verdicts: self.verdicts,
            trained: self.trained,
            every: true,
            seed: self.seed,
            ..Task::new(reference, left)
        }
    }

    /// Of each pair of rows, whether some blocking rule makes it.
    ///
    /// # Errors
    /// A model that does not fit the records.
    pub fn candidates(&self, pairs: &[(u32, u32)]) -> Result<Vec<bool>, LinkError> {
        let (_, right) = self.sides();
        let first = self.tables.first().cloned().unwrap_or_default();
        let index = Index::new(&self.model.rules, self.records, &right, (None, &[]))?;
        let made = |(a, b): &(u32, u32), scratch: &mut Scratch| {
            // Of a link the left row is the first table's.
            let (left, right) = if self.mode == Mode::Link && !first.contains(a) { (*b, *a) } else { (*a, *b) };
            (0..index.rules()).any(|rule| index.of_rule(rule, left, scratch).binary_search(&right).is_ok())
        };
        Ok(pairs.par_iter().map_init(Scratch::default, |scratch, pair| made(pair, scratch)).collect())
    }

    /// The rows whose values are counted: in a short right table each name seems common that it holds at all.
    fn population(&self, left: &[u32], right: &[u32]) -> Vec<u32> {
        if left.len() > right.len() { self.all() } else { right.to_vec() }
    }

    fn all(&self) -> Vec<u32> {
        self.tables.iter().cloned().flatten().collect()
    }

    fn with_floor(&self) -> Model {
        Model { review_probability: self.floor, ..self.model.clone() }
    }

    fn dedupe(&self) -> Result<LinkedTables, LinkError> {
        let rows = self.all();
        let model = self.with_floor();
        let reference = Reference::with(self.records, &model, &rows, &rows, Known { like: self.trained, ..Known::default() })?;
        let mut of_table = vec![crate::NULL_ID; self.records.len()];
        let mut any = false;
        for (at, (table, free)) in self.tables.iter().zip(self.duplicate_free).enumerate() {
            if *free == Some(true) {
                of_table[table.start as usize..table.end as usize].fill(at as u32);
                any = true;
            }
        }
        let exclusive = any.then_some(of_table.as_slice());
        let task = self.task(&reference, &rows, exclusive);
        let outcome = task.run();
        let mut pairs = pairs_of(&outcome.links);
        let clusters = if model.has(Part::Clusters) {
            self.agglomerate_pairs(&task, &outcome.trained, &mut pairs, (exclusive, None))
        } else {
            for pair in &mut pairs {
                pair.is_match = pair.probability >= model.link_probability;
            }
            join(self.records.len(), pairs.iter().filter(|pair| pair.is_match).map(|pair| (pair.left, pair.right)))
        };
        let estimated = estimate::dedupe(&task, &outcome.trained, &pairs, model.link_probability);
        Ok(LinkedTables {
            self_probability: task.self_probability(&outcome.trained, &rows),
            trained: outcome.trained,
            pairs,
            clusters,
            duplicate_free: self.duplicate_free.iter().map(|free| *free == Some(true)).collect(),
            candidate_pairs: outcome.pairs,
            suppressed: outcome.suppressed,
            estimated,
            check: None,
        })
    }

    /// Clusters, with each pair's probability and decision set from them; pairs of a cluster that blocking did not make are added.
    /// The last argument says which list holds nobody twice, and of a link what its sides add to the prior.
    fn agglomerate_pairs(
        &self,
        task: &Task<'_>,
        trained: &TrainedModel,
        pairs: &mut Vec<Pair>,
        (exclusive, side_bits): (Option<&[u32]>, Option<[f64; 4]>),
    ) -> Vec<u32> {
        let cut = (self.model.link_probability / (1.0 - self.model.link_probability)).log2();
        let odds = |pair: &Pair| (pair.probability / (1.0 - pair.probability).max(1e-15)).log2();
        let scorer = task.scorer(trained);
        if let Some(verdicts) = self.verdicts {
            let among = |row: u32| task.left.binary_search(&row).is_ok();
            let same: Vec<(u32, u32)> = verdicts.same().into_iter().filter(|(a, b)| among(*a) && among(*b)).collect();
            add_same(pairs, &same, &scorer);
        }
        let judged = |a: u32, b: u32| self.verdicts.and_then(|verdicts| verdicts.of_rows(a, b));
        let components = components(self.records.len(), pairs, |pair| pair.probability > LOOSE, COMPONENT, odds);
        let prior = scorer.cluster_prior(cut);
        let found: Vec<(Vec<u32>, agglomerate::Agglomerated, Vec<Pair>)> = components
            .par_iter()
            .map(|rows| {
                let n = rows.len();
                let mut fields = PairFields::new(n, trained.comparisons.len());
                let mut scored = Vec::with_capacity(n * (n - 1) / 2);
                for i in 0..n {
                    for j in i + 1..n {
                        let (left, right) = (rows[j], rows[i]);
                        let (pattern, weight, _) = scorer.score(left, right);
                        scorer.fields(pattern, fields.of(i, j));
                        scored.push(Pair { left, right, pattern, rule: u8::MAX, weight, probability: 0.0, is_match: false });
                    }
                }
                let barred = |i: usize, j: usize| {
                    exclusive.is_some_and(|of| of[rows[i] as usize] != crate::NULL_ID && of[rows[i] as usize] == of[rows[j] as usize])
                };
                let first = self.tables.first().cloned().unwrap_or_default();
                let side = |row: usize| if first.contains(&rows[row]) { 1 } else { 2 };
                let sides = side_bits.map_or(Sides::NONE, |bits| Sides { of: &side, bits });
                (rows.clone(), agglomerate(&fields, &prior, &sides, barred, |i, j| judged(rows[i], rows[j])), scored)
            })
            .collect();
        let mut clusters: Vec<u32> = (0..self.records.len() as u32).collect();
        let mut by_pair: FixedMap<(u32, u32), u32> = FixedMap::default();
        for (at, pair) in pairs.iter().enumerate() {
            by_pair.insert((pair.left, pair.right), at as u32);
        }
        let mut added = Vec::new();
        for (rows, result, scored) in &found {
            let n = rows.len();
            let mut first: Vec<Option<u32>> = vec![None; n];
            for (row, cluster) in rows.iter().zip(&result.cluster) {
                clusters[*row as usize] = *first[*cluster as usize].get_or_insert(*row);
            }
            for i in 0..n {
                for j in i + 1..n {
                    let at = triangle(n, i, j);
                    let probability = between(result.between[at], cut);
                    let is_match = result.cluster[i] == result.cluster[j];
                    match by_pair.get(&(rows[j], rows[i])) {
                        Some(known) => {
                            let pair = &mut pairs[*known as usize];
                            pair.probability = probability;
                            pair.is_match = is_match;
                        }
                        None if is_match || probability >= self.floor => {
                            let rule = if judged(rows[i], rows[j]) == Some(Verdict::Same) { BY_VERDICT } else { u8::MAX };
                            added.push(Pair { rule, probability, is_match, ..scored[at] });
                        }
                        None => {}
                    }
                }
            }
        }
        pairs.extend(added);
        pairs.retain(|pair| pair.is_match || pair.probability >= self.floor);
        pairs.sort_unstable_by_key(|pair| (pair.left, pair.right));
        clusters
    }

    fn link(&self) -> Result<LinkedTables, LinkError> {
        let mut laps = Laps::start();
        let (left, right) = self.sides();
        let model = self.with_floor();
        let known = Known { like: self.trained, ..Known::default() };
        let reference = Reference::with(self.records, &model, &right, &self.population(&left, &right), known)?;
        laps.lap("index");
        let task = self.task(&reference, &left, None);
        let mut outcome = task.run();
        laps.lap("task");
        let one_to_one = model.has(Part::OneToOne);
        let (left_free, right_free) =
            rayon::join(|| self.is_free(0, &reference, &left, &outcome.trained), || self.are_free(&reference, &right, &outcome.trained));
        let (left_free, right_free) = (left_free?, right_free?);
        laps.lap("look for doubles");
        let mut pairs = pairs_of(&outcome.links);
        for pair in &mut pairs {
            pair.is_match = pair.probability >= model.link_probability;
        }
        if !right_free {
            // What was learned took copies for rivals: it is learned again before they are brought together.
            let own: Vec<u32> = (0..self.records.len() as u32).collect();
            let trained = self.trained.cloned().unwrap_or_else(|| Task { entity: Some(&own), ..task }.learn());
            pairs = self.across(&model, left_free, &trained)?;
            outcome.trained = trained;
        }
        let same = self.verdicts.map(|verdicts| same_across(verdicts, |row| left.binary_search(&row).is_ok())).unwrap_or_default();
        if !same.is_empty() {
            add_same(&mut pairs, &same, &task.scorer(&outcome.trained));
        }
        assign(&mut pairs, self.records.len(), (left_free && one_to_one, right_free && one_to_one), &same);
        let clusters = if let Some(verdicts) = self.verdicts {
            join_apart(self.records.len(), &mut pairs, verdicts)
        } else {
            join(self.records.len(), pairs.iter().filter(|pair| pair.is_match).map(|pair| (pair.left, pair.right)))
        };
        pairs.retain(|pair| pair.is_match || pair.probability >= self.floor);
        laps.lap("assign");
        let estimated = estimate::link(&task, &outcome.trained, &pairs);
        laps.lap("estimate");
        let self_probability = task.self_probability(&outcome.trained, &self.all());
        laps.lap("self");
        Ok(LinkedTables {
            self_probability,
            trained: outcome.trained,
            pairs,
            clusters,
            duplicate_free: (0..self.tables.len()).map(|at| if at == 0 { left_free } else { right_free }).collect(),
            candidate_pairs: outcome.pairs,
            suppressed: outcome.suppressed,
            estimated,
            check: None,
        })
    }

    fn are_free(&self, reference: &Reference<'_>, right: &[u32], trained: &TrainedModel) -> Result<bool, LinkError> {
        if self.duplicate_free.iter().skip(1).all(|free| *free == Some(true)) {
            Ok(true)
        } else {
            self.is_free(1, reference, right, trained)
        }
    }

    /// Whether a side holds nobody twice: as the caller says, or as far as a sample of its rows finds copies among the others.
    fn is_free(&self, table: usize, reference: &Reference<'_>, rows: &[u32], trained: &TrainedModel) -> Result<bool, LinkError> {
        if let Some(free) = self.duplicate_free.get(table).copied().flatten() {
            return Ok(free);
        }
        // No more is indexed than the sample can reach.
        let sample = sample(rows, self.seed);
        let reference = reference.asked(self.model, rows, &sample, trained)?;
        let whole = Task { dedupe: true, trained: Some(trained), every: false, ..self.task(&reference, rows, None) };
        let found = Task { left: &sample, ..whole }.run();
        // Each pair is seen from its later row alone.
        Ok(found.links.iter().map(|link| link.probability).sum::<f64>() < DOUBLES * sample.len() as f64)
    }

    /// The pairs across the first table's edge, where the right side holds persons several times: its copies are no rivals for a left row,
    /// and which they are is best known beside it. So all rows are brought together, and clusters decide.
    fn across(&self, model: &Model, left_free: bool, trained: &TrainedModel) -> Result<Vec<Pair>, LinkError> {
        let all = self.all();
        let reference = Reference::with(self.records, model, &all, &all, Known { like: Some(trained), ..Known::default() })?;
        let first = self.tables.first().cloned().unwrap_or_default();
        let mut of_left = vec![crate::NULL_ID; self.records.len()];
        of_left[first.start as usize..first.end as usize].fill(0);
        let exclusive = left_free.then_some(of_left.as_slice());
        let whole = Task { dedupe: true, trained: Some(trained), every: false, ..self.task(&reference, &all, exclusive) };
        let found = whole.run();
        let mut pairs = pairs_of(&found.links);
        let left = first.len() as f64;
        let right = all.len() as f64 - left;
        let opponents = found.trained.n_reference.max(1) as f64;
        let bits = |from: bool, to: bool, of: f64| {
            let of_sides = pairs.iter().filter(|pair| (first.contains(&pair.right), first.contains(&pair.left)) == (from, to));
            rate(of_sides, found.trained.match_rate, of / opponents).log2() - found.trained.match_rate.log2()
        };
        let (across, within_left, within_right) =
            (bits(true, false, left * right), bits(true, true, left * left / 2.0), bits(false, false, right * right / 2.0));
        let side_bits = [across, within_left, within_right, within_left.min(within_right)];
        self.agglomerate_pairs(&whole, &found.trained, &mut pairs, (exclusive, Some(side_bits)));
        pairs.retain(|pair| first.contains(&pair.left) != first.contains(&pair.right));
        for pair in pairs.iter_mut().filter(|pair| first.contains(&pair.right)) {
            (pair.left, pair.right) = (pair.right, pair.left);
        }
        let scorer = whole.scorer(&found.trained);
        let copies = |(a, b): (u32, u32)| scorer.score(a.max(b), a.min(b)).2 + side_bits[2];
        pairs.sort_unstable_by_key(|pair| (pair.left, pair.right));
        pairs.par_chunk_by_mut(|a, b| a.left == b.left).for_each(|of_row| {
            let linked = of_row.iter().filter(|pair| pair.is_match);
            let best = linked.max_by(|a, b| a.probability.total_cmp(&b.probability).then(a.weight.total_cmp(&b.weight)));
            let Some(best) = best.copied() else { return };
            for pair in of_row.iter_mut().filter(|pair| pair.is_match && pair.right != best.right) {
                let bits = copies((pair.right, best.right));
                if bits < SURE_COPIES {
                    // A row has one match, as far as the two may be two.
                    let rival = (1.0 - probability(bits)) * best.weight.exp2();
                    pair.probability = pair.probability.min(pair.weight.exp2() / (1.0 + pair.weight.exp2() + rival));
                    pair.is_match = pair.probability >= model.link_probability;
                }
            }
        });
        Ok(pairs)
    }
}

/// Matches a row among pairs that were scored at the rate `before`, where there are so many pairs an opponent.
fn rate<'p>(pairs: impl Iterator<Item = &'p Pair>, before: f64, pairs_an_opponent: f64) -> f64 {
    // Odds of match and household against chance, from the weight and the probability.
    let odds = |pair: &Pair| {
        let matched = pair.weight.exp2();
        (matched / before, (matched / pair.probability.max(1e-300) - 1.0 - matched).max(0.0))
    };
    let odds: Vec<(f64, f64)> = pairs.map(odds).collect();
    settled_rate(&odds, before, pairs_an_opponent)
}

fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

fn pairs_of(links: &[Link]) -> Vec<Pair> {
    let pair = |link: &Link| Pair {
        left: link.left,
        right: link.right,
        pattern: link.pattern,
        rule: link.rule,
        weight: link.weight,
        probability: link.probability,
        is_match: false,
    };
    links.iter().map(pair).collect()
}

/// Takes the linked pairs best first: a left row has one right row where the right table holds nobody twice, and the other way round.
/// Pairs judged to be the `same` (sorted) come first, and leave their rivals no probability.
fn assign(pairs: &mut [Pair], rows: usize, (left_free, right_free): (bool, bool), same: &[(u32, u32)]) {
    let mut taken = vec![false; rows];
    for (left, right) in same {
        taken[*left as usize] = true;
        taken[*right as usize] = true;
    }
    let is_same = |pair: &Pair| same.binary_search(&(pair.left, pair.right)).is_ok();
    let spoken_for = |taken: &[bool], pair: &Pair| (right_free && taken[pair.left as usize]) || (left_free && taken[pair.right as usize]);
    for pair in pairs.iter_mut().filter(|pair| spoken_for(&taken, pair) && !is_same(pair)) {
        pair.is_match = false;
        pair.probability = 0.0;
    }
    let key = |(at, pair): (usize, &Pair)| (pair.probability, pair.weight, pair.left, pair.right, at as u32);
    let open = |(_, pair): &(usize, &Pair)| pair.is_match && !is_same(pair);
    let mut order: Vec<(f64, f64, u32, u32, u32)> = pairs.iter().enumerate().filter(open).map(key).collect();
    order.par_sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then(y.1.total_cmp(&x.1)).then((x.2, x.3).cmp(&(y.2, y.3))));
    for (_, _, left, right, at) in order {
        let pair = &mut pairs[at as usize];
        pair.is_match = !spoken_for(&taken, pair);
        if pair.is_match {
            taken[left as usize] = true;
            taken[right as usize] = true;
        }
    }
}

/// Rows joined by the pairs that `joins`, as sorted lists of two or more; a component of more than `limit` rows is taken apart by raising
/// what an edge must have, a bit at a time.
fn components(len: usize, pairs: &[Pair], joins: impl Fn(&Pair) -> bool, limit: usize, odds: impl Fn(&Pair) -> f64) -> Vec<Vec<u32>> {
    let mut done = Vec::new();
    let mut edges: Vec<(u32, u32, f64)> = pairs.iter().filter(|pair| joins(pair)).map(|pair| (pair.left, pair.right, odds(pair))).collect();
    let mut cut = edges.iter().map(|edge| edge.2).fold(f64::INFINITY, f64::min);
    while !edges.is_empty() {
        let root = join(len, edges.iter().map(|(a, b, _)| (*a, *b)));
        let mut touched: Vec<u32> = edges.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
        touched.sort_unstable();
        touched.dedup();
        let mut of_root: Vec<(u32, u32)> = touched.into_iter().map(|row| (root[row as usize], row)).collect();
        of_root.sort_unstable();
        let mut large: FixedSet<u32> = FixedSet::default();
        for rows in of_root.chunk_by(|a, b| a.0 == b.0) {
            if rows.len() > limit && cut.is_finite() && cut < 60.0 {
                large.insert(rows[0].0);
            } else {
                done.push(rows.iter().map(|(_, row)| *row).collect());
            }
        }
        cut += 1.0;
        edges.retain(|(a, _, odds)| large.contains(&root[*a as usize]) && *odds > cut);
    }
    done.sort();
    done
}
