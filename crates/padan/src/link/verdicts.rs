//! A file of verdicts: which pairs a person has judged, and how; and what became of them, for the summary.
//!
//! Names rows as `pairs.parquet` does, so that a copy of that file with a column `verdict` is one; a blank verdict is none. Everything that
//! cannot be honoured is a mistake that is named with its line before work starts: an id that is no row, a word that is no verdict, verdicts that
//! contradict one another. Messages hold no ids, which may name a person.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use padan_ingest::{Limits, Table, read_table};
use padan_link::{Contradiction, Different, Judged, Verdict, VerdictCheck, Verdicts};
use serde::{Deserialize, Serialize};

use super::Inputs;
use crate::failure::{mistake, nearest};

/// What `summary.json` says of the verdicts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct VerdictSummary {
    /// The file.
    pub(crate) path: PathBuf,
    /// Pairs judged to be the same.
    pub(crate) same: u64,
    /// Pairs judged to be different.
    pub(crate) different: u64,
    /// Pairs that could not be told.
    pub(crate) unsure: u64,
    /// What would be linked without them, beside them.
    pub(crate) check: Option<VerdictCheck>,
}

impl VerdictSummary {
    /// Counts the verdicts of a file.
    pub(crate) fn new(path: &Path, verdicts: &Verdicts, check: Option<VerdictCheck>) -> Self {
        let count = |verdict: Verdict| verdicts.judged().iter().filter(|judged| judged.verdict == verdict).count() as u64;
        let [same, different, unsure] = [Verdict::Same, Verdict::Different, Verdict::Unsure].map(count);
        Self { path: path.to_owned(), same, different, unsure, check }
    }
}

/// Reads and checks the verdicts in `path` on rows of `inputs`, whose ids are `ids`; `free` says of each table whether it was declared to
/// hold nobody twice.
///
/// # Errors
/// The user's mistakes, with file and line.
pub(crate) fn read(path: &Path, inputs: &Inputs, ids: &StringArray, free: &[Option<bool>]) -> anyhow::Result<Verdicts> {
    let table = read_table(path, &Limits::default(), None).with_context(|| format!("reading {}", path.display()))?;
    let lines = Lines::new(path, &table);
    if let Some(row) = table.quarantine.first() {
        return Err(mistake(
            format!("{}: {}", lines.place(row.row as usize - 1), row.reason),
            "a verdict that cannot be read is not passed over",
        ));
    }
    let batch = concat_batches(&table.schema, &table.batches)?;
    let columns = Columns::of(path, &batch)?;
    let find = Rows::new(inputs, ids, &columns);
    let (mut judged, mut places) = (Vec::new(), Vec::new());
    for row in 0..batch.num_rows() {
        let Some(verdict) = columns.verdict.is_valid(row).then(|| columns.verdict.value(row)) else { continue };
        let place = || lines.place(row);
        let verdict = word(verdict).ok_or_else(|| {
            mistake(
                format!("{}: `{verdict}` is no verdict", place()),
                "a verdict is same, different or unsure; leave it blank where there is none",
            )
        })?;
        let left = find.row(&columns.left, row, inputs, Side::Left).map_err(|found| found.mistake(&place(), columns.left.name, inputs))?;
        let right =
            find.row(&columns.right, row, inputs, Side::Right).map_err(|found| found.mistake(&place(), columns.right.name, inputs))?;
        judged.push(Judged { left, right, verdict });
        places.push(row);
    }
    let list =
        |row: u32| inputs.ranges.iter().position(|range| range.contains(&row)).filter(|at| free[*at] == Some(true)).map(|at| at as u32);
    Verdicts::new(judged, list).map_err(|found| contradiction(&found, &places, &lines, inputs))
}

fn word(text: &str) -> Option<Verdict> {
    match text.trim().to_lowercase().as_str() {
        "same" => Some(Verdict::Same),
        "different" => Some(Verdict::Different),
        "unsure" => Some(Verdict::Unsure),
        _ => None,
    }
}

fn contradiction(found: &Contradiction, places: &[usize], lines: &Lines<'_>, inputs: &Inputs) -> anyhow::Error {
    let mut same: Vec<usize> = found.same.iter().map(|at| places[*at]).collect();
    same.sort_unstable();
    let same: Vec<String> = same.into_iter().map(|row| lines.number(row)).collect();
    let path = lines.path.display();
    let (message, hint) = match found.different {
        Different::Verdict(at) if same.is_empty() => {
            (format!("{}: a row is said to be different from itself", lines.place(places[at])), "correct the ids, or remove the line")
        }
        Different::Verdict(at) => (
            format!(
                "{}: two rows are said to be different that are the same by {} {}",
                lines.place(places[at]),
                if same.len() == 1 { lines.word() } else { lines.words() },
                same.join(", ")
            ),
            "all of them are constraints: correct the wrong one",
        ),
        Different::List(table) => (
            format!(
                "{path}: by {} {} two rows of `{}` are the same, which --duplicate-free says holds nobody twice",
                if same.len() == 1 { lines.word() } else { lines.words() },
                same.join(", "),
                inputs.names[table as usize]
            ),
            "correct the wrong verdict, or leave the table out of --duplicate-free",
        ),
    };
    mistake(message, hint)
}

