//! A population, its registries and their faults, with truth.
//!
//! `synth` makes villages one after another, writes what every office would have written of them, and forgets them: memory does not
//! grow with the number of people. Everything follows from the seed; threads change nothing. No real person is in it.
//!
//! Where to look: `population` for what is true, `programme` for who is entitled and who receives, `mistakes` for what offices do to
//! values, `extracts` for the layouts, `output` for files. The rates are data: `data/faults.toml`, `data/reach.toml`, `data/names.toml`.

mod date;
mod dice;
mod error;
mod extracts;
mod faults;
mod mistakes;
mod names;
mod output;
mod places;
mod population;
mod programme;
mod rows;
mod run;

pub use error::SynthError;
pub use faults::{FAULTS_TOML, Faults};
pub use run::{ExtractSummary, SynthOptions, SynthSummary, synth};

/// The day as of which the newest extracts and the truth see the population.
pub const REFERENCE_DATE: &str = "2025-06-30";
