//! A source profile: how the columns of one extract map to fields. Mapping only, no code.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use padan_model::{Field, Role, SourceId, Unit};

/// The container of an extract.
///
/// A file's own extension overrides it, so that one profile serves an office that sends `bdt2015.csv` and one that sends
/// `bdt2015.xlsx`: `.xlsx`/`.xlsm` is a workbook, `.parquet` is Parquet, `.json`/`.jsonl`/`.ndjson` is JSON lines, `.csv` is delimited
/// text. Ask [`Format::of_file`], not the field, when a file is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// Delimited text.
    Csv {
        /// One byte, such as `b';'`.
        delimiter: u8,
    },
    /// A workbook; its first sheet unless named.
    Xlsx {
        /// Sheet name.
        sheet: Option<String>,
    },
    /// Parquet.
    Parquet,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// The container of one file: what its extension says, with this one's delimiter or sheet where they agree; else this one.
    ///
    /// A workbook of a profile for delimited text has its first sheet read; delimited text of a profile for another container is
    /// separated by commas.
    #[must_use]
    pub fn of_file(&self, path: &Path) -> Self {
        let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match (extension.as_deref(), self) {
            (Some("xlsx" | "xlsm"), Self::Csv { .. } | Self::Parquet | Self::JsonLines) => Self::Xlsx { sheet: None },
            (Some("parquet"), _) => Self::Parquet,
            (Some("json" | "jsonl" | "ndjson"), _) => Self::JsonLines,
            (Some("csv"), Self::Xlsx { .. } | Self::Parquet | Self::JsonLines) => Self::Csv { delimiter: b',' },
            _ => self.clone(),
        }
    }
}

/// The text encoding of a CSV or JSON-lines extract. A byte-order mark always wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; a file that is not valid is read as windows-1252 and that is reported.
    Utf8,
    /// ISO 8859-1, read as windows-1252 (its superset, as the web does).
    Latin1,
    /// windows-1252.
    Windows1252,
    /// UTF-16, by its byte-order mark or, without one, by where the zero bytes stand.
    Utf16,
}

/// One field and the headers that it may stand under, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMap {
    /// The field.
    pub field: Field,
    /// Accepted headers; matched in spite of case, spaces, punctuation and `(n)` suffixes.
    pub headers: Vec<String>,
    /// Whether a file without it is refused.
    pub required: bool,
}

/// Which code system the region codes of an extract belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionCodes {
    /// Kemendagri: usable as they are.
    Kemendagri,
    /// BPS: another system; regions are resolved by name only.
    Bps,
    /// No codes in the extract, or none to be trusted: by name only.
    Names,
}

/// Order of the parts of a text date. Separators (`/`, `-`, `.`, space) are free; the year has four digits unless `Dmy2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateFormat {
    /// `31/12/1999`, `31-12-1999`.
    Dmy,
    /// `1999-12-31`.
    Ymd,
    /// `12/31/1999`.
    Mdy,
    /// `31121999` or `19991231` without separators.
    Compact,
    /// `31 DESEMBER 1999`, `31-Des-99`.
    DayMonthName,
}

/// A code list of a field: what the extract writes → the standard code of `padan_model::Field`'s doc.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeList {
    /// Which list and vintage, such as `bdt2015.hub`. A code is meaningless without it.
    pub version: String,
    /// Written value (upper case, trimmed) → standard code.
    pub values: BTreeMap<String, String>,
}

/// One extract's profile.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceProfile {
    /// Its id: the published `source`.
    pub id: SourceId,
    /// The TOML file it came from.
    pub path: PathBuf,
    /// What it is, one line.
    pub title: String,
    /// File-name patterns (`pbi_jk*.csv`), matched in spite of case; `*` stands for any text, `?` for one character.
    pub files: Vec<String>,
    /// Container, unless a file's extension says otherwise (`Format::of_file`).
    pub format: Format,
    /// Text encoding; none for XLSX and Parquet.
    pub encoding: Encoding,
    /// Rows above the header.
    pub skip_rows: usize,
    /// Column mapping; a field stands at most once.
    pub columns: Vec<ColumnMap>,
    /// Headers of the PMT variables (proxy means test), all optional.
    pub pmt: Vec<String>,
    /// Code lists by field.
    pub codes: BTreeMap<Field, CodeList>,
    /// Code system of the region codes.
    pub region_codes: RegionCodes,
    /// Date formats, tried in order; real date cells need none.
    pub dates: Vec<DateFormat>,
    /// What a row counts.
    pub unit: Unit,
    /// What the source is to the run.
    pub role: Role,
    /// The programme whose list it is (`pbi-jk`, `pkh`, …).
    pub programme: Option<String>,
    /// Period of the extract, such as `2025-06`; the year dates an age.
    pub period: Option<String>,
}

impl SourceProfile {
    /// The fields it maps, in `Field::ALL` order.
    pub fn fields(&self) -> Vec<Field> {
        Field::ALL.iter().copied().filter(|field| self.columns.iter().any(|column| column.field == *field)).collect()
    }

    /// The four-digit year of the period.
    pub fn period_year(&self) -> Option<i16> {
        self.period.as_ref().and_then(|period| period.get(..4)).and_then(|year| year.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_overrides_the_container() {
        let csv = Format::Csv { delimiter: b';' };
        let sheet = Format::Xlsx { sheet: Some("Data".to_owned()) };
        assert_eq!(csv.of_file(Path::new("bdt2015.csv")), csv);
        assert_eq!(csv.of_file(Path::new("bdt2015")), csv);
        assert_eq!(csv.of_file(Path::new("bdt2015.XLSX")), Format::Xlsx { sheet: None });
        assert_eq!(sheet.of_file(Path::new("kks.xlsx")), sheet);
        assert_eq!(sheet.of_file(Path::new("kks.csv")), Format::Csv { delimiter: b',' });
        assert_eq!(csv.of_file(Path::new("pbi.parquet")), Format::Parquet);
        assert_eq!(csv.of_file(Path::new("siksng.json")), Format::JsonLines);
    }
}
