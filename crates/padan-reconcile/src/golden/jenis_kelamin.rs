//! The sex that survives: Dukcapil's; else the most frequent; else the one in the chosen NIK; else the best source's.
//!
//! The majority comes before the NIK: a NIK typed for the whole family says the head's sex of everybody.

use padan_model::Nik;

use super::tally::{majority, tally};
use super::{Chosen, Rule};
use crate::records::Record;

pub(super) fn choose<'a>(records: &[Record<'_, 'a>], nik: Option<&str>) -> Option<Chosen<&'a str>> {
    let sex = |record: &Record<'_, 'a>| record.text(|columns| columns.jenis_kelamin);
    let chosen = |record: &Record<'_, 'a>, rule| sex(record).map(|value| Chosen { value, from: record.at, rule });
    if let Some(civil) = records.iter().filter(|record| record.is_civil_answer()).find_map(|record| chosen(record, Rule::Dukcapil)) {
        return Some(civil);
    }
    let sexes = tally(records.iter().map(sex));
    let (winner, decided) = majority(&sexes)?;
    if decided || sexes.len() == 1 {
        return chosen(&records[winner.first], if decided { Rule::Mayoritas } else { Rule::PrioritasSumber });
    }
    let embedded = nik.and_then(|nik| nik.parse::<Nik>().ok()).map(|nik| if nik.is_female() { "P" } else { "L" });
    match sexes.iter().find(|sex| Some(sex.value) == embedded) {
        Some(agreeing) => chosen(&records[agreeing.first], Rule::CocokNik),
        None => chosen(&records[winner.first], Rule::PrioritasSumber),
    }
}
