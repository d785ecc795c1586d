//! A raw profile to a [`SourceProfile`]: the one place where a profile's mistakes are found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use padan_model::{Field, Role, SourceId, Unit};
use toml::Spanned;

use crate::document::Document;
use crate::error::{ConfigError, Problem};
use crate::nearest;
use crate::raw::{RawCodes, RawColumn, RawProfile, Text};
use crate::words::{Container, DATES, ENCODINGS, FORMATS, REGION_CODES, ROLES, UNITS, standard_codes};
use crate::{CodeList, ColumnMap, Encoding, Format, RegionCodes, SourceProfile};

/// Loads and checks one profile.
pub fn load_profile(path: &Path) -> Result<SourceProfile, ConfigError> {
    check_profile(&Document::open(path)?)
}

/// Checks a profile that was read.
pub(crate) fn check_profile(document: &Document) -> Result<SourceProfile, ConfigError> {
    let raw: RawProfile = document.parse()?;
    let id = check_id(document, "source id", &raw.id)?;
    let role = document.word("role", &raw.role, &ROLES)?;
    let unit = document.word("unit", &raw.unit, &UNITS)?;
    let wanted = match role {
        Role::Registry | Role::SecondRegistry | Role::CivilRegistry => Some(Unit::Jiwa),
        Role::RegistryFamily => Some(Unit::Kpm),
        Role::Programme | Role::Proposal => None,
    };
    if let Some(wanted) = wanted.filter(|wanted| *wanted != unit) {
        let message = format!("a source of role `{}` counts `{}`, not `{}`", raw.role.get_ref(), wanted.as_str(), unit.as_str());
        return Err(document.error(raw.unit.span(), Problem::Contradiction { message }, None));
    }
    let columns = check_columns(document, &raw.columns)?;
    let dates = raw.dates.iter().map(|date| document.word("date format", date, &DATES)).collect::<Result<Vec<_>, _>>()?;
    let format = check_format(document, &raw)?;
    if let Some((field, _)) = raw.columns.iter().find(|(field, _)| field.get_ref() == Field::TanggalLahir.as_str())
        && dates.is_empty()
        && matches!(format, Format::Csv { .. } | Format::JsonLines)
    {
        let hint = "name the formats to try in order, such as dates = [\"dmy\", \"ymd\"]".to_owned();
        return Err(document.error(field.span(), Problem::MissingKey { key: "dates".to_owned() }, Some(hint)));
    }
    Ok(SourceProfile {
        id: SourceId::new(&id),
        path: document.path.clone(),
        title: document.filled("title", &raw.title)?,
        files: check_files(document, &raw.files)?,
        format,
        encoding: raw.encoding.as_ref().map_or(Ok(Encoding::Utf8), |word| document.word("encoding", word, &ENCODINGS))?,
        skip_rows: raw.skip_rows as usize,
        pmt: check_pmt(document, &raw.pmt)?,
        codes: check_codes(document, &raw.codes, &columns)?,
        columns,
        region_codes: raw.region_codes.as_ref().map_or(Ok(RegionCodes::Names), |word| document.word("code system", word, &REGION_CODES))?,
        dates,
        unit,
        role,
        programme: check_programme(document, &raw, role)?,
        period: raw.period.as_ref().map(|period| check_period(document, period)).transpose()?,
    })
}

/// An id: lower case letters, digits and hyphens.
pub(crate) fn check_id(document: &Document, what: &'static str, id: &Text) -> Result<String, ConfigError> {
    let text = id.get_ref();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Ok(text.clone());
    }
    let hint = "an id has lower case letters, digits and hyphens, such as `dtsen-anggota`".to_owned();
    Err(document.error(id.span(), Problem::Malformed { what, found: text.clone() }, Some(hint)))
}

/// A period: `2025`, `2025-06` or a stage, `2025-T2`.
pub(crate) fn check_period(document: &Document, period: &Text) -> Result<String, ConfigError> {
    let text = period.get_ref();
    let (year, part) = text.split_once('-').map_or((text.as_str(), None), |(year, part)| (year, Some(part)));
    let year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let part = part.is_none_or(|part| match part.strip_prefix('T') {
        Some(stage) => matches!(stage, "1" | "2" | "3" | "4"),
        None => part.len() == 2 && part.parse().is_ok_and(|month: u8| (1..=12).contains(&month)),
    });
    if year && part {
        return Ok(text.clone());
    }
    let hint = "a period is a year, a month or a stage: `2025`, `2025-06` or `2025-T2`".to_owned();
    Err(document.error(period.span(), Problem::Malformed { what: "period", found: text.clone() }, Some(hint)))
}

/// File-name patterns: at least one, none with a folder in it.
pub(crate) fn check_files(document: &Document, files: &Spanned<Vec<Text>>) -> Result<Vec<String>, ConfigError> {
    if files.get_ref().is_empty() {
        return Err(document.error(files.span(), Problem::Empty { key: "files".to_owned() }, None));
    }
    let mut patterns = Vec::new();
    for file in files.get_ref() {
        let pattern = document.filled("files", file)?;
        if pattern.contains(['/', '\\']) {
            let hint = "extracts are looked for in the input folder itself: give the file's name alone".to_owned();
            return Err(document.error(file.span(), Problem::Malformed { what: "file-name pattern", found: pattern }, Some(hint)));
        }
        patterns.push(pattern);
    }
    Ok(patterns)
}

