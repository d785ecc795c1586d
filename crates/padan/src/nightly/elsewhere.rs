//! Where a registry has several territories: who is not found at home is looked for in the others, and so are doubles of the registry.
//!
//! A row is at home in one territory, where every list's rows compete for its persons and their families speak for one another. Those that are
//! not sure there visit the other territories with the model that was learned at home; what rows at home have claimed there is known to
//! them. What all territories say of a row is then weighed together: each gave the odds that one of its persons is the match, against that
//! none is, and a row has one match in all of them or none.
//!
//! Who is in no registry at all visits every territory, and finds namesakes there. What rules are not worth that is seen in the first
//! territory that a list's rows visit, and the others are not asked by them.
//!
//! Two rows of the registry in different territories meet where they have one NIK, or one name and birth date; who has moved and
//! stands there twice under both another number and another name is not found.

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;

use arrow::array::{Array as _, AsArray as _, RecordBatch, StringArray};
use arrow::datatypes::Date32Type;
use foldhash::fast::FixedState;
use padan_link::{ComparisonKind, Known, Link, Model, Outcome, Reference, Rest, Task, TrainedModel};
use padan_model::{NikStatus, Role, column};
use rayon::prelude::*;

use super::group::groups;
use super::places::{Places, Span};
use super::sweeps::{Loaded, Night, REGISTRY_JOIN, global, task};
use super::territories::{DIGITS, Territories};

/// Rows that share a key with more others than this are no doubles: a NIK of zeros, a name of all who lack a birth date.
const CROWD: usize = 50;
/// A row's odds are at most these times those that it has no match.
const SURE: f64 = 1e12;
/// Of rows that are encoded together at home, one in so many more may visit: an index of what visitors ask for is the smaller one.
const MORE_VISITORS: usize = 4;
/// Rows of one key that always meet: a family, or the few under one number.
const FEW: usize = 20;

/// Looks for the restless rows of all lists, and for doubles of the registry, and takes what all territories say of each list.
pub(super) fn look<'a>(night: &mut Night<'a>, loaded: &mut Option<Loaded<'a>>) -> anyhow::Result<()> {
    let model = of_visitors(night.model, night.territories.all().len());
    night.lists.values_mut().for_each(|of| of.restless.sort_unstable());
    let strangers = strangers(night)?;
    // The last territory is loaded already.
    for territory in night.territories.all().rev() {
        visit(night, &model, territory, &strangers, loaded)?;
    }
    // A list's rows lie in memory while they are weighed, and the registry need not lie beside them.
    *loaded = None;
    let sources: Vec<usize> = night.lists.keys().copied().collect();
    sources.into_iter().try_for_each(|source| weigh(night, source))
}

/// The model for rows that ask in all territories: a key's budget is that of the whole registry, and each territory has its share.
fn of_visitors(model: &Model, territories: usize) -> Model {
    let mut model = model.clone();
    for rule in &mut model.rules {
        rule.max_block = rule.max_block.div_ceil(territories).max(rule.max_block.min(FEW));
    }
    model
}

/// The rows of a list that visit a territory, from 0.
fn visitors(night: &Night<'_>, source: usize, territory: u8) -> Vec<u32> {
    let Some(of) = night.lists.get(&source) else { return Vec::new() };
    let first = night.listed.range(source).start;
    let is_stranger = |row: &&u32| night.territories.home(first + **row as usize) != territory || of.waits(territory);
    of.restless.iter().filter(is_stranger).copied().collect()
}

fn name_of_visit(night: &Night<'_>, source: usize, territory: u8) -> String {
    // Who visits follows from what was found in all territories.
    let joins = night.doubles.last().map_or("", |doubles| doubles.joins.as_str());
    night.name_of_list(source, "visit", territory, joins)
}

/// Who visits a territory.
struct Visit {
    /// The list that they are of; rows of the registry of the territories before, of none.
    list: Option<usize>,
    spans: Vec<Span>,
    rows: usize,
}

