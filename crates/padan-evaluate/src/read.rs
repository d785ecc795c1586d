//! The tables from their files. A run is resolved once, so a night that publishes meanwhile does not mix in.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::labels::{LABEL_COLUMNS, RECORD_COLUMNS};
use crate::published::{LINK_COLUMNS, REVIEW_COLUMNS};
use crate::{EvaluateError, ListModel, RunTables};

const BATCH_ROWS: usize = 65_536;

/// The tables of an output folder's visible run, or of a run's own folder. Only `records` must be there.
pub(crate) fn run(out: &Path) -> Result<RunTables, EvaluateError> {
    let run = fs::canonicalize(out.join("current")).unwrap_or_else(|_| out.to_owned());
    let tables = run.join("tables");
    let records = table(&tables.join("records"), RECORD_COLUMNS)?.filter(|batches| !batches.is_empty());
    Ok(RunTables {
        records: records.ok_or_else(|| EvaluateError::NoRun { out: out.to_owned() })?,
        links: table(&tables.join("links"), LINK_COLUMNS)?.filter(|batches| !batches.is_empty()),
        review: table(&tables.join("review"), REVIEW_COLUMNS)?.unwrap_or_default(),
        models: models(&run.join("models"))?,
    })
}

/// The models of a run by their names, which are those of their sources; of a file that is no trained model nothing.
fn models(folder: &Path) -> Result<BTreeMap<String, ListModel>, EvaluateError> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(BTreeMap::new()) };
    let mut models = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(|source| EvaluateError::Io { path: folder.to_owned(), source })?.path();
        let text = fs::read_to_string(&path).map_err(|source| EvaluateError::Io { path: path.clone(), source })?;
        if let (Some(name), Ok(model)) = (path.file_stem(), serde_json::from_str(&text)) {
            models.insert(name.to_string_lossy().into_owned(), model);
        }
    }
    Ok(models)
}

/// The files of a table's folder in the order of their names; `None` without the folder.
fn table(folder: &Path, columns: &[&str]) -> Result<Option<Vec<RecordBatch>>, EvaluateError> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(None) };
    let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|source| EvaluateError::Io { path: folder.to_owned(), source })?;
    let mut files: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    files.sort();
    let mut batches = Vec::new();
    for path in &files {
        read(path, columns, &mut batches)?;
    }
    Ok(Some(batches))
}

/// `records.parquet` of a folder of labels or of its folder `truth`.
pub(crate) fn labels(folder: &Path) -> Result<Vec<RecordBatch>, EvaluateError> {
    let places = [folder.join("records.parquet"), folder.join("truth").join("records.parquet")];
    let path = places.iter().find(|path| path.is_file()).ok_or_else(|| EvaluateError::NoLabels { folder: folder.to_owned() })?;
    let mut batches = Vec::new();
    read(path, LABEL_COLUMNS, &mut batches)?;
    Ok(batches)
}

/// Appends the columns of that name that the file has; what is missing is judged where it is needed.
fn read(path: &Path, columns: &[&str], batches: &mut Vec<RecordBatch>) -> Result<(), EvaluateError> {
    let file = File::open(path).map_err(|source| EvaluateError::Io { path: path.to_owned(), source })?;
    let parquet = |source| EvaluateError::Parquet { path: path.to_owned(), source };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet)?.with_batch_size(BATCH_ROWS);
    let fields = builder.schema().fields().iter().enumerate();
    let mut roots: Vec<usize> = fields.filter(|(_, field)| columns.contains(&field.name().as_str())).map(|(at, _)| at).collect();
    if roots.is_empty() {
        // Without a known column all are read, so that the error can name what there is.
        roots = (0..builder.schema().fields().len()).collect();
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader = builder.with_projection(mask).build().map_err(parquet)?;
    let before = batches.len();
    let schema = arrow::array::RecordBatchReader::schema(&reader);
    for batch in reader {
        batches.push(batch.map_err(|error| parquet(error.into()))?);
    }
    if batches.len() == before {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(())
}
