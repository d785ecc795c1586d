//! The rule to beat, as the ministry's public code has it: equal NIK, and names that are alike by 0.60.
//!
//! Names are compared in upper case by the Ratcliff/Obershelp similarity, the list's name first; a `/` parts a name into aliases, and
//! the best pair of aliases counts. Of several registry rows with the NIK the most similar name wins, of equals the first row. Nothing
//! is cleaned and nothing is one to one: that is what the rule does. A blank name is like no other.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::similarity;

/// The least similarity of a pair that is *padan*.
pub const THRESHOLD: f64 = 0.60;

/// For every row of a list the registry row it is linked with, and the similarity of the names.
///
/// A row is its NIK, `None` where the list has no exact one, and its name as typed. The answer does not depend on the threads.
///
/// ```
/// use padan_evaluate::legacy::legacy_links;
/// let registry = [(Some(3201014503900001), "Siti Nurhayati"), (None, "M. Soleh")];
/// let links = legacy_links(&[(Some(3201014503900001), "ST NURHAYATI"), (None, "M. SOLEH")], &registry);
/// assert_eq!(links, [Some((0, 24.0 / 26.0)), None]);
/// ```
pub fn legacy_links(list: &[(Option<u64>, &str)], registry: &[(Option<u64>, &str)]) -> Vec<Option<(usize, f64)>> {
    let mut by_nik: Vec<(u64, usize)> = registry.iter().enumerate().filter_map(|(row, (nik, _))| Some(((*nik)?, row))).collect();
    by_nik.par_sort_unstable();
    let link = |(nik, name): &(Option<u64>, &str)| {
        let nik = (*nik)?;
        let first = by_nik.partition_point(|(other, _)| *other < nik);
        let mut candidates = by_nik[first..].iter().take_while(|(other, _)| *other == nik).peekable();
        candidates.peek()?;
        let aliases = aliases(name);
        let scored = candidates.filter_map(|(_, row)| Some((*row, best(&aliases, registry[*row].1)?)));
        // Strictly greater, so the first of equals stays.
        let best = scored.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        (best.1 >= THRESHOLD).then_some(best)
    };
    list.par_iter().map(link).collect()
}

fn aliases(name: &str) -> Vec<String> {
    name.to_uppercase().split('/').map(|alias| alias.trim().to_owned()).filter(|alias| !alias.is_empty()).collect()
}

fn best(left: &[String], right: &str) -> Option<f64> {
    let right = aliases(right);
    left.iter().flat_map(|a| right.iter().map(|b| similarity(a, b))).max_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Option<u64> = Some(3_201_014_503_900_001);
    const B: Option<u64> = Some(3_201_014_503_900_002);

    #[test]
    fn what_the_rule_takes() {
        let registry = [(A, "Muhammad Soleh"), (A, "Sutrisno / Pak Tris"), (B, "BUDI"), (B, "Budi"), (None, "AGUS"), (B, "")];
        let cases = [
            ("equal NIK, names alike by 14/22", (A, "M. SOLEH"), Some((0, 14.0 / 22.0))),
            ("the more similar of two rows", (A, "SUTRISNO"), Some((1, 1.0))),
            ("an alias on either side", (A, "paijo/PAK TRIS"), Some((1, 1.0))),
            ("of equals the first row", (B, "budi"), Some((2, 1.0))),
            ("equal NIK and another name", (B, "WAGIYEM"), None),
            ("no NIK", (None, "AGUS"), None),
            ("a blank name", (B, " "), None),
            ("a NIK that the registry lacks", (Some(1), "BUDI"), None),
        ];
        for (words, row, expected) in cases {
            assert_eq!(legacy_links(&[row], &registry), [expected], "{words}");
        }
        let list: Vec<_> = cases.iter().map(|case| case.1).collect();
        let expected: Vec<_> = cases.iter().map(|case| case.2).collect();
        assert_eq!(legacy_links(&list, &registry), expected, "all at once");
    }

    #[test]
    fn three_fifths_is_enough() {
        // 2 · 3 / 10 is 0.60 exactly.
        assert_eq!(legacy_links(&[(A, "ABCXY")], &[(A, "ABCZW")]), [Some((0, 0.6))]);
    }
}
