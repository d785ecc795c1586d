//! Whole tables: record batches to a frame, a frame to one record batch of a given schema.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_empty_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use polars::frame::DataFrame;
use polars::frame::column::Column;
use polars::prelude::{CompatLevel, PlSmallStr};
use polars::series::Series;

use crate::{BridgeError, ffi};

/// The batches of one table as a frame with a chunk a batch; no batch at all gives a frame without columns.
///
/// Every batch must have the columns of the first.
pub fn to_polars(batches: &[RecordBatch]) -> Result<DataFrame, BridgeError> {
    let Some(first) = batches.first() else {
        return Ok(DataFrame::empty());
    };
    if let Some(batch) = batches.iter().position(|batch| !same_columns(&batch.schema(), &first.schema())) {
        return Err(BridgeError::Batches { batch });
    }
    let filled: Vec<&RecordBatch> = batches.iter().filter(|batch| batch.num_rows() > 0).collect();
    let mut columns = Vec::with_capacity(first.num_columns());
    for (index, field) in first.schema().fields().iter().enumerate() {
        // polars makes no series of no arrays, so an empty table crosses as one empty array.
        let chunks = if filled.is_empty() {
            vec![ffi::import(&new_empty_array(field.data_type()))?]
        } else {
            filled.iter().map(|batch| ffi::import(batch.column(index))).collect::<Result<_, _>>()?
        };
        columns.push(Column::from(Series::try_from((PlSmallStr::from_str(field.name()), chunks))?));
    }
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    Ok(DataFrame::new(rows, columns)?)
}

/// The frame as one batch of exactly `schema`: the same names in the same order, the same types, no null where it allows none.
///
/// Text and list offsets are narrowed to what the schema says; any other difference of type is an error.
pub fn to_arrow(frame: DataFrame, schema: &SchemaRef) -> Result<RecordBatch, BridgeError> {
    let rows = frame.height();
    let columns = frame.into_columns();
    if columns.len() != schema.fields().len()
        || columns.iter().zip(schema.fields()).any(|(column, field)| column.name().as_str() != field.name())
    {
        return Err(BridgeError::Columns {
            expected: schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", "),
            found: columns.iter().map(|column| column.name().as_str()).collect::<Vec<_>>().join(", "),
        });
    }
    let arrays = columns
        .into_iter()
        .zip(schema.fields())
        .map(|(column, field)| {
            let array = ffi::export(column.rechunk_to_arrow(CompatLevel::oldest()))?;
            narrow(array, field.name(), field.data_type())
        })
        .collect::<Result<Vec<ArrayRef>, _>>()?;
    // The row count must be given: a batch without columns has no other way to know it.
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), arrays, &RecordBatchOptions::new().with_row_count(Some(rows)))?)
}

/// Names and types; nullability and metadata may differ from batch to batch.
fn same_columns(left: &SchemaRef, right: &SchemaRef) -> bool {
    left.fields().len() == right.fields().len()
        && left.fields().iter().zip(right.fields()).all(|(a, b)| a.name() == b.name() && a.data_type() == b.data_type())
}

fn narrow(array: ArrayRef, column: &str, expected: &DataType) -> Result<ArrayRef, BridgeError> {
    if array.data_type() == expected {
        return Ok(array);
    }
    if !differs_in_width_only(array.data_type(), expected) {
        return Err(BridgeError::Type { column: column.to_owned(), expected: expected.clone(), found: array.data_type().clone() });
    }
    Ok(cast(&array, expected)?)
}

