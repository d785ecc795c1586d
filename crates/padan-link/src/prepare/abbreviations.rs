//! Abbreviation tables: what short words stand for.
//!
//! Grammar of a file (TOML): `[words]` maps a word, or up to four of them, to what replaces it (nothing where that is empty); `[first]`
//! does so at the beginning of a text and goes before (`st` is a saint there, a street later). Longer entries go before shorter ones.
//! What was put in is not looked up again.
//!
//! ```toml
//! [first]
//! st = "saint"
//! [words]
//! st = "street"
//! "p o box" = "pobox"
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fold::words;
use crate::hash::FixedMap;

/// Words of an entry, at most.
const LONGEST: usize = 4;

/// A compiled table.
#[derive(Debug, Clone)]
pub(super) struct Abbreviations {
    words: Table,
    first: Table,
}

/// By first word: short forms and what they stand for, longer ones first.
type Table = FixedMap<Box<str>, Vec<(Box<str>, Box<str>)>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    words: BTreeMap<String, String>,
    #[serde(default)]
    first: BTreeMap<String, String>,
}

impl Abbreviations {
    /// Compiles a file's text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        Ok(Self { first: compile(file.first)?, words: compile(file.words)? })
    }

    /// Appends the words of `text` (one space between them) with short ones written out.
    pub(super) fn expand(&self, text: &str, out: &mut String) {
        let start = out.len();
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let word = rest.split(' ').next().unwrap_or(rest);
            let first = if at == 0 { find(&self.first, word, rest) } else { None };
            let (written, length) = first.or_else(|| find(&self.words, word, rest)).unwrap_or((word, word.len()));
            if !written.is_empty() {
                if out.len() > start {
                    out.push(' ');
                }
                out.push_str(written);
            }
            at += length + 1;
        }
    }
}

fn compile(entries: BTreeMap<String, String>) -> Result<Table, String> {
    let folded = |text: &str| {
        let mut out = String::new();
        words(text, &mut out);
        out
    };
    let mut table = Table::default();
    for (short, long) in entries {
        let key = folded(&short);
        if key.is_empty() || key.split(' ').count() > LONGEST {
            return Err(format!("`{short}`: expected one to {LONGEST} words"));
        }
        let first = key.split(' ').next().unwrap_or(&key).to_owned();
        let forms = table.entry(first.into()).or_default();
        forms.push((key.into(), folded(&long).into()));
        forms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    }
    Ok(table)
}

/// What stands for the most of the words at the beginning of `rest`, and their length.
fn find<'a>(table: &'a Table, word: &str, rest: &str) -> Option<(&'a str, usize)> {
    let begins = |short: &str| rest.starts_with(short) && matches!(rest.as_bytes().get(short.len()), None | Some(b' '));
    table.get(word)?.iter().find(|(short, _)| begins(short)).map(|(short, long)| (long.as_ref(), short.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::{ResourceKind, Shipped};

    fn expanded(table: &str, text: &str) -> String {
        let (_, file) = Shipped::files(ResourceKind::Abbreviations).iter().find(|(name, _)| *name == table).expect("shipped");
        let mut out = String::new();
        Abbreviations::parse(file).expect("a table").expand(text, &mut out);
        out
    }

    #[test]
    fn addresses_are_written_out() {
        for (table, text, expected) in [
            ("english-address", "st marys st", "saint marys street"),
            ("english-address", "12 n main rd apt 4", "12 north main road apartment 4"),
            ("english-address", "p o box 77", "pobox 77"),
            ("english-address", "mt pleasant ave", "mount pleasant avenue"),
            ("indonesian-address", "jl raya ps minggu gg buntu no 5", "jalan raya pasar minggu gang buntu 5"),
            ("indonesian-address", "kp baru rt 3 rw 4", "kampung baru rt 3 rw 4"),
        ] {
            assert_eq!(expanded(table, text), expected, "{text}");
        }
    }

    #[test]
    fn the_shipped_tables_are_settled() {
        for (name, file) in Shipped::files(ResourceKind::Abbreviations) {
            let table = Abbreviations::parse(file).expect("a table");
            let raw: File = toml::from_str(file).expect("a table");
            for long in raw.words.values() {
                let mut again = String::new();
                table.expand(&format!("x {long}"), &mut again);
                assert_eq!(again, format!("x {long}").trim(), "{name}: what stands for a word is no short form");
            }
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert!(Abbreviations::parse("[word]\na = 'b'").expect_err("wrong").contains("unknown field `word`"));
        assert!(Abbreviations::parse("[words]\n'a b c d e' = 'b'").expect_err("wrong").contains("one to 4 words"));
    }
}
