//! A village where thousands bear one name: time and memory stay bounded, what is not compared is counted, and the others are linked.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::{link, scramble, word};

const MODEL: &str = r#"
name = "skew"
[[comparison]]
name = "id"
compare = { kind = "identifier", column = "id" }
[[comparison]]
name = "name"
compare = { kind = "tokens", column = "name" }
term-frequency = true
[[comparison]]
name = "street"
compare = { kind = "exact", column = "street" }
[[blocking]]
name = "id"
keys = ["id"]
max-block = 50
[[blocking]]
name = "village + name"
keys = ["village", "name"]
refine = ["street"]
max-block = 100
"#;

/// Namesakes in the register, and rows of the list that bear their name.
const NAMESAKES: u64 = 20_000;
const ASKING: u64 = 4_000;
/// Other people.
const OTHERS: u64 = 1_000;

/// Rows of id, name and street, all of one village.
fn batch(rows: &[(Option<String>, String, Option<String>)]) -> RecordBatch {
    let village = rows.iter().map(|_| Some("V")).collect::<StringArray>();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(rows.iter().map(|(id, ..)| id.clone()).collect::<StringArray>())),
        ("name", Arc::new(rows.iter().map(|(_, name, _)| Some(name.clone())).collect::<StringArray>())),
        ("street", Arc::new(rows.iter().map(|(.., street)| street.clone()).collect::<StringArray>())),
        ("village", Arc::new(village)),
    ];
    RecordBatch::try_from_iter(columns).expect("equal lengths")
}

#[test]
fn thousands_of_namesakes_cost_no_square_of_pairs_and_are_told() {
    let namesake = |_| (None, "SITI AMINAH".to_owned(), None);
    let name = |person: u64| format!("{} {}", word(scramble(person) % 700), word(scramble(person + 7_000) % 700));
    let other =
        |person: u64| (Some(format!("{:012}", scramble(person) % 1_000_000_000_000)), name(person), Some(format!("S{}", person % 40)));
    // Every fourth of the list has lost its number.
    let listed = |person: u64| {
        let (id, name, street) = other(person);
        (id.filter(|_| !person.is_multiple_of(4)), name, street)
    };
    let register = batch(&(0..NAMESAKES).map(namesake).chain((0..OTHERS).map(other)).collect::<Vec<_>>());
    let list = batch(&(0..ASKING).map(namesake).chain((0..OTHERS).map(listed)).collect::<Vec<_>>());
    let outcome = link(MODEL, &register, &list);
    assert!(outcome.pairs < 100 * (ASKING + OTHERS), "{} pairs", outcome.pairs);
    let told: Vec<(&str, u64)> = outcome.suppressed.iter().map(|blocked| (blocked.rule.as_str(), blocked.pairs)).collect();
    assert_eq!(told, [("village + name", NAMESAKES * ASKING)]);
    let (first_right, first_left) = (NAMESAKES as u32, (NAMESAKES + OTHERS + ASKING) as u32);
    let linked: Vec<(u32, u32)> = outcome.links.iter().filter(|link| link.probability >= 0.5).map(|link| (link.left, link.right)).collect();
    let right = linked.iter().filter(|(left, right)| *left >= first_left && left - first_left == right - first_right).count();
    assert_eq!(right, linked.len(), "nobody is linked to a stranger, and no namesake to any");
    assert!(right as u64 >= OTHERS * 95 / 100, "{right} of {OTHERS} found");
}
