//! The registry's rows and those of some lists, encoded for the engine.
//!
//! The registry stays; lists come and go, so that no more than a few million rows of them lie in memory at once. Which lists come together
//! is a matter of their rows alone, never of the memory there is: the same extracts give the same tables on any machine.
//!
//! Columns that are made here: `kelompok`, one value a family of one source; `nik_tunggal`, the NIK where it is one person's (not shared,
//! not a placeholder); relatives' names where the family shows them; and those of `inferred`.

use std::ops::Range;

use padan_link::{Column, Mark, NULL_ID, Records, TextColumn, Texts};
use padan_model::{NikStatus, Role, column};

use super::columns::ListedRows;
use super::{StandardSource, inferred, relatives};
use crate::staged::{Part, Parts};

/// Rows of lists that are encoded together; a longer list comes alone.
const GROUP_ROWS: usize = 6_000_000;

/// Some rows of a source: all of them, or those named, from 0 and in order.
pub(super) struct Span {
    /// Index of the source.
    pub(super) source: usize,
    /// Its rows, where not all.
    pub(super) only: Option<Vec<u32>>,
}

/// Where a span's rows stand in the records.
struct Place {
    span: Span,
    local: Range<usize>,
}

/// The encoded rows.
pub(super) struct Group<'a> {
    sources: &'a [StandardSource],
    listed: &'a ListedRows,
    /// Stored columns that are read.
    columns: Vec<String>,
    /// The registry's rows first, then those of the lists.
    pub(super) records: Records,
    registry: Mark,
    places: Vec<Place>,
}

/// The lists, each with its rows, in the groups in which they are encoded; in the order given, empty lists left out.
pub(crate) fn groups(lists: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut rows = 0;
    for (list, of_list) in lists.filter(|(_, rows)| *rows > 0) {
        if let Some(group) = groups.last_mut().filter(|_| rows + of_list <= GROUP_ROWS) {
            group.push(list);
        } else {
            groups.push(vec![list]);
            rows = 0;
        }
        rows += of_list;
    }
    groups
}

/// Sources that are linked with the registry.
pub(super) fn lists(sources: &[StandardSource]) -> impl Iterator<Item = usize> {
    (0..sources.len()).filter(|at| !matches!(sources[*at].profile.role, Role::Registry | Role::RegistryFamily))
}

impl<'a> Group<'a> {
    /// The registry's rows, with the columns that a model asks for.
    pub(super) fn registry(sources: &'a [StandardSource], listed: &'a ListedRows, columns: &[String]) -> anyhow::Result<Self> {
        let made = |name: &str| ["kelompok", "nik_tunggal"].contains(&name) || inferred::COLUMNS.contains(&name);
        let mut stored: Vec<String> = columns.iter().filter(|name| !made(name)).cloned().collect();
        for needed in [
            column::NIK,
            column::NIK_STATUS,
            column::HUBUNGAN,
            column::JENIS_KELAMIN,
            column::NAMA_STANDAR,
            column::TANGGAL_LAHIR,
            column::TAHUN_LAHIR,
            column::KODE_WILAYAH,
            column::NO_KK,
        ] {
            if !stored.iter().any(|name| name == needed) {
                stored.push(needed.to_owned());
            }
        }
        let registry = (0..sources.len()).filter(|at| sources[*at].profile.role == Role::Registry);
        let mut group =
            Self { sources, listed, columns: stored, records: Records::default(), registry: Mark::default(), places: Vec::new() };
        group.append(registry.map(|source| Span { source, only: None }).collect())?;
        let families = group.families(0..group.records.len());
        relatives::complete(&mut group.records, &families)?;
        group.registry = group.records.mark();
        Ok(group)
    }

    /// Puts these lists in the place of those that are there.
    pub(super) fn load(&mut self, spans: Vec<Span>) -> anyhow::Result<()> {
        let registry = self.registry_rows();
        self.records.back_to(&self.registry);
        self.places.retain(|place| place.local.end <= registry);
        self.append(spans)?;
        let families = self.families(0..self.records.len());
        self.records.insert("kelompok", Column::Text(families))?;
        if let Some(column) = self.single_nik() {
            self.records.insert("nik_tunggal", column)?;
        }
        inferred::add(&mut self.records, registry)?;
        Ok(())
    }

