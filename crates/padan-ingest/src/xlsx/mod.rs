//! Workbooks: the sheet that has the header, streamed.
//!
//! A row is a data row where any of its cells holds something. Of a merged area only the first cell holds a value, as in the file; that is
//! warned of. The trap is a workbook with several sheets of people: only one is read, and the others are warned of by name.

mod date;
mod package;
mod sheet;
mod table;
mod workbook;

use std::path::Path;

use padan_config::{Format, SourceProfile};

use crate::account::{Stamp, hash_file};
use crate::csv::{find_header, header_warnings};
use crate::header::HeaderMap;
use crate::ingest::FileRead;
use crate::row::Row;
use crate::stage::Stage;
use crate::{IngestError, Limits};
use package::Package;
use sheet::Sheet;
pub(crate) use table::read_table;
use workbook::{SheetEntry, Workbook};

/// Rows among which the header is looked for.
const HEADER_SEARCH: usize = 20;

/// The sheet to read, understood.
pub(crate) struct Opening {
    pub(crate) sheet: String,
    pub(crate) header: HeaderMap,
    /// 0-based row of the header.
    header_row: usize,
    part: String,
    pub(crate) warnings: Vec<String>,
}

/// The header only.
pub(crate) fn check(profile: &SourceProfile, path: &Path) -> Result<Opening, IngestError> {
    let limits = Limits::default();
    let mut package = Package::open(path, &limits)?;
    let workbook = Workbook::read(&mut package, &limits)?;
    open_sheet(profile, &mut package, &workbook, &limits)
}

/// Reads one file into the stage.
pub(crate) fn read(stage: &mut Stage, path: &Path) -> Result<FileRead, IngestError> {
    // A zip is read from its end and out of order: the hash takes a pass of its own.
    let stamp = Stamp::of(path)?;
    let (sha256, bytes) = hash_file(path)?;
    let limits = stage.limits;
    let mut package = Package::open(path, limits)?;
    let workbook = Workbook::read(&mut package, limits)?;
    let opening = open_sheet(stage.profile, &mut package, &workbook, limits)?;
    for warning in &opening.warnings {
        stage.warn(warning.as_str());
    }
    let mut sheet = stream(&mut package, &workbook, &opening.part, limits)?;
    let header = &opening.header;
    let mut row_cells = Row::default();
    while sheet.next_row(&mut row_cells).map_err(|problem| IngestError::workbook(path, problem))? {
        if (sheet.row_index as usize) <= opening.header_row || (row_cells.is_blank() && sheet.faults.is_empty()) {
            continue;
        }
        let row = stage.next_row();
        if header.is_repeated_by(|column| row_cells.text(column)) {
            stage.quarantine_row(row, None, None, "the header again", Some(&row_cells.raw(limits)));
            continue;
        }
        if let Some((column, reason)) = row_cells.fault(limits) {
            stage.quarantine_row(row, None, Some(header.name(column)), reason, Some(&row_cells.raw(limits)));
            continue;
        }
        for fault in &sheet.faults {
            let column = Some(fault.column);
            if header.fields.contains(&column) || header.pmt.contains(&column) {
                stage.quarantine_cell(row, header.name(fault.column), fault.reason, Some(&fault.raw));
            }
        }
        row_cells.stage(stage, row, header)?;
    }
    let merges = sheet.merges_below(opening.header_row as u32);
    if merges > 0 {
        stage.warn(format!("{merges} merged areas among the data rows: only the first cell of each holds a value"));
    }
    if bytes != stamp.bytes || Stamp::of(path)? != stamp {
        return Err(IngestError::Changed { path: path.to_owned() });
    }
    Ok(FileRead { stamp, sha256, encoding: None })
}

/// The sheet that the profile names, or the first visible one that has the header.
fn open_sheet(profile: &SourceProfile, package: &mut Package, workbook: &Workbook, limits: &Limits) -> Result<Opening, IngestError> {
    let path = package.path().to_owned();
    let wanted = match &profile.format {
        Format::Xlsx { sheet } => sheet.as_deref(),
        _ => None,
    };
    let candidates: Vec<&SheetEntry> = match wanted {
        Some(wanted) => {
            let found = workbook.sheets.iter().find(|sheet| sheet.name.trim().to_lowercase() == wanted.trim().to_lowercase());
            vec![found.ok_or_else(|| IngestError::NoSheet {
                path: path.clone(),
                sheet: wanted.to_owned(),
                found: listed(&workbook.sheets),
            })?]
        }
        None if workbook.sheets.iter().all(|sheet| sheet.hidden) => workbook.sheets.iter().collect(),
        None => workbook.sheets.iter().filter(|sheet| !sheet.hidden).collect(),
    };
    let mut opening: Option<Opening> = None;
    let mut first_error = None;
    for (index, entry) in candidates.iter().enumerate() {
        let rows = first_rows(package, workbook, &entry.part, profile.skip_rows + HEADER_SEARCH, limits)?;
        match (find_header(profile, &path, &rows), &mut opening) {
            (Ok((header_row, header)), None) => {
                let mut warnings = header_warnings(profile, header_row, &header);
                if index > 0 {
                    warnings.push(format!("the header is on sheet {:?}: read that", entry.name));
                }
                opening = Some(Opening { sheet: entry.name.clone(), header, header_row, part: entry.part.clone(), warnings });
            }
            (Ok(_), Some(opening)) => {
                opening.warnings.push(format!("sheet {:?} has the same header and is not read: give it a file of its own", entry.name));
            }
            (Err(error), _) => {
                first_error.get_or_insert(error);
            }
        }
    }
    match (opening, first_error) {
        (Some(opening), _) => Ok(opening),
        (None, Some(error)) => Err(error),
        (None, None) => Err(IngestError::workbook(&path, "it has no sheet")),
    }
}

/// The first rows by their place in the sheet, absent ones empty.
fn first_rows(
    package: &mut Package,
    workbook: &Workbook,
    part: &str,
    count: usize,
    limits: &Limits,
) -> Result<Vec<Vec<String>>, IngestError> {
    let path = package.path().to_owned();
    let mut sheet = stream(package, workbook, part, limits)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = Row::default();
    while sheet.next_row(&mut row).map_err(|problem| IngestError::workbook(&path, problem))? {
        let index = sheet.row_index as usize;
        if index >= count {
            break;
        }
        if index >= rows.len() {
            rows.resize(index + 1, Vec::new());
        }
        rows[index] = row.texts();
    }
    Ok(rows)
}

fn stream<'w, 'p>(
    package: &'p mut Package,
    workbook: &'w Workbook,
    part: &str,
    limits: &Limits,
) -> Result<Sheet<'w, std::io::BufReader<package::Guard<'p>>>, IngestError> {
    let path = package.path().to_owned();
    match package.entry(part)? {
        Some(entry) => Ok(Sheet::new(entry, workbook, limits.cell_bytes)),
        None => Err(IngestError::workbook(&path, format!("its part {part} is missing"))),
    }
}

fn listed(sheets: &[SheetEntry]) -> String {
    sheets.iter().map(|sheet| format!("{:?}", sheet.name)).collect::<Vec<_>>().join(", ")
}
