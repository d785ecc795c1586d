//! The files of `padan link`: read, their ids found, prepared and encoded.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::compute::concat;
use padan_ingest::{Limits, Table, Wanted, read_table};
use padan_link::{Model, Records, alternatives};
use rayon::prelude::*;

use crate::failure::{mistake, nearest};
use crate::output;

/// Column names that are taken for the id where none is named.
const ID_NAMES: [&str; 7] = ["id", "unique_id", "record_id", "rec_id", "recid", "row_id", "uid"];

/// The input tables.
pub(crate) struct Inputs {
    /// Names, from the files'.
    pub(crate) names: Vec<String>,
    /// The files.
    pub(crate) paths: Vec<PathBuf>,
    /// Their rows.
    pub(crate) tables: Vec<Table>,
    /// Rows of each table in the whole.
    pub(crate) ranges: Vec<Range<u32>>,
    /// The id column, of several headers where the tables' differ (`alternatives`), or none: ids are then row numbers.
    pub(crate) id: Option<String>,
}

impl Inputs {
    /// Reads every file; with a model, the columns that it is made of and the ids, and no more.
    pub(crate) fn read(paths: &[PathBuf], id: Option<&str>, model: Option<&Model>) -> anyhow::Result<Self> {
        let wanted = model.map(|model| {
            let prepared = || model.prepared.inputs().into_iter().map(str::to_owned).collect();
            let repeated = if model.prepared.is_empty() { model.columns() } else { prepared() };
            Wanted { plain: ID_NAMES.into_iter().chain(id.into_iter().flat_map(alternatives)).map(str::to_owned).collect(), repeated }
        });
        let read = |path: &PathBuf, wanted: Option<&Wanted>| {
            read_table(path, &Limits::default(), wanted).with_context(|| format!("reading {}", path.display()))
        };
        let mut tables: Vec<Table> = paths.par_iter().map(|path| read(path, wanted.as_ref())).collect::<anyhow::Result<_>>()?;
        let has = |table: &Table, name: &str| table.columns.iter().any(|column| column == name);
        let without_id = id.is_some_and(|id| !tables.iter().all(|table| alternatives(id).any(|id| has(table, id))));
        let unknown = |name: &str| !tables.iter().any(|table| has(table, name));
        if wanted.is_some() && (without_id || model.is_some_and(|model| model.prepared.inputs().into_iter().any(unknown))) {
            // A mistake is about to be named, with the columns that were meant perhaps.
            tables = paths.iter().map(|path| read(path, None)).collect::<anyhow::Result<_>>()?;
        }
        let mut inputs = Self { names: Vec::new(), paths: paths.to_vec(), tables: Vec::new(), ranges: Vec::new(), id: None };
        let mut start = 0;
        for (path, table) in paths.iter().zip(tables) {
            let rows: usize = table.batches.iter().map(RecordBatch::num_rows).sum();
            for warning in &table.warnings {
                output::note(&format!("warning: {}: {warning}", path.display()));
            }
            inputs.ranges.push(start..start + rows as u32);
            start += rows as u32;
            inputs.names.push(name_of(path, &inputs.names));
            inputs.tables.push(table);
        }
        inputs.id = inputs.find_id(id)?;
        Ok(inputs)
    }

    /// Lets the rows go once they are encoded: the tables' counts stay.
    pub(crate) fn forget_rows(&mut self) {
        for table in &mut self.tables {
            table.batches = Vec::new();
        }
    }

    fn find_id(&self, wanted: Option<&str>) -> anyhow::Result<Option<String>> {
        if let Some(wanted) = wanted {
            if self.tables.iter().all(|table| id_of(table, wanted).is_some()) {
                return Ok(Some(wanted.to_owned()));
            }
            let lacking = self.tables.iter().zip(&self.paths).find(|(table, _)| id_of(table, wanted).is_none());
            let (columns, path): (Vec<&str>, _) = lacking.map_or((Vec::new(), Path::new("")), |(table, path)| {
                (table.schema.fields().iter().map(|field| field.name().as_str()).collect(), path.as_path())
            });
            let near = nearest(wanted, columns.iter().copied())
                .map_or_else(|| format!("its columns are {}", columns.join(", ")), |near| format!("the nearest is `{near}`"));
            let hint = if self.tables.iter().any(|table| id_of(table, wanted).is_some()) {
                format!("{} has none; {near}; name both, --id \"{wanted} | COLUMN\"", path.display())
            } else {
                format!("{near}; leave --id out to take row numbers")
            };
            return Err(mistake(format!("not every file has a column `{wanted}`"), hint));
        }
        // One that all have, else each its own.
        let has = |name: &&str| self.tables.iter().all(|table| id_of(table, name).is_some());
        let own = || {
            let names = ID_NAMES.into_iter().filter(|name| self.tables.iter().any(|table| id_of(table, name).is_some()));
            let any = names.collect::<Vec<_>>().join(" | ");
            self.tables.iter().all(|table| id_of(table, &any).is_some()).then_some(any)
        };
        Ok(ID_NAMES.into_iter().find(has).map(str::to_owned).or_else(own))
    }

    /// Rows of all tables.
    pub(crate) fn rows(&self) -> usize {
        self.ranges.last().map_or(0, |range| range.end as usize)
    }

