//! What the passes found of every row: with whom it is one person, how likely that is, and by what evidence.

use std::ops::Range;
use std::path::Path;

use padan_link::{Blocked, Joined, Link, Model, Outcome, TrainedModel};
use padan_model::LinkMethod;
use padan_resolve::Decision;

use super::RulePairs;
use super::ledger::{Evidence, Ledger};

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

    /// The index of a pass's model, which is the first that it is given.
    pub(super) fn model_of(&mut self, pass: &str, trained: &TrainedModel) -> u16 {
        let known = self.trained.iter().position(|(name, _)| name == pass);
        let index = known.unwrap_or_else(|| {
            self.trained.push((pass.to_owned(), trained.clone()));
            self.trained.len() - 1
        });
        index as u16
    }

    /// Counts the pairs that a task compared, and those that it did not.
    pub(super) fn count(&mut self, outcome: &Outcome) {
        let of_rule = |blocked: &[Blocked], rule: &str| {
            blocked.iter().filter(|blocked| blocked.rule == rule).map(|blocked| blocked.pairs).sum::<u64>()
        };
        for (rule, pairs) in self.pairs.iter_mut().zip(&outcome.pairs_of_rules) {
            rule.pairs += pairs;
            rule.too_large += of_rule(&outcome.suppressed, &rule.rule);
            rule.barren += of_rule(&outcome.barren, &rule.rule);
        }
    }

    /// Of a dedupe pass, rows counted among all rows: each row's best earlier row is its evidence, and unsure pairs go to review.
    pub(super) fn take_pairs(&mut self, links: &[Link], index: u16, join: f64, model: &Model) {
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

    /// Of a list, rows counted among all rows: its rows, by row the probability that any row of the registry is theirs, and their best links.
    pub(super) fn take_best(
        &mut self,
        (source, rows): (usize, Range<usize>),
        (links, matched): (&[Link], &[f64]),
        index: u16,
        model: &Model,
    ) -> anyhow::Result<()> {
        for (row, matched) in rows.zip(matched) {
            self.probability[row] = 1.0 - matched;
        }
        let joins = |link: &&Link| link.probability >= model.link_probability;
        let evidence = |link: &Link| Evidence { link: *link, model: index };
        self.ledger.file(source, links.iter().filter(joins).map(evidence))?;
        links.iter().filter(joins).map(evidence).for_each(|evidence| self.accept(evidence));
        self.review.extend(links.iter().filter(|link| link.probability < 0.9).map(evidence));
        Ok(())
    }

    /// The first row of those that are one person with this one.
    pub(super) fn person(&self, row: u32) -> u32 {
        self.joined.first_of(row)
    }

    /// Whether a row joined somebody with this probability or a greater one.
    pub(super) fn is_sure(&self, row: usize, probability: f64) -> bool {
        !self.is_alone(row) && self.probability[row] >= probability
    }

    /// Whether a row joined nobody.
    pub(super) fn is_alone(&self, row: usize) -> bool {
        self.method[row] == LinkMethod::Alone
    }
}
