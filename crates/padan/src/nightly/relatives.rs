//! Relatives' names and NIK, and the size of the family, that the registry does not write but its families show.
//!
//! The registry has no mother's name; school and health lists do, and schools write her NIK. In a family whose head or spouse is a woman, she
//! is taken for the mother of the head's children, the man for their father. Lists of families name the head's spouse: head and spouse are each other's.
//! Wrong for step-children, which is evidence lost and no more: a name that is absent weighs nothing, and one that differs little.

use std::collections::HashMap;
use std::sync::Arc;

use padan_link::{Column, LinkError, NULL_ID, NULL_INT, Records, TextColumn};
use padan_model::{NikStatus, column};
use rayon::prelude::*;

/// A relative, and whose column is to be filled.
struct Relation {
    /// Column of the relative's name or NIK.
    column: &'static str,
    /// Column where the relative's own row has it.
    own: &'static str,
    /// Kinship to the head of those whose relative it is.
    of: fn(&str) -> bool,
    /// Kinship and sex that make the relative, seen from a row of that kinship.
    is: fn(of: &str, kinship: &str, sex: Option<&str>) -> bool,
}

const RELATIONS: [Relation; 5] = [
    Relation { column: column::NAMA_IBU, own: column::NAMA_STANDAR, of: is_child, is: is_mother },
    Relation { column: column::NAMA_AYAH, own: column::NAMA_STANDAR, of: is_child, is: is_father },
    Relation { column: column::NIK_IBU, own: column::NIK, of: is_child, is: is_mother },
    Relation { column: column::NIK_AYAH, own: column::NIK, of: is_child, is: is_father },
    Relation {
        column: column::NAMA_PASANGAN,
        own: column::NAMA_STANDAR,
        of: of_couple,
        is: |of, kinship, _| of_couple(kinship) && kinship != of,
    },
];

fn is_child(kinship: &str) -> bool {
    kinship == "anak"
}

fn is_mother(_: &str, kinship: &str, sex: Option<&str>) -> bool {
    of_couple(kinship) && sex == Some("P")
}

fn is_father(_: &str, kinship: &str, sex: Option<&str>) -> bool {
    of_couple(kinship) && sex == Some("L")
}

fn of_couple(kinship: &str) -> bool {
    matches!(kinship, "kepala" | "pasangan")
}

/// Fills how many members the families of the registry's rows have, where a model asks for it and a row does not state it.
pub(super) fn count(records: &mut Records, families: &TextColumn) -> Result<(), LinkError> {
    let Some(Column::Int(mut stated)) = records.remove(column::JUMLAH_ANGGOTA) else { return Ok(()) };
    let mut members = vec![0_i64; families.values.len()];
    families.ids.iter().filter(|family| **family != NULL_ID).for_each(|family| members[*family as usize] += 1);
    for (stated, family) in stated.iter_mut().zip(&families.ids) {
        if *stated == NULL_INT && *family != NULL_ID {
            *stated = members[*family as usize];
        }
    }
    records.insert(column::JUMLAH_ANGGOTA, Column::Int(stated))
}

/// Fills the names and NIK of relatives that the registry's rows, which stand first, leave blank; `families` are theirs. Only there: a list whose own
/// families were completed too would count them twice, as names and as context.
pub(super) fn complete(records: &mut Records, families: &TextColumn) -> Result<(), LinkError> {
    let Some(couples) = records.text(column::HUBUNGAN).map(|kinships| Couples::new(families, kinships)) else { return Ok(()) };
    let columns: Vec<Option<TextColumn>> = RELATIONS.par_iter().map(|relation| completed(records, families, &couples, relation)).collect();
    for (relation, column) in RELATIONS.iter().zip(columns) {
        column.map_or(Ok(()), |column| records.insert(relation.column, Column::Text(column)))?;
    }
    Ok(())
}