    fn append(&mut self, spans: Vec<Span>) -> anyhow::Result<()> {
        let parts = spans.iter().map(|span| Part { staged: &self.sources[span.source].staged, only: span.only.as_deref() });
        let parts = Parts(parts.collect());
        let lengths: Vec<usize> = parts.0.iter().map(Part::rows).collect();
        let mut start = self.records.len();
        self.records.append(&parts, &self.columns)?;
        for (span, rows) in spans.into_iter().zip(lengths) {
            self.places.push(Place { span, local: start..start + rows });
            start += rows;
        }
        Ok(())
    }

    /// Rows of the registry; they stand first.
    pub(super) fn registry_rows(&self) -> usize {
        self.registry.rows()
    }

    /// The rows of one source, as the engine counts them.
    pub(super) fn rows(&self, source: usize) -> Vec<u32> {
        let places = self.places.iter().filter(|place| place.span.source == source);
        places.flat_map(|place| place.local.clone()).map(|row| row as u32).collect()
    }

    /// The row among all rows.
    pub(super) fn global(&self, row: u32) -> u32 {
        let at = self.places.partition_point(|place| place.local.end <= row as usize);
        let Place { span, local } = &self.places[at];
        let within = row as usize - local.start;
        let of_source = span.only.as_ref().map_or(within, |only| only[within] as usize);
        (self.listed.range(span.source).start + of_source) as u32
    }

    /// By row: its source's own family.
    fn families(&self, rows: Range<usize>) -> TextColumn {
        let (mut ids, mut values) = (Vec::with_capacity(rows.len()), Texts::default());
        for place in self.places.iter().filter(|place| place.local.end <= rows.end) {
            let first = values.len() as u32;
            let mut groups = 0;
            for row in place.local.clone() {
                let group = self.listed.rows[self.global(row as u32) as usize].group;
                if group == u32::MAX {
                    ids.push(NULL_ID);
                } else {
                    groups = groups.max(group + 1);
                    ids.push(first + group);
                }
            }
            values.extend((0..groups).map(|group| format!("{}:{group}", place.span.source)));
        }
        TextColumn { ids, values: values.into() }
    }

    /// The NIK where it says something of the person: no placeholder, and not several people's of its list. In the registry a number of a
    /// few rows stays, for whoever comes with it is one of them; in a list, a head's number on the whole family would call them all the head.
    fn single_nik(&self) -> Option<Column> {
        let (nik, status) = (self.records.text(column::NIK)?, self.records.text(column::NIK_STATUS)?);
        let mut rows = vec![0_u32; nik.values.len()];
        let registry = self.registry_rows();
        nik.ids[..registry].iter().filter(|id| **id != NULL_ID).for_each(|id| rows[*id as usize] += 1);
        let single = |(row, id): (usize, &u32)| {
            let says = *id != NULL_ID
                && nik.values[*id as usize].len() >= 12
                && status.get(row as u32).and_then(NikStatus::from_word).is_some_and(|status| match status {
                    NikStatus::Placeholder | NikStatus::Blank => false,
                    NikStatus::Shared => row < registry && rows[*id as usize] <= SHARED_BY_FEW,
                    _ => true,
                });
            if says { *id } else { NULL_ID }
        };
        Some(Column::Text(TextColumn { ids: nik.ids.iter().enumerate().map(single).collect(), values: nik.values.clone() }))
    }
}

/// Rows of the registry under one NIK above which it is nobody's.
const SHARED_BY_FEW: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_together_as_long_as_they_are_short() {
        let of = |rows: &[usize]| groups(rows.iter().copied().enumerate());
        assert_eq!(of(&[4_000_000, 2_000_000, 0, 1, 9_000_000, 5]), [vec![0, 1], vec![3], vec![4], vec![5]]);
        assert_eq!(of(&[10, 0, 20]), [vec![0, 2]]);
        assert!(of(&[]).is_empty());
    }
}
