//! A small link result whose figures were worked out by hand, in all shapes of truth.

use std::path::Path;

use padan_evaluate::{LinkEvaluation, LinkMode, LinkReport, PairRows, Scores, TruthCounts, TruthShape, evaluate_link};

use crate::link_support::{ClusterRow, Pair, integers, summary, texts, write, write_clusters, write_pairs};

/// Two tables; `x` and `y` are labelled by nobody and by a truth of pairs.
pub(crate) const ROWS: &[ClusterRow] = &[
    (("a", "1"), 10, 0.9999),
    (("a", "2"), 20, 0.97),
    (("a", "3"), 30, 0.999),
    (("a", "x"), 40, 0.4),
    (("b", "4"), 10, 0.9999),
    (("b", "5"), 20, 0.92),
    (("b", "6"), 20, 0.9999),
    (("b", "y"), 40, 0.85),
];

/// True: 1–4, 2–5, 3–6, and 1–3, 1–6, 3–4, 4–6 since 1 3 4 6 are one. 2–6 is wrong; 3–6 is missed by the threshold.
pub(crate) const PAIRS: &[Pair] = &[
    (("a", "1"), ("b", "4"), 12.0, 0.999, true),
    (("b", "5"), ("a", "2"), 8.0, 0.95, true),
    (("a", "2"), ("b", "6"), 7.0, 0.92, true),
    (("a", "3"), ("b", "6"), 2.0, 0.6, false),
    (("a", "1"), ("b", "6"), -3.0, 0.1, false),
    (("a", "x"), ("b", "y"), 9.0, 0.96, true),
    (("a", "2"), ("b", "4"), -4.0, 0.05, false),
];

pub(crate) fn clusters_truth(path: &Path) {
    let ids = ["6", "4", "3", "1", "2", "5", "9"];
    write(path, vec![("id", texts(ids)), ("cluster", integers([7, 7, 7, 7, 8, 8, 8]))]);
}

fn report(mode: LinkMode) -> LinkReport {
    let folder = tempfile::tempdir().expect("temp dir");
    write_pairs(folder.path(), PAIRS);
    write_clusters(folder.path(), ROWS);
    clusters_truth(&folder.path().join("truth.parquet"));
    let evaluation = LinkEvaluation::load(folder.path(), &folder.path().join("truth.parquet"), summary(mode)).expect("loaded");
    // Blocking let through what is in the file, and no more.
    let candidates: Vec<bool> = evaluation
        .true_pairs()
        .iter()
        .map(|(l, r)| {
            let name = |row: u32| (evaluation.table_of(row), evaluation.id_of(row));
            PAIRS.iter().any(|pair| (pair.0, pair.1) == (name(*l), name(*r)) || (pair.1, pair.0) == (name(*l), name(*r)))
        })
        .collect();
    evaluation.finish(Some(&candidates)).expect("evaluated")
}

