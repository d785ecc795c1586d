//! How fast extracts are read: `cargo run --release -p padan-ingest --example throughput`.
//!
//! Writes seeded extracts of the DTKS layout's shape to a temporary folder and reads each three times, beside the `csv` crate and
//! `calamine` doing no more than visiting every cell.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use calamine::Xlsx;
use padan_config::{ColumnMap, Encoding, Format, RegionCodes, SourceProfile};
use padan_ingest::{Limits, ingest};
use padan_model::{Field, Role, SourceId, Unit};
use rust_xlsxwriter::Workbook;

const CSV_ROWS: u64 = 1_000_000;
const XLSX_ROWS: u32 = 200_000;

const COLUMNS: [(&str, Option<Field>); 12] = [
    ("id_dtks", Some(Field::NaturalKey)),
    ("provinsi", Some(Field::Provinsi)),
    ("kabupaten", Some(Field::Kabkota)),
    ("kecamatan", Some(Field::Kecamatan)),
    ("desa", Some(Field::Desa)),
    ("alamat", Some(Field::Alamat)),
    ("nokk", Some(Field::NoKk)),
    ("nik", Some(Field::Nik)),
    ("nama", Some(Field::Nama)),
    ("tanggal_lahir", Some(Field::TanggalLahir)),
    ("bansos_bpnt", None),
    ("bansos_pkh", None),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    for (name, quote) in [("plain.csv", ""), ("quoted.csv", "\"")] {
        let path = folder.path().join(name);
        write_csv(&path, quote)?;
        let megabytes = fs::metadata(&path)?.len() as f64 / 1e6;
        let ours = best(|| read(&path))?;
        let theirs = best(|| csv_crate(&path))?;
        println!(
            "{name}: {megabytes:.0} MB, {:.0} MB/s ({:.2} s); csv crate visiting fields {:.0} MB/s",
            megabytes / ours,
            ours,
            megabytes / theirs
        );
    }
    let path = folder.path().join("sheet.xlsx");
    write_xlsx(&path)?;
    let cells = f64::from(XLSX_ROWS) * COLUMNS.len() as f64 / 1e6;
    let ours = best(|| read(&path))?;
    let theirs = best(|| calamine_cells(&path))?;
    println!(
        "sheet.xlsx: {cells:.1} M cells, {:.2} M cells/s ({ours:.2} s); calamine visiting cells {:.2} M cells/s",
        cells / ours,
        cells / theirs
    );
    Ok(())
}

/// Seconds of the fastest of three.
fn best(mut run: impl FnMut() -> Result<(), Box<dyn std::error::Error>>) -> Result<f64, Box<dyn std::error::Error>> {
    let mut best = f64::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        run()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn read(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut rows = 0;
    ingest(&profile(), &[path.to_owned()], &Limits::default(), &mut |batch| {
        rows += batch.num_rows();
        Ok(())
    })?;
    if rows == 0 { Err("no rows".into()) } else { Ok(()) }
}

fn csv_crate(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b'|').from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut bytes = 0;
    while reader.read_byte_record(&mut record)? {
        bytes += record.iter().map(<[u8]>::len).sum::<usize>();
    }
    if bytes == 0 { Err("no fields".into()) } else { Ok(()) }
}

fn calamine_cells(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut workbook: Xlsx<_> = calamine::open_workbook(path)?;
    let mut reader = workbook.worksheet_cells_reader("Sheet1")?;
    let mut cells = 0;
    while reader.next_cell()?.is_some() {
        cells += 1;
    }
    if cells == 0 { Err("no cells".into()) } else { Ok(()) }
}

/// Cell texts of a row, from its number only.
fn row(number: u64) -> [String; 12] {
    let names = ["SITI AMINAH", "BUDI SANTOSO", "NUR HAYATI", "M. SOLEH", "SUTRISNO", "DEWI LESTARI BINTI KARTO"];
    let place = |kind: &str, of: u64| format!("{kind} {}", number.wrapping_mul(2_654_435_761) % of);
    [
        format!("{number:020}"),
        "JAWA BARAT".to_owned(),
        place("KAB.", 27),
        place("KECAMATAN", 600),
        place("DESA", 5_000),
        format!("DUSUN {} RT {:03} RW {:03}", number % 9, number % 17, number % 7),
        format!("32{:014}", number / 4),
        format!("32{number:014}"),
        names[(number % 6) as usize].to_owned(),
        format!("{:02}/{:02}/{}", 1 + number % 28, 1 + number % 12, 1940 + number % 80),
        "YA".to_owned(),
        "TIDAK".to_owned(),
    ]
}

fn write_csv(path: &Path, quote: &str) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let line = |cells: &[String]| cells.iter().map(|cell| format!("{quote}{cell}{quote}")).collect::<Vec<_>>().join("|");
    writeln!(out, "{}", line(&COLUMNS.map(|(header, _)| header.to_owned())))?;
    for number in 0..CSV_ROWS {
        writeln!(out, "{}", line(&row(number)))?;
    }
    out.flush()
}

fn write_xlsx(path: &Path) -> Result<(), rust_xlsxwriter::XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (column, (header, _)) in COLUMNS.iter().enumerate() {
        sheet.write(0, column as u16, *header)?;
    }
    for number in 0..XLSX_ROWS {
        for (column, cell) in row(u64::from(number)).iter().enumerate() {
            sheet.write(number + 1, column as u16, cell)?;
        }
    }
    workbook.save(path)
}

fn profile() -> SourceProfile {
    let columns = COLUMNS
        .iter()
        .filter_map(|(header, field)| field.map(|field| ColumnMap { field, headers: vec![(*header).to_owned()], required: true }))
        .collect();
    SourceProfile {
        id: SourceId::new("throughput"),
        path: PathBuf::from("throughput.toml"),
        title: "invented people".to_owned(),
        files: vec![],
        format: Format::Csv { delimiter: b'|' },
        encoding: Encoding::Utf8,
        skip_rows: 0,
        columns,
        pmt: vec![],
        codes: BTreeMap::new(),
        region_codes: RegionCodes::Names,
        dates: vec![],
        unit: Unit::Jiwa,
        role: Role::SecondRegistry,
        programme: None,
        period: None,
    }
}
