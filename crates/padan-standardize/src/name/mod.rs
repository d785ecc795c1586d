//! A person's name as written → its standard form, an alias or patronym cut from it, and whether it carries a mark of death.
//!
//! The standard form stays close to the written spelling: sounds that people write alike (F/P, I/Y, final H) belong to the phonetic
//! key (`key.rs`), not here. Each rule stands in its own file; this one says in which order they are applied, and repeats them
//! until nothing changes, so that a standard name is its own standard form.

mod balinese;
mod compound;
mod connector;
mod family;
pub mod key;
mod letters;
mod old_spelling;
mod settled;
mod title;

use crate::text::fold;

/// What a name cell says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StandardName {
    /// Standard name; none where nothing of a name is left.
    pub nama: Option<String>,
    /// Standard form of the first alias or patronym.
    pub alias: Option<String>,
    /// Whether ALM. or ALMH. stood in it.
    pub meninggal: bool,
}

/// Rounds after which a name is taken as it is; three are enough for every name that was ever seen.
const ROUNDS: usize = 8;

/// Standardizes a name.
///
/// ```text
/// "Drs. H. Moch. Soleh, M.Pd"  → MUHAMMAD SOLEH
/// "M.ALI BIN UMAR (ALM)"       → MUHAMMAD ALI, alias UMAR, meninggal
/// "D O D I  S A P U T R A"     → DODI SAPUTRA
/// "ABDURROCHMAN"               → ABDUL RAHMAN
/// ```
pub fn standard(text: &str) -> StandardName {
    let folded = fold(&letters::unspace(text));
    if settled::is_settled(&folded) {
        return StandardName { nama: Some(folded), ..StandardName::default() };
    }
    by_rules(&folded)
}

/// Every rule in turn, until nothing changes.
fn by_rules(folded: &str) -> StandardName {
    let mut name = StandardName::default();
    let mut current = folded.to_owned();
    for _ in 0..ROUNDS {
        let cut = connector::cut(&current);
        name.meninggal |= cut.dead;
        if name.alias.is_none() {
            name.alias = cut.alias.and_then(part);
        }
        let next = tidy(&cut.main);
        if next == current {
            break;
        }
        current = next;
    }
    name.nama = Some(current).filter(|nama| !nama.is_empty());
    name
}

/// The standard form of a part that may hold connectors of its own ("UDIN BIN ALI"): its own name only.
fn part(text: String) -> Option<String> {
    let mut current = text;
    for _ in 0..ROUNDS {
        let next = tidy(&connector::cut(&current).main);
        if next == current {
            break;
        }
        current = next;
    }
    Some(current).filter(|part| !part.is_empty())
}

/// One round of every rule that works on tokens.
fn tidy(text: &str) -> String {
    if is_plain(text) {
        // Nothing to take apart: the commonest case by far once a round has been done.
        let tokens: Vec<String> = text.split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect();
        return rewrite(tokens);
    }
    let words = title::strip_degrees(text);
    rewrite(letters::tokens(&words))
}

