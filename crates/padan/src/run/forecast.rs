//! What a run will take, told before any work: rows, groups of lists, candidate pairs, parts, memory, disk and time; and how much is done at
//! once so that it stays within the memory it may hold.
//!
//! Rows come from the files' sizes, costs from [`costs`](super::costs); seconds and candidate pairs from the last run of the output folder,
//! scaled, where there is one. Nothing here decides what stands in a table: only how much of the work is side by side.

use std::path::{Path, PathBuf};

use padan_model::Role;
use padan_publish::Snapshot;
use serde::Serialize;

use super::costs::Extent;
use super::known;
use super::parts::{MOST_PARTS, PART_ROWS};
use super::plan::Plan;
use super::reconciling::MOST_IN_MEMORY;
use super::{SUMMARY, Summary};
use crate::failure::mistake;
use crate::machine;
use crate::nightly::{GROUP_ROWS, ModelChoice};
use crate::output::{note, thousands};
use crate::size::Size;

/// Of the memory that is available, in percent, what a run without `--memory` is meant to keep.
const USUAL_SHARE: u64 = 80;
/// Rows of lists that are encoded together, unless each list comes alone.
const FEWEST_LIST_ROWS: usize = 90_000;

/// A source, estimated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SourceForecast {
    /// Its id.
    pub(crate) source: String,
    /// Its files.
    pub(crate) files: usize,
    /// Their bytes.
    pub(crate) bytes: Size,
    /// Data rows, about.
    pub(crate) rows: u64,
    /// Whether an earlier night has read it, as its files' names and lengths say; a run compares their bytes.
    pub(crate) reused: bool,
}

/// A stage, estimated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct StageForecast {
    /// Its name.
    pub(crate) stage: &'static str,
    /// The most memory that the process holds in it.
    pub(crate) memory: Size,
    /// Seconds.
    pub(crate) seconds: f64,
}

/// How much is done at once. The tables do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct AtOnce {
    /// Sources that are read.
    pub(crate) sources: usize,
    /// Parts of families that are reconciled.
    pub(crate) parts: usize,
    /// Tables that are written.
    pub(crate) tables: usize,
    /// Rows of lists that are encoded together; a longer list comes alone.
    pub(crate) list_rows: usize,
}

/// Candidate pairs of a blocking rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct PairsForecast {
    /// Its name.
    pub(crate) rule: String,
    /// Pairs, where something is known of the rule.
    pub(crate) pairs: Option<u64>,
}

/// Disk that a folder needs and has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct DiskForecast {
    /// What it is for.
    pub(crate) holds: &'static str,
    /// The folder, where it was named.
    pub(crate) folder: Option<PathBuf>,
    /// What is needed.
    pub(crate) needed: Size,
    /// What is free, where the system tells it.
    pub(crate) free: Option<Size>,
}

/// What a run will take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Forecast {
    /// Name of the pipeline.
    pub(crate) pipeline: String,
    /// The sources.
    pub(crate) sources: Vec<SourceForecast>,
    /// Lists that are encoded together, by id.
    pub(crate) groups: Vec<Vec<String>>,
    /// Territories in which the registry is linked, one after the other.
    pub(crate) territories: u64,
    /// Candidate pairs by blocking rule, in the model's order.
    pub(crate) pairs: Vec<PairsForecast>,
    /// Parts in which families are reconciled.
    pub(crate) parts: u64,
    /// The stages.
    pub(crate) stages: Vec<StageForecast>,
    /// The most memory of any stage.
    pub(crate) memory: Size,
    /// The memory it may hold: as asked, else a share of what is available.
    pub(crate) budget: Option<Size>,
    /// Whether it was asked for, so that the run must keep it.
    pub(crate) budget_is_asked: bool,
    /// What is done at once.
    pub(crate) at_once: AtOnce,
    /// Temporary folder and tables.
    pub(crate) disk: Vec<DiskForecast>,
    /// Threads counted on.
    pub(crate) threads: usize,
    /// The run that told the seconds; else they are those of a usual machine.
    pub(crate) seconds_of: Option<String>,
    /// The run that told the pairs; else they are those of generated extracts.
    pub(crate) pairs_of: Option<String>,
}

