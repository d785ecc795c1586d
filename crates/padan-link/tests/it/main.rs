//! The engine as its callers use it: a register of families, a list with faults, and who is linked to whom.

mod errors;
mod families;
mod neighbours;
mod roofs;
mod skew;

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, StringArray};
use padan_link::{Known, Linkage, Mode, Model, Outcome, Records, Reference, Task};

const MODEL: &str = r#"
name = "test"
household-column = "family"
[[comparison]]
name = "id"
compare = { kind = "identifier", column = "id", stem = 6 }
[[comparison]]
name = "name"
compare = { kind = "tokens", column = "name" }
term-frequency = true
[[comparison]]
name = "birth"
compare = { kind = "date", column = "birth" }
[[comparison]]
name = "place"
compare = { kind = "place", column = "place", depths = [2, 4] }
household = true
[[blocking]]
name = "id"
keys = ["id"]
[[blocking]]
name = "birth + token"
keys = ["birth", "tokens(name)"]
[[blocking]]
name = "place + token"
keys = ["place", "tokens(name)"]
refine = ["year(birth)"]
max-block = 200
"#;

/// One row: id, name, birth (days), place, family.
type Row = (Option<String>, String, Option<i32>, String, String);

fn batch(rows: &[Row]) -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(rows.iter().map(|row| row.0.clone()).collect::<StringArray>())),
        ("name", Arc::new(rows.iter().map(|row| Some(row.1.clone())).collect::<StringArray>())),
        ("birth", Arc::new(rows.iter().map(|row| row.2).collect::<Date32Array>())),
        ("place", Arc::new(rows.iter().map(|row| Some(row.3.clone())).collect::<StringArray>())),
        ("family", Arc::new(rows.iter().map(|row| Some(row.4.clone())).collect::<StringArray>())),
    ];
    RecordBatch::try_from_iter(columns).expect("equal lengths")
}

fn scramble(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn word(seed: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["SU", "TRI", "NO", "WA", "TI", "MAR", "YAN", "TO", "HAR", "DI", "NING", "SIH", "KAR", "MIN", "LES", "RA"];
    (0..3).map(|at| SYLLABLES[(scramble(seed + at * 7919) % 16) as usize]).collect()
}

/// A register of `families` families of four: the members share a family word, a place and nothing else.
fn register(families: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    for family in 0..families {
        let place = format!("{:02}{:02}", family % 7 + 11, family % 13 + 11);
        for member in 0..4 {
            let person = family * 4 + member;
            let name = format!("{} {}", word(person * 31 + 1), word(family * 17 + 5));
            rows.push((
                Some(format!("{:010}", scramble(person) % 10_000_000_000)),
                name,
                Some((scramble(person + 99) % 20_000) as i32),
                place.clone(),
                format!("R{family}"),
            ));
        }
    }
    rows
}

fn run(register: &[Row], list: &[Row]) -> Outcome {
    link(MODEL, &batch(register), &batch(list))
}

fn task<'a>(reference: &'a Reference<'a>, left: &'a [u32], dedupe: bool) -> Task<'a> {
    Task { dedupe, seed: 7, ..Task::new(reference, left) }
}

/// A list against a register.
fn link(model: &str, register: &RecordBatch, list: &RecordBatch) -> Outcome {
    let model = Model::parse(model).expect("a model");
    let records = Records::encode(&[register, list], &model.columns()).expect("encodes");
    let right: Vec<u32> = (0..register.num_rows() as u32).collect();
    let left: Vec<u32> = (register.num_rows() as u32..records.len() as u32).collect();
    let reference = Reference::new(&records, &model, &right, &right).expect("applies");
    task(&reference, &left, false).run()
}

