//! The columns that linkage needs beyond the standard record, and where each source's rows stand in the row of all rows.

use anyhow::Context as _;
use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::Int64Type;
use padan_link::{Column, NULL_ID, Records, TextColumn};
use padan_model::{NikStatus, Role, column};
use padan_resolve::ListedRow;

use super::{StandardSource, inferred, relatives};

/// Rows of all sources in order.
pub(crate) struct ListedRows {
    /// Where each source starts; one more entry than sources.
    starts: Vec<usize>,
    /// What resolving needs of each row.
    pub(crate) rows: Vec<ListedRow>,
}

impl ListedRows {
    /// The rows of one source.
    pub(crate) fn range(&self, source: usize) -> std::ops::Range<usize> {
        self.starts[source]..self.starts[source + 1]
    }

    /// The rows of one source as the engine counts them.
    pub(crate) fn ids(&self, source: usize) -> Vec<u32> {
        self.range(source).map(|row| row as u32).collect()
    }

    /// The source of a row.
    pub(crate) fn source(&self, row: u32) -> usize {
        self.starts.partition_point(|start| *start <= row as usize) - 1
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> anyhow::Result<&'a arrow::array::StringArray> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_string_opt::<i32>())
        .with_context(|| format!("a standard record has no text column `{name}`"))
}

/// The source's own family of a row: the key of its household, else its No KK.
fn family_of<'a>(role: Role, id_keluarga: Option<&'a str>, no_kk: Option<&'a str>) -> Option<&'a str> {
    if role == Role::Registry { no_kk.or(id_keluarga) } else { id_keluarga.or(no_kk) }
}

/// Rows, No KK and own family of every source.
pub(crate) fn listed(sources: &[StandardSource]) -> anyhow::Result<ListedRows> {
    let mut starts = vec![0];
    let mut rows = Vec::new();
    for source in sources {
        let mut groups = std::collections::HashMap::new();
        for batch in &source.batches {
            let row = batch
                .column_by_name(column::ROW)
                .and_then(|array| array.as_primitive_opt::<Int64Type>())
                .context("a standard record has no row")?;
            let (id_keluarga, no_kk) = (text(batch, column::ID_KELUARGA)?, text(batch, column::NO_KK)?);
            for at in 0..batch.num_rows() {
                let value = |array: &'_ arrow::array::StringArray| array.is_valid(at).then(|| array.value(at).to_owned());
                let (id_keluarga, no_kk) = (value(id_keluarga), value(no_kk));
                let next = groups.len() as u32;
                let group = family_of(source.profile.role, id_keluarga.as_deref(), no_kk.as_deref())
                    .map_or(u32::MAX, |family| *groups.entry(family.to_owned()).or_insert(next));
                rows.push(ListedRow { row: row.value(at), no_kk: no_kk.and_then(|text| text.parse().ok()).unwrap_or(0), group });
            }
        }
        starts.push(rows.len());
    }
    Ok(ListedRows { starts, rows })
}

/// Encodes the model's columns of all sources, with those that are made here: `kelompok`, one value a family of one source;
/// `nik_tunggal`, the NIK where it is one person's (not shared, not a placeholder); relatives' names where the family shows them.
pub(crate) fn encode(sources: &[StandardSource], listed: &ListedRows, columns: &[String]) -> anyhow::Result<Records> {
    let batches: Vec<&RecordBatch> = sources.iter().flat_map(|source| &source.batches).collect();
    let made = |name: &str| ["kelompok", "nik_tunggal"].contains(&name) || inferred::COLUMNS.contains(&name);
    let stored: Vec<String> = columns.iter().filter(|name| !made(name)).cloned().collect();
    let mut stored_and_nik = stored;
    for needed in [
        column::NIK,
        column::NIK_STATUS,
        column::HUBUNGAN,
        column::JENIS_KELAMIN,
        column::TANGGAL_LAHIR,
        column::TAHUN_LAHIR,
        column::KODE_WILAYAH,
        column::NO_KK,
    ] {
        if !stored_and_nik.iter().any(|name| name == needed) {
            stored_and_nik.push(needed.to_owned());
        }
    }
    let mut records = Records::encode(&batches, &stored_and_nik)?;
    relatives::complete(&mut records, sources, listed)?;
    records.insert("kelompok", kelompok(listed))?;
    if let Some(column) = single_nik(&records, sources, listed) {
        records.insert("nik_tunggal", column)?;
    }
    inferred::add(&mut records, |row| sources[listed.source(row as u32)].profile.role == Role::Registry)?;
    Ok(records)
}

fn kelompok(listed: &ListedRows) -> Column {
    let mut column = TextColumn { ids: Vec::with_capacity(listed.len()), values: Vec::new() };
    for source in 0..listed.starts.len() - 1 {
        let first = column.values.len() as u32;
        let rows = &listed.rows[listed.range(source)];
        let groups = rows.iter().filter(|row| row.group != u32::MAX).map(|row| row.group + 1).max().unwrap_or(0);
        column.values.extend((0..groups).map(|group| format!("{source}:{group}").into_boxed_str()));
        column.ids.extend(rows.iter().map(|row| if row.group == u32::MAX { NULL_ID } else { first + row.group }));
    }
    Column::Text(column)
}

/// Rows of the registry under one NIK above which it is nobody's.
const SHARED_BY_FEW: u32 = 4;

/// The NIK where it says something of the person: no placeholder, and not several people's of its list. In the registry a number of a few
/// rows stays, for whoever comes with it is one of them; in a list, a head's number on the whole family would call them all the head.
fn single_nik(records: &Records, sources: &[StandardSource], listed: &ListedRows) -> Option<Column> {
    let (nik, status) = (records.text(column::NIK)?, records.text(column::NIK_STATUS)?);
    let mut rows = vec![0_u32; nik.values.len()];
    let mut ids = Vec::with_capacity(nik.ids.len());
    for (at, source) in sources.iter().enumerate() {
        let range = listed.range(at);
        let known = |row: usize| Some(nik.ids[row]).filter(|id| *id != NULL_ID).map(|id| id as usize);
        let registry = source.profile.role == Role::Registry;
        range.clone().filter_map(known).for_each(|id| rows[id] += 1);
        ids.extend(range.clone().map(|row| {
            let says = status.get(row as u32).and_then(NikStatus::from_word).is_some_and(|status| match status {
                NikStatus::Placeholder | NikStatus::Blank => false,
                NikStatus::Shared => registry && known(row).is_some_and(|id| rows[id] <= SHARED_BY_FEW),
                _ => true,
            });
            if says && nik.get(row as u32).is_some_and(|digits| digits.len() >= 12) { nik.ids[row] } else { NULL_ID }
        }));
        range.filter_map(known).for_each(|id| rows[id] = 0);
    }
    Some(Column::Text(TextColumn { ids, values: nik.values.clone() }))
}
