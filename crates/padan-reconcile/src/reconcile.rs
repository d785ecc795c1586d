//! The whole run as one part.

use arrow::array::RecordBatch;
use padan_config::ProgrammeRule;

use crate::{Part, Population, ReconcileError, Reconciler, SourceRecords, Whole};

/// The published tables, each sorted as `padan_model::tables` says (nulls first) and of exactly its schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconciled {
    /// Golden records.
    pub persons: RecordBatch,
    /// Families.
    pub families: RecordBatch,
    /// Person or family × programme.
    pub coverage: RecordBatch,
    /// Entitled and absent.
    pub exclusion_errors: RecordBatch,
    /// On a list and not entitled, a row of the list each.
    pub inclusion_errors: RecordBatch,
    /// Sources that disagree.
    pub conflicts: RecordBatch,
    /// Whom the regions verify.
    pub verivali: RecordBatch,
    /// Error rates.
    pub rates: RecordBatch,
    /// How far each list can be joined.
    pub integration: RecordBatch,
}

/// Reconciles a population that is in memory whole; a run of millions goes through [`Reconciler`] instead.
pub fn reconcile(
    population: &Population<'_>,
    sources: &[SourceRecords<'_>],
    rules: &[ProgrammeRule],
    reference_date: &str,
) -> Result<Reconciled, ReconcileError> {
    let mut whole = Whole::default();
    for source in sources {
        source.batches.iter().for_each(|batch| whole.add(source.id, batch));
    }
    let reconciler = Reconciler::new(rules, reference_date, &whole)?;
    let Part { rows, tallies } = reconciler.part(population, sources)?;
    let finished = reconciler.finish(&tallies)?;
    let [persons, families, coverage, exclusion_errors, inclusion_errors, conflicts, verivali] = rows;
    let [_, _, coverage_table, exclusion_table, ..] = Part::tables();
    Ok(Reconciled {
        persons,
        families,
        coverage: finished.complete(&coverage_table, coverage)?,
        exclusion_errors: finished.complete(&exclusion_table, exclusion_errors)?,
        inclusion_errors,
        conflicts,
        verivali,
        rates: finished.rates,
        integration: finished.integration,
    })
}
