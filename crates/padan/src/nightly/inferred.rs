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
use padan_model::{Nik, NikStatus, NoKk, column};
use padan_standardize::date::Date;
use rayon::prelude::*;

/// Columns that are made here.
pub(super) const COLUMNS: [&str; 7] =
    [SINGLE_NIK, "tanggal_lahir_nik", "jenis_kelamin_nik", "jenis_kelamin_nama", "kode_wilayah_kk", "kedudukan", "golongan_umur"];
const SINGLE_NIK: &str = "nik_tunggal";

/// First years of age of the bands.
const BANDS: [i64; 8] = [0, 6, 13, 19, 25, 40, 60, 75];

/// Rows of the registry under one NIK above which it is nobody's.
const SHARED_BY_FEW: u32 = 4;

/// Codes of the sexes, and of no sex.
const MAN: u32 = 0;
const WOMAN: u32 = 1;
const NEITHER: u32 = 2;
const SEXES: [&str; 3] = ["L", "P", "?"];

/// What is kept of the registry's rows, which stand first, while lists come and go; what is counted is counted over them.
#[derive(Default)]
pub(super) struct Inferred {
    /// The registry's rows.
    rows: usize,
    /// The year of the latest birth, from which ages count.
    latest: i64,
    /// Tokens of names that tell a sex.
    telling: HashMap<String, u32>,
    /// By row: the id of the NIK in the column of NIKs.
    niks: Vec<u32>,
    dates: Vec<i64>,
    sexes: Few,
    named: Few,
    positions: Few,
    bands: Few,
    /// Rows whose region is the district of their No KK, with it.
    districts: Vec<(u32, u32)>,
}

impl Inferred {
    /// Makes the columns of the registry, of which all rows are.
    pub(super) fn of_registry(records: &mut Records) -> Result<Self, LinkError> {
        let mut inferred = Self { rows: records.len(), ..Self::default() };
        inferred.latest = latest_year(records);
        inferred.telling = telling(records);
        inferred.put(records)?;
        Ok(inferred)
    }

    /// Takes the columns out of the records, and of them the rows that are not the registry's.
    pub(super) fn take(&mut self, records: &mut Records) {
        let ids = |column: Option<Column>| if let Some(Column::Text(column)) = column { column.ids } else { Vec::new() };
        let [niks, dates, sexes, named, _, positions, bands] = COLUMNS.map(|name| records.remove(name));
        self.niks = ids(niks);
        self.dates = if let Some(Column::Date(dates)) = dates { dates } else { Vec::new() };
        self.niks.truncate(self.rows);
        self.dates.truncate(self.rows);
        self.districts.retain(|(row, _)| (*row as usize) < self.rows);
        for (of, column) in [(&mut self.sexes, sexes), (&mut self.named, named), (&mut self.positions, positions), (&mut self.bands, bands)]
        {
            of.ids = ids(column);
            of.truncate(self.rows);
        }
    }

    /// Adds the columns, of which there are those rows that were kept.
    pub(super) fn put(&mut self, records: &mut Records) -> Result<(), LinkError> {
        let from = self.dates.len();
        let rows = || (from..records.len()).into_par_iter();
        self.add_niks(records, from);
        let nik = records.text(column::NIK);
        let nik_of = |row: usize| -> Option<Nik> {
            let id = self.niks.get(row).copied().filter(|id| *id != NULL_ID)?;
            nik?.values[id as usize].parse().ok()
        };
        let (births, years) = (records.numbers(column::TANGGAL_LAHIR), records.numbers(column::TAHUN_LAHIR));
        let number = |values: Option<&[i64]>, row: usize| values.map(|values| values[row]).filter(|value| *value != NULL_INT);
        let date = |row: usize| number(births, row).or_else(|| birth(nik_of(row)?, self.latest)).unwrap_or(NULL_INT);
        let dates: Vec<i64> = rows().map(date).collect();

        let (kinship, sex, name) =
            (records.text(column::HUBUNGAN), records.text(column::JENIS_KELAMIN), records.text(column::NAMA_STANDAR));
        let sexes: Vec<u32> = sex.iter().flat_map(|sex| sex.values.iter()).map(sex_of_word).collect();
        let id_of = |column: Option<&TextColumn>, row: usize| column.map(|column| column.ids[row]).filter(|id| *id != NULL_ID);
        let own_sex = |row: usize| id_of(sex, row).map(|id| sexes[id as usize]).filter(|sex| *sex != NEITHER);
        let of_nik = |row: usize| own_sex(row).or_else(|| nik_of(row).map(|nik| if nik.is_female() { WOMAN } else { MAN }));
        let of_name = |row: usize| match own_sex(row) {
            Some(own) => (row < self.rows).then_some(own),
            None => sex_of_name(name?.get(row as u32)?, &self.telling),
        };
        let position = |row: usize| Some(id_of(kinship, row)? * SEXES.len() as u32 + own_sex(row).unwrap_or(NEITHER));
        let band = |row: usize| {
            let year = number(years, row).or_else(|| Some(i64::from(date_of(dates[row - from])?.year())))?;
            BANDS.iter().rposition(|first| *first <= self.latest - year).map(|band| band as u32)
        };
        let codes = |of_row: &(dyn Fn(usize) -> Option<u32> + Sync)| rows().map(|row| of_row(row).unwrap_or(NULL_ID)).collect::<Vec<u32>>();
        let (of_nik, of_name, positions, bands) = (codes(&of_nik), codes(&of_name), codes(&position), codes(&band));
        let sex_word = |code: u32| SEXES[code as usize].to_owned();
        self.sexes.extend(&of_nik, sex_word);
        self.named.extend(&of_name, sex_word);
        let kinships = kinship.map(|column| Arc::clone(&column.values)).unwrap_or_default();
        let position_word = |code: u32| format!("{} {}", &kinships[(code / 3) as usize], SEXES[(code % 3) as usize]);
        self.positions.extend(&positions, position_word);
        self.bands.extend(&bands, |code| band_word(code as usize));
        self.dates.extend(dates);
        let regions = self.regions(records, from);

        let nik_values = nik.map(|nik| Arc::clone(&nik.values)).unwrap_or_default();
        let columns = [
            Column::Text(TextColumn { ids: std::mem::take(&mut self.niks), values: nik_values }),
            Column::Date(std::mem::take(&mut self.dates)),
            self.sexes.column(),
            self.named.column(),
            Column::Text(regions),
            self.positions.column(),
            self.bands.column(),
        ];
        for (name, column) in COLUMNS.into_iter().zip(columns) {
            records.insert(name, column)?;
        }
        Ok(())
    }

