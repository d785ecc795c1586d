//! Region codes of Kemendagri as written: whole or in parts, with dots, without leading zeros, of an older vintage.

use padan_model::KodeWilayah;

use super::index::Index;
use super::renamed;

/// Codes of a row, as written. A source with BPS codes leaves them all out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CodeParts<'a> {
    /// Province.
    pub provinsi: Option<&'a str>,
    /// Kab/kota, alone or with its province.
    pub kabkota: Option<&'a str>,
    /// Kecamatan, alone or whole.
    pub kecamatan: Option<&'a str>,
    /// Desa, alone or whole.
    pub desa: Option<&'a str>,
    /// One whole code.
    pub wilayah: Option<&'a str>,
}

/// The deepest region of the table that the codes name.
///
/// ```text
/// wilayah "32.01.01.1012"               → 3201011012
/// parts 32, 1, 1, 1007                  → 3201011012
/// wilayah "91.01.01.2003" (before 2022) → 9301012003
/// ```
pub(super) fn resolve(parts: CodeParts<'_>) -> Option<KodeWilayah> {
    let whole = parts.wilayah.map(digits).filter(|code| code.len() >= 2).or_else(|| assemble(parts))?;
    let current = renamed::current(&whole);
    let index = Index::shipped();
    [10, 6, 4, 2]
        .into_iter()
        .filter_map(|length| current.get(..length)?.parse().ok())
        .find(|code: &KodeWilayah| index.place(*code).is_some())
}

/// The parts put together, as deep as they go without a gap.
fn assemble(parts: CodeParts<'_>) -> Option<String> {
    let mut code = String::new();
    for (part, own, total) in [(parts.provinsi, 2, 2), (parts.kabkota, 2, 4), (parts.kecamatan, 2, 6), (parts.desa, 4, 10)] {
        let digits = part.map(digits).unwrap_or_default();
        if digits.len() == total {
            code = digits;
        } else if code.len() + own == total && !digits.is_empty() && digits.len() <= own {
            code = format!("{code}{digits:0>own$}");
        }
    }
    (!code.is_empty()).then_some(code)
}

fn digits(text: &str) -> String {
    let text = text.trim();
    text.strip_suffix(".0").unwrap_or(text).chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_as_written() {
        let whole = |text| resolve(CodeParts { wilayah: Some(text), ..CodeParts::default() }).map(|code| code.to_string());
        assert_eq!(whole("32.01.01.1012").as_deref(), Some("3201011012"));
        assert_eq!(whole("3201011012").as_deref(), Some("3201011012"));
        assert_eq!(whole("320101").as_deref(), Some("320101"));
        assert_eq!(whole("3201019999").as_deref(), Some("320101"), "as deep as the table goes");
        assert_eq!(whole("91.01").as_deref(), Some("9301"));
        assert_eq!(whole("0"), None);
        assert_eq!(whole(""), None);
        let parts = |a, b, c, d| {
            resolve(CodeParts { provinsi: Some(a), kabkota: Some(b), kecamatan: Some(c), desa: Some(d), wilayah: None })
                .map(|code| code.to_string())
        };
        assert_eq!(parts("32", "01", "01", "1012").as_deref(), Some("3201011012"));
        assert_eq!(parts("32", "1", "1", "1012").as_deref(), Some("3201011012"));
        assert_eq!(parts("32", "3201", "320101", "3201011012").as_deref(), Some("3201011012"));
        assert_eq!(parts("32", "32.01", "32.01.01", "").as_deref(), Some("320101"));
        assert_eq!(parts("32", "", "01", "1012").as_deref(), Some("32"), "a gap ends it");
        assert_eq!(parts("32.0", "1.0", "", "").as_deref(), Some("3201"));
    }
}
