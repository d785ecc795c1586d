//! `padan explain`: where one input row went, and why; of a link result, why two rows are linked or not.

use padan_publish::Snapshot;

use crate::cli::Explain;
use crate::failure::mistake;
use crate::{explain, link, output};

/// Prints the explanation, masked unless identifiers were asked for.
pub(crate) fn execute(arguments: &Explain) -> anyhow::Result<()> {
    match (&arguments.source, arguments.row, &arguments.left, &arguments.right) {
        (Some(source), Some(row), _, _) => {
            let snapshot = Snapshot::open(&arguments.out)?;
            let explanation = explain::explain(&snapshot, source, row, arguments.show_identifiers)?;
            if arguments.json { output::print_json(&explanation) } else { output::print(&explain::to_text(&explanation)) }
        }
        (_, _, Some(left), Some(right)) => {
            let explanation = link::explain_pair(&arguments.out, left, right, arguments.show_identifiers)?;
            if arguments.json { output::print_json(&explanation) } else { output::print(&link::explanation(&explanation)) }
        }
        _ => Err(mistake("which row?", "of a run: --source ID --row N; of a link: --left ID --right ID")),
    }
}