fn rewrite(mut tokens: Vec<String>) -> String {
    title::strip_plain(&mut tokens);
    letters::join_single(&mut tokens);
    balinese::expand(&mut tokens);
    family::expand(&mut tokens);
    for token in tokens.iter_mut().filter(|token| !family::is_form(token)) {
        old_spelling::modernize(token);
    }
    compound::settle(&mut tokens);
    family::expand(&mut tokens);
    tokens.join(" ")
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nama(text: &str) -> String {
        standard(text).nama.unwrap_or_default()
    }

    #[test]
    fn names_as_offices_write_them() {
        for (written, meant) in [
            ("Sutrisno", "SUTRISNO"),
            ("  siti   aminah ", "SITI AMINAH"),
            ("SITI\u{a0}AMINAH", "SITI AMINAH"),
            ("MA'RUF", "MARUF"),
            ("MA’RUF AMIN", "MARUF AMIN"),
            ("NUR`AINI", "NURAINI"),
            ("JUM'AT", "JUMAT"),
            ("JosÃ© da Costa", "JOSE DA COSTA"),
            ("M.ALI", "MUHAMMAD ALI"),
            ("M. ALI", "MUHAMMAD ALI"),
            ("M ALI", "MUHAMMAD ALI"),
            ("MUH. ALI", "MUHAMMAD ALI"),
            ("MUHAMAD ALI", "MUHAMMAD ALI"),
            ("Moch. Soleh", "MUHAMMAD SOLEH"),
            ("MOHAMMAD SOLEH", "MUHAMMAD SOLEH"),
            ("MHD RIDWAN", "MUHAMMAD RIDWAN"),
            ("ALI M", "ALI M"),
            ("ALI MUHAMAD", "ALI MUHAMMAD"),
            ("M", "M"),
            ("ACHMAD FAUZI", "AHMAD FAUZI"),
            ("A. FAUZI", "AHMAD FAUZI"),
            ("AKHMAD FAUZI", "AHMAD FAUZI"),
            ("ST. AMINAH", "SITI AMINAH"),
            ("SITTI AMINAH", "SITI AMINAH"),
            ("SRIE WAHYUNI", "SRI WAHYUNI"),
            ("ABD. RAHMAN", "ABDUL RAHMAN"),
            ("ABDUL ROHMAN", "ABDUL RAHMAN"),
            ("ABDURRAHMAN", "ABDUL RAHMAN"),
            ("ABDURRACHMAN", "ABDUL RAHMAN"),
            ("ABDUR ROHMAN", "ABDUL RAHMAN"),
            ("ABDULROHMAN", "ABDUL RAHMAN"),
            ("ABDURAHMAN WAHID", "ABDUL RAHMAN WAHID"),
            ("ABDUSSALAM", "ABDUL SALAM"),
            ("ABDULLATIF", "ABDUL LATIF"),
            ("ABDULAZIS", "ABDUL AZIS"),
            ("ABDULLAH", "ABDULLAH"),
            ("ABDULLOH", "ABDULLOH"),
            ("ABDUL", "ABDUL"),
            ("NUR HAYATI", "NURHAYATI"),
            ("NOER HAYATI", "NURHAYATI"),
            ("NURHAYATI", "NURHAYATI"),
            ("SITI NUR", "SITI NUR"),
            ("D O D I", "DODI"),
            ("D O D I  S A P U T R A", "DODI SAPUTRA"),
            ("S1TI AM1NAH", "SITI AMINAH"),
            ("SUHART0", "SUHARTO"),
            ("BUDI 2", "BUDI"),
            ("H. Sulaiman", "SULAIMAN"),
            ("Hj. Siti Maryam", "SITI MARYAM"),
            ("H.M. YUSUF", "MUHAMMAD YUSUF"),
            ("K.H. AHMAD DAHLAN", "AHMAD DAHLAN"),
            ("KH AHMAD DAHLAN", "AHMAD DAHLAN"),
            ("Drs. H. Bambang Sudibyo, M.M.", "BAMBANG SUDIBYO"),
            ("BAMBANG SUDIBYO S.PD", "BAMBANG SUDIBYO"),
            ("BAMBANG SUDIBYO, S. PD.", "BAMBANG SUDIBYO"),
            ("BAMBANG SUDIBYO SE", "BAMBANG SUDIBYO"),
            ("BAMBANG SUDIBYO, S.E., M.SI", "BAMBANG SUDIBYO"),
            ("RINA WATI, A.MD.KEB", "RINA WATI"),
            ("RINA WATI ST", "RINA WATI"),
            ("PROF. DR. IR. JOKO SUSILO", "JOKO SUSILO"),
            ("BAPAK SLAMET", "SLAMET"),
            ("IBU SUMIATI", "SUMIATI"),
            ("NY. SUMIATI", "SUMIATI"),
            ("SLAMET DKK", "SLAMET"),
            ("SOEKARNO", "SUKARNO"),
            ("SOERJADI", "SURYADI"),
            ("DJOKO TJAHJONO", "JOKO CAHYONO"),
            ("WAHJOEDI", "WAHYUDI"),
            ("TJOKORDA RAKA", "COKORDA RAKA"),
            ("NJOMAN SUDARTA", "NYOMAN SUDARTA"),
            ("CHAIRUL ANWAR", "KHAIRUL ANWAR"),
            ("MUCHTAR", "MUKHTAR"),
            ("CHRISTINA", "CHRISTINA"),
            ("CHANDRA", "CHANDRA"),
            ("RICHARD", "RICHARD"),
            ("SIMANDJOENTAK", "SIMANJUNTAK"),
            ("PANJAITAN", "PANJAITAN"),
            ("WIJAYA", "WIJAYA"),
            ("JUSUF KALLA", "YUSUF KALLA"),
            ("I WAYAN SUDARTA", "I WAYAN SUDARTA"),
            ("IWAYAN SUDARTA", "I WAYAN SUDARTA"),
            ("1 MADE SUDARTA", "I MADE SUDARTA"),
            ("I MD SUDARTA", "I MADE SUDARTA"),
            ("NI LUH PT AYU", "NI LUH PUTU AYU"),
            ("IB. OKA", "IDA BAGUS OKA"),
            ("A.A. GEDE RAKA", "ANAK AGUNG GEDE RAKA"),
            ("ROSMAWATI BR. SIREGAR", "ROSMAWATI BR SIREGAR"),
            ("ROSMAWATI BORU SIREGAR", "ROSMAWATI BR SIREGAR"),
            ("R. SUPRAPTO", "RADEN SUPRAPTO"),
            ("ANDI MAPPANYUKKI", "ANDI MAPPANYUKKI"),
            ("SANTOSO, BUDI", "SANTOSO BUDI"),
            ("ABDUL-RAHMAN", "ABDUL RAHMAN"),
            ("MUHAMMADALI", "MUHAMMAD ALI"),
            ("X", "X"),
            ("-", ""),
            ("", ""),
            ("123", ""),
        ] {
            assert_eq!(nama(written), meant, "{written:?}");
        }
    }

    #[test]
    fn aliases_patronyms_and_the_dead() {
        for (written, meant, alias, dead) in [
            ("AHMAD BIN ALI", "AHMAD", Some("ALI"), false),
            ("SITI BINTI H. UMAR", "SITI", Some("UMAR"), false),
            ("SITI BT. UMAR", "SITI", Some("UMAR"), false),
            ("AHMAD B. ALI", "AHMAD", Some("ALI"), false),
            ("SAMSUDIN ALIAS UDIN", "SAMSUDIN", Some("UDIN"), false),
            ("SAMSUDIN ALS. UDIN", "SAMSUDIN", Some("UDIN"), false),
            ("SUMIATI/SUMIYATI", "SUMIATI", Some("SUMIYATI"), false),
            ("TAN KIM LIONG / JOHAN WIJAYA", "TAN KIM LIONG", Some("JOHAN WIJAYA"), false),
            ("BUDI QQ ANI", "BUDI", Some("ANI"), false),
            ("SAMSUDIN (UDIN)", "SAMSUDIN", Some("UDIN"), false),
            ("SLAMET (ALM)", "SLAMET", None, true),
            ("ALM. SLAMET", "SLAMET", None, true),
            ("SLAMET ALM BIN KARTO", "SLAMET", Some("KARTO"), true),
            ("ALMH SITI AMINAH", "SITI AMINAH", None, true),
            ("BINTI KHOIRIYAH", "BINTI KHOIRIYAH", None, false),
            ("ALMIRA", "ALMIRA", None, false),
        ] {
            let expected = StandardName { nama: Some(meant.into()), alias: alias.map(Into::into), meninggal: dead };
            assert_eq!(standard(written), expected, "{written:?}");
        }
    }

    proptest! {
        #[test]
        fn a_standard_name_is_its_own(text in "\\PC{0,40}") {
            let once = nama(&text);
            prop_assert_eq!(nama(&once), once);
        }

        #[test]
        fn so_it_is_for_names_of_every_part(parts in proptest::collection::vec(
            proptest::sample::select(vec!["M.", "H.", "ABD", "ABDUR", "ROHMAN", "NUR", "ST", "BIN", "ALM", "S.PD", "SE", "I", "NI", "A.A.", "IB", "MD", "BR", "R.",
                "X", "A", "B.", "/", "(UDIN)", "ALIAS", "TJAHJO", "DJ", "OE", "MUHAMMADALI", "K", "QQ", "PAK", "WAYAN", "AB", "ABDUL", "LAH", "1", "D", "O", ",", "CHAIRUL"]), 0..7)) {
            let once = nama(&parts.join(" "));
            prop_assert_eq!(nama(&once), once);
        }
    }
}