#[test]
fn linking_counts_pairs_of_different_tables() {
    let report = report(LinkMode::Link);
    let truth = TruthCounts {
        shape: TruthShape::Clusters,
        true_pairs: 5,
        entities: 2,
        labelled_rows: 6,
        unlabelled_rows: 2,
        unknown_ids: 1,
        lines_left_out: 0,
        implied_pairs: 0,
    };
    assert_eq!(report.truth, truth);
    assert_eq!(report.pairs, PairRows { in_file: 7, scored: 6, true_scored: 4 });
    let scores = report.at_default;
    assert_eq!((scores.true_positive, scores.false_positive, scores.false_negative), (2, 1, 3));
    assert_eq!(scores.scores, Scores { precision: Some(2.0 / 3.0), recall: Some(0.4), f1: Some(0.5) });
    // Clusters: 1 4 | 2 5 6 | 3, of which 5–6 is within a table.
    let pairs = report.clusters.pairs;
    assert_eq!((report.clusters.clusters, pairs.true_positive, pairs.false_positive, pairs.false_negative), (3, 2, 1, 3));
    let b_cubed = report.clusters.b_cubed;
    assert!((b_cubed.precision.expect("rows") - (1.0 + 1.0 + 2.0 / 3.0 * 2.0 + 1.0 / 3.0 + 1.0) / 6.0).abs() < 1e-12);
    assert!((b_cubed.recall.expect("rows") - (0.5 + 0.5 + 1.0 + 1.0 + 0.25 + 0.25) / 6.0).abs() < 1e-12);
    // 0.999: 1 of 1, 0.95: 2 of 2, 0.92: 2 of 3, 0.6: 3 of 4, 0.1: 4 of 5, 0.05: 4 of 6.
    assert_eq!(report.by_probability.points.len(), 6);
    let area = (1.0 + 1.0 + 0.75 + 0.8) / 5.0;
    assert!((report.by_probability.average_precision.expect("true pairs") - area).abs() < 1e-12);
    let best = report.by_probability.best.expect("pairs");
    assert_eq!((best.threshold, best.scores.f1), (0.1, Some(0.8)));
    assert_eq!(report.by_weight.best.expect("pairs").threshold.to_bits(), (-3.0_f64).to_bits());
    assert_eq!((report.blocking.true_candidates, report.blocking.blocking_recall), (Some(4), Some(0.8)));
    assert_eq!(report.blocking.scoring_recall, Some(0.5));
    assert_eq!((report.unlinkable.at_default.rows, report.unlinkable.at_default.share), (2, Some(0.25)));
    let all = &report.calibration.all;
    let ece = (0.05 + (0.1 - 1.0_f64).abs() + (0.6 - 1.0_f64).abs() + (0.92 - 0.0_f64) + (0.95 + 0.999 - 2.0_f64).abs()) / 6.0;
    assert!((all.ece.expect("pairs") - ece).abs() < 1e-12, "bins 0, 1, 9, 13 and 14: {:?}", all.ece);
    let [first, second] = &report.calibration.halves;
    assert_eq!(first.true_pairs + second.true_pairs, 4, "no true pair is torn");
    assert!((report.estimates.recall.difference.expect("both") - 0.15).abs() < 1e-12);
    assert_eq!(report.estimates.blocking_recall.difference, None);
}

#[test]
fn deduplicating_counts_pairs_within_tables_too() {
    let report = report(LinkMode::LinkAndDedupe);
    assert_eq!((report.truth.true_pairs, report.at_default.false_negative), (7, 5));
    let pairs = report.clusters.pairs;
    assert_eq!((pairs.true_positive, pairs.false_positive, pairs.false_negative), (2, 2, 5));
}

#[test]
fn of_a_list_of_pairs_everything_unlisted_is_false() {
    let folder = tempfile::tempdir().expect("temp dir");
    write_pairs(folder.path(), PAIRS);
    write_clusters(folder.path(), ROWS);
    let truth = folder.path().join("pairs-truth.parquet");
    // 4–1 twice, 1–3 within a table, 2–2, and 9, which is no row; 3–4, 3–6 and 1–6 follow, of which one is listed.
    let (left, right) = (["4", "1", "1", "2", "9", "5", "6", "3"], ["1", "4", "3", "2", "1", "2", "3", "4"]);
    write(&truth, vec![("id_l", texts(left)), ("id_r", texts(right))]);
    let report = evaluate_link(folder.path(), &truth, summary(LinkMode::Link)).expect("evaluated");
    let counts = TruthCounts {
        shape: TruthShape::Pairs,
        true_pairs: 4,
        entities: 4,
        labelled_rows: 8,
        unlabelled_rows: 0,
        unknown_ids: 1,
        lines_left_out: 4,
        implied_pairs: 1,
    };
    assert_eq!(report.truth, counts);
    assert_eq!(report.pairs, PairRows { in_file: 7, scored: 7, true_scored: 3 });
    assert_eq!((report.at_default.true_positive, report.at_default.false_positive, report.at_default.false_negative), (2, 2, 2));
    assert_eq!((report.blocking.true_candidates, report.blocking.true_in_file), (None, 3));
    assert_eq!(report.clusters.pairs.true_positive, 2);
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let (straight, turned) = (tempfile::tempdir().expect("temp dir"), tempfile::tempdir().expect("temp dir"));
    write_pairs(straight.path(), PAIRS);
    write_clusters(straight.path(), ROWS);
    let pairs: Vec<Pair> = PAIRS.iter().rev().map(|pair| (pair.1, pair.0, pair.2, pair.3, pair.4)).collect();
    write_pairs(turned.path(), &pairs);
    // Tables stay in their order: the report names them so.
    let rows: Vec<ClusterRow> = ROWS[..4].iter().rev().chain(ROWS[4..].iter().rev()).copied().collect();
    write_clusters(turned.path(), &rows);
    let truth = straight.path().join("truth.parquet");
    clusters_truth(&truth);
    let report = |dir: &Path| evaluate_link(dir, &truth, summary(LinkMode::Link)).expect("evaluated");
    assert_eq!(report(straight.path()), report(turned.path()));
}

