//! Nights that take what earlier ones left: the tables are those of a fresh folder, and only what changed is read and linked again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::night::{copied_pipelines, pipeline, table_files};
use crate::{fails, padan, succeeds, text};

/// A delivery of 600 persons that may be changed, and where its tables go.
pub(crate) struct Delivery {
    _folder: tempfile::TempDir,
    pub(crate) input: PathBuf,
    pub(crate) out: PathBuf,
    fresh: PathBuf,
}

const REGISTRY: &str = "dtsen_anggota_v3.csv";
/// The longest list, which teaches the registry's doubles.
const LONGEST: &str = "dukcapil.csv";

impl Delivery {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [input, out, fresh] = ["extracts", "out", "fresh"].map(|name| folder.path().join(name));
        succeeds(&["synth", "--persons", "600", "--seed", "11", "--out", text(&input)]);
        Self { _folder: folder, input, out, fresh }
    }

    /// The next day's file: some rows dropped, some with another name, some new.
    pub(crate) fn changes(&self, file: &str) {
        let path = self.input.join(file);
        // A character a byte: not every file is UTF-8.
        let before: String = fs::read(&path).expect("a list").into_iter().map(char::from).collect();
        let mut rows: Vec<String> = before.lines().map(str::to_owned).collect();
        let delimiter = ["|", ";", ","].into_iter().max_by_key(|mark| rows[0].matches(mark).count()).expect("three marks");
        let is_name = |column: &str| ["nama", "nama_lgkp", "nama_art"].contains(&column.trim_matches('"').to_lowercase().as_str());
        let name = rows[0].split(delimiter).position(is_name).expect("a column of names");
        let renamed = |row: &String, to: &str| {
            let mut cells: Vec<String> = row.split(delimiter).map(str::to_owned).collect();
            cells[name] = if cells[name].starts_with('"') { format!("\"{to}\"") } else { to.to_owned() };
            cells.join(delimiter)
        };
        let new: Vec<String> = rows[20..23].iter().map(|row| renamed(row, "SITI RAHAYU")).collect();
        for row in &mut rows[10..14] {
            *row = renamed(row, "BAMBANG SUPRIYADI");
        }
        rows.drain(3..8);
        rows.extend(new);
        let after: Vec<u8> = (rows.join("\n") + "\n").chars().map(|letter| letter as u8).collect();
        fs::write(path, after).expect("written");
    }

    pub(crate) fn run_with(&self, pipeline: &str) -> (Value, String) {
        let output = self.night(pipeline);
        let said = String::from_utf8(output.stderr).expect("UTF-8 on stderr");
        assert_eq!(output.status.code(), Some(0), "{said}");
        (serde_json::from_slice(&output.stdout).expect("a summary"), said)
    }

    fn night(&self, pipeline: &str) -> Output {
        padan(&["run", pipeline, "--input", text(&self.input), "--output", text(&self.out), "--json"])
    }

    fn run(&self) -> Value {
        self.run_with(&pipeline()).0
    }

    /// The visible run must be the one that a folder without a past gets.
    fn is_as_in_a_fresh_folder(&self) {
        self.is_as_in_a_fresh_folder_with(&pipeline());
    }

    pub(crate) fn is_as_in_a_fresh_folder_with(&self, pipeline: &str) {
        if self.fresh.exists() {
            fs::remove_dir_all(&self.fresh).expect("removed");
        }
        succeeds(&["run", pipeline, "--input", text(&self.input), "--output", text(&self.fresh), "--no-state"]);
        assert!(!self.fresh.join(".state").exists(), "--no-state leaves none");
        for files in [table_files, models] {
            let (incremental, fresh) = (files(&self.out), files(&self.fresh));
            assert_eq!(incremental.keys().collect::<Vec<_>>(), fresh.keys().collect::<Vec<_>>());
            for (file, bytes) in &fresh {
                assert!(incremental[file] == *bytes, "{} differs from that of a fresh folder", file.display());
            }
        }
    }
}

fn models(out: &Path) -> std::collections::BTreeMap<PathBuf, Vec<u8>> {
    let models = fs::read_dir(out.join("current/models")).expect("models").map(|entry| entry.expect("an entry"));
    models.map(|model| (model.file_name().into(), fs::read(model.path()).expect("readable"))).collect()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|name| name.as_str().expect("a name")).collect()
}

