//! What members of a household have in common, learned where no column says who lives together and every rule asks for more than an address.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use padan_link::{Model, Records, Reference, TrainedModel};

use super::{scramble, task, word};

const MODEL: &str = r#"
name = "roofs"
[[comparison]]
name = "name"
compare = { kind = "tokens", column = "name" }
term-frequency = true
[[comparison]]
name = "sex"
compare = { kind = "exact", column = "sex" }
[[comparison]]
name = "street"
compare = { kind = "exact", column = "street" }
household = true
[[comparison]]
name = "house"
compare = { kind = "exact", column = "house" }
household = true
given = "street"
[[blocking]]
name = "name"
keys = ["name"]
[[blocking]]
name = "address and sex"
keys = ["street", "house", "sex"]
"#;

/// Families of four under one surname and address, and every third of their members a second time.
fn learned() -> TrainedModel {
    let person = |person: u64| {
        let family = person / 4;
        let name = format!("{} {}", word(scramble(person) % 300), word(scramble(family + 70_000) % 300 + 1_000));
        let sex = if scramble(person + 9).is_multiple_of(2) { "f" } else { "m" };
        [name, sex.to_owned(), word(scramble(family + 3) % 900 + 5_000), (scramble(family + 11) % 80).to_string()]
    };
    let rows: Vec<[String; 4]> = (0..4_000).chain((0..4_000).step_by(3)).map(person).collect();
    let column = |at: usize| Arc::new(rows.iter().map(|row| Some(row[at].as_str())).collect::<StringArray>()) as ArrayRef;
    let columns = [("name", column(0)), ("sex", column(1)), ("street", column(2)), ("house", column(3))];
    let batch = RecordBatch::try_from_iter(columns).expect("equal lengths");
    let model = Model::parse(MODEL).expect("a model");
    let records = Records::encode(&[&batch], &model.columns()).expect("encodes");
    let all: Vec<u32> = (0..records.len() as u32).collect();
    let reference = Reference::new(&records, &model, &all, &all).expect("applies");
    task(&reference, &all, true).learn()
}

#[test]
fn brothers_and_sisters_count_though_rules_ask_for_one_sex() {
    let learned = learned();
    assert!(learned.latent_household);
    let sex = &learned.comparisons[1];
    assert!((0.4..0.6).contains(&sex.h[2]), "of two members half are of one sex: {:?}", sex.h);
    assert!(sex.m[2] > 0.95, "and a person always: {:?}", sex.m);
    assert!((0.25..0.45).contains(&learned.match_rate), "{}", learned.match_rate);
}
