//! What a pair is told by before anything of it is fetched: the ids of its values, and a word or two that stand beside them.
//!
//! Most candidate pairs are far from one person, and a few instructions show it: two numbers that differ in six digits, two dates without a
//! part in common, two houses of different neighbourhoods. What cannot be told so is left to the comparison itself.

/// A row's value in two words at most. 0 where nothing is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signature(pub(crate) u64);

/// Tells levels of a comparison at a glance.
pub(crate) trait Glimpse: Send + Sync {
    /// Words of 32 bits of a signature: 0 to 2.
    fn words(&self) -> usize;

    /// Of a row with this value, which is not null.
    fn signature(&self, row: u32, value: u32) -> Signature;

    /// The level of two values, neither of them null, with their signatures, where these tell it; as the comparison finds it.
    fn level(&self, a: (u32, Signature), b: (u32, Signature)) -> Option<u8>;

    /// Whether signatures are worth it that do not stand beside the ids, since they are few and soon all in the cache.
    fn stands_alone(&self) -> bool {
        self.words() == 0
    }
}
