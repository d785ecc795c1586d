//! One prepared column over chunks of rows: its rule files read once, its votes counted, its values made.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Builder, StringArray, StringBuilder};
use arrow::datatypes::DataType;
use rayon::prelude::*;

use super::abbreviations::Abbreviations;
use super::columns::{PreparedColumn, PreparedKind};
use super::date::{self, Reading, Votes};
use super::resources::{ResourceKind, Resources};
use super::{email, identifier, list, number, phone, source, text};
use crate::LinkError;
use crate::phonetic::{Memo, Phonetics};

/// A column ready to be made.
pub(super) struct Maker<'a> {
    column: &'a PreparedColumn,
    abbreviations: Option<Abbreviations>,
    phonetics: Option<Phonetics>,
}

/// Type of the values of a kind.
pub(super) fn data_type(kind: PreparedKind) -> DataType {
    if kind == PreparedKind::Number { DataType::Int64 } else { DataType::Utf8 }
}

impl<'a> Maker<'a> {
    pub(super) fn new(name: &str, column: &'a PreparedColumn, resources: &dyn Resources) -> Result<Self, LinkError> {
        let wrong = |file: &str, error: String| LinkError::Model(format!("column `{name}`: `{file}`: {error}"));
        let abbreviations = match &column.abbreviations {
            None => None,
            Some(file) => {
                let text = resources.read(ResourceKind::Abbreviations, file)?;
                Some(Abbreviations::parse(&text).map_err(|error| wrong(file, error))?)
            }
        };
        let phonetics = match &column.rules {
            None => None,
            Some(file) => {
                let text = resources.read(ResourceKind::Phonetic, file)?;
                Some(Phonetics::compile(&text).map_err(|error| wrong(file, error))?)
            }
        };
        Ok(Self { column, abbreviations, phonetics })
    }

    /// How each table's dates are read: the votes of its rows.
    pub(super) fn readings<'s>(&self, tables: usize, chunks: impl Iterator<Item = (usize, &'s Vec<StringArray>)>) -> Vec<Reading> {
        let mut votes = vec![Votes::default(); tables];
        if self.column.kind == PreparedKind::Date {
            let chunks: Vec<(usize, &Vec<StringArray>)> = chunks.collect();
            let counted: Vec<(usize, Votes)> = chunks.into_par_iter().map(|(table, sources)| (table, count(sources))).collect();
            for (table, counted) in counted {
                votes[table] = votes[table].merge(counted);
            }
        }
        votes.into_iter().map(|votes| votes.reading(self.column.order)).collect()
    }

    /// The column's values.
    pub(super) fn make(&self, sources: &[StringArray], rows: usize, reading: Reading) -> ArrayRef {
        let mut joined = String::new();
        if self.column.kind == PreparedKind::Number {
            let mut builder = Int64Builder::with_capacity(rows);
            for row in 0..rows {
                let value = source::row(sources, row, &mut joined);
                builder.append_option(value.and_then(|value| number::number(value, self.column.decimals)));
            }
            return Arc::new(builder.finish());
        }
        let bytes = sources.iter().map(text_bytes).sum();
        let mut builder = StringBuilder::with_capacity(rows, bytes);
        let (mut scratch, mut out) = (String::new(), String::new());
        let mut memo = self.phonetics.as_ref().map(Memo::new);
        for row in 0..rows {
            out.clear();
            let is_date = self.column.kind == PreparedKind::Date;
            let value = if is_date { source::date_row(sources, row, &mut joined) } else { source::row(sources, row, &mut joined) };
            if let Some(value) = value {
                match &mut memo {
                    Some(memo) => sound(value, memo, &mut scratch, &mut out),
                    None => self.text(value, reading, &mut scratch, &mut out),
                }
            }
            builder.append_option((!out.is_empty()).then_some(&out));
        }
        Arc::new(builder.finish())
    }

    fn text(&self, value: &str, reading: Reading, scratch: &mut String, out: &mut String) {
        match self.column.kind {
            PreparedKind::Name | PreparedKind::Text => text::text(value, self.abbreviations.as_ref(), scratch, out),
            PreparedKind::Identifier => identifier::identifier(value, out),
            PreparedKind::Date => date::date(value, reading, out),
            PreparedKind::Email => email::email(value, out),
            PreparedKind::Phone => phone::phone(value, self.column.digits, out),
            PreparedKind::Category => text::category(value, out),
            PreparedKind::List => list::list(value, &self.column.separator, out),
            // Made apart: a number is no text, and sounds are remembered.
            PreparedKind::Number | PreparedKind::Sound => {}
        }
    }
}

fn sound(value: &str, memo: &mut Memo<'_>, scratch: &mut String, out: &mut String) {
    scratch.clear();
    text::text(value, None, &mut String::new(), scratch);
    memo.push_keys(scratch, out);
}

/// Bytes of the texts of a slice.
fn text_bytes(texts: &StringArray) -> usize {
    match texts.value_offsets() {
        [first, .., last] => (last - first) as usize,
        _ => 0,
    }
}

fn count(sources: &[StringArray]) -> Votes {
    let mut votes = Votes::default();
    let mut joined = String::new();
    for row in 0..sources.first().map_or(0, Array::len) {
        if let Some(value) = source::date_row(sources, row, &mut joined) {
            votes.count(value);
        }
    }
    votes
}
