//! `padan demo`: generated people, their extracts, the reconciliation, its accuracy, and where to look, in one go.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use include_dir::{Dir, include_dir};
use padan_synth::SynthOptions;
use serde_json::json;

use super::synth;
use crate::cli::Demo;
use crate::failure::mistake;
use crate::output::heading;
use crate::run::Means;
use crate::stages::Stages;
use crate::{output, run};

/// The shipped pipelines, for a binary that was carried elsewhere.
static PIPELINES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../pipelines");

/// Seed of the demonstration: everyone sees the same figures.
const SEED: u64 = 1;

/// Generates, runs, evaluates, and prints the summary.
pub(crate) fn execute(arguments: &Demo) -> anyhow::Result<()> {
    let folder = &arguments.output;
    let (input, out) = (folder.join("extracts"), folder.join("out"));
    output::note(&format!(
        "padan demo: {} generated persons, nobody real; everything goes to {}",
        output::thousands(arguments.persons as i64),
        folder.display()
    ));
    clear(&input)?;
    synth::generate(&SynthOptions::new(arguments.persons, SEED, &input)?)?;

    let pipeline = pipeline(folder)?;
    let (pipeline, model) = run::configure(&pipeline, None)?;
    let plan = run::plan(pipeline, model, &input)?;
    let summary = {
        let stages = Stages::start();
        run::run(&plan, &out, Means::default(), None, &stages)?
    };
    let registry = plan.pipeline.registry().profile.id.to_string();
    let report = padan_evaluate::evaluate(&out, &input, &padan_evaluate::Options { registry })?;
    if arguments.json {
        output::print_json(&json!({ "run": summary, "evaluation": report }))
    } else {
        output::print(&format!(
            "{}\n{}\n{}",
            heading("How right is it? (the truth of generated people is known)"),
            report.render(),
            summary.render(&out)
        ))
    }
}

/// Removes the extracts of an earlier demo, which must not mix with these; a folder that no demo made is left alone.
fn clear(input: &Path) -> anyhow::Result<()> {
    if !input.exists() {
        return Ok(());
    }
    if !input.join("truth/records.parquet").is_file() {
        return Err(mistake(format!("{} was not made by a demo", input.display()), "give the demo another --output"));
    }
    fs::remove_dir_all(input).with_context(|| format!("cannot remove {}", input.display()))
}

/// The shipped pipeline: the repository's own where the demo is run in it, else written into the demo's folder.
fn pipeline(folder: &Path) -> anyhow::Result<PathBuf> {
    let here = Path::new("pipelines/nightly.toml");
    if here.is_file() {
        return Ok(here.to_owned());
    }
    let pipelines = folder.join("pipelines");
    let unwritable = || format!("cannot write {}", pipelines.display());
    fs::create_dir_all(&pipelines).with_context(unwritable)?;
    PIPELINES.extract(&pipelines).with_context(unwritable)?;
    Ok(pipelines.join("nightly.toml"))
}
