//! Rows as comparisons read them: the ids of a row's values side by side.
//!
//! Columns lie far from one another, so that a pair would fetch a line of memory a comparison; here a row is half a line, or a few.
//! Comparisons of several columns are not in it and look their columns up.

use std::sync::Arc;

use rayon::prelude::*;

use crate::compare::{Agreement, Comparator};
use crate::records::NULL_ID;

/// Ids that are fetched together; aligned, so that they never lie across two lines of memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Line([u32; WIDTH]);

const WIDTH: usize = 8;

/// Value ids of all rows.
pub(crate) struct Codes {
    /// By comparison: its place in a row.
    places: Vec<Option<usize>>,
    lines: Vec<Line>,
    lines_a_row: usize,
}

/// A row's ids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodedRow<'a>(&'a [Line]);

impl CodedRow<'_> {
    pub(crate) fn id(self, place: usize) -> u32 {
        self.0[place / WIDTH].0[place % WIDTH]
    }
}

/// Rows that are laid out in one go.
const CHUNK: usize = 1 << 14;

impl Codes {
    /// Of `len` rows.
    pub(crate) fn new<'c>(comparators: impl Iterator<Item = &'c dyn Comparator>, len: usize) -> Self {
        let columns: Vec<Option<&[u32]>> = comparators.map(Comparator::ids).collect();
        let mut width = 0;
        let mut place = || {
            width += 1;
            width - 1
        };
        let places: Vec<Option<usize>> = columns.iter().map(|column| column.map(|_| place())).collect();
        let columns: Vec<&[u32]> = columns.into_iter().flatten().collect();
        let lines_a_row = width.div_ceil(WIDTH);
        let mut lines = vec![Line([0; WIDTH]); len * lines_a_row];
        lines.par_chunks_mut(CHUNK * lines_a_row.max(1)).enumerate().for_each(|(chunk, lines)| {
            for (row, lines) in lines.chunks_exact_mut(lines_a_row).enumerate() {
                for (place, column) in columns.iter().enumerate() {
                    lines[place / WIDTH].0[place % WIDTH] = column[chunk * CHUNK + row];
                }
            }
        });
        Self { places, lines, lines_a_row }
    }

    /// The place of a comparison in a row.
    pub(crate) fn place(&self, comparison: usize) -> Option<usize> {
        self.places[comparison]
    }

    /// A row.
    pub(crate) fn row(&self, row: u32) -> CodedRow<'_> {
        let start = row as usize * self.lines_a_row;
        CodedRow(&self.lines[start..start + self.lines_a_row])
    }

    /// Copies rows, in a loop that waits for none of them.
    pub(crate) fn gather(&self, rows: impl Iterator<Item = u32>, gathered: &mut Vec<Line>) {
        gathered.clear();
        if self.lines_a_row == 1 {
            gathered.extend(rows.map(|row| self.lines[row as usize]));
        } else {
            rows.for_each(|row| gathered.extend_from_slice(self.row(row).0));
        }
    }

    /// A row of those gathered.
    pub(crate) fn gathered<'g>(&self, gathered: &'g [Line], at: usize) -> CodedRow<'g> {
        CodedRow(&gathered[at * self.lines_a_row..(at + 1) * self.lines_a_row])
    }
}

/// A comparison of records that reads its values from the codes.
pub(crate) struct Coded<'a> {
    comparator: Box<dyn Comparator + 'a>,
    codes: Arc<Codes>,
    place: usize,
}

impl<'a> Coded<'a> {
    /// Of the comparison with that index; as it is where the codes do not have it.
    pub(crate) fn wrap(comparator: Box<dyn Comparator + 'a>, codes: &Arc<Codes>, comparison: usize) -> Box<dyn Comparator + 'a> {
        match codes.place(comparison) {
            Some(place) => Box::new(Self { comparator, codes: Arc::clone(codes), place }),
            None => comparator,
        }
    }
}

impl Comparator for Coded<'_> {
    fn levels(&self) -> Vec<String> {
        self.comparator.levels()
    }

    fn start(&self) -> Vec<f64> {
        self.comparator.start()
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.codes.row(left).id(self.place), self.codes.row(right).id(self.place));
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.comparator.compare_ids(a, b) }
    }

    fn ids(&self) -> Option<&[u32]> {
        self.comparator.ids()
    }

    fn compare_ids(&self, left: u32, right: u32) -> Agreement {
        self.comparator.compare_ids(left, right)
    }

    fn unequal(&self) -> Option<u8> {
        self.comparator.unequal()
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.comparator.is_known(left, right)
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        self.comparator.exact_chance(left, right)
    }
}
