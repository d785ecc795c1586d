//! Dates as files hold them.

use proptest::prelude::*;

use super::*;

fn read_one(text: &str, reading: Reading) -> String {
    let mut out = String::new();
    date(text, reading, &mut out);
    out
}

#[test]
fn spellings_of_dates() {
    for (text, expected) in [
        ("1990-03-05", "19900305"),
        ("19900305", "19900305"),
        ("1990/3/5", "19900305"),
        ("1990.03.05", "19900305"),
        ("5/3/1990", "19900305"),
        ("25/3/1990", "19900325"),
        ("3/25/1990", "19900325"),
        ("05-Mar-1990", "19900305"),
        ("05Mar1990", "19900305"),
        ("5th of March, 1990", "19900305"),
        ("March 5, 1990", "19900305"),
        ("1990 Mar 5", "19900305"),
        ("5 Agustus 1990", "19900805"),
        ("5 août 1990", "19900805"),
        ("5 juillet 1990", "19900705"),
        ("12. März 1990", "19900312"),
        ("1990-03-05T00:00:00Z", "19900305"),
        ("1990-03-05 23:59", "19900305"),
        ("5 Oct 1990 10:30", "19901005"),
        ("05/03/90", "19900305"),
        ("05/03/12", "20120305"),
        ("05031990", "19900305"),
        ("5031990", "19900305"),
        ("1990", "19900000"),
        ("1990-03", "19900300"),
        ("03/1990", "19900300"),
        ("199003", "19900300"),
        ("Mar 1990", "19900300"),
        ("1990-XX-XX", "19900000"),
        ("1990-00-00", "19900000"),
        ("19??-03-05", "00000305"),
        ("1967 ?? 27", "19670027"),
        ("???? 9 27", "00000927"),
        ("?? 9 1967", "19670900"),
        ("1662-01-81", "16620181"),
        ("1862-O8-11", "18620811"),
        ("19901340", "19901340"),
        ("", ""),
        ("unknown", ""),
        ("0000-00-00", ""),
        ("1900-01-01", ""),
        ("9999-12-31", ""),
        ("42", ""),
        ("3/5", ""),
        ("12345678901234", ""),
    ] {
        assert_eq!(read_one(text, Reading::default()), expected, "{text}");
    }
}

#[test]
fn the_column_says_what_stands_first() {
    let reading = |texts: &[&str], order| {
        let mut votes = Votes::default();
        for text in texts {
            votes.count(text);
        }
        votes.reading(order)
    };
    let american = reading(&["3/25/1990", "3/4/1990", "12/31/2001", "25/3/1990"], DateOrder::Auto);
    assert_eq!(read_one("3/5/1990", american), "19900305");
    assert_eq!(read_one("3/5/1990", reading(&["25/3/1990", "1/1/1990"], DateOrder::Auto)), "19900503");
    assert_eq!(read_one("3/5/1990", reading(&["25/3/1990"], DateOrder::MonthFirst)), "19900305");
    assert_eq!(read_one("03051990", reading(&["03251990"], DateOrder::Auto)), "19900305");
    // A year that cannot be goes with the rest of its column.
    assert_eq!(read_one("03059990", reading(&["25031990"], DateOrder::Auto)), "99900503");
}

proptest! {
    #[test]
    fn any_text_has_eight_digits_or_none(text in "\\PC{0,24}", month_first: bool, year_last: bool) {
        let made = read_one(&text, Reading { month_first, year_last });
        prop_assert!(made.is_empty() || (made.len() == 8 && made.bytes().all(|byte| byte.is_ascii_digit())));
        prop_assert_eq!(read_one(&made, Reading::default()).len(), made.len());
    }
}
