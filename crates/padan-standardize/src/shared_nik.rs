//! One valid NIK on people with different names within a source: `shared`.
//!
//! The head's NIK typed for the whole family links nobody; the same person listed twice keeps a `valid` one. The trap: a typing error in a name
//! must not make a person share a NIK with himself, so names are different only where no token of theirs is alike.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use padan_model::{NikStatus, column};

/// Sets `nik_status` to `shared` on every row of a NIK that people with different names bear.
pub fn mark_shared_nik(batches: &mut [RecordBatch]) {
    let mut holders: Vec<(u64, usize, usize)> = Vec::new();
    for (at, batch) in batches.iter().enumerate() {
        let (Some(niks), Some(statuses)) = (texts(batch, column::NIK), texts(batch, column::NIK_STATUS)) else { continue };
        for row in 0..batch.num_rows() {
            if statuses.is_valid(row)
                && statuses.value(row) == NikStatus::Valid.as_str()
                && niks.is_valid(row)
                && let Ok(nik) = niks.value(row).parse()
            {
                holders.push((nik, at, row));
            }
        }
    }
    holders.sort_unstable();
    let mut shared: Vec<Vec<usize>> = vec![Vec::new(); batches.len()];
    for group in holders.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
        let names: Vec<&str> = group.iter().filter_map(|(_, at, row)| name(&batches[*at], *row)).collect();
        if are_different(&names) {
            for (_, at, row) in group {
                shared[*at].push(*row);
            }
        }
    }
    for (batch, rows) in batches.iter_mut().zip(shared) {
        if !rows.is_empty() {
            mark(batch, &rows);
        }
    }
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

fn name(batch: &RecordBatch, row: usize) -> Option<&str> {
    texts(batch, column::NAMA_STANDAR).filter(|names| names.is_valid(row)).map(|names| names.value(row))
}

fn mark(batch: &mut RecordBatch, rows: &[usize]) {
    let Some(statuses) = texts(batch, column::NIK_STATUS) else { return };
    let mut words: Vec<Option<&str>> = statuses.iter().collect();
    for row in rows {
        words[*row] = Some(NikStatus::Shared.as_str());
    }
    let marked: ArrayRef = Arc::new(StringArray::from(words));
    let schema = batch.schema();
    let columns = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, old)| if field.name() == column::NIK_STATUS { Arc::clone(&marked) } else { Arc::clone(old) });
    if let Ok(new) = RecordBatch::try_new(batch.schema(), columns.collect()) {
        *batch = new;
    }
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
