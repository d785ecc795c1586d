//! `padan query`: the tables in SQL.

use padan_publish::Snapshot;

use crate::cli::Query;
use crate::{output, query};

/// Answers on stdout; says on stderr when the answer comes from tables with direct identifiers.
pub(crate) fn execute(arguments: &Query) -> anyhow::Result<()> {
    let answer = query::ask(&Snapshot::open(&arguments.out)?, &arguments.sql)?;
    if !answer.vault.is_empty() {
        output::note(&format!("note: {} may hold NIK, KK and names (vault tier)", answer.vault.join(", ")));
    }
    if arguments.json {
        output::print_json(&query::to_json(&answer.frame)?)
    } else if arguments.csv {
        output::print(&query::to_csv(&answer.frame)?)
    } else {
        output::print(&query::to_text(&answer.frame)?)
    }
}