fn sources(summary: &Value) -> Vec<&str> {
    summary["sources"].as_array().expect("sources").iter().map(|source| source["source"].as_str().expect("an id")).collect()
}

/// Sources that were read.
pub(crate) fn read_anew(summary: &Value) -> Vec<&str> {
    let reused = names(&summary["reused"]["sources"]);
    sources(summary).into_iter().filter(|source| !reused.contains(source)).collect()
}

/// Passes that were linked.
pub(crate) fn linked_anew(summary: &Value) -> Vec<&str> {
    let reused = names(&summary["reused"]["passes"]);
    let lists = summary["sources"].as_array().expect("sources").iter();
    let lists = lists.filter(|list| list["is_registry"] == false && list["rows_staged"] != 0);
    let lists = lists.map(|list| list["source"].as_str().expect("an id"));
    lists.chain(["registry", "residue"]).filter(|pass| !reused.contains(pass)).collect()
}

/// Entries of the state whose names begin so.
fn entries(out: &Path, beginning: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(out.join(".state")).expect("a state").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.file_name().expect("a name").to_string_lossy().starts_with(beginning)).collect()
}

#[test]
fn a_list_that_changed_is_read_and_linked_and_the_others_are_not() {
    let delivery = Delivery::new();
    let first = delivery.run();
    assert_eq!(names(&first["reused"]["sources"]), Vec::<&str>::new());
    delivery.changes("pbi_jk.csv");
    let plan = succeeds(&["plan", &pipeline(), "--input", text(&delivery.input), "--output", text(&delivery.out), "--json"]);
    let plan: Value = serde_json::from_str(&plan).expect("a forecast");
    let second = delivery.run();
    assert_eq!((read_anew(&second), linked_anew(&second)), (vec!["pbi"], vec!["pbi", "residue"]));
    let planned: Vec<&Value> = plan["sources"].as_array().expect("sources").iter().filter(|source| source["reused"] == false).collect();
    assert!(planned.len() == 1 && planned[0]["source"] == "pbi", "{planned:?}");
    delivery.is_as_in_a_fresh_folder();

    delivery.changes(LONGEST);
    let third = delivery.run();
    assert_eq!(read_anew(&third), ["dukcapil"]);
    assert!(["registry", "dukcapil", "residue"].iter().all(|pass| linked_anew(&third).contains(pass)), "{:?}", linked_anew(&third));
    delivery.is_as_in_a_fresh_folder();
    assert_eq!(entries(&delivery.out, "staged-pbi-").len(), 1, "the first night's list goes after the third");
    assert_eq!(entries(&delivery.out, "staged-dukcapil-").len(), 2, "the second night's stays");
}

#[test]
fn a_registry_that_changed_is_linked_with_every_list_again() {
    let delivery = Delivery::new();
    delivery.run();
    delivery.changes(REGISTRY);
    let second = delivery.run();
    assert_eq!(read_anew(&second), ["dtsen-anggota"]);
    assert_eq!(names(&second["reused"]["passes"]), Vec::<&str>::new());
    delivery.is_as_in_a_fresh_folder();
    let said = succeeds(&["run", &pipeline(), "--input", text(&delivery.input), "--output", text(&delivery.out)]);
    assert!(said.contains("Nothing to do") && said.contains("As earlier nights left them: 16 of 17 sources"), "{said}");
}

#[test]
fn a_run_that_ended_before_its_tables_goes_on_where_it_was() {
    let delivery = Delivery::new();
    // Where the tables' manifest should go stands something else: the run is refused when all is linked and reconciled.
    fs::create_dir(&delivery.out).expect("made");
    let in_the_way = delivery.out.join("manifest.json");
    fs::write(&in_the_way, "{}").expect("written");
    let said = fails(&["run", &pipeline(), "--input", text(&delivery.input), "--output", text(&delivery.out)]);
    assert!(said.contains("manifest.json"), "{said}");
    fs::remove_file(&in_the_way).expect("removed");
    // A killed run leaves what it was writing; no process has so high a number.
    let half = delivery.out.join(".state/.padan-4194305-x/pbi");
    fs::create_dir_all(&half).expect("made");
    fs::write(half.join("pbi.parquet"), "PAR1").expect("written");
    let resumed = delivery.run();
    assert_eq!((read_anew(&resumed), linked_anew(&resumed)), (Vec::new(), Vec::new()));
    assert!(!half.exists());
    delivery.is_as_in_a_fresh_folder();
}

