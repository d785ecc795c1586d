//! What a row says without stating it: the birth date and sex in its NIK, and what kind of person it is.
//!
//! `tanggal_lahir_nik` and `jenis_kelamin_nik` hold the row's own value, else that of its NIK (day plus 40 for women). Many lists have a NIK
//! and no birth date, and the register's row may have a date and no NIK.
//!
//! `jenis_kelamin_nama` is, of rows that state no sex, what the tokens of the name tell by the sexes of all rows that do; of the registry's
//! rows their own.
//!
//! `kode_wilayah_kk` is the row's own region, else the district of its No KK: a school list has no village.
//!
//! `kedudukan` is kinship with sex, `golongan_umur` an age band; the model reads them of the register's row alone, to learn who is usually
//! on a list. No list of the poor is a lottery: a list of heads of family rarely means the namesake who is six.

use std::collections::HashMap;
use std::sync::Arc;

use padan_link::{Column, LinkError, NULL_ID, NULL_INT, Records, TextColumn, Texts};
use padan_model::{Nik, NoKk, column};
use padan_standardize::date::Date;

/// Columns that are made here.
pub(super) const COLUMNS: [&str; 6] =
    ["tanggal_lahir_nik", "jenis_kelamin_nik", "jenis_kelamin_nama", "kode_wilayah_kk", "kedudukan", "golongan_umur"];

/// First years of age of the bands.
const BANDS: [i64; 8] = [0, 6, 13, 19, 25, 40, 60, 75];

/// Adds the columns; the first `registry` rows are the registry's, and what is counted is counted over them.
pub(super) fn add(records: &mut Records, registry: usize) -> Result<(), LinkError> {
    let latest = latest_year(records, registry);
    let niks: Vec<Option<Nik>> = (0..records.len() as u32)
        .map(|row| records.text("nik_tunggal").and_then(|nik| nik.get(row)).and_then(|nik| nik.parse().ok()))
        .collect();
    let dates: Vec<i64> = niks
        .iter()
        .enumerate()
        .map(|(row, nik)| number(records, column::TANGGAL_LAHIR, row).or_else(|| birth((*nik)?, latest)).unwrap_or(NULL_INT))
        .collect();
    let bands = texts(records.len(), |row| {
        let year = number(records, column::TAHUN_LAHIR, row).or_else(|| Some(i64::from(date_of(dates[row])?.year())));
        let age = latest - year?;
        let band = BANDS.iter().rposition(|first| *first <= age)?;
        Some(BANDS.get(band + 1).map_or_else(|| format!("{}+", BANDS[band]), |next| format!("{}-{}", BANDS[band], next - 1)))
    });
    let sexes = texts(records.len(), |row| {
        let own = records.text(column::JENIS_KELAMIN).and_then(|sex| sex.get(row as u32));
        own.or_else(|| niks[row].map(|nik| if nik.is_female() { "P" } else { "L" })).map(str::to_owned)
    });
    let of_names = sexes_of_names(records, registry);
    let named = texts(records.len(), |row| {
        let own = records.text(column::JENIS_KELAMIN).and_then(|sex| sex.get(row as u32));
        match own {
            Some(own) => (row < registry).then(|| own.to_owned()),
            None => sex_of_name(records.text(column::NAMA_STANDAR)?.get(row as u32)?, &of_names).map(str::to_owned),
        }
    });
    let positions = texts(records.len(), |row| {
        let kinship = records.text(column::HUBUNGAN)?.get(row as u32)?;
        Some(format!("{kinship} {}", records.text(column::JENIS_KELAMIN)?.get(row as u32).unwrap_or("?")))
    });
    let regions = regions(records);
    let columns = [
        Column::Date(dates),
        Column::Text(sexes),
        Column::Text(named),
        Column::Text(regions),
        Column::Text(positions),
        Column::Text(bands),
    ];
    for (name, column) in COLUMNS.into_iter().zip(columns) {
        records.insert(name, column)?;
    }
    Ok(())
}

fn date_of(days: i64) -> Option<Date> {
    i32::try_from(days).ok().and_then(Date::from_days)
}

fn number(records: &Records, name: &str, row: usize) -> Option<i64> {
    records.numbers(name).map(|values| values[row]).filter(|value| *value != NULL_INT)
}

/// The year of the latest birth, from which ages count.
fn latest_year(records: &Records, registry: usize) -> i64 {
    let latest = records.numbers(column::TANGGAL_LAHIR).and_then(|dates| dates[..registry].iter().max()).copied().unwrap_or(NULL_INT);
    date_of(latest).map_or(2025, |date| i64::from(date.year()))
}

