//! Whether a run's match probabilities are to be trusted, and what precision and recall they promise without labels.
//!
//! A row is linked and right in the sense of [`LinkScores`](crate::LinkScores). Estimated precision is the mean match probability p of the
//! linked rows; estimated recall is Σ p over the expected number of rows whose person is in the registry. That number is what the list's
//! model says of all its rows, the matches that blocking lost included ([`ListModel`](crate::ListModel)); a row that found its person through
//! a row of another list is there with its own p, and not with what the model left to a row without a link. Where a run has no such model it
//! is Σ p + Σ q, q being the chance that an unlinked row's person is in the registry. The trap is q: a run publishes it of few rows
//! ([`published`](crate::published)), an unknown one counts as 0, and so that estimate is an upper bound. The other candidates of a
//! linked row are left out of it, too: a row linked wrongly may be in the registry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calibration::{Calibration, reliability};
use crate::published::Published;
use crate::steps::{SortedScores, steps};
use crate::{Estimate, ListModel, Scores};

/// Match probabilities of a source's rows, or of all list rows, against the labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trust {
    /// Over the rows linked with a person of the registry, true where that is the right one. The halves are of true persons.
    pub calibration: Calibration,
    /// Of the links: the mean match probability, beside what is right.
    pub precision: Estimate,
    /// Of the rows whose person is in the registry: the share linked rightly.
    pub recall: Estimate,
    /// Share of the expected matches that some blocking rule made, estimated by the run without labels; `None` where no model says.
    pub blocking_recall: Option<f64>,
    /// Unlinked rows without a model, of which the run published no chance of being in the registry: they count as 0, which makes the
    /// estimate of recall too high.
    pub unknown: u64,
    /// Linked rows without a match probability: in the measured figures only.
    pub without_probability: u64,
}

/// One row of a list.
pub(crate) struct ListRow {
    /// Whether its link is right; `None` for a row that has none.
    pub(crate) right: Option<bool>,
    /// The held-out half of its true person, 0 or 1.
    pub(crate) half: u8,
    pub(crate) published: Published,
    /// What the list's model says of any of its rows.
    pub(crate) model: Option<ListModel>,
}

impl Trust {
    /// `measured` are the scores of the same rows.
    pub(crate) fn new(rows: impl IntoIterator<Item = ListRow>, measured: Scores) -> Self {
        let mut halves = [SortedScores::default(), SortedScores::default()];
        let (mut linked, mut right) = (0_u64, 0.0);
        let (mut unknown, mut without_probability) = (0, 0);
        let (mut present, mut present_by_model, mut compared) = (0.0, 0.0, 0.0);
        let mut lists: BTreeMap<[u64; 2], Held> = BTreeMap::new();
        for ListRow { right: is_right, half, published, model } in rows {
            if let Some(model) = model {
                let key = [model.match_rate.to_bits(), model.in_registry().to_bits()];
                lists.entry(key).or_insert_with(|| Held::of(model)).add(is_right.and(published.link), published.in_registry.is_some());
            }
            present_by_model += model.map_or(0.0, ListModel::in_registry);
            compared += model.map_or(0.0, |model| model.match_rate);
            match (is_right, published.link, published.in_registry) {
                (Some(is_right), Some(probability), _) => {
                    halves[usize::from(half)].push(probability, is_right);
                    linked += 1;
                    right += probability;
                    present += if model.is_none() { probability } else { 0.0 };
                }
                (Some(_), None, _) => without_probability += 1,
                (None, _, _) if model.is_some() => {}
                (None, _, Some(in_registry)) => present += in_registry,
                (None, _, None) => unknown += 1,
            }
        }
        present += lists.values().map(Held::in_registry).sum::<f64>();
        halves.iter_mut().for_each(SortedScores::sort);
        // A row is in its person's half whatever it is linked with, so no row weighs more than another.
        let calibrate = |halves: &[&SortedScores]| {
            let rows = halves.iter().map(|half| half.len()).sum();
            reliability(steps(halves), (rows, halves.iter().map(|half| half.truth.len() as u64).sum()), 1)
        };
        let [first, second] = &halves;
        Self {
            calibration: Calibration { all: calibrate(&[first, second]), halves: [calibrate(&[first]), calibrate(&[second])] },
            precision: Estimate::new((linked > 0).then(|| right / linked as f64), measured.precision),
            recall: Estimate::new((present > 0.0).then(|| right / present), measured.recall),
            blocking_recall: (compared > 0.0).then(|| (compared / present_by_model).min(1.0)),
            unknown,
            without_probability,
        }
    }
}

