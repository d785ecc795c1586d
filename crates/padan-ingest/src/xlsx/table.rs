//! A sheet as a plain table, without a profile: the first row that holds anything is the header, every row after it that does is a data row.
//!
//! Cells that cannot be given (`#N/A`) are null and counted in a warning, as are cells right of the header and merged areas. A row with a
//! control character or an oversized cell is quarantined. The trap is a workbook of several sheets: one is read, the first that is
//! visible unless another is named, and the others are warned of.

use std::path::Path;

use super::package::Package;
use super::workbook::{SheetEntry, Workbook};
use super::{listed, stream};
use crate::account::QuarantinedRow;
use crate::cell::clean;
use crate::row::Row;
use crate::table::{Growing, Table, distinct_names};
use crate::{IngestError, Limits};

/// Reads the sheet of that name, or the first that is visible.
pub(crate) fn read_table(path: &Path, wanted: Option<&str>, limits: &Limits) -> Result<Table, IngestError> {
    let mut package = Package::open(path, limits)?;
    let workbook = Workbook::read(&mut package, limits)?;
    let entry = chosen(path, &workbook, wanted)?;
    let mut sheet = stream(&mut package, &workbook, &entry.part, limits)?;
    let mut row = Row::default();
    let mut next = |row: &mut Row| sheet.next_row(row).map(|more| more.then_some((sheet.row_index, sheet.faults.len())));
    let problem = |problem: String| IngestError::workbook(path, problem);
    let (header_row, names) = loop {
        match next(&mut row).map_err(problem)? {
            None => return Err(IngestError::Empty { path: path.to_owned() }),
            Some(_) if row.is_blank() => {}
            Some((index, _)) => {
                let header: Vec<String> = row.texts().iter().map(|cell| crate::cell::trim(cell).to_owned()).collect();
                break (index, distinct_names(path, &header)?);
            }
        }
    };
    let mut table = Growing::new(path, names.clone(), limits);
    let (mut faults, mut beyond) = (0_u64, 0_u64);
    while let Some((_, of_row)) = next(&mut row).map_err(problem)? {
        if row.is_blank() && of_row == 0 {
            continue;
        }
        let number = table.next_row();
        if let Some((column, reason)) = row.fault(limits) {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (column, raw) = (names.get(column).cloned(), Some(row.raw(limits)));
            table.quarantine(QuarantinedRow { file, row: number, byte_offset: None, column, reason, raw });
            continue;
        }
        faults += of_row as u64;
        beyond += u64::from(row.texts().iter().skip(names.len()).any(|cell| clean(cell).is_some()));
        table.push((0..names.len()).map(|column| row.text(column)))?;
    }
    let merges = sheet.merges_below(header_row);
    let others: Vec<&str> = workbook.sheets.iter().filter(|other| other.part != entry.part).map(|other| other.name.as_str()).collect();
    let warnings = [
        (faults > 0).then(|| format!("{faults} cells hold an error of the spreadsheet: taken as empty")),
        (beyond > 0).then(|| format!("{beyond} rows hold something right of the header: left out")),
        (merges > 0).then(|| format!("{merges} merged areas among the data rows: only the first cell of each holds a value")),
        (wanted.is_none() && !others.is_empty())
            .then(|| format!("sheet {:?} is read and not {others:?}; name one with {}#SHEET", entry.name, path.display())),
    ];
    table.finish(warnings.into_iter().flatten().collect())
}

fn chosen<'w>(path: &Path, workbook: &'w Workbook, wanted: Option<&str>) -> Result<&'w SheetEntry, IngestError> {
    let folded = |name: &str| name.trim().to_lowercase();
    let found = match wanted {
        Some(wanted) => workbook.sheets.iter().find(|sheet| folded(&sheet.name) == folded(wanted)),
        None => workbook.sheets.iter().find(|sheet| !sheet.hidden).or(workbook.sheets.first()),
    };
    found.ok_or_else(|| IngestError::NoSuchSheet {
        path: path.to_owned(),
        sheet: wanted.unwrap_or_default().to_owned(),
        found: listed(&workbook.sheets),
    })
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

    use crate::{Limits, Table, read_table};

    /// A workbook with two sheets of people, the first hidden cells and all.
    fn workbook(folder: &std::path::Path) -> std::path::PathBuf {
        let path = folder.join("people.xlsx");
        let mut workbook = Workbook::new();
        let fill = |sheet: &mut Worksheet, name: &str, place: &str| {
            sheet.write(1, 0, "id").expect("a cell");
            sheet.write(1, 1, "born").expect("a cell");
            sheet.write(1, 3, "town").expect("a cell");
            sheet.write(2, 0, 17).expect("a cell");
            let day = ExcelDateTime::from_ymd(1980, 2, 29).expect("a day");
            sheet.write_with_format(2, 1, &day, &Format::new().set_num_format("dd/mm/yyyy")).expect("a cell");
            sheet.write(2, 3, place).expect("a cell");
            sheet.write(4, 0, "18").expect("a cell");
            sheet.write(4, 5, "a note").expect("a cell");
            sheet.set_name(name).expect("a name");
        };
        fill(workbook.add_worksheet().set_hidden(true), "Old", "York");
        fill(workbook.add_worksheet().set_active(true), "New list", "Leeds");
        workbook.save(&path).expect("saved");
        path
    }

    fn column(table: &Table, name: &str) -> Vec<Option<String>> {
        let column = table.batches[0].column_by_name(name).expect("a column").as_string::<i32>();
        (0..column.len()).map(|row| column.is_valid(row).then(|| column.value(row).to_owned())).collect()
    }

    #[test]
    fn the_first_visible_sheet_or_the_one_named_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = workbook(folder.path());
        let table = read_table(&path, &Limits::default(), None).expect("reads");
        assert_eq!(table.columns, ["id", "born", "column_3", "town"]);
        assert_eq!((table.rows_read, table.quarantine.len()), (2, 0));
        assert_eq!(column(&table, "id"), [Some("17".to_owned()), Some("18".to_owned())]);
        assert_eq!(column(&table, "born"), [Some("1980-02-29".to_owned()), None]);
        assert_eq!(column(&table, "town"), [Some("Leeds".to_owned()), None]);
        assert!(table.warnings.iter().any(|warning| warning.contains("\"Old\"")), "{:?}", table.warnings);
        assert!(table.warnings.iter().any(|warning| warning.contains("right of the header")), "{:?}", table.warnings);
        let named = folder.path().join("people.xlsx#old");
        assert_eq!(column(&read_table(&named, &Limits::default(), None).expect("reads"), "town")[0].as_deref(), Some("York"));
    }

    #[test]
    fn a_sheet_that_is_not_there_is_named_beside_those_that_are() {
        let folder = tempfile::tempdir().expect("a folder");
        workbook(folder.path());
        let named = folder.path().join("people.xlsx#Newlist");
        let error = read_table(&named, &Limits::default(), None).expect_err("refused").to_string();
        assert!(error.contains("no sheet \"Newlist\"") && error.contains("\"Old\", \"New list\""), "{error}");
    }
}
