//! Tables of records and of labels, and the folders that hold them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

/// (source, row, person, family, NIK, its status, name)
pub(crate) type Record =
    (&'static str, i64, Option<&'static str>, Option<&'static str>, Option<&'static str>, &'static str, Option<&'static str>);
/// (source, row, person, family)
pub(crate) type Label = (&'static str, i64, Option<&'static str>, Option<&'static str>);

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

pub(crate) fn records(rows: &[Record]) -> RecordBatch {
    let columns = [
        ("source", texts(rows.iter().map(|row| Some(row.0)))),
        ("row", Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1))) as ArrayRef),
        ("person_id", texts(rows.iter().map(|row| row.2))),
        ("family_id", texts(rows.iter().map(|row| row.3))),
        ("nik", texts(rows.iter().map(|row| row.4))),
        ("nik_status", texts(rows.iter().map(|row| Some(row.5)))),
        ("nama", texts(rows.iter().map(|row| row.6))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true))).expect("a batch")
}

pub(crate) fn labels(rows: &[Label]) -> RecordBatch {
    let columns = [
        ("source", texts(rows.iter().map(|row| Some(row.0)))),
        ("row", Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1))) as ArrayRef),
        ("person_id", texts(rows.iter().map(|row| row.2))),
        ("family_id", texts(rows.iter().map(|row| row.3))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true))).expect("a batch")
}

/// Writes one Parquet file, its folder included.
pub(crate) fn write(path: &Path, batch: &RecordBatch) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    let mut writer = ArrowWriter::try_new(fs::File::create(path).expect("created"), batch.schema(), None).expect("a writer");
    writer.write(batch).expect("written");
    writer.close().expect("closed");
}

/// Four registry rows, of which P2 mixes b and c; six rows of PBI that both sides hold; one family row.
pub(crate) const RECORDS: &[Record] = &[
    ("dtsen-anggota", 1, Some("P1"), Some("F1"), Some("3201014503900001"), "valid", Some("Siti Nurhayati")),
    ("dtsen-anggota", 2, Some("P2"), Some("F2"), Some("3201010503900002"), "valid", Some("BUDI")),
    ("dtsen-anggota", 3, Some("P2"), Some("F2"), Some("3201010503900003"), "shared", Some("BUDIMAN")),
    ("dtsen-anggota", 4, Some("P4"), Some("F4"), Some("3201010503900004"), "valid", Some("JOKO")),
    ("dtsen-keluarga", 1, None, Some("F1"), None, "blank", None),
    ("pbi", 1, Some("P1"), None, Some("3201014503900001"), "valid", Some("ST NURHAYATI")),
    ("pbi", 2, Some("P2"), None, Some("3201010503900003"), "valid", Some("BUDIMAN")),
    ("pbi", 3, Some("P9"), None, Some("3201010503900004"), "precision_lost", Some("JOKO")),
    ("pbi", 4, Some("P4"), None, Some("3201010503900004"), "valid", Some("JOKO")),
    ("pbi", 5, Some("P10"), None, None, "blank", Some("WAYAN")),
    ("pbi", 6, Some("P1"), None, None, "blank", Some("SITI")),
    ("pbi", 8, Some("P8"), None, None, "blank", Some("MADE")),
];

/// PBI's rows 4 and 5 are people outside the registry; row 7 was quarantined.
pub(crate) const LABELS: &[Label] = &[
    ("pbi", 1, Some("a"), None),
    ("pbi", 2, Some("c"), None),
    ("pbi", 3, Some("d"), None),
    ("pbi", 4, Some("z"), None),
    ("pbi", 5, Some("y"), None),
    ("pbi", 6, Some("a"), None),
    ("pbi", 7, Some("a"), None),
    ("dtsen-anggota", 1, Some("a"), Some("1")),
    ("dtsen-anggota", 2, Some("b"), Some("2")),
    ("dtsen-anggota", 3, Some("c"), Some("2")),
    ("dtsen-anggota", 4, Some("d"), Some("3")),
    ("dtsen-keluarga", 1, Some("a"), Some("1")),
];
