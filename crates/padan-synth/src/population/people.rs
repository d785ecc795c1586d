//! Makes a village: families out of the units of `compose`, with names, numbers, houses and histories.
//!
//! Families are made oldest first, so that those who married out of a family of the village find their parents already named.

use std::collections::BTreeMap;

use padan_reference::name_lists;

use super::compose::{Soul, Unit, compose};
use super::identifiers::Registrar;
use super::{Family, Household, Kin, Marital, Person, Village, welfare};
use crate::date::{Date, REFERENCE};
use crate::dice::{Dice, mix};
use crate::faults::Faults;
use crate::mistakes::Spellings;
use crate::names::{HabitId, Namer};
use crate::places::{Place, Places, bare_kabkota, code_before_2022};
use crate::programme::{self, Reach};

/// Everything that villages share; read-only while they are made.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) places: Places,
    pub(crate) namer: Namer,
    pub(crate) faults: Faults,
    pub(crate) spellings: Spellings,
    pub(crate) reach: Box<Reach>,
    /// Chosen villages by kab/kota, for moves.
    pub(crate) neighbours: BTreeMap<&'static str, Vec<u32>>,
}

impl World {
    pub(crate) fn new(seed: u64, places: Places, namer: Namer, faults: Faults, reach: Box<Reach>) -> Self {
        let mut neighbours: BTreeMap<&'static str, Vec<u32>> = BTreeMap::new();
        for (at, place) in places.villages.iter().enumerate() {
            neighbours.entry(&place.code[..4]).or_default().push(at as u32);
        }
        Self { seed, places, namer, faults, spellings: Spellings::shipped(), reach, neighbours }
    }

    /// Another chosen village to have come from: in the same kab/kota half of the time, where there is one.
    fn origin(&self, at: usize, dice: &mut Dice) -> u32 {
        let near = &self.neighbours[&self.places.villages[at].code[..4]];
        if near.len() > 1 && dice.chance(0.5) { dice.pick(near) } else { dice.below(self.places.villages.len()) as u32 }
    }
}

/// Hamlet names that recur all over the country.
const DUSUN: [&str; 40] = [
    "KRAJAN",
    "SUKAMAJU",
    "TENGAH",
    "KIDUL",
    "LOR",
    "WETAN",
    "KULON",
    "MAKMUR",
    "SUKASARI",
    "MULYO",
    "CEMPAKA",
    "MELATI",
    "SIDODADI",
    "SIDOMULYO",
    "HARAPAN",
    "BARU",
    "PASIR",
    "CIBURIAL",
    "CIKONENG",
    "BABAKAN",
    "KARANGANYAR",
    "NGADIREJO",
    "BENDO",
    "SUMBER",
    "TEGAL",
    "TANJUNG",
    "MUARA",
    "PADANG",
    "LUBUK",
    "SIMPANG",
    "PEKAN",
    "KAMPUNG TENGAH",
    "BANJAR SARI",
    "MEKAR JAYA",
    "RAWA INDAH",
    "BUKIT INDAH",
    "LEMBAH",
    "AIR PUTIH",
    "SUNGAI LIMAU",
    "BATU RAJA",
];

struct Maker<'a> {
    world: &'a World,
    place: &'static str,
    at: usize,
    dice: Dice,
    registrar: Registrar,
    village: Village,
    village_score: f64,
    /// Index of the own kab/kota among the birth places.
    home_kab: u16,
    dusun: Vec<&'static str>,
    streets: Vec<&'static str>,
    /// Families of couples by the age of the mother, as possible parents of later families: family, habit, marga.
    couples: BTreeMap<i32, Vec<u32>>,
    habits: Vec<(HabitId, String)>,
}