/// Whether the two types hold the same values and differ only in how text, bytes or lists are laid out.
fn differs_in_width_only(found: &DataType, expected: &DataType) -> bool {
    use DataType::{Binary, BinaryView, LargeBinary, LargeList, LargeUtf8, List, Struct, Utf8, Utf8View};
    match (found, expected) {
        (Utf8 | LargeUtf8 | Utf8View, Utf8 | LargeUtf8 | Utf8View)
        | (Binary | LargeBinary | BinaryView, Binary | LargeBinary | BinaryView) => true,
        (List(a) | LargeList(a), List(b) | LargeList(b)) => differs_in_width_only(a.data_type(), b.data_type()),
        (Struct(a), Struct(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name() == b.name() && differs_in_width_only(a.data_type(), b.data_type()))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        Array, BooleanArray, Date32Array, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, ListBuilder,
        StringArray, StringBuilder, StringViewArray, StructArray,
    };
    use arrow::compute::concat_batches;
    use arrow::datatypes::{Field, Fields, Schema};

    use super::*;

    /// Batches of every type that the published tables use, `rows` rows each, every third value null.
    fn batch(rows: usize, seed: usize) -> RecordBatch {
        let value = |row: usize| ((row + seed) % 3 != 2).then_some(row + seed);
        let mut lists = ListBuilder::new(StringBuilder::new());
        for row in 0..rows {
            match (row + seed) % 4 {
                0 => lists.append(true),
                1 => lists.append_null(),
                _ => {
                    lists.values().append_value(format!("alasan {row}"));
                    lists.values().append_null();
                    lists.append(true);
                }
            }
        }
        let parts = Fields::from(vec![Field::new("level", DataType::Utf8, true), Field::new("weight", DataType::Float64, true)]);
        let levels: StringArray = (0..rows).map(|row| value(row).map(|v| format!("tingkat {v}"))).collect();
        let weights: Float64Array = (0..rows).map(|row| value(row).map(|v| v as f64 / 7.0)).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("i8", Arc::new((0..rows).map(|row| value(row).map(|v| (v % 100) as i8)).collect::<Int8Array>())),
            ("i16", Arc::new((0..rows).map(|row| value(row).map(|v| v as i16)).collect::<Int16Array>())),
            ("i32", Arc::new((0..rows).map(|row| value(row).map(|v| v as i32)).collect::<Int32Array>())),
            ("i64", Arc::new((0..rows).map(|row| value(row).map(|v| v as i64 - 5)).collect::<Int64Array>())),
            ("f32", Arc::new((0..rows).map(|row| value(row).map(|v| v as f32 / 3.0)).collect::<Float32Array>())),
            ("f64", Arc::new((0..rows).map(|row| value(row).map(|v| v as f64 / 3.0)).collect::<Float64Array>())),
            ("bool", Arc::new((0..rows).map(|row| value(row).map(|v| v % 2 == 0)).collect::<BooleanArray>())),
            ("date", Arc::new((0..rows).map(|row| value(row).map(|v| v as i32 - 4000)).collect::<Date32Array>())),
            (
                "text",
                Arc::new(
                    (0..rows)
                        .map(|row| value(row).map(|v| format!("a text that is longer than twelve bytes {v}")))
                        .collect::<StringArray>(),
                ),
            ),
            ("list", Arc::new(lists.finish())),
            ("struct", Arc::new(StructArray::new(parts, vec![Arc::new(levels), Arc::new(weights)], None))),
        ];
        let fields: Vec<Field> = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, array)| array).collect())
            .expect("columns of one length")
    }

    #[track_caller]
    fn check(batches: &[RecordBatch]) {
        let schema = batches[0].schema();
        let expected = concat_batches(&schema, batches).expect("one schema");
        let frame = to_polars(batches).expect("crosses");
        assert_eq!(frame.height(), expected.num_rows());
        assert_eq!(to_arrow(frame, &schema).expect("crosses back"), expected);
    }

    #[test]
    fn one_batch_comes_back() {
        check(&[batch(50, 0)]);
    }

    #[test]
    fn several_batches_come_back_as_one_with_empty_ones_among_them() {
        check(&[batch(10, 0), batch(0, 0), batch(7, 1), batch(1, 2)]);
    }

    #[test]
    fn slices_with_an_offset_come_back() {
        check(&[batch(40, 0).slice(3, 21), batch(20, 1).slice(19, 1)]);
    }

    #[test]
    fn an_empty_table_keeps_its_columns() {
        check(&[batch(0, 0)]);
    }

    #[test]
    fn no_batches_are_a_frame_without_columns() {
        let frame = to_polars(&[]).expect("crosses");
        assert_eq!((frame.height(), frame.width()), (0, 0));
    }

    #[test]
    fn views_come_back_as_plain_text() {
        let views: ArrayRef = Arc::new(StringViewArray::from(vec![Some("short"), None, Some("a text that is longer than twelve bytes")]));
        let schema = Arc::new(Schema::new(vec![Field::new("text", DataType::Utf8View, true)]));
        let frame = to_polars(&[RecordBatch::try_new(schema, vec![views]).expect("one column")]).expect("crosses");
        let plain = Arc::new(Schema::new(vec![Field::new("text", DataType::Utf8, true)]));
        let back = to_arrow(frame, &plain).expect("crosses back");
        assert_eq!(
            back.column(0).as_ref(),
            &StringArray::from(vec![Some("short"), None, Some("a text that is longer than twelve bytes")]) as &dyn Array
        );
    }

    #[test]
    fn numbers_share_their_buffer() {
        let numbers = Int64Array::from(vec![1, 2, 3]);
        let pointer = numbers.values().as_ptr();
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(numbers)]).expect("one column");
        let back = to_arrow(to_polars(&[batch]).expect("crosses"), &schema).expect("crosses back");
        let back = back.column(0).as_any().downcast_ref::<Int64Array>().expect("int64").values().as_ptr();
        assert_eq!(back, pointer);
    }

    #[test]
    fn another_type_name_or_null_is_refused() {
        let frame = || to_polars(&[batch(5, 0)]).expect("crosses").select(["i32"]).expect("a column");
        let schema = |name: &str, kind, nullable| Arc::new(Schema::new(vec![Field::new(name, kind, nullable)]));
        let message = |schema| to_arrow(frame(), &schema).expect_err("refused").to_string();
        assert_eq!(message(schema("i32", DataType::Int64, true)), "column i32: expected Int64, found Int32");
        assert_eq!(message(schema("umur", DataType::Int32, true)), "expected the columns [umur], found [i32]");
        assert!(message(schema("i32", DataType::Int32, false)).starts_with("arrow: "));
        let other =
            RecordBatch::try_new(schema("x", DataType::Int32, true), vec![Arc::new(Int32Array::from(vec![1]))]).expect("one column");
        assert_eq!(
            to_polars(&[batch(1, 0), other]).expect_err("refused").to_string(),
            "batch 1 of the table has other columns than its first batch"
        );
    }
}
