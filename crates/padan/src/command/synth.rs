//! `padan synth`: a population and every extract of it, with the truth beside.

use std::io::{self, IsTerminal as _};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use padan_synth::{Faults, SynthOptions, SynthSummary};
use serde_json::json;

use crate::cli::Synth;
use crate::output::{self, Align, Page, TextTable, thousands};

/// Generates and prints what was written.
pub(crate) fn execute(arguments: &Synth) -> anyhow::Result<()> {
    let mut options = SynthOptions::new(arguments.persons, arguments.seed, &arguments.out)?;
    options.provinces.clone_from(&arguments.provinces);
    if let Some(path) = &arguments.faults {
        options.faults = Faults::load(path)?;
    }
    let clock = Instant::now();
    let summary = generate(&options)?;
    let seconds = clock.elapsed().as_secs_f64();
    if arguments.json {
        let extracts: Vec<_> = summary
            .extracts
            .iter()
            .map(|extract| json!({ "source": extract.source, "rows": extract.rows, "files": extract.files }))
            .collect();
        return output::print_json(&json!({
            "persons": summary.persons, "families": summary.families, "villages": summary.villages, "extracts": extracts, "seconds": seconds,
        }));
    }
    let mut page = Page::default();
    let [persons, families, villages] = [summary.persons, summary.families, summary.villages].map(|count| thousands(count as i64));
    page.line(format!(
        "{persons} persons in {families} families and {villages} villages, in {seconds:.1} s, written to {}",
        arguments.out.display()
    ));
    page.table(&extracts(&summary));
    output::print(&page.into_text())
}

/// Generates with a progress bar on a terminal.
pub(crate) fn generate(options: &SynthOptions) -> anyhow::Result<SynthSummary> {
    let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(options.persons), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {human_pos:>12} of {human_len} persons  {elapsed}") {
        bar.set_style(style);
    }
    let summary = padan_synth::synth(options, &|persons| bar.set_position(persons));
    bar.finish_and_clear();
    Ok(summary?)
}

fn extracts(summary: &SynthSummary) -> TextTable {
    let mut table = TextTable::new([("source", Align::Left), ("rows", Align::Right), ("file", Align::Left)]);
    for extract in &summary.extracts {
        let names: Vec<String> =
            extract.files.iter().filter_map(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned()).collect();
        table.row([extract.source.to_owned(), thousands(extract.rows), names.join(", ")]);
    }
    table
}
