//! An answer as text, CSV or JSON. Dates are ISO 8601; a list is joined by `; ` outside JSON; null is blank, and `null` in JSON.

use anyhow::Context as _;
use polars::frame::DataFrame;
use polars::prelude::{AnyValue, Column, DataType};
use serde_json::{Map, Number, Value};

use crate::output::{Align, TextTable, decimal};

/// An aligned table and the number of rows; measured numbers are rounded.
pub(crate) fn to_text(frame: &DataFrame) -> anyhow::Result<String> {
    let align = |column: &Column| if column.dtype().is_primitive_numeric() { Align::Right } else { Align::Left };
    let mut table = TextTable::new(frame.columns().iter().map(|column| (column.name().as_str(), align(column))));
    for row in 0..frame.height() {
        table.row(cells(frame, row)?.iter().map(|cell| if let Value::Number(number) = cell { rounded(number) } else { plain(cell) }));
    }
    let rows = frame.height();
    Ok(format!("{}({rows} {})\n", table.render(0), if rows == 1 { "row" } else { "rows" }))
}

/// CSV with a header.
pub(crate) fn to_csv(frame: &DataFrame) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(frame.columns().iter().map(|column| column.name().as_str()))?;
    for row in 0..frame.height() {
        writer.write_record(cells(frame, row)?.iter().map(plain))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// A JSON array of objects, one a row.
pub(crate) fn to_json(frame: &DataFrame) -> anyhow::Result<Value> {
    let names: Vec<&str> = frame.columns().iter().map(|column| column.name().as_str()).collect();
    (0..frame.height())
        .map(|row| Ok(Value::Object(names.iter().map(|name| (*name).to_owned()).zip(cells(frame, row)?).collect::<Map<_, _>>())))
        .collect::<anyhow::Result<Vec<Value>>>()
        .map(Value::Array)
}

fn cells(frame: &DataFrame, row: usize) -> anyhow::Result<Vec<Value>> {
    frame.columns().iter().map(|column| column.get(row).map(|value| to_value(&value)).context("a row of the answer")).collect()
}

fn to_value(value: &AnyValue<'_>) -> Value {
    match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(value) => Value::Bool(*value),
        AnyValue::String(text) => Value::from(*text),
        AnyValue::StringOwned(text) => Value::from(text.as_str()),
        AnyValue::Float32(number) => Value::from(f64::from(*number)),
        AnyValue::Float64(number) => Value::from(*number),
        AnyValue::List(items) => Value::Array(items.iter().map(|item| to_value(&item)).collect()),
        AnyValue::StructOwned(fields) => {
            Value::Object(fields.1.iter().map(|field| field.name().to_string()).zip(fields.0.iter().map(to_value)).collect())
        }
        AnyValue::Struct(..) => {
            let mut values = Vec::new();
            value._materialize_struct_av(&mut values);
            match value.dtype() {
                DataType::Struct(fields) => {
                    Value::Object(fields.iter().map(|field| field.name().to_string()).zip(values.iter().map(to_value)).collect())
                }
                _ => Value::Null,
            }
        }
        number if number.dtype().is_integer() => number.try_extract::<i64>().map_or_else(|_| Value::from(number.to_string()), Value::from),
        // Dates, times and durations print as ISO 8601 in polars.
        other => Value::from(other.to_string()),
    }
}

fn rounded(number: &Number) -> String {
    if number.is_f64() { number.as_f64().map_or_else(String::new, decimal) } else { number.to_string() }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("; "),
        Value::Object(fields) => fields.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use polars::df;
    use polars::prelude::{IntoLazy as _, NamedFrom as _, Series, col};
    use serde_json::json;

    use super::*;

    fn frame() -> DataFrame {
        let reasons = Series::new("reasons".into(), [Series::new("".into(), ["desil"]), Series::new("".into(), ["asn", "ganda"])]);
        let mut frame = df!("kode" => [Some("32"), None], "n" => [7_u32, 1204], "born" => [0, 31]).expect("a frame");
        frame = frame.lazy().with_column(col("born").cast(DataType::Date)).collect().expect("dates");
        frame.with_column(reasons.into()).expect("same height");
        frame
    }

    #[test]
    fn the_three_forms_say_the_same() {
        let frame = frame();
        assert_eq!(
            to_text(&frame).expect("text"),
            "kode     n  born        reasons\n32       7  1970-01-01  desil\n      1204  1970-02-01  asn; ganda\n(2 rows)\n"
        );
        assert_eq!(to_csv(&frame).expect("csv"), "kode,n,born,reasons\n32,7,1970-01-01,desil\n,1204,1970-02-01,asn; ganda\n");
        assert_eq!(
            to_json(&frame).expect("json"),
            json!([{"kode": "32", "n": 7, "born": "1970-01-01", "reasons": ["desil"]}, {"kode": null, "n": 1204, "born": "1970-02-01", "reasons": ["asn", "ganda"]}])
        );
    }
}
