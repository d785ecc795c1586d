//! DTSEN's member table: the registry. No person id; schooling and difficulties in the codes of 2022 (2 = at school, 4 = no difficulty).

use super::clerk::Clerk;
use super::words::{position, schooling_word, work_word};
use crate::mistakes::{Line, RegionStyle};
use crate::programme::Programme;

pub(super) fn write(clerk: &mut Clerk) {
    for person in clerk.persons(|clerk, person| !clerk.person(person).outside) {
        let home = clerk.home(person);
        let someone = clerk.person(person);
        let age = clerk.age(person);
        clerk.rows.begin();
        clerk.nik(person);
        clerk.kk(&home);
        clerk.name(person);
        clerk.birth_iso(person);
        clerk.sex(person, "1", "2");
        clerk.kin_code(person);
        clerk.flag(someone.receives & Programme::Pbi.bit() != 0, ("1", "2"));
        clerk.flag(false, ("1", "2"));
        clerk.rows.code(someone.marital as i64);
        school(clerk, person, age);
        work(clerk, person, age);
        clerk.flag(age < 5 && someone.habit.is_multiple_of(17), ("1", "4"));
        difficulties(clerk, person);
        clerk.rows.code(if age > 50 && someone.habit.is_multiple_of(5) { 2 } else { 1 });
        clerk.pairs(&home, RegionStyle::Full);
        clerk.rt_rw(&home);
        clerk.dusun(&home);
        clerk.address(&home, Line { rt_rw: false, regions: false });
        clerk.rows.word(work_word(someone, age));
        clerk.rows.word(schooling_word(someone.attained));
        clerk.end(person);
    }
}

/// Attendance, level, grade and certificate.
fn school(clerk: &mut Clerk, person: usize, age: i32) {
    let someone = clerk.person(person);
    if age < 5 {
        clerk.rows.blanks(4);
        return;
    }
    let attends = someone.school > 0;
    clerk.rows.code(if attends {
        2
    } else if someone.attained == 0 && age < 13 {
        1
    } else {
        3
    });
    let level = if attends { someone.school } else { someone.attained };
    // The 22 codes of levels: SD 3, SMP 8, SMA 13, university 19.
    match level {
        0 => clerk.rows.blank(),
        level => clerk.rows.code([0, 3, 8, 13, 19][usize::from(level.min(4))]),
    }
    if attends {
        clerk.rows.code(i64::from((age - 6) % 6 + 1));
    } else {
        clerk.rows.blank();
    }
    clerk.rows.code([1, 3, 8, 13, 19][usize::from(someone.attained.min(4))]);
}

/// Work and business: ten cells.
fn work(clerk: &mut Clerk, person: usize, age: i32) {
    let someone = clerk.person(person);
    if age < 5 {
        clerk.rows.blanks(9);
        return;
    }
    let works = position(someone) > 0;
    clerk.flag(works, ("1", "2"));
    if works {
        clerk.rows.code(someone.work as i64);
        clerk.rows.code(position(someone));
    } else {
        clerk.rows.blanks(2);
    }
    let trades = position(someone) == 1;
    clerk.flag(trades, ("1", "2"));
    if trades {
        clerk.rows.code(1);
        clerk.rows.code(someone.work as i64);
        clerk.rows.code(0);
        clerk.rows.code((someone.habit % 3) as i64);
        clerk.rows.code(1 + (someone.habit % 4) as i64);
    } else {
        clerk.rows.blanks(5);
    }
}

/// The ten functional difficulties: 1 cannot at all, 2 much, 3 a little, 4 none. The last two are feelings and count for nobody.
fn difficulties(clerk: &mut Clerk, person: usize) {
    let someone = clerk.person(person);
    let degree = match someone.disability {
        2 => 1 + (someone.habit % 2) as i64,
        1 => 3,
        _ => 4,
    };
    let at = match someone.disability_kind {
        2 => 0,
        3 | 4 => 1,
        9 | 10 => 4,
        11 => 7,
        _ => 2,
    };
    for index in 0..10 {
        clerk.rows.code(if index == at { degree } else { 4 });
    }
}
