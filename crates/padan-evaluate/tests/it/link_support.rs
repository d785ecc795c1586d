//! Link results and truths as files, from rows that a test can be read by.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use padan_evaluate::{LinkMode, LinkSummary};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

/// (table, id)
pub(crate) type Name<'a> = (&'a str, &'a str);
/// (left, right, weight, probability, match)
pub(crate) type Pair<'a> = (Name<'a>, Name<'a>, f64, f64, bool);
/// (row, cluster, self probability)
pub(crate) type ClusterRow<'a> = (Name<'a>, i64, f64);

pub(crate) fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

pub(crate) fn numbers(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

pub(crate) fn integers(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

/// Writes a Parquet file of row groups of three rows.
pub(crate) fn write(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, values)| (name, values, true))).expect("a batch");
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(3)).build();
    let mut writer = ArrowWriter::try_new(File::create(path).expect("created"), batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
}

pub(crate) fn write_pairs(dir: &Path, pairs: &[Pair<'_>]) {
    let columns = vec![
        ("table_l", texts(pairs.iter().map(|pair| pair.0.0))),
        ("id_l", texts(pairs.iter().map(|pair| pair.0.1))),
        ("table_r", texts(pairs.iter().map(|pair| pair.1.0))),
        ("id_r", texts(pairs.iter().map(|pair| pair.1.1))),
        ("match_weight", numbers(pairs.iter().map(|pair| pair.2))),
        ("match_probability", numbers(pairs.iter().map(|pair| pair.3))),
        ("is_match", Arc::new(pairs.iter().map(|pair| Some(pair.4)).collect::<BooleanArray>()) as ArrayRef),
        ("gamma_name", integers(pairs.iter().map(|_| 2))),
    ];
    write(&dir.join("pairs.parquet"), columns);
}

pub(crate) fn write_clusters(dir: &Path, rows: &[ClusterRow<'_>]) {
    let columns = vec![
        ("table", texts(rows.iter().map(|row| row.0.0))),
        ("id", texts(rows.iter().map(|row| row.0.1))),
        ("cluster_id", integers(rows.iter().map(|row| row.1))),
        ("self_probability", numbers(rows.iter().map(|row| row.2))),
    ];
    write(&dir.join("clusters.parquet"), columns);
}

pub(crate) fn summary(mode: LinkMode) -> LinkSummary {
    let mode = mode.name();
    let json = format!(
        r#"{{"link_probability": 0.9, "candidate_pairs": 1234567, "seconds": 3.5, "mode": "{mode}",
            "estimated": {{"precision": 0.8, "recall": 0.55, "blocking_recall": null}}}}"#
    );
    serde_json::from_str(&json).expect("a summary")
}
