//! Long texts as bags of words: cosine of their TF-IDF weights, words one edit apart counting as one.
//!
//! Example (thresholds 0.8, 0.5): `sony dsc w55 camera silver` ~ `camera sony dsc-w55` is above 0.8 if silver is common and w55 is not. A word
//! weighs ln(1 + n / rows that hold it) over the reference rows. The soft cosine is that of Cohen, Ravikumar & Fienberg (2003, SoftTFIDF) made
//! symmetric: words pair one to one, equal ones first, then near ones, heavy words before light ones. Only the heaviest words of a long text are looked at.

use super::frequency::{equal_chance, of_texts};
use super::{Agreement, Comparator};
use crate::hash::FixedMap;
use crate::records::{NULL_ID, TextColumn};
use crate::similarity::within_one_edit;

/// Words of a value that are looked at, the heaviest.
const MOST_WORDS: usize = 64;
/// Unpaired words of a side that are tried for near ones, the heaviest.
const MOST_NEAR: usize = 12;
/// Shorter words are one edit from too many.
const SHORTEST: usize = 4;

/// Compares long texts.
pub(crate) struct FreeText<'a> {
    column: &'a TextColumn,
    thresholds: Vec<f64>,
    /// Per value: where its words start in `words`.
    offsets: Vec<u32>,
    /// Words with their weight over the value's norm, sorted by word.
    words: Vec<(u32, f32)>,
    spelling: Vec<&'a str>,
    frequency: Vec<f32>,
}

impl<'a> FreeText<'a> {
    pub(crate) fn new(column: &'a TextColumn, thresholds: Vec<f64>, reference: &[u32]) -> Self {
        let mut dictionary: FixedMap<&str, u32> = FixedMap::default();
        let mut spelling: Vec<&str> = Vec::new();
        let bags: Vec<Vec<u32>> = column
            .values
            .iter()
            .map(|value| {
                let words = value.split(' ').filter(|word| !word.is_empty()).map(|word| {
                    *dictionary.entry(word).or_insert_with(|| {
                        spelling.push(word);
                        spelling.len() as u32 - 1
                    })
                });
                let mut bag: Vec<u32> = words.collect();
                bag.sort_unstable();
                bag
            })
            .collect();
        let mut rows = vec![0_u32; spelling.len()];
        let mut total = 0_u32;
        for id in reference.iter().map(|row| column.ids[*row as usize]).filter(|id| *id != NULL_ID) {
            total += 1;
            bags[id as usize].chunk_by(|a, b| a == b).for_each(|words| rows[words[0] as usize] += 1);
        }
        let weight = |word: u32| (1.0 + f64::from(total.max(1)) / f64::from(rows[word as usize].max(1))).ln();
        let (mut offsets, mut words) = (vec![0], Vec::new());
        for bag in &bags {
            let mut weighed: Vec<(u32, f64)> =
                bag.chunk_by(|a, b| a == b).map(|words| (words[0], weight(words[0]) * (1.0 + (words.len() as f64).ln()))).collect();
            let norm = weighed.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
            weighed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            weighed.truncate(MOST_WORDS);
            weighed.sort_unstable_by_key(|(word, _)| *word);
            words.extend(weighed.into_iter().map(|(word, weight)| (word, (weight / norm) as f32)));
            offsets.push(words.len() as u32);
        }
        Self { column, thresholds, offsets, words, spelling, frequency: of_texts(column, reference) }
    }

    fn bag(&self, value: u32) -> &[(u32, f32)] {
        &self.words[self.offsets[value as usize] as usize..self.offsets[value as usize + 1] as usize]
    }

    /// Soft cosine of two values, 0 to 1.
    fn cosine(&self, a: u32, b: u32) -> f64 {
        // The sums of both directions have to be the same to the last bit.
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        let (a, b) = (self.bag(a), self.bag(b));
        let (mut rest_a, mut rest_b) = (Heaviest::default(), Heaviest::default());
        let (mut i, mut j, mut sum) = (0, 0, 0.0);
        while i < a.len() || j < b.len() {
            match (a.get(i), b.get(j)) {
                (Some(x), Some(y)) if x.0 == y.0 => {
                    sum += f64::from(x.1) * f64::from(y.1);
                    (i, j) = (i + 1, j + 1);
                }
                (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                    self.keep(&mut rest_a, *x);
                    i += 1;
                }
                (_, Some(y)) => {
                    self.keep(&mut rest_b, *y);
                    j += 1;
                }
                _ => break,
            }
        }
        (sum + self.near(rest_a.words(), rest_b.words())).clamp(0.0, 1.0)
    }

