//! What stands beside the sheets: their names and parts, the date system, which styles show a date, and the shared strings.

use std::io::BufRead;

use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::date;
use super::package::Package;
use crate::{IngestError, Limits};

/// A sheet of the workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SheetEntry {
    pub(crate) name: String,
    pub(crate) hidden: bool,
    /// Its part in the package.
    pub(crate) part: String,
}

/// The workbook without its sheets.
pub(crate) struct Workbook {
    pub(crate) sheets: Vec<SheetEntry>,
    pub(crate) is_1904: bool,
    /// By style index: whether its number format shows a date.
    pub(crate) date_styles: Vec<bool>,
    pub(crate) strings: SharedStrings,
}

/// All shared strings in one text.
#[derive(Default)]
pub(crate) struct SharedStrings {
    text: String,
    ends: Vec<usize>,
}

impl SharedStrings {
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }
}

impl Workbook {
    /// Reads everything but the sheets; shared strings only where `rows` are to be read.
    pub(crate) fn read(package: &mut Package, limits: &Limits) -> Result<Self, IngestError> {
        let main = relations(package, "_rels/.rels", "")?
            .into_iter()
            .find(|relation| relation.kind.ends_with("/officeDocument"))
            .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
        let relations = relations(package, &format!("{folder}/_rels/{file}.rels"), folder)?;
        let (sheets, is_1904) = sheets(package, &main, &relations)?;
        if sheets.is_empty() {
            return Err(IngestError::workbook(package.path(), "it has no sheet"));
        }
        let part = |kind: &str| relations.iter().find(|relation| relation.kind.ends_with(kind)).map(|relation| relation.target.clone());
        let date_styles = match part("/styles") {
            Some(part) => date_styles(package, &part)?,
            None => Vec::new(),
        };
        let strings = match part("/sharedStrings") {
            Some(part) => shared_strings(package, &part, limits)?,
            None => SharedStrings::default(),
        };
        Ok(Self { sheets, is_1904, date_styles, strings })
    }
}

struct Relation {
    id: String,
    kind: String,
    target: String,
}

/// Calls `visit` for every start tag (empty tags too) of a part; nothing where the part is absent.
fn visit_tags(package: &mut Package, part: &str, mut visit: impl FnMut(&BytesStart)) -> Result<(), IngestError> {
    let path = package.path().to_owned();
    let Some(entry) = package.entry(part)? else { return Ok(()) };
    let mut reader = Reader::from_reader(entry);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag) | Event::Empty(tag)) => visit(&tag),
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(IngestError::workbook(&path, format!("{part}: {error}"))),
        }
    }
}

fn relations(package: &mut Package, part: &str, folder: &str) -> Result<Vec<Relation>, IngestError> {
    let mut relations = Vec::new();
    visit_tags(package, part, |tag| {
        if tag.local_name().as_ref() == "Relationship" {
            let (Some(id), Some(kind), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Type"), attribute(tag, "Target")) else {
                return;
            };
            let target = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None if folder.is_empty() => target,
                None => format!("{folder}/{target}"),
            };
            relations.push(Relation { id, kind, target });
        }
    })?;
    Ok(relations)
}

fn sheets(package: &mut Package, main: &str, relations: &[Relation]) -> Result<(Vec<SheetEntry>, bool), IngestError> {
    let mut sheets = Vec::new();
    let mut is_1904 = false;
    visit_tags(package, main, |tag| match tag.local_name().as_ref() {
        "workbookPr" => is_1904 = attribute(tag, "date1904").is_some_and(|value| value == "1" || value == "true"),
        "sheet" => {
            let relation = attribute(tag, "id").and_then(|id| relations.iter().find(|relation| relation.id == id));
            if let (Some(name), Some(relation)) = (attribute(tag, "name"), relation)
                && relation.kind.ends_with("/worksheet")
            {
                let hidden = attribute(tag, "state").is_some_and(|state| state != "visible");
                sheets.push(SheetEntry { name, hidden, part: relation.target.clone() });
            }
        }
        _ => {}
    })?;
    Ok((sheets, is_1904))
}

