//! `padan link` on any files: read, prepare, link, write.

mod explain;
mod input;
mod text;
mod verdicts;
mod write;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use padan_link::{Linkage, LinkedTables, Mode, Model, Records, TrainedModel, Verdicts};
use padan_publish::write_text;
use serde::{Deserialize, Serialize};

pub(crate) use explain::{PairExplanation, explain_pair};
pub(crate) use input::Inputs;
pub(crate) use text::{explanation, trained};
pub(crate) use verdicts::{VerdictSummary, read as read_verdicts};

use crate::failure::mistake;

/// What `summary.json` holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Summary {
    /// `dedupe`, `link` or `link-and-dedupe`.
    pub(crate) mode: String,
    /// Column of the rows' ids; row numbers where there is none.
    pub(crate) id: Option<String>,
    /// Input files by table name.
    pub(crate) tables: Vec<TableSummary>,
    /// The model's name.
    pub(crate) model: String,
    /// A pair is linked from this probability.
    pub(crate) link_probability: f64,
    /// Candidate pairs compared.
    pub(crate) candidate_pairs: u64,
    /// Linked pairs.
    pub(crate) matches: u64,
    /// Clusters of two rows or more.
    pub(crate) clusters: u64,
    /// Estimates without labels.
    pub(crate) estimated: padan_link::Estimates,
    /// Pairs that were not compared because their block was too large, by rule.
    pub(crate) suppressed: Vec<(String, u64)>,
    /// Verdicts that were honoured, where there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verdicts: Option<VerdictSummary>,
    /// EM iterations, and whether they converged.
    pub(crate) iterations: usize,
    /// Whether EM converged.
    pub(crate) converged: bool,
    /// Seconds of the whole.
    pub(crate) seconds: f64,
}

/// One input file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TableSummary {
    /// Its name in pairs and clusters.
    pub(crate) table: String,
    /// The file.
    pub(crate) path: PathBuf,
    /// Data rows read.
    pub(crate) rows_read: i64,
    /// Of them quarantined.
    pub(crate) quarantined: i64,
    /// Whether it was taken to hold nobody twice.
    pub(crate) duplicate_free: bool,
}

/// How to link.
pub(crate) struct Settings<'a> {
    pub(crate) mode: &'a str,
    pub(crate) duplicate_free: Vec<Option<bool>>,
    pub(crate) trained: Option<&'a TrainedModel>,
    /// File of verdicts.
    pub(crate) verdicts: Option<&'a Path>,
    pub(crate) floor: f64,
}

/// Reads a model file.
pub(crate) fn load_model(path: &Path) -> anyhow::Result<(String, Model)> {
    let text = fs::read_to_string(path).with_context(|| format!("reading the model {}", path.display()))?;
    let model = Model::parse(&text).map_err(|error| {
        mistake(format!("{}: {error}", path.display()), "pipelines/link holds models that work, and `padan link --suggest` writes one")
    })?;
    Ok((text, model))
}

/// Learns a model and links nothing; with `same` from rows that share a value of that column too, with `verdicts` from the pairs that this
/// file judges.
pub(crate) fn train(
    inputs: &Inputs,
    model: &Model,
    mode: &str,
    same: Option<&str>,
    verdicts: Option<&Path>,
) -> anyhow::Result<TrainedModel> {
    let free = vec![None; inputs.ranges.len()];
    let verdicts = verdicts.map(|path| verdicts::read(path, inputs, &inputs.ids()?, &free)).transpose()?;
    let matches = same.map(|column| inputs.sharing(column)).transpose()?.unwrap_or_default();
    // A comparison of that very column would learn that it never errs.
    let of_column = |column: &str| {
        let reads = |name: &String| name == column || model.prepared.get(name).is_some_and(|made| made.is_made_of(column));
        let alone = |comparison: &padan_link::Comparison| {
            Model { comparisons: vec![comparison.clone()], rules: Vec::new(), ..model.clone() }.columns()
        };
        model
            .comparisons
            .iter()
            .filter(|comparison| alone(comparison).iter().any(reads))
            .map(|comparison| comparison.name.clone())
            .collect()
    };
    let except: Vec<String> = same.map(of_column).unwrap_or_default();
    let records = inputs.encode(model, &padan_link::Shipped)?;
    let linkage = Linkage {
        records: &records,
        model,
        tables: &inputs.ranges,
        mode: mode_of(mode),
        duplicate_free: &free,
        verdicts: verdicts.as_ref(),
        trained: None,
        floor: 0.0,
        seed: 1,
    };
    Ok(linkage.learn(&matches, &except)?)
}

