//! E-mail addresses: the person is before the `@`, the provider or employer behind it.
//!
//! Example: `jdoe@x.org` ~ `jdoe@x.org` same · ~ `jdoe@y.org` same local part · ~ `jdo@y.org` local part one edit · ~ `jdoex.org` close (an
//! address with few edits, its @ perhaps lost) · ~ `anne@x.org` same domain. The frequency is that of the address, of the local part or of the domain: `info` and `gmail.com` say little.

use super::frequency::{equal_chance, of_texts};
use super::{Agreement, Comparator};
use crate::hash::FixedMap;
use crate::records::{NULL_ID, TextColumn};
use crate::similarity::{damerau_levenshtein, within_one_edit};

const DIFFERENT: u8 = 1;
const DOMAIN: u8 = 2;
const CLOSE: u8 = 3;
const ONE_EDIT: u8 = 4;
const LOCAL: u8 = 5;
const SAME: u8 = 6;

/// Similarity by edits of close addresses: one edit in five characters.
const CLOSE_SIMILARITY: f64 = 0.8;

/// Local parts shorter than this are one edit from too many.
const SHORTEST: usize = 4;

/// Compares e-mail addresses.
pub(crate) struct Email<'a> {
    column: &'a TextColumn,
    frequency: Vec<f32>,
    local: Parts<'a>,
    domain: Parts<'a>,
}

/// One part of all addresses.
struct Parts<'a> {
    /// Per value: its part.
    ids: Vec<u32>,
    texts: Vec<&'a str>,
    frequency: Vec<f32>,
}

impl<'a> Parts<'a> {
    fn new(column: &'a TextColumn, reference: &[u32], part: impl Fn(&'a str) -> &'a str) -> Self {
        let mut dictionary: FixedMap<&str, u32> = FixedMap::default();
        let mut texts = Vec::new();
        let mut id_of = |text: &'a str| {
            *dictionary.entry(text).or_insert_with(|| {
                texts.push(text);
                texts.len() as u32 - 1
            })
        };
        let ids: Vec<u32> = column.values.iter().map(|value| id_of(part(value))).collect();
        let mut counts = vec![0_u32; texts.len()];
        let mut total = 0_u32;
        for id in reference.iter().map(|row| column.ids[*row as usize]).filter(|id| *id != NULL_ID) {
            counts[ids[id as usize] as usize] += 1;
            total += 1;
        }
        let frequency = counts.into_iter().map(|count| count.max(1) as f32 / total.max(1) as f32).collect();
        Self { ids, texts, frequency }
    }

    /// The parts of two addresses: number, text, share.
    fn get(&self, value: u32) -> (u32, &'a str, f32) {
        let id = self.ids[value as usize];
        (id, self.texts[id as usize], self.frequency[id as usize])
    }
}

impl<'a> Email<'a> {
    pub(crate) fn new(column: &'a TextColumn, reference: &[u32]) -> Self {
        let local = Parts::new(column, reference, |value| value.rsplit_once('@').map_or(value, |(local, _)| local));
        let domain = Parts::new(column, reference, |value| value.rsplit_once('@').map_or("", |(_, domain)| domain));
        Self { column, frequency: of_texts(column, reference), local, domain }
    }
}

impl Comparator for Email<'_> {
    fn levels(&self) -> Vec<String> {
        ["missing", "different", "same domain", "close", "local part one edit", "same local part", "same"].map(str::to_owned).to_vec()
    }

    fn start(&self) -> Vec<f64> {
        vec![0.1, 0.05, 0.05, 0.05, 0.1, 0.65]
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID {
            return Agreement::MISSING;
        }
        if a == b {
            return Agreement { level: SAME, frequency: self.frequency[a as usize] };
        }
        let ((local_a, text_a, share_a), (local_b, text_b, share_b)) = (self.local.get(a), self.local.get(b));
        if local_a == local_b {
            return Agreement { level: LOCAL, frequency: share_a };
        }
        if text_a.len().min(text_b.len()) >= SHORTEST && within_one_edit(text_a.as_bytes(), text_b.as_bytes()) {
            return Agreement { level: ONE_EDIT, frequency: share_a.max(share_b) };
        }
        if damerau_levenshtein(&self.column.values[a as usize], &self.column.values[b as usize]) >= CLOSE_SIMILARITY {
            return Agreement { level: CLOSE, frequency: self.frequency[a as usize].max(self.frequency[b as usize]) };
        }
        let ((domain_a, text, share), (domain_b, ..)) = (self.domain.get(a), self.domain.get(b));
        if domain_a == domain_b && !text.is_empty() {
            return Agreement { level: DOMAIN, frequency: share };
        }
        Agreement::level(DIFFERENT)
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.column.ids[left as usize] != NULL_ID && self.column.ids[right as usize] != NULL_ID
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        equal_chance(&self.column.ids, left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn agreement(a: &str, b: &str) -> Agreement {
        let column = TextColumn { ids: vec![0, u32::from(a != b)], values: std::sync::Arc::new([a, b].into_iter().collect()) };
        let email = Email::new(&column, &[0, 1]);
        assert_eq!(email.compare(0, 1), email.compare(1, 0), "symmetric: {a} {b}");
        email.compare(0, 1)
    }

    #[test]
    fn levels() {
        for (a, b, level) in [
            ("jdoe@x.org", "jdoe@x.org", SAME),
            ("jdoe@x.org", "jdoe@y.org", LOCAL),
            ("jdoe@x.org", "jode@y.org", ONE_EDIT),
            ("jo@x.org", "j@y.org", DIFFERENT),
            ("jdoe@x.org", "jdoex.org", CLOSE),
            ("lucas@herrington.com", "lukes@herington.com", CLOSE),
            ("jdoe@x.org", "anne@x.org", DOMAIN),
            ("jdoe@x.org", "anne@y.org", DIFFERENT),
            ("jdoe", "anne", DIFFERENT),
        ] {
            assert_eq!(agreement(a, b).level, level, "{a} ~ {b}");
        }
    }

    proptest! {
        #[test]
        fn bounded(a in "[ab]{1,5}@[cd]", b in "[ab]{1,5}(@[cd])?") {
            let agreement = agreement(&a, &b);
            prop_assert!(agreement.level <= SAME && (0.0..=1.0).contains(&agreement.frequency));
        }
    }
}
