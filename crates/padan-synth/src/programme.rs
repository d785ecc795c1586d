//! Who is entitled to what, by the rules of the domain, and who truly receives it.
//!
//! Entitlement follows the law; receipt follows the offices: `data/reach.toml` says for every list and decile how likely a person or
//! family is on it. What the two disagree on are the inclusion and exclusion errors that a run should find.

use serde::Deserialize;

use crate::date::REFERENCE;
use crate::dice::Dice;
use crate::error::SynthError;
use crate::population::{Family, Person, Village, World};

/// A programme; the number is its bit in `receives` and `entitled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Programme {
    Pkh,
    Sembako,
    Pbi,
    Pip,
    Yapi,
    Lansia,
    Disabilitas,
    Rastra,
    Pksa,
}

impl Programme {
    /// Every programme, in bit order.
    pub(crate) const ALL: [Self; 9] =
        [Self::Pkh, Self::Sembako, Self::Pbi, Self::Pip, Self::Yapi, Self::Lansia, Self::Disabilitas, Self::Rastra, Self::Pksa];

    pub(crate) fn bit(self) -> u16 {
        1 << self as u16
    }

    /// Name in columns of the truth.
    pub(crate) fn name(self) -> &'static str {
        ["pkh", "sembako", "pbi_jk", "pip", "yapi", "permakanan_lansia", "permakanan_disabilitas", "rastra", "pksa"][self as usize]
    }

    /// Whether families are counted, not persons.
    pub(crate) fn of_families(self) -> bool {
        matches!(self, Self::Pkh | Self::Sembako | Self::Rastra)
    }
}

/// Chances by decile of being on a list.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Reach {
    pub(crate) pkh: [f64; 10],
    pub(crate) pkh_without_component: f64,
    pub(crate) sembako: [f64; 10],
    pub(crate) pbi: [f64; 10],
    pub(crate) pip: [f64; 10],
    pub(crate) yapi: f64,
    pub(crate) yapi_leak: f64,
    pub(crate) lansia: f64,
    pub(crate) lansia_leak: f64,
    pub(crate) disabilitas: f64,
    pub(crate) disabilitas_leak: f64,
    pub(crate) rastra: [f64; 10],
    pub(crate) pksa: f64,
    pub(crate) dtks: [f64; 10],
    pub(crate) bdt: [f64; 10],
    pub(crate) p3ke: [f64; 10],
    pub(crate) siks_ng: [f64; 10],
    pub(crate) slrt: f64,
    pub(crate) slrt_outside: f64,
    pub(crate) dukcapil: f64,
}

impl Reach {
    /// The shipped chances.
    pub(crate) fn shipped() -> Result<Self, SynthError> {
        toml::from_str(include_str!("../data/reach.toml"))
            .map_err(|error| SynthError::Shipped { table: "reach.toml", message: error.to_string() })
    }
}

/// A draw for one list that agrees half of the time with the same family's draws for other lists: whoever the village head put on one
/// list stands on the next.
pub(crate) fn draw(family: &Family, own: u64, purpose: u64, together: f64) -> f64 {
    let mut dice = Dice::new(own, purpose, 77);
    if dice.chance(together) { Dice::new(family.kk, 0, 78).unit() } else { dice.unit() }
}

/// Decile of a rank.
pub(crate) fn decile(rank: f64) -> usize {
    ((rank * 10.0) as usize).min(9)
}

/// A component of PKH among the members: pregnancy, child under seven, pupil, severe disability, elderly.
fn component(person: &Person) -> bool {
    let age = person.birth.age_at(REFERENCE);
    person.died == 0 && (person.pregnant || age < 7 || (1..=3).contains(&person.school) || person.disability == 2 || age >= 60)
}

/// Sets entitlement and receipt for everyone in the village.
pub(crate) fn enrol(village: &mut Village, world: &World) {
    for at in 0..village.families.len() {
        let mut family = village.families[at].clone();
        let members = &mut village.persons[family.members()];
        let alive = members.iter().filter(|person| person.died == 0).count();
        let component = members.iter().any(component);
        let (poor, asn) = (family.desil <= 4, family.asn);
        if alive > 0 && !asn {
            // Rastra is judged by today's welfare, as the nightly rules do: who of its families is still poor.
            family.entitled |= if poor { Programme::Sembako.bit() | Programme::Rastra.bit() } else { 0 };
            family.entitled |= if poor && component { Programme::Pkh.bit() } else { 0 };
        }
        family.receives = family_receipts(&family, component, &world.reach);
        for person in members {
            if alive == 1 && person.died == 0 {
                person.alone = true;
            }
            let (entitled, receives) = person_rights(person, &family, &world.reach);
            person.entitled = if person.died == 0 && !asn { entitled } else { 0 };
            person.receives = receives;
        }
        village.families[at] = family;
    }
}

fn family_receipts(family: &Family, component: bool, reach: &Reach) -> u16 {
    let desil = usize::from(family.desil) - 1;
    let mut receives = 0;
    let pkh = reach.pkh[desil] * if component { 1.0 } else { reach.pkh_without_component };
    let chances =
        [(Programme::Pkh, pkh), (Programme::Sembako, reach.sembako[desil]), (Programme::Rastra, reach.rastra[decile(family.rank_2015)])];
    for (programme, chance) in chances {
        if draw(family, family.kk, programme as u64, 0.5) < chance {
            receives |= programme.bit();
        }
    }
    receives
}

fn person_rights(person: &Person, family: &Family, reach: &Reach) -> (u16, u16) {
    let age = person.birth.age_at(REFERENCE);
    let desil = usize::from(family.desil) - 1;
    let pupil = (6..=21).contains(&age) && person.school > 0;
    let orphan = age < 18 && (person.fatherless || person.motherless);
    let old_alone = age >= 75 && person.alone;
    let rules = [
        (Programme::Pbi, family.desil <= 5, reach.pbi[desil]),
        (Programme::Pip, pupil && family.desil <= 4, if pupil { reach.pip[desil] } else { 0.0 }),
        (
            Programme::Yapi,
            orphan && family.desil <= 4,
            if orphan {
                if family.desil <= 4 { reach.yapi } else { reach.yapi * 0.15 }
            } else if age < 18 {
                reach.yapi_leak
            } else {
                0.0
            },
        ),
        (
            Programme::Lansia,
            old_alone && !person.pension,
            if old_alone {
                reach.lansia
            } else if age >= 60 {
                reach.lansia_leak
            } else {
                0.0
            },
        ),
        (
            Programme::Disabilitas,
            person.disability == 2 && family.desil <= 4,
            if person.disability == 2 {
                reach.disabilitas * if family.desil <= 4 { 1.0 } else { 0.2 }
            } else if person.disability == 1 {
                reach.disabilitas_leak
            } else {
                0.0
            },
        ),
        (
            Programme::Pksa,
            age < 18 && family.desil <= 4,
            if (9..27).contains(&age) && decile(family.rank_2015) < 4 { reach.pksa } else { 0.0 },
        ),
    ];
    let (mut entitled, mut receives) = (0, 0);
    for (programme, right, chance) in rules {
        entitled |= if right { programme.bit() } else { 0 };
        let together = if programme == Programme::Pbi { 0.85 } else { 0.3 };
        receives |= if chance > 0.0 && draw(family, person.habit, programme as u64, together) < chance { programme.bit() } else { 0 };
    }
    (entitled, receives)
}
