//! Where the time of a linkage goes: seconds of each step, told at `debug`.

use std::time::Instant;

/// A clock that tells each lap.
pub(crate) struct Laps(Instant);

impl Laps {
    /// Starts the first lap.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Ends a lap and starts the next.
    pub(crate) fn lap(&mut self, step: &str) {
        let now = Instant::now();
        tracing::debug!(step, seconds = format!("{:.3}", (now - self.0).as_secs_f64()), "linkage");
        self.0 = now;
    }
}
