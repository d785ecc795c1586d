//! Programme rules: SQL truth expressions over the frames `jiwa` and `kpm`, checked before the run and evaluated in it.
//!
//! The logic has three values. An exclusion counts where it is true: nobody loses a right on a fact that no source states. Eligibility
//! counts where it is true or false; where it is null the unit cannot be judged. `eligible` is taken apart at its outer `AND`s, so that
//! a unit is told which condition it fails and which fact is missing, and not merely that some did.

mod check;
mod error;
mod evaluate;

pub use check::check_rules;
pub(crate) use check::{CheckedRule, checked};
pub use error::{RuleError, RulePlace};
pub(crate) use evaluate::{Judgement, Judgements, evaluate};
