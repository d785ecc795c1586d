//! Rows to persons.
//!
//! The rows of one person are those that the decision joined; its first row, registry first, anchors its id. Rows of a family table
//! (dtsen-keluarga) name nobody and get a family alone.

use padan_model::{EntityId, EntityKind, LinkMethod, Role};
use thiserror::Error;

use crate::families::families;
use crate::ids::id;

/// What resolving needs of one row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListedRow {
    /// A valid No KK as a number; 0 where there is none.
    pub no_kk: u64,
    /// The published 1-based row.
    pub row: u32,
    /// The source's own family: an index that only rows of one source share; `u32::MAX` where there is none.
    pub group: u32,
}

/// One source's rows, in the order of all rows.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// The source's id.
    pub source: &'a str,
    /// What the source is to the run.
    pub role: Role,
    /// Its rows.
    pub rows: &'a [ListedRow],
}

/// All rows, by their place over all sources.
pub(crate) struct Rows<'a> {
    sources: &'a [Listed<'a>],
    /// Index of each source's first row.
    starts: Vec<usize>,
    /// By row: its source.
    origin: Vec<u16>,
}

impl<'a> Rows<'a> {
    fn new(sources: &'a [Listed<'a>]) -> Self {
        let (mut starts, mut origin) = (Vec::new(), Vec::new());
        for (at, source) in sources.iter().enumerate() {
            starts.push(origin.len());
            origin.extend(std::iter::repeat_n(at as u16, source.rows.len()));
        }
        Self { sources, starts, origin }
    }

    pub(crate) fn len(&self) -> usize {
        self.origin.len()
    }

    /// Index of the row's source.
    pub(crate) fn origin(&self, row: usize) -> u16 {
        self.origin[row]
    }

    pub(crate) fn role(&self, row: usize) -> Role {
        self.sources[usize::from(self.origin[row])].role
    }

    pub(crate) fn get(&self, row: usize) -> ListedRow {
        let source = usize::from(self.origin[row]);
        self.sources[source].rows[row - self.starts[source]]
    }

    fn source(&self, row: usize) -> &'a str {
        self.sources[usize::from(self.origin[row])].source
    }
}

/// What the linkage decided, by row over all sources in order.
#[derive(Debug, Clone, Default)]
pub struct Decision {
    /// The smallest row that is the same person.
    pub entity: Vec<u32>,
    /// How the row came to its person.
    pub method: Vec<LinkMethod>,
    /// Probability of that.
    pub probability: Vec<f64>,
}

/// One source's outcome, aligned with its rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assignment {
    /// Index into `Resolution::person_ids`; `None` only for rows of a family table.
    pub person: Vec<Option<u32>>,
    /// Index into `Resolution::family_ids`.
    pub family: Vec<Option<u32>>,
    /// How the row came to its person.
    pub method: Vec<LinkMethod>,
    /// Probability of that.
    pub probability: Vec<f64>,
    /// Whether the person has a row in the registry.
    pub in_registry: Vec<bool>,
}

/// Persons and families of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resolution {
    /// Ids of the persons, by index.
    pub person_ids: Vec<EntityId>,
    /// Ids of the families, by index.
    pub family_ids: Vec<EntityId>,
    /// Family of each person.
    pub person_family: Vec<Option<u32>>,
    /// By source.
    pub assignments: Vec<Assignment>,
}

/// A decision that does not fit the rows: a bug of the caller.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResolveError {
    /// Lists of different lengths.
    #[error("decided {decided} rows of {rows}")]
    Length {
        /// Rows decided.
        decided: usize,
        /// Rows there are.
        rows: usize,
    },
    /// An entity that is not the smallest of its rows, or no row at all.
    #[error("row {row} is joined to row {entity}, which is not the first of its person")]
    Entity {
        /// The row.
        row: usize,
        /// Its entity.
        entity: u32,
    },
}

