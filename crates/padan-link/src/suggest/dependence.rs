//! Which columns say what another says, among strangers too: a town and its postcode, a birth date and the age, the day of birth and the
//! day of the registration. Counted twice, such agreement makes neighbours and people of one age into matches.
//!
//! Rows that agree on one column and on nothing that would make them one person are looked at: where they agree on another far more often
//! than any two rows do, that one is given the first (`given`).

use std::ops::Range;

use super::profile::Kind;
use crate::hash::mix;
use crate::records::{Column, NULL_ID, NULL_INT, Records};

/// Pairs looked at of each column.
const PAIRS: usize = 4_000;
/// So many must be left for a judgement.
const LEAST: u32 = 50;
/// Of the pairs that agree on the one column, this share agrees on the other,
const SHARE: f64 = 0.3;
/// and this many times as many as of all pairs.
const TIMES: f64 = 5.0;

/// A part of an address is given another than the one before where that says it so many times as often.
const CLEARLY: f64 = 2.0;

/// A column as it is looked at.
pub(super) struct Looked<'a> {
    /// Its name among the records.
    pub(super) name: &'a str,
    /// Whether it may be given another; what cannot still tells people apart.
    pub(super) may_depend: bool,
    /// Whether another may be given it: of rows that agree on a name or a number most are one person.
    pub(super) may_say: bool,
    /// What it holds: from a date only dates and numbers follow.
    pub(super) kind: Kind,
    /// Whether two rows that agree on it are likely one person.
    pub(super) telling: bool,
}

/// The columns, beside one another.
pub(super) struct Among<'l, 'r> {
    looked: &'l [Looked<'r>],
    /// By column: the values by row.
    values: Vec<Vec<u64>>,
}

impl<'l, 'r> Among<'l, 'r> {
    pub(super) fn new(looked: &'l [Looked<'r>], records: &Records) -> Self {
        Self { looked, values: looked.iter().map(|of| values(records, of.name)).collect() }
    }

    /// By column: the one that it is given, if any; never in a circle. Only rows of one of the `tables` are paired.
    pub(super) fn dependences(&self, tables: &[Range<u32>]) -> Vec<Option<usize>> {
        let looked = self.looked;
        let mut found: Vec<(f64, usize, usize)> = Vec::new();
        for (from, of) in looked.iter().enumerate().filter(|(_, of)| of.may_say) {
            let pairs = agreeing(&self.values[from], tables);
            let follows = |(to, other): &(usize, &Looked<'_>)| {
                let is_kind = of.kind != Kind::Date || matches!(other.kind, Kind::Date | Kind::Number);
                *to != from && other.may_depend && is_kind
            };
            for (to, _) in looked.iter().enumerate().filter(follows) {
                if let Some(share) = self.share(&pairs, from, to).filter(|share| *share >= TIMES * chance(&self.values[to])) {
                    found.push((share, from, to));
                }
            }
        }
        // What is surest first; of two that say each other, the later is given the earlier.
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut given: Vec<Option<usize>> = vec![None; looked.len()];
        for (_, from, to) in found {
            let circle = std::iter::successors(Some(from), |at| given[*at]).any(|at| at == to);
            if given[to].is_none() && !circle {
                given[to] = Some(from);
            }
        }
        given
    }

    /// Of the parts of an address, the most telling first: the part before that each is given, if any. Who moves changes all of them, so any will
    /// do for that; but a town follows from its postcode, not from a house number that stands between.
    pub(super) fn parents(&self, places: &[usize], tables: &[Range<u32>]) -> Vec<(usize, usize)> {
        let mut parents = Vec::new();
        for (place, to) in places.iter().enumerate().skip(1) {
            let before = places[place - 1];
            let share = |from: usize| self.share(&agreeing(&self.values[from], tables), from, *to).unwrap_or(0.0);
            let usual = share(before);
            let other = places[..place - 1].iter().map(|from| (share(*from), *from)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            parents.push((*to, other.filter(|(share, _)| *share >= CLEARLY * usual.max(SHARE)).map_or(before, |(_, from)| from)));
        }
        parents
    }

    /// Of the strangers among `pairs`, which agree on one column, the share that agrees on another: where there are enough of them, and it
    /// is enough to speak of.
    fn share(&self, pairs: &[(u32, u32)], from: usize, to: usize) -> Option<f64> {
        let values = &self.values;
        let others = || self.looked.iter().enumerate().filter(|(at, of)| of.telling && *at != from && *at != to).map(|(at, _)| &values[at]);
        // Apart in what is known of both, which must be something.
        let apart = |(a, b): &(u32, u32)| {
            let both = |values: &&Vec<u64>| values[*a as usize] != NOTHING && values[*b as usize] != NOTHING;
            let mut told = others().filter(both).peekable();
            told.peek().is_some() && told.all(|values| values[*a as usize] != values[*b as usize])
        };
        let (mut strangers, mut known, mut same) = (0, 0, 0);
        for (a, b) in pairs.iter().filter(|pair| apart(pair)) {
            let (a, b) = (values[to][*a as usize], values[to][*b as usize]);
            strangers += 1;
            known += u32::from(a != NOTHING && b != NOTHING);
            same += u32::from(a != NOTHING && a == b);
        }
        let share = f64::from(same) / f64::from(known.max(1));
        // Where most that agree are copies, so are some that seem apart.
        let are_strangers = strangers * 2 >= pairs.len();
        (are_strangers && known >= LEAST && share >= SHARE).then_some(share)
    }
}

