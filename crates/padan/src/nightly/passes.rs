//! The three passes with the engine: each made, or taken as an earlier night kept it (`kept`).
//!
//! A pass depends on its own rows, the registry and the model, and not on which lists are encoded beside it; so that a list of yesterday
//! can be left out of the encoding.

use std::collections::BTreeMap;
use std::path::Path;

use padan_link::{Blocked, Joined, Link, Model, Outcome, Reference, Task, TrainedModel, cluster};
use padan_model::LinkMethod;
use padan_resolve::Decision;

use super::columns::ListedRows;
use super::group::{Group, groups, lists};
use super::kept::Kept;
use super::ledger::{Evidence, Ledger};
use super::places::{Places, Span};
use super::{Means, RulePairs, StandardSource};

/// Two rows of the registry are one person from this probability: every list hangs on the registry, so a false join costs more there.
const REGISTRY_JOIN: f64 = 0.95;

/// What the passes found; rows are counted among all rows.
pub(super) struct Passes {
    /// Rows that are one person.
    joined: Joined,
    /// By row: the probability of its evidence; of a row that joined nobody, that it is indeed nobody's in the registry.
    probability: Vec<f64>,
    /// By row: how it came to its person.
    method: Vec<LinkMethod>,
    /// By row: what put it there.
    pub(super) ledger: Ledger,
    /// Pairs for a person to judge.
    pub(super) review: Vec<Evidence>,
    /// Trained models with their file names.
    pub(super) trained: Vec<(String, TrainedModel)>,
    /// Candidate pairs by blocking rule, in the model's order; none where no engine asked.
    pub(super) pairs: Vec<RulePairs>,
    /// Passes that an earlier night made: `registry`, `residue`, and lists by their id.
    pub(super) reused: Vec<String>,
}

impl Passes {
    /// Nobody is joined.
    pub(super) fn alone(rows: usize, work: &Path) -> Self {
        Self {
            joined: Joined::new(rows),
            probability: vec![1.0; rows],
            method: vec![LinkMethod::Alone; rows],
            ledger: Ledger::new(work),
            review: Vec::new(),
            trained: Vec::new(),
            pairs: Vec::new(),
            reused: Vec::new(),
        }
    }

    /// The decision for resolving; it is asked for once.
    pub(super) fn decision(&mut self) -> Decision {
        Decision {
            entity: std::mem::take(&mut self.joined).clusters(),
            method: std::mem::take(&mut self.method),
            probability: std::mem::take(&mut self.probability),
        }
    }

    /// The models as files.
    pub(super) fn models(&self) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
        self.trained.iter().map(|(name, model)| Ok((format!("{name}.json"), serde_json::to_vec_pretty(model)?))).collect()
    }

    /// Notes that a row joins its person; its evidence is for the ledger.
    pub(super) fn accept(&mut self, evidence: Evidence) {
        let Evidence { link, model } = evidence;
        let identified = self.trained.get(usize::from(model)).is_none_or(|(_, trained)| trained.is_identified(link.pattern));
        self.method[link.left as usize] = if identified { LinkMethod::Identifier } else { LinkMethod::Model };
        self.probability[link.left as usize] = link.probability;
        self.joined.join(link.left, link.right);
    }

    /// Counts the pairs that a task compared, and those that it did not.
    fn count(&mut self, outcome: &Outcome) {
        let of_rule = |blocked: &[Blocked], rule: &str| {
            blocked.iter().filter(|blocked| blocked.rule == rule).map(|blocked| blocked.pairs).sum::<u64>()
        };
        for (rule, pairs) in self.pairs.iter_mut().zip(&outcome.pairs_of_rules) {
            rule.pairs += pairs;
            rule.too_large += of_rule(&outcome.suppressed, &rule.rule);
            rule.barren += of_rule(&outcome.barren, &rule.rule);
        }
    }

    /// Of a dedupe pass: each row's best earlier row is its evidence, and unsure pairs go to review.
    fn take_pairs(&mut self, links: &[Link], index: u16, join: f64, model: &Model) {
        for of_row in links.chunk_by(|a, b| a.left == b.left) {
            let best = of_row.iter().max_by(|a, b| a.probability.total_cmp(&b.probability).then(b.right.cmp(&a.right)));
            if let Some(best) = best.filter(|best| best.probability >= join) {
                let evidence = Evidence { link: *best, model: index };
                self.accept(evidence);
                self.ledger.add(evidence);
            }
        }
        links.iter().filter(|link| link.probability >= join).for_each(|link| self.joined.join(link.left, link.right));
        self.review.extend(
            links
                .iter()
                .filter(|link| link.probability >= model.review_probability && link.probability < 0.9f64.max(join))
                .map(|link| Evidence { link: *link, model: index }),
        );
    }
}

