//! Scores of pairs or linked rows, true and false apart, and the walk down their distinct values.
//!
//! Every figure of the curve and of the calibration is summed along this walk, so none depends on the order of the file or on threads.
//! The trap is a value that many pairs share: it is one step, never half of one.

use rayon::slice::ParallelSliceMut;

/// Scores of pairs, the highest first once [`SortedScores::sort`] was called.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct SortedScores {
    pub(crate) truth: Vec<f64>,
    pub(crate) other: Vec<f64>,
}

impl SortedScores {
    pub(crate) fn push(&mut self, value: f64, is_true: bool) {
        // -0 + 0 is 0: the two zeros are one value.
        if is_true { self.truth.push(value + 0.0) } else { self.other.push(value + 0.0) }
    }

    pub(crate) fn append(&mut self, mut later: Self) {
        self.truth.append(&mut later.truth);
        self.other.append(&mut later.other);
    }

    pub(crate) fn sort(&mut self) {
        for values in [&mut self.truth, &mut self.other] {
            values.par_sort_unstable_by(|a, b| b.total_cmp(a));
        }
    }

    pub(crate) fn len(&self) -> u64 {
        (self.truth.len() + self.other.len()) as u64
    }
}

/// The pairs of one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) value: f64,
    /// Pairs that are true.
    pub(crate) truth: u64,
    /// Pairs that are not.
    pub(crate) other: u64,
}

/// The distinct values of several sorted sets together, from the highest down.
pub(crate) fn steps<'a>(sets: &[&'a SortedScores]) -> impl Iterator<Item = Step> + use<'a> {
    let mut heads: Vec<(&[f64], bool)> = sets.iter().flat_map(|set| [(&*set.truth, true), (&*set.other, false)]).collect();
    std::iter::from_fn(move || {
        let value = heads.iter().filter_map(|(values, _)| values.first().copied()).max_by(f64::total_cmp)?;
        let mut step = Step { value, truth: 0, other: 0 };
        for (values, is_true) in &mut heads {
            let run = values.iter().take_while(|other| **other >= value).count();
            *values = &values[run..];
            *(if *is_true { &mut step.truth } else { &mut step.other }) += run as u64;
        }
        Some(step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_step() {
        let mut a = SortedScores::default();
        let mut b = SortedScores::default();
        for (value, is_true) in [(0.5, true), (-0.0, false), (0.9, false), (0.5, false)] {
            a.push(value, is_true);
        }
        for (value, is_true) in [(0.5, true), (0.0, true), (f64::INFINITY, true)] {
            b.push(value, is_true);
        }
        a.sort();
        b.sort();
        let found: Vec<_> = steps(&[&a, &b]).map(|step| (step.value, step.truth, step.other)).collect();
        assert_eq!(found, [(f64::INFINITY, 1, 0), (0.9, 0, 1), (0.5, 2, 1), (0.0, 1, 1)]);
    }
}