/// Builds village `at` with this many people, the remembered dead included.
pub(crate) fn build(world: &World, at: usize, persons: usize) -> Village {
    let place = &world.places.villages[at];
    let mut dice = Dice::new(world.seed, at as u64, 1);
    let dead = (persons as f64 * 0.03) as usize;
    let mut units = compose(persons - dead, dead, &mut dice);
    units.sort_by_key(|unit| std::cmp::Reverse(unit.souls.first().map_or(0, |soul| soul.age)));
    let village_score = welfare::village_score(place, &mut dice);
    let kab = bare_kabkota(&place.kabkota);
    let home_kab = world.places.kabkota_names.iter().position(|name| name == kab).unwrap_or(0) as u16;
    let dusun = (0..if place.urban { 2 } else { 5 }).map(|_| dice.pick(&DUSUN)).collect();
    let streets = (0..14).map(|_| dice.pick(&name_lists().streets)).collect();
    let mut maker = Maker {
        world,
        place: place.code,
        at,
        dice: Dice::new(world.seed, at as u64, 2),
        registrar: Registrar::default(),
        village: Village { at, persons: Vec::with_capacity(persons), ..Village::default() },
        village_score,
        home_kab,
        dusun,
        streets,
        couples: BTreeMap::new(),
        habits: Vec::with_capacity(units.len()),
    };
    for unit in units {
        maker.family(unit);
    }
    let mut village = maker.village;
    programme::enrol(&mut village, world);
    village
}

