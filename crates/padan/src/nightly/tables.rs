//! The `links` and `review` tables.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Context as _;
use arrow::array::{Float64Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder, StructBuilder};
use arrow::datatypes::DataType;
use padan_link::TrainedModel;
use padan_model::{LinkMethod, tables};
use padan_resolve::Resolution;

use super::StandardSource;
use super::columns::ListedRows;
use super::ledger::{Evidence, OfSource};
use super::passes::Passes;

/// Sources by id, as the tables are sorted.
fn by_id(sources: &[StandardSource]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|at| sources[*at].profile.id.as_str());
    order
}

/// Rows of a batch of `links`.
const BATCH_ROWS: usize = 16_384;

/// The `links` table: the evidence of every row that has a person, batch by batch.
pub(crate) struct Links<'a> {
    sources: &'a [StandardSource],
    listed: &'a ListedRows,
    passes: &'a Passes,
    resolution: &'a Resolution,
}

impl<'a> Links<'a> {
    pub(super) fn new(sources: &'a [StandardSource], listed: &'a ListedRows, passes: &'a Passes, resolution: &'a Resolution) -> Self {
        Self { sources, listed, passes, resolution }
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.resolution.assignments.iter().flat_map(|assignment| &assignment.person).filter(|person| person.is_some()).count()
    }

    /// Its batches, in the table's order.
    pub(crate) fn batches(&self) -> impl Iterator<Item = anyhow::Result<RecordBatch>> + Send + '_ {
        let of_source = move |source| {
            let rows = self.listed.range(source);
            let mut evidence = Some(self.passes.ledger.of_source(source, rows.clone()));
            // A ledger that cannot be opened is told once, in place of the source's first batch.
            rows.clone().step_by(BATCH_ROWS).map_while(move |start| match evidence.as_mut()? {
                Ok(evidence) => Some(self.linked(source, start..rows.end.min(start + BATCH_ROWS), evidence)),
                Err(_) => evidence.take()?.err().map(Err),
            })
        };
        by_id(self.sources).into_iter().flat_map(of_source).filter(|batch| !batch.as_ref().is_ok_and(|batch| batch.num_rows() == 0))
    }

    /// The rows of a range that have a person.
    fn linked(&self, source: usize, rows: Range<usize>, evidence: &mut OfSource<'_>) -> anyhow::Result<RecordBatch> {
        let (first, persons) = (self.listed.range(source).start, &self.resolution.assignments[source].person);
        let mut linked = Vec::with_capacity(rows.len());
        for row in rows {
            let evidence = evidence.of(row as u32)?;
            if let Some(person) = persons[row - first] {
                linked.push(LinkedRow { row, person, evidence });
            }
        }
        self.batch(source, &linked)
    }

    fn batch(&self, source: usize, rows: &[LinkedRow]) -> anyhow::Result<RecordBatch> {
        let Self { sources, listed, passes, resolution } = self;
        let id = |source: usize| sources[source].profile.id.as_str();
        let method = &resolution.assignments[source].method;
        let first = listed.range(source).start;
        let to = |linked: &LinkedRow| linked.evidence.map(|evidence| evidence.link.right);
        let scored = |linked: &LinkedRow| linked.evidence.filter(|evidence| usize::from(evidence.model) < passes.trained.len());
        // A registry row that others joined stands for the person; it is nobody's follower.
        let method = |linked: &LinkedRow| if linked.evidence.is_some() { method[linked.row - first] } else { LinkMethod::Alone };
        let columns: Vec<arrow::array::ArrayRef> = vec![
            Arc::new(rows.iter().map(|_| Some(id(source))).collect::<StringArray>()),
            Arc::new(rows.iter().map(|linked| i64::from(listed.rows[linked.row].row)).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|linked| Some(resolution.person_ids[linked.person as usize].as_str())).collect::<StringArray>()),
            Arc::new(rows.iter().map(|linked| to(linked).map(|right| id(listed.source(right)))).collect::<StringArray>()),
            Arc::new(rows.iter().map(|linked| to(linked).map(|right| i64::from(listed.rows[right as usize].row))).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|linked| Some(method(linked).as_str())).collect::<StringArray>()),
            Arc::new(rows.iter().map(|linked| scored(linked).and_then(|evidence| rule(passes, &evidence))).collect::<StringArray>()),
            Arc::new(rows.iter().map(|linked| scored(linked).map(|evidence| evidence.link.pattern as i64)).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|linked| scored(linked).map(|evidence| evidence.link.weight)).collect::<Float64Array>()),
            Arc::new(rows.iter().map(|linked| linked.evidence.map(|evidence| evidence.link.probability)).collect::<Float64Array>()),
        ];
        RecordBatch::try_new(tables::links().schema, columns).context("building the links table")
    }
}

