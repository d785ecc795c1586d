//! Building, running and testing share one compilation of polars, which is nearly all of a first build.
//!
//! cargo compiles a crate once for every set of features that its dependents ask of it, and of those beneath it. A test dependency that
//! switches on one more feature of a crate as small as rustix makes `cargo test` compile polars again. The remedy is to name that
//! dependency among the program's own, as `crates/padan/Cargo.toml` does with tempfile.

use std::collections::{BTreeMap, BTreeSet};

use crate::cargo;

/// Packages with the features that they are built with.
fn features(edges: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut features: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in
        cargo(&["tree", "--workspace", "--edges", edges, "--prefix", "none", "--format", "{p}|{f}"]).lines().filter(|line| !line.is_empty())
    {
        let (package, list) = line.trim_end_matches(" (*)").split_once('|').expect("package and features");
        features.entry(package.to_owned()).or_default().insert(list.to_owned());
    }
    features
}

#[test]
fn tests_do_not_make_polars_compile_again() {
    let heavy = cargo(&["tree", "--package", "padan-polars", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let heavy: BTreeSet<&str> = heavy
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|package| !package.is_empty() && !package.starts_with("padan"))
        .collect();
    assert!(heavy.len() > 100, "{} packages", heavy.len());
    let (program, tests) = (features("normal,build"), features("normal,build,dev"));
    let differing: Vec<_> = heavy.iter().filter(|package| program.get(**package) != tests.get(**package)).collect();
    assert!(differing.is_empty(), "tests build these with other features than the program does: {differing:?}");
}
