//! Families: members, head, No KK, region, desil and how complete the PMT variables are.
//!
//! The desil of a family is the registry's family table's, else its head's, else the first member's that has one; a person without a
//! desil or region of their own takes the family's. The trap: a person of the family may stand on a list only, so a family is of the registry
//! when one member or a row of the family table is.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, Int8Array, Int32Array, RecordBatch, StringArray};
use padan_model::{Role, tables};

use crate::golden::{Chosen, Golden, Rule};
use crate::records::{Grouped, Record, RecordRef, Records};
use crate::{Population, ReconcileError};

/// PMT variables (proxy means test) of a family as its best row fills them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pmt<'a> {
    filled: i16,
    /// Names of the blank variables.
    missing: Option<&'a str>,
}

impl<'a> Pmt<'a> {
    /// The blank variables.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.missing.into_iter().flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty())
    }

    /// Share of the variables that are filled, 0 to 1.
    pub(crate) fn complete(&self) -> f32 {
        let (filled, missing) = (f32::from(self.filled), self.missing().count() as f32);
        if filled + missing == 0.0 { 0.0 } else { filled / (filled + missing) }
    }
}

/// One family.
#[derive(Debug, Clone, Default)]
pub(crate) struct Family<'a> {
    pub(crate) no_kk: Option<&'a str>,
    pub(crate) head: Option<u32>,
    pub(crate) kode_wilayah: Option<Chosen<&'a str>>,
    pub(crate) desil: Option<Chosen<i8>>,
    /// None where no row with PMT variables describes the family.
    pub(crate) pmt: Option<Pmt<'a>>,
    pub(crate) in_registry: bool,
    pub(crate) in_other_registry: bool,
}

/// Every family and its members.
#[derive(Debug)]
pub(crate) struct Families<'a> {
    pub(crate) families: Vec<Family<'a>>,
    members: Grouped<u32>,
}

impl<'a> Families<'a> {
    /// Builds them, and gives the persons without a desil their family's.
    pub(crate) fn new(population: &Population<'a>, records: &Records<'a>, golden: &mut [Golden<'a>]) -> Self {
        let persons: Vec<u32> = (0..golden.len() as u32).collect();
        let members = Grouped::new(population.family_ids.len(), &persons, |person| population.person_family[person as usize]);
        let families: Vec<Family<'a>> =
            (0..population.family_ids.len() as u32).map(|family| build(family, members.of(family), records, golden)).collect();
        for (person, golden) in golden.iter_mut().enumerate() {
            let Some(family) = population.person_family[person].map(|family| &families[family as usize]) else { continue };
            let from_table = family.desil.filter(|desil| records.get(desil.from).role() == Role::RegistryFamily);
            golden.desil = from_table.or(golden.desil).or(family.desil);
            golden.kode_wilayah = golden.kode_wilayah.or(family.kode_wilayah);
        }
        Self { families, members }
    }

    /// Persons of a family, in index order.
    pub(crate) fn members(&self, family: u32) -> &[u32] {
        self.members.of(family)
    }

    /// The published table, in the order of the ids that `order` gives.
    pub(crate) fn table(&self, population: &Population<'a>, order: &[u32]) -> Result<RecordBatch, ReconcileError> {
        let each = || order.iter().map(|family| &self.families[*family as usize]);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(order.iter().map(|family| Some(population.family_ids[*family as usize].as_str())).collect::<StringArray>()),
            Arc::new(each().map(|family| family.no_kk).collect::<StringArray>()),
            Arc::new(each().map(|family| family.head.map(|head| population.person_ids[head as usize].as_str())).collect::<StringArray>()),
            Arc::new(each().map(|family| family.kode_wilayah.map(|kode| kode.value)).collect::<StringArray>()),
            Arc::new(each().map(|family| family.desil.map(|desil| desil.value)).collect::<Int8Array>()),
            Arc::new(order.iter().map(|family| Some(self.members(*family).len() as i32)).collect::<Int32Array>()),
            Arc::new(each().map(|family| Some(family.pmt.map_or(0.0, |pmt| pmt.complete()))).collect::<Float32Array>()),
        ];
        Ok(RecordBatch::try_new(tables::families().schema, columns)?)
    }
}

