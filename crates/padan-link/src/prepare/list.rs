//! Lists: distinct items in order, so that the same set is the same text.
//!
//! Example: `Smith, J; Doe, A.; smith j` → `doe_a smith_j`.

use super::fold::words;

/// Appends the items of `value`.
pub(super) fn list(value: &str, separator: &str, out: &mut String) {
    let mut items: Vec<String> = value
        .split(separator)
        .map(|item| {
            let mut folded = String::new();
            words(item, &mut folded);
            folded.replace(' ', "_")
        })
        .filter(|item| !item.is_empty())
        .collect();
    items.sort_unstable();
    items.dedup();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_one_spelling() {
        let made = |value: &str| {
            let mut out = String::new();
            list(value, ";", &mut out);
            out
        };
        assert_eq!(made("Smith, J; Doe, A.; smith j"), "doe_a smith_j");
        assert_eq!(made(" ;; "), "");
    }
}
