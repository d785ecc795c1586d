//! A source between its reader and its staged file: batches are standardized by whichever thread is free and written in their order.
//!
//! The reader is slowed down to the pace of the others: only so many batches of a source are under way at once. The trap: a reader
//! waits here for work that others do, so it must not be one of the threads that do it.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use padan_standardize::Standardizer;
use rayon::Scope;

use crate::failure::Bug;
use crate::staged::{Staged, StagedWriter};
use crate::stages::Stages;

/// One source's way from its reader to its file.
pub(super) struct Lane<'a> {
    standardizer: Standardizer,
    stages: &'a Stages,
    /// Batches that may be under way.
    room: usize,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Batches the reader gave.
    given: usize,
    /// Batches in the file.
    written: usize,
    /// Standardized batches that wait for one before them.
    ready: BTreeMap<usize, RecordBatch>,
    /// None while a thread writes.
    writer: Option<StagedWriter>,
    /// Nothing more is taken.
    stopped: bool,
    failure: Option<anyhow::Error>,
}

impl<'a> Lane<'a> {
    pub(super) fn new(standardizer: Standardizer, writer: StagedWriter, stages: &'a Stages) -> Arc<Self> {
        let state = State { given: 0, written: 0, ready: BTreeMap::new(), writer: Some(writer), stopped: false, failure: None };
        // One for each thread to work at, and two for the reader to be ahead.
        let room = rayon::current_num_threads() + 2;
        Arc::new(Self { standardizer, stages, room, state: Mutex::new(state), changed: Condvar::new() })
    }

    /// Gives the next batch to `workers`, as soon as there is room for it.
    pub(super) fn give<'s>(self: &Arc<Self>, batch: RecordBatch, workers: &Scope<'s>) -> anyhow::Result<()>
    where
        'a: 's,
    {
        let mut state = self.wait(|state| state.given - state.written < self.room)?;
        let number = state.given;
        state.given += 1;
        drop(state);
        let lane = Arc::clone(self);
        workers.spawn(move |_| {
            let alarm = Alarm(&lane);
            let standard = lane.standardizer.batch(&batch);
            drop(batch);
            lane.stages.advance(standard.num_rows());
            lane.write(number, standard);
            drop(alarm);
        });
        Ok(())
    }

    /// Waits for all that was given and ends the file.
    pub(super) fn finish(&self) -> anyhow::Result<Staged> {
        let mut state = self.wait(|state| state.given == state.written)?;
        let writer = state.writer.take().ok_or_else(|| Bug("a staged file is written twice".into()))?;
        state.stopped = true;
        drop(state);
        writer.finish()
    }

    /// Writes the batch where those before it are written, and those that waited for it; else leaves it to the thread that writes.
    fn write(&self, number: usize, batch: RecordBatch) {
        let mut state = self.state();
        state.ready.insert(number, batch);
        while !state.stopped
            && let Some(mut writer) = state.writer.take()
        {
            let next = state.written;
            let Some(batch) = state.ready.remove(&next) else {
                state.writer = Some(writer);
                return;
            };
            drop(state);
            let written = writer.push(&batch);
            drop(batch);
            state = self.state();
            state.writer = Some(writer);
            match written {
                Ok(()) => state.written += 1,
                Err(error) => {
                    state.failure = Some(error);
                    state.stopped = true;
                }
            }
            self.changed.notify_all();
        }
    }

    fn wait(&self, ready: impl Fn(&State) -> bool) -> anyhow::Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        loop {
            if let Some(failure) = state.failure.take() {
                return Err(failure);
            }
            if state.stopped {
                return Err(Bug("a source's rows have nowhere to go".into()).into());
            }
            if ready(&state) {
                return Ok(state);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops a lane whose work panics: the reader would wait for it for ever.
struct Alarm<'l, 'a>(&'l Lane<'a>);

impl Drop for Alarm<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state().stopped = true;
            self.0.changed.notify_all();
        }
    }
}
