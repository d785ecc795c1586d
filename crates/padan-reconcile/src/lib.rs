//! Reconciling: programme rules, coverage, inclusion and exclusion errors, conflicts, the golden record, worklists and rates.
//!
//! In go every source's standard records with the person and family of each row; out come the published tables, sorted and the same
//! whatever the number of threads and parts. A run is divided by families: [`Reconciler::part`] makes each part's rows of the tables and
//! [`Tallies`], and [`Reconciler::finish`] makes of the tallies what the whole alone can tell. This stage links nobody: it takes each
//! row's person as given and carries the link's method and probability into certainty and intervals.
//!
//! Where a rule of the domain stands: one attribute of the golden record a file in `golden`; what a rule may ask of a person or family in
//! `facts`; the rules' logic in `rules`; an error's definition in `coverage`; its rate in `rates`. polars evaluates the rules' SQL and
//! nothing else: all joins here are by dense integers, which text joins cannot match in time or memory.
//!
//! The trap: persons (`jiwa`) and families (`kpm`) are both "recipients". Every count is of one `units::Units`, which holds one kind.

mod conflicts;
mod coverage;
mod error;
mod errors;
mod facts;
mod families;
mod finished;
mod golden;
mod input;
mod integration;
mod part;
mod persons;
mod rates;
mod reasons;
mod receiving;
mod reconcile;
mod records;
mod rules;
mod tallies;
mod units;
mod verivali;

pub use error::ReconcileError;
pub use finished::Finished;
pub use input::{COLUMNS, Population, SourceRecords, Whole};
pub use part::{Part, Reconciler};
pub use rates::StatusCounts;
pub use reasons::{ReasonText, reason_text};
pub use reconcile::{Reconciled, reconcile};
pub use rules::{RuleError, RulePlace, check_rules};
pub use tallies::Tallies;
