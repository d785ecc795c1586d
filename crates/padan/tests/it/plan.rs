//! What a run will take, and the budget that it keeps.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::night::{night, pipeline, query};
use crate::{fails, padan, succeeds, text};

/// A folder with the extracts of 500 persons, and where the tables would go.
fn extracts() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, out) = (folder.path().join("extracts"), folder.path().join("out"));
    succeeds(&["synth", "--persons", "500", "--seed", "7", "--out", text(&input)]);
    (folder, input, out)
}

#[test]
fn a_plan_says_what_a_run_will_take_and_does_nothing() {
    let (_folder, input, out) = extracts();
    let said = succeeds(&["plan", &pipeline(), "--input", text(&input), "--output", text(&out), "--threads", "2"]);
    for part in ["dtsen-anggota", "Lists that are linked", "nik", "publish", "temporary files, tables and state", "generated extracts"] {
        assert!(said.contains(part), "{part} in\n{said}");
    }
    assert!(!out.exists(), "nothing was written");
}

#[test]
fn a_plan_is_about_right_and_the_last_run_tells_the_pairs_of_the_next() {
    let night = night();
    let plan = succeeds(&["plan", &pipeline(), "--input", text(&night.input), "--output", text(&night.out), "--json"]);
    let plan: Value = serde_json::from_str(&plan).expect("a forecast");
    let about = |expected: &Value, found: &Value| {
        let (expected, found) = (expected.as_f64().expect("a count"), found.as_f64().expect("a count"));
        assert!((expected - found).abs() <= 2.0 + found * 0.03, "{expected} expected, {found} found");
    };
    let read = query(&night.out, "SELECT source, sum(rows_read) AS n FROM accounting GROUP BY source");
    for source in plan["sources"].as_array().expect("sources") {
        let of_run = read.iter().find(|row| row["source"] == source["source"]).expect("a source that was read");
        about(&source["rows"], &of_run["n"]);
    }
    let summary: Value = serde_json::from_slice(&fs::read(night.out.join("current/summary.json")).expect("a summary")).expect("JSON");
    assert_eq!(plan["pairs_of"], summary["run_id"]);
    let (expected, found) = (plan["pairs"].as_array().expect("rules"), summary["pairs"].as_array().expect("rules"));
    assert!(expected.len() == found.len() && found.iter().filter_map(|rule| rule["pairs"].as_u64()).sum::<u64>() > 1000);
    for (expected, found) in expected.iter().zip(found) {
        assert_eq!(expected["rule"], found["rule"]);
        about(&expected["pairs"], &found["pairs"]);
    }
}

#[test]
fn a_budget_that_cannot_be_kept_is_refused_before_anything_is_written() {
    let (_folder, input, out) = extracts();
    let said = fails(&["run", &pipeline(), "--input", text(&input), "--output", text(&out), "--memory", "10MiB"]);
    assert!(said.contains("--memory 10 MiB cannot be kept: the stage `") && said.contains("hint: give --memory "), "{said}");
    assert!(!out.exists(), "nothing was written");
    let hint = said.split("--memory ").last().and_then(|rest| rest.split(' ').next()).expect("a size");
    succeeds(&["plan", &pipeline(), "--input", text(&input), "--memory", hint]);

    let plan = padan(&["plan", &pipeline(), "--input", text(&input), "--memory", "10MiB"]);
    assert_eq!(plan.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&plan.stdout).contains("Stages"), "the plan is shown all the same");
    assert!(String::from_utf8_lossy(&plan.stderr).contains("cannot be kept"));
}

#[test]
fn a_wrong_size_names_the_nearest_right_one() {
    let said = fails(&["run", "nightly.toml", "--input", "extracts", "--output", "out", "--memory", "8G"]);
    assert!(said.contains("invalid value '8G' for '--memory <SIZE>': there is no unit `G`; is it `8GiB`?"), "{said}");
}
