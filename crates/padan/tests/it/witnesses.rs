//! Rows that the registry does not know by what they say, and that another list's rows do.

use serde_json::Value;

use crate::night::{count, query};
use crate::{succeeds, text};

#[test]
fn who_has_moved_is_found_by_a_list_that_knows_the_old_address() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, out) = (folder.path().join("extracts"), folder.path().join("out"));
    succeeds(&["synth", "--persons", "12000", "--seed", "6", "--out", text(&input)]);
    succeeds(&["run", &crate::night::pipeline(), "--input", text(&input), "--output", text(&out), "--no-state"]);
    let through_others = "FROM links l JOIN records w ON l.to_source = w.source AND l.to_row = w.row \
         WHERE l.source <> 'dtsen-anggota' AND l.to_source <> 'dtsen-anggota' AND l.method = 'model' \
         AND l.person_id IN (SELECT r.person_id FROM records r WHERE r.source = 'dtsen-anggota')";
    let found = query(&out, &format!("SELECT count(*) AS n {through_others}"));
    assert!(count(&found[0], "n") > 10, "{found:?}");
    let of_itself = query(&out, &format!("SELECT count(*) AS n {through_others} AND l.source = l.to_source"));
    assert_eq!(count(&of_itself[0], "n"), 0, "a list is no witness of itself");

    let one = query(&out, &format!("SELECT l.source AS source, l.row AS row {through_others} ORDER BY l.source, l.row LIMIT 1"));
    let (source, row) = (one[0]["source"].as_str().expect("a source").to_owned(), count(&one[0], "row").to_string());
    let explained = succeeds(&["explain", text(&out), "--source", &source, "--row", &row]);
    assert!(explained.contains("match weight"), "{explained}");

    let measured: Value = serde_json::from_str(&succeeds(&["evaluate", text(&out), "--truth", text(&input), "--json"])).expect("figures");
    let rastra = measured["sources"].as_array().and_then(|sources| sources.iter().find(|of| of["source"] == "rastra"));
    let of = |name: &str| rastra.and_then(|of| of["model"]["scores"][name].as_f64()).unwrap_or_else(|| panic!("{name} in {rastra:?}"));
    assert!(of("precision") > 0.97 && of("recall") > 0.95, "{rastra:?}");
}
