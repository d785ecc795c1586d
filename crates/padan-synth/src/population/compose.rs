//! Who lives with whom: ages and marital status by the census tables, couples by age, children to mothers of a fitting age.
//!
//! Ages are drawn first, stratified, so that a village's pyramid is the nation's whatever families come of it; families are then
//! put together out of the people there are. (The other way round, families first, needs a fit of fertility to get the pyramid.)

use std::sync::OnceLock;

use padan_reference::{AGE_GROUPS_CSV, MARITAL_CSV};

use super::{Kin, Marital};
use crate::dice::Dice;

/// Someone without a name yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Soul {
    pub(super) age: i32,
    pub(super) female: bool,
    pub(super) marital: Marital,
    pub(super) kin: Kin,
    /// Years since death, 0 for the living; `age` is what it would be today.
    pub(super) dead: u16,
    pub(super) orphan: bool,
}

/// A family without names: head first.
#[derive(Debug, Clone, Default)]
pub(super) struct Unit {
    pub(super) souls: Vec<Soul>,
}

impl Unit {
    fn head(&self) -> Option<&Soul> {
        self.souls.first()
    }

    /// The age that a child's is measured by.
    fn mother_age(&self) -> i32 {
        let parents = self.souls.iter().filter(|soul| matches!(soul.kin, Kin::Head | Kin::Spouse) && soul.dead == 0);
        parents.clone().find(|soul| soul.female).or(self.head()).map_or(0, |soul| if soul.female { soul.age } else { soul.age - 4 })
    }
}

fn age_shares() -> &'static [f64] {
    static SHARES: OnceLock<Vec<f64>> = OnceLock::new();
    SHARES.get_or_init(|| AGE_GROUPS_CSV.lines().skip(1).filter_map(|line| line.split(',').nth(2)?.parse().ok()).collect())
}

/// Cumulated shares of marital status by age group from 10–14 and sex.
fn marital_shares() -> &'static [[[f64; 4]; 2]] {
    static SHARES: OnceLock<Vec<[[f64; 4]; 2]>> = OnceLock::new();
    SHARES.get_or_init(|| {
        MARITAL_CSV
            .lines()
            .skip(1)
            .map(|line| {
                let counts: Vec<f64> = line.split(',').skip(1).filter_map(|cell| cell.parse().ok()).collect();
                let four = |from: usize| [0, 1, 2, 3].map(|at| counts.get(from + at).copied().unwrap_or(0.0));
                [four(0), four(4)]
            })
            .collect()
    })
}

fn marital(age: i32, female: bool, dice: &mut Dice) -> Marital {
    let states = [Marital::Single, Marital::Married, Marital::Divorced, Marital::Widowed];
    if age < 15 {
        return Marital::Single;
    }
    if age >= 60 {
        // The table ends at 59; widowhood goes on rising, faster for women, who marry older men and outlive them.
        let widowed = if female { 0.32 + f64::from(age - 60) * 0.018 } else { 0.07 + f64::from(age - 60) * 0.008 }.min(0.9);
        return states[dice.weighted(&[0.015, 1.0 - widowed - 0.035, 0.02, widowed])];
    }
    let group = ((age - 10) / 5) as usize;
    marital_shares().get(group).map_or(Marital::Single, |shares| states[dice.weighted(&shares[usize::from(female)])])
}

fn souls(living: usize, dice: &mut Dice) -> Vec<Soul> {
    let shares = age_shares();
    let total: f64 = shares.iter().sum();
    (0..living)
        .map(|at| {
            let mut left = (at as f64 + dice.unit()) / living as f64 * total;
            let mut group = 0;
            while group + 1 < shares.len() && left >= shares[group] {
                left -= shares[group];
                group += 1;
            }
            let within = (left / shares[group]).clamp(0.0, 0.999);
            let age = if group + 1 == shares.len() {
                75 + (-(1.0 - within * 0.98).ln() * 6.0) as i32
            } else {
                group as i32 * 5 + (within * 5.0) as i32
            };
            let female = dice.chance(if age >= 75 {
                0.57
            } else if age >= 60 {
                0.52
            } else {
                0.492
            });
            Soul { age: age.min(104), female, marital: marital(age, female, dice), kin: Kin::Other, dead: 0, orphan: false }
        })
        .collect()
}

