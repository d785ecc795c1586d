//! One part of the run, in order: golden records, families, facts; then programme by programme who is entitled and who receives.
//!
//! A part holds whole families: a person, all rows of the person, the person's family and the rows that describe it. Everything that a
//! rule of this stage looks at then lies in one part, and the tables of all parts together are those of the run, whatever the division.
//! The trap is what looks at all units at once; it goes through [`Tallies`] and [`Whole`] and is listed there.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use padan_config::ProgrammeRule;
use padan_model::tables::{self, Table};
use padan_model::{SourceId, Unit};
use tracing::{debug_span, warn};

use crate::conflicts::Conflicts;
use crate::coverage::{Coverage, standings, truly_absent};
use crate::errors::{Errors, Programme};
use crate::facts::{PersonFacts, ReferenceDate, jiwa, kpm, person_facts};
use crate::families::Families;
use crate::golden::{Golden, candidates, choose};
use crate::integration::Integration;
use crate::rates::{ProgrammeTally, Rates};
use crate::receiving::{Receiving, receiving};
use crate::records::Records;
use crate::rules::{CheckedRule, checked, evaluate};
use crate::units::{Units, order_of};
use crate::verivali::Verivali;
use crate::{Finished, Population, ReconcileError, SourceRecords, Tallies, Whole, persons};

/// Reconciles a run part by part; made once for all of them.
#[derive(Debug)]
pub struct Reconciler<'a> {
    /// Those that can be judged, by id.
    rules: Vec<CheckedRule<'a>>,
    reference_date: ReferenceDate,
    has_pmt: bool,
}

/// What one part comes to.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its rows of each table of [`Part::tables`], in that order; each sorted as `padan_model::tables` says (nulls first) and of exactly
    /// its schema. [`Finished::complete`] makes them the rows that are published.
    pub rows: [RecordBatch; 7],
    /// What it adds to the whole.
    pub tallies: Tallies,
}

impl Part {
    /// The tables that are made part by part.
    pub fn tables() -> [Table; 7] {
        [
            tables::persons(),
            tables::families(),
            tables::coverage(),
            tables::exclusion_errors(),
            tables::inclusion_errors(),
            tables::conflicts(),
            tables::verivali(),
        ]
    }
}

impl<'a> Reconciler<'a> {
    /// Checks the rules. `reference_date` (`YYYY-MM-DD`) dates the ages.
    ///
    /// A programme of whose lists none is present is left out of coverage and rates: with no list nobody receives, and every entitled
    /// unit would be published as an error.
    pub fn new(rules: &'a [ProgrammeRule], reference_date: &str, whole: &Whole) -> Result<Self, ReconcileError> {
        let mut rules = checked(rules)?;
        rules.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        rules.retain(|rule| {
            let is_present = |list: &SourceId| whole.present.contains(list);
            let judged = rule.rule.sources.iter().any(is_present);
            if !judged {
                warn!(programme = rule.rule.id.as_str(), "none of its lists is present; it is left out");
            }
            judged
        });
        Ok(Self { rules, reference_date: ReferenceDate::parse(reference_date)?, has_pmt: whole.has_pmt })
    }

    /// Reconciles one part. The sources stand in the same order in every part, those without a row in it too.
    pub fn part(&self, population: &Population<'_>, sources: &[SourceRecords<'_>]) -> Result<Part, ReconcileError> {
        let records = Records::new(population, sources)?;
        let person_order = order_of(population.person_ids);
        let family_order = order_of(population.family_ids);

        let span = debug_span!("golden").entered();
        let Persons { mut golden, facts, conflicts } = self.golden_records(population, &records, &person_order)?;
        let families = Families::new(population, &records, &mut golden);
        drop(span);

        let jiwa_units = Units::jiwa(population, &person_order, &records, &families, &golden);
        let kpm_units = Units::kpm(population, &family_order, &families, &golden);
        let jiwa_facts = jiwa(population, &families, &golden, &facts)?;
        let kpm_facts = kpm(&families, &golden, &facts)?;
        drop(facts);

        let mut tables = Programmes::default();
        let mut on_list = vec![false; population.family_ids.len()];
        for rule in &self.rules {
            let _span = debug_span!("programme", id = rule.rule.id.as_str()).entered();
            let lists = lists_of(rule, &records);
            let (units, facts) = match rule.rule.unit {
                Unit::Jiwa => (&jiwa_units, &jiwa_facts),
                Unit::Kpm => (&kpm_units, &kpm_facts),
            };
            let receiving = receiving(&records, population, units, &lists);
            mark_families(units, &receiving, &mut on_list);
            tables.add(rule, units, facts, &receiving, &lists, &records, population, &golden)?;
        }
        let mut verivali = tables.verivali;
        if self.has_pmt {
            verivali.add_families(&families, &on_list);
        }
        let tallies = Tallies { programmes: tables.tallies, integration: Integration::new(&records, &golden), verivali: verivali.counts() };
        let rows = [
            persons::table(population, &records, &golden, &person_order)?,
            families.table(population, &family_order)?,
            tables.coverage.finish()?,
            tables.exclusions.finish_exclusions()?,
            tables.inclusions.finish_inclusions()?,
            conflicts,
            verivali.finish(&jiwa_units, &kpm_units, &families, &records, &golden)?,
        ];
        Ok(Part { rows, tallies })
    }

    /// Makes of all parts' tallies, merged, what the whole run alone can tell.
    pub fn finish(&self, tallies: &Tallies) -> Result<Finished, ReconcileError> {
        let (mut rates, mut absent) = (Rates::default(), BTreeMap::new());
        for CheckedRule { rule, .. } in &self.rules {
            let unknown = ProgrammeTally::default();
            let tally = tallies.programmes.get(&rule.id).unwrap_or(&unknown);
            rates.add(&rule.id, rule.unit, tally);
            absent.insert(rule.id.clone(), truly_absent(&tally.total, &tally.quality));
        }
        Ok(Finished { rates: rates.finish()?, integration: tallies.integration.table()?, truly_absent: absent })
    }

    fn golden_records<'r>(&self, population: &Population<'r>, records: &Records<'r>, order: &[u32]) -> Result<Persons<'r>, ReconcileError> {
        let mut golden = vec![Golden::default(); order.len()];
        let mut facts = vec![PersonFacts::default(); order.len()];
        let mut conflicts = Conflicts::default();
        let mut own = Vec::new();
        for person in order {
            let index = *person as usize;
            candidates(records, *person, &mut own);
            golden[index] = choose(&own, population.person_family[index]);
            facts[index] = person_facts(&own, &golden[index], self.reference_date);
            conflicts.add(population.person_ids[index].as_str(), records, &own, &golden[index]);
        }
        Ok(Persons { golden, facts, conflicts: conflicts.finish()? })
    }
}

/// What is known of persons one by one, by index.
struct Persons<'a> {
    golden: Vec<Golden<'a>>,
    facts: Vec<PersonFacts<'a>>,
    conflicts: RecordBatch,
}

/// The programme's lists, best first as the rule names them.
fn lists_of(rule: &CheckedRule<'_>, records: &Records<'_>) -> Vec<usize> {
    let position = |id: &str| records.sources.iter().position(|source| source.id() == id);
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
    tallies: BTreeMap<String, ProgrammeTally>,
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
        self.tallies.insert(id.to_owned(), ProgrammeTally::new(units, &standings, receiving.quality));
        self.verivali.add_programme(units, &standings, &judgements, receiving, records);
        Ok(())
    }
}
