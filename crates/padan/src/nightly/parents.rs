//! Parents' names that the registry does not write but its families show.
//!
//! The registry has no mother's name, school and health lists do. In a family whose head or spouse is a woman, she is taken for the mother
//! of the head's children, the man for their father. Wrong for step-children, which is evidence lost and no more: a name that is absent
//! weighs nothing, and one that differs little.

use std::collections::HashMap;

use padan_link::{Column, LinkError, NULL_ID, Records, TextColumn};
use padan_model::{Role, column};

use super::StandardSource;
use super::columns::ListedRows;

/// Fills `nama_ibu` and `nama_ayah` of children whose row leaves them blank.
pub(super) fn complete(records: &mut Records, sources: &[StandardSource], listed: &ListedRows) -> Result<(), LinkError> {
    for (name, sex) in [(column::NAMA_IBU, "P"), (column::NAMA_AYAH, "L")] {
        let Some(completed) = completed(records, sources, listed, name, sex) else { continue };
        records.insert(name, Column::Text(completed))?;
    }
    Ok(())
}

fn completed(records: &Records, sources: &[StandardSource], listed: &ListedRows, name: &str, sex: &str) -> Option<TextColumn> {
    let (kinship, sexes, names) =
        (records.text(column::HUBUNGAN)?, records.text(column::JENIS_KELAMIN)?, records.text(column::NAMA_STANDAR)?);
    let mut column = records.text(name)?.clone();
    let mut dictionary: HashMap<Box<str>, u32> = column.values.iter().enumerate().map(|(id, value)| (value.clone(), id as u32)).collect();
    // Only where lists are compared with: a list whose own families were completed too would count them twice, as names and as context.
    for source in (0..sources.len()).filter(|at| sources[*at].profile.role == Role::Registry) {
        let range = listed.range(source);
        let mut parents: HashMap<u32, &str> = HashMap::new();
        for row in range.clone() {
            let group = listed.rows[row].group;
            let of_pair = matches!(kinship.get(row as u32), Some("kepala" | "pasangan")) && sexes.get(row as u32) == Some(sex);
            if let (true, true, Some(parent)) = (of_pair, group != u32::MAX, names.get(row as u32)) {
                parents.entry(group).or_insert(parent);
            }
        }
        for row in range {
            let child = kinship.get(row as u32) == Some("anak") && column.ids[row] == NULL_ID;
            let Some(parent) = parents.get(&listed.rows[row].group).filter(|_| child) else { continue };
            let next = column.values.len() as u32;
            let id = *dictionary.entry((*parent).into()).or_insert(next);
            if id == next {
                column.values.push((*parent).into());
            }
            column.ids[row] = id;
        }
    }
    Some(column)
}
