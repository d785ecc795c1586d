//! Phone numbers: the last digits, which every way of writing one shares.
//!
//! Example (nine digits): `+62 812-3456-7890`, `0812 34567890` → `234567890`; `(02) 9999 1234 ext. 5` → `299991234`. Country code and
//! trunk zero stand before what is kept; a number of fewer digits is kept whole but for its leading zeros.

use super::identifier::is_placeholder;

/// A shorter number reaches nobody.
const SHORTEST: usize = 5;

/// Appends the last `digits` digits.
pub(super) fn phone(value: &str, digits: usize, out: &mut String) {
    let extension = value.find(['x', 'X', 'e', 'E', '#', ';', '/']);
    let number = extension.map_or(value, |at| &value[..at]);
    let start = out.len();
    out.extend(number.chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0'));
    let length = out.len() - start;
    if length < SHORTEST || is_placeholder(&out[start..]) {
        out.truncate(start);
    } else if length > digits {
        out.replace_range(start..start + length - digits, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (value, expected) in [
            ("+62 812-3456-7890", "234567890"),
            ("0812 34567890", "234567890"),
            ("(02) 9999 1234 ext. 5", "299991234"),
            ("00000000", ""),
            ("110", ""),
            ("n/a", ""),
            ("555555555", ""),
        ] {
            let mut out = String::new();
            phone(value, 9, &mut out);
            assert_eq!(out, expected, "{value}");
        }
    }
}
