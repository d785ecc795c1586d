//! Pupils of PIP as Dapodik exports them: names in title case, no birth date, the NIK often blank, the mother's name.

use super::clerk::Clerk;
use crate::dice::mix;
use crate::population::Kin;
use crate::programme::Programme;

pub(super) fn write(clerk: &mut Clerk) {
    for person in clerk.persons(|clerk, person| clerk.person(person).receives & Programme::Pip.bit() != 0) {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        let family = clerk.village.family_of(person);
        let parent = |female: bool| {
            family
                .members()
                .take(2)
                .map(|at| &clerk.village.persons[at])
                .find(|parent| parent.female == female && matches!(parent.kin, Kin::Head | Kin::Spouse))
                .map(|parent| parent.nik)
        };
        let (father, mother) = (parent(false), parent(true));
        clerk.rows.begin();
        clerk.own_key("", someone.nik, 10);
        clerk.nik(person);
        clerk.title_name(person);
        if clerk.dice.chance(0.25) {
            clerk.rows.blank();
        } else {
            clerk.kk(&home);
        }
        let kps = family.receives & (Programme::Pkh.bit() | Programme::Sembako.bit()) != 0;
        clerk.flag(kps, ("Ya", "Tidak"));
        if kps {
            clerk.own_key("", family.kk, 14);
        } else {
            clerk.rows.blank();
        }
        clerk.flag(true, ("Ya", "Tidak"));
        clerk.own_key("", someone.habit, 6);
        if clerk.dice.chance(0.6) {
            clerk.title_name(person);
        } else {
            clerk.rows.blank();
        }
        clerk.rows.blank();
        if clerk.dice.chance(0.5) {
            clerk.own_key("AL.", someone.habit ^ 5, 10);
        } else {
            clerk.rows.blank();
        }
        clerk.rows.text(["BRI", "BNI", "BSI"][usize::from(someone.school.clamp(1, 3)) - 1]);
        clerk.own_key("", someone.habit ^ 9, 15);
        clerk.title_name(person);
        clerk.flag(true, ("Ya", "Tidak"));
        clerk.rows.text(if kps { "Pemegang PKH/KPS/KKS" } else { "Siswa Miskin/Rentan Miskin" });
        let grade = (clerk.age(person) - 6).clamp(1, 12);
        clerk.rows.text(&format!("Kelas {grade}{}", ["A", "B", ""][(mix(someone.nik) % 3) as usize]));
        clerk.parent_name(&someone.father, true);
        parent_nik(clerk, father);
        clerk.parent_name(&someone.mother, true);
        parent_nik(clerk, mother);
        clerk.end(person);
    }
}

/// Parents' numbers are filled in for a third.
fn parent_nik(clerk: &mut Clerk, nik: Option<u64>) {
    match nik.filter(|_| clerk.dice.chance(0.35)) {
        Some(nik) => clerk.rows.code(nik as i64),
        None => clerk.rows.blank(),
    }
}
