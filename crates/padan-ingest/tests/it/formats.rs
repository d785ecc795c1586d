//! What each container gives: types, encodings, PMT columns, batches, the order of files, and `calamine` as the oracle of workbooks.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::Int32Type;
use calamine::{Data, Reader, Xlsx};
use padan_config::{Encoding, Format, SourceProfile};
use padan_ingest::{Limits, check, discover};
use padan_model::Field;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};

use crate::support::{outcome, profile, read, rows};

fn parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).expect("a batch");
    let mut writer = parquet::arrow::ArrowWriter::try_new(File::create(path).expect("created"), batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
}

#[test]
fn parquet_columns_of_any_type() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.parquet");
    let dictionary: DictionaryArray<Int32Type> = vec![Some("JL MAWAR"), None].into_iter().collect();
    parquet(
        &path,
        vec![
            ("NIK", Arc::new(Int64Array::from(vec![Some(9_701_014_303_700_003), None]))),
            ("nama", Arc::new(BinaryArray::from_opt_vec(vec![Some(b"SITI"), Some(b"BUD\xcd")]))),
            (
                "no_kk",
                Arc::new(
                    Decimal128Array::from(vec![Some(3_201_010_101_010_001), None]).with_precision_and_scale(16, 0).expect("16 digits"),
                ),
            ),
            ("tanggal_lahir", Arc::new(Date32Array::from(vec![Some(7_305), None]))),
            ("alamat", Arc::new(dictionary)),
            ("desa", Arc::new(BooleanArray::from(vec![true, false]))),
            ("unread", Arc::new(StringArray::from(vec!["a", "b"]))),
        ],
    );
    let text = outcome(&profile(), &path, &Limits::default(), folder.path());
    assert_eq!(
        text,
        "2 read, 2 staged, 0 quarantined\n1 | 9701014303700003 | 3201010101010001 | SITI | 1990-01-01 | JL MAWAR | TRUE\n2 | · | · | BUDÍ | · | · | FALSE"
    );
    parquet(
        &path,
        vec![
            ("nik", Arc::new(Float64Array::from(vec![3.201_014_101_9e15]))),
            ("nama", Arc::new(StringArray::from(vec![" A\u{0}B "]))),
            ("tanggal_lahir", Arc::new(TimestampMillisecondArray::from(vec![631_152_000_000]))),
        ],
    );
    let text = outcome(&profile(), &path, &Limits::default(), folder.path());
    assert_eq!(text, "1 read, 0 staged, 1 quarantined\nquarantine row 1 [nama]: control character; \"3201014101900000\\t A\\0B \\t1\"");
    parquet(
        &path,
        vec![
            ("nik", Arc::new(Float64Array::from(vec![3.201_014_101_9e15]))),
            ("nama", Arc::new(StringArray::from(vec!["A"]))),
            ("tanggal_lahir", Arc::new(TimestampMillisecondArray::from(vec![631_152_000_000]))),
        ],
    );
    let text = outcome(&profile(), &path, &Limits::default(), folder.path());
    assert_eq!(text, "1 read, 1 staged, 0 quarantined\n1! | 3201014101900000 | · | A | 1990-01-01 | · | ·");
}

#[test]
fn encodings() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    let text = "nik,nama\n1,ÉLISÉ ’X\n";
    let windows: Vec<u8> = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let marked = |units: &str| format!("\u{feff}{units}");
    let cases: [(Encoding, Vec<u8>, &str); 6] = [
        (Encoding::Utf8, text.as_bytes().to_vec(), "utf-8"),
        (Encoding::Latin1, windows.clone(), "windows-1252"),
        (Encoding::Windows1252, marked(text).into_bytes(), "utf-8"),
        (Encoding::Utf16, text.encode_utf16().flat_map(u16::to_be_bytes).collect(), "utf-16be"),
        (Encoding::Utf16, marked(text).encode_utf16().flat_map(u16::to_le_bytes).collect(), "utf-16le"),
        (Encoding::Utf8, windows, "utf-8 with windows-1252 rows"),
    ];
    for (declared, bytes, encoding) in cases {
        fs::write(&path, bytes).expect("written");
        let (batches, report) =
            read(&SourceProfile { encoding: declared, ..profile() }, std::slice::from_ref(&path), &Limits::default()).expect("read");
        assert_eq!(report.files[0].encoding.as_deref(), Some(encoding));
        assert_eq!(rows(&batches), ["1 | 1 | · | ÉLISÉ ’X | · | · | ·"], "{encoding}");
    }
}

