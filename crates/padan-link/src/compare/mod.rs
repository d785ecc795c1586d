//! Comparisons: two rows to a named level. One kind a file.
//!
//! Level 0 is always *missing* (one side has no value) and carries no evidence; the others are categories with an m, a u and an h of
//! their own, so their order says nothing to the model and is only for the reader.

pub(crate) mod date;
mod digits;
mod email;
mod embedded;
mod exact;
mod free_text;
mod frequency;
mod glimpse;
mod hierarchy;
mod identifier;
mod list;
mod local;
mod number;
mod place;
mod profile;
mod screen;
mod text;
mod text_date;
mod tokens;

pub(crate) use frequency::equal_chance;
pub(crate) use glimpse::{Glimpse, Signature};
pub(crate) use tokens::SHARES_A_WORD;

use crate::model::{Comparison, ComparisonKind};
use crate::records::{Column, NULL_ID, NULL_INT, Records};

/// Outcome of one comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Agreement {
    /// Index into the comparator's levels.
    pub(crate) level: u8,
    /// Share of reference rows that would agree as well by chance on these very values, 0 to 1; 0 where it is not known.
    pub(crate) frequency: f32,
}

impl Agreement {
    /// Neither side says anything.
    pub(crate) const MISSING: Self = Self { level: 0, frequency: 0.0 };

    /// A level without frequency.
    pub(crate) const fn level(level: u8) -> Self {
        Self { level, frequency: 0.0 }
    }
}

/// Two rows and the ids of their values.
pub(crate) type KnownPair = ((u32, u32), (u32, u32));

/// A bound of the frequency of an agreement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rarity {
    /// Nothing is known: it may be as rare as a value gets.
    Unknown,
    /// It has this frequency or a greater one.
    AtLeast(f32),
    /// Such an agreement has none.
    Nothing,
}

/// A comparison ready for two rows of the records.
pub(crate) trait Comparator: Send + Sync {
    /// Level names; the first is `missing`, the second the plain disagreement.
    fn levels(&self) -> Vec<String>;

    /// Where learning starts: P(level | match) for the levels after `missing`, not normalised.
    fn start(&self) -> Vec<f64>;

    /// Share of the matches that do as the start says, whatever the others show. Most comparisons learn without such a doubt.
    fn doubt(&self) -> f64 {
        0.0
    }

    /// Compares two rows.
    fn compare(&self, left: u32, right: u32) -> Agreement;

    /// By row: the id of its value, where that decides; [`compare_known`](Self::compare_known) then compares as `compare` does.
    fn ids(&self) -> Option<&[u32]> {
        None
    }

    /// Compares two values, neither of them null, where there are [`ids`](Self::ids).
    fn compare_ids(&self, _left: u32, _right: u32) -> Agreement {
        Agreement::MISSING
    }

    /// The same of rows with these values, where the rows too may decide.
    fn compare_known(&self, _rows: (u32, u32), (left, right): (u32, u32)) -> Agreement {
        self.compare_ids(left, right)
    }

    /// The same of many pairs, in their order.
    fn compare_many(&self, pairs: &[KnownPair], told: &mut Vec<Agreement>) {
        told.extend(pairs.iter().map(|(rows, ids)| self.compare_known(*rows, *ids)));
    }

    /// Reads what `compare_ids` will read of these values, in a loop that waits for none of them.
    fn fetch(&self, _ids: &mut dyn Iterator<Item = (u32, u32)>) {}

    /// The level of any two different values, where it is always the same.
    fn unequal(&self) -> Option<u8> {
        None
    }

    /// What tells levels by words that stand beside the ids.
    fn glimpse(&self) -> Option<&dyn Glimpse> {
        None
    }

    /// The highest level of any two different values, where it is not the highest of all.
    fn best_unequal(&self) -> Option<u8> {
        self.unequal()
    }

    /// How any row with this value agrees with another with the same, where the value alone decides.
    fn equal(&self, _value: u32) -> Option<Agreement> {
        None
    }

    /// Whether it costs much more than to look at two ids.
    fn is_dear(&self) -> bool {
        false
    }

    /// The level of two equal values, where it is always the same.
    fn equal_level(&self) -> Option<u8> {
        None
    }

    /// How rare an agreement of this value with another can be at a level.
    fn rarity(&self, _value: u32, _level: u8) -> Rarity {
        Rarity::Unknown
    }

    /// Whether both rows say something; cheap. May say yes where the comparison then finds nothing to compare.
    fn is_known(&self, _left: u32, _right: u32) -> bool {
        true
    }

