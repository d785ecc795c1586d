//! What a user may get wrong about a link result or its truth, and what is said then.

use std::fs;
use std::path::Path;

use padan_evaluate::{LinkEvaluation, LinkMode, evaluate_link};

use crate::link::{PAIRS, ROWS, clusters_truth};
use crate::link_support::{integers, numbers, summary, texts, write, write_clusters, write_pairs};

/// The message, with the folder taken out of it.
fn error(dir: &Path) -> String {
    let error = evaluate_link(dir, &dir.join("truth.parquet"), summary(LinkMode::Link)).expect_err("a mistake").to_string();
    error.replace(&format!("{}/", dir.display()), "").replace(&dir.display().to_string(), "DIR")
}

fn good() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temp dir");
    write_pairs(folder.path(), PAIRS);
    write_clusters(folder.path(), ROWS);
    clusters_truth(&folder.path().join("truth.parquet"));
    folder
}

/// The message after something was done to a good folder.
fn after(change: impl FnOnce(&Path)) -> String {
    let folder = good();
    change(folder.path());
    error(folder.path())
}

#[test]
fn every_mistake_has_its_message() {
    let cases = [
        (
            after(|dir| fs::remove_file(dir.join("pairs.parquet")).expect("removed")),
            "no pairs.parquet in DIR\nhint: the folder is one that `padan link` wrote; it holds pairs.parquet and clusters.parquet",
        ),
        (
            after(|dir| fs::remove_file(dir.join("truth.parquet")).expect("removed")),
            "no file truth.parquet\nhint: the truth is one file (Parquet, CSV, XLSX), of pairs (id_l, id_r) or of clusters (id, cluster)",
        ),
        (
            after(|dir| write(&dir.join("truth.parquet"), vec![("id", texts(["1"])), ("clusters", texts(["c"]))])),
            "truth.parquet holds neither pairs (id_l, id_r) nor clusters (id, cluster)\nhint: did you mean the column \"clusters\"?",
        ),
        (
            after(|dir| write(&dir.join("truth.parquet"), vec![("nama", texts(["1"])), ("umur", texts(["c"]))])),
            "truth.parquet holds neither pairs (id_l, id_r) nor clusters (id, cluster)\nhint: there are: nama, umur",
        ),
        (
            after(|dir| write(&dir.join("truth.parquet"), vec![("id", texts(["1", "2", "1"])), ("cluster", integers([1, 2, 3]))])),
            "row 3 of truth.parquet puts an id into a second cluster\nhint: a row belongs to one true cluster",
        ),
        (
            after(|dir| write(&dir.join("truth.parquet"), vec![("id", texts(["77"])), ("cluster", integers([1]))])),
            "no id of truth.parquet is that of an input row\nhint: the truth must name rows by the id column that was linked",
        ),
        (
            after(|dir| {
                write(&dir.join("truth.parquet"), vec![("id", texts(["1"])), ("cluster", integers([1])), ("table", texts(["A"]))]);
            }),
            "no id of truth.parquet is that of an input row\nhint: the tables linked are a, b; those of the truth are A",
        ),
        (
            after(|dir| {
                write(&dir.join("truth.parquet"), vec![("id_l", texts(["1"])), ("id_r", texts(["4"])), ("table_l", texts(["a"]))]);
            }),
            "no column \"table_r\" in truth.parquet\nhint: there are: id_l, id_r, table_l",
        ),
        (
            after(|dir| write_clusters(dir, &[ROWS, &[(("b", "1"), 50, 0.9)]].concat())),
            "ids repeat between the tables a, b, and truth.parquet does not say which table an id is of\nhint: add a column table to it",
        ),
        (
            after(|dir| write_clusters(dir, &[ROWS, &[(("a", "3"), 50, 0.9)]].concat())),
            "rows 3 and 9 of clusters.parquet have the same id in table \"a\"\nhint: link on a column of ids that are unique in a table",
        ),
        (
            after(|dir| write_clusters(dir, &ROWS[1..])),
            "row 1 of pairs.parquet names a row that clusters.parquet lacks\nhint: both files must be of one run of `padan link`",
        ),
        (
            after(|dir| write_pairs(dir, &[PAIRS, &[(("b", "4"), ("a", "1"), 1.0, 0.5, false)]].concat())),
            "a pair stands twice in pairs.parquet\nhint: a pair stands there once, in either order; the result is damaged or was appended to",
        ),
        (
            after(|dir| write_pairs(dir, &[PAIRS, &[(("a", "1"), ("b", "5"), 1.0, 1.5, false)]].concat())),
            "row 8 of pairs.parquet has no probability, 0 to 1, in column \"match_probability\"",
        ),
        (
            after(|dir| write_pairs(dir, &[PAIRS, &[(("a", "1"), ("b", "5"), f64::NAN, 0.5, false)]].concat())),
            "row 8 of pairs.parquet has no number in column \"match_weight\"",
        ),
        (
            after(|dir| {
                let columns = vec![("id", texts(["1"])), ("cluster", integers([1])), ("self_probability", numbers([0.5]))];
                write(&dir.join("clusters.parquet"), columns);
            }),
            "no column \"table\" in clusters.parquet\nhint: there are: id, cluster, self_probability",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

#[test]
fn an_answer_about_other_pairs_is_a_bug() {
    let folder = good();
    let evaluation = LinkEvaluation::load(folder.path(), &folder.path().join("truth.parquet"), summary(LinkMode::Link)).expect("loaded");
    let error = |candidates: &[bool]| evaluation.finish(Some(candidates)).expect_err("a bug").to_string();
    let expected = "of 5 true pairs 2 were told to be candidates or not, 1 are, and 2 were linked; this is a bug";
    assert_eq!(error(&[true, false]), expected);
    // Clusters link pairs that blocking never made.
    let report = evaluation.finish(Some(&[true, false, false, false, false])).expect("a report");
    assert_eq!(report.blocking.scoring_recall, Some(2.0));
}
