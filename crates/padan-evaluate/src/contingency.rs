//! How often each predicted cluster meets each true one: all that the clustering metrics need.
//!
//! Made by sorting, so a cluster of a million rows costs a million steps and not the half trillion pairs it holds.

use rayon::slice::ParallelSliceMut;

/// Rows that lie in one predicted and one true cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Rows in both.
    pub rows: u64,
    /// Size of the predicted cluster.
    pub predicted: u64,
    /// Size of the true cluster.
    pub truth: u64,
}

/// The contingency table of two clusterings of the same rows, without its empty cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contingency {
    /// Rows.
    pub rows: u64,
    /// Cells, by predicted and then true cluster id.
    pub cells: Vec<Cell>,
    /// Sizes of the predicted clusters, by id.
    pub predicted: Vec<u64>,
    /// Sizes of the true clusters, by id.
    pub truth: Vec<u64>,
}

impl Contingency {
    /// From the (predicted, true) cluster ids of every row.
    ///
    /// ```
    /// let table = padan_evaluate::Contingency::new([(0, 7), (0, 7), (1, 7)]);
    /// assert_eq!((table.rows, table.predicted, table.truth), (3, vec![2, 1], vec![3]));
    /// ```
    pub fn new(rows: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut rows: Vec<(u32, u32)> = rows.into_iter().collect();
        rows.par_sort_unstable();
        let mut predicted = Vec::new();
        // (true id, index of the predicted cluster, rows)
        let mut cells: Vec<(u32, usize, u64)> = Vec::new();
        for cluster in rows.chunk_by(|a, b| a.0 == b.0) {
            cells.extend(cluster.chunk_by(|a, b| a.1 == b.1).map(|cell| (cell[0].1, predicted.len(), cell.len() as u64)));
            predicted.push(cluster.len() as u64);
        }
        let mut order: Vec<usize> = (0..cells.len()).collect();
        order.par_sort_unstable_by_key(|cell| cells[*cell].0);
        let mut truth = Vec::new();
        let mut sizes = vec![0; cells.len()];
        for cluster in order.chunk_by(|a, b| cells[*a].0 == cells[*b].0) {
            let size = cluster.iter().map(|cell| cells[*cell].2).sum();
            truth.push(size);
            for cell in cluster {
                sizes[*cell] = size;
            }
        }
        let cells = cells.iter().zip(sizes).map(|((_, cluster, rows), truth)| Cell { rows: *rows, predicted: predicted[*cluster], truth });
        Self { rows: rows.len() as u64, cells: cells.collect(), predicted, truth }
    }
}
