//! Whether the person lives: Dukcapil's answer (dead is dead, found is alive); else a list's statement or an ALM mark that the person
//! died; else a statement that the person lives; else not known.
//!
//! A single mark of death outweighs silence and statements of life: lists carry the dead on for years and seldom bury the living.
//! `non_aktif` says nothing of life.

use super::{Chosen, Rule};
use crate::records::Record;

pub(super) fn choose(records: &[Record<'_, '_>]) -> Option<Chosen<bool>> {
    let answer = |word: &str, value| {
        let civil = records.iter().find(|record| record.is_civil_answer() && record.text(|columns| columns.respon) == Some(word))?;
        Some(Chosen { value, from: civil.at, rule: Rule::Dukcapil })
    };
    let statement = |died: bool| {
        let record = records.iter().find(|record| record.flag(|columns| columns.meninggal) == Some(died))?;
        Some(Chosen { value: !died, from: record.at, rule: Rule::PrioritasSumber })
    };
    answer("meninggal", false).or_else(|| answer("ditemukan", true)).or_else(|| statement(true)).or_else(|| statement(false))
}