#[test]
fn a_list_that_comes_or_stays_away_costs_no_other_one() {
    let delivery = Delivery::new();
    let list = delivery.input.join("dtks_provinsi.csv");
    let kept = fs::read(&list).expect("a list");
    fs::remove_file(&list).expect("removed");
    delivery.run();
    fs::write(&list, kept).expect("written");
    let with = delivery.run();
    assert_eq!((read_anew(&with), linked_anew(&with)), (vec!["dtks"], vec!["dtks", "residue"]));
    delivery.is_as_in_a_fresh_folder();
    fs::remove_file(&list).expect("removed");
    let without = delivery.run();
    assert_eq!((read_anew(&without), linked_anew(&without)), (Vec::new(), Vec::new()), "as in the night before the last");
    delivery.is_as_in_a_fresh_folder();
}

#[test]
fn what_was_damaged_is_made_again() {
    let delivery = Delivery::new();
    delivery.run();
    let in_entry = |source: &str, file: &str| entries(&delivery.out, &format!("staged-{source}-"))[0].join(file);
    let cut = in_entry("pbi", "pbi.parquet");
    fs::write(&cut, &fs::read(&cut).expect("records")[..1_000]).expect("written");
    let turned = |path: &Path| {
        let mut bytes = fs::read(path).expect("readable");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).expect("written");
    };
    turned(&in_entry("bdt", "bdt.parquet"));
    turned(&in_entry("rastra", "account"));
    fs::remove_file(in_entry("kks", "account")).expect("removed");
    let passes = entries(&delivery.out, "linked-");
    assert!(passes.len() > 10, "{} passes", passes.len());
    for pass in &passes {
        turned(pass);
    }
    // The same run would have nothing to do.
    delivery.changes("dtks_provinsi.csv");
    let (second, said) = delivery.run_with(&pipeline());
    let mut read = read_anew(&second);
    read.sort_unstable();
    assert_eq!(read, ["bdt", "dtks", "kks", "pbi", "rastra"]);
    assert_eq!(names(&second["reused"]["passes"]), Vec::<&str>::new());
    for source in ["bdt", "kks", "pbi", "rastra"] {
        assert!(said.contains(&format!("source `{source}` is read again")), "{said}");
    }
    assert!(said.contains("a pass is linked again"), "{said}");
    delivery.is_as_in_a_fresh_folder();
    delivery.changes("dtks_provinsi.csv");
    let third = delivery.run();
    assert_eq!((read_anew(&third), linked_anew(&third)), (vec!["dtks"], vec!["dtks", "residue"]), "all is whole again");
}

#[test]
fn a_profile_or_model_that_changed_costs_what_depends_on_it() {
    let delivery = Delivery::new();
    let pipelines = delivery.input.with_file_name("pipelines");
    let pipeline = copied_pipelines(&pipelines);
    let edit = |file: &str, from: &str, to: &str| {
        let path = pipelines.join(file);
        let before = fs::read_to_string(&path).expect("readable");
        assert!(before.contains(from), "{file} has {from:?}");
        fs::write(&path, before.replacen(from, to, 1)).expect("written");
    };
    let run = || delivery.run_with(text(&pipeline)).0;
    run();
    edit("sources/pbi.toml", "title = \"", "# a remark\ntitle = \"of old: ");
    let remark = run();
    assert_eq!((read_anew(&remark), linked_anew(&remark)), (Vec::new(), Vec::new()), "a title decides no record");
    edit("sources/pbi.toml", "period = \"2022-06\"", "period = \"2023-06\"");
    let period = run();
    assert_eq!((read_anew(&period), linked_anew(&period)), (vec!["pbi"], vec!["pbi", "residue"]));
    edit("models/nightly.toml", "review-probability = 0.2", "review-probability = 0.25");
    let model = run();
    assert_eq!(read_anew(&model), Vec::<&str>::new());
    assert_eq!(names(&model["reused"]["passes"]), Vec::<&str>::new());
    edit("nightly.toml", "reference-date = \"2025-06-30\"", "reference-date = \"2024-06-30\"");
    assert_eq!(names(&run()["reused"]["sources"]), Vec::<&str>::new(), "ages are of another year");
}
