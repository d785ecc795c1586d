//! One generated delivery, run whole: the promises of the tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::{command, fails, padan, succeeds, text, workspace};

/// A delivery of 2,000 persons and its run with one thread, made once for all tests.
pub(crate) struct Night {
    _folder: tempfile::TempDir,
    /// The extracts.
    pub(crate) input: PathBuf,
    /// The tables.
    pub(crate) out: PathBuf,
}

pub(crate) fn night() -> &'static Night {
    static NIGHT: OnceLock<Night> = OnceLock::new();
    NIGHT.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (input, out) = (folder.path().join("extracts"), folder.path().join("out"));
        succeeds(&["synth", "--persons", "2000", "--seed", "7", "--out", text(&input)]);
        succeeds(&["run", &pipeline(), "--input", text(&input), "--output", text(&out), "--threads", "1"]);
        Night { _folder: folder, input, out }
    })
}

pub(crate) fn pipeline() -> String {
    text(&workspace().join("pipelines/nightly.toml")).to_owned()
}

/// The shipped pipeline with all that it names, copied to below a folder so that it may change; its file.
pub(crate) fn copied_pipelines(pipelines: &Path) -> PathBuf {
    for folder in ["sources", "models"] {
        fs::create_dir_all(pipelines.join(folder)).expect("made");
        for entry in fs::read_dir(workspace().join("pipelines").join(folder)).expect("the shipped ones") {
            let path = entry.expect("an entry").path();
            fs::copy(&path, pipelines.join(folder).join(path.file_name().expect("a name"))).expect("copied");
        }
    }
    let pipeline = pipelines.join("nightly.toml");
    fs::copy(workspace().join("pipelines/nightly.toml"), &pipeline).expect("copied");
    pipeline
}

pub(crate) fn query(out: &Path, sql: &str) -> Vec<Value> {
    serde_json::from_str(&succeeds(&["query", text(out), sql, "--json"])).expect("a JSON array")
}

pub(crate) fn count(row: &Value, column: &str) -> i64 {
    row[column].as_i64().unwrap_or_else(|| panic!("{column} of {row} is a whole number"))
}

/// Every file of the visible run's tables.
pub(crate) fn table_files(out: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![out.join("tables")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(out).expect("below the output").to_owned(), fs::read(&path).expect("a readable file"));
            }
        }
    }
    files
}

#[test]
fn tables_are_the_same_bytes_at_any_number_of_threads_and_under_any_budget() {
    let night = night();
    let one = table_files(&night.out);
    assert_eq!(one.len(), padan_model::tables::all().len(), "every table of the contract is published");
    let input = ["--input", text(&night.input), "--threads", "2"];
    let plan = |memory: &str| -> Value {
        let output = padan(&[&["plan", &pipeline(), "--json", "--memory", memory], input.as_slice()].concat());
        serde_json::from_slice(&output.stdout).expect("a forecast")
    };
    // What even the least at once takes: under it, less is done at once wherever the tables allow it.
    let tight = format!("{}B", plan("1MiB")["memory"]);
    assert_ne!(plan(&tight)["at_once"], plan("16GiB")["at_once"]);
    for memory in ["16GiB", &tight] {
        let other = tempfile::tempdir().expect("a temporary folder");
        succeeds(&[&["run", &pipeline(), "--output", text(other.path()), "--memory", memory], input.as_slice()].concat());
        let two = table_files(other.path());
        assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
        for (file, bytes) in &one {
            assert!(two[file] == *bytes, "{} differs between one thread and two under {memory}", file.display());
        }
    }
}

#[test]
fn accounting_closes_to_the_row() {
    let out = &night().out;
    let accounts = query(
        out,
        "SELECT source, sum(rows_read) AS read, sum(rows_staged) AS staged, sum(rows_quarantined) AS refused FROM accounting GROUP BY source ORDER BY source",
    );
    let records =
        query(out, "SELECT source, count(*) AS n, count(DISTINCT row) AS distinct_rows FROM records GROUP BY source ORDER BY source");
    let refused = query(out, "SELECT source, count(DISTINCT row) AS n FROM quarantine WHERE \"column\" IS NULL GROUP BY source");
    assert!(accounts.len() >= 15, "{} sources", accounts.len());
    for account in &accounts {
        let source = account["source"].as_str().expect("a source");
        let of_source = |rows: &[Value]| rows.iter().find(|row| row["source"] == source).cloned();
        assert_eq!(count(account, "read"), count(account, "staged") + count(account, "refused"), "{source}");
        let recorded = of_source(&records).unwrap_or_else(|| panic!("{source} has records"));
        assert_eq!(count(&recorded, "n"), count(account, "staged"), "{source}: a record a staged row");
        assert_eq!(count(&recorded, "distinct_rows"), count(account, "staged"), "{source}: no row twice");
        assert!(of_source(&refused).map_or(0, |row| count(&row, "n")) <= count(account, "read"), "{source}");
    }
}

