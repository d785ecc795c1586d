//! Whether an elderly person lives alone.

use crate::fact::flag;
use crate::text::fold;

/// Words of the household column, else a plain yes or no.
///
/// ```text
/// "SENDIRI", "Hidup sebatang kara"          → true
/// "BERSAMA KELUARGA", "Tidak sendiri"       → false
/// ```
pub fn standard(text: &str) -> Option<bool> {
    let folded = fold(text);
    let has = |part: &str| folded.contains(part);
    if has("TIDAK SENDIRI")
        || has("TDK SENDIRI")
        || has("BERSAMA")
        || has("KELUARGA")
        || has("PASANGAN")
        || has("ANAK")
        || has("SUAMI")
        || has("ISTRI")
        || has("BERDUA")
    {
        Some(false)
    } else if has("SENDIRI") || has("SEBATANG") || has("TUNGGAL") {
        Some(true)
    } else {
        flag::standard(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn households() {
        for (text, alone) in [
            ("SENDIRI", Some(true)),
            ("Hidup sendiri", Some(true)),
            ("Sebatang kara", Some(true)),
            ("YA", Some(true)),
            ("Tidak sendiri", Some(false)),
            ("BERSAMA KELUARGA", Some(false)),
            ("Tinggal dengan anak", Some(false)),
            ("TIDAK", Some(false)),
            ("", None),
        ] {
            assert_eq!(standard(text), alone, "{text}");
        }
    }
}
