//! `pipelines/*.toml` to a checked plan.
//!
//! A raw struct (serde, `deny_unknown_fields`, kebab-case) is converted in one place into the public types, which cannot be wrong; every
//! error carries `file:line:column`, the offending line and the nearest right name. Opens TOML files only, never an extract, and
//! leaves the SQL of programme rules to the crate that runs it: a rule keeps its line so that its error can point there.

mod document;
mod error;
mod nearest;
mod pipeline;
mod pipeline_check;
mod profile;
mod profile_check;
mod raw;
mod words;

pub use error::{ConfigError, Place, Problem};
pub use pipeline::{Exclusion, Pipeline, PipelineSource, ProgrammeRule, Sql};
pub use pipeline_check::load_pipeline;
pub use profile::{CodeList, ColumnMap, DateFormat, Encoding, Format, RegionCodes, SourceProfile};
pub use profile_check::load_profile;
