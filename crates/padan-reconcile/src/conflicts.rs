//! Conflicts: where a record disagrees with the golden record on NIK, name, birth date, sex or region.
//!
//! Each record is set against the one whose value survived, once an attribute, and not against every other: five lists that copied one
//! mistake are five rows, not ten. Rows of one source are doubles, not a conflict of sources. Names conflict only where neither
//! holds the other's phonetic words (`M. SOLEH` ~ `MUHAMMAD SHOLEH`, `SITI` ~ `SITI AMINAH` are spelling and truncation, not conflict);
//! regions only where neither lies in the other.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, RecordBatch, StringBuilder};
use chrono::NaiveDate;
use padan_model::tables;

use crate::ReconcileError;
use crate::golden::{Chosen, Golden};
use crate::records::{Record, Records};

/// Days from 0001-01-01 (chrono's count) to 1970-01-01 (arrow's).
const EPOCH_FROM_CE: i32 = 719_163;

/// The table, filled person by person in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Conflicts {
    person_id: StringBuilder,
    attribute: StringBuilder,
    source_a: StringBuilder,
    row_a: Int64Builder,
    value_a: StringBuilder,
    source_b: StringBuilder,
    row_b: Int64Builder,
    value_b: StringBuilder,
    chosen: StringBuilder,
    rule: StringBuilder,
}

impl Conflicts {
    /// Adds the conflicts of one person; attributes in alphabetical order, which the table's sorting asks for.
    pub(crate) fn add(&mut self, person_id: &str, all: &Records<'_>, records: &[Record<'_, '_>], golden: &Golden<'_>) {
        let text = |value: &str| value.to_owned();
        let sex = |record: &Record| record.text(|columns| columns.jenis_kelamin).map(text);
        self.attribute(person_id, "jenis_kelamin", all, records, golden.jenis_kelamin, sex, |a, b| sex(a) != sex(b));
        let region = |record: &Record| record.text(|columns| columns.kode_wilayah).map(text);
        self.attribute(person_id, "kode_wilayah", all, records, golden.kode_wilayah, region, |a, b| match (region(a), region(b)) {
            (Some(a), Some(b)) => !a.starts_with(&b) && !b.starts_with(&a),
            _ => false,
        });
        self.attribute(person_id, "nama", all, records, golden.nama, |record| record.text(|columns| columns.nama).map(text), names_differ);
        let nik = |record: &Record| record.valid_nik().map(text);
        self.attribute(person_id, "nik", all, records, golden.nik, nik, |a, b| a.valid_nik() != b.valid_nik());
        let date = |record: &Record| record.tanggal_lahir().map(iso_date);
        self.attribute(person_id, "tanggal_lahir", all, records, golden.tanggal_lahir, date, |a, b| a.tanggal_lahir() != b.tanggal_lahir());
    }

    #[allow(clippy::too_many_arguments, reason = "one attribute is these eight things, and a struct for one call would only rename them")]
    fn attribute<'a, T>(
        &mut self,
        person_id: &str,
        attribute: &str,
        all: &Records<'a>,
        records: &[Record<'_, 'a>],
        chosen: Option<Chosen<T>>,
        value: impl Fn(&Record<'_, 'a>) -> Option<String>,
        differ: impl Fn(&Record<'_, 'a>, &Record<'_, 'a>) -> bool,
    ) {
        let Some(chosen) = chosen else { return };
        let golden = all.get(chosen.from);
        let Some(golden_value) = value(&golden) else { return };
        let mut others: Vec<(&str, i64, String)> = records
            .iter()
            .filter(|record| record.at.source != golden.at.source && differ(&golden, record))
            .filter_map(|record| Some((record.source.id(), record.row(), value(record)?)))
            .collect();
        others.sort_unstable();
        for (source, row, other_value) in others {
            self.person_id.append_value(person_id);
            self.attribute.append_value(attribute);
            self.source_a.append_value(golden.source.id());
            self.row_a.append_value(golden.row());
            self.value_a.append_value(&golden_value);
            self.source_b.append_value(source);
            self.row_b.append_value(row);
            self.value_b.append_value(other_value);
            self.chosen.append_value(&golden_value);
            self.rule.append_value(chosen.rule.as_str());
        }
    }

    /// The published table.
    pub(crate) fn finish(mut self) -> Result<RecordBatch, ReconcileError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.person_id.finish()),
            Arc::new(self.attribute.finish()),
            Arc::new(self.source_a.finish()),
            Arc::new(self.row_a.finish()),
            Arc::new(self.value_a.finish()),
            Arc::new(self.source_b.finish()),
            Arc::new(self.row_b.finish()),
            Arc::new(self.value_b.finish()),
            Arc::new(self.chosen.finish()),
            Arc::new(self.rule.finish()),
        ];
        Ok(RecordBatch::try_new(tables::conflicts().schema, columns)?)
    }
}

/// Whether two names disagree beyond spelling, truncation and missing words.
fn names_differ(a: &Record<'_, '_>, b: &Record<'_, '_>) -> bool {
    let words =
        |record: &Record| record.text(|columns| columns.nama_kunci).map(|keys| keys.split(' ').map(str::to_owned).collect::<Vec<_>>());
    if a.text(|columns| columns.nama_standar) == b.text(|columns| columns.nama_standar) {
        return false;
    }
    match (words(a), words(b)) {
        (Some(a), Some(b)) => !holds(&a, &b) && !holds(&b, &a),
        // A name without phonetic words (initials, another script) can only be compared as it stands.
        _ => a.text(|columns| columns.nama_standar).is_some() && b.text(|columns| columns.nama_standar).is_some(),
    }
}

/// Whether every word of `few` stands in `many`.
fn holds(many: &[String], few: &[String]) -> bool {
    few.iter().all(|word| many.contains(word))
}

fn iso_date(days: i32) -> String {
    NaiveDate::from_num_days_from_ce_opt(days.saturating_add(EPOCH_FROM_CE))
        .map_or_else(String::new, |date| date.format("%Y-%m-%d").to_string())
}
