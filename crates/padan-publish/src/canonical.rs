//! Equal columns in one form, so that they are encoded to equal bytes.
//!
//! The same values may come with a bitmap of nulls that marks none, or without one, and a list's items may stand anywhere in a longer
//! array: that depends on how the rows were cut and merged before they came here, and Parquet's levels are run-length encoded
//! differently for it. Here a bitmap without a null is dropped and a list holds its own items only.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, ListArray, PrimitiveArray, StringArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow::error::ArrowError;

/// The column in its form.
pub(crate) fn canonical(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let nulls = column.nulls().filter(|nulls| nulls.null_count() > 0).cloned();
    match column.data_type() {
        DataType::List(item) => {
            let list = column.as_list::<i32>();
            let offsets = list.offsets();
            let (first, last) = (offsets[0], offsets[list.len()]);
            let items = canonical(&list.values().slice(first as usize, (last - first) as usize))?;
            let offsets = OffsetBuffer::new(offsets.iter().map(|offset| offset - first).collect());
            Ok(Arc::new(ListArray::try_new(Arc::clone(item), offsets, items, nulls)?))
        }
        DataType::Struct(fields) => {
            let parts = column.as_struct().columns().iter().map(canonical).collect::<Result<Vec<_>, _>>()?;
            Ok(Arc::new(StructArray::try_new_with_length(fields.clone(), parts, nulls, column.len())?))
        }
        _ if nulls.is_some() || column.nulls().is_none() => Ok(Arc::clone(column)),
        _ => without_nulls(column),
    }
}

/// A column that has a bitmap of nulls and no null, without the bitmap.
fn without_nulls(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    fn numbers<T: ArrowPrimitiveType>(column: &ArrayRef) -> ArrayRef {
        Arc::new(PrimitiveArray::<T>::new(column.as_primitive::<T>().values().clone(), None))
    }
    Ok(match column.data_type() {
        DataType::Int8 => numbers::<Int8Type>(column),
        DataType::Int16 => numbers::<Int16Type>(column),
        DataType::Int32 => numbers::<Int32Type>(column),
        DataType::Int64 => numbers::<Int64Type>(column),
        DataType::Float32 => numbers::<Float32Type>(column),
        DataType::Float64 => numbers::<Float64Type>(column),
        DataType::Date32 => numbers::<Date32Type>(column),
        DataType::Boolean => Arc::new(BooleanArray::new(column.as_boolean().values().clone(), None)),
        DataType::Utf8 => {
            let (offsets, values, _) = column.as_string::<i32>().clone().into_parts();
            Arc::new(StringArray::try_new(offsets, values, None)?)
        }
        other => return Err(ArrowError::NotYetImplemented(format!("no table has a column of {other}"))),
    })
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, ListBuilder, StringBuilder};
    use arrow::buffer::NullBuffer;

    use super::*;

    #[test]
    fn a_bitmap_without_a_null_is_dropped_and_one_with_a_null_stays() {
        let plain: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
        let (offsets, values, _) = plain.as_string::<i32>().clone().into_parts();
        let marked = Some(NullBuffer::new_valid(2));
        let columns: [ArrayRef; 3] = [
            Arc::new(StringArray::new(offsets, values, marked.clone())),
            Arc::new(Int64Array::new(vec![1, 2].into(), marked.clone())),
            Arc::new(BooleanArray::new(vec![true, false].into(), marked)),
        ];
        for column in columns {
            let found = canonical(&column).expect("a column of a table");
            assert!(found.nulls().is_none() && found.as_ref() == column.as_ref(), "{}", column.data_type());
        }
        let with_null: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
        assert_eq!(canonical(&with_null).expect("a column of a table").null_count(), 1);
        assert!(canonical(&with_null.slice(0, 1)).expect("a column of a table").nulls().is_none());
    }

    #[test]
    fn a_list_holds_its_own_items() {
        let mut lists = ListBuilder::new(StringBuilder::new());
        for reasons in [vec![None, Some("a")], vec![Some("b")], vec![]] {
            lists.append_value(reasons);
        }
        let lists: ArrayRef = Arc::new(lists.finish());
        let found = canonical(&lists.slice(1, 2)).expect("a column of a table");
        assert_eq!(&found, &lists.slice(1, 2));
        let items = found.as_list::<i32>().values();
        assert!(items.len() == 1 && items.nulls().is_none());
    }
}
