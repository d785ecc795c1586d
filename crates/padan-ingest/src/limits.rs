//! What a file may cost before it is refused or a row goes to quarantine.
//!
//! Every limit is a matter of memory or of time, none of content. The defaults leave the largest real extracts (1,048,576 rows of 101
//! columns in a sheet) a margin of several times.

/// Limits of reading. `Limits::default()` documents and sets every default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Rows of a batch, at most 16,384.
    pub batch_rows: usize,
    /// Bytes of one cell; a row with a longer one is quarantined. Default 1 MiB.
    pub cell_bytes: usize,
    /// Bytes of one CSV row or JSON line; a longer one is skipped to its end, never held, and quarantined. Default 4 MiB.
    pub row_bytes: usize,
    /// Bytes that a quoted field may hold once it spans lines; beyond it the quote counts as unbalanced. Default 64 KiB.
    pub quoted_bytes: usize,
    /// Line breaks within a quoted field; beyond it the quote counts as unbalanced. Default 20.
    pub quoted_lines: usize,
    /// Characters of a quarantined row's raw text that are kept. Default 2,000.
    pub raw_chars: usize,
    /// Bytes of raw text that all quarantined rows of a source keep together; later ones keep file, row, offset and reason. Default 256 MiB.
    pub raw_total_bytes: usize,
    /// Entries of a workbook's zip. Default 4,096.
    pub zip_entries: usize,
    /// Uncompressed bytes of a workbook, all entries. Default 16 GiB.
    pub zip_total_bytes: u64,
    /// Uncompressed bytes of a workbook's shared strings, which alone are held in memory. Default 512 MiB.
    pub shared_strings_bytes: u64,
    /// Uncompressed ÷ compressed bytes of an entry over 16 MiB. Real sheets stay below 60; deflate can reach 1,032. Default 200.
    pub zip_ratio: u64,
    /// Bytes of reading between refills of the CSV buffer. Default 256 KiB.
    pub chunk_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_rows: 16_384,
            cell_bytes: 1 << 20,
            row_bytes: 4 << 20,
            quoted_bytes: 64 << 10,
            quoted_lines: 20,
            raw_chars: 2_000,
            raw_total_bytes: 256 << 20,
            zip_entries: 4_096,
            zip_total_bytes: 16 << 30,
            shared_strings_bytes: 512 << 20,
            zip_ratio: 200,
            chunk_bytes: 256 << 10,
        }
    }
}
