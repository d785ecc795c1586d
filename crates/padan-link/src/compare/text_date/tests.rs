//! Dates as lists hold them, and ages beside them.

use proptest::prelude::*;

use super::*;

fn column(values: &[&str]) -> TextColumn {
    let ids = values.iter().enumerate().map(|(at, value)| if value.is_empty() { NULL_ID } else { at as u32 }).collect();
    TextColumn { ids, values: std::sync::Arc::new(values.iter().collect()) }
}

fn name(comparator: &TextDate<'_>, left: u32, right: u32) -> String {
    let agreement = comparator.compare(left, right);
    assert_eq!(agreement, comparator.compare(right, left), "symmetric");
    comparator.levels()[usize::from(agreement.level)].clone()
}

#[test]
fn levels() {
    for (a, b, expected) in [
        ("19900305", "19900305", "same"),
        ("19900305", "19900503", "day and month swapped"),
        ("19900305", "19910305", "one digit"),
        ("19900305", "19900350", "one digit"),
        ("16620181", "16620118", "one digit"),
        ("19900305", "19900101", "default day"),
        ("19900305", "19900000", "default day"),
        ("19900000", "19900000", "default day"),
        ("19900305", "19900300", "default day"),
        ("19900305", "19900500", "same year"),
        ("19900305", "19790305", "day and month"),
        ("00000305", "19900305", "day and month"),
        ("19900315", "19900306", "year and month"),
        ("19900315", "19901215", "year and day"),
        ("19900331", "19900402", "within a month"),
        ("19891230", "19900102", "within a month"),
        ("16621331", "16621401", "two digits"),
        ("19900305", "19870305", "day and month"),
        ("18530101", "18230101", "year one digit"),
        ("18530101", "18240101", "different"),
        ("18530101", "19640101", "different"),
        ("19861221", "19871121", "two digits"),
        ("18530181", "18230101", "two digits"),
        ("19900305", "19901127", "same year"),
        ("19900305", "19611127", "different"),
        ("19900000", "19910000", "year one digit"),
        ("19900000", "19910101", "year one digit"),
        ("19900000", "19910305", "different"),
        ("19900305", "", "missing"),
        ("5 mar 90", "5 mar 91", "one digit"),
        ("5 mar 90", "19900305", "different"),
    ] {
        let column = column(&[a, b]);
        let dates = TextDate::new(&column, None, &[0, 1]);
        assert_eq!(name(&dates, 0, 1), expected, "{a} ~ {b}");
    }
}

#[test]
fn ages_fit_or_not() {
    let dates = column(&["19900305", "19900000", "", "", "", ""]);
    let age = [NULL_INT, NULL_INT, 30, 28, 40, NULL_INT];
    let of = |as_of| TextDate::new(&dates, Some(Ages { age: &age, as_of }), &[0, 1]);
    let fixed = of(AsOf::literal("2020-06-30"));
    for (a, b, expected) in [
        (0, 0, "same"),
        (0, 1, "default day"),
        (0, 2, "age fits"),
        (0, 3, "age differs"),
        (1, 2, "age fits"),
        (0, 4, "age differs"),
        (2, 4, "age differs"),
        (2, 2, "age fits"),
        (0, 5, "missing"),
        (4, 5, "missing"),
    ] {
        assert_eq!(name(&fixed, a, b), expected, "{a} {b}");
    }
    assert_eq!(fixed.start().len() + 1, fixed.levels().len());
    // Without a day of the age only ages compare.
    let unknown = of(AsOf::Unknown);
    assert_eq!(name(&unknown, 0, 2), "missing");
    assert_eq!(name(&unknown, 2, 3), "age differs");
    // Each row's own day: 30 years in 2010 are 40 in 2020.
    let days = column(&["", "", "20100630", "20080630", "20200630", ""]);
    let own = of(AsOf::Column(&days));
    assert_eq!(name(&own, 2, 4), "age fits");
    assert_eq!(name(&own, 0, 2), "age differs");
}

#[test]
fn days_count_as_on_the_calendar() {
    for (text, days) in [("19700101", 0), ("19691231", -1), ("20240229", 19_782), ("19000101", -25_567)] {
        assert_eq!(Day::parse(text).and_then(Day::ordinal), Some(days), "{text}");
    }
    assert_eq!(Day::parse("16620181").and_then(Day::ordinal), None);
}

#[test]
fn a_year_alone_is_no_equal_date() {
    let column = TextColumn { ids: vec![0, 0, 1, 1], values: std::sync::Arc::new(["19900000", "19900305"].into_iter().collect()) };
    let dates = TextDate::new(&column, None, &[0, 1, 2, 3]);
    assert_eq!(dates.exact_chance(&[0, 2], &[1, 3]), Some(0.25));
    assert!((dates.compare(0, 2).frequency - 1.0).abs() < 1e-6, "all are of 1990");
    assert!((dates.compare(2, 3).frequency - 0.5).abs() < 1e-6);
}

proptest! {
    #[test]
    fn symmetric_and_bounded(a in "([0-2]{8}|[0-9]{0,9}|\\PC{0,4})", b in "([0-2]{8}|[0-9]{0,9})", ages in proptest::option::of((0_i64..99, 0_i64..99))) {
        let column = column(&[&a, &b]);
        let age = ages.map(|(a, b)| [a, b]);
        let dates = TextDate::new(&column, age.as_ref().map(|age| Ages { age, as_of: AsOf::literal("2020") }), &[0, 1]);
        let agreement = dates.compare(0, 1);
        prop_assert_eq!(agreement, dates.compare(1, 0));
        prop_assert!(usize::from(agreement.level) < dates.levels().len() && (0.0..=1.0).contains(&agreement.frequency));
    }
}
