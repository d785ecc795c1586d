//! Lists whose layout is the project's own: Rastra, proposals of SLRT, PKSA. `data/README.md` describes them.

use super::clerk::Clerk;
use crate::date::Date;
use crate::mistakes::{Line, RegionStyle};
use crate::population::Kin;
use crate::programme::Programme;

/// Rastra: the head's name and an address, no number at all.
pub(super) fn rastra(clerk: &mut Clerk) {
    let mut number = 0;
    for family in clerk.families(|clerk, family| clerk.village.families[family].receives & Programme::Rastra.bit() != 0) {
        let Some(person) = clerk.recipient(family, 0.0) else { continue };
        let home = clerk.home(person);
        let members = clerk.village.families[family].members();
        let year = clerk.year;
        let size = members.clone().filter(|member| clerk.person(*member).lives_in(year) && clerk.person(*member).split <= year).count();
        let spouse = members.clone().find(|member| {
            *member != person && matches!(clerk.person(*member).kin, Kin::Spouse | Kin::Head) && clerk.person(*member).lives_in(year)
        });
        number += 1;
        clerk.rows.begin();
        clerk.rows.code(number);
        clerk.name(person);
        match spouse.filter(|_| clerk.dice.chance(0.7)) {
            Some(spouse) => clerk.name(spouse),
            None => clerk.rows.blank(),
        }
        clerk.address(&home, Line { rt_rw: false, regions: false });
        clerk.rt_rw(&home);
        clerk.regions(&home, &[10, 6, 4, 2], RegionStyle::Short);
        clerk.rows.code(size as i64);
        clerk.rows.code(2016);
        clerk.rows.end(person as u32, family as u32);
    }
}

/// SLRT: people who ask for help, many of them in no registry.
pub(super) fn slrt(clerk: &mut Clerk) {
    let persons = clerk.persons(|clerk, person| {
        let someone = clerk.person(person);
        let family = clerk.village.family_of(person);
        let reach = if someone.outside { clerk.world.reach.slrt_outside } else { clerk.world.reach.slrt };
        family.desil <= 7 && clerk.age(person) >= 17 && clerk.draw(family, someone.habit, 0.2) < reach
    });
    for person in persons {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        let day = Date { year: 2024, month: clerk.dice.range(1, 12) as u8, day: clerk.dice.range(1, 28) as u8 };
        clerk.rows.begin();
        clerk.own_key("SLRT-", someone.habit, 8);
        clerk.rows.day(Some(day));
        clerk.name(person);
        clerk.nik(person);
        if clerk.dice.chance(0.4) {
            clerk.rows.blank();
        } else {
            clerk.kk(&home);
        }
        clerk.sex(person, "L", "P");
        if clerk.dice.chance(0.3) {
            clerk.rows.blank();
        } else {
            clerk.birth_dmy(person, b'/');
        }
        clerk.address(&home, Line { rt_rw: true, regions: true });
        if clerk.dice.chance(0.6) {
            clerk.own_key("08", someone.habit ^ 2, 10);
        } else {
            clerk.rows.blank();
        }
        let programme = clerk.dice.pick(&["PKH", "BPNT", "PBI-JK", "DTKS", "PIP"]);
        clerk.rows.text(programme);
        let complaint = clerk.dice.pick(&[
            "belum terdaftar di DTKS",
            "KIS tidak aktif, sedang berobat",
            "tidak pernah dapat bantuan",
            "kartu hilang",
            "mohon diusulkan, suami sakit",
        ]);
        clerk.rows.text(complaint);
        let status = clerk.dice.pick(&["menunggu persetujuan", "disetujui", "ditolak", "draft"]);
        clerk.rows.text(status);
        clerk.end(person);
    }
}

/// PKSA: children in need of protection, before ATENSI.
pub(super) fn pksa(clerk: &mut Clerk) {
    let mut number = 0;
    for person in clerk.persons(|clerk, person| clerk.person(person).receives & Programme::Pksa.bit() != 0) {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        number += 1;
        clerk.rows.begin();
        clerk.rows.code(number);
        clerk.name(person);
        clerk.nik(person);
        clerk.sex(person, "L", "P");
        clerk.birth_place(person);
        clerk.birth_dmy(person, b'-');
        clerk.parent_name(&someone.mother, false);
        clerk.address(&home, Line { rt_rw: false, regions: false });
        clerk.rt_rw(&home);
        clerk.regions(&home, &[10, 6, 4, 2], RegionStyle::Short);
        let cluster = clerk.dice.pick(&["anak balita terlantar", "anak terlantar", "anak jalanan", "anak dengan kedisabilitasan (ADK)"]);
        clerk.rows.text(cluster);
        let unit = clerk.dice.pick(&["LKSA AL-HIKMAH", "LKSA KASIH IBU", "LKSA HARAPAN BANGSA"]);
        clerk.rows.text(unit);
        clerk.rows.code(2016);
        clerk.end(person);
    }
}