fn build<'a>(family: u32, members: &[u32], records: &Records<'a>, golden: &[Golden<'a>]) -> Family<'a> {
    // Rows of members that resolution put in this very family: an old list may show the person in another one.
    let own_rows = || members.iter().flat_map(|person| records.of_person(*person)).filter(|record| record.family() == Some(family));
    let head = head(members, records);
    let table_desil = records.of_family(family).find_map(|record| desil_of(&record));
    let head_desil = head.and_then(|head| golden[head as usize].desil);
    Family {
        no_kk: no_kk(records.of_family(family).chain(own_rows())),
        head,
        kode_wilayah: head
            .and_then(|head| golden[head as usize].kode_wilayah)
            .or_else(|| records.of_family(family).find_map(|record| region_of(&record)))
            .or_else(|| members.iter().find_map(|person| golden[*person as usize].kode_wilayah)),
        desil: table_desil.or(head_desil).or_else(|| members.iter().find_map(|person| golden[*person as usize].desil)),
        pmt: best_pmt(records.of_family(family)).or_else(|| best_pmt(own_rows())),
        in_registry: records.of_family(family).next().is_some() || members.iter().any(|person| golden[*person as usize].in_registry),
        in_other_registry: members.iter().any(|person| golden[*person as usize].in_other_registry),
    }
}

fn desil_of(record: &Record<'_, '_>) -> Option<Chosen<i8>> {
    record.digit(|columns| columns.desil).map(|value| Chosen { value, from: record.at, rule: Rule::PrioritasSumber })
}

fn region_of<'a>(record: &Record<'_, 'a>) -> Option<Chosen<&'a str>> {
    record.text(|columns| columns.kode_wilayah).map(|value| Chosen { value, from: record.at, rule: Rule::PrioritasSumber })
}

/// The No KK of the registry's rows, else the most frequent, else the first.
fn no_kk<'r, 'a: 'r>(rows: impl Iterator<Item = Record<'r, 'a>>) -> Option<&'a str> {
    let mut found: Vec<(&str, usize)> = Vec::new();
    for record in rows {
        let Some(no_kk) = record.text(|columns| columns.no_kk) else { continue };
        if matches!(record.role(), Role::Registry | Role::RegistryFamily) {
            return Some(no_kk);
        }
        match found.iter_mut().find(|(value, _)| *value == no_kk) {
            Some((_, count)) => *count += 1,
            None => found.push((no_kk, 1)),
        }
    }
    let most = found.iter().map(|(_, count)| *count).max()?;
    found.iter().find(|(_, count)| *count == most).map(|(value, _)| *value)
}

/// The member whom the registry calls head, else the member whom any other source does.
fn head(members: &[u32], records: &Records<'_>) -> Option<u32> {
    let is_head = |record: &Record| record.text(|columns| columns.hubungan) == Some("kepala");
    let by_registry = |person: &&u32| records.of_person(**person).any(|record| record.role() == Role::Registry && is_head(&record));
    let by_any = |person: &&u32| records.of_person(**person).any(|record| is_head(&record));
    members.iter().find(by_registry).or_else(|| members.iter().find(by_any)).copied()
}

fn best_pmt<'r, 'a: 'r>(rows: impl Iterator<Item = Record<'r, 'a>>) -> Option<Pmt<'a>> {
    let mut best: Option<Pmt> = None;
    for record in rows {
        let Some(filled) = record.small(|columns| columns.pmt_filled) else { continue };
        // Of equally filled rows the first stays: it is the better source's.
        if best.is_none_or(|best| filled > best.filled) {
            best = Some(Pmt { filled, missing: record.text(|columns| columns.pmt_missing) });
        }
    }
    best
}

/// A record whose rows hold the family's address: the head's, else the first member's.
pub(crate) fn address_of(members: &[u32], head: Option<u32>, golden: &[Golden<'_>]) -> Option<RecordRef> {
    head.into_iter().chain(members.iter().copied()).find_map(|person| golden[person as usize].alamat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completeness_counts_blank_variables() {
        let pmt = Pmt { filled: 3, missing: Some("luas_lantai") };
        assert!((pmt.complete() - 0.75).abs() < f32::EPSILON);
        assert!((Pmt { filled: 0, missing: None }.complete()).abs() < f32::EPSILON);
        assert!((Pmt { filled: 9, missing: Some("") }.complete() - 1.0).abs() < f32::EPSILON);
    }
}
