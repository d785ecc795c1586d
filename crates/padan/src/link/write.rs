//! What `padan link` leaves: pairs, clusters, the trained model, the summary.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, DictionaryArray, Float32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type, Schema};
use padan_link::{LinkedTables, Pair};
use padan_publish::write_file;

use super::Inputs;

/// Rows of one batch of pairs.
const BATCH: usize = 1 << 18;

/// Writes `pairs.parquet` and `clusters.parquet`.
pub(super) fn tables(folder: &Path, inputs: &Inputs, ids: &StringArray, linked: &LinkedTables) -> anyhow::Result<()> {
    let table_of = |row: u32| inputs.ranges.iter().position(|range| range.contains(&row)).unwrap_or_default();
    let empty = pairs(inputs, ids, linked, &[], &table_of)?;
    let batches: Result<Vec<RecordBatch>, _> =
        linked.pairs.chunks(BATCH).map(|chunk| pairs(inputs, ids, linked, chunk, &table_of)).collect();
    write_file(&folder.join("pairs.parquet"), &empty.schema(), &batches?)?;

    let rows = 0..inputs.rows() as u32;
    let clusters = RecordBatch::try_from_iter([
        ("table", text(rows.clone().map(|row| inputs.names[table_of(row)].as_str()))?),
        ("id", Arc::new(ids.clone()) as ArrayRef),
        ("cluster_id", Arc::new(linked.clusters.iter().map(|first| i64::from(*first) + 1).collect::<Int64Array>()) as ArrayRef),
        ("self_probability", Arc::new(linked.self_probability.iter().copied().collect::<Float32Array>()) as ArrayRef),
    ])?;
    let clusters = with_double(&clusters)?;
    write_file(&folder.join("clusters.parquet"), &clusters.schema(), std::slice::from_ref(&clusters))?;
    Ok(())
}

/// Texts with few distinct values.
fn text<'a>(values: impl Iterator<Item = &'a str>) -> anyhow::Result<ArrayRef> {
    let dictionary: DictionaryArray<Int32Type> = values.collect();
    Ok(cast(&dictionary, &DataType::Utf8)?)
}

fn with_double(batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
    let mut columns = batch.columns().to_vec();
    let at = batch.schema().index_of("self_probability")?;
    columns[at] = cast(&columns[at], &DataType::Float64)?;
    let names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    Ok(RecordBatch::try_from_iter(names.into_iter().zip(columns))?)
}

fn pairs(
    inputs: &Inputs,
    ids: &StringArray,
    linked: &LinkedTables,
    pairs: &[Pair],
    table_of: &dyn Fn(u32) -> usize,
) -> anyhow::Result<RecordBatch> {
    let id = |row: u32| ids.value(row as usize);
    let name = |row: u32| inputs.names[table_of(row)].as_str();
    let rule = |pair: &Pair| linked.trained.rules.get(usize::from(pair.rule)).map_or("cluster", String::as_str);
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("table_l".to_owned(), text(pairs.iter().map(|pair| name(pair.left)))?),
        ("id_l".to_owned(), Arc::new(StringArray::from_iter_values(pairs.iter().map(|pair| id(pair.left))))),
        ("table_r".to_owned(), text(pairs.iter().map(|pair| name(pair.right)))?),
        ("id_r".to_owned(), Arc::new(StringArray::from_iter_values(pairs.iter().map(|pair| id(pair.right))))),
        ("match_weight".to_owned(), Arc::new(pairs.iter().map(|pair| Some(pair.weight)).collect::<Float64Array>())),
        ("match_probability".to_owned(), Arc::new(pairs.iter().map(|pair| Some(pair.probability)).collect::<Float64Array>())),
        ("is_match".to_owned(), Arc::new(pairs.iter().map(|pair| Some(pair.is_match)).collect::<BooleanArray>())),
        ("rule".to_owned(), text(pairs.iter().map(rule))?),
    ];
    for (at, comparison) in linked.trained.comparisons.iter().enumerate() {
        let level = |pair: &Pair| comparison.levels[usize::from(linked.trained.level(pair.pattern, at))].as_str();
        columns.push((format!("level_{}", comparison.name), text(pairs.iter().map(level))?));
    }
    if pairs.is_empty() {
        let fields: Vec<arrow::datatypes::Field> =
            columns.iter().map(|(name, array)| arrow::datatypes::Field::new(name, array.data_type().clone(), true)).collect();
        return Ok(RecordBatch::new_empty(Arc::new(Schema::new(fields))));
    }
    let fields: Vec<arrow::datatypes::Field> =
        columns.iter().map(|(name, array)| arrow::datatypes::Field::new(name, array.data_type().clone(), true)).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, array)| array).collect())?)
}
