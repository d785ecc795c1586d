//! A staged batch of one source → a standard batch: the rules of this crate, applied row by row to names and identifiers and column by
//! column to words of short lists.
//!
//! Every answer depends on the row, the profile and the reference year only; the memos hold pure answers. Never fails on data: what
//! cannot be read is null, and the NIK says why.

use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, Int8Builder, Int16Builder, Int64Builder, RecordBatch, StringBuilder};
use padan_config::{DateFormat, SourceProfile};
use padan_model::{Field, Nik, NikStatus, standard_schema};

use crate::date::{self, Date};
use crate::fact::{self, CodeBook};
use crate::memo::Memo;
use crate::name::{self, StandardName};
use crate::place::{Places, Reading};
use crate::region::Resolver;
use crate::row::Staged;
use crate::told::Told;
use crate::{kk, nik, swap};

/// Distinct names that are kept.
const NAMES: usize = 1 << 18;

/// Standardizes the batches of one source.
#[derive(Debug)]
pub struct Standardizer {
    codes: CodeBook,
    dates: Vec<DateFormat>,
    places: Reading,
    period: Option<String>,
    period_year: i16,
    reference_year: i16,
    regions: Resolver,
    names: Memo<Arc<Named>>,
}

/// A standard name with its key.
#[derive(Debug)]
struct Named {
    name: StandardName,
    key: Option<String>,
}

impl Standardizer {
    /// For a source; `reference_year` is the run's and dates ages where the profile has no period.
    pub fn new(profile: &SourceProfile, reference_year: i16) -> Self {
        const REGION: [Field; 9] = [
            Field::Provinsi,
            Field::Kabkota,
            Field::Kecamatan,
            Field::Desa,
            Field::KodeProvinsi,
            Field::KodeKabkota,
            Field::KodeKecamatan,
            Field::KodeDesa,
            Field::KodeWilayah,
        ];
        Self {
            codes: CodeBook::new(profile),
            dates: profile.dates.clone(),
            places: Reading {
                codes: profile.region_codes,
                has_columns: profile.columns.iter().any(|column| REGION.contains(&column.field)),
            },
            period: profile.period.clone(),
            period_year: profile.period_year().unwrap_or(reference_year),
            reference_year,
            regions: Resolver::default(),
            names: Memo::new(NAMES),
        }
    }

    /// The standard batch of a staged one: `standard_schema`, the same rows in the same order.
    ///
    /// # Panics
    /// Never on data; only if the columns built here and `standard_schema` disagree, which is a bug.
    pub fn batch(&self, staged: &RecordBatch) -> RecordBatch {
        let rows = staged.num_rows();
        let staged = Staged::of(staged);
        let mut out = Columns::new(rows);
        let dead = self.people(&staged, rows, &mut out);
        self.relatives(&staged, rows, &mut out);
        self.facts(&staged, rows, &dead, &mut out);
        self.delivery(&staged, rows, &mut out);
        out.finish()
    }