/// What stands for no value.
const NOTHING: u64 = u64::MAX;

/// By row.
fn values(records: &Records, name: &str) -> Vec<u64> {
    match records.column(name) {
        Some(Column::Text(column)) => column.ids.iter().map(|id| if *id == NULL_ID { NOTHING } else { u64::from(*id) }).collect(),
        Some(Column::Date(values) | Column::Int(values)) => {
            values.iter().map(|value| if *value == NULL_INT { NOTHING } else { value.unsigned_abs() }).collect()
        }
        _ => vec![NOTHING; records.len()],
    }
}

/// How often two rows with a value have the same.
fn chance(values: &[u64]) -> f64 {
    let mut known: Vec<u64> = values.iter().copied().filter(|value| *value != NOTHING).collect();
    known.sort_unstable();
    let n = known.len().max(1) as f64;
    known.chunk_by(|a, b| a == b).map(|same| (same.len() as f64 / n).powi(2)).sum()
}

/// Pairs of rows of one value, evenly over the rows.
fn agreeing(values: &[u64], tables: &[Range<u32>]) -> Vec<(u32, u32)> {
    let of_table = |(at, table): (usize, &Range<u32>)| {
        let of_row = move |row: u32| (values[row as usize], at, mix(u64::from(row)), row);
        table.clone().map(of_row).filter(|(value, ..)| *value != NOTHING).collect::<Vec<_>>()
    };
    let mut rows: Vec<(u64, usize, u64, u32)> = tables.iter().enumerate().flat_map(of_table).collect();
    rows.sort_unstable();
    let pair = |two: &[(u64, usize, u64, u32)]| ((two[0].0, two[0].1) == (two[1].0, two[1].1)).then_some((two[1].2, two[0].3, two[1].3));
    let mut pairs: Vec<(u64, u32, u32)> = rows.windows(2).filter_map(pair).collect();
    pairs.sort_unstable();
    pairs.truncate(PAIRS);
    pairs.into_iter().map(|(_, a, b)| (a, b)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray};

    use super::*;

    /// 600 persons, each twice: a column of each is what the function makes of a person.
    fn records<const N: usize>(columns: [(&str, &dyn Fn(u64) -> u64); N]) -> Records {
        let column = |of: &dyn Fn(u64) -> u64| {
            let text = |row: u64| Some(of(mix(row % 600)).to_string());
            Arc::new((0..1_200).map(text).collect::<StringArray>()) as ArrayRef
        };
        let batch = RecordBatch::try_from_iter(columns.map(|(name, of)| (name, column(of)))).expect("a batch");
        Records::encode(&[&batch], &columns.map(|(name, _)| name.to_owned())).expect("records")
    }

    fn looked<'l>(names: &[&'l str], of: impl Fn(usize) -> Looked<'l>) -> Vec<Looked<'l>> {
        names.iter().enumerate().map(|(at, name)| Looked { name, ..of(at) }).collect()
    }

    #[test]
    fn a_town_says_its_postcode_and_copies_say_nothing() {
        // Every person stands twice, with one name, number and birth date; towns have two postcodes each.
        let records = records([
            ("name", &|person| person % 100_003),
            ("number", &|person| person % 999_983),
            ("born", &|person| person % 20_011),
            ("town", &|person| person % 30),
            ("code", &|person| person % 60),
            ("sex", &|person| person / 64 % 2),
        ]);
        let looked = looked(&["name", "number", "born", "town", "code", "sex"], |at| Looked {
            name: "",
            may_depend: at > 0,
            may_say: at > 1,
            kind: if at == 2 { Kind::Date } else { Kind::Text },
            telling: at < 3,
        });
        // The postcode says the town; once that is so, the town does not say the postcode.
        let found = Among::new(&looked, &records).dependences(std::slice::from_ref(&(0..1_200)));
        assert_eq!(found, [None, None, None, Some(4), None, None]);
    }

    #[test]
    fn a_town_follows_from_its_postcode_though_a_house_number_stands_between() {
        // A postcode says the town; streets and house numbers stand in all of them.
        let records = records([
            ("name", &|person| person % 100_003),
            ("code", &|person| person % 60),
            ("street", &|person| person / 64 % 40),
            ("house", &|person| person / 9_973 % 30),
            ("town", &|person| person % 12),
        ]);
        let looked = looked(&["name", "code", "street", "house", "town"], |at| Looked {
            name: "",
            may_depend: false,
            may_say: false,
            kind: Kind::Text,
            telling: at == 0,
        });
        let found = Among::new(&looked, &records).parents(&[1, 2, 3, 4], std::slice::from_ref(&(0..1_200)));
        assert_eq!(found, [(2, 1), (3, 2), (4, 1)]);
    }
}
