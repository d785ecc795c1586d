//! The command line's grammar. Says what may be asked; `command` does it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use padan_link::Part;

use crate::size::Size;

const AFTER: &str = "\
Exit status: 0 done; 1 something that you can mend (the message says where); 2 a bug of padan.
Results go to stdout, everything else to stderr. NO_COLOR is honoured.";

/// Reconcile the lists of social assistance: who is wrongly in, who is wrongly out, and why.
#[derive(Debug, Parser)]
#[command(name = "padan", version, after_help = AFTER, max_term_width = 110)]
pub(crate) struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Say more on stderr: -v one line a stage (rows in, rows out, seconds), -vv details.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Threads to work with; every processor unless given. As many more only parse while extracts are read. The tables do not depend on it.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Generate people and their extracts, reconcile them, and show where to look.
    Demo(Demo),
    /// Generate a population and every extract of it, with the truth beside.
    Synth(Synth),
    /// Check a pipeline, its profiles and rules, and the headers of the extracts; nothing else.
    Check(Check),
    /// Say what a run will take (rows, candidate pairs, memory, disk, minutes), and whether it will be refused; nothing else.
    Plan(PlanRun),
    /// Reconcile: extracts in, tables out.
    Run(Run),
    /// Link any files: one with itself, two with each other, several together.
    Link(Link),
    /// Learn a linkage model from files, and link nothing.
    Train(Train),
    /// Score a run, or a result of `link`, against the truth of generated or labelled data.
    Evaluate(Evaluate),
    /// Ask the published tables in SQL.
    Query(Query),
    /// Say where one input row went, or why two rows are linked.
    Explain(Explain),
}

/// `padan demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Persons to generate.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub(crate) persons: u64,
    /// Folder for the extracts, the truth and the tables.
    #[arg(long, default_value = "padan-demo", value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Print the summary as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `padan synth`.
#[derive(Debug, Args)]
pub(crate) struct Synth {
    /// Persons to generate.
    #[arg(long, value_name = "N")]
    pub(crate) persons: u64,
    /// The same seed gives the same files, at any number of threads.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub(crate) seed: u64,
    /// Folder for the extracts; the truth goes to its `truth` folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Kemendagri province codes, such as 32,33; all of them unless given.
    #[arg(long, value_delimiter = ',', value_name = "CODE,…")]
    pub(crate) provinces: Vec<String>,
    /// A TOML of fault rates in place of the shipped ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// Print the summary as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `padan check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The pipeline, such as pipelines/nightly.toml.
    pub(crate) pipeline: PathBuf,
    /// Folder of the extracts; without it the configuration alone is checked.
    #[arg(long, value_name = "DIR")]
    pub(crate) input: Option<PathBuf>,
}

/// A run, made or planned.
#[derive(Debug, Args)]
pub(crate) struct Intended {
    /// The pipeline, such as pipelines/nightly.toml.
    pub(crate) pipeline: PathBuf,
    /// Folder of the extracts; only read.
    #[arg(long, value_name = "DIR")]
    pub(crate) input: PathBuf,
    /// Linkage model in place of the pipeline's: a model file, or `legacy` for the ministry's present rule.
    #[arg(long, value_name = "FILE|legacy")]
    pub(crate) model: Option<String>,
    /// Folder for what does not stay in memory: identified people, removed when the run ends. The output folder unless given; there
    /// must be room for about a third of the extracts.
    #[arg(long, value_name = "DIR")]
    pub(crate) temp: Option<PathBuf>,
    /// Memory that the run must not exceed, such as 8GiB: it does less at once, and a run that cannot keep it is refused before it begins. The
    /// tables do not depend on it. Unless given, a run that needs more than 80 % of the available memory only warns.
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<Size>,
    /// Read and link every extract anew, and leave nothing for the next night. Otherwise sources and lists that have not changed are taken as
    /// the last nights left them in the output folder's .state (identified people, about a third of the extracts). The tables are the same.
    #[arg(long)]
    pub(crate) no_state: bool,
}

/// `padan plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanRun {
    #[command(flatten)]
    pub(crate) intended: Intended,
    /// Folder of the published tables: the last run in it tells pairs and minutes better, and its disk must have room.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Print the forecast as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `padan run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) intended: Intended,
    /// Folder of the published tables; made where it does not exist.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Parts of the engine to leave out, to measure what they add; benches/accuracy lists them.
    #[arg(long, hide = true, value_delimiter = ',', value_name = "PART,…")]
    pub(crate) ablate: Vec<Part>,
    /// Print the summary as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Runs to keep, this one included; older ones are removed after publishing. All unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) keep: Option<u16>,
}

