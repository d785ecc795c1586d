//! Other spellings of a name, out of the shipped table of Indonesian name families.
//!
//! Whole words change by their family (MUHAMMAD, MOCH., MUH), sounds change inside a word (F/P, Z/J, U/OE, a doubled letter, a last H).

use std::collections::BTreeMap;

use padan_reference::variant_rules;

use crate::dice::Dice;

/// The rules, ready to draw from.
#[derive(Debug)]
pub(crate) struct Spellings {
    /// A written word of a family → the family's forms, the canonical one first.
    words: BTreeMap<&'static str, usize>,
    families: Vec<Vec<&'static str>>,
    /// Sound as written → another writing of it.
    sounds: Vec<(&'static str, &'static str)>,
}

/// Letters that a common name may double or lose.
const DOUBLED: [char; 8] = ['M', 'L', 'T', 'N', 'S', 'R', 'D', 'A'];

impl Spellings {
    pub(crate) fn shipped() -> Self {
        let (mut words, mut families, mut sounds) = (BTreeMap::new(), Vec::new(), Vec::new());
        for rule in variant_rules() {
            match rule.class {
                "depan" | "belakang" => {
                    let mut forms = vec![rule.canonical];
                    // A lone "A" or "M" may stand for anything; the dotted forms say enough.
                    forms.extend(rule.forms.iter().copied().filter(|form| form.len() > 1));
                    for form in &forms {
                        words.entry(*form).or_insert(families.len());
                    }
                    families.push(forms);
                }
                "bunyi" | "ejaan_lama" => {
                    for form in &rule.forms {
                        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase());
                        if plain(rule.canonical) && plain(form) {
                            sounds.push((rule.canonical, *form));
                            // Old spelling is left, not taken up; the other sounds go both ways.
                            if rule.class == "bunyi" {
                                sounds.push((*form, rule.canonical));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Self { words, families, sounds }
    }

    /// The name in another spelling; `None` where no rule that was drawn fits.
    pub(crate) fn other(&self, name: &str, dice: &mut Dice) -> Option<String> {
        let tokens: Vec<&str> = name.split(' ').collect();
        for _ in 0..4 {
            let at = dice.below(tokens.len());
            let token = tokens[at];
            if let Some(family) = self.words.get(token) {
                let form = dice.pick(&self.families[*family]);
                if form != token {
                    return Some(join(&tokens, at, form));
                }
            } else if token.len() > 3
                && let Some(changed) = self.sound(token, dice)
            {
                return Some(join(&tokens, at, &changed));
            }
        }
        None
    }

    fn sound(&self, token: &str, dice: &mut Dice) -> Option<String> {
        match dice.below(8) {
            0 => token.strip_suffix('H').map(str::to_owned).or_else(|| token.ends_with('A').then(|| format!("{token}H"))),
            1 => {
                let letters: Vec<(usize, char)> = token.char_indices().collect();
                let twin = letters.windows(2).find(|pair| pair[0].1 == pair[1].1).map(|pair| pair[0].0);
                if let Some(twin) = twin {
                    return Some(format!("{}{}", &token[..twin], &token[twin + 1..]));
                }
                letters
                    .iter()
                    .skip(1)
                    .find(|(_, letter)| DOUBLED.contains(letter))
                    .map(|(at, letter)| format!("{}{letter}{}", &token[..*at], &token[*at..]))
            }
            _ => {
                let start = dice.below(self.sounds.len());
                (0..self.sounds.len()).map(|step| self.sounds[(start + step) % self.sounds.len()]).take(12).find_map(|(from, to)| {
                    let at = token.find(from)?;
                    Some(format!("{}{to}{}", &token[..at], &token[at + from.len()..]))
                })
            }
        }
    }
}

fn join(tokens: &[&str], at: usize, form: &str) -> String {
    let mut name = String::with_capacity(32);
    for (index, token) in tokens.iter().enumerate() {
        if index > 0 {
            name.push(' ');
        }
        name.push_str(if index == at { form } else { token });
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn families_and_sounds_are_drawn() {
        let spellings = Spellings::shipped();
        let mut dice = Dice::new(1, 1, 1);
        let found: BTreeSet<String> = (0..400).filter_map(|_| spellings.other("MUHAMMAD FAUZI", &mut dice)).collect();
        assert!(found.contains("MOCH. FAUZI") && found.contains("MUH FAUZI"), "{found:?}");
        assert!(found.iter().any(|name| name.ends_with("PAUZI")), "{found:?}");
        assert!(!found.contains("MUHAMMAD FAUZI"));
        let found: BTreeSet<String> = (0..400).filter_map(|_| spellings.other("SUKARNO", &mut dice)).collect();
        assert!(found.contains("SOEKARNO"), "{found:?}");
    }
}
