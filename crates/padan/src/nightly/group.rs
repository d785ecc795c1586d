//! The registry's rows and those of some lists, encoded for the engine.
//!
//! The registry stays; lists come and go, so that no more than a few million rows of them lie in memory at once, or fewer where memory is
//! short. What is found does not depend on which lists come together: values are counted over the registry, and rows by their place in their list.
//!
//! Columns that are made here: `kelompok`, one value a family of one source; relatives' names and NIK and the family's size where the family
//! shows them; and those of `inferred`. Of the registry they are made once and kept.

use std::sync::Arc;

use padan_link::{Column, Mark, NULL_ID, Records, TextColumn};
use padan_model::{Role, column};
use rayon::prelude::*;

use super::columns::ListedRows;
use super::inferred::{self, Inferred};
use super::places::{Places, Span};
use super::{StandardSource, relatives};
use crate::staged::{Part, Parts};

/// Rows of lists that are encoded together where there is memory for them; a longer list comes alone.
pub(crate) const GROUP_ROWS: usize = 6_000_000;

/// The encoded rows.
pub(super) struct Group<'a> {
    sources: &'a [StandardSource],
    listed: &'a ListedRows,
    /// Stored columns that are read.
    columns: Vec<String>,
    /// The registry's rows first, then those of the lists.
    pub(super) records: Records,
    registry: Mark,
    /// Families of the registry.
    families: usize,
    inferred: Inferred,
    places: Places,
}

/// One value a family of one source.
const FAMILY: &str = "kelompok";

/// The lists, each with its rows, in groups of at most `most` rows in which they are encoded; in the order given, empty lists left out.
pub(crate) fn groups(lists: impl Iterator<Item = (usize, usize)>, most: usize) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut rows = 0;
    for (list, of_list) in lists.filter(|(_, rows)| *rows > 0) {
        if let Some(group) = groups.last_mut().filter(|_| rows + of_list <= most) {
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
    /// Rows of the registry, with the columns that a model asks for.
    pub(super) fn registry(
        (sources, listed): (&'a [StandardSource], &'a ListedRows),
        registry: Vec<Span>,
        columns: &[String],
    ) -> anyhow::Result<Self> {
        let made = |name: &str| name == FAMILY || inferred::COLUMNS.contains(&name);
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
        let mut group = Self {
            sources,
            listed,
            columns: stored,
            records: Records::default(),
            registry: Mark::default(),
            families: 0,
            inferred: Inferred::default(),
            places: Places::default(),
        };
        group.append(registry)?;
        let mut families = TextColumn::default();
        group.add_families(&mut families);
        relatives::complete(&mut group.records, &families)?;
        relatives::count(&mut group.records, &families)?;
        group.registry = group.records.mark();
        group.families = families.values.len();
        group.records.insert(FAMILY, Column::Text(families))?;
        group.inferred = Inferred::of_registry(&mut group.records)?;
        Ok(group)
    }

    /// Puts these lists in the place of those that are there.
    pub(super) fn load(&mut self, spans: Vec<Span>) -> anyhow::Result<()> {
        let registry = self.registry_rows();
        self.inferred.take(&mut self.records);
        let mut families = if let Some(Column::Text(families)) = self.records.remove(FAMILY) { families } else { TextColumn::default() };
        families.ids.truncate(registry);
        Arc::make_mut(&mut families.values).truncate(self.families);
        self.records.back_to(&self.registry);
        self.places.truncate(registry);
        self.append(spans)?;
        self.add_families(&mut families);
        self.records.insert(FAMILY, Column::Text(families))?;
        self.inferred.put(&mut self.records)?;
        Ok(())
    }

    fn append(&mut self, spans: Vec<Span>) -> anyhow::Result<()> {
        let parts = spans.iter().map(|span| Part { staged: &self.sources[span.source].staged, only: span.only.as_deref() });
        self.records.append(&Parts(parts.collect()), &self.columns)?;
        self.places.append(spans, self.listed);
        Ok(())
    }

    /// Rows of the registry; they stand first.
    pub(super) fn registry_rows(&self) -> usize {
        self.registry.rows()
    }

    /// The rows of a list, as the engine counts them; of no source the rows of all lists.
    pub(super) fn rows(&self, source: Option<usize>) -> Vec<u32> {
        let of_lists = self.places.iter().filter(|place| place.local.start >= self.registry_rows());
        let of_source = of_lists.filter(|place| source.is_none_or(|source| place.span.source == source));
        of_source.flat_map(|place| place.local.clone()).map(|row| row as u32).collect()
    }

    /// Adds to the rows that have one each row's family in its source.
    fn add_families(&self, families: &mut TextColumn) {
        let known = families.ids.len();
        let values = Arc::make_mut(&mut families.values);
        for place in self.places.iter().filter(|place| place.local.start >= known) {
            let first = values.len() as u32;
            let listed = &self.listed.rows[self.listed.range(place.span.source)];
            let family = |row: usize| Some(listed[row].group).filter(|group| *group != u32::MAX);
            let rows = |within: usize| place.span.only.as_ref().map_or(within, |only| only[within] as usize);
            let of_rows = || (0..place.local.len()).into_par_iter().map(|within| family(rows(within)));
            families.ids.par_extend(of_rows().map(|family| family.map_or(NULL_ID, |family| first + family)));
            let groups = of_rows().flatten().max().map_or(0, |last| last + 1);
            values.extend((0..groups).map(|group| format!("{}:{group}", place.span.source)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_together_as_long_as_they_are_short() {
        let of = |rows: &[usize], most| groups(rows.iter().copied().enumerate(), most);
        assert_eq!(of(&[40, 20, 0, 1, 90, 5], 60), [vec![0, 1], vec![3], vec![4], vec![5]]);
        assert_eq!(of(&[40, 20, 0, 1, 90, 5], 0), [vec![0], vec![1], vec![3], vec![4], vec![5]]);
        assert_eq!(of(&[10, 0, 20], 60), [vec![0, 2]]);
        assert!(of(&[], 60).is_empty());
    }
}
