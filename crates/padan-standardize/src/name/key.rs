//! The phonetic key of a standard name: spellings of one name share it, different names mostly do not.
//!
//! Written for Indonesian ears (Soundex and Phonix fail on old spelling): F, P and V are one sound, Z is heard as J and at a word's end
//! as S, KH as H, an H before a consonant or at the end is mute, Q is K, doubled letters are single, Y, IE and, but for short names, E are I, Javanese O is A. The trap: Z~S
//! at a word's start and K~KH are left apart, because J~S and H~K would follow and make one key of JUMIATI and SUMIATI.

use super::old_spelling::modernize;

/// Keys of the tokens, in the tokens' order, joined by one space.
///
/// ```text
/// "SAEFUL", "SYAIFUL", "SAIPUL"  → SAIPUL
/// "SUMIYATI", "SUMIATI"          → SUMIATI
/// "SUHARTO", "SUHARTA"           → SUHARTA
/// ```
pub fn key(standard_name: &str) -> String {
    let mut keys = String::with_capacity(standard_name.len());
    for token in standard_name.split(' ').filter(|token| !token.is_empty()) {
        if !keys.is_empty() {
            keys.push(' ');
        }
        push_token(&mut keys, token);
    }
    keys
}

/// The key of one token.
pub fn token_key(token: &str) -> String {
    let mut key = String::with_capacity(token.len());
    push_token(&mut key, token);
    key
}

fn push_token(keys: &mut String, token: &str) {
    let mut modern = token.to_owned();
    modernize(&mut modern);
    let consonants = consonants(modern.as_bytes());
    let start = keys.len();
    vowels(&consonants, token.len(), keys);
    trim_end(keys, start);
    if keys.len() == start {
        keys.push_str(token);
    }
}

/// Consonants by sound; vowels as they are.
fn consonants(word: &[u8]) -> Vec<u8> {
    let mut heard: Vec<u8> = Vec::with_capacity(word.len());
    let mut at = 0;
    while at < word.len() {
        let (byte, next) = (word[at], word.get(at + 1).copied().unwrap_or(0));
        let last = at + 1 == word.len();
        let (sound, length) = match (byte, next) {
            (b'S', b'H') => (b'S', 2),
            // SYARIF, but SUSY ends in a vowel.
            (b'S', b'Y') if word.get(at + 2).is_some_and(|after| is_vowel(*after)) => (b'S', 2),
            (b'K', b'H') => (b'H', 2),
            (b'C', b'H') => (b'C', 2),
            (b'C', b'K') => (b'K', 2),
            (b'P', b'H') => (b'P', 2),
            (b'D' | b'T' | b'B' | b'G' | b'R' | b'L', b'H') => (byte, 2),
            (b'F' | b'V', _) => (b'P', 1),
            (b'Q', _) => (b'K', 1),
            (b'C', next) if last || (is_consonant(next) && next != b'C') => (b'K', 1),
            (b'Z', _) if last => (b'S', 1),
            (b'Z', _) => (b'J', 1),
            (b'X', _) => {
                heard.extend_from_slice(b"KS");
                at += 1;
                continue;
            }
            _ => (byte, 1),
        };
        at += length;
        // RAHMAT, RAKHMAT and RAMAT; a final H is mute too.
        let mute = sound == b'H' && !heard.is_empty() && word.get(at).is_none_or(|next| is_consonant(*next) && *next != b'Y');
        if !mute && (heard.last() != Some(&sound) || is_vowel(sound)) {
            heard.push(sound);
        }
    }
    heard
}

/// Vowels by sound, glides between vowels dropped, doubled ones single.
fn vowels(word: &[u8], length: usize, keys: &mut String) {
    let start = keys.len();
    for (at, byte) in word.iter().copied().enumerate() {
        let before = at.checked_sub(1).map(|at| word[at]);
        let after = word.get(at + 1).copied();
        let glide = before.is_some_and(|before| (byte == b'W' && before == b'U') || (byte == b'Y' && matches!(before, b'I' | b'E')))
            && after.is_some_and(|after| is_vowel(after) || after == b'Y');
        if glide {
            continue;
        }
        // A first Y is a consonant: YENI is no ENI.
        if at == 0 && byte == b'Y' && after.is_some_and(is_vowel) {
            keys.push('Y');
            continue;
        }
        let sound = match byte {
            b'Y' => 'I',
            // In short names the vowel is all that tells them apart: EKA and IKA, ANI and ONI, TOMI and TAMI.
            b'E' if length >= 4 => 'I',
            b'O' if length >= 5 => 'A',
            other => char::from(other),
        };
        if keys.len() > start && keys.ends_with(sound) {
            continue;
        }
        keys.push(sound);
    }
}

/// Final stops lose their voice (YAKUB, YAKUP; AHMAD, AHMAT) and a final K goes where enough is left (DATUK, DATU).
fn trim_end(keys: &mut String, start: usize) {
    let devoiced = match &keys.as_bytes()[start..] {
        [.., b'D'] => Some('T'),
        [.., b'B'] => Some('P'),
        [.., b'J'] => Some('S'),
        [.., b'N', b'G'] => None,
        [.., b'G'] => Some('K'),
        _ => None,
    };
    if let Some(devoiced) = devoiced
        && keys.len() - start > 1
    {
        keys.pop();
        keys.push(devoiced);
    }
    if keys.len() - start > 4 && keys.ends_with('K') {
        keys.pop();
    }
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'A' | b'E' | b'I' | b'O' | b'U')
}

