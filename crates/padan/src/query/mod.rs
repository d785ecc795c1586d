//! SQL over the published tables, by polars. Reads the tables and columns that the statement names and no others.
//!
//! Only SELECT makes sense here: the frames live in memory, and nothing is ever written back.

mod columns;
mod render;

use anyhow::Context as _;
use padan_model::tables;
use padan_publish::Snapshot;
use polars::error::PolarsError;
use polars::frame::DataFrame;
use polars::prelude::{IntoLazy as _, LazyFrame};
use polars::sql::{SQLContext, extract_table_identifiers};

use crate::failure::{mistake, nearest};

pub(crate) use render::{to_csv, to_json, to_text};

/// The answer, and which of the tables read hold direct identifiers.
pub(crate) struct Answer {
    /// The rows.
    pub(crate) frame: DataFrame,
    /// Vault tables that the statement reads.
    pub(crate) vault: Vec<String>,
}

/// Answers one statement from a run.
pub(crate) fn ask(snapshot: &Snapshot, sql: &str) -> anyhow::Result<Answer> {
    if sql.trim().trim_end_matches(';').trim().eq_ignore_ascii_case("show tables") {
        return Ok(Answer { frame: list_tables(snapshot)?, vault: Vec::new() });
    }
    let named =
        extract_table_identifiers(sql, false, true).map_err(|error| mistake(format!("the SQL cannot be read: {error}"), EXAMPLE))?;
    let mut context = SQLContext::new();
    let mut read = Vec::new();
    for table in tables::all().into_iter().filter(|table| named.iter().any(|name| name == table.name)) {
        let wanted = columns::named_in(sql, &table.schema);
        let batches = snapshot.read(table.name, Some(&wanted))?;
        context.register(table.name, padan_polars::to_polars(&batches)?.lazy());
        read.push(table);
    }
    let frame = context.execute(sql).and_then(LazyFrame::collect).map_err(|error| explain_error(&error, &read))?;
    let vault = read.iter().filter(|table| table.tier == tables::Tier::Vault).map(|table| table.name.to_owned()).collect();
    Ok(Answer { frame, vault })
}

const EXAMPLE: &str = "one SELECT, such as \"SELECT programme, status, count(*) AS n FROM coverage GROUP BY programme, status\"; SHOW TABLES lists the tables";

fn list_tables(snapshot: &Snapshot) -> anyhow::Result<DataFrame> {
    let entries = &snapshot.manifest().tables;
    let frame = polars::df!(
        "table" => entries.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(),
        "tier" => entries.iter().map(|table| table.tier.as_str()).collect::<Vec<_>>(),
        "rows" => entries.iter().map(|table| table.rows).collect::<Vec<_>>(),
    );
    frame.context("the list of tables")
}

/// polars' own message, with the nearest right name where a name is wrong.
fn explain_error(error: &PolarsError, read: &[tables::Table]) -> anyhow::Error {
    let text = error.to_string();
    if let Some(name) = between(&text, "relation '", "'") {
        let known: Vec<&str> = tables::all().iter().map(|table| table.name).collect();
        let hint = nearest(name, known.iter().copied())
            .map_or_else(|| format!("the tables are {}", known.join(", ")), |near| format!("is it `{near}`?"));
        return mistake(format!("there is no table `{name}`"), hint);
    }
    if let Some(name) = between(&text, "unable to find column \"", "\"") {
        let known: Vec<&str> = read.iter().flat_map(|table| table.schema.fields().iter().map(|field| field.name().as_str())).collect();
        let place: Vec<&str> = read.iter().map(|table| table.name).collect();
        let hint = nearest(name, known.iter().copied())
            .map_or_else(|| format!("the columns are {}", known.join(", ")), |near| format!("is it `{near}`?"));
        return mistake(format!("there is no column `{name}` in {}", place.join(", ")), hint);
    }
    mistake(format!("the SQL cannot be answered: {text}"), EXAMPLE)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    rest.split(after).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_gets_the_nearest() {
        let table = PolarsError::SQLInterface("relation 'coverag' was not found".into());
        assert_eq!(describe(&table), ("there is no table `coverag`".into(), "is it `coverage`?".into()));
        let column = PolarsError::ColumnNotFound("unable to find column \"program\"; valid columns: [\"status\"]".into());
        assert_eq!(describe(&column), ("there is no column `program` in coverage".into(), "is it `programme`?".into()));
    }

    fn describe(error: &PolarsError) -> (String, String) {
        let error = explain_error(error, &[tables::coverage()]);
        let mistake: crate::failure::Mistake = error.downcast().expect("a mistake");
        (mistake.message, mistake.hint)
    }
}
