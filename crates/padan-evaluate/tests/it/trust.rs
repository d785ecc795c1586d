//! Match probabilities against labels, in tables that are small enough to work out by hand.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use padan_evaluate::{Options, Report, RunTables, Trust, evaluate, evaluate_tables};

use crate::support::{LABELS, Label, RECORDS, records, write};

/// (source, row, source of the other row, method, match probability)
type Link = (&'static str, i64, Option<&'static str>, &'static str, Option<f64>);
/// (source, row, source of the other row, match probability)
type Offer = (&'static str, i64, &'static str, f64);

const REGISTRY: Option<&str> = Some("dtsen-anggota");

/// Rows 1, 2, 4 and 6 are linked with the registry, of which 1 and 6 rightly; 3 was joined to another list's row, 5 to nobody.
const LINKS: &[Link] = &[
    ("dtsen-anggota", 1, None, "alone", None),
    ("dtsen-anggota", 3, REGISTRY, "model", Some(0.97)),
    ("pbi", 1, REGISTRY, "identifier", Some(0.9)),
    ("pbi", 2, REGISTRY, "model", Some(0.6)),
    ("pbi", 3, Some("bdt"), "model", Some(0.99)),
    ("pbi", 4, REGISTRY, "identifier", Some(0.9)),
    ("pbi", 5, None, "alone", None),
    ("pbi", 6, REGISTRY, "model", Some(0.8)),
    ("pbi", 8, None, "alone", None),
];

/// The better of row 3's registry rows had 0.4. A pair of two lists says nothing of the registry.
const REVIEW: &[Offer] = &[
    ("pbi", 3, "dtsen-anggota", 0.4),
    ("pbi", 3, "dtsen-anggota", 0.3),
    ("pbi", 3, "bdt", 0.7),
    ("pbi", 2, "dtsen-anggota", 0.6),
    ("pbi", 5, "bdt", 0.5),
];

fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn links(rows: &[Link]) -> RecordBatch {
    let columns = [
        ("source", texts(rows.iter().map(|row| Some(row.0)))),
        ("row", Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1))) as ArrayRef),
        ("to_source", texts(rows.iter().map(|row| row.2))),
        ("method", texts(rows.iter().map(|row| Some(row.3)))),
        ("match_probability", Arc::new(rows.iter().map(|row| row.4).collect::<Float64Array>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true))).expect("a batch")
}

fn review(rows: &[Offer]) -> RecordBatch {
    let columns = [
        ("source_a", texts(rows.iter().map(|row| Some(row.0)))),
        ("row_a", Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1))) as ArrayRef),
        ("source_b", texts(rows.iter().map(|row| Some(row.2)))),
        ("match_probability", Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.3)))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true))).expect("a batch")
}

/// The labels with a name for person a whose hash is even: the others with links are in the other half.
fn labels() -> RecordBatch {
    let rename = |label: &Label| (label.0, label.1, label.2.map(|person| if person == "a" { "a1" } else { person }), label.3);
    crate::support::labels(&LABELS.iter().map(rename).collect::<Vec<_>>())
}

fn report(links: &[Link], review: &[Offer]) -> Report {
    let run = RunTables {
        records: vec![records(RECORDS)],
        links: Some(vec![self::links(links)]),
        review: vec![self::review(review)],
        ..RunTables::default()
    };
    evaluate_tables(&run, &[labels()], &Options::default()).expect("evaluated")
}

fn of_pbi(report: &Report) -> &Trust {
    let pbi = report.sources.iter().find(|source| source.source == "pbi").expect("pbi");
    pbi.trust.as_ref().expect("a run with links")
}

fn near(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() < 1e-12)
}

#[test]
fn a_promise_beside_the_truth() {
    let report = report(LINKS, REVIEW);
    let trust = of_pbi(&report);
    // Linked at 0.9, 0.6, 0.9 and 0.8; row 3 is in the registry with 0.4 at least; of row 5 nothing is known.
    assert!(near(trust.precision.estimated, 0.8) && near(trust.precision.measured, 0.5) && near(trust.precision.difference, 0.3));
    assert!(near(trust.recall.estimated, 3.2 / 3.6) && near(trust.recall.measured, 0.5));
    assert_eq!((trust.unknown, trust.without_probability), (1, 0));
    // Bins 9: 0 of 1 at 0.6; 12: 1 of 1 at 0.8; 13: 1 of 2 at 0.9.
    let all = &trust.calibration.all;
    assert_eq!((all.pairs, all.true_pairs, all.bins.len()), (4, 2, 15));
    assert!(near(all.ece, (0.6 + 0.2 + 0.8) / 4.0) && near(all.brier, (0.01 + 0.36 + 0.81 + 0.04) / 4.0));
    assert_eq!((all.bins[13].pairs, all.bins[13].observed, all.bins[9].observed), (2, Some(0.5), Some(0.0)));
    // There is one list with links, and the registry is none.
    assert_eq!(report.trust.as_ref(), Some(trust));
    assert!(report.sources.iter().all(|source| source.trust.is_some() == (source.source == "pbi")));
}

