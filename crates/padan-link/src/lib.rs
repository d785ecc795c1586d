//! The record-linkage engine: blocking, comparison, learning, scoring, explanation.
//!
//! Knows nothing of Indonesia or of beneficiaries: records are named columns, a model file says how they are compared. The way of a
//! task: encode ([`Records`]) → block → compare (agreement patterns) → learn (u from random pairs, m by EM on pattern counts, h from
//! household pairs) → score → decide. Three classes of pairs are modelled: *match*, *household* (two people of one family: address and
//! family number agree, the person does not) and *chance*; without the second, family members are every engine's false links.

mod ablation;
mod batch;
mod block;
mod cluster;
mod codes;
mod compare;
mod context;
mod encode;
mod error;
mod hash;
mod key;
mod lap;
mod learn;
mod linkage;
mod model;
mod neighbours;
mod pattern;
mod phonetic;
mod prepare;
mod records;
mod score;
mod similarity;
mod suggest;
mod task;
mod texts;
mod trained;
mod verdict;

pub use ablation::Part;
pub use block::Blocks;
pub use cluster::{Joined, cluster};
pub use error::LinkError;
pub use linkage::{Estimates, ExplainedPair, Linkage, LinkedTables, Mode, Pair, VerdictCheck};
pub use model::{BlockingRule, Comparison, ComparisonKind, Measure, Model, Sorted};
pub use pattern::Pattern;
pub use phonetic::Phonetics;
pub use prepare::{Columns, DateOrder, PreparedColumn, PreparedKind, ResourceKind, Resources, Shipped, alternatives, prepare};
pub use records::{Column, ColumnSource, Mark, NULL_ID, NULL_INT, Records, TextColumn, Values};
pub use similarity::{damerau_levenshtein, jaro_winkler, osa_distance, within_one_edit};
pub use suggest::{Suggestion, suggest};
pub use task::{Blocked, Known, Link, Outcome, Reference, Rest, Task};
pub use texts::Texts;
pub use trained::{Interaction, TrainedComparison, TrainedModel, WaterfallStep};
pub use verdict::{Contradiction, Different, Judged, Verdict, Verdicts};
