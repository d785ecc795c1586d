//! Who receives: the rows of a programme's lists, brought to the unit that the programme pays.
//!
//! A unit stands twice (`ganda`) when two rows of one list pay it; one row on each of two lists of a programme is no double, since a
//! programme's lists may be its stages.

use arrow::array::BooleanArray;

use crate::Population;
use crate::rates::LinkQuality;
use crate::records::{Record, RecordRef, Records};
use crate::units::Units;

/// What the lists say of one unit.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Receipt {
    /// Rows that pay it; 0 where it does not receive.
    pub(crate) rows: u32,
    /// Whether an identifier or a reviewer links one of them.
    pub(crate) confirmed_link: bool,
    /// The best link's probability.
    pub(crate) probability: f64,
    /// The first of them.
    pub(crate) first: RecordRef,
}

/// What a programme's lists say.
#[derive(Debug)]
pub(crate) struct Receiving {
    /// By unit.
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) ganda: BooleanArray,
    /// How good the lists' links to the registry are.
    pub(crate) quality: LinkQuality,
    /// Rows of a family list whose recipient has no family.
    pub(crate) without_unit: Vec<RecordRef>,
}

/// Reads the lists `sources` (indices into the records' sources).
pub(crate) fn receiving(records: &Records<'_>, population: &Population<'_>, units: &Units<'_>, sources: &[usize]) -> Receiving {
    let mut receipts = vec![Receipt::default(); units.faces.len()];
    let mut ganda = vec![false; units.faces.len()];
    let mut quality = LinkQuality::default();
    let mut without_unit = Vec::new();
    for source in sources {
        let mut seen = vec![false; units.faces.len()];
        for record in records.of_source(*source) {
            quality.add(&record);
            let Some(unit) = units.of_row(&record, population).map(|unit| unit as usize) else {
                without_unit.push(record.at);
                continue;
            };
            ganda[unit] |= seen[unit];
            seen[unit] = true;
            add(&mut receipts[unit], &record);
        }
    }
    Receiving { receipts, ganda: BooleanArray::from(ganda), quality, without_unit }
}

fn add(receipt: &mut Receipt, record: &Record<'_, '_>) {
    if receipt.rows == 0 {
        receipt.first = record.at;
    }
    receipt.rows += 1;
    receipt.confirmed_link |= record.is_confirmed_link();
    receipt.probability = receipt.probability.max(record.probability());
}
