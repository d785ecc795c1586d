//! Words and codes that several lists share.

use crate::population::{Kin, Marital, Person, Work};

/// BDT and DTSEN code of kinship.
pub(super) fn kin_code(kin: Kin) -> i64 {
    match kin {
        Kin::Head => 1,
        Kin::Spouse => 2,
        Kin::Child => 3,
        Kin::ChildInLaw => 4,
        Kin::Grandchild => 5,
        Kin::Parent => 6,
        Kin::Servant => 7,
        Kin::Other => 8,
    }
}

/// The civil registry's word of kinship.
pub(super) fn kin_word(kin: Kin, female: bool) -> &'static str {
    match kin {
        Kin::Head => "KEPALA KELUARGA",
        Kin::Spouse if female => "ISTRI",
        Kin::Spouse => "SUAMI",
        Kin::Child => "ANAK",
        Kin::ChildInLaw => "MENANTU",
        Kin::Grandchild => "CUCU",
        Kin::Parent => "ORANG TUA",
        Kin::Servant => "PEMBANTU",
        Kin::Other => "FAMILI LAIN",
    }
}

/// The civil registry's word of marital status.
pub(super) fn marital_word(marital: Marital) -> &'static str {
    match marital {
        Marital::Single => "BELUM KAWIN",
        Marital::Married => "KAWIN",
        Marital::Divorced => "CERAI HIDUP",
        Marital::Widowed => "CERAI MATI",
    }
}

/// The civil registry's word of occupation.
pub(super) fn work_word(person: &Person, age: i32) -> &'static str {
    if person.pension {
        return "PENSIUNAN";
    }
    if person.asn {
        return if person.habit.is_multiple_of(9) { "KEPOLISIAN RI (POLRI)" } else { "PEGAWAI NEGERI SIPIL (PNS)" };
    }
    match person.work {
        Work::None if person.school > 0 || (5..22).contains(&age) && age < 19 => "PELAJAR/MAHASISWA",
        Work::None if person.female && age >= 19 && person.marital != Marital::Single => "MENGURUS RUMAH TANGGA",
        Work::None => "BELUM/TIDAK BEKERJA",
        Work::Rice | Work::Garden if person.habit.is_multiple_of(3) => "BURUH TANI/PERKEBUNAN",
        Work::Rice | Work::Garden | Work::Estate => "PETANI/PEKEBUN",
        Work::Fishing => "NELAYAN/PERIKANAN",
        Work::Livestock => "PETERNAK",
        Work::Factory => "KARYAWAN SWASTA",
        Work::Building => "BURUH HARIAN LEPAS",
        Work::Trade => "PERDAGANGAN",
        Work::Transport => "SOPIR",
        Work::Teaching => "KARYAWAN HONORER",
        Work::Health | Work::Office => "WIRASWASTA",
    }
}

/// BDT and DTSEN code of the position at work; 5 is the civil service. 0 for none.
pub(super) fn position(person: &Person) -> i64 {
    match person.work {
        Work::None => 0,
        _ if person.asn => 5,
        Work::Trade | Work::Transport => 1,
        Work::Rice | Work::Garden | Work::Estate | Work::Livestock | Work::Fishing => [2, 6, 1][(person.habit % 3) as usize],
        Work::Building => 7,
        Work::Factory | Work::Teaching | Work::Health | Work::Office => 4,
    }
}

/// The civil registry's word of schooling.
pub(super) fn schooling_word(attained: u8) -> &'static str {
    ["TIDAK/BELUM SEKOLAH", "TAMAT SD/SEDERAJAT", "SLTP/SEDERAJAT", "SLTA/SEDERAJAT", "DIPLOMA IV/STRATA I"][usize::from(attained.min(4))]
}