impl Maker<'_> {
    fn place(&self) -> &Place {
        &self.world.places.villages[self.at]
    }

    fn family(&mut self, unit: Unit) {
        let family = self.village.families.len() as u32;
        let start = self.village.persons.len() as u32;
        let head = unit.souls[0];
        let couple = unit.souls.len() > 1 && unit.souls[1].kin == Kin::Spouse && unit.souls[1].dead == 0;
        let married = 2025 - (head.age - self.dice.range(20, 27)).clamp(0, 60) as u16;
        let parents = if head.age <= 40 && couple && self.dice.chance(0.5) { self.parents_for(&unit) } else { None };
        let child_at = usize::from(parents.is_some() && self.dice.chance(0.5));
        let household = match parents {
            Some(parents) if self.dice.chance(0.3) => self.village.families[parents as usize].household,
            _ => self.house(),
        };
        let (habit, marga) = match parents {
            Some(parents) if child_at == 0 => self.habits[parents as usize].clone(),
            _ => self.descent(),
        };
        let size = unit.souls.iter().filter(|soul| soul.dead == 0).count();
        let (score, then) = welfare::family_scores(self.village_score, size, &mut self.dice);
        let rank = welfare::rank(score);
        let issued_year = married.clamp(1998, 2025);
        let replaced = if self.dice.chance(0.3) { self.dice.range(2014, 2025) as u16 } else { 0 };
        let mut made = Family {
            kk: self.card(if replaced > 0 { replaced } else { issued_year }),
            old_kk: if replaced > 0 { self.card(issued_year.min(replaced)) } else { 0 },
            kk_year: replaced,
            start,
            end: start,
            household,
            desil: ((rank * 10.0) as u8 + 1).min(10),
            rank,
            rank_2015: welfare::rank(then),
            outside: self.dice.chance(0.022),
            ..Family::default()
        };
        let moved = if self.dice.chance(0.05) { self.dice.range(2013, 2025) as u16 } else { 0 };
        let origin = self.world.origin(self.at, &mut self.dice);
        let mut souls = unit.souls;
        souls[1..].sort_by_key(|soul| (soul.kin != Kin::Spouse, soul.dead > 0, std::cmp::Reverse(soul.age)));
        for (at, soul) in souls.iter().enumerate() {
            let mut person = self.person(soul, habit, &marga, family, start as usize);
            person.moved = moved;
            person.origin = origin;
            if let Some(parents) = parents.filter(|_| at < 2) {
                if at == child_at {
                    self.born_to(&mut person, parents, married);
                } else {
                    person.moved = married.max(1995);
                    person.origin = self.world.origin(self.at, &mut self.dice);
                }
            } else if at == 1 && soul.kin == Kin::Spouse && moved == 0 && self.dice.chance(0.3) {
                person.moved = married;
                person.origin = self.world.origin(self.at, &mut self.dice);
            }
            let urban = self.place().urban;
            welfare::live(&mut person, soul.age, made.desil, urban, &mut self.dice);
            person.outside = made.outside || self.dice.chance(if soul.age < 2 { 0.12 } else { 0.006 });
            made.asn |= person.asn && person.died == 0;
            self.village.persons.push(person);
        }
        made.end = self.village.persons.len() as u32;
        if couple {
            let mother = souls.iter().take(2).find(|soul| soul.female).map_or(head.age, |soul| soul.age);
            self.couples.entry(mother).or_default().push(family);
        }
        self.habits.push((habit, marga));
        self.village.families.push(made);
    }

    fn descent(&mut self) -> (HabitId, String) {
        let habit = self.world.namer.habit(&self.place[..2], &mut self.dice);
        let marga = self.world.namer.marga(habit, &mut self.dice).to_owned();
        (habit, marga)
    }

    /// A couple of the village that the young couple may have come out of.
    fn parents_for(&mut self, unit: &Unit) -> Option<u32> {
        let child = unit.souls[0].age;
        (0..4).find_map(|_| {
            let age = child + self.dice.range(20, 36);
            let pool = self.couples.get(&age)?;
            let at = self.dice.below(pool.len());
            pool.get(at).copied()
        })
    }

    /// Makes a person the grown child of a family of the village.
    fn born_to(&mut self, person: &mut Person, parents: u32, married: u16) {
        let family = &self.village.families[parents as usize];
        for parent in family.members().take(2).map(|at| &self.village.persons[at]) {
            if parent.female { person.mother.clone_from(&parent.name) } else { person.father.clone_from(&parent.name) }
        }
        person.split = married;
        person.parents = parents;
        person.moved = 0;
    }

    fn house(&mut self) -> u32 {
        let households = self.village.households.len() as u32;
        let urban = self.place().urban;
        let (rws, rts) = if urban { (10, 8) } else { (6, 4) };
        let rw = self.dice.range(1, rws) as u16;
        let with_street = self.dice.chance(if urban { 0.85 } else { 0.3 });
        let street = if with_street { self.dice.pick_skewed(&self.streets, 1.3).to_uppercase() } else { String::new() };
        let number = if with_street && self.dice.chance(0.6) { self.dice.range(1, 180) as u16 } else { 0 };
        let dusun = if urban && with_street { "" } else { self.dusun[usize::from(rw) % self.dusun.len()] };
        self.village.households.push(Household { street, number, rt: self.dice.range(1, rts) as u16, rw, dusun: dusun.to_owned() });
        households
    }

    fn card(&mut self, year: u16) -> u64 {
        let day = Date { year: year as i16, month: self.dice.range(1, 12) as u8, day: self.dice.range(1, 28) as u8 };
        let place = &self.world.places.villages[self.at];
        self.registrar.kk(day, place)
    }

    fn person(&mut self, soul: &Soul, habit: HabitId, marga: &str, family: u32, start: usize) -> Person {
        let (birth, twin) = self.birth(soul, start);
        // Who marries in, and the head's parents, follow habits of their own now and then.
        let own = matches!(soul.kin, Kin::Spouse | Kin::ChildInLaw | Kin::Other | Kin::Parent);
        let (habit, marga) = if own && (self.dice.chance(0.15) || !marga.is_empty()) { self.descent() } else { (habit, marga.to_owned()) };
        let head = self.village.persons.get(start);
        let namer = &self.world.namer;
        let (mut mother, mut father) = (String::new(), String::new());
        let mut fatherless = soul.orphan;
        let mut motherless = soul.orphan;
        if soul.kin == Kin::Child
            && let Some(head) = head
        {
            let spouse = self.village.persons.get(start + 1).filter(|person| person.kin == Kin::Spouse);
            for parent in [Some(head), spouse].into_iter().flatten() {
                if parent.female { mother.clone_from(&parent.name) } else { father.clone_from(&parent.name) }
            }
            let widowed = head.marital == Marital::Widowed;
            fatherless |= widowed && head.female;
            motherless |= widowed && !head.female;
        }
        if mother.is_empty() {
            mother = namer.name(habit, true, birth.year - 25, &marga, &mut self.dice);
        }
        if father.is_empty() {
            father = namer.name(habit, false, birth.year - 28, &marga, &mut self.dice);
        }
        let mut name = namer.name(habit, soul.female, birth.year, &marga, &mut self.dice);
        if let Some(twin) = twin {
            name = twin_name(&self.village.persons[twin], &name);
        }
        let born_here = self.dice.chance(0.84);
        let region = self.region(born_here, birth);
        let stated = if self.dice.chance(0.012) { Date { day: self.dice.range(1, 28) as u8, ..birth } } else { birth };
        let hash = self.dice.word();
        let place = &self.world.places.villages[self.at];
        let own_region = Some(region) == place.code[..6].parse().ok();
        let nik = self.registrar.nik(region, own_region, stated, soul.female, place, hash);
        let birth_place = if born_here { self.home_kab } else { self.dice.below(self.world.places.kabkota_names.len()) as u16 };
        let died = if soul.dead > 0 { 2025 - soul.dead } else { 0 };
        let habit_word = mix(self.dice.word());
        Person {
            name,
            female: soul.female,
            birth,
            birth_place,
            nik,
            mother,
            father,
            family,
            kin: soul.kin,
            marital: soul.marital,
            died,
            fatherless,
            motherless,
            habit: habit_word,
            ..Person::default()
        }
    }

    fn region(&mut self, born_here: bool, birth: Date) -> u32 {
        let own: u32 = self.place[..6].parse().unwrap_or(110_101);
        let all = &self.world.places.kecamatan;
        let region = if born_here {
            own
        } else if self.dice.chance(0.75) {
            let low = all.partition_point(|code| *code < own / 10_000 * 10_000);
            let high = all.partition_point(|code| *code < (own / 10_000 + 1) * 10_000);
            self.dice.pick(&all[low..high])
        } else {
            self.dice.pick(all)
        };
        if birth.year < 2022 && self.dice.chance(0.8) { code_before_2022(region) } else { region }
    }

    /// A birth date for the age, ten months or more after the sibling before; or the sibling's own, and the sibling.
    fn birth(&mut self, soul: &Soul, start: usize) -> (Date, Option<usize>) {
        let days = REFERENCE.days() - (f64::from(soul.age) * 365.2425) as i32 - 1 - self.dice.below(364) as i32;
        let last = self.village.persons.len().checked_sub(1).filter(|last| *last >= start);
        if soul.kin == Kin::Child
            && let Some(last) = last.filter(|last| self.village.persons[*last].kin == Kin::Child)
        {
            let before = self.village.persons[last].birth.days();
            if days < before + 290 {
                let next = before + 290 + self.dice.below(90) as i32;
                if next >= REFERENCE.days() || self.dice.chance(0.1) {
                    return (self.village.persons[last].birth, Some(last));
                }
                return (Date::from_days(next), None);
            }
        }
        (Date::from_days(days), None)
    }
}

/// Twins are named alike: the first word differs, the rest is shared (`HASAN`/`HUSEN` style pairs come of this too).
fn twin_name(twin: &Person, fresh: &str) -> String {
    let first = fresh.split(' ').next().unwrap_or(fresh);
    match twin.name.split_once(' ') {
        Some((other, rest)) if other != first => format!("{first} {rest}"),
        _ => fresh.to_owned(),
    }
}
