//! Persons to families.
//!
//! A registered person's family is the registry's: the group of its registry row. Others join the family of the registry that has
//! their No KK, else the one that most members of their own list's family are in, else a family of their own list; a person with
//! nothing to go by is a family of one. An old No KK on an old list never splits a family of the registry.

use std::collections::BTreeMap;

use padan_model::Role;

use crate::resolve::{ListedRow, Rows};

/// The families found.
pub(crate) struct Found {
    /// Row that anchors each family's id.
    pub(crate) anchors: Vec<u32>,
    /// Family of each person.
    pub(crate) of_person: Vec<u32>,
    /// Family of each row.
    pub(crate) of_row: Vec<Option<u32>>,
}

/// What may name a family, in order of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    NoKk(u64),
    Group { source: u16, group: u32 },
    Person(u32),
    Row(u32),
}

#[derive(Default)]
struct Book {
    by_key: BTreeMap<Key, u32>,
    anchors: Vec<u32>,
}

impl Book {
    fn family(&mut self, key: Key, row: u32) -> u32 {
        let anchors = &mut self.anchors;
        *self.by_key.entry(key).or_insert_with(|| {
            anchors.push(row);
            anchors.len() as u32 - 1
        })
    }
}

pub(crate) fn families(rows: &Rows<'_>, person_of: &[Option<u32>], n_persons: usize, in_registry: &[bool]) -> Found {
    let mut book = Book::default();
    let mut of_person: Vec<Option<u32>> = vec![None; n_persons];
    let own_key = |row: usize| match rows.get(row) {
        ListedRow { no_kk: no_kk @ 1.., .. } => Some(Key::NoKk(no_kk)),
        ListedRow { group, .. } if group != u32::MAX => Some(Key::Group { source: rows.origin(row), group }),
        _ => None,
    };
    // Registered persons, by their first registry row.
    for row in (0..rows.len()).filter(|row| rows.role(*row) == Role::Registry) {
        if let Some(person) = person_of[row].filter(|person| of_person[*person as usize].is_none()) {
            let key = own_key(row).unwrap_or(Key::Person(person));
            of_person[person as usize] = Some(book.family(key, row as u32));
        }
    }
    let votes = votes(rows, person_of, &of_person);
    // The others, by their rows in order.
    for (row, person) in person_of.iter().enumerate() {
        let Some(person) = person.filter(|person| !in_registry[*person as usize] && of_person[*person as usize].is_none()) else {
            continue;
        };
        let listed = rows.get(row);
        let known = (listed.no_kk > 0).then(|| book.by_key.get(&Key::NoKk(listed.no_kk)).copied()).flatten();
        let voted = || votes.of(rows.origin(row), listed.group);
        let family = known.or_else(voted).unwrap_or_else(|| book.family(own_key(row).unwrap_or(Key::Person(person)), row as u32));
        of_person[person as usize] = Some(family);
    }
    let of_row = (0..rows.len())
        .map(|row| {
            Some(match person_of[row] {
                Some(person) => of_person[person as usize].unwrap_or_else(|| book.family(Key::Person(person), row as u32)),
                None => book.family(own_key(row).unwrap_or(Key::Row(row as u32)), row as u32),
            })
        })
        .collect();
    let of_person = of_person
        .into_iter()
        .enumerate()
        .map(|(person, family)| family.unwrap_or_else(|| book.family(Key::Person(person as u32), 0)))
        .collect();
    Found { anchors: book.anchors, of_person, of_row }
}

/// By a list's own family: the family of the registry that most of its members are in, ties to the earlier one.
struct Votes(Vec<(u16, u32, u32)>);

impl Votes {
    fn of(&self, source: u16, group: u32) -> Option<u32> {
        let at = self.0.binary_search_by_key(&(source, group), |(source, group, _)| (*source, *group)).ok()?;
        Some(self.0[at].2)
    }
}

fn votes(rows: &Rows<'_>, person_of: &[Option<u32>], of_person: &[Option<u32>]) -> Votes {
    let vote = |row: usize| {
        let group = rows.get(row).group;
        let family = person_of[row].and_then(|person| of_person[person as usize]).filter(|_| group != u32::MAX)?;
        Some((rows.origin(row), group, family))
    };
    let mut cast: Vec<(u16, u32, u32)> = (0..rows.len()).filter_map(vote).collect();
    cast.sort_unstable();
    let mut won: Vec<(u16, u32, u32)> = Vec::new();
    for of_group in cast.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let families = of_group.chunk_by(|a, b| a.2 == b.2);
        let most = families.max_by(|a, b| a.len().cmp(&b.len()).then(b[0].2.cmp(&a[0].2)));
        won.extend(most.map(|votes| votes[0]));
    }
    Votes(won)
}
