//! The carers of PKH: a name, a NIK and one free-text address; no card, no birth date.

use super::clerk::Clerk;
use crate::mistakes::Line;
use crate::programme::Programme;

pub(super) fn write(clerk: &mut Clerk) {
    for family in clerk.families(|clerk, family| clerk.village.families[family].receives & Programme::Pkh.bit() != 0) {
        let Some(person) = clerk.recipient(family, 0.88) else { continue };
        let home = clerk.home(person);
        let card = clerk.village.families[family].kk;
        clerk.rows.begin();
        clerk.name(person);
        clerk.own_key("", card ^ 3, 14);
        clerk.nik(person);
        clerk.own_key("", card, 12);
        clerk.address(&home, Line { rt_rw: true, regions: true });
        let stage = 1 + clerk.dice.below(4) as i64;
        clerk.rows.code(stage);
        clerk.rows.code(2023);
        clerk.rows.end(person as u32, family as u32);
    }
}
