//! Folding of characters: what two spellings of a word share whatever keyboard they were typed on.
//!
//! Compatibility decomposition, then the marks of European, Arabic and Hebrew writing dropped; vowel signs of other scripts are letters
//! and stay. Letters that do not decompose (ß, ø, ł) have a table. ASCII, nearly all there is, takes a path of its own.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters without decomposition, as they are commonly written without them.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ĸ' => "k",
        'ς' => "σ",
        _ => return None,
    })
}

/// Apostrophes and letters that are written like them: O'Brien is OBrien, Ma'ruf is Maruf.
fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '`' | '\u{B4}' | '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{FF07}' | '\u{2B9}'
            ..='\u{2BF}' | '\u{2C8}' | '\u{55A}' | '\u{5F3}' | '\u{1FBD}' | '\u{1FBF}' | '\u{1FFD}' | '\u{1FFE}' | '\u{37A}' | '\u{384}'
    )
}

/// Marks that a spelling may leave out; the other scripts' signs carry vowels.
fn is_accent(mark: char) -> bool {
    matches!(
        mark,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}'
            | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}'
    )
}

/// A character of a folded text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Folded {
    /// Of a word, in lower case.
    Letter(char),
    /// Between words.
    Gap,
}

/// Folds `text` character by character.
pub(super) fn fold(text: &str, mut each: impl FnMut(Folded)) {
    let mut letter = |character: char| {
        // Some accents count as letters of their script.
        if is_accent(character) {
            return;
        }
        if let Some(plain) = plain(character) {
            plain.chars().for_each(|character| each(Folded::Letter(character)));
        } else if character.is_alphanumeric() || is_combining_mark(character) {
            each(Folded::Letter(character));
        } else {
            each(Folded::Gap);
        }
    };
    if text.is_ascii() {
        for byte in text.bytes().filter(|byte| !matches!(byte, b'\'' | b'`')) {
            letter(char::from(byte.to_ascii_lowercase()));
        }
        return;
    }
    // Lower case may decompose, and what decomposes may have a lower case (ẞ, ﬀ, ㎏): both twice settle everything.
    let lower = text.chars().filter(|character| !is_apostrophe(*character)).flat_map(char::to_lowercase);
    lower.nfkd().flat_map(char::to_lowercase).nfkd().filter(|character| !is_apostrophe(*character)).for_each(&mut letter);
}

/// Appends the words of `text` to `out`, one space between them.
pub(super) fn words(text: &str, out: &mut String) {
    let start = out.len();
    let mut gap = false;
    if text.is_ascii() {
        out.reserve(text.len());
        for byte in text.bytes() {
            let byte = byte.to_ascii_lowercase();
            if byte.is_ascii_alphanumeric() {
                if gap && out.len() > start {
                    out.push(' ');
                }
                gap = false;
                out.push(char::from(byte));
            } else if !matches!(byte, b'\'' | b'`') {
                gap = true;
            }
        }
        return;
    }
    fold(text, |folded| match folded {
        Folded::Gap => gap = true,
        Folded::Letter(letter) => {
            if gap && out.len() > start {
                out.push(' ');
            }
            gap = false;
            out.push(letter);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        words(text, &mut out);
        out
    }

    #[test]
    fn spellings_fold_together() {
        for (text, expected) in [
            ("  José  MARÍA ", "jose maria"),
            ("O'Brien", "obrien"),
            ("O’Brien-Smith", "obrien smith"),
            ("Ma`ruf, H.", "maruf h"),
            ("Łódź", "lodz"),
            ("Straße 12/3", "strasse 12 3"),
            ("Søren ÆRØ", "soren aero"),
            ("İstanbul", "istanbul"),
            ("ＡＢＣ１２", "abc12"),
            ("Ἀλέξανδρος", "αλεξανδροσ"),
            ("मोहित", "मोहित"),
            ("مُحَمَّد", "محمد"),
            ("--", ""),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_idempotent(text in "\\PC{0,24}") {
            let once = folded(&text);
            prop_assert_eq!(&folded(&once), &once);
            prop_assert!(!once.contains("  ") && once.trim() == once);
        }
    }
}
