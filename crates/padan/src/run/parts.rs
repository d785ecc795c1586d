//! The run divided by families, so that a part of it is reconciled in memory.
//!
//! A part is a range of family indices. Families are numbered as the registry lists them, so that most rows of a registry in regional
//! order come to their part in long runs. Where the parts end changes no table: `padan-reconcile` gives the same rows for any division.

use std::ops::Range;

use padan_resolve::{Assignment, Resolution};

use crate::failure::Bug;

/// Rows of a part: about 100 MB with what is made of them, and small enough for every thread to hold one.
pub(super) const PART_ROWS: u64 = 250_000;
/// The most parts: each is a file being written, and later a stream of every merge.
pub(super) const MOST_PARTS: u64 = 256;

/// Which families stand in which part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// First family of each part, then the number of families.
    starts: Vec<u32>,
}

impl Parts {
    /// Divides the families into parts of about `PART_ROWS` rows, or more where there would be too many parts.
    pub(super) fn new(resolution: &Resolution) -> Result<Self, Bug> {
        let mut rows = vec![0_u32; resolution.family_ids.len()];
        for assignment in &resolution.assignments {
            for row in 0..assignment.person.len() {
                if let Some(rows) = rows.get_mut(family_of(resolution, assignment, row)? as usize) {
                    *rows += 1;
                }
            }
        }
        Ok(Self::of(&rows, PART_ROWS))
    }

    fn of(rows: &[u32], part_rows: u64) -> Self {
        let total: u64 = rows.iter().map(|rows| u64::from(*rows)).sum();
        let part_rows = part_rows.max(total.div_ceil(MOST_PARTS - 1));
        let (mut starts, mut held) = (vec![0], 0);
        for (family, rows) in rows.iter().enumerate() {
            if held >= part_rows {
                starts.push(family as u32);
                held = 0;
            }
            held += u64::from(*rows);
        }
        starts.push(rows.len() as u32);
        Self { starts }
    }

    /// How many parts there are; at least one.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The families of a part.
    pub(super) fn families(&self, part: usize) -> Range<u32> {
        self.starts[part]..self.starts[part + 1]
    }

    /// The part of a family.
    pub(super) fn of_family(&self, family: u32) -> usize {
        self.starts.partition_point(|start| *start <= family).saturating_sub(1).min(self.len() - 1)
    }
}

/// The family that decides a row's part: the person's, else the one that the row describes.
pub(super) fn family_of(resolution: &Resolution, assignment: &Assignment, row: usize) -> Result<u32, Bug> {
    let family = match assignment.person[row] {
        Some(person) => resolution.person_family.get(person as usize).copied().flatten(),
        None => assignment.family[row],
    };
    family.ok_or_else(|| Bug("a record without a family".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_stands_in_one_part() {
        let parts = Parts::of(&[3, 4, 0, 9, 1, 1, 5], 7);
        let ranges: Vec<Range<u32>> = (0..parts.len()).map(|part| parts.families(part)).collect();
        assert_eq!(ranges, [0..2, 2..4, 4..7]);
        for (part, families) in ranges.into_iter().enumerate() {
            families.for_each(|family| assert_eq!(parts.of_family(family), part));
        }
        assert_eq!(Parts::of(&[], 7).len(), 1);
        assert_eq!(Parts::of(&vec![1; 10_000], 1).len(), MOST_PARTS as usize - 6, "40 rows a part, not one");
    }
}
