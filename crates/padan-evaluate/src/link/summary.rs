//! What the evaluation takes from a result's `summary.json`.
//!
//! The caller parses the file: this crate reads tables only. Fields it does not know are left alone.

use serde::{Deserialize, Serialize};

/// The part of `summary.json` that is read.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct LinkSummary {
    /// The match probability from which a pair is a match.
    pub link_probability: f64,
    /// Pairs that blocking let through.
    pub candidate_pairs: u64,
    /// What the run says of itself without labels.
    #[serde(default)]
    pub estimated: LinkEstimates,
    /// Which rows were compared.
    pub mode: LinkMode,
}

/// Label-free estimates, 0 to 1; `None` where the run has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct LinkEstimates {
    /// Of the pairs linked, the share that is right.
    pub precision: Option<f64>,
    /// Of the true pairs, the share linked.
    pub recall: Option<f64>,
    /// Of the true pairs, the share that blocking let through.
    pub blocking_recall: Option<f64>,
}

/// Which rows are compared with which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkMode {
    /// Every row with every other.
    Dedupe,
    /// Rows of one table with those of others; a pair within a table is neither true nor false.
    Link,
    /// Both.
    LinkAndDedupe,
}

impl LinkMode {
    /// As `summary.json` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dedupe => "dedupe",
            Self::Link => "link",
            Self::LinkAndDedupe => "link-and-dedupe",
        }
    }
}
