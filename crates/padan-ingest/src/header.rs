//! Which column of a file is which field.
//!
//! The accepted headers of a field are tried in the profile's order, first as spelt, then without `(n)` suffix, and only for fields still
//! without a column by a small edit distance, where exactly one unclaimed column and one field fit each other. The trap is a file without
//! a header: its first row is people, and no message may print them.

use std::path::Path;

use padan_config::{ColumnMap, SourceProfile};
use padan_model::Field;

use crate::IngestError;
use crate::spelling::Key;

/// The columns of one file. Columns are 0-based.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderMap {
    /// The headers as written, trimmed.
    pub(crate) headers: Vec<String>,
    /// For every field of the profile, in `SourceProfile::fields` order, its column.
    pub(crate) fields: Vec<Option<usize>>,
    /// For every PMT header of the profile, its column.
    pub(crate) pmt: Vec<Option<usize>>,
    /// Columns that must not be missing from a row.
    pub(crate) required: Vec<usize>,
    /// Headers that matched by edit distance only.
    pub(crate) guessed: Vec<(String, Field)>,
    /// Optional fields without a column, and an unread header that resembles theirs.
    pub(crate) doubtful: Vec<(String, Field)>,
}

impl HeaderMap {
    /// Whether any PMT column is present.
    pub(crate) fn has_pmt(&self) -> bool {
        self.pmt.iter().any(Option::is_some)
    }

    /// The header of a column for a message, by number where it has none.
    pub(crate) fn name(&self, column: usize) -> String {
        match self.headers.get(column) {
            Some(header) if !header.is_empty() => header.clone(),
            _ => format!("column {}", column + 1),
        }
    }

    /// Whether a row repeats the header: files that were joined end to end.
    pub(crate) fn is_repeated_by<'a>(&self, mut cell: impl FnMut(usize) -> Option<&'a str>) -> bool {
        let mut mapped = self.fields.iter().flatten();
        mapped.clone().nth(1).is_some()
            && mapped.all(|&column| cell(column).is_some_and(|text| crate::cell::trim(text) == self.headers[column]))
    }
}

/// Maps the header, or says what is missing or double.
pub(crate) fn map(profile: &SourceProfile, path: &Path, cells: &[String]) -> Result<HeaderMap, IngestError> {
    let headers: Vec<String> = cells.iter().map(|cell| crate::cell::trim(cell).to_owned()).collect();
    let keys: Vec<Key> = headers.iter().map(|header| Key::new(header)).collect();
    let fields = profile.fields();
    let mut columns: Vec<Option<usize>> = Vec::with_capacity(fields.len());
    for field in &fields {
        columns.push(match column_map(profile, *field) {
            Some(accepted) => exact(accepted, &keys).map_err(|(first, second)| IngestError::DuplicateHeader {
                path: path.to_owned(),
                header: headers[first].clone(),
                field: field.as_str(),
                first: first + 1,
                second: second + 1,
            })?,
            None => None,
        });
    }
    let pmt: Vec<Option<usize>> = profile.pmt.iter().map(|header| pmt_column(header, &keys)).collect();
    let guessed = guess(profile, &fields, &keys, &pmt, &mut columns);
    let missing: Vec<&ColumnMap> =
        profile.columns.iter().filter(|column| column.required && !has(&fields, &columns, column.field)).collect();
    if !missing.is_empty() || columns.iter().all(Option::is_none) {
        return Err(missing_column(path, &missing, &headers, &keys));
    }
    let required =
        profile.columns.iter().filter(|column| column.required).filter_map(|column| column_of(&fields, &columns, column.field)).collect();
    let guessed = guessed.into_iter().map(|(column, field)| (headers[column].clone(), field)).collect();
    let doubtful = doubtful(profile, &fields, &headers, &keys, &columns, &pmt);
    Ok(HeaderMap { headers, fields: columns, pmt, required, guessed, doubtful })
}

fn column_map(profile: &SourceProfile, field: Field) -> Option<&ColumnMap> {
    profile.columns.iter().find(|column| column.field == field)
}

fn column_of(fields: &[Field], columns: &[Option<usize>], field: Field) -> Option<usize> {
    fields.iter().position(|candidate| *candidate == field).and_then(|slot| columns[slot])
}

fn has(fields: &[Field], columns: &[Option<usize>], field: Field) -> bool {
    column_of(fields, columns, field).is_some()
}

