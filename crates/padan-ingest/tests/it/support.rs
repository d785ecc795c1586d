//! A profile of invented people, and an outcome as text that a person can check.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use padan_config::{ColumnMap, Encoding, Format, RegionCodes, SourceProfile};
use padan_ingest::{IngestError, IngestReport, Limits, ingest};
use padan_model::{Field, Role, SourceId, Unit};

/// Fields NIK and name required, four more optional; comma, UTF-8, header in the first row.
pub(crate) fn profile() -> SourceProfile {
    let column =
        |field, headers: &[&str], required| ColumnMap { field, headers: headers.iter().map(ToString::to_string).collect(), required };
    SourceProfile {
        id: SourceId::new("uji"),
        path: PathBuf::from("uji.toml"),
        title: "invented people".to_owned(),
        files: vec!["*".to_owned()],
        format: Format::Csv { delimiter: b',' },
        encoding: Encoding::Utf8,
        skip_rows: 0,
        columns: vec![
            column(Field::Nik, &["nik"], true),
            column(Field::Nama, &["nama"], true),
            column(Field::NoKk, &["no_kk"], false),
            column(Field::TanggalLahir, &["tanggal_lahir"], false),
            column(Field::Alamat, &["alamat", "alamat lengkap"], false),
            column(Field::Desa, &["desa", "desa/kelurahan"], false),
        ],
        pmt: vec![],
        codes: BTreeMap::new(),
        region_codes: RegionCodes::Names,
        dates: vec![],
        unit: Unit::Jiwa,
        role: Role::Programme,
        programme: None,
        period: None,
    }
}

/// Reads files into memory.
pub(crate) fn read(profile: &SourceProfile, files: &[PathBuf], limits: &Limits) -> Result<(Vec<RecordBatch>, IngestReport), IngestError> {
    let mut batches = Vec::new();
    let report = ingest(profile, files, limits, &mut |batch| {
        batches.push(batch);
        Ok(())
    })?;
    Ok((batches, report))
}

/// The staged rows: number, `!` where the NIK was a spreadsheet's number, and the values by ` | `, null as `·`, CR as `␍`.
pub(crate) fn rows(batches: &[RecordBatch]) -> Vec<String> {
    let mut rows = Vec::new();
    for batch in batches {
        for index in 0..batch.num_rows() {
            let mut row = format!(
                "{}{}",
                batch.column(0).as_primitive::<Int64Type>().value(index),
                if batch.column(1).as_boolean().value(index) { "!" } else { "" }
            );
            for column in &batch.columns()[2..] {
                if let Some(texts) = column.as_string_opt::<i32>() {
                    let _ = write!(row, " | {}", if texts.is_null(index) { "·".to_owned() } else { texts.value(index).replace('\r', "␍") });
                } else {
                    let _ = write!(row, " | {:?}", arrow::util::display::array_value_to_string(column, index));
                }
            }
            rows.push(row);
        }
    }
    rows
}

/// Everything that reading a file gave, one line a thing; `folder` is cut from messages.
pub(crate) fn outcome(profile: &SourceProfile, path: &Path, limits: &Limits, folder: &Path) -> String {
    let (batches, report) = match read(profile, &[path.to_owned()], limits) {
        Ok(read) => read,
        Err(error) => return format!("error: {error}").replace(&format!("{}/", folder.display()), ""),
    };
    let account = &report.files[0];
    assert_eq!(account.rows_read, account.rows_staged + account.rows_quarantined, "{}: the account closes", account.file);
    let staged: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(account.rows_staged, staged as i64, "{}: what is staged is in the batches", account.file);
    let mut text = format!("{} read, {} staged, {} quarantined", account.rows_read, account.rows_staged, account.rows_quarantined);
    if let Some(encoding) = account.encoding.as_ref().filter(|encoding| *encoding != "utf-8") {
        let _ = write!(text, "; {encoding}");
    }
    for warning in &report.warnings {
        let _ = write!(text, "\nwarning: {}", warning.message);
    }
    for entry in &report.quarantine {
        let place = entry.byte_offset.map(|offset| format!(" @{offset}")).unwrap_or_default();
        let column = entry.column.as_ref().map(|column| format!(" [{column}]")).unwrap_or_default();
        let raw = entry.raw.as_ref().map(|raw| raw.chars().take(24).collect::<String>());
        let _ = write!(text, "\nquarantine row {}{place}{column}: {}; {:?}", entry.row, entry.reason, raw.unwrap_or_default());
    }
    for row in rows(&batches) {
        let _ = write!(text, "\n{row}");
    }
    text
}
