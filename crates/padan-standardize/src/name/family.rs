//! Families of forms of one name: MOCH, MUHAMAD, MHD → MUHAMMAD; ST → SITI; ROCHMAN → RAHMAN.
//!
//! From the shipped `variant_rules.tsv`, classes `depan` and `belakang`. Abbreviations count only where they lead a longer name (a final
//! M is an initial, a final ST a degree); full spellings count anywhere.

use std::collections::HashMap;
use std::sync::LazyLock;

use padan_reference::variant_rules;

static FORMS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let rules = variant_rules().iter().filter(|rule| matches!(rule.class, "depan" | "belakang"));
    rules.flat_map(|rule| rule.forms.iter().map(|form| (form.replace('.', ""), rule.canonical))).collect()
});

/// Abbreviations longer than three letters.
const ABBREVIATIONS: [&str; 5] = ["MUHD", "MOCH", "MOHD", "MUCH", "ABDL"];

/// Replaces each form by its canonical name.
pub(super) fn expand(tokens: &mut [String]) {
    let last = tokens.len().saturating_sub(1);
    for (at, token) in tokens.iter_mut().enumerate() {
        let Some(canonical) = FORMS.get(token.as_str()).copied() else { continue };
        let short = token.len() <= 3 || ABBREVIATIONS.contains(&token.as_str());
        // ABD stands before the name that it belongs to, wherever that is (MUHAMMAD ABD RAHMAN).
        let leads = last > 0 && (at == 0 || (canonical == "ABDUL" && token.len() >= 3 && at < last));
        if !short || leads {
            canonical.clone_into(token);
        }
    }
}

/// Every form.
pub(super) fn words() -> Vec<&'static str> {
    FORMS.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// Whether a token is a form of some family: MOCH keeps its CH even where it is all there is.
pub(super) fn is_form(token: &str) -> bool {
    FORMS.contains_key(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        for (text, meant) in [
            ("M ALI", "MUHAMMAD ALI"),
            ("ALI M", "ALI M"),
            ("MOCH", "MOCH"),
            ("MUCHAMMAD", "MUHAMMAD"),
            ("A ALI", "AHMAD ALI"),
            ("MUHAMMAD ABD ALI", "MUHAMMAD ABDUL ALI"),
            ("RINA ST", "RINA ST"),
            ("ST RINA", "SITI RINA"),
            ("NUR HIDAJAT", "NUR HIDAYAT"),
            ("JAENAL", "ZAINAL"),
            ("PATIMAH", "FATIMAH"),
        ] {
            let mut tokens: Vec<String> = text.split(' ').map(str::to_owned).collect();
            expand(&mut tokens);
            assert_eq!(tokens.join(" "), meant, "{text}");
        }
    }
}
