//! Every record to the file of its part, with what the linkage decided of it.
//!
//! The sources are read once, one after the other and each in row order, so that a part's file holds every source's rows in row order.
//! Rows are gathered by part a chunk at a time, while the next chunk is read: what is in memory is two chunks, whatever the run's size.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, UInt8Array, UInt32Array};
use arrow::compute::interleave_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use padan_model::LinkMethod;
use padan_reconcile::{COLUMNS, Whole};
use padan_resolve::{Assignment, Resolution};
use rayon::prelude::*;

use super::parts::{Parts, family_of};
use super::rows::{self, RecordBatches};
use super::spill::{SpillWriter, Spilled};
use crate::failure::Bug;
use crate::nightly::StandardSource;
use crate::stages::Stages;

/// Columns that follow those of the record: its person and family by their index in the run, the method and probability of its link,
/// and whether the person has a row of the registry.
const DECIDED: [(&str, DataType); 5] = [
    ("person", DataType::UInt32),
    ("family", DataType::UInt32),
    ("method", DataType::UInt8),
    ("probability", DataType::Float64),
    ("in_registry", DataType::Boolean),
];

/// Methods by their number in the file.
pub(super) const METHODS: [LinkMethod; 4] = [LinkMethod::Identifier, LinkMethod::Model, LinkMethod::Verdict, LinkMethod::Alone];

fn number_of(method: LinkMethod) -> u8 {
    match method {
        LinkMethod::Identifier => 0,
        LinkMethod::Model => 1,
        LinkMethod::Verdict => 2,
        LinkMethod::Alone => 3,
    }
}

/// Rows of a chunk that a part gets when all parts get the same; chunks of fewer parts are larger than that asks, for the batches' sake.
const ROWS_TO_A_PART: usize = 2_048;
/// The smallest and the largest chunk, in rows: 20 and 100 MB.
const CHUNK_ROWS: (usize, usize) = (1 << 17, 1 << 19);

/// A part's rows on the disk.
pub(super) struct PartRows {
    /// The batches: the columns of `COLUMNS`, then those of `DECIDED`.
    pub(super) batches: Spilled,
    /// The source of each batch.
    pub(super) sources: Vec<usize>,
}

/// Where a part's rows are written to.
struct PartWriter {
    writer: SpillWriter,
    sources: Vec<usize>,
}

/// Writes every record into its part's file in `folder`.
pub(super) fn shuffle(
    sources: &[StandardSource],
    resolution: &Resolution,
    parts: &Parts,
    folder: &Path,
    stages: &Stages,
) -> anyhow::Result<(Vec<PartRows>, Whole)> {
    let schema = part_schema()?;
    let create = |part| -> anyhow::Result<PartWriter> {
        let writer = SpillWriter::create(folder.join(format!("rows-{part:05}.arrow")), &schema)?;
        Ok(PartWriter { writer, sources: Vec::new() })
    };
    let mut writers = (0..parts.len()).map(create).collect::<anyhow::Result<Vec<_>>>()?;
    let mut whole = Whole::default();
    let chunk_rows = (parts.len() * ROWS_TO_A_PART).clamp(CHUNK_ROWS.0, CHUNK_ROWS.1);
    for (index, source) in sources.iter().enumerate() {
        let assignment = resolution.assignments.get(index).ok_or_else(|| Bug("a source without an assignment".into()))?;
        let mut reader = Reader { batches: rows::batches(source, &COLUMNS)?, assignment, resolution, parts, schema: &schema, row: 0 };
        let mut chunk = reader.chunk(chunk_rows)?;
        while !chunk.batches.is_empty() {
            let (written, next) = rayon::join(|| chunk.write(index, &mut writers), || reader.chunk(chunk_rows));
            written?;
            for batch in &chunk.batches {
                whole.add(&source.profile.id, batch);
                stages.advance(batch.num_rows());
            }
            chunk = next?;
        }
    }
    let finish = |PartWriter { writer, sources }| Ok(PartRows { batches: writer.finish()?, sources });
    Ok((writers.into_iter().map(finish).collect::<anyhow::Result<Vec<_>>>()?, whole))
}

/// The columns of a part's file.
fn part_schema() -> anyhow::Result<SchemaRef> {
    let standard = padan_model::standard_schema();
    let mut fields = COLUMNS.iter().map(|column| Ok(standard.field_with_name(column)?.clone())).collect::<anyhow::Result<Vec<Field>>>()?;
    fields.extend(DECIDED.map(|(name, kind)| Field::new(name, kind, true)));
    Ok(Arc::new(Schema::new(fields)))
}

/// A source as it is read.
struct Reader<'a> {
    batches: RecordBatches<'a>,
    assignment: &'a Assignment,
    resolution: &'a Resolution,
    parts: &'a Parts,
    schema: &'a SchemaRef,
    /// Rows read so far.
    row: usize,
}

/// Batches of a source with the place of their rows.
struct Chunk {
    batches: Vec<RecordBatch>,
    /// By part: batch and row in it, in row order.
    rows: Vec<Vec<(usize, usize)>>,
}

impl Reader<'_> {
    /// The next batches, so many rows at least; none at the end of the source.
    fn chunk(&mut self, rows: usize) -> anyhow::Result<Chunk> {
        let mut chunk = Chunk { batches: Vec::new(), rows: vec![Vec::new(); self.parts.len()] };
        let end = self.row + rows;
        while self.row < end {
            let Some(batch) = self.batches.next() else { break };
            let batch = self.decided(&batch?)?;
            for row in 0..batch.num_rows() {
                let part = self.parts.of_family(family_of(self.resolution, self.assignment, self.row + row)?);
                chunk.rows[part].push((chunk.batches.len(), row));
            }
            self.row += batch.num_rows();
            chunk.batches.push(batch);
        }
        Ok(chunk)
    }

    /// The batch with what was decided of its rows.
    fn decided(&self, batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
        let rows = self.row..self.row + batch.num_rows();
        let assigned = self.assignment;
        if rows.end > assigned.person.len() {
            return Err(Bug("more records than were assigned".into()).into());
        }
        let decided: [ArrayRef; 5] = [
            Arc::new(assigned.person[rows.clone()].iter().copied().collect::<UInt32Array>()),
            Arc::new(assigned.family[rows.clone()].iter().copied().collect::<UInt32Array>()),
            Arc::new(UInt8Array::from_iter_values(assigned.method[rows.clone()].iter().map(|method| number_of(*method)))),
            Arc::new(Float64Array::from(assigned.probability[rows.clone()].to_vec())),
            Arc::new(BooleanArray::from(assigned.in_registry[rows].to_vec())),
        ];
        Ok(RecordBatch::try_new(Arc::clone(self.schema), batch.columns().iter().cloned().chain(decided).collect())?)
    }
}

impl Chunk {
    /// Writes each part's rows, parts side by side.
    fn write(&self, source: usize, writers: &mut [PartWriter]) -> anyhow::Result<()> {
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        writers.par_iter_mut().zip(&self.rows).filter(|(_, rows)| !rows.is_empty()).try_for_each(|(part, rows)| {
            part.writer.write(&interleave_record_batch(&batches, rows)?)?;
            part.sources.push(source);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_their_numbers() {
        for (number, method) in METHODS.into_iter().enumerate() {
            assert_eq!(usize::from(number_of(method)), number);
        }
    }
}
