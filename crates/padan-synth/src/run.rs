//! Makes villages in parallel, a few at a time, and writes them in order while the next few are made.
//!
//! At most two chunks of villages are held, whatever the size of the population.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use rayon::prelude::*;

use crate::dice::Dice;
use crate::error::SynthError;
use crate::extracts::Extract;
use crate::faults::Faults;
use crate::names::Namer;
use crate::output::{ExtractFile, TruthFile, persons_batch, persons_schema, records_batch, records_schema};
use crate::places::Places;
use crate::population::{World, build};
use crate::programme::Reach;
use crate::rows::Rows;

/// Villages made and written together: enough to keep a dozen threads busy, few enough to forget (about 8 MB each).
const CHUNK: usize = 12;

/// What to make.
#[derive(Debug, Clone)]
pub struct SynthOptions {
    /// People, the remembered dead of the last ten years (3 %) included.
    pub persons: u64,
    /// Everything follows from it.
    pub seed: u64,
    /// Folder to write to; made where it does not exist.
    pub out: PathBuf,
    /// Province codes or names; all where empty.
    pub provinces: Vec<String>,
    /// Error rates.
    pub faults: Faults,
    /// Rows that a sheet holds, header included; lower it only to see an extract in parts.
    pub sheet_rows: usize,
}

impl SynthOptions {
    /// Rows of a real sheet.
    pub const SHEET_ROWS: usize = 1_048_576;

    /// All provinces, the shipped rates, real sheets.
    pub fn new(persons: u64, seed: u64, out: &Path) -> Result<Self, SynthError> {
        Ok(Self { persons, seed, out: out.to_owned(), provinces: Vec::new(), faults: Faults::shipped()?, sheet_rows: Self::SHEET_ROWS })
    }
}

/// One extract as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtractSummary {
    /// The source's id.
    pub source: &'static str,
    /// Data rows, over all files.
    pub rows: i64,
    /// Its files, in name order.
    pub files: Vec<PathBuf>,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthSummary {
    /// People, the dead included.
    pub persons: u64,
    /// Families.
    pub families: u64,
    /// Villages.
    pub villages: u64,
    /// Every extract.
    pub extracts: Vec<ExtractSummary>,
}

/// A village after it was written down.
struct Made {
    at: usize,
    rows: Vec<Rows>,
    persons: RecordBatch,
    families: u64,
}

/// Rows that were written and forgotten, whose room serves the villages to come.
#[derive(Default)]
struct Spare([Mutex<Vec<Rows>>; Extract::ALL.len()]);

impl Spare {
    fn take(&self, extract: Extract) -> Rows {
        let spare = self.0[extract as usize].lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| Rows::new(extract.dialect(), extract.headers()))
    }

    fn give(&self, extract: Extract, mut rows: Rows) {
        rows.clear();
        self.0[extract as usize].lock().unwrap_or_else(PoisonError::into_inner).push(rows);
    }
}

struct Writers {
    out: PathBuf,
    extracts: Vec<ExtractFile>,
    records: TruthFile,
    persons: TruthFile,
    families: u64,
}

/// Makes a population and writes every extract of it, and the truth, below `options.out`. `progress` is told the persons written.
///
/// ```
/// # fn main() -> Result<(), padan_synth::SynthError> {
/// let folder = std::env::temp_dir().join(format!("padan-synth-doc-{}", std::process::id()));
/// let summary = padan_synth::synth(&padan_synth::SynthOptions::new(500, 1, &folder)?, &|_| ())?;
/// assert_eq!(summary.persons, 500);
/// assert!(folder.join("dtsen_anggota_v3.csv").exists() && folder.join("truth/records.parquet").exists());
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok(())
/// # }
/// ```
pub fn synth(options: &SynthOptions, progress: &(dyn Fn(u64) + Sync)) -> Result<SynthSummary, SynthError> {
    if options.persons == 0 {
        return Err(SynthError::NoPersons);
    }
    let places = Places::choose(options.persons, options.seed, &options.provinces)?;
    let sizes = sizes(options, places.villages.len());
    let world = World::new(options.seed, places, Namer::shipped()?, options.faults.clone(), Box::new(Reach::shipped()?));
    let mut writers = Writers::create(options)?;
    let spare = Spare::default();
    let mut made: Vec<Made> = Vec::new();
    let mut done = 0;
    for from in (0..=sizes.len()).step_by(CHUNK) {
        let upto = sizes.len().min(from + CHUNK);
        let (written, next) = rayon::join(
            || writers.write(made, &spare),
            || (from..upto).into_par_iter().map(|at| make(&world, at, sizes[at], &spare, &options.out)).collect::<Result<Vec<_>, _>>(),
        );
        done += written?;
        progress(done);
        made = next?;
    }
    done += writers.write(made, &spare)?;
    progress(done);
    writers.finish(done, sizes.len() as u64)
}

