//! How good the links of a programme's lists to the registry are, from the links' own probabilities.
//!
//! With p the probability of a linked row and q the chance that an unlinked row has a person in the registry after all (1 minus the
//! probability of standing alone), Σp links are expected to be right and Σq to be missed. Expected precision is Σp ÷ n; expected recall
//! Σp ÷ (Σp + Σq); their ratio, the number of rows truly in the registry over the number linked, is (Σp + Σq) ÷ n.
//!
//! Sums are integers of millionths: a float sum would depend on its order. The trap: probabilities that are not calibrated correct
//! nothing; a model that is always certain gives precision 1 and recall 1.

use padan_model::LinkMethod;

use crate::records::Record;

const MILLION: f64 = 1e6;
/// Standard normal quantile of a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// Sums over the rows of a programme's lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LinkQuality {
    linked: i64,
    /// Σp over linked rows, in millionths.
    right: i64,
    /// Σq over unlinked rows, in millionths.
    missed: i64,
    /// Σp(1−p) over linked rows, in millionths.
    right_variance: i64,
    /// Σq(1−q) over unlinked rows, in millionths.
    missed_variance: i64,
}

impl LinkQuality {
    /// Counts one row of a list.
    pub(crate) fn add(&mut self, record: &Record<'_, '_>) {
        let probability = record.probability();
        if record.in_registry() {
            // An identifier that agrees together with the name, or a reviewer, leaves no doubt worth counting.
            let probability = if record.is_confirmed_link() { 1.0 } else { probability };
            self.add_linked(probability);
        } else if record.method() == LinkMethod::Alone && probability > 0.0 {
            self.add_unlinked(1.0 - probability);
        }
    }

    /// Adds the sums over other rows.
    pub(super) fn merge(&mut self, other: Self) {
        self.linked += other.linked;
        self.right += other.right;
        self.missed += other.missed;
        self.right_variance += other.right_variance;
        self.missed_variance += other.missed_variance;
    }

    fn add_linked(&mut self, p: f64) {
        self.linked += 1;
        self.right += millionths(p);
        self.right_variance += millionths(p * (1.0 - p));
    }

    fn add_unlinked(&mut self, q: f64) {
        self.missed += millionths(q);
        self.missed_variance += millionths(q * (1.0 - q));
    }

    /// Expected number of rows whose person is in the registry and was not found.
    pub(crate) fn missed(&self) -> f64 {
        self.missed as f64 / MILLION
    }

    /// Expected precision with its 95 % bounds.
    pub(super) fn precision(&self) -> Bounded {
        self.bounded(self.right, self.right_variance)
    }

    /// Rows truly in the registry over rows linked (precision ÷ recall) with its 95 % bounds.
    pub(super) fn inflation(&self) -> Bounded {
        self.bounded(self.right + self.missed, self.right_variance + self.missed_variance)
    }

    fn bounded(&self, sum: i64, variance: i64) -> Bounded {
        if self.linked == 0 {
            return Bounded { value: 1.0, low: 1.0, high: 1.0 };
        }
        let rows = self.linked as f64;
        let value = sum as f64 / MILLION / rows;
        let half = Z * (variance as f64 / MILLION).sqrt() / rows;
        Bounded { value, low: (value - half).max(0.0), high: value + half }
    }
}

/// An estimate and its 95 % bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounded {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

fn millionths(value: f64) -> i64 {
    (value * MILLION).round() as i64
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Quality of `linked` rows of probability `p` and `unlinked` rows with a chance `q` of a missed link.
    pub(in crate::rates) fn quality(linked: usize, p: f64, unlinked: usize, q: f64) -> LinkQuality {
        let mut quality = LinkQuality::default();
        (0..linked).for_each(|_| quality.add_linked(p));
        (0..unlinked).for_each(|_| quality.add_unlinked(q));
        quality
    }

    #[test]
    fn precision_and_recall_from_probabilities() {
        let quality = quality(100, 0.9, 50, 0.2);
        assert!((quality.precision().value - 0.9).abs() < 1e-9);
        assert!((quality.missed() - 10.0).abs() < 1e-9);
        assert!((quality.inflation().value - 1.0).abs() < 1e-9);
        assert!(quality.precision().low < 0.9 && quality.precision().high > 0.9);
        assert!((LinkQuality::default().inflation().value - 1.0).abs() < f64::EPSILON);
    }
}
