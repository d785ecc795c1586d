//! How a name is miswritten: another spelling, a slip of the finger, words lost, joined or swapped, titles, aliases, cuts.

use crate::dice::Dice;
use crate::faults::NameFaults;
use crate::mistakes::Spellings;

/// Who bears the name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bearer<'a> {
    pub(crate) name: &'a str,
    pub(crate) father: &'a str,
    pub(crate) female: bool,
    pub(crate) adult: bool,
    pub(crate) learned: bool,
    /// Seeds the spelling that the person is used to.
    pub(crate) habit: u64,
}

/// Letters beside each other on a keyboard.
const BESIDE: [(&str, u8); 12] = [
    ("A", b'S'),
    ("S", b'A'),
    ("I", b'O'),
    ("O", b'I'),
    ("N", b'M'),
    ("M", b'N'),
    ("R", b'T'),
    ("T", b'R'),
    ("E", b'W'),
    ("U", b'I'),
    ("L", b'K'),
    ("H", b'J'),
];

/// Writes the name as a list has it, after whatever `out` holds already.
pub(crate) fn miswrite_name(out: &mut String, bearer: &Bearer, faults: &NameFaults, spellings: &Spellings, dice: &mut Dice) {
    let start = out.len();
    if dice.chance(faults.nickname) {
        let nickname = nickname(bearer, dice);
        out.push_str(&nickname);
        return;
    }
    // One draw decides whether anything happens at all: most names are copied as they stand.
    let worst = faults.variant
        + faults.typing
        + faults.missing_token
        + faults.merged_tokens
        + faults.swapped_tokens
        + faults.title
        + faults.alias
        + faults.truncated
        + faults.spaced
        + faults.nbsp;
    let draw = dice.unit();
    if draw >= worst {
        out.push_str(bearer.name);
        return;
    }
    let mut left = draw;
    let mut hit = |rate: f64| {
        left -= rate;
        left < 0.0 && left >= -rate
    };
    let single = !bearer.name.contains(' ');
    if hit(faults.variant) {
        let mut own = Dice::new(bearer.habit, 0, 1);
        let changed = if dice.chance(faults.habit) { spellings.other(bearer.name, &mut own) } else { spellings.other(bearer.name, dice) };
        out.push_str(changed.as_deref().unwrap_or(bearer.name));
        // Two mistakes in one name are not rare in a hand-written list.
        if dice.chance(faults.typing * 2.0) {
            let once = out.split_off(start);
            typing_error(out, &once, dice);
        }
    } else if hit(faults.typing) {
        typing_error(out, bearer.name, dice);
    } else if hit(faults.missing_token) {
        missing_token(out, bearer.name, dice);
    } else if hit(faults.merged_tokens) {
        out.push_str(&bearer.name.replacen(' ', "", 1));
    } else if hit(faults.swapped_tokens) && !single {
        let (first, rest) = bearer.name.split_once(' ').unwrap_or((bearer.name, ""));
        out.push_str(rest);
        out.push(' ');
        out.push_str(first);
    } else if hit(faults.title) {
        title(out, bearer, dice);
    } else if hit(faults.alias) {
        alias(out, bearer, dice);
    } else if hit(faults.truncated) {
        out.push_str(bearer.name.get(..faults.truncate_at).unwrap_or(bearer.name));
    } else if hit(faults.spaced) && bearer.name.len() < 9 {
        for letter in bearer.name.chars() {
            out.push(letter);
            out.push(' ');
        }
        out.pop();
    } else if hit(faults.nbsp) {
        out.push_str(&bearer.name.replacen(' ', "\u{a0}", 1));
    } else {
        out.push_str(bearer.name);
    }
}

