//! Rows as comparisons read them: the ids of a row's values side by side.
//!
//! Columns lie far from one another, so that a pair would fetch a line of memory a comparison; here a row is half a line, or a few.
//! Comparisons of several columns are not in it and look their columns up.

use std::sync::Arc;

use rayon::prelude::*;

use crate::compare::{Agreement, Comparator, Glimpse, KnownPair, Rarity, Signature};
use crate::records::NULL_ID;

/// Ids that are fetched together; aligned, so that they never lie across two lines of memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Line([u32; WIDTH]);

const WIDTH: usize = 8;

/// Where a signature stands in a row, and its words.
pub(crate) type Words = (usize, usize);

/// Value ids of a range of rows.
pub(crate) struct Codes {
    /// By comparison: its place in a row.
    places: Vec<Option<usize>>,
    /// By comparison: the place of its rows' signatures, and their words.
    signatures: Vec<Option<(usize, usize)>>,
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

    pub(crate) fn signature(self, (place, words): (usize, usize)) -> Signature {
        let low = u64::from(self.id(place));
        Signature(if words == 2 { low | u64::from(self.id(place + 1)) << 32 } else { low })
    }
}

/// Rows that are laid out in one go.
const CHUNK: usize = 1 << 14;

impl Codes {
    /// Of all rows from the first to the last of `rows`: a table's rows stand side by side, and other tables need no room.
    pub(crate) fn new<'c>(comparators: impl Iterator<Item = &'c dyn Comparator>, rows: &[u32]) -> Self {
        let (first, len) = extent(rows);
        let comparators: Vec<&dyn Comparator> = comparators.collect();
        let columns: Vec<Option<&[u32]>> = comparators.iter().map(|of| of.ids()).collect();
        let glimpses: Vec<Option<&dyn Glimpse>> = comparators.iter().map(|of| of.glimpse().filter(|_| of.ids().is_some())).collect();
        let mut width = 0;
        let mut room = |words: usize| {
            width += words;
            width - words
        };
        let places: Vec<Option<usize>> = columns.iter().map(|column| column.map(|_| room(1))).collect();
        // Signatures stand where ids leave room, and in a line of their own beside those of many.
        let of_ids = width.div_ceil(WIDTH);
        let lines_a_row = if of_ids > 1 { of_ids + 1 } else { of_ids };
        let signature = |glimpse: Option<&dyn Glimpse>| {
            let words = glimpse.map(Glimpse::words).filter(|words| *words > 0 && width + words <= lines_a_row * WIDTH)?;
            width += words;
            Some((width - words, words))
        };
        let signatures: Vec<Option<(usize, usize)>> = glimpses.iter().copied().map(signature).collect();
        let lines_a_row = width.div_ceil(WIDTH);
        let signed: Vec<(Words, &dyn Glimpse, &[u32])> = signatures
            .iter()
            .zip(&glimpses)
            .zip(&columns)
            .filter_map(|((place, glimpse), column)| Some(((*place)?, (*glimpse)?, (*column)?)))
            .collect();
        let columns: Vec<&[u32]> = columns.into_iter().flatten().collect();
        let mut lines = vec![Line([0; WIDTH]); len * lines_a_row];
        lines.par_chunks_mut(CHUNK * lines_a_row.max(1)).enumerate().for_each(|(chunk, lines)| {
            for (row, lines) in lines.chunks_exact_mut(lines_a_row).enumerate() {
                let row = first + chunk * CHUNK + row;
                for (place, column) in columns.iter().enumerate() {
                    lines[place / WIDTH].0[place % WIDTH] = column[row];
                }
                for ((place, words), glimpse, column) in &signed {
                    let value = column[row];
                    let Signature(signature) = if value == NULL_ID { Signature(0) } else { glimpse.signature(row as u32, value) };
                    for (word, at) in (*place..place + words).enumerate() {
                        lines[at / WIDTH].0[at % WIDTH] = (signature >> (32 * word)) as u32;
                    }
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

    /// The place of a comparison's signatures in a row, and their words, where there was room for them.
    pub(crate) fn signature(&self, comparison: usize) -> Option<(usize, usize)> {
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

    fn glimpse(&self) -> Option<&dyn Glimpse> {
        self.comparator.glimpse()
    }

    fn best_unequal(&self) -> Option<u8> {
        self.comparator.best_unequal()
    }

    fn equal(&self, value: u32) -> Option<Agreement> {
        self.comparator.equal(value)
    }

    fn is_dear(&self) -> bool {
        self.comparator.is_dear()
    }

    fn equal_level(&self) -> Option<u8> {
        self.comparator.equal_level()
    }

    fn rarity(&self, value: u32, level: u8) -> Rarity {
        self.comparator.rarity(value, level)
    }

    fn is_said(&self, left: u32) -> bool {
        self.comparator.is_said(left)
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.comparator.is_known(left, right)
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        self.comparator.exact_chance(left, right)
    }
}