/// `padan link`.
#[derive(Debug, Args)]
pub(crate) struct Link {
    /// CSV, Parquet or XLSX files (`file.xlsx#Sheet` names a sheet): one is deduplicated, two are linked, more are linked and deduplicated.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The model file: columns, comparisons, blocking rules.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Propose a model from the files themselves, write it to the folder, and link with it.
    #[arg(long, conflicts_with = "model")]
    pub(crate) suggest: bool,
    /// Folder for pairs.parquet, clusters.parquet, the models and the summary; made where it does not exist.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Column that names a row, or `a | b` where the files' headers differ; `id` or the like where a file has it, otherwise row numbers.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,
    /// What to link; by the number of files unless given.
    #[arg(long, value_name = "MODE", value_parser = ["dedupe", "link", "link-and-dedupe"])]
    pub(crate) mode: Option<String>,
    /// Tables (file names without ending) that hold nobody twice.
    #[arg(long, value_delimiter = ',', value_name = "TABLE,…")]
    pub(crate) duplicate_free: Vec<String>,
    /// A trained.json of an earlier run to use as it is.
    #[arg(long, value_name = "FILE")]
    pub(crate) trained: Option<PathBuf>,
    /// Judged pairs: id_l, id_r, verdict (same, different, unsure), as a copy of pairs.parquet or in CSV. Constraints that no model overrides.
    #[arg(long, value_name = "FILE")]
    pub(crate) verdicts: Option<PathBuf>,
    /// Pairs below this probability are not written.
    #[arg(long, default_value_t = 0.001, value_name = "P")]
    pub(crate) floor: f64,
    /// Parts of the engine to leave out, to measure what they add; benches/accuracy lists them.
    #[arg(long, hide = true, conflicts_with = "verdicts", value_delimiter = ',', value_name = "PART,…")]
    pub(crate) ablate: Vec<Part>,
    /// Print the summary as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `padan train`.
#[derive(Debug, Args)]
pub(crate) struct Train {
    /// Files as for `link`.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The model file.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    /// Column whose equal values name one entity, such as a number that both files have in part: m is learned from those pairs too.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) same: Option<String>,
    /// Judged pairs, as for `link`: m is learned from those that are the same too.
    #[arg(long, value_name = "FILE")]
    pub(crate) verdicts: Option<PathBuf>,
    /// Where the trained model goes; `padan link --trained` reads it.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Column that names a row, or `a | b` where the files' headers differ.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,
    /// What will be linked; by the number of files unless given.
    #[arg(long, value_name = "MODE", value_parser = ["dedupe", "link", "link-and-dedupe"])]
    pub(crate) mode: Option<String>,
    /// Print the trained model as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `padan evaluate`.
#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    /// Folder of the published tables, or one that `link` made.
    pub(crate) out: PathBuf,
    /// Of a run: folder with `records.parquet` (source, row, person_id, family_id), or with a `truth` folder that holds it. Of a link:
    /// file (Parquet, CSV, XLSX) of true pairs (id_l, id_r) or of clusters (id, cluster), with table columns where ids are not unique; of
    /// two linked files id_l is the first's and id_r the second's.
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) truth: PathBuf,
    /// Print the figures as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `padan query`.
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// Folder of the published tables.
    pub(crate) out: PathBuf,
    /// One SELECT over the tables by name; `SHOW TABLES` lists them.
    pub(crate) sql: String,
    /// Print a JSON array of objects.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print CSV.
    #[arg(long)]
    pub(crate) csv: bool,
}

/// `padan explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Folder of the published tables, or one that `link` made.
    pub(crate) out: PathBuf,
    /// Source id, such as pbi.
    #[arg(long, value_name = "ID", requires = "row")]
    pub(crate) source: Option<String>,
    /// Data row, 1-based; header and title rows not counted.
    #[arg(long, value_name = "N", requires = "source", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) row: Option<i64>,
    /// Of a link: one row, as ID or TABLE:ID.
    #[arg(long, value_name = "ID", requires = "right", conflicts_with = "source")]
    pub(crate) left: Option<String>,
    /// Of a link: the other row.
    #[arg(long, value_name = "ID", requires = "left")]
    pub(crate) right: Option<String>,
    /// Show identifiers, names and the values compared; without it they are masked or left out.
    #[arg(long)]
    pub(crate) show_identifiers: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_grammar_is_consistent() {
        Cli::command().debug_assert();
    }
}