/// One slip: a letter dropped, doubled, swapped with the next, or one beside it hit.
pub(crate) fn typing_error(out: &mut String, name: &str, dice: &mut Dice) {
    if name.len() < 3 || !name.is_ascii() {
        out.push_str(name);
        return;
    }
    let bytes = name.as_bytes();
    let mut at = 1 + dice.below(bytes.len() - 1);
    if bytes[at] == b' ' {
        at -= 1;
    }
    out.push_str(&name[..at]);
    match dice.below(4) {
        0 => out.push_str(&name[at + 1..]),
        1 => {
            out.push(bytes[at] as char);
            out.push_str(&name[at..]);
        }
        2 if at + 1 < bytes.len() && bytes[at + 1] != b' ' => {
            out.push(bytes[at + 1] as char);
            out.push(bytes[at] as char);
            out.push_str(&name[at + 2..]);
        }
        _ => {
            let beside = BESIDE.iter().find(|(letter, _)| letter.as_bytes()[0] == bytes[at]).map_or(b'E', |(_, beside)| *beside);
            out.push(beside as char);
            out.push_str(&name[at + 1..]);
        }
    }
}

fn missing_token(out: &mut String, name: &str, dice: &mut Dice) {
    let tokens: Vec<&str> = name.split(' ').collect();
    let gone = if tokens.len() < 2 { usize::MAX } else { dice.below(tokens.len()) };
    let start = out.len();
    for (at, token) in tokens.iter().enumerate() {
        if at != gone {
            if out.len() > start {
                out.push(' ');
            }
            out.push_str(token);
        }
    }
}

fn title(out: &mut String, bearer: &Bearer, dice: &mut Dice) {
    if bearer.learned && dice.chance(0.6) {
        out.push_str(bearer.name);
        out.push_str(dice.pick(&[", S.PD", ", SE", " S.PD", ", S.SOS", ", SH", ", AMD"]));
    } else if bearer.adult {
        let titles = if bearer.female { ["HJ. ", "HJ ", "IBU ", "NY. "] } else { ["H. ", "H ", "BPK ", "KH. "] };
        out.push_str(dice.pick(&titles));
        out.push_str(bearer.name);
    } else {
        out.push_str(bearer.name);
    }
}

fn alias(out: &mut String, bearer: &Bearer, dice: &mut Dice) {
    out.push_str(bearer.name);
    match dice.below(3) {
        0 => {
            out.push_str(if bearer.female { " BINTI " } else { " BIN " });
            out.push_str(bearer.father);
        }
        1 => {
            out.push_str(" ALIAS ");
            out.push_str(&nickname(bearer, dice));
        }
        _ => {
            out.push_str(" / ");
            out.push_str(&nickname(bearer, dice));
        }
    }
}

/// What neighbours call someone; it may share nothing with the name.
fn nickname(bearer: &Bearer, dice: &mut Dice) -> String {
    let mut own = Dice::new(bearer.habit, 0, 2);
    let (first, second) = if bearer.female {
        (
            own.pick(&["MAK ", "BU ", "NENG ", "", "", "", "YU "]),
            own.pick(&["IYEM", "TUTIK", "ENOK", "YUYUN", "NUNUNG", "IPAH", "TITI", "JUM", "LASMI", "ONAH", "SUM", "MAR"]),
        )
    } else {
        (
            own.pick(&["PAK ", "MBAH ", "MANG ", "", "", "", "WAK "]),
            own.pick(&["GIMIN", "OTONG", "JUPRI", "BEJO", "UCOK", "KOMPENG", "DUL", "EMAN", "UJANG", "SLAMET", "NO", "TARJO"]),
        )
    };
    let _ = dice;
    format!("{first}{second}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extracts::Extract;
    use crate::faults::Faults;

    #[test]
    fn most_names_stand_and_some_do_not() {
        let faults = Faults::shipped().expect("parses").of(Extract::Bdt).name;
        let spellings = Spellings::shipped();
        let mut dice = Dice::new(1, 1, 1);
        let bearer = Bearer { name: "MUHAMMAD RIZKI HIDAYAT", father: "SLAMET", female: false, adult: true, learned: false, habit: 5 };
        let written: Vec<String> = (0..4_000)
            .map(|_| {
                let mut out = String::new();
                miswrite_name(&mut out, &bearer, &faults, &spellings, &mut dice);
                out
            })
            .collect();
        let same = written.iter().filter(|name| *name == bearer.name).count();
        assert!((2_000..3_400).contains(&same), "{same}");
        assert!(written.iter().any(|name| name == "RIZKI HIDAYAT") && written.iter().any(|name| name == "MUHAMMADRIZKI HIDAYAT"));
    }
}