    /// Whether the left row may say something at all.
    fn is_said(&self, left: u32) -> bool {
        self.ids().is_none_or(|ids| ids[left as usize] != NULL_ID)
    }

    /// Exact chance of the topmost level between the sides, where it has a closed form.
    fn exact_chance(&self, _left: &[u32], _right: &[u32]) -> Option<f64> {
        None
    }
}

/// Compares many pairs of rows, and tells what it finds by their index; nothing of pairs of which a side says nothing. One comparison
/// after the other reads its own column alone, and the next pairs' values while one is compared.
pub(crate) fn compare_all(comparator: &dyn Comparator, pairs: &[(u32, u32)], mut tell: impl FnMut(usize, Agreement)) {
    if let Some(ids) = comparator.ids() {
        let (mut known, mut places, mut told): (Vec<KnownPair>, Vec<usize>, Vec<Agreement>) = (Vec::new(), Vec::new(), Vec::new());
        for (chunk, of_chunk) in pairs.chunks(SIDE_BY_SIDE).enumerate() {
            let with_ids = |rows: &(u32, u32)| (*rows, (ids[rows.0 as usize], ids[rows.1 as usize]));
            let has_both = |(_, (_, (a, b))): &(usize, KnownPair)| *a != NULL_ID && *b != NULL_ID;
            places.clear();
            known.clear();
            for (place, pair) in of_chunk.iter().map(with_ids).enumerate().filter(has_both) {
                places.push(chunk * SIDE_BY_SIDE + place);
                known.push(pair);
            }
            comparator.fetch(&mut known.iter().map(|(_, ids)| *ids).filter(|(a, b)| a != b));
            told.clear();
            comparator.compare_many(&known, &mut told);
            places.iter().zip(&told).for_each(|(at, agreement)| tell(*at, *agreement));
        }
    } else {
        for (at, (left, right)) in pairs.iter().enumerate().filter(|(_, (left, right))| comparator.is_known(*left, *right)) {
            tell(at, comparator.compare(*left, *right));
        }
    }
}

/// Pairs of which one comparison after the other is made.
const SIDE_BY_SIDE: usize = 256;

/// Levels that a pattern has room for, `missing` included.
const MOST_LEVELS: usize = 16;

/// Larger regions in which a comparison may weigh a value.
const MOST_DEPTHS: usize = 6;

/// What is wrong with the settings of a comparison, if anything.
pub(crate) fn check(comparison: &Comparison) -> Result<(), String> {
    let falling = |thresholds: &[f64]| {
        let bounded = thresholds.iter().all(|threshold| (0.0..=1.0).contains(threshold));
        if bounded && thresholds.is_sorted_by(|a, b| a > b) { Ok(()) } else { Err("`thresholds` fall from at most 1 to at least 0") }
    };
    let (settings, levels) = match &comparison.compare {
        ComparisonKind::Text { thresholds, .. } | ComparisonKind::FreeText { thresholds, .. } => {
            (falling(thresholds), thresholds.len() + 3)
        }
        ComparisonKind::Number { tolerances, .. } => {
            let rising = tolerances.iter().all(|tolerance| *tolerance > 0.0) && tolerances.is_sorted_by(|a, b| a < b);
            (if rising { Ok(()) } else { Err("`tolerances` rise, from more than 0") }, tolerances.len() + 3)
        }
        ComparisonKind::Hierarchy { columns } => {
            (if columns.is_empty() { Err("`columns` names no column") } else { Ok(()) }, columns.len() + 3)
        }
        ComparisonKind::Place { depths, minor, .. } => (Ok(()), depths.len() + 2 + if minor.is_empty() { 0 } else { 3 }),
        ComparisonKind::Date { age: None, as_of: Some(_), .. } => (Err("`as-of` needs `age`"), 0),
        _ => (Ok(()), 0),
    };
    let settings = match &comparison.term_frequency_within {
        Some(_) if !comparison.term_frequency => Err("`term-frequency-within` needs `term-frequency = true`"),
        Some(within)
            if !within.depths.is_sorted_by(|a, b| a < b) || within.depths.first() == Some(&0) || within.depths.len() > MOST_DEPTHS =>
        {
            Err("`depths` rise from 1 on, six of them at most")
        }
        _ => settings,
    };
    let settings = settings.and(if levels <= MOST_LEVELS { Ok(()) } else { Err("more than 16 levels") });
    settings.map_err(|expected| format!("comparison `{}`: {expected}", comparison.name))
}

