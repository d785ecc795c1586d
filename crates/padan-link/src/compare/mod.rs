//! Comparisons: two rows to a named level. One kind a file.
//!
//! Level 0 is always *missing* (one side has no value) and carries no evidence; the others are categories with an m, a u and an h of
//! their own, so their order says nothing to the model and is only for the reader.

pub(crate) mod date;
mod exact;
mod identifier;
mod place;
mod text;
mod tokens;

use crate::model::{Comparison, ComparisonKind};
use crate::records::Records;

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

/// A comparison ready for two rows of the records.
pub(crate) trait Comparator: Send + Sync {
    /// Level names; the first is `missing`, the second the plain disagreement.
    fn levels(&self) -> Vec<String>;

    /// Where learning starts: P(level | match) for the levels after `missing`, not normalised.
    fn start(&self) -> Vec<f64>;

    /// Compares two rows.
    fn compare(&self, left: u32, right: u32) -> Agreement;

    /// Whether both rows say something; cheap. May say yes where the comparison then finds nothing to compare.
    fn is_known(&self, _left: u32, _right: u32) -> bool {
        true
    }

    /// Exact chance of the topmost level between the sides, where it has a closed form.
    fn exact_chance(&self, _left: &[u32], _right: &[u32]) -> Option<f64> {
        None
    }
}

/// Prepares a comparison; `None` where the records lack its column. Frequencies are counted over the `reference` rows.
pub(crate) fn prepare<'a>(comparison: &Comparison, records: &'a Records, reference: &[u32]) -> Option<Box<dyn Comparator + 'a>> {
    match &comparison.compare {
        ComparisonKind::Exact { column } => records.column(column).map(|column| Box::new(exact::Exact::new(column)) as Box<dyn Comparator>),
        ComparisonKind::Identifier { column, stem, stem_date } => {
            let dates = stem_date.as_deref().and_then(|name| records.numbers(name));
            records.text(column).map(|column| Box::new(identifier::Identifier::new(column, *stem, dates)) as _)
        }
        ComparisonKind::Tokens { column, keys } => records
            .text(column)
            .map(|column| Box::new(tokens::Tokens::new(column, keys.as_deref().and_then(|keys| records.text(keys)), reference)) as _),
        ComparisonKind::Date { column, year } => {
            let year = year.as_deref().and_then(|year| records.numbers(year));
            let date = records.numbers(column);
            if date.is_none() && year.is_none() { None } else { Some(Box::new(date::BirthDate::new(date, year)) as _) }
        }
        ComparisonKind::Place { column, depths, minor } => {
            let minor = minor.iter().filter_map(|name| records.numbers(name)).collect();
            records.text(column).map(|column| Box::new(place::Place::new(column, depths.clone(), minor)) as _)
        }
        ComparisonKind::Text { column, thresholds } => {
            records.text(column).map(|column| Box::new(text::Text::new(column, thresholds.clone(), reference)) as _)
        }
    }
}

/// Chance that a left and a right row hold the same value: Σ n_left(v)·n_right(v) over the pairs in which both have one.
pub(crate) fn equal_chance(ids: &[u32], left: &[u32], right: &[u32]) -> Option<f64> {
    let mut counts: crate::hash::FixedMap<u32, (u64, u64)> = crate::hash::FixedMap::default();
    let (mut n_left, mut n_right) = (0_u64, 0_u64);
    for row in left {
        let id = ids[*row as usize];
        if id != crate::records::NULL_ID {
            counts.entry(id).or_default().0 += 1;
            n_left += 1;
        }
    }
    for row in right {
        let id = ids[*row as usize];
        if id != crate::records::NULL_ID {
            n_right += 1;
            if let Some(count) = counts.get_mut(&id) {
                count.1 += 1;
            }
        }
    }
    if n_left == 0 || n_right == 0 {
        return None;
    }
    #[expect(clippy::iter_over_hash_type, reason = "an integer sum has no order")]
    let equal: u64 = {
        let mut sum = 0;
        for (a, b) in counts.values() {
            sum += a * b;
        }
        sum
    };
    Some(equal as f64 / (n_left as f64 * n_right as f64))
}
