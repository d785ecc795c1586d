//! The nightly linkage: which lists are compared with which, in what order, and what becomes of the rows that stay over.
//!
//! 1. The registry among itself: rows that are one person.
//! 2. Every list against the registry: each row its best person, or none.
//! 3. What stays over of each list against the rows of other lists that have found their person: who has moved, or is written otherwise there.
//! 4. What stays over still, of all lists, among itself: people outside the registry who are on several lists.
//!
//! A pass that an earlier night has made of the same rows is taken as it was kept (`kept`). A registry that is too long for the memory is
//! linked territory by territory (`sweeps`).
//!
//! The engine scores; here only the order and the columns are chosen. Persons and families are made by `padan-resolve`.

mod columns;
mod elsewhere;
mod group;
mod inferred;
mod kept;
mod ledger;
mod legacy;
mod passes;
mod places;
mod relatives;
mod shelf;
mod sweeps;
mod tables;
mod territories;
mod witnesses;

use std::path::Path;

use anyhow::Context as _;
use arrow::array::RecordBatch;
use padan_config::SourceProfile;
use padan_link::{Model, Part};
use padan_resolve::Resolution;
use serde::{Deserialize, Serialize};

pub(crate) use group::{GROUP_ROWS, groups};
pub(crate) use kept::Kept;
pub(crate) use tables::Links;

use columns::ListedRows;
use passes::Passes;

use crate::failure::mistake;
use crate::staged::Staged;

/// Which linkage decides.
#[derive(Debug)]
pub(crate) enum ModelChoice {
    /// The ministry's rule: equal NIK and alike names.
    Legacy,
    /// A model file.
    File {
        /// Its file name.
        name: String,
        /// Its text.
        text: String,
        /// What it says.
        model: Box<Model>,
    },
}

impl ModelChoice {
    /// Reads and checks a model file.
    pub(crate) fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading the model {}", path.display()))?;
        let model = Model::parse(&text).map_err(|error| {
            mistake(format!("{}: {error}", path.display()), "pipelines/models/nightly.toml is a model that works".to_owned())
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::File { name, text, model: Box::new(model) })
    }

    /// The model without some parts, which is another model: runs with it are not the whole one's.
    pub(crate) fn without(self, parts: &[Part]) -> Self {
        match self {
            Self::File { name, text, model } if !parts.is_empty() => {
                let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
                let text = format!("{text}\n# without {}\n", names.join(", "));
                Self::File { name, text, model: Box::new(model.without(parts)) }
            }
            whole => whole,
        }
    }

    /// What identifies the model in a run id.
    pub(crate) fn hash(&self) -> String {
        match self {
            Self::Legacy => "legacy".to_owned(),
            Self::File { text, .. } => crate::run::text_hash([("model", text.as_str())]),
        }
    }

    /// The model file's name.
    pub(crate) fn file(&self) -> Option<String> {
        match self {
            Self::Legacy => None,
            Self::File { name, .. } => Some(name.clone()),
        }
    }
}

/// One source's standard records.
pub(crate) struct StandardSource {
    /// Its profile.
    pub(crate) profile: SourceProfile,
    /// Its records.
    pub(crate) staged: Staged,
}

/// Candidate pairs of a blocking rule over all passes; a pair belongs to the first rule that makes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RulePairs {
    /// Its name.
    pub(crate) rule: String,
    /// Pairs compared.
    pub(crate) pairs: u64,
    /// Pairs of blocks that stayed above the rule's limit, which were not compared under it.
    #[serde(default)]
    pub(crate) too_large: u64,
    /// Pairs of passes that left the rule out, since next to none of its pairs are matches; an estimate.
    #[serde(default)]
    pub(crate) barren: u64,
}

/// What the linkage decided.
pub(crate) struct Linked {
    /// Persons and families.
    pub(crate) resolution: Resolution,
    /// The `review` table.
    pub(crate) review: RecordBatch,
    /// Trained models by file name.
    pub(crate) models: Vec<(String, Vec<u8>)>,
    /// Candidate pairs by blocking rule, in the model's order.
    pub(crate) pairs: Vec<RulePairs>,
    /// Passes that an earlier night made: `registry`, `residue`, and lists by their id.
    pub(crate) reused: Vec<String>,
    listed: ListedRows,
    passes: Passes,
}

impl Linked {
    /// The `links` table.
    pub(crate) fn links<'a>(&'a self, sources: &'a [StandardSource]) -> Links<'a> {
        Links::new(sources, &self.listed, &self.passes, &self.resolution)
    }
}

/// With what lists are linked.
#[derive(Clone, Copy)]
pub(crate) struct Means<'a> {
    /// Where that goes which does not stay in memory.
    pub(crate) work: &'a Path,
    /// What an earlier night has linked, which is not linked again.
    pub(crate) kept: Option<&'a Kept<'a>>,
    /// Rows of lists that are encoded together.
    pub(crate) list_rows: usize,
    /// Rows of the registry that are linked at once, at most.
    pub(crate) registry_rows: usize,
}

/// Links every source.
pub(crate) fn link_all(sources: &[StandardSource], choice: &ModelChoice, means: Means<'_>) -> anyhow::Result<Linked> {
    let listed = columns::listed(sources)?;
    let mut passes = match choice {
        ModelChoice::Legacy => legacy::link(sources, &listed, means.work)?,
        ModelChoice::File { model, .. } => sweeps::link(sources, &listed, model, means)?,
    };
    let inputs: Vec<padan_resolve::Listed<'_>> = sources
        .iter()
        .enumerate()
        .map(|(at, source)| padan_resolve::Listed {
            source: source.profile.id.as_str(),
            role: source.profile.role,
            rows: &listed.rows[listed.range(at)],
        })
        .collect();
    let resolution = padan_resolve::resolve(&inputs, &passes.decision())?;
    let review = tables::review(sources, &listed, &passes)?;
    let (pairs, reused) = (std::mem::take(&mut passes.pairs), std::mem::take(&mut passes.reused));
    Ok(Linked { review, models: passes.models()?, pairs, reused, resolution, listed, passes })
}
