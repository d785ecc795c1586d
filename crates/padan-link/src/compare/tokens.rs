//! Names as sets of tokens: any order, soft alignment, and how rare the shared part is.
//!
//! Tokens align exactly, by phonetic key, by a near spelling (one edit, truncation, Jaro–Winkler 0.92) or as an initial. What is left of
//! two names of as many tokens may still be alike: keys one edit apart or of the same consonants, or a first syllable lost. Beside another
//! token that agrees that counts as one side having more, and close; of two single names it is a level of its own (RUKMINI ~ KMINI). Example:
//! `SITI NURHAYATI` ~ `NUR HAYATI SITI` same sound · ~ `SITI NURHAYTI` close · ~ `NURHAYATI` one side has more · ~ `SITI AMINAH` partly.
//! The frequency is that of the agreeing part among the reference rows: of the whole name, of its sound, or of the shared tokens taken
//! as independent. The trap: sharing `SITI` alone is weak evidence, and only the frequency says so.

mod name;

use std::hash::BuildHasherDefault;

use super::screen::{Bound, Glance};
use super::{Agreement, Comparator, Glimpse, Rarity, Signature, equal_chance};
use crate::hash::{FixedMap, bytes, combine};
use crate::model::Measure;
use crate::records::{NULL_ID, TextColumn};
use crate::similarity::{jaro_winkler, within_one_edit};
use name::{Name, differ_much, letters, may_be_near};

const DIFFERENT: u8 = 1;
const ALIKE: u8 = 2;
const PARTLY: u8 = 3;
const MORE_CLOSE: u8 = 4;
const MORE: u8 = 5;
const CLOSE: u8 = 6;
const SOUND: u8 = 7;
const SAME: u8 = 8;

/// More tokens than this are not looked at: no name has them, and the masks are one byte.
const MAX_TOKENS: usize = 8;

/// The level of names that share a word and are otherwise apart.
pub(crate) const SHARES_A_WORD: &str = "partly";

/// Compares names.
pub(crate) struct Tokens<'a> {
    column: &'a TextColumn,
    /// Per value.
    names: Vec<Name>,
    /// Tokens of the values, one value after the other.
    token_ids: Vec<u32>,
    /// Distinct tokens.
    words: Vec<Token<'a>>,
    /// Keys of the tokens, by number.
    keys: Vec<&'a str>,
    value_frequency: Vec<f32>,
    /// Per sound: as a share of the reference rows.
    sound_frequency: Vec<f32>,
    key_frequency: Vec<f32>,
    floor: f32,
    /// Similarity of two tokens, and of two whole names.
    near: Bound,
    close: Bound,
}

/// A token: its spelling, and which letters and key it has.
struct Token<'a> {
    spelling: &'a str,
    glance: Glance,
    letters: u32,
    key: u32,
    /// Number of the key's consonants; `FEW` where they are too few to tell.
    consonants: u32,
}

/// So many consonants tell a name whatever its vowels are: MARSUDI is MERSADI, ADI no UDA.
const TELLING: usize = 3;
const FEW: u32 = u32::MAX;

/// Similarity from which two tokens are near, and two whole names close.
const NEAR: f64 = 0.92;
const WHOLE: f64 = 0.93;

