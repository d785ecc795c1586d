//! A village and its people: what is true, before any office writes it down.
//!
//! A village is made whole and alone from its own streams, so villages can be made in any order and forgotten after use.

mod compose;
mod identifiers;
mod people;
mod welfare;

use crate::date::Date;

pub(crate) use people::{World, build};

/// Kinship to the head of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kin {
    #[default]
    Head,
    Spouse,
    Child,
    ChildInLaw,
    Grandchild,
    Parent,
    Servant,
    Other,
}

/// Marital status, coded as BDT and DTSEN do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Marital {
    #[default]
    Single = 1,
    Married = 2,
    Divorced = 3,
    Widowed = 4,
}

/// What a person does for a living; the number is the BDT code of `lapangan_usaha`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Work {
    #[default]
    None = 0,
    Rice = 1,
    Garden = 2,
    Estate = 3,
    Fishing = 4,
    Livestock = 6,
    Factory = 9,
    Building = 11,
    Trade = 12,
    Transport = 14,
    Teaching = 17,
    Health = 18,
    Office = 19,
}

/// A person.
#[derive(Debug, Clone, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, not a state that an enum could name")]
pub(crate) struct Person {
    /// The name of the civil registry, upper case.
    pub(crate) name: String,
    pub(crate) female: bool,
    pub(crate) birth: Date,
    /// Index into `Places::kabkota_names`.
    pub(crate) birth_place: u16,
    pub(crate) nik: u64,
    pub(crate) mother: String,
    pub(crate) father: String,
    pub(crate) family: u32,
    pub(crate) kin: Kin,
    pub(crate) marital: Marital,
    /// School attended: 0 none, 1 SD, 2 SMP, 3 SMA, 4 university.
    pub(crate) school: u8,
    /// Highest school finished, same numbers.
    pub(crate) attained: u8,
    pub(crate) work: Work,
    pub(crate) asn: bool,
    pub(crate) pension: bool,
    /// 0 none, 1 light, 2 severe.
    pub(crate) disability: u8,
    /// BDT code of the kind, 0 where none.
    pub(crate) disability_kind: u8,
    pub(crate) pregnant: bool,
    pub(crate) fatherless: bool,
    pub(crate) motherless: bool,
    pub(crate) alone: bool,
    /// Year of death, 0 while alive.
    pub(crate) died: u16,
    /// Year of the last move into the village, 0 for never, and the chosen village lived in before.
    pub(crate) moved: u16,
    pub(crate) origin: u32,
    /// Year of marriage out of the parents' family in the village, 0 for none, and that family.
    pub(crate) split: u16,
    pub(crate) parents: u32,
    /// Seeds what is the person's own: spelling habits, earlier address, membership draws.
    pub(crate) habit: u64,
    /// Not in the registry.
    pub(crate) outside: bool,
    /// Bit of `list::Programme`s truly received, and of those truly entitled to.
    pub(crate) receives: u16,
    pub(crate) entitled: u16,
}

impl Person {
    /// Whether the person lived, and lived at all, at the end of a year.
    pub(crate) fn lives_in(&self, year: u16) -> bool {
        self.birth.year <= year as i16 && (self.died == 0 || self.died > year)
    }
}

/// A family: those on one card.
#[derive(Debug, Clone, Default)]
pub(crate) struct Family {
    pub(crate) kk: u64,
    /// The card before, and the year in which it was replaced; 0 for none.
    pub(crate) old_kk: u64,
    pub(crate) kk_year: u16,
    /// Members stand together: `start..end` of the village's persons, the head first. The dead of the family are among them.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) household: u32,
    /// 1 the poorest.
    pub(crate) desil: u8,
    /// Share of the nation that is poorer.
    pub(crate) rank: f64,
    /// The same in 2015.
    pub(crate) rank_2015: f64,
    pub(crate) asn: bool,
    pub(crate) outside: bool,
    pub(crate) receives: u16,
    pub(crate) entitled: u16,
}

impl Family {
    pub(crate) fn members(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A house and those who live in it: one family or several.
#[derive(Debug, Clone, Default)]
pub(crate) struct Household {
    /// Street without its kind; empty where the village has no street names.
    pub(crate) street: String,
    pub(crate) number: u16,
    pub(crate) rt: u16,
    pub(crate) rw: u16,
    pub(crate) dusun: String,
}

/// A village.
#[derive(Debug, Clone, Default)]
pub(crate) struct Village {
    /// Index into `Places::villages`.
    pub(crate) at: usize,
    pub(crate) persons: Vec<Person>,
    pub(crate) families: Vec<Family>,
    pub(crate) households: Vec<Household>,
}

impl Village {
    pub(crate) fn family_of(&self, person: usize) -> &Family {
        &self.families[self.persons[person].family as usize]
    }

    /// The family on whose card the person stood in a year: the parents' before marrying out of it.
    pub(crate) fn family_in(&self, person: usize, year: u16) -> usize {
        let person = &self.persons[person];
        if person.split > year { person.parents as usize } else { person.family as usize }
    }

    /// The living head in a year: the first member who lived then.
    pub(crate) fn head_in(&self, family: usize, year: u16) -> Option<usize> {
        self.families[family].members().find(|person| self.persons[*person].lives_in(year) && self.persons[*person].split <= year)
    }
}
