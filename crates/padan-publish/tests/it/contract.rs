//! What a table must be, and what its files are.

use std::fs;
use std::sync::Arc;

use arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use padan_model::tables;
use padan_publish::{PublishError, Run, Snapshot, read_table, table_names};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::RowGroupMetaData;

use crate::support::{links, manifest, one_row, publish};

#[test]
fn every_table_of_the_contract_comes_back_as_it_went_in() {
    let out = tempfile::tempdir().expect("temp dir");
    let mut run = Run::begin(out.path(), "r1").expect("begun");
    for table in tables::all() {
        assert_eq!(run.write(&table, &[one_row(&table)]).expect("accepted"), 1);
    }
    run.finish(&manifest("r1")).expect("published");
    let snapshot = Snapshot::open(out.path()).expect("a run");
    for table in tables::all() {
        let batches = snapshot.read(table.name, None).expect("readable");
        assert_eq!(batches, [one_row(&table)], "{}", table.name);
        assert_eq!(batches[0].schema(), table.schema, "{}", table.name);
    }
    let names = table_names(out.path()).expect("a run");
    assert_eq!(names.len(), tables::all().len());
    assert!(names.is_sorted());
}

#[test]
fn a_table_without_rows_has_a_file_and_a_schema() {
    let out = tempfile::tempdir().expect("temp dir");
    let mut run = Run::begin(out.path(), "r1").expect("begun");
    run.write(&tables::review(), &[]).expect("accepted");
    run.finish(&manifest("r1")).expect("published");
    assert!(out.path().join("tables/review/review-00000.parquet").is_file());
    let batches = read_table(out.path(), "review", Some(&["row_b", "source_a"])).expect("readable");
    assert_eq!(batches.len(), 1);
    let names: Vec<_> = batches[0].schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["row_b", "source_a"], "columns in the order asked for");
}

#[test]
fn the_bytes_do_not_depend_on_how_rows_were_cut_into_batches() {
    const ROWS: i64 = 50_000;
    let mut hashes = Vec::new();
    for step in [ROWS, 16_384, 7_001] {
        let out = tempfile::tempdir().expect("temp dir");
        let mut run = Run::begin(out.path(), "r1").expect("begun");
        for first in (1..=ROWS).step_by(step as usize) {
            run.write(&tables::links(), &[links(first, step.min(ROWS + 1 - first))]).expect("accepted");
        }
        run.finish(&manifest("r1")).expect("published");
        let snapshot = Snapshot::open(out.path()).expect("a run");
        let entry = snapshot.manifest().table("links").expect("published").clone();
        assert_eq!(entry.rows, ROWS);
        hashes.push(entry.files);
    }
    assert_eq!(hashes[0], hashes[1]);
    assert_eq!(hashes[0], hashes[2]);
}

#[test]
fn files_say_their_order_tier_and_writer() {
    let out = tempfile::tempdir().expect("temp dir");
    let run = publish(out.path(), "r1", 200_000).expect("published");
    let file = fs::File::open(run.join("tables/links/links-00000.parquet")).expect("there");
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let metadata = builder.metadata();
    let groups: Vec<i64> = metadata.row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(groups, [131_072, 68_928]);
    let sorting = metadata.row_group(0).sorting_columns().expect("sorted");
    let sorting: Vec<_> = sorting.iter().map(|column| (column.column_idx, column.descending, column.nulls_first)).collect();
    assert_eq!(sorting, [(0, false, true), (1, false, true)]);
    assert!(metadata.row_group(1).column(1).statistics().is_some_and(|statistics| statistics.min_bytes_opt().is_some()));
    assert!(metadata.row_group(1).column(1).column_index_offset().is_some(), "page statistics");
    assert!(metadata.file_metadata().created_by().is_some_and(|writer| writer.starts_with("padan version ")));
    let pairs = metadata.file_metadata().key_value_metadata().expect("metadata");
    assert!(pairs.iter().any(|pair| pair.key == "padan.tier" && pair.value.as_deref() == Some("analyst")));
    assert!(!pairs.iter().any(|pair| pair.key == "ARROW:schema"));
}

#[test]
fn what_breaks_the_contract_is_called_a_bug() {
    let good = links(1, 3);
    let replace = |column: usize, field: Field, values: Arc<dyn Array>| {
        let (mut fields, mut columns) = (good.schema().fields().to_vec(), good.columns().to_vec());
        fields[column] = Arc::new(field);
        columns[column] = values;
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("a batch")
    };
    let rows = Int64Array::from(vec![1, 2, 3]);
    let cases = [
        ("a column less", good.project(&[0, 1]).expect("projected"), "2 columns where the contract has 10"),
        (
            "another name",
            replace(1, Field::new("baris", DataType::Int64, false), Arc::new(rows)),
            "column \"baris\" where the contract has \"row\"",
        ),
        (
            "another type",
            replace(1, Field::new("row", DataType::Utf8, false), Arc::new(StringArray::from(vec!["1", "2", "3"]))),
            "column \"row\" is Utf8 where the contract has Int64",
        ),
        (
            "a null in a key",
            replace(1, Field::new("row", DataType::Int64, true), Arc::new(Int64Array::from(vec![None, Some(2), Some(3)]))),
            "column \"row\" holds 1 nulls and must hold none",
        ),
        (
            "out of order",
            replace(1, Field::new("row", DataType::Int64, false), Arc::new(Int64Array::from(vec![1, 3, 2]))),
            "row 2 (from 0) comes after a greater one; it must be sorted by source, row",
        ),
    ];
    for (words, batch, problem) in cases {
        let out = tempfile::tempdir().expect("temp dir");
        let mut run = Run::begin(out.path(), "r1").expect("begun");
        let error = run.write(&tables::links(), &[batch]).expect_err(words);
        assert!(error.is_bug(), "{words}");
        assert_eq!(error.to_string(), format!("bug in padan: table \"links\": {problem}"), "{words}");
    }
}

#[test]
fn rows_out_of_order_between_two_writes_are_found() {
    let out = tempfile::tempdir().expect("temp dir");
    let mut run = Run::begin(out.path(), "r1").expect("begun");
    run.write(&tables::links(), &[links(10, 5)]).expect("accepted");
    let error = run.write(&tables::links(), &[links(14, 2), links(3, 2)]).expect_err("14, then 15, then 3");
    assert_eq!(
        error.to_string(),
        "bug in padan: table \"links\": row 7 (from 0) comes after a greater one; it must be sorted by source, row"
    );
}

#[test]
fn wrong_names_are_answered_with_the_nearest() {
    let out = tempfile::tempdir().expect("temp dir");
    let missing = read_table(out.path(), "links", None).expect_err("no run yet");
    assert!(matches!(missing, PublishError::NoRun { .. }) && missing.to_string().contains("hint: make one with `padan run"));
    publish(out.path(), "r1", 3).expect("published");
    let error = read_table(out.path(), "link", None).expect_err("no such table");
    assert!(error.to_string().ends_with("hint: did you mean \"links\"?"), "{error}");
    let error = read_table(out.path(), "links", Some(&["row", "personid"])).expect_err("no such column");
    assert!(error.to_string().ends_with("hint: did you mean \"person_id\"?"), "{error}");
    assert!(!error.is_bug());
}
