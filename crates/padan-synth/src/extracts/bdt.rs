//! BDT 2015: households with their members, 101 columns. No card, no birth date; the age of 2015, codes of another system, RT and RW
//! inside the name of the SLS. Asset flags alternate between 1/2 and 3/4, as the questionnaire numbered its answers.

use std::collections::BTreeMap;

use super::clerk::Clerk;
use super::words::{kin_code, position};
use crate::date::push_padded;
use crate::dice::{Dice, mix};
use crate::mistakes::{Line, RegionStyle};
use crate::population::{Family, Kin, Person};
use crate::programme::{Programme, decile};

/// A household of 2015 and its members in order; what its rows repeat.
struct Ruta {
    key: u64,
    head: usize,
    /// Families, the head's first.
    families: Vec<usize>,
    members: Vec<usize>,
}

pub(super) fn write(clerk: &mut Clerk) {
    let hosts = hosts(clerk);
    let persons = clerk.persons(|clerk, person| {
        let first = &clerk.village.families[hosts[clerk.village.family_in(person, clerk.year)]];
        clerk.draw(first, first.kk, 0.0) < clerk.world.reach.bdt[decile(first.rank_2015)]
    });
    let mut rutas: Vec<Ruta> = Vec::new();
    let mut at: BTreeMap<usize, usize> = BTreeMap::new();
    for person in persons {
        let family = clerk.village.family_in(person, clerk.year);
        let first = hosts[family];
        let index = *at.entry(first).or_insert_with(|| {
            rutas.push(open(clerk, first));
            rutas.len() - 1
        });
        let ruta = &mut rutas[index];
        if !ruta.families.contains(&family) {
            ruta.families.push(family);
        }
        ruta.members.push(person);
    }
    for ruta in &mut rutas {
        // The head's family stands first; within a family the order is that of the card.
        let first = ruta.families[0];
        ruta.members.sort_by_key(|person| clerk.village.family_in(*person, clerk.year) != first);
        for (index, person) in ruta.members.iter().enumerate() {
            row(clerk, *person, ruta, index as i64 + 1);
        }
    }
}

/// For every family the one whose house it lived in then: its own, where it came to the village later.
fn hosts(clerk: &Clerk) -> Vec<usize> {
    let village = clerk.village;
    let mut first: Vec<Option<usize>> = vec![None; village.households.len()];
    let host = |(at, family): (usize, &Family)| {
        if village.persons[family.start as usize].moved > clerk.year { at } else { *first[family.household as usize].get_or_insert(at) }
    };
    village.families.iter().enumerate().map(host).collect()
}

fn open(clerk: &Clerk, family: usize) -> Ruta {
    let first = &clerk.village.families[family];
    let head = clerk.village.head_in(family, clerk.year).unwrap_or(first.start as usize);
    Ruta { key: first.kk, head, families: vec![family], members: Vec::new() }
}

/// Kinship to the head of the household, of someone whose family is not the head's: families that share a house are a couple's children's.
fn kin_to_host(kin: Kin) -> Kin {
    match kin {
        Kin::Head => Kin::Child,
        Kin::Spouse => Kin::ChildInLaw,
        Kin::Child => Kin::Grandchild,
        _ => Kin::Other,
    }
}

fn row(clerk: &mut Clerk, person: usize, ruta: &Ruta, member: i64) {
    let home = clerk.home(person);
    let family = &clerk.village.families[clerk.village.family_in(person, clerk.year)];
    clerk.rows.begin();
    clerk.own_key("", ruta.key ^ 1, 6);
    clerk.own_key("", ruta.key, 16);
    let code = &home.place.bps;
    for (level, part) in [(2, 0..2), (4, 2..4), (6, 4..7), (10, 7..10)] {
        clerk.regions(&home, &[level], RegionStyle::Bare);
        clerk.rows.word(&code[part]);
    }
    let mut sls = clerk.take();
    sls.push_str(["RT ", "RT.", "RT "][clerk.dice.below(3)]);
    push_padded(&mut sls, i64::from(home.house.rt), 3);
    sls.push_str(" RW ");
    push_padded(&mut sls, i64::from(home.house.rw), 3);
    if !home.house.dusun.is_empty() && clerk.dice.chance(0.5) {
        sls.push_str(" DUSUN ");
        sls.push_str(&home.house.dusun);
    }
    clerk.put(sls);
    clerk.address(&home, Line { rt_rw: false, regions: false });
    clerk.name(ruta.head);
    clerk.rows.code(ruta.members.len() as i64);
    clerk.rows.code(ruta.families.len() as i64);
    house(clerk, family);
    programmes(clerk, person, family);
    clerk.rows.blanks(10);
    let percentile = ((family.rank_2015 * 100.0) as i64 + 1).clamp(1, 100);
    clerk.rows.code(percentile);
    individual(clerk, person, ruta, member);
    clerk.end(person);
}

