//! `padan explain`: where one input row went, and why.

use padan_publish::Snapshot;

use crate::cli::Explain;
use crate::{explain, output};

/// Prints the explanation, masked unless identifiers were asked for.
pub(crate) fn execute(arguments: &Explain) -> anyhow::Result<()> {
    let snapshot = Snapshot::open(&arguments.out)?;
    let explanation = explain::explain(&snapshot, &arguments.source, arguments.row, arguments.show_identifiers)?;
    if arguments.json { output::print_json(&explanation) } else { output::print(&explain::to_text(&explanation)) }
}