    fn keep(&self, rest: &mut Heaviest, word: (u32, f32)) {
        if self.spelling[word.0 as usize].len() >= SHORTEST {
            rest.add(word);
        }
    }

    /// Σ of the products of near words' weights, paired one to one; both sides stand by falling weight.
    fn near(&self, a: &[(u32, f32)], b: &[(u32, f32)]) -> f64 {
        let (mut used_a, mut used_b) = (0_u32, 0_u32);
        let mut sum = 0.0;
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                let free = used_a >> i & 1 == 0 && used_b >> j & 1 == 0;
                if free && within_one_edit(self.spelling[x.0 as usize].as_bytes(), self.spelling[y.0 as usize].as_bytes()) {
                    used_a |= 1 << i;
                    used_b |= 1 << j;
                    sum += f64::from(x.1) * f64::from(y.1);
                }
            }
        }
        sum
    }
}

/// The heaviest of some words, by falling weight.
#[derive(Default)]
struct Heaviest {
    words: [(u32, f32); MOST_NEAR],
    count: usize,
}

impl Heaviest {
    fn add(&mut self, word: (u32, f32)) {
        let at = self.words[..self.count].partition_point(|other| other.1 >= word.1);
        if at == MOST_NEAR {
            return;
        }
        self.count = (self.count + 1).min(MOST_NEAR);
        self.words[at..self.count].rotate_right(1);
        self.words[at] = word;
    }

    fn words(&self) -> &[(u32, f32)] {
        &self.words[..self.count]
    }
}

impl Comparator for FreeText<'_> {
    fn levels(&self) -> Vec<String> {
        let mut levels = vec!["missing".to_owned(), "different".to_owned()];
        levels.extend(self.thresholds.iter().rev().map(|threshold| format!("similar {threshold}")));
        levels.push("same".to_owned());
        levels
    }

    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.1];
        start.extend(self.thresholds.iter().map(|_| 0.2));
        start.push(0.4);
        start
    }

    fn compare(&self, left: u32, right: u32) -> Agreement {
        let (a, b) = (self.column.ids[left as usize], self.column.ids[right as usize]);
        if a == NULL_ID || b == NULL_ID {
            return Agreement::MISSING;
        }
        let top = 2 + self.thresholds.len() as u8;
        if a == b {
            return Agreement { level: top, frequency: self.frequency[a as usize] };
        }
        let cosine = self.cosine(a, b);
        match self.thresholds.iter().position(|threshold| cosine >= *threshold) {
            Some(at) => Agreement { level: top - 1 - at as u8, frequency: self.frequency[a as usize].max(self.frequency[b as usize]) },
            None => Agreement::level(1),
        }
    }

    fn is_dear(&self) -> bool {
        true
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

    fn column(values: &[&str]) -> TextColumn {
        TextColumn { ids: (0..values.len() as u32).collect(), values: std::sync::Arc::new(values.iter().collect()) }
    }

    #[test]
    fn common_words_say_little() {
        let values = [
            "sony dsc w55 camera silver",
            "camera sony dsc w55",
            "sony dsc h10 camera silver",
            "canon powershot camera silver",
            "canon powershoot camera silver",
            "kodak camera silver",
        ];
        let column = column(&values);
        let text = FreeText::new(&column, vec![0.8, 0.5], &[0, 1, 2, 3, 4, 5]);
        for (a, b, expected) in
            [(0, 1, "similar 0.8"), (3, 4, "similar 0.8"), (0, 2, "similar 0.5"), (0, 5, "different"), (1, 3, "different"), (2, 2, "same")]
        {
            assert_eq!(text.levels()[usize::from(text.compare(a, b).level)], expected, "{a} {b} {}", text.cosine(a, b));
        }
    }

    #[test]
    fn the_order_of_words_does_not_matter() {
        let column = column(&["a b c d", "d c b a"]);
        assert!((FreeText::new(&column, vec![0.8], &[0, 1]).cosine(0, 1) - 1.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn symmetric_and_bounded(a in "[ab]{1,5}( [ab]{1,5}){0,20}", b in "[ab]{1,5}( [ab]{1,5}){0,20}") {
            let (there, back) = (column(&[&a, &b]), column(&[&b, &a]));
            let (there, back) = (FreeText::new(&there, vec![0.5], &[0, 1]), FreeText::new(&back, vec![0.5], &[0, 1]));
            prop_assert_eq!(there.cosine(0, 1).to_bits(), there.cosine(1, 0).to_bits());
            prop_assert!((0.0..=1.0).contains(&there.cosine(0, 1)));
            prop_assert_eq!(back.compare(0, 1).level < 3, true);
        }
    }
}
