//! The golden records as the published table.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int8Array, Int32Array, RecordBatch, StringArray};
use padan_model::tables;

use crate::golden::{Chosen, Golden};
use crate::records::Records;
use crate::{Population, ReconcileError};

/// `persons`, in the order of the ids that `order` gives.
pub(crate) fn table(
    population: &Population<'_>,
    records: &Records<'_>,
    golden: &[Golden<'_>],
    order: &[u32],
) -> Result<RecordBatch, ReconcileError> {
    let each = || order.iter().map(|person| &golden[*person as usize]);
    let families = each().map(|golden| golden.family.map(|family| population.family_ids[family.value as usize].as_str()));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(order.iter().map(|person| Some(population.person_ids[*person as usize].as_str())).collect::<StringArray>()),
        Arc::new(families.collect::<StringArray>()),
        Arc::new(each().map(|golden| value(golden.nik)).collect::<StringArray>()),
        Arc::new(each().map(|golden| value(golden.nama)).collect::<StringArray>()),
        Arc::new(each().map(|golden| value(golden.tanggal_lahir)).collect::<Date32Array>()),
        Arc::new(each().map(|golden| value(golden.jenis_kelamin)).collect::<StringArray>()),
        Arc::new(each().map(|golden| value(golden.kode_wilayah)).collect::<StringArray>()),
        Arc::new(each().map(|golden| value(golden.desil)).collect::<Int8Array>()),
        Arc::new(each().map(|golden| value(golden.alive)).collect::<BooleanArray>()),
        Arc::new(each().map(|golden| source(golden.family, records)).collect::<StringArray>()),
        Arc::new(each().map(|golden| source(golden.nik, records)).collect::<StringArray>()),
        Arc::new(each().map(|golden| source(golden.nama, records)).collect::<StringArray>()),
        Arc::new(each().map(|golden| source(golden.tanggal_lahir, records)).collect::<StringArray>()),
        Arc::new(each().map(|golden| source(golden.jenis_kelamin, records)).collect::<StringArray>()),
        Arc::new(each().map(|golden| source(golden.kode_wilayah, records)).collect::<StringArray>()),
        Arc::new(each().map(|golden| source(golden.desil, records)).collect::<StringArray>()),
        Arc::new(each().map(|golden| source(golden.alive, records)).collect::<StringArray>()),
        Arc::new(each().map(|golden| golden.n_records).collect::<Int32Array>()),
    ];
    Ok(RecordBatch::try_new(tables::persons().schema, columns)?)
}

fn value<T>(chosen: Option<Chosen<T>>) -> Option<T> {
    chosen.map(|chosen| chosen.value)
}

fn source<'a, T>(chosen: Option<Chosen<T>>, records: &Records<'a>) -> Option<&'a str> {
    chosen.map(|chosen| records.sources[usize::from(chosen.from.source)].id())
}
