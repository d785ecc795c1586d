//! The truth as input rows: from a file of pairs or of clusters, told apart by its columns.
//!
//! Of a list of pairs every input row counts as labelled and a pair that is not listed as false; entities are what the listed pairs
//! connect. Of clusters only rows with one are labelled, and a pair with an unlabelled row is never scored. The trap is a list that
//! lacks pairs which follow from its others: they count as false, and [`TruthCounts::implied_pairs`] says how many there are.

use std::collections::HashMap;
use std::path::Path;

use arrow::array::StringArray;
use serde::Serialize;

use super::LinkEvaluateError;
use super::clusters::pairs_within;
use super::entity::{UNLABELLED, components, halves};
use super::pair_list::PairList;
use super::rows::Rows;
use super::summary::LinkMode;
use super::table::{Batch, Table};
use crate::EvaluateError;
use crate::hash::hash;

/// What the file of the truth held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TruthCounts {
    /// Which of the two shapes it has.
    pub shape: TruthShape,
    /// True pairs among the input rows; of different tables where the mode is `link`.
    pub true_pairs: u64,
    /// Entities among the labelled rows.
    pub entities: u64,
    /// Input rows with a label: all of them where the truth is pairs.
    pub labelled_rows: u64,
    /// Input rows without.
    pub unlabelled_rows: u64,
    /// Different ids of the truth that are no input row; they are left out.
    pub unknown_ids: u64,
    /// Lines of pairs that are left out: of an unknown id, of a row with itself, listed before, or within a table in mode `link`.
    pub lines_left_out: u64,
    /// Pairs that follow from the listed ones and are not listed: they count as false.
    pub implied_pairs: u64,
}

/// The two shapes of a truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TruthShape {
    /// `id_l`, `id_r`, perhaps `table_l` and `table_r`.
    Pairs,
    /// `id`, `cluster`, perhaps `table`.
    Clusters,
}

/// What is known of a row.
struct Label {
    entity: u32,
    table: u32,
    half: u8,
}

/// The truth about the input rows.
pub(super) struct Truth {
    pub(super) counts: TruthCounts,
    pub(super) mode: LinkMode,
    /// For every row its entity as a dense number, or [`UNLABELLED`].
    pub(super) entity: Vec<u32>,
    /// For every row what a pair asks of it, side by side: rows come in random order, and one fetch is cheaper than three.
    labels: Vec<Label>,
    /// The pairs, where the truth lists them.
    pub(super) list: Option<PairList>,
}

impl Truth {
    pub(super) fn read(path: &Path, rows: &Rows, mode: LinkMode) -> Result<Self, EvaluateError> {
        if !path.is_file() {
            return Err(LinkEvaluateError::NoTruth { path: path.to_owned() }.into());
        }
        Self::of_table(&Table::open(path)?, rows, mode)
    }

    pub(super) fn of_table(file: &Table, rows: &Rows, mode: LinkMode) -> Result<Self, EvaluateError> {
        if file.has("id_l") && file.has("id_r") {
            Self::of_pairs(file, rows, mode)
        } else if file.has("id") && file.has("cluster") {
            Self::of_clusters(file, rows, mode)
        } else {
            let known = ["id_l", "id_r", "id", "cluster", "table_l", "table_r", "table"];
            let missing = known[..4].iter().filter(|column| !file.has(column));
            let near = missing.map(|column| file.nearest(column, &known)).find(|hint| hint.starts_with("did"));
            let hint = near.unwrap_or_else(|| format!("there are: {}", file.names().join(", ")));
            Err(LinkEvaluateError::TruthShape { path: file.path().to_owned(), hint }.into())
        }
    }

    /// Whether a pair is scored: two different labelled rows, of different tables in mode `link`.
    pub(super) fn scores(&self, l: u32, r: u32) -> bool {
        let (a, b) = (&self.labels[l as usize], &self.labels[r as usize]);
        let labelled = a.entity != UNLABELLED && b.entity != UNLABELLED;
        labelled && l != r && (self.mode != LinkMode::Link || a.table != b.table)
    }

    /// Whether a pair that is scored is true.
    pub(super) fn holds(&self, l: u32, r: u32) -> bool {
        match &self.list {
            Some(list) => list.contains(l, r),
            None => self.labels[l as usize].entity == self.labels[r as usize].entity,
        }
    }

