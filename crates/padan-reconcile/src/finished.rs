//! What only the whole run can tell: rates, the standing of the lists, and how likely an absent unit is truly absent.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch};
use arrow::datatypes::Float64Type;
use arrow::error::ArrowError;
use padan_model::tables::Table;

use crate::ReconcileError;

/// The tables that are made of all parts' tallies, and what completes the parts' tables.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Error rates.
    pub rates: RecordBatch,
    /// How far each list can be joined.
    pub integration: RecordBatch,
    /// By programme: the chance that a unit seen as absent is truly absent.
    pub(crate) truly_absent: BTreeMap<String, f64>,
}

impl Finished {
    /// Rows of a part's table as they are published: units that do not receive get their probability. Changes no order.
    pub fn complete(&self, table: &Table, batch: RecordBatch) -> Result<RecordBatch, ReconcileError> {
        if !matches!(table.name, "coverage" | "exclusion_errors") {
            return Ok(batch);
        }
        let place = batch.schema().index_of("probability")?;
        let column = |name: &'static str| batch.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("no column {name}")));
        let (programmes, receiving) = (column("programme")?.as_string::<i32>(), column("receiving")?.as_boolean());
        let given = batch.column(place).as_primitive::<Float64Type>();
        // Rows of one programme stand together, so that the map is asked once a programme and not once a row.
        let mut last: Option<(&str, f64)> = None;
        let mut absent = |programme| match last {
            Some((known, probability)) if known == programme => probability,
            _ => last.insert((programme, self.truly_absent.get(programme).copied().unwrap_or(1.0))).1,
        };
        let probability: Float64Array = (0..batch.num_rows())
            .map(|row| if receiving.value(row) { given.value(row) } else { absent(programmes.value(row)) })
            .collect::<Vec<f64>>()
            .into();
        let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
        columns[place] = Arc::new(probability);
        Ok(RecordBatch::try_new(batch.schema(), columns)?)
    }
}
