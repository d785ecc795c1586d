//! Mistakes of a pipeline, message by message.

use crate::{REGISTRY, refused_pipeline};

#[test]
fn an_absent_profile_names_its_neighbour() {
    let message = refused_pipeline(r#"profile = "pbi.toml""#, r#"profile = "pbii.toml""#, &[]);
    assert_eq!(
        message,
        r#"cannot read `DIR/pbii.toml`: No such file or directory (os error 2)
  --> DIR/nightly.toml:10:11
   |
10 | profile = "pbii.toml"
   |           ^^^^^^^^^^^
hint: did you mean `pbi.toml`?"#
    );
}

#[test]
fn an_absent_model() {
    let message = refused_pipeline(r#"model = "legacy""#, r#"model = "legacyy""#, &[]);
    assert_eq!(
        message,
        r#"cannot read `DIR/legacyy`: No such file or directory (os error 2)
 --> DIR/nightly.toml:3:9
  |
3 | model = "legacyy"
  |         ^^^^^^^^^
hint: did you mean `legacy`?"#
    );
}

#[test]
fn an_unknown_source_of_a_programme() {
    let message = refused_pipeline(r#"sources = ["pbi"]"#, r#"sources = ["pbi-jk"]"#, &[]);
    assert_eq!(
        message,
        r#"unknown source `pbi-jk`
  --> DIR/nightly.toml:21:12
   |
21 | sources = ["pbi-jk"]
   |            ^^^^^^^^
hint: did you mean `pbi`?"#
    );
}

#[test]
fn a_registry_is_no_programmes_list() {
    let message = refused_pipeline(r#"sources = ["pbi"]"#, r#"sources = ["dtsen-anggota"]"#, &[]);
    assert_eq!(
        message,
        r#"the source `dtsen-anggota` is no programme's list: its rows do not receive
  --> DIR/nightly.toml:21:12
   |
21 | sources = ["dtsen-anggota"]
   |            ^^^^^^^^^^^^^^^"#
    );
}

#[test]
fn two_registries() {
    let message = refused_pipeline(
        r#"profile = "pbi.toml""#,
        r#"profile = "dtks.toml""#,
        &[("dtks.toml", &REGISTRY.replace("dtsen-anggota", "dtks"))],
    );
    assert_eq!(
        message,
        r#"two sources have the role `registry`: `dtsen-anggota` and `dtks`
  --> DIR/nightly.toml:10:11
   |
10 | profile = "dtks.toml"
   |           ^^^^^^^^^^^
hint: keep one; another registry of persons has the role `second-registry`"#
    );
}

#[test]
fn no_registry() {
    let message = refused_pipeline("profile = \"dtsen-anggota.toml\"\nrequired = true\n\n[[sources]]\n", "", &[]);
    assert_eq!(
        message,
        r"no source has the role `registry`
 --> DIR/nightly.toml:5:1
  |
5 | [[sources]]
  | ^
hint: add the list of persons that every other list is reconciled with, such as sources/dtsen-anggota.toml"
    );
}

#[test]
fn a_source_twice() {
    let message = refused_pipeline("[[exclusions]]", "[[sources]]\nprofile = \"pbi.toml\"\n\n[[exclusions]]", &[]);
    assert_eq!(
        message,
        r#"the source `pbi` stands twice
  --> DIR/nightly.toml:13:11
   |
13 | profile = "pbi.toml"
   |           ^^^^^^^^^^"#
    );
}

#[test]
fn a_mistake_of_a_profile_points_into_the_profile() {
    let message =
        refused_pipeline(r#"profile = "pbi.toml""#, r#"profile = "dtks.toml""#, &[("dtks.toml", &REGISTRY.replace("nama", "namaa"))]);
    assert_eq!(
        message,
        r#"unknown field `namaa`
 --> DIR/dtks.toml:9:1
  |
9 | namaa = "namaa"
  | ^^^^^
hint: did you mean `nama`?"#
    );
}

#[test]
fn an_empty_eligibility() {
    let message = refused_pipeline(r#"eligible = "desil <= 5""#, r#"eligible = " ""#, &[]);
    assert_eq!(
        message,
        r#"`eligible` is empty
  --> DIR/nightly.toml:23:12
   |
23 | eligible = " "
   |            ^^^"#
    );
}

#[test]
fn a_programme_without_lists() {
    let message = refused_pipeline(r#"sources = ["pbi"]"#, "sources = []", &[]);
    assert_eq!(
        message,
        r"`sources` is empty
  --> DIR/nightly.toml:21:11
   |
21 | sources = []
   |           ^^
hint: name the lists whose rows receive"
    );
}

#[test]
fn an_unknown_unit_of_a_programme() {
    let message = refused_pipeline("unit = \"jiwa\"\nsources", "unit = \"keluarga\"\nsources", &[]);
    assert_eq!(
        message,
        r#"unknown unit `keluarga`
  --> DIR/nightly.toml:20:8
   |
20 | unit = "keluarga"
   |        ^^^^^^^^^^
hint: it can be `jiwa` or `kpm`"#
    );
}

#[test]
fn a_date_that_does_not_exist() {
    let message = refused_pipeline(r#"reference-date = "2025-06-30""#, "reference-date = 2025-06-31", &[]);
    assert_eq!(
        message,
        r"invalid date, expected day between 01 and 30
 --> DIR/nightly.toml:2:18
  |
2 | reference-date = 2025-06-31
  |                  ^^^^^^^^^^"
    );
}

#[test]
fn a_date_of_another_order() {
    let message = refused_pipeline(r#""2025-06-30""#, r#""30-06-2025""#, &[]);
    assert_eq!(
        message,
        r#"`30-06-2025` is no date
 --> DIR/nightly.toml:2:18
  |
2 | reference-date = "30-06-2025"
  |                  ^^^^^^^^^^^^
hint: write the year, month and day: reference-date = "2025-06-30""#
    );
}

#[test]
fn a_reason_twice() {
    let message = refused_pipeline(
        r#"legal-basis = "PP 101/2012""#,
        "legal-basis = \"PP 101/2012\"\nexclusions = [{ reason = \"meninggal\", when = \"hidup = false\" }]",
        &[],
    );
    assert_eq!(
        message,
        r#"the reason `meninggal` stands twice
  --> DIR/nightly.toml:25:26
   |
25 | exclusions = [{ reason = "meninggal", when = "hidup = false" }]
   |                          ^^^^^^^^^^^"#
    );
}

#[test]
fn a_reason_in_words() {
    let message = refused_pipeline(r#"reason = "meninggal""#, r#"reason = "sudah meninggal""#, &[]);
    assert_eq!(
        message,
        r#"`sudah meninggal` is no reason code
  --> DIR/nightly.toml:14:10
   |
14 | reason = "sudah meninggal"
   |          ^^^^^^^^^^^^^^^^^
hint: a reason is a code that the tables publish, such as `tidak_ditemukan`"#
    );
}

#[test]
fn an_unknown_key_of_a_programme() {
    let message = refused_pipeline("eligible =", "eligable =", &[]);
    assert_eq!(
        message,
        r#"unknown key `eligable`
  --> DIR/nightly.toml:23:1
   |
23 | eligable = "desil <= 5"
   | ^^^^^^^^
hint: did you mean `eligible`?"#
    );
}

#[test]
fn a_missing_key_of_a_programme() {
    let message = refused_pipeline("legal-basis = \"PP 101/2012\"\n", "", &[]);
    assert_eq!(
        message,
        r"the key `legal-basis` is missing
  --> DIR/nightly.toml:17:1
   |
17 | [[programmes]]
   | ^^^^^^^^^^^^^^"
    );
}

#[test]
fn a_quota_of_nothing() {
    let message = refused_pipeline("eligible =", "quota = 0\neligible =", &[]);
    assert_eq!(
        message,
        r"`0` is no quota
  --> DIR/nightly.toml:23:9
   |
23 | quota = 0
   |         ^"
    );
}

#[test]
fn a_registry_of_which_nothing_is_linked_at_once() {
    let message = refused_pipeline("[[sources]]", "registry-at-once = 0\n[[sources]]", &[]);
    assert!(message.starts_with("`0` is no registry-at-once\n"), "{message}");
    assert!(
        message.contains("registry-at-once = 0") && message.contains("hint: a number of rows; 3000000 where none is given"),
        "{message}"
    );
}

#[test]
fn a_list_of_another_programme() {
    let message = refused_pipeline(r#"id = "pbi-jk""#, r#"id = "pbi-jkn""#, &[]);
    assert_eq!(
        message,
        r#"the source `pbi` is the list of programme `pbi-jk`, not of `pbi-jkn`
  --> DIR/nightly.toml:21:12
   |
21 | sources = ["pbi"]
   |            ^^^^^"#
    );
}

#[test]
fn a_programme_twice() {
    let message = refused_pipeline(
        "[[programmes]]",
        "[[programmes]]\nid = \"pbi-jk\"\ntitle = \"PBI-JK\"\nunit = \"jiwa\"\nsources = [\"pbi\"]\nperiod = \"2025-06\"\neligible = \"desil <= 5\"\nlegal-basis = \"PP 101/2012\"\n\n[[programmes]]",
        &[],
    );
    assert_eq!(
        message,
        r#"the programme `pbi-jk` stands twice
  --> DIR/nightly.toml:27:6
   |
27 | id = "pbi-jk"
   |      ^^^^^^^^"#
    );
}
