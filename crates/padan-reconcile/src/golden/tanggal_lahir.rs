//! The birth date that survives: Dukcapil's; else one that agrees with the chosen NIK's; else the most frequent; else the best
//! source's.
//!
//! Agreement with the NIK comes before the majority because it cannot be chance (one day in 36,500), while several lists copied from
//! one wrong list are a majority. The NIK holds two digits of the year, so the date still has to come from a record.

use chrono::{Datelike, NaiveDate};
use padan_model::Nik;

use super::tally::{majority, tally};
use super::{Chosen, Rule};
use crate::records::Record;

/// Days from 0001-01-01 (chrono's count) to 1970-01-01 (arrow's).
const EPOCH_FROM_CE: i32 = 719_163;

pub(super) fn choose(records: &[Record<'_, '_>], nik: Option<&str>) -> Option<Chosen<i32>> {
    let chosen = |record: &Record, rule| record.tanggal_lahir().map(|value| Chosen { value, from: record.at, rule });
    if let Some(civil) = records.iter().filter(|record| record.is_civil_answer()).find_map(|record| chosen(record, Rule::Dukcapil)) {
        return Some(civil);
    }
    let dates = tally(records.iter().map(Record::tanggal_lahir));
    let (winner, decided) = majority(&dates)?;
    if dates.len() > 1
        && let Some(nik) = nik.and_then(|nik| nik.parse::<Nik>().ok())
        && let Some(agreeing) = dates.iter().find(|date| agrees(date.value, nik))
    {
        return chosen(&records[agreeing.first], Rule::CocokNik);
    }
    chosen(&records[winner.first], if decided { Rule::Mayoritas } else { Rule::PrioritasSumber })
}

/// Whether day, month and two-digit year are those of the NIK.
fn agrees(days: i32, nik: Nik) -> bool {
    NaiveDate::from_num_days_from_ce_opt(days.saturating_add(EPOCH_FROM_CE)).is_some_and(|date| {
        (date.day(), date.month(), date.year().rem_euclid(100)) == {
            let (day, month, year) = nik.birth();
            (day.into(), month.into(), year.into())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_agrees_with_its_nik_whatever_the_century() {
        let days = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date").num_days_from_ce() - EPOCH_FROM_CE;
        let nik: Nik = "3201014503900001".parse().expect("valid");
        assert!(agrees(days(1990, 3, 5), nik));
        assert!(agrees(days(1890, 3, 5), nik));
        assert!(!agrees(days(1990, 5, 3), nik));
    }
}
