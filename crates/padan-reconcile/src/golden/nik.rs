//! The NIK that survives: the one Dukcapil answers to; else the one most records hold; else the best source's.
//!
//! Only valid NIKs stand for election. One shared by several people of a list, or that lost digits to a spreadsheet, would name
//! somebody else. Example: the registry has a transposed NIK, PBI and PKH the right one → the right one, by `mayoritas`.

use super::tally::{majority, tally};
use super::{Chosen, Rule};
use crate::records::Record;

pub(super) fn choose<'a>(records: &[Record<'_, 'a>]) -> Option<Chosen<&'a str>> {
    let chosen = |record: &Record<'_, 'a>, rule| record.valid_nik().map(|value| Chosen { value, from: record.at, rule });
    if let Some(civil) = records.iter().filter(|record| record.is_civil_answer()).find_map(|record| chosen(record, Rule::Dukcapil)) {
        return Some(civil);
    }
    let (winner, decided) = majority(&tally(records.iter().map(Record::valid_nik)))?;
    chosen(&records[winner.first], if decided { Rule::Mayoritas } else { Rule::PrioritasSumber })
}
