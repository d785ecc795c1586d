//! What a table must be, and what its files are.

use std::fs;
use std::sync::Arc;

use arrow::array::{
    Array, BooleanArray, Float64Array, Int8Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder, UInt32Array,
};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Field, Schema};
use padan_model::tables;
use padan_publish::{Batches, PublishError, Run, Snapshot, TableRows, read_table, table_names};
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

/// Rows of `coverage` in its order; one in a thousand is not judged, and has no region.
fn coverage(rows: usize) -> RecordBatch {
    let schema = tables::coverage().schema;
    let judged = |row: usize| !row.is_multiple_of(1_000);
    let columns = schema.fields().iter().map(|field| -> Arc<dyn Array> {
        match field.name().as_str() {
            "unit_id" => Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("P{row:09}")))),
            "entitled" => Arc::new((0..rows).map(|row| judged(row).then_some(row % 3 == 0)).collect::<BooleanArray>()),
            "receiving" => Arc::new((0..rows).map(|row| Some(row % 5 == 0)).collect::<BooleanArray>()),
            "probability" => Arc::new((0..rows).map(|row| Some((row % 7) as f64 / 7.0)).collect::<Float64Array>()),
            "kode_wilayah" => Arc::new((0..rows).map(|row| judged(row).then(|| format!("32{:02}", row % 17))).collect::<StringArray>()),
            "desil" => Arc::new((0..rows).map(|row| (row > 40_000).then_some(3)).collect::<Int8Array>()),
            "reasons" => {
                let mut reasons = ListBuilder::new(StringBuilder::new());
                (0..rows).for_each(|row| reasons.append_value((0..row % 3).map(|reason| Some(format!("alasan_{reason}")))));
                Arc::new(reasons.finish())
            }
            name => Arc::new(StringArray::from_iter_values(std::iter::repeat_n(name, rows))),
        }
    });
    RecordBatch::try_new(schema.clone(), columns.collect()).expect("as in the contract")
}

#[test]
fn the_bytes_do_not_depend_on_the_streams() {
    const ROWS: usize = 150_000;
    let table = tables::coverage();
    let rows = coverage(ROWS);
    let write = |streams: Vec<Batches<'_>>| {
        let out = tempfile::tempdir().expect("temp dir");
        let mut run = Run::begin(out.path(), "r1").expect("begun");
        let tables = vec![TableRows::of(tables::links(), vec![links(1, 3)]), TableRows { table: table.clone(), streams }];
        assert_eq!(run.write_tables(tables).expect("accepted"), ROWS as i64 + 3);
        assert!(run.write(&table, &[]).expect_err("written to its end").is_bug());
        run.finish(&manifest("r1")).expect("published");
        let snapshot = Snapshot::open(out.path()).expect("a run");
        snapshot.manifest().table("coverage").expect("published").files.clone()
    };
    let one = write(vec![Box::new(std::iter::once(Ok(rows.clone())))]);
    for streams in [1, 3, 7] {
        // Row by row in turn, and nulls fall into some streams only.
        let stream = |first: usize| -> Batches<'static> {
            let indices = UInt32Array::from_iter_values((first..ROWS).step_by(streams).map(|row| row as u32));
            let own = take_record_batch(&rows, &indices).expect("rows of it");
            let cut = move |start: usize| Ok(own.slice(start, 999.min(own.num_rows() - start)));
            Box::new((0..indices.len()).step_by(999).map(cut).collect::<Vec<_>>().into_iter())
        };
        assert_eq!(write((0..streams).map(stream).collect()), one, "{streams} streams");
    }
}

#[test]
fn a_stream_that_fails_or_is_out_of_order_stops_the_run() {
    let out = tempfile::tempdir().expect("temp dir");
    let mut run = Run::begin(out.path(), "r1").expect("begun");
    let streams: Vec<Batches<'_>> =
        vec![Box::new([links(1, 2), links(5, 2)].into_iter().map(Ok)), Box::new([links(3, 1), links(2, 1)].into_iter().map(Ok))];
    let error = run.write_tables(vec![TableRows { table: tables::links(), streams }]).expect_err("3, then 2");
    assert!(error.is_bug() && error.to_string().contains("it must be sorted by source, row"), "{error}");
    let failing = || -> Batches<'static> { Box::new(std::iter::once(Err("the disk is gone".into()))) };
    for streams in [vec![failing()], vec![failing(), failing()]] {
        let error = run.write_tables(vec![TableRows { table: tables::review(), streams }]).expect_err("no rows");
        assert_eq!(error.to_string(), "cannot read the rows of table \"review\" back: the disk is gone");
        fs::remove_dir_all(out.path().join("runs/.r1.partial/tables/review")).expect("begun");
    }
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
