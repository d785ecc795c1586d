//! `padan link`: any two files, or one, or several.

use anyhow::Context as _;
use padan_link::TrainedModel;

use crate::cli::Link;
use crate::failure::mistake;
use crate::link::{self, Inputs, Settings};
use crate::output;

/// Reads, links, writes, and prints the summary.
pub(crate) fn execute(arguments: &Link) -> anyhow::Result<()> {
    let given = arguments.model.as_deref().map(link::load_model).transpose()?;
    let mut inputs = Inputs::read(&arguments.files, arguments.id.as_deref(), given.as_ref().map(|(_, model)| model))?;
    let mode = link::mode_by_files(arguments.mode.as_deref(), arguments.files.len());
    let (text, model) = match given {
        Some(given) => given,
        None if arguments.suggest => {
            let suggestion = inputs.suggest(mode)?;
            for note in &suggestion.notes {
                output::note(note);
            }
            (suggestion.text, suggestion.model)
        }
        None => return Err(mistake("no model", "name one with --model, or let --suggest propose one")),
    };
    let model = model.without(&arguments.ablate);
    let trained: Option<TrainedModel> = match &arguments.trained {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
            Some(serde_json::from_str(&text).with_context(|| format!("{} is no trained model", path.display()))?)
        }
    };
    if let Some(unknown) = arguments.duplicate_free.iter().find(|table| !inputs.names.contains(table)) {
        return Err(mistake(format!("--duplicate-free: no table `{unknown}`"), format!("the tables are {}", inputs.names.join(", "))));
    }
    let settings = Settings {
        mode,
        duplicate_free: inputs.names.iter().map(|name| arguments.duplicate_free.contains(name).then_some(true)).collect(),
        trained: trained.as_ref(),
        verdicts: arguments.verdicts.as_deref(),
        floor: arguments.floor,
    };
    let (summary, _) = link::link(&mut inputs, &model, &text, &settings, &arguments.out)?;
    if arguments.json { output::print_json(&summary) } else { output::print(&summary.render(&arguments.out)) }
}