/// People of each village: about 3,000, spread as villages are, adding up.
fn sizes(options: &SynthOptions, villages: usize) -> Vec<usize> {
    let weights: Vec<f64> = (0..villages).map(|at| (Dice::new(options.seed, at as u64, 0).normal() * 0.45).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mut upto = 0.0;
    let mut given = 0;
    weights
        .iter()
        .enumerate()
        .map(|(at, weight)| {
            upto += weight;
            let target = if at + 1 == villages { options.persons } else { (options.persons as f64 * upto / total) as u64 };
            let size = target - given;
            given = target;
            size as usize
        })
        .collect()
}

fn make(world: &World, at: usize, size: usize, spare: &Spare, out: &Path) -> Result<Made, SynthError> {
    let village = build(world, at, size);
    let rows = Extract::ALL.par_iter().map(|extract| extract.write(&village, world, spare.take(*extract))).collect();
    let code = world.places.villages[at].code;
    let persons =
        persons_batch(&village, code).map_err(|source| SynthError::Parquet { path: out.join("truth/persons.parquet"), source })?;
    Ok(Made { at, rows, persons, families: village.families.len() as u64 })
}

impl Writers {
    fn create(options: &SynthOptions) -> Result<Self, SynthError> {
        let truth = options.out.join("truth");
        std::fs::create_dir_all(&truth).map_err(|source| SynthError::Io { path: truth.clone(), source })?;
        let extracts =
            Extract::ALL.iter().map(|extract| ExtractFile::create(*extract, &options.out, options.sheet_rows)).collect::<Result<_, _>>()?;
        let records = TruthFile::create(&truth.join("records.parquet"), records_schema())?;
        let persons = TruthFile::create(&truth.join("persons.parquet"), persons_schema())?;
        Ok(Self { out: options.out.clone(), extracts, records, persons, families: 0 })
    }

    /// Appends villages to every file, each file by itself; returns the number of people in them.
    fn write(&mut self, villages: Vec<Made>, spare: &Spare) -> Result<u64, SynthError> {
        let Self { out, extracts, records, persons, families } = self;
        let firsts: Vec<i64> = extracts.iter().map(|file| file.rows + 1).collect();
        let (truth, files) = rayon::join(
            || -> Result<(), SynthError> {
                for village in &villages {
                    persons.write(&village.persons)?;
                }
                for (extract, first) in Extract::ALL.iter().zip(firsts) {
                    let mut first = first;
                    for village in &villages {
                        let truth = &village.rows[*extract as usize].truth;
                        let batch = records_batch(extract.id(), village.at, first, truth)
                            .map_err(|source| SynthError::Parquet { path: out.join("truth/records.parquet"), source })?;
                        records.write(&batch)?;
                        first += truth.len() as i64;
                    }
                }
                Ok(())
            },
            || {
                extracts
                    .par_iter_mut()
                    .enumerate()
                    .try_for_each(|(at, file)| villages.iter().try_for_each(|village| file.append(std::slice::from_ref(&village.rows[at]))))
            },
        );
        truth?;
        files?;
        let mut people = 0;
        for village in villages {
            people += village.persons.num_rows() as u64;
            *families += village.families;
            Extract::ALL.iter().zip(village.rows).for_each(|(extract, rows)| spare.give(*extract, rows));
        }
        Ok(people)
    }

    fn finish(self, persons: u64, villages: u64) -> Result<SynthSummary, SynthError> {
        self.records.finish()?;
        self.persons.finish()?;
        let mut extracts = Vec::with_capacity(self.extracts.len());
        for (extract, file) in Extract::ALL.iter().zip(self.extracts) {
            let (rows, files) = file.finish()?;
            extracts.push(ExtractSummary { source: extract.id(), rows, files });
        }
        Ok(SynthSummary { persons, families: self.families, villages, extracts })
    }
}
