//! The search for blocking rules: most of the expected matches at the least number of pairs.
//!
//! All single keys and pairs of keys of different columns are counted; those that make few pairs a row, at most `TRIED`, block a sample of
//! rows, a model is learned from what they find, and rules are then taken by expected matches gained for each pair made ([`cover`]) until the
//! rest is not worth its pairs.

use std::ops::Range;

use rayon::prelude::*;

use super::Planned;
use super::cover::{Candidate, Cases, Expected, cover};
use super::profile::Kind;
use crate::block::Scratch;
use crate::hash::mix;
use crate::key::{Buffers, Expression, Key, Takings, conjunction};
use crate::linkage::Mode;
use crate::score::Scorer;
use crate::task::{Reference, Task};
use crate::{BlockingRule, LinkError, Model, Records};

/// Rules that are tried on the sample.
const TRIED: usize = 60;
/// Left rows of the sample, and where fewer matches than `ENOUGH` are expected of it.
const SAMPLE: usize = 1_500;
const MOST_SAMPLED: usize = 6_000;
const ENOUGH: f64 = 400.0;
/// Pairs a row of the sample that all tried rules may make together.
const TRIED_PAIRS: f64 = 1_500.0;
/// Rows that pairs are counted over; more are scaled up.
const COUNTED: usize = 20_000;
/// Two keys that make fewer pairs than this a row need no third.
const CHEAP: f64 = 8.0;
/// A rule that makes more pairs than this a row is not tried.
const DEAREST: f64 = 150.0;
/// Largest block.
const MAX_BLOCK: usize = 400;
/// So few pairs are all compared.
const ALL_PAIRS: u64 = 600_000;

/// Of one row: its likely matches with their probability and rules, and the pairs that each rule makes.
type Found = (Vec<Expected>, Vec<u64>);

/// A rule that makes more keys than this of a row is not tried.
const MOST_KEYS: f64 = 30.0;

/// One key expression of one column.
struct Atom {
    column: usize,
    key: String,
    /// Whether it may stand alone.
    alone: bool,
    /// Keys that it makes of a value, about.
    keys: f64,
}

/// Rules for `model`, best first.
pub(super) fn search(
    model: &Model,
    planned: &[Planned],
    records: &Records,
    tables: &[Range<u32>],
    mode: Mode,
    notes: &mut Vec<String>,
) -> Result<Vec<BlockingRule>, LinkError> {
    let rows: Vec<u32> = tables.iter().cloned().flatten().collect();
    let (left, right): (Vec<u32>, Vec<u32>) = match mode {
        Mode::Dedupe => (rows.clone(), rows),
        Mode::Link => (tables.first().cloned().into_iter().flatten().collect(), tables.iter().skip(1).cloned().flatten().collect()),
    };
    let dedupe = mode == Mode::Dedupe;
    let space = left.len() as u64 * right.len() as u64 / if dedupe { 2 } else { 1 };
    if space <= ALL_PAIRS {
        notes.push(format!("{space} pairs are few enough to compare all of them"));
        return Ok(vec![BlockingRule {
            name: "all".to_owned(),
            keys: Vec::new(),
            sorted: None,
            refine: Vec::new(),
            max_block: right.len(),
        }]);
    }
    let atoms = atoms(planned);
    let count = |rules: Vec<BlockingRule>| -> Vec<(f64, BlockingRule)> {
        rules.into_par_iter().map(|rule| (pairs_a_row(&rule, records, &left, &right), rule)).collect()
    };
    let mut counted = count(conjunctions(&atoms, planned, &[]));
    let dear: Vec<String> = counted.iter().filter(|(cost, _)| *cost > CHEAP).map(|(_, rule)| rule.name.clone()).collect();
    counted.extend(count(conjunctions(&atoms, planned, &dear)));
    counted.retain(|(cost, _)| *cost > 0.0 && *cost <= DEAREST);
    counted.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)));
    // Of the cheap and of the dear ones some: the cheap find the clean matches for nothing, the dear the dirty ones.
    let step = counted.len().div_ceil(TRIED).max(1);
    let single = |rule: &BlockingRule| rule.keys.len() == 1;
    let mut spent = 0.0;
    let tried = counted.iter().enumerate().filter(|(at, (cost, rule))| {
        let taken = (at % step == 0 || single(rule)) && spent + cost <= TRIED_PAIRS;
        spent += if taken { *cost } else { 0.0 };
        taken
    });
    let tried: Vec<BlockingRule> = tried.map(|(_, (_, rule))| rule.clone()).take(100).collect();
    if tried.is_empty() {
        return Err(LinkError::Model("no key of these columns makes small enough blocks: write the model by hand".to_owned()));
    }
    let broad = Model { rules: tried, ..model.clone() };
    let reference = Reference::new(records, &broad, &right, &right)?;
    let first = sample(&left, SAMPLE);
    let task = Task { dedupe, every: true, ..Task::new(&reference, &first) };
    let trained = task.learn();
    let cases = Cases::new(planned.len());
    let scorer = task.scorer(&trained);
    // By comparison: its column.
    let compared: Vec<u64> = scorer
        .described
        .iter()
        .map(|of| planned.iter().position(|plan| plan.name == of.name).map_or(0, |column| 1 << column.min(63)))
        .collect();
    let in_sample = |rows: &[u32]| Tried::of(rows, &task, &scorer, broad.rules.len(), (&cases, &compared));
    let mut tried = in_sample(&first);
    // Few matches show few of the ways in which copies differ.
    if tried.total() < ENOUGH && left.len() > SAMPLE {
        tried = in_sample(&sample(&left, MOST_SAMPLED));
    }
    let columns =
        |rule: &BlockingRule| rule.keys.iter().map(|key| column_of(key, planned)).fold(0, |all, column| all | 1 << column.min(63));
    let rules: Vec<Candidate> =
        broad.rules.iter().zip(&tried.cost).map(|(rule, cost)| Candidate { cost: *cost, columns: columns(rule) }).collect();
    let chosen = cover(&tried.matches, &rules, &cases);
    notes.push(tried.told(&chosen));
    Ok(chosen.into_iter().map(|rule| broad.rules[rule].clone()).collect())
}

