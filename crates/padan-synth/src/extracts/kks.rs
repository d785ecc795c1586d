//! The payment list of KKS: a workbook, RT/RW inside the address, the key often blank.

use super::clerk::Clerk;
use crate::mistakes::{Line, RegionStyle};
use crate::programme::Programme;

pub(super) fn write(clerk: &mut Clerk) {
    for family in clerk.families(|clerk, family| clerk.village.families[family].receives & Programme::Sembako.bit() != 0) {
        let Some(person) = clerk.recipient(family, 0.72) else { continue };
        let home = clerk.home(person);
        let card = clerk.village.families[family].kk;
        clerk.rows.begin();
        clerk.name(person);
        clerk.nik(person);
        let stage = clerk.dice.pick(&["TAHAP 1", "TAHAP 2", "TAHAP 3"]);
        clerk.rows.text(stage);
        clerk.rows.text("BPNT");
        if clerk.dice.chance(0.55) {
            clerk.rows.blank();
        } else {
            clerk.own_key("", card, 16);
        }
        clerk.own_key("", card ^ 7, 7);
        clerk.regions(&home, &[2, 4, 6, 10], RegionStyle::Short);
        clerk.address(&home, Line { rt_rw: true, regions: false });
        clerk.rows.end(person as u32, family as u32);
    }
}
