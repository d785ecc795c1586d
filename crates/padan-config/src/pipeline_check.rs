//! A raw pipeline to a [`Pipeline`]: the one place where a pipeline's mistakes are found, those of its profiles included.

use std::collections::BTreeSet;
use std::path::Path;

use padan_model::{Role, Unit};
use toml::Spanned;

use crate::document::Document;
use crate::error::{ConfigError, Problem};
use crate::nearest;
use crate::profile_check::{check_files, check_id, check_period, check_profile};
use crate::raw::{RawExclusion, RawPipeline, RawProgramme, RawSource, Text};
use crate::words::UNITS;
use crate::{Exclusion, Pipeline, PipelineSource, ProgrammeRule, Sql};

/// Registry rows that are linked at once where the pipeline does not say: those of 3.2 million persons, in about three gigabytes.
const REGISTRY_AT_ONCE: usize = 3_000_000;
/// The model that needs no file.
const LEGACY: &str = "legacy";

/// Loads a pipeline and the profiles it names and checks everything but the SQL of its rules.
pub fn load_pipeline(path: &Path) -> Result<Pipeline, ConfigError> {
    let document = Document::open(path)?;
    let raw: RawPipeline = document.parse()?;
    let mut texts = vec![(document.path.clone(), document.text.clone())];

    let mut sources: Vec<PipelineSource> = Vec::new();
    for source in &raw.sources.get_ref()[..] {
        let (source_document, checked) = check_source(&document, source)?;
        let id = &checked.profile.id;
        if sources.iter().any(|other| other.profile.id == *id) {
            return Err(document.error(source.profile.span(), Problem::Twice { what: "source", found: id.to_string() }, None));
        }
        check_single_role(&document, source, &sources, &checked)?;
        texts.push((source_document.path, source_document.text));
        sources.push(checked);
    }
    if !sources.iter().any(|source| source.profile.role == Role::Registry) {
        let message = "no source has the role `registry`".to_owned();
        let hint = "add the list of persons that every other list is reconciled with, such as sources/dtsen-anggota.toml".to_owned();
        return Err(document.error(raw.sources.span().start..raw.sources.span().start, Problem::Contradiction { message }, Some(hint)));
    }

    let model = document.filled("model", &raw.model)?;
    if model != LEGACY {
        let model_document = open_beside(&document, &raw.model, Some(LEGACY))?;
        texts.push((model_document.path, model_document.text));
    }

    let mut programmes: Vec<ProgrammeRule> = Vec::new();
    for programme in &raw.programmes {
        let rule = check_rule(&document, &raw, programme, &sources)?;
        if programmes.iter().any(|other| other.id == rule.id) {
            return Err(document.error(programme.id.span(), Problem::Twice { what: "programme", found: rule.id }, None));
        }
        programmes.push(rule);
    }
    Ok(Pipeline {
        path: document.path.clone(),
        name: check_id(&document, "pipeline name", &raw.name)?,
        reference_date: check_date(&document, &raw.reference_date)?,
        model,
        registry_at_once: check_at_once(&document, raw.registry_at_once.as_ref())?,
        sources,
        programmes,
        texts,
    })
}

fn check_at_once(document: &Document, raw: Option<&Spanned<i64>>) -> Result<usize, ConfigError> {
    let Some(raw) = raw else { return Ok(REGISTRY_AT_ONCE) };
    usize::try_from(*raw.get_ref()).ok().filter(|rows| *rows > 0).ok_or_else(|| {
        let hint = format!("a number of rows; {REGISTRY_AT_ONCE} where none is given, which take about three gigabytes");
        document.error(raw.span(), Problem::Malformed { what: "registry-at-once", found: raw.get_ref().to_string() }, Some(hint))
    })
}

fn check_source(document: &Document, raw: &RawSource) -> Result<(Document, PipelineSource), ConfigError> {
    let source_document = open_beside(document, &raw.profile, None)?;
    let mut profile = check_profile(&source_document)?;
    if let Some(files) = &raw.files {
        profile.files = check_files(document, files)?;
    }
    if let Some(period) = &raw.period {
        profile.period = Some(check_period(document, period)?);
    }
    Ok((source_document, PipelineSource { profile, required: raw.required }))
}

/// Reads a file named relative to the pipeline; its absence is a mistake of the line that names it. `word` may stand in the file's place.
fn open_beside(document: &Document, name: &Text, word: Option<&str>) -> Result<Document, ConfigError> {
    let folder = document.path.parent().unwrap_or(Path::new(""));
    let path = folder.join(name.get_ref());
    Document::read(&path).map_err(|cause| {
        let near: Vec<String> =
            neighbours(&path).iter().map(|file| Path::new(name.get_ref()).with_file_name(file).to_string_lossy().into_owned()).collect();
        let hint = match nearest::nearest(name.get_ref(), near.iter().map(String::as_str).chain(word)) {
            Some(right) => Some(format!("did you mean `{right}`?")),
            None => word.map(|word| format!("name a file relative to this one, or `{word}`")),
        };
        document.error(name.span(), Problem::Unreadable { path: path.clone(), cause }, hint)
    })
}

/// The TOML files in the folder of `path`, in name order.
fn neighbours(path: &Path) -> BTreeSet<String> {
    let entries = path.parent().and_then(|folder| folder.read_dir().ok()).into_iter().flatten();
    let files = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
}