fn date_styles(package: &mut Package, part: &str) -> Result<Vec<bool>, IngestError> {
    let mut custom: Vec<(u32, bool)> = Vec::new();
    let mut styles = Vec::new();
    let mut in_cell_formats = false;
    visit_tags(package, part, |tag| match tag.local_name().as_ref() {
        "numFmt" => {
            if let (Some(id), Some(code)) = (number(tag, "numFmtId"), attribute(tag, "formatCode")) {
                custom.push((id, date::is_date_code(&code)));
            }
        }
        "cellXfs" => in_cell_formats = true,
        "cellStyles" | "cellStyleXfs" | "dxfs" => in_cell_formats = false,
        "xf" if in_cell_formats => {
            let id = number(tag, "numFmtId").unwrap_or(0);
            let custom = custom.iter().find(|(candidate, _)| *candidate == id).map(|(_, is_date)| *is_date);
            styles.push(custom.unwrap_or_else(|| date::is_date_id(id)));
        }
        _ => {}
    })?;
    Ok(styles)
}

fn shared_strings(package: &mut Package, part: &str, limits: &Limits) -> Result<SharedStrings, IngestError> {
    let path = package.path().to_owned();
    let mut strings = SharedStrings::default();
    let Some(entry) = package.entry(part)? else { return Ok(strings) };
    let mut reader = Reader::from_reader(entry);
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let (mut in_text, mut in_phonetic) = (false, false);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|error| IngestError::workbook(&path, format!("{part}: {error}")))?;
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => in_text = !in_phonetic,
                "rPh" => in_phonetic = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => in_phonetic = false,
                "si" => {
                    let start = strings.ends.last().copied().unwrap_or(0);
                    unescape_in_place(&mut strings.text, start);
                    strings.ends.push(strings.text.len());
                }
                _ => {}
            },
            Event::Eof => break,
            event if in_text => append(&mut strings.text, &event),
            _ => {}
        }
        // Every string costs its end beside its text; `<si/>` without end would otherwise be free.
        if (strings.text.len() + strings.ends.len() * size_of::<usize>()) as u64 > limits.shared_strings_bytes.saturating_mul(2) {
            return Err(IngestError::workbook(&path, "its shared strings do not fit the limit"));
        }
    }
    strings.text.shrink_to_fit();
    Ok(strings)
}

/// Appends the text of an event: text, CDATA or an entity. Unknown entities are left out.
pub(crate) fn append(out: &mut String, event: &Event) {
    match event {
        Event::Text(text) => out.push_str(&text.xml10_content()),
        Event::CData(text) => out.push_str(&text.xml10_content()),
        Event::GeneralRef(reference) => out.extend(entity(reference)),
        _ => {}
    }
}

fn entity(reference: &BytesRef) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match reference.xml10_content().as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// Rewrites `_x000D_` and the like, by which workbooks write characters that XML cannot hold, from `start` on.
pub(crate) fn unescape_in_place(text: &mut String, start: usize) {
    let Some(found) = text.get(start..).and_then(|tail| tail.find("_x")) else { return };
    let tail = text.split_off(start + found);
    let mut rest = tail.as_str();
    while let Some(at) = rest.find("_x") {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = rest.get(2..6).filter(|_| rest.as_bytes().get(6) == Some(&b'_')).and_then(|code| u32::from_str_radix(code, 16).ok());
        if let Some(character) = code.and_then(char::from_u32) {
            text.push(character);
            rest = &rest[7..];
        } else {
            text.push_str("_x");
            rest = &rest[2..];
        }
    }
    text.push_str(rest);
}

/// An attribute by its name without prefix.
pub(crate) fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    attributes(tag)
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned))
}

pub(crate) fn attributes<'t>(tag: &'t BytesStart) -> impl Iterator<Item = Attribute<'t>> {
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    attributes.flatten()
}

fn number(tag: &BytesStart, name: &str) -> Option<u32> {
    attribute(tag, name).and_then(|value| value.parse().ok())
}

/// A part as a reader of events.
pub(crate) fn events<R: BufRead>(entry: R) -> Reader<R> {
    let mut reader = Reader::from_reader(entry);
    reader.config_mut().expand_empty_elements = true;
    reader
}
