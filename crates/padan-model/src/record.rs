//! The standard record: what the standardizer makes of a staged row, the same columns for every source.
//!
//! A column that a source does not have is all null. Everything after `alamat_standar` is a fact for the programme rules and takes
//! no part in linkage.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};

/// Column names of a standard record.
pub mod column {
    /// 1-based data row, int64, never null.
    pub const ROW: &str = "row";
    /// The office's own key.
    pub const NATURAL_KEY: &str = "natural_key";
    /// The source's own family key.
    pub const ID_KELUARGA: &str = "id_keluarga";
    /// Sixteen digits where `nik_status` is valid or shared; the 15 that are left, then 0, where it is `precision_lost`; what digits there are where malformed; else null.
    pub const NIK: &str = "nik";
    /// A `NikStatus` word, never null.
    pub const NIK_STATUS: &str = "nik_status";
    /// Sixteen valid digits or null.
    pub const NO_KK: &str = "no_kk";
    /// The name as written, trimmed.
    pub const NAMA: &str = "nama";
    /// Standard name: upper case, titles and degrees gone, abbreviations expanded, tokens joined by one space.
    pub const NAMA_STANDAR: &str = "nama_standar";
    /// Standard form of an alias or patronym cut from the name.
    pub const NAMA_ALIAS: &str = "nama_alias";
    /// Phonetic keys of the standard name's tokens, in the tokens' order, joined by one space.
    pub const NAMA_KUNCI: &str = "nama_kunci";
    /// Birth date, date32; null where blank, impossible or a placeholder.
    pub const TANGGAL_LAHIR: &str = "tanggal_lahir";
    /// Birth year, int16: of the date, else period minus age.
    pub const TAHUN_LAHIR: &str = "tahun_lahir";
    /// Whether `tahun_lahir` comes from an age and may be off by one (boolean).
    pub const TAHUN_DARI_UMUR: &str = "tahun_dari_umur";
    /// `L` or `P`.
    pub const JENIS_KELAMIN: &str = "jenis_kelamin";
    /// Kinship to the head: kepala, pasangan, anak, menantu, cucu, orang_tua, famili, pembantu, lainnya.
    pub const HUBUNGAN: &str = "hubungan";
    /// Standard name of the mother.
    pub const NAMA_IBU: &str = "nama_ibu";
    /// Standard name of the father.
    pub const NAMA_AYAH: &str = "nama_ayah";
    /// The mother's NIK: sixteen valid digits or null.
    pub const NIK_IBU: &str = "nik_ibu";
    /// The father's NIK, likewise.
    pub const NIK_AYAH: &str = "nik_ayah";
    /// Standard name of the husband or wife.
    pub const NAMA_PASANGAN: &str = "nama_pasangan";
    /// Standard name of the family's head.
    pub const NAMA_KEPALA: &str = "nama_kepala";
    /// Members of the row's family or household as it states them, int16, 1 to 30.
    pub const JUMLAH_ANGGOTA: &str = "jumlah_anggota";
    /// Kemendagri digits, 2, 4, 6 or 10.
    pub const KODE_WILAYAH: &str = "kode_wilayah";
    /// RT, int16, never 0.
    pub const RT: &str = "rt";
    /// RW, int16, never 0.
    pub const RW: &str = "rw";
    /// Standard dusun.
    pub const DUSUN: &str = "dusun";
    /// Standard street, without `JALAN`, RT/RW and region names.
    pub const JALAN: &str = "jalan";
    /// Block and house number of the street, such as `C3 12`.
    pub const NOMOR_RUMAH: &str = "nomor_rumah";
    /// Standard address line.
    pub const ALAMAT_STANDAR: &str = "alamat_standar";
    /// Age in years as stated or at the period, int16.
    pub const UMUR: &str = "umur";
    /// Birth place.
    pub const TEMPAT_LAHIR: &str = "tempat_lahir";
    /// 1 to 10, int8.
    pub const DESIL: &str = "desil";
    /// ditemukan, meninggal, ganda, tidak_ditemukan, non_aktif, format.
    pub const RESPON: &str = "respon";
    /// Whether the row says that the person died (boolean).
    pub const MENINGGAL: &str = "meninggal";
    /// belum, kawin, cerai_hidup, cerai_mati.
    pub const STATUS_KAWIN: &str = "status_kawin";
    /// Civil servant, army, police, state company, legislator (boolean).
    pub const ASN: &str = "asn";
    /// At school (boolean).
    pub const SEKOLAH: &str = "sekolah";
    /// sd, smp, sma, pt.
    pub const JENJANG: &str = "jenjang";
    /// Pregnant (boolean).
    pub const HAMIL: &str = "hamil";
    /// 0 none, 1 light, 2 severe, int8.
    pub const DISABILITAS: &str = "disabilitas";
    /// Lives alone (boolean).
    pub const SENDIRI: &str = "sendiri";
    /// Draws a pension (boolean).
    pub const PENSIUN: &str = "pensiun";
    /// Working unit of the row.
    pub const SATKER: &str = "satker";
    /// The list's flags (boolean).
    pub const IKUT: [&str; 6] = ["ikut_pkh", "ikut_sembako", "ikut_pbi", "ikut_pip", "ikut_yapi", "ikut_permakanan"];
    /// Period of the row.
    pub const PERIODE: &str = "periode";
}

