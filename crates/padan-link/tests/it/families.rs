//! Lists of whole families: numbers and names tell a person from the family, and what the family shares does not.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use padan_link::{Model, Outcome, Records, Reference};

use super::{link, scramble, task, word};

const MODEL: &str = r#"
name = "families"
household-column = "group"
[[comparison]]
name = "id"
compare = { kind = "identifier", column = "id" }
[[comparison]]
name = "name"
compare = { kind = "tokens", column = "name" }
term-frequency = true
[[comparison]]
name = "kind"
compare = { kind = "profile", column = "kind" }
[[comparison]]
name = "family number"
compare = { kind = "identifier", column = "number" }
household = true
[[blocking]]
name = "id"
keys = ["id"]
[[blocking]]
name = "family number"
keys = ["number"]
[[blocking]]
name = "name"
keys = ["name"]
"#;

#[derive(Clone)]
struct Row {
    id: Option<String>,
    name: String,
    kind: Option<&'static str>,
    number: Option<String>,
    group: String,
}

fn batch(rows: &[Row]) -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(rows.iter().map(|row| row.id.clone()).collect::<StringArray>())),
        ("name", Arc::new(rows.iter().map(|row| Some(row.name.clone())).collect::<StringArray>())),
        ("kind", Arc::new(rows.iter().map(|row| row.kind).collect::<StringArray>())),
        ("number", Arc::new(rows.iter().map(|row| row.number.clone()).collect::<StringArray>())),
        ("group", Arc::new(rows.iter().map(|row| Some(row.group.clone())).collect::<StringArray>())),
    ];
    RecordBatch::try_from_iter(columns).expect("equal lengths")
}

const KINDS: [&str; 4] = ["head", "spouse", "child", "child"];

/// Families of four that share a number; names of one word, as common as words of three syllables are.
fn register(families: u64) -> Vec<Row> {
    let member = |person: u64| Row {
        id: Some(format!("{:010}", scramble(person) % 10_000_000_000)),
        name: word(scramble(person * 31 + 1) % 700),
        kind: Some(KINDS[(person % 4) as usize]),
        number: Some(format!("{:012}", scramble(person / 4 + 5_000_000) % 1_000_000_000_000)),
        group: format!("R{}", person / 4),
    };
    (0..families * 4).map(member).collect()
}

fn run(register: &[Row], list: &[Row]) -> Outcome {
    link(MODEL, &batch(register), &batch(list))
}

fn m_of(outcome: &Outcome, comparison: &str, level: &str) -> f64 {
    let comparison = outcome.trained.comparisons.iter().find(|of| of.name == comparison).expect("compared");
    comparison.m[comparison.levels.iter().position(|name| name == level).expect("a level")]
}

/// The register row of each left row that was linked to one of `register` rows, by position in the list.
fn linked(outcome: &Outcome, register: usize, list: usize) -> Vec<Option<usize>> {
    let mut found = vec![None; list];
    for link in outcome.links.iter().filter(|link| link.probability >= 0.5) {
        found[link.left as usize - register] = Some(link.right as usize);
    }
    found
}

#[test]
fn whole_families_do_not_pass_for_one_person() {
    let people = register(3_000);
    // Every family is on the list; one id in twelve is blank and one name in nine is another word.
    let list: Vec<Row> = people
        .iter()
        .enumerate()
        .map(|(person, row)| Row {
            id: row.id.clone().filter(|_| !scramble(person as u64 + 1).is_multiple_of(12)),
            name: if scramble(person as u64 + 2).is_multiple_of(9) { word(scramble(person as u64) % 700) } else { row.name.clone() },
            kind: None,
            group: format!("L{}", person / 4),
            number: row.number.clone(),
        })
        .collect();
    let outcome = run(&people, &list);
    assert!(m_of(&outcome, "id", "same") > 0.9, "{}", m_of(&outcome, "id", "same"));
    assert!(m_of(&outcome, "name", "same") > 0.8, "{}", m_of(&outcome, "name", "same"));
    let found = linked(&outcome, people.len(), list.len());
    let right = found.iter().enumerate().filter(|(row, found)| **found == Some(*row)).count();
    assert!(right as f64 >= 0.98 * list.len() as f64, "{right} of {}", list.len());
}

