//! The id of a person or family as it is published, in fourteen bytes instead of a text of its own: a run of 20 million persons
//! holds tens of millions of them.
//!
//! What an id is a hash of is the resolver's; here stands how it is written: a letter for what it names, and thirteen digits of
//! Crockford's base 32 (no I, L, O, U), the lowest five bits first.

use std::fmt;

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// A person: `P`.
    Person,
    /// A family: `F`.
    Family,
}

/// A published id of a person or family: 1 to 14 ASCII letters, digits or signs. It carries nothing of the person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityId([u8; EntityId::LENGTH]);

impl EntityId {
    /// The longest id, in bytes.
    pub const LENGTH: usize = 14;

    /// The id that spells the lowest 65 bits of a number.
    pub fn of_bits(kind: EntityKind, bits: u128) -> Self {
        let mut id = [0; Self::LENGTH];
        id[0] = match kind {
            EntityKind::Person => b'P',
            EntityKind::Family => b'F',
        };
        for (place, digit) in id[1..].iter_mut().enumerate() {
            *digit = DIGITS[(bits >> (5 * place) & 31) as usize];
        }
        Self(id)
    }

    /// The id of a text; `None` where it is blank, too long or holds anything but visible ASCII.
    pub fn new(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > Self::LENGTH || !bytes.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        // Zeros fill up the end: below every sign of an id, so that the order of the bytes is that of the texts.
        let mut id = [0; Self::LENGTH];
        id[..bytes.len()].copy_from_slice(bytes);
        Some(Self(id))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let length = if self.0[Self::LENGTH - 1] == 0 { self.0.iter().position(|byte| *byte == 0).unwrap_or(0) } else { Self::LENGTH };
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for EntityId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_spelled_lowest_first() {
        assert_eq!(EntityId::of_bits(EntityKind::Person, 1 | 31 << 5).as_str(), "P1Z00000000000");
        assert_eq!(EntityId::of_bits(EntityKind::Family, 31 << 60).as_str(), "F000000000000Z");
    }

    #[test]
    fn short_visible_ascii_and_the_order_of_the_texts() {
        let id = |text: &str| EntityId::new(text).expect("an id");
        for text in ["P0123456789ABC", "p1", "-"] {
            assert_eq!(id(text).as_str(), text);
        }
        for text in ["", "P0123456789ABCD", "p 1", "é", "a\0"] {
            assert_eq!(EntityId::new(text), None, "{text:?}");
        }
        let mut texts = ["p10", "p1", "P0123456789ABC", "p2"];
        let mut ids = texts.map(id);
        ids.sort_unstable();
        texts.sort_unstable();
        assert_eq!(ids.map(|id| id.to_string()), texts);
    }
}
