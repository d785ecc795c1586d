//! How far a list, or a working unit's (satker's) part of it, can be joined to the registry.
//!
//! One row of the table is a list × satker × kabupaten or kota of the list's own address. `rows` are the list's; `persons` the distinct
//! persons in them; `bnba_complete` the rows that name a person by name and address: NIK or No KK, name, birth date or age, village.
//! `in_registry` are rows whose person the registry has by an identifier, by a verdict or with probability 0.99 and more;
//! `in_registry_probable` those that it has with less. `double` are rows whose person stands in an earlier row of the same list; `dead`
//! rows whose person the golden record calls dead. The registry itself and the civil registry are no lists.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use padan_model::{Role, tables};

use crate::ReconcileError;
use crate::golden::Golden;
use crate::records::{Record, Records};

/// A model link at least this probable counts as in the registry.
const SURE: f64 = 0.99;

/// Source, satker, kluster, kab.
type Place<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);
/// The same, once the records are gone.
type OwnedPlace = (String, Option<String>, Option<String>, Option<String>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Standing {
    rows: i64,
    persons: i64,
    bnba_complete: i64,
    in_registry: i64,
    in_registry_probable: i64,
    double: i64,
    dead: i64,
}

/// The counts; integers, so that those of any division of the run by persons add up to those of the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Integration {
    places: BTreeMap<OwnedPlace, Standing>,
}

impl Integration {
    /// Counts the lists' rows.
    pub(crate) fn new(records: &Records<'_>, golden: &[Golden<'_>]) -> Self {
        let mut places: BTreeMap<Place<'_>, Standing> = BTreeMap::new();
        let mut seen = vec![false; golden.len()];
        for (index, source) in records.sources.iter().enumerate() {
            if matches!(source.input.role, Role::Registry | Role::RegistryFamily | Role::CivilRegistry) {
                continue;
            }
            seen.fill(false);
            let mut by_person: BTreeMap<Place<'_>, Vec<u32>> = BTreeMap::new();
            for record in records.of_source(index) {
                let place = place(&record);
                let standing = places.entry(place).or_default();
                count(standing, &record, golden);
                let Some(person) = record.person() else { continue };
                standing.double += i64::from(std::mem::replace(&mut seen[person as usize], true));
                by_person.entry(place).or_default().push(person);
            }
            for (place, mut persons) in by_person {
                persons.sort_unstable();
                persons.dedup();
                places.entry(place).or_default().persons = persons.len() as i64;
            }
        }
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let places = places
            .into_iter()
            .map(|((source, satker, kluster, kab), standing)| ((source.to_owned(), owned(satker), owned(kluster), owned(kab)), standing));
        Self { places: places.collect() }
    }

    /// Adds the counts of other persons.
    pub(crate) fn merge(&mut self, other: Self) {
        for (place, standing) in other.places {
            let mine = self.places.entry(place).or_default();
            mine.rows += standing.rows;
            mine.persons += standing.persons;
            mine.bnba_complete += standing.bnba_complete;
            mine.in_registry += standing.in_registry;
            mine.in_registry_probable += standing.in_registry_probable;
            mine.double += standing.double;
            mine.dead += standing.dead;
        }
    }

    /// The published table.
    pub(crate) fn table(&self) -> Result<RecordBatch, ReconcileError> {
        let text = |part: fn(&OwnedPlace) -> Option<&str>| -> ArrayRef { Arc::new(self.places.keys().map(part).collect::<StringArray>()) };
        let number = |part: fn(&Standing) -> i64| -> ArrayRef { Arc::new(self.places.values().map(part).collect::<Int64Array>()) };
        let columns: Vec<ArrayRef> = vec![
            text(|place| Some(&place.0)),
            text(|place| place.1.as_deref()),
            text(|place| place.2.as_deref()),
            text(|place| place.3.as_deref()),
            number(|standing| standing.rows),
            number(|standing| standing.persons),
            number(|standing| standing.bnba_complete),
            number(|standing| standing.in_registry),
            number(|standing| standing.in_registry_probable),
            number(|standing| standing.double),
            number(|standing| standing.dead),
        ];
        Ok(RecordBatch::try_new(tables::integration().schema, columns)?)
    }
}

/// The kluster of a working unit's list is its programme (lansia, disabilitas, anak); other lists have none.
fn place<'a>(record: &Record<'_, 'a>) -> Place<'a> {
    let satker = record.text(|columns| columns.satker);
    let kluster = satker.and(record.source.input.programme);
    let kab = record.text(|columns| columns.kode_wilayah).and_then(|kode| kode.get(..4));
    (record.source.id(), satker, kluster, kab)
}

fn count(standing: &mut Standing, record: &Record<'_, '_>, golden: &[Golden<'_>]) {
    standing.rows += 1;
    standing.bnba_complete += i64::from(is_bnba_complete(record));
    if record.in_registry() {
        let sure = record.is_confirmed_link() || record.probability() >= SURE;
        *(if sure { &mut standing.in_registry } else { &mut standing.in_registry_probable }) += 1;
    }
    let dead = record.person().and_then(|person| golden[person as usize].alive).is_some_and(|alive| !alive.value);
    standing.dead += i64::from(dead);
}

fn is_bnba_complete(record: &Record<'_, '_>) -> bool {
    (record.valid_nik().is_some() || record.text(|columns| columns.no_kk).is_some())
        && record.text(|columns| columns.nama).is_some()
        && (record.tanggal_lahir().is_some() || record.small(|columns| columns.umur).is_some())
        && record.text(|columns| columns.kode_wilayah).is_some_and(|kode| kode.len() == 10)
}