/// Lists one spouse a family, without family number, one id in eight the head's, one name in five misspelt where it says so: whether the row
/// is linked to the spouse or to the head, for rows under the head's id.
fn under_the_heads_id(misspelt: bool) -> Vec<(bool, Option<usize>)> {
    let people = register(2_000);
    let lent = |family: usize| scramble(family as u64).is_multiple_of(8);
    let is_misspelt = |family: usize| misspelt && scramble(family as u64 + 77).is_multiple_of(5);
    let list: Vec<Row> = (0..2_000)
        .map(|family| {
            let (head, spouse) = (&people[family * 4], &people[family * 4 + 1]);
            let letter = &spouse.name[1..2];
            Row {
                id: if lent(family) { head.id.clone() } else { spouse.id.clone() },
                name: if is_misspelt(family) { spouse.name.replacen(letter, &letter.repeat(2), 1) } else { spouse.name.clone() },
                kind: None,
                number: None,
                group: format!("L{family}"),
            }
        })
        .collect();
    let found = linked(&run(&people, &list), people.len(), list.len());
    (0..2_000).filter(|family| lent(*family)).map(|family| (is_misspelt(family), found[family].map(|row| row - family * 4))).collect()
}

#[test]
fn a_wife_under_her_husbands_number_is_the_wife() {
    let found = under_the_heads_id(false);
    let of = |member: usize| found.iter().filter(|(_, found)| *found == Some(member)).count();
    assert!(of(1) + 15 >= found.len() && of(0) <= 10, "{} spouses, {} heads of {}", of(1), of(0), found.len());
}

#[test]
fn a_wife_whom_only_her_husbands_number_finds_is_the_wife() {
    // No rule brings a misspelt name together with the right one.
    let found: Vec<_> = under_the_heads_id(true).into_iter().filter(|(misspelt, _)| *misspelt).collect();
    let of = |member: usize| found.iter().filter(|(_, found)| *found == Some(member)).count();
    assert!(of(1) * 10 >= found.len() * 9, "{} spouses, {} heads of {}", of(1), of(0), found.len());
}

#[test]
fn a_list_of_heads_means_the_head_of_two_namesakes() {
    let mut people = register(1_500);
    // Rows by name alone. In every fifth family the child has its head's name, which nobody else has.
    for family in 0..1_500 {
        people[family * 4].name = format!("{} {}", word(family as u64 * 3 + 7), word(family as u64 * 5 + 11));
        if family % 5 == 0 {
            people[family * 4 + 2].name = people[family * 4].name.clone();
        }
    }
    let list: Vec<Row> = (0..1_500)
        .map(|family| Row { id: None, kind: None, number: None, group: format!("L{family}"), ..people[family * 4].clone() })
        .collect();
    let found = linked(&run(&people, &list), people.len(), list.len());
    let shared = (0..1_500).filter(|family| family % 5 == 0);
    let of_head = shared.clone().filter(|family| found[*family] == Some(family * 4)).count();
    assert!(of_head >= 280, "{of_head} of 300 heads");
}

#[test]
fn a_namesake_that_another_row_has_is_not_the_match() {
    let mut people = register(1_000);
    // Two people of one name in every tenth family; the list has both, one with the id and one without.
    for family in (0..1_000).step_by(10) {
        people[family * 4 + 3].name = format!("{} {}", word(family as u64 * 3 + 7), word(family as u64 * 5 + 11));
        people[family * 4 + 2].name = people[family * 4 + 3].name.clone();
    }
    let list: Vec<Row> = people
        .iter()
        .enumerate()
        .map(|(person, row)| Row {
            id: row.id.clone().filter(|_| person % 40 != 3),
            kind: None,
            group: format!("L{}", person / 4),
            ..row.clone()
        })
        .collect();
    let found = linked(&run(&people, &list), people.len(), list.len());
    let right = (3..4_000).step_by(40).filter(|person| found[*person] == Some(*person)).count();
    assert!(right >= 98, "{right} of 100");
}

#[test]
fn who_is_left_of_a_family_is_found_without_a_rule_that_asks_for_him() {
    let people = register(2_000);
    // Families without number. Of one person in ten the list has no id and one word more; of one in thirty somebody whom nobody knows.
    let is_longer = |person: usize| scramble(person as u64 + 3).is_multiple_of(10);
    let is_unknown = |person: usize| !is_longer(person) && scramble(person as u64 + 5).is_multiple_of(30);
    let list: Vec<Row> = people
        .iter()
        .enumerate()
        .map(|(person, row)| Row {
            id: row.id.clone().filter(|_| !is_longer(person) && !is_unknown(person)),
            name: match (is_longer(person), is_unknown(person)) {
                (true, _) => format!("{} {}", row.name, word(scramble(person as u64) % 700)),
                (_, true) => letters(person as u64 + 9_000),
                _ => row.name.clone(),
            },
            kind: None,
            number: None,
            group: format!("L{}", person / 4),
        })
        .collect();
    let found = linked(&run(&people, &list), people.len(), list.len());
    let longer: Vec<usize> = (0..people.len()).filter(|person| is_longer(*person)).collect();
    let right = longer.iter().filter(|person| found[**person] == Some(**person)).count();
    assert!(right * 100 >= longer.len() * 95, "{right} of {}", longer.len());
    let unknown: Vec<usize> = (0..people.len()).filter(|person| is_unknown(*person)).collect();
    let wrong = unknown.iter().filter(|person| found[**person].is_some()).count();
    assert!(wrong * 20 <= unknown.len(), "{wrong} of {} whom nobody knows", unknown.len());
}