/// Where a run works and what it may take.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Means<'a> {
    /// Folder of the tables.
    pub(crate) output: Option<&'a Path>,
    /// Folder for what does not stay in memory; that of the tables unless given.
    pub(crate) temp: Option<&'a Path>,
    /// Memory that it must not exceed.
    pub(crate) memory: Option<Size>,
    /// Whether it takes what earlier nights left beside the tables, and leaves something for the next.
    pub(crate) state: bool,
}

/// A run before, as far as it tells what one costs.
struct Before {
    summary: Summary,
    threads: usize,
}

impl Before {
    /// The visible run of the folder. One that cannot be read tells nothing; the run itself will say what is wrong with it.
    fn of(output: &Path) -> Option<Self> {
        let snapshot = Snapshot::open(output).ok()?;
        let summary = Summary::read(&snapshot.folder().join(SUMMARY)).ok()?;
        let threads = snapshot.manifest().measured.threads? as usize;
        Some(Self { summary, threads }).filter(|before| before.rows() > 0)
    }

    fn rows(&self) -> i64 {
        self.summary.sources.iter().map(|source| source.rows_read).sum()
    }

    /// Seconds for so many rows. A run that took something as an earlier one left it does not tell what reading and linking cost.
    fn seconds(&self, stage: &str, rows: u64, threads: usize) -> Option<f64> {
        if !self.summary.reused.is_nothing() && matches!(stage, "ingest" | "link") {
            return None;
        }
        let then = self.summary.stages.iter().find(|done| done.stage == stage)?.seconds;
        Some(then * rows as f64 / self.rows() as f64 * self.threads as f64 / threads.max(1) as f64)
    }

    fn pairs(&self, rule: &str, rows: u64) -> Option<u64> {
        let pairs = self.summary.pairs.iter().find(|of_rule| of_rule.rule == rule)?.pairs;
        Some((pairs as f64 * rows as f64 / self.rows() as f64) as u64)
    }
}

impl Forecast {
    /// Of a plan, with so many threads.
    pub(crate) fn of(plan: &Plan, means: Means<'_>, threads: usize) -> anyhow::Result<Self> {
        let mut sources = Vec::with_capacity(plan.present.len());
        let seen = known::seen(plan, means.output.filter(|_| means.state))?;
        for (present, reused) in plan.present.iter().zip(seen) {
            let (mut bytes, mut rows) = (0, 0);
            for file in &present.files {
                bytes += file.metadata().map_or(0, |metadata| metadata.len());
                rows += padan_ingest::estimated_rows(&present.profile, file)?;
            }
            let source = present.profile.id.to_string();
            sources.push(SourceForecast { source, files: present.files.len(), bytes: Size(bytes), rows, reused });
        }
        let is_list = |at: &usize| !matches!(plan.present[*at].profile.role, Role::Registry | Role::RegistryFamily);
        let lists: Vec<usize> = (0..sources.len()).filter(is_list).collect();
        let extent = extent(plan, &sources, &lists);
        let rows = extent.rows();
        let before = means.output.and_then(Before::of);
        let rules = match &plan.model {
            ModelChoice::Legacy => Vec::new(),
            ModelChoice::File { model, .. } => model.rules.iter().map(|rule| rule.name.clone()).collect(),
        };
        let counted = before.as_ref().filter(|before| rules.iter().any(|rule| before.pairs(rule, rows).is_some()));
        let pairs = |rule: &String| {
            let pairs = match counted {
                Some(before) => before.pairs(rule, rows),
                None => extent.pairs(rule),
            };
            PairsForecast { rule: rule.clone(), pairs }
        };
        let budget = means.memory.or_else(|| machine::available_memory().map(|memory| memory.percent(USUAL_SHARE)));
        let parts = rows.div_ceil(extent.part.max(1)).max(1);
        let at_once = AtOnce::within(&extent, budget, parts as usize, threads);
        let seconds = |stage: &str| {
            let anew = Extent { reused: 0, reused_lists: Vec::new(), ..extent.clone() };
            let share = extent.seconds(stage, threads) / anew.seconds(stage, threads);
            let of_run = before.as_ref().and_then(|before| before.seconds(stage, rows, threads));
            of_run.map_or_else(|| extent.seconds(stage, threads), |seconds| seconds * share)
        };
        let stages: Vec<StageForecast> = at_once
            .memory(&extent)
            .into_iter()
            .map(|(stage, memory)| StageForecast { stage, memory: Size(memory), seconds: seconds(stage) })
            .collect();
        let id = |list: usize| sources[lists[list]].source.clone();
        let groups = extent.groups(at_once.list_rows).into_iter().map(|group| group.into_iter().map(id).collect()).collect();
        Ok(Self {
            pipeline: plan.pipeline.name.clone(),
            groups,
            territories: extent.territories(),
            pairs: rules.iter().map(pairs).collect(),
            pairs_of: counted.map(|before| before.summary.run_id.clone()),
            parts,
            memory: stages.iter().map(|stage| stage.memory).max().unwrap_or_default(),
            stages,
            budget,
            budget_is_asked: means.memory.is_some(),
            at_once,
            disk: disk(means, &extent),
            threads,
            seconds_of: before.as_ref().map(|before| before.summary.run_id.clone()),
            sources,
        })
    }

