//! Rows as comparisons read them: the ids of a row's values side by side.
//!
//! Columns lie far from one another, so that a pair would fetch a line of memory a comparison; here a row is half a line, or a few.
//! Comparisons of several columns are not in it and look their columns up.

use std::sync::Arc;

use rayon::prelude::*;

use crate::compare::{Agreement, Comparator, KnownPair, Rarity, Screen, Signature};
use crate::records::NULL_ID;

/// Ids that are fetched together; aligned, so that they never lie across two lines of memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Line([u32; WIDTH]);

const WIDTH: usize = 8;

/// Value ids of a range of rows.
pub(crate) struct Codes {
    /// By comparison: its place in a row.
    places: Vec<Option<usize>>,
    /// By comparison: the place of its values' signatures.
    signatures: Vec<Option<usize>>,
    first: usize,
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

    pub(crate) fn signature(self, place: usize) -> Signature {
        Signature(self.id(place))
    }
}

/// Rows that are laid out in one go.
const CHUNK: usize = 1 << 14;

impl Codes {
    /// Of all rows from the first to the last of `rows`: a table's rows stand side by side, and other tables need no room.
    pub(crate) fn new<'c>(comparators: impl Iterator<Item = &'c dyn Comparator>, rows: &[u32]) -> Self {
        let (first, len) = extent(rows);
        let (columns, screens): (Vec<Option<&[u32]>>, Vec<Option<&Screen>>) = comparators.map(|of| (of.ids(), of.screen())).unzip();
        let mut width = 0;
        let mut place = || {
            width += 1;
            width - 1
        };
        let places: Vec<Option<usize>> = columns.iter().map(|column| column.map(|_| place())).collect();
        let lines_a_row = places.iter().flatten().count().div_ceil(WIDTH);
        // Signatures stand where ids leave room.
        let room = |place: usize| Some(place).filter(|place| *place < lines_a_row * WIDTH);
        let signatures: Vec<Option<usize>> = screens.iter().map(|screen| screen.and_then(|_| room(place()))).collect();
        let signed: Vec<(usize, &Screen, &[u32])> = signatures
            .iter()
            .zip(screens)
            .zip(&columns)
            .filter_map(|((place, screen), column)| Some(((*place)?, screen?, (*column)?)))
            .collect();
        let columns: Vec<&[u32]> = columns.into_iter().flatten().collect();
        let mut lines = vec![Line([0; WIDTH]); len * lines_a_row];
        lines.par_chunks_mut(CHUNK * lines_a_row.max(1)).enumerate().for_each(|(chunk, lines)| {
            for (row, lines) in lines.chunks_exact_mut(lines_a_row).enumerate() {
                for (place, column) in columns.iter().enumerate() {
                    lines[place / WIDTH].0[place % WIDTH] = column[first + chunk * CHUNK + row];
                }
                for (place, screen, column) in &signed {
                    let value = column[first + chunk * CHUNK + row];
                    let Signature(signature) = if value == NULL_ID { Signature(0) } else { screen.signature(value) };
                    lines[place / WIDTH].0[place % WIDTH] = signature;
                }
            }
        });
        Self { places, signatures, first, lines, lines_a_row }
    }

    /// Whether they are of all these rows.
    pub(crate) fn hold(&self, rows: &[u32]) -> bool {
        let (first, len) = extent(rows);
        self.lines_a_row == 0 || (self.first <= first && (first + len - self.first) * self.lines_a_row <= self.lines.len())
    }

    /// The place of a comparison in a row.
    pub(crate) fn place(&self, comparison: usize) -> Option<usize> {
        self.places[comparison]
    }

    /// The place of a comparison's signatures in a row, where there was room for them.
    pub(crate) fn signature(&self, comparison: usize) -> Option<usize> {
        self.signatures[comparison]
    }

    /// A row, where it is one of them.
    fn row(&self, row: u32) -> Option<CodedRow<'_>> {
        let start = (row as usize).checked_sub(self.first)? * self.lines_a_row;
        self.lines.get(start..start + self.lines_a_row).map(CodedRow)
    }

    /// Copies rows that it holds, in a loop that waits for none of them.
    pub(crate) fn gather(&self, rows: impl Iterator<Item = u32>, gathered: &mut Vec<Line>) {
        gathered.clear();
        let starts = rows.map(|row| (row as usize - self.first) * self.lines_a_row);
        match self.lines_a_row {
            0 => {}
            1 => gathered.extend(starts.map(|start| self.lines[start])),
            2 => gathered.extend(starts.flat_map(|start| [self.lines[start], self.lines[start + 1]])),
            lines => starts.for_each(|start| gathered.extend_from_slice(&self.lines[start..start + lines])),
        }
    }

    /// A row of those gathered.
    pub(crate) fn gathered<'g>(&self, gathered: &'g [Line], at: usize) -> CodedRow<'g> {
        CodedRow(&gathered[at * self.lines_a_row..(at + 1) * self.lines_a_row])
    }
}

/// The first of the rows, and how many there are from it to the last.
fn extent(rows: &[u32]) -> (usize, usize) {
    let first = rows.iter().min().map_or(0, |row| *row as usize);
    (first, rows.iter().max().map_or(0, |row| *row as usize + 1 - first))
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
        let (Some(a), Some(b)) = (self.codes.row(left), self.codes.row(right)) else { return self.comparator.compare(left, right) };
        let (a, b) = (a.id(self.place), b.id(self.place));
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.comparator.compare_known((left, right), (a, b)) }
    }

    fn ids(&self) -> Option<&[u32]> {
        self.comparator.ids()
    }

    fn compare_ids(&self, left: u32, right: u32) -> Agreement {
        self.comparator.compare_ids(left, right)
    }

    fn compare_known(&self, rows: (u32, u32), ids: (u32, u32)) -> Agreement {
        self.comparator.compare_known(rows, ids)
    }

    fn compare_many(&self, pairs: &[KnownPair], told: &mut Vec<Agreement>) {
        self.comparator.compare_many(pairs, told);
    }

    fn fetch(&self, ids: &mut dyn Iterator<Item = (u32, u32)>) {
        self.comparator.fetch(ids);
    }

    fn unequal(&self) -> Option<u8> {
        self.comparator.unequal()
    }

    fn screen(&self) -> Option<&Screen> {
        self.comparator.screen()
    }

    fn best_unequal(&self) -> Option<u8> {
        self.comparator.best_unequal()
    }

    fn equal(&self, value: u32) -> Option<Agreement> {
        self.comparator.equal(value)
    }

    fn rarity(&self, value: u32, level: u8) -> Rarity {
        self.comparator.rarity(value, level)
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.comparator.is_known(left, right)
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        self.comparator.exact_chance(left, right)
    }
}
