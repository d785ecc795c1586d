//! `padan train`: learn, and link nothing.

use padan_publish::write_text;

use crate::cli::Train;
use crate::link::{self, Inputs};
use crate::output;

/// Reads, learns, writes the trained model and prints it as a table.
pub(crate) fn execute(arguments: &Train) -> anyhow::Result<()> {
    let (_, model) = link::load_model(&arguments.model)?;
    let wanted = if arguments.same.is_none() { Some(&model) } else { None };
    let inputs = Inputs::read(&arguments.files, arguments.id.as_deref(), wanted)?;
    let mode = link::mode_by_files(arguments.mode.as_deref(), arguments.files.len());
    let trained = link::train(&inputs, &model, mode, arguments.same.as_deref(), arguments.verdicts.as_deref())?;
    write_text(&arguments.out, &serde_json::to_string_pretty(&trained)?)?;
    if arguments.json { output::print_json(&trained) } else { output::print(&link::trained(&trained)) }
}