/// Looks in a territory for the visitors of all lists, and for the doubles of rows of the registry of the territories before it.
fn visit<'a>(
    night: &mut Night<'a>,
    model: &Model,
    territory: u8,
    strangers: &BTreeMap<usize, Vec<u32>>,
    loaded: &mut Option<Loaded<'a>>,
) -> anyhow::Result<()> {
    let mut visits: Vec<Visit> = Vec::new();
    let sources: Vec<usize> = night.lists.keys().copied().collect();
    for source in sources {
        let rows = visitors(night, source, territory);
        let name = name_of_visit(night, source, territory);
        let id = night.sources[source].profile.id.clone();
        if rows.is_empty() {
            continue;
        }
        match night.recalled(&name, id.as_str(), rows.len()) {
            Some(outcome) => {
                night.passes.count(&outcome);
                night.learn_away((source, territory), &outcome);
            }
            None => visits.push(Visit { list: Some(source), rows: rows.len(), spans: vec![Span { source, only: Some(rows) }] }),
        }
    }
    let before = |(source, rows): (&usize, &Vec<u32>)| {
        let first = night.listed.range(*source).start;
        let is_before = |row: &&u32| night.territories.home(first + **row as usize) < territory;
        Span { source: *source, only: Some(rows.iter().filter(is_before).copied().collect()) }
    };
    let spans: Vec<Span> = strangers.iter().map(before).collect();
    let beside = Places::of(spans.clone(), night.listed);
    let name = {
        let pass = night.pass("doubles", territory);
        night.shelf.name(|kept| kept.of_registry(night.longest, &pass), &pass)
    };
    let mut doubles = None;
    if beside.len() > 0 {
        doubles = night.recalled(&name, "registry", beside.len());
        if doubles.is_none() {
            visits.push(Visit { list: None, rows: beside.len(), spans });
        }
    }
    let most = night.list_rows + night.list_rows / MORE_VISITORS;
    for of_group in groups(visits.iter().map(|visit| visit.rows).enumerate(), most) {
        let visits: Vec<&Visit> = of_group.iter().map(|at| &visits[*at]).collect();
        let Loaded { group, .. } = night.loaded(loaded, territory)?;
        group.load(visits.iter().flat_map(|visit| visit.spans.iter().cloned()).collect())?;
        let registry: Vec<u32> = (0..group.registry_rows() as u32).collect();
        let visitors = group.rows(None);
        let of_visit = |visit: &&Visit| visit.list.map_or(Some(&night.left_out), |list| night.lists[&list].away(territory));
        let idle = night.idle(&visits.iter().map(of_visit).collect::<Vec<_>>());
        let known = Known { asked: Some(&visitors), idle: &idle, ..night.known() };
        let reference = Reference::with(&group.records, model, &registry, &registry, known)?;
        for visit in visits {
            let rows: Vec<u32> = visit.spans.iter().flat_map(|span| group.rows(Some(span.source))).collect();
            let first = rows.first().copied().unwrap_or_default();
            let Some(source) = visit.list else {
                let task = task(&reference, &rows, true, None);
                let mut outcome = Task { trained: night.teacher.as_ref(), left_out: Some(&night.left_out), ..task }.run();
                outcome.links.iter_mut().for_each(|link| link.left -= first);
                night.shelf.keep(&name, &outcome)?;
                night.told("registry", &outcome, rows.len());
                doubles = Some(outcome);
                continue;
            };
            let claimed = claimed(night, source, territory, registry.len())?;
            let of = &night.lists[&source];
            let entity = Some(night.doubles[usize::from(territory)].entity.as_slice());
            let rest = Some(Rest { claimed: &claimed, apart: apart(model), among: None });
            let task = Task {
                trained: of.trained.as_ref(),
                rest,
                left_out: of.away(territory).map(Vec::as_slice),
                ..task(&reference, &rows, false, entity)
            };
            let mut outcome = task.run();
            night.learn_away((source, territory), &outcome);
            outcome.links.iter_mut().for_each(|link| link.left -= first);
            night.shelf.put(&name_of_visit(night, source, territory), &outcome)?;
            night.passes.count(&outcome);
            night.told(night.sources[source].profile.id.as_str(), &outcome, rows.len());
        }
    }
    if let Some(outcome) = doubles {
        let here = night.registry(territory);
        let index = night.take("registry", &outcome);
        let links = global(&outcome.links, |row| beside.global(row, night.listed), |row| here.global(row, night.listed));
        night.passes.take_pairs(&links, index, REGISTRY_JOIN, night.model);
    }
    Ok(())
}

