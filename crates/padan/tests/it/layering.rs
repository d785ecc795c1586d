//! The layers of the workspace, as `crates/README.md` states them, checked against what cargo resolves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::{cargo, workspace};

/// Crates that each hold one stage. None of them knows another.
const STAGES: [&str; 8] = [
    "padan-evaluate",
    "padan-ingest",
    "padan-link",
    "padan-publish",
    "padan-reconcile",
    "padan-resolve",
    "padan-standardize",
    "padan-synth",
];

/// Engines that must not be in the tree: polars is the one.
const ABSENT: [&str; 6] = ["datafusion", "datafusion-common", "duckdb", "libduckdb-sys", "deltalake", "deltalake-core"];

/// What `cargo metadata` prints. The crate `cargo_metadata` would parse it, and switch on features of serde that make the tests compile
/// arrow and polars a second time.
fn metadata() -> Value {
    serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--no-deps"])).expect("the metadata is JSON")
}

/// The packages of the tree.
fn packages(metadata: &Value) -> &[Value] {
    metadata["packages"].as_array().expect("packages")
}

fn name(value: &Value) -> &str {
    value["name"].as_str().expect("a name")
}

/// What each crate of the workspace depends on, tests and build scripts left out.
fn dependencies(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let members = metadata["workspace_members"].as_array().expect("members");
    let normal = |package: &Value| {
        let all = package["dependencies"].as_array().expect("dependencies");
        all.iter().filter(|dependency| dependency["kind"].is_null()).map(|dependency| name(dependency).to_owned()).collect()
    };
    packages(metadata)
        .iter()
        .filter(|package| members.contains(&package["id"]))
        .map(|package| (name(package).to_owned(), normal(package)))
        .collect()
}

fn padan_crates(dependencies: &BTreeSet<String>) -> Vec<&str> {
    dependencies.iter().map(String::as_str).filter(|name| name.starts_with("padan")).collect()
}

#[test]
fn stages_do_not_know_one_another() {
    let dependencies = dependencies(&metadata());
    for stage in STAGES {
        let known = dependencies.get(stage).unwrap_or_else(|| panic!("{stage} is not in the workspace"));
        let neighbours: Vec<&str> = padan_crates(known).into_iter().filter(|name| STAGES.contains(name)).collect();
        assert!(neighbours.is_empty(), "{stage} depends on the stages {neighbours:?}; only the binary joins stages");
    }
}

#[test]
fn only_the_binary_joins_the_stages() {
    for (name, known) in dependencies(&metadata()) {
        let stages = padan_crates(&known).into_iter().filter(|name| STAGES.contains(name)).count();
        assert!(name == "padan" || name == "padan-benches" || stages == 0, "{name} depends on {stages} stage crates");
        assert!(!known.contains("padan"), "{name} depends on the binary");
    }
}

#[test]
fn the_linkage_engine_knows_nothing_of_the_domain() {
    let dependencies = dependencies(&metadata());
    assert_eq!(padan_crates(&dependencies["padan-link"]), Vec::<&str>::new(), "padan-link stands alone");
}

#[test]
fn the_vocabulary_does_no_io() {
    let dependencies = dependencies(&metadata());
    assert_eq!(dependencies["padan-model"].iter().map(String::as_str).collect::<Vec<_>>(), ["arrow-schema", "thiserror"]);
}

#[test]
fn polars_serves_reconcile_and_query_only() {
    let users: Vec<String> =
        dependencies(&metadata()).into_iter().filter(|(_, known)| known.contains("polars")).map(|(name, _)| name).collect();
    assert_eq!(users, ["padan", "padan-polars", "padan-reconcile"]);
}

#[test]
fn no_second_engine_is_in_the_tree() {
    let lock = fs::read_to_string(workspace().join("Cargo.lock")).expect("the lock file");
    let found: Vec<&&str> = ABSENT.iter().filter(|name| lock.contains(&format!("name = \"{name}\""))).collect();
    assert!(lock.contains("name = \"polars\"") && found.is_empty(), "{found:?}");
}

#[test]
fn the_map_names_files_that_exist() {
    let crates = workspace().join("crates");
    let map = fs::read_to_string(crates.join("README.md")).expect("the map");
    let paths: Vec<&str> = map.split('`').skip(1).step_by(2).filter(|word| word.contains('/') && !word.contains('*')).collect();
    assert!(paths.len() > 30, "{} paths", paths.len());
    let missing: Vec<&&str> = paths.iter().filter(|path| !crates.join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
