//! A text for people, written from top to bottom.

use super::{TextTable, heading};

/// Lines and sections of a text.
#[derive(Debug, Default)]
pub(crate) struct Page(String);

impl Page {
    /// Begins a section: a blank line, unless it is the first, and the heading.
    pub(crate) fn section(&mut self, title: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.line(heading(title));
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) {
        self.0.push_str(line.as_ref());
        self.0.push('\n');
    }

    /// Adds a table, indented by two.
    pub(crate) fn table(&mut self, table: &TextTable) {
        self.0.push_str(&table.render(2));
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
