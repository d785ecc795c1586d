//! Relatives' names that the registry does not write but its families show.
//!
//! The registry has no mother's name; school and health lists do. In a family whose head or spouse is a woman, she is taken for the mother
//! of the head's children, the man for their father. Lists of families name the head's spouse: head and spouse are each other's.
//! Wrong for step-children, which is evidence lost and no more: a name that is absent weighs nothing, and one that differs little.

use std::collections::HashMap;

use padan_link::{Column, LinkError, NULL_ID, Records, TextColumn};
use padan_model::{Role, column};

use super::StandardSource;
use super::columns::ListedRows;

/// A relative, and whose name is to be filled.
struct Relation {
    /// Column of the relative's name.
    column: &'static str,
    /// Kinship to the head of those whose relative it is.
    of: fn(&str) -> bool,
    /// Kinship and sex that make the relative, seen from a row of that kinship.
    is: fn(of: &str, kinship: &str, sex: Option<&str>) -> bool,
}

const RELATIONS: [Relation; 3] = [
    Relation { column: column::NAMA_IBU, of: |of| of == "anak", is: |_, kinship, sex| of_couple(kinship) && sex == Some("P") },
    Relation { column: column::NAMA_AYAH, of: |of| of == "anak", is: |_, kinship, sex| of_couple(kinship) && sex == Some("L") },
    Relation { column: column::NAMA_PASANGAN, of: of_couple, is: |of, kinship, _| of_couple(kinship) && kinship != of },
];

fn of_couple(kinship: &str) -> bool {
    matches!(kinship, "kepala" | "pasangan")
}

/// Fills the names of relatives that the registry's rows leave blank. Only there: a list whose own families were completed too would count
/// them twice, as names and as context.
pub(super) fn complete(records: &mut Records, sources: &[StandardSource], listed: &ListedRows) -> Result<(), LinkError> {
    for relation in &RELATIONS {
        let Some(completed) = completed(records, sources, listed, relation) else { continue };
        records.insert(relation.column, Column::Text(completed))?;
    }
    Ok(())
}

/// Of head or spouse: kinship, sex, name.
type OfCouple<'a> = (&'a str, Option<&'a str>, &'a str);

fn completed(records: &Records, sources: &[StandardSource], listed: &ListedRows, relation: &Relation) -> Option<TextColumn> {
    let (kinships, sexes, names) =
        (records.text(column::HUBUNGAN)?, records.text(column::JENIS_KELAMIN)?, records.text(column::NAMA_STANDAR)?);
    let mut column = records.text(relation.column)?.clone();
    let mut dictionary: HashMap<Box<str>, u32> = column.values.iter().enumerate().map(|(id, value)| (value.clone(), id as u32)).collect();
    for source in (0..sources.len()).filter(|at| sources[*at].profile.role == Role::Registry) {
        let range = listed.range(source);
        // The couple of each family: nobody else is the relative meant.
        let mut couples: HashMap<u32, Vec<OfCouple<'_>>> = HashMap::new();
        for row in range.clone() {
            let (group, kinship) = (listed.rows[row].group, kinships.get(row as u32));
            if let (true, Some(kinship), Some(name)) = (group != u32::MAX, kinship, names.get(row as u32))
                && of_couple(kinship)
            {
                couples.entry(group).or_default().push((kinship, sexes.get(row as u32), name));
            }
        }
        for row in range.filter(|row| column.ids[*row] == NULL_ID).collect::<Vec<_>>() {
            let Some(own) = kinships.get(row as u32).filter(|own| (relation.of)(own)) else { continue };
            let couple = couples.get(&listed.rows[row].group).map_or(&[][..], Vec::as_slice);
            let Some((.., name)) = couple.iter().find(|(kinship, sex, _)| (relation.is)(own, kinship, *sex)) else { continue };
            let next = column.values.len() as u32;
            let id = *dictionary.entry((*name).into()).or_insert(next);
            if id == next {
                column.values.push((*name).into());
            }
            column.ids[row] = id;
        }
    }
    Some(column)
}