#[test]
fn every_record_of_a_person_has_its_link_and_its_golden_record() {
    let out = &night().out;
    let unlinked = query(
        out,
        "SELECT r.source, r.row FROM records r LEFT JOIN links l ON r.source = l.source AND r.row = l.row WHERE r.person_id IS NOT NULL AND l.person_id IS NULL LIMIT 3",
    );
    assert_eq!(unlinked, Vec::<Value>::new());
    let nobody = query(
        out,
        "SELECT r.person_id FROM records r LEFT JOIN persons p ON r.person_id = p.person_id WHERE r.person_id IS NOT NULL AND p.n_records IS NULL LIMIT 3",
    );
    assert_eq!(nobody, Vec::<Value>::new());
}

#[test]
fn a_programme_counts_one_unit_only() {
    let units = query(&night().out, "SELECT programme, count(DISTINCT unit) AS units FROM coverage GROUP BY programme");
    assert!(units.len() >= 8, "{} programmes", units.len());
    for programme in &units {
        assert_eq!(count(programme, "units"), 1, "{programme}");
    }
}

#[test]
fn a_second_run_has_nothing_to_do() {
    let night = night();
    let before = fs::canonicalize(night.out.join("current")).expect("a visible run");
    let summary: Value =
        serde_json::from_str(&succeeds(&["run", &pipeline(), "--input", text(&night.input), "--output", text(&night.out), "--json"]))
            .expect("a summary");
    assert_eq!(summary["nothing_to_do"], true);
    assert_eq!(fs::canonicalize(night.out.join("current")).expect("a visible run"), before);
    let said = succeeds(&["run", &pipeline(), "--input", text(&night.input), "--output", text(&night.out)]);
    assert!(said.contains("Nothing to do"), "{said}");
}

#[test]
fn a_missing_column_stops_the_run_before_any_work() {
    let night = night();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, out) = (folder.path().join("extracts"), folder.path().join("out"));
    fs::create_dir(&input).expect("a folder");
    for entry in fs::read_dir(&night.input).expect("the extracts") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, input.join(path.file_name().expect("a name"))).expect("a copy");
        }
    }
    let pbi = fs::read_to_string(input.join("pbi_jk.csv")).expect("the PBI list");
    let (header, rows) = pbi.split_once('\n').expect("a header");
    let broken: String =
        header.split(';').map(|name| if name.to_lowercase().contains("nama") { "kolom_lain" } else { name }).collect::<Vec<_>>().join(";");
    fs::write(input.join("pbi_jk.csv"), format!("{broken}\n{rows}")).expect("a broken list");
    let said = fails(&["run", &pipeline(), "--input", text(&input), "--output", text(&out)]);
    assert!(said.contains("pbi_jk.csv") && said.contains("nama") && said.contains("hint:"), "{said}");
    assert!(!out.exists(), "nothing was written");
}

#[test]
fn the_demo_runs_outside_the_repository_and_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let demo = || {
        let output = command(&["demo", "--persons", "1000"]).current_dir(folder.path()).output().expect("the built program starts");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8 on stdout")
    };
    let first = demo();
    assert!(first.contains("Programmes") && first.contains("B-cubed"), "{first}");
    assert!(folder.path().join("padan-demo/pipelines/nightly.toml").is_file(), "the shipped pipeline is written where there is none");
    let second = demo();
    assert!(second.contains("Nothing to do"), "the same people give the same extracts: {second}");
}

#[test]
fn explain_masks_identifiers_unless_they_are_asked_for() {
    let out = text(&night().out);
    let row = &query(
        &night().out,
        "SELECT r.row AS row, r.nik AS nik, r.nama AS nama FROM records r JOIN links l ON r.source = l.source AND r.row = l.row WHERE r.source = 'pbi' AND l.method = 'model' AND r.nik_status = 'valid' ORDER BY row LIMIT 1",
    )[0];
    let (number, nik, nama) = (row["row"].to_string(), row["nik"].as_str().expect("a NIK"), row["nama"].as_str().expect("a name"));
    let masked = succeeds(&["explain", out, "--source", "pbi", "--row", &number]);
    assert!(!masked.contains(nik) && !masked.contains(nama), "{masked}");
    assert!(masked.contains(&format!("{}************", &nik[..4])), "{masked}");
    let whole = succeeds(&["explain", out, "--source", "pbi", "--row", &number, "--show-identifiers"]);
    assert!(whole.contains(nik), "{whole}");
    let explained: Value = serde_json::from_str(&succeeds(&["explain", out, "--source", "pbi", "--row", &number, "--json"])).expect("JSON");
    let steps = explained["waterfall"].as_array().expect("steps");
    let compared: Vec<&str> = steps.iter().filter_map(|step| step["comparison"].as_str()).collect();
    assert!(compared.first() == Some(&"prior") && compared.len() > 4, "{compared:?}");
}

