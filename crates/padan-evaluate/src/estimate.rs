//! What a run said of itself without labels, beside what the labels say.

use serde::{Deserialize, Serialize};

/// One estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// By the run or from its match probabilities, without labels.
    pub estimated: Option<f64>,
    /// Against the truth.
    pub measured: Option<f64>,
    /// Estimated − measured.
    pub difference: Option<f64>,
}

impl Estimate {
    pub(crate) fn new(estimated: Option<f64>, measured: Option<f64>) -> Self {
        Self { estimated, measured, difference: estimated.zip(measured).map(|(estimated, measured)| estimated - measured) }
    }
}
