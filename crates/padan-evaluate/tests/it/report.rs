//! Figures that were worked out by hand.

use std::fs;

use padan_evaluate::{LinkScores, Options, Report, RowCounts, Scores, evaluate, evaluate_batches};

use crate::support::{LABELS, RECORDS, labels, records, write};

fn report() -> Report {
    evaluate_batches(&[records(RECORDS)], &[labels(LABELS)], &Options::default()).expect("evaluated")
}

#[test]
fn a_source_is_judged_row_by_row() {
    let report = report();
    let pbi = report.sources.iter().find(|source| source.source == "pbi").expect("pbi");
    assert_eq!(pbi.rows, RowCounts { compared: 6, without_person: 0, only_in_records: 1, only_in_labels: 1 });
    assert_eq!(pbi.in_registry, 4);
    // Right: rows 1 and 6. Row 2 is c, and P2 stands for b. Row 3 was missed. Row 4 is nobody of the registry. Row 5 was left alone.
    let model = LinkScores {
        true_positive: 2,
        false_positive: 2,
        false_negative: 2,
        true_negative: 1,
        scores: Scores { precision: Some(0.5), recall: Some(0.5), f1: Some(0.5) },
    };
    assert_eq!(pbi.model, Some(model));
    // The rule finds rows 1 and 2 by NIK, is wrong about 4, and has no NIK for 6 and no exact one for 3.
    let legacy = LinkScores {
        true_positive: 2,
        false_positive: 1,
        false_negative: 2,
        true_negative: 1,
        scores: Scores { precision: Some(2.0 / 3.0), recall: Some(0.5), f1: Some(4.0 / 7.0) },
    };
    assert_eq!(pbi.legacy, Some(legacy));
    assert!((pbi.f1_difference.expect("both have one") - (0.5 - 4.0 / 7.0)).abs() < 1e-12);
}

#[test]
fn the_registry_and_family_rows_have_no_links_to_judge() {
    let report = report();
    for name in ["dtsen-anggota", "dtsen-keluarga"] {
        let source = report.sources.iter().find(|source| source.source == name).expect(name);
        assert_eq!((source.model, source.legacy, source.f1_difference), (None, None, None), "{name}");
    }
    assert_eq!(report.rows, RowCounts { compared: 10, without_person: 1, only_in_records: 1, only_in_labels: 1 });
}

#[test]
fn clusters_of_all_rows() {
    let report = report();
    // Predicted P1: a a a; P2: b c c; P4: d z; P9: d; P10: y.
    let pairs = report.persons.pairs;
    assert_eq!((pairs.both, pairs.predicted, pairs.truth), (4, 7, 5));
    assert_eq!((report.persons.predicted_clusters, report.persons.true_clusters), (5, 6));
    // The rule: {1a 1a}, {b}, {c c}, {d z}, and d, y and a alone.
    let pairs = report.persons_legacy.pairs;
    assert_eq!((pairs.both, pairs.predicted, pairs.truth), (2, 3, 5));
    let families = report.families.expect("both sides tell families");
    assert_eq!((families.rows, families.pairs.both, families.pairs.predicted), (5, 2, 2));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mut reversed = RECORDS.to_vec();
    reversed.reverse();
    let batches: Vec<_> = reversed.chunks(5).map(records).collect();
    assert_eq!(evaluate_batches(&batches, &[labels(LABELS)], &Options::default()).expect("evaluated"), report());
}

#[test]
fn survives_json() {
    let json = serde_json::to_string(&report()).expect("serializable");
    assert_eq!(serde_json::from_str::<Report>(&json).expect("readable"), report());
}

#[test]
fn reads_the_visible_run_and_labels_in_either_place() {
    let folder = tempfile::tempdir().expect("temp dir");
    let (out, truth) = (folder.path().join("out"), folder.path().join("data"));
    write(&out.join("runs/r1/tables/records/records-00000.parquet"), &records(&RECORDS[..6]));
    write(&out.join("runs/r1/tables/records/records-00001.parquet"), &records(&RECORDS[6..]));
    std::os::unix::fs::symlink("runs/r1", out.join("current")).expect("linked");
    write(&truth.join("truth/records.parquet"), &labels(LABELS));
    assert_eq!(evaluate(&out, &truth, &Options::default()).expect("evaluated"), report());
    fs::rename(truth.join("truth/records.parquet"), truth.join("records.parquet")).expect("moved");
    assert_eq!(evaluate(&out.join("runs/r1"), &truth, &Options::default()).expect("evaluated"), report());
}

#[test]
fn the_text_is_a_table_for_people() {
    let expected = "\
Compared: 10 rows with a person. Left out: 1 without a person, 1 that the labels lack, 1 that the run lacks.

                             rows  clusters  true  precision  recall      F1
persons, pairwise              10         5     6     0.5714  0.8000  0.6667
persons, B-cubed               10         5     6     0.7667  0.9000  0.8280
persons by legacy, pairwise    10         7     6     0.6667  0.4000  0.5000
persons by legacy, B-cubed     10         7     6     0.9000  0.7667  0.8280
families, pairwise              5         3     3     1.0000  1.0000  1.0000
families, B-cubed               5         3     3     1.0000  1.0000  1.0000

Row → person of the registry (dtsen-anggota). legacy: equal NIK and names alike by 0.60. left alone: rightly, of the rows outside the registry
source  rows  in registry  precision  recall      F1  legacy precision  recall      F1  difference  left alone
pbi        6            4     0.5000  0.5000  0.5000            0.6667  0.5000  0.5714     -0.0714      1 of 2

Rows on one side only
source  the labels lack  the run lacks
pbi                   1              1
";
    assert_eq!(report().render(), expected);
}
