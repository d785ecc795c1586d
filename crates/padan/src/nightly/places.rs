//! Where rows as the engine counts them stand among all rows.
//!
//! The engine counts the rows that it is given, one span of a source after another; all rows are those of every source in order. What it found is
//! kept between nights in its own count, which other sources do not shift.

use std::ops::Range;

use padan_model::Role;

use super::StandardSource;
use super::columns::ListedRows;

/// Some rows of a source: all of them, or those named, from 0 and in order.
#[derive(Debug, Clone)]
pub(super) struct Span {
    /// Index of the source.
    pub(super) source: usize,
    /// Its rows, where not all.
    pub(super) only: Option<Vec<u32>>,
}

impl Span {
    /// A whole source.
    pub(super) fn whole(source: usize) -> Self {
        Self { source, only: None }
    }

    /// The registry's.
    pub(super) fn registry(sources: &[StandardSource]) -> Vec<Self> {
        let registry = (0..sources.len()).filter(|at| sources[*at].profile.role == Role::Registry);
        registry.map(Self::whole).collect()
    }
}

/// Where a span's rows stand as the engine counts them.
pub(super) struct Place {
    /// The span.
    pub(super) span: Span,
    /// Its rows as the engine counts them.
    pub(super) local: Range<usize>,
}

/// Spans, one after another.
#[derive(Default)]
pub(super) struct Places(Vec<Place>);

impl Places {
    /// Of spans from row 0 on.
    pub(super) fn of(spans: Vec<Span>, listed: &ListedRows) -> Self {
        let mut places = Self::default();
        places.append(spans, listed);
        places
    }

    /// Adds spans after those that are there.
    pub(super) fn append(&mut self, spans: Vec<Span>, listed: &ListedRows) {
        for span in spans {
            let start = self.len();
            let rows = span.only.as_ref().map_or_else(|| listed.range(span.source).len(), Vec::len);
            self.0.push(Place { span, local: start..start + rows });
        }
    }

    /// Takes away the spans after so many rows.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.0.retain(|place| place.local.end <= rows);
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.0.last().map_or(0, |place| place.local.end)
    }

    /// The spans in order.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Place> {
        self.0.iter()
    }

    /// The row among all rows.
    pub(super) fn global(&self, row: u32, listed: &ListedRows) -> u32 {
        let at = self.0.partition_point(|place| place.local.end <= row as usize);
        let Place { span, local } = &self.0[at];
        let within = row as usize - local.start;
        let of_source = span.only.as_ref().map_or(within, |only| only[within] as usize);
        (listed.range(span.source).start + of_source) as u32
    }
}
