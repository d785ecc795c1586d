//! Members of a family, as a row states them.

use super::age::leading_number;

/// The largest family taken for true; more are a household of several, or a number of something else.
pub const MOST: i16 = 30;

/// A stated number of members.
///
/// ```text
/// "4", "4 orang", "4.0" → 4     "0", "-", "199" → none
/// ```
pub fn standard(text: &str) -> Option<i16> {
    leading_number(text).and_then(|members| i16::try_from(members).ok()).filter(|members| (1..=MOST).contains(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members() {
        for (text, members) in [("4", Some(4)), ("4 ORANG", Some(4)), ("3.0", Some(3)), ("0", None), ("199", None), ("-", None), ("", None)]
        {
            assert_eq!(standard(text), members, "{text}");
        }
    }
}
