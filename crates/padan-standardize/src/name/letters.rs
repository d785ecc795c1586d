//! Letters typed apart, digits typed for letters, punctuation inside a name.

use std::borrow::Cow;

/// `D O D I  S A P U T R A` → `DODI SAPUTRA`: a cell of single letters only (three or more), where two blanks end a word.
pub(super) fn unspace(text: &str) -> Cow<'_, str> {
    let mut tokens = text.split_whitespace().peekable();
    if tokens.peek().is_none_or(|token| token.chars().nth(1).is_some()) {
        return Cow::Borrowed(text);
    }
    let single = |token: &str| token.chars().count() == 1 && token.chars().all(char::is_alphanumeric);
    if !text.split_whitespace().all(single) || text.split_whitespace().count() < 3 {
        return Cow::Borrowed(text);
    }
    let words: Vec<String> =
        text.trim().split("  ").map(|word| word.split_whitespace().collect::<String>()).filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

/// Joins tokens that are all single letters, three or more: what is left of a spaced name once its title is gone.
pub(super) fn join_single(tokens: &mut Vec<String>) {
    if tokens.len() >= 3 && tokens.iter().all(|token| token.len() == 1) {
        *tokens = vec![tokens.concat()];
    }
}

/// Splits words at punctuation (`M.ALI`, `ABDUL-RAHMAN`), drops apostrophes (`MA'RUF` → `MARUF`) and reads `0` as O and `1` as I
/// inside letters; tokens of digits only are no name, but a first `1` before a name is the Balinese `I`.
pub(super) fn tokens(words: &[&str]) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::with_capacity(words.len() + 1);
    for word in words {
        let bare: Cow<'_, str> =
            if word.contains(['\'', '`', '"', '*']) { Cow::Owned(word.replace(['\'', '`', '"', '*'], "")) } else { Cow::Borrowed(word) };
        for piece in bare.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty()) {
            if piece.bytes().all(|byte| byte.is_ascii_digit()) {
                if piece == "1" && tokens.is_empty() && words.len() > 1 {
                    tokens.push("I".to_owned());
                }
                continue;
            }
            tokens.push(letters_only(piece));
        }
    }
    tokens
}

fn letters_only(piece: &str) -> String {
    let mut letters = String::with_capacity(piece.len());
    for character in piece.chars() {
        match character {
            '0' => letters.push('O'),
            '1' if !letters.ends_with('I') => letters.push('I'),
            'A'..='Z' => letters.push(character),
            _ => {}
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_typed_apart() {
        assert_eq!(unspace("D O D I"), "DODI");
        assert_eq!(unspace("D O D I  S A P U T R A"), "DODI SAPUTRA");
        assert_eq!(unspace("M A RAHMAN"), "M A RAHMAN");
        assert_eq!(unspace("A B"), "A B");
    }

    #[test]
    fn punctuation_and_digits() {
        assert_eq!(tokens(&["M.ALI"]), ["M", "ALI"]);
        assert_eq!(tokens(&["NUR'AINI"]), ["NURAINI"]);
        assert_eq!(tokens(&["S1TI", "R0HMAH", "3"]), ["SITI", "ROHMAH"]);
        assert_eq!(tokens(&["BUDI1"]), ["BUDI"]);
        assert_eq!(tokens(&["1", "WAYAN"]), ["I", "WAYAN"]);
    }
}
