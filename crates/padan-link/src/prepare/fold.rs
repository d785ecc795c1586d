//! Folding of characters: what two spellings of a word share whatever keyboard they were typed on.
//!
//! Compatibility decomposition, then the marks of European, Arabic and Hebrew writing dropped; vowel signs of other scripts are letters
//! and stay. What is no Latin letter then is written with some, as `deunicode` does: comparing counts bytes, of which a letter of another
//! script has two or three, and an initial or an edit would be none. Chinese and Korean stay as they are. ASCII, nearly all there is,
//! takes a path of its own.

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A letter that is no Latin one, or does not decompose, as Latin letters write it; not Chinese ones, nor Korean ones, whose syllables of
/// one Latin letter would be initials.
fn latin(letter: char) -> Option<&'static str> {
    let stays = letter.is_ascii()
        || matches!(letter, '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97F}' | '\u{D7B0}'..='\u{D7FF}')
        || matches!(letter, '\u{2E80}'..='\u{2FDF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
        || letter >= '\u{20000}';
    if stays { None } else { deunicode_char(letter) }
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
        if !character.is_alphanumeric() && !is_combining_mark(character) {
            each(Folded::Gap);
        } else if let Some(latin) = latin(character) {
            let letters = latin.chars().filter(char::is_ascii_alphanumeric);
            letters.for_each(|letter| each(Folded::Letter(letter.to_ascii_lowercase())));
        } else {
            each(Folded::Letter(character));
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
            ("Ἀλέξανδρος", "alexandros"),
            ("Ольга Щербакова", "olga shcherbakova"),
            ("さくら", "sakura"),
            ("佐藤 翔太", "佐藤 翔太"),
            ("मोहित", "mohit"),
            ("مُحَمَّد", "mhmd"),
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
