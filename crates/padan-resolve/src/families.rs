//! Persons to families.
//!
//! A registered person's family is the registry's: the group of its registry row. Others join the family of the registry that has
//! their No KK, else the one that most members of their own list's family are in, else a family of their own list; a person with
//! nothing to go by is a family of one. An old No KK on an old list never splits a family of the registry.

use std::collections::BTreeMap;

use padan_model::Role;

use crate::resolve::{Listed, ListedRow};

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
    Group { source: u32, group: u32 },
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

pub(crate) fn families(
    sources: &[Listed<'_>],
    origin: &[u32],
    rows: &[ListedRow],
    person_of: &[Option<u32>],
    n_persons: usize,
    in_registry: &[bool],
) -> Found {
    let mut book = Book::default();
    let mut of_person: Vec<Option<u32>> = vec![None; n_persons];
    let own_key = |row: usize| match rows[row] {
        ListedRow { no_kk: 1.., .. } => Some(Key::NoKk(rows[row].no_kk)),
        ListedRow { group, .. } if group != u32::MAX => Some(Key::Group { source: origin[row], group }),
        _ => None,
    };
    let role = |row: usize| sources[origin[row] as usize].role;
    // Registered persons, by their first registry row.
    for row in (0..rows.len()).filter(|row| role(*row) == Role::Registry) {
        if let Some(person) = person_of[row].filter(|person| of_person[*person as usize].is_none()) {
            let key = own_key(row).unwrap_or(Key::Person(person));
            of_person[person as usize] = Some(book.family(key, row as u32));
        }
    }
    let votes = votes(origin, rows, person_of, &of_person);
    // The others, by their rows in order.
    for row in 0..rows.len() {
        let Some(person) = person_of[row].filter(|person| !in_registry[*person as usize] && of_person[*person as usize].is_none()) else {
            continue;
        };
        let known = (rows[row].no_kk > 0).then(|| book.by_key.get(&Key::NoKk(rows[row].no_kk)).copied()).flatten();
        let voted = || votes.get(&(origin[row], rows[row].group)).copied();
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
fn votes(origin: &[u32], rows: &[ListedRow], person_of: &[Option<u32>], of_person: &[Option<u32>]) -> BTreeMap<(u32, u32), u32> {
    let mut counts: BTreeMap<(u32, u32), BTreeMap<u32, u32>> = BTreeMap::new();
    for (row, listed) in rows.iter().enumerate().filter(|(_, listed)| listed.group != u32::MAX) {
        if let Some(family) = person_of[row].and_then(|person| of_person[person as usize]) {
            *counts.entry((origin[row], listed.group)).or_default().entry(family).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .filter_map(|(group, families)| {
            families.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(family, _)| (group, family))
        })
        .collect()
}
