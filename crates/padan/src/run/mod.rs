//! A night's run: extracts in, tables out, one direction.
//!
//! Only joins the stages; no rule of the domain stands here. Everything that can be wrong with configuration or headers is found by
//! [`plan`] before the first row is read.

mod costs;
mod extracts;
mod forecast;
mod forecast_text;
mod identity;
mod intake;
mod known;
mod lane;
mod parts;
mod plan;
mod publishing;
mod reconciling;
mod rows;
mod shuffle;
mod spill;
mod summary;
mod summary_text;
mod tables;

use std::path::{Path, PathBuf};

use padan_ingest::FileAccount;
use padan_model::tables as contract;
use padan_publish::{InputFile, Manifest, Measured, ModelFile, PublishError, Run, Snapshot, StageRows, StageSeconds};

use crate::failure::Bug;
use crate::nightly::{self, Kept, StandardSource};
use crate::staged::WorkFolder;
use crate::stages::{Stages, peak_memory};
use crate::state::State;

pub(crate) use forecast::{Forecast, Means};
pub(crate) use identity::{bytes_hash, hex, text_hash};
pub(crate) use plan::{Plan, configure, plan};
pub(crate) use summary::Summary;

use extracts::{Extract, Extracts};
use identity::Input;
use intake::{Door, Intake};
use known::Reading;
use plan::Present;
use reconciling::Division;
use summary::Reused;

/// The summary's name in the run's folder.
const SUMMARY: &str = "summary.json";

