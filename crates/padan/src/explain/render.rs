//! An explanation as text: record, link with its waterfall of weights, person, family, programmes.

use std::collections::BTreeSet;

use padan_model::tables::{self, Table};
use padan_reconcile::reason_text;
use serde_json::Value;

use super::{Explanation, Row};
use crate::output::{Align, Page, TextTable, decimal};

/// The explanation for people.
pub(crate) fn to_text(explanation: &Explanation) -> String {
    let Explanation { source, row, file, row_in_file, .. } = explanation;
    let mut page = Page::default();
    page.section(&format!("{source} row {row}: data row {row_in_file} of {file}"));
    if explanation.record.is_none() {
        page.line("  The row was refused whole: it is in quarantine and nowhere else.");
    }
    for refused in &explanation.quarantine {
        let place =
            refused.get("column").and_then(Value::as_str).map_or_else(|| "row".to_owned(), |column| format!("cell of column {column}"));
        page.line(format!("  refused: {place}: {}; raw: {}", cell(refused, "reason"), cell(refused, "raw")));
    }
    if let Some(record) = &explanation.record {
        page.section("Record");
        page.table(&fields(record, &tables::records(), &["source", "row", "person_id", "family_id"]));
    }
    if let Some(link) = &explanation.link {
        page.section("Link");
        self::link(explanation, link, &mut page);
    }
    if let Some(person) = &explanation.person {
        page.section(&format!("Person {}", cell(person, "person_id")));
        page.table(&golden(person));
        let records: Vec<String> = explanation.records_of_person.iter().map(|(source, row)| format!("{source} {row}")).collect();
        page.line(format!("  records: {}", records.join(", ")));
    }
    if let Some(family) = &explanation.family {
        page.section(&format!("Family {}", cell(family, "family_id")));
        page.table(&fields(family, &tables::families(), &["family_id"]));
    }
    if !explanation.coverage.is_empty() {
        page.section("Programmes");
        page.table(&programmes(&explanation.coverage));
        legend(&explanation.coverage, &mut page);
    }
    if !explanation.verivali.is_empty() {
        page.section("To verify (verivali)");
        for verify in &explanation.verivali {
            page.line(format!("  {} ({}); missing: {}", cell(verify, "reason"), cell(verify, "unit"), cell(verify, "missing")));
        }
    }
    page.into_text()
}

fn link(explanation: &Explanation, link: &Row, page: &mut Page) {
    page.line(match cell(link, "method").as_str() {
        "alone" => "  no other record is this person".to_owned(),
        method => {
            let rule = link
                .get("blocking_rule")
                .and_then(Value::as_str)
                .map_or_else(String::new, |rule| format!(", found by blocking rule `{rule}`"));
            format!("  to {} row {} by {method}{rule}", cell(link, "to_source"), cell(link, "to_row"))
        }
    });
    if !explanation.waterfall.is_empty() {
        let weights = ["weight", "rarity", "sum"].map(|name| (name, Align::Right));
        let mut table = TextTable::new([("comparison", Align::Left), ("level", Align::Left)].into_iter().chain(weights));
        let mut sum = 0.0;
        for step in &explanation.waterfall {
            sum += step.weight + step.frequency;
            let rarity = if step.frequency == 0.0 { String::new() } else { format!("{:+.2}", step.frequency) };
            table.row([step.comparison.clone(), step.level.clone(), format!("{:+.2}", step.weight), rarity, format!("{sum:+.2}")]);
        }
        page.table(&table);
    }
    let number = |column: &str| link.get(column).and_then(Value::as_f64);
    match (number("match_weight"), number("match_probability")) {
        (Some(weight), Some(probability)) => page.line(format!("  match weight {weight:+.2} (log2), match probability {probability:.6}")),
        (None, Some(probability)) => page.line(format!("  match probability {probability:.6}")),
        _ => {}
    }
}

fn programmes(coverage: &[Row]) -> TextTable {
    let columns = ["programme", "unit", "receiving", "entitled", "status", "certainty", "probability", "reasons"];
    let mut table = TextTable::new(columns.map(|column| (column, Align::Left)));
    for row in coverage {
        table.row(columns.map(|column| cell(row, column)));
    }
    table
}

/// What the reason codes say, in both languages.
fn legend(coverage: &[Row], page: &mut Page) {
    let codes: BTreeSet<&str> =
        coverage.iter().filter_map(|row| row.get("reasons")?.as_array()).flatten().filter_map(Value::as_str).collect();
    for (code, text) in codes.into_iter().filter_map(|code| Some((code, reason_text(code)?))) {
        page.line(format!("  {code}: {} / {}", text.indonesian, text.english));
    }
}

/// Every value with the source it comes from.
fn golden(person: &Row) -> TextTable {
    let mut table = TextTable::bare(3);
    for (name, value) in in_order(person, &tables::persons()) {
        let source = person.get(&format!("{name}_source")).and_then(Value::as_str);
        if let (false, Some(source)) = (value.is_null(), source) {
            table.row([name.to_owned(), shown(value), format!("from {source}")]);
        }
    }
    table
}

fn fields(row: &Row, table: &Table, hidden: &[&str]) -> TextTable {
    let mut text = TextTable::bare(2);
    for (name, value) in in_order(row, table).into_iter().filter(|(name, value)| !hidden.contains(name) && !value.is_null()) {
        text.row([name.to_owned(), shown(value)]);
    }
    text
}

/// The values in the order of the table's columns: a JSON object has none of its own.
fn in_order<'a>(row: &'a Row, table: &Table) -> Vec<(&'a str, &'a Value)> {
    table.schema.fields().iter().filter_map(|field| row.get_key_value(field.name())).map(|(name, value)| (name.as_str(), value)).collect()
}

fn cell(row: &Row, column: &str) -> String {
    row.get(column).map_or_else(String::new, shown)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => number.as_f64().map_or_else(String::new, decimal),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
