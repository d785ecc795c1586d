//! The region that survives: the best source's, deepened by any other source whose region lies inside it.
//!
//! Example: Dukcapil knows the kecamatan 320101, the registry the village 3201012003 inside it → the village, by `terdalam`. A village
//! of another kecamatan does not deepen it: that is a conflict.

use super::{Chosen, Rule};
use crate::records::Record;

pub(super) fn choose<'a>(records: &[Record<'_, 'a>]) -> Option<Chosen<&'a str>> {
    let region = |record: &Record<'_, 'a>| record.text(|columns| columns.kode_wilayah);
    let best = records.iter().find(|record| region(record).is_some())?;
    let rule = if best.is_civil_answer() { Rule::Dukcapil } else { Rule::PrioritasSumber };
    let mut chosen = Chosen { value: region(best)?, from: best.at, rule };
    for record in records {
        if let Some(value) = region(record).filter(|value| value.len() > chosen.value.len() && value.starts_with(chosen.value)) {
            chosen = Chosen { value, from: record.at, rule: Rule::Terdalam };
        }
    }
    Some(chosen)
}
