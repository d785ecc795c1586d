//! The fields that a profile may map a column to, and the schema of a staged batch.
//!
//! A staged value is the office's own text, only unwrapped and trimmed; codes and dates are read by the standardizer. Fields are
//! spelt as the users say them.

use std::sync::Arc;

use arrow_schema::{DataType, Field as ArrowField, Schema, SchemaRef};

/// Column of a staged batch: the 1-based data row (int64, never null).
pub const STAGED_ROW: &str = "row";
/// Column of a staged batch: whether the NIK cell was a spreadsheet number (boolean, never null).
pub const STAGED_NIK_NUMERIC: &str = "nik_numeric";
/// Column of a staged batch and of a standard record: how many PMT variables the row fills (int16; null without PMT columns).
pub const PMT_FILLED: &str = "pmt_filled";
/// Column of a staged batch and of a standard record: names of the blank PMT variables, joined by commas.
pub const PMT_MISSING: &str = "pmt_missing";

macro_rules! fields {
    ($($variant:ident = $word:literal, $doc:literal;)+) => {
        /// A field of a staged record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field { $(#[doc = $doc] $variant),+ }

        impl Field {
            /// Every field, in the order of a staged batch's columns.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in profiles and staged batches.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// One line that says what the field holds.
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc),+ }
            }

            /// The field of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.as_str() == name)
            }
        }
    };
}

fields! {
    NaturalKey = "natural_key", "The office's own key of the row.";
    IdKeluarga = "id_keluarga", "The source's own key of the family or household (not the No KK).";
    Nik = "nik", "NIK as typed.";
    NoKk = "no_kk", "No KK as typed.";
    Nama = "nama", "Full name of the person; for a family list, of the named recipient.";
    NamaKepala = "nama_kepala", "Name of the family's or household's head.";
    NamaPasangan = "nama_pasangan", "Name of the husband or wife.";
    NamaIbu = "nama_ibu", "Mother's name.";
    NamaAyah = "nama_ayah", "Father's name.";
    NikIbu = "nik_ibu", "Mother's NIK as typed.";
    NikAyah = "nik_ayah", "Father's NIK as typed.";
    TanggalLahir = "tanggal_lahir", "Birth date.";
    TempatLahir = "tempat_lahir", "Birth place.";
    Umur = "umur", "Age in years at the source's period.";
    JenisKelamin = "jenis_kelamin", "Sex; standard codes L and P.";
    Hubungan = "hubungan", "Kinship to the head; standard codes kepala, pasangan, anak, menantu, cucu, orang_tua, famili, pembantu, lainnya.";
    JumlahAnggota = "jumlah_anggota", "Members of the family or household, as the row states them.";
    StatusKawin = "status_kawin", "Marital status; standard codes belum, kawin, cerai_hidup, cerai_mati.";
    Alamat = "alamat", "Address line, from a street name to a whole free-text address.";
    Rt = "rt", "RT, or RT and RW together.";
    Rw = "rw", "RW.";
    Dusun = "dusun", "Dusun, lingkungan or banjar.";
    Sls = "sls", "BPS local unit name, which holds RT and RW.";
    Provinsi = "provinsi", "Province name.";
    Kabkota = "kabkota", "Kabupaten or kota name.";
    Kecamatan = "kecamatan", "Kecamatan name.";
    Desa = "desa", "Desa or kelurahan name.";
    KodeProvinsi = "kode_provinsi", "Province code in the profile's code system.";
    KodeKabkota = "kode_kabkota", "Kab/kota code, alone or with its parents' digits.";
    KodeKecamatan = "kode_kecamatan", "Kecamatan code, alone or with its parents' digits.";
    KodeDesa = "kode_desa", "Desa code, alone or with its parents' digits.";
    KodeWilayah = "kode_wilayah", "One whole region code.";
    Desil = "desil", "Welfare decile 1 to 10, 1 the poorest.";
    Percentile = "percentile", "Welfare percentile 1 to 100.";
    Respon = "respon", "The civil registry's answer; standard codes ditemukan, meninggal, ganda, tidak_ditemukan, non_aktif, format.";
    Hidup = "hidup", "Whether the list says the person lives; standard codes ya, tidak.";
    Pekerjaan = "pekerjaan", "Occupation as text.";
    StatusPekerjaan = "status_pekerjaan", "Position at work; standard code asn for civil servants, army, police, state companies and legislators.";
    Sekolah = "sekolah", "School attendance; standard codes ya, tidak.";
    Jenjang = "jenjang", "School level attended; standard codes sd, smp, sma, pt.";
    Hamil = "hamil", "Pregnancy; standard codes ya, tidak.";
    Disabilitas = "disabilitas", "Disability; standard codes tidak, ringan, berat.";
    Penglihatan = "penglihatan", "Difficulty seeing; standard codes tidak, ringan, berat.";
    Pendengaran = "pendengaran", "Difficulty hearing; standard codes tidak, ringan, berat.";
    Berjalan = "berjalan", "Difficulty walking; standard codes tidak, ringan, berat.";
    Tangan = "tangan", "Difficulty using hands; standard codes tidak, ringan, berat.";
    Intelektual = "intelektual", "Difficulty learning; standard codes tidak, ringan, berat.";
    Perilaku = "perilaku", "Difficulty with behaviour; standard codes tidak, ringan, berat.";
    Bicara = "bicara", "Difficulty speaking; standard codes tidak, ringan, berat.";
    MengurusDiri = "mengurus_diri", "Difficulty with self-care; standard codes tidak, ringan, berat.";
    Mengingat = "mengingat", "Difficulty remembering; standard codes tidak, ringan, berat.";
    Sendiri = "sendiri", "Whether the person lives alone; standard codes ya, tidak.";
    Pensiun = "pensiun", "Whether the person draws a pension; standard codes ya, tidak.";
    Satker = "satker", "Working unit or institution of the row.";
    IkutPkh = "ikut_pkh", "The list's flag for PKH; standard codes ya, tidak.";
    IkutSembako = "ikut_sembako", "The list's flag for Sembako/KKS/BPNT; standard codes ya, tidak.";
    IkutPbi = "ikut_pbi", "The list's flag for PBI-JK; standard codes ya, tidak.";
    IkutPip = "ikut_pip", "The list's flag for PIP/KIP; standard codes ya, tidak.";
    IkutYapi = "ikut_yapi", "The list's flag for ATENSI YAPI; standard codes ya, tidak.";
    IkutPermakanan = "ikut_permakanan", "The list's flag for permakanan; standard codes ya, tidak.";
    Periode = "periode", "Period of the row, such as 2025-06 or TAHAP 2.";
    Tahun = "tahun", "Year of the row.";
    Keterangan = "keterangan", "The office's remark.";
}

/// Schema of a staged batch that maps `fields`: `row`, `nik_numeric`, the fields in `Field::ALL` order as nullable text, then the
/// two PMT columns where `pmt` says so.
pub fn staged_schema(fields: &[Field], pmt: bool) -> SchemaRef {
    let mut columns =
        vec![ArrowField::new(STAGED_ROW, DataType::Int64, false), ArrowField::new(STAGED_NIK_NUMERIC, DataType::Boolean, false)];
    columns.extend(
        Field::ALL.iter().filter(|field| fields.contains(field)).map(|field| ArrowField::new(field.as_str(), DataType::Utf8, true)),
    );
    if pmt {
        columns.push(ArrowField::new(PMT_FILLED, DataType::Int16, true));
        columns.push(ArrowField::new(PMT_MISSING, DataType::Utf8, true));
    }
    Arc::new(Schema::new(columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.as_str()), Some(*field));
        }
    }
}
