//! Blocking keys: expressions over columns, hashed to 64 bits.
//!
//! A conjunction is the hash of its parts; a part that is null makes no key. An exploded part (`tokens`, `pairs`) makes several keys, so a
//! pair that shares two tokens meets twice and is counted once.

use std::borrow::Cow;

use crate::LinkError;
use crate::hash::{bytes, combine, mix};
use crate::records::{Column, NULL_ID, NULL_INT, Records};

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

    /// What is taken of a text to sort by; `None` where it is too short. Nothing of expressions that take several.
    pub(crate) fn sort_text<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        Some(match self.take {
            Take::Value | Take::Year => Cow::Borrowed(text),
            Take::Prefix(length) => Cow::Borrowed(text.get(..length)?),
            Take::Suffix(length) => Cow::Borrowed(text.len().checked_sub(length).and_then(|start| text.get(start..))?),
            Take::First => Cow::Borrowed(text.split(' ').next()?),
            Take::Last => Cow::Borrowed(text.split(' ').next_back()?),
            Take::Joined => Cow::Owned(text.replace(' ', "")),
            Take::Tokens | Take::Pairs | Take::Deletions => return None,
        })
    }

    /// What is taken of a day or number; `NULL_INT` of none.
    pub(crate) fn number(&self, value: i64) -> i64 {
        if self.take == Take::Year && value != NULL_INT { i64::from(crate::compare::date::civil(value).0) } else { value }
    }

    /// Whether a text has one hash at most.
    pub(crate) fn is_single(&self) -> bool {
        !matches!(self.take, Take::Tokens | Take::Pairs | Take::Deletions)
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

/// An expression over the records: its column found, and where a value has one hash at most, that taken once a distinct value.
pub(crate) struct Key<'a> {
    expression: Expression,
    column: Option<&'a Column>,
    /// Per distinct value of a text column: its hash, or `NO_HASH`. Empty where the hashes are taken as they are asked for.
    of_value: Vec<u64>,
}

/// Where a value makes no key. A value that hashes to it by chance (one in 2^64) makes none either.
pub(crate) const NO_HASH: u64 = 0;

impl<'a> Key<'a> {
    /// Over the records; `rows` is how many rows will be asked, about.
    pub(crate) fn new(expression: Expression, records: &'a Records, rows: usize) -> Self {
        let column = records.column(&expression.column);
        let of_value = match column {
            Some(Column::Text(column)) if expression.is_single() && rows >= column.values.len() / 4 => {
                let mut hashes = Vec::with_capacity(1);
                let hash = |value: &str| {
                    hashes.clear();
                    expression.text_hashes(value, &mut hashes);
                    hashes.first().copied().unwrap_or(NO_HASH)
                };
                column.values.iter().map(hash).collect()
            }
            _ => Vec::new(),
        };
        Self { expression, column, of_value }
    }

    /// The only hash at `row`, taken before; [`NO_HASH`] where the column is null.
    fn hash(&self, row: u32) -> u64 {
        match self.column {
            Some(Column::Text(column)) => self.of_value.get(column.ids[row as usize] as usize).copied().unwrap_or(NO_HASH),
            Some(Column::Date(values) | Column::Int(values)) => match self.expression.number(values[row as usize]) {
                NULL_INT => NO_HASH,
                value => mix(value as u64),
            },
            None => NO_HASH,
        }
    }

    /// Appends the hashes at `row`; nothing where the column is null.
    pub(crate) fn hashes(&self, row: u32, out: &mut Vec<u64>) {
        match self.column {
            Some(Column::Text(column)) => match column.ids[row as usize] {
                NULL_ID => {}
                id if self.of_value.is_empty() => self.expression.text_hashes(&column.values[id as usize], out),
                id => out.extend(Some(self.of_value[id as usize]).filter(|hash| *hash != NO_HASH)),
            },
            Some(Column::Date(values) | Column::Int(values)) => {
                let value = self.expression.number(values[row as usize]);
                if value != NULL_INT {
                    out.push(mix(value as u64));
                }
            }
            None => {}
        }
    }
}

/// Whether a row has one key at most under a conjunction, found without its texts.
pub(crate) fn has_one(parts: &[Key<'_>]) -> bool {
    !parts.is_empty() && parts.iter().all(|part| !matches!(part.column, Some(Column::Text(_))) || !part.of_value.is_empty())
}

/// The key of each row under a conjunction that [`has_one`], or [`NO_HASH`]; part after part, in loops that wait for no row's value.
pub(crate) fn keys_of_rows(parts: &[Key<'_>], rows: &[u32], salt: u64, keys: &mut Vec<u64>) {
    keys.clear();
    keys.resize(rows.len(), salt);
    for part in parts {
        let add = |(key, row): (&mut u64, &u32)| {
            let value = part.hash(*row);
            *key = if *key == NO_HASH || value == NO_HASH { NO_HASH } else { combine(*key, value) };
        };
        keys.iter_mut().zip(rows).for_each(add);
    }
}

/// Buffers of [`conjunction`].
#[derive(Default)]
pub(crate) struct Buffers {
    values: Vec<u64>,
    before: Vec<u64>,
}

/// All keys of a conjunction at `row`, distinct and sorted; `salt` keeps rules apart.
pub(crate) fn conjunction(parts: &[Key<'_>], row: u32, salt: u64, out: &mut Vec<u64>, buffers: &mut Buffers) {
    out.clear();
    out.push(salt);
    let Buffers { values, before } = buffers;
    for part in parts {
        values.clear();
        part.hashes(row, values);
        match values.as_slice() {
            [] => return out.clear(),
            [value] => out.iter_mut().for_each(|key| *key = combine(*key, *value)),
            values => {
                std::mem::swap(out, before);
                out.clear();
                for key in before.iter() {
                    out.extend(values.iter().map(|value| combine(*key, *value)));
                }
            }
        }
    }
    if out.len() > 1 {
        out.sort_unstable();
        out.dedup();
    }
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
