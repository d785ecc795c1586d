//! JSON: one object a line, or one array of objects; keys are headers.
//!
//! Objects are flat; a nested value under a mapped key is refused as a cell. Integers never go through `f64`: a NIK written as a JSON
//! number has sixteen digits. The keys of all objects seen so far are the header, since writers leave out keys without a value. A broken
//! line costs that line; a broken array stops the file, because where the next object begins can no longer be known.

mod text;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use padan_config::SourceProfile;
use serde_json::value::RawValue;

use crate::csv::{Charset, Utf16Reader, decoded, detect, read_head, windows_1252};
use crate::hashing;
use crate::header::{self, HeaderMap};
use crate::ingest::FileRead;
use crate::row::Row;
use crate::stage::Stage;
use crate::{IngestError, Limits, number};
use text::{Item, Texts};

/// Different keys of a file; beyond it a file is no list of people.
const KEYS: usize = 4_096;

/// The header, its encoding and what to warn of, from the beginning of the file.
pub(crate) fn check(profile: &SourceProfile, path: &Path) -> Result<(HeaderMap, String, Vec<String>), IngestError> {
    let (mut reader, _) = hashing::open(path)?;
    let head = read_head(&mut reader, path)?;
    let detected = detect(&head, profile.encoding);
    let keys = first_keys(path, &decoded(&head[detected.mark..], detected.charset))?;
    let header = header::map(profile, path, &keys)?;
    let warnings = crate::csv::header_warnings(profile, profile.skip_rows, &header);
    Ok((header, detected.charset.as_str().to_owned(), warnings))
}

/// Reads one file into the stage.
pub(crate) fn read(stage: &mut Stage, path: &Path) -> Result<FileRead, IngestError> {
    let (mut reader, watch) = hashing::open(path)?;
    let head = read_head(&mut reader, path)?;
    let detected = detect(&head, stage.profile.encoding);
    let keys = first_keys(path, &decoded(&head[detected.mark..], detected.charset))?;
    let header = header::map(stage.profile, path, &keys)?;
    for warning in crate::csv::header_warnings(stage.profile, stage.profile.skip_rows, &header) {
        stage.warn(warning);
    }
    let mut head = Cursor::new(head);
    head.set_position(detected.mark as u64);
    let bytes = head.chain(reader);
    let utf16 = matches!(detected.charset, Charset::Utf16Le | Charset::Utf16Be);
    let place = detected.mark as u64;
    let mut objects = Objects {
        stage,
        path,
        header,
        columns: HashMap::new(),
        mapped: Vec::new(),
        row: Row::default(),
        charset: detected.charset,
        mixed: false,
    };
    if utf16 {
        objects.run(Texts::new(BufReader::new(Utf16Reader::new(bytes, detected.charset)), true, place))?;
    } else {
        objects.run(Texts::new(BufReader::with_capacity(256 << 10, bytes), false, place))?;
    }
    let encoding = if objects.mixed { "utf-8 with windows-1252 rows" } else { detected.charset.as_str() };
    let mixed = objects.mixed;
    if mixed {
        stage.warn("rows that are not valid utf-8 were read as windows-1252");
    }
    let (stamp, sha256) = watch.finish(path)?;
    Ok(FileRead { stamp, sha256, encoding: Some(encoding.to_owned()) })
}

/// The keys of the objects in the head, in order of first appearance.
fn first_keys(path: &Path, head: &str) -> Result<Vec<String>, IngestError> {
    let mut texts = Texts::new(head.as_bytes(), false, 0);
    let limits = Limits::default();
    let mut keys: Vec<String> = Vec::new();
    let mut any = false;
    while let Some(item) = texts.next(path, &limits)? {
        any = true;
        let Item::Object = item else { continue };
        let Ok(text) = std::str::from_utf8(texts.text()) else { continue };
        let Ok(Pairs(pairs)) = serde_json::from_str(text) else { continue };
        for (key, _) in pairs {
            if keys.len() < KEYS && !keys.iter().any(|known| **known == *key) {
                keys.push(key.into_owned());
            }
        }
    }
    if !any {
        return Err(IngestError::Empty { path: path.to_owned() });
    }
    if keys.is_empty() {
        return Err(IngestError::Json { path: path.to_owned(), problem: "no JSON object at its beginning".to_owned() });
    }
    Ok(keys)
}

struct Objects<'s, 'a, 'p> {
    stage: &'s mut Stage<'a>,
    path: &'p Path,
    header: HeaderMap,
    columns: HashMap<String, usize>,
    /// By column, whether a field or variable is read from it.
    mapped: Vec<bool>,
    row: Row,
    charset: Charset,
    mixed: bool,
}

