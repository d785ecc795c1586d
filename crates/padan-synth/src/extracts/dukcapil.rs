//! The civil registry's answers: a row for each NIK asked, with what it knows and RESPON. A wrong NIK is answered "not found" and
//! nothing else is known of it.

use super::clerk::Clerk;
use super::words::{kin_word, marital_word, schooling_word, work_word};
use crate::date::push_padded;
use crate::mistakes::{Line, Miswritten, miswrite_nik};

/// Numbers that stand on two people, and those blocked.
const DOUBLE: f64 = 0.004;
const INACTIVE: f64 = 0.004;

const DEAD: &str = "Data Ditemukan, Meninggal Dunia";
const TWICE: &str = "Data Ditemukan, Data Ganda";
const UNKNOWN: &str = "Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan";
const BLOCKED: &str = "Data Ditemukan, Status Non Aktif, silahkan hubungi Dinas Dukcapil";
const MALFORMED: &str = "Data Tidak Ditemukan, NIK tidak sesuai format Dukcapil";

pub(super) fn write(clerk: &mut Clerk) {
    let mut asked = String::with_capacity(20);
    for person in clerk
        .persons(|clerk, person| clerk.draw(clerk.village.family_of(person), clerk.person(person).habit, 0.5) < clerk.world.reach.dukcapil)
    {
        let nik = clerk.person(person).nik;
        asked.clear();
        let kind = miswrite_nik(&mut asked, nik, || nik, || nik, false, &clerk.faults.nik, &mut clerk.dice);
        if kind == Miswritten::Right {
            push_padded(&mut asked, nik as i64, 16);
        }
        if asked.parse() == Ok(nik) {
            found(clerk, person, &asked);
        } else {
            unknown(clerk, person, &asked);
        }
    }
}

fn found(clerk: &mut Clerk, person: usize, asked: &str) {
    let home = clerk.home(person);
    let someone = clerk.person(person);
    let age = clerk.age(person);
    clerk.rows.begin();
    clerk.kk(&home);
    clerk.rows.text(asked);
    clerk.name(person);
    clerk.birth_place(person);
    clerk.birth_iso(person);
    clerk.sex(person, "LAKI-LAKI", "PEREMPUAN");
    clerk.rows.word(kin_word(someone.kin, someone.female));
    clerk.rows.word(marital_word(someone.marital));
    clerk.rows.word(schooling_word(someone.attained));
    clerk.rows.word(work_word(someone, age));
    clerk.parent_name(&someone.mother, false);
    clerk.parent_name(&someone.father, false);
    clerk.address(&home, Line { rt_rw: false, regions: false });
    clerk.rows.code(i64::from(home.house.rt));
    clerk.rows.code(i64::from(home.house.rw));
    clerk.dusun(&home);
    let code = home.place.code;
    for part in [&code[..2], &code[2..4], &code[4..6], &code[6..]] {
        clerk.rows.word(part);
    }
    for name in [&home.place.provinsi, &home.place.kabkota, &home.place.kecamatan, &home.place.desa] {
        clerk.rows.text(name);
    }
    let draw = clerk.dice.unit();
    clerk.rows.text(match draw {
        _ if someone.died > 0 => DEAD,
        draw if draw < DOUBLE => TWICE,
        draw if draw < DOUBLE + INACTIVE => BLOCKED,
        draw if draw < 0.5 => "Data Ditemukan",
        _ => "",
    });
    clerk.end(person);
}

fn unknown(clerk: &mut Clerk, person: usize, asked: &str) {
    clerk.rows.begin();
    clerk.rows.blank();
    clerk.rows.text(asked);
    clerk.name(person);
    clerk.rows.blanks(21);
    clerk.rows.text(if asked.len() == 16 { UNKNOWN } else { MALFORMED });
    clerk.end(person);
}