/// What rules find in a sample.
struct Tried {
    matches: Vec<Expected>,
    /// By rule: pairs a row.
    cost: Vec<f64>,
}

impl Tried {
    /// Of the rows' pairs under so many rules; `compared` tells the column of each comparison, one bit.
    fn of(rows: &[u32], task: &Task<'_>, scorer: &Scorer<'_>, rules: usize, (cases, compared): (&Cases, &[u64])) -> Self {
        let found: Vec<Found> = rows
            .par_iter()
            .map_init(Scratch::default, |scratch, left| {
                let mut made = vec![0_u64; rules];
                let mut matches = Vec::new();
                let mut fields = vec![(0.0, 0.0); compared.len()];
                for (right, rules) in task.rules_of(*left, scratch) {
                    for (rule, made) in made.iter_mut().enumerate() {
                        *made += (rules >> rule & 1) as u64;
                    }
                    let (pattern, _, bits) = scorer.score(*left, right);
                    let probability = 1.0 / (1.0 + (-bits).exp2());
                    if probability > 0.1 {
                        fields.fill((0.0, 0.0));
                        scorer.fields(pattern, &mut fields);
                        // As if the wrong columns said nothing.
                        let cases = cases.of(|wrong| {
                            let known = compared.iter().zip(&fields).filter(|(column, _)| **column & wrong == 0);
                            let (m, h): (f64, f64) = known.fold(scorer.prior, |(m, h), (_, of)| (m + f64::from(of.0), h + f64::from(of.1)));
                            m > (1.0 + h.exp2()).log2()
                        });
                        matches.push(Expected { probability, rules, cases });
                    }
                }
                (matches, made)
            })
            .collect();
        let mut made = vec![0_u64; rules];
        let mut matches: Vec<Expected> = Vec::new();
        for (of_row, counts) in found {
            matches.extend(of_row);
            for (sum, count) in made.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        let cost = made.iter().map(|made| (*made as f64 / rows.len().max(1) as f64).max(1e-3)).collect();
        Self { matches, cost }
    }

    /// Matches that are expected.
    fn total(&self) -> f64 {
        self.matches.iter().map(|of| of.probability).sum()
    }

    fn told(&self, chosen: &[usize]) -> String {
        let found = self.matches.iter().filter(|of| chosen.iter().any(|rule| of.rules >> rule & 1 == 1));
        let (found, spent): (f64, f64) = (found.map(|of| of.probability).sum(), chosen.iter().map(|rule| self.cost[*rule]).sum());
        format!(
            "{} blocking rules find {:.2} % of the matches that all rules tried would find, with {spent:.1} pairs a row",
            chosen.len(),
            100.0 * found / self.total().max(1e-9)
        )
    }
}

/// Which of the planned columns a key is made of.
fn column_of(key: &str, planned: &[Planned]) -> usize {
    let column = Expression::parse(key).map(|expression| expression.column).unwrap_or_default();
    planned.iter().position(|plan| plan.name == column || plan.sound.as_ref() == Some(&column)).unwrap_or(planned.len())
}

fn atoms(planned: &[Planned]) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for (column, plan) in planned.iter().enumerate() {
        let mut add = |key: String, alone: bool| {
            let keys = match key.split('(').next() {
                Some("tokens") => plan.tokens,
                Some("pairs") => plan.tokens * plan.tokens / 2.0,
                Some("deletions") => plan.length + plan.tokens,
                _ => 1.0,
            };
            atoms.push(Atom { column, key, alone, keys });
        };
        let name = &plan.name;
        match plan.kind {
            Kind::Date => {
                add(name.clone(), true);
                add(format!("prefix({name}, 4)"), false);
                add(format!("prefix({name}, 6)"), false);
            }
            Kind::Identifier | Kind::Email | Kind::Phone => add(name.clone(), true),
            Kind::Code => {
                add(name.clone(), true);
                if plan.length >= 4.0 {
                    add(format!("prefix({name}, 3)"), false);
                }
            }
            Kind::Number | Kind::Category => add(name.clone(), false),
            Kind::List | Kind::FreeText => add(format!("tokens({name})"), true),
            Kind::Text => {
                let key = plan.sound.as_ref().unwrap_or(name);
                add(name.clone(), true);
                add(format!("tokens({key})"), true);
                if plan.tokens >= 1.4 {
                    add(format!("pairs({key})"), true);
                }
                if plan.distinct > 0.02 {
                    add(format!("deletions({name})"), true);
                }
            }
        }
    }
    atoms
}

