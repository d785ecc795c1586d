//! Which columns of several tables are one: those of the same header, and those whose headers or values say so.
//!
//! Lists of two offices seldom share their headers. What a header's words mean comes first (`surname` is `last_name`), then what the values
//! are: columns of names, numbers and addresses that hold many of the same values are one, whatever stands above them. A column is taken for
//! one other at most, the likeliest pairs first.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;

use super::profile::{Kind, Profile, profile_of};
use super::words;
use crate::prepare::alternatives;

/// Headers say the same.
const SAME: f64 = 0.99;
/// Headers that say half the same need values that do.
const HALF: f64 = 0.5;
const VALUES_BESIDE: f64 = 0.3;
/// Values of names alone, of numbers that name one of many alone.
const VALUES_OF_TEXT: f64 = 0.5;
const VALUES_OF_IDENTIFIER: f64 = 0.2;

/// The columns that every table has, in the order of the first, each by its header in every table.
pub(super) fn columns(tables: &[&[RecordBatch]], skip: Option<&str>) -> Vec<Vec<String>> {
    let headers: Vec<Vec<String>> = tables
        .iter()
        .filter_map(|table| table.first())
        .map(|batch| {
            batch
                .schema()
                .fields()
                .iter()
                .map(|field| field.name().clone())
                .filter(|name| !skip.is_some_and(|skip| alternatives(skip).any(|skip| skip == name)))
                .collect()
        })
        .collect();
    let Some((first, others)) = headers.split_first() else { return Vec::new() };
    let tables: Vec<&[RecordBatch]> = tables.iter().copied().filter(|table| !table.is_empty()).collect();
    let matched: Vec<BTreeMap<&str, &str>> =
        others.iter().zip(&tables[1..]).map(|(other, table)| matches((first, tables[0]), (other, table))).collect();
    let of_column = |name: &String| {
        let others: Option<Vec<String>> = matched.iter().map(|matched| matched.get(name.as_str()).map(|&other| other.to_owned())).collect();
        Some(std::iter::once(name.clone()).chain(others?).collect())
    };
    first.iter().filter_map(of_column).collect()
}

/// By header of the first table: that of the second.
fn matches<'h>(
    (first, table): (&'h [String], &[RecordBatch]),
    (second, other): (&'h [String], &[RecordBatch]),
) -> BTreeMap<&'h str, &'h str> {
    let mut matched: BTreeMap<&str, &str> =
        first.iter().filter_map(|name| second.iter().find(|other| *other == name).map(|other| (name.as_str(), other.as_str()))).collect();
    let profiles = |headers: &'h [String], table: &[RecordBatch], known: &dyn Fn(&str) -> bool| {
        let rest = headers.iter().filter(|name| !known(name));
        rest.map(|name| (name.as_str(), profile_of(std::slice::from_ref(name), &[table])))
            .filter(|(_, of)| of.filled > 0.0)
            .collect::<Vec<_>>()
    };
    let lefts = profiles(first, table, &|name| matched.contains_key(name));
    let rights = profiles(second, other, &|name| matched.values().any(|other| *other == name));
    let mut found: Vec<(f64, usize, usize)> = Vec::new();
    for (left, (_, of_left)) in lefts.iter().enumerate() {
        let of_right =
            rights.iter().enumerate().filter_map(|(right, (_, of))| likeness(of_left, of).map(|likeness| (likeness, left, right)));
        found.extend(of_right);
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut of_left, mut of_right) = (BTreeSet::new(), BTreeSet::new());
    for (_, left, right) in found {
        if !of_left.contains(&left) && !of_right.contains(&right) {
            of_left.insert(left);
            of_right.insert(right);
            matched.insert(lefts[left].0, rights[right].0);
        }
    }
    matched
}

/// How likely two columns are one, of those that may be.
fn likeness(left: &Profile, right: &Profile) -> Option<f64> {
    let kind = kinds(left.kind, right.kind)?;
    let header = words::likeness(&left.name, &right.name);
    let values =
        if left.kind == Kind::Date || right.kind == Kind::Date { years_in_common(left, right) } else { values_in_common(left, right) };
    let by_values = match (left.kind, right.kind) {
        (Kind::Identifier | Kind::Email | Kind::Phone, Kind::Identifier | Kind::Email | Kind::Phone) => values >= VALUES_OF_IDENTIFIER,
        (Kind::Text | Kind::FreeText, Kind::Text | Kind::FreeText) => values >= VALUES_OF_TEXT,
        _ => false,
    };
    let is_one = header >= SAME || (header >= HALF && values >= VALUES_BESIDE) || by_values;
    is_one.then_some(kind * (header + values))
}

