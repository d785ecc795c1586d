//! The passes with the engine, territory by territory: each made, or taken as an earlier night kept it (`kept`).
//!
//! A pass depends on its own rows, the registry and the model, and not on which lists are encoded beside it; so that a list of yesterday
//! can be left out of the encoding.
//!
//! A registry that fits is one territory (`territories`), and of each territory the registry is linked among itself and every list's rows at
//! home there with it. Where there are several, rows that are not sure of their person at home are then looked for in the others
//! (`elsewhere`): who has moved stands in the registry of another district. Last comes what stays over of all lists, among itself.

use std::collections::{BTreeMap, BTreeSet};

use padan_link::{Known, Link, Model, Outcome, Reference, Rest, Task, TrainedModel, cluster};

use super::columns::ListedRows;
use super::group::{Group, groups, lists};
use super::passes::Passes;
use super::places::{Places, Span};
use super::shelf::Shelf;
use super::territories::{NOWHERE, Territories};
use super::{Means, RulePairs, StandardSource, elsewhere, witnesses};
use crate::failure::Bug;
use crate::run::text_hash;

/// Two rows of the registry are one person from this probability: every list hangs on the registry, so a false join costs more there.
pub(super) const REGISTRY_JOIN: f64 = 0.95;
/// Rows of a list from which its model is learned, where any territory has as many.
const ENOUGH: usize = 2_000;
/// Pairs that one match is worth, of rows that were not found at home: some milliseconds of a core. Most of what is asked for them finds
/// namesakes alone, and who would be found so has been found by a number or a birth date.
pub(super) const PRICE: f64 = 5_000.0;
/// A row that has found its person at home with this probability is not looked for elsewhere.
const FOUND: f64 = 0.99;

/// Links all sources with `model`.
pub(super) fn link(sources: &[StandardSource], listed: &ListedRows, model: &Model, means: Means<'_>) -> anyhow::Result<Passes> {
    let mut passes = Passes::alone(listed.len(), means.work);
    passes.pairs = model.rules.iter().map(|rule| RulePairs { rule: rule.name.clone(), ..RulePairs::default() }).collect();
    let territories = Territories::of(sources, listed, means.registry_rows)?;
    let longest = lists(sources).max_by_key(|at| (listed.range(*at).len(), std::cmp::Reverse(*at)));
    let of_list = |source: usize| Some((source, OfList::new(source, listed, &territories))).filter(|(_, of)| of.rows > 0);
    let lists = lists(sources).filter_map(of_list).collect();
    let shelf = Shelf { kept: means.kept, work: means.work };
    let (doubles, left_out, made) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut night = Night {
        sources,
        listed,
        model,
        shelf,
        list_rows: means.list_rows,
        columns: model.columns(),
        territories,
        lists,
        longest,
        teacher: None,
        doubles,
        left_out,
        passes,
        made,
        residue: None,
    };
    let mut loaded = None;
    for territory in night.territories.all() {
        night.at_home(territory, &mut loaded)?;
    }
    if night.territories.are_several() {
        elsewhere::look(&mut night, &mut loaded)?;
    }
    for territory in night.territories.all() {
        night.left_over(territory, &mut loaded)?;
    }
    let made = night.made;
    night.passes.reused.retain(|pass| !made.contains(pass));
    Ok(night.passes)
}

/// The rows of a list on their way.
pub(super) struct OfList {
    /// How many they are.
    pub(super) rows: usize,
    /// By territory: rows at home there.
    at_home: Vec<usize>,
    /// The territory where its model is learned.
    taught_in: u8,
    /// What agreement is worth, once learned.
    pub(super) trained: Option<TrainedModel>,
    /// Rows that are looked for elsewhere, in order; with those at home where nothing was learned yet.
    pub(super) restless: Vec<u32>,
    /// Names of the entries of its passes.
    pub(super) entries: Vec<String>,
    /// What rules were not worth asking in the first territory that its rows visited.
    away: Option<LeftOut>,
    /// The same among other lists' rows.
    pub(super) among_others: Option<LeftOut>,
}