#[test]
fn the_report_is_json() {
    let json = serde_json::to_value(report(LinkMode::Link)).expect("serializable");
    assert_eq!(json["mode"], "link");
    assert_eq!(json["truth"]["shape"], "clusters");
    assert_eq!(json["at_default"]["false_negative"], 3);
    assert_eq!(json["calibration"]["halves"][1]["bins"].as_array().map(Vec::len), Some(15));
    assert_eq!(json["by_weight"]["points"][0]["threshold"], 12.0);
}

#[test]
fn the_text_is_a_report_for_people() {
    let expected = "\
Linked     8 rows of 2 tables, mode link
Pairs      1,234,567 candidates, 7 in the file
Truth      a list of clusters: 5 true pairs, 2 entities
Left out   2 rows without a label
Left out   1 pairs in the file that the truth says nothing of
Left out   1 ids of the truth that are no input row

                                 precision  recall      F1  right  wrong  missed
matches, from probability 0.9       0.6667  0.4000  0.5000      2      1       3
best F1, from probability 0.1       0.8000  0.8000  0.8000      4      1       1
best F1, from weight -3.00 bits     0.8000  0.8000  0.8000      4      1       1
pairs within 3 clusters             0.6667  0.4000  0.5000      2      1       3
B-cubed of the clusters             0.7778  0.5833  0.6667
Average precision: 0.7100 by probability, 0.7100 by weight.

Where true pairs were lost
                         pairs  of the true  of those before
true                         5       1.0000                –
let through by blocking      4       0.8000           0.8000
in the file of pairs         4       0.8000           1.0000
linked                       2       0.4000           0.5000
Recall is that of blocking, 0.8000, times that of scoring, 0.5000.

Unlinkable: rows that would not reach the threshold with a perfect copy of themselves
threshold     0.5     0.6     0.7     0.8     0.9    0.95    0.99   0.999  run: 0.9
rows            1       1       1       1       2       3       4       4         2
share      0.1250  0.1250  0.1250  0.1250  0.2500  0.3750  0.5000  0.5000    0.2500

Calibration: of the pairs in the file with such a probability, how many are true?
probability    pairs    mean    true  █ true, ┃ as the probability says
0.000 – 0.067      1  0.0500  0.0000  ··┃·····································
0.067 – 0.133      1  0.1000  1.0000  ████┃███████████████████████████████████
0.133 – 0.200      0       –       –
0.200 – 0.267      0       –       –
0.267 – 0.333      0       –       –
0.333 – 0.400      0       –       –
0.400 – 0.467      0       –       –
0.467 – 0.533      0       –       –
0.533 – 0.600      0       –       –
0.600 – 0.667      1  0.6000  1.0000  ████████████████████████┃███████████████
0.667 – 0.733      0       –       –
0.733 – 0.800      0       –       –
0.800 – 0.867      0       –       –
0.867 – 0.933      1  0.9200  0.0000  ····································┃···
0.933 – 1.000      2  0.9745  1.0000  ██████████████████████████████████████┃█

                 pairs  true     ECE  adaptive ECE   Brier  log loss
all                  6     4  0.3868        0.3868  0.3036    0.9071
held-out half 1      3     3  0.4337        0.4337  0.3233    0.9381
held-out half 2      1     1  0.0500        0.0500  0.0025    0.0513

Without labels the run said of its matches
                 estimated  measured  difference
precision           0.8000    0.6667     +0.1333
recall              0.5500    0.4000     +0.1500
blocking recall          –    0.8000           –
";
    assert_eq!(report(LinkMode::Link).render(), expected);
}