/// How well two kinds go together; `None` where they do not.
fn kinds(left: Kind, right: Kind) -> Option<f64> {
    use Kind::{Category, Code, FreeText, Identifier, Number, Phone, Text};
    let pair = |a: Kind, b: Kind| (left, right) == (a, b) || (left, right) == (b, a);
    let near = [
        (Text, FreeText),
        (Text, Category),
        (Text, Code),
        (FreeText, Code),
        (Identifier, Code),
        (Identifier, Phone),
        (Identifier, Number),
        (Code, Number),
        (Code, Phone),
        (Code, Category),
        (Number, Category),
    ];
    if left == right { Some(1.0) } else { near.iter().any(|(a, b)| pair(*a, *b)).then_some(0.8) }
}

/// The share of the words of either column that the other has, too, those of many rows counting as often.
fn values_in_common(left: &Profile, right: &Profile) -> f64 {
    let words = |profile: &Profile| {
        let mut words: BTreeMap<String, f64> = BTreeMap::new();
        for value in profile.sample.iter().flatten() {
            for word in value.to_lowercase().split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
                *words.entry(word.to_owned()).or_default() += 1.0;
            }
        }
        words
    };
    let (left, right) = (words(left), words(right));
    let share = |of: &BTreeMap<String, f64>, other: &BTreeMap<String, f64>| {
        let both: f64 = of.iter().filter(|(word, _)| other.contains_key(*word)).map(|(_, count)| count).sum();
        both / of.values().sum::<f64>().max(1.0)
    };
    share(&left, &right).min(share(&right, &left))
}

/// How far the dates of two columns are of the same decades.
fn years_in_common(left: &Profile, right: &Profile) -> f64 {
    let decades = |profile: &Profile| {
        let mut decades: BTreeMap<u32, f64> = BTreeMap::new();
        for year in profile.sample.iter().flatten().filter_map(|text| year(text)) {
            *decades.entry(year / 10).or_default() += 1.0;
        }
        let all: f64 = decades.values().sum::<f64>().max(1.0);
        decades.into_iter().map(|(decade, count)| (decade, count / all)).collect::<BTreeMap<u32, f64>>()
    };
    let (left, right) = (decades(left), decades(right));
    left.iter().map(|(decade, share)| share.min(right.get(decade).copied().unwrap_or(0.0))).sum()
}

/// The year of a date: the four digits at either end, or of eight.
fn year(text: &str) -> Option<u32> {
    let parts: Vec<&str> = text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let is_year = |part: &&str| part.parse().ok().filter(|year| (1_850..=2_100).contains(year));
    match parts.as_slice() {
        [digits] if digits.len() == 8 => [&digits[..4], &digits[4..]].iter().find_map(is_year),
        parts => parts.iter().filter(|part| part.len() == 4).find_map(is_year),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};

    use super::*;

    fn table(columns: &[(&str, &[&str])]) -> RecordBatch {
        let column = |values: &[&str]| Arc::new((0..400).map(|at| Some(values[at % values.len()])).collect::<StringArray>()) as ArrayRef;
        RecordBatch::try_from_iter(columns.iter().map(|(name, values)| (*name, column(values)))).expect("equal lengths")
    }

    #[test]
    fn columns_are_found_by_what_headers_mean_and_by_what_they_hold() {
        let streets: Vec<String> =
            (b'a'..=b'z').flat_map(|letter| ["weg", "gasse"].map(|end| format!("{}{end}", letter as char))).collect();
        let streets: Vec<&str> = streets.iter().map(String::as_str).collect();
        let left = table(&[
            ("id", &["1", "2"]),
            ("surname", &["Meyer", "Schulz", "Vogel"]),
            ("dob", &["1990-03-05", "1971-10-30"]),
            ("sex", &["m", "f"]),
            ("field 7", &streets),
            ("remark", &["none"]),
        ]);
        let right = table(&[
            ("Last Name", &["Vogel", "Meyer"]),
            ("enrolled", &["2020-01-01", "2021-01-01"]),
            ("BirthDate", &["05/03/1990", "30/10/1971"]),
            ("gender", &["male", "female"]),
            ("where", &streets[3..]),
            ("id", &["7", "8"]),
        ]);
        let found = columns(&[&[left], &[right]], Some("id"));
        let expected = [["surname", "Last Name"], ["dob", "BirthDate"], ["sex", "gender"], ["field 7", "where"]];
        assert_eq!(found, expected.map(|pair| pair.map(str::to_owned).to_vec()));
    }

    #[test]
    fn years() {
        for (text, expected) in
            [("1990-03-05", Some(1990)), ("5/3/1990", Some(1990)), ("19900305", Some(1990)), ("05031990", Some(1990)), ("5/3/90", None)]
        {
            assert_eq!(year(text), expected, "{text}");
        }
    }
}
