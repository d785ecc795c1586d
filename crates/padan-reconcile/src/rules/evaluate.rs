//! A rule over its frame: for every unit entitled, not entitled or not to be judged, and why.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use padan_polars::{to_arrow, to_polars};
use polars::prelude::IntoLazy;

use super::check::{CheckedRule, Condition};
use crate::ReconcileError;
use crate::facts::{FactColumn, PER_PROGRAMME};

/// What a rule says of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// Eligible and not excluded.
    Entitled,
    /// Excluded, or a condition fails.
    NotEntitled,
    /// No condition fails and some cannot be decided.
    Unknown,
}

/// What a rule says of every unit of its frame.
#[derive(Debug)]
pub(crate) struct Judgements<'a> {
    rule: &'a CheckedRule<'a>,
    facts: RecordBatch,
    /// One column a condition, exclusions first.
    values: Vec<BooleanArray>,
}

/// Evaluates a rule over `facts`, whose last column becomes `ganda`: whether the unit stands twice on the programme's list.
pub(crate) fn evaluate<'a>(rule: &'a CheckedRule<'a>, facts: &RecordBatch, ganda: &BooleanArray) -> Result<Judgements<'a>, ReconcileError> {
    let mut columns: Vec<ArrayRef> = facts.columns().to_vec();
    if let Some(last) = columns.last_mut() {
        *last = Arc::new(ganda.clone());
    }
    debug_assert_eq!(facts.schema().fields().last().map(|field| field.name().as_str()), Some(PER_PROGRAMME));
    let facts = RecordBatch::try_new(facts.schema(), columns)?;
    let conditions: Vec<&Condition> = rule.exclusions.iter().chain(&rule.eligible).collect();
    let fields: Vec<Field> = (0..conditions.len()).map(|index| Field::new(index.to_string(), DataType::Boolean, true)).collect();
    // A condition without columns is a constant, and polars gives it one row; `ganda` keeps the height and is dropped again.
    let height = polars::prelude::col(PER_PROGRAMME);
    let selected: Vec<_> =
        conditions.iter().enumerate().map(|(index, condition)| condition.expr.clone().alias(index.to_string())).chain([height]).collect();
    let frame = to_polars(std::slice::from_ref(&facts))?.lazy().select(selected).collect()?;
    let frame = frame.drop(PER_PROGRAMME)?;
    let evaluated = to_arrow(frame, &Arc::new(Schema::new(fields)))?;
    let values = evaluated.columns().iter().filter_map(|column| column.as_any().downcast_ref::<BooleanArray>().cloned()).collect();
    Ok(Judgements { rule, facts, values })
}

impl Judgements<'_> {
    fn value(&self, condition: usize, unit: usize) -> Option<bool> {
        self.values[condition].is_valid(unit).then(|| self.values[condition].value(unit))
    }

    fn eligible(&self, unit: usize) -> impl Iterator<Item = (&Condition, Option<bool>)> {
        let exclusions = self.rule.exclusions.len();
        self.rule.eligible.iter().enumerate().map(move |(index, condition)| (condition, self.value(exclusions + index, unit)))
    }

    /// The exclusions that hold for the unit.
    pub(crate) fn exclusions(&self, unit: usize) -> impl Iterator<Item = &str> {
        let held = move |index: &usize| self.value(*index, unit) == Some(true);
        (0..self.rule.exclusions.len()).filter(held).map(|index| self.rule.exclusions[index].reason.as_str())
    }

    /// Entitled, not entitled or unknown.
    pub(crate) fn judge(&self, unit: usize) -> Judgement {
        if self.exclusions(unit).next().is_some() || self.eligible(unit).any(|(_, value)| value == Some(false)) {
            Judgement::NotEntitled
        } else if self.eligible(unit).any(|(_, value)| value.is_none()) {
            Judgement::Unknown
        } else {
            Judgement::Entitled
        }
    }

    /// Whether the unit fails no condition of eligibility.
    pub(crate) fn fails_none(&self, unit: usize) -> bool {
        self.eligible(unit).all(|(_, value)| value != Some(false))
    }

    /// Columns of the unit's frame whose facts are missing where eligibility cannot be decided; one may come twice.
    fn missing_columns(&self, unit: usize) -> impl Iterator<Item = usize> {
        let open = self.eligible(unit).filter(|(_, value)| value.is_none());
        open.flat_map(|(condition, _)| condition.columns.iter().copied()).filter(move |column| self.facts.column(*column).is_null(unit))
    }

    /// Names of the facts that are missing where eligibility cannot be decided.
    pub(crate) fn missing(&self, unit: usize) -> Vec<&'static str> {
        let mut found: Vec<&'static str> = Vec::new();
        for column in self.missing_columns(unit) {
            let name = FactColumn::of(self.rule.rule.unit)[column].name;
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    /// Adds the unit's reason codes: exclusions, failed conditions, and missing facts where it cannot be judged; none of these twice.
    pub(crate) fn reasons<'s>(&'s self, unit: usize, into: &mut Vec<&'s str>) {
        let first = into.len();
        let mut add = |code: &'s str| {
            if !into[first..].contains(&code) {
                into.push(code);
            }
        };
        self.exclusions(unit).for_each(&mut add);
        let failed = self.eligible(unit).filter(|(_, value)| *value == Some(false));
        failed.for_each(|(condition, _)| add(&condition.reason));
        if self.judge(unit) == Judgement::Unknown {
            self.missing_columns(unit).for_each(|column| add(&self.rule.missing[column]));
        }
    }
}
