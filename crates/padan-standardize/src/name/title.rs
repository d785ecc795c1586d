//! Titles and degrees: `DRS. H. BAMBANG, M.SI` → BAMBANG.
//!
//! Degrees are taken from the end, titles and honorifics from the front; the last word left is always a name. A final ST is a degree, a
//! first ST is SITI (`family.rs`). Titles of nobility (RADEN, TEUKU, CUT, LALU, BAIQ, ANDI, DAENG) are names and stay.

use std::collections::HashSet;
use std::sync::LazyLock;

use padan_reference::variant_rules;

/// Degrees of the shipped rules, without dots; recognized with or without them.
static DEGREES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let shipped = variant_rules().iter().filter(|rule| rule.class == "gelar_belakang").flat_map(|rule| rule.forms.iter());
    shipped.map(|form| form.replace('.', "")).collect()
});

/// Further degrees: unmistakable only with a dot or after a comma.
const DOTTED_DEGREES: [&str; 62] = [
    "SKED", "SGZ", "SIP", "SEI", "SPSI", "SIKOM", "SFARM", "SHUM", "SSI", "SS", "SP", "SSN", "STH", "STHI", "SHI", "SHUT", "SPI", "STR",
    "STRKEB", "SKG", "SKH", "SAK", "SAP", "SAN", "SPDSD", "SPDK", "SPDAUD", "SSTP", "SST", "SIK", "SPDH", "SAB", "SAKUN", "MA", "MKOM",
    "MTI", "MT", "MFARM", "MAK", "MAG", "MHUM", "MSC", "MBA", "MKES", "MKEP", "MPDI", "MAP", "MEI", "ME", "MP", "MKN", "MSN", "BA", "BSC",
    "AMK", "AMKEB", "AMAK", "AMDKEP", "APT", "PHD", "LC", "SPOG",
];

/// Titles before a name, without dots.
const TITLES: [&str; 37] = [
    "H", "HJ", "HAJI", "HAJJAH", "HAJAH", "KH", "KYAI", "KIAI", "KIYAI", "UST", "USTAD", "USTADZ", "USTADZAH", "USTAZ", "TGK", "TGH",
    "DRS", "DRA", "DR", "DRG", "DRH", "IR", "PROF", "IBU", "BU", "BAPAK", "BPK", "PAK", "MAK", "NY", "NYI", "NN", "TN", "SDR", "SDRI",
    "WARGA", "NYONYA",
];

/// Every word that this rule looks for.
pub(super) fn words() -> Vec<&'static str> {
    let degrees = DEGREES.iter().map(String::as_str).collect::<std::collections::BTreeSet<_>>();
    degrees.into_iter().chain(TITLES).chain(TRAILERS).chain(["TUAN"]).collect()
}

/// Words that end a name and are none.
const TRAILERS: [&str; 3] = ["DKK", "DLL", "CS"];

/// The words of a folded name without the degrees at its end.
///
/// ```text
/// "BAMBANG SUDIBYO, S. PD., M.SI" → BAMBANG SUDIBYO
/// "SANTOSO, BUDI"                 → SANTOSO BUDI (a comma may also part a swapped name)
/// ```
pub(super) fn strip_degrees(text: &str) -> Vec<&str> {
    let comma = text.find(',').unwrap_or(text.len());
    let mut words: Vec<(&str, bool)> = Vec::with_capacity(6);
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let after_comma = word.as_ptr() as usize - text.as_ptr() as usize > comma;
        words.push((word, after_comma));
    }
    while let Some(count) = degree_at_end(&words) {
        words.truncate(words.len() - count);
    }
    words.into_iter().map(|(word, _)| word).collect()
}

/// How many of the last words are one degree.
fn degree_at_end(words: &[(&str, bool)]) -> Option<usize> {
    (1..=3.min(words.len().saturating_sub(1))).find(|count| {
        let tail = &words[words.len() - count..];
        // `S. PD`: every word before the last is an abbreviation.
        let split = tail[..count - 1].iter().all(|(word, _)| word.len() <= 3 && word.ends_with('.'));
        let bare: String = tail.iter().flat_map(|(word, _)| word.chars()).filter(char::is_ascii_alphabetic).collect();
        let marked = tail.iter().any(|(word, after)| *after || word.contains('.'));
        split
            && (DEGREES.contains(&bare)
                || (marked && DOTTED_DEGREES.contains(&bare.as_str()))
                || (tail[0].1 && TITLES.contains(&bare.as_str())))
    })
}

/// Drops titles before and trailers and plain degrees after a name, down to its last token.
pub(super) fn strip_plain(tokens: &mut Vec<String>) {
    let mut front = 0;
    while front + 1 < tokens.len() {
        let rest = tokens.len() - front;
        let first = tokens[front].as_str();
        if TITLES.contains(&first) {
            front += 1;
        } else if rest > 2 && ((first == "K" && tokens[front + 1] == "H") || (first == "TUAN" && tokens[front + 1] == "GURU")) {
            front += 2;
        } else {
            break;
        }
    }
    tokens.drain(..front);
    while tokens.len() > 1 && tokens.last().is_some_and(|last| TRAILERS.contains(&last.as_str()) || DEGREES.contains(last.as_str())) {
        tokens.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_with_and_without_dots() {
        for (text, left) in [
            ("RINA, S.PD", vec!["RINA"]),
            ("RINA S.PD", vec!["RINA"]),
            ("RINA SPD", vec!["RINA"]),
            ("RINA S. PD.", vec!["RINA"]),
            ("RINA,S.KOM.,M.KOM.", vec!["RINA"]),
            ("RINA A. MD. KEB", vec!["RINA"]),
            ("RINA, H", vec!["RINA"]),
            ("RINA MA", vec!["RINA", "MA"]),
            ("RINA M.A.", vec!["RINA"]),
            ("S.PD", vec!["S.PD"]),
            ("SANTOSO, BUDI", vec!["SANTOSO", "BUDI"]),
        ] {
            assert_eq!(strip_degrees(text), left, "{text}");
        }
    }

    #[test]
    fn titles_leave_a_name() {
        for (text, left) in [
            ("DRS H BAMBANG", "BAMBANG"),
            ("H", "H"),
            ("HJ H", "H"),
            ("K H DEWANTARA", "DEWANTARA"),
            ("K H", "K H"),
            ("SLAMET DKK", "SLAMET"),
        ] {
            let mut tokens: Vec<String> = text.split(' ').map(str::to_owned).collect();
            strip_plain(&mut tokens);
            assert_eq!(tokens.join(" "), left, "{text}");
        }
    }
}
