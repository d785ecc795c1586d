//! Ratcliff/Obershelp similarity (Ratcliff and Metzener, 1988, "Pattern matching: the gestalt approach", Dr. Dobb's Journal 13(7)).
//!
//! The longest common substring, then the same to its left and to its right; twice the matched length over the total. As Python's
//! `difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()`, which the ministry's code calls: of equally long substrings the
//! earliest in `a`, then in `b`. The trap is in that choice: it makes the measure asymmetric (`similarity("DIET", "TIDE")` is 0.5, the
//! reverse 0.25), so callers must keep the order of the arguments.

/// Similarity of two texts by characters, 0 to 1; two empty texts are alike.
///
/// ```
/// assert!((padan_evaluate::similarity("WIKIMEDIA", "WIKIMANIA") - 7.0 / 9.0).abs() < 1e-12);
/// ```
pub fn similarity(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    if a.is_ascii() && b.is_ascii() {
        return ratio(a.as_bytes(), b.as_bytes());
    }
    ratio(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
}

fn ratio<T: PartialEq>(a: &[T], b: &[T]) -> f64 {
    2.0 * matched(a, b) as f64 / (a.len() + b.len()) as f64
}

/// Characters in common. The recursion is a stack: hostile texts are long, and the order of the parts does not change the sum.
fn matched<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    let mut lengths = vec![0; b.len() + 1];
    let mut open = vec![(a, b)];
    let mut sum = 0;
    while let Some((a, b)) = open.pop() {
        let (at_a, at_b, length) = longest(a, b, &mut lengths);
        if length > 0 {
            sum += length;
            open.push((&a[..at_a], &b[..at_b]));
            open.push((&a[at_a + length..], &b[at_b + length..]));
        }
    }
    sum
}

/// Start in `a`, start in `b` and length of the longest common substring, the earliest in `a`, then in `b`.
fn longest<T: PartialEq>(a: &[T], b: &[T], lengths: &mut [usize]) -> (usize, usize, usize) {
    // lengths[j + 1]: length of the common substring that ends at the last character of `a` looked at, and at b[j].
    lengths[..=b.len()].fill(0);
    let mut best = (0, 0, 0);
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let length = if x == y { diagonal + 1 } else { 0 };
            diagonal = std::mem::replace(&mut lengths[j + 1], length);
            if length > best.2 {
                best = (i + 1 - length, j + 1 - length, length);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_values_of_difflib() {
        // From CPython 3.11: difflib.SequenceMatcher(None, a, b, autojunk=False).ratio().
        for (a, b, expected) in [
            ("WIKIMEDIA", "WIKIMANIA", 14.0 / 18.0),
            ("TIDE", "DIET", 2.0 / 8.0),
            ("DIET", "TIDE", 4.0 / 8.0),
            ("MUHAMMAD SOLEH", "M. SOLEH", 14.0 / 22.0),
            ("SITI NURHAYATI", "ST NURHAYATI", 24.0 / 26.0),
            ("SUTRISNO", "SOETRISNO", 14.0 / 17.0),
            ("ABDUL RAHMAN", "ABDURRAHMAN", 20.0 / 23.0),
            ("BUDI SANTOSO", "SANTOSO BUDI", 14.0 / 24.0),
            ("AGUS", "SRI", 2.0 / 7.0),
            ("DODI", "D O D I", 8.0 / 11.0),
            ("WAYAN", "MADE", 2.0 / 9.0),
            ("JOSÉ", "JOSE", 6.0 / 8.0),
            ("", "A", 0.0 / 1.0),
            ("", "", 1.0),
        ] {
            assert!((similarity(a, b) - expected).abs() < 1e-12, "{a:?} ~ {b:?}: {} instead of {expected}", similarity(a, b));
        }
    }

    proptest! {
        #[test]
        fn is_bounded_and_one_only_for_equal_texts(a in "[A-C É]{0,12}", b in "[A-C É]{0,12}") {
            let found = similarity(&a, &b);
            prop_assert!((0.0..=1.0).contains(&found));
            prop_assert_eq!(found >= 1.0, a == b);
        }
    }
}