    /// What tells who a row's person is and where; answers for every row whether its name says that the person died.
    fn people(&self, staged: &Staged<'_>, rows: usize, out: &mut Columns) -> Vec<bool> {
        let ages = Told::of(staged, Field::Umur, fact::age::standard);
        let mut places = Places::new(staged, self.places, &self.regions);
        let mut dead = Vec::with_capacity(rows);
        let mut line = String::new();
        for row in 0..rows {
            let get = |field| staged.get(field, row);
            let birth = get(Field::TanggalLahir).and_then(|text| date::standard(text, &self.dates, self.reference_year));
            let typed = nik::standard(get(Field::Nik), staged.nik_is_number(row));
            let (nik, no_kk) = swap::sort_out(typed, kk::standard(get(Field::NoKk)), birth);
            let named = get(Field::Nama).map(|text| self.name(text));
            let hint = nik.digits.as_deref().filter(|_| nik.status == NikStatus::Valid);
            let place = places.of(row, hint.and_then(|digits| digits.parse::<Nik>().ok()).map(Nik::region));

            out.row.append_value(staged.number(row));
            out.nik.append_option(nik.digits.as_deref());
            out.nik_status.append_value(nik.status.as_str());
            out.no_kk.append_option(no_kk);
            out.nama_standar.append_option(named.as_ref().and_then(|named| named.name.nama.as_deref()));
            out.nama_alias.append_option(named.as_ref().and_then(|named| named.name.alias.as_deref()));
            out.nama_kunci.append_option(named.as_ref().and_then(|named| named.key.as_deref()));
            dead.push(named.is_some_and(|named| named.name.meninggal));
            self.age(ages.at(row).copied(), birth, out);
            line.clear();
            if let Some(region) = place.region {
                // Writing to a text cannot fail.
                let _ = write!(line, "{region}");
            }
            append(&mut out.kode_wilayah, &line);
            out.rt.append_option(place.rt);
            out.rw.append_option(place.rw);
            out.dusun.append_option(place.dusun.as_deref());
            out.jalan.append_option(place.address.jalan.as_deref());
            line.clear();
            place.address.write_house(&mut line);
            append(&mut out.nomor_rumah, &line);
            line.clear();
            place.address.write_line(place.rt, place.rw, place.dusun.as_deref(), &mut line);
            append(&mut out.alamat_standar, &line);
        }
        dead
    }

    /// Names of the others that a row names.
    fn relatives(&self, staged: &Staged<'_>, rows: usize, out: &mut Columns) {
        let columns = [
            (Field::NamaIbu, &mut out.nama_ibu),
            (Field::NamaAyah, &mut out.nama_ayah),
            (Field::NamaPasangan, &mut out.nama_pasangan),
            (Field::NamaKepala, &mut out.nama_kepala),
        ];
        for (field, column) in columns {
            if staged.column(field).is_none() {
                column.append_nulls(rows);
                continue;
            }
            for row in 0..rows {
                let named = staged.get(field, row).map(|text| self.name(text));
                column.append_option(named.as_ref().and_then(|named| named.name.nama.as_deref()));
            }
        }
        for (field, column) in [(Field::NikIbu, &mut out.nik_ibu), (Field::NikAyah, &mut out.nik_ayah)] {
            for row in 0..rows {
                let typed = nik::standard(staged.get(field, row), false);
                column.append_option(typed.digits.filter(|_| typed.status == NikStatus::Valid));
            }
        }
    }

    /// What the delivery says of the row itself.
    fn delivery(&self, staged: &Staged<'_>, rows: usize, out: &mut Columns) {
        let as_written = [
            (Field::NaturalKey, &mut out.natural_key),
            (Field::IdKeluarga, &mut out.id_keluarga),
            (Field::Nama, &mut out.nama),
            (Field::Satker, &mut out.satker),
        ];
        for (field, column) in as_written {
            if staged.column(field).is_none() {
                column.append_nulls(rows);
                continue;
            }
            (0..rows).for_each(|row| column.append_option(staged.get(field, row)));
        }
        for row in 0..rows {
            match (staged.get(Field::Periode, row), staged.get(Field::Tahun, row)) {
                (Some(period), Some(year)) if !period.contains(year) => out.periode.append_value(format!("{year} {period}")),
                (Some(one), _) | (None, Some(one)) => out.periode.append_value(one),
                (None, None) => out.periode.append_option(self.period.as_deref()),
            }
        }
        match staged.pmt_filled {
            Some(filled) => out.pmt_filled.append_array(filled),
            None => out.pmt_filled.append_nulls(rows),
        }
        for row in 0..rows {
            let missing = staged.pmt_missing.filter(|column| arrow::array::Array::is_valid(column, row));
            out.pmt_missing.append_option(missing.map(|column| column.value(row)));
        }
    }

    fn name(&self, text: &str) -> Arc<Named> {
        self.names.get(text, || {
            let name = name::standard(text);
            let key = name.nama.as_deref().map(name::key::key);
            Arc::new(Named { name, key })
        })
    }

