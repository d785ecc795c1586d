//! The desil a person's own rows state: the best source's. The registry's family table, which knows better, is the family's to ask
//! (`families`), and goes before this one.

use super::{Chosen, Rule};
use crate::records::Record;

pub(super) fn choose(records: &[Record<'_, '_>]) -> Option<Chosen<i8>> {
    records.iter().find_map(|record| {
        record.digit(|columns| columns.desil).map(|value| Chosen { value, from: record.at, rule: Rule::PrioritasSumber })
    })
}
