//! Rule files by name: the shipped ones, and a caller's own.
//!
//! The engine knows no country. What is heard alike and what is short for what stands in files that a model names; those shipped are
//! data like any other, and a caller that reads files implements [`Resources`] to add its own.

use std::borrow::Cow;

use crate::LinkError;
use crate::prepare::nearest;

/// What a rule file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// Rewrite rules from spelling to sound.
    Phonetic,
    /// Short forms and what they stand for.
    Abbreviations,
}

/// Gives the text of rule files.
pub trait Resources: Sync {
    /// The text of one file.
    ///
    /// # Errors
    /// A name that is not known, a file that cannot be read.
    fn read(&self, kind: ResourceKind, name: &str) -> Result<Cow<'static, str>, LinkError>;
}

/// The files that come with the engine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shipped;

const PHONETIC: [(&str, &str); 2] =
    [("english", include_str!("../../phonetic/english.toml")), ("indonesian", include_str!("../../phonetic/indonesian.toml"))];
const ABBREVIATIONS: [(&str, &str); 2] = [
    ("english-address", include_str!("../../abbreviations/english-address.toml")),
    ("indonesian-address", include_str!("../../abbreviations/indonesian-address.toml")),
];

impl Shipped {
    /// Name and text of the shipped files of a kind.
    pub fn files(kind: ResourceKind) -> &'static [(&'static str, &'static str)] {
        match kind {
            ResourceKind::Phonetic => &PHONETIC,
            ResourceKind::Abbreviations => &ABBREVIATIONS,
        }
    }
}

impl Resources for Shipped {
    fn read(&self, kind: ResourceKind, name: &str) -> Result<Cow<'static, str>, LinkError> {
        let files = Self::files(kind);
        if let Some((_, text)) = files.iter().find(|(own, _)| *own == name) {
            return Ok(Cow::Borrowed(text));
        }
        let names: Vec<&str> = files.iter().map(|(own, _)| *own).collect();
        let what = match kind {
            ResourceKind::Phonetic => "phonetic rules",
            ResourceKind::Abbreviations => "abbreviations",
        };
        Err(LinkError::Model(format!("no {what} `{name}`{}; shipped are: {}", nearest(name, names.iter().copied()), names.join(", "))))
    }
}