/// Links and writes everything to `out`.
pub(crate) fn link(
    inputs: &mut Inputs,
    model: &Model,
    text: &str,
    settings: &Settings<'_>,
    out: &Path,
) -> anyhow::Result<(Summary, LinkedTables)> {
    let start = Instant::now();
    let ids = inputs.ids()?;
    let read = |path: &Path| verdicts::read(path, inputs, &ids, &settings.duplicate_free);
    let verdicts: Option<Verdicts> = settings.verdicts.map(read).transpose()?;
    tracing::debug!(seconds = start.elapsed().as_secs_f64(), "ids checked");
    let records = inputs.encode(model, &padan_link::Shipped)?;
    inputs.forget_rows();
    tracing::debug!(seconds = start.elapsed().as_secs_f64(), "encoded");
    let linkage = Linkage {
        records: &records,
        model,
        tables: &inputs.ranges,
        mode: mode_of(settings.mode),
        duplicate_free: &settings.duplicate_free,
        verdicts: verdicts.as_ref(),
        trained: settings.trained,
        floor: settings.floor,
        seed: 1,
    };
    let linked = linkage.run()?;
    tracing::debug!(seconds = start.elapsed().as_secs_f64(), "linked");
    fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    write::tables(out, inputs, &ids, &linked)?;
    tracing::debug!(seconds = start.elapsed().as_secs_f64(), "written");
    write_text(&out.join("model.toml"), text)?;
    write_text(&out.join("trained.json"), &serde_json::to_string_pretty(&linked.trained)?)?;
    let honoured = settings.verdicts.zip(verdicts.as_ref()).map(|(path, verdicts)| VerdictSummary::new(path, verdicts, linked.check));
    let summary = summary(inputs, model, settings, (&linked, honoured), start.elapsed().as_secs_f64());
    write_text(&out.join("summary.json"), &serde_json::to_string_pretty(&summary)?)?;
    Ok((summary, linked))
}

/// Of each pair of rows, whether blocking made it: asked of the model and the files again, not remembered.
pub(crate) fn candidates(folder: &Path, pairs: &[(u32, u32)]) -> anyhow::Result<Vec<bool>> {
    let again = Again::open(folder)?;
    let records = again.inputs.encode(&again.model, &padan_link::Shipped)?;
    Ok(again.linkage(&records).candidates(pairs)?)
}

/// A link result with the files that it was made of.
pub(crate) struct Again {
    pub(crate) inputs: Inputs,
    pub(crate) model: Model,
    pub(crate) trained: TrainedModel,
    mode: String,
    free: Vec<Option<bool>>,
    /// The file of verdicts that were honoured.
    pub(crate) verdicts: Option<PathBuf>,
}

impl Again {
    /// Reads what `padan link` left, and its inputs.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
        };
        let summary: Summary = serde_json::from_str(&read("summary.json")?).context("summary.json is no summary of padan link")?;
        let paths: Vec<PathBuf> = summary.tables.iter().map(|table| table.path.clone()).collect();
        let (_, model) = load_model(&folder.join("model.toml"))?;
        Ok(Self {
            inputs: Inputs::read(&paths, summary.id.as_deref(), None)?,
            model,
            trained: serde_json::from_str(&read("trained.json")?).context("trained.json is no trained model")?,
            free: summary.tables.iter().map(|table| Some(table.duplicate_free)).collect(),
            mode: summary.mode,
            verdicts: summary.verdicts.map(|verdicts| verdicts.path),
        })
    }

    fn linkage<'a>(&'a self, records: &'a Records) -> Linkage<'a> {
        Linkage {
            records,
            model: &self.model,
            tables: &self.inputs.ranges,
            mode: mode_of(&self.mode),
            duplicate_free: &self.free,
            verdicts: None,
            trained: Some(&self.trained),
            floor: 0.0,
            seed: 1,
        }
    }
}

/// The mode asked for, or the usual one of that many files.
pub(crate) fn mode_by_files(asked: Option<&str>, files: usize) -> &str {
    match (asked, files) {
        (Some(mode), _) => mode,
        (None, 1) => "dedupe",
        (None, 2) => "link",
        (None, _) => "link-and-dedupe",
    }
}

fn mode_of(mode: &str) -> Mode {
    if mode == "link" { Mode::Link } else { Mode::Dedupe }
}

fn summary(
    inputs: &Inputs,
    model: &Model,
    settings: &Settings<'_>,
    (linked, verdicts): (&LinkedTables, Option<VerdictSummary>),
    seconds: f64,
) -> Summary {
    let mut sizes = vec![0_u32; linked.clusters.len()];
    for cluster in &linked.clusters {
        sizes[*cluster as usize] += 1;
    }
    let tables = inputs.names.iter().zip(&inputs.paths).zip(&inputs.tables).zip(&linked.duplicate_free);
    Summary {
        mode: settings.mode.to_owned(),
        id: inputs.id.clone(),
        tables: tables
            .map(|(((name, path), table), duplicate_free)| TableSummary {
                table: name.clone(),
                path: path.clone(),
                rows_read: table.rows_read,
                quarantined: table.quarantine.len() as i64,
                duplicate_free: *duplicate_free,
            })
            .collect(),
        model: model.name.clone(),
        link_probability: model.link_probability,
        candidate_pairs: linked.candidate_pairs,
        matches: linked.pairs.iter().filter(|pair| pair.is_match).count() as u64,
        clusters: sizes.iter().filter(|size| **size > 1).count() as u64,
        estimated: linked.estimated,
        suppressed: linked.suppressed.iter().map(|blocked| (blocked.rule.clone(), blocked.pairs)).collect(),
        verdicts,
        iterations: linked.trained.iterations,
        converged: linked.trained.converged,
        seconds,
    }
}
