//! Where one input row went, and why: gathered from the tables of one run, with the linkage model that made it.
//!
//! Looks up and explains; decides nothing. Identifiers and names leave this module masked unless they are asked for.

mod render;

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use padan_link::{TrainedModel, WaterfallStep};
use padan_publish::Snapshot;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::{mistake, nearest};
use crate::output::{mask_identifiers, mask_name};
use crate::query;

pub(crate) use render::to_text;

/// A row of a table, by column.
type Row = Map<String, Value>;

/// Everything the run knows of a row.
#[derive(Debug, Serialize)]
pub(crate) struct Explanation {
    /// Source id.
    pub(crate) source: String,
    /// Data row of the source.
    pub(crate) row: i64,
    /// The file that holds it.
    pub(crate) file: String,
    /// Its data row within that file.
    pub(crate) row_in_file: i64,
    /// What was refused at the door: the whole row, or cells of it.
    pub(crate) quarantine: Vec<Row>,
    /// The record; none where the whole row was refused.
    pub(crate) record: Option<Row>,
    /// The evidence that put it with its person.
    pub(crate) link: Option<Row>,
    /// The parts of the match weight, in log2.
    pub(crate) waterfall: Vec<Step>,
    /// The golden record of the person.
    pub(crate) person: Option<Row>,
    /// Every record of that person, as (source, row).
    pub(crate) records_of_person: Vec<(String, i64)>,
    /// The family.
    pub(crate) family: Option<Row>,
    /// Where person and family stand with each programme.
    pub(crate) coverage: Vec<Row>,
    /// What the regions are asked to verify.
    pub(crate) verivali: Vec<Row>,
}

/// One part of a match weight.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    /// What was compared.
    pub(crate) comparison: String,
    /// How far it agreed.
    pub(crate) level: String,
    /// log2(m/u), or the prior odds.
    pub(crate) weight: f64,
    /// Adjustment for how rare the value is, in log2.
    pub(crate) frequency: f64,
}

/// Explains `row` of `source`.
pub(crate) fn explain(snapshot: &Snapshot, source: &str, row: i64, show_identifiers: bool) -> anyhow::Result<Explanation> {
    let (file, row_in_file) = place(snapshot, source, row)?;
    let of_row = format!("source = '{source}' AND row = {row}");
    let rows = |table: &str, condition: &str| select(snapshot, table, condition);
    let record = rows("records", &of_row)?.pop();
    let link = rows("links", &of_row)?.pop();
    let id = |name: &str| record.as_ref().and_then(|record| record.get(name)).and_then(Value::as_str).map(str::to_owned);
    let (person_id, family_id) = (id("person_id"), id("family_id"));
    let mut explanation = Explanation {
        source: source.to_owned(),
        row,
        file,
        row_in_file,
        quarantine: rows("quarantine", &of_row)?,
        waterfall: Vec::new(),
        person: None,
        records_of_person: Vec::new(),
        family: None,
        coverage: Vec::new(),
        verivali: Vec::new(),
        record,
        link,
    };
    if let Some(person_id) = &person_id {
        let of_person = format!("person_id = '{person_id}'");
        explanation.person = rows("persons", &of_person)?.pop();
        explanation.records_of_person = records_of(snapshot, &of_person)?;
    }
    if let Some(family_id) = &family_id {
        explanation.family = rows("families", &format!("family_id = '{family_id}'"))?.pop();
    }
    let units: Vec<String> = [person_id, family_id].into_iter().flatten().map(|id| format!("'{id}'")).collect();
    if !units.is_empty() {
        let of_units = format!("unit_id IN ({})", units.join(", "));
        explanation.coverage = rows("coverage", &of_units)?;
        explanation.verivali = rows("verivali", &of_units)?;
    }
    if let Some(link) = &explanation.link {
        let is_registry = |(source, _): &(String, i64)| !snapshot.folder().join(format!("models/{source}.json")).is_file();
        let is_in_registry = explanation.records_of_person.iter().any(is_registry);
        explanation.waterfall = steps(snapshot, source, link, is_in_registry)?;
    }
    if !show_identifiers {
        explanation.mask();
    }
    Ok(explanation)
}

impl Explanation {
    fn mask(&mut self) {
        let rows = [&mut self.record, &mut self.link, &mut self.person, &mut self.family].into_iter().flatten();
        for row in rows.chain(&mut self.quarantine).chain(&mut self.coverage).chain(&mut self.verivali) {
            mask_row(row);
        }
    }
}

