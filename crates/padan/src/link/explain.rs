//! Any pair of a link result: its waterfall, what became of it, and which blocking rules make it.

use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use padan_ingest::{Limits, read_table};
use padan_link::{Verdict, WaterfallStep};
use serde::Serialize;

use super::{Again, Inputs, read_verdicts};
use crate::failure::mistake;

/// A row by table and id, as the user gives it: `id` or `table:id`.
struct Named {
    table: String,
    id: String,
    row: u32,
}

/// Why two rows are linked, or not.
#[derive(Debug, Serialize)]
pub(crate) struct PairExplanation {
    /// `table:id`.
    pub(crate) left: String,
    /// `table:id`.
    pub(crate) right: String,
    /// Prior and comparisons; they sum to the match weight.
    pub(crate) steps: Vec<WaterfallStep>,
    /// Bits.
    pub(crate) match_weight: f64,
    /// Of the two rows alone.
    pub(crate) pair_probability: f64,
    /// All rows considered, where the pair is in `pairs.parquet`.
    pub(crate) match_probability: Option<f64>,
    /// Whether it was linked.
    pub(crate) is_match: Option<bool>,
    /// `same` or `different`, where a person judged the pair or it follows from what was judged.
    pub(crate) verdict: Option<&'static str>,
    /// Blocking rules that make the pair.
    pub(crate) rules: Vec<String>,
    /// Prepared values (column, left, right), if they were asked for.
    pub(crate) values: Vec<(String, Option<String>, Option<String>)>,
}

/// Explains the pair.
pub(crate) fn explain_pair(folder: &Path, left: &str, right: &str, show_values: bool) -> anyhow::Result<PairExplanation> {
    let again = Again::open(folder)?;
    let ids = again.inputs.ids()?;
    let find = |name: &str| find(&again.inputs, &ids, name);
    let (left, right) = (find(left)?, find(right)?);
    let records = again.inputs.encode(&again.model, &padan_link::Shipped)?;
    let pair = again.linkage(&records).explain(left.row, right.row)?;
    let known = published(folder, &left, &right)?;
    let free = vec![None; again.inputs.names.len()];
    let verdicts = again.verdicts.as_deref().map(|path| read_verdicts(path, &again.inputs, &ids, &free)).transpose()?;
    let verdict = verdicts.and_then(|verdicts| verdicts.of_rows(left.row, right.row)).map(|verdict| match verdict {
        Verdict::Same => "same",
        Verdict::Different => "different",
        Verdict::Unsure => "unsure",
    });
    let values = if show_values {
        let value = |column: &str, row: u32| {
            records.text(column).and_then(|text| text.get(row).map(str::to_owned)).or_else(|| {
                records
                    .numbers(column)
                    .map(|values| values[row as usize])
                    .filter(|value| *value != padan_link::NULL_INT)
                    .map(|value| value.to_string())
            })
        };
        again.model.columns().into_iter().map(|column| (column.clone(), value(&column, left.row), value(&column, right.row))).collect()
    } else {
        Vec::new()
    };
    Ok(PairExplanation {
        left: format!("{}:{}", left.table, left.id),
        right: format!("{}:{}", right.table, right.id),
        steps: pair.steps,
        match_weight: pair.weight,
        pair_probability: pair.probability,
        match_probability: known.map(|(probability, _)| probability),
        is_match: known.map(|(_, is_match)| is_match),
        verdict,
        rules: pair.rules,
        values,
    })
}

fn find(inputs: &Inputs, ids: &arrow::array::StringArray, name: &str) -> anyhow::Result<Named> {
    let in_tables = |id: &str, table: Option<&str>| -> Vec<Named> {
        let tables = inputs.names.iter().zip(&inputs.ranges).filter(|(name, _)| table.is_none_or(|table| table == name.as_str()));
        tables
            .flat_map(|(name, range)| range.clone().filter(|row| ids.value(*row as usize) == id).map(move |row| (name, row)))
            .map(|(table, row)| Named { table: table.clone(), id: id.to_owned(), row })
            .collect()
    };
    let mut found = in_tables(name, None);
    if found.is_empty()
        && let Some((table, id)) = name.split_once(':')
    {
        found = in_tables(id, Some(table));
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(mistake("no row has that id", format!("ids are those of column `{}`", inputs.id.as_deref().unwrap_or("row number")))),
        _ => Err(mistake("several tables have a row of that id", format!("write TABLE:ID; the tables are {}", inputs.names.join(", ")))),
    }
}

/// Probability and decision of the pair in `pairs.parquet`.
fn published(folder: &Path, left: &Named, right: &Named) -> anyhow::Result<Option<(f64, bool)>> {
    let table = read_table(&folder.join("pairs.parquet"), &Limits::default(), None)?;
    for batch in &table.batches {
        let text = |name: &str| batch.column_by_name(name).map(AsArray::as_string::<i32>);
        let (Some(table_l), Some(id_l), Some(table_r), Some(id_r)) = (text("table_l"), text("id_l"), text("table_r"), text("id_r")) else {
            continue;
        };
        for row in 0..batch.num_rows() {
            let is = |named: &Named, table: &arrow::array::StringArray, id: &arrow::array::StringArray| {
                id.value(row) == named.id && table.value(row) == named.table
            };
            let forward = is(left, table_l, id_l) && is(right, table_r, id_r);
            if forward || (is(right, table_l, id_l) && is(left, table_r, id_r)) {
                // The plain reader gives numbers as text.
                let value = |name: &str| text(name).filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned());
                let double = |name: &str| {
                    value(name).and_then(|text| text.parse::<f64>().ok()).or_else(|| {
                        batch
                            .column_by_name(name)
                            .and_then(|column| column.as_primitive_opt::<Float64Type>())
                            .map(|column| column.value(row))
                    })
                };
                let is_match = value("is_match").is_some_and(|text| text.eq_ignore_ascii_case("true"));
                return Ok(double("match_probability").map(|probability| (probability, is_match)));
            }
        }
    }
    Ok(None)
}
