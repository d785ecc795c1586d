//! The stage "reconcile": the records divided by families, every part reconciled in memory, its rows of the tables on the disk.
//!
//! As many parts are in memory as there are threads and the budget holds, and never the run: what grows with the run here is the resolution, the tallies
//! (regions, not persons) and the temporary folder.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, UInt8Type, UInt32Type};
use padan_config::ProgrammeRule;
use padan_model::tables::Table;
use padan_model::{EntityId, LinkMethod};
use padan_reconcile::{COLUMNS, Finished, Part, Population, Reconciler, SourceRecords, Tallies};
use padan_resolve::Resolution;

use super::parts::Parts;
use super::shuffle::{METHODS, PartRows, shuffle};
use super::spill::{SpillWriter, Spilled};
use crate::failure::Bug;
use crate::nightly::StandardSource;
use crate::stages::Stages;

/// Parts in memory at a time, however many threads there are: 100 to 200 MB each.
pub(super) const MOST_IN_MEMORY: usize = 16;
/// Rows that a merge of all parts holds of a table, shared by the parts: some 100 MB.
const MERGED_ROWS: usize = 1 << 18;

/// What the stage comes to.
pub(crate) struct Reconciled {
    /// Counts of the whole run.
    pub(super) tallies: Tallies,
    /// What the whole run alone can tell.
    pub(super) finished: Finished,
    /// The tables that are made part by part.
    pub(super) tables: Vec<SpilledTable>,
}

/// A table in one sorted file a part.
pub(super) struct SpilledTable {
    pub(super) table: Table,
    pub(super) rows: i64,
    pub(super) parts: Vec<Spilled>,
}

impl Reconciled {
    /// Rows of one of `tables`, or of `rates` or `integration`.
    pub(super) fn rows(&self, name: &str) -> i64 {
        self.tables.iter().find(|table| table.table.name == name).map_or(0, |table| table.rows)
    }
}

/// Where parts lie, and how many are in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Division<'a> {
    /// A folder for what does not fit into memory.
    pub(super) folder: &'a Path,
    /// Parts that are reconciled at once; at least one.
    pub(super) at_once: usize,
}

/// Reconciles the run.
pub(super) fn reconcile(
    sources: &[StandardSource],
    resolution: &Resolution,
    rules: &[ProgrammeRule],
    reference_date: &str,
    division: Division<'_>,
    stages: &Stages,
) -> anyhow::Result<Reconciled> {
    let parts = Parts::new(resolution)?;
    let clock = std::time::Instant::now();
    let (rows, whole) = shuffle(sources, resolution, &parts, division.folder, stages)?;
    tracing::debug!(parts = parts.len(), seconds = format!("{:.2}", clock.elapsed().as_secs_f64()), "divided");
    let reconciler = Reconciler::new(rules, reference_date, &whole)?;
    let run = Run { sources, resolution, parts: &parts, reconciler: &reconciler, folder: division.folder };
    let (tallies, spilled) = run.reconcile_parts(rows, division.at_once)?;
    let finished = reconciler.finish(&tallies)?;
    let mut tables: Vec<SpilledTable> =
        Part::tables().into_iter().map(|table| SpilledTable { table, rows: 0, parts: Vec::new() }).collect();
    for part in spilled {
        for (table, (rows, file)) in tables.iter_mut().zip(part) {
            table.rows += rows;
            table.parts.push(file);
        }
    }
    Ok(Reconciled { tallies, finished, tables })
}

/// A part's tables on the disk: rows and file of each, in the order of [`Part::tables`].
type PartFiles = Vec<(i64, Spilled)>;

struct Run<'a> {
    sources: &'a [StandardSource],
    resolution: &'a Resolution,
    parts: &'a Parts,
    reconciler: &'a Reconciler<'a>,
    folder: &'a Path,
}

/// One source's rows of a part.
#[derive(Default)]
struct PartSource {
    batches: Vec<RecordBatch>,
    person: Vec<Option<u32>>,
    family: Vec<Option<u32>>,
    method: Vec<LinkMethod>,
    probability: Vec<f64>,
    in_registry: Vec<bool>,
}

