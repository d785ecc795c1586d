//! The list of PBI-JK: dates dd/mm/yyyy, sex 1 and 2, kab/kota with its kind.

use super::clerk::Clerk;
use crate::mistakes::{Line, RegionStyle};
use crate::programme::Programme;

pub(super) fn write(clerk: &mut Clerk) {
    for person in clerk.persons(|clerk, person| clerk.person(person).receives & Programme::Pbi.bit() != 0) {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        clerk.rows.begin();
        clerk.own_key("", someone.habit, 9);
        clerk.own_key("", someone.nik, 16);
        clerk.regions(&home, &[2, 4, 6, 10], RegionStyle::Short);
        clerk.rt_rw(&home);
        clerk.dusun(&home);
        clerk.address(&home, Line { rt_rw: false, regions: false });
        clerk.own_key("000", clerk.village.family_of(person).kk, 10);
        clerk.own_key("000", someone.nik ^ 1, 10);
        clerk.name(person);
        clerk.birth_dmy(person, b'/');
        clerk.birth_place(person);
        clerk.sex(person, "1", "2");
        clerk.nik(person);
        clerk.kk(&home);
        clerk.kin_code(person);
        clerk.parent_name(&someone.mother, false);
        clerk.rows.word(if someone.habit % 10 < 8 { "PBI APBN" } else { "" });
        clerk.end(person);
    }
}
