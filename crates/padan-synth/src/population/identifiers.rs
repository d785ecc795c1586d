//! NIK and No KK by the civil registry's rule, without a table of those given out.
//!
//! The chosen villages of a kecamatan share its serials: village `slot` of `slots` takes `slot + 1`, `slot + 1 + slots`, …, so that two
//! villages never give the same number although neither knows the other. Those first registered elsewhere take the serial of a hash;
//! two of them may meet once in some hundred thousand, as numbers do in the real registry.

use std::collections::BTreeMap;

use crate::date::Date;
use crate::places::Place;

/// Gives numbers in one village.
#[derive(Debug, Default)]
pub(super) struct Registrar {
    given: BTreeMap<u64, u32>,
}

/// `PPKKCC` + `DDMMYY` as the first twelve digits.
fn stem(region: u32, date: Date, female: bool) -> u64 {
    let day = u64::from(date.day) + if female { 40 } else { 0 };
    u64::from(region) * 1_000_000 + day * 10_000 + u64::from(date.month) * 100 + u64::from(date.year.rem_euclid(100).unsigned_abs())
}

impl Registrar {
    /// A number of the village's own kecamatan.
    fn local(&mut self, stem: u64, place: &Place) -> u64 {
        let count = self.given.entry(stem).or_default();
        let serial = 1 + place.slot + place.slots * *count;
        *count += 1;
        stem * 10_000 + u64::from(serial.min(9_999))
    }

    /// The NIK of someone first registered in `region`; `own` where that is the village's own kecamatan.
    pub(super) fn nik(&mut self, region: u32, own: bool, birth: Date, female: bool, place: &Place, hash: u64) -> u64 {
        let stem = stem(region, birth, female);
        if own {
            return self.local(stem, place);
        }
        // Small serials are the rule: half below 30, with a tail.
        let unit = (hash >> 40) as f64 / f64::from(1_u32 << 24);
        let serial = (1.0 + (unit * 6.8).exp() * 3.0) as u64 % 9_999 + u64::from(self.given.entry(stem * 2 + 1).or_default().to_owned());
        *self.given.entry(stem * 2 + 1).or_default() += 1;
        stem * 10_000 + serial.clamp(1, 9_999)
    }

    /// A card issued in the village's kecamatan on `issued`. Cards and NIKs count apart: they are told from each other by the column.
    pub(super) fn kk(&mut self, issued: Date, place: &Place) -> u64 {
        let region: u32 = place.code[..6].parse().unwrap_or(110_101);
        let stem = stem(region, issued, false);
        let count = self.given.entry(stem | (1 << 62)).or_default();
        let serial = 1 + place.slot + place.slots * *count;
        *count += 1;
        stem * 10_000 + u64::from(serial.min(9_999))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use padan_model::{Nik, NoKk};

    use super::*;
    use crate::places::Places;

    #[test]
    fn numbers_are_valid_and_distinct_over_villages() {
        let mut places = Places::choose(6_000, 1, &["32".into()]).expect("places");
        let mut village = places.villages.remove(0);
        village.slots = 2;
        let mut seen = BTreeSet::new();
        for slot in 0..2 {
            village.slot = slot;
            let mut registrar = Registrar::default();
            for female in [false, true] {
                for day in (8_000..8_100).flat_map(|day| [day, day]) {
                    let region = village.code[..6].parse().expect("digits");
                    let nik = registrar.nik(region, true, Date::from_days(day), female, &village, 0);
                    let parsed: Nik = nik.to_string().parse().expect("valid");
                    assert_eq!(parsed.is_female(), female);
                    assert!(seen.insert(nik));
                }
            }
            assert!(registrar.kk(Date::from_days(15_000), &village).to_string().parse::<NoKk>().is_ok());
        }
        assert_eq!(seen.len(), 800);
    }
}
