//! The code list of one field: written value → standard code.

use std::collections::BTreeMap;

use padan_config::{CodeList, SourceProfile};
use padan_model::Field;

use crate::text::fold;

/// Code lists of a profile, ready to be looked up in.
#[derive(Debug, Clone, Default)]
pub(crate) struct CodeBook {
    lists: BTreeMap<Field, CodeList>,
}

impl CodeBook {
    pub(crate) fn new(profile: &SourceProfile) -> Self {
        Self { lists: profile.codes.clone() }
    }

    /// The standard code of a written value, in spite of `01` for `1`, `1.0`, and `1 - KEPALA` or `1. KEPALA`.
    ///
    /// The value is looked up as written, folded, as a number, and by its leading number, in that order.
    pub(crate) fn code(&self, field: Field, text: &str) -> Option<&str> {
        let values = &self.lists.get(&field)?.values;
        let trimmed = text.trim();
        let folded = fold(trimmed);
        let found = |key: &str| values.get(key).map(String::as_str);
        found(&folded).or_else(|| found(&trimmed.to_uppercase())).or_else(|| {
            let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = folded.split_at(digits);
            let rest = rest.strip_prefix(".0").unwrap_or(rest);
            if number.is_empty() || !(rest.is_empty() || rest.starts_with([' ', '-', '.', ')', ':'])) {
                return None;
            }
            let plain = number.trim_start_matches('0');
            found(number).or_else(|| found(if plain.is_empty() { "0" } else { plain }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_spite_of_how_it_is_written() {
        let values = [("0", "tidak"), ("1", "kepala"), ("KEPALA KELUARGA", "kepala"), ("ISTRI/SUAMI", "pasangan")];
        let list = CodeList { version: "test".into(), values: values.into_iter().map(|(a, b)| (a.into(), b.into())).collect() };
        let book = CodeBook { lists: BTreeMap::from([(Field::Hubungan, list)]) };
        for (text, code) in [
            ("1", Some("kepala")),
            ("01", Some("kepala")),
            ("1.0", Some("kepala")),
            ("1 - Kepala Keluarga", Some("kepala")),
            ("1. Kepala", Some("kepala")),
            ("kepala  keluarga", Some("kepala")),
            ("Istri/Suami", Some("pasangan")),
            ("00", Some("tidak")),
            ("12", None),
            ("1A", None),
            ("", None),
        ] {
            assert_eq!(book.code(Field::Hubungan, text), code, "{text}");
        }
        assert_eq!(book.code(Field::JenisKelamin, "1"), None);
    }
}