    fn age(&self, stated: Option<i16>, birth: Option<Date>, out: &mut Columns) {
        let year = birth.map(Date::year).or_else(|| stated.map(|age| self.period_year - age));
        out.tanggal_lahir.append_option(birth.map(Date::days));
        out.tahun_lahir.append_option(year);
        out.tahun_dari_umur.append_option(year.map(|_| birth.is_none()));
        out.umur.append_option(
            stated.or_else(|| birth.map(|birth| self.period_year - birth.year()).filter(|age| (0..=fact::age::OLDEST).contains(age))),
        );
    }

    /// A standard word: of the code list, else of the words themselves.
    fn words(&self, staged: &Staged<'_>, field: Field, words: impl Fn(&str) -> Option<&'static str>) -> Told<&'static str> {
        Told::of(staged, field, |text| self.codes.code(field, text).and_then(&words).or_else(|| words(text)))
    }

    fn flags(&self, staged: &Staged<'_>, field: Field) -> Told<bool> {
        Told::of(staged, field, |text| match self.codes.code(field, text) {
            Some(code) => fact::flag::of_code(code),
            None => fact::flag::standard(text),
        })
    }

    /// Words of short lists; `dead` is what the names say.
    fn facts(&self, staged: &Staged<'_>, rows: usize, dead: &[bool], out: &mut Columns) {
        let sex = Told::of(staged, Field::JenisKelamin, |text| {
            self.codes.code(Field::JenisKelamin, text).and_then(fact::sex::of_code).or_else(|| fact::sex::standard(text))
        });
        let respon = self.words(staged, Field::Respon, fact::response::standard);
        let words = [
            (&mut out.jenis_kelamin, &sex),
            (&mut out.hubungan, &self.words(staged, Field::Hubungan, fact::kinship::standard)),
            (&mut out.respon, &respon),
            (&mut out.status_kawin, &self.words(staged, Field::StatusKawin, fact::marital::standard)),
            (&mut out.jenjang, &self.words(staged, Field::Jenjang, fact::school::standard)),
        ];
        for (column, told) in words {
            if told.is_absent() {
                column.append_nulls(rows);
                continue;
            }
            (0..rows).for_each(|row| column.append_option(told.at(row)));
        }
        let members = Told::of(staged, Field::JumlahAnggota, fact::members::standard);
        (0..rows).for_each(|row| out.jumlah_anggota.append_option(members.at(row).copied()));
        let birthplace: Told<Rc<str>> = Told::of(staged, Field::TempatLahir, |text| Some(crate::text::fold(text).into()));
        (0..rows).for_each(|row| out.tempat_lahir.append_option(birthplace.at(row)));
        self.alive(staged, rows, dead, &respon, out);
        self.welfare(staged, rows, out);

        let pensioned = self.flags(staged, Field::Pensiun);
        let retired = [Field::Pekerjaan, Field::StatusPekerjaan]
            .map(|field| Told::of(staged, field, |text| fact::civil_servant::retired(text).then_some(())));
        let serving = self.civil_servants(staged);
        for row in 0..rows {
            out.asn.append_option(serving.iter().filter_map(|told| told.at(row).copied()).reduce(|a, b| a || b));
            let retired = retired.iter().any(|told| told.at(row).is_some());
            out.pensiun.append_option(pensioned.at(row).copied().or(retired.then_some(true)));
        }
        let alone = Told::of(staged, Field::Sendiri, |text| self.alone(text));
        let [pkh, sembako, pbi, pip, yapi, permakanan] = &mut out.ikut;
        let flags = [
            (&mut out.sekolah, self.flags(staged, Field::Sekolah)),
            (&mut out.hamil, self.flags(staged, Field::Hamil)),
            (&mut out.sendiri, alone),
            (pkh, self.flags(staged, Field::IkutPkh)),
            (sembako, self.flags(staged, Field::IkutSembako)),
            (pbi, self.flags(staged, Field::IkutPbi)),
            (pip, self.flags(staged, Field::IkutPip)),
            (yapi, self.flags(staged, Field::IkutYapi)),
            (permakanan, self.flags(staged, Field::IkutPermakanan)),
        ];
        for (column, told) in flags {
            if told.is_absent() {
                column.append_nulls(rows);
                continue;
            }
            (0..rows).for_each(|row| column.append_option(told.at(row).copied()));
        }
    }

    /// Whether a row's person died: by name, by a column of its own, by the response or by a remark.
    fn alive(&self, staged: &Staged<'_>, rows: usize, dead: &[bool], respon: &Told<&'static str>, out: &mut Columns) {
        let alive = Told::of(staged, Field::Hidup, |text| {
            let flag = match self.codes.code(Field::Hidup, text) {
                Some(code) => fact::flag::of_code(code),
                None => fact::flag::standard(text),
            };
            flag.or_else(|| fact::death::standard(text).then_some(false))
        });
        let remarked = Told::of(staged, Field::Keterangan, |text| fact::death::standard(text).then_some(()));
        for (row, by_name) in dead.iter().enumerate().take(rows) {
            let (alive, respon) = (alive.at(row).copied(), respon.at(row).copied());
            let dead = *by_name || alive == Some(false) || respon == Some("meninggal") || remarked.at(row).is_some();
            let said_alive = alive == Some(true) || matches!(respon, Some("ditemukan" | "ganda"));
            out.meninggal.append_option(if dead { Some(true) } else { said_alive.then_some(false) });
        }
    }

    /// Decile and disability.
    fn welfare(&self, staged: &Staged<'_>, rows: usize, out: &mut Columns) {
        let desil = Told::of(staged, Field::Desil, |text| fact::desil::standard(self.codes.code(Field::Desil, text).unwrap_or(text)));
        let percentile = Told::of(staged, Field::Percentile, fact::desil::of_percentile);
        let disability = self.disabilities(staged);
        for row in 0..rows {
            out.desil.append_option(desil.at(row).or_else(|| percentile.at(row)).copied());
            out.disabilitas.append_option(disability.iter().filter_map(|told| told.at(row)).max().copied());
        }
    }

    /// Of the position's code list and of the words of position and occupation; a civil servant where either says so.
    fn civil_servants(&self, staged: &Staged<'_>) -> [Told<bool>; 2] {
        [Field::StatusPekerjaan, Field::Pekerjaan].map(|field| {
            Told::of(staged, field, |text| {
                self.codes.code(field, text).map(|code| code == "asn").or_else(|| fact::civil_servant::standard(text))
            })
        })
    }

    /// Degrees of the columns that are there; a row's is the highest.
    fn disabilities(&self, staged: &Staged<'_>) -> Vec<Told<i8>> {
        const COLUMNS: [Field; 10] = [
            Field::Disabilitas,
            Field::Penglihatan,
            Field::Pendengaran,
            Field::Berjalan,
            Field::Tangan,
            Field::Intelektual,
            Field::Perilaku,
            Field::Bicara,
            Field::MengurusDiri,
            Field::Mengingat,
        ];
        let degrees = COLUMNS.into_iter().map(|field| {
            Told::of(staged, field, |text| match self.codes.code(field, text) {
                Some(code) => fact::disability::of_code(code),
                None => fact::disability::standard(text),
            })
        });
        degrees.filter(|told| !told.is_absent()).collect()
    }

    /// `ya`/`tidak` of the code list, or words such as "SENDIRI", "Tinggal bersama keluarga".
    fn alone(&self, text: &str) -> Option<bool> {
        if let Some(code) = self.codes.code(Field::Sendiri, text) {
            return fact::flag::of_code(code);
        }
        fact::alone::standard(text)
    }
}

