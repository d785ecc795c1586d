//! Sorted streams of a table's rows to one, by its sort columns.
//!
//! A tournament of the streams' next rows (Knuth, The Art of Computer Programming 3, 5.4.1): the loser of every match stays at its
//! node, so that the next row costs one comparison a level. Rows are compared as bytes (arrow's row format). Of equal rows the earlier
//! stream's comes first. A few batches a stream are in memory, never a table.
//!
//! The trap: a stream that is itself out of order gives a result out of order; the writer's own check finds it.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::interleave_record_batch;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};
use padan_model::tables::Table;

use crate::error::PublishError;
use crate::order::ORDER;
use crate::streams::Batches;

/// The streams as one.
pub(crate) struct Merge<'a> {
    table: &'a Table,
    /// Positions of the sort columns.
    columns: Vec<usize>,
    converter: RowConverter,
    streams: Vec<Stream<'a>>,
    /// The winner, then the loser at each inner node.
    nodes: Vec<usize>,
    /// Batches of which a row may still be asked for.
    pool: Vec<RecordBatch>,
    batch_rows: usize,
}

struct Stream<'a> {
    batches: Batches<'a>,
    /// None at its end.
    head: Option<Head>,
}

/// Where a stream stands.
struct Head {
    keys: Rows,
    row: usize,
    /// Its batch in the pool.
    batch: usize,
}

impl<'a> Merge<'a> {
    /// Begins to merge into batches of so many rows; `columns` are the positions of the table's sort columns.
    pub(crate) fn new(table: &'a Table, columns: Vec<usize>, streams: Vec<Batches<'a>>, batch_rows: usize) -> Result<Self, PublishError> {
        let fields = columns.iter().map(|column| {
            let kind = table.schema.field(*column).data_type().clone();
            SortField::new_with_options(kind, ORDER)
        });
        let mut merge = Self {
            converter: RowConverter::new(fields.collect()).map_err(|error| unreadable(table, &error))?,
            table,
            columns,
            nodes: Vec::new(),
            streams: streams.into_iter().map(|batches| Stream { batches, head: None }).collect(),
            pool: Vec::new(),
            batch_rows,
        };
        for stream in 0..merge.streams.len() {
            merge.fill(stream)?;
        }
        merge.play();
        Ok(merge)
    }

