//! Writes the standard records of a source as they come.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use arrow::array::{Array as _, AsArray as _, RecordBatch};
use padan_model::{column, standard_schema};
use padan_standardize::NikHolders;
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use super::parts::DISTINCT;
use super::{Contents, Staged, file_in};
use crate::state::HashingFile;

/// Rows of a row group; what is encoded and not yet on the disk is of one group.
pub(super) const GROUP_ROWS: usize = 131_072;

/// Bytes of a row group's dictionary of a column: of one that holds not all of them the reader makes another, value by value.
const DICTIONARY: usize = 16 << 20;

/// A staged file that is being written.
pub(crate) struct StagedWriter {
    path: PathBuf,
    writer: ArrowWriter<HashingFile>,
    holders: NikHolders,
    rows: usize,
}

impl StagedWriter {
    /// Begins the file of a source.
    pub(crate) fn create(folder: &Path, source: &str) -> anyhow::Result<Self> {
        let path = file_in(folder, source);
        let plain = |builder: WriterPropertiesBuilder, name| builder.set_column_dictionary_enabled(ColumnPath::from(name), false);
        // Snappy: what is read several times in a night and goes when its extract changes need not be small.
        let properties = DISTINCT
            .into_iter()
            .fold(WriterProperties::builder(), plain)
            .set_column_dictionary_enabled(ColumnPath::from(column::ROW), false)
            .set_dictionary_page_size_limit(DICTIONARY)
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let writer = ArrowWriter::try_new_with_options(HashingFile::new(file), standard_schema(), options)?;
        Ok(Self { path, writer, holders: NikHolders::default(), rows: 0 })
    }

    /// Takes the next records.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.holders.add(batch);
        self.rows += batch.num_rows();
        self.writer.write(batch).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Ends the file and finds the NIKs that several people bear.
    pub(crate) fn finish(self) -> anyhow::Result<Staged> {
        let Self { path, writer, holders, rows } = self;
        let seal = writer.into_inner().with_context(|| format!("cannot write {}", path.display()))?.seal();
        let mut staged = Staged { path, contents: Contents { rows, shared: Vec::new(), seal } };
        let repeated = holders.repeated();
        let names = staged.names(&repeated.rows())?;
        staged.contents.shared = repeated.shared(&names);
        Ok(staged)
    }
}

impl Staged {
    /// Standard names of some rows, which are in order.
    fn names(&self, rows: &[u32]) -> anyhow::Result<Vec<Option<String>>> {
        let mut names = Vec::with_capacity(rows.len());
        let mut rows = rows.iter().map(|row| *row as usize).peekable();
        let mut first = 0;
        if rows.peek().is_none() {
            return Ok(names);
        }
        for batch in self.batches(Some(&[column::NAMA_STANDAR]))? {
            let batch = batch?;
            let texts = batch.column(0).as_string::<i32>();
            while let Some(row) = rows.next_if(|row| *row < first + batch.num_rows()) {
                names.push(texts.is_valid(row - first).then(|| texts.value(row - first).to_owned()));
            }
            first += batch.num_rows();
        }
        Ok(names)
    }
}