/// Persons and families from the decision. Every row of every source is assigned; none is lost or doubled.
///
/// # Errors
/// A decision that does not fit the rows.
pub fn resolve(sources: &[Listed<'_>], decision: &Decision) -> Result<Resolution, ResolveError> {
    let rows: usize = sources.iter().map(|source| source.rows.len()).sum();
    for decided in [decision.entity.len(), decision.method.len(), decision.probability.len()] {
        if decided != rows {
            return Err(ResolveError::Length { decided, rows });
        }
    }
    let wrong =
        decision.entity.iter().enumerate().find(|(row, entity)| **entity as usize > *row || decision.entity[**entity as usize] != **entity);
    if let Some((row, entity)) = wrong {
        return Err(ResolveError::Entity { row, entity: *entity });
    }
    let rows_of = Rows::new(sources);
    let names_people = |row: usize| rows_of.role(row) != Role::RegistryFamily;

    let mut person_of: Vec<Option<u32>> = vec![None; rows];
    let mut persons: Vec<u32> = Vec::new();
    for row in (0..rows).filter(|row| names_people(*row)) {
        let entity = decision.entity[row] as usize;
        if entity == row {
            person_of[row] = Some(persons.len() as u32);
            persons.push(row as u32);
        } else {
            person_of[row] = person_of[entity];
        }
    }
    let mut in_registry = vec![false; persons.len()];
    for (row, person) in person_of.iter().enumerate() {
        if let Some(person) = person.filter(|_| rows_of.role(row) == Role::Registry) {
            in_registry[person as usize] = true;
        }
    }
    let found = families(&rows_of, &person_of, persons.len(), &in_registry);
    let name = |kind: EntityKind, row: u32| id(kind, rows_of.source(row as usize), i64::from(rows_of.get(row as usize).row));
    let mut assignments = Vec::with_capacity(sources.len());
    let mut start = 0;
    for source in sources {
        let range = start..start + source.rows.len();
        start = range.end;
        assignments.push(Assignment {
            person: person_of[range.clone()].to_vec(),
            family: found.of_row[range.clone()].to_vec(),
            method: decision.method[range.clone()].to_vec(),
            probability: decision.probability[range.clone()].to_vec(),
            in_registry: person_of[range].iter().map(|person| person.is_some_and(|person| in_registry[person as usize])).collect(),
        });
    }
    Ok(Resolution {
        person_ids: persons.iter().map(|row| name(EntityKind::Person, *row)).collect(),
        family_ids: found.anchors.iter().map(|row| name(EntityKind::Family, *row)).collect(),
        person_family: found.of_person.into_iter().map(Some).collect(),
        assignments,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(row: u32, no_kk: u64, group: u32) -> ListedRow {
        ListedRow { no_kk, row, group }
    }

    const NONE: u32 = u32::MAX;

    fn decided(entity: &[u32]) -> Decision {
        Decision { entity: entity.to_vec(), method: vec![LinkMethod::Model; entity.len()], probability: vec![1.0; entity.len()] }
    }

    #[test]
    fn rows_become_persons_and_families() {
        let family_table = [row(1, 11, NONE), row(2, 99, NONE)];
        let registry = [row(1, 11, 1), row(2, 11, 1), row(3, 12, 2)];
        let list = [row(1, 77, 5), row(2, 77, 5), row(3, 0, NONE)];
        let sources = [
            Listed { source: "dtsen-anggota", role: Role::Registry, rows: &registry },
            Listed { source: "dtsen-keluarga", role: Role::RegistryFamily, rows: &family_table },
            Listed { source: "pbi", role: Role::Programme, rows: &list },
        ];
        // List row 1 is registry row 2; list row 2 is in no registry but stands in the same family of the list; row 3 is alone.
        let resolution = resolve(&sources, &decided(&[0, 1, 2, 3, 4, 1, 6, 7])).expect("fits");
        assert_eq!(resolution.person_ids.len(), 5);
        let [registry, families, list] = &resolution.assignments[..] else { panic!("three sources") };
        assert_eq!(registry.person, [Some(0), Some(1), Some(2)]);
        assert_eq!(families.person, [None, None]);
        assert_eq!(list.person, [Some(1), Some(3), Some(4)]);
        assert_eq!(list.in_registry, [true, false, false]);
        assert_eq!(families.family[0], registry.family[0], "the family table's row describes the registry's family");
        assert_eq!(list.family[1], registry.family[1], "the unregistered member joins the family of the registered one");
        assert_ne!(list.family[2], registry.family[2]);
        assert_ne!(families.family[1], registry.family[2]);
        assert!(resolution.assignments.iter().all(|assignment| assignment.family.iter().all(Option::is_some)));
    }

    #[test]
    fn a_decision_must_fit() {
        let rows = [row(1, 0, NONE), row(2, 0, NONE)];
        let sources = [Listed { source: "pbi", role: Role::Programme, rows: &rows }];
        assert_eq!(resolve(&sources, &decided(&[0])), Err(ResolveError::Length { decided: 1, rows: 2 }));
        assert_eq!(resolve(&sources, &decided(&[1, 1])), Err(ResolveError::Entity { row: 0, entity: 1 }));
    }
}
