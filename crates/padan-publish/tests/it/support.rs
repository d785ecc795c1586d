//! Small tables and manifests for the tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::DataType;
use padan_model::tables::{self, Table};
use padan_publish::{Manifest, PublishError, Run};

/// `rows` rows of `links` from `first` on, all from source `pbi`.
pub(crate) fn links(first: i64, rows: i64) -> RecordBatch {
    let schema = tables::links().schema;
    let texts = |text: &dyn Fn(i64) -> String| -> ArrayRef { Arc::new(StringArray::from_iter_values((first..first + rows).map(text))) };
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "source" => texts(&|_| "pbi".to_owned()),
        "row" => Arc::new(Int64Array::from_iter_values(first..first + rows)) as ArrayRef,
        "person_id" => texts(&|row| format!("p{:08x}", (row as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32)),
        "method" => texts(&|_| "model".to_owned()),
        _ => new_null_array(field.data_type(), rows as usize),
    });
    let columns = columns.collect();
    RecordBatch::try_new(schema, columns).expect("links as in the contract")
}

/// One row of any table: every key is `1` or true, every other column null.
pub(crate) fn one_row(table: &Table) -> RecordBatch {
    let columns = table.schema.fields().iter().map(|field| {
        if field.is_nullable() {
            return new_null_array(field.data_type(), 1);
        }
        match field.data_type() {
            DataType::List(item) => {
                let mut lists = arrow::array::ListBuilder::new(arrow::array::StringBuilder::new()).with_field(item.clone());
                lists.values().append_value("desil_1_4");
                lists.append(true);
                Arc::new(lists.finish())
            }
            kind => arrow::compute::cast(&StringArray::from(vec!["1"]), kind).expect("1 is a value of every key type"),
        }
    });
    let columns = columns.collect();
    RecordBatch::try_new(table.schema.clone(), columns).expect("one row as in the contract")
}

/// A manifest that says nothing but the run.
pub(crate) fn manifest(run_id: &str) -> Manifest {
    Manifest { run_id: run_id.to_owned(), ..Manifest::default() }
}

/// Publishes a run with `links` of `rows` rows.
pub(crate) fn publish(out: &Path, run_id: &str, rows: i64) -> Result<PathBuf, PublishError> {
    let mut run = Run::begin(out, run_id)?;
    run.write(&tables::links(), &[links(1, rows)])?;
    run.finish(&manifest(run_id))
}

/// Rows of the visible `links`.
pub(crate) fn visible_rows(out: &Path) -> i64 {
    padan_publish::read_table(out, "links", Some(&["row"])).expect("readable").iter().map(|batch| batch.num_rows() as i64).sum()
}
