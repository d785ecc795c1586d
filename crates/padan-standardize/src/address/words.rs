//! The words of an address: letters and digits apart, abbreviations in full, roman numerals and number words as digits.
//!
//! `I`, `1` and `SATU` are one; single V and X count as roman too, so that BLOK V and BLOK 5 agree.

use crate::text::fold;

/// A piece of an address line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, upper case, in full.
    Word {
        /// Its letters.
        text: String,
        /// Whether it follows the token before it without a blank (`12A`).
        glued: bool,
    },
    /// Digits.
    Number {
        /// As written, or of a numeral.
        text: String,
        /// Whether it follows the token before it without a blank (`C3`).
        glued: bool,
    },
    /// `/` or `-`.
    Slash,
    /// `,`, `;`, or where RT and RW stood.
    Break,
}

impl Token {
    pub(super) fn is_word(&self) -> bool {
        matches!(self, Self::Word { .. })
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Number { .. })
    }

    pub(super) fn is_break(&self) -> bool {
        *self == Self::Break
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Word { text, .. } | Self::Number { text, .. } => text,
            Self::Slash => "/",
            Self::Break => ",",
        }
    }
}

/// Splits a line.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let folded = fold(text);
    let folded = if folded.contains("R.T") || folded.contains("R.W") { folded.replace("R.T", "RT").replace("R.W", "RW") } else { folded };
    let mut tokens: Vec<Token> = Vec::with_capacity(12);
    for chunk in folded.split(' ') {
        push_chunk(&mut tokens, chunk);
    }
    tokens
}

/// O3 and l2 are numbers; NO3, RT03 and C1O are not.
fn is_digits_in_disguise(run: &str) -> bool {
    run.starts_with(['O', 'I', 'L'])
        && run.bytes().any(|byte| byte.is_ascii_digit())
        && run.bytes().all(|byte| byte.is_ascii_digit() || b"OIL".contains(&byte))
}

fn push_chunk(tokens: &mut Vec<Token>, chunk: &str) {
    let bytes = chunk.as_bytes();
    let mut at = 0;
    let mut glued = false;
    while at < bytes.len() {
        let byte = bytes[at];
        let start = at;
        let run = if glued { 0 } else { bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count() };
        if is_digits_in_disguise(&chunk[at..at + run]) {
            tokens.push(Token::Number { text: chunk[at..at + run].replace('O', "0").replace(['I', 'L'], "1"), glued });
            glued = true;
            at += run;
        } else if byte.is_ascii_digit() {
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            tokens.push(Token::Number { text: chunk[start..at].to_owned(), glued });
            glued = true;
        } else if byte.is_ascii_alphabetic() {
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let ends = bytes.get(at).is_none_or(|byte| !matches!(byte, b'.' | b'\'' | b'`'));
            if ends || (bytes[at] == b'.' && at - start > 1) {
                tokens.push(word_or_numeral(&chunk[start..at], glued));
                glued = true;
                continue;
            }
            at = start;
            // Apostrophes belong to a word, and so do the dots of K.H. and S.PARMAN's initial.
            let mut word = String::new();
            while at < bytes.len() && (bytes[at].is_ascii_alphabetic() || bytes[at] == b'\'' || bytes[at] == b'`') {
                if bytes[at].is_ascii_alphabetic() {
                    word.push(char::from(bytes[at]));
                }
                at += 1;
                if word.len() == 1
                    && bytes.get(at) == Some(&b'.')
                    && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
                    && matches!(bytes.get(at + 2), None | Some(b'.'))
                {
                    at += 1;
                }
            }
            tokens.push(word_or_numeral(&word, glued));
            glued = true;
        } else {
            match byte {
                b'/' | b'-' | b'\\' => tokens.push(Token::Slash),
                b',' | b';' => tokens.push(Token::Break),
                b'#' => tokens.push(Token::Word { text: "NO".to_owned(), glued: false }),
                _ => {}
            }
            glued = false;
            at += 1;
        }
    }
}

fn word_or_numeral(word: &str, glued: bool) -> Token {
    let numeral = if glued { None } else { numeral(word) };
    match numeral {
        Some(number) => Token::Number { text: number.to_owned(), glued },
        None => Token::Word { text: in_full(word).to_owned(), glued },
    }
}

fn numeral(word: &str) -> Option<&'static str> {
    Some(match word {
        "I" | "SATU" => "1",
        "II" | "DUA" => "2",
        "III" | "TIGA" => "3",
        "IV" | "EMPAT" => "4",
        "V" | "LIMA" => "5",
        "VI" | "ENAM" => "6",
        "VII" | "TUJUH" => "7",
        "VIII" | "DELAPAN" => "8",
        "IX" | "SEMBILAN" => "9",
        "X" | "SEPULUH" => "10",
        _ => return None,
    })
}

/// Whether a word is neither an abbreviation nor a numeral.
pub(super) fn is_full(word: &str) -> bool {
    numeral(word).is_none() && in_full(word) == word
}

/// The full word of an abbreviation.
fn in_full(word: &str) -> &str {
    match word {
        "JL" | "JLN" | "JLAN" | "JLM" | "JIN" => "JALAN",
        "GG" => "GANG",
        "LRG" | "LR" => "LORONG",
        "DSN" | "DSUN" => "DUSUN",
        "KP" | "KPG" | "KMP" => "KAMPUNG",
        "LINGK" | "LK" | "LING" | "LKG" | "LINK" => "LINGKUNGAN",
        "BR" | "BJR" => "BANJAR",
        "DK" | "DKH" | "DUKUHAN" => "DUKUH",
        "JR" => "JORONG",
        "PERUMAHAN" | "PERUMNAS" | "PRM" | "PRUM" => "PERUM",
        "KOMP" | "KOMPLEKS" | "KPLK" => "KOMPLEK",
        "BLK" => "BLOK",
        "NOMOR" | "NMR" | "NOMER" => "NO",
        "DS" => "DESA",
        "KEL" => "KELURAHAN",
        "KEC" => "KECAMATAN",
        "KAB" => "KABUPATEN",
        "PROV" | "PROP" | "PROPINSI" => "PROVINSI",
        "JEND" => "JENDERAL",
        "SLTN" => "SELATAN",
        "UTR" => "UTARA",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> String {
        tokens(line).iter().map(Token::text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words() {
        for (line, words) in [
            ("Jl.Melati No.12A", "JALAN MELATI NO 12 A"),
            ("RT003/RW013", "RT 003 / RW 013"),
            ("Gg. II", "GANG 2"),
            ("RT O3", "RT 03"),
            ("JL. K.H. WAHID", "JALAN KH WAHID"),
            ("JL S.PARMAN", "JALAN S PARMAN"),
            ("MA'RUF", "MARUF"),
        ] {
            assert_eq!(texts(line), words, "{line}");
        }
    }
}
