//! What a part of the run adds to the whole: counts that are merged in any order and any division with the same result.

use std::collections::BTreeMap;

use padan_model::Unit;

use crate::StatusCounts;
use crate::integration::Integration;
use crate::rates::ProgrammeTally;

/// The counts of a part, or of parts merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    /// By programme id.
    pub(crate) programmes: BTreeMap<String, ProgrammeTally>,
    pub(crate) integration: Integration,
    pub(crate) verivali: BTreeMap<(Unit, String), i64>,
}

impl Tallies {
    /// Adds the counts of another part.
    pub fn merge(&mut self, other: Self) {
        for (programme, tally) in other.programmes {
            self.programmes.entry(programme).or_default().merge(tally);
        }
        self.integration.merge(other.integration);
        for (reason, count) in other.verivali {
            *self.verivali.entry(reason).or_default() += count;
        }
    }

    /// Units of a programme by their status in coverage; all zero where it is not judged.
    pub fn statuses(&self, programme: &str) -> StatusCounts {
        self.programmes.get(programme).map(|tally| tally.total).unwrap_or_default()
    }

    /// Units that a programme's lists pay.
    pub fn receiving(&self, programme: &str) -> i64 {
        self.programmes.get(programme).map_or(0, |tally| tally.receiving)
    }

    /// Rows of the worklist by unit and reason.
    pub fn verivali(&self) -> impl Iterator<Item = (Unit, &str, i64)> {
        self.verivali.iter().map(|((unit, reason), count)| (*unit, reason.as_str(), *count))
    }
}
