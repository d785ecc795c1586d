//! Error rates by region, desil and sex, each with its denominator, a linkage-error correction and an interval.
//!
//! Inclusion = not entitled on the list ÷ on the list and judged. Exclusion = entitled and absent ÷ entitled. Units that cannot be judged
//! stand in neither denominator. Counts are integers and persons are never added to families: a programme has one unit. Cells with a
//! denominator below 10 are suppressed, and their counts are published as 0. Suppression is of single cells; a reader who subtracts
//! the kecamatan of a kabupaten from its total can still find one, which is why this tier has no smaller regions than the kecamatan.

mod estimate;
mod linkage;
mod tally;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int8Builder, Int64Builder, RecordBatch, StringBuilder};
use padan_model::{Unit, tables};

use crate::ReconcileError;
use estimate::{Estimate, exclusion, inclusion};
pub(crate) use linkage::LinkQuality;
use tally::KECAMATAN;
pub(crate) use tally::ProgrammeTally;
pub use tally::StatusCounts;

/// Smaller denominators are not published.
const SMALLEST: i64 = 10;
/// Where a cell stands: level, region, desil, sex. Their order is the table's within a programme and an error.
type Place<'a> = (&'static str, Option<&'a str>, Option<i8>, Option<&'a str>);

/// The whole country, all desil, both sexes.
const NATIONAL: Place<'static> = ("nasional", None, None, None);

/// The table, filled programme by programme in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    programme: StringBuilder,
    unit: StringBuilder,
    level: StringBuilder,
    kode_wilayah: StringBuilder,
    desil: Int8Builder,
    jenis_kelamin: StringBuilder,
    error: StringBuilder,
    numerator: Int64Builder,
    denominator: Int64Builder,
    rate: Float64Builder,
    rate_corrected: Float64Builder,
    low: Float64Builder,
    high: Float64Builder,
    suppressed: BooleanBuilder,
}

impl Rates {
    /// Adds a programme's rates.
    pub(crate) fn add(&mut self, programme: &str, unit: Unit, tally: &ProgrammeTally) {
        let (cells, national, quality) = (cells(tally), tally.total, &tally.quality);
        // Wrongly linked rows fall on units of the registry as they come.
        let judged = national.benar + national.inklusi + national.eksklusi + national.bukan_sasaran;
        let chance = if judged == 0 { 0.0 } else { (national.inklusi + national.bukan_sasaran) as f64 / judged as f64 };
        for error in ["eksklusi", "inklusi"] {
            for (place, cell) in &cells {
                let (numerator, denominator) = match error {
                    "eksklusi" => (cell.eksklusi, cell.eksklusi + cell.benar),
                    _ => (cell.inklusi, cell.inklusi + cell.benar),
                };
                if denominator == 0 && *place != NATIONAL {
                    continue;
                }
                let estimate = (denominator >= SMALLEST).then(|| match error {
                    "eksklusi" => exclusion(numerator, denominator, quality),
                    _ => inclusion(numerator, denominator, quality, chance),
                });
                self.append(programme, unit, error, *place, numerator, denominator, estimate);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a row of the table is these seven things")]
    fn append(
        &mut self,
        programme: &str,
        unit: Unit,
        error: &str,
        place: Place<'_>,
        numerator: i64,
        denominator: i64,
        estimate: Option<Estimate>,
    ) {
        let (level, kode_wilayah, desil, jenis_kelamin) = place;
        self.programme.append_value(programme);
        self.unit.append_value(unit.as_str());
        self.level.append_value(level);
        self.kode_wilayah.append_option(kode_wilayah);
        self.desil.append_option(desil);
        self.jenis_kelamin.append_option(jenis_kelamin);
        self.error.append_value(error);
        self.numerator.append_value(if estimate.is_some() { numerator } else { 0 });
        self.denominator.append_value(if estimate.is_some() { denominator } else { 0 });
        self.rate.append_option(estimate.map(|estimate| estimate.rate));
        self.rate_corrected.append_option(estimate.map(|estimate| estimate.corrected));
        self.low.append_option(estimate.map(|estimate| estimate.low));
        self.high.append_option(estimate.map(|estimate| estimate.high));
        self.suppressed.append_value(estimate.is_none());
    }

    /// The published table.
    pub(crate) fn finish(mut self) -> Result<RecordBatch, ReconcileError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.programme.finish()),
            Arc::new(self.unit.finish()),
            Arc::new(self.level.finish()),
            Arc::new(self.kode_wilayah.finish()),
            Arc::new(self.desil.finish()),
            Arc::new(self.jenis_kelamin.finish()),
            Arc::new(self.error.finish()),
            Arc::new(self.numerator.finish()),
            Arc::new(self.denominator.finish()),
            Arc::new(self.rate.finish()),
            Arc::new(self.rate_corrected.finish()),
            Arc::new(self.low.finish()),
            Arc::new(self.high.finish()),
            Arc::new(self.suppressed.finish()),
        ];
        Ok(RecordBatch::try_new(tables::rates().schema, columns)?)
    }
}

/// Counts by place: regions down to the kecamatan, and nationally by desil and, of persons, by sex.
fn cells(tally: &ProgrammeTally) -> BTreeMap<Place<'_>, StatusCounts> {
    let mut cells: BTreeMap<Place<'_>, StatusCounts> = BTreeMap::new();
    cells.insert(NATIONAL, tally.total);
    cells.extend(tally.by_sex.iter().map(|(sex, counts)| (("nasional", None, None, Some(sex.as_str())), *counts)));
    let by_desil = tally.by_desil.iter().enumerate().skip(1);
    cells.extend(by_desil.map(|(desil, counts)| (("nasional", None, Some(desil as i8), None), *counts)));
    for (kode, counts) in &tally.by_region {
        for (level, length) in [("provinsi", 2), ("kabkota", 4), ("kecamatan", KECAMATAN)] {
            if let Some(kode) = kode.get(..length) {
                cells.entry((level, Some(kode), None, None)).or_default().add(*counts);
            }
        }
    }
    cells
}
