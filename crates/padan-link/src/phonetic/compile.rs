//! From the text of a rule file to compiled steps. The grammar stands in the folder's `mod.rs`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::step::{EDGE, Element, Rule, Set, Step};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    #[serde(default)]
    classes: BTreeMap<String, String>,
    #[serde(rename = "step")]
    steps: Vec<RawStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawStep {
    name: String,
    #[serde(default)]
    only_if: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    min_length: usize,
    #[serde(default)]
    squeeze: Option<String>,
    #[serde(default)]
    rules: Vec<String>,
}

/// Rules of a step, at most.
const MOST_RULES: usize = 10_000;

/// Compiles all steps of a file.
pub(super) fn steps(text: &str) -> Result<Vec<Step>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut classes = BTreeMap::new();
    for (name, letters) in &file.classes {
        let mut set = Set::default();
        for byte in letters.bytes() {
            if !byte.is_ascii_lowercase() {
                return Err(format!("class `{name}`: expected letters a to z"));
            }
            set = set.with(byte);
        }
        classes.insert(name.as_str(), set);
    }
    let any = (b'a'..=b'z').chain(b'0'..=b'9').fold(Set::default(), Set::with);
    let compiler = Compiler { classes, any };
    file.steps.iter().map(|step| compiler.step(step).map_err(|error| format!("step `{}`: {error}", step.name))).collect()
}

struct Compiler<'a> {
    classes: BTreeMap<&'a str, Set>,
    any: Set,
}

impl Compiler<'_> {
    fn step(&self, raw: &RawStep) -> Result<Step, String> {
        let contexts = |texts: &[String]| -> Result<Vec<Vec<Element>>, String> {
            texts
                .iter()
                .map(|text| match self.context(text) {
                    Ok(elements) if elements.is_empty() => Err("an empty condition".to_owned()),
                    other => other.map_err(|error| format!("condition `{text}`: {error}")),
                })
                .collect()
        };
        let squeeze = match &raw.squeeze {
            None => Set::default(),
            Some(text) => match self.target(text).map_err(|error| format!("squeeze `{text}`: {error}"))?.as_slice() {
                [set] => *set,
                _ => return Err(format!("squeeze `{text}`: expected one set, such as `[aeiou]`, `<class>` or `.`")),
            },
        };
        if raw.rules.len() > MOST_RULES {
            return Err(format!("more than {MOST_RULES} rules"));
        }
        let rules: Vec<Rule> =
            raw.rules.iter().map(|text| self.rule(text).map_err(|error| format!("rule `{text}`: {error}"))).collect::<Result<_, _>>()?;
        let begins = |letter: u8| (0..).zip(&rules).filter(|(_, rule)| rule.target[0].has(letter)).map(|(at, _): (u16, _)| at).collect();
        let by_letter = (0..128).map(begins).collect();
        Ok(Step { only_if: contexts(&raw.only_if)?, unless: contexts(&raw.unless)?, min_length: raw.min_length, squeeze, rules, by_letter })
    }

    fn rule(&self, text: &str) -> Result<Rule, String> {
        let (target, rest) = split_target(text).ok_or("no `>`")?;
        let (replacement, context) = match rest.split_once('/') {
            None => (rest, None),
            Some((replacement, context)) => (replacement, Some(context)),
        };
        let (left, right) = match context {
            None => ("", ""),
            Some(context) => context.split_once('_').ok_or("no `_` in the context")?,
        };
        let target = self.target(target)?;
        if target.is_empty() {
            return Err("no target".to_owned());
        }
        let replacement: Vec<u8> = replacement.bytes().filter(|byte| *byte != b' ').collect();
        if let Some(wrong) = replacement.iter().find(|byte| !byte.is_ascii_lowercase() && !byte.is_ascii_digit()) {
            return Err(format!("`{}` in the replacement: expected letters a to z or digits", char::from(*wrong).escape_default()));
        }
        let mut left = self.context(left)?;
        left.reverse();
        Ok(Rule { target, replacement, left, right: self.context(right)? })
    }

    /// Elements that each stand for one letter.
    fn target(&self, text: &str) -> Result<Vec<Set>, String> {
        let elements = self.context(text)?;
        if elements.iter().any(|element| element.many || element.set.has(EDGE)) {
            return Err("`#` and `*` stand in contexts only".to_owned());
        }
        Ok(elements.into_iter().map(|element| element.set).collect())
    }

    fn context(&self, text: &str) -> Result<Vec<Element>, String> {
        let mut elements: Vec<Element> = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (set, after) = match rest.strip_prefix('[') {
                Some(inner) => {
                    let (inner, after) = inner.split_once(']').ok_or("`[` without `]`")?;
                    (self.set(inner)?, after)
                }
                None => self.single(rest)?,
            };
            let (many, after) = after.strip_prefix('*').map_or((false, after), |after| (true, after));
            if many && (set.has(EDGE) || elements.iter().any(|element| element.many)) {
                return Err("`*` follows letters, and stands once in a context".to_owned());
            }
            elements.push(Element { set, many });
            rest = after.trim_start();
        }
        Ok(elements)
    }

    /// What stands between brackets.
    fn set(&self, inner: &str) -> Result<Set, String> {
        let (negated, mut rest) = inner.strip_prefix('^').map_or((false, inner), |rest| (true, rest));
        let mut set = Set::default();
        while !rest.is_empty() {
            let (element, after) = self.single(rest)?;
            set = Set(set.0 | element.0);
            rest = after.trim_start();
        }
        match (negated, set == Set::default()) {
            (_, true) => Err("an empty set".to_owned()),
            (true, _) if set.has(EDGE) => Err("`#` in a set with `^`: no such set holds the edge".to_owned()),
            (true, _) => Ok(Set(self.any.0 & !set.0)),
            (false, _) => Ok(set),
        }
    }

    /// A letter, `.`, `#` or `<class>` at the beginning of `rest`, and what follows.
    fn single<'t>(&self, rest: &'t str) -> Result<(Set, &'t str), String> {
        let first = rest.chars().next().ok_or("nothing where an element should be")?;
        if first == '<' {
            let (name, after) = rest[1..].split_once('>').ok_or("`<` without `>`")?;
            let set = self.classes.get(name).copied();
            return set
                .map(|set| (set, after))
                .ok_or_else(|| format!("no class `{name}`{}", crate::prepare::nearest(name, self.classes.keys().copied())));
        }
        let set = match first {
            '.' => self.any,
            '#' => Set::default().with(EDGE),
            'a'..='z' | '0'..='9' => Set::default().with(first as u8),
            other => return Err(format!("`{}`: expected a letter a to z, a digit, `.`, `#`, `<class>` or `[…]`", other.escape_default())),
        };
        Ok((set, &rest[1..]))
    }
}

/// Splits a rule at the `>` that closes no class.
fn split_target(text: &str) -> Option<(&str, &str)> {
    let mut open = false;
    for (at, character) in text.char_indices() {
        match character {
            '<' => open = true,
            '>' if open => open = false,
            '>' => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}
