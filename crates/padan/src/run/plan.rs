//! What a run will do, checked before any work: configuration, model, files present, headers, rules.
//!
//! Opens headers only. Every mistake found is reported, not just the first, so that a broken delivery is mended in one go.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use padan_config::{Pipeline, PipelineSource, ProgrammeRule, SourceProfile};
use padan_ingest::HeaderReport;

use crate::failure::{mistake, nearest};
use crate::nightly::ModelChoice;

/// A source whose extract is there.
#[derive(Debug)]
pub(crate) struct Present {
    /// How to read it.
    pub(crate) profile: SourceProfile,
    /// Its files in name order.
    pub(crate) files: Vec<PathBuf>,
    /// What their headers hold.
    pub(crate) headers: Vec<HeaderReport>,
}

/// A checked plan.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The configuration.
    pub(crate) pipeline: Pipeline,
    /// The linkage model.
    pub(crate) model: ModelChoice,
    /// Sources to read, in the pipeline's order.
    pub(crate) present: Vec<Present>,
    /// Optional sources without an extract.
    pub(crate) absent: Vec<SourceProfile>,
    /// Files of the folder that no profile names: perhaps an extract under another name.
    pub(crate) unnamed: Vec<String>,
}

impl Plan {
    /// The rules that can be judged: those of which at least one list is there. A programme without its list would make every
    /// entitled person an exclusion error.
    pub(crate) fn rules(&self) -> (Vec<ProgrammeRule>, Vec<ProgrammeRule>) {
        let is_present = |rule: &ProgrammeRule| rule.sources.iter().any(|id| self.present.iter().any(|source| source.profile.id == *id));
        self.pipeline.programmes.iter().cloned().partition(is_present)
    }
}

/// Reads and checks the configuration: pipeline, profiles, model, rules.
pub(crate) fn configure(pipeline: &Path, model: Option<&str>) -> anyhow::Result<(Pipeline, ModelChoice)> {
    let pipeline = padan_config::load_pipeline(pipeline)?;
    let model = match model {
        Some("legacy") => ModelChoice::Legacy,
        Some(path) => ModelChoice::load(Path::new(path))?,
        None if pipeline.model == "legacy" => ModelChoice::Legacy,
        None => ModelChoice::load(&pipeline.path.parent().unwrap_or(Path::new("")).join(&pipeline.model))?,
    };
    padan_reconcile::check_rules(&pipeline.programmes)
        .with_context(|| format!("a programme rule of {} is wrong", pipeline.path.display()))?;
    Ok((pipeline, model))
}

/// Finds the extracts and checks their headers.
pub(crate) fn plan(pipeline: Pipeline, model: ModelChoice, input: &Path) -> anyhow::Result<Plan> {
    if !input.is_dir() {
        return Err(mistake(format!("{} is no folder", input.display()), "--input is the folder that holds the extracts"));
    }
    let (mut present, mut absent, mut mistakes) = (Vec::new(), Vec::new(), Vec::new());
    for PipelineSource { profile, required } in &pipeline.sources {
        let files = padan_ingest::discover(profile, input)?;
        if files.is_empty() {
            if *required {
                mistakes.push(missing(profile, input));
            } else {
                absent.push(profile.clone());
            }
            continue;
        }
        match padan_ingest::check(profile, &files) {
            Ok(headers) => present.push(Present { profile: profile.clone(), files, headers }),
            Err(error) => mistakes.push(error.to_string()),
        }
    }
    match mistakes.len() {
        0 => Ok(Plan { unnamed: unnamed(input, &present), pipeline, model, present, absent }),
        1 => Err(anyhow::anyhow!(mistakes.remove(0))),
        count => Err(anyhow::anyhow!("{count} extracts cannot be read\n\n{}", mistakes.join("\n\n"))),
    }
}

fn missing(profile: &SourceProfile, input: &Path) -> String {
    let names = file_names(input);
    let pattern = profile.files.join("` or `");
    let near = profile.files.iter().find_map(|pattern| nearest(&pattern.replace('*', ""), names.iter().map(String::as_str)));
    let hint = match (near, names.len()) {
        (Some(name), _) => format!("is it `{name}`?"),
        (None, 0) => "the folder holds no files".to_owned(),
        (None, 1..=24) => format!("the folder holds {}", names.join(", ")),
        (None, count) => format!("the folder holds {count} files: {} …", names[..24].join(", ")),
    };
    format!(
        "the required source `{}` has no file `{pattern}` in {} ({})\nhint: {hint}",
        profile.id,
        input.display(),
        profile.path.display()
    )
}

fn unnamed(input: &Path, present: &[Present]) -> Vec<String> {
    let mut names = file_names(input);
    let is_read =
        |name: &str| present.iter().flat_map(|source| &source.files).any(|file| file.file_name().is_some_and(|file| file == name));
    names.retain(|name| !name.starts_with('.') && !is_read(name));
    names
}

fn file_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
