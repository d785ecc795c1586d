//! School level: sd, smp, sma, pt. Attendance is a flag (`flag.rs`).

use crate::fact::has_word;
use crate::text::fold;

/// Level of a school's name or of a class.
///
/// ```text
/// "SDN 3 Cilodong", "MI", "Paket A" → sd     "MTs", "SMP/SMPLB" → smp
/// "SMK", "Aliyah", "Paket C" → sma           "S1", "Perguruan tinggi" → pt
/// ```
pub fn standard(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let has = |words: &[&str]| has_word(&folded, words);
    if has(&["SD", "SDN", "SDLB", "MI", "MIN", "MIS", "SDIT"]) || folded.contains("PAKET A") || folded.contains("IBTIDAIYAH") {
        Some("sd")
    } else if has(&["SMP", "SMPN", "SMPLB", "SLTP", "MTS", "MTSN", "SMPIT"]) || folded.contains("PAKET B") || folded.contains("TSANAWIYAH")
    {
        Some("smp")
    } else if has(&["SMA", "SMAN", "SMK", "SMKN", "SMALB", "SLTA", "MA", "MAN", "MAK"])
        || folded.contains("PAKET C")
        || folded.contains("ALIYAH")
    {
        Some("sma")
    } else if has(&["PT", "D1", "D2", "D3", "D4", "S1", "S2", "S3", "DIPLOMA", "SARJANA", "UNIVERSITAS"])
        || folded.contains("PERGURUAN TINGGI")
    {
        Some("pt")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        for (text, level) in [
            ("SD", Some("sd")),
            ("SDN 3 Cilodong", Some("sd")),
            ("Madrasah Ibtidaiyah", Some("sd")),
            ("Paket A", Some("sd")),
            ("MTs", Some("smp")),
            ("SMP/SMPLB", Some("smp")),
            ("SMK", Some("sma")),
            ("Madrasah Aliyah", Some("sma")),
            ("S1", Some("pt")),
            ("Perguruan Tinggi", Some("pt")),
            ("pt", Some("pt")),
            ("Kelas 4", None),
            ("3", None),
        ] {
            assert_eq!(standard(text), level, "{text}");
        }
    }
}
