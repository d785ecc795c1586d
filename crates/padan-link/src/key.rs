//! Blocking keys: expressions over columns, hashed to 64 bits.
//!
//! A conjunction is the hash of its parts; a part that is null makes no key. An exploded part (`tokens`, `pairs`) makes several keys, so a
//! pair that shares two tokens meets twice and is counted once.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

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

/// What an expression takes of the distinct values of a text column, hashed.
pub(crate) struct Taken {
    /// By value, where it may have several: where its hashes end; empty where each has one.
    ends: Vec<u32>,
    /// The hashes, value by value; [`NO_HASH`] of a value without one, where each has one.
    hashes: Vec<u64>,
}

impl Taken {
    /// Of the column's values; `None` where they are so many beside the `rows` that will be asked that each row's is sooner taken as it is
    /// asked for, or where they would need too much room.
    fn of(expression: &Expression, records: &Records, rows: usize) -> Option<Self> {
        let Some(Column::Text(column)) = records.column(&expression.column) else { return None };
        if rows < column.values.len() / 4 || expression.take == Take::Deletions {
            return None;
        }
        let is_single = expression.is_single();
        let of_values = |values: Range<usize>| {
            let (mut counts, mut hashes) = (Vec::new(), Vec::with_capacity(values.len()));
            for value in values {
                let before = hashes.len();
                expression.text_hashes(&column.values[value], &mut hashes);
                if !is_single {
                    counts.push((hashes.len() - before) as u32);
                } else if hashes.len() == before {
                    hashes.push(NO_HASH);
                }
            }
            (counts, hashes)
        };
        let len = column.values.len();
        let parts: Vec<(Vec<u32>, Vec<u64>)> =
            (0..len.div_ceil(PART)).into_par_iter().map(|part| of_values(part * PART..((part + 1) * PART).min(len))).collect();
        let mut taken = Self { ends: Vec::new(), hashes: Vec::with_capacity(parts.iter().map(|(_, hashes)| hashes.len()).sum()) };
        let mut end = 0;
        for (counts, hashes) in parts {
            taken.ends.extend(counts.into_iter().map(|count| {
                end += count;
                end
            }));
            taken.hashes.extend(hashes);
        }
        Some(taken)
    }

    fn of_value(&self, id: u32) -> &[u64] {
        let id = id as usize;
        if self.ends.is_empty() {
            let hash = &self.hashes[id..=id];
            return if hash[0] == NO_HASH { &[] } else { hash };
        }
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.hashes[start as usize..self.ends[id] as usize]
    }
}

/// Values that are hashed in one go.
const PART: usize = 1 << 14;

/// What the expressions of some rules take, each once.
#[derive(Default)]
pub(crate) struct Takings(Vec<(Expression, Option<Arc<Taken>>)>);

impl Takings {
    /// Of these expressions over the records; `rows` is how many rows will be asked, about.
    pub(crate) fn new(expressions: impl Iterator<Item = Expression>, records: &Records, rows: usize) -> Self {
        let mut distinct: Vec<Expression> = Vec::new();
        for expression in expressions {
            if !distinct.contains(&expression) {
                distinct.push(expression);
            }
        }
        let taken = |expression: Expression| {
            let taken = Taken::of(&expression, records, rows).map(Arc::new);
            (expression, taken)
        };
        Self(distinct.into_iter().map(taken).collect())
    }

    fn get(&self, expression: &Expression) -> Option<Arc<Taken>> {
        self.0.iter().find(|(of, _)| of == expression)?.1.clone()
    }
}

/// An expression over the records: its column found, and what is taken of each distinct value, where that was taken before.
pub(crate) struct Key<'a> {
    expression: Expression,
    column: Option<&'a Column>,
    taken: Option<Arc<Taken>>,
}

/// Where a value makes no key. A value that hashes to it by chance (one in 2^64) makes none either.
pub(crate) const NO_HASH: u64 = 0;

impl<'a> Key<'a> {
    /// Over the records, with what was taken of their values.
    pub(crate) fn new(expression: Expression, records: &'a Records, takings: &Takings) -> Self {
        let (column, taken) = (records.column(&expression.column), takings.get(&expression));
        Self { expression, column, taken }
    }

    /// Whether a row has one hash at most, found without its text.
    fn has_one(&self) -> bool {
        !matches!(self.column, Some(Column::Text(_)))
            || self.taken.as_ref().is_some_and(|taken| self.expression.is_single() && taken.ends.is_empty())
    }

    /// The only hash at `row` where it [`has_one`](Self::has_one); [`NO_HASH`] where the column is null.
    fn hash(&self, row: u32) -> u64 {
        match self.column {
            Some(Column::Text(column)) => {
                let hashes = self.taken.as_ref().map_or(&[][..], |taken| &taken.hashes);
                hashes.get(column.ids[row as usize] as usize).copied().unwrap_or(NO_HASH)
            }
            Some(Column::Date(values) | Column::Int(values)) => match self.expression.number(values[row as usize]) {
                NULL_INT => NO_HASH,
                value => mix(value as u64),
            },
            None => NO_HASH,
        }
    }

    /// The hashes at `row`; none where the column is null. `room` is for those that are taken now.
    pub(crate) fn hashes<'h>(&'h self, row: u32, room: &'h mut Vec<u64>) -> &'h [u64] {
        room.clear();
        match self.column {
            Some(Column::Text(column)) => match (column.ids[row as usize], &self.taken) {
                (NULL_ID, _) => {}
                (id, Some(taken)) => return taken.of_value(id),
                (id, None) => self.expression.text_hashes(&column.values[id as usize], room),
            },
            Some(Column::Date(values) | Column::Int(values)) => {
                let value = self.expression.number(values[row as usize]);
                if value != NULL_INT {
                    room.push(mix(value as u64));
                }
            }
            None => {}
        }
        room
    }
}

/// Whether a row has one key at most under a conjunction, found without its texts.
pub(crate) fn has_one(parts: &[Key<'_>]) -> bool {
    !parts.is_empty() && parts.iter().all(Key::has_one)
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
        match part.hashes(row, values) {
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
