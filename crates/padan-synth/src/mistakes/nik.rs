//! How a NIK is miswritten. At most one mistake to a cell, and most cells have none.

use crate::date::push_padded;
use crate::dice::Dice;
use crate::faults::NikFaults;

/// What stands in the cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Miswritten {
    /// The text appended; it may be none.
    Text,
    /// Nothing was appended: the true number, as nearly every cell has it.
    Right,
    /// Nothing was appended: a spreadsheet number, with the precision of one.
    Number(u64),
}

/// Writes `nik`; `head` and `other` look up what now and then stands in its place, `workbook` whether a cell may be a number.
pub(crate) fn miswrite_nik(
    out: &mut String,
    nik: u64,
    head: impl FnOnce() -> u64,
    other: impl FnOnce() -> u64,
    workbook: bool,
    faults: &NikFaults,
    dice: &mut Dice,
) -> Miswritten {
    let mut left = dice.unit();
    let mut hit = |rate: f64| {
        left -= rate;
        left < 0.0 && left >= -rate
    };
    if hit(faults.blank) {
        return Miswritten::Text;
    }
    if hit(faults.placeholder) {
        out.push_str(dice.pick_skewed(&["0000000000000000", "0", "-", "9999999999999999", "1234567890123456"], 1.6));
    } else if hit(faults.transposed) {
        push_padded(out, transposed(nik, dice) as i64, 16);
    } else if hit(faults.digit) {
        push_padded(out, wrong_digit(nik, dice) as i64, 16);
    } else if hit(faults.of_head) {
        push_padded(out, head() as i64, 16);
    } else if hit(faults.other_person) {
        push_padded(out, other() as i64, 16);
    } else if hit(faults.scientific) {
        scientific(out, nik);
    } else if hit(faults.last_digit_zero) {
        push_padded(out, (nik / 10 * 10) as i64, 16);
    } else if hit(faults.apostrophe) {
        out.push('\'');
        push_padded(out, nik as i64, 16);
    } else if hit(faults.formula) {
        out.push_str("=\"");
        push_padded(out, nik as i64, 16);
        out.push('"');
    } else if hit(faults.letter) {
        let start = out.len();
        push_padded(out, nik as i64, 16);
        let digits = out.split_off(start);
        out.push_str(&if dice.chance(0.7) { digits.replacen('0', "O", 2) } else { digits.replacen('1', "I", 1) });
    } else if hit(faults.short) {
        push_padded(out, short(nik, dice) as i64, 15);
    } else if hit(faults.spaces) {
        let mark = if dice.chance(0.5) { ' ' } else { '.' };
        push_padded(out, (nik / 10_000_000_000) as i64, 6);
        out.push(mark);
        push_padded(out, (nik / 10_000 % 1_000_000) as i64, 6);
        out.push(mark);
        push_padded(out, (nik % 10_000) as i64, 4);
    } else if workbook && hit(faults.numeric_cell) {
        return Miswritten::Number(nik / 10 * 10);
    } else {
        return Miswritten::Right;
    }
    Miswritten::Text
}

/// One digit, never the province's, turned into another.
pub(crate) fn wrong_digit(nik: u64, dice: &mut Dice) -> u64 {
    let place = 10_u64.pow(dice.below(14) as u32);
    let digit = nik / place % 10;
    nik - digit * place + (digit + 1 + dice.below(9) as u64) % 10 * place
}

fn transposed(nik: u64, dice: &mut Dice) -> u64 {
    let start = dice.below(13);
    for step in 0..13 {
        let place = 10_u64.pow(((start + step) % 13) as u32);
        let (low, high) = (nik / place % 10, nik / place / 10 % 10);
        if low != high {
            return nik - low * place - high * place * 10 + high * place + low * place * 10;
        }
    }
    nik
}

/// A digit left out.
fn short(nik: u64, dice: &mut Dice) -> u64 {
    let place = 10_u64.pow(dice.below(15) as u32);
    nik / place / 10 * place + nik % place
}

/// `3,27E+15`.
fn scientific(out: &mut String, nik: u64) {
    let rounded = (nik + 5_000_000_000_000) / 10_000_000_000_000;
    push_padded(out, (rounded / 100) as i64, 1);
    out.push(',');
    push_padded(out, (rounded % 100) as i64, 2);
    out.push_str("E+15");
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: NikFaults = NikFaults {
        blank: 0.0,
        placeholder: 0.0,
        transposed: 0.0,
        digit: 0.0,
        of_head: 0.0,
        other_person: 0.0,
        scientific: 0.0,
        last_digit_zero: 0.0,
        apostrophe: 0.0,
        formula: 0.0,
        letter: 0.0,
        short: 0.0,
        spaces: 0.0,
        numeric_cell: 0.0,
    };

    fn write(faults: NikFaults) -> (String, Miswritten) {
        let mut out = String::new();
        let kind = miswrite_nik(
            &mut out,
            3_271_014_503_900_002,
            || 3_271_010_101_700_001,
            || 1_101_010_101_700_001,
            true,
            &faults,
            &mut Dice::new(1, 2, 3),
        );
        (out, kind)
    }

    #[test]
    fn every_written_form() {
        for (faults, text) in [
            (NikFaults { blank: 1.0, ..NONE }, ""),
            (NikFaults { scientific: 1.0, ..NONE }, "3,27E+15"),
            (NikFaults { last_digit_zero: 1.0, ..NONE }, "3271014503900000"),
            (NikFaults { apostrophe: 1.0, ..NONE }, "'3271014503900002"),
            (NikFaults { formula: 1.0, ..NONE }, "=\"3271014503900002\""),
            (NikFaults { of_head: 1.0, ..NONE }, "3271010101700001"),
        ] {
            assert_eq!(write(faults).0, text);
        }
        assert_eq!(write(NONE), (String::new(), Miswritten::Right));
        assert_eq!(write(NikFaults { numeric_cell: 1.0, ..NONE }), (String::new(), Miswritten::Number(3_271_014_503_900_000)));
        assert_eq!(write(NikFaults { short: 1.0, ..NONE }).0.len(), 15);
        let off = write(NikFaults { transposed: 1.0, ..NONE }).0;
        assert_eq!(off.len(), 16);
        assert_eq!(off.bytes().zip("3271014503900002".bytes()).filter(|(a, b)| a != b).count(), 2);
    }
}
