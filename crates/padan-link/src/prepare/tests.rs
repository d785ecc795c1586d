//! Tables of any shape into columns that can be compared.

use arrow::array::{
    Array, AsArray, Date32Array, DictionaryArray, Float64Array, Int64Array, LargeStringArray, ListBuilder, StringArray, StringBuilder,
    StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use proptest::prelude::*;

use super::*;
use crate::Model;

fn columns(text: &str) -> Columns {
    toml::from_str::<Model>(&format!(
        "name = 'm'\n{text}\n[[comparison]]\nname = 'a'\ncompare = {{ kind = 'exact', column = 'a' }}\n[[blocking]]\nname = 'a'\nkeys = ['a']"
    ))
    .map_or_else(|error| panic!("{error}"), |model| model.prepared)
}

fn text(values: &[&str]) -> ArrayRef {
    Arc::new(values.iter().map(|value| (!value.is_empty()).then_some(*value)).collect::<StringArray>())
}

fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).expect("equal lengths")
}

/// The texts of one prepared column over all of a table's batches; nulls are empty.
fn values(batches: &[RecordBatch], name: &str) -> Vec<String> {
    let arrays = batches.iter().map(|batch| batch.column_by_name(name).expect("prepared"));
    arrays
        .flat_map(|array| match array.data_type() {
            DataType::Int64 => {
                let array = array.as_primitive::<Int64Type>();
                array.iter().map(|value| value.map(|value| value.to_string()).unwrap_or_default()).collect::<Vec<_>>()
            }
            _ => array.as_string::<i32>().iter().map(|value| value.unwrap_or_default().to_owned()).collect(),
        })
        .collect()
}

const COLUMNS: &str = r#"
[columns]
name = { from = ["first_name", "surname"], as = "name" }
sound = { from = "name", as = "sound", rules = "english" }
dob = { from = "date_of_birth", as = "date" }
ssn = { from = "soc_sec_id", as = "identifier" }
street = { from = "address_1", as = "text", abbreviations = "english-address" }
postcode = { as = "identifier" }
rooms = { as = "number", decimals = 1 }
mail = { from = "email", as = "email" }
phone = { as = "phone" }
sex = { as = "category" }
authors = { as = "list", separator = "," }
"#;

#[test]
fn every_kind_is_made() {
    let batch = table(vec![
        ("first_name", text(&["Joseph", "", ""])),
        ("surname", text(&["O'Brien", "Smith", ""])),
        ("date_of_birth", text(&["3/25/1990", "3/4/1990", ""])),
        ("soc_sec_id", text(&["078-05-1120", "000-00-0000", ""])),
        ("address_1", text(&["12 N Main St.", "St Mary's Rd", ""])),
        ("postcode", text(&["ab1 2cd", "", ""])),
        ("rooms", text(&["2.5", "many", ""])),
        ("email", text(&["J.Doe@GMAIL.com", "none", ""])),
        ("phone", text(&["+44 20 7946 0000", "", ""])),
        ("sex", text(&["Female", "N/A", ""])),
        ("authors", text(&["Doe J, Roe A", "Roe A,Doe J", ""])),
    ]);
    let columns = columns(COLUMNS);
    let prepared = prepare(&columns, &[&[batch]], &Shipped).expect("prepares").remove(0);
    for (name, expected) in [
        ("name", ["joseph obrien", "smith", ""]),
        ("sound", ["jasaf abran", "smat", ""]),
        ("dob", ["19900325", "19900304", ""]),
        ("ssn", ["078051120", "", ""]),
        ("street", ["12 north main street", "saint marys road", ""]),
        ("postcode", ["AB12CD", "", ""]),
        ("rooms", ["25", "", ""]),
        ("mail", ["jdoe@gmail.com", "", ""]),
        ("phone", ["079460000", "", ""]),
        ("sex", ["female", "", ""]),
        ("authors", ["doe_j roe_a", "doe_j roe_a", ""]),
    ] {
        let found = values(&prepared, name);
        if name == "sound" {
            assert_eq!(found[0].split(' ').count(), 2, "one key a token: {}", found[0]);
        } else {
            assert_eq!(found, expected, "{name}");
        }
    }
    assert_eq!(columns.inputs().len(), 11);
}

