//! The summary of a run: what a person needs in the morning, in numbers; `summary_text` words it.
//!
//! Counts what the tables hold and judges nothing itself; persons (jiwa) and families (KPM) are never added up.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use arrow::array::{Array as _, AsArray as _, RecordBatch, StringArray};
use arrow::datatypes::{Int8Type, Int64Type};
use padan_config::ProgrammeRule;
use padan_ingest::IngestReport;
use padan_model::Role;
use serde::{Deserialize, Serialize};

use super::plan::Plan;
use super::reconciling::Reconciled;
use crate::failure::Bug;
use crate::nightly::{Linked, RulePairs, StandardSource};
use crate::stages::{StageFigures, Stages};

/// What a run found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Summary {
    /// The run.
    pub(crate) run_id: String,
    /// Whether the run was there already and nothing was done.
    #[serde(default)]
    pub(crate) nothing_to_do: bool,
    /// Name of the pipeline.
    pub(crate) pipeline: String,
    /// The linkage model.
    pub(crate) model: String,
    /// Sources read.
    pub(crate) sources: Vec<SourceFigures>,
    /// Optional sources without an extract.
    pub(crate) absent: Vec<String>,
    /// Files of the input folder that no profile names.
    pub(crate) unnamed: Vec<String>,
    /// Programmes judged.
    pub(crate) programmes: Vec<ProgrammeFigures>,
    /// Programmes without any list, and therefore not judged.
    pub(crate) not_judged: Vec<String>,
    /// What the regions must verify.
    pub(crate) verivali: Vec<VerivaliFigures>,
    /// Persons found over all sources.
    pub(crate) persons: i64,
    /// Families found over all sources.
    pub(crate) families: i64,
    /// Pairs for a person to judge.
    pub(crate) review: i64,
    /// Candidate pairs by blocking rule, in the model's order: compared, and left out.
    #[serde(default)]
    pub(crate) pairs: Vec<RulePairs>,
    /// What was taken as an earlier night left it.
    #[serde(default)]
    pub(crate) reused: Reused,
    /// Stages in order.
    pub(crate) stages: Vec<StageFigures>,
    /// Seconds from start to publishing.
    pub(crate) seconds: f64,
    /// The most memory held, where the system tells it.
    pub(crate) peak_memory_bytes: Option<i64>,
}

/// What a run took as an earlier night left it; the tables do not depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reused {
    /// Sources whose extracts were neither read for their rows nor standardized.
    pub(crate) sources: Vec<String>,
    /// Passes that were not linked: `registry` among itself, `residue` of all lists, and lists against the registry by their id.
    pub(crate) passes: Vec<String>,
}

impl Reused {
    /// Whether all was read and linked anew.
    pub(crate) fn is_nothing(&self) -> bool {
        self.sources.is_empty() && self.passes.is_empty()
    }
}

/// A source in numbers: `rows_read = rows_staged + rows_quarantined`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceFigures {
    /// Its id.
    pub(crate) source: String,
    /// The programme whose list it is.
    pub(crate) programme: Option<String>,
    /// Whether it is the registry itself or its family table.
    pub(crate) is_registry: bool,
    /// Files read.
    pub(crate) files: i64,
    /// Data rows read.
    pub(crate) rows_read: i64,
    /// Rows that became records.
    pub(crate) rows_staged: i64,
    /// Rows refused whole.
    pub(crate) rows_quarantined: i64,
    /// Cells refused while their row was kept.
    pub(crate) cells_quarantined: i64,
    /// Records whose person has a row in the registry.
    pub(crate) in_registry: i64,
}

/// A programme in numbers of its unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ProgrammeFigures {
    /// Its id.
    pub(crate) programme: String,
    /// Its name.
    pub(crate) title: String,
    /// `jiwa` or `kpm`.
    pub(crate) unit: String,
    /// Units on the list.
    pub(crate) receiving: i64,
    /// Entitled and receiving.
    pub(crate) benar: i64,
    /// Receiving and not entitled.
    pub(crate) inklusi: i64,
    /// Entitled and not receiving.
    pub(crate) eksklusi: i64,
    /// Cannot be judged.
    pub(crate) tak_dapat_dinilai: i64,
    /// The national inclusion error rate.
    pub(crate) inclusion: Option<Rate>,
    /// The national exclusion error rate.
    pub(crate) exclusion: Option<Rate>,
}

/// A row of `rates`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rate {
    /// Errors.
    pub(crate) numerator: i64,
    /// Of what.
    pub(crate) denominator: i64,
}

/// A reason to verify in the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VerivaliFigures {
    /// `jiwa` or `kpm`.
    pub(crate) unit: String,
    /// Reason code.
    pub(crate) reason: String,
    /// Units.
    pub(crate) count: i64,
}

