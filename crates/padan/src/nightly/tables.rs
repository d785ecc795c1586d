//! The `links` and `review` tables.

use std::sync::Arc;

use anyhow::Context as _;
use arrow::array::{Float64Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder, StructBuilder};
use arrow::datatypes::DataType;
use padan_link::TrainedModel;
use padan_model::{LinkMethod, tables};
use padan_resolve::Resolution;

use super::StandardSource;
use super::columns::ListedRows;
use super::passes::{Evidence, Passes};

/// Sources by id, as the tables are sorted.
fn by_id(sources: &[StandardSource]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|at| sources[*at].profile.id.as_str());
    order
}

/// The evidence of every row that has a person.
pub(super) fn links(
    sources: &[StandardSource],
    listed: &ListedRows,
    passes: &Passes,
    resolution: &Resolution,
) -> anyhow::Result<RecordBatch> {
    let rows: Vec<(usize, usize, u32)> = by_id(sources)
        .into_iter()
        .flat_map(|source| listed.range(source).enumerate().map(move |(at, row)| (source, at, row)))
        .filter_map(|(source, at, row)| resolution.assignments[source].person[at].map(|person| (source, row, person)))
        .collect();
    let id = |source: usize| sources[source].profile.id.as_str();
    let evidence = |row: usize| passes.evidence[row];
    let scored = |row: usize| evidence(row).filter(|evidence| usize::from(evidence.model) < passes.trained.len());
    // A registry row that others joined stands for the person; it is nobody's follower.
    let method = |row: usize| if evidence(row).is_some() { passes.method[row] } else { LinkMethod::Alone };
    let columns: Vec<arrow::array::ArrayRef> = vec![
        Arc::new(rows.iter().map(|(source, ..)| Some(id(*source))).collect::<StringArray>()),
        Arc::new(rows.iter().map(|(_, row, _)| listed.rows[*row].row).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|(.., person)| Some(resolution.person_ids[*person as usize].as_str())).collect::<StringArray>()),
        Arc::new(
            rows.iter().map(|(_, row, _)| evidence(*row).map(|evidence| id(listed.source(evidence.link.right)))).collect::<StringArray>(),
        ),
        Arc::new(
            rows.iter()
                .map(|(_, row, _)| evidence(*row).map(|evidence| listed.rows[evidence.link.right as usize].row))
                .collect::<Int64Array>(),
        ),
        Arc::new(rows.iter().map(|(_, row, _)| Some(method(*row).as_str())).collect::<StringArray>()),
        Arc::new(rows.iter().map(|(_, row, _)| scored(*row).and_then(|evidence| rule(passes, &evidence))).collect::<StringArray>()),
        Arc::new(rows.iter().map(|(_, row, _)| scored(*row).map(|evidence| evidence.link.pattern as i64)).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|(_, row, _)| scored(*row).map(|evidence| evidence.link.weight)).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|(_, row, _)| evidence(*row).map(|evidence| evidence.link.probability)).collect::<Float64Array>()),
    ];
    RecordBatch::try_new(tables::links().schema, columns).context("building the links table")
}

fn rule(passes: &Passes, evidence: &Evidence) -> Option<String> {
    passes.trained[usize::from(evidence.model)].1.rules.get(usize::from(evidence.link.rule)).cloned()
}

/// A row as the tables name it.
type Place<'a> = (&'a str, i64);

/// The pairs that a person should judge.
pub(super) fn review(sources: &[StandardSource], listed: &ListedRows, passes: &Passes) -> anyhow::Result<RecordBatch> {
    let place = |row: u32| (sources[listed.source(row)].profile.id.as_str(), listed.rows[row as usize].row);
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
