//! `padan link`, `train`, `evaluate` and `explain` on small files, as a user runs them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::{fails, succeeds, text};

pub(crate) const MODEL: &str = r#"
name = "persons"

[columns]
name = { from = ["first", "last"], as = "name" }
sound = { from = "name", as = "sound", rules = "english" }
born = { as = "date" }
town = { as = "text" }

[[comparison]]
name = "name"
compare = { kind = "tokens", column = "name", keys = "sound" }
term-frequency = true

[[comparison]]
name = "born"
compare = { kind = "date", column = "born" }
term-frequency = true

[[comparison]]
name = "town"
compare = { kind = "text", column = "town", thresholds = [0.8], measure = "damerau-levenshtein" }
term-frequency = true

[[blocking]]
name = "born"
keys = ["born"]

[[blocking]]
name = "two names"
keys = ["pairs(sound)"]

[[blocking]]
name = "name and town"
keys = ["tokens(sound)", "town"]
"#;

const FIRST: [&str; 12] =
    ["Anna", "Bernard", "Clara", "David", "Emma", "Frederick", "Grace", "Henry", "Isabel", "James", "Katherine", "Leonard"];
const LAST: [&str; 11] = ["Abbot", "Barlow", "Carver", "Dawson", "Everett", "Fletcher", "Garner", "Hobbs", "Ingram", "Jarvis", "Kendall"];
const TOWN: [&str; 5] = ["Leeds", "York", "Bristol", "Norwich", "Exeter"];

/// A row of person `n`; `copy` 1 and 2 err in one field each.
fn row(n: usize, copy: usize) -> String {
    let (first, last) = (FIRST[n % 12], LAST[n / 12 % 11]);
    let (day, month, year) = (n % 28 + 1, n / 3 % 12 + 1, 1930 + n * 7 % 70);
    let last = if copy == 1 && n.is_multiple_of(5) { format!("{}{}", &last[..1], &last[2..]) } else { last.to_owned() };
    let day = if copy == 2 && n.is_multiple_of(4) { (day % 28) + 1 } else { day };
    format!("{first},{last},{year}-{month:02}-{day:02},{}", TOWN[n * n % 5])
}

pub(crate) fn write(path: &Path, prefix: &str, people: impl Iterator<Item = (usize, usize)>) -> String {
    let mut list = "id,first,last,born,town\n".to_owned();
    for (n, copy) in people {
        let _ = writeln!(list, "{prefix}{n}-{copy},{}", row(n, copy));
    }
    fs::write(path, &list).expect("a list");
    list
}

fn figures(folder: &Path, truth: &Path) -> serde_json::Value {
    serde_json::from_str(&succeeds(&["evaluate", text(folder), "--truth", text(truth), "--json"])).expect("JSON")
}

/// Truth as clusters, in Parquet.
fn truth(folder: &Path, ids: &[(String, String)]) -> std::path::PathBuf {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    let column = |of: fn(&(String, String)) -> &str| Arc::new(StringArray::from_iter_values(ids.iter().map(of))) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("id", column(|(id, _)| id)), ("cluster", column(|(_, cluster)| cluster))]).expect("a batch");
    let path = folder.join("truth.parquet");
    let column = |at: usize, rows: std::ops::Range<usize>| Ok(batch.column(at).slice(rows.start, rows.len()));
    padan_publish::write_columns(&path, &batch.schema(), batch.num_rows(), column).expect("written");
    path
}

#[test]
fn a_list_is_deduplicated_evaluated_and_explained() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    write(&at("list.csv"), "", (0..300).flat_map(|n| (0..=n % 3).map(move |copy| (n, copy))));
    fs::write(at("model.toml"), MODEL).expect("a model");
    let said = succeeds(&["link", text(&at("list.csv")), "--model", text(&at("model.toml")), "--out", text(&at("out"))]);
    assert!(said.contains("estimated without labels"), "{said}");
    let ids: Vec<(String, String)> = (0..300).flat_map(|n| (0..=n % 3).map(move |copy| (format!("{n}-{copy}"), n.to_string()))).collect();
    let report = figures(&at("out"), &truth(folder.path(), &ids));
    let f1 = report["at_default"]["scores"]["f1"].as_f64().expect("F1");
    assert!(f1 > 0.97, "F1 {f1}");
    assert!(report["blocking"]["blocking_recall"].as_f64().expect("a share") > 0.95);

    let why = succeeds(&["explain", text(&at("out")), "--left", "5-0", "--right", "5-1"]);
    assert!(why.contains("match weight") && why.contains("linked"), "{why}");
    assert!(!why.contains("Frederick"), "values are shown only when asked for\n{why}");
    let shown = succeeds(&["explain", text(&at("out")), "--left", "5-0", "--right", "5-1", "--show-identifiers"]);
    assert!(shown.contains("frederick"), "{shown}");

    // The trained model of one night links the next as it is, and a second run writes the same bytes.
    let trained = at("trained.json");
    succeeds(&["train", text(&at("list.csv")), "--model", text(&at("model.toml")), "--out", text(&trained)]);
    let again = at("again");
    let arguments = ["link", text(&at("list.csv")), "--model", text(&at("model.toml")), "--trained", text(&trained), "--out", text(&again)]
        .map(str::to_owned);
    succeeds(&arguments.each_ref().map(String::as_str));
    let first = fs::read(again.join("pairs.parquet")).expect("pairs");
    let mut single = arguments.each_ref().map(String::as_str).to_vec();
    single.extend(["--threads", "1"]);
    succeeds(&single);
    assert!(first == fs::read(again.join("pairs.parquet")).expect("pairs"), "the same bytes at one thread");
}

