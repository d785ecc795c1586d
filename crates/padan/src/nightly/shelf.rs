//! Outcomes of passes that are wanted again: in the state, where the next night finds them too, or for the run in its temporary folder.

use std::path::Path;

use anyhow::Context as _;
use padan_link::Outcome;

use super::kept::{Kept, read, written};

/// Where outcomes lie.
#[derive(Clone, Copy)]
pub(super) struct Shelf<'a> {
    /// What earlier nights left, and this one leaves.
    pub(super) kept: Option<&'a Kept<'a>>,
    /// The run's temporary folder.
    pub(super) work: &'a Path,
}

impl Shelf<'_> {
    /// The name of a pass's entry: what it follows from where nights keep it, `otherwise` a name within the run.
    pub(super) fn name(&self, kept: impl Fn(&Kept<'_>) -> String, otherwise: &str) -> String {
        self.kept.map_or_else(|| format!("pass {otherwise}"), kept)
    }

    /// What an earlier night found.
    pub(super) fn find(&self, name: &str) -> Option<Outcome> {
        self.kept?.find(name)
    }

    /// Lays an outcome where the next night finds it, if any will.
    pub(super) fn keep(&self, name: &str, outcome: &Outcome) -> anyhow::Result<()> {
        self.kept.map_or(Ok(()), |kept| kept.keep(name, outcome))
    }

    /// Lays an outcome where this run finds it.
    pub(super) fn put(&self, name: &str, outcome: &Outcome) -> anyhow::Result<()> {
        if self.kept.is_some() {
            return self.keep(name, outcome);
        }
        let path = self.work.join(name);
        std::fs::write(&path, written(outcome)?).with_context(|| format!("cannot write {}", path.display()))
    }

    /// What was put there.
    pub(super) fn get(&self, name: &str) -> anyhow::Result<Outcome> {
        if let Some(kept) = self.kept {
            return kept.find(name).context("what was linked a moment ago is gone from the state");
        }
        let path = self.work.join(name);
        let unreadable = || format!("cannot read {} back", path.display());
        read(&std::fs::read(&path).with_context(unreadable)?).with_context(unreadable)
    }
}
