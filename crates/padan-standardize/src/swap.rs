//! NIK in the KK column, and the reverse.
//!
//! A man's NIK and a KK look alike, so a value changes its column only on evidence: a day above 40 (a woman's NIK; a KK has none), or
//! the row's own birth date embedded in it. Without evidence both stay where the office put them.

use padan_model::{Nik, NikStatus};

use crate::date::Date;
use crate::nik::NikReading;

/// NIK and KK of a row after the swap rule.
///
/// ```text
/// NIK 3201010503100001, KK 3201014503900001, born 1990-03-05 → NIK 3201014503900001, KK 3201010503100001
/// NIK blank,            KK 3201014503900001                  → NIK 3201014503900001, KK none
/// NIK = KK = 3201010503100001, born 1990-03-05               → NIK malformed, KK 3201010503100001
/// ```
pub fn sort_out(nik: NikReading, kk: Option<String>, birth: Option<Date>) -> (NikReading, Option<String>) {
    let Some(kk) = kk else { return (nik, None) };
    let kk_says = evidence(&kk, birth);
    let nik_says = nik.digits.as_deref().filter(|_| nik.status == NikStatus::Valid).map(|digits| evidence(digits, birth));
    match nik_says {
        Some(_) if nik.digits.as_deref() == Some(kk.as_str()) => match kk_says {
            Evidence::OwnNik | Evidence::SomeNik => (nik, None),
            // The row's birth date is known and is not in it: the family's number stands in both columns.
            Evidence::OtherDate => (NikReading { status: NikStatus::Malformed, ..nik }, Some(kk)),
            Evidence::None => (nik, Some(kk)),
        },
        Some(says) if matches!((says, kk_says), (Evidence::OtherDate, Evidence::OwnNik) | (Evidence::None, Evidence::SomeNik)) => {
            (valid(kk), nik.digits)
        }
        None if matches!(kk_says, Evidence::OwnNik | Evidence::SomeNik) => (valid(kk), None),
        _ => (nik, Some(kk)),
    }
}

/// What sixteen digits say about being this person's NIK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// The row's birth date is embedded.
    OwnNik,
    /// A day above 40, and no birth date to compare.
    SomeNik,
    /// Another date than the row's is embedded.
    OtherDate,
    /// Nothing either way.
    None,
}

fn evidence(digits: &str, birth: Option<Date>) -> Evidence {
    let Ok(nik) = digits.parse::<Nik>() else { return Evidence::None };
    match birth {
        Some(birth) if nik.birth() == (birth.day(), birth.month(), (birth.year() % 100) as u8) => Evidence::OwnNik,
        Some(_) => Evidence::OtherDate,
        None if nik.is_female() => Evidence::SomeNik,
        None => Evidence::None,
    }
}

fn valid(digits: String) -> NikReading {
    NikReading { digits: Some(digits), status: NikStatus::Valid }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WOMAN: &str = "3201014503900001";
    const MAN: &str = "3201010503900001";
    const FAMILY: &str = "3201011206100002";

    fn check(nik: &str, kk: &str, birth: Option<(i16, u8, u8)>) -> (Option<&'static str>, NikStatus, Option<&'static str>) {
        let birth = birth.and_then(|(year, month, day)| Date::new(year, month, day));
        let (nik, kk) = sort_out(crate::nik::standard(Some(nik), false), crate::kk::standard(Some(kk)), birth);
        let known = |found: Option<String>| found.and_then(|found| [WOMAN, MAN, FAMILY].into_iter().find(|known| *known == found));
        (known(nik.digits), nik.status, known(kk))
    }

    #[test]
    fn right_columns_stay() {
        assert_eq!(check(WOMAN, FAMILY, None), (Some(WOMAN), NikStatus::Valid, Some(FAMILY)));
        assert_eq!(check(MAN, FAMILY, Some((1990, 3, 5))), (Some(MAN), NikStatus::Valid, Some(FAMILY)));
        assert_eq!(check(MAN, FAMILY, Some((1991, 3, 5))), (Some(MAN), NikStatus::Valid, Some(FAMILY)), "a wrong birth date swaps nothing");
    }

    #[test]
    fn swapped_columns_change_back() {
        assert_eq!(check(FAMILY, WOMAN, None), (Some(WOMAN), NikStatus::Valid, Some(FAMILY)));
        assert_eq!(check(FAMILY, MAN, Some((1990, 3, 5))), (Some(MAN), NikStatus::Valid, Some(FAMILY)));
        assert_eq!(check(FAMILY, MAN, None), (Some(FAMILY), NikStatus::Valid, Some(MAN)), "no evidence");
    }

    #[test]
    fn one_value_in_both_columns() {
        assert_eq!(check(WOMAN, WOMAN, None), (Some(WOMAN), NikStatus::Valid, None));
        assert_eq!(check(MAN, MAN, Some((1990, 3, 5))), (Some(MAN), NikStatus::Valid, None));
        assert_eq!(check(FAMILY, FAMILY, Some((1990, 3, 5))), (Some(FAMILY), NikStatus::Malformed, Some(FAMILY)));
        assert_eq!(check(FAMILY, FAMILY, None), (Some(FAMILY), NikStatus::Valid, Some(FAMILY)), "no evidence");
    }

    #[test]
    fn a_nik_typed_in_the_kk_column_alone_moves() {
        assert_eq!(check("", WOMAN, None), (Some(WOMAN), NikStatus::Valid, None));
        assert_eq!(check("-", FAMILY, None), (None, NikStatus::Blank, Some(FAMILY)));
    }
}