impl Objects<'_, '_, '_> {
    fn run<R: BufRead>(&mut self, mut texts: Texts<R>) -> Result<(), IngestError> {
        self.index();
        while let Some(item) = texts.next(self.path, self.stage.limits)? {
            let row = self.stage.next_row();
            let place = Some(texts.place());
            let bytes = texts.text();
            let text = match std::str::from_utf8(bytes) {
                Ok(text) if self.charset != Charset::Windows1252 || text.is_ascii() => Cow::Borrowed(text),
                _ => {
                    self.mixed |= self.charset == Charset::Utf8;
                    windows_1252(bytes)
                }
            };
            match item {
                Item::TooLong => self.stage.quarantine_row(
                    row,
                    place,
                    None,
                    format!("object of more than {} bytes", self.stage.limits.row_bytes),
                    Some(&text),
                ),
                Item::Cut => self.stage.quarantine_row(row, place, None, "object cut off by the end of the file", Some(&text)),
                Item::Object => match serde_json::from_str(&text) {
                    Ok(Pairs(pairs)) => self.object(row, place, &pairs, &text)?,
                    // Its message may hold a value; line and column would be those of the line.
                    Err(error) => {
                        let reason = if error.is_eof() { "JSON object cut off" } else { "not a JSON object" };
                        self.stage.quarantine_row(row, place, None, reason, Some(&text));
                    }
                },
            }
        }
        if texts.is_unclosed() {
            self.stage.warn("the JSON array is not closed: the file may be cut off");
        }
        Ok(())
    }

    fn object(&mut self, row: i64, place: Option<u64>, pairs: &[(Cow<str>, &RawValue)], text: &str) -> Result<(), IngestError> {
        self.row.clear();
        let mut expected = 0;
        for (key, value) in pairs {
            let column = self.column(key, expected)?;
            expected = column + 1;
            if !self.mapped[column] {
                continue;
            }
            if self.row.text(column).is_some() {
                let name = self.header.name(column);
                self.stage.quarantine_row(row, place, Some(name), "the key stands twice in the object", Some(text));
                return Ok(());
            }
            let written = value.get();
            match written.as_bytes() {
                // As it is read: nothing in it is escaped.
                [b'"', text @ .., b'"'] if memchr::memchr(b'\\', text).is_none() => {
                    self.row.write(column, false).push_str(&written[1..written.len() - 1]);
                }
                [b'"', ..] => {
                    let Ok(value) = serde_json::from_str::<String>(written) else {
                        let name = self.header.name(column);
                        self.stage.quarantine_row(row, place, Some(name), "text with half a surrogate pair", Some(text));
                        return Ok(());
                    };
                    *self.row.write(column, false) = value;
                }
                [b't', ..] => self.row.write(column, false).push_str("TRUE"),
                [b'f', ..] => self.row.write(column, false).push_str("FALSE"),
                [b'{' | b'[', ..] => {
                    let name = self.header.name(column);
                    self.stage.quarantine_cell(row, name, "nested value", Some(written));
                }
                [b'-' | b'0'..=b'9', ..] => {
                    let lossy = written.contains(['e', 'E', '.']);
                    if let Some(value) = number::minimal(written) {
                        self.row.write(column, lossy).push_str(&value);
                    } else {
                        let name = self.header.name(column);
                        self.stage.quarantine_cell(row, name, "number out of range", Some(written));
                    }
                }
                _ => {}
            }
        }
        if let Some((column, reason)) = self.row.fault(self.stage.limits) {
            self.stage.quarantine_row(row, place, Some(self.header.name(column)), reason, Some(text));
            return Ok(());
        }
        self.row.stage(self.stage, row, &self.header)
    }

    /// The column of a key; a key not seen before is added to the header, which is then mapped again. Most objects have their keys in one
    /// order, so the column after the last one is tried first.
    fn column(&mut self, key: &str, expected: usize) -> Result<usize, IngestError> {
        if self.header.headers.get(expected).is_some_and(|header| header == key) {
            return Ok(expected);
        }
        if let Some(&column) = self.columns.get(key) {
            return Ok(column);
        }
        if self.header.headers.len() >= KEYS {
            return Err(IngestError::Json { path: self.path.to_owned(), problem: format!("more than {KEYS} different keys") });
        }
        let mut headers = self.header.headers.clone();
        headers.push(key.to_owned());
        self.header = header::map(self.stage.profile, self.path, &headers)?;
        let column = headers.len() - 1;
        self.columns.insert(key.to_owned(), column);
        self.mark();
        Ok(column)
    }

    fn mark(&mut self) {
        let mut mapped = vec![false; self.header.headers.len()];
        for column in self.header.fields.iter().chain(&self.header.pmt).flatten() {
            mapped[*column] = true;
        }
        self.mapped = mapped;
    }

    fn index(&mut self) {
        self.mark();
        self.columns = self.header.headers.iter().enumerate().map(|(column, key)| (key.clone(), column)).collect();
    }
}

/// The members of an object in order, values unread; keys are borrowed where nothing in them is escaped.
struct Pairs<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'de: 't, 't> serde::Deserialize<'de> for Pairs<'t> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Pairs<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    pairs.push((key, map.next_value()?));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

struct Key<'t>(Cow<'t, str>);

impl<'de: 't, 't> serde::Deserialize<'de> for Key<'t> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Key<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}
