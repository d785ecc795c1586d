//! The extracts: one file of this folder for each list, in the order of its layout.
//!
//! A layout's headers are data (`data/schemas`); what stands below them is written here, cell by cell.

mod bdt;
mod clerk;
mod dtks;
mod dtsen_anggota;
mod dtsen_keluarga;
mod dukcapil;
mod kks;
mod own;
mod p3ke;
mod pbi;
mod pip;
mod pkh;
mod satker;
mod siks_ng;
mod words;

use std::sync::OnceLock;

use crate::population::{Village, World};
use crate::rows::{Dialect, Rows};
use clerk::Clerk;

/// A list, in the order in which lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extract {
    DtsenKeluarga,
    DtsenAnggota,
    Dtks,
    Bdt,
    Pbi,
    Pkh,
    Kks,
    Pip,
    SatkerLansia,
    SatkerDisabilitas,
    SatkerAnak,
    Dukcapil,
    Rastra,
    Slrt,
    Pksa,
    P3ke,
    SiksNg,
}

impl Extract {
    /// Every list.
    pub(crate) const ALL: [Self; 17] = [
        Self::DtsenKeluarga,
        Self::DtsenAnggota,
        Self::Dtks,
        Self::Bdt,
        Self::Pbi,
        Self::Pkh,
        Self::Kks,
        Self::Pip,
        Self::SatkerLansia,
        Self::SatkerDisabilitas,
        Self::SatkerAnak,
        Self::Dukcapil,
        Self::Rastra,
        Self::Slrt,
        Self::Pksa,
        Self::P3ke,
        Self::SiksNg,
    ];

    fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::DtsenKeluarga => {
                ("dtsen-keluarga", "dtsen_keluarga_v3.csv", include_str!("../../data/schemas/dtsen_pemda_keluarga_v3.csv"))
            }
            Self::DtsenAnggota => ("dtsen-anggota", "dtsen_anggota_v3.csv", include_str!("../../data/schemas/dtsen_pemda_anggota_v3.csv")),
            Self::Dtks => ("dtks", "dtks_provinsi.csv", include_str!("../../data/schemas/dtks_provinsi_pipe.csv")),
            Self::Bdt => ("bdt", "bdt2015.csv", include_str!("../../data/schemas/bdt2015_export_101kol.csv")),
            Self::Pbi => ("pbi", "pbi_jk.csv", include_str!("../../data/schemas/pbi_jk_2022_semicolon.csv")),
            Self::Pkh => ("pkh", "pkh_pengurus.csv", include_str!("../../data/schemas/pkh_pengurus.csv")),
            Self::Kks => ("kks", "bpnt_kks_daftar_bayar.xlsx", include_str!("../../data/schemas/bpnt_pkh_daftar_bayar.csv")),
            Self::Pip => ("pip", "pip_dapodik.xlsx", include_str!("../../data/schemas/pip_dapodik.csv")),
            Self::SatkerLansia => ("satker-lansia", "permakanan_lansia.xlsx", include_str!("../../data/schemas/satker_lansia.csv")),
            Self::SatkerDisabilitas => {
                ("satker-disabilitas", "permakanan_disabilitas.xlsx", include_str!("../../data/schemas/satker_disabilitas.csv"))
            }
            Self::SatkerAnak => ("satker-anak", "yapi_anak.xlsx", include_str!("../../data/schemas/satker_anak.csv")),
            Self::Dukcapil => ("dukcapil", "dukcapil.csv", include_str!("../../data/schemas/dukcapil_ws.csv")),
            Self::Rastra => ("rastra", "rastra.csv", include_str!("../../data/schemas/rastra.csv")),
            Self::Slrt => ("slrt", "slrt_usulan.csv", include_str!("../../data/schemas/slrt_usulan.csv")),
            Self::Pksa => ("pksa", "pksa.csv", include_str!("../../data/schemas/pksa.csv")),
            Self::P3ke => ("p3ke", "p3ke.xlsx", include_str!("../../data/schemas/p3ke.csv")),
            Self::SiksNg => ("siks-ng", "siksng_dtks.json", include_str!("../../data/schemas/siksng_dtks_api.csv")),
        }
    }

    /// The source's id.
    pub(crate) fn id(self) -> &'static str {
        self.facts().0
    }

    /// The file's name.
    pub(crate) fn file(self) -> &'static str {
        self.facts().1
    }

    /// The layout's headers.
    pub(crate) fn headers(self) -> &'static [String] {
        static HEADERS: OnceLock<Vec<Vec<String>>> = OnceLock::new();
        &HEADERS.get_or_init(|| Self::ALL.iter().map(|extract| schema_columns(extract.facts().2)).collect())[self as usize]
    }

    /// How its rows are written.
    pub(crate) fn dialect(self) -> Dialect {
        let delimited = |delimiter| Dialect::Delimited { delimiter, quote_all: false, latin1: false };
        match self {
            Self::DtsenKeluarga | Self::DtsenAnggota => Dialect::Delimited { delimiter: b'|', quote_all: true, latin1: true },
            Self::Dtks => delimited(b'|'),
            Self::Pbi => delimited(b';'),
            Self::SiksNg => Dialect::Json,
            Self::Kks | Self::Pip | Self::SatkerLansia | Self::SatkerDisabilitas | Self::SatkerAnak | Self::P3ke => Dialect::Sheet,
            _ => delimited(b','),
        }
    }

    /// Rows above the header.
    pub(crate) fn titles(self) -> &'static [&'static str] {
        if self == Self::SatkerLansia { &["DATA USULAN PENERIMA PERMAKANAN LANJUT USIA TUNGGAL", "TAHUN ANGGARAN 2023"] } else { &[] }
    }

    /// Writes the village's rows into `rows`, which are empty and of this list.
    pub(crate) fn write(self, village: &Village, world: &World, rows: Rows) -> Rows {
        let mut clerk = Clerk::new(self, village, world, rows);
        match self {
            Self::DtsenKeluarga => dtsen_keluarga::write(&mut clerk),
            Self::DtsenAnggota => dtsen_anggota::write(&mut clerk),
            Self::Dtks => dtks::write(&mut clerk),
            Self::Bdt => bdt::write(&mut clerk),
            Self::Pbi => pbi::write(&mut clerk),
            Self::Pkh => pkh::write(&mut clerk),
            Self::Kks => kks::write(&mut clerk),
            Self::Pip => pip::write(&mut clerk),
            Self::SatkerLansia => satker::lansia(&mut clerk),
            Self::SatkerDisabilitas => satker::disabilitas(&mut clerk),
            Self::SatkerAnak => satker::anak(&mut clerk),
            Self::Dukcapil => dukcapil::write(&mut clerk),
            Self::Rastra => own::rastra(&mut clerk),
            Self::Slrt => own::slrt(&mut clerk),
            Self::Pksa => own::pksa(&mut clerk),
            Self::P3ke => p3ke::write(&mut clerk),
            Self::SiksNg => siks_ng::write(&mut clerk),
        }
        clerk.rows
    }
}

/// The second cell of every line but the first; a cell may be quoted and hold commas.
fn schema_columns(schema: &str) -> Vec<String> {
    let cell = |line: &str| {
        let rest = line.split_once(',').map_or("", |(_, rest)| rest);
        match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').map_or(quoted, |(cell, _)| cell).to_owned(),
            None => rest.split(',').next().unwrap_or("").to_owned(),
        }
    };
    schema.lines().skip(1).filter(|line| !line.is_empty()).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_have_their_columns() {
        for (extract, columns) in
            [(Extract::Bdt, 101), (Extract::DtsenAnggota, 48), (Extract::DtsenKeluarga, 55), (Extract::Dtks, 23), (Extract::SiksNg, 53)]
        {
            assert_eq!(extract.headers().len(), columns, "{}", extract.id());
        }
        assert!(Extract::Bdt.headers().iter().any(|header| header == "Kepemilikan tabung gas 5,5kg"));
        assert!(Extract::Dtks.headers().iter().any(|header| header == "DESA/KELUARAHAN"));
    }
}