impl Night<'_> {
    /// Takes what a list's visitors of a territory have shown of the rules.
    fn learn_away(&mut self, (source, territory): (usize, u8), outcome: &Outcome) {
        if let Some(of) = self.lists.get_mut(&source) {
            of.learn_away(territory, outcome);
        }
    }
}

/// The comparison of where rows live, and the highest of its levels that leaves them in different districts.
fn apart(model: &Model) -> Option<(&str, u8)> {
    model.comparisons.iter().find_map(|comparison| match &comparison.compare {
        ComparisonKind::Place { column, depths, .. } if column == column::KODE_WILAYAH => {
            Some((comparison.name.as_str(), 1 + depths.iter().filter(|depth| **depth < DIGITS).count() as u8))
        }
        _ => None,
    })
}

/// By registry row of a territory: how many of a list's rows at home there are expected to be its.
fn claimed(night: &Night<'_>, source: usize, territory: u8, registry: usize) -> anyhow::Result<Vec<f32>> {
    let mut claimed = vec![0.0; registry];
    if let Some(name) = name_at_home(night, source, territory) {
        for link in night.shelf.get(&name)?.links {
            claimed[link.right as usize] += link.probability as f32;
        }
    }
    Ok(claimed)
}

/// The entry of a list's rows at home in a territory, where they were linked there.
fn name_at_home(night: &Night<'_>, source: usize, territory: u8) -> Option<String> {
    let name = night.name_of_list(source, "list", territory, &night.doubles[usize::from(territory)].joins);
    Some(name).filter(|name| night.lists.get(&source).is_some_and(|of| of.entries.contains(name)))
}

/// Takes what all territories say of a list. Its model is told with the share of all rows that have a match in any of them.
fn weigh(night: &mut Night<'_>, source: usize) -> anyhow::Result<()> {
    let rows = night.listed.range(source);
    let mut weighed = Weighed::new(rows.len());
    let Some(mut trained) = night.lists.get(&source).and_then(|of| of.trained.clone()) else { return Ok(()) };
    for territory in night.territories.all() {
        let here = night.registry(territory);
        let registry = |row: u32| here.global(row, night.listed);
        if let Some(name) = name_at_home(night, source, territory) {
            weighed.add(&night.territories.rows(rows.clone(), territory), &night.shelf.get(&name)?, registry);
        }
        let visitors = visitors(night, source, territory);
        if !visitors.is_empty() {
            weighed.add(&visitors, &night.shelf.get(&name_of_visit(night, source, territory))?, registry);
        }
    }
    let first = rows.start as u32;
    let (links, matched) = weighed.decided(night.model.review_probability);
    trained.match_rate = (matched.iter().sum::<f64>() / matched.len().max(1) as f64).clamp(1e-4, 0.998);
    // The weight of a link begins with the odds that any row is another's; those of the model are told.
    let prior = prior_of(&trained);
    let links: Vec<Link> = links.iter().map(|link| Link { left: first + link.left, weight: link.weight + prior, ..*link }).collect();
    let index = night.passes.model_of(night.sources[source].profile.id.as_str(), &trained);
    let joins = night.doubles.last().map_or("", |doubles| doubles.joins.as_str());
    let all = night.name_of_list(source, "list in all", 0, joins);
    if let Some(of) = night.lists.get_mut(&source) {
        of.entries = vec![all];
    }
    night.passes.take_best((source, rows), (&links, &matched), index, night.model)
}

