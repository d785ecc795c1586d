//! Civil servant, army, police, state company or legislator: the one occupation that excludes a family from assistance.
//!
//! Retired people draw a pension and are no longer `asn`.

use crate::fact::has_word;
use crate::text::fold;

const WORDS: [&str; 24] = [
    "ASN",
    "PNS",
    "CPNS",
    "PPPK",
    "P3K",
    "TNI",
    "POLRI",
    "POLISI",
    "TENTARA",
    "ABRI",
    "BUMN",
    "BUMD",
    "DPR",
    "DPRD",
    "DPD",
    "BUPATI",
    "WALIKOTA",
    "GUBERNUR",
    "MENTERI",
    "HAKIM",
    "JAKSA",
    "LEGISLATIF",
    "PERWIRA",
    "BRIMOB",
];

/// Whether an occupation's words say so; none where there are none.
///
/// ```text
/// "PEGAWAI NEGERI SIPIL (PNS)" → true    "KARYAWAN BUMN" → true
/// "PENSIUNAN PNS" → false                "BURUH TANI" → false
/// ```
pub fn standard(text: &str) -> Option<bool> {
    let folded = fold(text);
    if !folded.contains(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let serving = has_word(&folded, &WORDS)
        || folded.contains("PEGAWAI NEGERI")
        || folded.contains("APARATUR SIPIL")
        || folded.contains("KEPOLISIAN");
    Some(serving && !is_retired(&folded) && !folded.contains("BUKAN") && !folded.contains("EKS "))
}

/// Whether the words say that the person draws a pension.
pub fn retired(text: &str) -> bool {
    is_retired(&fold(text))
}

fn is_retired(folded: &str) -> bool {
    folded.contains("PENSIUN") || has_word(folded, &["PURNAWIRAWAN", "PURNA", "VETERAN"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occupations_of_dukcapil() {
        for (text, serving) in [
            ("PEGAWAI NEGERI SIPIL (PNS)", Some(true)),
            ("TENTARA NASIONAL INDONESIA (TNI)", Some(true)),
            ("KEPOLISIAN RI (POLRI)", Some(true)),
            ("KARYAWAN BUMN", Some(true)),
            ("ANGGOTA DPRD KABUPATEN/KOTA", Some(true)),
            ("PNS/TNI/POLRI/BUMN/BUMD/anggota legislatif", Some(true)),
            ("PENSIUNAN", Some(false)),
            ("PENSIUNAN PNS", Some(false)),
            ("BURUH TANI/PERKEBUNAN", Some(false)),
            ("MENGURUS RUMAH TANGGA", Some(false)),
            ("KARYAWAN SWASTA", Some(false)),
            ("5", None),
            ("", None),
        ] {
            assert_eq!(standard(text), serving, "{text}");
        }
        assert!(retired("PENSIUNAN PNS") && !retired("PNS"));
    }
}
