//! What resolving needs of every row, and where each source's rows stand in the row of all rows.

use std::collections::HashMap;

use anyhow::Context as _;
use arrow::array::{Array as _, AsArray as _, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use padan_model::{Role, column};
use padan_resolve::ListedRow;
use rayon::prelude::*;

use super::StandardSource;

/// Rows of all sources in order.
pub(crate) struct ListedRows {
    /// Where each source starts; one more entry than sources.
    starts: Vec<usize>,
    /// What resolving needs of each row.
    pub(crate) rows: Vec<ListedRow>,
}

impl ListedRows {
    /// The rows of one source.
    pub(crate) fn range(&self, source: usize) -> std::ops::Range<usize> {
        self.starts[source]..self.starts[source + 1]
    }

    /// The source of a row.
    pub(crate) fn source(&self, row: u32) -> usize {
        self.starts.partition_point(|start| *start <= row as usize) - 1
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a StringArray> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_string_opt::<i32>())
        .with_context(|| format!("a standard record has no text column `{name}`"))
}

/// The source's own family of a row: the key of its household, else its No KK.
fn family_of<'a>(role: Role, id_keluarga: Option<&'a str>, no_kk: Option<&'a str>) -> Option<&'a str> {
    if role == Role::Registry { no_kk.or(id_keluarga) } else { id_keluarga.or(no_kk) }
}

/// Families of a source by their keys.
#[derive(Default)]
struct Families {
    count: u32,
    /// Most keys are a card's number: digits of a length, and what they are.
    numbers: HashMap<(usize, u64), u32>,
    others: HashMap<String, u32>,
}

impl Families {
    /// The family of a key; a key that was not there yet is the next one.
    fn of(&mut self, key: &str) -> u32 {
        let number =
            Some(key).filter(|key| key.len() < 20 && key.bytes().all(|byte| byte.is_ascii_digit())).and_then(|key| key.parse().ok());
        let next = self.count;
        let family = match number {
            Some(number) => *self.numbers.entry((key.len(), number)).or_insert(next),
            None => match self.others.get(key) {
                Some(family) => *family,
                None => *self.others.entry(key.to_owned()).or_insert(next),
            },
        };
        self.count += u32::from(family == next);
        family
    }
}

/// Rows, No KK and own family of every source.
pub(crate) fn listed(sources: &[StandardSource]) -> anyhow::Result<ListedRows> {
    let of_sources: Vec<Vec<ListedRow>> = sources.par_iter().map(listed_rows).collect::<anyhow::Result<_>>()?;
    let mut starts = vec![0];
    let mut rows = Vec::with_capacity(of_sources.iter().map(Vec::len).sum());
    for of_source in of_sources {
        rows.extend(of_source);
        starts.push(rows.len());
    }
    Ok(ListedRows { starts, rows })
}

fn listed_rows(source: &StandardSource) -> anyhow::Result<Vec<ListedRow>> {
    let mut groups = Families::default();
    let mut rows = Vec::with_capacity(source.staged.rows());
    for batch in source.staged.batches(Some(&[column::ROW, column::ID_KELUARGA, column::NO_KK]))? {
        let batch = batch?;
        let row = batch
            .column_by_name(column::ROW)
            .and_then(|array| array.as_primitive_opt::<Int64Type>())
            .context("a standard record has no row")?;
        let (id_keluarga, no_kk) = (text(&batch, column::ID_KELUARGA)?, text(&batch, column::NO_KK)?);
        for at in 0..batch.num_rows() {
            let value = |array: &'_ StringArray| array.is_valid(at).then_some(at);
            let (id_keluarga, no_kk) = (value(id_keluarga).map(|at| id_keluarga.value(at)), value(no_kk).map(|at| no_kk.value(at)));
            let group = family_of(source.profile.role, id_keluarga, no_kk).map_or(u32::MAX, |family| groups.of(family));
            let number = u32::try_from(row.value(at)).context("a source has more rows than can be counted")?;
            rows.push(ListedRow { row: number, no_kk: no_kk.and_then(|text| text.parse().ok()).unwrap_or(0), group });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_family_and_another_key_another() {
        let mut families = Families::default();
        let keys = ["3201010503900001", "K-7", "3201010503900001", "7", "07", "K-7", "", "99999999999999999999"];
        assert_eq!(keys.map(|key| families.of(key)), [0, 1, 0, 2, 3, 1, 4, 5]);
    }
}
