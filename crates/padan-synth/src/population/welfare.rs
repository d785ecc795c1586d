//! How well a family is off, and what follows from it: school, work, health.
//!
//! Welfare is a standard normal score made of the province, the village and the family, so that its deciles over the nation are even
//! without looking at the nation. School, posts and pensions are drawn by decile.

use super::{Kin, Marital, Person, Work};
use crate::dice::Dice;
use crate::places::Place;

/// Chance of a post in the civil service, army, police or a state company for an adult, by decile.
const ASN: [f64; 10] = [0.001, 0.002, 0.003, 0.006, 0.010, 0.018, 0.030, 0.055, 0.100, 0.170];

/// Share below a standard normal score (Abramowitz and Stegun 26.2.17).
pub(super) fn rank(score: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * score.abs());
    let poly = t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-score * score / 2.0).exp() * 0.398_942_280_4 * poly;
    if score >= 0.0 { 1.0 - tail } else { tail }
}

/// The village's part of the score: two sevenths of the variance, shifted by the province's poverty.
pub(super) fn village_score(place: &Place, dice: &mut Dice) -> f64 {
    let province = -(place.poor - 9.0) * 0.03;
    province.clamp(-0.6, 0.2) + dice.normal() * 0.45
}

/// A family's score now and in 2015.
pub(super) fn family_scores(village: f64, size: usize, dice: &mut Dice) -> (f64, f64) {
    let crowd = (3.0 - size as f64) * 0.06;
    let score = village + crowd + dice.normal() * 0.87;
    let then = 0.8 * score + 0.6 * dice.normal();
    (score, then)
}

/// Sets school, work, health and the like.
pub(super) fn live(person: &mut Person, age: i32, desil: u8, urban: bool, dice: &mut Dice) {
    let decile = usize::from(desil.clamp(1, 10)) - 1;
    let means = decile as f64 / 9.0;
    person.school = match age {
        7..=12 => u8::from(dice.chance(0.985)),
        13..=15 => 2 * u8::from(dice.chance(0.90 + 0.08 * means)),
        16..=18 => 3 * u8::from(dice.chance(0.66 + 0.28 * means)),
        19..=22 => 4 * u8::from(dice.chance(0.08 + 0.5 * means)),
        _ => 0,
    };
    person.attained = match age {
        ..=12 => 0,
        13..=15 => 1,
        16..=18 => 2,
        _ => {
            let modern = f64::from((2000 - i32::from(person.birth.year)).clamp(0, 60)) / 60.0;
            let level = 2.6 - 2.2 * modern + means * 1.6 + dice.normal() * 0.8;
            level.clamp(0.0, 4.0) as u8
        }
    };
    if (20..=58).contains(&age) && person.kin != Kin::Parent && dice.chance(ASN[decile]) {
        person.asn = true;
        person.attained = person.attained.max(3);
        person.work = [Work::Teaching, Work::Office, Work::Office, Work::Health][dice.below(4)];
    } else if age >= 16 && person.school == 0 {
        let working = if person.female { 0.5 } else { 0.88 } * if age > 70 { 0.5 } else { 1.0 };
        if dice.chance(working) {
            let rural = [Work::Rice, Work::Rice, Work::Garden, Work::Estate, Work::Fishing, Work::Livestock, Work::Building, Work::Trade];
            let town = [Work::Trade, Work::Trade, Work::Factory, Work::Factory, Work::Transport, Work::Building, Work::Office, Work::Rice];
            person.work = if urban { town } else { rural }[dice.below(8)];
        }
    }
    person.pension = age >= 58 && dice.chance(ASN[decile] * 1.6);
    let (severe, light) = if age >= 60 { (0.025, 0.09) } else { (0.006, 0.013) };
    person.disability = if dice.chance(severe) { 2 } else { u8::from(dice.chance(light)) };
    if person.disability > 0 {
        person.disability_kind = [1, 1, 2, 3, 4, 9, 10, 1, 11][dice.below(9)];
    }
    person.pregnant = person.female && person.marital == Marital::Married && (18..=42).contains(&age) && dice.chance(0.05);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_normal() {
        for (score, share) in [(0.0, 0.5), (1.0, 0.8413), (-1.959_96, 0.025)] {
            assert!((rank(score) - share).abs() < 1e-4, "{score}");
        }
    }
}