/// A second registry would make "in the registry" mean two things.
fn check_single_role(document: &Document, raw: &RawSource, sources: &[PipelineSource], new: &PipelineSource) -> Result<(), ConfigError> {
    let role = new.profile.role;
    if !matches!(role, Role::Registry | Role::RegistryFamily) {
        return Ok(());
    }
    let Some(first) = sources.iter().find(|source| source.profile.role == role) else { return Ok(()) };
    let word = if role == Role::Registry { "registry" } else { "registry-family" };
    let message = format!("two sources have the role `{word}`: `{}` and `{}`", first.profile.id, new.profile.id);
    let hint = (role == Role::Registry).then(|| "keep one; another registry of persons has the role `second-registry`".to_owned());
    Err(document.error(raw.profile.span(), Problem::Contradiction { message }, hint))
}

fn check_rule(
    document: &Document,
    raw: &RawPipeline,
    programme: &RawProgramme,
    sources: &[PipelineSource],
) -> Result<ProgrammeRule, ConfigError> {
    let id = check_id(document, "programme id", &programme.id)?;
    let unit = document.word("unit", &programme.unit, &UNITS)?;
    let ids: Vec<&str> = sources.iter().map(|source| source.profile.id.as_str()).collect();
    if programme.sources.get_ref().is_empty() {
        let hint = "name the lists whose rows receive".to_owned();
        return Err(document.error(programme.sources.span(), Problem::Empty { key: "sources".to_owned() }, Some(hint)));
    }
    let mut lists = Vec::new();
    for name in programme.sources.get_ref() {
        let source = sources
            .iter()
            .find(|source| source.profile.id.as_str() == name.get_ref())
            .ok_or_else(|| document.unknown("source", name, &ids))?;
        if source.profile.programme.as_deref() != Some(id.as_str()) {
            let message = match &source.profile.programme {
                Some(other) => format!("the source `{}` is the list of programme `{other}`, not of `{id}`", name.get_ref()),
                None => format!("the source `{}` is no programme's list: its rows do not receive", name.get_ref()),
            };
            return Err(document.error(name.span(), Problem::Contradiction { message }, None));
        }
        if lists.contains(&source.profile.id) {
            return Err(document.error(name.span(), Problem::Twice { what: "source", found: name.get_ref().clone() }, None));
        }
        lists.push(source.profile.id.clone());
    }
    if let Some(quota) = programme.quota.as_ref().filter(|quota| *quota.get_ref() <= 0) {
        return Err(document.error(quota.span(), Problem::Malformed { what: "quota", found: quota.get_ref().to_string() }, None));
    }
    Ok(ProgrammeRule {
        title: document.filled("title", &programme.title)?,
        unit,
        sources: lists,
        period: check_period(document, &programme.period)?,
        eligible: check_sql(document, "eligible", &programme.eligible)?,
        exclusions: check_exclusions(document, raw, unit, &programme.exclusions)?,
        quota: programme.quota.as_ref().map(|quota| *quota.get_ref()),
        legal_basis: document.filled("legal-basis", &programme.legal_basis)?,
        id,
    })
}

/// Those of every programme of the unit first, then the programme's own.
fn check_exclusions(document: &Document, raw: &RawPipeline, unit: Unit, own: &[RawExclusion]) -> Result<Vec<Exclusion>, ConfigError> {
    let mut exclusions: Vec<Exclusion> = Vec::new();
    let mut add = |reason: &Text, when: &Text| {
        let code = document.filled("reason", reason)?;
        if !code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            let hint = "a reason is a code that the tables publish, such as `tidak_ditemukan`".to_owned();
            return Err(document.error(reason.span(), Problem::Malformed { what: "reason code", found: code }, Some(hint)));
        }
        if exclusions.iter().any(|exclusion| exclusion.reason == code) {
            return Err(document.error(reason.span(), Problem::Twice { what: "reason", found: code }, None));
        }
        exclusions.push(Exclusion { reason: code, when: check_sql(document, "when", when)? });
        Ok(())
    };
    for exclusion in &raw.exclusions {
        if document.word("unit", &exclusion.unit, &UNITS)? == unit {
            add(&exclusion.reason, &exclusion.when)?;
        }
    }
    for exclusion in own {
        add(&exclusion.reason, &exclusion.when)?;
    }
    Ok(exclusions)
}

fn check_sql(document: &Document, key: &str, text: &Text) -> Result<Sql, ConfigError> {
    let start = text.span().start;
    let opening = document.text.get(start..).unwrap_or_default();
    // The newline after an opening `"""` is no part of the text.
    let skipped = ["\"\"\"\n", "'''\n", "\"\"\"\r\n", "'''\r\n"].iter().any(|quote| opening.starts_with(quote));
    Ok(Sql { text: document.filled(key, text)?, line: document.line(start) + usize::from(skipped) })
}

fn check_date(document: &Document, value: &Spanned<toml::Value>) -> Result<String, ConfigError> {
    let text = match value.get_ref() {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if is_date(&text) {
        return Ok(text);
    }
    let hint = "write the year, month and day: reference-date = \"2025-06-30\"".to_owned();
    Err(document.error(value.span(), Problem::Malformed { what: "date", found: text }, Some(hint)))
}

fn is_date(text: &str) -> bool {
    let [year, month, day] = text.split('-').collect::<Vec<_>>()[..] else { return false };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return false;
    }
    let (Ok(year), Ok(month), Ok(day)) = (year.parse::<u16>(), month.parse::<u8>(), day.parse::<u8>()) else { return false };
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_calendar() {
        for date in ["2025-06-30", "2024-02-29", "2000-02-29"] {
            assert!(is_date(date), "{date}");
        }
        for date in ["2025-06-31", "2025-02-29", "1900-02-29", "2025-13-01", "30-06-2025", "2025-6-30", "2025-06-30T00:00:00"] {
            assert!(!is_date(date), "{date}");
        }
    }
}