impl<'a> Tokens<'a> {
    pub(crate) fn new(column: &'a TextColumn, keys: Option<&'a TextColumn>, reference: &[u32]) -> Self {
        let mut dictionary: FixedMap<&str, u32> = FixedMap::default();
        let mut key_dictionary: FixedMap<&str, u32> = FixedMap::default();
        let mut key_spelling: Vec<&str> = Vec::new();
        let numbers = || FixedMap::with_capacity_and_hasher(column.values.len(), BuildHasherDefault::default());
        let (mut sounds, mut joined) = (numbers(), numbers());
        let (mut names, mut token_ids, mut tokens) = (Vec::with_capacity(column.values.len()), Vec::new(), Vec::<Token<'_>>::new());
        let mut skeletons: FixedMap<String, u32> = FixedMap::default();
        let key_of_value = key_text_of_values(column, keys);
        let (mut parts, mut key_parts, mut keys): (Vec<&str>, Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new(), Vec::new());
        let mut run_together = String::new();
        for (value, text) in column.values.iter().enumerate() {
            let start = token_ids.len();
            parts.clear();
            parts.extend(text.split(' ').filter(|part| !part.is_empty()));
            key_parts.clear();
            key_parts.extend(key_of_value[value].into_iter().flat_map(|text| text.split(' ')));
            let aligned = key_parts.len() == parts.len();
            for (at, part) in parts.iter().take(MAX_TOKENS).enumerate() {
                let token = *dictionary.entry(part).or_insert_with(|| {
                    let sound = if aligned { key_parts[at] } else { part };
                    let key = *key_dictionary.entry(sound).or_insert_with(|| {
                        key_spelling.push(sound);
                        key_spelling.len() as u32 - 1
                    });
                    let glance = Glance::of(part.as_bytes());
                    tokens.push(Token {
                        spelling: part,
                        glance,
                        letters: letters(part),
                        key,
                        consonants: consonants(&mut skeletons, sound),
                    });
                    tokens.len() as u32 - 1
                });
                token_ids.push(token);
            }
            let of_value = || token_ids[start..].iter().map(|token| &tokens[*token as usize]);
            keys.clear();
            keys.extend(of_value().map(|token| key_spelling[token.key as usize]));
            run_together.clear();
            run_together.extend(keys.iter().copied());
            keys.sort_unstable();
            let sound = keys.iter().fold(keys.len() as u64, |state, key| combine(state, bytes(key.as_bytes())));
            let ids = (number(&mut sounds, sound), number(&mut joined, bytes(run_together.as_bytes())));
            let of_tokens = of_value().map(|token| (token.key, token.letters, token.spelling.len()));
            names.push(Name::new(ids, start as u32, Glance::of(text.as_bytes()), of_tokens));
        }
        let mut comparator = Self {
            column,
            names,
            token_ids,
            words: tokens,
            keys: key_spelling,
            value_frequency: Vec::new(),
            sound_frequency: Vec::new(),
            key_frequency: Vec::new(),
            floor: 0.5 / reference.len().max(1) as f32,
            near: Bound::new(Measure::JaroWinkler, NEAR),
            close: Bound::new(Measure::JaroWinkler, WHOLE),
        };
        comparator.count(reference, (sounds.len(), comparator.keys.len()));
        comparator
    }

    fn count(&mut self, reference: &[u32], (sounds, keys): (usize, usize)) {
        let mut values = vec![0_u32; self.column.values.len()];
        for value in reference.iter().map(|row| self.column.ids[*row as usize]).filter(|value| *value != NULL_ID) {
            values[value as usize] += 1;
        }
        let (mut sounds, mut keys) = (vec![0_u32; sounds], vec![0_u32; keys]);
        let mut total = 0_u32;
        for (value, rows) in values.iter().enumerate().filter(|(_, rows)| **rows > 0) {
            total += rows;
            sounds[self.names[value].sound as usize] += rows;
            let tokens = self.tokens(value as u32);
            for (at, token) in tokens.iter().enumerate() {
                let key = self.words[*token as usize].key;
                if !tokens[..at].iter().any(|earlier| self.words[*earlier as usize].key == key) {
                    keys[key as usize] += rows;
                }
            }
        }
        let share = |count: u32| count.max(1) as f32 / total.max(1) as f32;
        self.value_frequency = values.into_iter().map(share).collect();
        self.key_frequency = keys.into_iter().map(share).collect();
        // A sound that no reference row has counts as held by one of all, those without a name included.
        let of_sound = |count: u32| if count > 0 { share(count) } else { self.floor * 2.0 };
        self.sound_frequency = sounds.into_iter().map(of_sound).collect();
    }

    fn tokens(&self, value: u32) -> &[u32] {
        let name = &self.names[value as usize];
        &self.token_ids[name.start as usize..name.start as usize + usize::from(name.count)]
    }

    fn near(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.words[a as usize], &self.words[b as usize]);
        if !may_be_near(a.letters, b.letters) {
            return false;
        }
        let (short, long) = if a.spelling.len() <= b.spelling.len() { (a.spelling, b.spelling) } else { (b.spelling, a.spelling) };
        if short.len() < 3 {
            return false;
        }
        let begins = long.as_bytes()[0] == short.as_bytes()[0] && long.starts_with(short);
        begins
            || (!differ_much(a.letters, b.letters)
                && ((short.len() >= 4 && within_one_edit(short.as_bytes(), long.as_bytes()))
                    || (short.len() >= 5 && self.near.may_be_similar(&a.glance, &b.glance) && jaro_winkler(short, long) >= NEAR)))
    }