/// By rule: about how many pairs it would make, where it is not asked.
pub(super) type LeftOut = Vec<Option<u64>>;

impl OfList {
    fn new(source: usize, listed: &ListedRows, territories: &Territories) -> Self {
        let of_source = listed.range(source);
        let at_home: Vec<usize> = territories.all().map(|territory| territories.count(of_source.clone(), territory)).collect();
        let most = at_home.iter().copied().max().unwrap_or(0);
        // Of territories that are about as long the first, so that few rows wait.
        let taught_in = at_home.iter().position(|rows| *rows >= (most * 4 / 5).min(ENOUGH)).unwrap_or(0) as u8;
        let homes = (0..taught_in).chain(territories.are_several().then_some(NOWHERE));
        let restless = homes.flat_map(|home| territories.rows(of_source.clone(), home)).collect();
        Self { rows: of_source.len(), at_home, taught_in, trained: None, restless, entries: Vec::new(), away: None, among_others: None }
    }

    /// The rules that its visitors of a territory need not ask; not known where those at home are among them.
    pub(super) fn away(&self, territory: u8) -> Option<&LeftOut> {
        self.away.as_ref().filter(|_| !self.waits(territory))
    }

    /// Takes what its visitors of a territory have shown of the rules; the first to tell are believed.
    pub(super) fn learn_away(&mut self, territory: u8, outcome: &Outcome) {
        if !self.waits(territory) {
            self.away.get_or_insert_with(|| outcome.not_worth(PRICE));
        }
    }

    /// Whether its rows at home in a territory wait until its model is known.
    pub(super) fn waits(&self, territory: u8) -> bool {
        territory < self.taught_in
    }
}

/// What the registry of a territory among itself came to.
pub(super) struct Doubles {
    /// By row of the territory's registry: the first row of the same person.
    pub(super) entity: Vec<u32>,
    /// Hash of what was joined, here and in the territories before: what the lists' passes know of it.
    pub(super) joins: String,
}

/// The registry of a territory as the engine reads it, and lists beside it.
pub(super) struct Loaded<'a> {
    territory: u8,
    pub(super) group: Group<'a>,
}

/// The passes of a night as they come, made or recalled. Outcomes count rows from 0 on: those of their list, of the territory's registry, of
/// the residue.
pub(super) struct Night<'a> {
    pub(super) sources: &'a [StandardSource],
    pub(super) listed: &'a ListedRows,
    pub(super) model: &'a Model,
    pub(super) shelf: Shelf<'a>,
    pub(super) list_rows: usize,
    pub(super) columns: Vec<String>,
    pub(super) territories: Territories,
    /// Lists that have rows.
    pub(super) lists: BTreeMap<usize, OfList>,
    pub(super) longest: Option<usize>,
    /// What two records of one person look like, for the registry's doubles.
    pub(super) teacher: Option<TrainedModel>,
    /// By territory.
    pub(super) doubles: Vec<Doubles>,
    /// By rule: the pairs that the registry of the first territory would have made among itself, where it was not asked.
    pub(super) left_out: LeftOut,
    pub(super) passes: Passes,
    /// Passes that were made, not taken.
    made: BTreeSet<String>,
    /// What was learned of what stays over.
    residue: Option<TrainedModel>,
}

