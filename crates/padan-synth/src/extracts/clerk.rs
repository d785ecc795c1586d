//! The clerk who types one list in one village: knows the list's year and its mistakes, and has dice of its own.
//!
//! Each list is typed apart from every other, so mistakes are independent between lists; a person's spelling habits and a list's age
//! are what lists share. Cells are asked for in the layout's order.

use std::borrow::Cow;

use padan_reference::name_lists;

use super::Extract;
use super::words::{kin_code, kin_word};
use crate::date::{Date, REFERENCE};
use crate::dice::{Dice, mix};
use crate::faults::ListFaults;
use crate::mistakes::{self, Bearer, Line, LineBreaker, Miswritten, RegionStyle};
use crate::places::Place;
use crate::population::{Family, Household, Kin, Person, Village, World};
use crate::programme::draw;
use crate::rows::Rows;

/// Where and on which card a list has someone.
#[derive(Debug, Clone)]
pub(super) struct Home<'a> {
    pub(super) place: &'a Place,
    pub(super) house: Cow<'a, Household>,
    pub(super) kk: u64,
}

/// Types one list.
#[derive(Debug)]
pub(super) struct Clerk<'a> {
    pub(super) extract: Extract,
    pub(super) village: &'a Village,
    pub(super) world: &'a World,
    pub(super) faults: &'a ListFaults,
    pub(super) year: u16,
    pub(super) dice: Dice,
    pub(super) rows: Rows,
    text: String,
}

impl<'a> Clerk<'a> {
    pub(super) fn new(extract: Extract, village: &'a Village, world: &'a World, mut rows: Rows) -> Self {
        let faults = world.faults.of(extract);
        rows.break_lines(LineBreaker::new(faults.line, Dice::new(world.seed, village.at as u64, 200 + extract as u64)));
        Self {
            extract,
            village,
            world,
            faults,
            year: faults.vintage,
            dice: Dice::new(world.seed, village.at as u64, 100 + extract as u64),
            rows,
            text: String::with_capacity(160),
        }
    }

