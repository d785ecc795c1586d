//! The linkage kernel, piece by piece, on one thread: similarities beside `strsim`, encoding, blocking, scored pairs.
//!
//! `cargo bench -p padan-benches`. Inputs are made from a fixed seed, so that two commits measure the same work; figures of commits stand
//! in `history.csv`.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use padan_link::{Model, Records, Reference, Task, TrainedModel};

fn main() {
    divan::main();
}

/// SplitMix64: seeds must not change with a crate's version.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }

    /// Low numbers much oftener than high ones, as names are.
    fn skewed(&mut self, sides: u64) -> u64 {
        self.roll(sides) * self.roll(sides) / sides
    }
}

/// A word of two or three syllables.
fn word(number: u64) -> String {
    const SYLLABLES: [&str; 32] = [
        "an", "bar", "ce", "den", "el", "fi", "gra", "ho", "is", "jo", "ka", "lu", "ma", "nor", "ol", "pe", "qui", "ra", "so", "ta", "ul",
        "vi", "wen", "xa", "yo", "zi", "sha", "tri", "mon", "ber", "lin", "rud",
    ];
    let mut dice = Dice(number);
    (0..2 + number % 2).map(|_| SYLLABLES[dice.roll(32) as usize]).collect()
}

/// Names of about six letters.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| (0..4096).map(word).collect());

/// All pairs of neighbours, near and far.
fn over_pairs(bencher: Bencher<'_, '_>, similarity: impl Fn(&str, &str) -> f64 + Sync) {
    let names = &*NAMES;
    bencher.counter(ItemsCount::new(names.len())).bench(|| {
        let next = names.iter().cycle().skip(1);
        names.iter().zip(next).map(|(a, b)| similarity(black_box(a), black_box(b))).sum::<f64>()
    });
}

#[divan::bench]
fn jaro_winkler(bencher: Bencher<'_, '_>) {
    over_pairs(bencher, padan_link::jaro_winkler);
}

#[divan::bench]
fn jaro_winkler_of_strsim(bencher: Bencher<'_, '_>) {
    over_pairs(bencher, strsim::jaro_winkler);
}

#[divan::bench]
fn edits(bencher: Bencher<'_, '_>) {
    over_pairs(bencher, |a, b| padan_link::osa_distance(a, b) as f64);
}

#[divan::bench]
fn edits_of_strsim(bencher: Bencher<'_, '_>) {
    over_pairs(bencher, |a, b| strsim::osa_distance(a, b) as f64);
}

#[divan::bench]
fn within_one_edit(bencher: Bencher<'_, '_>) {
    over_pairs(bencher, |a, b| f64::from(u8::from(padan_link::within_one_edit(a.as_bytes(), b.as_bytes()))));
}

/// Rows a side.
const ROWS: usize = 200_000;
const COLUMNS: [&str; 5] = ["first_name", "last_name", "birth_date", "postcode", "city"];

/// Two lists of which half is shared, with an error in a tenth of the values on the right.
static LISTS: LazyLock<RecordBatch> = LazyLock::new(|| {
    let mut dice = Dice(1);
    let mut columns: [Vec<Option<String>>; 5] = std::array::from_fn(|_| Vec::with_capacity(2 * ROWS));
    for _ in 0..ROWS {
        let (first, last) = (word(dice.skewed(3_000)), word(10_000 + dice.skewed(40_000)));
        let (year, month, day) = (1940 + dice.roll(80), 1 + dice.roll(12), 1 + dice.roll(28));
        let place = dice.skewed(800);
        let person = [first, last, format!("{year}-{month:02}-{day:02}"), format!("{}", 10_000 + place), word(90_000 + place / 8)];
        columns.iter_mut().zip(person).for_each(|(column, value)| column.push(Some(value)));
    }
    for row in 0..ROWS {
        let of = if row % 2 == 0 { row } else { dice.roll(ROWS as u64) as usize };
        for column in &mut columns {
            let mut value = column[of].clone();
            if dice.roll(10) == 0 {
                let known = value.get_or_insert_default();
                known.truncate(known.len() - 1);
                let _ = write!(known, "{}", dice.roll(10));
            }
            column.push(value);
        }
    }
    let arrays = columns.into_iter().map(|column| Arc::new(StringArray::from(column)) as ArrayRef);
    RecordBatch::try_from_iter(COLUMNS.into_iter().zip(arrays)).expect("columns of one length")
});

fn encoded() -> Records {
    Records::encode(&[&*LISTS], &COLUMNS.map(str::to_owned)).expect("text columns")
}

static RECORDS: LazyLock<Records> = LazyLock::new(encoded);
static LEFT: LazyLock<Vec<u32>> = LazyLock::new(|| (0..ROWS as u32).collect());
static RIGHT: LazyLock<Vec<u32>> = LazyLock::new(|| (ROWS as u32..2 * ROWS as u32).collect());

/// The model of `../speed/wide.toml`: five fields, seven rules.
static MODEL: LazyLock<Model> = LazyLock::new(|| Model::parse(include_str!("../speed/wide.toml")).expect("a model"));

fn reference() -> Reference<'static> {
    Reference::new(&RECORDS, &MODEL, &RIGHT, &RIGHT).expect("the model fits")
}

fn task<'a>(reference: &'a Reference<'a>, trained: Option<&'a TrainedModel>) -> Task<'a> {
    Task { trained, every: true, ..Task::new(reference, &LEFT) }
}

/// On one thread of its own, whatever the machine has.
fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread").install(work)
}

#[divan::bench(sample_count = 10)]
fn encode(bencher: Bencher<'_, '_>) {
    LazyLock::force(&LISTS);
    bencher.counter(ItemsCount::new(2 * ROWS * COLUMNS.len())).bench(|| alone(encoded));
}

#[divan::bench(sample_count = 10)]
fn block(bencher: Bencher<'_, '_>) {
    LazyLock::force(&RECORDS);
    bencher.counter(ItemsCount::new(ROWS * MODEL.rules.len())).bench(|| drop(alone(reference)));
}

#[divan::bench(sample_count = 10)]
fn learn(bencher: Bencher<'_, '_>) {
    let reference = reference();
    bencher.bench(|| alone(|| task(&reference, None).learn()));
}

/// Candidates found, scored and decided: pairs a second.
#[divan::bench(sample_count = 10)]
fn score(bencher: Bencher<'_, '_>) {
    let reference = reference();
    let trained = task(&reference, None).learn();
    let pairs = alone(|| task(&reference, Some(&trained)).run()).pairs;
    bencher.counter(ItemsCount::new(pairs)).bench(|| alone(|| task(&reference, Some(&trained)).run().links.len()));
}
