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

    /// The same of a lap in which pairs were made and scored by all threads; `scoring` are the seconds of all of them that went to scoring.
    pub(crate) fn lap_of_pairs(&mut self, step: &str, pairs: u64, scoring: f64) {
        let seconds = self.seconds();
        let a_second = |seconds: f64| format!("{:.0}", pairs as f64 / seconds.max(1e-6));
        let a_second_and_core = a_second(seconds * rayon::current_num_threads() as f64);
        let (seconds, scored_a_second_and_core) = (format!("{seconds:.3}"), a_second(scoring));
        tracing::debug!(step, seconds, pairs, a_second_and_core, scored_a_second_and_core, "linkage");
    }

    fn seconds(&mut self) -> f64 {
        let now = Instant::now();
        (now - std::mem::replace(&mut self.0, now)).as_secs_f64()
    }
}