#[test]
fn places_in_utf16_are_those_of_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    let before = "\u{feff}nik,nama\n1,É😀\n";
    let text = format!("{before}2\n3,B\n");
    fs::write(&path, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).expect("written");
    let (_, report) = read(&profile(), &[path], &Limits::default()).expect("read");
    assert_eq!(report.quarantine[0].byte_offset, Some(2 * before.encode_utf16().count() as i64));
}

#[test]
fn pmt_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    let profile = SourceProfile { pmt: ["Luas Lantai", "jenis_dinding", "jenis_atap"].map(str::to_owned).to_vec(), ..profile() };
    fs::write(&path, "nik,nama,luas_lantai,JENIS DINDING\n1,A,36,-\n2,B,40,2\n3,C,,\n").expect("written");
    let text = outcome(&profile, &path, &Limits::default(), folder.path());
    let expected = "3 read, 3 staged, 0 quarantined\n1 | 1 | · | A | · | · | · | Ok(\"1\") | jenis_dinding,jenis_atap\n2 | 2 | · | B | · | · | · | Ok(\"2\") | jenis_atap\n3 | 3 | · | C | · | · | · | Ok(\"0\") | Luas Lantai,jenis_dinding,jenis_atap";
    assert_eq!(text, expected);
    fs::write(&path, "nik,nama\n1,A\n").expect("written");
    let (batches, _) = read(&profile, &[path], &Limits::default()).expect("read");
    assert_eq!(batches[0].schema(), padan_model::staged_schema(&profile.fields(), true));
    assert_eq!(batches[0].column_by_name("pmt_filled").map(|column| column.null_count()), Some(1));
}

#[test]
fn files_are_counted_on_through_and_batches_are_full() {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = SourceProfile { files: vec!["daftar*.csv".to_owned()], ..profile() };
    for (name, from, to) in [("daftar-10.csv", 21, 30), ("daftar-2.csv", 11, 20), ("DAFTAR.csv", 1, 10)] {
        let rows = (from..=to).map(|number| format!("{number},A\n")).collect::<Vec<_>>().concat();
        fs::write(folder.path().join(name), format!("nik,nama\n{rows}")).expect("written");
    }
    fs::write(folder.path().join("~$daftar.csv"), "lock").expect("written");
    let files = discover(&profile, folder.path()).expect("found");
    let limits = Limits { batch_rows: 12, ..Limits::default() };
    let (batches, report) = read(&profile, &files, &limits).expect("read");
    assert_eq!(batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [12, 12, 6]);
    for (index, row) in rows(&batches).iter().enumerate() {
        assert!(row.starts_with(&format!("{0} | {0} |", index + 1)), "{row}");
    }
    assert_eq!(report.files.iter().map(|file| file.file.as_str()).collect::<Vec<_>>(), ["DAFTAR.csv", "daftar-2.csv", "daftar-10.csv"]);
    assert_eq!(
        discover(&SourceProfile { files: vec!["lain*.csv".to_owned()], ..profile }, folder.path()).expect("found"),
        Vec::<PathBuf>::new()
    );
}

#[test]
fn the_account_has_the_hash_of_the_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    fs::write(&path, "nik,nama\n1,A\n").expect("written");
    let (_, report) = read(&profile(), &[path], &Limits::default()).expect("read");
    assert_eq!(report.files[0].bytes, 13);
    // `printf 'nik,nama\n1,A\n' | sha256sum`
    assert_eq!(report.files[0].sha256, "e3a3dd03fdd674390bd96cf1a6cbaa54a6effbcb9aa900de8ed9dfd4b2f1cd80");
}

