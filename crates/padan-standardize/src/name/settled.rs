//! Names that no rule touches, told apart quickly: three quarters of all.
//!
//! Errs on the side of doubt: a name is settled only where every rule's trigger is absent; a test holds this against the rules
//! themselves.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use super::{balinese, compound, connector, family, old_spelling, title};
use crate::memo::FixedHasher;

type Words = HashSet<&'static str, BuildHasherDefault<FixedHasher>>;

/// Words that some rule looks for.
static TRIGGERS: LazyLock<Words> = LazyLock::new(|| {
    let lists = [title::words(), connector::words_of_rule(), family::words(), compound::WORDS.to_vec(), balinese::words()];
    lists.into_iter().flatten().collect()
});

/// Whether a folded name is its own standard form for sure.
pub(super) fn is_settled(folded: &str) -> bool {
    !folded.is_empty() && folded.split(' ').all(is_untouched)
}

fn is_untouched(token: &str) -> bool {
    token.len() >= 2
        && token.bytes().all(|byte| byte.is_ascii_uppercase())
        && !TRIGGERS.contains(token)
        && !old_spelling::has_sign(token)
        && !compound::starts_joined(token)
        && !balinese::is_joined(token)
}

#[cfg(test)]
mod tests {
    use padan_reference::{KEMBARAN_JSON, name_lists};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn most_names_are_settled_and_none_that_a_rule_rewrites() {
        let names = &name_lists().male_first;
        let folded: Vec<String> = names.iter().map(|name| crate::text::fold(name)).collect();
        let settled = folded.iter().filter(|name| is_settled(name)).count();
        assert!(settled * 10 >= folded.len() * 9, "{settled} of {}", folded.len());
        for rewritten in
            ["MOCH ALI", "ABDURRAHMAN", "NUR HAYATI", "TJAHJO", "AHMAD BIN ALI", "SLAMET ALM", "RINA SE", "H ALI", "IWAYAN", "BORU SIREGAR"]
        {
            assert!(!is_settled(rewritten), "{rewritten}");
        }
    }

    proptest! {
        #[test]
        fn a_settled_name_is_what_the_rules_make_of_it(tokens in proptest::collection::vec(proptest::sample::select(
            KEMBARAN_JSON.split('"').chain(["BIN", "ALM", "NUR", "ABDUL", "ST", "SE", "DKK", "WAYAN", "NI", "BR", "BORU", "KH", "MUHAMMADALI", "NURUL", "COK", "TUAN", "GURU"]).map(str::to_uppercase).filter(|word| word.bytes().all(|b| b.is_ascii_uppercase()) && !word.is_empty()).collect::<Vec<_>>()), 1..5)) {
            let name = tokens.join(" ");
            if is_settled(&name) {
                prop_assert_eq!(super::super::by_rules(&name).nama, Some(name));
            }
        }
    }
}
