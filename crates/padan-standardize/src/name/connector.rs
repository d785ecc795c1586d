//! What joins a name to another: BIN and BINTI before a patronym; ALIAS, `/`, `( )`, QQ before another name; ALM for the dead.
//!
//! `AL` is left alone: it is the Arabic article far more often than an abbreviation of ALIAS. A first BINTI is a given name (Binti
//! Khoiriyah), and a bare `B` is an initial; only `B.` between two names is BIN.

/// A name cut at its first connector.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) main: String,
    pub(super) alias: Option<String>,
    pub(super) dead: bool,
}

const DEAD: [&str; 6] = ["ALM", "ALMH", "ALMARHUM", "ALMARHUMAH", "ALMRH", "ALRM"];
const BEFORE_ANOTHER: [&str; 11] = ["BIN", "BINTI", "BINTE", "BT", "BNT", "BTE", "ALIAS", "ALS", "QQ", "@", "D/H"];

/// Every word that this rule looks for.
pub(super) fn words_of_rule() -> Vec<&'static str> {
    DEAD.into_iter().chain(BEFORE_ANOTHER).collect()
}

/// Cuts a folded name.
///
/// ```text
/// "AHMAD BIN ALI (ALM)" → main AHMAD, alias ALI, dead
/// "SUMIATI/SUMIYATI"    → main SUMIATI, alias SUMIYATI
/// ```
pub(super) fn cut(text: &str) -> Cut {
    let dead = text.contains("AL") && words(text).any(|word| DEAD.contains(&bare(word)));
    let text = if dead { words(text).filter(|word| !DEAD.contains(&bare(word))).collect::<Vec<_>>().join(" ") } else { text.to_owned() };
    let (text, bracketed) = brackets(&text);
    let (text, slashed) = slash(&text);
    let (main, joined) = connected(&text);
    Cut { main, alias: joined.or(slashed).or(bracketed), dead }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',']).filter(|word| !word.is_empty())
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '@')
}

/// Takes out what stands in the first brackets.
fn brackets(text: &str) -> (String, Option<String>) {
    let Some((before, rest)) = text.split_once(['(', '[', '{']) else { return (text.to_owned(), None) };
    let (inside, after) = rest.split_once([')', ']', '}']).unwrap_or((rest, ""));
    let outside = format!("{} {}", before.trim(), after.trim()).trim().to_owned();
    if outside.is_empty() { (inside.trim().to_owned(), None) } else { (outside, some(inside)) }
}

/// Cuts at the first slash that has a name on its left.
fn slash(text: &str) -> (String, Option<String>) {
    let text = text.strip_prefix("A/N ").unwrap_or(text);
    match text.split_once(['/', '\\']) {
        Some((left, right)) if left.bytes().filter(u8::is_ascii_alphabetic).count() >= 2 => (left.trim().to_owned(), some(right)),
        Some((left, right)) => (format!("{left} {right}"), None),
        None => (text.to_owned(), None),
    }
}

/// Cuts at the first connecting word that has a name on its left.
fn connected(text: &str) -> (String, Option<String>) {
    let words: Vec<&str> = words(text).collect();
    let last = words.len().saturating_sub(1);
    let joins = |at: usize, word: &str| at > 0 && (BEFORE_ANOTHER.contains(&bare(word)) || (at < last && word == "B."));
    match words.iter().enumerate().find(|(at, word)| joins(*at, word)) {
        Some((at, _)) => (words[..at].join(" "), some(&words[at + 1..].join(" "))),
        None => (text.to_owned(), None),
    }
}

fn some(text: &str) -> Option<String> {
    let text = text.trim();
    text.contains(|c: char| c.is_ascii_alphabetic()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts() {
        for (text, main, alias, dead) in [
            ("AHMAD BIN ALI", "AHMAD", Some("ALI"), false),
            ("AHMAD BIN ALI BIN UMAR", "AHMAD", Some("ALI BIN UMAR"), false),
            ("BINTI KHOIRIYAH", "BINTI KHOIRIYAH", None, false),
            ("MUHAMMAD B HABIBI", "MUHAMMAD B HABIBI", None, false),
            ("MUHAMMAD B. HABIBI", "MUHAMMAD", Some("HABIBI"), false),
            ("AHMAD AL FATIH", "AHMAD AL FATIH", None, false),
            ("SUMIATI / SUMIYATI", "SUMIATI", Some("SUMIYATI"), false),
            ("A/N BUDI", "BUDI", None, false),
            ("BUDI (ALM.)", "BUDI", None, true),
            ("BUDI BIN", "BUDI", None, false),
            ("(BUDI)", "BUDI", None, false),
        ] {
            assert_eq!(cut(text), Cut { main: main.into(), alias: alias.map(Into::into), dead }, "{text}");
        }
    }
}