    /// Rows of all sources.
    pub(crate) fn rows(&self) -> u64 {
        self.sources.iter().map(|source| source.rows).sum()
    }

    /// Seconds of all stages.
    pub(crate) fn seconds(&self) -> f64 {
        self.stages.iter().map(|stage| stage.seconds).sum()
    }

    /// What speaks against a run though it is not refused: more memory than is usually free, where no budget was asked for.
    fn warning(&self) -> Option<String> {
        let free = machine::available_memory()?.percent(USUAL_SHARE);
        (self.memory > free && self.refused_memory().is_none())
            .then(|| format!("the run will hold about {}, more than {USUAL_SHARE} % of the memory that is available ({free})", self.memory))
    }

    /// Says on stderr what speaks against a run.
    pub(crate) fn warn(&self) {
        if let Some(warning) = self.warning() {
            note(&format!("warning: {warning}"));
        }
    }

    /// Says on stderr when a run held more than it was allowed, so that nobody trusts the figures blindly.
    pub(crate) fn compare(&self, held: Option<i64>) {
        let held = Size(held.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0));
        tracing::info!(%held, expected = %self.memory, "memory");
        if let Some(budget) = self.budget.filter(|budget| self.budget_is_asked && held > *budget) {
            note(&format!("warning: the run held {held}, more than --memory {budget}; its tables are right, the forecast was not"));
        }
    }

    /// Refuses a run that keeps no budget or finds no room, before any work.
    ///
    /// # Errors
    /// Some stage holds more than the budget that was asked for, or a disk has less room than the run needs.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        if let Some((stage, budget)) = self.refused_memory() {
            let largest = self.sources.iter().max_by_key(|source| source.rows).map_or("", |source| source.source.as_str());
            return Err(mistake(
                format!(
                    "--memory {budget} cannot be kept: the stage `{}` will hold about {} ({} rows, most of them of `{largest}`)",
                    stage.stage,
                    stage.memory,
                    thousands(self.rows() as i64),
                ),
                format!("give --memory {} or more; `padan plan` shows what each stage holds", self.memory.to_type()),
            ));
        }
        match self.disk.iter().find(|disk| disk.free.is_some_and(|free| disk.needed > free)) {
            Some(DiskForecast { holds, folder, needed, free }) => Err(mistake(
                format!(
                    "no room for {holds} in {}: about {needed} needed, {} free",
                    folder.as_deref().unwrap_or(Path::new("")).display(),
                    free.unwrap_or_default()
                ),
                "make room, or name another folder: --temp for what is laid aside, --output for the tables",
            )),
            None => Ok(()),
        }
    }

    fn refused_memory(&self) -> Option<(&StageForecast, Size)> {
        let budget = self.budget.filter(|_| self.budget_is_asked)?;
        let stage = self.stages.iter().max_by_key(|stage| stage.memory)?;
        (stage.memory > budget).then_some((stage, budget))
    }
}

