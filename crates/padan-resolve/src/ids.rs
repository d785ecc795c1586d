//! Ids of persons and families.
//!
//! An id is a hash of the anchor record's source and row, so it carries nothing of the person: a hash of a NIK would be undone by
//! trying all NIKs. Sixty-five bits in Crockford's base 32 (no I, L, O, U), with a letter for what it names.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 13;

/// The id of the entity whose first record is `row` of `source`; `kind` is `P` for a person, `F` for a family.
pub(crate) fn id(kind: char, source: &str, row: i64) -> String {
    // FNV-1a (Fowler, Noll & Vo) over 128 bits: fixed for ever, and far from a collision at 10⁹ ids in 65 bits only in the low part,
    // hence the fold of both halves.
    let mut state: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let bytes = source.bytes().chain([0]).chain(row.to_le_bytes());
    for byte in bytes {
        state ^= u128::from(byte);
        state = state.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    state ^= state >> 61;
    let mut text = String::with_capacity(LENGTH + 1);
    text.push(kind);
    for _ in 0..LENGTH {
        text.push(char::from(ALPHABET[(state & 31) as usize]));
        state >>= 5;
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_fixed_and_apart() {
        assert_eq!(id('P', "pbi", 1).len(), 14);
        assert_eq!(id('P', "pbi", 1), id('P', "pbi", 1));
        let ids: BTreeSet<String> = (0..200_000).map(|row| id('P', "dtsen-anggota", row)).collect();
        assert_eq!(ids.len(), 200_000);
    }
}