impl Summary {
    /// Counts what the stages made.
    pub(crate) fn new(
        run_id: &str,
        plan: &Plan,
        sources: &[StandardSource],
        reports: &[IngestReport],
        linked: &Linked,
        reconciled: &Reconciled,
        not_judged: &[ProgrammeRule],
    ) -> Result<Self, Bug> {
        let source_figures = sources
            .iter()
            .zip(reports)
            .zip(&linked.resolution.assignments)
            .map(|((source, report), assigned)| SourceFigures {
                source: source.profile.id.to_string(),
                programme: source.profile.programme.clone(),
                is_registry: matches!(source.profile.role, Role::Registry | Role::RegistryFamily),
                files: report.files.len() as i64,
                rows_read: report.files.iter().map(|file| file.rows_read).sum(),
                rows_staged: report.files.iter().map(|file| file.rows_staged).sum(),
                rows_quarantined: report.files.iter().map(|file| file.rows_quarantined).sum(),
                cells_quarantined: report.quarantine.iter().filter(|entry| entry.column.is_some()).count() as i64,
                in_registry: assigned.in_registry.iter().filter(|found| **found).count() as i64,
            })
            .collect();
        Ok(Self {
            run_id: run_id.to_owned(),
            nothing_to_do: false,
            pipeline: plan.pipeline.name.clone(),
            model: plan.model.file().unwrap_or_else(|| "legacy".to_owned()),
            sources: source_figures,
            absent: plan.absent.iter().map(|profile| profile.id.to_string()).collect(),
            unnamed: plan.unnamed.clone(),
            programmes: programmes(plan, reconciled)?,
            not_judged: not_judged.iter().map(|rule| rule.id.clone()).collect(),
            verivali: verivali(reconciled),
            persons: reconciled.rows("persons"),
            families: reconciled.rows("families"),
            review: linked.review.num_rows() as i64,
            pairs: linked.pairs.clone(),
            reused: Reused::default(),
            stages: Vec::new(),
            seconds: 0.0,
            peak_memory_bytes: None,
        })
    }

    /// Adds what the run cost.
    pub(crate) fn finish(&mut self, stages: &Stages, peak_memory_bytes: Option<i64>) {
        self.stages = stages.figures();
        self.seconds = stages.seconds();
        self.peak_memory_bytes = peak_memory_bytes;
    }

    /// The bytes of `summary.json`.
    pub(crate) fn to_bytes(&self) -> anyhow::Result<Vec<u8>> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    /// Reads the summary of a published run.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&bytes).with_context(|| format!("{} is no summary of a run", path.display()))
    }
}

fn programmes(plan: &Plan, reconciled: &Reconciled) -> Result<Vec<ProgrammeFigures>, Bug> {
    let (judged, _) = plan.rules();
    let rates = &reconciled.finished.rates;
    judged
        .iter()
        .map(|rule| {
            let counts = reconciled.tallies.statuses(&rule.id);
            Ok(ProgrammeFigures {
                programme: rule.id.clone(),
                title: rule.title.clone(),
                unit: rule.unit.as_str().to_owned(),
                receiving: reconciled.tallies.receiving(&rule.id),
                benar: counts.benar,
                inklusi: counts.inklusi,
                eksklusi: counts.eksklusi,
                tak_dapat_dinilai: counts.tak_dapat_dinilai,
                inclusion: national_rate(rates, &rule.id, "inklusi")?,
                exclusion: national_rate(rates, &rule.id, "eksklusi")?,
            })
        })
        .collect()
}

/// The row of `rates` for the whole country, all desil, both sexes.
fn national_rate(rates: &RecordBatch, programme: &str, error: &str) -> Result<Option<Rate>, Bug> {
    let (programmes, errors, levels) = (texts(rates, "programme")?, texts(rates, "error")?, texts(rates, "level")?);
    let sexes = texts(rates, "jenis_kelamin")?;
    let number = |name: &'static str| {
        rates.column_by_name(name).and_then(|column| column.as_primitive_opt::<Int64Type>()).ok_or_else(|| missing(name))
    };
    let (numerators, denominators) = (number("numerator")?, number("denominator")?);
    let desil = rates.column_by_name("desil").and_then(|column| column.as_primitive_opt::<Int8Type>()).ok_or_else(|| missing("desil"))?;
    let row = (0..rates.num_rows()).find(|&row| {
        programmes.value(row) == programme
            && errors.value(row) == error
            && levels.value(row) == "nasional"
            && desil.is_null(row)
            && sexes.is_null(row)
    });
    Ok(row.map(|row| Rate { numerator: numerators.value(row), denominator: denominators.value(row) }))
}

fn verivali(reconciled: &Reconciled) -> Vec<VerivaliFigures> {
    let questions = reconciled.tallies.verivali();
    questions.map(|(unit, reason, count)| VerivaliFigures { unit: unit.as_str().to_owned(), reason: reason.to_owned(), count }).collect()
}

fn texts<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a StringArray, Bug> {
    batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>()).ok_or_else(|| missing(name))
}

fn missing(column: &str) -> Bug {
    Bug(format!("a reconciled table lacks the column `{column}`"))
}