#[test]
fn a_person_is_whole_in_one_half() {
    let report = report(LINKS, REVIEW);
    let [first, second] = &of_pbi(&report).calibration.halves;
    // By their hashes a1 is in the first half, c and z are in the second: rows 1 and 6, and rows 2 and 4.
    assert_eq!(((first.pairs, first.true_pairs), (second.pairs, second.true_pairs)), ((2, 2), (2, 0)));
    assert!(near(first.ece, 0.15) && near(second.ece, 0.75));
}

#[test]
fn what_a_run_says_of_rows_that_stand_alone_is_taken_over_review() {
    let mut said = LINKS.to_vec();
    said[6].4 = Some(0.7);
    let report = report(&said, &[("pbi", 5, "dtsen-anggota", 0.25)]);
    let trust = of_pbi(&report);
    assert!(near(trust.recall.estimated, 3.2 / 3.5), "row 5 alone with 0.7 is in the registry with 0.3");
    assert_eq!(trust.unknown, 1, "row 3, which review does not hold here");
}

#[test]
fn a_link_without_a_probability_promises_nothing() {
    let mut unsaid = LINKS.to_vec();
    unsaid[3].4 = None;
    unsaid.retain(|link| link.1 != 6);
    let report = report(&unsaid, REVIEW);
    let trust = of_pbi(&report);
    assert!(near(trust.precision.estimated, 0.9) && near(trust.precision.measured, 0.5));
    assert_eq!((trust.without_probability, trust.calibration.all.pairs), (2, 2));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let (mut links, mut review) = (LINKS.to_vec(), REVIEW.to_vec());
    links.reverse();
    review.reverse();
    assert_eq!(report(&links, &review), report(LINKS, REVIEW));
}

#[test]
fn survives_json() {
    let report = report(LINKS, REVIEW);
    let json = serde_json::to_string(&report).expect("serializable");
    let reread: Report = serde_json::from_str(&json).expect("readable");
    // The edges of bins come back but for their last digit.
    assert_eq!(reread.render(), report.render());
    assert_eq!(of_pbi(&reread).calibration.all.bins[13].pairs, 2);
}

#[test]
fn is_read_beside_the_records() {
    let folder = tempfile::tempdir().expect("temp dir");
    let (out, truth) = (folder.path().join("out"), folder.path().join("data"));
    write(&out.join("tables/records/records-00000.parquet"), &records(RECORDS));
    write(&out.join("tables/links/links-00000.parquet"), &links(&LINKS[..4]));
    write(&out.join("tables/links/links-00001.parquet"), &links(&LINKS[4..]));
    write(&truth.join("records.parquet"), &labels());
    assert_eq!(evaluate(&out, &truth, &Options::default()).expect("evaluated"), report(LINKS, &[]), "without a review table");
    write(&out.join("tables/review/review-00000.parquet"), &review(REVIEW));
    assert_eq!(evaluate(&out, &truth, &Options::default()).expect("evaluated"), report(LINKS, REVIEW));
}

#[test]
fn a_probability_is_0_to_1() {
    for wrong in [1.01, -0.1, f64::NAN] {
        let mut rows = LINKS.to_vec();
        rows[2].4 = Some(wrong);
        let run = RunTables { records: vec![records(RECORDS)], links: Some(vec![links(&rows)]), ..RunTables::default() };
        let error = evaluate_tables(&run, &[labels()], &Options::default()).expect_err("a mistake");
        assert_eq!(error.to_string(), "match_probability of row 1 of pbi in the links table is no probability, 0 to 1");
    }
}

#[test]
fn the_table_stands_after_the_others() {
    let expected = "\
Match probabilities: the precision and recall that they promise without labels; ECE over 15 bins, all and in halves by person
source     precision  estimated  recall  estimated  blocking     ECE  half 1  half 2
pbi           0.5000     0.8000  0.5000     0.8889         –  0.4000  0.1500  0.7500
all lists     0.5000     0.8000  0.5000     0.8889         –  0.4000  0.1500  0.7500
Unlinked rows of which the run does not say how likely the registry holds them: 1. They count as 0, so estimated recall is rather too high.
";
    let text = report(LINKS, REVIEW).render();
    assert!(text.ends_with(&format!("\n\n{expected}")), "{text}");
}