/// The odds in bits that any registry row is a list's row's.
fn prior_of(trained: &TrainedModel) -> f64 {
    (trained.match_rate.max(1e-9) / trained.n_reference.max(1) as f64).log2()
}

/// The odds of a list's rows, territory by territory.
struct Weighed {
    /// By row: that any person is its match, against that none is.
    odds: Vec<f64>,
    /// By row: its best link, and the odds of it.
    best: Vec<Option<(f64, Link)>>,
}

impl Weighed {
    fn new(rows: usize) -> Self {
        Self { odds: vec![0.0; rows], best: vec![None; rows] }
    }

    /// Adds what a territory says of some rows; `registry` tells the row of a link among all rows. Links are kept without the prior in
    /// their weights.
    fn add(&mut self, rows: &[u32], outcome: &Outcome, registry: impl Fn(u32) -> u32) {
        let prior = prior_of(&outcome.trained);
        let odds = |matched: f64| (matched / (1.0 - matched)).clamp(0.0, SURE);
        for (row, matched) in rows.iter().zip(&outcome.matched) {
            self.odds[*row as usize] += odds(*matched);
        }
        for link in &outcome.links {
            let (row, matched) = (rows[link.left as usize], outcome.matched[link.left as usize]);
            let of_link = odds(matched) * (link.probability / matched).min(1.0);
            let best = &mut self.best[row as usize];
            if best.is_none_or(|(before, _)| of_link > before) {
                let link = Link { left: row, right: registry(link.right), weight: link.weight - prior, ..*link };
                *best = Some((of_link, link));
            }
        }
    }

    /// The best link of each row that is worth a review, and by row the probability that any is right.
    fn decided(self, review: f64) -> (Vec<Link>, Vec<f64>) {
        let share = |(best, odds): (&Option<(f64, Link)>, &f64)| {
            best.map(|(of_link, link)| Link { probability: of_link / (1.0 + odds), ..link }).filter(|link| link.probability >= review)
        };
        let links = self.best.iter().zip(&self.odds).filter_map(share).collect();
        (links, self.odds.into_iter().map(|odds| odds / (1.0 + odds)).collect())
    }
}

/// By registry source: rows, from 0 and in order, that share a NIK, or a name and a birth date, with a row of another territory.
fn strangers(night: &Night<'_>) -> anyhow::Result<BTreeMap<usize, Vec<u32>>> {
    let mut found: Vec<u32> = Vec::new();
    for key in [number as KeyOf, name_and_birth] {
        let mut keyed: Vec<(u64, u32)> = Vec::new();
        for (at, source) in night.sources.iter().enumerate().filter(|(_, source)| source.profile.role == Role::Registry) {
            let mut row = night.listed.range(at).start as u32;
            for batch in source.staged.batches(Some(&[column::NIK, column::NIK_STATUS, column::NAMA_STANDAR, column::TANGGAL_LAHIR]))? {
                let batch = batch?;
                keyed.extend(key(&batch).into_iter().zip(row..).filter_map(|(key, row)| Some((key?, row))));
                row += batch.num_rows() as u32;
            }
        }
        keyed.par_sort_unstable();
        found.extend(keyed.chunk_by(|a, b| a.0 == b.0).filter(|of_key| far(of_key, &night.territories)).flatten().map(|(_, row)| *row));
    }
    found.sort_unstable();
    found.dedup();
    let mut of_sources: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for row in found {
        let source = night.listed.source(row);
        of_sources.entry(source).or_default().push(row - night.listed.range(source).start as u32);
    }
    Ok(of_sources)
}

/// Whether rows of one key are of different territories, and not everybody.
fn far(of_key: &[(u64, u32)], territories: &Territories) -> bool {
    let home = |(_, row): &(u64, u32)| territories.home(*row as usize);
    (2..=CROWD).contains(&of_key.len()) && of_key.iter().any(|row| home(row) != home(&of_key[0]))
}

/// The keys of a batch's rows.
type KeyOf = fn(&RecordBatch) -> Vec<Option<u64>>;

