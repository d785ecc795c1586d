//! Balinese and Batak particles and their abbreviations: `I MD` → I MADE, `IB` → IDA BAGUS, `BORU` → BR.
//!
//! The particles stay in the name; that they weigh little is for the linkage to learn.

/// Birth-order and caste names that follow I or NI.
const AFTER_PARTICLE: [&str; 14] =
    ["WAYAN", "PUTU", "GEDE", "LUH", "MADE", "KADEK", "NENGAH", "NYOMAN", "KOMANG", "KETUT", "GUSTI", "DEWA", "GST", "KADE"];

/// Abbreviations that mean a birth-order name after I, NI or one another.
const SHORT: [(&str, &str); 13] = [
    ("MD", "MADE"),
    ("PT", "PUTU"),
    ("WYN", "WAYAN"),
    ("WY", "WAYAN"),
    ("NYM", "NYOMAN"),
    ("NY", "NYOMAN"),
    ("KT", "KETUT"),
    ("KD", "KADEK"),
    ("KMG", "KOMANG"),
    ("NGH", "NENGAH"),
    ("GD", "GEDE"),
    ("GST", "GUSTI"),
    ("LH", "LUH"),
];

/// Abbreviations that lead a name, beside I and NI.
const HEADS: [&str; 10] = ["IB", "DAYU", "AA", "COK", "TJOK", "TB", "NI", "BORU", "BRU", "GUSTI"];

/// Every word that this rule looks for.
pub(super) fn words() -> Vec<&'static str> {
    HEADS.into_iter().chain(SHORT.map(|(short, _)| short)).collect()
}

/// Whether a token is a particle and a name in one.
pub(super) fn is_joined(token: &str) -> bool {
    ["NI", "I"].iter().filter_map(|particle| token.strip_prefix(particle)).any(|rest| AFTER_PARTICLE.contains(&rest))
}

/// Expands in place.
pub(super) fn expand(tokens: &mut Vec<String>) {
    if tokens.len() < 2 && !tokens.first().is_some_and(|first| first.starts_with(['I', 'N'])) {
        return;
    }
    split_particle(tokens);
    if tokens.len() < 2 {
        return;
    }
    let heads: &[&str] = match (tokens[0].as_str(), tokens[1].as_str()) {
        ("IB", _) => &["IDA", "BAGUS"],
        ("DAYU", _) => &["IDA", "AYU"],
        ("AA", _) => &["ANAK", "AGUNG"],
        ("COK" | "TJOK", _) => &["COKORDA"],
        ("R", _) => &["RADEN"],
        ("TB", _) => &["TUBAGUS"],
        _ => &[],
    };
    if !heads.is_empty() {
        tokens.splice(..1, heads.iter().map(|head| (*head).to_owned()));
    } else if tokens.len() > 2 && tokens[0] == "A" && tokens[1] == "A" {
        tokens.splice(..2, ["ANAK".to_owned(), "AGUNG".to_owned()]);
    }
    for at in 1..tokens.len() {
        if matches!(tokens[at].as_str(), "BORU" | "BRU") && at + 1 < tokens.len() {
            "BR".clone_into(&mut tokens[at]);
        }
        let led = (at == 1 && matches!(tokens[0].as_str(), "I" | "NI")) || AFTER_PARTICLE.contains(&tokens[at - 1].as_str());
        if led && let Some((_, long)) = SHORT.iter().find(|(short, _)| tokens[at] == *short) {
            (*long).clone_into(&mut tokens[at]);
        }
    }
}

/// `IWAYAN` → I WAYAN, `NILUH` → NI LUH.
fn split_particle(tokens: &mut Vec<String>) {
    let Some(first) = tokens.first() else { return };
    for particle in ["NI", "I"] {
        if let Some(rest) = first.strip_prefix(particle)
            && AFTER_PARTICLE.contains(&rest)
        {
            let rest = rest.to_owned();
            tokens.splice(..1, [particle.to_owned(), rest]);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles() {
        for (text, meant) in [
            ("I MD SUDARTA", "I MADE SUDARTA"),
            ("NI WYN SARI", "NI WAYAN SARI"),
            ("NI LUH PT SARI", "NI LUH PUTU SARI"),
            ("IMADE SUDARTA", "I MADE SUDARTA"),
            ("NILUH SARI", "NI LUH SARI"),
            ("IB OKA", "IDA BAGUS OKA"),
            ("A A GEDE", "ANAK AGUNG GEDE"),
            ("ROSMA BORU SIREGAR", "ROSMA BR SIREGAR"),
            ("IMAM", "IMAM"),
            ("PT SARI", "PT SARI"),
        ] {
            let mut tokens: Vec<String> = text.split(' ').map(str::to_owned).collect();
            expand(&mut tokens);
            assert_eq!(tokens.join(" "), meant, "{text}");
        }
    }
}