    /// The half, 0 or 1, that both rows of a scored pair are in.
    pub(super) fn half(&self, l: u32, r: u32) -> Option<u8> {
        let (a, b) = (self.labels[l as usize].half, self.labels[r as usize].half);
        (a == b).then_some(a)
    }

    /// The true pairs, lower row first, sorted.
    pub(super) fn pairs(&self, rows: &Rows) -> Vec<(u32, u32)> {
        if let Some(list) = &self.list {
            return list.iter().collect();
        }
        let mut order: Vec<u32> = (0..rows.len() as u32).filter(|row| self.entity[*row as usize] != UNLABELLED).collect();
        order.sort_unstable_by_key(|row| (self.entity[*row as usize], *row));
        let mut pairs = Vec::with_capacity(self.counts.true_pairs as usize);
        for entity in order.chunk_by(|a, b| self.entity[*a as usize] == self.entity[*b as usize]) {
            for (at, l) in entity.iter().enumerate() {
                pairs.extend(entity[at + 1..].iter().filter(|r| self.scores(*l, **r)).map(|r| (*l, *r)));
            }
        }
        pairs.sort_unstable();
        pairs
    }

    fn of_pairs(file: &Table, rows: &Rows, mode: LinkMode) -> Result<Self, EvaluateError> {
        let named = file.has("table_l") || file.has("table_r");
        // Of two tables that are linked with each other, left is the first and right the second.
        let sides = !named && mode == LinkMode::Link && rows.tables.len() == 2 && !rows.unique;
        let mut ids = Ids::new(file, rows, named || sides, "the columns table_l and table_r")?;
        let columns: &[&str] = if named { &["id_l", "id_r", "table_l", "table_r"] } else { &["id_l", "id_r"] };
        let (mut pairs, mut lines) = (Vec::new(), 0);
        file.each(columns, |batch| {
            let of = |side: u32, column| if sides { Of::Table(side) } else { Of::column(named, column) };
            let left = ids.rows(batch, "id_l", of(0, "table_l"))?;
            let right = ids.rows(batch, "id_r", of(1, "table_r"))?;
            lines += left.len() as u64;
            pairs.extend(left.iter().zip(right).filter_map(|(l, r)| Some(((*l)?.min(r?), (*l)?.max(r?)))));
            Ok(())
        })?;
        let unknown_ids = ids.unknown(lines)?;
        // A pair within a table still says that its rows are one entity.
        let (entity, entities) = components(rows.len(), &pairs);
        let linking = mode == LinkMode::Link;
        pairs.retain(|(l, r)| l != r && !(linking && rows.table[*l as usize] == rows.table[*r as usize]));
        let list = PairList::new(rows.len(), pairs);
        let true_pairs = list.len() as u64;
        let closed = pairs_within((0..rows.len()).map(|row| (entity[row], 0, rows.table[row])), linking);
        let counts = TruthCounts {
            shape: TruthShape::Pairs,
            true_pairs,
            entities,
            labelled_rows: rows.len() as u64,
            unlabelled_rows: 0,
            unknown_ids,
            lines_left_out: lines - true_pairs,
            implied_pairs: closed - true_pairs,
        };
        Ok(Self { counts, mode, labels: labels(rows, &entity), entity, list: Some(list) })
    }

    fn of_clusters(file: &Table, rows: &Rows, mode: LinkMode) -> Result<Self, EvaluateError> {
        let named = file.has("table");
        let mut ids = Ids::new(file, rows, named, "a column table")?;
        let columns: &[&str] = if named { &["id", "cluster", "table"] } else { &["id", "cluster"] };
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut entity = vec![UNLABELLED; rows.len()];
        let mut lines = 0;
        file.each(columns, |batch| {
            let (found, clusters) = (ids.rows(batch, "id", Of::column(named, "table"))?, batch.text_or_null("cluster")?);
            lines += found.len() as u64;
            for (at, (row, cluster)) in found.iter().zip(&clusters).enumerate() {
                // Nobody said what an empty cluster is: the row stays without a label.
                let (Some(row), Some(cluster)) = (row, cluster) else { continue };
                let next = numbers.len() as u32;
                let number = numbers.get(cluster).copied().unwrap_or_else(|| *numbers.entry(cluster.to_owned()).or_insert(next));
                let slot = &mut entity[*row as usize];
                if *slot != UNLABELLED && *slot != number {
                    return Err(LinkEvaluateError::TruthConflict { path: file.path().to_owned(), row: batch.row(at) }.into());
                }
                *slot = number;
            }
            Ok(())
        })?;
        let unknown_ids = ids.unknown(lines)?;
        let labelled = || (0..rows.len()).filter(|row| entity[*row] != UNLABELLED);
        let labelled_rows = labelled().count() as u64;
        let counts = TruthCounts {
            shape: TruthShape::Clusters,
            true_pairs: pairs_within(labelled().map(|row| (entity[row], 0, rows.table[row])), mode == LinkMode::Link),
            entities: numbers.len() as u64,
            labelled_rows,
            unlabelled_rows: rows.len() as u64 - labelled_rows,
            unknown_ids,
            lines_left_out: 0,
            implied_pairs: 0,
        };
        Ok(Self { counts, mode, labels: labels(rows, &entity), entity, list: None })
    }
}