/// Schema of a standard record batch.
pub fn standard_schema() -> SchemaRef {
    use DataType::{Boolean, Date32, Int8, Int16, Int64, Utf8};
    let mut fields = vec![Field::new(column::ROW, Int64, false)];
    let nullable: [(&str, DataType); 41] = [
        (column::NATURAL_KEY, Utf8),
        (column::ID_KELUARGA, Utf8),
        (column::NIK, Utf8),
        (column::NIK_STATUS, Utf8),
        (column::NO_KK, Utf8),
        (column::NAMA, Utf8),
        (column::NAMA_STANDAR, Utf8),
        (column::NAMA_ALIAS, Utf8),
        (column::NAMA_KUNCI, Utf8),
        (column::TANGGAL_LAHIR, Date32),
        (column::TAHUN_LAHIR, Int16),
        (column::TAHUN_DARI_UMUR, Boolean),
        (column::JENIS_KELAMIN, Utf8),
        (column::HUBUNGAN, Utf8),
        (column::NAMA_IBU, Utf8),
        (column::NAMA_AYAH, Utf8),
        (column::NIK_IBU, Utf8),
        (column::NIK_AYAH, Utf8),
        (column::NAMA_PASANGAN, Utf8),
        (column::NAMA_KEPALA, Utf8),
        (column::JUMLAH_ANGGOTA, Int16),
        (column::KODE_WILAYAH, Utf8),
        (column::RT, Int16),
        (column::RW, Int16),
        (column::DUSUN, Utf8),
        (column::JALAN, Utf8),
        (column::NOMOR_RUMAH, Utf8),
        (column::ALAMAT_STANDAR, Utf8),
        (column::UMUR, Int16),
        (column::TEMPAT_LAHIR, Utf8),
        (column::DESIL, Int8),
        (column::RESPON, Utf8),
        (column::MENINGGAL, Boolean),
        (column::STATUS_KAWIN, Utf8),
        (column::ASN, Boolean),
        (column::SEKOLAH, Boolean),
        (column::JENJANG, Utf8),
        (column::HAMIL, Boolean),
        (column::DISABILITAS, Int8),
        (column::SENDIRI, Boolean),
        (column::PENSIUN, Boolean),
    ];
    fields.extend(nullable.into_iter().map(|(name, kind)| Field::new(name, kind, true)));
    fields.push(Field::new(column::SATKER, Utf8, true));
    fields.extend(column::IKUT.map(|name| Field::new(name, Boolean, true)));
    fields.push(Field::new(column::PERIODE, Utf8, true));
    fields.push(Field::new(crate::PMT_FILLED, Int16, true));
    fields.push(Field::new(crate::PMT_MISSING, Utf8, true));
    Arc::new(Schema::new(fields))
}
