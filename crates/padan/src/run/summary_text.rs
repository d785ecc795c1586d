//! The summary as text: rows a source, errors a programme, what to verify, and where to look next.

use std::cmp::Reverse;
use std::path::Path;

use padan_reconcile::reason_text;

use super::Summary;
use super::summary::{Rate, SourceFigures};
use crate::nightly::RulePairs;
use crate::output::{Align, Page, TextTable, percent, program, thousands};

/// Rules that are named of those that skipped something.
const NAMED_RULES: usize = 3;

impl Summary {
    /// The summary for people; `output` is the folder as the user gave it.
    pub(crate) fn render(&self, output: &Path) -> String {
        let mut page = Page::default();
        let out = output.display();
        if self.nothing_to_do {
            page.line(format!(
                "{}: run {} is in {out} already: same extracts, configuration and program. Nothing to do.",
                self.pipeline, self.run_id
            ));
        } else {
            let memory = self.peak_memory_bytes.map_or_else(String::new, |bytes| format!(", {} MB at most", thousands(bytes / 1_000_000)));
            page.line(format!(
                "{}: run {} published in {out} ({:.1} s{memory}, model {})",
                self.pipeline, self.run_id, self.seconds, self.model
            ));
        }
        page.section("Sources, in rows");
        page.table(&self.sources_table());
        let [persons, families, review] = [self.persons, self.families, self.review].map(thousands);
        page.line(format!("  {persons} persons and {families} families in all; {review} pairs for a person to judge (table review)."));
        if !self.reused.is_nothing() {
            page.line(self.reused_line());
        }
        for line in self.skipped_lines() {
            page.line(line);
        }
        if !self.absent.is_empty() {
            page.line(format!("  Not delivered (optional): {}.", self.absent.join(", ")));
        }
        if !self.unnamed.is_empty() {
            page.line(format!("  Not read, since no profile names them: {}.", self.unnamed.join(", ")));
        }
        page.section("Programmes, each in its own unit (jiwa = persons, KPM = families)");
        page.table(&self.programmes_table());
        page.line("  benar: entitled and receiving. inklusi: receiving, not entitled; % of those on the list who can be judged.");
        page.line("  eksklusi: entitled, not receiving; % of the entitled. tak dapat dinilai: cannot be judged; coverage says why.");
        if !self.not_judged.is_empty() {
            page.line(format!("  Not judged, since no list of theirs was delivered: {}.", self.not_judged.join(", ")));
        }
        page.section("To verify in the regions (verivali)");
        page.table(&self.verivali_table());
        let padan = program();
        page.section("Where to look");
        page.line(format!(
            "  {out}/tables/<table>/*.parquet   for DuckDB, Polars, Spark, pandas; {out}/manifest.json has inputs, hashes and stages"
        ));
        if self.sources.iter().any(|source| source.rows_quarantined + source.cells_quarantined > 0) {
            page.line("  What was refused, and why:");
            page.line(format!("    {padan} query {out} \"SELECT source, reason, count(*) AS n FROM quarantine GROUP BY source, reason ORDER BY n DESC LIMIT 10\""));
        }
        page.line("  The kab/kota where most of the entitled are left out:");
        page.line(format!(
            "    {padan} query {out} \"SELECT programme, kode_wilayah, numerator, denominator, rate FROM rates WHERE error = 'eksklusi' AND level = 'kabkota' AND NOT suppressed ORDER BY numerator DESC LIMIT 10\""
        ));
        if let Some(programme) = self.programmes.iter().max_by_key(|programme| programme.inklusi) {
            page.line(format!("  Who receives {} and is not entitled, with the row of the list:", programme.title));
            page.line(format!("    {padan} query {out} \"SELECT nama, kode_wilayah, desil, reasons, source, row FROM inclusion_errors WHERE programme = '{}' LIMIT 10\"", programme.programme));
        }
        if let Some(source) = self.sources.iter().find(|source| source.programme.is_some() && source.rows_staged > 0) {
            page.line("  Why a row went where it went:");
            page.line(format!("    {padan} explain {out} --source {} --row 1", source.source));
        }
        page.into_text()
    }

