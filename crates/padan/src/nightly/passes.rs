//! The three passes with the engine.

use std::path::Path;

use padan_link::{Joined, Link, Model, Outcome, Reference, Task, TrainedModel, cluster};
use padan_model::LinkMethod;
use padan_resolve::Decision;

use super::StandardSource;
use super::columns::ListedRows;
use super::group::{Group, Span, groups, lists};
use super::ledger::{Evidence, Ledger};

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
    /// Candidate pairs compared, by blocking rule in the model's order; none where no engine asked.
    pub(super) pairs: Vec<(String, u64)>,
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

    /// Counts the pairs that a task compared.
    fn count(&mut self, outcome: &Outcome) {
        self.pairs.iter_mut().zip(&outcome.pairs_of_rules).for_each(|((_, pairs), more)| *pairs += more);
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

/// Links all sources with `model`.
pub(super) fn link(sources: &[StandardSource], listed: &ListedRows, model: &Model, work: &Path) -> anyhow::Result<Passes> {
    let mut passes = Passes::alone(listed.len(), work);
    passes.pairs = model.rules.iter().map(|rule| (rule.name.clone(), 0)).collect();
    let mut group = Group::registry(sources, listed, &model.columns())?;
    let registry: Vec<u32> = (0..group.registry_rows() as u32).collect();

    // Doubles in the registry are too few to learn from, and next to them stand whole families: what two records of one person look
    // like is learned from the longest list, which therefore comes first.
    let longest = lists(sources).max_by_key(|at| (listed.range(*at).len(), std::cmp::Reverse(*at)));
    let mut groups = groups(lists(sources).map(|list| (list, listed.range(list).len())));
    groups.sort_by_key(|lists| !longest.is_some_and(|longest| lists.contains(&longest)));
    if groups.is_empty() {
        groups.push(Vec::new());
    }
    let mut registry_entity: Option<Vec<u32>> = None;
    let mut alone: Vec<Span> = Vec::new();
    let mut blocks = None;
    for lists in groups {
        group.load(lists.iter().map(|source| Span { source: *source, only: None }).collect())?;
        let reference = match blocks.take() {
            Some(blocks) => Reference::of_blocks(&group.records, model, &registry, &registry, blocks)?,
            None => Reference::new(&group.records, model, &registry, &registry)?,
        };
        let entity = registry_entity.get_or_insert_with(|| {
            let teacher = longest.map(|at| task(&reference, &group.rows(at), false, None).learn());
            let doubles = Task { trained: teacher.as_ref(), ..task(&reference, &registry, true, None) }.run();
            report("registry", &doubles, registry.len());
            passes.count(&doubles);
            let joins = doubles.links.iter().filter(|link| link.probability >= REGISTRY_JOIN);
            let edges: Vec<(u32, u32, f64)> = joins.map(|link| (link.left, link.right, link.probability)).collect();
            passes.trained.push(("registry".to_owned(), doubles.trained));
            passes.take_pairs(&global(&group, &doubles.links), 0, REGISTRY_JOIN, model);
            cluster(registry.len(), &edges, |_| None)
        });
        for source in lists {
            let rows = group.rows(source);
            let outcome = task(&reference, &rows, false, Some(entity.as_slice())).run();
            report(sources[source].profile.id.as_str(), &outcome, rows.len());
            passes.count(&outcome);
            let index = passes.trained.len() as u16;
            passes.trained.push((sources[source].profile.id.to_string(), outcome.trained));
            let first = listed.range(source).start;
            for (at, probability) in outcome.matched.iter().enumerate() {
                passes.probability[first + at] = 1.0 - probability;
            }
            let links = global(&group, &outcome.links);
            let joins = |link: &&Link| link.probability >= model.link_probability;
            let evidence = |link: &Link| Evidence { link: *link, model: index };
            passes.ledger.file(source, links.iter().filter(joins).map(evidence))?;
            links.iter().filter(joins).map(evidence).for_each(|evidence| passes.accept(evidence));
            passes.review.extend(links.iter().filter(|link| link.probability < 0.9).map(evidence));
            let is_alone = |row: &u32| passes.method[first + *row as usize] == LinkMethod::Alone;
            alone.push(Span { source, only: Some((0..rows.len() as u32).filter(is_alone).collect()) });
        }
        blocks = Some(reference.into_blocks());
    }
    drop(blocks);

    alone.sort_by_key(|span| span.source);
    group.load(alone)?;
    let residue: Vec<u32> = (group.registry_rows() as u32..group.records.len() as u32).collect();
    if residue.len() > 1 {
        let reference = Reference::new(&group.records, model, &residue, &registry)?;
        let outcome = task(&reference, &residue, true, None).run();
        report("residue", &outcome, residue.len());
        passes.count(&outcome);
        let index = passes.trained.len() as u16;
        passes.trained.push(("residue".to_owned(), outcome.trained));
        passes.take_pairs(&global(&group, &outcome.links), index, model.link_probability, model);
    }
    Ok(passes)
}

/// The links, rows counted among all rows.
fn global(group: &Group<'_>, links: &[Link]) -> Vec<Link> {
    links.iter().map(|link| Link { left: group.global(link.left), right: group.global(link.right), ..*link }).collect()
}

fn task<'a>(reference: &'a Reference<'a>, left: &'a [u32], dedupe: bool, entity: Option<&'a [u32]>) -> Task<'a> {
    Task { reference, left, dedupe, entity, exclusive: None, verdicts: None, trained: None, every: false, seed: 1 }
}

fn report(pass: &str, outcome: &Outcome, rows: usize) {
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
        "linked"
    );
}
