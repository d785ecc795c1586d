//! The facts of one person, each from the best record that states it: the registry's first, because a programme's own list tends to say
//! what the programme asks for.

use chrono::{Datelike, NaiveDate};
use padan_model::Role;

use crate::ReconcileError;
use crate::golden::Golden;
use crate::records::Record;

/// Days from 0001-01-01 (chrono's count) to 1970-01-01 (arrow's).
const EPOCH_FROM_CE: i32 = 719_163;

/// The day on which ages are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReferenceDate(NaiveDate);

impl ReferenceDate {
    /// From `YYYY-MM-DD`.
    pub(crate) fn parse(text: &str) -> Result<Self, ReconcileError> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self).map_err(|_| ReconcileError::ReferenceDate { found: text.to_owned() })
    }

    /// Whole years since a birth date (days since 1970-01-01); none where it lies ahead.
    fn age(self, birth_days: i32) -> Option<i32> {
        let birth = NaiveDate::from_num_days_from_ce_opt(birth_days.saturating_add(EPOCH_FROM_CE))?;
        self.0.years_since(birth).map(|years| years as i32)
    }

    /// Years since a birth year, at most one too many.
    fn age_from_year(self, year: i16) -> Option<i32> {
        let years = self.0.year() - i32::from(year);
        (years >= 0).then_some(years)
    }
}

/// What is known of a person without looking at the family.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PersonFacts<'a> {
    pub(crate) umur: Option<i32>,
    pub(crate) sekolah: Option<bool>,
    pub(crate) jenjang: Option<&'a str>,
    pub(crate) hamil: Option<bool>,
    pub(crate) disabilitas: Option<i8>,
    pub(crate) sendiri: Option<bool>,
    pub(crate) pensiun: Option<bool>,
    pub(crate) asn: Option<bool>,
    pub(crate) status_kawin: Option<&'a str>,
    pub(crate) hubungan: Option<&'a str>,
    /// The civil registry's answer; of several the best linked row's.
    pub(crate) dukcapil: Option<&'a str>,
    /// Whether some source sought the person and did not find them, and the civil registry does not know them either.
    pub(crate) tidak_ditemukan: bool,
}

/// The facts from the person's records, best source first.
pub(crate) fn person_facts<'a>(records: &[Record<'_, 'a>], golden: &Golden<'a>, reference_date: ReferenceDate) -> PersonFacts<'a> {
    let known = records.iter().any(Record::is_civil_answer);
    let civil = |confirmed: bool| {
        let answers = |record: &&Record| record.role() == Role::CivilRegistry && record.is_confirmed_link() == confirmed;
        records.iter().filter(answers).find_map(|record| record.text(|columns| columns.respon))
    };
    let umur = golden.tanggal_lahir.and_then(|date| reference_date.age(date.value));
    PersonFacts {
        umur: umur
            .or_else(|| {
                first(records, |record| record.small(|columns| columns.tahun_lahir).and_then(|year| reference_date.age_from_year(year)))
            })
            .or_else(|| first(records, |record| record.small(|columns| columns.umur).map(i32::from))),
        sekolah: first(records, |record| record.flag(|columns| columns.sekolah)),
        jenjang: first(records, |record| record.text(|columns| columns.jenjang)),
        hamil: first(records, |record| record.flag(|columns| columns.hamil)),
        disabilitas: first(records, |record| record.digit(|columns| columns.disabilitas)),
        sendiri: first(records, |record| record.flag(|columns| columns.sendiri)),
        pensiun: first(records, |record| record.flag(|columns| columns.pensiun)),
        asn: first(records, |record| record.flag(|columns| columns.asn)),
        status_kawin: first(records, |record| record.text(|columns| columns.status_kawin)),
        hubungan: first(records, |record| record.text(|columns| columns.hubungan)),
        dukcapil: civil(true).or_else(|| civil(false)),
        tidak_ditemukan: !known && records.iter().any(|record| record.text(|columns| columns.respon) == Some("tidak_ditemukan")),
    }
}

/// The first statement of the registry, else of any other record.
fn first<'r, 'a: 'r, T>(records: &[Record<'r, 'a>], fact: impl Fn(&Record<'r, 'a>) -> Option<T>) -> Option<T> {
    let registry = records.iter().filter(|record| record.role() == Role::Registry).find_map(&fact);
    registry.or_else(|| records.iter().find_map(&fact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_turn_on_the_birthday() {
        let reference = ReferenceDate::parse("2025-06-30").expect("a date");
        let days = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date").num_days_from_ce() - EPOCH_FROM_CE;
        assert_eq!(reference.age(days("2000-06-30")), Some(25));
        assert_eq!(reference.age(days("2000-07-01")), Some(24));
        assert_eq!(reference.age(days("2026-01-01")), None);
        assert_eq!(reference.age_from_year(1950), Some(75));
        assert!(ReferenceDate::parse("30-06-2025").is_err());
    }
}
