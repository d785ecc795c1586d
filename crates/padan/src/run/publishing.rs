//! The stage "publish": every table from where its rows wait, several at a time, the longest first.

use std::cmp::Reverse;
use std::sync::Arc;

use arrow::array::RecordBatch;
use padan_model::tables::{self as contract, Table};
use padan_publish::{Batches, Run, TableRows};
use padan_reconcile::Finished;

use super::reconciling::{Reconciled, SpilledTable};
use super::spill::Spilled;
use super::tables;
use crate::nightly::{Linked, StandardSource};

/// Writes all tables and returns their number of rows; `records` is that of the table `records`, `whole` are tables in memory.
pub(super) fn write(
    run: &mut Run,
    sources: &[StandardSource],
    linked: &Linked,
    records: i64,
    reconciled: Reconciled,
    whole: Vec<(Table, RecordBatch)>,
) -> anyhow::Result<i64> {
    let finished = Arc::new(reconciled.finished);
    let standard = tables::records(sources, &linked.resolution).map(|batch| batch.map_err(Into::into));
    let links = linked.links(sources);
    let link_batches = links.batches().map(|batch| batch.map_err(Into::into));
    let mut all: Vec<(i64, TableRows<'_>)> = vec![
        (records, TableRows { table: contract::records(), streams: vec![Box::new(standard)] }),
        (links.rows() as i64, TableRows { table: contract::links(), streams: vec![Box::new(link_batches)] }),
    ];
    for SpilledTable { table, rows, parts } in reconciled.tables {
        let streams = parts.into_iter().map(|part| completed(part, &table, &finished)).collect();
        all.push((rows, TableRows { table, streams }));
    }
    let of_tallies = [(contract::rates(), finished.rates.clone()), (contract::integration(), finished.integration.clone())];
    all.extend(whole.into_iter().chain(of_tallies).map(|(table, batch)| (batch.num_rows() as i64, TableRows::of(table, vec![batch]))));
    all.sort_by_key(|(rows, _)| Reverse(*rows));
    Ok(run.write_tables(all.into_iter().map(|(_, table)| table).collect())?)
}

/// A part's rows of a table as they are published.
fn completed(part: Spilled, table: &Table, finished: &Arc<Finished>) -> Batches<'static> {
    let (table, finished) = (table.clone(), Arc::clone(finished));
    Box::new(part.batches().map(move |batch| Ok(finished.complete(&table, batch?)?)))
}
