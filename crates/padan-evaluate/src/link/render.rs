//! A link report as a person reads it, 100 columns wide: what was compared, how good it is, what was lost where, what to believe.
//!
//! Shares to four digits, a dash where there is no figure. The whole curve is left to the JSON.

use std::fmt::Write;

use super::clusters::PairScores;
use super::curve::{Curve, CurvePoint};
use super::report::LinkReport;
use super::truth::TruthShape;
use crate::render::{align, dash, grouped, share, shares, words};
use crate::{Estimate, Reliability};

/// Characters of a bar from 0 to 1.
const BAR: usize = 40;

impl LinkReport {
    /// The report as text, a newline at the end.
    pub fn render(&self) -> String {
        let mut text = self.compared();
        text.push('\n');
        text.push_str(&align(&self.accuracy()));
        // `write!` to a String cannot fail.
        let area = |curve: &Curve| share(curve.average_precision);
        let _ = writeln!(text, "Average precision: {} by probability, {} by weight.", area(&self.by_probability), area(&self.by_weight));
        text.push_str("\nWhere true pairs were lost\n");
        text.push_str(&align(&self.losses()));
        if let (Some(blocking), Some(scoring)) = (self.blocking.blocking_recall, self.blocking.scoring_recall) {
            let _ = writeln!(text, "Recall is that of blocking, {blocking:.4}, times that of scoring, {scoring:.4}.");
        }
        text.push_str("\nUnlinkable: rows that would not reach the threshold with a perfect copy of themselves\n");
        text.push_str(&align(&self.unlinkable()));
        text.push_str("\nCalibration: of the pairs in the file with such a probability, how many are true?\n");
        text.push_str(&bars(&self.calibration.all));
        text.push('\n');
        text.push_str(&align(&self.trust()));
        text.push_str("\nWithout labels the run said of its matches\n");
        text.push_str(&align(&self.estimated()));
        text
    }

    fn compared(&self) -> String {
        let (truth, pairs) = (&self.truth, &self.pairs);
        let tables = if self.tables.len() == 1 { "1 table".to_owned() } else { format!("{} tables", grouped(self.tables.len() as u64)) };
        let shape = match truth.shape {
            TruthShape::Pairs => "a list of pairs",
            TruthShape::Clusters => "a list of clusters",
        };
        let mut lines = vec![
            format!("Linked     {} rows of {tables}, mode {}", grouped(self.rows), self.mode.name()),
            format!("Pairs      {} candidates, {} in the file", grouped(self.blocking.candidate_pairs), grouped(pairs.in_file)),
            format!("Truth      {shape}: {} true pairs, {} entities", grouped(truth.true_pairs), grouped(truth.entities)),
        ];
        let counts = [
            (truth.unlabelled_rows, "Left out", "rows without a label"),
            (pairs.in_file - pairs.scored, "Left out", "pairs in the file that the truth says nothing of"),
            (truth.unknown_ids, "Left out", "ids of the truth that are no input row"),
            (truth.lines_left_out, "Left out", "pairs of the truth: of such an id, of a row with itself, listed before, or within a table"),
            (truth.implied_pairs, "False", "pairs that follow from those listed and are not listed"),
        ];
        let told = counts.iter().filter(|(count, ..)| *count > 0);
        lines.extend(told.map(|(count, what, of)| format!("{what:<9}  {} {of}", grouped(*count))));
        lines.join("\n") + "\n"
    }

    fn accuracy(&self) -> Vec<Vec<String>> {
        let mut lines = vec![words(&["", "precision", "recall", "F1", "right", "wrong", "missed"])];
        let judged = |name: String, pairs: &PairScores| {
            let mut line = vec![name];
            line.extend(shares(pairs.scores));
            line.extend([pairs.true_positive, pairs.false_positive, pairs.false_negative].map(grouped));
            line
        };
        lines.push(judged(format!("matches, from probability {}", threshold(self.link_probability)), &self.at_default));
        let best = |name: String, point: &CurvePoint| {
            let (right, predicted) = (point.true_positive, point.predicted);
            judged(name, &PairScores::new(right, predicted, self.truth.true_pairs))
        };
        if let Some(point) = &self.by_probability.best {
            lines.push(best(format!("best F1, from probability {}", threshold(point.threshold)), point));
        }
        if let Some(point) = &self.by_weight.best {
            lines.push(best(format!("best F1, from weight {:.2} bits", point.threshold), point));
        }
        lines.push(judged(format!("pairs within {} clusters", grouped(self.clusters.clusters)), &self.clusters.pairs));
        let mut line = vec!["B-cubed of the clusters".to_owned()];
        line.extend(shares(self.clusters.b_cubed));
        lines.push(line);
        lines
    }

