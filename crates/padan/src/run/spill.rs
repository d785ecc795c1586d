//! Batches that wait in a file of the temporary folder: Arrow IPC streams, compressed by LZ4.
//!
//! LZ4 because a night writes and reads them once: it takes a tenth of the time that Parquet's encodings take, and what is written is
//! mostly columns that repeat themselves.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::ipc::CompressionType;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};

/// A file being written.
pub(super) struct SpillWriter {
    path: PathBuf,
    writer: StreamWriter<BufWriter<File>>,
}

impl SpillWriter {
    /// Creates the file.
    pub(super) fn create(path: PathBuf, schema: &Schema) -> anyhow::Result<Self> {
        let file = File::create_new(&path).with_context(|| unwritten(&path))?;
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME))?;
        let writer = StreamWriter::try_new_with_options(BufWriter::with_capacity(1 << 16, file), schema, options);
        Ok(Self { writer: writer.with_context(|| unwritten(&path))?, path })
    }

    /// Adds a batch.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        self.writer.write(batch).with_context(|| unwritten(&self.path))
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> anyhow::Result<Spilled> {
        self.writer.finish().with_context(|| unwritten(&self.path))?;
        Ok(Spilled { path: self.path })
    }
}

/// A file to be read once.
#[derive(Debug)]
pub(super) struct Spilled {
    path: PathBuf,
}

impl Spilled {
    /// Its batches in the order written. The file is opened when the first is asked for and removed after the last.
    pub(super) fn batches(self) -> SpillReader {
        SpillReader { path: self.path, reader: None, ended: false }
    }
}

/// A file being read.
pub(super) struct SpillReader {
    path: PathBuf,
    reader: Option<StreamReader<BufReader<File>>>,
    ended: bool,
}

impl SpillReader {
    fn read(&mut self) -> anyhow::Result<Option<RecordBatch>> {
        if self.ended {
            return Ok(None);
        }
        let reader = match &mut self.reader {
            Some(reader) => reader,
            None => self.reader.insert(StreamReader::try_new(BufReader::new(File::open(&self.path)?), None)?),
        };
        if let Some(batch) = reader.next() {
            return Ok(Some(batch?));
        }
        (self.reader, self.ended) = (None, true);
        fs::remove_file(&self.path)?;
        Ok(None)
    }
}

impl Iterator for SpillReader {
    type Item = anyhow::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().with_context(|| format!("cannot read {} back", self.path.display())).transpose()
    }
}

fn unwritten(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, ListBuilder, StringArray, StringBuilder};

    use super::*;

    #[test]
    fn batches_come_back_once_in_order_and_the_file_is_gone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("part");
        let mut reasons = ListBuilder::new(StringBuilder::new());
        for count in 0..100 {
            (0..count % 3).for_each(|reason| reasons.values().append_value(format!("alasan {reason}")));
            reasons.append(true);
        }
        let texts: ArrayRef = Arc::new((0..100).map(|row| (row % 7 != 0).then_some("Jl. Melati")).collect::<StringArray>());
        let columns: [(&str, ArrayRef); 2] = [("alamat", texts), ("reasons", Arc::new(reasons.finish()))];
        let batch = RecordBatch::try_from_iter(columns).expect("two columns");
        let slices = [batch.slice(0, 40), batch.slice(40, 0), batch.slice(40, 60)];
        let mut writer = SpillWriter::create(path.clone(), &batch.schema()).expect("created");
        for slice in &slices {
            writer.write(slice).expect("written");
        }
        let mut reader = writer.finish().expect("finished").batches();
        let read: Vec<RecordBatch> = reader.by_ref().map(|batch| batch.expect("readable")).collect();
        assert_eq!(read, slices);
        assert!(!path.exists() && reader.next().is_none());
    }
}