#[test]
fn two_lists_are_linked_one_to_one_and_a_model_is_proposed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    write(&at("a.csv"), "a", (0..400).map(|n| (n, 0)));
    write(&at("b.csv"), "b", (150..550).map(|n| (n, 1 + n % 2)));
    let out = at("out");
    succeeds(&["link", text(&at("a.csv")), text(&at("b.csv")), "--suggest", "--out", text(&out)]);
    let ids: Vec<(String, String)> = (0..400)
        .map(|n| (format!("a{n}-0"), n.to_string()))
        .chain((150..550).map(|n| (format!("b{n}-{}", 1 + n % 2), n.to_string())))
        .collect();
    let report = figures(&out, &truth(folder.path(), &ids));
    let f1 = report["at_default"]["scores"]["f1"].as_f64().expect("F1");
    assert!(f1 > 0.95, "F1 {f1}");
    let proposed = fs::read_to_string(out.join("model.toml")).expect("the proposed model");
    assert!(proposed.contains("[[blocking]]") && proposed.contains("as = \"date\""), "{proposed}");
    // What was proposed runs by itself.
    succeeds(&["link", text(&at("a.csv")), text(&at("b.csv")), "--model", text(&out.join("model.toml")), "--out", text(&at("again"))]);
}

#[test]
fn lists_of_two_offices_need_no_headers_in_common() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    write(&at("a.csv"), "a", (0..400).map(|n| (n, 0)));
    write(&at("b.csv"), "b", (150..550).map(|n| (n, 1 + n % 2)));
    let link = |out: &str| {
        succeeds(&["link", text(&at("a.csv")), text(&at("b.csv")), "--suggest", "--out", text(&at(out))]);
        fs::read(at(out).join("pairs.parquet")).expect("pairs")
    };
    let alike = link("alike");
    let list = fs::read_to_string(at("b.csv")).expect("the list");
    let (header, rows) = list.split_once('\n').expect("a header");
    assert_eq!(header, "id,first,last,born,town");
    fs::write(at("b.csv"), format!("id,FirstName,Last Name,date of birth,city\n{rows}")).expect("the list");
    assert!(link("unlike") == alike, "the same pairs");
    let proposed = fs::read_to_string(at("unlike").join("model.toml")).expect("the proposed model");
    assert!(proposed.contains("from = [\"first | FirstName\", \"last | Last Name\"]"), "{proposed}");
    // Nor ids of one name: of each file its own, as it is named or as it is usual.
    fs::write(at("b.csv"), format!("rec_id,FirstName,Last Name,date of birth,city\n{rows}")).expect("the list");
    assert!(link("usual") == alike, "the same ids");
    fs::write(at("b.csv"), format!("our no,FirstName,Last Name,date of birth,city\n{rows}")).expect("the list");
    succeeds(&["link", text(&at("a.csv")), text(&at("b.csv")), "--suggest", "--id", "id | our no", "--out", text(&at("named"))]);
    assert!(fs::read(at("named").join("pairs.parquet")).expect("pairs") == alike, "the same ids");
    let said = fails(&["link", text(&at("a.csv")), text(&at("b.csv")), "--suggest", "--id", "id", "--out", text(&at("half"))]);
    assert!(said.contains("b.csv has none") && said.contains("--id \"id | COLUMN\""), "{said}");
    // Columns that have nothing to do with one another are not taken for one, and a model by chance is worse than none.
    let numbers = |seed: usize| (0..300).map(|n| (n * seed % 7).to_string()).collect::<Vec<_>>().join("\n");
    fs::write(at("a.csv"), format!("shoe size\n{}\n", numbers(3))).expect("a list");
    fs::write(at("b.csv"), format!("rooms\n{}\n", numbers(5))).expect("a list");
    let said = fails(&["link", text(&at("a.csv")), text(&at("b.csv")), "--suggest", "--out", text(&at("out"))]);
    assert!(said.contains("no column in common"), "{said}");
}