/// Puts `living` people and some remembered dead into families.
pub(super) fn compose(living: usize, dead: usize, dice: &mut Dice) -> Vec<Unit> {
    let mut husbands = Vec::new();
    let mut wives = Vec::new();
    let mut alone = Vec::new();
    let mut children = Vec::new();
    for soul in souls(living, dice) {
        match soul.marital {
            Marital::Married if soul.female => wives.push((f64::from(soul.age) + 3.0 + dice.normal() * 2.5, soul)),
            Marital::Married => husbands.push((f64::from(soul.age) + dice.normal() * 2.0, soul)),
            Marital::Single if soul.age >= 25 && dice.chance(0.14) => alone.push(soul),
            Marital::Single => children.push(soul),
            _ => alone.push(soul),
        }
    }
    let mut units = marry(husbands, wives, &mut alone);
    settle(alone, &mut units, dice);
    raise(children, &mut units, dice);
    bury(dead, &mut units, dice);
    units
}

/// Couples by rank of age; who is left over has a spouse elsewhere.
fn marry(mut husbands: Vec<(f64, Soul)>, mut wives: Vec<(f64, Soul)>, alone: &mut Vec<Soul>) -> Vec<Unit> {
    husbands.sort_by(|a, b| a.0.total_cmp(&b.0));
    wives.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut units = Vec::with_capacity(husbands.len() + 64);
    let mut wives = wives.into_iter().map(|(_, wife)| wife).peekable();
    let spare = husbands.len().saturating_sub(wives.len());
    let every = husbands.len().checked_div(spare).unwrap_or(usize::MAX);
    for (at, (_, husband)) in husbands.into_iter().enumerate() {
        let mut unit = Unit { souls: vec![Soul { kin: Kin::Head, ..husband }] };
        // Spare husbands are taken from every age, not from the end of the row, or all of them would be old.
        let passed = every != usize::MAX && at % every == every - 1;
        if !passed && let Some(wife) = wives.next() {
            unit.souls.push(Soul { kin: Kin::Spouse, ..wife });
        }
        units.push(unit);
    }
    alone.extend(wives);
    units
}

/// Widows, the divorced, single adults and wives whose husband is away: with a grown child, with parents-in-law, or a family of their own.
fn settle(alone: Vec<Soul>, units: &mut Vec<Unit>, dice: &mut Dice) {
    let couples = units.len();
    for soul in alone {
        if soul.age >= 60 && couples > 0 && dice.chance(0.45) {
            let host = (0..6).map(|_| dice.below(couples)).find(|host| (18..42).contains(&(soul.age - units[*host].mother_age())));
            if let Some(host) = host {
                units[host].souls.push(Soul { kin: Kin::Parent, ..soul });
                continue;
            }
        }
        if soul.age < 40 && soul.marital == Marital::Married && couples > 0 {
            let host = (0..6).map(|_| dice.below(couples)).find(|host| (18..42).contains(&(units[*host].mother_age() - soul.age)));
            if let Some(host) = host {
                units[host].souls.push(Soul { kin: Kin::ChildInLaw, ..soul });
                continue;
            }
        }
        units.push(Unit { souls: vec![Soul { kin: Kin::Head, ..soul }] });
    }
}

