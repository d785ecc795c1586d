//! How a failure is told: what failed, its causes, a hint; and whose it is, which is the exit status.
//!
//! A user's mistake ends with 1, a bug with 2. Nothing here prints data: stage errors carry places and column names, never values of
//! a row, and of a panic only its place in the source is shown.

use std::error::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::panic;
use std::process::ExitCode;

use padan_ingest::IngestError;
use padan_publish::PublishError;

/// Ends a run for a reason that the user can do nothing about.
#[derive(Debug)]
pub(crate) struct Bug(pub(crate) String);

impl fmt::Display for Bug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for Bug {}

/// A user's mistake with what to do about it.
#[derive(Debug)]
pub(crate) struct Mistake {
    /// What is wrong, and where.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for Mistake {}

/// A mistake as an error value.
pub(crate) fn mistake(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Mistake { message: message.into(), hint: hint.into() }.into()
}

/// Prints the failure on stderr and says how the process ends.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    if error.chain().any(is_closed_pipe) {
        // `padan query … | head` is no failure.
        return ExitCode::SUCCESS;
    }
    let text = describe(error);
    let _ = io::stderr().write_all(text.as_bytes());
    ExitCode::from(if is_bug(error) { 2 } else { 1 })
}

fn describe(error: &anyhow::Error) -> String {
    let mut lines = vec![format!("error: {error}")];
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some errors show their source in their own message already.
        if !lines.iter().any(|line| line.contains(&cause)) {
            lines.push(format!("  because: {}", cause.replace('\n', "\n  ")));
        }
    }
    lines.extend(error.chain().filter_map(|cause| cause.downcast_ref::<Mistake>()).map(|mistake| format!("hint: {}", mistake.hint)));
    if is_bug(error) {
        lines.push(OURS.to_owned());
    }
    lines.join("\n") + "\n"
}

const OURS: &str =
    "This is a bug of padan, not of your data or configuration. Nothing was published. Please report it with the command that you ran.";

fn is_bug(error: &anyhow::Error) -> bool {
    use padan_reconcile::ReconcileError::{Arrow, Bridge, Index, Lengths, Schema};
    error.chain().any(|cause| {
        cause.is::<Bug>()
            || cause.downcast_ref::<PublishError>().is_some_and(PublishError::is_bug)
            || cause.downcast_ref::<IngestError>().is_some_and(|error| !error.is_users())
            || matches!(cause.downcast_ref(), Some(Lengths { .. } | Index { .. } | Schema { .. } | Bridge(_) | Arrow(_)))
    })
}

fn is_closed_pipe(cause: &(dyn Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Runs `work`; a panic in it, or in a thread that it waits for, ends with 2 and shows its place only, never its message: a message
/// may quote a value.
pub(crate) fn guarded(work: impl FnOnce() -> anyhow::Result<()>) -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
        let _ = writeln!(io::stderr(), "error: padan {} stopped{place}\n{}", env!("CARGO_PKG_VERSION"), OURS);
    }));
    match panic::catch_unwind(panic::AssertUnwindSafe(work)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => report(&error),
        Err(_) => ExitCode::from(2),
    }
}

/// The word of `known` nearest to `word`, where one is near enough to be a misspelling.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase()), name))
        .min()
        .filter(|(distance, name)| *distance <= name.len().max(word.len()) / 3 + 1)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn a_failure_names_causes_once_and_ends_with_the_hint() {
        let error =
            Err::<(), _>(mistake("no table `coverag`", "the nearest is `coverage`")).context("the query failed").expect_err("an error");
        assert_eq!(describe(&error), "error: the query failed\n  because: no table `coverag`\nhint: the nearest is `coverage`\n");
        assert!(!is_bug(&error));
    }

    #[test]
    fn a_bug_says_so() {
        let error = anyhow::Error::from(Bug("3 rows read, 2 accounted for".into()));
        assert!(describe(&error).contains("a bug of padan"));
        assert!(is_bug(&error));
    }

    #[test]
    fn nearest_is_near() {
        assert_eq!(nearest("coverag", ["coverage", "conflicts"]), Some("coverage"));
        assert_eq!(nearest("zzz", ["coverage", "conflicts"]), None);
    }
}
