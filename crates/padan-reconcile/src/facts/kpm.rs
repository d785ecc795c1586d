//! The frame `kpm`: one row a family, in index order.
//!
//! Counts are of members not known to be dead. Outside the registry only what is found is known: a list that names the recipient alone
//! does not say that there are no children, so a count of none is null there.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int8Array, Int32Array, RecordBatch};
use padan_model::Unit;

use super::{PersonFacts, schema};
use crate::ReconcileError;
use crate::families::Families;
use crate::golden::Golden;

/// Without `ganda`, which every programme fills in for itself (false here).
pub(crate) fn kpm(families: &Families<'_>, golden: &[Golden<'_>], facts: &[PersonFacts<'_>]) -> Result<RecordBatch, ReconcileError> {
    let all: Vec<FamilyFacts> = (0..families.families.len() as u32).map(|family| family_facts(family, families, golden, facts)).collect();
    let count = |fact: fn(&FamilyFacts) -> Option<i32>| -> ArrayRef { Arc::new(all.iter().map(fact).collect::<Int32Array>()) };
    let flag = |fact: fn(&FamilyFacts) -> Option<bool>| -> ArrayRef { Arc::new(all.iter().map(fact).collect::<BooleanArray>()) };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(families.families.iter().map(|family| family.desil.map(|desil| desil.value)).collect::<Int8Array>()),
        count(|facts| facts.n_anggota),
        count(|facts| facts.n_balita),
        count(|facts| facts.n_sekolah),
        count(|facts| facts.n_hamil),
        count(|facts| facts.n_lansia),
        count(|facts| facts.n_disabilitas_berat),
        flag(|facts| facts.asn_keluarga),
        flag(|facts| facts.kepala_hidup),
        flag(|facts| facts.ada_yang_hidup),
        flag(|facts| Some(facts.tidak_ditemukan)),
        Arc::new(families.families.iter().map(|family| Some(family.in_registry)).collect::<BooleanArray>()),
        flag(|_| Some(false)),
    ];
    Ok(RecordBatch::try_new(schema(Unit::Kpm), columns)?)
}

#[derive(Debug)]
struct FamilyFacts {
    n_anggota: Option<i32>,
    n_balita: Option<i32>,
    n_sekolah: Option<i32>,
    n_hamil: Option<i32>,
    n_lansia: Option<i32>,
    n_disabilitas_berat: Option<i32>,
    asn_keluarga: Option<bool>,
    kepala_hidup: Option<bool>,
    ada_yang_hidup: Option<bool>,
    tidak_ditemukan: bool,
}

fn family_facts(index: u32, families: &Families<'_>, golden: &[Golden<'_>], facts: &[PersonFacts<'_>]) -> FamilyFacts {
    let family = &families.families[index as usize];
    let members = families.members(index);
    let alive = |person: u32| golden[person as usize].alive.map(|alive| alive.value);
    let living: Vec<&PersonFacts> =
        members.iter().filter(|person| alive(**person) != Some(false)).map(|person| &facts[*person as usize]).collect();
    // A count of those for whom `is` holds; null while it is none and could be more.
    let count = |is: &dyn Fn(&PersonFacts) -> Option<bool>| {
        let found = living.iter().filter(|facts| is(facts) == Some(true)).count() as i32;
        let open = !family.in_registry || living.iter().any(|facts| is(facts).is_none());
        (found > 0 || !open).then_some(found)
    };
    FamilyFacts {
        n_anggota: family.in_registry.then_some(living.len() as i32),
        n_balita: count(&|facts| facts.umur.map(|umur| umur <= 6)),
        n_sekolah: count(&is_pupil),
        // Whoever was not asked is not pregnant and not severely disabled: most registries ask only where it is plain to see.
        n_hamil: count(&|facts| Some(facts.hamil == Some(true))),
        n_lansia: count(&|facts| facts.umur.map(|umur| umur >= 60)),
        n_disabilitas_berat: count(&|facts| Some(facts.disabilitas == Some(2))),
        asn_keluarga: asn(members, facts),
        kepala_hidup: family.head.and_then(alive),
        ada_yang_hidup: match members {
            [] => None,
            _ => Some(!living.is_empty()),
        },
        tidak_ditemukan: members.iter().any(|person| facts[*person as usize].tidak_ditemukan)
            && !members.iter().any(|person| facts[*person as usize].dukcapil.is_some_and(|answer| answer != "tidak_ditemukan")),
    }
}

/// A pupil of SD to SMA. A member outside the ages 5 to 22 whose schooling is not stated is none.
fn is_pupil(facts: &PersonFacts<'_>) -> Option<bool> {
    match (facts.sekolah, facts.jenjang) {
        (Some(false), _) | (Some(true), Some("pt")) => Some(false),
        (Some(true), Some(_)) => Some(true),
        // At school and the level not stated: a pupil unless old enough to study.
        (Some(true), None) => facts.umur.map(|umur| umur <= 18),
        (None, _) => match facts.umur {
            Some(umur) if !(5..=22).contains(&umur) => Some(false),
            _ => None,
        },
    }
}

/// Whether a member is a civil servant, soldier or police officer: true where one is, false where somebody is stated not to be.
pub(super) fn asn(members: &[u32], facts: &[PersonFacts<'_>]) -> Option<bool> {
    let stated = members.iter().filter_map(|person| facts[*person as usize].asn);
    stated.fold(None, |known, asn| Some(known == Some(true) || asn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pupils() {
        let facts = |sekolah, jenjang, umur| PersonFacts { umur, sekolah, jenjang, ..PersonFacts::default() };
        for (facts, expected) in [
            (facts(Some(true), Some("sd"), Some(9)), Some(true)),
            (facts(Some(true), Some("pt"), Some(20)), Some(false)),
            (facts(Some(true), None, Some(12)), Some(true)),
            (facts(Some(true), None, Some(24)), Some(false)),
            (facts(None, None, Some(40)), Some(false)),
            (facts(None, None, Some(10)), None),
            (facts(None, None, None), None),
            (facts(Some(false), None, None), Some(false)),
        ] {
            assert_eq!(is_pupil(&facts), expected, "{facts:?}");
        }
    }
}