#[test]
fn check_opens_headers_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    fs::write(&path, "NIK;Nama;Lain\n1;A;B\n").expect("written");
    let report = &check(&profile(), &[path]).expect("mapped")[0];
    assert_eq!((report.container, report.delimiter, report.encoding.as_deref()), ("csv", Some(';'), Some("utf-8")));
    assert_eq!(
        report.columns.iter().map(|column| (column.field, column.header.as_str(), column.column)).collect::<Vec<_>>(),
        [(Field::Nik, "NIK", 1), (Field::Nama, "Nama", 2)]
    );
    assert_eq!(report.unread, ["Lain"]);
    assert_eq!(report.absent, [Field::NoKk, Field::TanggalLahir, Field::Alamat, Field::Desa]);
    assert_eq!(report.warnings, ["the profile's delimiter is `,`, the file's is `;`: read with that"]);
}

#[test]
fn a_sheet_that_is_not_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hostile");
    let sheet = |name: &str| SourceProfile { format: Format::Xlsx { sheet: Some(name.to_owned()) }, ..profile() };
    let text = outcome(&sheet("Lampiran"), &folder.join("no_such_sheet.xlsx"), &Limits::default(), &folder);
    let expected = "error: no_such_sheet.xlsx: no sheet \"Lampiran\"; the workbook has \"Rekap\", \"Data & Lain\"\n  hint: correct `sheet` in the profile, or leave it out to take the sheet that has the header";
    assert_eq!(text, expected);
    let text = outcome(&sheet("data & lain "), &folder.join("no_such_sheet.xlsx"), &Limits::default(), &folder);
    assert_eq!(text, "1 read, 1 staged, 0 quarantined\n1 | 3201014101900001 | · | SITI AMINAH | · | · | ·");
}

#[test]
fn workbooks_read_as_by_calamine() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let day = CellFormat::new().set_num_format("[$-421]dd mmmm yyyy");
    for (column, header) in ["nik", "nama", "no_kk", "tanggal_lahir", "alamat", "desa"].iter().enumerate() {
        sheet.write(0, column as u16, *header).expect("a header");
    }
    for row in 1..200_u32 {
        sheet.write(row, 0, format!("32010141019{row:05}")).expect("text");
        sheet.write(row, 1, format!("NAMA <{row}> & \"{}\" _x0041_ \u{e9}", row % 7)).expect("text");
        sheet.write(row, 2, f64::from(row) * 1.5e12).expect("a number");
        let date = ExcelDateTime::from_ymd(1950 + (row % 70) as u16, 1 + (row % 12) as u8, 1 + (row % 28) as u8).expect("a date");
        sheet.write_with_format(row, 3, &date, &day).expect("a date");
        sheet.write(row, 4, f64::from(row) / 8.0).expect("a number");
        sheet.write(row, 5, row % 2 == 0).expect("a boolean");
    }
    workbook.save(&path).expect("saved");
    let (batches, _) = read(&profile(), std::slice::from_ref(&path), &Limits::default()).expect("read");
    let ours = rows(&batches);
    let mut oracle: Xlsx<_> = calamine::open_workbook(&path).expect("opened");
    let range = oracle.worksheet_range_at(0).expect("a sheet").expect("read");
    let theirs: Vec<String> = range
        .rows()
        .skip(1)
        .enumerate()
        .map(|(index, cells)| {
            let text = |cell: &Data| match cell {
                Data::DateTime(day) => {
                    let (year, month, day, ..) = day.to_ymd_hms_milli();
                    format!("{year:04}-{month:02}-{day:02}")
                }
                Data::Bool(value) => value.to_string().to_uppercase(),
                cell => cell.to_string(),
            };
            let order = [0, 2, 1, 3, 4, 5];
            format!("{} | {}", index + 1, order.map(|column| text(&cells[column])).join(" | "))
        })
        .collect();
    assert_eq!(ours, theirs);
}
