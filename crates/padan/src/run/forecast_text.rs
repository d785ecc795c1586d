//! The forecast as text: what comes in, what is compared, what each stage holds and takes, what the disks must have.

use std::path::Path;

use super::forecast::{DiskForecast, Forecast};
use crate::output::{Align, Page, TextTable, thousands};

impl Forecast {
    /// The forecast for people.
    pub(crate) fn render(&self) -> String {
        let mut page = Page::default();
        page.line(format!(
            "{}: about {} rows, {} and {} with {} thread{}",
            self.pipeline,
            count(self.rows()),
            self.memory,
            minutes(self.seconds()),
            self.threads,
            if self.threads == 1 { "" } else { "s" },
        ));
        page.section("Sources");
        page.table(&self.sources_table());
        if self.sources.iter().any(|source| source.reused) {
            page.line("  Reused: an earlier night has read files of these names and lengths. The run compares their bytes; what has changed is read again.");
        }
        page.section("Lists that are linked with the registry together");
        for group in &self.groups {
            page.line(format!("  {}", group.join(", ")));
        }
        if self.territories > 1 {
            page.line(format!(
                "  The registry is linked in {} territories, some districts each (registry-at-once), and with each the rows that are at home there.",
                self.territories
            ));
        }
        page.section("Candidate pairs, by blocking rule");
        page.table(&self.pairs_table());
        page.line(match &self.pairs_of {
            Some(run) => format!("  As many a row as in run {run}."),
            None => "  As many a row as in generated extracts; real ones may give twice or half. Known after the first run into --output."
                .to_owned(),
        });
        page.section("Stages");
        page.table(&self.stages_table());
        let [sources, parts, tables] = [self.at_once.sources, self.at_once.parts, self.at_once.tables];
        page.line(format!(
            "  At once: {sources} sources read, {parts} of {} parts of families reconciled, {tables} tables written.",
            self.parts
        ));
        page.line(match (self.budget, self.budget_is_asked) {
            (Some(budget), true) => format!("  May hold {budget} (--memory)."),
            (Some(budget), false) => format!("  May hold {budget}, 80 % of the memory that is available now; --memory sets it."),
            (None, _) => "  Memory: as much as it takes; --memory sets a limit.".to_owned(),
        });
        if self.seconds_of.is_none() {
            page.line("  Minutes are those of two cores of a cloud machine; known better after the first run into --output.");
        }
        page.section("Disk");
        page.table(&self.disk_table());
        page.into_text()
    }

    fn sources_table(&self) -> TextTable {
        let right = ["files", "size", "rows, about"].map(|name| (name, Align::Right));
        let mut table = TextTable::new([("source", Align::Left)].into_iter().chain(right).chain([("", Align::Left)]));
        for source in &self.sources {
            let reused = if source.reused { "reused" } else { "" };
            let cells = [source.source.clone(), source.files.to_string(), source.bytes.to_string(), count(source.rows), reused.to_owned()];
            table.row(cells);
        }
        table
    }

    fn pairs_table(&self) -> TextTable {
        let mut table = TextTable::new([("rule", Align::Left), ("pairs, about", Align::Right)]);
        for of_rule in &self.pairs {
            table.row([of_rule.rule.clone(), of_rule.pairs.map_or_else(|| "?".to_owned(), count)]);
        }
        table
    }

    fn stages_table(&self) -> TextTable {
        let right = ["memory, at most", "time"].map(|name| (name, Align::Right));
        let mut table = TextTable::new([("stage", Align::Left)].into_iter().chain(right));
        for stage in &self.stages {
            table.row([stage.stage.to_owned(), stage.memory.to_string(), minutes(stage.seconds)]);
        }
        table
    }

    fn disk_table(&self) -> TextTable {
        let mut table = TextTable::new([("for", Align::Left), ("folder", Align::Left), ("needed", Align::Right), ("free", Align::Right)]);
        for DiskForecast { holds, folder, needed, free } in &self.disk {
            let folder = folder.as_deref().map(Path::display).map_or_else(|| "-".to_owned(), |folder| folder.to_string());
            table.row([(*holds).to_owned(), folder, needed.to_string(), free.map_or_else(|| "-".to_owned(), |free| free.to_string())]);
        }
        table
    }
}

/// A count that is only about right: three digits, then zeros.
fn count(number: u64) -> String {
    let unit = 10_u64.pow(number.max(1).ilog10().saturating_sub(2));
    thousands(((number + unit / 2) / unit * unit) as i64)
}

/// Seconds below two minutes, then minutes, then hours.
fn minutes(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{:.0} s", seconds.ceil()),
        120.0..7200.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_right_does_not_look_exact() {
        assert_eq!([0, 7, 999, 1_004, 818_244].map(count), ["0", "7", "999", "1,000", "818,000"]);
        assert_eq!([0.2, 119.0, 170.0, 9_000.0].map(minutes), ["1 s", "119 s", "3 min", "2.5 h"]);
    }
}
