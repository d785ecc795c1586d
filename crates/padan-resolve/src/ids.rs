//! Ids of persons and families.
//!
//! An id is a hash of the anchor record's source and row, so it carries nothing of the person: a hash of a NIK would be undone by
//! trying all NIKs. How its sixty-five bits are written is the vocabulary's (`EntityId`).

use padan_model::{EntityId, EntityKind};

/// The id of the entity whose first record is `row` of `source`.
pub(crate) fn id(kind: EntityKind, source: &str, row: i64) -> EntityId {
    // FNV-1a (Fowler, Noll & Vo) over 128 bits: fixed for ever, and far from a collision at 10⁹ ids in 65 bits only in the low part,
    // hence the fold of both halves.
    let mut state: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let bytes = source.bytes().chain([0]).chain(row.to_le_bytes());
    for byte in bytes {
        state ^= u128::from(byte);
        state = state.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    EntityId::of_bits(kind, state ^ state >> 61)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_fixed_and_apart() {
        // As every table published so far has it.
        assert_eq!(id(EntityKind::Person, "pbi", 1).as_str(), "PP2H6FBZKN821N");
        assert_eq!(id(EntityKind::Family, "pbi", 1).as_str()[1..], id(EntityKind::Person, "pbi", 1).as_str()[1..]);
        let ids: BTreeSet<EntityId> = (0..200_000).map(|row| id(EntityKind::Person, "dtsen-anggota", row)).collect();
        assert_eq!(ids.len(), 200_000);
    }
}
