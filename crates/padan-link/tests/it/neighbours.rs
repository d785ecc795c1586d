//! What neighbours share: of a field that is given another, chance is that of strangers who agree on the other.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::{link, scramble, word};

const MODEL: &str = r#"
name = "neighbours"
[[comparison]]
name = "name"
compare = { kind = "tokens", column = "name" }
term-frequency = true
[[comparison]]
name = "village"
compare = { kind = "exact", column = "village" }
household = true
[[comparison]]
name = "street"
compare = { kind = "exact", column = "street" }
household = true
given = "village"
[[blocking]]
name = "name"
keys = ["name"]
[[blocking]]
name = "village"
keys = ["village"]
"#;

const VILLAGES: u64 = 6_000;

/// Person, village of eight persons, and street, one of two of its village.
fn batch(persons: impl Iterator<Item = u64>) -> RecordBatch {
    let rows: Vec<[String; 3]> = persons
        .map(|person| {
            let name = format!("{} {}", word(scramble(person) % 900), word(scramble(person + 1) % 900));
            let village = person / 8;
            [name, format!("V{village}"), format!("V{village}-{}", scramble(person * 3) % 2)]
        })
        .collect();
    let column = |at: usize| Arc::new(rows.iter().map(|row| Some(row[at].as_str())).collect::<StringArray>()) as ArrayRef;
    RecordBatch::try_from_iter([("name", column(0)), ("village", column(1)), ("street", column(2))]).expect("equal lengths")
}

#[test]
fn a_street_is_as_common_as_neighbours_make_it() {
    let outcome = link(MODEL, &batch(0..VILLAGES * 8), &batch((0..VILLAGES * 8).filter(|person| person % 5 == 0)));
    let street = &outcome.trained.comparisons[2];
    let interaction = street.interaction.as_ref().expect("given the village");
    let [different, same] = [&interaction.u[1], &interaction.u[2]].map(|u| u[2]);
    assert!((0.45..0.55).contains(&same), "two streets a village, and no pair of a person with himself counts: {same}");
    assert!(different < 0.001, "no street is in two villages: {different}");
    let right = outcome.links.iter().filter(|link| link.left - VILLAGES as u32 * 8 == link.right / 5 && link.right % 5 == 0).count();
    assert!(right > outcome.links.len() * 98 / 100 && right as u64 > VILLAGES * 8 / 5 * 95 / 100, "{right} of {}", outcome.links.len());
}
