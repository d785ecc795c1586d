//! The worklist of verification and validation (verivali): whom the regions must look for, and what is missing.
//!
//! Three kinds of unit go out. A unit that a list pays and that cannot be judged, with the reason: in no registry, in another registry
//! only, or a fact missing. A named recipient of a family list whose family is not known (unit `jiwa`). And a family of the registry
//! whose PMT variables are less than `PMT_ENOUGH` complete while it is on a list, or in desil 1 to 5, or without a desil: a family
//! that nobody pays and that is well off can wait.
//!
//! `missing` names the BNBA columns (by name by address) that nothing fills, then the facts a rule lacked, then the PMT variables that are
//! blank; `pmt` alone says that no row with PMT variables describes the family. A unit stands once a reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Builder, Int16Builder, Int64Builder, ListBuilder, RecordBatch, StringBuilder};
use padan_model::{CoverageStatus, Unit, tables};

use crate::coverage::Standing;
use crate::families::Families;
use crate::golden::Golden;
use crate::receiving::Receiving;
use crate::records::{RecordRef, Records};
use crate::rules::Judgements;
use crate::units::{UnitFace, Units};
use crate::{ReconcileError, reasons};

/// A family with fewer of its PMT variables than this cannot be ranked with confidence: the proxy means test imputes a few blanks, and
/// one in five is no longer a few.
const PMT_ENOUGH: f32 = 0.8;
/// Families up to this desil are within reach of some programme.
const DESIL_WITHIN_REACH: i8 = 5;
/// The missing item of a family that no row with PMT variables describes.
const NO_PMT: &str = "pmt";

/// What is asked about a unit.
#[derive(Debug, Clone)]
struct Question {
    facts: Vec<&'static str>,
    /// Whether the PMT variables are asked for.
    pmt: bool,
    /// The list's row.
    list: Option<RecordRef>,
}

/// The worklist as it grows; keys are (is family, unit index, reason).
#[derive(Debug, Default)]
pub(crate) struct Verivali {
    questions: BTreeMap<(bool, u32, String), Question>,
}

impl Verivali {
    /// Adds a programme's recipients that cannot be judged or have no family.
    pub(crate) fn add_programme(
        &mut self,
        units: &Units<'_>,
        standings: &[Option<Standing>],
        judgements: &Judgements<'_>,
        receiving: &Receiving,
        records: &Records<'_>,
    ) {
        for (unit, standing) in standings.iter().enumerate() {
            if standing.is_none_or(|standing| standing.status != CoverageStatus::TakDapatDinilai || !standing.receiving) {
                continue;
            }
            let face = &units.faces[unit];
            let missing = judgements.missing(unit);
            let reason = match (face.in_registry, face.in_other_registry, missing.first()) {
                (false, false, _) => reasons::OUTSIDE.to_owned(),
                (false, true, _) => reasons::OTHER_REGISTRY.to_owned(),
                (true, _, Some(fact)) => reasons::of_missing(fact),
                // An expression may be null by itself (`NULL`, a division by zero) and name no fact.
                (true, _, None) => continue,
            };
            // Outside the registry every fact is missing; what the region is asked for there is the family's whole PMT form.
            let facts = if face.in_registry { missing } else { Vec::new() };
            let question = Question { facts, pmt: !face.in_registry, list: Some(receiving.receipts[unit].first) };
            self.questions.entry((units.unit == Unit::Kpm, unit as u32, reason)).or_insert(question);
        }
        for at in &receiving.without_unit {
            let Some(person) = records.get(*at).person() else { continue };
            let question = Question { facts: Vec::new(), pmt: false, list: Some(*at) };
            self.questions.entry((false, person, reasons::NO_FAMILY.to_owned())).or_insert(question);
        }
    }

    /// Adds the registry's families whose PMT variables are not complete enough; `on_list` says by family whether a list pays it or a
    /// member.
    pub(crate) fn add_families(&mut self, families: &Families<'_>, on_list: &[bool]) {
        for (index, family) in families.families.iter().enumerate() {
            let enough = family.pmt.is_some_and(|pmt| pmt.complete() >= PMT_ENOUGH);
            let within_reach = family.desil.is_none_or(|desil| desil.value <= DESIL_WITHIN_REACH);
            if family.in_registry && !enough && (on_list[index] || within_reach) {
                let question = Question { facts: Vec::new(), pmt: true, list: None };
                self.questions.entry((true, index as u32, reasons::PMT_INCOMPLETE.to_owned())).or_insert(question);
            }
        }
    }

    /// How many questions there are, by unit and reason.
    pub(crate) fn counts(&self) -> BTreeMap<(Unit, String), i64> {
        let mut counts: BTreeMap<(Unit, String), i64> = BTreeMap::new();
        for (is_family, _, reason) in self.questions.keys() {
            let unit = if *is_family { Unit::Kpm } else { Unit::Jiwa };
            *counts.entry((unit, reason.clone())).or_default() += 1;
        }
        counts
    }