#[test]
fn wrong_names_in_a_question_get_the_nearest() {
    let out = text(&night().out);
    insta::assert_snapshot!(fails(&["query", out, "SELECT count(*) FROM coverag"]), @r"
    error: there is no table `coverag`
    hint: is it `coverage`?
    ");
    insta::assert_snapshot!(fails(&["query", out, "SELECT program FROM coverage"]), @r"
    error: there is no column `program` in coverage
    hint: is it `programme`?
    ");
    insta::assert_snapshot!(fails(&["explain", out, "--source", "pib", "--row", "1"]), @r"
    error: the run read no source `pib`
    hint: is it `pbi`?
    ");
}

/// The delivery's extracts, copied to below a folder so that they may change.
pub(crate) fn delivery(folder: &Path) -> PathBuf {
    let input = folder.join("extracts");
    fs::create_dir(&input).expect("a folder");
    for entry in fs::read_dir(&night().input).expect("extracts") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, input.join(path.file_name().expect("a name"))).expect("copied");
        }
    }
    input
}

/// SUYANTO who moved within the village and is YANTO on a list shares neither word nor first letter nor RT.
#[test]
fn people_of_one_village_meet_by_the_end_of_their_names() {
    let summary: Value = serde_json::from_slice(&fs::read(night().out.join("current/summary.json")).expect("a summary")).expect("JSON");
    let rules = summary["pairs"].as_array().expect("rules");
    let pairs = rules.iter().find(|rule| rule["rule"] == "desa + akhir nama").and_then(|rule| rule["pairs"].as_u64());
    assert!(pairs.is_some_and(|pairs| pairs > 0), "pairs that no rule before makes: {pairs:?}");
}

/// A row like the first of a file, with other values in some columns, so many times more at its end.
pub(crate) fn append(file: &Path, delimiter: char, values: &[(&str, &str)], times: usize) {
    let bytes = fs::read(file).expect("an extract");
    // Latin-1 or UTF-8: the header is plain.
    let mut lines = bytes.split(|byte| *byte == b'\n').map(String::from_utf8_lossy);
    let header = lines.next().expect("a header").into_owned();
    let first = lines.next().expect("a row").into_owned();
    let quoted = header.starts_with('"');
    let columns: Vec<&str> = header.trim_end().split(delimiter).map(|column| column.trim_matches('"')).collect();
    let mut cells: Vec<String> = first.trim_end().split(delimiter).map(str::to_owned).collect();
    for (column, value) in values {
        let at = columns.iter().position(|name| name == column).unwrap_or_else(|| panic!("{} has a column {column}", file.display()));
        cells[at] = if quoted { format!("\"{value}\"") } else { (*value).to_owned() };
    }
    let row = format!("{}\n", cells.join(&delimiter.to_string()));
    fs::write(file, [bytes, row.repeat(times).into_bytes()].concat()).expect("written");
}

#[test]
fn namesakes_who_cannot_be_told_apart_are_not_compared_and_the_run_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, out) = (delivery(folder.path()), folder.path().join("out"));
    let registry = ["nomor_induk_kependudukan", "nomor_kartu_keluarga", "tanggal_lahir", "rt_ktp", "rw_ktp", "dusun_ktp", "alamat_ktp"];
    let list = ["nik", "nokk", "tanggal_lahir", "rt", "rw", "dusun", "alamat", "nama_ibu_kandung"];
    let namesake = |blank: &[&'static str]| blank.iter().map(|column| (*column, "")).chain([("nama", "SITI AMINAH")]).collect::<Vec<_>>();
    append(&input.join("dtsen_anggota_v3.csv"), '|', &namesake(&registry), 600);
    append(&input.join("pbi_jk.csv"), ';', &namesake(&list), 50);
    let said = succeeds(&["run", &pipeline(), "--input", text(&input), "--output", text(&out)]);
    assert!(said.contains("Left out by a rule, since the block is too large (another rule may make the pair): "), "{said}");
    let summary: Value = serde_json::from_slice(&fs::read(out.join("current/summary.json")).expect("a summary")).expect("JSON");
    let of_rule = |name: &str| {
        let rules = summary["pairs"].as_array().expect("rules");
        rules.iter().find(|rule| rule["rule"] == name).and_then(|rule| rule["too_large"].as_u64()).expect("a count")
    };
    assert!(of_rule("desa + nama lengkap") >= 600 * 50, "each of the fifty met none of the six hundred");
    assert_eq!(of_rule("nik"), 0);
    let taken = query(&out, "SELECT count(*) AS n FROM records WHERE source = 'pbi' AND nama = 'SITI AMINAH' AND person_id IS NOT NULL");
    assert!(count(&taken[0], "n") >= 50, "every row is somebody");
}
