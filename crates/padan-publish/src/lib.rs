//! The only writer of outputs: a run's tables, its manifest, and the one atomic step that makes the run visible.
//!
//! ```text
//! OUT/runs/<run-id>/tables/<table>/<table>-00000.parquet   one folder a run, never modified once it has its name
//! OUT/runs/<run-id>/manifest.json
//! OUT/runs/.<run-id>.partial/                              a run being written; no reader looks there
//! OUT/runs/.lock                                           held by the one writer
//! OUT/current        -> runs/<run-id>                      swapped by rename: the atomic step
//! OUT/tables         -> current/tables                     made once, so OUT/tables/<table>/*.parquet is the visible run
//! OUT/manifest.json  -> current/manifest.json              made once
//! ```
//!
//! Does not compute, sort or repair anything: a table may come in several sorted streams, which are merged, and one that comes in the
//! wrong order or shape is a bug of the stage that made it, and is refused. The traps: a run must be whole on the disk (files and folders synced) *before* it gets its name; and a reader
//! that opens several tables must resolve `current` once ([`Snapshot`]), or it may see two runs.
//!
//! ```
//! use padan_model::tables;
//! use padan_publish::{Manifest, Run, Snapshot};
//!
//! # let folder = tempfile::tempdir()?;
//! # let out = folder.path();
//! let mut run = Run::begin(out, "3f9a0c")?;
//! run.write(&tables::links(), &[])?;
//! run.finish(&Manifest { run_id: "3f9a0c".to_owned(), ..Manifest::default() })?;
//! assert_eq!(Snapshot::open(out)?.read("links", Some(&["source", "row"]))?[0].num_columns(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(not(unix))]
compile_error!("padan-publish makes a run visible by renaming a symbolic link, which Windows cannot do atomically; Windows is no target.");

mod canonical;
mod error;
mod files;
mod hashing_file;
mod layout;
mod manifest;
mod merge;
mod order;
mod prune;
mod run;
mod snapshot;
mod streams;
mod table_writer;

pub use error::PublishError;
pub use files::{write_columns, write_text};
pub use layout::current;
pub use manifest::{FileEntry, InputFile, Manifest, Measured, ModelFile, StageRows, StageSeconds, TableEntry};
pub use run::{Run, make_current, published};
pub use snapshot::{Snapshot, read_table, table_names};
pub use streams::{Batches, TableRows};
