//! Names as sets of tokens: any order, soft alignment, and how rare the shared part is.
//!
//! Tokens align exactly, by phonetic key, by a near spelling (one edit, truncation, Jaro–Winkler 0.92) or as an initial. Example:
//! `SITI NURHAYATI` ~ `NUR HAYATI SITI` same sound · ~ `SITI NURHAYTI` close · ~ `NURHAYATI` one side has more · ~ `SITI AMINAH` partly.
//! The frequency is that of the agreeing part among the reference rows: of the whole name, of its sound, or of the shared tokens taken
//! as independent. The trap: sharing `SITI` alone is weak evidence, and only the frequency says so.

use super::{Agreement, Comparator, equal_chance};
use crate::hash::{FixedMap, bytes, combine};
use crate::records::{NULL_ID, TextColumn};
use crate::similarity::{jaro_winkler, within_one_edit};

const DIFFERENT: u8 = 1;
const PARTLY: u8 = 2;
const MORE_CLOSE: u8 = 3;
const MORE: u8 = 4;
const CLOSE: u8 = 5;
const SOUND: u8 = 6;
const SAME: u8 = 7;

/// More tokens than this are not looked at: no name has them, and the masks are one byte.
const MAX_TOKENS: usize = 8;

/// Compares names.
pub(crate) struct Tokens<'a> {
    column: &'a TextColumn,
    /// Per value: where its tokens start in `token_ids`.
    offsets: Vec<u32>,
    token_ids: Vec<u32>,
    /// Per token: its spelling and phonetic key.
    spelling: Vec<&'a str>,
    key: Vec<u32>,
    /// Per token: which letters it has.
    letters: Vec<u32>,
    /// Per value: hash of its keys in sorted order, and of its keys run together.
    sound: Vec<u64>,
    joined: Vec<u64>,
    value_frequency: Vec<f32>,
    sound_frequency: FixedMap<u64, f32>,
    key_frequency: Vec<f32>,
    floor: f32,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(column: &'a TextColumn, keys: Option<&'a TextColumn>, reference: &[u32]) -> Self {
        let mut dictionary: FixedMap<&str, u32> = FixedMap::default();
        let mut key_dictionary: FixedMap<&str, u32> = FixedMap::default();
        let (mut offsets, mut tokens) = (vec![0_u32], Vec::new());
        let (mut spelling, mut key): (Vec<&str>, Vec<u32>) = (Vec::new(), Vec::new());
        let key_of_value = key_text_of_values(column, keys);
        for (value, text) in column.values.iter().enumerate() {
            let parts: Vec<&str> = text.split(' ').filter(|part| !part.is_empty()).take(MAX_TOKENS).collect();
            let key_parts: Vec<&str> = key_of_value[value].map(|text| text.split(' ').collect()).unwrap_or_default();
            let aligned = key_parts.len() == text.split(' ').filter(|part| !part.is_empty()).count();
            for (at, part) in parts.iter().enumerate() {
                let token = *dictionary.entry(part).or_insert_with(|| {
                    let sound = if aligned { key_parts[at] } else { part };
                    let next = key_dictionary.len() as u32;
                    key.push(*key_dictionary.entry(sound).or_insert(next));
                    spelling.push(part);
                    spelling.len() as u32 - 1
                });
                tokens.push(token);
            }
            offsets.push(tokens.len() as u32);
        }
        let mut key_spelling = vec![""; key_dictionary.len()];
        #[expect(clippy::iter_over_hash_type, reason = "fills a table by index")]
        for (text, id) in &key_dictionary {
            key_spelling[*id as usize] = text;
        }
        let letters = spelling.iter().map(|token| token.bytes().fold(0, |mask, byte| mask | 1 << (byte & 31))).collect();
        let mut comparator = Self {
            letters,
            column,
            offsets,
            token_ids: tokens,
            spelling,
            key,
            sound: Vec::new(),
            joined: Vec::new(),
            value_frequency: Vec::new(),
            sound_frequency: FixedMap::default(),
            key_frequency: Vec::new(),
            floor: 0.5 / reference.len().max(1) as f32,
        };
        comparator.hash_values(&key_spelling);
        comparator.count(reference, key_spelling.len());
        comparator
    }

    fn hash_values(&mut self, key_spelling: &[&str]) {
        for value in 0..self.column.values.len() {
            let mut keys: Vec<u32> = self.tokens(value as u32).iter().map(|token| self.key[*token as usize]).collect();
            let run_together: String = keys.iter().map(|key| key_spelling[*key as usize]).collect();
            keys.sort_unstable_by_key(|key| key_spelling[*key as usize]);
            self.joined.push(bytes(run_together.as_bytes()));
            self.sound
                .push(keys.iter().fold(keys.len() as u64, |state, key| combine(state, bytes(key_spelling[*key as usize].as_bytes()))));
        }
    }

    fn count(&mut self, reference: &[u32], n_keys: usize) {
        let mut values = vec![0_u32; self.column.values.len()];
        let mut keys = vec![0_u32; n_keys];
        let mut sounds: FixedMap<u64, u32> = FixedMap::default();
        let mut total = 0_u32;
        for row in reference {
            let value = self.column.ids[*row as usize];
            if value == NULL_ID {
                continue;
            }
            total += 1;
            values[value as usize] += 1;
            *sounds.entry(self.sound[value as usize]).or_default() += 1;
            let tokens = self.tokens(value);
            for (at, token) in tokens.iter().enumerate() {
                let key = self.key[*token as usize];
                if !tokens[..at].iter().any(|earlier| self.key[*earlier as usize] == key) {
                    keys[key as usize] += 1;
                }
            }
        }
        let share = |count: u32| count.max(1) as f32 / total.max(1) as f32;
        self.value_frequency = values.into_iter().map(share).collect();
        self.key_frequency = keys.into_iter().map(share).collect();
        self.sound_frequency = sounds.into_iter().map(|(sound, count)| (sound, share(count))).collect();
    }

    fn tokens(&self, value: u32) -> &[u32] {
        &self.token_ids[self.offsets[value as usize] as usize..self.offsets[value as usize + 1] as usize]
    }

    fn sound_frequency(&self, value: u32) -> f32 {
        self.sound_frequency.get(&self.sound[value as usize]).copied().unwrap_or(self.floor * 2.0)
    }

    fn near(&self, a: u32, b: u32) -> bool {
        // Near spellings differ in few letters; this look at two words spares nine comparisons in ten.
        if (self.letters[a as usize] ^ self.letters[b as usize]).count_ones() > 4 && !self.truncated(a, b) {
            return false;
        }
        let (a, b) = (self.spelling[a as usize], self.spelling[b as usize]);
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        if short.len() < 3 {
            return false;
        }
        (short.len() >= 4 && within_one_edit(short.as_bytes(), long.as_bytes()))
            || long.starts_with(short)
            || (short.len() >= 5 && jaro_winkler(short, long) >= 0.92)
    }

    fn truncated(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.spelling[a as usize], self.spelling[b as usize]);
        a.starts_with(b) || b.starts_with(a)
    }

    fn initial(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.spelling[a as usize], self.spelling[b as usize]);
        (a.len() == 1 && b.starts_with(a)) || (b.len() == 1 && a.starts_with(b))
    }

    /// Pairs tokens greedily, surest relation first: the masks of the tokens of `a` paired by key, near and as an initial.
    fn align(&self, a: &[u32], b: &[u32]) -> [u8; 3] {
        let mut paired = [0_u8; 3];
        let (mut used_a, mut used_b) = (0_u8, 0_u8);
        for (relation, mask) in paired.iter_mut().enumerate() {
            for (i, x) in a.iter().enumerate() {
                if used_a >> i & 1 == 1 {
                    continue;
                }
                for (j, y) in b.iter().enumerate() {
                    let agrees = used_b >> j & 1 == 0
                        && match relation {
                            0 => self.key[*x as usize] == self.key[*y as usize],
                            1 => self.near(*x, *y),
                            _ => self.initial(*x, *y),
                        };
                    if agrees {
                        *mask |= 1 << i;
                        used_a |= 1 << i;
                        used_b |= 1 << j;
                        break;
                    }
                }
            }
            if used_b.count_ones() as usize == b.len().min(a.len()) {
                break;
            }
        }
        paired
    }

    fn compare_values(&self, left: u32, right: u32) -> Agreement {
        let (sound_left, sound_right) = (self.sound[left as usize], self.sound[right as usize]);
        let rarer = || self.sound_frequency(left).max(self.sound_frequency(right));
        if sound_left == sound_right || self.joined[left as usize] == self.joined[right as usize] {
            return Agreement { level: SOUND, frequency: rarer() };
        }
        let (a, b) = (self.tokens(left), self.tokens(right));
        let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        if a.is_empty() {
            return Agreement::MISSING;
        }
        let [by_key, near, initial] = self.align(a, b);
        let all = by_key | near | initial;
        let whole = all.count_ones() as usize == a.len();
        if whole && a.len() == b.len() {
            // Paired by key alone is the same sound in another order, which `sound` has caught.
            return Agreement { level: CLOSE, frequency: rarer() };
        }
        let sure = by_key | near;
        if sure == 0 {
            let (x, y) = (&self.column.values[left as usize], &self.column.values[right as usize]);
            return if x.len() >= 5 && y.len() >= 5 && jaro_winkler(x, y) >= 0.93 {
                Agreement { level: CLOSE, frequency: rarer() }
            } else {
                Agreement::level(DIFFERENT)
            };
        }
        let shared: f32 = a
            .iter()
            .enumerate()
            .filter(|(i, _)| sure >> i & 1 == 1)
            .map(|(_, token)| self.key_frequency[self.key[*token as usize] as usize])
            .product();
        let level = if whole && initial == 0 {
            if near == 0 { MORE } else { MORE_CLOSE }
        } else if whole {
            MORE_CLOSE
        } else {
            PARTLY
        };
        Agreement { level, frequency: shared.max(self.floor) }
    }
}

