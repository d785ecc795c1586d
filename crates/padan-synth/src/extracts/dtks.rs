//! DTKS as a province sends it: five years old, region by name only, no decile.

use super::clerk::Clerk;
use super::words::work_word;
use crate::mistakes::{Line, RegionStyle};
use crate::programme::{Programme, decile};

pub(super) fn write(clerk: &mut Clerk) {
    let persons = clerk.persons(|clerk, person| {
        let family = clerk.village.family_of(person);
        let reach = clerk.world.reach.dtks[decile(f64::midpoint(family.rank, family.rank_2015))];
        clerk.draw(family, clerk.person(person).habit, 0.85) < reach
    });
    for person in persons {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        let family = clerk.village.family_of(person);
        let age = clerk.age(person);
        clerk.rows.begin();
        clerk.own_key("", someone.nik, 16);
        clerk.regions(&home, &[2, 4, 6, 10], RegionStyle::Bare);
        clerk.address(&home, Line { rt_rw: false, regions: false });
        clerk.dusun(&home);
        clerk.rt_rw(&home);
        clerk.kk(&home);
        clerk.nik(person);
        clerk.name(person);
        clerk.birth_iso(person);
        clerk.birth_place(person);
        clerk.sex(person, "L", "P");
        clerk.rows.word(work_word(someone, age));
        clerk.parent_name(&someone.mother, false);
        clerk.kin_word(person);
        clerk.flag(someone.habit % 10 < 8, ("PADAN", "TIDAK PADAN"));
        clerk.flag(family.receives & Programme::Sembako.bit() != 0, ("YA", "TIDAK"));
        clerk.flag(family.receives & Programme::Pkh.bit() != 0, ("YA", "TIDAK"));
        clerk.flag(someone.habit.is_multiple_of(31), ("YA", "TIDAK"));
        clerk.flag(someone.receives & Programme::Pbi.bit() != 0, ("YA", "TIDAK"));
        clerk.end(person);
    }
}
