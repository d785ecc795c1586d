//! The input rows of a link result, as `clusters.parquet` lists them, and the way from an id to its row.
//!
//! A row is its position in that file, a `u32`; ids stand in one text and are found through an open-addressing table of positions, so
//! a million rows cost no million strings. The trap: an id may repeat between tables, and then only (table, id) names a row.

use std::path::Path;

use arrow::array::StringArray;
use rayon::slice::ParallelSliceMut;

use super::LinkEvaluateError;
use super::table::Table;
use crate::EvaluateError;
use crate::hash::hash;

const EMPTY: u32 = u32::MAX;

/// The input rows.
pub(super) struct Rows {
    /// Tables in the order in which they are met.
    pub(super) tables: Vec<String>,
    /// For every row its table's index.
    pub(super) table: Vec<u32>,
    /// For every row its cluster as a dense number.
    pub(super) cluster: Vec<u32>,
    /// For every row the match probability with a perfect copy of itself.
    pub(super) self_probability: Vec<f64>,
    /// Whether no id stands in two tables.
    pub(super) unique: bool,
    ids: String,
    /// Where the id of a row ends.
    ends: Vec<usize>,
    /// Whether no two different ids share a hash.
    distinct: bool,
    /// (hash of the id, row), a third more than rows at least.
    slots: Vec<(u64, u32)>,
}

impl Rows {
    /// Reads `clusters.parquet`.
    pub(super) fn read(path: &Path) -> Result<Self, EvaluateError> {
        let file = Table::open(path)?;
        let slots = vec![(0, EMPTY); (file.rows() / 3 * 4 + 4).next_power_of_two()];
        let mut rows = Self {
            tables: Vec::new(),
            table: Vec::with_capacity(file.rows()),
            cluster: Vec::new(),
            self_probability: Vec::with_capacity(file.rows()),
            unique: true,
            ids: String::new(),
            ends: Vec::with_capacity(file.rows()),
            distinct: true,
            slots,
        };
        let mut clusters: Vec<i64> = Vec::with_capacity(file.rows());
        file.each(&["table", "id", "cluster_id", "self_probability"], |batch| {
            clusters.extend_from_slice(batch.integer("cluster_id")?.values());
            rows.self_probability.extend_from_slice(batch.probability("self_probability")?.values());
            let (tables, ids) = (batch.text("table")?, batch.text("id")?);
            for (table, id) in tables.iter().flatten().zip(ids.iter().flatten()) {
                rows.push(path, table, id)?;
            }
            Ok(())
        })?;
        rows.cluster = dense(&clusters);
        Ok(rows)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn id(&self, row: u32) -> &str {
        // The bytes of an id are one.
        std::str::from_utf8(self.bytes(row)).unwrap_or_default()
    }

    pub(super) fn table_name(&self, row: u32) -> &str {
        &self.tables[self.table[row as usize] as usize]
    }

    /// The index of a table; there are few.
    pub(super) fn table_index(&self, name: &str) -> Option<u32> {
        self.tables.iter().position(|table| table == name).map(|at| at as u32)
    }

    /// The row of that id, in that table where one is named.
    pub(super) fn find(&self, table: Option<u32>, id: &str) -> Option<u32> {
        self.probe(hash(&[id]), table, |row| self.bytes(row) == id.as_bytes())
    }

    /// [`Rows::find`] for many ids that are meant to be input rows; an unknown table holds none.
    ///
    /// An id is known by its 64-bit hash alone where no two inputs share one, which spares two fetches from memory an id. An id that is
    /// no input would then pass for one once in some 10¹³ times.
    pub(super) fn find_all(&self, tables: Option<&[Option<u32>]>, ids: &StringArray) -> Vec<Option<u32>> {
        // Hashes first: the fetches after them do not depend on one another, and the processor waits for many at once.
        let hashes: Vec<u64> = ids.iter().map(|id| hash(&[id.unwrap_or_default()])).collect();
        let row = |(at, hash): (usize, u64)| {
            let table = match tables.map(|tables| tables[at]) {
                Some(None) => return None,
                Some(table) => table,
                None => None,
            };
            self.probe(hash, table, |row| self.distinct || self.bytes(row) == ids.value(at).as_bytes())
        };
        hashes.into_iter().enumerate().map(row).collect()
    }

    fn probe(&self, hash: u64, table: Option<u32>, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.first_slot(hash);
        loop {
            let (found, row) = self.slots[at];
            if row == EMPTY {
                return None;
            }
            if found == hash && table.is_none_or(|table| table == self.table[row as usize]) && is(row) {
                return Some(row);
            }
            at = self.after(at);
        }
    }

    fn push(&mut self, path: &Path, table: &str, id: &str) -> Result<(), EvaluateError> {
        let index = self.table_index(table).unwrap_or_else(|| {
            self.tables.push(table.to_owned());
            self.tables.len() as u32 - 1
        });
        let hash = hash(&[id]);
        let mut at = self.first_slot(hash);
        while self.slots[at].1 != EMPTY {
            let (found, row) = self.slots[at];
            if found == hash && self.bytes(row) != id.as_bytes() {
                self.distinct = false;
            } else if found == hash {
                if self.table[row as usize] == index {
                    let (first, row) = (u64::from(row) + 1, self.len() as u64 + 1);
                    return Err(LinkEvaluateError::DoubleId { path: path.to_owned(), table: table.to_owned(), first, row }.into());
                }
                self.unique = false;
            }
            at = self.after(at);
        }
        self.slots[at] = (hash, self.len() as u32);
        self.ids.push_str(id);
        self.ends.push(self.ids.len());
        self.table.push(index);
        Ok(())
    }

    fn bytes(&self, row: u32) -> &[u8] {
        let start = if row == 0 { 0 } else { self.ends[row as usize - 1] };
        &self.ids.as_bytes()[start..self.ends[row as usize]]
    }

    fn first_slot(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn after(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }
}

/// Numbers from 0 without gaps, in the order of the ids.
fn dense(ids: &[i64]) -> Vec<u32> {
    let mut sorted = ids.to_vec();
    sorted.par_sort_unstable();
    sorted.dedup();
    ids.iter().map(|id| sorted.partition_point(|other| other < id) as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cluster_ids_become_dense() {
        assert_eq!(dense(&[7, -1, 7, 300]), [1, 0, 1, 2]);
    }
}
