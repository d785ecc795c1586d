//! The crate from outside: every mistake's whole message, and every shipped file.

mod pipeline;
mod plan;
mod profile;
mod shipped;

use std::fs;

use padan_config::{load_pipeline, load_profile};

/// A profile without a mistake, for tests that put one in.
const PROFILE: &str = r#"id = "pbi"
title = "PBI-JK"
files = ["pbi_jk*.csv"]
format = "csv"
delimiter = ";"
unit = "jiwa"
role = "programme"
programme = "pbi-jk"
dates = ["dmy"]

[columns]
nik = "nik"
nama = { headers = ["nama"], required = true }
tanggal_lahir = "tanggal_lahir"
jenis_kelamin = ["jenis_kelamin", "jk"]

[codes.jenis_kelamin]
version = "bpjs.jenis_kelamin"
values.L = ["1", "Laki-laki"]
values.P = ["2"]
"#;

/// A registry without a mistake.
const REGISTRY: &str = r#"id = "dtsen-anggota"
title = "DTSEN"
files = ["dtsen_anggota*.csv"]
format = "csv"
unit = "jiwa"
role = "registry"

[columns]
nama = "nama"
"#;

/// A pipeline of the two without a mistake.
const PIPELINE: &str = r#"name = "nightly"
reference-date = "2025-06-30"
model = "legacy"

[[sources]]
profile = "dtsen-anggota.toml"
required = true

[[sources]]
profile = "pbi.toml"

[[exclusions]]
unit = "jiwa"
reason = "meninggal"
when = "hidup = false"

[[programmes]]
id = "pbi-jk"
title = "PBI-JK"
unit = "jiwa"
sources = ["pbi"]
period = "2025-06"
eligible = "desil <= 5"
legal-basis = "PP 101/2012"
"#;

/// The message of the profile with one text replaced.
fn refused_profile(right: &str, wrong: &str) -> String {
    assert!(PROFILE.contains(right), "the profile does not hold {right:?}");
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("pbi.toml");
    fs::write(&path, PROFILE.replacen(right, wrong, 1)).expect("write");
    let error = load_profile(&path).expect_err("a mistake");
    error.to_string().replace(&folder.path().display().to_string(), "DIR")
}

/// The message of the pipeline with one text replaced; `more` are further files beside it.
fn refused_pipeline(right: &str, wrong: &str, more: &[(&str, &str)]) -> String {
    assert!(PIPELINE.contains(right), "the pipeline does not hold {right:?}");
    let folder = tempfile::tempdir().expect("folder");
    for (name, text) in [("dtsen-anggota.toml", REGISTRY), ("pbi.toml", PROFILE)].iter().chain(more) {
        fs::write(folder.path().join(name), text).expect("write");
    }
    let path = folder.path().join("nightly.toml");
    fs::write(&path, PIPELINE.replacen(right, wrong, 1)).expect("write");
    let error = load_pipeline(&path).expect_err("a mistake");
    error.to_string().replace(&folder.path().display().to_string(), "DIR")
}