    fn losses(&self) -> Vec<Vec<String>> {
        let (blocking, truth) = (&self.blocking, self.truth.true_pairs);
        let found = self.at_default.true_positive;
        let of = |part: u64, whole: u64| share((whole > 0).then(|| part as f64 / whole as f64));
        let mut lines = vec![
            words(&["", "pairs", "of the true", "of those before"]),
            vec!["true".to_owned(), grouped(truth), of(truth, truth), dash()],
        ];
        let mut before = truth;
        if let Some(candidates) = blocking.true_candidates {
            lines.push(vec!["let through by blocking".to_owned(), grouped(candidates), of(candidates, truth), of(candidates, truth)]);
            before = candidates;
        }
        let in_file = blocking.true_in_file;
        lines.push(vec!["in the file of pairs".to_owned(), grouped(in_file), of(in_file, truth), of(in_file, before)]);
        lines.push(vec!["linked".to_owned(), grouped(found), of(found, truth), of(found, in_file)]);
        lines
    }

    fn unlinkable(&self) -> Vec<Vec<String>> {
        let default = &self.unlinkable.at_default;
        let mut head = words(&["threshold"]);
        head.extend(self.unlinkable.grid.iter().map(|at| threshold(at.threshold)));
        head.push(format!("run: {}", threshold(default.threshold)));
        let all = || self.unlinkable.grid.iter().chain([default]);
        let line = |name: &str, cell: &dyn Fn(&super::unlinkable::UnlinkableAt) -> String| {
            let mut line = words(&[name]);
            line.extend(all().map(cell));
            line
        };
        vec![head, line("rows", &|at| grouped(at.rows)), line("share", &|at| share(at.share))]
    }

    fn trust(&self) -> Vec<Vec<String>> {
        let [first, second] = &self.calibration.halves;
        let mut lines = vec![words(&["", "pairs", "true", "ECE", "adaptive ECE", "Brier", "log loss"])];
        for (name, part) in [("all", &self.calibration.all), ("held-out half 1", first), ("held-out half 2", second)] {
            let mut line = vec![name.to_owned(), grouped(part.pairs), grouped(part.true_pairs)];
            line.extend([part.ece, part.adaptive_ece, part.brier, part.log_loss].map(share));
            lines.push(line);
        }
        lines
    }

    fn estimated(&self) -> Vec<Vec<String>> {
        let mut lines = vec![words(&["", "estimated", "measured", "difference"])];
        let estimates = &self.estimates;
        for (name, estimate) in
            [("precision", &estimates.precision), ("recall", &estimates.recall), ("blocking recall", &estimates.blocking_recall)]
        {
            let Estimate { estimated, measured, difference } = *estimate;
            let difference = difference.map_or_else(dash, |difference| format!("{difference:+.4}"));
            lines.push(vec![name.to_owned(), share(estimated), share(measured), difference]);
        }
        lines
    }
}

/// One line a bin: the share that is true as a bar, the mean probability as a mark in it.
fn bars(all: &Reliability) -> String {
    let mut lines = vec![words(&["probability", "pairs", "mean", "true"])];
    for bin in &all.bins {
        let mut line = vec![format!("{:.3} – {:.3}", bin.from, bin.to), grouped(bin.pairs)];
        line.extend([bin.mean_probability, bin.observed].map(share));
        if let (Some(mean), Some(observed)) = (bin.mean_probability, bin.observed) {
            let full = (observed * BAR as f64).round() as usize;
            let mark = ((mean * BAR as f64) as usize).min(BAR - 1);
            let cell = |at: usize| match (at == mark, at < full) {
                (true, _) => '┃',
                (false, true) => '█',
                (false, false) => '·',
            };
            line.push((0..BAR).map(cell).collect());
        }
        lines.push(line);
    }
    lines[0].push(format!("{:<BAR$}", "█ true, ┃ as the probability says"));
    align(&lines)
}

/// As many digits as it takes, four at most unless it is closer to 1 than that.
fn threshold(value: f64) -> String {
    let digits = if value < 1.0 && value > 0.9999 { 7 } else { 4 };
    let text = format!("{value:.digits$}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short.is_empty() { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_short() {
        for (value, expected) in [(0.95, "0.95"), (1.0, "1"), (0.0, "0"), (0.999_999, "0.999999"), (0.123_456, "0.1235")] {
            assert_eq!(threshold(value), expected);
        }
    }
}
