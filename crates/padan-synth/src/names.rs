//! Names as people bear them: by region, sex and decade of birth.
//!
//! The habits stand in `data/names.toml` as patterns over lists of roots; the shipped name lists and the civil registry's most common
//! names enter by name. Draws favour the front of a list, so that a village has many namesakes and many rare names besides. What an
//! office makes of a name is not decided here.

use std::collections::BTreeMap;

use padan_reference::{KEMBARAN_JSON, name_lists, top_names};
use serde::Deserialize;

use crate::dice::Dice;
use crate::error::SynthError;

/// How strongly draws favour the front of a list. At 1.5 the first of sixty comes up 6.5 % of the time; with two syllables the
/// commonest compound is borne by four in a thousand of its habit, which is what the civil registry's counts allow.
/// Taken as x √x, a quarter of the price of a power.
fn skewed(unit: f64) -> f64 {
    unit * unit.sqrt()
}

const ERAS: [&str; 6] = ["l-lama", "l-tengah", "l-baru", "p-lama", "p-tengah", "p-baru"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    lists: BTreeMap<String, String>,
    provinces: BTreeMap<String, BTreeMap<String, f64>>,
    marga: BTreeMap<String, String>,
    habits: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

#[derive(Debug, Clone)]
enum Part {
    Literal(String),
    List(usize),
    Marga,
}

#[derive(Debug, Default)]
struct Patterns {
    weights: Vec<f64>,
    patterns: Vec<Vec<Part>>,
}

#[derive(Debug)]
struct Habit {
    patterns: Vec<Patterns>,
    marga: Option<usize>,
}

/// A list and, where counts are known, its weights.
#[derive(Debug)]
struct List {
    words: Vec<Box<str>>,
    weights: Option<Vec<f64>>,
}

/// Which naming habit a family follows.
pub(crate) type HabitId = usize;

/// Draws names.
#[derive(Debug)]
pub(crate) struct Namer {
    lists: Vec<List>,
    habits: Vec<Habit>,
    provinces: BTreeMap<String, Vec<f64>>,
}

fn shipped_lists() -> Result<Vec<(&'static str, List)>, SynthError> {
    let faker = name_lists();
    let upper = |words: &[&str]| List { words: words.iter().map(|word| word.to_uppercase().into()).collect(), weights: None };
    let mut lists = vec![
        ("faker-ml1", upper(&faker.male_first)),
        ("faker-ml2", upper(&faker.male_last)),
        ("faker-fl1", upper(&faker.female_first)),
        ("faker-fl2", upper(&faker.female_last)),
    ];
    let kembaran: BTreeMap<String, Vec<String>> = serde_json::from_str(KEMBARAN_JSON)
        .map_err(|error| SynthError::Shipped { table: "lokal_kembaran_lists.json", message: error.to_string() })?;
    for (name, key) in
        [("kembaran-ml1", "MALE_FIRST"), ("kembaran-ml2", "MALE_LAST"), ("kembaran-fl1", "FEMALE_FIRST"), ("kembaran-fl2", "FEMALE_LAST")]
    {
        let words: Vec<&str> = kembaran.get(key).map(|words| words.iter().map(String::as_str).collect()).unwrap_or_default();
        lists.push((name, upper(&words)));
    }
    for (name, female) in [("top-l", false), ("top-p", true)] {
        let top: Vec<_> = top_names().into_iter().filter(|top| top.female == female).collect();
        let weights = Some(top.iter().map(|top| f64::from(top.holders)).collect());
        lists.push((name, List { words: top.iter().map(|top| top.name.into()).collect(), weights }));
    }
    Ok(lists)
}

impl Namer {
    /// Reads the shipped habits.
    pub(crate) fn shipped() -> Result<Self, SynthError> {
        let bug = |message: String| SynthError::Shipped { table: "names.toml", message };
        let document: Document = toml::from_str(include_str!("../data/names.toml")).map_err(|error| bug(error.to_string()))?;
        let mut names: Vec<String> = Vec::new();
        let mut lists = Vec::new();
        for (name, text) in &document.lists {
            let words = if text.contains('|') { text.split('|').collect::<Vec<_>>() } else { text.split(' ').collect() };
            names.push(name.clone());
            lists.push(List { words: words.into_iter().map(Into::into).collect(), weights: None });
        }
        for (name, list) in shipped_lists()? {
            names.push(name.to_owned());
            lists.push(list);
        }
        let find = |name: &str| names.iter().position(|other| other == name).ok_or_else(|| bug(format!("no list {name}")));
        let mut habits = Vec::new();
        for (habit, eras) in &document.habits {
            let mut patterns = Vec::new();
            for era in ERAS {
                let lines = eras.get(era).ok_or_else(|| bug(format!("{habit} lacks {era}")))?;
                patterns.push(parse_patterns(lines, &find).map_err(|error| bug(format!("{habit}.{era}: {error}")))?);
            }
            let marga = document.marga.get(habit).map(|list| find(list)).transpose()?;
            habits.push(Habit { patterns, marga });
        }
        let ids: Vec<&String> = document.habits.keys().collect();
        let provinces = document
            .provinces
            .iter()
            .map(|(code, weights)| (code.clone(), ids.iter().map(|id| weights.get(*id).copied().unwrap_or(0.0)).collect()))
            .collect();
        Ok(Self { lists, habits, provinces })
    }

    /// A habit usual in this province.
    pub(crate) fn habit(&self, province: &str, dice: &mut Dice) -> HabitId {
        let weights = self.provinces.get(province).or_else(|| self.provinces.get("default"));
        weights.map_or(0, |weights| dice.weighted(weights))
    }

    /// A family name of the habit; empty where it has none.
    pub(crate) fn marga(&self, habit: HabitId, dice: &mut Dice) -> &str {
        self.habits[habit].marga.map_or("", |list| self.draw(list, dice))
    }

    fn draw(&self, list: usize, dice: &mut Dice) -> &str {
        let list = &self.lists[list];
        let at = match &list.weights {
            Some(weights) => dice.weighted(weights),
            None => (skewed(dice.unit()) * list.words.len() as f64) as usize,
        };
        list.words.get(at).map_or("", |word| word)
    }

    /// A full name in upper case.
    pub(crate) fn name(&self, habit: HabitId, female: bool, birth_year: i16, marga: &str, dice: &mut Dice) -> String {
        let era = usize::from(birth_year >= 1975) + usize::from(birth_year >= 2000);
        let patterns = &self.habits[habit].patterns[era + if female { 3 } else { 0 }];
        let pattern = &patterns.patterns[dice.weighted(&patterns.weights)];
        let mut name = String::with_capacity(28);
        for part in pattern {
            match part {
                Part::Literal(text) => name.push_str(text),
                Part::Marga => name.push_str(marga),
                Part::List(list) => {
                    let word = self.draw(*list, dice);
                    // A name does not say the same word twice, as "PUTRI PUTRI" would.
                    let word = if name.ends_with(' ') && name[..name.len() - 1].ends_with(word) { self.draw(*list, dice) } else { word };
                    name.push_str(word);
                }
            }
        }
        name.truncate(name.trim_end().len());
        name
    }
}

fn parse_patterns(lines: &[String], find: &impl Fn(&str) -> Result<usize, SynthError>) -> Result<Patterns, String> {
    let mut patterns = Patterns::default();
    for line in lines {
        let (weight, pattern) = line.split_once(' ').ok_or_else(|| format!("no weight in {line:?}"))?;
        patterns.weights.push(weight.parse().map_err(|_| format!("no weight in {line:?}"))?);
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            let close = rest.find('}').ok_or_else(|| format!("unclosed brace in {line:?}"))?;
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            match &rest[open + 1..close] {
                "marga" => parts.push(Part::Marga),
                list => parts.push(Part::List(find(list).map_err(|error| error.to_string())?)),
            }
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        patterns.patterns.push(parts);
    }
    Ok(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_realistic_frequencies() {
        let namer = Namer::shipped().expect("shipped names parse");
        let mut dice = Dice::new(1, 0, 0);
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let n = 40_000;
        for at in 0..n {
            let habit = namer.habit("35", &mut dice);
            let name = namer.name(habit, at % 2 == 0, 1940 + (at % 85) as i16, "", &mut dice);
            assert!(!name.is_empty() && !name.contains("  ") && !name.contains('{'), "{name}");
            *counts.entry(name).or_default() += 1;
        }
        let single = counts.iter().filter(|(name, _)| !name.contains(' ')).map(|(_, n)| n).sum::<u32>();
        let share = f64::from(single) / f64::from(n);
        assert!((0.28..0.45).contains(&share), "mononyms {share}");
        let top = counts.values().max().copied().unwrap_or_default();
        assert!(top < 200, "the commonest name has {top} of {n} holders");
        assert!(counts.len() > 8_000, "{} distinct names", counts.len());
    }

    #[test]
    fn family_names_are_handed_on() {
        let namer = Namer::shipped().expect("shipped names parse");
        let mut dice = Dice::new(1, 0, 0);
        let batak =
            (0..namer.habits.len()).find(|habit| !namer.marga(*habit, &mut Dice::new(1, 1, 1)).is_empty()).expect("some habit has one");
        let marga = namer.marga(batak, &mut dice).to_owned();
        assert!(!marga.is_empty());
        let hits = (0..100).filter(|_| namer.name(batak, false, 1990, &marga, &mut dice).ends_with(&marga)).count();
        assert!(hits > 60, "{hits}");
    }
}