/// Appends a text, or a null where it is empty.
fn append(column: &mut StringBuilder, text: &str) {
    column.append_option(Some(text).filter(|text| !text.is_empty()));
}

macro_rules! columns {
    ($($name:ident: $builder:ident),+ $(,)?) => {
        /// Builders of a standard batch, in the order of `standard_schema`.
        struct Columns { $($name: $builder,)+ ikut: [BooleanBuilder; 6], periode: StringBuilder, pmt_filled: Int16Builder, pmt_missing: StringBuilder }

        impl Columns {
            fn new(rows: usize) -> Self {
                Self { $($name: builder::$builder(rows),)+ ikut: std::array::from_fn(|_| BooleanBuilder::with_capacity(rows)), periode: builder::StringBuilder(rows), pmt_filled: builder::Int16Builder(rows), pmt_missing: builder::StringBuilder(rows) }
            }

            fn finish(mut self) -> RecordBatch {
                let mut columns: Vec<ArrayRef> = vec![$(Arc::new(self.$name.finish())),+];
                for column in &mut self.ikut {
                    columns.push(Arc::new(column.finish()));
                }
                columns.push(Arc::new(self.periode.finish()));
                columns.push(Arc::new(self.pmt_filled.finish()));
                columns.push(Arc::new(self.pmt_missing.finish()));
                RecordBatch::try_new(standard_schema(), columns).expect("the builders follow the schema of a standard record")
            }
        }
    };
}