/// Per value of `column`: the key text that stands in the same row.
fn key_text_of_values<'a>(column: &TextColumn, keys: Option<&'a TextColumn>) -> Vec<Option<&'a str>> {
    let mut texts = vec![None; column.values.len()];
    if let Some(keys) = keys {
        for (id, key) in column.ids.iter().zip(&keys.ids) {
            if *id != NULL_ID && *key != NULL_ID && texts[*id as usize].is_none() {
                texts[*id as usize] = Some(&keys.values[*key as usize]);
            }
        }
    }
    texts
}

impl Comparator for Tokens<'_> {
    fn levels(&self) -> Vec<String> {
        ["missing", "different", "partly", "one side has more, close", "one side has more", "close", "same sound", "same"]
            .map(str::to_owned)
            .to_vec()
    }

    fn start(&self) -> Vec<f64> {
        vec![0.005, 0.02, 0.03, 0.1, 0.1, 0.15, 0.595]
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.compare_ids(a, b) }
    }

    fn ids(&self) -> Option<&[u32]> {
        Some(&self.column.ids)
    }

    fn compare_ids(&self, left: u32, right: u32) -> Agreement {
        if left == right {
            return Agreement { level: SAME, frequency: self.value_frequency[left as usize] };
        }
        self.compare_values(left, right)
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

    fn level(left: &str, right: &str) -> u8 {
        let column = TextColumn { ids: vec![0, 1], values: std::sync::Arc::new([left, right].into_iter().collect()) };
        let tokens = Tokens::new(&column, None, &[0, 1]);
        let there = tokens.compare(0, 1);
        assert_eq!(there.level, tokens.compare(1, 0).level, "symmetric: {left} {right}");
        there.level
    }

    #[test]
    fn levels() {
        for (left, right, expected) in [
            ("SITI NURHAYATI", "NURHAYATI SITI", SOUND),
            ("NUR HAYATI", "NURHAYATI", SOUND),
            ("SITI NURHAYATI", "SITI NURHAYTI", CLOSE),
            ("MUHAMMAD ALI", "M ALI", CLOSE),
            ("SITI NURHAYATI", "NURHAYATI", MORE),
            ("SITI NURHAYATI BINTANG", "NURHAYTI SITI", MORE_CLOSE),
            ("SITI NURHAYATI", "SITI AMINAH", PARTLY),
            ("BUDI", "SUTRISNO", DIFFERENT),
            ("BUDI SANTOSO", "BUDI SANTOS", CLOSE),
        ] {
            assert_eq!(level(left, right), expected, "{left} ~ {right}");
        }
    }

    #[test]
    fn frequency_is_of_the_shared_part() {
        let names = ["SITI AMINAH", "SITI", "SITI ROHANA", "BUDI", "SITI KALSUM"];
        let column = TextColumn { ids: vec![0, 1, 2, 3, 4], values: std::sync::Arc::new(names.into_iter().collect()) };
        let tokens = Tokens::new(&column, None, &[0, 1, 2, 3, 4]);
        assert!((tokens.compare(0, 1).frequency - 0.8).abs() < 1e-6);
    }
}