    /// The published table.
    pub(crate) fn finish(
        self,
        jiwa: &Units<'_>,
        kpm: &Units<'_>,
        families: &Families<'_>,
        records: &Records<'_>,
        golden: &[Golden<'_>],
    ) -> Result<RecordBatch, ReconcileError> {
        let units = |is_family: bool| if is_family { kpm } else { jiwa };
        let mut rows: Vec<((bool, u32, String), Question)> = self.questions.into_iter().collect();
        rows.sort_by(|((a_family, a, a_reason), _), ((b_family, b, b_reason), _)| {
            let key = |is_family: bool, unit: u32| {
                let units = units(is_family);
                (units.faces[unit as usize].kode_wilayah, units.unit.as_str(), units.rank[unit as usize])
            };
            key(*a_family, *a).cmp(&key(*b_family, *b)).then_with(|| a_reason.cmp(b_reason))
        });
        let mut table = Builder::default();
        for ((is_family, unit, reason), question) in rows {
            table.append(units(is_family), unit as usize, &reason, &question, families, records, golden);
        }
        table.finish()
    }
}

#[derive(Debug, Default)]
struct Builder {
    kode_wilayah: StringBuilder,
    unit: StringBuilder,
    unit_id: StringBuilder,
    reason: StringBuilder,
    missing: ListBuilder<StringBuilder>,
    nama: StringBuilder,
    nik: StringBuilder,
    no_kk: StringBuilder,
    tanggal_lahir: Date32Builder,
    jenis_kelamin: StringBuilder,
    alamat_standar: StringBuilder,
    rt: Int16Builder,
    rw: Int16Builder,
    source: StringBuilder,
    row: Int64Builder,
}

impl Builder {
    #[allow(clippy::too_many_arguments, reason = "a row of the worklist is drawn from all of these once")]
    fn append(
        &mut self,
        units: &Units<'_>,
        unit: usize,
        reason: &str,
        question: &Question,
        families: &Families<'_>,
        records: &Records<'_>,
        golden: &[Golden<'_>],
    ) {
        let face = &units.faces[unit];
        let unknown = Golden::default();
        let person = face.person.map_or(&unknown, |person| &golden[person as usize]);
        let alamat = face.alamat.map(|at| records.get(at));
        let street = alamat.and_then(|record| record.text(|columns| columns.alamat_standar));
        let rt = alamat.and_then(|record| record.small(|columns| columns.rt));
        let rw = alamat.and_then(|record| record.small(|columns| columns.rw));
        let bnba = [
            ("nik", person.nik.is_none()),
            ("no_kk", face.no_kk.is_none()),
            ("nama", person.nama.is_none()),
            ("tanggal_lahir", person.tanggal_lahir.is_none()),
            ("jenis_kelamin", person.jenis_kelamin.is_none()),
            ("desa", face.kode_wilayah.is_none_or(|kode| kode.len() < 10)),
            ("alamat", street.is_none()),
            ("rt", rt.is_none()),
            ("rw", rw.is_none()),
        ];
        let mut missing: Vec<&str> = bnba.into_iter().filter_map(|(name, is_missing)| is_missing.then_some(name)).collect();
        missing.extend(&question.facts);
        if question.pmt {
            missing.extend(pmt_missing(face, families));
        }
        let list = question.list.map(|at| records.get(at));
        self.kode_wilayah.append_option(face.kode_wilayah);
        self.unit.append_value(units.unit.as_str());
        self.unit_id.append_value(units.ids[unit].as_str());
        self.reason.append_value(reason);
        self.missing.append_value(missing.into_iter().map(Some));
        self.nama.append_option(person.nama.map(|nama| nama.value));
        self.nik.append_option(person.nik.map(|nik| nik.value));
        self.no_kk.append_option(face.no_kk);
        self.tanggal_lahir.append_option(person.tanggal_lahir.map(|date| date.value));
        self.jenis_kelamin.append_option(person.jenis_kelamin.map(|sex| sex.value));
        self.alamat_standar.append_option(street);
        self.rt.append_option(rt);
        self.rw.append_option(rw);
        self.source.append_option(list.map(|record| record.source.id()));
        self.row.append_option(list.map(|record| record.row()));
    }

    fn finish(mut self) -> Result<RecordBatch, ReconcileError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.kode_wilayah.finish()),
            Arc::new(self.unit.finish()),
            Arc::new(self.unit_id.finish()),
            Arc::new(self.reason.finish()),
            Arc::new(self.missing.finish()),
            Arc::new(self.nama.finish()),
            Arc::new(self.nik.finish()),
            Arc::new(self.no_kk.finish()),
            Arc::new(self.tanggal_lahir.finish()),
            Arc::new(self.jenis_kelamin.finish()),
            Arc::new(self.alamat_standar.finish()),
            Arc::new(self.rt.finish()),
            Arc::new(self.rw.finish()),
            Arc::new(self.source.finish()),
            Arc::new(self.row.finish()),
        ];
        Ok(RecordBatch::try_new(tables::verivali().schema, columns)?)
    }
}

fn pmt_missing<'a>(face: &UnitFace<'a>, families: &Families<'a>) -> Vec<&'a str> {
    match face.family.and_then(|family| families.families[family as usize].pmt) {
        Some(pmt) => pmt.missing().collect(),
        None => vec![NO_PMT],
    }
}
