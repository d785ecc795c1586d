//! The result of `padan link`, and the waterfall of a pair, as text.

use std::path::Path;

use padan_link::{TrainedModel, WaterfallStep};

use super::{PairExplanation, Summary, VerdictSummary};
use crate::output::{Align, Page, TextTable, program, thousands};

impl Summary {
    /// The summary for people.
    pub(crate) fn render(&self, out: &Path) -> String {
        let mut page = Page::default();
        page.line(format!("{} by model `{}`, in {:.1} s", self.mode, self.model, self.seconds));
        page.section("Files");
        let mut files = TextTable::new([
            ("table", Align::Left),
            ("rows", Align::Right),
            ("quarantined", Align::Right),
            ("holds nobody twice", Align::Left),
        ]);
        for table in &self.tables {
            let free = if table.duplicate_free { "yes" } else { "no" };
            files.row([table.table.clone(), thousands(table.rows_read), thousands(table.quarantined), free.to_owned()]);
        }
        page.table(&files);
        page.section("Result");
        page.line(format!(
            "  {} candidate pairs compared; {} linked, from match probability {}; {} clusters of two rows and more",
            thousands(self.candidate_pairs as i64),
            thousands(self.matches as i64),
            self.link_probability,
            thousands(self.clusters as i64)
        ));
        let percent = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{:.2} %", 100.0 * value));
        page.line(format!(
            "  estimated without labels: precision {}, recall {}, of which blocking {}",
            percent(self.estimated.precision),
            percent(self.estimated.recall),
            percent(self.estimated.blocking_recall)
        ));
        if let Some(verdicts) = &self.verdicts {
            honoured(verdicts, &mut page);
        }
        for (rule, pairs) in &self.suppressed {
            page.line(format!("  not compared, since the block was too large: {} pairs of rule `{rule}`", thousands(*pairs as i64)));
        }
        if !self.converged {
            page.line(format!(
                "  EM did not converge within {} iterations: look at trained.json before you trust the weights",
                self.iterations
            ));
        }
        page.section("Where to look");
        let (padan, out) = (program(), out.display());
        page.line(format!("  {out}/pairs.parquet      pairs with weight, probability and the level of every comparison"));
        page.line(format!("  {out}/clusters.parquet   the cluster of every row"));
        page.line(format!("  {out}/model.toml, trained.json, summary.json"));
        page.line("  Why two rows are linked, or not:");
        page.line(format!("    {padan} explain {out} --left ID --right ID"));
        page.line("  How good it is, where you have labels:");
        page.line(format!("    {padan} evaluate {out} --truth LABELS.csv"));
        page.into_text()
    }
}

/// What became of the verdicts.
fn honoured(verdicts: &VerdictSummary, page: &mut Page) {
    let [same, different, unsure] = [verdicts.same, verdicts.different, verdicts.unsure].map(|count| thousands(count as i64));
    page.line(format!("  verdicts honoured: {same} same, {different} different; {unsure} unsure"));
    let Some(check) = &verdicts.check else { return };
    let (linked, right) = (thousands(check.linked as i64), thousands(check.linked_same as i64));
    let missed = thousands(check.missed as i64);
    page.line(match check.mean_probability {
        Some(mean) => format!(
            "  without them {linked} of the judged pairs would be linked, {right} of these rightly where {:.1} are expected, and {missed} missed",
            mean * check.linked as f64
        ),
        None => format!("  without them none of the judged pairs would be linked, and {missed} missed"),
    });
    if let Some(precision) = check.precision {
        page.line(format!("  and precision would be {:.2} %, as the judged pairs say of those like them", 100.0 * precision));
    }
}

/// What was learned, as one table: comparison, level, m, u, weight.
pub(crate) fn trained(model: &TrainedModel) -> String {
    let mut page = Page::default();
    let state = if model.converged { "converged" } else { "not converged" };
    page.line(format!(
        "`{}`: {} iterations, {state}; u from {} random pairs; {:.4} expected matches a row",
        model.name,
        model.iterations,
        thousands(model.random_pairs as i64),
        model.match_rate
    ));
    if model.same_verdicts > 0 {
        page.line(format!("m from {} pairs judged to be the same too", thousands(model.same_verdicts as i64)));
    }
    page.section("Comparisons");
    let mut table = TextTable::new([
        ("comparison", Align::Left),
        ("level", Align::Left),
        ("m", Align::Right),
        ("u", Align::Right),
        ("weight", Align::Right),
    ]);
    for comparison in &model.comparisons {
        for level in 1..comparison.levels.len() {
            let name = if level == 1 { comparison.name.as_str() } else { "" };
            table.row([
                name.to_owned(),
                comparison.levels[level].clone(),
                format!("{:.5}", comparison.m[level]),
                format!("{:.2e}", comparison.u[level]),
                format!("{:+.2}", comparison.weight(level)),
            ]);
        }
    }
    page.table(&table);
    page.into_text()
}

/// A pair's waterfall.
pub(crate) fn explanation(explanation: &PairExplanation) -> String {
    let mut page = Page::default();
    page.section(&format!("{} and {}", explanation.left, explanation.right));
    let mut table = TextTable::new([
        ("comparison", Align::Left),
        ("level", Align::Left),
        ("weight", Align::Right),
        ("rarity", Align::Right),
        ("sum", Align::Right),
    ]);
    let mut sum = 0.0;
    for WaterfallStep { comparison, level, weight, frequency } in &explanation.steps {
        sum += weight + frequency;
        let rarity = if *frequency == 0.0 { String::new() } else { format!("{frequency:+.2}") };
        table.row([comparison.clone(), level.clone(), format!("{weight:+.2}"), rarity, format!("{sum:+.2}")]);
    }
    page.table(&table);
    page.line(format!(
        "  match weight {:+.2} (log2), match probability of the two rows alone {:.6}",
        explanation.match_weight, explanation.pair_probability
    ));
    match (explanation.match_probability, explanation.is_match) {
        (Some(probability), Some(is_match)) => page
            .line(format!("  all rows considered: match probability {probability:.6}, {}", if is_match { "linked" } else { "not linked" })),
        _ => page.line("  not in pairs.parquet: all rows considered, its match probability is below the floor"),
    }
    if let Some(verdict) = explanation.verdict {
        page.line(format!("  a verdict says, or it follows from verdicts: {verdict}"));
    }
    if explanation.rules.is_empty() {
        page.line("  no blocking rule makes the pair");
    } else {
        page.line(format!("  blocking rules that make the pair: {}", explanation.rules.join(", ")));
    }
    if !explanation.values.is_empty() {
        page.section("Values");
        let mut values = TextTable::new([("column", Align::Left), ("left", Align::Left), ("right", Align::Left)]);
        for (column, left, right) in &explanation.values {
            values.row([column.clone(), left.clone().unwrap_or_default(), right.clone().unwrap_or_default()]);
        }
        page.table(&values);
    }
    page.into_text()
}
