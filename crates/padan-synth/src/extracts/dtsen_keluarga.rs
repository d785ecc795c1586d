//! DTSEN's family table: a row for each card, with decile and the variables of the proxy means test. Describes families; names nobody
//! to pay. A few lines are broken off, and a few addresses hold a line break.

use super::clerk::Clerk;
use crate::dice::Dice;
use crate::mistakes::{Line, RegionStyle};
use crate::population::Person;
use crate::programme::Programme;
use crate::rows::NOBODY;

/// Lines that end before their last column, and addresses typed over two lines.
const BROKEN: f64 = 0.001;
const TWO_LINES: f64 = 0.001;
/// Families of which the enumerator noted nothing about the house, and single cells left out.
const NO_PMT: f64 = 0.02;
const PMT_BLANK: f64 = 0.012;

pub(super) fn write(clerk: &mut Clerk) {
    let families = clerk.families(|clerk, family| {
        let family = &clerk.village.families[family];
        !family.outside && clerk.village.persons[family.members()].iter().any(|person| person.died == 0 && !person.outside)
    });
    for family in families {
        row(clerk, family);
    }
}

fn row(clerk: &mut Clerk, at: usize) {
    let village = clerk.village;
    let family = &village.families[at];
    let living = |person: &&Person| person.died == 0;
    let Some(head) = family.members().find(|person| village.persons[*person].died == 0) else { return };
    let home = clerk.home(head);
    let broken = clerk.dice.chance(BROKEN);
    clerk.rows.begin();
    clerk.kk(&home);
    clerk.pairs(&home, RegionStyle::Full);
    if clerk.dice.chance(TWO_LINES) {
        let text = format!("{}\nRT {} RW {}", home.house.dusun, home.house.rt, home.house.rw);
        clerk.rows.text(&text);
    } else {
        clerk.address(&home, Line { rt_rw: true, regions: false });
    }
    clerk.rows.code(village.persons[family.members()].iter().filter(living).count() as i64);
    clerk.name(head);
    if broken {
        clerk.rows.end_ragged(NOBODY, at as u32);
        return;
    }
    if clerk.dice.chance(0.008) {
        clerk.rows.blanks(3);
    } else {
        for _ in 0..3 {
            clerk.rows.code(i64::from(family.desil));
        }
    }
    let pbi = village.persons[family.members()].iter().any(|person| person.receives & Programme::Pbi.bit() != 0);
    clerk.flag(pbi, ("1", "2"));
    clerk.flag(false, ("1", "2"));
    clerk.own_key("5", family.kk, 11);
    house(clerk, at);
    for chance in [0.03, 0.3, 0.5] {
        let yes = clerk.dice.chance(chance);
        clerk.flag(yes, ("1", "2"));
    }
    clerk.rows.end(NOBODY, at as u32);
}

/// House, assets and animals: 34 cells whose better answers come with rank.
fn house(clerk: &mut Clerk, at: usize) {
    let family = &clerk.village.families[at];
    let mut taste = Dice::new(family.kk, 0, 83);
    if clerk.dice.chance(NO_PMT) {
        clerk.rows.blanks(34);
        return;
    }
    let urban = clerk.world.places.villages[clerk.village.at].urban;
    let means = |taste: &mut Dice| (family.rank + 0.25 * taste.normal()).clamp(0.0, 0.999);
    let graded = |taste: &mut Dice, worst: i64, best: i64| worst + ((best - worst) as f64 * means(taste)).round() as i64;
    let mut cell = |value: i64| if clerk.dice.chance(PMT_BLANK) { clerk.rows.blank() } else { clerk.rows.code(value) };
    cell(if taste.chance(0.82) { 1 } else { 2 + taste.below(3) as i64 });
    cell(graded(&mut taste, 8, 1));
    cell(18 + (means(&mut taste) * 120.0) as i64);
    cell(graded(&mut taste, 4, 1));
    cell(graded(&mut taste, 7, 1));
    cell(graded(&mut taste, 9, 1));
    cell(if family.rank > 0.04 || taste.chance(0.7) { 1 } else { 4 });
    cell(graded(&mut taste, 1, 4));
    cell(if urban || means(&mut taste) > 0.25 { 4 } else { 10 });
    cell(graded(&mut taste, 5, 1));
    cell(graded(&mut taste, 4, 1));
    cell(graded(&mut taste, 5, 1));
    cell(if means(&mut taste) > 0.1 { 1 } else { 2 });
    // Assets by the rank from which half of the families own one: 1 yes, 2 no.
    for from in [0.75, 0.35, 0.93, 0.97, 0.98, 0.55, 0.6, 0.8, 0.3, 0.5, 0.88, 0.97, 0.99, 0.25, 0.6, 0.9] {
        cell(if means(&mut taste) > from { 1 } else { 2 });
    }
    for chance in [0.08, 0.02, 0.003, 0.02, 0.12] {
        cell(if !urban && taste.chance(chance) { 1 + taste.below(4) as i64 } else { 0 });
    }
}
