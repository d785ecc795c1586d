//! A workbook of one sheet, written as it comes.
//!
//! The container is written here and not by `rust_xlsxwriter`: slices of the sheet are deflated on every thread, each ending on a byte
//! (a full flush), and are strung together into one stream, which a writer that compresses as it goes cannot do. Times in the
//! container are fixed, for the same bytes every time. Sizes stay below 4 GiB because a sheet has at most 1,048,576 rows.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::{Compress, Compression, Crc, FlushCompress};

use crate::error::SynthError;

const SHEET_OPEN: &[u8] =
    b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";
const SHEET_CLOSE: &[u8] = b"</sheetData></worksheet>";

/// The small files around the sheet; style 1 is a date.
const FURNITURE: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"#,
    ),
];

const SHEET: &str = "xl/worksheets/sheet1.xml";
/// 1 January 1980, 00:00: the container's first moment.
const DOS_TIME: [u8; 4] = [0, 0, 0x21, 0];

/// A stretch of a deflate stream that ends on a byte and refers to nothing before it.
#[derive(Debug)]
pub(super) struct Deflated {
    bytes: Vec<u8>,
    crc: Crc,
    length: u64,
}

thread_local! {
    /// A compressor is a megabyte to clear when new, and little to reset.
    static COMPRESS: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
}

/// Deflates a stretch at the fastest level: the lists are test data, and repeat themselves enough to shrink well with it.
pub(super) fn deflate(stretch: &[u8]) -> Deflated {
    let mut bytes = Vec::with_capacity(stretch.len() / 5 + 1024);
    let mut crc = Crc::new();
    crc.update(stretch);
    COMPRESS.with_borrow_mut(|compress| {
        compress.reset();
        loop {
            let from = compress.total_in() as usize;
            // An error of the compressor would mean a broken state of its own; a stretch cut short shows as a wrong length on reading.
            if compress.compress_vec(&stretch[from..], &mut bytes, FlushCompress::Full).is_err() {
                break;
            }
            if compress.total_in() == stretch.len() as u64 && bytes.len() < bytes.capacity() {
                break;
            }
            bytes.reserve(stretch.len() / 10 + 4096);
        }
    });
    Deflated { bytes, crc, length: stretch.len() as u64 }
}

#[derive(Debug)]
struct Entry {
    name: &'static str,
    offset: u32,
    crc: u32,
    packed: u32,
    length: u32,
    deflated: bool,
}

/// A workbook whose sheet is being appended to.
#[derive(Debug)]
pub(super) struct Workbook {
    path: PathBuf,
    file: File,
    entries: Vec<Entry>,
    sheet_offset: u64,
    at: u64,
    crc: Crc,
    packed: u64,
    length: u64,
}

impl Entry {
    fn fields(&self) -> Vec<u8> {
        let mut bytes = vec![20, 0, 0, 0, if self.deflated { 8 } else { 0 }, 0];
        bytes.extend_from_slice(&DOS_TIME);
        for value in [self.crc, self.packed, self.length] {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes.extend_from_slice(&(self.name.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&[0, 0]);
        bytes
    }

    fn local(&self) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.extend(self.fields());
        bytes.extend_from_slice(self.name.as_bytes());
        bytes
    }

    fn central(&self) -> Vec<u8> {
        let mut bytes = b"PK\x01\x02\x14\x00".to_vec();
        bytes.extend(self.fields());
        bytes.extend_from_slice(&[0; 10]);
        bytes.extend_from_slice(&self.offset.to_le_bytes());
        bytes.extend_from_slice(self.name.as_bytes());
        bytes
    }
}

impl Workbook {
    pub(super) fn create(path: &Path) -> Result<Self, SynthError> {
        let file = File::create(path).map_err(|source| SynthError::Io { path: path.to_owned(), source })?;
        let mut workbook =
            Self { path: path.to_owned(), file, entries: Vec::new(), sheet_offset: 0, at: 0, crc: Crc::new(), packed: 0, length: 0 };
        for (name, text) in FURNITURE {
            let mut crc = Crc::new();
            crc.update(text.as_bytes());
            let length = text.len() as u32;
            let entry = Entry { name, offset: workbook.at as u32, crc: crc.sum(), packed: length, length, deflated: false };
            workbook.write(&entry.local())?;
            workbook.write(text.as_bytes())?;
            workbook.entries.push(entry);
        }
        workbook.sheet_offset = workbook.at;
        let local = workbook.sheet_entry().local();
        workbook.write(&local)?;
        workbook.append(&deflate(SHEET_OPEN))?;
        Ok(workbook)
    }

    fn sheet_entry(&self) -> Entry {
        Entry {
            name: SHEET,
            offset: self.sheet_offset as u32,
            crc: self.crc.sum(),
            packed: self.packed as u32,
            length: self.length as u32,
            deflated: true,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SynthError> {
        self.at += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|source| SynthError::Io { path: self.path.clone(), source })
    }

    /// Appends a stretch of the sheet.
    pub(super) fn append(&mut self, stretch: &Deflated) -> Result<(), SynthError> {
        self.crc.combine(&stretch.crc);
        self.packed += stretch.bytes.len() as u64;
        self.length += stretch.length;
        self.write(&stretch.bytes)
    }

    /// Closes the sheet and the container.
    pub(super) fn finish(mut self) -> Result<(), SynthError> {
        self.append(&deflate(SHEET_CLOSE))?;
        // The last block of a deflate stream: final, fixed codes, empty.
        self.packed += 2;
        self.write(&[0x03, 0x00])?;
        let sheet = self.sheet_entry();
        let local = sheet.local();
        self.entries.push(sheet);
        let start = self.at;
        let central: Vec<u8> = self.entries.iter().flat_map(Entry::central).collect();
        let count = (self.entries.len() as u16).to_le_bytes();
        let mut end = central.clone();
        end.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        end.extend_from_slice(&count);
        end.extend_from_slice(&count);
        end.extend_from_slice(&(central.len() as u32).to_le_bytes());
        end.extend_from_slice(&(start as u32).to_le_bytes());
        end.extend_from_slice(&[0, 0]);
        self.write(&end)?;
        // Sizes and checksum are known only now; the sheet's header has room for them.
        let patch = |file: &mut File| {
            file.seek(SeekFrom::Start(self.sheet_offset))?;
            file.write_all(&local)
        };
        patch(&mut self.file).map_err(|source| SynthError::Io { path: self.path, source })
    }
}
