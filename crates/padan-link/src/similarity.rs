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
    }
}
