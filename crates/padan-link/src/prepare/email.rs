//! E-mail addresses: `local@domain` in lower case.
//!
//! Example: `"J. Doe" <J.Doe+news@GoogleMail.com>` → `jdoe@gmail.com`. What follows a `+` is the owner's own label; dots mean nothing in
//! Gmail's addresses, and in no others. What looks like an address that has lost its `@` (`j.doe82example.org`) is kept as it is.

/// Letters and digits of a text without `@` that may be an address.
const SHORTEST: usize = 8;

/// Appends the address; nothing where there is none.
pub(super) fn email(value: &str, out: &mut String) {
    let inner = value.rsplit_once('<').map_or(value, |(_, rest)| rest.split('>').next().unwrap_or(rest)).trim();
    let lower = inner.to_lowercase();
    let bare = lower.strip_prefix("mailto:").unwrap_or(&lower);
    let Some((local, domain)) = bare.rsplit_once('@') else {
        if bare.chars().filter(|letter| letter.is_alphanumeric()).count() >= SHORTEST
            && bare.contains('.')
            && !bare.contains(char::is_whitespace)
        {
            out.push_str(bare);
        }
        return;
    };
    let local = local.split('+').next().unwrap_or(local);
    let domain = domain.trim().trim_matches('.');
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    let kept = |character: &char| !character.is_whitespace() && (*character != '.' || domain != "gmail.com") && *character != '@';
    let start = out.len();
    out.extend(local.chars().filter(kept));
    if out.len() == start || !domain.contains(|character: char| character.is_alphanumeric()) {
        out.truncate(start);
        return;
    }
    out.push('@');
    out.extend(domain.chars().filter(|character| !character.is_whitespace()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(value: &str) -> String {
        let mut out = String::new();
        email(value, &mut out);
        out
    }

    #[test]
    fn values() {
        for (value, expected) in [
            (" John@Example.ORG ", "john@example.org"),
            ("\"J. Doe\" <J.Doe+news@GoogleMail.com>", "jdoe@gmail.com"),
            ("mailto:a.b@c.de.", "a.b@c.de"),
            ("nobody", ""),
            ("not available", ""),
            ("J.Doe82example.org", "j.doe82example.org"),
            ("@example.org", ""),
            ("a@", ""),
        ] {
            assert_eq!(made(value), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn addresses_have_two_parts(value in "\\PC{0,8}@\\PC{0,8}") {
            let made = made(&value);
            prop_assert!(!made.contains('@') || made.split('@').filter(|part| !part.is_empty()).count() == 2);
        }
    }
}
