//! The whole stage, in order: golden records, families, facts; then programme by programme who is entitled and who receives.

use arrow::array::RecordBatch;
use padan_config::ProgrammeRule;
use padan_model::Unit;
use tracing::{info_span, warn};

use crate::conflicts::Conflicts;
use crate::coverage::{Coverage, standings};
use crate::errors::{Errors, Programme};
use crate::facts::{PersonFacts, ReferenceDate, jiwa, kpm, person_facts};
use crate::families::{Families, has_pmt};
use crate::golden::{Golden, candidates, choose};
use crate::rates::Rates;
use crate::receiving::{Receiving, receiving};
use crate::records::Records;
use crate::rules::{CheckedRule, checked, evaluate};
use crate::units::{Units, order_of};
use crate::verivali::Verivali;
use crate::{Population, ReconcileError, SourceRecords, integration, persons};

/// The published tables, each sorted as `padan_model::tables` says (nulls first) and of exactly its schema.
#[derive(Debug, Clone)]
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

/// Reconciles the sources. `reference_date` (`YYYY-MM-DD`) dates the ages.
///
/// A programme of whose lists none is present is left out of coverage and rates: with no list nobody receives, and every entitled unit
/// would be published as an error.
pub fn reconcile(
    population: &Population<'_>,
    sources: &[SourceRecords<'_>],
    rules: &[ProgrammeRule],
    reference_date: &str,
) -> Result<Reconciled, ReconcileError> {
    let mut rules = checked(rules)?;
    rules.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
    let reference_date = ReferenceDate::parse(reference_date)?;
    let records = Records::new(population, sources)?;
    let person_order = order_of(population.person_ids);
    let family_order = order_of(population.family_ids);

    let span = info_span!("golden").entered();
    let Persons { mut golden, facts, conflicts } = golden_records(population, &records, &person_order, reference_date)?;
    let families = Families::new(population, &records, &mut golden);
    drop(span);

    let jiwa_units = Units::jiwa(population, &person_order, &records, &families, &golden);
    let kpm_units = Units::kpm(population, &family_order, &families, &golden);
    let jiwa_facts = jiwa(population, &families, &golden, &facts)?;
    let kpm_facts = kpm(&families, &golden, &facts)?;
    drop(facts);

    let mut tables = Programmes::default();
    let mut on_list = vec![false; population.family_ids.len()];
    for rule in &rules {
        let _span = info_span!("programme", id = rule.rule.id.as_str()).entered();
        let lists = lists_of(rule, &records);
        if lists.is_empty() {
            warn!(programme = rule.rule.id.as_str(), "none of its lists is present; it is left out");
            continue;
        }
        let (units, facts) = match rule.rule.unit {
            Unit::Jiwa => (&jiwa_units, &jiwa_facts),
            Unit::Kpm => (&kpm_units, &kpm_facts),
        };
        let receiving = receiving(&records, population, units, &lists);
        mark_families(units, &receiving, &mut on_list);
        tables.add(rule, units, facts, &receiving, &lists, &records, population, &golden)?;
    }
    let mut verivali = tables.verivali;
    if has_pmt(&records) {
        verivali.add_families(&families, &on_list);
    }
    Ok(Reconciled {
        persons: persons::table(population, &records, &golden, &person_order)?,
        families: families.table(population, &family_order)?,
        coverage: tables.coverage.finish()?,
        exclusion_errors: tables.exclusions.finish_exclusions()?,
        inclusion_errors: tables.inclusions.finish_inclusions()?,
        conflicts,
        verivali: verivali.finish(&jiwa_units, &kpm_units, &families, &records, &golden)?,
        rates: tables.rates.finish()?,
        integration: integration::table(&records, &golden)?,
    })
}

/// What is known of persons one by one, by index.
struct Persons<'a> {
    golden: Vec<Golden<'a>>,
    facts: Vec<PersonFacts<'a>>,
    conflicts: RecordBatch,
}

fn golden_records<'a>(
    population: &Population<'a>,
    records: &Records<'a>,
    order: &[u32],
    reference_date: ReferenceDate,
) -> Result<Persons<'a>, ReconcileError> {
    let mut golden = vec![Golden::default(); order.len()];
    let mut facts = vec![PersonFacts::default(); order.len()];
    let mut conflicts = Conflicts::default();
    let mut own = Vec::new();
    for person in order {
        let index = *person as usize;
        candidates(records, *person, &mut own);
        golden[index] = choose(&own, population.person_family[index]);
        facts[index] = person_facts(&own, &golden[index], reference_date);
        conflicts.add(&population.person_ids[index], records, &own, &golden[index]);
    }
    Ok(Persons { golden, facts, conflicts: conflicts.finish()? })
}

/// The programme's lists that are present, best first as the rule names them.
fn lists_of(rule: &CheckedRule<'_>, records: &Records<'_>) -> Vec<usize> {
    let position = |id: &str| records.sources.iter().position(|source| source.id() == id && source.len() > 0);
    rule.rule.sources.iter().filter_map(|id| position(id.as_str())).collect()
}

/// Families that a list pays, or one of whose members a list pays.
fn mark_families(units: &Units<'_>, receiving: &Receiving, on_list: &mut [bool]) {
    for (face, receipt) in units.faces.iter().zip(&receiving.receipts) {
        if let Some(family) = face.family.filter(|_| receipt.rows > 0) {
            on_list[family as usize] = true;
        }
    }
}

/// The tables that grow programme by programme.
#[derive(Debug, Default)]
struct Programmes {
    coverage: Coverage,
    exclusions: Errors,
    inclusions: Errors,
    rates: Rates,
    verivali: Verivali,
}

impl Programmes {
    #[allow(clippy::too_many_arguments, reason = "called once, in the loop that holds these eight things")]
    fn add(
        &mut self,
        rule: &CheckedRule<'_>,
        units: &Units<'_>,
        facts: &RecordBatch,
        receiving: &Receiving,
        lists: &[usize],
        records: &Records<'_>,
        population: &Population<'_>,
        golden: &[Golden<'_>],
    ) -> Result<(), ReconcileError> {
        let judgements = evaluate(rule, facts, &receiving.ganda)?;
        let standings = standings(units, receiving, &judgements);
        let (id, period) = (rule.rule.id.as_str(), rule.rule.period.as_str());
        let programme = Programme { id, period, units, standings: &standings, judgements: &judgements, sources: lists };
        self.coverage.add(id, period, units, &standings, &judgements);
        self.exclusions.add_exclusions(programme, records, golden);
        self.inclusions.add_inclusions(programme, records, population, golden);
        self.rates.add(id, units, &standings, &receiving.quality);
        self.verivali.add_programme(units, &standings, &judgements, receiving, records);
        Ok(())
    }
}
