//! The spelling of before 1972 (van Ophuijsen, Republik): SOERJADI → SURYADI, TJAHJO → CAHYO.
//!
//! OE, TJ, DJ and SJ are unmistakable but for a few foreign names. NJ is old only at a word's start or beside another sign (ANJANI,
//! PANJAITAN are modern), J is Y only beside another sign (SOERJADI, not WIJAYA), and CH is KH before a consonant, at the end, and in Arabic
//! names that begin with it (MUCHTAR, CHAIRUL; not CHANDRA, RICHARD).

/// Names in which OE is two vowels.
const FOREIGN: [&str; 8] = ["JOE", "JOEL", "NOEL", "ZOE", "CHLOE", "NOELA", "NOELLA", "JOELIA"];

/// Beginnings of Arabic names whose CH is KH.
const ARABIC_CH: [&str; 19] = [
    "CHAIR", "CHOIR", "CHOER", "CHAER", "CHOL", "CHUS", "CHOS", "CHAS", "CHAL", "CHAD", "CHAM", "CHOM", "CHUL", "CHOT", "CHUD", "CHOD",
    "CHAF", "CHUZ", "CHOZ",
];

/// Rewrites a token in place.
pub(crate) fn modernize(token: &mut String) {
    if !has_sign(token) || FOREIGN.contains(&token.as_str()) {
        return;
    }
    let old = ["OE", "TJ", "DJ", "SJ"].iter().any(|sign| token.contains(sign)) || token.starts_with("NJ") || token.contains("HJ");
    let bytes = token.as_bytes();
    let arabic = ARABIC_CH.iter().any(|start| token.starts_with(start));
    let mut modern = String::with_capacity(token.len());
    let mut at = 0;
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied();
        let (new, length) = match (bytes[at], next) {
            (b'O', Some(b'E')) => ("U", 2),
            (b'T', Some(b'J')) => ("C", 2),
            (b'D', Some(b'J')) => ("J", 2),
            (b'S', Some(b'J')) => ("SY", 2),
            (b'N', Some(b'J')) if old => ("NY", 2),
            (b'C', Some(b'H')) if is_kh(bytes, at, arabic) => ("KH", 2),
            (b'J', _) if old => ("Y", 1),
            _ => {
                modern.push(char::from(bytes[at]));
                at += 1;
                continue;
            }
        };
        modern.push_str(new);
        at += length;
    }
    *token = modern;
}

/// Whether a pair of letters of the old spelling stands in a token.
pub(super) fn has_sign(token: &str) -> bool {
    token.as_bytes().windows(2).any(|pair| matches!(pair, b"OE" | b"TJ" | b"DJ" | b"SJ" | b"NJ" | b"CH" | b"HJ"))
}

fn is_kh(bytes: &[u8], at: usize, arabic: bool) -> bool {
    if at == 0 {
        return arabic;
    }
    match bytes.get(at + 2) {
        // SYECH; a Western name that ends in CH follows a consonant (MARCH) or C.
        None => is_vowel(bytes[at - 1]),
        Some(after) => !is_vowel(*after) && !matches!(after, b'R' | b'Y') || (at > 0 && bytes.starts_with(b"SOLECH")),
    }
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'A' | b'E' | b'I' | b'O' | b'U')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_becomes_modern() {
        for (old, modern) in [
            ("SOEKARNO", "SUKARNO"),
            ("SOERJADI", "SURYADI"),
            ("SOEDJONO", "SUJONO"),
            ("DJOEMADI", "JUMADI"),
            ("TJAHJO", "CAHYO"),
            ("WAHJOEDI", "WAHYUDI"),
            ("RAHAJOE", "RAHAYU"),
            ("SJARIFUDDIN", "SYARIFUDDIN"),
            ("NJOMAN", "NYOMAN"),
            ("SIMANDJOENTAK", "SIMANJUNTAK"),
            ("RADJAGOEKGOEK", "RAJAGUKGUK"),
            ("CAHJONO", "CAHYONO"),
            ("MUCHLIS", "MUKHLIS"),
            ("CHOIRUL", "KHOIRUL"),
            ("SYECH", "SYEKH"),
        ] {
            let mut token = old.to_owned();
            modernize(&mut token);
            assert_eq!(token, modern, "{old}");
        }
    }

    #[test]
    fn modern_names_stay() {
        for name in [
            "WIJAYA",
            "PANJAITAN",
            "ANJANI",
            "GANJAR",
            "JUSTINA",
            "HARJO",
            "CHANDRA",
            "RICHARD",
            "MICHAEL",
            "CHRISTINA",
            "NOEL",
            "JOEL",
            "RAJA",
        ] {
            let mut token = name.to_owned();
            modernize(&mut token);
            assert_eq!(token, name);
        }
    }
}
