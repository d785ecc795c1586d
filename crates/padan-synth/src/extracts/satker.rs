//! The lists of the working units: permakanan for the elderly and the disabled, and orphans (YAPI). Workbooks kept by hand.

use super::clerk::Clerk;
use super::words::marital_word;
use crate::mistakes::{Line, RegionStyle};
use crate::programme::Programme;

/// Permakanan lansia: two title rows, real date cells, some NIK as numbers; no card, no kab/kota.
pub(super) fn lansia(clerk: &mut Clerk) {
    for person in clerk.persons(|clerk, person| clerk.person(person).receives & Programme::Lansia.bit() != 0) {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        clerk.rows.begin();
        clerk.name(person);
        clerk.address(&home, Line { rt_rw: false, regions: false });
        clerk.regions(&home, &[10], RegionStyle::Bare);
        clerk.rt_rw(&home);
        clerk.regions(&home, &[6], RegionStyle::Bare);
        clerk.nik(person);
        clerk.birth_cell(person);
        let age = clerk.age(person);
        clerk.rows.number(i64::from(age));
        clerk.rows.text("KTP, KK");
        clerk.rows.text("Milik Sendiri");
        clerk.rows.text("Kurang");
        clerk.flag(someone.alone, ("Tinggal Sendiri", "Bersama Keluarga"));
        clerk.flag(clerk.village.family_of(person).desil <= 4, ("Terdaftar", "Tidak Terdaftar"));
        let sembako = clerk.village.family_of(person).receives & Programme::Sembako.bit() != 0;
        clerk.flag(sembako, ("BPNT", "Tidak ada"));
        clerk.flag(someone.alone, ("Layak", "Dipertimbangkan"));
        clerk.rows.blank();
        clerk.rows.number(2023);
        clerk.end(person);
    }
}

/// Permakanan disabilitas: dates dd-mm-yyyy as text, no kab/kota.
pub(super) fn disabilitas(clerk: &mut Clerk) {
    for person in clerk.persons(|clerk, person| clerk.person(person).receives & Programme::Disabilitas.bit() != 0) {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        clerk.rows.begin();
        clerk.name(person);
        clerk.sex(person, "Laki-laki", "Perempuan");
        clerk.birth_place(person);
        clerk.birth_dmy(person, b'-');
        clerk.rows.text(marital_word(someone.marital));
        clerk.rows.text("KTP");
        clerk.nik(person);
        clerk.kk(&home);
        clerk.rt_rw(&home);
        clerk.regions(&home, &[10, 6], RegionStyle::Bare);
        if clerk.dice.chance(0.5) {
            clerk.own_key("08", someone.habit, 10);
        } else {
            clerk.rows.blank();
        }
        let kind = match someone.disability_kind {
            2 => "Sensorik Netra",
            3 | 4 => "Sensorik Rungu",
            9 => "Intelektual",
            10 => "Mental",
            11 => "Ganda",
            _ => "Fisik",
        };
        clerk.rows.text(kind);
        clerk.rows.text(if someone.disability == 2 { "Berat" } else { "Sedang" });
        let cause = clerk.dice.pick(&["Bawaan lahir", "Sakit", "Kecelakaan"]);
        clerk.rows.text(cause);
        let aid = clerk.dice.pick(&["Kursi roda", "Tongkat", "Alat bantu dengar", "Tidak ada"]);
        clerk.rows.text(aid);
        clerk.rows.text("Tidak ada");
        clerk.rows.blank();
        clerk.rows.text("Layak");
        clerk.end(person);
    }
}

/// YAPI: children who lost a parent; real date cells.
pub(super) fn anak(clerk: &mut Clerk) {
    for person in clerk.persons(|clerk, person| clerk.person(person).receives & Programme::Yapi.bit() != 0) {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        clerk.rows.begin();
        clerk.name(person);
        clerk.kk(&home);
        clerk.nik(person);
        clerk.sex(person, "L", "P");
        clerk.birth_cell(person);
        let age = clerk.age(person);
        clerk.rows.number(i64::from(age));
        clerk.rows.text(["Belum Sekolah", "SD", "SMP", "SMA", "SMA"][usize::from(someone.school.min(4))]);
        clerk.regions(&home, &[2, 4, 6, 10], RegionStyle::Short);
        clerk.address(&home, Line { rt_rw: true, regions: false });
        let unit = clerk.dice.pick(&["LKSA AL-HIKMAH", "LKSA KASIH IBU", "SENTRA", "KELUARGA", "PANTI ASUHAN MUHAMMADIYAH"]);
        clerk.rows.text(unit);
        clerk.end(person);
    }
}
