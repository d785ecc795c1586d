//! Verdicts on pairs, and workbooks, through `padan link` and `padan train` as a user runs them.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use padan_ingest::{Limits, read_table};

use crate::link::{MODEL, write};
use crate::{fails, succeeds, text};

/// A folder with a list of doubles, the model, and verdicts.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(verdicts: &str) -> Self {
        let case = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        write(&case.at("list.csv"), "", (0..200).flat_map(|n| (0..=n % 2).map(move |copy| (n, copy))));
        fs::write(case.at("model.toml"), MODEL).expect("a model");
        fs::write(case.at("verdicts.csv"), verdicts).expect("verdicts");
        case
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn arguments(&self) -> Vec<String> {
        ["link", text(&self.at("list.csv")), "--model", text(&self.at("model.toml")), "--out", text(&self.at("out")), "--verdicts"]
            .into_iter()
            .chain([text(&self.at("verdicts.csv"))])
            .map(str::to_owned)
            .collect()
    }

    fn links(&self) -> String {
        succeeds(&self.arguments().iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn fails(&self) -> String {
        fails(&self.arguments().iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// Probability, decision and rule of a pair, where it is in the file.
fn pair(out: &Path, a: &str, b: &str) -> Option<(f64, bool, String)> {
    let table = read_table(&out.join("pairs.parquet"), &Limits::default(), None).expect("pairs");
    table.batches.iter().find_map(|batch| {
        let column = |name: &str| batch.column_by_name(name).expect("a column").as_string::<i32>().clone();
        let (left, right, is_match, rule) = (column("id_l"), column("id_r"), column("is_match"), column("rule"));
        let probability = column("match_probability");
        (0..batch.num_rows())
            .find(|row| [left.value(*row), right.value(*row)] == [a, b] || [left.value(*row), right.value(*row)] == [b, a])
            .map(|row| (probability.value(row).parse().expect("a number"), is_match.value(row) == "TRUE", rule.value(row).to_owned()))
    })
}

fn cluster(out: &Path, id: &str) -> String {
    let table = read_table(&out.join("clusters.parquet"), &Limits::default(), None).expect("clusters");
    let find = |batch: &arrow::array::RecordBatch| {
        let column = |name: &str| batch.column_by_name(name).expect("a column").as_string::<i32>().clone();
        let ids = column("id");
        (0..ids.len()).find(|row| ids.value(*row) == id).map(|row| column("cluster_id").value(row).to_owned())
    };
    table.batches.iter().find_map(find).expect("every row has a cluster")
}

#[test]
fn verdicts_hold_whatever_the_model_says() {
    // 3-0 and 3-1 are copies of one person, 8-0 and 20-0 are strangers.
    let case = Case::new("id_l,id_r,verdict,note\n3-0,3-1,different,twins\n8-0,20-0,SAME,\n5-0,7-0,unsure,\n9-0,9-1,same,\n11-0,11-1,,\n");
    let said = case.links();
    assert!(said.contains("verdicts honoured: 2 same, 1 different; 1 unsure"), "{said}");
    assert!(said.contains("without them 2 of the judged pairs would be linked, 1 of these rightly") && said.contains("1 missed"), "{said}");
    let out = case.at("out");
    assert_eq!(pair(&out, "3-0", "3-1"), None);
    assert_ne!(cluster(&out, "3-0"), cluster(&out, "3-1"));
    assert_eq!(pair(&out, "8-0", "20-0"), Some((1.0, true, "verdict".to_owned())));
    assert_eq!(cluster(&out, "8-0"), cluster(&out, "20-0"));
    let why = succeeds(&["explain", text(&out), "--left", "3-0", "--right", "3-1"]);
    assert!(why.contains("it follows from verdicts: different"), "{why}");

    let trained = case.at("trained.json");
    let files = [text(&case.at("list.csv")).to_owned(), text(&case.at("model.toml")).to_owned()];
    let said = succeeds(&["train", &files[0], "--model", &files[1], "--out", text(&trained), "--verdicts", text(&case.at("verdicts.csv"))]);
    assert!(said.contains("m from 2 pairs judged to be the same too"), "{said}");
}

#[test]
fn a_result_with_a_column_of_verdicts_is_a_file_of_verdicts() {
    let case = Case::new("id_l,id_r,verdict\n");
    write(&case.at("a.csv"), "", (0..200).map(|n| (n, 0)));
    write(&case.at("b.csv"), "", (0..200).map(|n| (n, 1)));
    let out = case.at("out");
    let files = [case.at("a.csv"), case.at("b.csv"), case.at("model.toml")];
    let files = files.each_ref().map(|path| text(path));
    fs::write(case.at("verdicts.csv"), "table_l,id_l,table_r,id_r,match_probability,verdict\nb,7-1,a,9-0,0.2,same\na,7-0,b,7-1,0.9,\n")
        .expect("verdicts");
    let link = |extra: &[&str]| {
        let arguments =
            ["link", files[0], files[1], "--model", files[2], "--out", text(&out), "--verdicts", text(&case.at("verdicts.csv"))]
                .map(str::to_owned);
        succeeds(&arguments.iter().map(String::as_str).chain(extra.iter().copied()).collect::<Vec<_>>())
    };
    link(&[]);
    let judged = pair(&out, "9-0", "7-1").expect("the judged pair");
    assert!(judged.1 && (judged.0 - 1.0).abs() < 1e-12, "{judged:?}");
    assert_eq!(pair(&out, "7-0", "7-1"), None, "both lists hold nobody twice, and a verdict gave the row away");
    let first = fs::read(out.join("pairs.parquet")).expect("pairs");
    link(&["--threads", "1"]);
    assert!(first == fs::read(out.join("pairs.parquet")).expect("pairs"), "the same bytes at one thread");
}

#[test]
fn verdicts_that_cannot_be_honoured_are_named_before_work_starts() {
    let said = |verdicts: &str| {
        let case = Case::new(verdicts);
        let said = case.fails();
        assert!(!case.at("out").exists(), "nothing is written");
        said
    };
    let wrong = said("id_l,id_r,verdict\n3-0,3-1,same\n3-1,5-0,same\n5-0,3-0,different\n");
    assert!(wrong.contains("verdicts.csv:4: two rows are said to be different that are the same by lines 2, 3"), "{wrong}");
    let wrong = said("id_l,id_r,verdict\n3-0,3-1,same\n3-0,nobody,same\n");
    assert!(wrong.contains("verdicts.csv:3: no row has the id_r") && !wrong.contains("nobody"), "{wrong}");
    let wrong = said("id_l,id_r,verdict\n3-0,3-1,perhaps\n");
    assert!(wrong.contains("verdicts.csv:2: `perhaps` is no verdict"), "{wrong}");
    let wrong = said("id_l,id_r,verdikt\n3-0,3-1,same\n");
    assert!(wrong.contains("no column `verdict`") && wrong.contains("nearest is `verdikt`"), "{wrong}");
    let wrong = said("id_l,id_r,verdict\n\n3-0,3-1,same\n3-0\n");
    assert!(wrong.contains("verdicts.csv: row 2"), "blank lines make line numbers unsure\n{wrong}");

    let case = Case::new("id_l,id_r,verdict\n3-0,3-1,same\n");
    let mut arguments = case.arguments();
    arguments.extend(["--duplicate-free", "list"].map(str::to_owned));
    let wrong = fails(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(wrong.contains("by line 2 two rows of `list` are the same"), "{wrong}");
}

#[test]
fn a_sheet_of_a_workbook_is_linked_as_a_list_is() {
    let case = Case::new("id_l,id_r,verdict\n");
    let list = write(&case.at("b.csv"), "b", (50..250).map(|n| (n, 1)));
    write(&case.at("a.csv"), "a", (0..200).map(|n| (n, 0)));
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_name("Notes").expect("a name").write(0, 0, "nothing").expect("a cell");
    let sheet = workbook.add_worksheet().set_name("People").expect("a name");
    for (row, line) in list.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            sheet.write(row as u32, column as u16, cell).expect("a cell");
        }
    }
    workbook.save(case.at("b.xlsx")).expect("saved");
    let pairs = |second: &Path, out: &str| {
        let out = case.at(out);
        succeeds(&["link", text(&case.at("a.csv")), text(second), "--model", text(&case.at("model.toml")), "--out", text(&out)]);
        let table = read_table(&out.join("pairs.parquet"), &Limits::default(), None).expect("pairs");
        let columns = ["id_l", "id_r", "match_probability", "is_match"];
        table.batches.iter().map(|batch| columns.map(|name| batch.column_by_name(name).expect("a column").clone())).collect::<Vec<_>>()
    };
    assert_eq!(pairs(&case.at("b.xlsx#people"), "of_sheet"), pairs(&case.at("b.csv"), "of_text"));
    let summary = fs::read_to_string(case.at("of_sheet").join("summary.json")).expect("a summary");
    assert!(summary.contains("\"table\": \"people\""), "{summary}");
    let why = succeeds(&["explain", text(&case.at("of_sheet")), "--left", "a60-0", "--right", "b60-1"]);
    assert!(why.contains("match weight"), "{why}");
    let wrong = fails(&["link", text(&case.at("b.xlsx#Peopel")), "--suggest", "--out", text(&case.at("none"))]);
    assert!(wrong.contains("no sheet \"Peopel\"; the workbook has \"Notes\", \"People\""), "{wrong}");
}
