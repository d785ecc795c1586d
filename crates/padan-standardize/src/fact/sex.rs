//! Sex: `L` or `P`.

use crate::text::fold;

/// The words; `1` and `2` mean L and P in every list of the ministry, of BPS and of BPJS.
///
/// ```text
/// "Laki-laki", "LK", "L", "PRIA", "1", "M" → L
/// "Perempuan", "PR", "P", "WANITA", "2", "F" → P
/// ```
pub fn standard(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let word = folded.split([' ', '-', '.', '/']).find(|word| !word.is_empty())?;
    match word {
        "L" | "LK" | "LAKI" | "LAKILAKI" | "LELAKI" | "PRIA" | "COWOK" | "1" | "01" | "M" | "MALE" => Some("L"),
        "P" | "PR" | "PEREMPUAN" | "PEREMPUA" | "WANITA" | "CEWEK" | "2" | "02" | "F" | "FEMALE" | "W" => Some("P"),
        _ => None,
    }
}

/// The sex of a standard code.
pub(crate) fn of_code(code: &str) -> Option<&'static str> {
    ["L", "P"].into_iter().find(|sex| sex.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_offices() {
        for man in ["L", "l", "LAKI-LAKI", "Laki - laki", "Lk.", "1", "PRIA", "Male"] {
            assert_eq!(standard(man), Some("L"), "{man}");
        }
        for woman in ["P", "PEREMPUAN", "Pr", "2", "wanita", "F"] {
            assert_eq!(standard(woman), Some("P"), "{woman}");
        }
        for unknown in ["", "-", "3", "TIDAK DIKETAHUI"] {
            assert_eq!(standard(unknown), None, "{unknown}");
        }
    }
}
