//! What the command line says to a user who errs.

use std::fs;

use crate::{fails, padan, succeeds, text, workspace};

#[test]
fn help_names_every_command() {
    let help = succeeds(&["--help"]);
    for command in ["demo", "synth", "check", "plan", "run", "evaluate", "link", "train", "query", "explain"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} in\n{help}");
    }
}

#[test]
fn a_wrong_argument_is_the_users() {
    let output = padan(&["rum"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("'run'"), "the nearest command is named");
}

#[test]
fn the_shipped_pipeline_has_no_mistake() {
    let said = succeeds(&["check", text(&workspace().join("pipelines/nightly.toml"))]);
    assert!(said.contains("no mistake found"), "{said}");
}

/// The shipped pipelines with one text replaced, and what `check` says to it; the number of that line, which moves, is `LINE`.
fn check_with(file: &str, from: &str, to: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut folders = vec![workspace().join("pipelines")];
    while let Some(source) = folders.pop() {
        let relative = source.strip_prefix(workspace()).expect("below the workspace").to_owned();
        fs::create_dir_all(folder.path().join(&relative)).expect("a folder");
        for entry in fs::read_dir(&source).expect("the pipelines") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                fs::copy(&path, folder.path().join(&relative).join(path.file_name().expect("a name"))).expect("a copy");
            }
        }
    }
    let broken = folder.path().join("pipelines").join(file);
    let before = fs::read_to_string(&broken).expect("a pipeline file");
    assert!(before.contains(from), "{file} holds {from:?}");
    let (above, _) = before.split_once(from).expect("the text to replace");
    let line = above.matches('\n').count() + 1;
    fs::write(&broken, before.replacen(from, to, 1)).expect("a broken file");
    let said = fails(&["check", text(&folder.path().join("pipelines/nightly.toml"))]);
    [format!(":{line}:"), format!("{line} |"), format!("line {line}:")]
        .iter()
        .fold(said.replace(text(folder.path()), "DIR"), |said, place| said.replace(place, &place.replace(&line.to_string(), "LINE")))
}

#[test]
fn a_wrong_key_is_shown_where_it_stands() {
    insta::assert_snapshot!(check_with("sources/pbi.toml", "dates = ", "date = "), @r#"
    error: unknown key `date`
      --> DIR/pipelines/sources/pbi.toml:LINE:1
       |
    LINE | date = ["dmy", "ymd", "compact", "day-month-name"]
       | ^^^^
    hint: did you mean `dates`?
    "#);
}

#[test]
fn a_wrong_field_is_shown_where_it_stands() {
    insta::assert_snapshot!(check_with("sources/pbi.toml", "tanggal_lahir = ", "tanggal_lahr = "), @r#"
    error: unknown field `tanggal_lahr`
      --> DIR/pipelines/sources/pbi.toml:LINE:1
       |
    LINE | tanggal_lahr = ["tanggal_lahir", "tgl_lahir"]
       | ^^^^^^^^^^^^
    hint: did you mean `tanggal_lahir`?
    "#);
}

#[test]
fn a_wrong_column_in_a_rule_is_shown_where_it_stands() {
    insta::assert_snapshot!(check_with("nightly.toml", "eligible = \"desil <= 5\"", "eligible = \"dessil <= 5\""), @r#"
    error: a programme rule of DIR/pipelines/nightly.toml is wrong
      because: line LINE: programme pbi-jk, eligible: there is no column "dessil" for the unit jiwa
        | dessil <= 5
      hint: did you mean "desil"?
    "#);
}

#[test]
fn a_model_that_is_not_there_is_named() {
    insta::assert_snapshot!(check_with("nightly.toml", "models/nightly.toml", "models/nightli.toml"), @r#"
    error: cannot read `DIR/pipelines/models/nightli.toml`: No such file or directory (os error 2)
      --> DIR/pipelines/nightly.toml:LINE:9
       |
    LINE | model = "models/nightli.toml"
       |         ^^^^^^^^^^^^^^^^^^^^^
    hint: did you mean `models/nightly.toml`?
    "#);
}

#[test]
fn no_folder_of_extracts() {
    let said = fails(&["check", text(&workspace().join("pipelines/nightly.toml")), "--input", "no-such-folder"]);
    insta::assert_snapshot!(said, @r"
    error: no-such-folder is no folder
    hint: --input is the folder that holds the extracts
    ");
}

#[test]
fn a_required_extract_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dtsen_anggota_v3.cvs"), "").expect("a misnamed file");
    let said = fails(&["check", text(&workspace().join("pipelines/nightly.toml")), "--input", text(folder.path())]);
    assert!(said.contains("dtsen-anggota") && said.contains("is it `dtsen_anggota_v3.cvs`?"), "{said}");
}
