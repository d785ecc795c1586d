//! RT and RW in every form that lists have: `RT 001 RW 001`, `RT/RW 001/001`, `003/013`, `RT.3 RW.1`, `RT003/RW013`, `RW 03, RT 07`.
//!
//! Numbers are compared as numbers; 0 and more than 999 are missing. A bare pair counts only where no RT or RW is named, and not after NO
//! or BLOK (`NO 12/3` is a house).

use super::words::{Token, tokens};

/// RT and RW, 1 to 999 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RtRw {
    /// Rukun tetangga.
    pub rt: Option<i16>,
    /// Rukun warga.
    pub rw: Option<i16>,
}

/// Takes RT and RW out of a line, a break in their place; returns them and where the tokens after them begin.
pub(super) fn take(line: &mut Vec<Token>) -> (RtRw, usize) {
    let mut found = RtRw::default();
    let mut named = false;
    let mut after = line.len();
    let mut at = 0;
    while at < line.len() {
        let Some(length) = named_at(line, at, &mut found) else {
            at += 1;
            continue;
        };
        named = true;
        line.splice(at..at + length, [Token::Break]);
        at += 1;
        after = at;
    }
    if !named && let Some(at) = bare_pair(line) {
        found = RtRw { rt: number(line[at].text()), rw: number(line[at + 2].text()) };
        line.splice(at..at + 3, [Token::Break]);
        after = at + 1;
    }
    if named || after < line.len() {
        return (found, after.min(line.len()));
    }
    (found, line.len())
}

/// RT and RW of their own columns.
pub(super) fn columns(rt: Option<&str>, rw: Option<&str>) -> RtRw {
    let [first, second] = [rt, rw].map(|text| {
        let text = text.unwrap_or("").trim();
        let mut line = tokens(text.strip_suffix(".0").unwrap_or(text));
        let (found, _) = take(&mut line);
        (found, line.iter().find(|token| token.is_number()).and_then(|token| number(token.text())))
    });
    RtRw {
        rt: first.0.rt.or(first.1.filter(|_| first.0.rw.is_none())).or(second.0.rt),
        rw: second.0.rw.or(second.1.filter(|_| second.0.rt.is_none())).or(first.0.rw),
    }
}

/// A named RT or RW at `at`: sets it and returns how many tokens it takes.
fn named_at(line: &[Token], at: usize, found: &mut RtRw) -> Option<usize> {
    let Token::Word { text, .. } = &line[at] else { return None };
    let word = text.as_str();
    let mut next = at + 1;
    match word {
        "RT" | "RTRW" => {
            let slash = skip_slashes(line, next);
            let both = word == "RTRW" || (slash > next && is_word(line, slash, "RW"));
            next = if both && word == "RT" { slash + 1 } else { next };
            next = skip_slashes(line, next);
            if let Some(text) = digits(line, next) {
                next += 1;
                if text.len() == 6 {
                    (found.rt, found.rw) = (number(&text[..3]).or(found.rt), number(&text[3..]).or(found.rw));
                    return Some(next - at);
                }
                found.rt = number(text).or(found.rt);
                let pair = skip_slashes(line, next);
                if (pair > next || both)
                    && let Some(text) = digits(line, pair)
                {
                    found.rw = number(text).or(found.rw);
                    next = pair + 1;
                }
            }
        }
        "RW" => {
            let slash = skip_slashes(line, next);
            if let Some(text) = digits(line, slash) {
                found.rw = number(text).or(found.rw);
                next = slash + 1;
            }
        }
        _ => return None,
    }
    Some(next - at)
}

fn skip_slashes(line: &[Token], from: usize) -> usize {
    from + line[from.min(line.len())..].iter().take_while(|token| **token == Token::Slash).count()
}

fn is_word(line: &[Token], at: usize, word: &str) -> bool {
    matches!(line.get(at), Some(Token::Word { text, .. }) if text == word)
}

fn digits(line: &[Token], at: usize) -> Option<&str> {
    match line.get(at) {
        Some(Token::Number { text, .. }) => Some(text),
        _ => None,
    }
}

/// `003/013`: the last pair of two numbers of at most three digits that no word names.
fn bare_pair(line: &[Token]) -> Option<usize> {
    (0..line.len().saturating_sub(2)).rev().find(|at| {
        let pair = [*at, at + 2].map(|at| digits(line, at).filter(|text| text.len() <= 3));
        let [Some(rt), Some(rw)] = pair else { return false };
        let before = at.checked_sub(1).map(|before| &line[before]);
        let house = matches!(before, Some(Token::Word { text, .. }) if matches!(text.as_str(), "NO" | "BLOK" | "KM"))
            || matches!(before, Some(Token::Slash));
        let longer = matches!(line.get(at + 3), Some(Token::Slash)) || matches!(line.get(at + 3), Some(Token::Word { glued: true, .. }));
        let glued = matches!(line[*at], Token::Number { glued: true, .. });
        // A house such as 12/3 stands after a street without leading zeros.
        let zeros = rt.starts_with('0') || rw.starts_with('0') || rt.len() == 3 || before.is_none() || before.is_some_and(Token::is_break);
        line[at + 1] == Token::Slash && !house && !longer && !glued && zeros
    })
}

fn number(text: &str) -> Option<i16> {
    text.parse().ok().filter(|number| (1..=999).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_of_a_line() {
        for (line, rest, meant) in [
            ("KRAJAN RT 3/4 SUKAMAJU", "KRAJAN , SUKAMAJU", (Some(3), Some(4))),
            ("KRAJAN 003/004 SUKAMAJU", "KRAJAN , SUKAMAJU", (Some(3), Some(4))),
            ("JL MAWAR NO 12/3", "JALAN MAWAR NO 12 / 3", (None, None)),
            ("JL MAWAR 12/3 RT 3 RW 4", "JALAN MAWAR 12 / 3 , ,", (Some(3), Some(4))),
            ("TGL 01/02/2003", "TGL 01 / 02 / 2003", (None, None)),
            ("RT 3 RW", ", ,", (Some(3), None)),
        ] {
            let mut line_tokens = tokens(line);
            let (found, _) = take(&mut line_tokens);
            assert_eq!(line_tokens.iter().map(Token::text).collect::<Vec<_>>().join(" "), rest, "{line}");
            assert_eq!((found.rt, found.rw), meant, "{line}");
        }
    }
}