#[test]
fn a_proposed_model_takes_an_address_of_four_columns() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let with_address = |path: &Path, prefix: &str, people: &mut dyn Iterator<Item = (usize, usize)>| {
        let mut list = "id,given_name,surname,born,street,suburb,postcode,state\n".to_owned();
        for (n, copy) in people {
            let row = row(n, copy);
            let (person, town) = row.rsplit_once(',').expect("a town");
            // One in nine has moved to the next town.
            let town_of = n * n + usize::from(copy == 2 && n.is_multiple_of(9));
            let street = format!("{} {} Street", n * 7 % 90 + 1, LAST[n * 5 % 11]);
            let _ = writeln!(list, "{prefix}{n}-{copy},{person},{street},{town},{},S{}", 2000 + town_of % 5 * 10 + n % 3, town_of % 5 / 2);
        }
        fs::write(path, &list).expect("a list");
    };
    with_address(&at("a.csv"), "a", &mut (0..400).map(|n| (n, 0)));
    with_address(&at("b.csv"), "b", &mut (150..550).map(|n| (n, 1 + n % 2)));
    let out = at("out");
    succeeds(&["link", text(&at("a.csv")), text(&at("b.csv")), "--suggest", "--out", text(&out)]);
    let proposed = fs::read_to_string(out.join("model.toml")).expect("the proposed model");
    assert!(proposed.matches("given = ").count() >= 3, "each part of the address is given the one before\n{proposed}");
    let ids: Vec<(String, String)> = (0..400)
        .map(|n| (format!("a{n}-0"), n.to_string()))
        .chain((150..550).map(|n| (format!("b{n}-{}", 1 + n % 2), n.to_string())))
        .collect();
    let f1 = figures(&out, &truth(folder.path(), &ids))["at_default"]["scores"]["f1"].as_f64().expect("F1");
    assert!(f1 > 0.95, "F1 {f1}");
}

#[test]
fn labels_in_csv_say_what_labels_in_parquet_say() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    // Both lists have the ids 0-0, 1-0 …: of two lists the left id is the first's.
    write(&at("a.csv"), "", (0..200).map(|n| (n, 0)));
    let moved = fs::read_to_string(at("a.csv")).expect("a list").replace(",Leeds", ",York");
    fs::write(at("b.csv"), moved.lines().take(151).collect::<Vec<_>>().join("\n")).expect("a list");
    fs::write(at("model.toml"), MODEL).expect("a model");
    succeeds(&["link", text(&at("a.csv")), text(&at("b.csv")), "--model", text(&at("model.toml")), "--out", text(&at("out"))]);
    let pairs = (0..150).map(|n| format!("{n}-0,{n}-0")).collect::<Vec<_>>().join("\n");
    fs::write(at("pairs.csv"), format!("id_l,id_r\n{pairs}\n")).expect("labels");
    let report = figures(&at("out"), &at("pairs.csv"));
    assert_eq!(report["truth"]["true_pairs"], 150);
    assert!(report["at_default"]["scores"]["f1"].as_f64().expect("F1") > 0.95, "{}", report["at_default"]);
    let named = |n: usize| format!("a,{n}-0,{n}\nb,{n}-0,{n}");
    let clusters = (0..150).map(named).collect::<Vec<_>>().join("\n");
    fs::write(at("clusters.csv"), format!("table,id,cluster\n{clusters}\n")).expect("labels");
    assert_eq!(figures(&at("out"), &at("clusters.csv"))["at_default"], report["at_default"]);
    fs::write(at("wrong.csv"), "left,right\n0-0,0-0\n").expect("labels");
    let said = fails(&["evaluate", text(&at("out")), "--truth", text(&at("wrong.csv"))]);
    assert!(said.contains("wrong.csv") && said.contains("left, right"), "{said}");
}

