//! The source of the person's family: the best record that stands in the family resolution gave.

use padan_model::Role;

use super::{Chosen, Rule};
use crate::records::Record;

pub(super) fn choose(records: &[Record<'_, '_>], family: Option<u32>) -> Option<Chosen<u32>> {
    let value = family?;
    let stands = |record: &&Record| record.family() == family;
    let from = records.iter().filter(|record| record.role() == Role::Registry).find(stands).or_else(|| records.iter().find(stands));
    // A family formed from several persons' rows may stand on none of this person's own; its first row is then the witness.
    let record = from.or(records.first())?;
    Some(Chosen { value, from: record.at, rule: Rule::PrioritasSumber })
}