/// A row of `links`.
struct LinkedRow {
    row: usize,
    person: u32,
    evidence: Option<Evidence>,
}

fn rule<'a>(passes: &'a Passes, evidence: &Evidence) -> Option<&'a str> {
    passes.trained[usize::from(evidence.model)].1.rules.get(usize::from(evidence.link.rule)).map(String::as_str)
}

/// A row as the tables name it.
type Place<'a> = (&'a str, i64);

/// The pairs that a person should judge.
pub(super) fn review(sources: &[StandardSource], listed: &ListedRows, passes: &Passes) -> anyhow::Result<RecordBatch> {
    let place = |row: u32| (sources[listed.source(row)].profile.id.as_str(), i64::from(listed.rows[row as usize].row));
    let mut pairs: Vec<(Place<'_>, Place<'_>, &Evidence)> =
        passes.review.iter().map(|evidence| (place(evidence.link.left), place(evidence.link.right), evidence)).collect();
    pairs.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let DataType::List(item) = tables::explanation_type() else { anyhow::bail!("an explanation is a list") };
    let DataType::Struct(fields) = item.data_type().clone() else { anyhow::bail!("an explanation's items are structs") };
    let mut explanation = ListBuilder::new(StructBuilder::from_fields(fields, pairs.len() * 8)).with_field(item);
    for (.., evidence) in &pairs {
        append(&mut explanation, &passes.trained[usize::from(evidence.model)].1, evidence.link.pattern)?;
        explanation.append(true);
    }
    let columns: Vec<arrow::array::ArrayRef> = vec![
        Arc::new(pairs.iter().map(|(a, ..)| Some(a.0)).collect::<StringArray>()),
        Arc::new(pairs.iter().map(|(a, ..)| a.1).collect::<Int64Array>()),
        Arc::new(pairs.iter().map(|(_, b, _)| Some(b.0)).collect::<StringArray>()),
        Arc::new(pairs.iter().map(|(_, b, _)| b.1).collect::<Int64Array>()),
        Arc::new(pairs.iter().map(|(.., evidence)| evidence.link.weight).collect::<Float64Array>()),
        Arc::new(pairs.iter().map(|(.., evidence)| evidence.link.probability).collect::<Float64Array>()),
        Arc::new(explanation.finish()),
        Arc::new(pairs.iter().map(|(.., evidence)| entropy(evidence.link.probability)).collect::<Float64Array>()),
    ];
    RecordBatch::try_new(tables::review().schema, columns).context("building the review table")
}

fn append(explanation: &mut ListBuilder<StructBuilder>, model: &TrainedModel, pattern: padan_link::Pattern) -> anyhow::Result<()> {
    for step in model.waterfall(pattern) {
        let values = explanation.values();
        let wrong = "an explanation has text, text, number";
        values.field_builder::<StringBuilder>(0).context(wrong)?.append_value(&step.comparison);
        values.field_builder::<StringBuilder>(1).context(wrong)?.append_value(&step.level);
        values.field_builder::<arrow::array::Float64Builder>(2).context(wrong)?.append_value(step.weight + step.frequency);
        values.append(true);
    }
    Ok(())
}

/// What an answer is worth: the uncertainty it removes, in bits (1 at one half, 0 at certainty).
fn entropy(probability: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    part(probability) + part(1.0 - probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_is_worth_most_at_one_half() {
        assert!((entropy(0.5) - 1.0).abs() < 1e-12);
        assert!(entropy(0.5) > entropy(0.7) && entropy(0.7) > entropy(0.99));
        assert!(entropy(1.0).abs() < 1e-12);
    }
}
