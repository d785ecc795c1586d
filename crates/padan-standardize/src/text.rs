//! Readable upper-case text: the first step of every rule over words.
//!
//! Repairs what a wrong encoding did (`MÃœNIR`, `Â `), turns NBSP and typographic quotes and dashes into plain ones, drops diacritics and
//! whatever cannot be read. Deliberately keeps punctuation: `M.ALI`, `003/013` and `S.PD` still need theirs. The trap: a text that
//! was read as windows-1252 is repaired only where all of it can be, so that a real `Ã` is not taken for a fault.

/// Characters that windows-1252 has at 0x80–0x9F, in order; 0 where it has none.
const WINDOWS_1252: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019,
    0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
];

/// The text in upper-case ASCII, blanks collapsed to one space, trimmed. Two or more spaces between single letters mean a word's end,
/// so they are the caller's to see before: this function keeps none.
///
/// ```text
/// "  Mu\u{a0}niroh "  → "MU NIROH"
/// "MA’RUF"            → "MA'RUF"
/// "JosÃ© da Silva"     → "JOSE DA SILVA"
/// ```
pub(crate) fn fold(text: &str) -> String {
    if is_tidy(text.as_bytes()) {
        return text.to_ascii_uppercase();
    }
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        for byte in text.bytes() {
            push(&mut folded, char::from(byte));
        }
    } else {
        let repaired = repair(text);
        for character in repaired.as_deref().unwrap_or(text).chars() {
            match plain(character) {
                Plain::Char(plain) => push(&mut folded, plain),
                Plain::Text(plain) => plain.chars().for_each(|plain| push(&mut folded, plain)),
                Plain::Nothing => {}
            }
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// Whether nothing but the case is to be changed: by far the commonest text.
fn is_tidy(bytes: &[u8]) -> bool {
    let mut last = b' ';
    for byte in bytes.iter().copied() {
        if !(b' '..=b'~').contains(&byte) || (byte == b' ' && last == b' ') {
            return false;
        }
        last = byte;
    }
    last != b' '
}

/// The cell's text without outer blanks; `None` where nothing is left.
pub(crate) fn present(text: Option<&str>) -> Option<&str> {
    // Most cells begin and end with a letter or digit: nothing to trim.
    if let Some([first, .., last] | [first @ last]) = text.map(str::as_bytes)
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    text.map(|text| text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c.is_control())).filter(|text| !text.is_empty())
}

fn push(folded: &mut String, character: char) {
    if character.is_ascii_whitespace() || character.is_ascii_control() {
        if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    } else {
        folded.push(character.to_ascii_uppercase());
    }
}

/// What a character is in ASCII.
enum Plain {
    Char(char),
    Text(&'static str),
    Nothing,
}

fn plain(character: char) -> Plain {
    if character.is_ascii() {
        return Plain::Char(character);
    }
    if character.is_whitespace() {
        return Plain::Char(' ');
    }
    Plain::Char(match character {
        '‘' | '’' | '‚' | '‛' | '´' | 'ʼ' | 'ʻ' | 'ˈ' | '′' | 'ʿ' | 'ʾ' => '\'',
        '“' | '”' | '„' | '″' | '«' | '»' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        '⁄' | '∕' => '/',
        'À'..='Å' | 'à'..='å' | 'Ā' | 'ā' | 'Ă' | 'ă' | 'Ą' | 'ą' => 'A',
        'Ç' | 'ç' | 'Ć' | 'ć' | 'Č' | 'č' => 'C',
        'Ď' | 'ď' | 'Đ' | 'đ' | 'Ð' | 'ð' | 'Ḍ' | 'ḍ' => 'D',
        'È'..='Ë' | 'è'..='ë' | 'Ē' | 'ē' | 'Ĕ' | 'ĕ' | 'Ę' | 'ę' | 'Ě' | 'ě' => 'E',
        'Ğ' | 'ğ' => 'G',
        'Ḥ' | 'ḥ' | 'Ħ' | 'ħ' => 'H',
        'Ì'..='Ï' | 'ì'..='ï' | 'Ī' | 'ī' | 'Ĭ' | 'ĭ' | 'İ' | 'ı' => 'I',
        'Ł' | 'ł' => 'L',
        'Ñ' | 'ñ' | 'Ń' | 'ń' | 'Ň' | 'ň' => 'N',
        'Ò'..='Ö' | 'ò'..='ö' | 'Ø' | 'ø' | 'Ō' | 'ō' | 'Ŏ' | 'ŏ' => 'O',
        'Ř' | 'ř' => 'R',
        'Ś' | 'ś' | 'Ş' | 'ş' | 'Š' | 'š' | 'Ṣ' | 'ṣ' => 'S',
        'Ţ' | 'ţ' | 'Ť' | 'ť' | 'Ṭ' | 'ṭ' => 'T',
        'Ù'..='Ü' | 'ù'..='ü' | 'Ū' | 'ū' | 'Ŭ' | 'ŭ' | 'Ů' | 'ů' => 'U',
        'Ý' | 'ý' | 'Ÿ' | 'ÿ' => 'Y',
        'Ź' | 'ź' | 'Ż' | 'ż' | 'Ž' | 'ž' | 'Ẓ' | 'ẓ' => 'Z',
        // Full-width letters and digits, from Chinese and Japanese keyboards.
        '！'..='～' => return char::from_u32(character as u32 - 0xFEE0).map_or(Plain::Nothing, Plain::Char),
        'Æ' | 'æ' => return Plain::Text("AE"),
        'Œ' | 'œ' => return Plain::Text("OE"),
        'ß' => return Plain::Text("SS"),
        '…' => return Plain::Text("..."),
        _ => return Plain::Nothing,
    })
}

/// The text that was meant where UTF-8 had been read as windows-1252.
fn repair(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Â', 'â']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text
        .chars()
        .map(|character| match character as u32 {
            code @ (0..=0x7F | 0xA0..=0xFF) => Some(code as u8),
            code => WINDOWS_1252.iter().position(|known| u32::from(*known) == code && code != 0).map_or_else(
                // The five bytes that windows-1252 leaves free come through as control characters.
                || (0x80..=0x9F).contains(&code).then_some(code as u8),
                |at| Some(0x80 + at as u8),
            ),
        })
        .collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_offices_send_becomes_readable() {
        for (written, meant) in [
            ("  siti   aminah ", "SITI AMINAH"),
            ("SITI\u{a0}AMINAH", "SITI AMINAH"),
            ("SITI\tAMINAH\r\n", "SITI AMINAH"),
            ("MA’RUF", "MA'RUF"),
            ("JosÃ© da Silva", "JOSE DA SILVA"),
            ("MAâ€™RUF", "MA'RUF"),
            ("SITIÂ\u{a0}AMINAH", "SITI AMINAH"),
            ("João", "JOAO"),
            ("NUR\u{200b}HAYATI", "NURHAYATI"),
            ("MUNIR\u{fffd}H", "MUNIRH"),
            ("ＡＢＤＵＬ", "ABDUL"),
            ("RT 01 – RW 02", "RT 01 - RW 02"),
        ] {
            assert_eq!(fold(written), meant, "{written:?}");
        }
    }

    #[test]
    fn blanks_of_every_kind_are_no_text() {
        for blank in ["", "  ", "\u{a0}", "\t\n", "\u{feff}"] {
            assert_eq!(present(Some(blank)), None, "{blank:?}");
        }
        assert_eq!(present(Some(" a ")), Some("a"));
    }

    proptest! {
        #[test]
        fn folding_is_idempotent(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