/// Building to animals, 43 cells.
fn house(clerk: &mut Clerk, family: &Family) {
    let mut taste = Dice::new(family.kk, 0, 84);
    let rank = family.rank_2015;
    let means = |taste: &mut Dice| (rank + 0.2 * taste.normal()).clamp(0.0, 0.999);
    let graded = |taste: &mut Dice, worst: i64, best: i64| worst + ((best - worst) as f64 * means(taste)).round() as i64;
    clerk.rows.code(if taste.chance(0.85) { 1 } else { 3 });
    clerk.rows.code(if taste.chance(0.8) { 1 } else { 2 });
    clerk.rows.code(15 + (means(&mut taste) * 110.0) as i64);
    for (worst, best) in [(9, 1), (7, 1), (2, 1), (9, 1), (2, 1), (1, 4), (11, 1), (3, 1)] {
        clerk.rows.code(graded(&mut taste, worst, best));
    }
    clerk.rows.code(if means(&mut taste) > 0.05 { 1 } else { 3 });
    clerk.rows.code(graded(&mut taste, 1, 4));
    clerk.rows.code(if means(&mut taste) > 0.3 { 3 } else { 8 });
    for (worst, best) in [(4, 1), (4, 1), (6, 1)] {
        clerk.rows.code(graded(&mut taste, worst, best));
    }
    for (at, from) in [0.9, 0.6, 0.97, 0.99, 0.95, 0.35, 0.7, 0.9, 0.5, 0.45, 0.95, 0.98, 0.99, 0.995, 0.999].into_iter().enumerate() {
        let yes = means(&mut taste) > from;
        let (one, two) = if at % 2 == 0 { (1, 2) } else { (3, 4) };
        clerk.rows.code(if yes { one } else { two });
    }
    if taste.chance(0.6) {
        clerk.own_key("08", family.kk, 10);
    } else {
        clerk.rows.blank();
    }
    clerk.rows.code(graded(&mut taste, 1, 6));
    let land = taste.chance(0.4);
    clerk.rows.code(if land { 1 } else { 2 });
    clerk.rows.code(if land { taste.range(50, 3000).into() } else { 0 });
    clerk.rows.code(if means(&mut taste) > 0.9 { 3 } else { 4 });
    for chance in [0.1, 0.02, 0.003, 0.02, 0.14] {
        clerk.rows.code(if taste.chance(chance) { taste.range(1, 4).into() } else { 0 });
    }
    clerk.rows.code(if taste.chance(0.2) { 1 } else { 2 });
}

/// KKS to KUR, nine cells of 1 and 2 (3 and 4 where the form says so).
fn programmes(clerk: &mut Clerk, person: usize, family: &Family) {
    let rastra = family.receives & Programme::Rastra.bit() != 0;
    let someone = clerk.person(person);
    let kip = someone.receives & Programme::Pip.bit() != 0;
    for (at, yes) in [
        rastra,
        kip,
        someone.receives & Programme::Pbi.bit() != 0,
        false,
        false,
        false,
        family.receives & Programme::Pkh.bit() != 0,
        rastra,
        false,
    ]
    .into_iter()
    .enumerate()
    {
        let (one, two) = if at % 2 == 0 { (1, 2) } else { (3, 4) };
        clerk.rows.code(if yes { one } else { two });
    }
}

/// The member: 23 cells.
fn individual(clerk: &mut Clerk, person: usize, ruta: &Ruta, member: i64) {
    let someone = clerk.person(person);
    let age = clerk.age(person);
    clerk.rows.code(member);
    clerk.name(person);
    clerk.nik(person);
    let kin = clerk.kin_in(person);
    let family = clerk.village.family_in(person, clerk.year);
    let number = ruta.families.iter().position(|other| *other == family).unwrap_or(0);
    clerk.rows.code(kin_code(if number == 0 { kin } else { kin_to_host(kin) }));
    clerk.rows.code(number as i64 + 1);
    clerk.rows.code(kin_code(kin));
    clerk.sex(person, "1", "2");
    let off = [0, 0, 0, 0, 0, 0, 0, 0, 1, -1][clerk.dice.below(10)];
    clerk.rows.code(i64::from((age + off).max(0)));
    let single = someone.split > clerk.year || age < 16;
    clerk.rows.code(if single { 1 } else { someone.marital as i64 });
    clerk.rows.code(if single || kin == Kin::Child { 0 } else { 2 });
    clerk.rows.code(if clerk_in_card(someone) { 1 } else { 2 });
    clerk.rows.code(if age >= 17 { 5 } else { 1 });
    clerk.rows.code(if someone.female && (18..42).contains(&age) && mix(someone.habit).is_multiple_of(20) { 1 } else { 2 });
    // Most disabilities last; half of the elderly's came later.
    let disabled = someone.disability > 0 && (age < 50 || someone.habit.is_multiple_of(2));
    clerk.rows.code(if disabled { i64::from(someone.disability_kind) } else { 0 });
    clerk.rows.code(0);
    education(clerk, someone, age);
    let works = position(someone) > 0 && age >= 15;
    clerk.rows.code(if works { 1 } else { 2 });
    if works {
        clerk.rows.code(20 + (someone.habit % 30) as i64);
        clerk.rows.code(someone.work as i64);
        clerk.rows.code(position(someone));
    } else {
        clerk.rows.blanks(3);
    }
}

fn clerk_in_card(someone: &Person) -> bool {
    !someone.habit.is_multiple_of(12)
}

/// Attendance (1 at school, 2 no more), highest level, grade, certificate.
fn education(clerk: &mut Clerk, someone: &Person, age: i32) {
    let attends = (7..=17).contains(&age);
    let level = match age {
        ..7 => 0,
        7..13 => 1,
        13..16 => 4,
        16..19 => 7,
        _ => [1, 1, 4, 7, 10][usize::from(someone.attained.min(4))],
    };
    clerk.rows.code(if age < 7 {
        0
    } else if attends {
        1
    } else {
        2
    });
    clerk.rows.code(level);
    clerk.rows.code(if attends { i64::from((age - 6) % 6 + 1) } else { 8 });
    clerk.rows.code(i64::from(someone.attained.min(4)));
}
