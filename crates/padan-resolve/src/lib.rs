//! Decisions to persons and families: who is one person, which family is theirs, and the ids of both.
//!
//! The linkage has decided which rows are one person; here every row gets a person, every person a family, and both get ids that say
//! nothing about anybody. Does not score and does not choose values: that is the engine's and the golden record's.

mod families;
mod ids;
mod resolve;

pub use resolve::{Assignment, Decision, Listed, ListedRow, Resolution, ResolveError, resolve};
