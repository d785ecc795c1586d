//! How a birth date is miswritten.

use crate::date::Date;
use crate::dice::Dice;
use crate::faults::BirthFaults;

/// The date as a list has it; `None` for a blank.
pub(crate) fn miswrite_birth(birth: Date, faults: &BirthFaults, dice: &mut Dice) -> Option<Date> {
    let mut left = dice.unit();
    let mut hit = |rate: f64| {
        left -= rate;
        left < 0.0 && left >= -rate
    };
    if hit(faults.blank) {
        return None;
    }
    if hit(faults.january_first) {
        return Some(Date { month: 1, day: 1, ..birth });
    }
    if hit(faults.day_month) && birth.day <= 12 {
        return Some(Date { month: birth.day, day: birth.month, ..birth });
    }
    if hit(faults.digit) {
        let day = match dice.below(3) {
            0 => birth.day + 1,
            1 => birth.day.saturating_sub(1),
            _ => birth.day + 10,
        };
        return Some(Date { day: day.clamp(1, 28), ..birth });
    }
    if hit(faults.year) {
        let year = birth.year + [-1, 1, -2, 2, 10, -10][dice.below(6)];
        return Some(Date { year, day: birth.day.min(28), ..birth });
    }
    Some(birth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake() {
        let none = BirthFaults { blank: 0.0, january_first: 0.0, day_month: 0.0, digit: 0.0, year: 0.0 };
        let birth = Date { year: 1980, month: 7, day: 9 };
        let write = |faults| miswrite_birth(birth, &faults, &mut Dice::new(1, 1, 1));
        assert_eq!(write(none), Some(birth));
        assert_eq!(write(BirthFaults { blank: 1.0, ..none }), None);
        assert_eq!(write(BirthFaults { january_first: 1.0, ..none }), Some(Date { year: 1980, month: 1, day: 1 }));
        assert_eq!(write(BirthFaults { day_month: 1.0, ..none }), Some(Date { year: 1980, month: 9, day: 7 }));
        assert_ne!(write(BirthFaults { year: 1.0, ..none }), Some(birth));
    }
}
