//! Names that are written joined or apart: one canonical way for each.
//!
//! ABDUL stands apart (ABDURRAHMAN, ABDUR ROHMAN, ABDULROHMAN → ABDUL …), because what follows is a name of its own with variants of its
//! own. NUR is joined (NUR HAYATI → NURHAYATI), because NURHAYATI is by far the commoner way and no list says where NURYANTI would
//! have to be cut. ABDULLAH is one name.

/// Letters before which the article of ABDUL is written as that letter (Arabic sun letters, in Indonesian spelling).
const SUN: &[u8] = b"RSNTDZ";

/// Words that this rule looks for; ABDUL and its kin are found by their beginning.
pub(super) const WORDS: [&str; 6] = ["NUR", "NOR", "NOER", "NOOR", "NUUR", "NURR"];

/// Whether a token may be two names in one, or the first half of one.
pub(super) fn starts_joined(token: &str) -> bool {
    ["ABDU", "MUHAMMAD", "MOHAMMAD"].iter().any(|head| token.starts_with(head))
}

/// Rewrites in place.
pub(super) fn settle(tokens: &mut Vec<String>) {
    let mut at = 0;
    while at < tokens.len() {
        if at + 1 < tokens.len() {
            if is_abdul(&tokens[at]) {
                if matches!(tokens[at + 1].as_str(), "LAH" | "LLAH" | "ALLAH") {
                    tokens.splice(at..=at + 1, ["ABDULLAH".to_owned()]);
                } else {
                    "ABDUL".clone_into(&mut tokens[at]);
                }
            } else if WORDS.contains(&tokens[at].as_str()) {
                let joined = format!("NUR{}", tokens[at + 1]);
                tokens.splice(at..=at + 1, [joined]);
            }
        }
        if let Some((head, rest)) = joined(&tokens[at]) {
            tokens.splice(at..=at, [head.to_owned(), rest]);
        }
        at += 1;
    }
}

/// ABDUL before another name, with its article assimilated or not.
fn is_abdul(token: &str) -> bool {
    token
        .strip_prefix("ABDU")
        .is_some_and(|article| matches!(article, "" | "L" | "R" | "S" | "SY" | "SH" | "N" | "T" | "D" | "Z" | "SS" | "RR"))
}

/// The two names of a joined token.
fn joined(token: &str) -> Option<(&'static str, String)> {
    if let Some(rest) = token.strip_prefix("MUHAMMAD").or_else(|| token.strip_prefix("MOHAMMAD"))
        && rest.len() >= 3
        && !rest.starts_with("IY")
    {
        return Some(("MUHAMMAD", rest.to_owned()));
    }
    let rest = token.strip_prefix("ABDU")?;
    let bytes = rest.as_bytes();
    let name = match *bytes.first()? {
        b'L' => match &rest[1..] {
            "ATIF" | "ATHIF" | "ATIP" => rest.to_owned(),
            name if matches!(name, "AH" | "OH" | "LAH" | "LOH" | "LLAH" | "LLOH") || name.len() < 3 => return None,
            // ABDULLAH with a letter mistyped: no name that follows ABDUL is so near to LAH.
            name if strsim::osa_distance(name, "LAH") <= 1 => return None,
            name => name.to_owned(),
        },
        first if SUN.contains(&first) && rest.len() >= 4 => {
            // ABDURRAHMAN and ABDURAHMAN; ABDUSSYUKUR and ABDUSYUKUR.
            if bytes[1] == first { rest[1..].to_owned() } else { rest.to_owned() }
        }
        _ => return None,
    };
    Some(("ABDUL", name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_and_apart() {
        for (text, meant) in [
            ("ABDURRAHMAN", "ABDUL RAHMAN"),
            ("ABDURAHMAN", "ABDUL RAHMAN"),
            ("ABDUR ROHIM", "ABDUL ROHIM"),
            ("ABDULROHIM", "ABDUL ROHIM"),
            ("ABDUSSYUKUR", "ABDUL SYUKUR"),
            ("ABDUSYUKUR", "ABDUL SYUKUR"),
            ("ABDULLATIF", "ABDUL LATIF"),
            ("ABDULATIF", "ABDUL LATIF"),
            ("ABDUL LAH", "ABDULLAH"),
            ("ABDULLAH", "ABDULLAH"),
            ("ABDULAH", "ABDULAH"),
            ("ABDULLAG", "ABDULLAG"),
            ("ABDULALH", "ABDULALH"),
            ("ABDULLZAH", "ABDULLZAH"),
            ("ABDULAZIZ", "ABDUL AZIZ"),
            ("ABDULHAQ", "ABDUL HAQ"),
            ("ABDU", "ABDU"),
            ("NUR HAYATI", "NURHAYATI"),
            ("SITI NUR HALIMAH", "SITI NURHALIMAH"),
            ("MUHAMMAD NUR", "MUHAMMAD NUR"),
            ("MUHAMMADALI", "MUHAMMAD ALI"),
            ("MUHAMMADIYAH", "MUHAMMADIYAH"),
        ] {
            let mut tokens: Vec<String> = text.split(' ').map(str::to_owned).collect();
            settle(&mut tokens);
            assert_eq!(tokens.join(" "), meant, "{text}");
        }
    }
}
