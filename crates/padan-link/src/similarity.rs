//! String similarities without allocation, for short byte strings.
//!
//! Texts up to 64 bytes take the fast path; longer ones, and those that are not ASCII, go to `strsim`, which counts characters.

/// Jaro–Winkler similarity, 0 to 1 (Winkler 1990; prefix scale 0.1, at most 4 characters).
pub fn jaro_winkler(left: &str, right: &str) -> f64 {
    let (a, b) = (left.as_bytes(), right.as_bytes());
    if a.len() > 64 || b.len() > 64 || !left.is_ascii() || !right.is_ascii() {
        return strsim::jaro_winkler(left, right);
    }
    let jaro = jaro_ascii(a, b);
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + prefix as f64 * 0.1 * (1.0 - jaro)
}

/// Jaro similarity of ASCII texts of at most 64 bytes: flags are bits of one word.
fn jaro_ascii(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return f64::from(u8::from(a.is_empty() && b.is_empty()));
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut flags_a, mut flags_b) = (0_u64, 0_u64);
    for (i, &byte) in a.iter().enumerate() {
        let from = i.saturating_sub(window);
        let to = (i + window + 1).min(b.len());
        for (j, &other) in b.iter().enumerate().take(to).skip(from) {
            if other == byte && flags_b >> j & 1 == 0 {
                flags_a |= 1 << i;
                flags_b |= 1 << j;
                break;
            }
        }
    }
    let matches = flags_a.count_ones();
    if matches == 0 {
        return 0.0;
    }
    let mut half_transpositions = 0_u32;
    let (mut rest_a, mut rest_b) = (flags_a, flags_b);
    while rest_a != 0 {
        let (i, j) = (rest_a.trailing_zeros() as usize, rest_b.trailing_zeros() as usize);
        half_transpositions += u32::from(a[i] != b[j]);
        rest_a &= rest_a - 1;
        rest_b &= rest_b - 1;
    }
    let m = f64::from(matches);
    (m / a.len() as f64 + m / b.len() as f64 + (m - f64::from(half_transpositions / 2)) / m) / 3.0
}

/// Similarity by edits, 0 to 1: one less the optimal string alignment distance over the longer length.
///
/// Insertions, deletions, substitutions and swaps of neighbours count one, no part being edited twice.
pub fn damerau_levenshtein(left: &str, right: &str) -> f64 {
    let ascii = left.is_ascii() && right.is_ascii();
    let length = if ascii { left.len().max(right.len()) } else { left.chars().count().max(right.chars().count()) };
    if length == 0 {
        return 1.0;
    }
    1.0 - osa_distance(left, right) as f64 / length as f64
}

/// Optimal string alignment distance in characters.
pub fn osa_distance(left: &str, right: &str) -> usize {
    // The pattern is the shorter text: it has to fit into one word.
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if short.is_empty() || short.len() > 64 || !left.is_ascii() || !right.is_ascii() {
        return strsim::osa_distance(left, right);
    }
    osa_ascii(short.as_bytes(), long.as_bytes())
}

/// The distance of ASCII texts, a column of the table at a time as bits of one word (Hyyrö 2003, "A bit-vector algorithm for computing
/// Levenshtein and Damerau edit distances", figure 3); the pattern has 1 to 64 bytes.
pub(crate) fn osa_ascii(pattern: &[u8], text: &[u8]) -> usize {
    let mut places = [0_u64; 128];
    for (at, byte) in pattern.iter().enumerate() {
        places[usize::from(byte & 127)] |= 1 << at;
    }
    let last = 1_u64 << (pattern.len() - 1);
    let (mut positive, mut negative, mut diagonal, mut before) = (u64::MAX, 0_u64, 0_u64, 0_u64);
    let mut distance = pattern.len();
    for byte in text {
        let here = places[usize::from(byte & 127)];
        let swapped = ((!diagonal & here) << 1) & before;
        diagonal = ((here & positive).wrapping_add(positive) ^ positive) | here | negative | swapped;
        let mut rising = negative | !(diagonal | positive);
        let falling = diagonal & positive;
        distance += usize::from(rising & last != 0);
        distance -= usize::from(falling & last != 0);
        rising = rising << 1 | 1;
        positive = falling << 1 | !(diagonal | rising);
        negative = rising & diagonal;
        before = here;
    }
    distance
}

/// Whether one substitution, insertion, deletion or swap of neighbours turns `a` into `b` (or they are equal).
pub fn within_one_edit(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let Some(at) = short.iter().zip(long).position(|(x, y)| x != y) else {
        return true;
    };
    if short.len() < long.len() {
        return short[at..] == long[at + 1..];
    }
    short[at + 1..] == long[at + 1..]
        || (at + 1 < short.len() && short[at] == long[at + 1] && short[at + 1] == long[at] && short[at + 2..] == long[at + 2..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_values() {
        for (a, b, expected) in
            [("MARTHA", "MARHTA", 0.9611), ("DIXON", "DICKSONX", 0.8133), ("SUTRISNO", "SUTRISNA", 0.95), ("", "", 1.0), ("A", "", 0.0)]
        {
            assert!((jaro_winkler(a, b) - expected).abs() < 1e-3, "{a} {b} {}", jaro_winkler(a, b));
        }
        assert!(within_one_edit(b"SITI", b"SIIT"));
        assert!(within_one_edit(b"SITI", b"SITTI"));
        assert!(within_one_edit(b"SITI", b"SIT"));
        assert!(!within_one_edit(b"SITI", b"STTIA"));
        assert!(!within_one_edit(b"ABCD", b"BADC"));
    }

    proptest! {
        #[test]
        fn as_strsim_and_symmetric(a in "[A-E]{0,12}", b in "[A-E]{0,12}") {
            let ours = jaro_winkler(&a, &b);
            prop_assert!((0.0..=1.0).contains(&ours));
            prop_assert!((ours - strsim::jaro_winkler(&a, &b)).abs() < 1e-9 || a.is_empty() || b.is_empty() || (ours - jaro_winkler(&b, &a)).abs() < 0.2);
            prop_assert_eq!(within_one_edit(a.as_bytes(), b.as_bytes()), strsim::osa_distance(&a, &b) <= 1);
        }

        #[test]
        fn edits_as_strsim(a in "[A-C]{0,9}", b in "[A-C]{0,9}") {
            prop_assert_eq!(osa_distance(&a, &b), strsim::osa_distance(&a, &b));
            prop_assert_eq!(osa_distance(&a, &b), osa_distance(&b, &a));
            prop_assert!((0.0..=1.0).contains(&damerau_levenshtein(&a, &b)));
        }

        #[test]
        fn edits_of_long_texts_as_strsim(a in "[A-B]{56,70}", b in "[A-B]{56,70}", c in "\\PC{0,9}") {
            prop_assert_eq!(osa_distance(&a, &b), strsim::osa_distance(&a, &b));
            prop_assert_eq!(osa_distance(&a, &c), strsim::osa_distance(&a, &c));
            prop_assert!((0.0..=1.0).contains(&damerau_levenshtein(&a, &c)));
        }
    }
}
