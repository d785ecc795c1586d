//! Extracts to typed columns and quarantine: the only reader of extracts.
//!
//! `discover` finds a profile's files, `check` reads their headers, `ingest` streams their rows as batches of
//! `padan_model::staged_schema`, and `verify_unchanged` says afterwards whether they are still the same. Nothing is lost: for every file
//! rows read = staged + quarantined. What a value means is not asked here; it is unwrapped, trimmed and passed on.
//!
//! The files come from hundreds of offices, so every reader holds a bounded part of a file in memory, and nothing here panics on any
//! input: workbooks are read with an own XML reader, since a forged count or cell name makes the usual one allocate or overflow.

mod account;
mod cell;
mod columnar;
mod container;
mod csv;
mod discover;
mod error;
mod estimate;
mod hashing;
mod header;
mod ingest;
mod json;
mod limits;
mod number;
mod row;
mod spelling;
mod stage;
mod table;
mod xlsx;

pub use account::{FileAccount, Fingerprint, IngestReport, IngestWarning, QuarantinedRow, fingerprint, verify_unchanged};
pub use discover::discover;
pub use error::IngestError;
pub use estimate::estimated_rows;
pub use ingest::{HeaderReport, MappedColumn, check, ingest};
pub use limits::Limits;
pub use table::{Table, Wanted, file_and_sheet, read_table};