fn is_consonant(byte: u8) -> bool {
    byte.is_ascii_alphabetic() && !is_vowel(byte)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::io::Write;

    use padan_reference::{SPELLINGS_CSV, name_lists, variant_rules};
    use proptest::prelude::*;

    use super::*;
    use crate::name::standard;

    /// Shown by `--nocapture`.
    fn report(line: &str) {
        writeln!(std::io::stderr(), "{line}").expect("stderr takes a line");
    }

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for (a, b) in [
            ("FITRI", "PITRI"),
            ("ALFIN", "ALVIN"),
            ("ZAENAB", "JAENAB"),
            ("SAEFUL", "SYAIPUL"),
            ("KHOLIFAH", "HOLIFAH"),
            ("WARDHANA", "WARDANA"),
            ("MARTHONO", "MARTONO"),
            ("SUSI", "SUSY"),
            ("SUSI", "SUSIE"),
            ("SUHARTO", "SUHARTA"),
            ("ROHIM", "RAHIM"),
            ("SUMIYEM", "SUMIYIM"),
            ("YENI", "YINI"),
            ("SUMIYATI", "SUMIATI"),
            ("TAUFIQ", "TAUFIK"),
            ("HIDAYATTULLAH", "HIDAYATULLOH"),
            ("FATIMAH", "FATIMA"),
            ("DATUK", "DATU"),
            ("RAKHMAT", "RACHMAT"),
            ("SOLEH", "SHOLEH"),
            ("YAKUB", "YAKUP"),
            ("DICKY", "DIKI"),
            ("SUWARNO", "SUARNO"),
            ("AZIZ", "AZIS"),
        ] {
            assert_eq!(token_key(a), token_key(b), "{a} ~ {b}");
        }
    }

    #[test]
    fn different_names_do_not() {
        for (a, b) in [
            ("JUMIATI", "SUMIATI"),
            ("HADI", "ADI"),
            ("BUDI", "RUDI"),
            ("ANIK", "ANI"),
            ("SUTINI", "SUTINAH"),
            ("KARIM", "HARIM"),
            ("DEDI", "DODI"),
        ] {
            assert_ne!(token_key(a), token_key(b), "{a} ≁ {b}");
        }
    }

    /// Share of shipped spelling pairs whose keys agree; printed with `--nocapture`.
    #[test]
    fn the_shipped_spellings_agree() {
        let (mut agree, mut pairs, mut apart) = (0_u32, 0_u32, Vec::new());
        for line in SPELLINGS_CSV.lines().skip(1) {
            let Some((_, forms)) = line.split_once(',') else { continue };
            let forms: Vec<String> = forms.split('|').map(|form| standard(form).nama.unwrap_or_default()).collect();
            for (at, a) in forms.iter().enumerate() {
                for b in &forms[at + 1..] {
                    pairs += 1;
                    if key(a) == key(b) { agree += 1 } else { apart.push(format!("{a}/{b}")) }
                }
            }
        }
        report(&format!("spellings: {agree} of {pairs} pairs agree; apart: {apart:?}"));
        assert!(f64::from(agree) >= 0.75 * f64::from(pairs), "{agree} of {pairs}");
    }

    #[test]
    fn the_shipped_families_agree() {
        let (mut agree, mut pairs, mut apart) = (0_u32, 0_u32, Vec::new());
        for rule in variant_rules().iter().filter(|rule| matches!(rule.class, "depan" | "belakang")) {
            for form in &rule.forms {
                pairs += 1;
                let keys = [rule.canonical, form].map(|form| key(&standard(&format!("{form} SANTOSO")).nama.unwrap_or_default()));
                if keys[0] == keys[1] { agree += 1 } else { apart.push(format!("{}/{form}", rule.canonical)) }
            }
        }
        report(&format!("families: {agree} of {pairs} forms agree; apart: {apart:?}"));
        assert!(f64::from(agree) >= 0.97 * f64::from(pairs), "{agree} of {pairs}");
    }

    #[test]
    fn different_shipped_names_seldom_collide() {
        let lists = name_lists();
        let names: BTreeSet<String> = [&lists.male_first, &lists.male_last, &lists.female_first, &lists.female_last]
            .into_iter()
            .flatten()
            .filter_map(|name| standard(name).nama)
            .filter(|name| !name.contains(' '))
            .collect();
        let mut by_key: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for name in &names {
            by_key.entry(token_key(name)).or_default().push(name);
        }
        let shared: Vec<_> = by_key.values().filter(|names| names.len() > 1).collect();
        let pairs: usize = shared.iter().map(|names| names.len() * (names.len() - 1) / 2).sum();
        let colliding: usize = shared.iter().map(|names| names.len()).sum();
        report(&format!("{} names, {} keys; {colliding} names share a key, {pairs} pairs: {shared:?}", names.len(), by_key.len()));
        assert!(colliding * 100 <= names.len() * 10, "{colliding} of {}", names.len());
    }

    proptest! {
        #[test]
        fn any_text_has_a_key(text in "\\PC{0,30}") {
            key(&text);
        }

        #[test]
        fn every_name_has_one_key_a_token(text in "[A-Z]{1,9}( [A-Z]{1,9}){0,3}") {
            prop_assert_eq!(key(&text).split(' ').filter(|key| !key.is_empty()).count(), text.split(' ').count());
        }
    }
}
