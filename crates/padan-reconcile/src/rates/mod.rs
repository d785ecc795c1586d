//! Error rates by region, desil and sex, each with its denominator, a linkage-error correction and an interval.
//!
//! Inclusion = not entitled on the list ÷ on the list and judged. Exclusion = entitled and absent ÷ entitled. Units that cannot be judged
//! stand in neither denominator. Counts are integers and persons are never added to families: a programme has one unit. Cells with a
//! denominator below 10 are suppressed, and their counts are published as 0. Suppression is of single cells; a reader who subtracts
//! the kecamatan of a kabupaten from its total can still find one, which is why this tier has no smaller regions than the kecamatan.

mod estimate;
mod linkage;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int8Builder, Int64Builder, RecordBatch, StringBuilder};
use padan_model::{CoverageStatus, Unit, tables};

use crate::ReconcileError;
use crate::coverage::Standing;
use crate::units::Units;
use estimate::{Estimate, exclusion, inclusion};
pub(crate) use linkage::LinkQuality;

/// Smaller denominators are not published.
const SMALLEST: i64 = 10;
/// Digits of the finest region.
const KECAMATAN: usize = 6;

/// Counts of one cell.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    benar: i64,
    inklusi: i64,
    eksklusi: i64,
    bukan_sasaran: i64,
}

impl Cell {
    fn add(&mut self, other: Self) {
        self.benar += other.benar;
        self.inklusi += other.inklusi;
        self.eksklusi += other.eksklusi;
        self.bukan_sasaran += other.bukan_sasaran;
    }

    fn of(status: CoverageStatus) -> Option<Self> {
        let mut cell = Self::default();
        match status {
            CoverageStatus::Benar => cell.benar = 1,
            CoverageStatus::Inklusi => cell.inklusi = 1,
            CoverageStatus::Eksklusi => cell.eksklusi = 1,
            CoverageStatus::BukanSasaran => cell.bukan_sasaran = 1,
            CoverageStatus::TakDapatDinilai => return None,
        }
        Some(cell)
    }
}

/// Where a cell stands: level, region, desil, sex. Their order is the table's within a programme and an error.
type Place<'a> = (&'static str, Option<&'a str>, Option<i8>, Option<&'a str>);

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
    pub(crate) fn add(&mut self, programme: &str, units: &Units<'_>, standings: &[Option<Standing>], quality: &LinkQuality) {
        let cells = cells(units, standings);
        let national = cells.get(&("nasional", None, None, None)).copied().unwrap_or_default();
        // Wrongly linked rows fall on units of the registry as they come.
        let judged = national.benar + national.inklusi + national.eksklusi + national.bukan_sasaran;
        let chance = if judged == 0 { 0.0 } else { (national.inklusi + national.bukan_sasaran) as f64 / judged as f64 };
        for error in ["eksklusi", "inklusi"] {
            for (place, cell) in &cells {
                let (numerator, denominator) = match error {
                    "eksklusi" => (cell.eksklusi, cell.eksklusi + cell.benar),
                    _ => (cell.inklusi, cell.inklusi + cell.benar),
                };
                if denominator == 0 && *place != ("nasional", None, None, None) {
                    continue;
                }
                let estimate = (denominator >= SMALLEST).then(|| match error {
                    "eksklusi" => exclusion(numerator, denominator, quality),
                    _ => inclusion(numerator, denominator, quality, chance),
                });
                self.append(programme, units.unit, error, *place, numerator, denominator, estimate);
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
fn cells<'a>(units: &Units<'a>, standings: &[Option<Standing>]) -> BTreeMap<Place<'a>, Cell> {
    // Regions are counted at the finest level first and rolled up, instead of four times a unit.
    let mut regions: BTreeMap<&str, Cell> = BTreeMap::new();
    let mut national: BTreeMap<Place<'a>, Cell> = BTreeMap::new();
    let mut total = Cell::default();
    let mut by_desil = [Cell::default(); 11];
    for (face, standing) in units.faces.iter().zip(standings) {
        let Some(cell) = standing.and_then(|standing| Cell::of(standing.status)) else { continue };
        total.add(cell);
        if let Some(kode) = face.kode_wilayah {
            regions.entry(&kode[..kode.len().min(KECAMATAN)]).or_default().add(cell);
        }
        if let Some(cells) = face.desil.and_then(|desil| usize::try_from(desil).ok()).and_then(|desil| by_desil.get_mut(desil)) {
            cells.add(cell);
        }
        if let Some(sex) = face.jenis_kelamin {
            national.entry(("nasional", None, None, Some(sex))).or_default().add(cell);
        }
    }
    national.insert(("nasional", None, None, None), total);
    for (desil, cell) in by_desil.into_iter().enumerate().skip(1) {
        national.insert(("nasional", None, Some(desil as i8), None), cell);
    }
    for (kode, cell) in regions {
        for (level, length) in [("provinsi", 2), ("kabkota", 4), ("kecamatan", KECAMATAN)] {
            if let Some(kode) = kode.get(..length) {
                national.entry((level, Some(kode), None, None)).or_default().add(cell);
            }
        }
    }
    national
}
