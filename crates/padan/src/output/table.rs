//! Columns of text, aligned. Nothing is cut: a cell that is too long for the terminal wraps there, and is whole in a pipe.

/// Where a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// A table of text cells under a header.
#[derive(Debug)]
pub(crate) struct TextTable {
    header: Vec<String>,
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// An empty table with these columns.
    pub(crate) fn new(columns: impl IntoIterator<Item = (impl Into<String>, Align)>) -> Self {
        let (header, align) = columns.into_iter().map(|(name, align)| (name.into(), align)).unzip();
        Self { header, align, rows: Vec::new() }
    }

    /// Adds a row; cells beyond the columns are left out, missing ones are blank.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        let mut row: Vec<String> = cells.into_iter().map(Into::into).collect();
        row.resize(self.align.len(), String::new());
        self.rows.push(row);
    }

    /// A table without a header.
    pub(crate) fn bare(columns: usize) -> Self {
        Self { header: Vec::new(), align: vec![Align::Left; columns], rows: Vec::new() }
    }

    /// The lines, each indented by `indent` spaces and ended by a newline.
    pub(crate) fn render(&self, indent: usize) -> String {
        let header = (!self.header.is_empty()).then_some(&self.header);
        let lines = || header.into_iter().chain(&self.rows);
        let widths: Vec<usize> = (0..self.align.len()).map(|column| lines().map(|row| width(&row[column])).max().unwrap_or(0)).collect();
        let mut text = String::new();
        for row in lines() {
            let mut line = " ".repeat(indent);
            for ((cell, &column_width), align) in row.iter().zip(&widths).zip(&self.align) {
                let fill = " ".repeat(column_width.saturating_sub(width(cell)));
                match align {
                    Align::Left => line.extend([cell, fill.as_str()]),
                    Align::Right => line.extend([fill.as_str(), cell]),
                }
                line.push_str("  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_table_has_no_header_line() {
        let mut table = TextTable::bare(2);
        table.row(["nik", "3201************"]);
        assert_eq!(table.render(2), "  nik  3201************\n");
    }

    #[test]
    fn cells_stand_under_their_header() {
        let mut table = TextTable::new([("source", Align::Left), ("rows", Align::Right)]);
        table.row(["pbi", "1,204"]);
        table.row(["dtsen-anggota", "7"]);
        assert_eq!(table.render(1), " source          rows\n pbi            1,204\n dtsen-anggota      7\n");
    }
}
