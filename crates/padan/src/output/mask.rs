//! Masks what names a person: NIK and KK keep province and kab/kota, names become initials.

/// Replaces every run of 14 or more digits by its first four and stars: `3201015708900003` → `3201************`. Fourteen, since a NIK
/// that lost a digit or two still points at one person; shorter runs are dates, codes and quantities.
pub(crate) fn mask_identifiers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain(['\0']) {
        if letter.is_ascii_digit() {
            run.push(letter);
            continue;
        }
        if run.len() >= 14 {
            masked.push_str(&run[..4]);
            masked.push_str(&"*".repeat(run.len() - 4));
        } else {
            masked.push_str(&run);
        }
        run.clear();
        if letter != '\0' {
            masked.push(letter);
        }
    }
    masked
}

/// `SITI AMINAH` → `S. A.`
pub(crate) fn mask_name(name: &str) -> String {
    let initials: Vec<String> =
        name.split_whitespace().filter_map(|token| token.chars().next()).map(|initial| format!("{initial}.")).collect();
    initials.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_keep_the_region_only() {
        assert_eq!(mask_identifiers("3201015708900003"), "3201************");
        assert_eq!(mask_identifiers("NIK 3201015708900003, RT 003 2024-01-31"), "NIK 3201************, RT 003 2024-01-31");
        assert_eq!(mask_identifiers("32010157089000"), "3201**********");
    }

    #[test]
    fn names_become_initials() {
        assert_eq!(mask_name("SITI  AMINAH"), "S. A.");
        assert_eq!(mask_name(""), "");
    }
}