impl Run<'_> {
    /// Reconciles the parts side by side. The threads are not rayon's: one of rayon's that waits for polars would begin another part.
    fn reconcile_parts(&self, rows: Vec<PartRows>, at_once: usize) -> anyhow::Result<(Tallies, Vec<PartFiles>)> {
        let workers = at_once.min(rows.len());
        let (next, tallies) = (AtomicUsize::new(0), Mutex::new(Tallies::default()));
        let rows: Vec<Mutex<Option<PartRows>>> = rows.into_iter().map(|rows| Mutex::new(Some(rows))).collect();
        let work = || -> anyhow::Result<Vec<(usize, PartFiles)>> {
            let mut files = Vec::new();
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                let Some(rows) = rows.get(part).and_then(|rows| rows.lock().unwrap_or_else(PoisonError::into_inner).take()) else {
                    return Ok(files);
                };
                match self.reconcile_part(part, rows) {
                    Ok((found, written)) => {
                        tallies.lock().unwrap_or_else(PoisonError::into_inner).merge(found);
                        files.push((part, written));
                    }
                    Err(error) => {
                        next.store(usize::MAX / 2, Ordering::Relaxed);
                        return Err(error);
                    }
                }
            }
        };
        let done: Vec<anyhow::Result<Vec<(usize, PartFiles)>>> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        let mut files: Vec<(usize, PartFiles)> = done.into_iter().collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect();
        files.sort_unstable_by_key(|(part, _)| *part);
        Ok((tallies.into_inner().unwrap_or_else(PoisonError::into_inner), files.into_iter().map(|(_, files)| files).collect()))
    }

    fn reconcile_part(&self, part: usize, rows: PartRows) -> anyhow::Result<(Tallies, PartFiles)> {
        let Part { rows, tallies } = {
            let mut sources = self.read(rows)?;
            let families = self.parts.families(part);
            let persons = localize(&mut sources, &families);
            let person_ids: Vec<EntityId> = persons.iter().map(|person| self.resolution.person_ids[*person as usize]).collect();
            let person_family: Vec<Option<u32>> = persons
                .iter()
                .map(|person| self.resolution.person_family[*person as usize].map(|family| family - families.start))
                .collect();
            let family_ids = &self.resolution.family_ids[families.start as usize..families.end as usize];
            let population = Population { person_ids: &person_ids, family_ids, person_family: &person_family };
            let records: Vec<SourceRecords<'_>> = self.sources.iter().zip(&sources).map(|(source, rows)| rows.records(source)).collect();
            self.reconciler.part(&population, &records)?
        };
        let batch_rows = (MERGED_ROWS / self.parts.len()).clamp(1 << 10, 1 << 13);
        let mut files = Vec::with_capacity(rows.len());
        for (table, rows) in Part::tables().iter().zip(rows) {
            let mut writer = SpillWriter::create(self.folder.join(format!("{}-{part:05}.arrow", table.name)), &table.schema)?;
            for start in (0..rows.num_rows()).step_by(batch_rows) {
                writer.write(&rows.slice(start, batch_rows.min(rows.num_rows() - start)))?;
            }
            files.push((rows.num_rows() as i64, writer.finish()?));
        }
        Ok((tallies, files))
    }

    /// A part's rows, by source.
    fn read(&self, rows: PartRows) -> anyhow::Result<Vec<PartSource>> {
        let mut sources: Vec<PartSource> = self.sources.iter().map(|_| PartSource::default()).collect();
        let mut origins = rows.sources.into_iter();
        for batch in rows.batches.batches() {
            let (batch, origin) = (batch?, origins.next().ok_or_else(|| Bug("a batch of no source".into()))?);
            sources[origin].push(&batch)?;
        }
        if origins.next().is_some() {
            return Err(Bug("a part lacks batches".into()).into());
        }
        Ok(sources)
    }
}

impl PartSource {
    fn push(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        let columns: Vec<usize> = (0..COLUMNS.len()).collect();
        let [person, family, method, probability, in_registry] = &batch.columns()[COLUMNS.len()..] else {
            return Err(Bug("a part's rows lack what was decided of them".into()).into());
        };
        self.person.extend(person.as_primitive::<UInt32Type>().iter());
        self.family.extend(family.as_primitive::<UInt32Type>().iter());
        self.method.extend(method.as_primitive::<UInt8Type>().values().iter().map(|number| METHODS[usize::from(*number)]));
        self.probability.extend_from_slice(probability.as_primitive::<Float64Type>().values());
        self.in_registry.extend(in_registry.as_boolean().values().iter());
        self.batches.push(batch.project(&columns)?);
        Ok(())
    }

    fn records<'a>(&'a self, source: &'a StandardSource) -> SourceRecords<'a> {
        SourceRecords {
            id: &source.profile.id,
            role: source.profile.role,
            programme: source.profile.programme.as_deref(),
            period: source.profile.period.as_deref(),
            batches: &self.batches,
            person: &self.person,
            family: &self.family,
            method: &self.method,
            probability: &self.probability,
            in_registry: &self.in_registry,
        }
    }
}

/// Numbers persons and families within the part, in the order of the run, and returns the run's index of each person.
///
/// A row may show its person in a family of another part; that is then as good as none, since the person's own family decides.
fn localize(sources: &mut [PartSource], families: &Range<u32>) -> Vec<u32> {
    let mut persons: Vec<u32> = sources.iter().flat_map(|source| source.person.iter().flatten().copied()).collect();
    persons.sort_unstable();
    persons.dedup();
    for source in sources {
        for person in source.person.iter_mut().flatten() {
            *person = persons.partition_point(|known| known < person) as u32;
        }
        for family in &mut source.family {
            *family = family.filter(|family| families.contains(family)).map(|family| family - families.start);
        }
    }
    persons
}