/// Children, grown ones too, to parents of a fitting age.
fn raise(children: Vec<Soul>, units: &mut [Unit], dice: &mut Dice) {
    if units.is_empty() {
        return;
    }
    let mut by_age: Vec<Vec<usize>> = vec![Vec::new(); 121];
    for (at, unit) in units.iter().enumerate() {
        let lone_single = unit.head().is_some_and(|head| head.marital == Marital::Single);
        if !lone_single {
            by_age[unit.mother_age().clamp(0, 120) as usize].push(at);
        }
    }
    for mut child in children {
        let orphaned = child.age < 18 && dice.chance(0.012);
        let mut found = None;
        for attempt in 0..12 {
            let gap = if orphaned { 50.0 + dice.normal() * 8.0 } else { 27.0 + dice.normal() * (5.5 + f64::from(attempt)) };
            let age = (f64::from(child.age) + gap.clamp(if orphaned { 36.0 } else { 16.0 }, if orphaned { 72.0 } else { 46.0 })) as usize;
            let pool = by_age.get(age).map_or(&[][..], Vec::as_slice);
            if pool.is_empty() {
                continue;
            }
            let (a, b) = (pool[dice.below(pool.len())], pool[dice.below(pool.len())]);
            let better = if units[a].souls.len() <= units[b].souls.len() { a } else { b };
            if units[better].souls.len() < 9 {
                found = Some(better);
                break;
            }
        }
        child.kin = if orphaned { Kin::Grandchild } else { Kin::Child };
        child.orphan = orphaned && dice.chance(0.3);
        let host = found.unwrap_or_else(|| {
            child.kin = if child.age >= 15 && dice.chance(0.1) { Kin::Servant } else { Kin::Other };
            dice.below(units.len())
        });
        units[host].souls.push(child);
    }
}

/// The dead of the last ten years: first the husbands and wives of the widowed, then old parents.
fn bury(dead: usize, units: &mut [Unit], dice: &mut Dice) {
    if units.is_empty() {
        return;
    }
    let mut left = dead;
    for unit in units.iter_mut() {
        let Some(head) = unit.head().copied() else { continue };
        if left > 0 && head.marital == Marital::Widowed && dice.chance(0.5) {
            let older = if head.female { 3 } else { -3 };
            let soul = Soul {
                age: head.age + older,
                female: !head.female,
                marital: Marital::Married,
                kin: Kin::Spouse,
                dead: dice.range(1, 10) as u16,
                orphan: false,
            };
            unit.souls.push(soul);
            left -= 1;
        }
    }
    for _ in 0..left {
        let unit = dice.below(units.len());
        let age = units[unit].mother_age() + dice.range(18, 35);
        let female = dice.chance(0.5);
        let soul =
            Soul { age: age.min(100), female, marital: Marital::Widowed, kin: Kin::Parent, dead: dice.range(1, 10) as u16, orphan: false };
        units[unit].souls.push(soul);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pyramid_and_marriages_are_the_nations() {
        let mut dice = Dice::new(1, 1, 1);
        let units = compose(30_000, 600, &mut dice);
        let all: Vec<Soul> = units.iter().flat_map(|unit| unit.souls.iter().copied()).collect();
        let living: Vec<Soul> = all.iter().copied().filter(|soul| soul.dead == 0).collect();
        assert_eq!((living.len(), all.len() - living.len()), (30_000, 600));
        for (group, share) in age_shares().iter().enumerate() {
            let low = group as i32 * 5;
            let high = if group == 15 { 200 } else { low + 5 };
            let found = living.iter().filter(|soul| (low..high).contains(&soul.age)).count() as f64 / 30_000.0;
            assert!((found - share).abs() < 0.004, "{low}: {found} for {share}");
        }
        let women: Vec<_> = living.iter().filter(|soul| soul.female && (30..35).contains(&soul.age)).collect();
        let married = women.iter().filter(|soul| soul.marital == Marital::Married).count() as f64 / women.len() as f64;
        assert!((married - 0.92).abs() < 0.03, "{married}");
        let size = 30_000.0 / units.len() as f64;
        assert!((2.7..3.4).contains(&size), "DTSEN has 3.04 persons a family, here {size}");
    }

    #[test]
    fn parents_are_of_a_fitting_age() {
        let units = compose(5_000, 0, &mut Dice::new(2, 1, 1));
        for unit in &units {
            let mother = unit.mother_age();
            for child in unit.souls.iter().filter(|soul| soul.kin == Kin::Child) {
                assert!((15..=47).contains(&(mother - child.age)), "{mother} {}", child.age);
            }
        }
    }
}
