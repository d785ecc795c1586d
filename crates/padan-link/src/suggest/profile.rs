//! What a column looks like: its kind, how full and how distinct it is. From values alone; the header breaks ties.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::DataType;

use super::align;
use super::words::{self, Meaning};
use crate::prepare::OR;

/// Rows looked at of each table, evenly spaced.
const SAMPLE: usize = 20_000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Calendar dates.
    Date,
    /// A year, an age or another small number.
    Number,
    /// `local@domain`.
    Email,
    /// Phone numbers.
    Phone,
    /// Numbers and codes that name one thing of many: six characters and more, mostly distinct.
    Identifier,
    /// Shorter codes: postcodes, house numbers.
    Code,
    /// A few words that many rows share.
    Category,
    /// Items.
    List,
    /// Names and other short texts.
    Text,
    /// Long texts.
    FreeText,
}

/// One column of all tables.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    /// Its header in the first table.
    pub(super) name: String,
    /// Its headers, as a model names them.
    pub(super) from: String,
    pub(super) kind: Kind,
    /// What its header says, if anything.
    pub(super) meaning: Option<Meaning>,
    /// Share of rows with a value.
    pub(super) filled: f64,
    /// Distinct values over values, in the sample.
    pub(super) distinct: f64,
    /// Characters of a value, on average.
    pub(super) length: f64,
    /// Tokens of a value, on average.
    pub(super) tokens: f64,
    /// Whether a value is letters and not digits.
    pub(super) alphabetic: bool,
    /// Smallest and largest number, of a column of integers; mistyped ones, one in fifty at either end, aside.
    pub(super) range: Option<(i64, i64)>,
    /// Values by sampled row, tables one after the other; for comparing columns.
    pub(super) sample: Vec<Option<String>>,
}

/// Profiles the columns that every table has, in the order of the first.
pub(super) fn profiles(tables: &[&[RecordBatch]], skip: Option<&str>) -> Vec<Profile> {
    let tables: Vec<&[RecordBatch]> = tables.iter().copied().filter(|table| !table.is_empty()).collect();
    align::columns(&tables, skip).iter().map(|names| profile_of(names, &tables)).filter(|profile| profile.filled > 0.0).collect()
}

/// Profiles a column of that header in each table.
pub(super) fn profile_of(names: &[String], tables: &[&[RecordBatch]]) -> Profile {
    let is_list = |(name, table): (&String, &&[RecordBatch])| {
        let column = table.first().and_then(|batch| batch.column_by_name(name));
        column.is_some_and(|column| matches!(column.data_type(), DataType::List(_) | DataType::LargeList(_)))
    };
    let list = names.iter().zip(tables).any(is_list);
    let sampled = names.iter().zip(tables).flat_map(|(name, table)| sample(name, table));
    let sample: Vec<Option<String>> = if list { Vec::new() } else { sampled.collect() };
    let name = names.first().map_or("", String::as_str);
    let values: Vec<&str> = sample.iter().flatten().map(String::as_str).collect();
    let n = values.len().max(1) as f64;
    let share = |test: fn(&str) -> bool| values.iter().filter(|value| test(value)).count() as f64 / n;
    let mean = |of: fn(&str) -> usize| values.iter().map(|value| of(value)).sum::<usize>() as f64 / n;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in &values {
        *counts.entry(value.to_lowercase()).or_default() += 1;
    }
    let integers = share(|value| value.trim().parse::<i64>().is_ok());
    let mut numbers: Vec<i64> = values.iter().filter(|_| integers > 0.9).filter_map(|value| value.trim().parse().ok()).collect();
    numbers.sort_unstable();
    let numbers = &numbers[numbers.len() / 50..numbers.len() - numbers.len() / 50];
    let usual = numbers.chunk_by(|a, b| a == b).count();
    let meaning = words::meaning(name);
    let mut from: Vec<&str> = Vec::new();
    for name in names {
        if !from.contains(&name.as_str()) {
            from.push(name);
        }
    }
    let mut profile = Profile {
        name: name.to_owned(),
        from: from.join(OR),
        kind: Kind::Text,
        meaning,
        filled: if list { 1.0 } else { values.len() as f64 / sample.len().max(1) as f64 },
        distinct: counts.len() as f64 / n,
        length: mean(|value| value.chars().count()),
        tokens: mean(|value| value.split_whitespace().count()),
        alphabetic: mean(|value| value.chars().filter(char::is_ascii_digit).count()) < 0.05 * mean(|value| value.chars().count()),
        range: numbers.first().copied().zip(numbers.last().copied()),
        sample: Vec::new(),
    };
    let digits = mean(|value| value.chars().filter(char::is_ascii_digit).count()) / profile.length.max(1e-9);
    let email = share(|value| value.contains('@') && value.contains('.'));
    let dates = share(is_date);
    // Four digits and more that begin with a zero are a code, whatever their number.
    let is_code = share(|value| value.len() >= 4 && value.starts_with('0')) > 0.05;
    let is_small = integers > 0.9 && !is_code && profile.range.is_some_and(|(low, high)| low >= 0 && high <= 2_100);
    profile.kind = if list {
        Kind::List
    } else if email > 0.6 {
        Kind::Email
    } else if dates > 0.7 {
        Kind::Date
    } else if meaning == Some(Meaning::Phone) && digits > 0.5 {
        Kind::Phone
    } else if n >= 300.0 && (counts.len() <= 8 || usual >= 10) && usual <= 160 && is_small {
        // Years, ages, days and months; a short list of codes reads the same and loses little by it.
        if counts.len() <= 8 { Kind::Category } else { Kind::Number }
    } else if digits > 0.3 && profile.length >= 6.0 && profile.tokens < 2.5 && profile.distinct > 0.3 && meaning != Some(Meaning::Place) {
        Kind::Identifier
    } else if digits > 0.3 && profile.length <= 14.0 && profile.tokens < 3.0 {
        Kind::Code
    } else if counts.len() <= 40 && (counts.len() as f64) < 0.02 * n {
        Kind::Category
    } else if profile.tokens > 7.0 {
        Kind::FreeText
    } else {
        Kind::Text
    };
    profile.sample = sample;
    profile
}

