//! Words that headers are made of, in the languages of the lists we have met. They break ties; a header that says nothing is no harm.

/// What a header says of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Given, middle or family name, in this order when joined.
    FirstName,
    MiddleName,
    LastName,
    /// Address, town, region, postcode: what a household shares.
    Place,
    /// A household's or family's number.
    Household,
    Phone,
    BirthYear,
    BirthMonth,
    BirthDay,
}

const WORDS: [(Meaning, &[&str]); 9] = [
    (
        Meaning::FirstName,
        &["first", "given", "forename", "firstname", "fname", "givenname", "vorname", "prenom", "nombre", "depan", "voornaam", "gname"],
    ),
    (Meaning::MiddleName, &["middle", "middlename", "mname", "midl", "tengah"]),
    (
        Meaning::LastName,
        &["last", "surname", "family", "lastname", "lname", "familyname", "nachname", "apellido", "belakang", "achternaam", "sname", "nom"],
    ),
    (
        Meaning::Place,
        &[
            "address",
            "street",
            "suburb",
            "city",
            "town",
            "postcode",
            "postal",
            "zip",
            "zipcode",
            "state",
            "county",
            "village",
            "district",
            "province",
            "region",
            "house",
            "alamat",
            "jalan",
            "desa",
            "kelurahan",
            "kecamatan",
            "kabupaten",
            "kota",
            "provinsi",
            "rt",
            "rw",
            "wilayah",
            "addr",
            "place",
            "municipality",
            "ort",
            "strasse",
            "plz",
            "ville",
            "rue",
            "residence",
            "res",
            "locality",
            "parish",
        ],
    ),
    (Meaning::Household, &["household", "hh", "hhid", "kk", "keluarga", "familyid", "householdid"]),
    (Meaning::Phone, &["phone", "telephone", "tel", "mobile", "hp", "telepon", "cell", "fax"]),
    (Meaning::BirthYear, &["by", "birthyear", "yob", "byear", "tahun"]),
    (Meaning::BirthMonth, &["bm", "birthmonth", "mob", "bmonth", "bulan"]),
    (Meaning::BirthDay, &["bd", "birthday", "dayofbirth", "bday", "tanggal"]),
];

/// Words of a birth.
const BIRTH: [&str; 9] = ["birth", "dob", "lahir", "born", "geburt", "naissance", "nacimiento", "nascita", "nascimento"];

/// Words of the parts of a date: by themselves the parts of the only one, beside a word of birth those of a birth date.
const DATE_PARTS: [(Meaning, &[&str]); 3] = [
    (Meaning::BirthYear, &["year", "yr", "yyyy", "yy", "tahun", "jahr", "annee", "ano", "anno"]),
    (Meaning::BirthMonth, &["month", "mon", "mm", "bulan", "monat", "mois", "mes", "mese"]),
    (Meaning::BirthDay, &["day", "dd", "tanggal", "tag", "jour", "dia", "giorno"]),
];

/// The meaning of a header: of the whole without separators, or of one of its words.
pub(super) fn meaning(header: &str) -> Option<Meaning> {
    let lower = header.to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let whole: String = parts.concat();
    if parts.len() == 1 || parts.iter().any(|part| BIRTH.contains(part)) {
        let found = DATE_PARTS.iter().find(|(_, words)| parts.iter().any(|part| words.contains(part)));
        if let Some((meaning, _)) = found {
            return Some(*meaning);
        }
    }
    if parts.contains(&"family") && parts.iter().any(|part| matches!(*part, "id" | "no" | "number")) {
        return Some(Meaning::Household);
    }
    let is = |words: &[&str]| words.contains(&whole.as_str()) || parts.iter().any(|part| words.contains(part));
    // A birth place is a person's own, not a household's.
    if parts.iter().any(|part| matches!(*part, "birth" | "birthplace" | "lahir" | "pob")) {
        return None;
    }
    WORDS.iter().find(|(_, words)| is(words)).map(|(meaning, _)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (header, expected) in [
            ("given_name", Some(Meaning::FirstName)),
            ("Last Name", Some(Meaning::LastName)),
            ("address_1", Some(Meaning::Place)),
            ("family_id", Some(Meaning::Household)),
            ("birth_place", None),
            ("birth_year", Some(Meaning::BirthYear)),
            ("by", Some(Meaning::BirthYear)),
            ("DOB_MON", Some(Meaning::BirthMonth)),
            ("day", Some(Meaning::BirthDay)),
            ("tax_year", None),
            ("occupation", None),
            ("No. KK", Some(Meaning::Household)),
        ] {
            assert_eq!(meaning(header), expected, "{header}");
        }
    }
}