    /// Ids of all rows, in order; of a table without an id column the 1-based row number.
    ///
    /// # Errors
    /// An id that is null or stands twice in a file.
    pub(crate) fn ids(&self) -> anyhow::Result<StringArray> {
        let mut all: Vec<StringArray> = Vec::new();
        for (table, path) in self.tables.iter().zip(&self.paths) {
            let rows: usize = table.batches.iter().map(RecordBatch::num_rows).sum();
            let id = self.id.as_ref().and_then(|id| id_of(table, id));
            let ids: StringArray = match id {
                None => (1..=rows).map(|row| Some(row.to_string())).collect(),
                Some(name) => {
                    let columns: Vec<&dyn Array> =
                        table.batches.iter().filter_map(|batch| batch.column_by_name(name)).map(AsRef::as_ref).collect();
                    if columns.is_empty() { StringArray::new_null(0) } else { concat(&columns)?.as_string::<i32>().clone() }
                }
            };
            check_ids(&ids, id.unwrap_or_default(), path)?;
            all.push(ids);
        }
        let all: Vec<&dyn Array> = all.iter().map(|ids| ids as &dyn Array).collect();
        Ok(concat(&all)?.as_string::<i32>().clone())
    }

    /// Pairs of rows that share a value of `column`, at most `PAIRS` and ten a value; of a value that very many share, none.
    pub(crate) fn sharing(&self, column: &str) -> anyhow::Result<Vec<(u32, u32)>> {
        const PAIRS: usize = 200_000;
        let mut rows: Vec<(String, u32)> = Vec::new();
        let mut row = 0;
        for (table, path) in self.tables.iter().zip(&self.paths) {
            for batch in &table.batches {
                let Some(texts) = batch.column_by_name(column).and_then(|array| array.as_string_opt::<i32>()) else {
                    let columns = table.schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>();
                    let hint = nearest(column, columns.iter().copied())
                        .map_or_else(|| format!("its columns are {}", columns.join(", ")), |near| format!("the nearest is `{near}`"));
                    return Err(mistake(format!("{}: no text column `{column}`", path.display()), hint));
                };
                rows.extend(texts.iter().zip(row..).filter_map(|(text, row)| Some((text?.to_owned(), row))));
                row += batch.num_rows() as u32;
            }
        }
        rows.sort_unstable();
        let mut pairs = Vec::new();
        for block in rows.chunk_by(|a, b| a.0 == b.0).filter(|block| (2..=5).contains(&block.len())) {
            for (at, (_, right)) in block.iter().enumerate() {
                pairs.extend(block[at + 1..].iter().map(|(_, left)| (*left, *right)));
            }
            if pairs.len() >= PAIRS {
                break;
            }
        }
        Ok(pairs)
    }

    /// Proposes a model.
    pub(crate) fn suggest(&self, mode: &str) -> anyhow::Result<padan_link::Suggestion> {
        let tables: Vec<&[RecordBatch]> = self.tables.iter().map(|table| table.batches.as_slice()).collect();
        let mode = if mode == "link" { padan_link::Mode::Link } else { padan_link::Mode::Dedupe };
        Ok(padan_link::suggest(&self.names.join(" + "), &tables, self.id.as_deref(), mode, &padan_link::Shipped)?)
    }

    /// Prepared and encoded records under `model`.
    pub(crate) fn encode(&self, model: &Model, resources: &dyn padan_link::Resources) -> anyhow::Result<Records> {
        let tables: Vec<&[RecordBatch]> = self.tables.iter().map(|table| table.batches.as_slice()).collect();
        if model.prepared.is_empty() {
            let batches: Vec<&RecordBatch> = tables.iter().flat_map(|table| table.iter()).collect();
            return Ok(Records::encode(&batches, &model.columns())?);
        }
        let prepared = padan_link::prepare(&model.prepared, &tables, resources)?;
        let batches: Vec<&RecordBatch> = prepared.iter().flatten().collect();
        Ok(Records::encode(&batches, &model.columns())?)
    }
}

/// The first of the headers that the table has.
fn id_of<'i>(table: &Table, id: &'i str) -> Option<&'i str> {
    alternatives(id).find(|id| table.schema.index_of(id).is_ok())
}

fn name_of(path: &Path, taken: &[String]) -> String {
    let stem = match padan_ingest::file_and_sheet(path) {
        (_, Some(sheet)) => sheet,
        (file, None) => file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let mut name = stem.clone();
    let mut number = 2;
    while taken.contains(&name) {
        name = format!("{stem}_{number}");
        number += 1;
    }
    name
}

fn check_ids(ids: &StringArray, column: &str, path: &Path) -> anyhow::Result<()> {
    if let Some(row) = (0..ids.len()).find(|row| ids.is_null(*row)) {
        return Err(mistake(
            format!("{}: the id column `{column}` is blank in row {}", path.display(), row + 1),
            "give every row an id, or name another column with --id",
        ));
    }
    // Equal ids have equal hashes; only where two hashes are equal are ids sorted and looked at.
    let mut hashes: Vec<u64> = (0..ids.len()).into_par_iter().map(|row| hash_of(ids.value(row))).collect();
    hashes.par_sort_unstable();
    if hashes.windows(2).all(|two| two[0] != two[1]) {
        return Ok(());
    }
    let mut order: Vec<u32> = (0..ids.len() as u32).collect();
    order.sort_unstable_by_key(|row| (ids.value(*row as usize), *row));
    if let Some(twice) = order.windows(2).find(|two| ids.value(two[0] as usize) == ids.value(two[1] as usize)) {
        return Err(mistake(
            format!("{}: rows {} and {} have one id in column `{column}`", path.display(), twice[0] + 1, twice[1] + 1),
            "an id names one row; name another column with --id",
        ));
    }
    Ok(())
}

fn hash_of(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