    /// What was taken as an earlier night left it.
    fn reused_line(&self) -> String {
        let is_reused = |source: &&SourceFigures| self.reused.sources.contains(&source.source);
        let rows: i64 = self.sources.iter().filter(is_reused).map(|source| source.rows_read).sum();
        let lists = || self.sources.iter().filter(|source| !source.is_registry && source.rows_staged > 0);
        let linked = lists().filter(|list| self.reused.passes.contains(&list.source)).count();
        format!(
            "  As earlier nights left them: {} of {} sources ({} rows) were not read again, {linked} of {} lists not linked with the registry again.",
            self.reused.sources.len(),
            self.sources.len(),
            thousands(rows),
            lists().count(),
        )
    }

    /// What blocking did not look at, so that a run's time stays bounded; the rules of the most pairs are named.
    fn skipped_lines(&self) -> Vec<String> {
        let line = |what: &str, of: fn(&RulePairs) -> u64| {
            let mut rules: Vec<(&str, u64)> =
                self.pairs.iter().map(|rule| (rule.rule.as_str(), of(rule))).filter(|(_, pairs)| *pairs > 0).collect();
            rules.sort_by_key(|(_, pairs)| Reverse(*pairs));
            let total = rules.iter().map(|(_, pairs)| pairs).sum::<u64>();
            let named: Vec<String> =
                rules.iter().take(NAMED_RULES).map(|(rule, pairs)| format!("`{rule}` {}", thousands(*pairs as i64))).collect();
            let rest = if rules.len() > NAMED_RULES { format!(", {} more", rules.len() - NAMED_RULES) } else { String::new() };
            (total > 0).then(|| format!("  {what}: {} pairs; {}{rest}.", thousands(total as i64), named.join(", ")))
        };
        let too_large = line("Left out by a rule, since the block is too large (another rule may make the pair)", |rule| rule.too_large);
        let barren = line("Left out with a rule that next to no match needs", |rule| rule.barren);
        too_large.into_iter().chain(barren).collect()
    }

    fn sources_table(&self) -> TextTable {
        let right = ["read", "staged", "quarantined", "cells refused", "person in registry", ""].map(|name| (name, Align::Right));
        let mut table = TextTable::new([("source", Align::Left)].into_iter().chain(right));
        for source in &self.sources {
            let linked = if source.is_registry {
                ["the registry".to_owned(), String::new()]
            } else {
                [thousands(source.in_registry), percent(source.in_registry, source.rows_staged)]
            };
            let counts = [source.rows_read, source.rows_staged, source.rows_quarantined, source.cells_quarantined].map(thousands);
            table.row([source.source.clone()].into_iter().chain(counts).chain(linked));
        }
        table
    }

    fn programmes_table(&self) -> TextTable {
        let right = ["receiving", "benar", "inklusi", "", "eksklusi", "", "tak dapat dinilai"].map(|name| (name, Align::Right));
        let mut table = TextTable::new([("programme", Align::Left), ("unit", Align::Left)].into_iter().chain(right));
        let rate = |rate: Option<Rate>| rate.map_or_else(String::new, |rate| percent(rate.numerator, rate.denominator));
        for programme in &self.programmes {
            table.row([
                programme.title.clone(),
                unit(&programme.unit),
                thousands(programme.receiving),
                thousands(programme.benar),
                thousands(programme.inklusi),
                rate(programme.inclusion),
                thousands(programme.eksklusi),
                rate(programme.exclusion),
                thousands(programme.tak_dapat_dinilai),
            ]);
        }
        table
    }

    fn verivali_table(&self) -> TextTable {
        let mut table = TextTable::new([("reason", Align::Left), ("unit", Align::Left), ("to verify", Align::Right), ("", Align::Left)]);
        for row in &self.verivali {
            let text = reason_text(&row.reason).map(|text| text.english).unwrap_or_default();
            table.row([row.reason.clone(), unit(&row.unit), thousands(row.count), text]);
        }
        table
    }
}

/// The unit as people write it.
fn unit(word: &str) -> String {
    if word == "kpm" { "KPM".to_owned() } else { word.to_owned() }
}