fn labels(rows: &Rows, entity: &[u32]) -> Vec<Label> {
    let label = |((entity, table), half): ((&u32, &u32), u8)| Label { entity: *entity, table: *table, half };
    entity.iter().zip(&rows.table).zip(halves(rows, entity)).map(label).collect()
}

/// Which table an id is of.
#[derive(Clone, Copy)]
enum Of {
    /// Whichever has it.
    Any,
    /// This one.
    Table(u32),
    /// The one that this column names.
    Named(&'static str),
}

impl Of {
    fn column(named: bool, column: &'static str) -> Self {
        if named { Self::Named(column) } else { Self::Any }
    }
}

/// From the truth's ids to rows, with an account of those that are none.
struct Ids<'a> {
    file: &'a Table,
    rows: &'a Rows,
    /// Tables that the truth names.
    tables: Vec<String>,
    /// Hashes of the unknown ids; 64 bits tell a billion of them apart.
    unknown: Vec<u64>,
    found: bool,
}

impl<'a> Ids<'a> {
    fn new(file: &'a Table, rows: &'a Rows, named: bool, columns: &'static str) -> Result<Self, EvaluateError> {
        if !named && !rows.unique {
            let (path, tables) = (file.path().to_owned(), rows.tables.clone());
            return Err(LinkEvaluateError::TruthAmbiguous { path, tables, columns }.into());
        }
        Ok(Self { file, rows, tables: Vec::new(), unknown: Vec::new(), found: false })
    }

    fn rows(&mut self, batch: &Batch<'_>, id: &'static str, of: Of) -> Result<Vec<Option<u32>>, EvaluateError> {
        let ids = batch.text(id)?;
        let (tables, side): (Option<StringArray>, _) = match of {
            Of::Any => (None, None),
            Of::Table(table) => (None, Some(table)),
            Of::Named(column) => (Some(batch.text(column)?), None),
        };
        let row = |(at, id): (usize, &str)| {
            let Some(tables) = &tables else {
                return self.known(self.rows.find(side, id), side.map_or("", |side| &self.rows.tables[side as usize]), id);
            };
            let name = tables.value(at);
            if !self.tables.iter().any(|table| table == name) {
                self.tables.push(name.to_owned());
            }
            let row = self.rows.table_index(name).and_then(|table| self.rows.find(Some(table), id));
            self.known(row, name, id)
        };
        Ok(ids.iter().flatten().enumerate().map(row).collect())
    }

    fn known(&mut self, row: Option<u32>, table: &str, id: &str) -> Option<u32> {
        self.found |= row.is_some();
        if row.is_none() {
            self.unknown.push(hash(&[table, id]));
        }
        row
    }

    /// The number of unknown ids; an error if there is no other.
    fn unknown(mut self, lines: u64) -> Result<u64, EvaluateError> {
        if lines > 0 && !self.found {
            let inputs = self.rows.tables.join(", ");
            let hint = if self.tables.is_empty() {
                "the truth must name rows by the id column that was linked".to_owned()
            } else {
                format!("the tables linked are {inputs}; those of the truth are {}", self.tables.join(", "))
            };
            return Err(LinkEvaluateError::TruthForeign { path: self.file.path().to_owned(), hint }.into());
        }
        self.unknown.sort_unstable();
        self.unknown.dedup();
        Ok(self.unknown.len() as u64)
    }
}
