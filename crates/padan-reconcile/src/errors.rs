//! The two lists that people act on: entitled and absent (exclusion), on a list and not entitled (inclusion), with name and address.
//!
//! An inclusion error names every row of the lists that pays the unit. Where the only thing wrong is that the unit stands twice, the
//! first row of each list is right and the others are named.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int8Builder, Int16Builder, Int64Builder, ListBuilder, RecordBatch, StringBuilder,
};
use padan_model::{CoverageStatus, tables};

use crate::coverage::{Standing, reasons_of};
use crate::golden::Golden;
use crate::records::{Record, Records};
use crate::rules::Judgements;
use crate::units::Units;
use crate::{Population, ReconcileError};

/// The reason code of an exclusion for doubles.
const GANDA: &str = "ganda";

/// One programme's standing, as both lists need it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Programme<'p, 'a> {
    pub(crate) id: &'p str,
    pub(crate) period: &'p str,
    pub(crate) units: &'p Units<'a>,
    pub(crate) standings: &'p [Option<Standing>],
    pub(crate) judgements: &'p Judgements<'p>,
    /// Indices of the lists.
    pub(crate) sources: &'p [usize],
}

/// Either table, filled programme by programme in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    unit: StringBuilder,
    unit_id: StringBuilder,
    programme: StringBuilder,
    period: StringBuilder,
    entitled: BooleanBuilder,
    receiving: BooleanBuilder,
    status: StringBuilder,
    certainty: StringBuilder,
    probability: Float64Builder,
    nama: StringBuilder,
    nik: StringBuilder,
    no_kk: StringBuilder,
    alamat_standar: StringBuilder,
    rt: Int16Builder,
    rw: Int16Builder,
    kode_wilayah: StringBuilder,
    desil: Int8Builder,
    reasons: ListBuilder<StringBuilder>,
    source: StringBuilder,
    row: Int64Builder,
}

impl Errors {
    /// Adds the units that are entitled and absent.
    pub(crate) fn add_exclusions(&mut self, programme: Programme<'_, '_>, records: &Records<'_>, golden: &[Golden<'_>]) {
        let excluded = |unit: &usize| programme.standings[*unit].is_some_and(|standing| standing.status == CoverageStatus::Eksklusi);
        let mut units: Vec<usize> = (0..programme.standings.len()).filter(excluded).collect();
        units.sort_by_key(|unit| (programme.units.faces[*unit].kode_wilayah, programme.units.rank[*unit]));
        for unit in units {
            self.append(programme, unit, records, golden, None);
        }
    }

    /// Adds the rows of the lists that pay units not entitled.
    pub(crate) fn add_inclusions(
        &mut self,
        programme: Programme<'_, '_>,
        records: &Records<'_>,
        population: &Population<'_>,
        golden: &[Golden<'_>],
    ) {
        let mut rows: Vec<(usize, Record<'_, '_>)> = Vec::new();
        for source in programme.sources {
            let mut seen = vec![false; programme.standings.len()];
            for record in records.of_source(*source) {
                let Some(unit) = programme.units.of_row(&record, population).map(|unit| unit as usize) else { continue };
                if programme.standings[unit].is_none_or(|standing| standing.status != CoverageStatus::Inklusi) {
                    continue;
                }
                if seen[unit] || !is_wrong_by_doubling_only(unit, programme.judgements) {
                    rows.push((unit, record));
                }
                seen[unit] = true;
            }
        }
        rows.sort_by_key(|(unit, record)| {
            (programme.units.faces[*unit].kode_wilayah, programme.units.rank[*unit], record.source.id(), record.row())
        });
        for (unit, record) in rows {
            self.append(programme, unit, records, golden, Some(&record));
        }
    }

    fn append(
        &mut self,
        programme: Programme<'_, '_>,
        unit: usize,
        records: &Records<'_>,
        golden: &[Golden<'_>],
        list: Option<&Record<'_, '_>>,
    ) {
        let Some(standing) = &programme.standings[unit] else { return };
        let units = programme.units;
        let face = &units.faces[unit];
        let person = face.person.map(|person| &golden[person as usize]);
        let alamat = face.alamat.map(|at| records.get(at));
        self.unit.append_value(units.unit.as_str());
        self.unit_id.append_value(units.ids[unit].as_str());
        self.programme.append_value(programme.id);
        self.period.append_value(programme.period);
        self.entitled.append_option(standing.entitled);
        self.receiving.append_value(standing.receiving);
        self.status.append_value(standing.status.as_str());
        self.certainty.append_value(standing.certainty.as_str());
        self.probability.append_value(standing.probability);
        self.nama.append_option(person.and_then(|golden| golden.nama).map(|nama| nama.value));
        self.nik.append_option(person.and_then(|golden| golden.nik).map(|nik| nik.value));
        self.no_kk.append_option(face.no_kk);
        self.alamat_standar.append_option(alamat.and_then(|record| record.text(|columns| columns.alamat_standar)));
        self.rt.append_option(alamat.and_then(|record| record.small(|columns| columns.rt)));
        self.rw.append_option(alamat.and_then(|record| record.small(|columns| columns.rw)));
        self.kode_wilayah.append_option(face.kode_wilayah);
        self.desil.append_option(face.desil);
        let mut reasons = Vec::new();
        reasons_of(unit, standing, units, programme.judgements, &mut reasons);
        self.reasons.append_value(reasons.into_iter().map(Some));
        self.source.append_option(list.map(|record| record.source.id()));
        self.row.append_option(list.map(Record::row));
    }

    /// `exclusion_errors`.
    pub(crate) fn finish_exclusions(self) -> Result<RecordBatch, ReconcileError> {
        let mut columns = self.finish();
        columns.truncate(columns.len() - 2);
        Ok(RecordBatch::try_new(tables::exclusion_errors().schema, columns)?)
    }

    /// `inclusion_errors`.
    pub(crate) fn finish_inclusions(self) -> Result<RecordBatch, ReconcileError> {
        Ok(RecordBatch::try_new(tables::inclusion_errors().schema, self.finish())?)
    }

    fn finish(mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.unit.finish()),
            Arc::new(self.unit_id.finish()),
            Arc::new(self.programme.finish()),
            Arc::new(self.period.finish()),
            Arc::new(self.entitled.finish()),
            Arc::new(self.receiving.finish()),
            Arc::new(self.status.finish()),
            Arc::new(self.certainty.finish()),
            Arc::new(self.probability.finish()),
            Arc::new(self.nama.finish()),
            Arc::new(self.nik.finish()),
            Arc::new(self.no_kk.finish()),
            Arc::new(self.alamat_standar.finish()),
            Arc::new(self.rt.finish()),
            Arc::new(self.rw.finish()),
            Arc::new(self.kode_wilayah.finish()),
            Arc::new(self.desil.finish()),
            Arc::new(self.reasons.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.row.finish()),
        ]
    }
}

/// Whether the unit would be entitled if it stood on the list once.
fn is_wrong_by_doubling_only(unit: usize, judgements: &Judgements<'_>) -> bool {
    judgements.exclusions(unit).all(|code| code == GANDA) && judgements.fails_none(unit)
}
