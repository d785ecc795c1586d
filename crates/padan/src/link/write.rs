//! What `padan link` leaves: pairs and clusters.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use padan_link::{LinkedTables, Pair};
use padan_publish::write_columns;

use super::Inputs;

/// Writes `pairs.parquet` and `clusters.parquet`.
pub(super) fn tables(folder: &Path, inputs: &Inputs, ids: &StringArray, linked: &LinkedTables) -> anyhow::Result<()> {
    let names = Words::new(inputs.names.iter().map(String::as_str));
    let table_of = |row: u32| inputs.ranges.iter().position(|range| range.contains(&row)).unwrap_or_default() as i32;
    let id_of = |row: u32| ids.value(row as usize);
    let pairs = PairColumns::new(linked);
    let column = |at: usize, rows: Range<usize>| {
        let rows = &linked.pairs[rows];
        Ok(match at {
            0 => names.column(rows.iter().map(|pair| table_of(pair.left)))?,
            1 => Arc::new(StringArray::from_iter_values(rows.iter().map(|pair| id_of(pair.left)))),
            2 => names.column(rows.iter().map(|pair| table_of(pair.right)))?,
            3 => Arc::new(StringArray::from_iter_values(rows.iter().map(|pair| id_of(pair.right)))),
            4 => Arc::new(Float64Array::from_iter_values(rows.iter().map(|pair| pair.weight))),
            5 => Arc::new(Float64Array::from_iter_values(rows.iter().map(|pair| pair.probability))),
            6 => Arc::new(rows.iter().map(|pair| Some(pair.is_match)).collect::<BooleanArray>()),
            7 => pairs.rules(rows)?,
            _ => pairs.levels(at - 8, rows)?,
        })
    };
    let write_pairs = || write_columns(&folder.join("pairs.parquet"), &pairs.schema(), linked.pairs.len(), column);

    let schema = schema([
        ("table".to_owned(), words()),
        ("id".to_owned(), DataType::Utf8),
        ("cluster_id".to_owned(), DataType::Int64),
        ("self_probability".to_owned(), DataType::Float64),
    ]);
    let column = |at: usize, rows: Range<usize>| {
        Ok(match at {
            0 => names.column((rows.start as u32..rows.end as u32).map(table_of))?,
            1 => Arc::new(ids.slice(rows.start, rows.len())),
            2 => Arc::new(Int64Array::from_iter_values(linked.clusters[rows].iter().map(|first| i64::from(*first) + 1))),
            _ => Arc::new(Float64Array::from_iter_values(linked.self_probability[rows].iter().copied().map(f64::from))),
        })
    };
    let write_clusters = || write_columns(&folder.join("clusters.parquet"), &schema, inputs.rows(), column);
    let (pairs, clusters) = rayon::join(write_pairs, write_clusters);
    pairs?;
    Ok(clusters?)
}

/// What the columns of the pairs are made of.
struct PairColumns<'a> {
    linked: &'a LinkedTables,
    rules: Words,
    levels: Vec<Words>,
}

impl<'a> PairColumns<'a> {
    fn new(linked: &'a LinkedTables) -> Self {
        let rules = linked.trained.rules.iter().map(String::as_str).chain(["verdict", "cluster"]);
        let of_comparison = |levels: &Vec<String>| Words::new(levels.iter().map(String::as_str));
        let levels = linked.trained.comparisons.iter().map(|comparison| of_comparison(&comparison.levels)).collect();
        Self { linked, rules: Words::new(rules), levels }
    }

    fn schema(&self) -> SchemaRef {
        let fixed = [
            ("table_l", words()),
            ("id_l", DataType::Utf8),
            ("table_r", words()),
            ("id_r", DataType::Utf8),
            ("match_weight", DataType::Float64),
            ("match_probability", DataType::Float64),
            ("is_match", DataType::Boolean),
            ("rule", words()),
        ];
        let levels = self.linked.trained.comparisons.iter().map(|comparison| (format!("level_{}", comparison.name), words()));
        schema(fixed.into_iter().map(|(name, kind)| (name.to_owned(), kind)).chain(levels))
    }

    fn rules(&self, pairs: &[Pair]) -> Result<ArrayRef, ArrowError> {
        let rules = self.linked.trained.rules.len();
        let place = |pair: &Pair| match u8::MAX - pair.rule {
            0 => rules + 1,
            1 => rules,
            _ => usize::from(pair.rule),
        };
        self.rules.column(pairs.iter().map(|pair| place(pair) as i32))
    }

    fn levels(&self, comparison: usize, pairs: &[Pair]) -> Result<ArrayRef, ArrowError> {
        let level = self.linked.trained.level_of(comparison);
        self.levels[comparison].column(pairs.iter().map(|pair| i32::from(level(pair.pattern))))
    }
}

/// Few texts that many rows hold.
struct Words(Arc<StringArray>);

impl Words {
    fn new<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        Self(Arc::new(StringArray::from_iter_values(words)))
    }

    fn column(&self, rows: impl Iterator<Item = i32>) -> Result<ArrayRef, ArrowError> {
        let keys = Int32Array::from_iter_values(rows);
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::clone(&self.0) as ArrayRef)?))
    }
}

/// The type of [`Words`]; text in the file.
fn words() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn schema(columns: impl IntoIterator<Item = (String, DataType)>) -> SchemaRef {
    Arc::new(Schema::new(columns.into_iter().map(|(name, kind)| Field::new(name, kind, true)).collect::<Vec<_>>()))
}
