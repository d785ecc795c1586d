//! One valid NIK on people with different names within a source: `shared`.
//!
//! The head's NIK typed for the whole family links nobody; the same person listed twice keeps a `valid` one. The trap: a typing error in a name
//! must not make a person share a NIK with himself, so names are different only where no token of theirs is alike.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use padan_model::{NikStatus, column};

/// The rows of a source by their NIK, gathered batch by batch: sixteen bytes a row with a valid one.
#[derive(Debug, Default)]
pub struct NikHolders {
    holders: Vec<(u64, u32)>,
    rows: u32,
}

impl NikHolders {
    /// Takes the next rows of standard records.
    pub fn add(&mut self, batch: &RecordBatch) {
        let first = self.rows;
        self.rows += batch.num_rows() as u32;
        let (Some(niks), Some(statuses)) = (texts(batch, column::NIK), texts(batch, column::NIK_STATUS)) else { return };
        for row in 0..batch.num_rows() {
            if statuses.is_valid(row)
                && statuses.value(row) == NikStatus::Valid.as_str()
                && niks.is_valid(row)
                && let Ok(nik) = niks.value(row).parse()
            {
                self.holders.push((nik, first + row as u32));
            }
        }
    }

    /// Keeps the rows whose NIK another row bears too.
    pub fn repeated(mut self) -> RepeatedNiks {
        self.holders.sort_unstable();
        let groups: Vec<Vec<u32>> = self
            .holders
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|group| group.len() > 1)
            .map(|group| group.iter().map(|(_, row)| *row).collect())
            .collect();
        RepeatedNiks { groups }
    }
}

/// Rows that bear a NIK together. Whether it is one person's, their names tell.
#[derive(Debug)]
pub struct RepeatedNiks {
    groups: Vec<Vec<u32>>,
}

impl RepeatedNiks {
    /// The rows, counted from 0 over the source, in order.
    pub fn rows(&self) -> Vec<u32> {
        let mut rows = self.groups.concat();
        rows.sort_unstable();
        rows
    }

    /// The rows, in order, of every NIK that people with different names bear. `names` are the standard names of [`rows`](Self::rows).
    pub fn shared(&self, names: &[Option<String>]) -> Vec<u32> {
        let rows = self.rows();
        let name = |row: &u32| names.get(rows.binary_search(row).ok()?)?.as_deref();
        let different = |group: &&Vec<u32>| are_different(&group.iter().filter_map(name).collect::<Vec<_>>());
        let mut shared: Vec<u32> = self.groups.iter().filter(different).flatten().copied().collect();
        shared.sort_unstable();
        shared
    }
}

/// The batch with `nik_status` set to `shared` in the rows, counted from 0 over the batch.
pub fn mark_shared_nik(batch: &RecordBatch, rows: impl Iterator<Item = usize>) -> RecordBatch {
    let Some(statuses) = texts(batch, column::NIK_STATUS) else { return batch.clone() };
    let mut words: Vec<Option<&str>> = statuses.iter().collect();
    for row in rows {
        words[row] = Some(NikStatus::Shared.as_str());
    }
    let marked: ArrayRef = Arc::new(StringArray::from(words));
    let schema = batch.schema();
    let columns = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, old)| if field.name() == column::NIK_STATUS { Arc::clone(&marked) } else { Arc::clone(old) });
    RecordBatch::try_new(batch.schema(), columns.collect()).unwrap_or_else(|_| batch.clone())
}

/// Names compared each with each up to this many bearers; beyond, each with the first.
const ALL_PAIRS: usize = 16;

fn are_different(names: &[&str]) -> bool {
    let firsts = if names.len() <= ALL_PAIRS { names.len() } else { 1 };
    (0..firsts.min(names.len())).any(|at| names[at + 1..].iter().any(|other| !is_alike(names[at], other)))
}

/// Whether two standard names may be one person's: the shorter name's tokens are mostly found in the longer, as written, as heard or as an initial.
///
/// ```text
/// "SITI AMINAH" ~ "AMINAH", "MUHAMMAD ALI" ~ "M ALI", "SUMIATI" ~ "SUMIYATI", "SUTRISNO" ~ "SUTRISNA"
/// "SITI AMINAH" ≁ "SITI ROHMAH" , "BUDI SANTOSO" ≁ "ANI"
/// ```
pub fn is_alike(a: &str, b: &str) -> bool {
    if a == b || strsim::jaro_winkler(a, b) >= 0.93 {
        return true;
    }
    let (short, long) = if a.split(' ').count() <= b.split(' ').count() { (a, b) } else { (b, a) };
    let long: Vec<&str> = long.split(' ').collect();
    let mut used = vec![false; long.len()];
    let (mut letters, mut alike) = (0, 0);
    for token in short.split(' ') {
        letters += token.len();
        if let Some(at) = long.iter().enumerate().position(|(at, other)| !used[at] && tokens_alike(token, other)) {
            used[at] = true;
            alike += token.len();
        }
    }
    alike * 5 >= letters * 4
}

fn tokens_alike(a: &str, b: &str) -> bool {
    a == b
        || (a.len().min(b.len()) == 1 && a.as_bytes().first() == b.as_bytes().first())
        || crate::name::key::token_key(a) == crate::name::key::token_key(b)
        || (a.len().min(b.len()) >= 4 && strsim::jaro_winkler(a, b) >= 0.9)
}

fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a StringArray> {
    batch.column_by_name(name)?.as_any().downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_person_and_of_two() {
        for (a, b) in [
            ("SITI AMINAH", "AMINAH"),
            ("MUHAMMAD ALI", "M ALI"),
            ("SUMIATI", "SUMIYATI"),
            ("SUTRISNO", "SUTRISNA"),
            ("BUDI SANTOSO", "SANTOSO BUDI"),
            ("NURHAYATI", "NURHAYTI"),
        ] {
            assert!(is_alike(a, b), "{a} ~ {b}");
        }
        for (a, b) in [("SITI AMINAH", "SITI ROHMAH"), ("BUDI SANTOSO", "ANI"), ("SUTRISNO", "SULASTRI")] {
            assert!(!is_alike(a, b), "{a} ≁ {b}");
        }
    }
}