/// Runs the plan and publishes. A run of the same id that is already published is only made the visible one.
pub(crate) fn run(plan: &Plan, output: &Path, means: Means<'_>, keep: Option<u16>, stages: &Stages) -> anyhow::Result<Summary> {
    let binary = identity::binary_hash();
    let config = config_hash(plan);
    let extracts = Extracts::of(&plan.present);
    let before = visible(output)?;
    if let Some(summary) = already_published(plan, output, before.as_ref(), &extracts, (&config, &binary))? {
        return Ok(summary);
    }

    let means = Means { output: Some(output), ..means };
    let forecast = Forecast::of(plan, means, rayon::current_num_threads())?;
    forecast.check()?;
    forecast.warn();
    tracing::info!(memory = %forecast.memory, at_once = ?forecast.at_once, "planned");

    let reading = Reading { binary: &binary, reference_year: reference_year(plan)? };
    let state = if means.state { state(output)? } else { None };
    let work = WorkFolder::create(means.temp.unwrap_or(output))?;
    let intakes = stages.stage("ingest", || {
        let door = Door { reading, state: state.as_ref(), work: work.path(), at_once: forecast.at_once.sources, stages };
        let intakes = intake::take_in(door, &plan.present, &extracts)?;
        let files = || intakes.iter().flat_map(|intake| &intake.report.files);
        let (read, staged) = (files().map(|file| file.rows_read).sum(), files().map(|file| file.rows_staged).sum());
        Ok((intakes, read, staged))
    })?;
    let mut reused = Reused::default();
    let (mut sources, mut reports, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for (present, Intake { staged, report, key, is_reused }) in plan.present.iter().zip(intakes) {
        if is_reused {
            reused.sources.push(present.profile.id.to_string());
        }
        sources.push(StandardSource { profile: present.profile.clone(), staged });
        reports.push(report);
        keys.push(key);
    }
    for warning in reports.iter().flat_map(|report| &report.warnings) {
        tracing::warn!("{}: {}", warning.file, warning.message);
    }
    let records: i64 = reports.iter().flat_map(|report| &report.files).map(|file| file.rows_staged).sum();

    let linked = stages.stage("link", || {
        let model = plan.model.hash();
        let registry_rows = plan.pipeline.registry_at_once;
        let kept = state.as_ref().map(|state| Kept::new(state, &sources, &keys, (&binary, &model, registry_rows)));
        let means = nightly::Means { work: work.path(), kept: kept.as_ref(), list_rows: forecast.at_once.list_rows, registry_rows };
        let linked = nightly::link_all(&sources, &plan.model, means)?;
        let links = linked.links(&sources).rows() as i64;
        Ok((linked, records, links))
    })?;
    reused.passes.clone_from(&linked.reused);
    check_assignments(&sources, &linked.resolution)?;

    let (rules, not_judged) = plan.rules();
    let reconciled = stages.stage("reconcile", || {
        let division = Division { folder: work.path(), at_once: forecast.at_once.parts };
        let reconciled = reconciling::reconcile(&sources, &linked.resolution, &rules, &plan.pipeline.reference_date, division, stages)?;
        let rows = reconciled.rows("coverage");
        Ok((reconciled, records, rows))
    })?;

    let inputs = inputs(plan, &reports);
    let run_id = identity::run_id(&input_ids(&inputs), &config, &plan.model.hash(), &binary);
    let accounts: Vec<FileAccount> = reports.iter().flat_map(|report| report.files.clone()).collect();
    let mut summary = Summary::new(&run_id, plan, &sources, &reports, &linked, &reconciled, &not_judged)?;
    summary.reused = reused;
    let mut publishing = Run::begin(output, &run_id)?.at_once(forecast.at_once.tables);
    if let Some(keep) = keep {
        publishing = publishing.keep(usize::from(keep));
    }
    let mut publishing = stages.stage("publish", || {
        let quarantined = plan
            .present
            .iter()
            .zip(&reports)
            .flat_map(|(source, report)| report.quarantine.iter().map(|row| (source.profile.id.as_str(), row)));
        let files = plan.present.iter().zip(&reports).flat_map(|(source, report)| {
            report.files.iter().map(|file| (source.profile.id.as_str(), source.profile.period.as_deref(), file))
        });
        let whole = vec![
            (contract::review(), linked.review.clone()),
            (contract::quarantine(), tables::quarantine(quarantined)?),
            (contract::identity_log(), tables::identity_log()),
            (contract::accounting(), tables::accounting(files)?),
        ];
        let rows = publishing::write(&mut publishing, &sources, &linked, records, reconciled, whole)?;
        for (name, bytes) in &linked.models {
            publishing.write_file(&format!("models/{name}"), bytes)?;
        }
        // The last moment at which an extract that was exchanged under our hands can still stop the run.
        padan_ingest::verify_unchanged(&accounts)?;
        Ok((publishing, rows, rows))
    })?;
    summary.finish(stages, peak_memory());
    forecast.compare(summary.peak_memory_bytes);
    publishing.write_file(SUMMARY, &summary.to_bytes()?)?;
    publishing.finish(&manifest(plan, &run_id, &config, inputs, stages))?;
    if let Some(state) = state {
        let before = before.as_ref().map(|before| before.manifest().run_id.as_str());
        // The tables are there and right: what could not be removed costs room, not the night.
        if let Err(error) = state.sweep(&run_id, before) {
            tracing::warn!("what earlier nights left stays: {error:#}");
        }
    }
    Ok(summary)
}

/// The visible run.
fn visible(output: &Path) -> anyhow::Result<Option<Snapshot>> {
    match Snapshot::open(output) {
        Ok(snapshot) => Ok(Some(snapshot)),
        Err(PublishError::NoRun { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The state of the output folder, where no other run has it.
fn state(output: &Path) -> anyhow::Result<Option<State>> {
    let state = State::take(output)?;
    if state.is_none() {
        tracing::warn!("another run works in {}: this one reads every extract anew and leaves nothing for the next", output.display());
    }
    Ok(state)
}

/// The summary of the visible run where it is the run that `plan` would make: known by names and sizes of the extracts first, so that
/// a new delivery is not read twice.
fn already_published(
    plan: &Plan,
    output: &Path,
    before: Option<&Snapshot>,
    extracts: &Extracts<'_>,
    (config, binary): (&str, &str),
) -> anyhow::Result<Option<Summary>> {
    let Some(snapshot) = before else { return Ok(None) };
    let before = snapshot.manifest();
    let is_there = |(source, file): (&Present, &Extract<'_>)| {
        let is_it =
            |input: &InputFile| input.source == source.profile.id.as_str() && input.file == file.name && input.bytes == file.bytes as i64;
        before.inputs.iter().any(is_it)
    };
    let mut files = plan.present.iter().enumerate().flat_map(|(at, source)| extracts.of_source(at).iter().map(move |file| (source, file)));
    let count = plan.present.iter().map(|source| source.files.len()).sum::<usize>();
    if count != before.inputs.len() || before.config_hash != config || !files.all(is_there) {
        return Ok(None);
    }
    let run_id = identity::run_id(&extracts.inputs(&plan.present)?, config, &plan.model.hash(), binary);
    if run_id != before.run_id || padan_publish::published(output, &run_id)?.is_none() {
        return Ok(None);
    }
    let mut summary = Summary::read(&snapshot.folder().join(SUMMARY))?;
    summary.nothing_to_do = true;
    Ok(Some(summary))
}

fn config_hash(plan: &Plan) -> String {
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let texts: Vec<(String, &str)> = plan.pipeline.texts.iter().map(|(path, text)| (name(path), text.as_str())).collect();
    text_hash(texts.iter().map(|(name, text)| (name.as_str(), *text)))
}

fn reference_year(plan: &Plan) -> Result<i16, Bug> {
    let date = &plan.pipeline.reference_date;
    date.get(..4).and_then(|year| year.parse().ok()).ok_or_else(|| Bug(format!("the checked reference date {date:?} has no year")))
}

/// Every record has its place in the assignment: nothing downstream may lose or double one.
fn check_assignments(sources: &[StandardSource], resolution: &padan_resolve::Resolution) -> Result<(), Bug> {
    if sources.len() != resolution.assignments.len() {
        return Err(Bug(format!("{} sources, {} assignments", sources.len(), resolution.assignments.len())));
    }
    for (source, assigned) in sources.iter().zip(&resolution.assignments) {
        let records = source.staged.rows();
        for count in
            [assigned.person.len(), assigned.family.len(), assigned.method.len(), assigned.probability.len(), assigned.in_registry.len()]
        {
            if count != records {
                return Err(Bug(format!("source `{}`: {records} records, {count} assigned", source.profile.id)));
            }
        }
    }
    Ok(())
}

fn inputs(plan: &Plan, reports: &[padan_ingest::IngestReport]) -> Vec<InputFile> {
    plan.present
        .iter()
        .zip(reports)
        .flat_map(|(source, report)| {
            report.files.iter().map(|file| InputFile {
                source: source.profile.id.to_string(),
                file: file.file.clone(),
                sha256: file.sha256.clone(),
                bytes: file.bytes,
                rows_read: file.rows_read,
            })
        })
        .collect()
}

fn input_ids(inputs: &[InputFile]) -> Vec<Input> {
    inputs.iter().map(|input| Input { source: input.source.clone(), file: input.file.clone(), sha256: input.sha256.clone() }).collect()
}

fn manifest(plan: &Plan, run_id: &str, config: &str, inputs: Vec<InputFile>, stages: &Stages) -> Manifest {
    let figures = stages.figures();
    Manifest {
        run_id: run_id.to_owned(),
        config_hash: config.to_owned(),
        binary_version: env!("CARGO_PKG_VERSION").to_owned(),
        pipeline: plan.pipeline.name.clone(),
        reference_date: plan.pipeline.reference_date.clone(),
        model: plan.model.file().map(|file| ModelFile { file, sha256: plan.model.hash() }),
        inputs,
        absent: plan.absent.iter().map(|profile| profile.id.to_string()).collect(),
        stages: figures
            .iter()
            .map(|done| StageRows { stage: done.stage.clone(), rows_in: done.rows_in, rows_out: done.rows_out, ..StageRows::default() })
            .collect(),
        measured: Measured {
            seconds: figures.into_iter().map(|done| StageSeconds { stage: done.stage, seconds: done.seconds }).collect(),
            peak_memory_bytes: peak_memory().and_then(|bytes| u64::try_from(bytes).ok()),
            threads: u32::try_from(rayon::current_num_threads()).ok(),
        },
        ..Manifest::default()
    }
}
