//! `pairs.parquet`, read row group by row group in parallel and reduced to what the figures need: two scores and a class a pair.
//!
//! Ids are turned into rows and forgotten batch by batch; 20 million pairs keep 16 bytes each. Where ids are unique over all tables
//! the columns of tables are not even read.

use std::path::Path;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use serde::Serialize;

use super::LinkEvaluateError;
use super::rows::Rows;
use super::table::{Batch, Table};
use super::truth::Truth;
use crate::EvaluateError;
use crate::steps::SortedScores;

/// Rows of `pairs.parquet`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PairRows {
    /// All.
    pub in_file: u64,
    /// Those that are judged; the others hold an unlabelled row, or lie within a table in mode `link`.
    pub scored: u64,
    /// Judged pairs that are true.
    pub true_scored: u64,
}

/// What is kept of the pairs.
#[derive(Default)]
pub(super) struct Pairs {
    pub(super) counts: PairRows,
    /// Matches.
    pub(super) matches: u64,
    /// Matches that are true.
    pub(super) true_matches: u64,
    /// Match probabilities of pairs within the first half, within the second, and of one with the other.
    pub(super) probability: [SortedScores; 3],
    /// Match weights.
    pub(super) weight: SortedScores,
    /// True pairs, to see that each stands once.
    found: Vec<(u32, u32)>,
}

impl Pairs {
    /// Reads and judges the pairs.
    pub(super) fn read(path: &Path, rows: &Rows, truth: &Truth) -> Result<Self, EvaluateError> {
        let file = Table::open(path)?;
        let mut columns = vec!["id_l", "id_r", "match_weight", "match_probability", "is_match"];
        if !rows.unique {
            columns.extend(["table_l", "table_r"]);
        }
        let group = |group| {
            let mut pairs = Self::default();
            for batch in file.group(group, &columns)? {
                pairs.add(&batch?, path, rows, truth)?;
            }
            Ok(pairs)
        };
        // In the order of the groups, so that of several errors the first is told.
        let groups: Vec<Result<Self, EvaluateError>> = (0..file.groups()).into_par_iter().map(group).collect();
        let mut pairs = Self::default();
        for group in groups {
            pairs.append(group?);
        }
        pairs.found.par_sort_unstable();
        if pairs.found.windows(2).any(|two| two[0] == two[1]) {
            return Err(LinkEvaluateError::DoublePair { path: path.to_owned() }.into());
        }
        pairs.found = Vec::new();
        pairs.probability.iter_mut().for_each(SortedScores::sort);
        pairs.weight.sort();
        Ok(pairs)
    }

    fn add(&mut self, batch: &Batch<'_>, path: &Path, rows: &Rows, truth: &Truth) -> Result<(), EvaluateError> {
        let (weights, probabilities) = (batch.number("match_weight")?, batch.probability("match_probability")?);
        let matches = batch.flag("is_match")?;
        let left = self::rows(batch, path, rows, "id_l", "table_l")?;
        let right = self::rows(batch, path, rows, "id_r", "table_r")?;
        self.counts.in_file += batch.rows() as u64;
        for (at, (l, r)) in left.into_iter().zip(right).enumerate() {
            if !truth.scores(l, r) {
                continue;
            }
            let is_true = truth.holds(l, r);
            self.counts.scored += 1;
            self.counts.true_scored += u64::from(is_true);
            self.matches += u64::from(matches.value(at));
            self.true_matches += u64::from(matches.value(at) && is_true);
            let part = truth.half(l, r).map_or(2, usize::from);
            self.probability[part].push(probabilities.value(at), is_true);
            self.weight.push(weights.value(at), is_true);
            if is_true {
                self.found.push((l.min(r), l.max(r)));
            }
        }
        Ok(())
    }

    fn append(&mut self, mut later: Self) {
        self.counts.in_file += later.counts.in_file;
        self.counts.scored += later.counts.scored;
        self.counts.true_scored += later.counts.true_scored;
        self.matches += later.matches;
        self.true_matches += later.true_matches;
        for (part, later) in self.probability.iter_mut().zip(later.probability) {
            part.append(later);
        }
        self.weight.append(later.weight);
        self.found.append(&mut later.found);
    }
}

fn rows(batch: &Batch<'_>, path: &Path, rows: &Rows, id: &'static str, table: &'static str) -> Result<Vec<u32>, EvaluateError> {
    let tables = if rows.unique { None } else { Some(batch.text(table)?) };
    let tables: Option<Vec<_>> = tables.map(|names| names.iter().map(|name| rows.table_index(name?)).collect());
    let row = |(at, row): (usize, Option<u32>)| {
        row.ok_or_else(|| LinkEvaluateError::StrangePair { path: path.to_owned(), row: batch.row(at) }.into())
    };
    rows.find_all(tables.as_deref(), &batch.text(id)?).into_iter().enumerate().map(row).collect()
}