impl<'a> Night<'a> {
    /// Links the registry of a territory among itself, and with it the lists' rows that are at home there.
    fn at_home(&mut self, territory: u8, loaded: &mut Option<Loaded<'a>>) -> anyhow::Result<()> {
        let here = self.registry(territory);
        let registry: Vec<u32> = (0..here.len() as u32).collect();
        // Doubles in the registry are too few to learn from, and next to them stand whole families: what two records of one person look
        // like is learned from the longest list, which therefore comes first.
        let rows_of = |(list, of): (&usize, &OfList)| (*list, of.at_home[usize::from(territory)]);
        let lists: Vec<(usize, usize)> = self.lists.iter().filter(|(_, of)| !of.waits(territory)).map(rows_of).collect();
        let longest = self.longest.filter(|longest| lists.iter().any(|(list, rows)| list == longest && *rows > 0));
        let mut groups = groups(lists.into_iter(), self.list_rows);
        groups.sort_by_key(|lists| !longest.is_some_and(|longest| lists.contains(&longest)));
        if groups.is_empty() {
            groups.push(Vec::new());
        }
        let pass = self.pass("registry", territory);
        let name = self.shelf.name(|kept| kept.of_registry(self.longest, &pass), &pass);
        let mut doubles = self.recalled(&name, "registry", registry.len()).map(|outcome| self.take_registry(&outcome, &here));
        let mut blocks = None;
        for mut lists in groups {
            if let Some(doubles) = &doubles {
                lists = self.recall(lists, territory, doubles, &here)?;
                if lists.is_empty() {
                    continue;
                }
            }
            let model = self.model;
            let Loaded { group, .. } = self.loaded(loaded, territory)?;
            group.load(lists.iter().map(|source| self.territories.span(*source, self.listed.range(*source), territory)).collect())?;
            let known = Known { blocks: blocks.take(), ..self.known() };
            let reference = Reference::with(&group.records, model, &registry, &registry, known)?;
            let doubles = if let Some(doubles) = &doubles {
                doubles
            } else {
                let learn = |longest: usize| task(&reference, &group.rows(Some(longest)), false, None).learn();
                let teacher = self.teacher.clone().or_else(|| longest.map(learn));
                let outcome = Task { trained: teacher.as_ref(), ..task(&reference, &registry, true, None) }.run();
                self.shelf.keep(&name, &outcome)?;
                self.told("registry", &outcome, registry.len());
                let found = doubles.insert(self.take_registry(&outcome, &here));
                lists = self.recall(lists, territory, found, &here)?;
                found
            };
            for source in lists {
                let rows = group.rows(Some(source));
                let trained = self.lists.get(&source).and_then(|of| of.trained.as_ref());
                let task = task(&reference, &rows, false, Some(doubles.entity.as_slice()));
                let mut outcome = Task { trained, rest: trained.map(|_| Rest::default()), ..task }.run();
                let first = rows.first().copied().unwrap_or_default();
                outcome.links.iter_mut().for_each(|link| link.left -= first);
                let name = self.name_of_list(source, "list", territory, &doubles.joins);
                if self.territories.are_several() {
                    self.shelf.put(&name, &outcome)?;
                } else {
                    self.shelf.keep(&name, &outcome)?;
                }
                self.told(self.sources[source].profile.id.as_str(), &outcome, rows.len());
                self.take_home(source, territory, name, &outcome, &here)?;
            }
            blocks = Some(reference.into_blocks());
        }
        self.doubles.extend(doubles);
        Ok(())
    }

    /// Links what stays over of a territory's rows among itself.
    fn left_over(&mut self, territory: u8, loaded: &mut Option<Loaded<'a>>) -> anyhow::Result<()> {
        witnesses::ask(self, territory, loaded)?;
        let alone = self.alone(territory);
        let residue = Places::of(alone.clone(), self.listed);
        if residue.len() < 2 {
            return Ok(());
        }
        let pass = self.pass("residue", territory);
        let lists: Vec<String> = self.lists.values().flat_map(|of| of.entries.iter().cloned()).collect();
        let name = self.shelf.name(|kept| kept.of_residue(&lists, &pass), &pass);
        let outcome = if let Some(outcome) = self.recalled(&name, "residue", residue.len()) {
            outcome
        } else {
            let model = self.model;
            let Loaded { group, .. } = self.loaded(loaded, territory)?;
            group.load(alone)?;
            let first = group.registry_rows() as u32;
            let (registry, rows): (Vec<u32>, Vec<u32>) = ((0..first).collect(), (first..group.records.len() as u32).collect());
            let reference = Reference::with(&group.records, model, &rows, &registry, self.known())?;
            let trained = self.residue.as_ref();
            let mut outcome = Task { trained, rest: trained.map(|_| Rest::default()), ..task(&reference, &rows, true, None) }.run();
            outcome.links.iter_mut().for_each(|link| (link.left, link.right) = (link.left - first, link.right - first));
            self.shelf.keep(&name, &outcome)?;
            self.told("residue", &outcome, rows.len());
            outcome
        };
        let index = self.take("residue", &outcome);
        self.residue.get_or_insert_with(|| outcome.trained.clone());
        let links = global(&outcome.links, |row| residue.global(row, self.listed), |row| residue.global(row, self.listed));
        self.passes.take_pairs(&links, index, self.model.link_probability, self.model);
        Ok(())
    }