/// The column under the first accepted header that the file has; `Err` with two columns that have it alike.
fn exact(accepted: &ColumnMap, keys: &[Key]) -> Result<Option<usize>, (usize, usize)> {
    for header in &accepted.headers {
        let wanted = Key::new(header);
        for same in [|key: &Key, wanted: &Key| key.whole == wanted.whole, |key: &Key, wanted: &Key| key.stem == wanted.stem] {
            let mut hits = keys.iter().enumerate().filter(|(_, key)| !key.is_empty() && same(key, &wanted)).map(|(column, _)| column);
            match (hits.next(), hits.next()) {
                (Some(first), Some(second)) => return Err((first, second)),
                (Some(first), None) => return Ok(Some(first)),
                _ => {}
            }
        }
    }
    Ok(None)
}

/// A PMT variable that stands twice is read from its first column: it says only whether something was filled.
fn pmt_column(header: &str, keys: &[Key]) -> Option<usize> {
    let wanted = Key::new(header);
    keys.iter()
        .position(|key| !key.is_empty() && key.whole == wanted.whole)
        .or_else(|| keys.iter().position(|key| !key.is_empty() && key.stem == wanted.stem))
}

/// Gives fields without a column the one unclaimed column that is near one of their headers, where no other field wants it.
fn guess(
    profile: &SourceProfile,
    fields: &[Field],
    keys: &[Key],
    pmt: &[Option<usize>],
    columns: &mut [Option<usize>],
) -> Vec<(usize, Field)> {
    let claimed: Vec<usize> = columns.iter().chain(pmt).flatten().copied().collect();
    let mut wishes: Vec<(usize, usize)> = Vec::new();
    for (slot, field) in fields.iter().enumerate() {
        let Some(accepted) = column_map(profile, *field).filter(|_| columns[slot].is_none()) else { continue };
        let wanted: Vec<Key> = accepted.headers.iter().map(|header| Key::new(header)).collect();
        let near =
            keys.iter().enumerate().filter(|(column, key)| !claimed.contains(column) && wanted.iter().any(|wanted| wanted.near(key)));
        let near: Vec<usize> = near.map(|(column, _)| column).collect();
        if let [column] = near[..] {
            wishes.push((slot, column));
        }
    }
    let mut guessed = Vec::new();
    for &(slot, column) in &wishes {
        if wishes.iter().filter(|(_, other)| *other == column).count() == 1 {
            columns[slot] = Some(column);
            guessed.push((column, fields[slot]));
        }
    }
    guessed
}

/// Fields left without a column although a header resembles one of theirs: not taken, but to be told.
fn doubtful(
    profile: &SourceProfile,
    fields: &[Field],
    headers: &[String],
    keys: &[Key],
    columns: &[Option<usize>],
    pmt: &[Option<usize>],
) -> Vec<(String, Field)> {
    let mut doubtful = Vec::new();
    for field in fields.iter().zip(columns).filter(|(_, column)| column.is_none()).map(|(field, _)| *field) {
        let Some(accepted) = column_map(profile, field) else { continue };
        let wanted: Vec<Key> = accepted.headers.iter().map(|header| Key::new(header)).collect();
        let unread = keys
            .iter()
            .enumerate()
            .filter(|(column, key)| !key.is_empty() && !columns.iter().chain(pmt).any(|read| *read == Some(*column)));
        let best = unread
            .map(|(column, key)| (wanted.iter().map(|wanted| wanted.similarity(key)).fold(0.0, f64::max), column))
            .max_by(|left, right| left.0.total_cmp(&right.0));
        if let Some((score, column)) = best.filter(|(score, _)| *score >= 0.93) {
            tracing::debug!(score, field = field.as_str(), "a header resembles");
            doubtful.push((headers[column].clone(), field));
        }
    }
    doubtful
}