/// One constructor a builder type, named as the type, for the macro above.
#[expect(non_snake_case, reason = "named as the types that they make")]
mod builder {
    use super::{
        BooleanBuilder as Bool, Date32Builder as Date32, Int8Builder as Int8, Int16Builder as Int16, Int64Builder as Int64,
        StringBuilder as Text,
    };

    pub(super) fn StringBuilder(rows: usize) -> Text {
        Text::with_capacity(rows, rows * 20)
    }
    pub(super) fn BooleanBuilder(rows: usize) -> Bool {
        Bool::with_capacity(rows)
    }
    pub(super) fn Date32Builder(rows: usize) -> Date32 {
        Date32::with_capacity(rows)
    }
    pub(super) fn Int8Builder(rows: usize) -> Int8 {
        Int8::with_capacity(rows)
    }
    pub(super) fn Int16Builder(rows: usize) -> Int16 {
        Int16::with_capacity(rows)
    }
    pub(super) fn Int64Builder(rows: usize) -> Int64 {
        Int64::with_capacity(rows)
    }
}

columns! {
    row: Int64Builder,
    natural_key: StringBuilder,
    id_keluarga: StringBuilder,
    nik: StringBuilder,
    nik_status: StringBuilder,
    no_kk: StringBuilder,
    nama: StringBuilder,
    nama_standar: StringBuilder,
    nama_alias: StringBuilder,
    nama_kunci: StringBuilder,
    tanggal_lahir: Date32Builder,
    tahun_lahir: Int16Builder,
    tahun_dari_umur: BooleanBuilder,
    jenis_kelamin: StringBuilder,
    hubungan: StringBuilder,
    nama_ibu: StringBuilder,
    nama_ayah: StringBuilder,
    nik_ibu: StringBuilder,
    nik_ayah: StringBuilder,
    nama_pasangan: StringBuilder,
    nama_kepala: StringBuilder,
    jumlah_anggota: Int16Builder,
    kode_wilayah: StringBuilder,
    rt: Int16Builder,
    rw: Int16Builder,
    dusun: StringBuilder,
    jalan: StringBuilder,
    nomor_rumah: StringBuilder,
    alamat_standar: StringBuilder,
    umur: Int16Builder,
    tempat_lahir: StringBuilder,
    desil: Int8Builder,
    respon: StringBuilder,
    meninggal: BooleanBuilder,
    status_kawin: StringBuilder,
    asn: BooleanBuilder,
    sekolah: BooleanBuilder,
    jenjang: StringBuilder,
    hamil: BooleanBuilder,
    disabilitas: Int8Builder,
    sendiri: BooleanBuilder,
    pensiun: BooleanBuilder,
    satker: StringBuilder,
}