/// Links all sources with `model`; passes that an earlier night has made are taken as it `kept` them. Lists of up to `list_rows` rows are
/// encoded together.
pub(super) fn link(
    sources: &[StandardSource],
    listed: &ListedRows,
    model: &Model,
    Means { work, kept, list_rows }: Means<'_>,
) -> anyhow::Result<Passes> {
    let mut passes = Passes::alone(listed.len(), work);
    passes.pairs = model.rules.iter().map(|rule| RulePairs { rule: rule.name.clone(), ..RulePairs::default() }).collect();
    let mut night =
        Night { sources, listed, model, kept, registry: Places::of(Span::registry(sources), listed), passes, lists: BTreeMap::new() };
    let registry: Vec<u32> = (0..night.registry.len() as u32).collect();

    // Doubles in the registry are too few to learn from, and next to them stand whole families: what two records of one person look
    // like is learned from the longest list, which therefore comes first.
    let longest = lists(sources).max_by_key(|at| (listed.range(*at).len(), std::cmp::Reverse(*at)));
    let mut groups = groups(lists(sources).map(|list| (list, listed.range(list).len())), list_rows);
    groups.sort_by_key(|lists| !longest.is_some_and(|longest| lists.contains(&longest)));
    if groups.is_empty() {
        groups.push(Vec::new());
    }
    let name = kept.map(|kept| kept.of_registry(longest));
    let mut doubles = night.recalled(name.as_ref(), "registry", registry.len()).map(|outcome| night.take_registry(&outcome));
    // Neither is there until a pass has to be made.
    let (mut group, mut blocks) = (None, None);
    for mut lists in groups {
        if let Some(doubles) = &doubles {
            lists = night.recall(lists, doubles)?;
            if lists.is_empty() {
                continue;
            }
        }
        let group = loaded(&mut group, &night)?;
        group.load(lists.iter().map(|source| Span::whole(*source)).collect())?;
        let reference = match blocks.take() {
            Some(blocks) => Reference::of_blocks(&group.records, model, &registry, &registry, blocks)?,
            None => Reference::new(&group.records, model, &registry, &registry)?,
        };
        let doubles = if let Some(doubles) = &doubles {
            doubles
        } else {
            let teacher = longest.map(|at| task(&reference, &group.rows(at), false, None).learn());
            let outcome = Task { trained: teacher.as_ref(), ..task(&reference, &registry, true, None) }.run();
            night.keep(name.as_ref(), &outcome)?;
            report("registry", &outcome, registry.len(), LINKED);
            let found = doubles.insert(night.take_registry(&outcome));
            lists = night.recall(lists, found)?;
            found
        };
        for source in lists {
            let rows = group.rows(source);
            let mut outcome = task(&reference, &rows, false, Some(doubles.entity.as_slice())).run();
            let first = rows.first().copied().unwrap_or_default();
            outcome.links.iter_mut().for_each(|link| link.left -= first);
            let name = night.kept.map(|kept| kept.of_list(source, &doubles.joins));
            night.keep(name.as_ref(), &outcome)?;
            report(sources[source].profile.id.as_str(), &outcome, rows.len(), LINKED);
            night.take_list(source, name.unwrap_or_default(), &outcome)?;
        }
        blocks = Some(reference.into_blocks());
    }
    drop(blocks);

    let alone = night.alone();
    let residue = Places::of(alone.clone(), listed);
    if residue.len() > 1 {
        let lists: Vec<String> = night.lists.values().cloned().collect();
        let name = kept.map(|kept| kept.of_residue(&lists));
        let outcome = if let Some(outcome) = night.recalled(name.as_ref(), "residue", residue.len()) {
            outcome
        } else {
            let group = loaded(&mut group, &night)?;
            group.load(alone)?;
            let first = registry.len() as u32;
            let rows: Vec<u32> = (first..group.records.len() as u32).collect();
            let reference = Reference::new(&group.records, model, &rows, &registry)?;
            let mut outcome = task(&reference, &rows, true, None).run();
            outcome.links.iter_mut().for_each(|link| (link.left, link.right) = (link.left - first, link.right - first));
            night.keep(name.as_ref(), &outcome)?;
            report("residue", &outcome, rows.len(), LINKED);
            outcome
        };
        night.take_residue(&outcome, &residue);
    }
    Ok(night.passes)
}

/// The registry's rows for the engine, read when they are first asked for.
fn loaded<'g, 'a>(group: &'g mut Option<Group<'a>>, night: &Night<'a>) -> anyhow::Result<&'g mut Group<'a>> {
    Ok(match group {
        Some(group) => group,
        None => group.insert(Group::registry(night.sources, night.listed, &night.model.columns())?),
    })
}

/// The passes of a night as they come, made or recalled. Outcomes count rows from 0 on: those of their list, of the registry, of the residue.
struct Night<'a> {
    sources: &'a [StandardSource],
    listed: &'a ListedRows,
    model: &'a Model,
    kept: Option<&'a Kept<'a>>,
    registry: Places,
    passes: Passes,
    /// Lists that are taken, by the names of their entries.
    lists: BTreeMap<usize, String>,
}

