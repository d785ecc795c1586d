//! What is known of every person and family: the frames `jiwa` and `kpm` that programme rules are written over.
//!
//! A fact that no source states is null, and a rule that needs it cannot judge. What a rule counts (children, pupils, elders) is null
//! only while the count could still come out otherwise: none was found and a member's age or schooling is not known.

mod columns;
mod jiwa;
mod kpm;
mod person;

pub(crate) use columns::{FactColumn, JIWA, KPM, PER_PROGRAMME, schema};
pub(crate) use jiwa::jiwa;
pub(crate) use kpm::kpm;
pub(crate) use person::{PersonFacts, ReferenceDate, person_facts};
