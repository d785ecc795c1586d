//! The files under `pipelines/`: they load, agree with each other, and map the headers of the real layouts.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use padan_config::{Pipeline, SourceProfile, load_pipeline, load_profile};
use padan_model::{Role, Unit};

fn pipelines() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../pipelines")
}

fn profiles() -> Vec<SourceProfile> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(pipelines().join("sources")).expect("sources").map(|entry| entry.expect("entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| load_profile(path).unwrap_or_else(|error| panic!("{error}"))).collect()
}

fn nightly() -> Pipeline {
    load_pipeline(&pipelines().join("nightly.toml")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_profile_stands_in_a_file_of_its_id() {
    for profile in profiles() {
        assert_eq!(profile.path.file_stem().and_then(|stem| stem.to_str()), Some(profile.id.as_str()));
    }
}

#[test]
fn nightly_reads_every_profile_and_needs_only_the_registry() {
    let nightly = nightly();
    let read: BTreeSet<String> = nightly.sources.iter().map(|source| source.profile.id.to_string()).collect();
    let shipped: BTreeSet<String> = profiles().iter().map(|profile| profile.id.to_string()).collect();
    assert_eq!(read, shipped);
    let required: Vec<&str> = nightly.sources.iter().filter(|source| source.required).map(|source| source.profile.id.as_str()).collect();
    assert_eq!(required, ["dtsen-anggota"]);
    assert_eq!(nightly.registry().profile.id.as_str(), "dtsen-anggota");
    // The pipeline, its profiles and the model.
    assert_eq!(nightly.texts.len(), 1 + shipped.len() + 1);
}

#[test]
fn every_programme_list_has_its_rule_and_counts_the_rules_unit() {
    let nightly = nightly();
    for source in nightly.sources.iter().filter(|source| source.profile.role == Role::Programme) {
        let profile = &source.profile;
        let rules: Vec<_> = nightly.programmes.iter().filter(|rule| rule.sources.contains(&profile.id)).collect();
        assert_eq!(rules.len(), 1, "{}", profile.id);
        assert_eq!(rules[0].unit, profile.unit, "{}", profile.id);
    }
    let units: Vec<(&str, Unit)> = nightly.programmes.iter().map(|rule| (rule.id.as_str(), rule.unit)).collect();
    assert_eq!(
        units,
        [
            ("pkh", Unit::Kpm),
            ("sembako", Unit::Kpm),
            ("pbi-jk", Unit::Jiwa),
            ("pip", Unit::Jiwa),
            ("yapi", Unit::Jiwa),
            ("permakanan-lansia", Unit::Jiwa),
            ("permakanan-disabilitas", Unit::Jiwa),
            ("rastra", Unit::Kpm),
            ("pksa", Unit::Jiwa),
        ]
    );
    for rule in &nightly.programmes {
        let reasons: Vec<&str> = rule.exclusions.iter().map(|exclusion| exclusion.reason.as_str()).collect();
        assert_eq!(reasons, ["meninggal", "asn", "tidak_ditemukan", "ganda"], "{}", rule.id);
    }
}

/// Which header of the real layout each field is read from, and which headers nothing reads.
#[test]
fn mapping_of_the_real_layouts() {
    let layouts: Vec<Vec<&str>> =
        include_str!("headers.tsv").lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    let mut mapping = String::new();
    for profile in profiles() {
        let layout =
            layouts.iter().find(|layout| layout[0] == profile.id.as_str()).unwrap_or_else(|| panic!("no layout for {}", profile.id));
        let headers = &layout[1..];
        let find = |wanted: &str| headers.iter().find(|header| same(header, wanted));
        let mut read: BTreeSet<&str> = BTreeSet::new();
        writeln!(mapping, "[{}]", profile.id).expect("write");
        for column in &profile.columns {
            let found = column.headers.iter().find_map(|header| find(header));
            assert!(found.is_some() || !column.required, "{}: the layout has no {}", profile.id, column.field.as_str());
            if let Some(header) = found {
                read.insert(header);
                writeln!(mapping, "{} = {header}", column.field.as_str()).expect("write");
            }
        }
        for header in &profile.pmt {
            let found = find(header);
            assert!(found.is_some(), "{}: the layout has no PMT variable {header}", profile.id);
            read.extend(found);
        }
        let unread: Vec<&str> = headers.iter().copied().filter(|header| !read.contains(header)).collect();
        writeln!(mapping, "pmt {}; unread: {}\n", profile.pmt.len(), unread.join(", ")).expect("write");
    }
    let expected = include_str!("mapping.txt");
    let difference = mapping.lines().zip(expected.lines()).find(|(now, then)| now != then);
    assert!(mapping == expected, "tests/it/mapping.txt differs, first at {difference:?}; the mapping is now:\n{mapping}");
}

/// In spite of case, spaces, punctuation and a `(n)` suffix.
fn same(one: &str, other: &str) -> bool {
    letters(one) == letters(other)
}

fn letters(header: &str) -> String {
    let trimmed = header.trim();
    let bare = trimmed
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
        .filter(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(trimmed, |(bare, _)| bare);
    bare.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}