#[test]
fn a_faulty_list_finds_its_people_and_no_siblings() {
    let people = register(400);
    // Every second person is on the list: a third without id, a fifth with a typing error, a seventh without birth date. Of every tenth
    // family the eldest was struck off the register and is still on the list.
    let struck = |person: usize| person.is_multiple_of(40);
    let kept: Vec<Row> = people.iter().enumerate().filter(|(person, _)| !struck(*person)).map(|(_, row)| row.clone()).collect();
    let register_row: Vec<Option<u32>> = {
        let mut next = 0;
        (0..people.len())
            .map(|person| {
                (!struck(person)).then(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect()
    };
    let mut list = Vec::new();
    let mut truth = Vec::new();
    for (person, row) in people.iter().enumerate().filter(|(person, _)| person % 2 == 0) {
        let mut row = row.clone();
        if person % 3 == 0 {
            row.0 = None;
        }
        if person % 5 == 0 {
            row.1.remove(2);
        }
        if person % 7 == 0 {
            row.2 = None;
        }
        row.4 = format!("L{}", person / 4);
        list.push(row);
        truth.push(register_row[person]);
    }
    let outcome = run(&kept, &list);
    let first = kept.len() as u32;
    let (mut right, mut wrong) = (0, 0);
    for link in outcome.links.iter().filter(|link| link.probability >= 0.5) {
        if truth[(link.left - first) as usize] == Some(link.right) { right += 1 } else { wrong += 1 }
    }
    let there = truth.iter().flatten().count();
    assert!(right * 100 >= there * 98, "found {right} of {there}");
    assert!(wrong * 100 <= there, "{wrong} false links");
    assert!(outcome.trained.household_pairs > 50, "households were learned from");
}

#[test]
fn namesakes_of_one_place_share_the_probability() {
    let mut people = register(300);
    for (at, id) in [(0, "1111111111"), (40, "2222222222")] {
        people[at] = (Some(id.to_owned()), "JOKO PURNOMO".to_owned(), Some(5000), "1111".to_owned(), format!("N{at}"));
    }
    let mut list: Vec<Row> = people.iter().skip(100).take(600).cloned().collect();
    list.push((None, "JOKO PURNOMO".to_owned(), Some(5000), "1111".to_owned(), "L".to_owned()));
    let outcome = run(&people, &list);
    let last = (people.len() + list.len() - 1) as u32;
    let link = outcome.links.iter().find(|link| link.left == last).expect("a reviewable pair");
    assert!(link.probability <= 0.5, "{}", link.probability);
}

#[test]
fn threads_do_not_matter() {
    let people = register(200);
    let list: Vec<Row> = people.iter().step_by(2).cloned().collect();
    let with =
        |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(|| run(&people, &list));
    let (one, three) = (with(1), with(3));
    assert_eq!(one.links, three.links);
    assert_eq!(one.trained, three.trained);
}

#[test]
fn a_flood_under_one_key_is_bounded_and_said() {
    let mut people = register(50);
    people.extend((0..3000).map(|at| (None, "SITI".to_owned(), None, "1111".to_owned(), format!("S{at}"))));
    let list: Vec<Row> = (0..50).map(|at| (None, "SITI".to_owned(), None, "1111".to_owned(), format!("L{at}"))).collect();
    let outcome = run(&people, &list);
    assert!(outcome.pairs < 50 * 400, "{} pairs", outcome.pairs);
    assert!(outcome.links.iter().all(|link| link.probability < 0.5));
}

#[test]
fn a_pattern_explains_its_weight() {
    let people = register(200);
    let list: Vec<Row> = people
        .iter()
        .step_by(3)
        .cloned()
        .enumerate()
        .map(|(at, mut row)| {
            row.4 = String::new();
            // A name that is missing weighs nothing, its rarity included.
            if at.is_multiple_of(9) {
                row.1 = String::new();
            }
            row
        })
        .collect();
    let outcome = run(&people, &list);
    assert!(!outcome.links.is_empty());
    // A third of the register has its row already, and nobody twice: the others are likelier by the two thirds that are left.
    let turn = 1.5_f64.log2();
    for link in &outcome.links {
        let sum: f64 = outcome.trained.waterfall(link.pattern).iter().map(|step| step.weight + step.frequency).sum();
        assert!((sum + turn - link.weight).abs() < 0.02, "{sum} {}", link.weight);
    }
}

#[test]
fn mistakes_in_a_model_are_named() {
    for (text, expected) in [
        ("name = 'x'\ncomparisn = []", "unknown field `comparisn`"),
        (&MODEL.replace("tokens(name)", "soundex(name)"), "key expression `soundex(name)`"),
    ] {
        let error = Model::parse(text).expect_err("wrong").to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn fields_that_say_the_same_do_not_count_twice() {
    // Every town has two postcodes, so that the postcode says one bit more where the town agrees, and errs with it where it does not.
    let text = "name = \"t\"\n[[comparison]]\nname = \"town\"\ncompare = { kind = \"exact\", column = \"town\" }\n[[comparison]]\nname = \"code\"\ncompare = { kind = \"exact\", column = \"code\" }\nGIVEN\n[[comparison]]\nname = \"name\"\ncompare = { kind = \"exact\", column = \"name\" }\n[[blocking]]\nname = \"name\"\nkeys = [\"name\"]\n[[blocking]]\nname = \"code\"\nkeys = [\"code\"]\n";
    let rows = 1_200_u64;
    let draw = |n: u64, salt: u64, of: u64| {
        let mixed = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
        ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 35) % of
    };
    let person = |row: u64| row % 800;
    let column = |of: &dyn Fn(u64) -> String| Arc::new((0..rows).map(|row| Some(of(row))).collect::<StringArray>()) as ArrayRef;
    let batch = RecordBatch::try_from_iter([
        ("name", column(&|row| format!("n{}", draw(person(row), 1, 90_000)))),
        ("town", column(&|row| format!("t{}", draw(person(row), 2, 20)))),
        ("code", column(&|row| format!("c{}-{}", draw(person(row), 2, 20), draw(person(row), 3, 2)))),
    ])
    .expect("a batch");
    let bits = |given: &str| {
        let model = Model::parse(&text.replace("GIVEN", given)).expect("a model");
        let records = Records::encode(&[&batch], &model.columns()).expect("records");
        let tables = std::iter::once(0..rows as u32).collect::<Vec<_>>();
        let linkage = Linkage {
            records: &records,
            model: &model,
            tables: &tables,
            mode: Mode::Dedupe,
            duplicate_free: &[None],
            verdicts: None,
            trained: None,
            floor: 0.0,
            seed: 1,
        };
        let linked = linkage.run().expect("links");
        let pair = linked.pairs.iter().find(|pair| pair.left == 800 && pair.right == 0).expect("the copy of the first row");
        (linked.trained.waterfall(pair.pattern)[2].weight, linked.trained.match_rate)
    };
    let (_, strangers) = bits("");
    let (weight, matches) = bits("given = \"town\"");
    assert!((weight - 1.0).abs() < 0.4, "in its town a postcode is one in two: {weight}");
    assert!((0.3..0.4).contains(&matches), "a third of the rows is a copy: {matches}");
    assert!(strangers > 3.0, "counted twice, town and postcode make neighbours into matches: {strangers}");
}

#[test]
fn copies_of_one_person_do_not_make_a_name_less_telling() {
    // A hundred people of six rows each, all names their own: two rows of one name are hardly ever strangers.
    let text = r#"
name = "copies"
[[comparison]]
name = "name"
compare = { kind = "exact", column = "name" }
term-frequency = true
[[comparison]]
name = "code"
compare = { kind = "exact", column = "code" }
[[blocking]]
name = "name"
keys = ["name"]
[[blocking]]
name = "code"
keys = ["code"]
"#;
    let model = Model::parse(text).expect("a model");
    let column = |of: &dyn Fn(usize) -> String| Arc::new((0..600).map(|row| Some(of(row))).collect::<StringArray>()) as ArrayRef;
    let batch = RecordBatch::try_from_iter([
        ("name", column(&|row| format!("n{}", row % 100))),
        ("code", column(&|row| format!("c{}", if row % 7 == 0 { row } else { row % 100 }))),
    ])
    .expect("a batch");
    let records = Records::encode(&[&batch], &model.columns()).expect("records");
    let tables = std::iter::once(0..600).collect::<Vec<_>>();
    let linkage = Linkage {
        records: &records,
        model: &model,
        tables: &tables,
        mode: Mode::Dedupe,
        duplicate_free: &[None],
        verdicts: None,
        trained: None,
        floor: 0.0,
        seed: 1,
    };
    let linked = linkage.run().expect("links");
    let name = &linked.trained.comparisons[0];
    let (share, chance) = (name.reference_frequency[2], name.u[2]);
    assert!((share - 5.0 / 599.0).abs() < 1e-9, "of 599 other rows five have the name: {share}");
    assert!(chance < 0.005, "and most pairs that share it are matches: {chance}");
}

#[test]
fn a_rule_without_doubles_is_left_out_of_a_large_register() {
    let mut people = register(25_000);
    // Every hundredth person stands in it twice, a tenth of these without the number.
    let doubles: Vec<Row> = people.iter().step_by(100).cloned().collect();
    people.extend(doubles.into_iter().enumerate().map(|(at, row)| if at % 10 == 0 { (None, row.1, row.2, row.3, row.4) } else { row }));
    let model = MODEL.replace("keys = [\"place\", \"tokens(name)\"]\nrefine = [\"year(birth)\"]", "keys = [\"place\", \"year(birth)\"]");
    let model = Model::parse(&model).expect("a model");
    let records = Records::encode(&[&batch(&people)], &model.columns()).expect("encodes");
    let rows: Vec<u32> = (0..people.len() as u32).collect();
    let reference = Reference::new(&records, &model, &rows, &rows).expect("applies");
    let task = task(&reference, &rows, true);
    let outcome = task.run();
    let [barren] = outcome.barren.as_slice() else { panic!("{:?}", outcome.barren) };
    assert_eq!(barren.rule, "place + token");
    let all = Task { every: true, ..task }.run();
    assert!(all.barren.is_empty());
    let made = (all.pairs - outcome.pairs) as f64;
    assert!((barren.pairs as f64 / made - 1.0).abs() < 0.05, "{} of {made}", barren.pairs);
    let of = |outcome: &Outcome| {
        outcome.links.iter().filter(|link| link.probability >= 0.5).map(|link| (link.left, link.right)).collect::<Vec<_>>()
    };
    assert_eq!(of(&outcome), of(&all));
    assert!(of(&outcome).len() >= 990, "{}", of(&outcome).len());
    // What one task has shown another need not try, and its reference has no blocks of it.
    let asked: Vec<bool> = all.not_worth(1_000.0).iter().map(Option::is_none).collect();
    assert_eq!(asked, [true, true, false], "{:?}", all.pairs_of_rules);
    let left_out = outcome.not_worth(f64::INFINITY);
    assert_eq!(left_out, [None, None, Some(barren.pairs)]);
    let known = Known { idle: &[false, false, true], ..Known::default() };
    let without = Reference::with(&records, &model, &rows, &rows, known).expect("applies");
    let told = Task { reference: &without, left_out: Some(&left_out), ..task }.run();
    assert_eq!((of(&told), &told.barren), (of(&outcome), &outcome.barren));
}