/// Prepares a comparison; `None` where the records lack its column. Frequencies are counted over the `reference` rows, and within a region
/// where the comparison names one.
pub(crate) fn prepare<'a>(
    comparison: &Comparison,
    records: &'a Records,
    reference: &[u32],
    levels: Option<&[String]>,
) -> Option<Box<dyn Comparator + 'a>> {
    if let (ComparisonKind::Profile { column }, Some(levels)) = (&comparison.compare, levels) {
        return Some(Box::new(profile::Profile::of_levels(records.text(column)?, reference, levels)));
    }
    let prepared = everywhere(comparison, records, reference)?;
    let regions = comparison.term_frequency_within.as_ref().and_then(|within| Some((records.text(&within.column)?, &within.depths)));
    Some(match regions {
        Some((regions, depths)) => local::Local::wrap(prepared, regions, depths, reference),
        None => prepared,
    })
}

fn everywhere<'a>(comparison: &Comparison, records: &'a Records, reference: &[u32]) -> Option<Box<dyn Comparator + 'a>> {
    let own = of_kind(&comparison.compare, records, reference);
    let Some(embedded) = &comparison.embedded else { return own };
    let completed_kind = comparison.compare.with_column(&embedded.column);
    let (Some(completed), Some(identifier)) = (of_kind(&completed_kind, records, reference), records.text(&embedded.identifier)) else {
        return own;
    };
    let (own_column, completed_column) =
        (comparison.compare.column().and_then(|name| records.column(&name)), records.column(&embedded.column)?);
    let borrowed = borrowed(own_column, completed_column);
    // How common a value is differs between the columns; these kinds say nothing else of all the rows.
    let by_values_alone =
        matches!(&comparison.compare, ComparisonKind::Exact { .. } | ComparisonKind::Date { .. } | ComparisonKind::Place { .. });
    let completes =
        by_values_alone && !comparison.term_frequency && own_column.is_none_or(|own| completes(own, completed_column, &borrowed));
    // Where no row states a value of its own, the comparison is between embedded ones.
    let own = own.or_else(|| of_kind(&completed_kind, records, reference))?;
    let stem = identifier::Stem { length: embedded.stem, sex_digit: embedded.sex_digit };
    let alike = identifier::Identifier::new(identifier, stem, None, &[]);
    Some(Box::new(embedded::Embedded { own, completed, borrowed, completes, identifier, alike }))
}

/// By row: whether only the completed column has a value.
fn borrowed(own: Option<&Column>, completed: &Column) -> Vec<bool> {
    let has = |column: &Column, row: usize| match column {
        Column::Text(column) => column.ids[row] != NULL_ID,
        Column::Date(values) | Column::Int(values) => values[row] != NULL_INT,
    };
    let rows = match completed {
        Column::Text(column) => column.ids.len(),
        Column::Date(values) | Column::Int(values) => values.len(),
    };
    (0..rows).map(|row| has(completed, row) && !own.is_some_and(|own| has(own, row))).collect()
}

/// Whether all rows that are not borrowed have their own values in the completed column.
fn completes(own: &Column, completed: &Column, borrowed: &[bool]) -> bool {
    match (own, completed) {
        (Column::Text(own), Column::Text(completed)) => {
            // Ids of two columns are two numberings: each own one is read once.
            let mut known = vec![NULL_ID; own.values.len()];
            let rows = own.ids.iter().zip(&completed.ids).zip(borrowed).filter(|(_, borrowed)| !**borrowed);
            let mut alike = rows.map(|((own_id, id), _)| match known.get_mut(*own_id as usize) {
                None => *id == NULL_ID,
                Some(_) if *id == NULL_ID => false,
                Some(known) if *known == NULL_ID => {
                    *known = *id;
                    own.values[*own_id as usize] == completed.values[*id as usize]
                }
                Some(known) => known == id,
            });
            alike.all(|alike| alike)
        }
        (Column::Date(own) | Column::Int(own), Column::Date(completed) | Column::Int(completed)) => {
            own.iter().zip(completed).zip(borrowed).all(|((own, completed), borrowed)| *borrowed || own == completed)
        }
        _ => false,
    }
}

