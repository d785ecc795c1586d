//! The three passes with the engine.

use padan_link::{Link, Model, Outcome, Reference, Task, TrainedModel, cluster};
use padan_model::{LinkMethod, Role};
use padan_resolve::Decision;

use super::StandardSource;
use super::columns::{ListedRows, encode};

/// Two rows of the registry are one person from this probability: every list hangs on the registry, so a false join costs more there.
const REGISTRY_JOIN: f64 = 0.95;

/// A row's evidence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    /// The link.
    pub(super) link: Link,
    /// Index of the model that made it.
    pub(super) model: u16,
}

/// What the passes found.
pub(super) struct Passes {
    /// By row: its person's first row.
    pub(super) entity: Vec<u32>,
    /// By row: what put it there.
    pub(super) evidence: Vec<Option<Evidence>>,
    /// By row: the probability that it is in the registry, where that was asked.
    pub(super) in_registry: Vec<f64>,
    /// By row: how.
    pub(super) method: Vec<LinkMethod>,
    /// Pairs for a person to judge.
    pub(super) review: Vec<Evidence>,
    /// Trained models with their file names.
    pub(super) trained: Vec<(String, TrainedModel)>,
}

impl Passes {
    /// Nobody is joined.
    pub(super) fn alone(rows: usize) -> Self {
        Self {
            entity: (0..rows as u32).collect(),
            evidence: vec![None; rows],
            in_registry: vec![0.0; rows],
            method: vec![LinkMethod::Alone; rows],
            review: Vec::new(),
            trained: Vec::new(),
        }
    }

    /// The decision for resolving. A row that joined nobody has the probability that it is indeed nobody's in the registry.
    pub(super) fn decision(&self) -> Decision {
        let probability =
            |(evidence, in_registry): (&Option<Evidence>, &f64)| evidence.map_or(1.0 - in_registry, |evidence| evidence.link.probability);
        Decision {
            entity: self.entity.clone(),
            method: self.method.clone(),
            probability: self.evidence.iter().zip(&self.in_registry).map(probability).collect(),
        }
    }

    /// The models as files.
    pub(super) fn models(&self) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
        self.trained.iter().map(|(name, model)| Ok((format!("{name}.json"), serde_json::to_vec_pretty(model)?))).collect()
    }

    fn accept(&mut self, link: Link, model: u16) {
        let method =
            if self.trained[usize::from(model)].1.is_identified(link.pattern) { LinkMethod::Identifier } else { LinkMethod::Model };
        self.evidence[link.left as usize] = Some(Evidence { link, model });
        self.method[link.left as usize] = method;
    }
}

/// Links all sources with `model`.
pub(super) fn link(sources: &[StandardSource], listed: &ListedRows, model: &Model) -> anyhow::Result<Passes> {
    let mut passes = Passes::alone(listed.len());
    let records = encode(sources, listed, &model.columns())?;
    let registry: Vec<u32> =
        (0..sources.len()).filter(|at| sources[*at].profile.role == Role::Registry).flat_map(|at| listed.ids(at)).collect();
    let reference = Reference::new(&records, model, &registry, &registry)?;

    // Doubles in the registry are too few to learn from, and next to them stand whole families: what two records of one person look
    // like is learned from the longest list.
    let lists = |at: &usize| !matches!(sources[*at].profile.role, Role::Registry | Role::RegistryFamily);
    let longest = (0..sources.len()).filter(lists).max_by_key(|at| (listed.range(*at).len(), std::cmp::Reverse(*at)));
    let teacher = longest.map(|at| task(&reference, &listed.ids(at), false, None).learn());
    let doubles = Task { trained: teacher.as_ref(), ..task(&reference, &registry, true, None) }.run();
    report("registry", &doubles, registry.len());
    let mut edges: Vec<(u32, u32, f64)> = doubles
        .links
        .iter()
        .filter(|link| link.probability >= REGISTRY_JOIN)
        .map(|link| (link.left, link.right, link.probability))
        .collect();
    let registry_entity = cluster(listed.len(), &edges, |_| None);
    passes.trained.push(("registry".to_owned(), doubles.trained));
    take_best(&mut passes, &doubles.links, 0, REGISTRY_JOIN, model);

    for (at, source) in sources.iter().enumerate() {
        if matches!(source.profile.role, Role::Registry | Role::RegistryFamily) {
            continue;
        }
        let rows = listed.ids(at);
        let outcome = task(&reference, &rows, false, Some(&registry_entity)).run();
        report(source.profile.id.as_str(), &outcome, rows.len());
        let index = passes.trained.len() as u16;
        passes.trained.push((source.profile.id.to_string(), outcome.trained));
        for (row, probability) in rows.iter().zip(&outcome.matched) {
            passes.in_registry[*row as usize] = *probability;
        }
        for link in outcome.links {
            if link.probability >= model.link_probability {
                edges.push((link.left, link.right, link.probability));
                passes.accept(link, index);
            }
            if link.probability < 0.9 {
                passes.review.push(Evidence { link, model: index });
            }
        }
    }

    let residue: Vec<u32> = (0..sources.len())
        .filter(|at| !matches!(sources[*at].profile.role, Role::Registry | Role::RegistryFamily))
        .flat_map(|at| listed.ids(at))
        .filter(|row| passes.evidence[*row as usize].is_none())
        .collect();
    if residue.len() > 1 {
        let reference = Reference::new(&records, model, &residue, &registry)?;
        let outcome = task(&reference, &residue, true, None).run();
        report("residue", &outcome, residue.len());
        let index = passes.trained.len() as u16;
        passes.trained.push(("residue".to_owned(), outcome.trained));
        edges.extend(
            outcome
                .links
                .iter()
                .filter(|link| link.probability >= model.link_probability)
                .map(|link| (link.left, link.right, link.probability)),
        );
        take_best(&mut passes, &outcome.links, index, model.link_probability, model);
    }
    passes.entity = cluster(listed.len(), &edges, |_| None);
    Ok(passes)
}

fn task<'a>(reference: &'a Reference<'a>, left: &'a [u32], dedupe: bool, entity: Option<&'a [u32]>) -> Task<'a> {
    Task { reference, left, dedupe, entity, exclusive: None, trained: None, every: false, seed: 1 }
}

/// Of a dedupe pass: each row's best earlier row is its evidence, and unsure pairs go to review.
fn take_best(passes: &mut Passes, links: &[Link], index: u16, join: f64, model: &Model) {
    for of_row in links.chunk_by(|a, b| a.left == b.left) {
        let best = of_row.iter().max_by(|a, b| a.probability.total_cmp(&b.probability).then(b.right.cmp(&a.right)));
        if let Some(best) = best.filter(|best| best.probability >= join) {
            passes.accept(*best, index);
        }
    }
    passes.review.extend(
        links
            .iter()
            .filter(|link| link.probability >= model.review_probability && link.probability < 0.9f64.max(join))
            .map(|link| Evidence { link: *link, model: index }),
    );
}

fn report(pass: &str, outcome: &Outcome, rows: usize) {
    let suppressed: u64 = outcome.suppressed.iter().map(|blocked| blocked.pairs).sum();
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
