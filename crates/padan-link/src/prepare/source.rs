//! Columns of any Arrow type as text.
//!
//! A float that is whole is written without its point, since spreadsheets and data frames make floats of identifiers; a moment is
//! written in UTC; a list is its items with the separator between them.

use arrow::array::{Array, ArrayRef, AsArray, StringArray, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float32Type, Float64Type};

use crate::LinkError;

/// Longest text that is looked at, in bytes: keeps a chunk of rows within an Arrow string array.
const LONGEST: usize = 32_000;

/// The array's values as text.
///
/// # Errors
/// A type without a text form (structs, maps, intervals).
pub(super) fn texts(name: &str, array: &ArrayRef, separator: &str) -> Result<StringArray, LinkError> {
    let wrong = || LinkError::ColumnType { column: name.to_owned(), found: array.data_type().to_string() };
    let cast_to = |array: &ArrayRef, kind: &DataType| cast(array, kind).map_err(|_| wrong());
    match array.data_type() {
        DataType::Utf8 => Ok(array.as_string::<i32>().clone()),
        DataType::Null => Ok(StringArray::new_null(array.len())),
        DataType::Struct(_) | DataType::Map(..) | DataType::Union(..) | DataType::RunEndEncoded(..) | DataType::Interval(_) => Err(wrong()),
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>();
            Ok(values.iter().map(|value| value.and_then(|value| whole(f64::from(value)))).collect())
        }
        DataType::Float64 => Ok(array.as_primitive::<Float64Type>().iter().map(|value| value.and_then(whole)).collect()),
        DataType::Float16 => texts(name, &cast_to(array, &DataType::Float64)?, separator),
        DataType::Timestamp(unit, Some(_)) => {
            let instants = cast_to(array, &DataType::Int64)?;
            texts(name, &cast_to(&instants, &DataType::Timestamp(*unit, None))?, separator)
        }
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
            let lists = cast_to(array, &DataType::List(Field::new_list_field(DataType::Utf8, true).into()))?;
            Ok(joined(lists.as_list::<i32>().iter(), separator))
        }
        _ => Ok(cast_to(array, &DataType::Utf8)?.as_string::<i32>().clone()),
    }
}

/// A number as text, whole ones without a point; `None` for infinity and not-a-number.
fn whole(value: f64) -> Option<String> {
    if !value.is_finite() {
        None
    } else if value.fract() == 0.0 && value.abs() < 1e18 {
        Some((value as i64).to_string())
    } else {
        Some(value.to_string())
    }
}

fn joined(lists: impl Iterator<Item = Option<ArrayRef>>, separator: &str) -> StringArray {
    let mut builder = StringBuilder::new();
    let mut text = String::new();
    for list in lists {
        text.clear();
        for item in list.iter().flat_map(|list| list.as_string::<i32>().iter().flatten().map(str::to_owned).collect::<Vec<_>>()) {
            if !text.is_empty() {
                text.push_str(separator);
            }
            text.push_str(&item);
        }
        builder.append_option((!text.is_empty()).then_some(&text));
    }
    builder.finish()
}

/// The values of several columns in one row, joined with one space; `None` where all are null or empty.
pub(super) fn row<'a>(sources: &'a [StringArray], row: usize, joined: &'a mut String) -> Option<&'a str> {
    let value = |source: &'a StringArray| (!source.is_null(row)).then(|| cut(source.value(row))).filter(|text| !text.is_empty());
    if let [source] = sources {
        return value(source);
    }
    joined.clear();
    for text in sources.iter().filter_map(value) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(text);
    }
    (!joined.is_empty()).then_some(joined.as_str())
}

/// The same of the parts of a date, where one that is missing keeps its place.
pub(super) fn date_row<'a>(sources: &'a [StringArray], at: usize, joined: &'a mut String) -> Option<&'a str> {
    let missing = |source: &StringArray| source.is_null(at) || source.value(at).trim().is_empty();
    let gaps = sources.iter().filter(|source| missing(source)).count();
    if sources.len() != 3 || gaps == 0 || gaps == 3 {
        return row(sources, at, joined);
    }
    let has_year = sources.iter().any(|source| !missing(source) && source.value(at).trim().len() == 4);
    joined.clear();
    for (place, source) in sources.iter().enumerate() {
        if place > 0 {
            joined.push(' ');
        }
        // A year stands at either end.
        joined.push_str(match (missing(source), has_year || place == 1) {
            (true, true) => "??",
            (true, false) => "????",
            (false, _) => source.value(at),
        });
    }
    Some(joined.as_str())
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_part_of_a_date_keeps_its_place() {
        let column = |text: &str| StringArray::from(vec![Some(text).filter(|text| !text.is_empty())]);
        for (parts, expected) in [
            (["1967", "9", "27"], Some("1967 9 27")),
            (["1967", "", "27"], Some("1967 ?? 27")),
            (["", "9", "27"], Some("???? 9 27")),
            (["", "9", "1967"], Some("?? 9 1967")),
            (["1967", "", ""], Some("1967 ?? ??")),
            (["", "", ""], None),
        ] {
            assert_eq!(date_row(&parts.map(column), 0, &mut String::new()), expected, "{parts:?}");
        }
    }
}