    /// The NIK where it says something of the person: no placeholder, and not several people's of its list. In the registry a number of a
    /// few rows stays, for whoever comes with it is one of them; in a list, a head's number on the whole family would call them all the head.
    fn add_niks(&mut self, records: &Records, from: usize) {
        let (Some(nik), Some(status)) = (records.text(column::NIK), records.text(column::NIK_STATUS)) else {
            return self.niks.resize(records.len(), NULL_ID);
        };
        let statuses: Vec<Option<NikStatus>> = status.values.iter().map(NikStatus::from_word).collect();
        let mut rows = vec![0_u32; if from < self.rows { nik.values.len() } else { 0 }];
        nik.ids[from..self.rows.max(from)].iter().filter(|id| **id != NULL_ID).for_each(|id| rows[*id as usize] += 1);
        let single = |row: usize| {
            let id = nik.ids[row];
            let status = statuses.get(status.ids[row] as usize).copied().flatten();
            let says = id != NULL_ID
                && nik.values[id as usize].len() >= 12
                && status.is_some_and(|status| match status {
                    NikStatus::Placeholder | NikStatus::Blank => false,
                    NikStatus::Shared => row < self.rows && rows[id as usize] <= SHARED_BY_FEW,
                    _ => true,
                });
            if says { id } else { NULL_ID }
        };
        let single: Vec<u32> = (from..records.len()).into_par_iter().map(single).collect();
        self.niks.extend(single);
    }

    /// Own regions, and of rows without one the district of a possible No KK.
    fn regions(&mut self, records: &Records, from: usize) -> TextColumn {
        let Some(own) = records.text(column::KODE_WILAYAH) else {
            return TextColumn { ids: vec![NULL_ID; records.len()], values: Arc::default() };
        };
        let district = |row: usize| {
            let number = records.text(column::NO_KK).filter(|_| own.ids[row] == NULL_ID)?.get(row as u32)?;
            number.parse::<NoKk>().ok().map(|number| (row as u32, (number.value() / 10_000_000_000) as u32))
        };
        self.districts.par_extend((from..records.len()).into_par_iter().filter_map(district));
        let mut column = own.clone();
        let known = Arc::clone(&column.values);
        let mut ids: HashMap<&str, u32> = known.iter().enumerate().map(|(id, value)| (value, id as u32)).collect();
        let mut added: HashMap<u32, u32> = HashMap::new();
        let values = Arc::make_mut(&mut column.values);
        for (row, district) in &self.districts {
            column.ids[*row as usize] = *added.entry(*district).or_insert_with(|| {
                let text = format!("{district:06}");
                ids.remove(text.as_str()).unwrap_or_else(|| {
                    values.push(&text);
                    values.len() as u32 - 1
                })
            });
        }
        column
    }
}

/// A column of a few values, each known by a code.
#[derive(Default)]
struct Few {
    ids: Vec<u32>,
    values: Texts,
    /// By code: the id of its value.
    known: Vec<u32>,
    /// By id: the code.
    codes: Vec<u32>,
}

impl Few {
    /// Adds rows by their codes, `NULL_ID` for none; `word` says the value of a code.
    fn extend(&mut self, codes: &[u32], word: impl Fn(u32) -> String) {
        self.ids.reserve(codes.len());
        for code in codes {
            let id = if *code == NULL_ID { NULL_ID } else { self.id_of(*code, &word) };
            self.ids.push(id);
        }
    }

