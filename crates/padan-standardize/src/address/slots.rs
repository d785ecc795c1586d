//! The words of a line without RT and RW → street, block, number, dusun; region names left out.

use super::Address;
use super::words::Token;

/// What the words at hand belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// Nothing has been said: a street or a hamlet without its word.
    Free,
    Street,
    Dusun,
    Region,
}

/// What a word announces.
enum Announces {
    Street,
    /// GANG, LORONG, PERUM, KOMPLEK: part of the street, the word kept.
    Within,
    Dusun,
    Region,
    Number,
    Block,
}

fn announces(word: &str) -> Option<Announces> {
    Some(match word {
        "JALAN" => Announces::Street,
        "GANG" | "LORONG" | "PERUM" | "KOMPLEK" => Announces::Within,
        "DUSUN" | "LINGKUNGAN" | "BANJAR" | "DUKUH" | "KAMPUNG" | "JORONG" => Announces::Dusun,
        "DESA" | "KELURAHAN" | "KECAMATAN" | "KABUPATEN" | "PROVINSI" | "DISTRIK" => Announces::Region,
        "NO" => Announces::Number,
        "BLOK" => Announces::Block,
        _ => return None,
    })
}

/// Words by slot.
#[derive(Default)]
struct Parts {
    free: Vec<String>,
    street: Vec<String>,
    dusun: Vec<String>,
    is_street: bool,
    nomor: Option<String>,
    blok: Option<String>,
}

impl Parts {
    fn words(&mut self, slot: Slot) -> Option<&mut Vec<String>> {
        match slot {
            Slot::Free => Some(&mut self.free),
            Slot::Street => Some(&mut self.street),
            Slot::Dusun => Some(&mut self.dusun),
            Slot::Region => None,
        }
    }
}

/// Fills an address from the tokens of a line; `regions` are bare names ([`bare_name`]) that the row states elsewhere.
pub(super) fn fill(line: &[Token], regions: &[&str]) -> Address {
    let mut parts = Parts::default();
    let mut slot = Slot::Free;
    let mut at = 0;
    while at < line.len() {
        at += 1;
        match &line[at - 1] {
            Token::Break => {
                if !matches!(slot, Slot::Region) {
                    slot = Slot::Free;
                }
            }
            Token::Slash => {}
            Token::Number { text, glued } => push(&mut parts, slot, &plain(text), *glued),
            Token::Word { text, glued } => {
                // A level word right after another is part of the name: JALAN KAMPUNG MELAYU.
                let named = parts.words(slot).is_none_or(|words| !words.is_empty()) || slot == Slot::Free;
                match announces(text).filter(|_| !glued) {
                    Some(Announces::Number) => at = house_number(line, at, &mut parts),
                    Some(Announces::Block) => at = block(line, at, &mut parts),
                    Some(Announces::Region) => slot = Slot::Region,
                    Some(Announces::Street) if named && parts.street.is_empty() => {
                        parts.is_street = true;
                        slot = Slot::Street;
                    }
                    Some(Announces::Within) if named => {
                        slot = Slot::Street;
                        parts.street.push(text.clone());
                    }
                    Some(Announces::Dusun) if named => slot = if parts.dusun.is_empty() { Slot::Dusun } else { Slot::Free },
                    _ => push(&mut parts, slot, text, *glued),
                }
            }
        }
    }
    finish(parts, regions)
}

/// Adds a word or number; one that is glued to its neighbour (`12A`, `C3`) stays so.
fn push(parts: &mut Parts, slot: Slot, text: &str, glued: bool) {
    let Some(words) = parts.words(slot) else { return };
    match words.last_mut() {
        Some(last) if glued => last.push_str(text),
        _ => words.push(text.to_owned()),
    }
}

/// `NO 12`, `NO 12A`, `NO 12 A`, `NO 12/3`, `NO C3`: sets it and returns where the line goes on.
fn house_number(line: &[Token], at: usize, parts: &mut Parts) -> usize {
    let mut number = String::new();
    let mut next = at;
    while let Some(token) = line.get(next) {
        match token {
            Token::Number { text, .. } if number.is_empty() || number.ends_with('/') => number.push_str(&plain(text)),
            Token::Number { text, glued: true, .. } => number.push_str(text),
            Token::Word { text, glued }
                if text.len() == 1 && (*glued || number.is_empty() || number.bytes().all(|byte| byte.is_ascii_digit())) =>
            {
                number.push_str(text);
            }
            Token::Slash if number.ends_with(|c: char| c.is_ascii_digit()) && line.get(next + 1).is_some_and(Token::is_number) => {
                number.push('/');
            }
            _ => break,
        }
        next += 1;
    }
    let number = number.trim_start_matches(['0', '/']).trim_end_matches('/');
    if number.contains(|c: char| matches!(c, '1'..='9')) {
        parts.nomor.get_or_insert_with(|| number.to_owned());
        next
    } else {
        at
    }
}

