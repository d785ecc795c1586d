//! Copies with one error each: what one field says of the errors of another, and how many others have a value.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, StringArray};
use padan_link::{Model, Outcome, Part, Records, Reference};

use super::{scramble, task, word};

const MODEL: &str = r#"
name = "errors"
[[comparison]]
name = "birth"
compare = { kind = "date", column = "birth" }
[[comparison]]
name = "name"
compare = { kind = "tokens", column = "name" }
term-frequency = true
[[blocking]]
name = "name"
keys = ["name"]
[[blocking]]
name = "birth"
keys = ["birth"]
"#;

const PERSONS: u64 = 6_000;
const COPIES: u64 = 1_000;

/// Whether the copy's year is another, which is its only error.
fn has_another_year(copy: u64) -> bool {
    copy % 8 == 1
}

/// Persons, then copies of the first of them, each with one error: half in the name, the others in the birth date.
fn rows() -> Vec<(String, i32)> {
    let person = |at: u64| {
        let name = format!("{} {}", word(scramble(at) % 40), word(scramble(at + 50_000) % 40 + 1_000));
        // Days from 1970 on of the months' first 28 days.
        (name, (scramble(at + 90_000) % 60 * 365 + scramble(at + 7) % 12 * 30 + scramble(at + 13) % 28) as i32)
    };
    let copy = |at: u64| {
        let (mut name, birth) = person(at);
        match at % 8 {
            _ if has_another_year(at) => (name, birth + 1_461 * (2 + at as i32 % 9)),
            3 | 5 | 7 => (name, birth + 1 + at as i32 % 3),
            _ => {
                name.remove(1 + at as usize % 3);
                (name, birth)
            }
        }
    };
    (0..PERSONS).map(person).chain((0..COPIES).map(copy)).collect()
}

fn dedupe(without: &[Part]) -> Outcome {
    let rows = rows();
    let names: ArrayRef = Arc::new(rows.iter().map(|(name, _)| Some(name.clone())).collect::<StringArray>());
    let births: ArrayRef = Arc::new(rows.iter().map(|(_, birth)| Some(*birth)).collect::<Date32Array>());
    let batch = RecordBatch::try_from_iter([("name", names), ("birth", births)]).expect("equal lengths");
    let model = Model::parse(MODEL).expect("a model").without(without);
    let records = Records::encode(&[&batch], &model.columns()).expect("encodes");
    let all: Vec<u32> = (0..records.len() as u32).collect();
    let reference = Reference::new(&records, &model, &all, &all).expect("applies");
    task(&reference, &all, true).run()
}

/// Of the pairs that are linked: right and wrong ones.
fn found(outcome: &Outcome) -> [usize; 2] {
    let linked = || outcome.links.iter().filter(|link| link.probability >= 0.5);
    let right = linked().filter(|link| u64::from(link.left) == PERSONS + u64::from(link.right)).count();
    [right, linked().count() - right]
}

#[test]
fn where_copies_err_once_another_year_under_the_same_name_is_the_person() {
    let (whole, bare) = (dedupe(&[]), dedupe(&[Part::Interactions]));
    let interaction = |outcome: &Outcome| outcome.trained.comparisons[1].interaction.clone();
    let learned = interaction(&whole).expect("one field's errors tell of the other's");
    assert!(learned.learned && learned.given == 0 && interaction(&bare).is_none());
    let name = &whole.trained.comparisons[1];
    let same = name.levels.len() - 1;
    assert!(learned.m[1][same] > 0.85 && learned.m[learned.m.len() - 1][same] < 0.1, "a wrong date is of a right name: {learned:?}");
    let of_year = |outcome: &Outcome| {
        let is_found = |link: &&padan_link::Link| link.probability >= 0.5 && u64::from(link.left) == PERSONS + u64::from(link.right);
        outcome.links.iter().filter(is_found).filter(|link| has_another_year(u64::from(link.right))).count()
    };
    let ([right, wrong], [right_bare, wrong_bare]) = (found(&whole), found(&bare));
    assert!(of_year(&whole) > of_year(&bare), "{} of 125 found, {} by independent fields", of_year(&whole), of_year(&bare));
    let f1 = |right: usize, wrong: usize| 2.0 * right as f64 / (right + wrong + COPIES as usize) as f64;
    assert!(f1(right, wrong) > f1(right_bare, wrong_bare), "{right} right, {wrong} wrong; independent {right_bare}, {wrong_bare}");
}

#[test]
fn how_common_a_value_is_says_how_many_others_have_it() {
    let outcome = dedupe(&[]);
    let name = &outcome.trained.comparisons[1];
    let count = (PERSONS + COPIES) as f64;
    assert!((name.own_share - 1.0 / count).abs() < 1e-12);
    let mut of_name = std::collections::BTreeMap::new();
    for (name, _) in rows() {
        *of_name.entry(name).or_insert(0_u64) += 1;
    }
    let others: u64 = of_name.values().map(|count| count * (count - 1)).sum();
    let chance = others as f64 / (count * (count - 1.0));
    // The matches among them are weighed out.
    let u = name.u[name.u.len() - 1];
    assert!(u <= chance && u > 0.8 * chance, "{u} learned, {chance} of two rows that are not one");
}