    pub(super) fn person(&self, person: usize) -> &'a Person {
        &self.village.persons[person]
    }

    /// The day as of which the list states ages.
    pub(super) fn today(&self) -> Date {
        if self.year >= 2025 { REFERENCE } else { Date { year: self.year as i16, month: 6, day: 30 } }
    }

    pub(super) fn age(&self, person: usize) -> i32 {
        self.person(person).birth.age_at(self.today())
    }

    /// A draw that decides whether this person (or family, by its card) is on this list.
    pub(super) fn draw(&self, family: &Family, own: u64, together: f64) -> f64 {
        draw(family, own, 1000 + self.extract as u64, together)
    }

    /// Whether the person can be on the list at all: born by then, and living or still kept on it.
    pub(super) fn listable(&self, person: usize) -> bool {
        let person = self.person(person);
        if person.birth.year > self.year as i16 {
            return false;
        }
        person.died == 0 || person.died > self.year || Dice::new(person.habit, self.extract as u64, 79).chance(self.faults.dead_kept)
    }

    /// The persons chosen, family by family in an order of the list's own, with duplicates somewhere among them.
    pub(super) fn persons(&mut self, mut on_list: impl FnMut(&Self, usize) -> bool) -> Vec<usize> {
        let list = mix(self.world.seed ^ (self.extract as u64) << 32 ^ self.village.at as u64);
        let mut order: Vec<(u64, u32, u32)> = Vec::with_capacity(self.village.persons.len());
        for person in 0..self.village.persons.len() {
            if !self.listable(person) || !on_list(self, person) {
                continue;
            }
            let family = self.village.family_in(person, self.year) as u64;
            let member = order.len() as u32;
            order.push((mix(list ^ mix(family)), member, person as u32));
            if self.dice.chance(self.faults.duplicate) {
                order.push((self.dice.word(), member, person as u32));
            }
        }
        order.sort_unstable();
        order.into_iter().map(|(_, _, person)| person as usize).collect()
    }

    /// The families chosen, in an order of the list's own, with duplicates somewhere among them.
    pub(super) fn families(&mut self, mut on_list: impl FnMut(&Self, usize) -> bool) -> Vec<usize> {
        let list = mix(self.world.seed ^ (self.extract as u64) << 32 ^ self.village.at as u64);
        let mut order: Vec<(u64, u32)> = Vec::new();
        for family in 0..self.village.families.len() {
            if !on_list(self, family) {
                continue;
            }
            order.push((mix(list ^ mix(family as u64)), family as u32));
            if self.dice.chance(self.faults.duplicate) {
                order.push((self.dice.word(), family as u32));
            }
        }
        order.sort_unstable();
        order.into_iter().map(|(_, family)| family as usize).collect()
    }

    /// Whose name a family's list bears: the wife or mother `mother` of the time, else the head; `None` where nobody lived.
    pub(super) fn recipient(&self, family: usize, mother: f64) -> Option<usize> {
        let members = self.village.families[family].members();
        let there = |person: &usize| self.person(*person).split <= self.year && self.listable(*person) && self.age(*person) >= 15;
        let carer = members
            .clone()
            .filter(there)
            .find(|person| self.person(*person).female && matches!(self.person(*person).kin, Kin::Head | Kin::Spouse));
        let take_carer = Dice::new(self.village.families[family].kk, self.extract as u64, 80).chance(mother);
        carer.filter(|_| take_carer).or_else(|| members.clone().find(there)).or(carer)
    }

    /// Where the list has the person.
    pub(super) fn home(&mut self, person: usize) -> Home<'a> {
        let someone = self.person(person);
        let family = &self.village.families[self.village.family_in(person, self.year)];
        let mut dice = Dice::new(family.kk, self.extract as u64, 81);
        let moved_later = someone.moved > self.year;
        let moved_lately = someone.moved > 0 && someone.moved + 6 > self.year;
        if moved_later || moved_lately && dice.chance(self.faults.place.old_address) {
            let place = &self.world.places.villages[someone.origin as usize];
            // Those who moved together lived together; who married in lived with parents.
            let alone = someone.kin == Kin::Spouse;
            let key = if alone { someone.habit } else { family.kk };
            let kk = if alone || family.old_kk == 0 { old_card(place, key) } else { family.old_kk };
            return Home { place, house: Cow::Owned(old_house(key)), kk };
        }
        let replaced_later = family.kk_year > self.year;
        let kk = if replaced_later || family.old_kk > 0 && dice.chance(self.faults.kk_old) { family.old_kk } else { family.kk };
        let house = &self.village.households[family.household as usize];
        Home { place: &self.world.places.villages[self.village.at], house: Cow::Borrowed(house), kk }
    }

    /// Hands out the scratch text, cleared; give it back with `put`.
    pub(super) fn take(&mut self) -> String {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        text
    }

    /// Appends the text as a cell and keeps its room for the next.
    pub(super) fn put(&mut self, text: String) {
        if text.is_empty() {
            self.rows.blank();
        } else {
            self.rows.text(&text);
        }
        self.text = text;
    }

    fn written_name(&mut self, person: usize, text: &mut String) {
        let someone = self.person(person);
        let age = self.age(person);
        let bearer = Bearer {
            name: &someone.name,
            father: &someone.father,
            female: someone.female,
            adult: age >= 40,
            learned: someone.attained >= 4 && age >= 22,
            habit: someone.habit,
        };
        mistakes::miswrite_name(text, &bearer, &self.faults.name, &self.world.spellings, &mut self.dice);
    }

    pub(super) fn name(&mut self, person: usize) {
        let mut text = self.take();
        self.written_name(person, &mut text);
        self.put(text);
    }

    /// The name with capitals at the start of words only.
    pub(super) fn title_name(&mut self, person: usize) {
        let mut upper = String::with_capacity(40);
        self.written_name(person, &mut upper);
        let mut text = self.take();
        mistakes::place_title_case(&mut text, &upper);
        self.put(text);
    }

    /// The mother's or father's name, of which only the text is known.
    pub(super) fn parent_name(&mut self, name: &str, title: bool) {
        let draw = self.dice.unit();
        let mut text = self.take();
        if draw < self.faults.mother_blank {
            self.put(text);
            return;
        }
        if draw < self.faults.mother_blank + self.faults.mother_other {
            text.push_str(self.dice.pick(&["SITI", "IBU", "SUMIATI", "AMINAH", "NUR", "MAK IYEM", "ROHANI", "MARIA"]));
        } else {
            let bearer = Bearer { name, father: "", female: true, adult: true, learned: false, habit: name.len() as u64 };
            mistakes::miswrite_name(&mut text, &bearer, &self.faults.name, &self.world.spellings, &mut self.dice);
        }
        if title {
            let upper = std::mem::take(&mut text);
            mistakes::place_title_case(&mut text, &upper);
        }
        self.put(text);
    }

    pub(super) fn nik(&mut self, person: usize) {
        let (village, year, nik) = (self.village, self.year, self.person(person).nik);
        let head = || village.persons[village.head_in(village.family_in(person, year), year).unwrap_or(person)].nik;
        let other = self.dice.below(village.persons.len());
        let other = || village.persons[other].nik;
        let workbook = matches!(self.extract.dialect(), crate::rows::Dialect::Sheet);
        let mut text = self.take();
        match mistakes::miswrite_nik(&mut text, nik, head, other, workbook, &self.faults.nik, &mut self.dice) {
            Miswritten::Text => {
                self.put(text);
                return;
            }
            Miswritten::Right => self.rows.padded(nik, 16),
            Miswritten::Number(value) => self.rows.number(value as i64),
        }
        self.text = text;
    }

    pub(super) fn kk(&mut self, home: &Home) {
        let draw = self.dice.unit();
        if draw < self.faults.kk_blank {
            self.rows.blank();
        } else if draw < self.faults.kk_blank + self.faults.kk_digit {
            let wrong = mistakes::wrong_digit(home.kk, &mut self.dice);
            self.rows.code(wrong as i64);
        } else {
            self.rows.code(home.kk as i64);
        }
    }

    fn written_birth(&mut self, person: usize) -> Option<Date> {
        mistakes::miswrite_birth(self.person(person).birth, &self.faults.birth, &mut self.dice)
    }

    /// `1999-12-31`.
    pub(super) fn birth_iso(&mut self, person: usize) {
        let date = self.written_birth(person);
        self.rows.iso(date);
    }

    /// `31-12-1999` with any separator.
    pub(super) fn birth_dmy(&mut self, person: usize, separator: u8) {
        let date = self.written_birth(person);
        self.rows.dmy(date, separator);
    }

    /// A real date cell.
    pub(super) fn birth_cell(&mut self, person: usize) {
        let date = self.written_birth(person);
        self.rows.day(date);
    }

    pub(super) fn birth_place(&mut self, person: usize) {
        let world = self.world;
        self.rows.text(&world.places.kabkota_names[usize::from(self.person(person).birth_place)]);
    }

    /// One word for men and one for women.
    pub(super) fn sex(&mut self, person: usize, male: &str, female: &str) {
        let is_female = self.person(person).female != self.dice.chance(self.faults.sex_wrong);
        self.rows.word(if is_female { female } else { male });
    }

    /// Kinship as a list of this year has it: who married later was a child then.
    pub(super) fn kin_in(&mut self, person: usize) -> Kin {
        let someone = self.person(person);
        if self.dice.chance(self.faults.kinship_wrong) {
            return [Kin::Child, Kin::Other, Kin::Grandchild][self.dice.below(3)];
        }
        if someone.split > self.year { Kin::Child } else { someone.kin }
    }

    pub(super) fn kin_code(&mut self, person: usize) {
        let kin = self.kin_in(person);
        self.rows.code(kin_code(kin));
    }

    pub(super) fn kin_word(&mut self, person: usize) {
        let kin = self.kin_in(person);
        self.rows.word(kin_word(kin, self.person(person).female));
    }

    /// Names of the levels given (2, 4, 6, 10 digits), each a cell.
    pub(super) fn regions(&mut self, home: &Home, levels: &[usize], style: RegionStyle) {
        for level in levels {
            let mut text = self.take();
            mistakes::region(&mut text, home.place, *level, style, &self.faults.place, &mut self.dice);
            self.put(text);
        }
    }

    /// Code and name of each level in pairs, province to village, Kemendagri.
    pub(super) fn pairs(&mut self, home: &Home, style: RegionStyle) {
        for level in [2, 4, 6, 10] {
            self.rows.word(&home.place.code[..level]);
            self.regions(home, &[level], style);
        }
    }

    /// RT and RW in cells of their own, three digits or plain.
    pub(super) fn rt_rw(&mut self, home: &Home) {
        let draw = self.dice.unit();
        let rates = &self.faults.place;
        if draw < rates.rt_rw_blank {
            let zero = self.dice.chance(0.4);
            for _ in 0..2 {
                self.rows.word(if zero { "000" } else { "" });
            }
            return;
        }
        let wrong = draw < rates.rt_rw_blank + rates.rt_rw_wrong;
        let (rt, rw) = if wrong { (self.dice.range(1, 9) as u16, self.dice.range(1, 6) as u16) } else { (home.house.rt, home.house.rw) };
        let width = [3, 3, 3, 1, 2][self.dice.below(5)];
        for value in [rt, rw] {
            self.rows.padded(u64::from(value), width);
        }
    }

    pub(super) fn dusun(&mut self, home: &Home) {
        if home.house.dusun.is_empty() {
            self.rows.blank();
        } else {
            self.rows.text(&home.house.dusun);
        }
    }

    /// An address line holding the parts asked for.
    pub(super) fn address(&mut self, home: &Home, line: Line) {
        let mut text = self.take();
        mistakes::address_line(&mut text, &home.house, home.place, line, &self.faults.place, &mut self.dice);
        self.put(text);
    }

    /// One of two words.
    pub(super) fn flag(&mut self, yes: bool, words: (&str, &str)) {
        self.rows.word(if yes { words.0 } else { words.1 });
    }

    /// A key of the list's own: its letters and the hash of what it names.
    pub(super) fn own_key(&mut self, prefix: &str, of: u64, digits: usize) {
        let number = mix(of ^ (self.extract as u64) << 56) % 10_u64.pow(digits.min(18) as u32);
        if prefix.is_empty() {
            self.rows.padded(number, digits);
            return;
        }
        let mut text = self.take();
        text.push_str(prefix);
        crate::date::push_padded(&mut text, number as i64, digits);
        self.put(text);
    }

    /// Closes a person's row.
    pub(super) fn end(&mut self, person: usize) {
        let family = self.person(person).family;
        self.rows.end(person as u32, family);
    }
}

/// A card of a family that lived in `place` before.
fn old_card(place: &Place, key: u64) -> u64 {
    let word = mix(key ^ 0x4B4B);
    let region: u64 = place.code[..6].parse().unwrap_or(110_101);
    let (day, month, year) = (1 + word % 28, 1 + (word >> 8) % 12, 5 + (word >> 16) % 15);
    ((region * 1_000_000) + day * 10_000 + month * 100 + year) * 10_000 + 1 + (word >> 24) % 60
}

/// A house that a family lived in before.
fn old_house(key: u64) -> Household {
    let mut dice = Dice::new(key, 0, 82);
    let street = if dice.chance(0.5) { dice.pick(&name_lists().streets).to_uppercase() } else { String::new() };
    let dusun = dice.pick(&["KRAJAN", "TENGAH", "SUKAMAJU", "HARAPAN", "BARU"]).to_owned();
    Household { street, number: dice.range(1, 120) as u16, rt: dice.range(1, 8) as u16, rw: dice.range(1, 8) as u16, dusun }
}
