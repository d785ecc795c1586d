//! A registry that is linked some districts at a time: the promises of the tables, and that next to nothing is missed for it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::night::{copied_pipelines, count, night, query, table_files};
use crate::state::{Delivery, linked_anew, read_anew};
use crate::{succeeds, text};

/// The shipped pipeline with so many registry rows at once, below a folder; its file.
fn divided(folder: &Path, rows: usize) -> String {
    let pipeline = copied_pipelines(&folder.join("pipelines"));
    let before = fs::read_to_string(&pipeline).expect("readable");
    let line = "registry-at-once = 3_000_000";
    assert!(before.contains(line));
    fs::write(&pipeline, before.replacen(line, &format!("registry-at-once = {rows}"), 1)).expect("written");
    text(&pipeline).to_owned()
}

#[test]
fn a_divided_registry_gives_the_same_bytes_at_any_number_of_threads_and_under_any_budget() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipeline = divided(folder.path(), 700);
    let input = text(&night().input);
    let outs = ["one", "two", "tight"].map(|name| folder.path().join(name));
    let run = |out: &Path, more: &[&str]| {
        succeeds(&[&["run", &pipeline, "--input", input, "--output", text(out), "--no-state"], more].concat());
    };
    run(&outs[0], &["--threads", "1"]);
    run(&outs[1], &["--threads", "2"]);
    let plan = crate::padan(&["plan", &pipeline, "--input", input, "--json", "--memory", "1MiB"]);
    let plan: Value = serde_json::from_slice(&plan.stdout).expect("a forecast");
    assert_eq!(plan["territories"], 3);
    let said = succeeds(&["plan", &pipeline, "--input", input]);
    assert!(said.contains("The registry is linked in 3 territories"), "{said}");
    run(&outs[2], &["--memory", &format!("{}B", plan["memory"])]);
    let [one, rest @ ..] = outs.map(|out| table_files(&out));
    for (other, name) in rest.iter().zip(["two threads", "a tight budget"]) {
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (file, bytes) in &one {
            assert!(other[file] == *bytes, "{} differs under {name}", file.display());
        }
    }
}

#[test]
fn next_to_nobody_is_missed_or_mistaken_because_the_registry_was_divided() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, whole) = (folder.path().join("extracts"), folder.path().join("whole"));
    succeeds(&["synth", "--persons", "12000", "--seed", "5", "--out", text(&input)]);
    let pairwise = |pipeline: &str, out: &Path| -> (f64, f64) {
        succeeds(&["run", pipeline, "--input", text(&input), "--output", text(out), "--no-state"]);
        let measured: Value =
            serde_json::from_str(&succeeds(&["evaluate", text(out), "--truth", text(&input), "--json"])).expect("figures");
        let of = |name: &str| measured["persons"]["pairwise"][name].as_f64().unwrap_or_else(|| panic!("{name} in {}", measured["persons"]));
        (of("precision"), of("recall"))
    };
    let at_once = pairwise(&crate::night::pipeline(), &whole);
    let out = folder.path().join("divided");
    let apart = pairwise(&divided(folder.path(), 4_000), &out);
    assert!(apart.0 > at_once.0 - 0.002 && apart.1 > at_once.1 - 0.012, "{apart:?} in territories, {at_once:?} at once");
    // Whoever moved to another district is found where he moved to.
    let moved = query(
        &out,
        "SELECT count(*) AS n FROM records a JOIN links l ON a.source = l.source AND a.row = l.row \
         JOIN records b ON l.to_source = b.source AND l.to_row = b.row \
         WHERE a.source = 'dtks' AND b.source = 'dtsen-anggota' AND substr(a.kode_wilayah, 1, 4) <> substr(b.kode_wilayah, 1, 4)",
    );
    assert!(count(&moved[0], "n") > 20, "{moved:?}");
    let explained = succeeds(&["explain", text(&out), "--source", "dtks", "--row", "7"]);
    assert!(explained.contains("Link") || explained.contains("Person"), "{explained}");
}

#[test]
fn what_territories_found_is_taken_the_next_night() {
    let delivery = Delivery::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipeline = divided(folder.path(), 200);
    delivery.run_with(&pipeline);
    delivery.changes("pbi_jk.csv");
    let (second, _) = delivery.run_with(&pipeline);
    assert_eq!((read_anew(&second), linked_anew(&second)), (vec!["pbi"], vec!["pbi", "residue"]));
    delivery.is_as_in_a_fresh_folder_with(&pipeline);
}