    /// Whether two tokens that are not near may still be one name.
    fn alike(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.words[a as usize], &self.words[b as usize]);
        if a.consonants == b.consonants && a.consonants != FEW {
            return true;
        }
        let (short, long) = if a.spelling.len() <= b.spelling.len() { (a.spelling, b.spelling) } else { (b.spelling, a.spelling) };
        match short.len() {
            // What is not written in letters has no syllables to lose.
            _ if !short.is_ascii() || !long.is_ascii() => false,
            0..=2 => false,
            3 => within_one_edit(short.as_bytes(), long.as_bytes()),
            _ if long.ends_with(short) => true,
            _ => {
                let (a, b) = (self.keys[a.key as usize].as_bytes(), self.keys[b.key as usize].as_bytes());
                a.len().min(b.len()) >= 4 && within_one_edit(a, b)
            }
        }
    }

    /// Whether the tokens of `a` that are not `paired` are alike to as many of the other name's, whose tokens are as many.
    fn rest_is_alike(&self, a: &[u32], b: &[u32], paired: [u8; 2]) -> bool {
        let [used_a, mut used_b] = paired;
        a.iter().enumerate().filter(|(i, _)| used_a >> i & 1 == 0).all(|(_, x)| {
            let other = b.iter().enumerate().position(|(j, y)| used_b >> j & 1 == 0 && self.alike(*x, *y));
            other.is_some_and(|j| {
                used_b |= 1 << j;
                true
            })
        })
    }

    fn initial(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.words[a as usize].spelling, self.words[b as usize].spelling);
        (a.len() == 1 && b.starts_with(a)) || (b.len() == 1 && a.starts_with(b))
    }

    /// Pairs tokens greedily, surest relation first.
    fn align(&self, a: &[u32], b: &[u32]) -> Aligned {
        let mut paired = [0_u8; 3];
        let mut frequency = 1.0;
        let (mut used_a, mut used_b) = (0_u8, 0_u8);
        for (relation, mask) in paired.iter_mut().enumerate() {
            for (i, x) in a.iter().enumerate() {
                if used_a >> i & 1 == 1 {
                    continue;
                }
                for (j, y) in b.iter().enumerate() {
                    let agrees = used_b >> j & 1 == 0
                        && match relation {
                            0 => self.words[*x as usize].key == self.words[*y as usize].key,
                            1 => self.near(*x, *y),
                            _ => self.initial(*x, *y),
                        };
                    if agrees {
                        *mask |= 1 << i;
                        used_a |= 1 << i;
                        used_b |= 1 << j;
                        if relation < 2 {
                            // A common name mistyped is still that name: KETOT is no rarer than KETUT.
                            let of_token = |token: u32| self.key_frequency[self.words[token as usize].key as usize];
                            frequency *= of_token(*x).max(of_token(*y));
                        }
                        break;
                    }
                }
            }
            if used_b.count_ones() as usize == b.len().min(a.len()) {
                break;
            }
        }
        let [by_key, near, initial] = paired;
        Aligned { by_key, near, initial, others: used_b, frequency }
    }

    fn compare_values(&self, left: u32, right: u32) -> Agreement {
        let (x, y) = (&self.names[left as usize], &self.names[right as usize]);
        let rarer = || self.sound_frequency[x.sound as usize].max(self.sound_frequency[y.sound as usize]);
        if x.sound == y.sound || x.joined == y.joined {
            return Agreement { level: SOUND, frequency: rarer() };
        }
        if x.count == 0 || y.count == 0 {
            return Agreement::MISSING;
        }
        let is_close = || {
            let (x, y) = (&self.column.values[left as usize], &self.column.values[right as usize]);
            x.len() >= 5 && y.len() >= 5 && jaro_winkler(x, y) >= WHOLE
        };
        let without_pairs = || {
            if self.close.may_be_similar(&x.glance, &y.glance) && is_close() {
                Agreement { level: CLOSE, frequency: rarer() }
            } else if x.count == 1 && y.count == 1 && self.alike(self.token_ids[x.start as usize], self.token_ids[y.start as usize]) {
                Agreement { level: ALIKE, frequency: rarer() }
            } else {
                Agreement::level(DIFFERENT)
            }
        };
        if !x.may_share_tokens(y) {
            return without_pairs();
        }
        let (a, b) = (self.tokens(left), self.tokens(right));
        let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let Aligned { by_key, near, initial, others, frequency: shared } = self.align(a, b);
        let all = by_key | near | initial;
        let whole = all.count_ones() as usize == a.len();
        if whole && a.len() == b.len() {
            // Paired by key alone is the same sound in another order, which `sound` has caught.
            return Agreement { level: CLOSE, frequency: rarer() };
        }
        let sure = by_key | near;
        if sure == 0 {
            return without_pairs();
        }
        if !whole && a.len() == b.len() && self.rest_is_alike(a, b, [all, others]) {
            return Agreement { level: MORE_CLOSE, frequency: shared.max(self.floor) };
        }
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

/// Which tokens of two names are paired, as masks.
struct Aligned {
    /// Of the first name: by key, near and as an initial.
    by_key: u8,
    near: u8,
    initial: u8,
    /// Of the second.
    others: u8,
    /// How often the tokens occur that are paired by key or near, taken as independent.
    frequency: f32,
}

/// The number of a key's consonants.
fn consonants(known: &mut FixedMap<String, u32>, key: &str) -> u32 {
    let skeleton: String =
        key.chars().filter(|letter| !matches!(letter, 'A' | 'E' | 'I' | 'O' | 'U' | 'a' | 'e' | 'i' | 'o' | 'u')).collect();
    let next = known.len() as u32;
    if skeleton.len() < TELLING { FEW } else { *known.entry(skeleton).or_insert(next) }
}

/// The number of a hash, the next one where it is new.
fn number(numbers: &mut FixedMap<u64, u32>, hash: u64) -> u32 {
    let next = numbers.len() as u32;
    *numbers.entry(hash).or_insert(next)
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
        ["missing", "different", "alike", SHARES_A_WORD, "one side has more, close", "one side has more", "close", "same sound", "same"]
            .map(str::to_owned)
            .to_vec()
    }

    fn start(&self) -> Vec<f64> {
        vec![0.005, 0.01, 0.02, 0.03, 0.1, 0.1, 0.15, 0.585]
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID { Agreement::MISSING } else { self.compare_ids(a, b) }
    }

    fn is_dear(&self) -> bool {
        true
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

    fn fetch(&self, ids: &mut dyn Iterator<Item = (u32, u32)>) {
        std::hint::black_box(ids.fold(0, |read, (_, right)| read ^ self.names[right as usize].sound));
    }

    fn best_unequal(&self) -> Option<u8> {
        Some(SOUND)
    }

    fn equal(&self, value: u32) -> Option<Agreement> {
        Some(self.compare_ids(value, value))
    }

    fn glimpse(&self) -> Option<&dyn Glimpse> {
        Some(self)
    }

    fn equal_level(&self) -> Option<u8> {
        Some(SAME)
    }

    fn rarity(&self, value: u32, level: u8) -> Rarity {
        match level {
            0 | DIFFERENT => Rarity::Nothing,
            // A token that is like one of these may be as rare as a token gets.
            PARTLY | MORE_CLOSE | MORE => Rarity::AtLeast(self.floor),
            SOUND | CLOSE | ALIKE => Rarity::AtLeast(self.sound_frequency[self.names[value as usize].sound as usize]),
            _ => Rarity::AtLeast(self.value_frequency[value as usize]),
        }
    }

    fn is_known(&self, left: u32, right: u32) -> bool {
        self.column.ids[left as usize] != NULL_ID && self.column.ids[right as usize] != NULL_ID
    }

    fn exact_chance(&self, left: &[u32], right: &[u32]) -> Option<f64> {
        equal_chance(&self.column.ids, left, right)
    }
}

/// Equal ones; of others more must be read.
impl Glimpse for Tokens<'_> {
    fn words(&self) -> usize {
        0
    }

    fn signature(&self, _row: u32, _value: u32) -> Signature {
        Signature::default()
    }

    fn level(&self, (a, _): (u32, Signature), (b, _): (u32, Signature)) -> Option<u8> {
        (a == b).then_some(SAME)
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
            ("RUKMINI", "KMINI", ALIKE),
            ("MARSUDI", "MERSADE", ALIKE),
            ("DENI", "DEI", ALIKE),
            ("DEI", "DIA", DIFFERENT),
            ("伟", "优", DIFFERENT),
            ("小明", "明", DIFFERENT),
            ("SUTADIN", "SOTADEN", ALIKE),
            ("RUKMINI ALI", "KMINI", DIFFERENT),
            ("RUKMINI ALI", "KMINI ALI", MORE_CLOSE),
            ("RUKMINI ALI", "KMINI UMAR", DIFFERENT),
            ("DIDIN GUNAWAN", "DIDIN GONAWEN", MORE_CLOSE),
            ("DIDIN GUNAWAN", "DIDIN SUGANDA", PARTLY),
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

    #[test]
    fn a_common_name_mistyped_is_no_rare_name() {
        let names = ["KETOT SUWITRA", "KETUT SUDARMA", "KETUT ARTANA", "KETUT ASTAWA"];
        let column = TextColumn { ids: vec![0, 1, 2, 3], values: std::sync::Arc::new(names.into_iter().collect()) };
        let tokens = Tokens::new(&column, None, &[0, 1, 2, 3]);
        for (left, right) in [(0, 1), (1, 0)] {
            let agreement = tokens.compare(left, right);
            assert_eq!(agreement.level, PARTLY);
            assert!((agreement.frequency - 0.75).abs() < 1e-6, "{}", agreement.frequency);
        }
    }
}
