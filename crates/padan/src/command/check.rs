//! `padan check`: configuration and headers, nothing else, in a second.

use crate::cli::Check;
use crate::output::{self, Align, Page, TextTable};
use crate::run::{self, Plan};

/// Prints what was checked; every mistake found is an error.
pub(crate) fn execute(arguments: &Check) -> anyhow::Result<()> {
    let (pipeline, model) = run::configure(&arguments.pipeline, None)?;
    let name = model.file().unwrap_or_else(|| "legacy".to_owned());
    let mut page = Page::default();
    page.line(format!(
        "{}: {} sources, {} programme rules, model {name}: no mistake found",
        pipeline.name,
        pipeline.sources.len(),
        pipeline.programmes.len()
    ));
    if let Some(input) = &arguments.input {
        headers(&run::plan(pipeline, model, input)?, &mut page);
    }
    output::print(&page.into_text())
}

fn headers(plan: &Plan, page: &mut Page) {
    let mut table = TextTable::new([
        ("source", Align::Left),
        ("file", Align::Left),
        ("columns read", Align::Right),
        ("not read", Align::Right),
        ("optional fields without a column", Align::Left),
    ]);
    let mut warnings = Vec::new();
    for source in &plan.present {
        for header in &source.headers {
            let absent: Vec<&str> = header.absent.iter().map(|field| field.as_str()).collect();
            let cells = [
                source.profile.id.to_string(),
                header.file.clone(),
                header.columns.len().to_string(),
                header.unread.len().to_string(),
                absent.join(", "),
            ];
            table.row(cells);
            warnings.extend(header.warnings.iter().map(|warning| format!("  warning: {}: {warning}", header.file)));
        }
    }
    for profile in &plan.absent {
        table.row([profile.id.to_string(), "not delivered (optional)".to_owned()]);
    }
    page.table(&table);
    for warning in warnings {
        page.line(warning);
    }
    if !plan.unnamed.is_empty() {
        page.line(format!("  no profile names these files: {}", plan.unnamed.join(", ")));
    }
}
