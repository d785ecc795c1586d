//! Where a registry too long for the memory is divided: into territories, each some districts (kab/kota) whose registry rows are linked at once.
//!
//! What a row is compared with must not depend on the machine, so the division follows from the registry alone: its districts, the most
//! populous first, go one by one to the territory with the fewest rows yet. Every territory thus has districts of the whole country, and what
//! a list's offices do wrong is learned in one of them for all. A family is of one territory, that of its first row with a district. A
//! registry that fits is one territory and is not divided.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::Context as _;
use arrow::array::{Array as _, AsArray as _, StringArray};
use padan_model::{Role, column};
use rayon::prelude::*;

use super::StandardSource;
use super::columns::ListedRows;
use super::places::Span;

/// Digits of a district's code.
pub(super) const DIGITS: usize = 4;
/// No district.
const NO_DISTRICT: u16 = 0;
/// The home of rows that say no district of the registry's.
pub(super) const NOWHERE: u8 = u8::MAX;

/// The territory of every row.
pub(super) struct Territories {
    /// By row of all rows; empty where there is one territory.
    home: Vec<u8>,
    count: u8,
}

impl Territories {
    /// Territories of about as many registry rows each, `most` or fewer where no district alone has more.
    pub(super) fn of(sources: &[StandardSource], listed: &ListedRows, most: usize) -> anyhow::Result<Self> {
        let is_registry = |source: &StandardSource| source.profile.role == Role::Registry;
        let registry = || sources.iter().enumerate().filter(|(_, source)| is_registry(source)).map(|(at, _)| at);
        let rows: usize = registry().map(|at| listed.range(at).len()).sum();
        if rows <= most {
            return Ok(Self { home: Vec::new(), count: 1 });
        }
        let of_source = |(at, source): (usize, &StandardSource)| districts(source, &listed.rows[listed.range(at)]);
        let districts: Vec<Vec<u16>> = sources.par_iter().enumerate().map(of_source).collect::<anyhow::Result<_>>()?;
        let mut sizes: BTreeMap<u16, usize> = BTreeMap::new();
        for district in registry().flat_map(|at| &districts[at]) {
            *sizes.entry(*district).or_default() += 1;
        }
        let districts_of_registry = sizes.keys().filter(|district| **district != NO_DISTRICT).count();
        let count = u8::try_from(rows.div_ceil(most).min(districts_of_registry)).ok().filter(|count| *count < NOWHERE);
        let count = count.context("the registry has more territories than can be counted: raise registry-at-once in the pipeline")?;
        if count < 2 {
            return Ok(Self { home: Vec::new(), count: 1 });
        }
        let dealt = deal(&sizes, count);
        let mut home = Vec::with_capacity(listed.len());
        for (source, districts) in sources.iter().zip(districts) {
            let is_known = |district: &u16| dealt.contains_key(district);
            // A row without a district is looked for in all territories; of the registry, and of a list that names none, it is of the first.
            let elsewhere = if is_registry(source) || !districts.iter().any(is_known) { 0 } else { NOWHERE };
            home.extend(districts.iter().map(|district| dealt.get(district).copied().unwrap_or(elsewhere)));
        }
        Ok(Self { home, count })
    }

    /// The territories.
    pub(super) fn all(&self) -> Range<u8> {
        0..self.count
    }

    /// Whether there is more than one.
    pub(super) fn are_several(&self) -> bool {
        self.count > 1
    }

    /// The territory of a row, `NOWHERE` where it has none.
    pub(super) fn home(&self, row: usize) -> u8 {
        self.home.get(row).copied().unwrap_or(0)
    }

    /// The territory of a row, the first where it has none.
    pub(super) fn home_or_first(&self, row: usize) -> u8 {
        Some(self.home(row)).filter(|home| *home != NOWHERE).unwrap_or(0)
    }

    /// A source's rows at home in a territory, from 0.
    pub(super) fn rows(&self, of_source: Range<usize>, territory: u8) -> Vec<u32> {
        (0..).zip(of_source).filter(|(_, row)| self.home(*row) == territory).map(|(row, _)| row).collect()
    }