#[test]
fn mistakes_name_the_nearest_right_answer() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    write(&at("list.csv"), "", (0..20).map(|n| (n, 0)));
    fs::write(at("model.toml"), MODEL.replace("born = { as = \"date\" }", "born = { from = \"bron\", as = \"date\" }")).expect("a model");
    let said = fails(&["link", text(&at("list.csv")), "--model", text(&at("model.toml")), "--out", text(&at("out"))]);
    assert!(said.contains("`bron`") && said.contains("nearest is `born`"), "{said}");
    let said = fails(&["link", text(&at("list.csv")), "--model", text(&at("model.toml")), "--out", text(&at("out")), "--id", "idd"]);
    assert!(said.contains("`id`"), "{said}");
    fs::write(at("twice.csv"), "id,first\n1,A\n1,B\n").expect("a list");
    let said = fails(&["link", text(&at("twice.csv")), "--suggest", "--out", text(&at("out"))]);
    assert!(said.contains("rows 1 and 2"), "{said}");
}

#[test]
fn copies_in_the_right_list_do_not_compete() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    write(&at("a.csv"), "a", (0..300).map(|n| (n, 0)));
    write(&at("b.csv"), "b", (0..300).flat_map(|n| [(n, 1), (n, 2)]));
    fs::write(at("model.toml"), MODEL).expect("a model");
    succeeds(&["link", text(&at("a.csv")), text(&at("b.csv")), "--model", text(&at("model.toml")), "--out", text(&at("out"))]);
    let ids: Vec<(String, String)> =
        (0..300).flat_map(|n| [format!("a{n}-0"), format!("b{n}-1"), format!("b{n}-2")].map(|id| (id, n.to_string()))).collect();
    let recall = figures(&at("out"), &truth(folder.path(), &ids))["at_default"]["scores"]["recall"].as_f64().expect("recall");
    assert!(recall > 0.9, "both copies are found, one copy each would be a half: {recall}");
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(at("out").join("summary.json")).expect("a summary")).expect("JSON");
    let free = |table: usize| summary["tables"][table]["duplicate_free"].as_bool().expect("a flag");
    assert!(free(0) && !free(1), "what was found out of the lists: {} {}", free(0), free(1));
    // A model learned before is used as it is.
    let trained = at("out").join("trained.json");
    let lists = [at("b.csv"), at("a.csv")];
    let turned =
        ["link", text(&lists[1]), text(&lists[0]), "--model", text(&at("model.toml")), "--trained", text(&trained)].map(str::to_owned);
    let mut arguments: Vec<&str> = turned.iter().map(String::as_str).collect();
    let again = at("again");
    arguments.extend(["--out", text(&again)]);
    succeeds(&arguments);
    let levels = |path: &Path| {
        let model: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).expect("a model")).expect("JSON");
        model["comparisons"].clone()
    };
    assert_eq!(levels(&again.join("trained.json")), levels(&trained));
}

#[test]
fn a_proposed_model_knows_what_follows_from_what() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    // Everybody is registered on the day of birth; a few days are mistyped beyond any calendar; every third person stands there twice.
    let mut list = "id,first,last,by,bm,bd,registered\n".to_owned();
    for (n, copy) in (0..1_200).flat_map(|n| (0..=usize::from(n % 3 == 0)).map(move |copy| (n, copy))) {
        let (day, month, year) = (n * 11 % 28 + 1, n / 7 % 12 + 1, 1930 + n * 13 % 70);
        let typed = if n % 97 == 5 { day + 60 } else { day };
        let (first, last) = (FIRST[(n * 5 + n / 60) % 12], LAST[(n / 12 + n / 131) % 11]);
        let name = if copy == 1 && n.is_multiple_of(2) { &last[1..] } else { last };
        let _ = writeln!(list, "{n}-{copy},{first},{name},{year},{month},{typed},{year}-{month:02}-{day:02}");
    }
    fs::write(at("list.csv"), list).expect("a list");
    succeeds(&["link", text(&at("list.csv")), "--suggest", "--out", text(&at("out"))]);
    let proposed = fs::read_to_string(at("out").join("model.toml")).expect("the proposed model");
    assert!(proposed.contains("birth_date = { from = [\"by\", \"bm\", \"bd\"], as = \"date\" }"), "{proposed}");
    assert!(proposed.contains("given = \"birth_date\"") || proposed.contains("given = \"registered\""), "{proposed}");
    let ids: Vec<(String, String)> =
        (0..1_200).flat_map(|n| (0..=usize::from(n % 3 == 0)).map(move |copy| (format!("{n}-{copy}"), n.to_string()))).collect();
    let f1 = figures(&at("out"), &truth(folder.path(), &ids))["at_default"]["scores"]["f1"].as_f64().expect("F1");
    assert!(f1 > 0.95, "F1 {f1}");
}