/// What the registry among itself came to.
struct Doubles {
    /// By row of the registry: the first row of the same person.
    entity: Vec<u32>,
    /// Hash of what was joined: what the lists' passes know of this one.
    joins: String,
}

impl Night<'_> {
    /// What an earlier night kept of a pass.
    fn recalled(&mut self, name: Option<&String>, pass: &str, rows: usize) -> Option<Outcome> {
        let outcome = self.kept?.find(name?)?;
        report(pass, &outcome, rows, "reused as an earlier night linked it");
        self.passes.reused.push(pass.to_owned());
        Some(outcome)
    }

    fn keep(&self, name: Option<&String>, outcome: &Outcome) -> anyhow::Result<()> {
        match self.kept.zip(name) {
            Some((kept, name)) => kept.keep(name, outcome),
            None => Ok(()),
        }
    }

    /// Takes the lists that an earlier night has linked, and returns the rest.
    fn recall(&mut self, lists: Vec<usize>, doubles: &Doubles) -> anyhow::Result<Vec<usize>> {
        let mut rest = Vec::new();
        for list in lists {
            let name = self.kept.map(|kept| kept.of_list(list, &doubles.joins));
            let id = self.sources[list].profile.id.clone();
            match self.recalled(name.as_ref(), id.as_str(), self.listed.range(list).len()) {
                Some(outcome) => self.take_list(list, name.unwrap_or_default(), &outcome)?,
                None => rest.push(list),
            }
        }
        Ok(rest)
    }

    /// Takes the model of a pass and its counts; the answer is the model's index.
    fn take(&mut self, pass: &str, outcome: &Outcome) -> u16 {
        self.passes.count(outcome);
        let index = self.passes.trained.len() as u16;
        self.passes.trained.push((pass.to_owned(), outcome.trained.clone()));
        index
    }

    fn take_registry(&mut self, outcome: &Outcome) -> Doubles {
        let joins = outcome.links.iter().filter(|link| link.probability >= REGISTRY_JOIN);
        let edges: Vec<(u32, u32, f64)> = joins.map(|link| (link.left, link.right, link.probability)).collect();
        let joined: Vec<u8> = edges.iter().flat_map(|(left, right, _)| [left.to_le_bytes(), right.to_le_bytes()].concat()).collect();
        let index = self.take("registry", outcome);
        let links = global(&outcome.links, |row| self.registry.global(row, self.listed), |row| self.registry.global(row, self.listed));
        self.passes.take_pairs(&links, index, REGISTRY_JOIN, self.model);
        Doubles { entity: cluster(self.registry.len(), &edges, |_| None), joins: crate::run::bytes_hash(&joined) }
    }

    fn take_list(&mut self, source: usize, name: String, outcome: &Outcome) -> anyhow::Result<()> {
        let id = self.sources[source].profile.id.clone();
        let index = self.take(id.as_str(), outcome);
        let passes = &mut self.passes;
        let first = self.listed.range(source).start;
        for (at, probability) in outcome.matched.iter().enumerate() {
            passes.probability[first + at] = 1.0 - probability;
        }
        let links = global(&outcome.links, |row| first as u32 + row, |row| self.registry.global(row, self.listed));
        let joins = |link: &&Link| link.probability >= self.model.link_probability;
        let evidence = |link: &Link| Evidence { link: *link, model: index };
        passes.ledger.file(source, links.iter().filter(joins).map(evidence))?;
        links.iter().filter(joins).map(evidence).for_each(|evidence| passes.accept(evidence));
        passes.review.extend(links.iter().filter(|link| link.probability < 0.9).map(evidence));
        self.lists.insert(source, name);
        Ok(())
    }

    fn take_residue(&mut self, outcome: &Outcome, residue: &Places) {
        let index = self.take("residue", outcome);
        let links = global(&outcome.links, |row| residue.global(row, self.listed), |row| residue.global(row, self.listed));
        self.passes.take_pairs(&links, index, self.model.link_probability, self.model);
    }

    /// Rows of the lists that joined nobody, in the order of the sources.
    fn alone(&self) -> Vec<Span> {
        let of_list = |source: &usize| {
            let rows = self.listed.range(*source);
            let is_alone = |row: &u32| self.passes.method[rows.start + *row as usize] == LinkMethod::Alone;
            Span { source: *source, only: Some((0..rows.len() as u32).filter(is_alone).collect()) }
        };
        self.lists.keys().map(of_list).collect()
    }
}

/// The links, rows counted among all rows.
fn global(links: &[Link], left: impl Fn(u32) -> u32, right: impl Fn(u32) -> u32) -> Vec<Link> {
    links.iter().map(|link| Link { left: left(link.left), right: right(link.right), ..*link }).collect()
}

fn task<'a>(reference: &'a Reference<'a>, left: &'a [u32], dedupe: bool, entity: Option<&'a [u32]>) -> Task<'a> {
    Task { reference, left, dedupe, entity, exclusive: None, verdicts: None, trained: None, every: false, seed: 1 }
}

/// How a pass that was made is told.
const LINKED: &str = "linked";

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
