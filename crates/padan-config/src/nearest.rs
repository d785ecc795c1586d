//! The nearest right name, for hints.
//!
//! Edit distance with transpositions over the letters and digits alone, so that `utf8`, `UTF-8` and `utf_8` are one word. A name that
//! shares less than half of its letters in order is no help and is left out.

/// Least similarity of a name worth naming.
const LEAST: f64 = 0.5;

/// The candidate most like `found`; of equals the first; `None` where none is alike.
pub(crate) fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = letters(found);
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let similarity = strsim::normalized_damerau_levenshtein(&found, &letters(candidate));
        if similarity >= LEAST && best.is_none_or(|(most, _)| similarity > most) {
            best = Some((similarity, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `did you mean …?` where a candidate is alike, else the list of them.
pub(crate) fn hint(found: &str, candidates: &[&str]) -> String {
    match nearest(found, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("it can be {}", list(candidates)),
    }
}

fn list(candidates: &[&str]) -> String {
    match candidates {
        [] => "nothing".to_owned(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("{} or `{last}`", first.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_finds_none() {
        let fields = ["nik", "no_kk", "nama", "tanggal_lahir"];
        assert_eq!(nearest("nikk", fields), Some("nik"));
        assert_eq!(nearest("NoKK", fields), Some("no_kk"));
        assert_eq!(nearest("tanggal lahri", fields), Some("tanggal_lahir"));
        assert_eq!(nearest("kabupaten", fields), None);
        assert_eq!(hint("x", &["jiwa", "kpm"]), "it can be `jiwa` or `kpm`");
    }
}