impl AtOnce {
    /// As much as there are threads for and the budget holds; at least one.
    fn within(extent: &Extent, budget: Option<Size>, parts: usize, threads: usize) -> Self {
        let widest = |most: usize, holds: &dyn Fn(usize) -> u64| {
            let fits = |count: &usize| budget.is_none_or(|Size(budget)| holds(*count) <= budget);
            (2..=most).rev().find(fits).unwrap_or(1)
        };
        let list_rows = std::iter::successors(Some(GROUP_ROWS), |rows| Some(rows / 2).filter(|rows| *rows > FEWEST_LIST_ROWS));
        let fits = |list_rows: &usize| budget.is_none_or(|Size(budget)| extent.link(*list_rows) <= budget);
        Self {
            list_rows: list_rows.into_iter().find(fits).unwrap_or(0),
            sources: widest(threads.min(extent.sources.len()), &|sources| extent.ingest(sources)),
            parts: widest(threads.min(MOST_IN_MEMORY).min(parts), &|parts| extent.reconcile(parts)),
            tables: widest(threads, &|tables| extent.publish(tables)),
        }
    }

    /// Bytes that each stage holds.
    fn memory(&self, extent: &Extent) -> [(&'static str, u64); 4] {
        [
            ("ingest", extent.ingest(self.sources)),
            ("link", extent.link(self.list_rows)),
            ("reconcile", extent.reconcile(self.parts)),
            ("publish", extent.publish(self.tables)),
        ]
    }
}

fn extent(plan: &Plan, sources: &[SourceForecast], lists: &[usize]) -> Extent {
    let most_first = |mut rows: Vec<u64>| {
        rows.sort_unstable_by_key(|rows| std::cmp::Reverse(*rows));
        rows
    };
    let rows: u64 = sources.iter().map(|source| source.rows).sum();
    let registry = plan.present.iter().zip(sources).filter(|(present, _)| present.profile.role == Role::Registry);
    Extent {
        sources: most_first(sources.iter().map(|source| source.rows).collect()),
        registry: registry.map(|(_, source)| source.rows).sum(),
        registry_at_once: plan.pipeline.registry_at_once as u64,
        lists: lists.iter().map(|list| sources[*list].rows).collect(),
        part: PART_ROWS.max(rows.div_ceil(MOST_PARTS)).min(rows),
        modelled: matches!(plan.model, ModelChoice::File { .. }),
        reused: sources.iter().filter(|source| source.reused).map(|source| source.rows).sum(),
        reused_lists: reused_lists(plan, sources, lists),
    }
}

/// Rows of the lists that are not linked again: none where the registry has changed, or the longest list, which teaches its doubles.
fn reused_lists(plan: &Plan, sources: &[SourceForecast], lists: &[usize]) -> Vec<u64> {
    let has_changed = |role: Role| plan.present.iter().zip(sources).any(|(present, source)| present.profile.role == role && !source.reused);
    let longest = lists.iter().map(|list| &sources[*list]).max_by_key(|source| source.rows);
    if has_changed(Role::Registry) || longest.is_some_and(|longest| !longest.reused) {
        return Vec::new();
    }
    lists.iter().map(|list| &sources[*list]).filter(|source| source.reused).map(|source| source.rows).collect()
}

fn disk(means: Means<'_>, extent: &Extent) -> Vec<DiskForecast> {
    let state = if means.state { extent.state() } else { 0 };
    let (temporary, tables) = (Size(extent.temporary(means.state)), Size(extent.tables() + state));
    let beside =
        if means.state { ("temporary files, tables and state", "tables and state") } else { ("temporary files and tables", "tables") };
    let aside = means.temp.or(means.output);
    let of = |holds, folder: Option<&Path>, needed| DiskForecast {
        holds,
        folder: folder.map(Path::to_owned),
        needed,
        free: folder.and_then(machine::free_disk),
    };
    match (aside, means.output) {
        (Some(aside), Some(output)) if machine::same_disk(aside, output) => {
            vec![of(beside.0, Some(output), Size(temporary.0 + tables.0))]
        }
        _ => vec![of("temporary files", aside, temporary), of(beside.1, means.output, tables)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent() -> Extent {
        Extent {
            sources: vec![900_000, 800_000, 300_000],
            registry: 900_000,
            registry_at_once: u64::MAX,
            lists: vec![800_000, 300_000],
            part: PART_ROWS,
            modelled: true,
            reused: 0,
            reused_lists: Vec::new(),
        }
    }

    fn forecast(budget: Option<Size>, free: u64) -> Forecast {
        let (extent, threads) = (extent(), 4);
        let at_once = AtOnce::within(&extent, budget, 8, threads);
        let stages: Vec<StageForecast> = at_once
            .memory(&extent)
            .into_iter()
            .map(|(stage, memory)| StageForecast { stage, memory: Size(memory), seconds: 1.0 })
            .collect();
        let source = SourceForecast { source: "dtsen-anggota".into(), files: 1, bytes: Size(1), rows: 2_000_000, reused: false };
        Forecast {
            pipeline: "nightly".into(),
            sources: vec![source],
            groups: Vec::new(),
            territories: 1,
            pairs: Vec::new(),
            parts: 8,
            memory: stages.iter().map(|stage| stage.memory).max().unwrap_or_default(),
            stages,
            budget,
            budget_is_asked: budget.is_some(),
            at_once,
            disk: vec![DiskForecast { holds: "tables", folder: Some("out".into()), needed: Size(2 << 30), free: Some(Size(free)) }],
            threads,
            seconds_of: None,
            pairs_of: None,
        }
    }

    #[test]
    fn less_is_done_at_once_where_memory_is_short_and_never_nothing() {
        let extent = extent();
        assert_eq!(AtOnce::within(&extent, None, 8, 4), AtOnce { sources: 3, parts: 4, tables: 4, list_rows: GROUP_ROWS });
        assert_eq!(AtOnce::within(&extent, Some(Size(1)), 8, 4), AtOnce { sources: 1, parts: 1, tables: 1, list_rows: 0 });
        assert_eq!(AtOnce::within(&extent, None, 2, 64), AtOnce { sources: 3, parts: 2, tables: 64, list_rows: GROUP_ROWS });
        let budget = extent.reconcile(3);
        assert_eq!(AtOnce::within(&extent, Some(Size(budget)), 8, 4).parts, 3);
        assert_eq!(AtOnce::within(&extent, Some(Size(budget - 1)), 8, 4).parts, 2);
    }

    #[test]
    fn a_budget_is_refused_when_even_the_least_at_once_exceeds_it() {
        let least = forecast(Some(Size(1)), u64::MAX).memory;
        assert_eq!(least, Size(extent().link(0)), "a list at a time beside the registry");
        assert!(forecast(Some(least), u64::MAX).check().is_ok());
        let refused = forecast(Some(Size(least.0 - 1)), u64::MAX).check().expect_err("too little");
        assert!(refused.to_string().contains("the stage `link`") && refused.to_string().contains("2,000,000 rows"), "{refused}");
        assert!(forecast(None, u64::MAX).check().is_ok(), "nobody asked for a budget");
    }

    #[test]
    fn a_disk_without_room_is_refused() {
        let refused = forecast(None, 1 << 30).check().expect_err("no room");
        assert_eq!(refused.to_string(), "no room for tables in out: about 2.00 GiB needed, 1.00 GiB free");
        assert!(forecast(None, 2 << 30).check().is_ok());
    }
}
