//! What a command prints: results on stdout, notes on stderr, numbers and tables as people read them.

mod mask;
mod page;
mod table;

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

pub(crate) use mask::{mask_identifiers, mask_name};
pub(crate) use page::Page;
pub(crate) use table::{Align, TextTable};

/// Writes a result on stdout. A closed pipe comes back as an error and ends the command quietly.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(())
}

/// Writes a result on stdout as JSON.
pub(crate) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    print(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Writes a line on stderr; a closed stderr is no reason to stop.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Whether colour is wanted on this stream: a terminal, and `NO_COLOR` unset or empty.
pub(crate) fn colour(stream_is_terminal: bool) -> bool {
    stream_is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The program as the user called it, so that the commands we show can be copied.
pub(crate) fn program() -> String {
    std::env::args_os().next().map_or_else(|| "padan".to_owned(), |program| program.to_string_lossy().into_owned())
}

/// A heading, bold on a terminal.
pub(crate) fn heading(text: &str) -> String {
    if colour(io::stdout().is_terminal()) { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// `1234567` as `1,234,567`.
pub(crate) fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A measured number with four decimals, or with four digits where it is smaller than those show.
pub(crate) fn decimal(number: f64) -> String {
    if number != 0.0 && number.abs() < 0.001 { format!("{number:.3e}") } else { format!("{number:.4}") }
}

/// A share in percent with one decimal; `-` without a denominator.
pub(crate) fn percent(part: i64, whole: i64) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{:.1} %", part as f64 / whole as f64 * 100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, -1_234_567].map(thousands), ["0", "999", "1,000", "-1,234,567"]);
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(0, 0), "-");
        assert_eq!([0.0, 0.485_148_5, 1e-9, -14.27].map(decimal), ["0.0000", "0.4851", "1.000e-9", "-14.2700"]);
    }
}