/// `BLOK C`, `BLOK C3`, `BLOK C/3`, `BLOK C 3`, `BLOK MANIS`.
fn block(line: &[Token], at: usize, parts: &mut Parts) -> usize {
    let mut block = String::new();
    let mut next = at;
    while let Some(token) = line.get(next) {
        match token {
            Token::Word { text, .. } if block.is_empty() && announces(text).is_none() => block.push_str(text),
            Token::Number { text, .. } if block.is_empty() || block.ends_with(|c: char| c.is_ascii_alphabetic()) => {
                block.push_str(&plain(text));
            }
            Token::Slash
                if !block.is_empty()
                    && line.get(next + 1).is_some_and(Token::is_number)
                    && !block.ends_with(|c: char| c.is_ascii_digit()) => {}
            _ => break,
        }
        next += 1;
    }
    if block.is_empty() {
        return at;
    }
    parts.blok.get_or_insert(block);
    next
}

/// A number without leading zeros.
fn plain(text: &str) -> String {
    let plain = text.trim_start_matches('0');
    if plain.is_empty() { "0".to_owned() } else { plain.to_owned() }
}

fn finish(mut parts: Parts, regions: &[&str]) -> Address {
    for name in regions.iter().rev() {
        strip_name(&mut parts.free, name, 0);
        strip_name(&mut parts.street, name, 1);
        strip_name(&mut parts.dusun, name, 1);
    }
    // A level word without a name says nothing.
    if parts.dusun.iter().all(|word| announces(word).is_some()) {
        parts.dusun.clear();
    }
    if parts.nomor.is_none() && ends_in_house(&parts.street) {
        parts.nomor = parts.street.pop();
    }
    // A street is named: what stands free is the hamlet, where none is named.
    if !parts.street.is_empty() && parts.dusun.is_empty() {
        parts.dusun = std::mem::take(&mut parts.free);
    }
    parts.is_street &= !parts.street.is_empty();
    let jalan = if parts.street.is_empty() { parts.free.join(" ") } else { parts.street.join(" ") };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let jalan = some(jalan);
    Address {
        is_street: parts.is_street,
        jalan,
        nomor: parts.nomor,
        blok: parts.blok,
        rt: None,
        rw: None,
        dusun: some(parts.dusun.join(" ")),
    }
}

/// Whether the standard line would be read as the same address for sure: plain words and numbers, no level word among them.
pub(super) fn is_settled(address: &Address) -> bool {
    let plain = |word: &str| {
        let letters = word.bytes().all(|byte| byte.is_ascii_uppercase())
            && announces(word).is_none()
            && !matches!(word, "RT" | "RW" | "RTRW")
            && super::words::is_full(word);
        letters || (word.bytes().all(|byte| byte.is_ascii_digit()) && !word.starts_with('0'))
    };
    let settled = |text: &Option<String>| text.as_deref().is_none_or(|text| text.split(' ').all(plain));
    settled(&address.dusun) && settled(&address.blok) && settled(&address.nomor) && settled(&address.jalan)
}

/// Whether a street's last word is a house's number: MELATI 12, MELATI 12A; not GANG 3, KM 12 or a lone number.
fn ends_in_house(street: &[String]) -> bool {
    let [.., before, last] = street else { return false };
    let digits = last.bytes().take_while(u8::is_ascii_digit).count();
    let named = !matches!(before.as_str(), "GANG" | "LORONG" | "KM" | "PERUM" | "KOMPLEK");
    named
        && digits > 0
        && !last.starts_with('0')
        && last.len() - digits <= 1
        && last[digits..].bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A region's name without blanks and level words, as [`fill`] looks for it.
pub(crate) fn bare_name(name: &str) -> String {
    crate::text::fold(name)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| {
            !matches!(*word, "KAB" | "KABUPATEN" | "KOTA" | "KEC" | "KECAMATAN" | "DESA" | "DS" | "KEL" | "KELURAHAN" | "PROVINSI" | "PROV")
        })
        .collect()
}

/// Takes a region's bare name off the end, in spite of blanks and its level word, leaving at least `keep` words.
fn strip_name(words: &mut Vec<String>, bare: &str, keep: usize) {
    if bare.is_empty() {
        return;
    }
    let mut rest = bare;
    for length in 1..=4.min(words.len().saturating_sub(keep)) {
        let tail = words.len() - length;
        let Some(before) = rest.strip_suffix(words[tail].as_str()) else { return };
        rest = before;
        if rest.is_empty() {
            words.truncate(tail);
            while words.len() > keep && matches!(words.last().map(String::as_str), Some("KOTA")) {
                words.pop();
            }
            return;
        }
    }
}
