//! The name that survives: Dukcapil's; else the most frequent standard form, of equally frequent ones the longest, then the best
//! source's. What is published is the name as that form's best record writes it.
//!
//! Example: registry `M. SOLEH`, PBI `MOH SOLEH` (both MUHAMMAD SOLEH), PKH `SOLEH` → `M. SOLEH`, by `mayoritas`. The longest wins a
//! tie because lists truncate and drop words, and never add any.

use std::cmp::Reverse;

use super::tally::{Tally, tally};
use super::{Chosen, Rule};
use crate::records::Record;

pub(super) fn choose<'a>(records: &[Record<'_, 'a>]) -> Option<Chosen<&'a str>> {
    let chosen = |record: &Record<'_, 'a>, rule| record.text(|columns| columns.nama).map(|value| Chosen { value, from: record.at, rule });
    if let Some(civil) = records.iter().filter(|record| record.is_civil_answer()).find_map(|record| chosen(record, Rule::Dukcapil)) {
        return Some(civil);
    }
    // A record without a written name cannot be published, so its standard form has no say.
    let forms = tally(records.iter().map(|record| record.text(|columns| columns.nama).and(record.text(|columns| columns.nama_standar))));
    let Some(winner) = forms.iter().max_by_key(|form| (form.count, length(form), Reverse(form.first))) else {
        // A name of titles only has no standard form; as written it is better than none.
        return records.iter().find_map(|record| chosen(record, Rule::PrioritasSumber));
    };
    let rivals = |keep: &dyn Fn(&Tally<&str>) -> bool| forms.iter().any(|form| form != winner && keep(form));
    let rule = if !rivals(&|_| true) || rivals(&|form| form.count == winner.count && length(form) == length(winner)) {
        Rule::PrioritasSumber
    } else if rivals(&|form| form.count == winner.count) {
        Rule::Terpanjang
    } else {
        Rule::Mayoritas
    };
    chosen(&records[winner.first], rule)
}

fn length(form: &Tally<&str>) -> usize {
    form.value.chars().count()
}