/// Rows of a list, as far as its model and its links tell how many the registry holds.
struct Held {
    /// What the model says of a row.
    each: f64,
    rows: f64,
    /// Rows linked with the registry, and their probabilities.
    linked: (f64, f64),
    /// The same of rows linked with a row of another list whose person is there.
    through_others: (f64, f64),
}

impl Held {
    fn of(model: ListModel) -> Self {
        Self { each: model.in_registry(), rows: 0.0, linked: (0.0, 0.0), through_others: (0.0, 0.0) }
    }

    fn add(&mut self, link: Option<f64>, is_direct: bool) {
        self.rows += 1.0;
        if let Some(probability) = link {
            let (rows, sum) = if is_direct { &mut self.linked } else { &mut self.through_others };
            *rows += 1.0;
            *sum += probability;
        }
    }

    fn in_registry(&self) -> f64 {
        let by_model = self.each * self.rows;
        let left = ((by_model - self.linked.1) / (self.rows - self.linked.0).max(1.0)).clamp(0.0, 1.0);
        (by_model + self.through_others.1 - left * self.through_others.0).max(self.linked.1 + self.through_others.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-12)
    }

    fn row(right: Option<bool>, half: u8, link: Option<f64>, in_registry: Option<f64>) -> ListRow {
        ListRow { right, half, published: Published { link, in_registry }, model: None }
    }

    #[test]
    fn figures_by_hand() {
        let rows = [
            row(Some(true), 0, Some(0.9), Some(0.9)),
            row(Some(true), 0, Some(0.9), Some(0.9)),
            row(Some(false), 1, Some(0.6), Some(0.6)),
            row(Some(true), 1, None, None),
            row(None, 0, None, Some(0.4)),
            // Joined to another list row: the probability of that is none of the registry's.
            row(None, 1, Some(0.99), Some(0.2)),
            row(None, 1, Some(0.99), None),
            row(None, 0, None, None),
        ];
        let measured = Scores { precision: Some(0.75), recall: Some(0.6), f1: None };
        let found = Trust::new(rows, measured);
        assert!(near(found.precision.estimated, 0.8) && near(found.precision.difference, 0.05));
        assert!(near(found.recall.estimated, 2.4 / 3.0) && near(found.recall.difference, 0.2));
        assert_eq!((found.unknown, found.without_probability), (2, 1));
        // Bins 13 (0.867 to 0.933): 2 of 2 right; 9 (0.6 to 0.667): 0 of 1.
        let [first, second] = &found.calibration.halves;
        let all = &found.calibration.all;
        assert_eq!((all.pairs, all.true_pairs, first.pairs, second.pairs), (3, 2, 2, 1));
        assert!(near(all.ece, (0.2 + 0.6) / 3.0) && near(first.ece, 0.1) && near(second.ece, 0.6));
        assert!(near(all.brier, (0.01 + 0.01 + 0.36) / 3.0));
        assert_eq!((all.bins[13].pairs, all.bins[13].observed, all.bins[9].observed), (2, Some(1.0), Some(0.0)));
    }

    #[test]
    fn who_was_found_through_another_list_is_in_the_registry() {
        // Of four rows the model says two are there. One is linked there; one of the three others, of each of which a third was left to be
        // there, is found by another list.
        let model = Some(ListModel { match_rate: 0.5, blocking_recall: None });
        let rows = [
            row(Some(true), 0, Some(1.0), Some(1.0)),
            row(Some(true), 0, Some(1.0), None),
            row(None, 0, None, Some(0.1)),
            row(None, 0, None, Some(0.1)),
        ];
        let found = Trust::new(rows.map(|row| ListRow { model, ..row }), Scores::default());
        assert!(near(found.recall.estimated, 2.0 / (2.0 + 1.0 - 1.0 / 3.0)), "{found:?}");
    }

    #[test]
    fn a_model_says_how_many_rows_the_registry_holds() {
        // Of four rows three should be there, and blocking makes three of four of these.
        let model = Some(ListModel { match_rate: 0.5625, blocking_recall: Some(0.75) });
        let rows = [
            row(Some(true), 0, Some(0.9), Some(0.9)),
            row(Some(true), 0, Some(0.9), Some(0.9)),
            row(None, 1, None, Some(0.3)),
            row(None, 1, None, None),
        ];
        let found = Trust::new(rows.map(|row| ListRow { model, ..row }), Scores::default());
        assert!(near(found.recall.estimated, 1.8 / 3.0) && near(found.blocking_recall, 0.75), "{found:?}");
        assert_eq!(found.unknown, 0);
    }

    #[test]
    fn no_rows_no_figures() {
        let found = Trust::new([], Scores::default());
        assert_eq!((found.precision.estimated, found.recall.estimated, found.calibration.all.ece), (None, None, None));
    }
}