/// Where a verdict stands.
struct Lines<'a> {
    path: &'a Path,
    /// Whether a data row's number tells its line: in text without blank and broken lines.
    plain: bool,
}

impl<'a> Lines<'a> {
    fn new(path: &'a Path, table: &Table) -> Self {
        let is_text = !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
            && padan_ingest::file_and_sheet(path).0.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("xlsx"));
        let lines = || fs::read(path).map_or(0, |bytes| String::from_utf8_lossy(&bytes).lines().count() as i64);
        Self { path, plain: is_text && lines() == table.rows_read + 1 }
    }

    /// `FILE:LINE`, or `FILE: row N`.
    fn place(&self, row: usize) -> String {
        if self.plain { format!("{}:{}", self.path.display(), row + 2) } else { format!("{}: row {}", self.path.display(), row + 1) }
    }

    fn number(&self, row: usize) -> String {
        (row + if self.plain { 2 } else { 1 }).to_string()
    }

    fn word(&self) -> &'static str {
        if self.plain { "line" } else { "row" }
    }

    fn words(&self) -> &'static str {
        if self.plain { "lines" } else { "rows" }
    }
}

/// The columns of one side.
struct SideColumns<'b> {
    name: &'static str,
    id: &'b StringArray,
    table: Option<&'b StringArray>,
}

struct Columns<'b> {
    left: SideColumns<'b>,
    right: SideColumns<'b>,
    verdict: &'b StringArray,
}

impl<'b> Columns<'b> {
    fn of(path: &Path, batch: &'b RecordBatch) -> anyhow::Result<Self> {
        let text = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        let needed = |name: &'static str| {
            text(name).ok_or_else(|| {
                let schema = batch.schema();
                let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
                let hint = nearest(name, names.iter().copied())
                    .map_or_else(|| format!("its columns are {}", names.join(", ")), |near| format!("the nearest is `{near}`"));
                mistake(format!("{}: no column `{name}`; verdicts have id_l, id_r and verdict", path.display()), hint)
            })
        };
        let side = |name, table| Ok::<_, anyhow::Error>(SideColumns { name, id: needed(name)?, table: text(table) });
        Ok(Self { left: side("id_l", "table_l")?, right: side("id_r", "table_r")?, verdict: needed("verdict")? })
    }
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Rows of the inputs by id, of the ids that verdicts name.
struct Rows<'a>(HashMap<&'a str, Vec<u32>>);

/// Why an id names no row.
enum NoRow {
    Blank,
    Unknown,
    UnknownTable,
    Several,
}

impl NoRow {
    fn mistake(&self, place: &str, column: &str, inputs: &Inputs) -> anyhow::Error {
        let id = inputs.id.as_deref().map_or_else(|| "row numbers, from 1".to_owned(), |id| format!("those of column `{id}`"));
        let tables = inputs.names.join(", ");
        match self {
            Self::Blank => mistake(format!("{place}: {column} is blank"), "name both rows of the pair"),
            Self::Unknown => mistake(format!("{place}: no row has the {column}"), format!("ids are {id}; the tables are {tables}")),
            Self::UnknownTable => {
                mistake(format!("{place}: the table of {column} is none of the files"), format!("the tables are {tables}"))
            }
            Self::Several => mistake(
                format!("{place}: several tables have a row of the {column}"),
                format!("give the verdicts columns table_l and table_r; the tables are {tables}"),
            ),
        }
    }
}

impl<'a> Rows<'a> {
    fn new(inputs: &Inputs, ids: &'a StringArray, columns: &Columns<'a>) -> Self {
        let named = [&columns.left, &columns.right].into_iter().flat_map(|side| side.id.iter().flatten());
        let mut rows: HashMap<&str, Vec<u32>> = named.map(|id| (id, Vec::new())).collect();
        for row in 0..inputs.rows() as u32 {
            if let Some(rows) = rows.get_mut(ids.value(row as usize)) {
                rows.push(row);
            }
        }
        Self(rows)
    }

    /// The row that a side names: in the table that it names; of two tables the left id in the first and the right one in the second;
    /// otherwise in whichever table has it.
    fn row(&self, side: &SideColumns<'_>, at: usize, inputs: &Inputs, of: Side) -> Result<u32, NoRow> {
        let id = side.id.is_valid(at).then(|| side.id.value(at)).ok_or(NoRow::Blank)?;
        let table = match side.table.filter(|table| table.is_valid(at)).map(|table| table.value(at)) {
            Some(name) => Some(inputs.names.iter().position(|table| table == name).ok_or(NoRow::UnknownTable)?),
            None if inputs.names.len() == 2 => Some(match of {
                Side::Left => 0,
                Side::Right => 1,
            }),
            None => None,
        };
        let is_there = |row: &&u32| table.is_none_or(|table| inputs.ranges[table].contains(row));
        let found: Vec<u32> = self.0.get(id).into_iter().flatten().filter(is_there).copied().collect();
        match found.as_slice() {
            [row] => Ok(*row),
            [] => Err(NoRow::Unknown),
            _ => Err(NoRow::Several),
        }
    }
}