#[test]
fn any_type_of_column_is_text() {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for list in [&["roe", "doe"][..], &[]] {
        for item in list {
            lists.values().append_value(item);
        }
        lists.append(true);
    }
    let batch = table(vec![
        ("large", Arc::new(LargeStringArray::from(vec![Some("A-1"), None]))),
        ("view", Arc::new(StringViewArray::from(vec![Some("A-1"), None]))),
        ("dictionary", Arc::new(vec![Some("A-1"), None].into_iter().collect::<DictionaryArray<Int32Type>>())),
        ("float", Arc::new(Float64Array::from(vec![Some(278_456_789.0), Some(f64::NAN)]))),
        ("int", Arc::new(Int64Array::from(vec![Some(19_900_305), None]))),
        ("date", Arc::new(Date32Array::from(vec![Some(7368), None]))),
        ("moment", Arc::new(TimestampMicrosecondArray::from(vec![Some(7368 * 86_400_000_000), None]).with_timezone("Asia/Jakarta"))),
        ("list", Arc::new(lists.finish())),
    ]);
    let columns = columns(
        "[columns]\nlarge.as = 'identifier'\nview.as = 'identifier'\ndictionary.as = 'identifier'\nfloat.as = 'identifier'\n\
         int.as = 'date'\ndate.as = 'date'\nmoment.as = 'date'\nlist.as = 'list'",
    );
    let prepared = prepare(&columns, &[&[batch]], &Shipped).expect("prepares").remove(0);
    for (name, expected) in [
        ("large", "A1"),
        ("view", "A1"),
        ("dictionary", "A1"),
        ("float", "278456789"),
        ("int", "19900305"),
        ("date", "19900305"),
        ("moment", "19900305"),
        ("list", "doe roe"),
    ] {
        assert_eq!(values(&prepared, name), [expected, ""], "{name}");
    }
}

#[test]
fn dates_are_voted_on_by_table_and_a_table_may_lack_a_column() {
    let american = table(vec![("born", text(&["3/4/1990", "12/31/1990"]))]);
    let british = table(vec![("born", text(&["3/4/1990", "31/12/1990"])), ("town", text(&["Bath", "York"]))]);
    let columns = columns("[columns]\nborn.as = 'date'\ntown.as = 'text'");
    let prepared = prepare(&columns, &[&[american.clone(), american], &[british], &[]], &Shipped).expect("prepares");
    assert_eq!(values(&prepared[0], "born"), ["19900304", "19901231", "19900304", "19901231"]);
    assert_eq!(values(&prepared[1], "born"), ["19900403", "19901231"]);
    assert_eq!(values(&prepared[0], "town"), [""; 4]);
    assert!(prepared[2].is_empty());
}

#[test]
fn mistakes_are_named() {
    let batch = table(vec![("first_name", text(&["a"])), ("surname", text(&["b"]))]);
    for (text, expected) in [
        ("name = { from = ['frist_name', 'surname'], as = 'name' }", "no table has a column `frist_name`; nearest is `first_name`"),
        ("sound = { from = 'surname', as = 'sound', rules = 'englsh' }", "no phonetic rules `englsh`; nearest is `english`"),
        ("street = { from = 'surname', as = 'text', abbreviations = 'x' }", "no abbreviations `x`; shipped are: english-address"),
    ] {
        let error =
            prepare(&columns(&format!("[columns]\n{text}")), &[std::slice::from_ref(&batch)], &Shipped).expect_err("wrong").to_string();
        assert!(error.contains(expected), "{error}");
    }
    for (text, expected) in [
        ("a = { from = 'b', as = 'text' }\nb = { from = 'a', as = 'text' }", "in a circle: `a`, `b`"),
        ("a = { as = 'text', rules = 'english' }", "`rules` goes with `as = \"sound\"` only"),
        ("a = { as = 'sound' }", "needs `rules`"),
        ("a = { as = 'txt' }", "unknown variant `txt`"),
        ("a = { as = 'text', form = 'b' }", "unknown field `form`"),
        ("a = { as = 'text', from = [] }", "names no column"),
        ("a = { as = 'text', from = 3 }", "expected a column or a list of columns"),
    ] {
        let error = toml::from_str::<Columns>(text).expect_err("wrong").to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn columns_survive_the_trip_through_text() {
    let columns = columns(COLUMNS);
    let again: Columns = toml::from_str(&toml::to_string(&columns).expect("writes")).expect("reads");
    assert_eq!(again, columns);
}

#[test]
fn many_rows_are_the_same_in_chunks() {
    let names: Vec<String> = (0..50_000).map(|at| format!("Name-{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let batch = table(vec![("n", text(&names))]);
    let prepared = prepare(&columns("[columns]\nn.as = 'name'"), &[&[batch]], &Shipped).expect("prepares").remove(0);
    let values = values(&prepared, "n");
    assert_eq!(values.len(), 50_000);
    assert_eq!(values[49_999], "name 49999");
}

proptest! {
    #[test]
    fn any_value_is_taken(value in "\\PC{0,24}") {
        let names = ["first_name", "surname", "date_of_birth", "soc_sec_id", "address_1", "postcode", "rooms", "email", "phone", "sex", "authors"];
        let batch = table(names.iter().map(|name| (*name, text(&[&value]))).collect());
        let prepared = prepare(&columns(COLUMNS), &[&[batch]], &Shipped).expect("prepares");
        prop_assert_eq!(prepared[0][0].num_rows(), 1);
    }
}