fn of_kind<'a>(compare: &ComparisonKind, records: &'a Records, reference: &[u32]) -> Option<Box<dyn Comparator + 'a>> {
    Some(match compare {
        ComparisonKind::Exact { column } => Box::new(exact::Exact::new(records.column(column)?, reference)),
        ComparisonKind::Identifier { column, stem, stem_date, sex_digit } => {
            let dates = stem_date.as_deref().and_then(|name| records.numbers(name));
            let stem = identifier::Stem { length: *stem, sex_digit: *sex_digit };
            Box::new(identifier::Identifier::new(records.text(column)?, stem, dates, reference))
        }
        ComparisonKind::Tokens { column, keys } => {
            Box::new(tokens::Tokens::new(records.text(column)?, keys.as_deref().and_then(|keys| records.text(keys)), reference))
        }
        ComparisonKind::Date { column, year, age, as_of } => {
            if let Some(column) = records.text(column) {
                let ages = age.as_deref().and_then(|age| records.numbers(age));
                let ages = ages.map(|age| text_date::Ages { age, as_of: as_of_day(as_of.as_deref(), records) });
                return Some(Box::new(text_date::TextDate::new(column, ages, reference)));
            }
            let year = year.as_deref().and_then(|year| records.numbers(year));
            let date = records.numbers(column);
            if date.is_none() && year.is_none() {
                return None;
            }
            Box::new(date::BirthDate::new(date, year))
        }
        ComparisonKind::Place { column, depths, minor } => {
            let minor = minor.iter().filter_map(|name| records.numbers(name)).collect();
            Box::new(place::Place::new(records.text(column)?, depths.clone(), minor))
        }
        ComparisonKind::Text { column, thresholds, measure } => {
            Box::new(text::Text::new(records.text(column)?, thresholds.clone(), *measure, reference))
        }
        ComparisonKind::Number { column, tolerances, relative } => {
            Box::new(number::Number::new(records.column(column)?, tolerances.clone(), *relative, reference)?)
        }
        ComparisonKind::List { column } => Box::new(list::List::new(records.text(column)?, reference)),
        ComparisonKind::Hierarchy { columns } => {
            let columns = columns.iter().filter_map(|name| records.column(name).map(|column| (name.as_str(), column))).collect();
            Box::new(hierarchy::Hierarchy::new(columns, reference)?)
        }
        ComparisonKind::FreeText { column, thresholds } => {
            Box::new(free_text::FreeText::new(records.text(column)?, thresholds.clone(), reference))
        }
        ComparisonKind::Profile { column } => Box::new(profile::Profile::new(records.text(column)?, reference)),
        ComparisonKind::Email { column } => Box::new(email::Email::new(records.text(column)?, reference)),
    })
}

/// When ages were so: one day, each row's own, or not known.
fn as_of_day<'a>(as_of: Option<&str>, records: &'a Records) -> text_date::AsOf<'a> {
    match as_of {
        None => text_date::AsOf::Unknown,
        Some(text) if is_date_literal(text) => text_date::AsOf::literal(text),
        Some(name) => records.text(name).map_or(text_date::AsOf::Unknown, text_date::AsOf::Column),
    }
}

/// Whether an `as-of` is a date itself, not a column's name.
pub(crate) fn is_date_literal(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && text.chars().all(|character| character.is_ascii_digit() || character == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_be_are_named() {
        let check = |compare: &str| check(&toml::from_str(&format!("name = 'a'\ncompare = {{ {compare} }}")).expect("a comparison"));
        for (compare, expected) in [
            ("kind = 'text', column = 'a', thresholds = [0.8, 0.9]", "comparison `a`: `thresholds` fall"),
            ("kind = 'free-text', column = 'a', thresholds = [1.2]", "`thresholds` fall"),
            ("kind = 'number', column = 'a', tolerances = [5, 1]", "`tolerances` rise"),
            ("kind = 'hierarchy', columns = []", "names no column"),
            (
                "kind = 'exact', column = 'a' }\nterm-frequency-within = 'b'\nembedded = { column = 'c', identifier = 'd'",
                "needs `term-frequency",
            ),
            (
                "kind = 'exact', column = 'a' }\nterm-frequency = true\nterm-frequency-within = { column = 'b', depths = [4, 2]",
                "`depths` rise",
            ),
            ("kind = 'date', column = 'a', as-of = '2020-01-01'", "`as-of` needs `age`"),
            ("kind = 'number', column = 'a', tolerances = [1,2,3,4,5,6,7,8,9,10,11,12,13,14]", "more than 16 levels"),
        ] {
            assert!(check(compare).expect_err("wrong").contains(expected), "{compare}");
        }
        for compare in [
            "kind = 'text', column = 'a', thresholds = [0.9, 0.8], measure = 'damerau-levenshtein'",
            "kind = 'number', column = 'a'",
            "kind = 'date', column = 'a', age = 'b', as-of = '2020-01-01'",
            "kind = 'email', column = 'a'",
            "kind = 'list', column = 'a'",
        ] {
            assert_eq!(check(compare), Ok(()), "{compare}");
        }
    }
}
