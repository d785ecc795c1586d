//! The unit that a programme counts, persons or families, with what coverage and the worklists need to know of one.
//!
//! Everything after this point is written once for both; the two never meet in one count, because a `Units` holds one kind only.

use padan_model::{EntityId, Unit};

use crate::Population;
use crate::families::{Families, address_of};
use crate::golden::Golden;
use crate::records::{Record, RecordRef, Records};

/// One person or family.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnitFace<'a> {
    /// The person whose name stands for the unit: itself, or the family's head, else its first member.
    pub(crate) person: Option<u32>,
    pub(crate) family: Option<u32>,
    pub(crate) no_kk: Option<&'a str>,
    pub(crate) kode_wilayah: Option<&'a str>,
    pub(crate) desil: Option<i8>,
    /// Of persons only.
    pub(crate) jenis_kelamin: Option<&'a str>,
    pub(crate) alamat: Option<RecordRef>,
    pub(crate) in_registry: bool,
    pub(crate) in_other_registry: bool,
    /// Whether the civil registry confirmed the person, or somebody of the family.
    pub(crate) confirmed: bool,
}

/// All persons or all families.
#[derive(Debug)]
pub(crate) struct Units<'a> {
    pub(crate) unit: Unit,
    pub(crate) ids: &'a [EntityId],
    /// Indices in the order of their ids.
    pub(crate) order: &'a [u32],
    /// Place of each index in that order.
    pub(crate) rank: Vec<u32>,
    pub(crate) faces: Vec<UnitFace<'a>>,
}

impl<'a> Units<'a> {
    /// Persons.
    pub(crate) fn jiwa(
        population: &Population<'a>,
        order: &'a [u32],
        records: &Records<'a>,
        families: &Families<'a>,
        golden: &[Golden<'a>],
    ) -> Self {
        let faces = golden
            .iter()
            .enumerate()
            .map(|(person, golden)| {
                let family = population.person_family[person];
                let family_no_kk = family.and_then(|family| families.families[family as usize].no_kk);
                UnitFace {
                    person: Some(person as u32),
                    family,
                    no_kk: family_no_kk
                        .or_else(|| records.of_person(person as u32).find_map(|record| record.text(|columns| columns.no_kk))),
                    kode_wilayah: golden.kode_wilayah.map(|kode| kode.value),
                    desil: golden.desil.map(|desil| desil.value),
                    jenis_kelamin: golden.jenis_kelamin.map(|sex| sex.value),
                    alamat: golden.alamat,
                    in_registry: golden.in_registry,
                    in_other_registry: golden.in_other_registry,
                    confirmed: golden.confirmed,
                }
            })
            .collect();
        Self { unit: Unit::Jiwa, ids: population.person_ids, order, rank: rank(order), faces }
    }

    /// Families.
    pub(crate) fn kpm(population: &Population<'a>, order: &'a [u32], families: &Families<'a>, golden: &[Golden<'a>]) -> Self {
        let faces = families
            .families
            .iter()
            .enumerate()
            .map(|(index, family)| {
                let members = families.members(index as u32);
                UnitFace {
                    person: family.head.or_else(|| members.first().copied()),
                    family: Some(index as u32),
                    no_kk: family.no_kk,
                    kode_wilayah: family.kode_wilayah.map(|kode| kode.value),
                    desil: family.desil.map(|desil| desil.value),
                    jenis_kelamin: None,
                    alamat: address_of(members, family.head, golden),
                    in_registry: family.in_registry,
                    in_other_registry: family.in_other_registry,
                    confirmed: members.iter().any(|person| golden[*person as usize].confirmed),
                }
            })
            .collect();
        Self { unit: Unit::Kpm, ids: population.family_ids, order, rank: rank(order), faces }
    }

    /// The unit that a list's row pays. A family list pays the family of the person it names.
    pub(crate) fn of_row(&self, record: &Record<'_, 'a>, population: &Population<'a>) -> Option<u32> {
        match self.unit {
            Unit::Jiwa => record.person(),
            Unit::Kpm => record.person().and_then(|person| population.person_family[person as usize]).or(record.family()),
        }
    }
}

/// Indices of the ids in their byte order.
pub(crate) fn order_of(ids: &[EntityId]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..ids.len() as u32).collect();
    order.sort_unstable_by_key(|index| (ids[*index as usize], *index));
    order
}

fn rank(order: &[u32]) -> Vec<u32> {
    let mut rank = vec![0; order.len()];
    for (place, index) in order.iter().enumerate() {
        rank[*index as usize] = place as u32;
    }
    rank
}