fn missing_column(path: &Path, missing: &[&ColumnMap], headers: &[String], keys: &[Key]) -> IngestError {
    let columns = missing
        .iter()
        .map(|column| format!("`{}` (accepted: {})", column.field.as_str(), quoted(&column.headers)))
        .collect::<Vec<_>>()
        .join(", ");
    let columns = if columns.is_empty() { "any field of the profile".to_owned() } else { columns };
    if looks_like_data(headers) {
        return IngestError::MissingColumn {
            path: path.to_owned(),
            columns,
            found: format!("none: the row of {} cells where the header should be looks like data (not shown)", headers.len()),
            hint: "add the header row, or correct `skip-rows` in the profile".to_owned(),
        };
    }
    let mut nearest: Vec<(f64, &String)> = Vec::new();
    for column in missing {
        for accepted in column.headers.iter().map(|header| Key::new(header)) {
            nearest.extend(
                keys.iter().zip(headers).filter(|(key, _)| !key.is_empty()).map(|(key, header)| (key.similarity(&accepted), header)),
            );
        }
    }
    nearest.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut near: Vec<String> = Vec::new();
    for (_, header) in nearest.into_iter().filter(|(score, _)| *score >= 0.7) {
        if near.len() < 3 && !near.contains(header) {
            near.push(header.clone());
        }
    }
    let hint = if near.is_empty() {
        "no header found is near; is this the right file, and are `delimiter` and `skip-rows` right?".to_owned()
    } else {
        format!("the nearest headers found are {}; add the right one to the profile's `headers`", quoted(&near))
    };
    IngestError::MissingColumn { path: path.to_owned(), columns, found: shown(headers), hint }
}

/// Long runs of digits stand in data rows and never in a header.
fn looks_like_data(headers: &[String]) -> bool {
    headers.iter().any(|header| header.bytes().filter(u8::is_ascii_digit).count() >= 8)
}

fn quoted(headers: &[String]) -> String {
    headers.iter().map(|header| format!("{:?}", crate::cell::cut(header, 60))).collect::<Vec<_>>().join(", ")
}

/// The header in one line of bearable length.
fn shown(headers: &[String]) -> String {
    const SHOWN: usize = 12;
    let listed = quoted(&headers[..headers.len().min(SHOWN)]);
    if headers.len() > SHOWN { format!("{listed}, … ({} columns)", headers.len()) } else { listed }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use padan_config::{Encoding, Format, RegionCodes};
    use padan_model::{Role, SourceId, Unit};

    use super::*;

    fn profile(columns: &[(Field, &[&str], bool)]) -> SourceProfile {
        SourceProfile {
            id: SourceId::new("uji"),
            path: PathBuf::from("uji.toml"),
            title: String::new(),
            files: vec![],
            format: Format::Csv { delimiter: b',' },
            encoding: Encoding::Utf8,
            skip_rows: 0,
            columns: columns
                .iter()
                .map(|(field, headers, required)| ColumnMap {
                    field: *field,
                    headers: headers.iter().map(ToString::to_string).collect(),
                    required: *required,
                })
                .collect(),
            pmt: vec![],
            codes: BTreeMap::new(),
            region_codes: RegionCodes::Names,
            dates: vec![],
            unit: Unit::Jiwa,
            role: Role::Programme,
            programme: None,
            period: None,
        }
    }

    fn mapped(profile: &SourceProfile, cells: &[&str]) -> Result<Vec<Option<usize>>, String> {
        let cells: Vec<String> = cells.iter().map(ToString::to_string).collect();
        map(profile, Path::new("x.csv"), &cells).map(|map| map.fields).map_err(|error| error.to_string())
    }

    #[test]
    fn a_plain_header_wins_over_one_with_a_suffix() {
        let profile = profile(&[(Field::Nama, &["nama"], true)]);
        assert_eq!(mapped(&profile, &["NAMA (1)", "Nama"]), Ok(vec![Some(1)]));
        assert_eq!(mapped(&profile, &["x", "NAMA (1)"]), Ok(vec![Some(1)]));
        assert!(mapped(&profile, &["NAMA (1)", "NAMA (2)"]).is_err_and(|message| message.contains("columns 1 and 2")));
        assert!(mapped(&profile, &["x", "x", "nama"]).is_ok());
    }

    #[test]
    fn a_typing_error_is_taken_where_nothing_else_fits() {
        let profile = profile(&[(Field::Nama, &["nama"], true), (Field::Kecamatan, &["kecamatan"], false)]);
        assert_eq!(mapped(&profile, &["nama", "KECMATAN"]), Ok(vec![Some(0), Some(1)]));
        assert_eq!(mapped(&profile, &["nama", "KECMATAN", "KECAMATTAN"]), Ok(vec![Some(0), None]));
    }

    #[test]
    fn people_in_place_of_a_header_are_not_printed() {
        let profile = profile(&[(Field::Nama, &["nama"], true)]);
        let message = mapped(&profile, &["SITI AMINAH", "3201010101010001"]).expect_err("no header");
        assert!(!message.contains("SITI") && !message.contains("3201"), "{message}");
    }
}
