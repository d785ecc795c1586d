//! A user's mistake in a rule, with its line in the pipeline file and the nearest right name.

use std::fmt;

use thiserror::Error;

/// Which expression of a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePlace {
    /// The programme's id.
    pub programme: String,
    /// `eligible`, or the reason of an exclusion.
    pub part: String,
    /// 1-based line in the pipeline file.
    pub line: usize,
    /// The expression.
    pub text: String,
}

impl fmt::Display for RulePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: programme {}, {}", self.line, self.programme, self.part)
    }
}

/// Why a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleError {
    /// It is no SQL expression.
    #[error("{place}: no SQL expression: {message}\n  | {}", place.text)]
    Syntax {
        /// Where.
        place: Box<RulePlace>,
        /// What the parser says.
        message: String,
    },
    /// It names a column that the unit's frame does not have.
    #[error("{place}: there is no column {column:?} for the unit {unit}\n  | {}\nhint: {hint}", place.text)]
    Column {
        /// Where.
        place: Box<RulePlace>,
        /// `jiwa` or `kpm`.
        unit: &'static str,
        /// The name.
        column: String,
        /// The nearest column, or all of them.
        hint: String,
    },
    /// It looks at other rows than the one it judges.
    #[error("{place}: a rule judges one unit by its own facts; aggregates, windows and subqueries are not allowed\n  | {}", place.text)]
    NotByRow {
        /// Where.
        place: Box<RulePlace>,
    },
    /// It is not true or false.
    #[error("{place}: expected a truth value, found {found}\n  | {}\nhint: compare it, as in `umur >= 60`", place.text)]
    NotBoolean {
        /// Where.
        place: Box<RulePlace>,
        /// The type.
        found: String,
    },
    /// Its parts do not fit, such as a number compared with a text.
    #[error("{place}: {message}\n  | {}", place.text)]
    Type {
        /// Where.
        place: Box<RulePlace>,
        /// What polars says.
        message: String,
    },
    /// Two rules of one programme.
    #[error("line {line}: programme {programme} has a rule already\nhint: one programme has one rule; give the other its own id")]
    Twice {
        /// The programme's id.
        programme: String,
        /// 1-based line of the second rule's eligibility.
        line: usize,
    },
}