fn mask_row(row: &mut Row) {
    for (column, value) in row {
        let Value::String(text) = value else { continue };
        match column.as_str() {
            name if name.starts_with("nama") && !name.ends_with("_source") => *text = mask_name(text),
            // A refused row or cell may hold anything of a person.
            "raw" => "(masked)".clone_into(text),
            _ => *text = mask_identifiers(text),
        }
    }
}

/// The file that holds a row: rows are counted through a source's files in name order.
fn place(snapshot: &Snapshot, source: &str, row: i64) -> anyhow::Result<(String, i64)> {
    let inputs = &snapshot.manifest().inputs;
    let mut files = inputs.iter().filter(|input| input.source == source).peekable();
    if files.peek().is_none() {
        let hint = nearest(source, inputs.iter().map(|input| input.source.as_str())).map_or_else(
            || format!("its sources are {}", inputs.iter().map(|input| input.source.as_str()).collect::<Vec<_>>().join(", ")),
            |near| format!("is it `{near}`?"),
        );
        return Err(mistake(format!("the run read no source `{source}`"), hint));
    }
    let mut before = 0;
    for input in files {
        if row <= before + input.rows_read {
            return Ok((input.file.clone(), row - before));
        }
        before += input.rows_read;
    }
    Err(mistake(format!("`{source}` has no row {row}"), format!("its rows are 1 to {before}")))
}

fn select(snapshot: &Snapshot, table: &str, condition: &str) -> anyhow::Result<Vec<Row>> {
    let answer = query::ask(snapshot, &format!("SELECT * FROM {table} WHERE {condition}"))?;
    let Value::Array(rows) = query::to_json(&answer.frame)? else { return Ok(Vec::new()) };
    Ok(rows.into_iter().filter_map(|row| if let Value::Object(row) = row { Some(row) } else { None }).collect())
}

/// The waterfall of a link that the model made, from the model as trained in that run. What the pattern does not hold, the context
/// of the family, is the rest of the published weight.
fn steps(snapshot: &Snapshot, source: &str, link: &Row, is_in_registry: bool) -> anyhow::Result<Vec<Step>> {
    let to_source = link.get("to_source").and_then(Value::as_str).unwrap_or_default();
    let path = model_file(snapshot, (source, to_source), is_in_registry);
    let (Some(pattern), true) = (link.get("pattern").and_then(Value::as_i64), path.is_file()) else { return Ok(Vec::new()) };
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let model: TrainedModel = serde_json::from_str(&text).with_context(|| format!("{} is no linkage model", path.display()))?;
    let step =
        |step: WaterfallStep| Step { comparison: step.comparison, level: step.level, weight: step.weight, frequency: step.frequency };
    let mut steps: Vec<Step> = model.waterfall(padan_link::Pattern::from(pattern as u64)).into_iter().map(step).collect();
    let rest = link
        .get("match_weight")
        .and_then(Value::as_f64)
        .map_or(0.0, |weight| weight - steps.iter().map(|step| step.weight + step.frequency).sum::<f64>());
    if rest.abs() >= 0.005 {
        steps.push(Step { comparison: "family context".to_owned(), level: String::new(), weight: rest, frequency: 0.0 });
    }
    Ok(steps)
}

/// The model that compared the two: one a list against the registry, one of the registry's own rows (it alone has no list's model), one a
/// list against the others where they told whose a row is, and one of all rows that stayed over.
fn model_file(snapshot: &Snapshot, (source, to_source): (&str, &str), is_in_registry: bool) -> PathBuf {
    let of = |name: &str| snapshot.folder().join(format!("models/{name}.json"));
    match (of(source).is_file(), of(to_source).is_file()) {
        (false, _) => of("registry"),
        (true, false) => of(source),
        (true, true) if is_in_registry => of(&format!("{source}-others")),
        (true, true) => of("residue"),
    }
}

fn records_of(snapshot: &Snapshot, of_person: &str) -> anyhow::Result<Vec<(String, i64)>> {
    let answer = query::ask(snapshot, &format!("SELECT source, row FROM records WHERE {of_person} ORDER BY source, row"))?;
    let Value::Array(rows) = query::to_json(&answer.frame)? else { return Ok(Vec::new()) };
    Ok(rows.iter().filter_map(|row| Some((row.get("source")?.as_str()?.to_owned(), row.get("row")?.as_i64()?))).collect())
}
