//! The frame `jiwa`: one row a person, in index order.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int8Array, Int32Array, RecordBatch, StringArray};
use padan_model::Unit;

use super::kpm::asn;
use super::{PersonFacts, schema};
use crate::families::Families;
use crate::golden::Golden;
use crate::{Population, ReconcileError};

/// Without `ganda`, which every programme fills in for itself (false here).
pub(crate) fn jiwa(
    population: &Population<'_>,
    families: &Families<'_>,
    golden: &[Golden<'_>],
    facts: &[PersonFacts<'_>],
) -> Result<RecordBatch, ReconcileError> {
    let in_family: Vec<InFamily> = in_families(population, families, golden, facts);
    let text =
        |fact: for<'f> fn(&PersonFacts<'f>) -> Option<&'f str>| -> ArrayRef { Arc::new(facts.iter().map(fact).collect::<StringArray>()) };
    let flag = |fact: fn(&PersonFacts<'_>) -> Option<bool>| -> ArrayRef { Arc::new(facts.iter().map(fact).collect::<BooleanArray>()) };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(facts.iter().map(|facts| facts.umur).collect::<Int32Array>()),
        Arc::new(golden.iter().map(|golden| golden.jenis_kelamin.map(|sex| sex.value)).collect::<StringArray>()),
        Arc::new(golden.iter().map(|golden| golden.desil.map(|desil| desil.value)).collect::<Int8Array>()),
        Arc::new(golden.iter().map(|golden| golden.alive.map(|alive| alive.value)).collect::<BooleanArray>()),
        flag(|facts| facts.sekolah),
        text(|facts| facts.jenjang),
        flag(|facts| facts.hamil),
        Arc::new(facts.iter().map(|facts| facts.disabilitas).collect::<Int8Array>()),
        Arc::new(in_family.iter().map(|in_family| in_family.sendiri).collect::<BooleanArray>()),
        flag(|facts| facts.pensiun),
        Arc::new(in_family.iter().map(|in_family| in_family.asn_keluarga).collect::<BooleanArray>()),
        Arc::new(in_family.iter().map(|in_family| in_family.orang_tua).collect::<Int8Array>()),
        text(|facts| facts.status_kawin),
        text(|facts| facts.hubungan),
        text(|facts| facts.dukcapil),
        flag(|facts| Some(facts.tidak_ditemukan)),
        Arc::new(golden.iter().map(|golden| Some(golden.in_registry)).collect::<BooleanArray>()),
        Arc::new(in_family.iter().map(|in_family| in_family.n_anggota).collect::<Int32Array>()),
        flag(|_| Some(false)),
    ];
    Ok(RecordBatch::try_new(schema(Unit::Jiwa), columns)?)
}

/// What the family says of a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct InFamily {
    sendiri: Option<bool>,
    asn_keluarga: Option<bool>,
    orang_tua: Option<i8>,
    n_anggota: Option<i32>,
}

fn in_families(population: &Population<'_>, families: &Families<'_>, golden: &[Golden<'_>], facts: &[PersonFacts<'_>]) -> Vec<InFamily> {
    let alone = |person: usize| InFamily { sendiri: facts[person].sendiri, asn_keluarga: facts[person].asn, ..InFamily::default() };
    let mut all: Vec<InFamily> = (0..golden.len()).map(alone).collect();
    for family in 0..population.family_ids.len() as u32 {
        let members = families.members(family);
        let living: Vec<u32> =
            members.iter().copied().filter(|person| golden[*person as usize].alive.is_none_or(|alive| alive.value)).collect();
        let asn_keluarga = asn(members, facts);
        let known = families.families[family as usize].in_registry;
        for person in members {
            let in_family = &mut all[*person as usize];
            in_family.asn_keluarga = asn_keluarga;
            // Outside the registry the other members are not known, and a statement on the list is all there is.
            if known {
                in_family.n_anggota = Some(living.len() as i32);
                in_family.sendiri =
                    if golden[*person as usize].in_registry { Some(living.as_slice() == [*person]) } else { in_family.sendiri };
                in_family.orang_tua = parents(*person, &living, facts);
            }
        }
    }
    all
}

/// How many parents of the person are known to live in the family, 0 to 2.
///
/// Of the head's child the parents are the head and the spouse; where one is absent, the remaining one must be widowed or the matter is
/// not known (divorced, or working elsewhere). A grandchild or other relative has none in the family unless somebody there could be
/// one, and then the matter is not known.
fn parents(person: u32, living: &[u32], facts: &[PersonFacts<'_>]) -> Option<i8> {
    let own = &facts[person as usize];
    let others = || living.iter().filter(|other| **other != person).map(|other| &facts[*other as usize]);
    match own.hubungan? {
        "anak" => {
            let couple: Vec<&PersonFacts> = others().filter(|facts| matches!(facts.hubungan, Some("kepala" | "pasangan"))).collect();
            match couple.as_slice() {
                [] => Some(0),
                [one] => (!matches!(one.status_kawin, Some("kawin" | "cerai_hidup"))).then_some(1),
                _ => Some(2),
            }
        }
        "cucu" | "famili" | "lainnya" => {
            let umur = own.umur?;
            let could_be = |facts: &PersonFacts| {
                matches!(facts.hubungan, Some("anak" | "menantu" | "famili" | "lainnya")) && facts.umur.is_none_or(|age| age >= umur + 15)
            };
            (!others().any(could_be)).then_some(0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(hubungan: &'static str, umur: i32, status_kawin: Option<&'static str>) -> PersonFacts<'static> {
        PersonFacts { hubungan: Some(hubungan), umur: Some(umur), status_kawin, ..PersonFacts::default() }
    }

    #[track_caller]
    fn check(family: &[PersonFacts<'_>], expected: Option<i8>) {
        let living: Vec<u32> = (0..family.len() as u32).collect();
        assert_eq!(parents(0, &living, family), expected);
    }

    #[test]
    fn parents_of_the_heads_child() {
        let child = member("anak", 9, None);
        check(&[child, member("kepala", 40, Some("kawin")), member("pasangan", 38, Some("kawin"))], Some(2));
        check(&[child, member("kepala", 40, Some("cerai_mati"))], Some(1));
        check(&[child, member("kepala", 40, Some("cerai_hidup"))], None);
        check(&[child, member("kepala", 40, Some("kawin"))], None);
        check(&[child, member("anak", 20, None)], Some(0));
    }

    #[test]
    fn parents_of_a_grandchild() {
        let child = member("cucu", 9, None);
        check(&[child, member("kepala", 66, None), member("pasangan", 64, None)], Some(0));
        check(&[child, member("kepala", 66, None), member("anak", 33, None)], None);
        check(&[child, member("kepala", 66, None), member("anak", 20, None)], Some(0));
    }
}