/// Heads and spouses by family: nobody else is the relative meant.
struct Couples {
    /// By family: where its rows start; one more entry than families.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Couples {
    fn new(families: &TextColumn, kinships: &TextColumn) -> Self {
        let are: Vec<bool> = kinships.values.iter().map(of_couple).collect();
        let of_row = |row: usize| {
            let family = families.ids[row];
            (family != NULL_ID && are.get(kinships.ids[row] as usize).copied().unwrap_or_default()).then_some(family as usize)
        };
        let mut starts = vec![0_u32; families.values.len() + 1];
        let members = || (0..families.ids.len()).filter_map(|row| Some((of_row(row)?, row)));
        members().for_each(|(family, _)| starts[family + 1] += 1);
        for family in 1..starts.len() {
            starts[family] += starts[family - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; starts.last().map_or(0, |rows| *rows as usize)];
        for (family, row) in members() {
            rows[next[family] as usize] = row as u32;
            next[family] += 1;
        }
        Self { starts, rows }
    }

    /// The rows of a family's couple, in order.
    fn of(&self, family: u32) -> &[u32] {
        &self.rows[self.starts[family as usize] as usize..self.starts[family as usize + 1] as usize]
    }
}

/// The column with the names or NIK that it lacks.
fn completed(records: &Records, families: &TextColumn, couples: &Couples, relation: &Relation) -> Option<TextColumn> {
    let (kinships, sexes, names) = (records.text(column::HUBUNGAN)?, records.text(column::JENIS_KELAMIN)?, records.text(relation.own)?);
    // A NIK that several people bear, or that lacks a digit, is no relative's.
    let statuses = if relation.own == column::NIK { Some(records.text(column::NIK_STATUS)?) } else { None };
    let mut column = records.text(relation.column)?.clone();
    let of_row = |row: usize| {
        let family = Some(families.ids[row]).filter(|family| *family != NULL_ID && column.ids[row] == NULL_ID)?;
        let own = kinships.get(row as u32).filter(|own| (relation.of)(own))?;
        let is_relative = |other: &&u32| {
            let is_told = names.ids[**other as usize] != NULL_ID
                && statuses.is_none_or(|statuses| statuses.get(**other) == Some(NikStatus::Valid.as_str()));
            is_told && kinships.get(**other).is_some_and(|kinship| (relation.is)(own, kinship, sexes.get(**other)))
        };
        couples.of(family).iter().find(is_relative).map(|other| (row, names.ids[*other as usize]))
    };
    let found: Vec<(usize, u32)> = (0..families.ids.len()).into_par_iter().filter_map(of_row).collect();
    let known = Arc::clone(&column.values);
    let dictionary: HashMap<&str, u32> = known.iter().enumerate().map(|(id, value)| (value, id as u32)).collect();
    let values = Arc::make_mut(&mut column.values);
    // By name or NIK: its id in the column.
    let mut ids = vec![NULL_ID; names.values.len()];
    for (row, name) in found {
        let id = &mut ids[name as usize];
        if *id == NULL_ID {
            let text = &names.values[name as usize];
            *id = dictionary.get(text).copied().unwrap_or_else(|| {
                values.push(text);
                values.len() as u32 - 1
            });
        }
        column.ids[row] = *id;
    }
    Some(column)
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, RecordBatch, StringArray};

    use super::*;

    #[test]
    fn a_child_of_the_head_has_the_parents_names_and_niks() {
        let rows = [
            (column::HUBUNGAN, ["kepala", "pasangan", "anak", "menantu"]),
            (column::JENIS_KELAMIN, ["L", "P", "P", "L"]),
            (column::NAMA_STANDAR, ["SLAMET", "SUMIYATI", "RINI", "AGUS"]),
            (column::NIK, ["3201011503650001", "3201015503650001", "3201014503900001", ""]),
            (column::NIK_STATUS, ["shared", "valid", "valid", "blank"]),
            (column::NAMA_IBU, [""; 4]),
            (column::NAMA_AYAH, [""; 4]),
            (column::NAMA_PASANGAN, [""; 4]),
            (column::NIK_IBU, [""; 4]),
            (column::NIK_AYAH, [""; 4]),
            ("keluarga", ["1"; 4]),
        ];
        let told = |rows: [&'static str; 4]| StringArray::from(rows.map(|told| Some(told).filter(|told| !told.is_empty())).to_vec());
        let arrays = rows.map(|(name, rows)| (name, Arc::new(told(rows)) as ArrayRef));
        let batch = RecordBatch::try_from_iter(arrays).expect("columns of four rows");
        let mut records = Records::encode(&[&batch], &rows.map(|(name, _)| name.to_owned())).expect("columns of text");
        let families = records.text("keluarga").expect("a column of texts").clone();
        complete(&mut records, &families).expect("columns of four rows");
        for (name, expected) in [
            (column::NAMA_IBU, [None, None, Some("SUMIYATI"), None]),
            (column::NAMA_AYAH, [None, None, Some("SLAMET"), None]),
            (column::NIK_IBU, [None, None, Some("3201015503650001"), None]),
            // Several people bear it.
            (column::NIK_AYAH, [None; 4]),
            (column::NAMA_PASANGAN, [Some("SUMIYATI"), Some("SLAMET"), None, None]),
        ] {
            let found = records.text(name).expect("a column of texts");
            assert_eq!([0, 1, 2, 3].map(|row| found.get(row)), expected, "{name}");
        }
    }
}
