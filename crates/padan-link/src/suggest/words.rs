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

/// Words beside those of `WORDS` and `BIRTH` that mean the same, the first for all of them.
const SAME: [&[&str]; 14] = [
    &["sex", "gender", "kelamin", "jk", "geschlecht", "sexe", "sexo", "genero"],
    &["birth", "birthdate", "dateofbirth", "bdate", "geburtsdatum", "tanggallahir", "tgllahir", "dtnasc", "datanascimento"],
    &["zip", "zipcode", "postcode", "postal", "postalcode", "plz", "kodepos", "cep", "cap"],
    &["house", "housenumber", "houseno", "streetnumber", "streetno", "hausnummer", "numero", "nomorrumah"],
    &["street", "streetname", "road", "strasse", "rue", "calle", "jalan", "address", "addr", "alamat", "adresse", "direccion"],
    &["city", "town", "municipality", "ort", "ville", "kota", "ciudad", "cidade", "locality"],
    &["state", "province", "region", "provinsi", "bundesland", "estado"],
    &["race", "ethnicity", "ethnic", "raceethnicity"],
    &["ssn", "socialsecurity", "nik", "national", "nationalid", "taxid", "cpf", "insurance"],
    &["email", "mail"],
    &["age", "umur", "usia", "alter", "edad"],
    &["occupation", "job", "profession", "pekerjaan", "beruf"],
    &["mother", "ibu", "mutter", "mere", "madre"],
    &["father", "ayah", "vater", "pere", "padre"],
];
/// Words that say nothing beside others.
const FILLERS: [&str; 15] =
    ["name", "nama", "of", "the", "date", "no", "number", "num", "nr", "code", "id", "initial", "full", "tanggal", "tgl"];

/// How alike two headers are: the words that mean the same over all of them.
pub(super) fn likeness(left: &str, right: &str) -> f64 {
    let (left, right) = (meant(left), meant(right));
    let both = left.iter().filter(|word| right.contains(word)).count();
    both as f64 / (left.len() + right.len() - both).max(1) as f64
}

/// What the words of a header mean, each by one word for all that mean the same.
fn meant(header: &str) -> Vec<String> {
    let mut split = String::new();
    for (before, letter) in std::iter::once(' ').chain(header.chars()).zip(header.chars()) {
        if before.is_lowercase() && letter.is_uppercase() {
            split.push(' ');
        }
        split.push(letter);
    }
    let lower = split.to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let one = |word: &str| {
        let same = SAME.iter().find(|words| words.contains(&word)).map(|words| words[0]);
        let birth = BIRTH.contains(&word).then_some("birth");
        let name = WORDS[..3].iter().chain(&WORDS[4..6]).find(|(_, words)| words.contains(&word)).map(|(_, words)| words[0]);
        same.or(birth).or(name).or(matches!(word, "mi" | "initial").then_some("middle"))
    };
    if let Some(whole) = one(&parts.concat()) {
        return vec![whole.to_owned()];
    }
    let mut meant: Vec<String> = parts.iter().map(|part| one(part).unwrap_or(part).to_owned()).collect();
    if meant.iter().any(|word| !FILLERS.contains(&word.as_str())) {
        meant.retain(|word| !FILLERS.contains(&word.as_str()));
    }
    meant.sort_unstable();
    meant.dedup();
    meant
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

    #[test]
    fn headers_that_mean_the_same() {
        for (left, right, expected) in [
            ("given name", "first_name", 1.0),
            ("surname", "LastName", 1.0),
            ("mi", "middle_initial", 1.0),
            ("dob", "date_of_birth", 1.0),
            ("BirthDate", "Tanggal Lahir", 1.0),
            ("birth_place", "date_of_birth", 0.5),
            ("house_no", "street_number", 1.0),
            ("street", "street_number", 0.0),
            ("postal_code", "zipcode", 1.0),
            ("mother_first_name", "first_name", 0.5),
            ("name", "Nama", 0.0),
            ("gender", "JK", 1.0),
            ("event_date", "date_of_birth", 0.0),
        ] {
            assert!((likeness(left, right) - expected).abs() < 1e-9, "{left} and {right}: {}", likeness(left, right));
        }
    }
}
