//! What a user may get wrong, and what is said then.

use std::fs;

use arrow::array::RecordBatch;
use padan_evaluate::{Options, evaluate, evaluate_batches};

use crate::support::{LABELS, Label, RECORDS, labels, records, write};

fn error(records: &RecordBatch, labels: &RecordBatch, registry: &str) -> String {
    let options = Options { registry: registry.to_owned() };
    evaluate_batches(std::slice::from_ref(records), std::slice::from_ref(labels), &options).expect_err("a mistake").to_string()
}

#[test]
fn every_mistake_has_its_message() {
    let (good, truth) = (records(RECORDS), labels(LABELS));
    let keep = |batch: &RecordBatch, columns: &[usize]| batch.project(columns).expect("projected");
    let twice: Vec<Label> = LABELS.iter().chain(&LABELS[..1]).copied().collect();
    let foreign: Vec<Label> = vec![("bdt", 1, Some("a"), None)];
    let cases = [
        (
            error(&keep(&good, &[0, 1, 3, 4, 5, 6]), &truth, "dtsen-anggota"),
            "no column \"person_id\" in the records table\nhint: there are: source, row, family_id, nik, nik_status, nama",
        ),
        (error(&good, &keep(&truth, &[0, 2]), "dtsen-anggota"), "no column \"row\" in the labels\nhint: there are: source, person_id"),
        (error(&good, &labels(&twice), "dtsen-anggota"), "row 1 of pbi stands twice in the labels"),
        (
            error(&good, &labels(&foreign), "dtsen-anggota"),
            "no row stands in both the run and the labels\nhint: the run must have read the extracts that the labels belong to",
        ),
        (
            error(&good, &truth, "dtks"),
            "no row of the registry \"dtks\" stands in both the run and the labels\nhint: there are: dtsen-anggota, dtsen-keluarga, pbi",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

#[test]
fn missing_folders_say_what_to_do() {
    let folder = tempfile::tempdir().expect("temp dir");
    let (out, truth) = (folder.path().join("out"), folder.path().join("data"));
    write(&truth.join("records.parquet"), &labels(LABELS));
    let error = evaluate(&out, &truth, &Options::default()).expect_err("no run").to_string();
    assert!(error.contains("hint: make one with `padan run PIPELINE --input DIR --output "), "{error}");
    write(&out.join("current/tables/records/records-00000.parquet"), &records(RECORDS));
    fs::remove_file(truth.join("records.parquet")).expect("removed");
    let error = evaluate(&out, &truth, &Options::default()).expect_err("no labels").to_string();
    assert!(error.ends_with("hint: --truth names the folder that `padan synth` wrote"), "{error}");
    fs::write(truth.join("records.parquet"), b"no Parquet").expect("written");
    let error = evaluate(&out, &truth, &Options::default()).expect_err("broken labels").to_string();
    assert!(error.starts_with(&format!("cannot read {}", truth.join("records.parquet").display())), "{error}");
}
