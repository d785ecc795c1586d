//! The candidates of left rows, in pieces of some rows: an allocation a row would cost more than what it holds.

use std::ops::Range;

use crate::score::Candidate;

/// The candidates of a run of left rows, best first.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// The place of its first row in the list.
    first: usize,
    /// By row: where its candidates end.
    ends: Vec<u32>,
    pub(super) candidates: Vec<Candidate>,
}

impl Piece {
    /// The first `keep` candidates of each of `rows` rows; `candidates` are sorted by row.
    pub(super) fn new(rows: usize, keep: usize, candidates: &[(u32, Candidate)]) -> Self {
        let mut piece = Self { first: 0, ends: Vec::with_capacity(rows), candidates: Vec::with_capacity(candidates.len()) };
        let mut of_rows = candidates.chunk_by(|a, b| a.0 == b.0).peekable();
        for row in 0..rows as u32 {
            let of_row = of_rows.next_if(|of_row| of_row[0].0 == row).unwrap_or_default();
            piece.candidates.extend(of_row.iter().take(keep).map(|(_, candidate)| *candidate));
            piece.ends.push(piece.candidates.len() as u32);
        }
        piece
    }

    /// The place of each row in the list, and where its candidates stand.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        ranges(self.first, &self.ends)
    }

    /// Each row's candidates.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[Candidate]> {
        self.ranges().map(|(_, range)| &self.candidates[range])
    }

    /// Adds candidates to rows, each told by its place in the list, in order; one that the row has already takes its place.
    pub(super) fn add(&mut self, added: &[(usize, Candidate)]) {
        if added.is_empty() {
            return;
        }
        let mut of_rows = added.chunk_by(|a, b| a.0 == b.0).peekable();
        let (mut ends, mut candidates) = (Vec::with_capacity(self.ends.len()), Vec::with_capacity(self.candidates.len() + added.len()));
        for (place, range) in self.ranges() {
            let start = candidates.len();
            candidates.extend_from_slice(&self.candidates[range]);
            for (_, candidate) in of_rows.next_if(|of_row| of_row[0].0 == place).unwrap_or_default() {
                match candidates[start..].iter_mut().find(|known| known.right == candidate.right) {
                    Some(known) => *known = *candidate,
                    None => candidates.push(*candidate),
                }
            }
            ends.push(candidates.len() as u32);
        }
        (self.ends, self.candidates) = (ends, candidates);
    }

    /// Changes the candidates of each row; said are its place in the list and where they stand.
    pub(super) fn change(&mut self, mut change: impl FnMut(usize, Range<usize>, &mut [Candidate])) {
        for (place, range) in ranges(self.first, &self.ends) {
            change(place, range.clone(), &mut self.candidates[range]);
        }
    }
}

fn ranges(first: usize, ends: &[u32]) -> impl Iterator<Item = (usize, Range<usize>)> {
    let mut start = 0;
    ends.iter().enumerate().map(move |(at, end)| (first + at, std::mem::replace(&mut start, *end as usize)..*end as usize))
}

/// Pieces one after another, each told its first row.
pub(super) fn in_order(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let mut first = 0;
    for piece in &mut pieces {
        piece.first = first;
        first += piece.ends.len();
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_where_they_stand() {
        let candidate = |right| Candidate { right, rule: 0, pattern: 0, matched: 0.0, household: 0.0, personal: 0.0 };
        let of = |rows: &[(u32, u32)]| rows.iter().map(|(row, right)| (*row, candidate(*right))).collect::<Vec<_>>();
        let pieces = in_order(vec![
            Piece::new(3, 2, &of(&[(0, 7), (0, 8), (0, 9), (2, 5)])),
            Piece::new(1, 2, &[]),
            Piece::new(2, 2, &of(&[(1, 4)])),
        ]);
        let rows: Vec<(usize, Vec<u32>)> = pieces
            .iter()
            .flat_map(|piece| piece.ranges().map(|(place, range)| (place, piece.candidates[range].iter().map(|of| of.right).collect())))
            .collect();
        assert_eq!(rows, [(0, vec![7, 8]), (1, vec![]), (2, vec![5]), (3, vec![]), (4, vec![]), (5, vec![4])]);
    }
}
