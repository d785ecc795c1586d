//! Names, addresses, dates, identifiers, regions: staged text → standard records. One rule a file.
//!
//! Every rule is a pure function of the text, total (any text is read, what cannot be is null) and idempotent where it gives text back.
//! [`Standardizer`] applies them to a batch and remembers distinct names and regions; it does no I/O, knows nothing of linkage, and
//! never drops a row.

pub mod address;
pub mod date;
mod digits;
pub mod fact;
pub mod kk;
mod memo;
pub mod name;
pub mod nik;
mod place;
pub mod region;
mod row;
mod shared_nik;
mod standardizer;
pub mod swap;
mod text;
mod told;

pub use shared_nik::{NikHolders, RepeatedNiks, is_alike, mark_shared_nik};
pub use standardizer::Standardizer;
