//! P3KE: a workbook of the poorer deciles, with the decile, a Kemendagri code and whether the civil registry knew the NIK.

use super::clerk::Clerk;
use super::words::{schooling_word, work_word};
use crate::mistakes::{Line, RegionStyle};
use crate::population::{Kin, Marital};
use crate::programme::Programme;

pub(super) fn write(clerk: &mut Clerk) {
    let persons = clerk.persons(|clerk, person| {
        let family = clerk.village.family_of(person);
        clerk.draw(family, clerk.person(person).habit, 0.9) < clerk.world.reach.p3ke[usize::from(family.desil) - 1]
    });
    for person in persons {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        let family = clerk.village.family_of(person);
        let age = clerk.age(person);
        clerk.rows.begin();
        clerk.own_key("", clerk.village.families[clerk.village.family_in(person, clerk.year)].kk, 16);
        clerk.regions(&home, &[2, 4, 6, 10], RegionStyle::Bare);
        clerk.rows.word(home.place.code);
        clerk.rows.number(i64::from(family.desil));
        clerk.address(&home, Line { rt_rw: true, regions: false });
        clerk.own_key("", someone.nik, 18);
        clerk.name(person);
        clerk.nik(person);
        clerk.flag(someone.habit % 20 < 19, ("YA", "TIDAK"));
        clerk.sex(person, "Laki-laki", "Perempuan");
        clerk.rows.word(match someone.kin {
            Kin::Head => "Kepala Keluarga",
            Kin::Spouse => "Istri/Suami",
            Kin::Child => "Anak",
            Kin::ChildInLaw => "Menantu",
            Kin::Grandchild => "Cucu",
            Kin::Parent => "Orang Tua/Mertua",
            Kin::Servant => "Pembantu",
            Kin::Other => "Lainnya",
        });
        clerk.birth_iso(person);
        clerk.rows.word(match someone.marital {
            Marital::Single => "Belum Kawin",
            Marital::Married => "Kawin",
            Marital::Divorced => "Cerai Hidup",
            Marital::Widowed => "Cerai Mati",
        });
        clerk.rows.word(work_word(someone, age));
        clerk.rows.word(schooling_word(someone.attained));
        let sembako = family.receives & Programme::Sembako.bit() != 0;
        clerk.flag(sembako, ("YA", "TIDAK"));
        clerk.flag(someone.habit.is_multiple_of(23), ("YA", "TIDAK"));
        clerk.flag(someone.habit.is_multiple_of(11), ("YA", "TIDAK"));
        clerk.flag(family.receives & Programme::Pkh.bit() != 0, ("YA", "TIDAK"));
        clerk.flag(sembako, ("YA", "TIDAK"));
        clerk.flag(age < 5 && family.desil <= 2, ("YA", "TIDAK"));
        clerk.end(person);
    }
}
