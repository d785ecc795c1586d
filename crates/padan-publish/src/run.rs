//! A run being written, and the step that makes it visible.
//!
//! A run that is dropped before it is finished leaves nothing behind; one that is killed leaves its partial folder, which the next
//! `begin` removes. The lock is the system's (`flock`), so it dies with its process and never has to be cleared by hand.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use padan_model::tables::Table;

use crate::error::{PublishError, io};
use crate::hashing_file::HashingFile;
use crate::layout::{self, MANIFEST};
use crate::table_writer::TableWriter;
use crate::{FileEntry, Manifest, TableEntry, TableRows, prune, streams};

/// A run being written; the only one in its output folder.
pub struct Run {
    out: PathBuf,
    id: String,
    folder: PathBuf,
    tables: BTreeMap<&'static str, TableWriter>,
    /// Tables written to their end.
    written: BTreeMap<String, TableEntry>,
    files: BTreeMap<String, FileEntry>,
    keep: Option<usize>,
    at_once: Option<usize>,
    _lock: File,
}

impl Run {
    /// Begins the run in `OUT/runs/.<run-id>.partial` and removes what killed runs left.
    ///
    /// The id is content-addressed: the same inputs, configuration and binary give the same id. It must be a plain file name.
    pub fn begin(out: &Path, run_id: &str) -> Result<Self, PublishError> {
        layout::check_run_id(run_id)?;
        let lock = lock(out)?;
        layout::check_links(out)?;
        prune::remove_leftovers(out)?;
        let folder = layout::partial(out, run_id);
        fs::create_dir_all(folder.join("tables")).map_err(io("create", &folder))?;
        let id = run_id.to_owned();
        Ok(Self {
            out: out.to_owned(),
            id,
            folder,
            tables: BTreeMap::new(),
            written: BTreeMap::new(),
            files: BTreeMap::new(),
            keep: None,
            at_once: None,
            _lock: lock,
        })
    }

    /// Keeps only the newest `count` runs when this one is finished; the visible one is always kept. Without it every run is kept.
    ///
    /// A reader of a run that is removed loses it, so keep at least one more than the longest query lasts nights.
    pub fn keep(mut self, count: usize) -> Self {
        self.keep = Some(count);
        self
    }

    /// Writes no more than so many tables side by side, where memory is short; as many as there are threads unless asked. The bytes are the same.
    pub fn at_once(mut self, tables: usize) -> Self {
        self.at_once = Some(tables.max(1));
        self
    }

    /// Writes the next batches of a table and returns their number of rows. Without batches the table is published empty.
    ///
    /// Batches are written as they come, in any number of calls; over all of them the rows must stand in the table's order.
    pub fn write(&mut self, table: &Table, batches: &[RecordBatch]) -> Result<i64, PublishError> {
        if !self.tables.contains_key(table.name) {
            self.check_unwritten(table)?;
            self.tables.insert(table.name, TableWriter::create(&self.folder, table)?);
        }
        let mut rows = 0;
        if let Some(writer) = self.tables.get_mut(table.name) {
            for batch in batches {
                writer.push(batch)?;
                rows += batch.num_rows() as i64;
            }
        }
        Ok(rows)
    }

    /// Writes tables to their end, several at a time, and returns their number of rows. The bytes are those that [`Run::write`] makes of the
    /// same rows, whatever the number of threads and streams.
    ///
    /// A table that takes long should stand before those that do not.
    pub fn write_tables(&mut self, tables: Vec<TableRows<'_>>) -> Result<i64, PublishError> {
        for rows in &tables {
            self.check_unwritten(&rows.table)?;
            if self.tables.contains_key(rows.table.name) {
                return Err(PublishError::Protocol { problem: format!("table {:?} is being written already", rows.table.name) });
            }
        }
        let written = streams::write(&self.folder, tables, self.at_once.unwrap_or_else(rayon::current_num_threads))?;
        let rows = written.iter().map(|entry| entry.rows).sum();
        self.written.extend(written.into_iter().map(|entry| (entry.name.clone(), entry)));
        Ok(rows)
    }

    fn check_unwritten(&self, table: &Table) -> Result<(), PublishError> {
        if self.written.contains_key(table.name) {
            return Err(PublishError::Protocol { problem: format!("table {:?} is written to its end", table.name) });
        }
        Ok(())
    }

