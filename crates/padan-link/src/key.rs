//! Blocking keys: expressions over columns, hashed to 64 bits.
//!
//! A conjunction is the hash of its parts; a part that is null makes no key. An exploded part (`tokens`, `pairs`) makes several keys, so a
//! pair that shares two tokens meets twice and is counted once.

use crate::LinkError;
use crate::hash::{bytes, combine, mix};
use crate::records::{Column, NULL_INT, Records};

/// What is taken of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    /// The whole value.
    Value,
    /// Its first characters; null where it is shorter.
    Prefix(usize),
    /// Its last characters; null where it is shorter.
    Suffix(usize),
    /// The year of a date.
    Year,
    /// Every token of two characters or more.
    Tokens,
    /// Every unordered pair of tokens.
    Pairs,
    /// The first token.
    First,
    /// The last token.
    Last,
    /// The whole value without its spaces: `NITA ERNAWATI` as `NITAERNAWATI`.
    Joined,
    /// Every token of four characters or more with each of its characters left out, and whole: tokens one edit apart share a key.
    Deletions,
}

/// A parsed key expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    pub(crate) column: String,
    pub(crate) take: Take,
}

impl Expression {
    /// Grammar: `column` | `name(column)` | `prefix(column, digits)` | `suffix(column, digits)`.
    pub(crate) fn parse(text: &str) -> Result<Self, LinkError> {
        let wrong = || {
            LinkError::Model(format!(
                "key expression `{text}`: expected a column, year(c), tokens(c), pairs(c), first(c), last(c), joined(c), deletions(c), prefix(c, n) or suffix(c, n)"
            ))
        };
        let Some((function, rest)) = text.split_once('(') else {
            let column = text.trim();
            return if column.is_empty() { Err(wrong()) } else { Ok(Self { column: column.to_owned(), take: Take::Value }) };
        };
        let inner = rest.strip_suffix(')').ok_or_else(wrong)?;
        let (column, argument) = match inner.split_once(',') {
            Some((column, argument)) => (column.trim(), Some(argument.trim())),
            None => (inner.trim(), None),
        };
        let take = match (function.trim(), argument) {
            ("prefix", Some(n)) => Take::Prefix(n.parse().map_err(|_| wrong())?),
            ("suffix", Some(n)) => Take::Suffix(n.parse().map_err(|_| wrong())?),
            ("year", None) => Take::Year,
            ("tokens", None) => Take::Tokens,
            ("pairs", None) => Take::Pairs,
            ("first", None) => Take::First,
            ("last", None) => Take::Last,
            ("joined", None) => Take::Joined,
            ("deletions", None) => Take::Deletions,
            _ => return Err(wrong()),
        };
        Ok(Self { column: column.to_owned(), take })
    }

    /// Appends the hashes of this expression at `row` to `out`; nothing where it is null.
    pub(crate) fn hashes(&self, records: &Records, row: u32, out: &mut Vec<u64>) {
        match records.column(&self.column) {
            Some(Column::Text(column)) => {
                if let Some(text) = column.get(row) {
                    self.text_hashes(text, out);
                }
            }
            Some(Column::Date(values) | Column::Int(values)) => {
                let value = values[row as usize];
                if value != NULL_INT {
                    let value = if self.take == Take::Year { i64::from(crate::compare::date::civil(value).0) } else { value };
                    out.push(mix(value as u64));
                }
            }
            None => {}
        }
    }

    fn text_hashes(&self, text: &str, out: &mut Vec<u64>) {
        let mut push = |part: &str| out.push(bytes(part.as_bytes()));
        match self.take {
            Take::Value | Take::Year => push(text),
            Take::Prefix(length) => {
                if let Some(prefix) = text.get(..length) {
                    push(prefix);
                }
            }
            Take::Suffix(length) => {
                if let Some(suffix) = text.len().checked_sub(length).and_then(|start| text.get(start..)) {
                    push(suffix);
                }
            }
            Take::Tokens => text.split(' ').filter(|token| token.len() > 1).for_each(push),
            Take::Pairs => {
                let mut tokens: Vec<&str> = text.split(' ').filter(|token| token.len() > 1).collect();
                tokens.sort_unstable();
                tokens.dedup();
                for (at, first) in tokens.iter().enumerate() {
                    for second in &tokens[at + 1..] {
                        out.push(combine(bytes(first.as_bytes()), bytes(second.as_bytes())));
                    }
                }
            }
            Take::First => text.split(' ').next().into_iter().for_each(push),
            Take::Joined => push(&text.replace(' ', "")),
            Take::Last => text.split(' ').next_back().into_iter().for_each(push),
            Take::Deletions => {
                let mut rest = String::new();
                for token in text.split(' ').filter(|token| token.len() > 3) {
                    push(token);
                    for (at, character) in token.char_indices() {
                        rest.clear();
                        rest.push_str(&token[..at]);
                        rest.push_str(&token[at + character.len_utf8()..]);
                        push(&rest);
                    }
                }
            }
        }
    }
}

/// All keys of a conjunction at `row`, distinct and sorted; `salt` keeps rules apart.
pub(crate) fn conjunction(parts: &[Expression], records: &Records, row: u32, salt: u64, out: &mut Vec<u64>) {
    out.clear();
    out.push(salt);
    let mut values = Vec::new();
    for part in parts {
        values.clear();
        part.hashes(records, row, &mut values);
        let so_far = std::mem::take(out);
        for key in so_far {
            out.extend(values.iter().map(|value| combine(key, *value)));
        }
        if out.is_empty() {
            return;
        }
    }
    out.sort_unstable();
    out.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_shares_a_deletion() {
        let keys = |text: &str| {
            let mut out = Vec::new();
            Expression::parse("deletions(nama)").expect("parses").text_hashes(text, &mut out);
            out
        };
        for (a, b, share) in [
            ("SUTRISNO", "SUTIRSNO", true),
            ("SUTRISNO", "SUTRSNO", true),
            ("SUTRISNO", "SUTRESNO", true),
            ("SUTRISNO", "SUPRIYADI", false),
        ] {
            assert_eq!(keys(a).iter().any(|key| keys(b).contains(key)), share, "{a} {b}");
        }
    }

    #[test]
    fn expressions_parse() {
        assert_eq!(Expression::parse("prefix(nik, 12)").expect("parses"), Expression { column: "nik".into(), take: Take::Prefix(12) });
        assert_eq!(Expression::parse("nik").expect("parses").take, Take::Value);
        for wrong in ["", "prefix(nik)", "soundex(nama)", "tokens(nama"] {
            assert!(Expression::parse(wrong).is_err(), "{wrong}");
        }
    }
}