/// A word of six letters that has none of another's syllables.
fn letters(seed: u64) -> String {
    (0..6).map(|at| char::from(b'A' + (scramble(seed * 6 + at) % 26) as u8)).collect()
}

/// Where nobody tells who lives together: a number of one's own, a name, and what a household shares.
fn neighbours(own: &str) -> String {
    format!(
        r#"
name = "neighbours"
{own}
[[comparison]]
name = "name"
compare = {{ kind = "tokens", column = "name" }}
term-frequency = true
[[comparison]]
name = "place"
compare = {{ kind = "exact", column = "number" }}
household = true
[[comparison]]
name = "house"
compare = {{ kind = "exact", column = "group" }}
household = true
[[blocking]]
name = "place"
keys = ["number"]
[[blocking]]
name = "name"
keys = ["tokens(name)"]
"#
    )
}

#[test]
fn the_household_that_somebody_left_is_no_rival() {
    let person = |person: u64| Row {
        id: Some((scramble(person + 9) % 3_000).to_string()),
        name: format!("{} {}", letters(scramble(person) % 700), letters(person / 4 + 1_000)),
        kind: None,
        number: Some((scramble(person / 4) % 500).to_string()),
        group: (scramble(person / 4 + 1) % 500).to_string(),
    };
    // One in ten has moved; the list has them as they stood.
    let has_moved = |of: u64| scramble(of + 3).is_multiple_of(10);
    let elsewhere = |of: u64| Row { number: person(of + 4_000).number, group: person(of + 4_000).group, ..person(of) };
    let now: Vec<Row> = (0..8_000).map(|of| if has_moved(of) { elsewhere(of) } else { person(of) }).collect();
    let list: Vec<Row> = (0..8_000).map(person).collect();
    let outcome =
        link(&neighbours("[[comparison]]\nname = \"id\"\ncompare = { kind = \"exact\", column = \"id\" }"), &batch(&now), &batch(&list));
    let found = linked(&outcome, now.len(), list.len());
    let moved: Vec<u64> = (0..8_000).filter(|of| has_moved(*of)).collect();
    let right = moved.iter().filter(|of| found[**of as usize] == Some(**of as usize)).count();
    assert!(right as f64 >= 0.95 * moved.len() as f64, "{right} of {} who moved", moved.len());
}

#[test]
fn families_are_no_copies_where_there_is_nothing_but_a_name() {
    let person = |person: u64| Row {
        id: None,
        name: format!("{} {}", letters(scramble(person) % 700), letters(person / 4 + 1_000)),
        kind: None,
        number: Some((person / 40).to_string()),
        group: (scramble(person / 4) % 180).to_string(),
    };
    // Every second one is on the list twice, misspelt one time in three.
    let mut rows: Vec<Row> = (0..4_000).map(person).collect();
    let misspelt = |of: u64| scramble(of + 7).is_multiple_of(3);
    let copy = |of: u64| Row { name: if misspelt(of) { person(of).name.replacen(' ', "X ", 1) } else { person(of).name }, ..person(of) };
    rows.extend((0..4_000).step_by(2).map(copy));
    let model = Model::parse(&neighbours("")).expect("a model");
    let records = Records::encode(&[&batch(&rows)], &model.columns()).expect("encodes");
    let all: Vec<u32> = (0..records.len() as u32).collect();
    let reference = Reference::new(&records, &model, &all, &all).expect("a reference");
    let outcome = task(&reference, &all, true).run();
    let linked: Vec<(u32, u32)> = outcome.links.iter().filter(|link| link.probability >= 0.5).map(|link| (link.left, link.right)).collect();
    let right = linked.iter().filter(|(left, right)| *left >= 4_000 && (*left - 4_000) * 2 == *right).count();
    assert!(right >= 1_900 && right as f64 >= 0.95 * linked.len() as f64, "{right} of {} are copies", linked.len());
}
