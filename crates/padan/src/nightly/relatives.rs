//! Relatives' names that the registry does not write but its families show.
//!
//! The registry has no mother's name; school and health lists do. In a family whose head or spouse is a woman, she is taken for the mother
//! of the head's children, the man for their father. Lists of families name the head's spouse: head and spouse are each other's.
//! Wrong for step-children, which is evidence lost and no more: a name that is absent weighs nothing, and one that differs little.

use std::collections::HashMap;
use std::sync::Arc;

use padan_link::{Column, LinkError, NULL_ID, Records, TextColumn};
use padan_model::column;

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

/// Fills the names of relatives that the registry's rows, which stand first, leave blank; `families` are theirs. Only there: a list whose own
/// families were completed too would count them twice, as names and as context.
pub(super) fn complete(records: &mut Records, families: &TextColumn) -> Result<(), LinkError> {
    for relation in &RELATIONS {
        let Some(completed) = completed(records, families, relation) else { continue };
        records.insert(relation.column, Column::Text(completed))?;
    }
    Ok(())
}

/// Of head or spouse: kinship, sex, name.
type OfCouple<'a> = (&'a str, Option<&'a str>, &'a str);

fn completed(records: &Records, families: &TextColumn, relation: &Relation) -> Option<TextColumn> {
    let (kinships, sexes, names) =
        (records.text(column::HUBUNGAN)?, records.text(column::JENIS_KELAMIN)?, records.text(column::NAMA_STANDAR)?);
    let mut column = records.text(relation.column)?.clone();
    let known = Arc::clone(&column.values);
    let mut dictionary: HashMap<&str, u32> = known.iter().enumerate().map(|(id, value)| (value, id as u32)).collect();
    let values = Arc::make_mut(&mut column.values);
    // The couple of each family: nobody else is the relative meant.
    let mut couples: HashMap<u32, Vec<OfCouple<'_>>> = HashMap::new();
    for (row, family) in families.ids.iter().enumerate().filter(|(_, family)| **family != NULL_ID) {
        let row = row as u32;
        if let (Some(kinship), Some(name)) = (kinships.get(row), names.get(row))
            && of_couple(kinship)
        {
            couples.entry(*family).or_default().push((kinship, sexes.get(row), name));
        }
    }
    for (row, family) in families.ids.iter().enumerate().filter(|(row, _)| records_blank(records, relation.column, *row)) {
        let Some(own) = kinships.get(row as u32).filter(|own| (relation.of)(own)) else { continue };
        let couple = couples.get(family).map_or(&[][..], Vec::as_slice);
        let Some((.., name)) = couple.iter().find(|(kinship, sex, _)| (relation.is)(own, kinship, *sex)) else { continue };
        let next = values.len() as u32;
        let id = *dictionary.entry(name).or_insert(next);
        if id == next {
            values.push(name);
        }
        column.ids[row] = id;
    }
    Some(column)
}

fn records_blank(records: &Records, column: &str, row: usize) -> bool {
    records.text(column).is_some_and(|column| column.ids[row] == NULL_ID)
}
