//! Which number formats show a date, and what day a serial number is.
//!
//! Day 1 of the 1900 system is 1 January 1900, and day 60 the 29 February that never was (a fault kept since Lotus 1-2-3), so from there on
//! days count from 30 December 1899. ECMA-376 part 1, 18.17.4.1.

/// Whether a built-in format (ECMA-376 part 1, 18.8.30) shows a day.
pub(crate) fn is_date_id(id: u32) -> bool {
    matches!(id, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58)
}

/// Whether a custom format shows a day: `dd/mm/yyyy`, `[$-421]d mmmm yyyy`, but not `h:mm` or `"Rp"#,##0`.
pub(crate) fn is_date_code(code: &str) -> bool {
    if code.eq_ignore_ascii_case("general") || code.eq_ignore_ascii_case("standard") {
        return false;
    }
    let (mut day, mut month, mut time) = (false, false, false);
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character.to_ascii_lowercase() {
            '\\' | '_' | '*' => {
                characters.next();
            }
            '"' => {
                characters.by_ref().find(|&c| c == '"');
            }
            '[' => {
                characters.by_ref().find(|&c| c == ']');
            }
            ';' => break,
            'd' | 'y' => day = true,
            'm' => month = true,
            'h' | 's' => time = true,
            _ => {}
        }
    }
    day || (month && !time)
}

/// `YYYY-MM-DD` of a serial number, its time of day dropped; `None` outside 1900 (1904) to 9999.
pub(crate) fn iso(serial: f64, is_1904: bool) -> Option<String> {
    const UNIX_OF_1899_12_30: i64 = -25_569;
    const UNIX_OF_1904_01_01: i64 = -24_107;
    if !(0.0..2_958_466.0).contains(&serial) || (!is_1904 && serial < 1.0) {
        return None;
    }
    let serial = serial as i64;
    let days = match (is_1904, serial) {
        (true, _) => UNIX_OF_1904_01_01 + serial,
        (false, 60..) => UNIX_OF_1899_12_30 + serial,
        (false, _) => UNIX_OF_1899_12_30 + serial + 1,
    };
    let (year, month, day) = civil(days);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// Days since 1970-01-01 to the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        for code in ["dd/mm/yyyy", "[$-421]d mmmm yyyy;@", "yyyy\\-mm\\-dd", "mmm-yy", "dd/mm/yyyy hh:mm"] {
            assert!(is_date_code(code), "{code}");
        }
        for code in ["General", "0", "#,##0.00", "\"Rp\"#,##0", "h:mm:ss", "mm:ss", "[Red]0", "@", "0;[Red]\"dd\"", "_d0"] {
            assert!(!is_date_code(code), "{code}");
        }
    }

    #[test]
    fn days() {
        for (serial, system_1904, day) in [
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (61.0, false, "1900-03-01"),
            (36_525.0, false, "1999-12-31"),
            (45_943.541, false, "2025-10-13"),
            (0.0, true, "1904-01-01"),
            (35_063.0, true, "1999-12-31"),
            (2_958_465.0, false, "9999-12-31"),
        ] {
            assert_eq!(iso(serial, system_1904).as_deref(), Some(day), "{serial}");
        }
        assert_eq!(iso(0.5, false), None);
        assert_eq!(iso(-3.0, false), None);
        assert_eq!(iso(f64::NAN, false), None);
        assert_eq!(iso(3_201_010_101_010_001.0, false), None);
    }
}