fn check_format(document: &Document, raw: &RawProfile) -> Result<Format, ConfigError> {
    let container = document.word("format", &raw.format, &FORMATS)?;
    let stranger = |key: &str, text: &Text| {
        let message = format!("`{key}` has no meaning for format `{}`", raw.format.get_ref());
        document.error(text.span(), Problem::Contradiction { message }, None)
    };
    if let Some(delimiter) = raw.delimiter.as_ref().filter(|_| container != Container::Csv) {
        return Err(stranger("delimiter", delimiter));
    }
    if let Some(sheet) = raw.sheet.as_ref().filter(|_| container != Container::Xlsx) {
        return Err(stranger("sheet", sheet));
    }
    if let Some(encoding) = raw.encoding.as_ref().filter(|_| container == Container::Parquet) {
        return Err(stranger("encoding", encoding));
    }
    Ok(match container {
        Container::Csv => Format::Csv { delimiter: raw.delimiter.as_ref().map_or(Ok(b','), |text| check_delimiter(document, text))? },
        Container::Xlsx => Format::Xlsx { sheet: raw.sheet.as_ref().map(|sheet| document.filled("sheet", sheet)).transpose()? },
        Container::Parquet => Format::Parquet,
        Container::JsonLines => Format::JsonLines,
    })
}

fn check_delimiter(document: &Document, text: &Text) -> Result<u8, ConfigError> {
    match text.get_ref().as_bytes() {
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => {
            let hint = "a delimiter is one character: \",\", \";\", \"|\" or \"\\t\"".to_owned();
            Err(document.error(text.span(), Problem::Malformed { what: "delimiter", found: text.get_ref().clone() }, Some(hint)))
        }
    }
}

fn check_columns(document: &Document, raw: &BTreeMap<Text, RawColumn>) -> Result<Vec<ColumnMap>, ConfigError> {
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
    let mut columns = Vec::new();
    for (name, column) in raw {
        let field = Field::from_name(name.get_ref()).ok_or_else(|| document.unknown("field", name, &names))?;
        if column.headers.is_empty() || column.headers.iter().any(|header| header.trim().is_empty()) {
            let hint = "name at least one header of the extract, or leave the field out".to_owned();
            return Err(document.error(name.span(), Problem::Empty { key: name.get_ref().clone() }, Some(hint)));
        }
        columns.push(ColumnMap { field, headers: column.headers.clone(), required: column.required });
    }
    if columns.is_empty() {
        return Err(document.error(0..0, Problem::Empty { key: "columns".to_owned() }, None));
    }
    columns.sort_by_key(|column| column.field);
    Ok(columns)
}

fn check_pmt(document: &Document, raw: &[Text]) -> Result<Vec<String>, ConfigError> {
    let mut seen = BTreeSet::new();
    for header in raw {
        let text = document.filled("pmt", header)?;
        if !seen.insert(text.to_uppercase()) {
            return Err(document.error(header.span(), Problem::Twice { what: "PMT variable", found: text }, None));
        }
    }
    Ok(raw.iter().map(|header| header.get_ref().clone()).collect())
}

fn check_codes(
    document: &Document,
    raw: &BTreeMap<Text, RawCodes>,
    columns: &[ColumnMap],
) -> Result<BTreeMap<Field, CodeList>, ConfigError> {
    let mapped: Vec<&str> = columns.iter().map(|column| column.field.as_str()).collect();
    let mut lists = BTreeMap::new();
    for (name, codes) in raw {
        let field = Field::from_name(name.get_ref()).ok_or_else(|| document.unknown("field", name, &mapped))?;
        if !mapped.contains(&field.as_str()) {
            let message = format!("codes for `{}`, a field that no column maps", field.as_str());
            return Err(document.error(name.span(), Problem::Contradiction { message }, Some(nearest::hint(field.as_str(), &mapped))));
        }
        let Some(standard) = standard_codes(field) else {
            let message = format!("the field `{}` has no standard codes: its text is used as it is", field.as_str());
            return Err(document.error(name.span(), Problem::Contradiction { message }, None));
        };
        let mut values = BTreeMap::new();
        for (code, written) in &codes.values {
            if !standard.contains(&code.get_ref().as_str()) {
                return Err(document.unknown("standard code", code, standard));
            }
            for value in written {
                // An empty text is a missing value for every reader; a code for it would never be met.
                let text = document.filled(code.get_ref(), value)?.to_uppercase();
                if values.insert(text.clone(), code.get_ref().clone()).is_some() {
                    return Err(document.error(value.span(), Problem::Twice { what: "written value", found: text }, None));
                }
            }
        }
        if values.is_empty() {
            return Err(document.error(name.span(), Problem::Empty { key: format!("codes.{}", field.as_str()) }, None));
        }
        lists.insert(field, CodeList { version: document.filled("version", &codes.version)?, values });
    }
    Ok(lists)
}

fn check_programme(document: &Document, raw: &RawProfile, role: Role) -> Result<Option<String>, ConfigError> {
    match (&raw.programme, role) {
        (Some(programme), Role::Programme) => Ok(Some(check_id(document, "programme id", programme)?)),
        (Some(programme), _) => {
            let message = format!("a source of role `{}` is no programme's list", raw.role.get_ref());
            let hint = "remove `programme`, or write role = \"programme\"".to_owned();
            Err(document.error(programme.span(), Problem::Contradiction { message }, Some(hint)))
        }
        (None, Role::Programme) => {
            let hint = "say whose list it is, such as programme = \"pbi-jk\"".to_owned();
            Err(document.error(raw.role.span(), Problem::MissingKey { key: "programme".to_owned() }, Some(hint)))
        }
        (None, _) => Ok(None),
    }
}