/// Days of the birth date in a NIK: of the two centuries the later that is not to come.
fn birth(nik: Nik, latest: i64) -> Option<i64> {
    let (day, month, year) = nik.birth();
    let century = latest - latest % 100;
    let year = if i64::from(year) <= latest % 100 { century + i64::from(year) } else { century - 100 + i64::from(year) };
    Date::new(i16::try_from(year).ok()?, month, day).map(|date| i64::from(date.days()))
}

/// Rows that a name's token must stand in, and the share of them of one sex, to tell the sex.
const TELLING_ROWS: u32 = 20;
const TELLING_SHARE: f64 = 0.97;

/// By token of a name: rows of men and of women.
fn sexes_of_names(records: &Records, registry: usize) -> HashMap<&str, (u32, u32)> {
    let mut rows: HashMap<&str, (u32, u32)> = HashMap::new();
    let (Some(names), Some(sexes)) = (records.text(column::NAMA_STANDAR), records.text(column::JENIS_KELAMIN)) else { return rows };
    for row in 0..registry as u32 {
        let (Some(name), Some(sex)) = (names.get(row), sexes.get(row)) else { continue };
        for token in name.split(' ') {
            let of_token = rows.entry(token).or_default();
            if sex == "P" { of_token.1 += 1 } else { of_token.0 += 1 }
        }
    }
    rows
}

/// The sex that the tokens of a name tell, where none tells the other.
fn sex_of_name(name: &str, rows: &HashMap<&str, (u32, u32)>) -> Option<&'static str> {
    let telling = |token: &str| {
        let (men, women) = rows.get(token).copied().filter(|(men, women)| men + women >= TELLING_ROWS)?;
        let women = f64::from(women) / f64::from(men + women);
        if women >= TELLING_SHARE { Some("P") } else { (1.0 - women >= TELLING_SHARE).then_some("L") }
    };
    let mut told = name.split(' ').filter_map(telling);
    let first = told.next()?;
    told.all(|other| other == first).then_some(first)
}

/// Own regions, and of rows without one the district of a possible No KK.
fn regions(records: &Records) -> TextColumn {
    let Some(own) = records.text(column::KODE_WILAYAH) else { return texts(records.len(), |_| None) };
    let mut column = own.clone();
    let known = Arc::clone(&column.values);
    let mut ids: HashMap<&str, u32> = known.iter().enumerate().map(|(id, value)| (value, id as u32)).collect();
    let values = Arc::make_mut(&mut column.values);
    for row in 0..records.len() {
        let number = records.text(column::NO_KK).and_then(|number| number.get(row as u32)).filter(|text| text.parse::<NoKk>().is_ok());
        let Some(district) = number.and_then(|text| text.get(..6)).filter(|_| column.ids[row] == NULL_ID) else { continue };
        column.ids[row] = *ids.entry(district).or_insert_with(|| {
            values.push(district);
            values.len() as u32 - 1
        });
    }
    column
}

/// A text column of a few values.
fn texts(rows: usize, value: impl Fn(usize) -> Option<String>) -> TextColumn {
    let (mut ids, mut values) = (Vec::with_capacity(rows), Texts::default());
    for row in 0..rows {
        let id = value(row).map_or(NULL_ID, |text| {
            let known = values.iter().position(|value| *value == *text);
            known.unwrap_or_else(|| {
                values.push(&text);
                values.len() - 1
            }) as u32
        });
        ids.push(id);
    }
    TextColumn { ids, values: values.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_sex() {
        let rows = [("SITI", (1, 200)), ("AGUS", (90, 1)), ("NUR", (50, 60)), ("RARE", (0, 3))].into_iter().collect();
        for (name, expected) in
            [("SITI NUR", Some("P")), ("AGUS", Some("L")), ("NUR", None), ("RARE", None), ("SITI AGUS", None), ("UNHEARD", None)]
        {
            assert_eq!(sex_of_name(name, &rows), expected, "{name}");
        }
    }

    #[test]
    fn a_nik_tells_the_birth_date() {
        let born = |nik: &str| birth(nik.parse().expect("a NIK"), 2025).and_then(|days| Date::from_days(days as i32));
        for (nik, expected) in
            [("3201014503900001", (1990, 3, 5)), ("3201011102250001", (2025, 2, 11)), ("3201011102260001", (1926, 2, 11))]
        {
            assert_eq!(born(nik), Date::new(expected.0, expected.1, expected.2), "{nik}");
        }
        assert_eq!(born("3201013102900001"), None, "no 31st of February");
    }
}
