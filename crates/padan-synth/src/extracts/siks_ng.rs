//! SIKS-NG as its service answers: JSON lines, a flag and a period for each programme.

use super::clerk::Clerk;
use crate::mistakes::{Line, RegionStyle};
use crate::programme::Programme;

pub(super) fn write(clerk: &mut Clerk) {
    let persons = clerk.persons(|clerk, person| {
        let family = clerk.village.family_of(person);
        clerk.draw(family, clerk.person(person).habit, 0.9) < clerk.world.reach.siks_ng[usize::from(family.desil) - 1]
    });
    for person in persons {
        row(clerk, person);
    }
}

fn row(clerk: &mut Clerk, person: usize) {
    let home = clerk.home(person);
    let someone = clerk.person(person);
    let family = clerk.village.family_of(person);
    let receives = someone.receives | family.receives;
    let on = |programme: Programme| receives & programme.bit() != 0;
    let meals = on(Programme::Lansia) || on(Programme::Disabilitas);
    clerk.rows.begin();
    clerk.regions(&home, &[2, 4, 6, 10], RegionStyle::Bare);
    clerk.rows.word(&home.place.code[..2]);
    clerk.rows.word(&home.place.code[..4]);
    clerk.rt_rw(&home);
    clerk.rows.word(&home.place.code[..6]);
    clerk.rows.word(home.place.code);
    clerk.flag(meals || on(Programme::Yapi), ("YA", "TIDAK"));
    clerk.address(&home, Line { rt_rw: false, regions: false });
    clerk.flag(someone.habit.is_multiple_of(19), ("YA", "TIDAK"));
    clerk.flag(someone.habit.is_multiple_of(13), ("YA", "TIDAK"));
    clerk.flag(false, ("YA", "TIDAK"));
    clerk.flag(on(Programme::Sembako), ("YA", "TIDAK"));
    clerk.flag(someone.habit.is_multiple_of(7), ("YA", "TIDAK"));
    clerk.rows.word("146/HUK/2021");
    clerk.nik(person);
    clerk.kk(&home);
    clerk.name(person);
    clerk.flag(on(Programme::Pbi), ("YA", "TIDAK"));
    clerk.flag(false, ("YA", "TIDAK"));
    clerk.flag(meals, ("YA", "TIDAK"));
    clerk.flag(on(Programme::Pkh), ("YA", "TIDAK"));
    clerk.flag(someone.habit.is_multiple_of(401), ("YA", "TIDAK"));
    clerk.flag(false, ("YA", "TIDAK"));
    clerk.flag(on(Programme::Yapi), ("YA", "TIDAK"));
    clerk.rows.word("Desa/Kelurahan");
    clerk.rows.blank();
    clerk.own_key("", someone.nik, 16);
    clerk.flag(false, ("1", "0"));
    clerk.flag(someone.school > 0, ("1", "0"));
    clerk.flag(someone.died > 0, ("1", "0"));
    clerk.flag(true, ("1", "0"));
    let known_dead = someone.died > 0 && someone.died <= clerk.year && clerk.dice.chance(0.5);
    clerk.flag(known_dead, ("1", "0"));
    clerk.rows.word(if someone.disability == 2 { "Penyandang Disabilitas" } else { "" });
    clerk.rows.word(if known_dead { "Meninggal Dunia" } else { "" });
    clerk.flag(known_dead, ("Meninggal", "Hidup"));
    clerk.rows.word("2023-05-14");
    for programme in [None, None, Some(Programme::Sembako), None, None, Some(Programme::Pbi), None] {
        period(clerk, programme.is_some_and(on));
    }
    period(clerk, meals);
    period(clerk, on(Programme::Pkh));
    period(clerk, false);
    period(clerk, false);
    period(clerk, on(Programme::Yapi));
    clerk.own_key("", someone.habit, 12);
    clerk.end(person);
}

fn period(clerk: &mut Clerk, on: bool) {
    if on { clerk.rows.word("2023-06") } else { clerk.rows.blank() }
}
