//! Facts of a row that are words of a short list: the profile's code list first, then the standard words themselves.
//!
//! A number without a code list means nothing (1 is *laki-laki* in one list and *ya* in another), except where every list agrees.

pub mod age;
pub mod alone;
pub mod civil_servant;
mod codebook;
pub mod death;
pub mod desil;
pub mod disability;
pub mod flag;
pub mod kinship;
pub mod marital;
pub mod members;
pub mod response;
pub mod school;
pub mod sex;

pub(crate) use codebook::CodeBook;

/// Whether one of `words` stands in the folded text as whole words.
pub(crate) fn has_word(text: &str, words: &[&str]) -> bool {
    let mut tokens = text.split(|c: char| !c.is_ascii_alphanumeric());
    tokens.any(|token| words.contains(&token))
}
