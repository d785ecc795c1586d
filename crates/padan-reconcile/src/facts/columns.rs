//! The columns that a programme rule may use, with their types and what they mean to people.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use padan_model::Unit;

/// One column of `jiwa` or `kpm`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FactColumn {
    /// Its name in a rule.
    pub(crate) name: &'static str,
    /// Its type.
    pub(crate) kind: DataType,
    /// The reason of a unit that fails a condition on this column alone.
    pub(crate) fails: &'static str,
    /// What is missing where it is null, in Indonesian and English.
    pub(crate) label: (&'static str, &'static str),
}

const fn column(name: &'static str, kind: DataType, fails: &'static str, label: (&'static str, &'static str)) -> FactColumn {
    FactColumn { name, kind, fails, label }
}

/// The column that differs from programme to programme; it is the last of both frames.
pub(crate) const PER_PROGRAMME: &str = "ganda";

/// Persons.
pub(crate) const JIWA: &[FactColumn] = &[
    column("umur", DataType::Int32, "umur_di_luar_batas", ("umur", "age")),
    column("jenis_kelamin", DataType::Utf8, "jenis_kelamin_tidak_sesuai", ("jenis kelamin", "sex")),
    column("desil", DataType::Int8, "desil_di_atas_batas", ("desil", "welfare decile")),
    column("hidup", DataType::Boolean, "meninggal", ("keterangan hidup", "whether alive")),
    column("sekolah", DataType::Boolean, "tidak_sekolah", ("status sekolah", "school attendance")),
    column("jenjang", DataType::Utf8, "tidak_sekolah", ("jenjang sekolah", "school level")),
    column("hamil", DataType::Boolean, "tidak_hamil", ("kehamilan", "pregnancy")),
    column("disabilitas", DataType::Int8, "bukan_disabilitas_berat", ("disabilitas", "disability")),
    column("sendiri", DataType::Boolean, "tidak_tinggal_sendiri", ("tinggal sendiri", "whether living alone")),
    column("pensiun", DataType::Boolean, "pensiunan", ("pensiun", "pension")),
    column("asn_keluarga", DataType::Boolean, "asn", ("pekerjaan ASN/TNI/Polri dalam keluarga", "civil servant in the family")),
    column("orang_tua", DataType::Int8, "orang_tua_lengkap", ("orang tua yang masih hidup", "living parents")),
    column("status_kawin", DataType::Utf8, "status_kawin_tidak_sesuai", ("status kawin", "marital status")),
    column("hubungan", DataType::Utf8, "hubungan_tidak_sesuai", ("hubungan keluarga", "kinship")),
    column("dukcapil", DataType::Utf8, "dukcapil_tidak_sesuai", ("jawaban Dukcapil", "the civil registry's answer")),
    column("tidak_ditemukan", DataType::Boolean, "tidak_ditemukan", ("keberadaan", "whether found")),
    column("in_registry", DataType::Boolean, "tidak_di_registri", ("registri", "registry")),
    column("n_anggota", DataType::Int32, "jumlah_anggota_tidak_sesuai", ("jumlah anggota keluarga", "family size")),
    column(PER_PROGRAMME, DataType::Boolean, "ganda", ("kegandaan", "double entry")),
];

/// Families.
pub(crate) const KPM: &[FactColumn] = &[
    column("desil", DataType::Int8, "desil_di_atas_batas", ("desil", "welfare decile")),
    column("n_anggota", DataType::Int32, "jumlah_anggota_tidak_sesuai", ("jumlah anggota keluarga", "family size")),
    column("n_balita", DataType::Int32, "tanpa_komponen", ("umur anggota (balita)", "members' ages (0 to 6)")),
    column("n_sekolah", DataType::Int32, "tanpa_komponen", ("sekolah anggota", "members' schooling")),
    column("n_hamil", DataType::Int32, "tanpa_komponen", ("kehamilan anggota", "members' pregnancy")),
    column("n_lansia", DataType::Int32, "tanpa_komponen", ("umur anggota (lansia)", "members' ages (60 and over)")),
    column("n_disabilitas_berat", DataType::Int32, "tanpa_komponen", ("disabilitas anggota", "members' disability")),
    column("asn_keluarga", DataType::Boolean, "asn", ("pekerjaan ASN/TNI/Polri dalam keluarga", "civil servant in the family")),
    column("kepala_hidup", DataType::Boolean, "meninggal", ("keterangan hidup kepala keluarga", "whether the head is alive")),
    column("ada_yang_hidup", DataType::Boolean, "meninggal", ("keterangan hidup anggota", "whether any member is alive")),
    column("tidak_ditemukan", DataType::Boolean, "tidak_ditemukan", ("keberadaan", "whether found")),
    column("in_registry", DataType::Boolean, "tidak_di_registri", ("registri", "registry")),
    column(PER_PROGRAMME, DataType::Boolean, "ganda", ("kegandaan", "double entry")),
];

impl FactColumn {
    /// The columns of the unit's frame.
    pub(crate) fn of(unit: Unit) -> &'static [Self] {
        match unit {
            Unit::Jiwa => JIWA,
            Unit::Kpm => KPM,
        }
    }
}

/// The unit's frame as an arrow schema.
pub(crate) fn schema(unit: Unit) -> SchemaRef {
    Arc::new(Schema::new(FactColumn::of(unit).iter().map(|column| Field::new(column.name, column.kind.clone(), true)).collect::<Vec<_>>()))
}