fn text<'b>(batch: &'b RecordBatch, name: &str) -> Option<&'b StringArray> {
    batch.column_by_name(name)?.as_string_opt::<i32>()
}

fn number(batch: &RecordBatch) -> Vec<Option<u64>> {
    let (niks, statuses) = (text(batch, column::NIK), text(batch, column::NIK_STATUS));
    let is_whole = |at: usize| {
        let status = statuses.filter(|statuses| statuses.is_valid(at)).and_then(|statuses| NikStatus::from_word(statuses.value(at)));
        matches!(status, Some(NikStatus::Valid | NikStatus::Shared))
    };
    (0..batch.num_rows()).map(|at| niks?.value(at).parse().ok().filter(|_| is_whole(at))).collect()
}

fn name_and_birth(batch: &RecordBatch) -> Vec<Option<u64>> {
    let (names, births) = (text(batch, column::NAMA_STANDAR), batch.column_by_name(column::TANGGAL_LAHIR));
    let births = births.and_then(|births| births.as_primitive_opt::<Date32Type>());
    let of_row = |at: usize| {
        let (name, birth) = (names.filter(|names| names.is_valid(at))?.value(at), births.filter(|births| births.is_valid(at))?.value(at));
        Some(FixedState::default().hash_one((name, birth)))
    };
    (0..batch.num_rows()).map(of_row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(matched: &[f64], links: &[(u32, u32, f64)]) -> Outcome {
        let trained: TrainedModel = serde_json::from_value(serde_json::json!({
            "name": "", "comparisons": [], "rules": [], "match_rate": 0.5, "household_rate": 0.5, "n_reference": 8, "iterations": 1,
            "converged": true, "log_likelihood": 0.0, "random_pairs": 0, "household_pairs": 0, "context": [],
        }))
        .expect("a model");
        let link = |(left, right, probability): &(u32, u32, f64)| Link {
            left: *left,
            right: *right,
            pattern: 0,
            rule: 0,
            weight: 0.0,
            probability: *probability,
        };
        Outcome {
            trained,
            links: links.iter().map(link).collect(),
            matched: matched.to_vec(),
            pairs: 0,
            pairs_of_rules: Vec::new(),
            suppressed: Vec::new(),
            barren: Vec::new(),
        }
    }

    #[test]
    fn a_row_has_one_match_in_all_territories_or_none() {
        let mut weighed = Weighed::new(3);
        weighed.add(&[0, 2], &outcome(&[0.5, 0.9999], &[(0, 4, 0.5), (1, 5, 0.9999)]), |row| row);
        weighed.add(&[0, 1], &outcome(&[0.9, 0.25], &[(0, 1, 0.6), (1, 2, 0.25)]), |row| row + 10);
        let (links, matched) = weighed.decided(0.2);
        // 1 : 1 at home and 9 : 1 elsewhere, 6 of these for the link.
        let expected = [(0, 11, 6.0 / 11.0), (1, 12, 0.25), (2, 5, 0.9999)];
        assert_eq!(links.len(), expected.len());
        for (link, (left, right, probability)) in links.iter().zip(expected) {
            assert!((link.left, link.right) == (left, right) && (link.probability - probability).abs() < 1e-9, "{link:?}");
            // One of two rows has a match, among eight of the registry: four bits against each.
            assert!((link.weight - 4.0).abs() < 1e-9, "{link:?}");
        }
        assert!((matched[0] - 10.0 / 11.0).abs() < 1e-9 && (matched[1] - 0.25).abs() < 1e-9);
    }

    #[test]
    fn a_match_beyond_doubt_is_no_infinity() {
        let mut weighed = Weighed::new(1);
        weighed.add(&[0], &outcome(&[1.0], &[(0, 4, 1.0)]), |row| row);
        weighed.add(&[0], &outcome(&[1.0], &[(0, 9, 0.4)]), |row| row);
        let (links, matched) = weighed.decided(0.2);
        assert!(links[0].right == 4 && (links[0].probability - 0.5).abs() < 1e-6 && matched[0] <= 1.0, "{links:?}");
    }
}