    fn id_of(&mut self, code: u32, word: impl Fn(u32) -> String) -> u32 {
        let at = code as usize;
        if at >= self.known.len() {
            self.known.resize(at + 1, NULL_ID);
        }
        if self.known[at] == NULL_ID {
            self.known[at] = self.values.len() as u32;
            self.values.push(&word(code));
            self.codes.push(code);
        }
        self.known[at]
    }

    /// Keeps the first rows, and of the values those that they hold.
    fn truncate(&mut self, rows: usize) {
        self.ids.truncate(rows);
        let values = self.ids.par_iter().filter(|id| **id != NULL_ID).max().map_or(0, |id| *id as usize + 1);
        self.values.truncate(values);
        for code in self.codes.drain(values.min(self.codes.len())..) {
            self.known[code as usize] = NULL_ID;
        }
    }

    /// The column; the rows go into it.
    fn column(&mut self) -> Column {
        Column::Text(TextColumn { ids: std::mem::take(&mut self.ids), values: self.values.clone().into() })
    }
}

fn sex_of_word(word: &str) -> u32 {
    SEXES.iter().position(|sex| *sex == word).map_or(NEITHER, |sex| sex as u32)
}

fn band_word(band: usize) -> String {
    BANDS.get(band + 1).map_or_else(|| format!("{}+", BANDS[band]), |next| format!("{}-{}", BANDS[band], next - 1))
}

fn date_of(days: i64) -> Option<Date> {
    i32::try_from(days).ok().and_then(Date::from_days)
}

/// The year of the latest birth.
fn latest_year(records: &Records) -> i64 {
    let latest = records.numbers(column::TANGGAL_LAHIR).and_then(|dates| dates.par_iter().max()).copied().unwrap_or(NULL_INT);
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

/// Rows whose tokens are counted in one go.
const COUNTED: usize = 1 << 16;

/// By token: rows of men and of women.
type Counts<'a> = HashMap<&'a str, (u32, u32)>;

fn merge<'a>(a: Counts<'a>, b: Counts<'a>) -> Counts<'a> {
    let (mut into, from) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    #[expect(clippy::iter_over_hash_type, reason = "sums of integers have no order")]
    for (token, (men, women)) in from {
        let of_token = into.entry(token).or_default();
        *of_token = (of_token.0 + men, of_token.1 + women);
    }
    into
}

/// Tokens of names that tell the sex, with it: by the rows of men and of women that hold them.
fn telling(records: &Records) -> HashMap<String, u32> {
    let (Some(names), Some(sexes)) = (records.text(column::NAMA_STANDAR), records.text(column::JENIS_KELAMIN)) else {
        return HashMap::new();
    };
    // By distinct name: rows of men and of women.
    let mut of_names = vec![(0_u32, 0_u32); names.values.len()];
    for (name, sex) in names.ids.iter().zip(&sexes.ids).filter(|(name, sex)| **name != NULL_ID && **sex != NULL_ID) {
        let of_name = &mut of_names[*name as usize];
        if &sexes.values[*sex as usize] == "P" { of_name.1 += 1 } else { of_name.0 += 1 }
    }
    let count = |(chunk, counted): (usize, &[(u32, u32)])| {
        let mut rows: Counts<'_> = HashMap::new();
        for (at, (men, women)) in counted.iter().enumerate() {
            for token in names.values[chunk * COUNTED + at].split(' ') {
                let of_token = rows.entry(token).or_default();
                *of_token = (of_token.0 + men, of_token.1 + women);
            }
        }
        rows
    };
    let rows = of_names.par_chunks(COUNTED).enumerate().map(count).reduce(HashMap::new, merge);
    rows.into_iter().filter_map(|(token, counts)| Some((token.to_owned(), told_by(counts)?))).collect()
}

/// The sex that a token tells.
fn told_by((men, women): (u32, u32)) -> Option<u32> {
    let rows = men + women;
    let share = f64::from(women) / f64::from(rows.max(1));
    match share {
        _ if rows < TELLING_ROWS => None,
        _ if share >= TELLING_SHARE => Some(WOMAN),
        _ => (1.0 - share >= TELLING_SHARE).then_some(MAN),
    }
}

/// The sex that the tokens of a name tell, where none tells the other.
fn sex_of_name(name: &str, telling: &HashMap<String, u32>) -> Option<u32> {
    let mut told = name.split(' ').filter_map(|token| telling.get(token).copied());
    let first = told.next()?;
    told.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_sex() {
        let rows = [("SITI", (1, 200)), ("AGUS", (90, 1)), ("NUR", (50, 60)), ("RARE", (0, 3))];
        let telling = rows.into_iter().filter_map(|(token, rows)| Some((token.to_owned(), told_by(rows)?))).collect();
        for (name, expected) in
            [("SITI NUR", Some(WOMAN)), ("AGUS", Some(MAN)), ("NUR", None), ("RARE", None), ("SITI AGUS", None), ("UNHEARD", None)]
        {
            assert_eq!(sex_of_name(name, &telling), expected, "{name}");
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
