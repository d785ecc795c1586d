//! The golden record: for every value of a person the one that survives, the record it comes from and the rule that chose it.
//!
//! One rule a file. Each takes the person's records, best source first, and never mixes two records into one value. Records of the
//! civil registry that were not found stand last: their values are only what somebody asked for.
//!
//! The trap: the best source is not the best value. A NIK that two lists and Dukcapil agree on beats the registry's, and a region
//! known to the village beats the same region known to the kabupaten.

mod alamat;
mod alive;
mod desil;
mod family;
mod jenis_kelamin;
mod kode_wilayah;
mod nama;
mod nik;
mod tally;
mod tanggal_lahir;

use padan_model::Role;

use crate::records::{Record, RecordRef, Records};

/// Why a value survived; the word is published in `conflicts.rule`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The civil registry answered for this person.
    Dukcapil,
    /// Most records say so.
    Mayoritas,
    /// Nothing else decides: the best source says so.
    PrioritasSumber,
    /// It agrees with the date or sex in the chosen NIK.
    CocokNik,
    /// It is the deepest region inside the best source's.
    Terdalam,
    /// Of equally frequent names it is the longest.
    Terpanjang,
}

impl Rule {
    /// The published word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Dukcapil => "dukcapil",
            Self::Mayoritas => "mayoritas",
            Self::PrioritasSumber => "prioritas_sumber",
            Self::CocokNik => "cocok_nik",
            Self::Terdalam => "terdalam",
            Self::Terpanjang => "terpanjang",
        }
    }
}

/// A surviving value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen<T> {
    pub(crate) value: T,
    pub(crate) from: RecordRef,
    pub(crate) rule: Rule,
}

/// A person's golden record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Golden<'a> {
    pub(crate) family: Option<Chosen<u32>>,
    pub(crate) nik: Option<Chosen<&'a str>>,
    pub(crate) nama: Option<Chosen<&'a str>>,
    /// Days since 1970-01-01.
    pub(crate) tanggal_lahir: Option<Chosen<i32>>,
    pub(crate) jenis_kelamin: Option<Chosen<&'a str>>,
    pub(crate) kode_wilayah: Option<Chosen<&'a str>>,
    pub(crate) desil: Option<Chosen<i8>>,
    pub(crate) alive: Option<Chosen<bool>>,
    /// The record whose street, RT and RW are the person's.
    pub(crate) alamat: Option<RecordRef>,
    /// Whether the civil registry answered for the person and that answer is linked by an identifier.
    pub(crate) confirmed: bool,
    /// Whether the person has a row of the registry.
    pub(crate) in_registry: bool,
    /// Whether the person has a row of another registry of persons.
    pub(crate) in_other_registry: bool,
    pub(crate) n_records: i32,
}

/// The person's records in the order that every rule takes them: answers of the civil registry, the registry, the newest lists, and
/// last what the civil registry did not find.
pub(crate) fn candidates<'r, 'a>(records: &'r Records<'a>, person: u32, into: &mut Vec<Record<'r, 'a>>) {
    into.clear();
    let unanswered = |record: &Record| record.role() == Role::CivilRegistry && !record.is_civil_answer();
    into.extend(records.of_person(person).filter(|record| !unanswered(record)));
    into.extend(records.of_person(person).filter(unanswered));
}

/// The golden record of one person from `candidates`; `family` is the family that resolution gave.
pub(crate) fn choose<'a>(records: &[Record<'_, 'a>], family: Option<u32>) -> Golden<'a> {
    let nik = nik::choose(records);
    let kode_wilayah = kode_wilayah::choose(records);
    Golden {
        family: family::choose(records, family),
        nik,
        nama: nama::choose(records),
        tanggal_lahir: tanggal_lahir::choose(records, nik.map(|nik| nik.value)),
        jenis_kelamin: jenis_kelamin::choose(records, nik.map(|nik| nik.value)),
        kode_wilayah,
        desil: desil::choose(records),
        alive: alive::choose(records),
        alamat: alamat::choose(records, kode_wilayah.map(|kode| kode.value)),
        confirmed: records.iter().any(|record| record.is_civil_answer() && record.is_confirmed_link()),
        in_registry: records.iter().any(|record| record.role() == Role::Registry),
        in_other_registry: records.iter().any(|record| record.role() == Role::SecondRegistry),
        n_records: records.len() as i32,
    }
}