    /// Writes a file beside the tables, such as `model/nightly.toml`.
    pub fn write_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
        layout::check_file_name(name)?;
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io("create", folder))?;
        }
        let mut file = HashingFile::create(&path)?;
        file.write_all(bytes).map_err(io("write", &path))?;
        self.files.insert(name.to_owned(), file.finish(name.to_owned())?);
        Ok(())
    }

    /// Makes the run durable and visible, and returns its folder. Tables and files of the manifest are filled in here.
    ///
    /// Where the run exists, nothing of it is replaced: `current` points at it again, and tables that differ are a bug.
    pub fn finish(mut self, manifest: &Manifest) -> Result<PathBuf, PublishError> {
        if manifest.run_id != self.id {
            return Err(PublishError::Protocol { problem: format!("the manifest of {:?} is not that of {:?}", manifest.run_id, self.id) });
        }
        let mut tables = std::mem::take(&mut self.written);
        for writer in std::mem::take(&mut self.tables).into_values() {
            let entry = writer.finish()?;
            tables.insert(entry.name.clone(), entry);
        }
        let tables = tables.into_values().collect();
        let files = std::mem::take(&mut self.files).into_values().collect();
        let manifest = Manifest { tables, files, ..manifest.clone() };
        if let Some(before) = published(&self.out, &self.id)? {
            same_tables(&self.id, &before.tables, &manifest.tables)?;
            layout::remove(&self.folder)?;
        } else {
            self.name_it(&manifest)?;
        }
        layout::point_current(&self.out, &self.id)?;
        tracing::debug!(run_id = self.id, tables = manifest.tables.len(), "published");
        if let Some(keep) = self.keep {
            prune::prune(&self.out, keep, &self.id)?;
        }
        Ok(layout::runs(&self.out).join(&self.id))
    }

    /// Writes the manifest, syncs everything and gives the folder its name.
    fn name_it(&self, manifest: &Manifest) -> Result<(), PublishError> {
        let path = self.folder.join(MANIFEST);
        let json = manifest.to_json().map_err(|source| PublishError::Manifest { path: path.clone(), source })?;
        let mut file = HashingFile::create(&path)?;
        file.write_all(&json).map_err(io("write", &path))?;
        file.finish(MANIFEST.to_owned())?;
        layout::sync_folders(&self.folder)?;
        let (runs, named) = (layout::runs(&self.out), layout::runs(&self.out).join(&self.id));
        fs::rename(&self.folder, &named).map_err(io("name", &named))?;
        layout::sync_folder(&runs)
    }
}

impl Drop for Run {
    /// A run that was not finished holds identified people; it does not stay on the disk. After `finish` the folder is gone already.
    fn drop(&mut self) {
        self.tables.clear();
        if let Err(error) = layout::remove(&self.folder) {
            tracing::warn!(%error, "the unfinished run stays on the disk until the next one begins");
        }
    }
}

/// The manifest of a finished run, or `None` where the output folder holds no such run.
///
/// Every file of the manifest is there with its size, so the caller may skip the work and call [`make_current`].
pub fn published(out: &Path, run_id: &str) -> Result<Option<Manifest>, PublishError> {
    layout::check_run_id(run_id)?;
    let folder = layout::runs(out).join(run_id);
    let path = folder.join(MANIFEST);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound && !folder.exists() => return Ok(None),
        Err(error) => return Err(io("read", &path)(error)),
    };
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|source| PublishError::Manifest { path, source })?;
    for entry in manifest.tables.iter().flat_map(|table| &table.files).chain(&manifest.files) {
        let path = folder.join(&entry.file);
        let size = fs::metadata(&path).map_err(io("inspect", &path))?.len();
        if size != entry.bytes {
            return Err(PublishError::Damaged { path, problem: format!("{size} bytes where {} were written", entry.bytes) });
        }
    }
    Ok(Some(manifest))
}

/// Points `OUT/current` at a run that is already published, and returns its folder.
pub fn make_current(out: &Path, run_id: &str) -> Result<PathBuf, PublishError> {
    let _lock = lock(out)?;
    if published(out, run_id)?.is_none() {
        return Err(PublishError::Protocol { problem: format!("run {run_id} is not published") });
    }
    layout::point_current(out, run_id)?;
    Ok(layout::runs(out).join(run_id))
}

/// Takes the output folder for this process; it is free again when the file is closed.
fn lock(out: &Path) -> Result<File, PublishError> {
    let runs = layout::runs(out);
    fs::create_dir_all(&runs).map_err(io("create", &runs))?;
    let path = runs.join(".lock");
    let file = File::options().create(true).append(true).open(&path).map_err(io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(PublishError::Busy { out: out.to_owned() }),
        Err(TryLockError::Error(error)) => Err(io("lock", &path)(error)),
    }
}

fn same_tables(run_id: &str, before: &[TableEntry], now: &[TableEntry]) -> Result<(), PublishError> {
    let differing = before.iter().find(|table| !now.contains(table)).or_else(|| now.iter().find(|table| !before.contains(table)));
    match differing {
        None => Ok(()),
        Some(table) => Err(PublishError::Differs { run_id: run_id.to_owned(), table: table.name.clone() }),
    }
}
