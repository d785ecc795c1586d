//! The vocabulary of padan: identifiers, the fields of an extract, the columns of a standard record, judgements, and the schema of
//! every published table.
//!
//! Does no I/O and knows no stage. Whatever two stages must agree on stands here and nowhere else.

mod entity;
mod field;
mod identifier;
mod judgement;
mod record;
mod source;
pub mod tables;
mod wilayah;

pub use entity::{EntityId, EntityKind};
pub use field::{Field, PMT_FILLED, PMT_MISSING, STAGED_NIK_NUMERIC, STAGED_ROW, staged_schema};
pub use identifier::{IdentifierError, Nik, NoKk};
pub use judgement::{Certainty, CoverageStatus, LinkMethod, NikStatus};
pub use record::{column, standard_schema};
pub use source::{RecordId, Role, SourceId, Unit};
pub use wilayah::{KodeWilayah, KodeWilayahError};