fn sample(name: &str, table: &[RecordBatch]) -> Vec<Option<String>> {
    let rows: usize = table.iter().map(RecordBatch::num_rows).sum();
    let step = rows.div_ceil(SAMPLE).max(1);
    let mut values = Vec::with_capacity(rows / step + 1);
    let mut before = 0_usize;
    for batch in table {
        let Some(array) = batch.column_by_name(name) else { continue };
        let first = before.div_ceil(step) * step - before;
        for row in (first..batch.num_rows()).step_by(step) {
            let text = array.as_string_opt::<i32>().filter(|array| array.is_valid(row)).map(|array| array.value(row));
            values.push(text.filter(|text| !text.trim().is_empty()).map(str::to_owned));
        }
        before += batch.num_rows();
    }
    values
}

/// Whether a text reads as a whole date: `1990-03-05`, `5/3/1990`, `19900305`, `05 Mar 1990`.
fn is_date(text: &str) -> bool {
    let text = text.split(['T', ' ']).next().filter(|part| part.contains(['-', '/', '.'])).unwrap_or(text);
    let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let year = |year: u32| (1_000..=2_100).contains(&year);
    match parts.as_slice() {
        [digits] if digits.len() == 8 => number(digits).is_some_and(|all| {
            let plausible = |y: u32, m: u32, d: u32| (1_850..=2_100).contains(&y) && (1..=12).contains(&m) && (1..=31).contains(&d);
            plausible(all / 10_000, all / 100 % 100, all % 100) || plausible(all % 10_000, all / 10_000 % 100, all / 1_000_000)
        }),
        [a, b, c] => match (number(a), number(b), number(c)) {
            (Some(a), Some(b), Some(c)) => (year(a) && b <= 31 && c <= 99) || (a <= 31 && b <= 31 && (year(c) || c <= 99)),
            (Some(a), None, Some(c)) => b.len() >= 3 && (a <= 31 && (year(c) || c <= 99)),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, expected) in [
            ("1990-03-05", true),
            ("19900305", true),
            ("5/3/1990", true),
            ("05-Mar-1990", true),
            ("1990-03-05 00:00:00", true),
            ("79890541", false),
            ("en3 7xz", false),
            ("12", false),
            ("the 3 of 4", false),
        ] {
            assert_eq!(is_date(text), expected, "{text}");
        }
    }
}
