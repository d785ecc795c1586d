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
        let seconds = self.seconds();
        tracing::debug!(step, seconds = format!("{seconds:.3}"), "linkage");
    }

    /// The same of a lap in which pairs were made and scored by all threads.
    pub(crate) fn lap_of_pairs(&mut self, step: &str, pairs: u64) {
        let seconds = self.seconds();
        let a_second_and_core = pairs as f64 / seconds.max(1e-6) / rayon::current_num_threads() as f64;
        tracing::debug!(step, seconds = format!("{seconds:.3}"), pairs, a_second_and_core = format!("{a_second_and_core:.0}"), "linkage");
    }

    fn seconds(&mut self) -> f64 {
        let now = Instant::now();
        (now - std::mem::replace(&mut self.0, now)).as_secs_f64()
    }
}