    /// How many these are.
    pub(super) fn count(&self, of_source: Range<usize>, territory: u8) -> usize {
        of_source.filter(|row| self.home(*row) == territory).count()
    }

    /// The same as a span of the source.
    pub(super) fn span(&self, source: usize, of_source: Range<usize>, territory: u8) -> Span {
        Span { source, only: self.are_several().then(|| self.rows(of_source, territory)) }
    }

    /// The registry's rows of a territory.
    pub(super) fn registry(&self, sources: &[StandardSource], listed: &ListedRows, territory: u8) -> Vec<Span> {
        let of_source = |span: Span| self.span(span.source, listed.range(span.source), territory);
        Span::registry(sources).into_iter().map(of_source).collect()
    }
}

/// Each district's territory.
fn deal(sizes: &BTreeMap<u16, usize>, count: u8) -> BTreeMap<u16, u8> {
    let mut largest: Vec<(u16, usize)> =
        sizes.iter().filter(|(district, _)| **district != NO_DISTRICT).map(|(at, rows)| (*at, *rows)).collect();
    largest.sort_by_key(|(district, rows)| (std::cmp::Reverse(*rows), *district));
    let mut rows = vec![0; usize::from(count)];
    rows[0] = sizes.get(&NO_DISTRICT).copied().unwrap_or(0);
    let mut dealt = BTreeMap::new();
    for (district, of_district) in largest {
        let (territory, _) = rows.iter().enumerate().min_by_key(|(at, rows)| (**rows, *at)).unwrap_or((0, &0));
        rows[territory] += of_district;
        dealt.insert(district, territory as u8);
    }
    dealt
}

/// The district of each row of a source: where it lives, else that of its No KK, else of its NIK; of a family's rows that of the first.
fn districts(source: &StandardSource, rows: &[padan_resolve::ListedRow]) -> anyhow::Result<Vec<u16>> {
    let mut districts = Vec::with_capacity(rows.len());
    for batch in source.staged.batches(Some(&[column::KODE_WILAYAH, column::NO_KK, column::NIK]))? {
        let batch = batch?;
        let texts: Vec<&StringArray> = [column::KODE_WILAYAH, column::NO_KK, column::NIK]
            .iter()
            .filter_map(|name| batch.column_by_name(name)?.as_string_opt::<i32>())
            .collect();
        let of_row = |at: usize| texts.iter().filter(|text| text.is_valid(at)).find_map(|text| district(text.value(at)));
        districts.extend((0..batch.num_rows()).map(|at| of_row(at).unwrap_or(NO_DISTRICT)));
    }
    let families = rows.iter().filter(|row| row.group != u32::MAX).map(|row| row.group as usize + 1).max().unwrap_or(0);
    let mut of_families = vec![NO_DISTRICT; families];
    let family = |row: &padan_resolve::ListedRow| Some(row.group as usize).filter(|_| row.group != u32::MAX);
    for (row, district) in rows.iter().zip(&districts) {
        if let Some(of_family) = family(row).map(|family| &mut of_families[family]).filter(|of_family| **of_family == NO_DISTRICT) {
            *of_family = *district;
        }
    }
    for (row, district) in rows.iter().zip(&mut districts) {
        *district = family(row).map_or(*district, |family| of_families[family]);
    }
    Ok(districts)
}

/// The district of a code that begins with one.
fn district(code: &str) -> Option<u16> {
    code.get(..DIGITS)?.parse().ok().filter(|district| *district != NO_DISTRICT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn districts_are_dealt_so_that_territories_are_about_as_long() {
        let sizes = BTreeMap::from([(NO_DISTRICT, 5), (3201, 50), (3202, 40), (3203, 35), (1101, 30), (9401, 3)]);
        let dealt = deal(&sizes, 2);
        assert_eq!(dealt, BTreeMap::from([(3201, 1), (3202, 0), (3203, 0), (1101, 1), (9401, 0)]));
    }

    #[test]
    fn a_code_begins_with_its_district() {
        let codes = ["3201052001", "3201", "32", "", "0000111111", "KARAWANG", "3201010503900001"];
        assert_eq!(codes.map(district), [Some(3201), Some(3201), None, None, None, None, Some(3201)]);
    }
}
