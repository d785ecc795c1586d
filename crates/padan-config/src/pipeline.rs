//! A pipeline: which sources, which model, which programme rules, where the outputs go.

use std::path::{Path, PathBuf};

use padan_model::{Role, SourceId, Unit};

use crate::SourceProfile;

/// A source of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct PipelineSource {
    /// Its profile.
    pub profile: SourceProfile,
    /// Whether a run without the extract is refused.
    pub required: bool,
}

/// A SQL boolean expression over the columns of the unit's frame, with the place it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    /// The expression.
    pub text: String,
    /// 1-based line in the pipeline file.
    pub line: usize,
}

/// Why a unit is ineligible whatever the eligibility expression says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// Reason code that the tables publish, such as `meninggal`.
    pub reason: String,
    /// When it holds.
    pub when: Sql,
}

/// The rule of one programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeRule {
    /// Its id, such as `pbi-jk`.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// What it pays.
    pub unit: Unit,
    /// The lists whose rows receive.
    pub sources: Vec<SourceId>,
    /// The period its figures are for.
    pub period: String,
    /// Who is eligible.
    pub eligible: Sql,
    /// Who is not, in spite of it.
    pub exclusions: Vec<Exclusion>,
    /// Quota in units.
    pub quota: Option<i64>,
    /// The legal basis, for the report.
    pub legal_basis: String,
}

/// A checked pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// The TOML file.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// Reference date of ages, `YYYY-MM-DD`.
    pub reference_date: String,
    /// The linkage model: a file beside the pipeline, or `legacy`.
    pub model: String,
    /// Registry rows that are linked at once, at most; a longer registry is linked district by district, some districts at a time.
    pub registry_at_once: usize,
    /// Sources in order; exactly one has `Role::Registry`.
    pub sources: Vec<PipelineSource>,
    /// Programme rules in order.
    pub programmes: Vec<ProgrammeRule>,
    /// Text of every file that was read, in order, for the config hash.
    pub texts: Vec<(PathBuf, String)>,
}

impl Pipeline {
    /// The source that every other list is reconciled with.
    pub fn registry(&self) -> &PipelineSource {
        // `load_pipeline` refuses a pipeline without one; the first source stands in for whoever builds the struct by hand.
        self.sources.iter().find(|source| source.profile.role == Role::Registry).unwrap_or_else(|| &self.sources[0])
    }

    /// The model's file; `None` for `legacy`.
    pub fn model_path(&self) -> Option<PathBuf> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        (self.model != "legacy").then(|| folder.join(&self.model))
    }
}
