//! The report as a person reads it: aligned columns, shares to four digits, a dash where there is no figure.

use std::fmt::Write;

use crate::{Clustering, Report, Scores, Trust};

impl Report {
    /// The report as text, a newline at the end.
    pub fn render(&self) -> String {
        let rows = &self.rows;
        let mut text = format!(
            "Compared: {} rows with a person. Left out: {} without a person, {} that the labels lack, {} that the run lacks.\n\n",
            grouped(rows.compared),
            grouped(rows.without_person),
            grouped(rows.only_in_records),
            grouped(rows.only_in_labels)
        );
        text.push_str(&align(&self.clusterings()));
        // `write!` to a String cannot fail.
        let _ = writeln!(
            text,
            "\nRow → person of the registry ({}). legacy: equal NIK and names alike by 0.60. left alone: rightly, of the rows outside the registry",
            self.registry
        );
        text.push_str(&align(&self.links()));
        let missing = self.missing();
        if missing.len() > 1 {
            text.push_str("\nRows on one side only\n");
            text.push_str(&align(&missing));
        }
        if let Some(all) = &self.trust {
            text.push_str("\nMatch probabilities: the precision and recall that they promise without labels; ECE over 15 bins, all and in halves by person\n");
            text.push_str(&align(&self.trust(all)));
            if all.unknown > 0 {
                let _ = writeln!(
                    text,
                    "Unlinked rows of which the run does not say how likely the registry holds them: {}. They count as 0, so estimated recall is rather too high.",
                    grouped(all.unknown)
                );
            }
        }
        text
    }

    fn clusterings(&self) -> Vec<Vec<String>> {
        let mut lines = vec![words(&["", "rows", "clusters", "true", "precision", "recall", "F1"])];
        let mut add = |name: &str, clustering: &Clustering| {
            for (measure, scores) in [("pairwise", clustering.pairwise), ("B-cubed", clustering.b_cubed)] {
                let mut line = vec![format!("{name}, {measure}")];
                line.extend([clustering.rows, clustering.predicted_clusters, clustering.true_clusters].map(grouped));
                line.extend(shares(scores));
                lines.push(line);
            }
        };
        add("persons", &self.persons);
        add("persons by legacy", &self.persons_legacy);
        if let Some(families) = &self.families {
            add("families", families);
        }
        lines
    }

    fn links(&self) -> Vec<Vec<String>> {
        let head =
            ["source", "rows", "in registry", "precision", "recall", "F1", "legacy precision", "recall", "F1", "difference", "left alone"];
        let mut lines = vec![words(&head)];
        for source in &self.sources {
            let (Some(model), Some(legacy)) = (&source.model, &source.legacy) else { continue };
            let mut line = vec![source.source.clone(), grouped(source.rows.compared), grouped(source.in_registry)];
            line.extend(shares(model.scores));
            line.extend(shares(legacy.scores));
            line.push(source.f1_difference.map_or_else(dash, |difference| format!("{difference:+.4}")));
            line.push(format!("{} of {}", grouped(model.true_negative), grouped(source.rows.compared - source.in_registry)));
            lines.push(line);
        }
        lines
    }

    fn trust(&self, all: &Trust) -> Vec<Vec<String>> {
        let mut lines = vec![words(&["source", "precision", "estimated", "recall", "estimated", "blocking", "ECE", "half 1", "half 2"])];
        let of_sources = self.sources.iter().filter_map(|source| Some((source.source.as_str(), source.trust.as_ref()?)));
        for (name, trust) in of_sources.chain([("all lists", all)]) {
            let Trust { precision, recall, calibration, blocking_recall, .. } = trust;
            let [first, second] = &calibration.halves;
            let promised = [precision.measured, precision.estimated, recall.measured, recall.estimated, *blocking_recall];
            let figures = promised.into_iter().chain([calibration.all.ece, first.ece, second.ece]);
            lines.push([name.to_owned()].into_iter().chain(figures.map(share)).collect());
        }
        lines
    }

    fn missing(&self) -> Vec<Vec<String>> {
        let mut lines = vec![words(&["source", "the labels lack", "the run lacks"])];
        let one_sided = self.sources.iter().filter(|source| source.rows.only_in_records + source.rows.only_in_labels > 0);
        lines.extend(
            one_sided.map(|source| vec![source.source.clone(), grouped(source.rows.only_in_records), grouped(source.rows.only_in_labels)]),
        );
        lines
    }
}

pub(crate) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub(crate) fn dash() -> String {
    "–".to_owned()
}

pub(crate) fn share(share: Option<f64>) -> String {
    share.map_or_else(dash, |share| format!("{share:.4}"))
}

pub(crate) fn shares(scores: Scores) -> [String; 3] {
    [scores.precision, scores.recall, scores.f1].map(share)
}

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(",")
}

/// Columns two spaces apart: the first to the left, the others to the right.
pub(crate) fn align(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).enumerate();
        let cells: Vec<_> =
            cells.map(|(at, (cell, width))| if at == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
