//! A staged batch of one source → a standard batch: the rules of this crate, applied row by row.
//!
//! Every answer depends on the row, the profile and the reference year only; the memos hold pure answers. Never fails on data: what
//! cannot be read is null, and the NIK says why.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, Int8Builder, Int16Builder, Int64Builder, RecordBatch, StringBuilder};
use padan_config::{DateFormat, RegionCodes, SourceProfile};
use padan_model::{Field, KodeWilayah, Nik, NikStatus, standard_schema};

use crate::address::{self, Address, Line};
use crate::date::{self, Date};
use crate::fact::{self, CodeBook};
use crate::memo::Memo;
use crate::name::{self, StandardName};
use crate::nik::{self, NikReading};
use crate::region::{CodeParts, RegionNames, Resolver};
use crate::row::Staged;
use crate::{kk, swap};

/// Distinct names that are kept.
const NAMES: usize = 1 << 18;

/// Standardizes the batches of one source.
#[derive(Debug)]
pub struct Standardizer {
    codes: CodeBook,
    dates: Vec<DateFormat>,
    region_codes: RegionCodes,
    has_region_columns: bool,
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
            region_codes: profile.region_codes,
            has_region_columns: profile.columns.iter().any(|column| REGION.contains(&column.field)),
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
        for row in 0..rows {
            self.row(&staged, row, &mut out);
        }
        out.finish()
    }

    fn row(&self, staged: &Staged<'_>, row: usize, out: &mut Columns) {
        let get = |field| staged.get(field, row);
        let birth = get(Field::TanggalLahir).and_then(|text| date::standard(text, &self.dates, self.reference_year));
        let typed = nik::standard(get(Field::Nik), staged.nik_is_number(row));
        let (nik, no_kk) = swap::sort_out(typed, kk::standard(get(Field::NoKk)), birth);
        let named = get(Field::Nama).map(|text| self.name(text));
        let other = |field| get(field).map(|text| self.name(text)).and_then(|named| named.name.nama.clone());
        let (address, region) = self.place(staged, row, &nik);

        out.row.append_value(staged.number(row));
        out.natural_key.append_option(get(Field::NaturalKey));
        out.id_keluarga.append_option(get(Field::IdKeluarga));
        out.nik.append_option(nik.digits.as_deref());
        out.nik_status.append_value(nik.status.as_str());
        out.no_kk.append_option(no_kk);
        out.nama.append_option(get(Field::Nama));
        out.nama_standar.append_option(named.as_ref().and_then(|named| named.name.nama.as_deref()));
        out.nama_alias.append_option(named.as_ref().and_then(|named| named.name.alias.as_deref()));
        out.nama_kunci.append_option(named.as_ref().and_then(|named| named.key.as_deref()));
        self.age(get(Field::Umur), birth, out);
        out.jenis_kelamin.append_option(get(Field::JenisKelamin).and_then(|text| {
            self.codes.code(Field::JenisKelamin, text).and_then(fact::sex::of_code).or_else(|| fact::sex::standard(text))
        }));
        out.hubungan.append_option(self.word(Field::Hubungan, get(Field::Hubungan), fact::kinship::standard));
        out.nama_ibu.append_option(other(Field::NamaIbu));
        out.nama_ayah.append_option(other(Field::NamaAyah));
        out.nama_pasangan.append_option(other(Field::NamaPasangan));
        out.nama_kepala.append_option(other(Field::NamaKepala));
        out.kode_wilayah.append_option(region.map(|region| region.to_string()));
        out.rt.append_option(address.rt);
        out.rw.append_option(address.rw);
        out.dusun.append_option(address.dusun.as_deref());
        out.jalan.append_option(address.jalan.as_deref());
        out.alamat_standar.append_option(address.line());
        out.tempat_lahir.append_option(get(Field::TempatLahir).map(crate::text::fold));
        out.desil.append_option(self.desil(get(Field::Desil), get(Field::Percentile)));
        self.facts(staged, row, named.is_some_and(|named| named.name.meninggal), out);
        out.satker.append_option(get(Field::Satker));
        out.periode.append_option(self.period(get(Field::Periode), get(Field::Tahun)));
        let filled = staged.pmt_filled.filter(|column| arrow::array::Array::is_valid(column, row)).map(|column| column.value(row));
        out.pmt_filled.append_option(filled);
        let missing = staged.pmt_missing.filter(|column| arrow::array::Array::is_valid(column, row)).map(|column| column.value(row));
        out.pmt_missing.append_option(missing);
    }

    fn name(&self, text: &str) -> Arc<Named> {
        self.names.get(text, || {
            let name = name::standard(text);
            let key = name.nama.as_deref().map(name::key::key);
            Arc::new(Named { name, key })
        })
    }

    /// Address and region of a row.
    fn place(&self, staged: &Staged<'_>, row: usize, nik: &NikReading) -> (Address, Option<KodeWilayah>) {
        let get = |field| staged.get(field, row);
        let names = RegionNames {
            provinsi: get(Field::Provinsi),
            kabkota: get(Field::Kabkota),
            kecamatan: get(Field::Kecamatan),
            desa: get(Field::Desa),
        };
        let codes = if self.region_codes == RegionCodes::Kemendagri {
            CodeParts {
                provinsi: get(Field::KodeProvinsi),
                kabkota: get(Field::KodeKabkota),
                kecamatan: get(Field::KodeKecamatan),
                desa: get(Field::KodeDesa),
                wilayah: get(Field::KodeWilayah),
            }
        } else {
            CodeParts::default()
        };
        let hint =
            nik.digits.as_deref().filter(|_| nik.status == NikStatus::Valid).and_then(|digits| digits.parse::<Nik>().ok()).map(Nik::region);
        let mut region = if self.has_region_columns { self.regions.resolve(names, codes, hint) } else { None };
        let mut line = Line::of(get(Field::Alamat).unwrap_or(""));
        if region.is_none() && names == RegionNames::default() {
            region = self.free_text(&mut line, hint);
        }
        let stated: Vec<&str> = names.levels().into_iter().flatten().collect();
        let mut address = line.address(&stated);
        let own = address::columns(get(Field::Rt), get(Field::Rw));
        let sls = get(Field::Sls).map(address::standard).unwrap_or_default();
        address.rt = own.rt.or(address.rt).or(sls.rt);
        address.rw = own.rw.or(address.rw).or(sls.rw);
        address.dusun = get(Field::Dusun).and_then(address::dusun).or(address.dusun).or(sls.dusun).or(sls.jalan);
        (address, region)
    }

    /// The region of a line: what follows RT and RW, then the whole line where that goes no deeper. The line loses its names.
    fn free_text(&self, line: &mut Line, hint: Option<u32>) -> Option<KodeWilayah> {
        let after = line.after_rt_rw();
        let mut best: Option<(KodeWilayah, usize)> = None;
        for from in [after, 0] {
            let (pieces, places) = line.pieces(from);
            // Streets differ from row to row: the whole line is read only where the end says too little, or a level word stands before.
            let told = best.is_some_and(|(region, _)| region.length() == 10 || !line.names_level_before(after));
            if pieces.is_empty() || told {
                continue;
            }
            if let Some((region, start)) = self.regions.resolve_text(&pieces, hint)
                && best.is_none_or(|(shallower, _)| shallower.length() < region.length())
            {
                best = Some((region, places.get(start).copied().unwrap_or(from)));
            }
        }
        best.map(|(region, start)| {
            line.cut(start);
            region
        })
    }

    fn age(&self, stated: Option<&str>, birth: Option<Date>, out: &mut Columns) {
        let stated = stated.and_then(fact::age::standard);
        let year = birth.map(Date::year).or_else(|| stated.map(|age| self.period_year - age));
        out.tanggal_lahir.append_option(birth.map(Date::days));
        out.tahun_lahir.append_option(year);
        out.tahun_dari_umur.append_option(year.map(|_| birth.is_none()));
        out.umur.append_option(
            stated.or_else(|| birth.map(|birth| self.period_year - birth.year()).filter(|age| (0..=fact::age::OLDEST).contains(age))),
        );
    }

    /// A standard word: of the code list, else of the words themselves.
    fn word(&self, field: Field, text: Option<&str>, words: impl Fn(&str) -> Option<&'static str>) -> Option<&'static str> {
        let text = text?;
        self.codes.code(field, text).and_then(&words).or_else(|| words(text))
    }

    fn flag(&self, field: Field, text: Option<&str>) -> Option<bool> {
        let text = text?;
        match self.codes.code(field, text) {
            Some(code) => fact::flag::of_code(code),
            None => fact::flag::standard(text),
        }
    }

    fn desil(&self, desil: Option<&str>, percentile: Option<&str>) -> Option<i8> {
        let stated = desil.and_then(|text| fact::desil::standard(self.codes.code(Field::Desil, text).unwrap_or(text)));
        stated.or_else(|| percentile.and_then(fact::desil::of_percentile))
    }

    fn period(&self, period: Option<&str>, year: Option<&str>) -> Option<String> {
        match (period, year) {
            (Some(period), Some(year)) if !period.contains(year) => Some(format!("{year} {period}")),
            (Some(one), _) | (None, Some(one)) => Some(one.to_owned()),
            (None, None) => self.period.clone(),
        }
    }

    fn facts(&self, staged: &Staged<'_>, row: usize, dead_by_name: bool, out: &mut Columns) {
        let get = |field| staged.get(field, row);
        let respon = self.word(Field::Respon, get(Field::Respon), fact::response::standard);
        out.respon.append_option(respon);
        let alive = self
            .flag(Field::Hidup, get(Field::Hidup))
            .or_else(|| get(Field::Hidup).filter(|text| fact::death::standard(text)).map(|_| false));
        let dead = dead_by_name
            || alive == Some(false)
            || respon == Some("meninggal")
            || get(Field::Keterangan).is_some_and(fact::death::standard);
        let said_alive = alive == Some(true) || matches!(respon, Some("ditemukan" | "ganda"));
        out.meninggal.append_option(if dead { Some(true) } else { said_alive.then_some(false) });
        out.status_kawin.append_option(self.word(Field::StatusKawin, get(Field::StatusKawin), fact::marital::standard));
        out.asn.append_option(self.civil_servant(get(Field::StatusPekerjaan), get(Field::Pekerjaan)));
        out.sekolah.append_option(self.flag(Field::Sekolah, get(Field::Sekolah)));
        out.jenjang.append_option(self.word(Field::Jenjang, get(Field::Jenjang), fact::school::standard));
        out.hamil.append_option(self.flag(Field::Hamil, get(Field::Hamil)));
        out.disabilitas.append_option(self.disability(staged, row));
        out.sendiri.append_option(self.alone(get(Field::Sendiri)));
        let retired = [Field::Pekerjaan, Field::StatusPekerjaan].into_iter().filter_map(get).any(fact::civil_servant::retired);
        out.pensiun.append_option(self.flag(Field::Pensiun, get(Field::Pensiun)).or(retired.then_some(true)));
        let flags = [Field::IkutPkh, Field::IkutSembako, Field::IkutPbi, Field::IkutPip, Field::IkutYapi, Field::IkutPermakanan];
        for (column, field) in out.ikut.iter_mut().zip(flags) {
            column.append_option(self.flag(field, get(field)));
        }
    }

    /// Of the position's code list and of the words of position and occupation; true if either says so.
    fn civil_servant(&self, position: Option<&str>, occupation: Option<&str>) -> Option<bool> {
        let listed = |field, text: Option<&str>| {
            let text = text?;
            self.codes.code(field, text).map(|code| code == "asn").or_else(|| fact::civil_servant::standard(text))
        };
        [listed(Field::StatusPekerjaan, position), listed(Field::Pekerjaan, occupation)].into_iter().flatten().reduce(|a, b| a || b)
    }

    /// The highest degree of the row's columns.
    fn disability(&self, staged: &Staged<'_>, row: usize) -> Option<i8> {
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
        COLUMNS
            .into_iter()
            .filter_map(|field| {
                let text = staged.get(field, row)?;
                match self.codes.code(field, text) {
                    Some(code) => fact::disability::of_code(code),
                    None => fact::disability::standard(text),
                }
            })
            .max()
    }

    /// `ya`/`tidak` of the code list, or words such as "SENDIRI", "Tinggal bersama keluarga".
    fn alone(&self, text: Option<&str>) -> Option<bool> {
        let text = text?;
        if let Some(code) = self.codes.code(Field::Sendiri, text) {
            return fact::flag::of_code(code);
        }
        fact::alone::standard(text)
    }
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
        Text::with_capacity(rows, rows * 12)
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
    nama_pasangan: StringBuilder,
    nama_kepala: StringBuilder,
    kode_wilayah: StringBuilder,
    rt: Int16Builder,
    rw: Int16Builder,
    dusun: StringBuilder,
    jalan: StringBuilder,
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
