//! The record whose street, RT and RW are the person's: the best source that has an address in the chosen region.
//!
//! Street, RT and RW come from one record: an RT of one village under a street of another leads nobody to the door.

use crate::records::{Record, RecordRef};

pub(super) fn choose(records: &[Record<'_, '_>], region: Option<&str>) -> Option<RecordRef> {
    let has_address = |record: &&Record| {
        record.text(|columns| columns.alamat_standar).is_some()
            || record.small(|columns| columns.rt).is_some()
            || record.small(|columns| columns.rw).is_some()
    };
    let in_region = |record: &&Record| match (record.text(|columns| columns.kode_wilayah), region) {
        (Some(own), Some(chosen)) => chosen.starts_with(own) || own.starts_with(chosen),
        _ => true,
    };
    records.iter().filter(has_address).find(in_region).map(|record| record.at)
}
