//! Phonetic keys as data: rewrite rules of a file, compiled once and run over tokens.
//!
//! A file (TOML) is a list of steps, run one after the other; each rewrites the token from left to right. Grammar:
//!
//! ```text
//! file     = [classes] name = "letters" …   [[step]] …
//! step     = name = "…"                     what it is for
//!            only-if = ["context", …]       the step is left out where the token, as it stands, matches none
//!            unless = ["context", …]        … or any of these
//!            min-length = n                 … or came in with fewer letters
//!            rules = ["rule", …]            the first that matches where the pointer stands is applied, and the pointer moves behind its
//!                                           target; a letter that no rule takes is copied
//!            squeeze = "set"                letters of the set that would be written twice in a row are written once
//! rule     = target ">" replacement [ "/" left "_" right ]
//! target   = element+          replacement = letters, none to drop the target
//! left     = right = context = { element [ "*" ] | "#" }     # is the token's edge; * any number of it, once in a context
//! element  = letter | "." any letter | "<class>" | "[" (letter | "<class>" | "#")+ "]" | "[^" (letter | "<class>")+ "]"
//! ```
//!
//! `c > s / _[eiy]` is soft C, `h > / <vowel>_#` drops a final H, `[aeiou] > a / ._` makes one vowel of all but a first. Contexts see the
//! token as the step found it, and an exception is a rule that changes nothing, put first: `c > c / _h`. Spaces mean nothing. Rules see
//! lower-case ASCII; a token with other letters, of more
//! than 64, or with none left at the end, is its own key.

mod compile;
mod step;

use step::Step;

use crate::LinkError;
use crate::hash::FixedMap;

/// Letters of a token that rules are run on: no name has more.
const LONGEST: usize = 64;

/// Compiled rules.
#[derive(Debug, Clone)]
pub struct Phonetics {
    steps: Vec<Step>,
}

impl Phonetics {
    /// Compiles a rule file's text.
    ///
    /// # Errors
    /// What is wrong, with the step and rule.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        Self::compile(text).map_err(|error| LinkError::Model(format!("phonetic rules: {error}")))
    }

    pub(crate) fn compile(text: &str) -> Result<Self, String> {
        Ok(Self { steps: compile::steps(text)? })
    }

    /// The key of every token of a text, in the same order, one space between them.
    pub fn keys(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        Memo::new(self).push_keys(text, &mut out);
        out
    }

    fn push_key(&self, token: &str, (word, next): (&mut Vec<u8>, &mut Vec<u8>), out: &mut String) {
        if token.len() > LONGEST || !token.is_ascii() {
            out.push_str(token);
            return;
        }
        word.clear();
        word.extend(token.bytes().map(|byte| byte.to_ascii_lowercase()));
        for step in &self.steps {
            if step.applies(word, token.len()) {
                next.clear();
                step.rewrite(word, next);
                std::mem::swap(word, next);
            }
        }
        if word.is_empty() {
            out.push_str(token);
        } else {
            out.extend(word.iter().map(|byte| char::from(*byte)));
        }
    }
}

/// Keys of many texts: tokens come again, and a look is cheaper than the rules.
pub(crate) struct Memo<'a> {
    phonetics: &'a Phonetics,
    keys: FixedMap<Box<str>, Box<str>>,
    word: Vec<u8>,
    next: Vec<u8>,
}

impl<'a> Memo<'a> {
    pub(crate) fn new(phonetics: &'a Phonetics) -> Self {
        Self { phonetics, keys: FixedMap::default(), word: Vec::new(), next: Vec::new() }
    }

    /// Appends the keys of a text's tokens.
    pub(crate) fn push_keys(&mut self, text: &str, out: &mut String) {
        let start = out.len();
        for token in text.split(' ').filter(|token| !token.is_empty()) {
            if out.len() > start {
                out.push(' ');
            }
            if let Some(key) = self.keys.get(token) {
                out.push_str(key);
                continue;
            }
            let at = out.len();
            self.phonetics.push_key(token, (&mut self.word, &mut self.next), out);
            self.keys.insert(token.into(), out[at..].into());
        }
    }
}

#[cfg(test)]
mod tests;