/// Single keys and pairs of keys of different columns; of the pairs named `dear`, those with a third key instead.
fn conjunctions(atoms: &[Atom], planned: &[Planned], dear: &[String]) -> Vec<BlockingRule> {
    let rule =
        |keys: Vec<String>, refine: Vec<String>| BlockingRule { name: keys.join(" + "), keys, sorted: None, refine, max_block: MAX_BLOCK };
    // What splits a block that is too large: the year, else a code, else a name, of a column that the rule does not use.
    let split = |used: &[usize]| -> Vec<String> {
        let of = |column: &Planned| match column.kind {
            Kind::Date => Some((0, format!("prefix({}, 4)", column.name))),
            Kind::Code => Some((1, column.name.clone())),
            Kind::Number => Some((2, column.name.clone())),
            Kind::Text => Some((3, format!("tokens({})", column.sound.as_ref().unwrap_or(&column.name)))),
            _ => None,
        };
        let mut splits: Vec<(u8, String)> =
            planned.iter().enumerate().filter(|(at, _)| !used.contains(at)).filter_map(|(_, column)| of(column)).collect();
        splits.sort();
        splits.into_iter().take(2).map(|(_, key)| key).collect()
    };
    let mut rules: Vec<BlockingRule> = Vec::new();
    for (at, first) in atoms.iter().enumerate() {
        if first.alone && dear.is_empty() {
            rules.push(rule(vec![first.key.clone()], split(&[first.column])));
        }
        for (next, second) in atoms.iter().enumerate().skip(at + 1).filter(|(_, second)| second.column != first.column) {
            if first.keys * second.keys > MOST_KEYS {
                continue;
            }
            let pair = rule(vec![first.key.clone(), second.key.clone()], split(&[first.column, second.column]));
            if dear.is_empty() {
                rules.push(pair);
            } else if dear.contains(&pair.name) {
                let others = atoms.iter().skip(next + 1).filter(|third| {
                    let keys = first.keys * second.keys * third.keys;
                    third.column != first.column && third.column != second.column && keys <= MOST_KEYS
                });
                rules.extend(others.map(|third| {
                    let keys = vec![first.key.clone(), second.key.clone(), third.key.clone()];
                    rule(keys, split(&[first.column, second.column, third.column]))
                }));
            }
        }
    }
    rules
}

/// Pairs a left row, blocks above the limit left out.
fn pairs_a_row(rule: &BlockingRule, records: &Records, left: &[u32], right: &[u32]) -> f64 {
    let expressions = rule.keys.iter().filter_map(|key| Expression::parse(key).ok());
    let takings = Takings::new(expressions, records, left.len().max(right.len()).min(2 * COUNTED));
    let bind = |key: &String| Some(Key::new(Expression::parse(key).ok()?, records, &takings));
    let parts: Option<Vec<Key<'_>>> = rule.keys.iter().map(bind).collect();
    let Some(parts) = parts else { return 0.0 };
    let keys_of = |rows: &[u32]| {
        let step = rows.len().div_ceil(COUNTED).max(1);
        let mut all = Vec::new();
        let (mut keys, mut buffers) = (Vec::new(), Buffers::default());
        for row in rows.iter().step_by(step) {
            conjunction(&parts, *row, 1, &mut keys, &mut buffers);
            all.extend_from_slice(&keys);
        }
        all.sort_unstable();
        (all, step as f64)
    };
    let (of_right, scale) = keys_of(right);
    let (of_left, step) = if std::ptr::eq(left, right) { (of_right.clone(), scale) } else { keys_of(left) };
    let mut pairs = 0.0;
    let mut at = 0;
    for block in of_left.chunk_by(|a, b| a == b) {
        while at < of_right.len() && of_right[at] < block[0] {
            at += 1;
        }
        let from = at;
        while at < of_right.len() && of_right[at] == block[0] {
            at += 1;
        }
        let size = (at - from) as f64 * scale;
        if size <= MAX_BLOCK as f64 {
            pairs += block.len() as f64 * size;
        }
    }
    pairs * step / left.len().max(1) as f64
}

fn sample(left: &[u32], rows: usize) -> Vec<u32> {
    let mut hashed: Vec<(u64, u32)> = left.iter().map(|row| (mix(u64::from(*row) ^ 0x5EED), *row)).collect();
    hashed.sort_unstable();
    hashed.truncate(rows);
    let mut sample: Vec<u32> = hashed.into_iter().map(|(_, row)| row).collect();
    sample.sort_unstable();
    sample
}