    /// The registry's rows of a territory for the engine, read when they are first asked for; those of another are dropped before.
    pub(super) fn loaded<'l>(&self, loaded: &'l mut Option<Loaded<'a>>, territory: u8) -> anyhow::Result<&'l mut Loaded<'a>> {
        *loaded = loaded.take().filter(|loaded| loaded.territory == territory);
        if loaded.is_none() {
            let registry = self.territories.registry(self.sources, self.listed, territory);
            *loaded = Some(Loaded { territory, group: Group::registry((self.sources, self.listed), registry, &self.columns)? });
        }
        loaded.as_mut().ok_or_else(|| Bug("a registry that was read is not there".to_owned()).into())
    }

    /// What a territory's registry need not tell: models are learned in one territory and used in all.
    pub(super) fn known(&self) -> Known<'_> {
        Known { like: self.teacher.as_ref(), ..Known::default() }
    }

    /// By rule: whether it is left out by each of those who ask, as far as that is known of them.
    pub(super) fn idle(&self, left_out: &[Option<&LeftOut>]) -> Vec<bool> {
        let is_idle = |rule: usize| left_out.iter().all(|of| of.is_some_and(|of| matches!(of.get(rule), Some(Some(_)))));
        (0..self.model.rules.len()).map(is_idle).collect()
    }

    /// Where the registry's rows of a territory stand.
    pub(super) fn registry(&self, territory: u8) -> Places {
        Places::of(self.territories.registry(self.sources, self.listed, territory), self.listed)
    }

    /// What a pass of a territory is called.
    pub(super) fn pass(&self, pass: &str, territory: u8) -> String {
        if self.territories.are_several() { format!("{pass} {territory}") } else { pass.to_owned() }
    }

    /// The entry of a pass of a list in a territory.
    pub(super) fn name_of_list(&self, source: usize, pass: &str, territory: u8, joins: &str) -> String {
        let pass = self.pass(pass, territory);
        self.shelf.name(|kept| kept.of_list(source, joins, &pass), &format!("{pass} {source}"))
    }

    /// What an earlier night kept of a pass.
    pub(super) fn recalled(&mut self, name: &str, pass: &str, rows: usize) -> Option<Outcome> {
        let outcome = self.shelf.find(name)?;
        report(pass, &outcome, rows, "reused as an earlier night linked it");
        if !self.passes.reused.iter().any(|reused| reused == pass) {
            self.passes.reused.push(pass.to_owned());
        }
        Some(outcome)
    }

    /// Tells a pass that was made.
    pub(super) fn told(&mut self, pass: &str, outcome: &Outcome, rows: usize) {
        report(pass, outcome, rows, "linked");
        self.made.insert(pass.to_owned());
    }

    /// Takes the lists whose rows at home an earlier night has linked, and returns the rest.
    fn recall(&mut self, lists: Vec<usize>, territory: u8, doubles: &Doubles, here: &Places) -> anyhow::Result<Vec<usize>> {
        let mut rest = Vec::new();
        for list in lists {
            let name = self.name_of_list(list, "list", territory, &doubles.joins);
            let id = self.sources[list].profile.id.clone();
            match self.recalled(&name, id.as_str(), self.lists[&list].at_home[usize::from(territory)]) {
                Some(outcome) => self.take_home(list, territory, name, &outcome, here)?,
                None => rest.push(list),
            }
        }
        Ok(rest)
    }

    /// Takes the model of a pass and its counts; the answer is the model's index.
    pub(super) fn take(&mut self, pass: &str, outcome: &Outcome) -> u16 {
        self.passes.count(outcome);
        self.passes.model_of(pass, &outcome.trained)
    }

    fn take_registry(&mut self, outcome: &Outcome, here: &Places) -> Doubles {
        let joins = outcome.links.iter().filter(|link| link.probability >= REGISTRY_JOIN);
        let edges: Vec<(u32, u32, f64)> = joins.map(|link| (link.left, link.right, link.probability)).collect();
        let joined: Vec<u8> = edges.iter().flat_map(|(left, right, _)| [left.to_le_bytes(), right.to_le_bytes()].concat()).collect();
        let joined = crate::run::bytes_hash(&joined);
        let before = self.doubles.last().map(|before| before.joins.as_str());
        let joins = before.map_or_else(|| joined.clone(), |before| text_hash([("before", before), ("joined", &joined)]));
        let index = self.take("registry", outcome);
        self.teacher.get_or_insert_with(|| outcome.trained.clone());
        if self.left_out.is_empty() {
            self.left_out = outcome.not_worth(f64::INFINITY);
        }
        let links = global(&outcome.links, |row| here.global(row, self.listed), |row| here.global(row, self.listed));
        self.passes.take_pairs(&links, index, REGISTRY_JOIN, self.model);
        Doubles { entity: cluster(here.len(), &edges, |_| None), joins }
    }

    /// Takes what was found of a list's rows in the territory where they are at home: all there is to find, where there is no other.
    fn take_home(&mut self, source: usize, territory: u8, name: String, outcome: &Outcome, here: &Places) -> anyhow::Result<()> {
        let several = self.territories.are_several();
        if several {
            self.passes.count(outcome);
        } else {
            let index = self.take(self.sources[source].profile.id.as_str(), outcome);
            let rows = self.listed.range(source);
            let first = rows.start as u32;
            let links = global(&outcome.links, |row| first + row, |row| here.global(row, self.listed));
            self.passes.take_best((source, rows), (&links, &outcome.matched), index, self.model)?;
        }
        let at_home = several.then(|| self.territories.rows(self.listed.range(source), territory));
        if let Some(of) = self.lists.get_mut(&source) {
            of.trained.get_or_insert_with(|| outcome.trained.clone());
            of.entries.push(name);
            let restless = at_home.iter().flatten().zip(&outcome.matched).filter(|(_, matched)| **matched < FOUND);
            of.restless.extend(restless.map(|(row, _)| *row));
        }
        Ok(())
    }

    /// Rows of the lists at home in a territory that joined nobody, in the order of the sources.
    pub(super) fn alone(&self, territory: u8) -> Vec<Span> {
        let of_list = |source: &usize| {
            let rows = self.listed.range(*source);
            let is_alone = |row: &u32| {
                let row = rows.start + *row as usize;
                self.passes.is_alone(row) && self.territories.home_or_first(row) == territory
            };
            Span { source: *source, only: Some((0..rows.len() as u32).filter(is_alone).collect()) }
        };
        self.lists.keys().map(of_list).collect()
    }
}

/// The links, rows counted among all rows.
pub(super) fn global(links: &[Link], left: impl Fn(u32) -> u32, right: impl Fn(u32) -> u32) -> Vec<Link> {
    links.iter().map(|link| Link { left: left(link.left), right: right(link.right), ..*link }).collect()
}

pub(super) fn task<'a>(reference: &'a Reference<'a>, left: &'a [u32], dedupe: bool, entity: Option<&'a [u32]>) -> Task<'a> {
    Task { dedupe, entity, ..Task::new(reference, left) }
}

fn report(pass: &str, outcome: &Outcome, rows: usize, how: &str) {
    let suppressed: u64 = outcome.suppressed.iter().map(|blocked| blocked.pairs).sum();
    for rule in &outcome.barren {
        tracing::info!(pass, rule = rule.rule, pairs = rule.pairs, "left out: too few of its pairs are matches");
    }
    let trained = &outcome.trained;
    tracing::info!(
        pass,
        rows,
        pairs = outcome.pairs,
        links = outcome.links.len(),
        suppressed,
        match_rate = trained.match_rate,
        household_rate = trained.household_rate,
        iterations = trained.iterations,
        converged = trained.converged,
        "{how}"
    );
}