    /// The next rows; none at the end.
    pub(crate) fn next_batch(&mut self) -> Result<Option<RecordBatch>, PublishError> {
        let mut rows: Vec<(usize, usize)> = Vec::with_capacity(self.batch_rows);
        while rows.len() < self.batch_rows {
            let Some(stream) = self.nodes.first().copied() else { break };
            let Some(head) = &mut self.streams[stream].head else { break };
            rows.push((head.batch, head.row));
            head.row += 1;
            if head.row == head.keys.num_rows() {
                self.fill(stream)?;
            }
            self.replay(stream);
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let pool: Vec<&RecordBatch> = self.pool.iter().collect();
        let batch = interleave_record_batch(&pool, &rows).map_err(|error| unreadable(self.table, &error))?;
        self.forget();
        Ok(Some(batch))
    }

    /// Brings a stream to its next batch that has rows.
    fn fill(&mut self, stream: usize) -> Result<(), PublishError> {
        let stream = &mut self.streams[stream];
        stream.head = None;
        for batch in stream.batches.by_ref() {
            let batch = batch.map_err(|source| PublishError::Rows { table: self.table.name, source })?;
            if batch.num_rows() == 0 {
                continue;
            }
            if batch.num_columns() != self.table.schema.fields().len() {
                let problem = format!("{} columns where the contract has {}", batch.num_columns(), self.table.schema.fields().len());
                return Err(PublishError::BadTable { table: self.table.name, problem });
            }
            let columns: Vec<ArrayRef> = self.columns.iter().map(|column| batch.column(*column).clone()).collect();
            let keys = self.converter.convert_columns(&columns).map_err(|error| unreadable(self.table, &error))?;
            stream.head = Some(Head { keys, row: 0, batch: self.pool.len() });
            self.pool.push(batch);
            break;
        }
        Ok(())
    }

    /// Drops the batches that are read to their end.
    fn forget(&mut self) {
        let mut kept = Vec::with_capacity(self.streams.len());
        for head in self.streams.iter_mut().filter_map(|stream| stream.head.as_mut()) {
            kept.push(self.pool[head.batch].clone());
            head.batch = kept.len() - 1;
        }
        self.pool = kept;
    }

    /// Plays every match once.
    fn play(&mut self) {
        let streams = self.streams.len();
        self.nodes = vec![usize::MAX; streams];
        for stream in 0..streams {
            let (mut winner, mut node) = (stream, usize::midpoint(streams, stream));
            // The first to reach a node waits there for its opponent.
            while node > 0 && self.nodes[node] != usize::MAX {
                let other = self.nodes[node];
                if self.before(other, winner) {
                    (self.nodes[node], winner) = (winner, other);
                }
                node /= 2;
            }
            self.nodes[node] = winner;
        }
    }

    /// Plays the matches of the stream whose row was taken.
    fn replay(&mut self, stream: usize) {
        let (mut winner, mut node) = (stream, usize::midpoint(self.streams.len(), stream));
        while node > 0 {
            let other = self.nodes[node];
            if self.before(other, winner) {
                (self.nodes[node], winner) = (winner, other);
            }
            node /= 2;
        }
        self.nodes[0] = winner;
    }

    /// Whether stream `a`'s next row comes before stream `b`'s; a stream at its end comes last.
    fn before(&self, a: usize, b: usize) -> bool {
        match (&self.streams[a].head, &self.streams[b].head) {
            (Some(first), Some(second)) => {
                let (first, second) = (first.keys.row(first.row), second.keys.row(second.row));
                first < second || (first == second && a < b)
            }
            (first, second) => first.is_some() && second.is_none(),
        }
    }
}

fn unreadable(table: &Table, error: &ArrowError) -> PublishError {
    PublishError::BadTable { table: table.name, problem: format!("its streams cannot be merged: {error}") }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{AsArray, Int64Array, StringArray, new_null_array};
    use arrow::datatypes::Int64Type;
    use padan_model::tables;

    use super::*;

    fn links(rows: &[i64]) -> RecordBatch {
        let schema = tables::links().schema;
        let columns = schema.fields().iter().map(|field| match field.name().as_str() {
            "row" => Arc::new(Int64Array::from_iter_values(rows.iter().copied())) as ArrayRef,
            _ if field.is_nullable() => new_null_array(field.data_type(), rows.len()),
            _ => Arc::new(StringArray::from_iter_values(std::iter::repeat_n("x", rows.len()))),
        });
        RecordBatch::try_new(schema.clone(), columns.collect()).expect("as in the contract")
    }

    #[track_caller]
    fn check(streams: &[&[&[i64]]], batch_rows: usize) {
        let table = tables::links();
        let mut expected: Vec<i64> = streams.iter().copied().flatten().copied().flatten().copied().collect();
        expected.sort_unstable();
        let batches = |stream: &&[&[i64]]| -> Batches<'static> {
            Box::new(stream.iter().map(|rows| Ok(links(rows))).collect::<Vec<_>>().into_iter())
        };
        let mut merge = Merge::new(&table, vec![0, 1], streams.iter().map(batches).collect(), batch_rows).expect("mergeable");
        let mut found: Vec<i64> = Vec::new();
        while let Some(batch) = merge.next_batch().expect("merged") {
            assert!(batch.num_rows() == batch_rows || found.len() + batch.num_rows() == expected.len(), "whole batches but the last");
            found.extend(batch.column(1).as_primitive::<Int64Type>().values());
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn streams_of_any_number_and_length() {
        for batch_rows in [1, 3, 100] {
            check(&[], batch_rows);
            check(&[&[]], batch_rows);
            check(&[&[&[1, 2], &[], &[3]]], batch_rows);
            check(&[&[&[1, 4], &[9]], &[&[2, 3, 5]], &[], &[&[], &[0, 10]], &[&[6]]], batch_rows);
            check(&[&[&[1, 1]], &[&[1], &[1, 2]], &[&[2]]], batch_rows);
        }
    }
}
