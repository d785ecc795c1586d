//! Files: extracts as they fill up, and the truth beside them.

mod extract;
mod truth;
mod workbook;

pub(crate) use extract::ExtractFile;
pub(crate) use truth::{TruthFile, persons_batch, persons_schema, records_batch, records_schema};
