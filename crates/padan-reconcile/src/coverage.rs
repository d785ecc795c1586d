//! Coverage: every person or family of the registry or of a programme's list against the programme's rule.
//!
//! Only the registry entitles. A unit outside it that a list pays is not entitled where an exclusion or a failed condition says so
//! (dead is dead), and else cannot be judged. A unit that neither the registry nor the list knows is not a row.
//!
//! Certainty. Of a unit that receives it is the list row's link: `terkonfirmasi` by an identifier or a verdict, or where the model is at
//! least 0.99 sure and the civil registry knows the person. Of one that does not, it is the person: `terkonfirmasi` where the civil
//! registry knows them; `probability` is then the chance that the unit is truly absent, the programme's expected missed links (see
//! `rates::LinkQuality`) spread over those entitled and absent. What cannot be judged is never confirmed.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int8Builder, ListBuilder, RecordBatch, StringBuilder};
use padan_model::{Certainty, CoverageStatus, tables};

use crate::ReconcileError;
use crate::rates::{LinkQuality, StatusCounts};
use crate::reasons;
use crate::receiving::Receiving;
use crate::rules::{Judgement, Judgements};
use crate::units::Units;

/// A model link at least this probable confirms a person whom the civil registry knows.
const SURE: f64 = 0.99;

/// Where a unit stands with a programme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    pub(crate) status: CoverageStatus,
    pub(crate) entitled: Option<bool>,
    pub(crate) receiving: bool,
    pub(crate) certainty: Certainty,
    /// Of one that receives. Of one that does not it is [`truly_absent`], which only the whole run can tell; 0 until then.
    pub(crate) probability: f64,
}

/// The standings of all units of one programme, by unit; none for a unit that is no row.
pub(crate) fn standings(units: &Units<'_>, receiving: &Receiving, judgements: &Judgements<'_>) -> Vec<Option<Standing>> {
    (0..units.faces.len()).map(|unit| standing(unit, units, receiving, judgements)).collect()
}

fn standing(unit: usize, units: &Units<'_>, receiving: &Receiving, judgements: &Judgements<'_>) -> Option<Standing> {
    let (face, receipt) = (&units.faces[unit], &receiving.receipts[unit]);
    let receives = receipt.rows > 0;
    if !face.in_registry && !receives {
        return None;
    }
    let entitled = match judgements.judge(unit) {
        Judgement::NotEntitled => Some(false),
        Judgement::Entitled if face.in_registry => Some(true),
        Judgement::Entitled | Judgement::Unknown => None,
    };
    let status = match (entitled, receives) {
        (Some(true), true) => CoverageStatus::Benar,
        (Some(true), false) => CoverageStatus::Eksklusi,
        (Some(false), true) => CoverageStatus::Inklusi,
        (Some(false), false) => CoverageStatus::BukanSasaran,
        (None, _) => CoverageStatus::TakDapatDinilai,
    };
    let confirmed = if receives { receipt.confirmed_link || (face.confirmed && receipt.probability >= SURE) } else { face.confirmed };
    let certainty = if confirmed && entitled.is_some() { Certainty::Terkonfirmasi } else { Certainty::Diduga };
    let probability = if receives { receipt.probability } else { 0.0 };
    Some(Standing { status, entitled, receiving: receives, certainty, probability })
}

/// The chance that a unit seen as absent is truly absent: 1 minus the expected missed links of the whole run, as far as they fall on
/// the entitled, over those absent.
pub(crate) fn truly_absent(counts: &StatusCounts, quality: &LinkQuality) -> f64 {
    let (right, wrong, absent) = (counts.benar as f64, counts.inklusi as f64, counts.eksklusi as f64);
    if absent == 0.0 || right == 0.0 {
        return 1.0;
    }
    1.0 - (quality.missed() * right / (right + wrong) / absent).clamp(0.0, 1.0)
}

/// Puts the unit's reason codes for the table into `into`.
pub(crate) fn reasons_of<'j>(unit: usize, standing: &Standing, units: &Units<'_>, judgements: &'j Judgements<'_>, into: &mut Vec<&'j str>) {
    into.clear();
    let face = &units.faces[unit];
    let outside = if face.in_other_registry { reasons::OTHER_REGISTRY } else { reasons::OUTSIDE };
    match standing.status {
        CoverageStatus::Benar => {}
        CoverageStatus::Eksklusi => into.push(reasons::NOT_RECEIVING),
        CoverageStatus::TakDapatDinilai if !face.in_registry => {
            into.push(outside);
            judgements.reasons(unit, into);
        }
        _ => {
            judgements.reasons(unit, into);
            if !face.in_registry {
                into.push(outside);
            }
        }
    }
}

/// The table, filled programme by programme in the order of their ids.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    unit: StringBuilder,
    unit_id: StringBuilder,
    programme: StringBuilder,
    period: StringBuilder,
    entitled: BooleanBuilder,
    receiving: BooleanBuilder,
    status: StringBuilder,
    certainty: StringBuilder,
    probability: Float64Builder,
    reasons: ListBuilder<StringBuilder>,
    kode_wilayah: StringBuilder,
    desil: Int8Builder,
}

impl Coverage {
    /// Adds a programme's rows in the order of the units' ids.
    pub(crate) fn add(
        &mut self,
        programme: &str,
        period: &str,
        units: &Units<'_>,
        standings: &[Option<Standing>],
        judgements: &Judgements<'_>,
    ) {
        let mut reasons = Vec::new();
        for index in units.order.iter().map(|index| *index as usize) {
            let Some(standing) = &standings[index] else { continue };
            reasons_of(index, standing, units, judgements, &mut reasons);
            let face = &units.faces[index];
            self.unit.append_value(units.unit.as_str());
            self.unit_id.append_value(units.ids[index].as_str());
            self.programme.append_value(programme);
            self.period.append_value(period);
            self.entitled.append_option(standing.entitled);
            self.receiving.append_value(standing.receiving);
            self.status.append_value(standing.status.as_str());
            self.certainty.append_value(standing.certainty.as_str());
            self.probability.append_value(standing.probability);
            for reason in &reasons {
                self.reasons.values().append_value(reason);
            }
            self.reasons.append(true);
            self.kode_wilayah.append_option(face.kode_wilayah);
            self.desil.append_option(face.desil);
        }
    }

    /// The published table.
    pub(crate) fn finish(mut self) -> Result<RecordBatch, ReconcileError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.unit.finish()),
            Arc::new(self.unit_id.finish()),
            Arc::new(self.programme.finish()),
            Arc::new(self.period.finish()),
            Arc::new(self.entitled.finish()),
            Arc::new(self.receiving.finish()),
            Arc::new(self.status.finish()),
            Arc::new(self.certainty.finish()),
            Arc::new(self.probability.finish()),
            Arc::new(self.reasons.finish()),
            Arc::new(self.kode_wilayah.finish()),
            Arc::new(self.desil.finish()),
        ];
        Ok(RecordBatch::try_new(tables::coverage().schema, columns)?)
    }
}
