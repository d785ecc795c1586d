//! Inputs too large to commit: what they cost is bounded, and they end in quarantine or a refusal.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use padan_ingest::Limits;
use zip::write::SimpleFileOptions;

use crate::support::{outcome, profile};

const HEADER: &str = "nik,nama,alamat\n";

fn csv(body: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    fs::write(&path, [HEADER.as_bytes(), body].concat()).expect("written");
    outcome(&profile(), &path, &Limits::default(), folder.path())
}

fn zip(path: &Path, parts: &[(&str, Vec<u8>)]) {
    let mut zip = zip::ZipWriter::new(File::create(path).expect("created"));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("written");
}

#[test]
fn a_cell_of_ten_megabytes() {
    let cell = "x".repeat(10 << 20);
    let quoted = format!("1,A,\"{cell}\"\n2,B,C\n");
    let expected = "2 read, 1 staged, 1 quarantined\nquarantine row 1 @16: line of more than 4194304 bytes; ";
    assert_eq!(csv(quoted.as_bytes()), format!("{expected}\"1,A,\\\"xxxxxxxxxxxxxxxxxxx\"\n2 | 2 | · | B | · | C | ·"));
    let plain = format!("1,A,{cell}\n2,B,C\n");
    assert_eq!(csv(plain.as_bytes()), format!("{expected}\"1,A,xxxxxxxxxxxxxxxxxxxx\"\n2 | 2 | · | B | · | C | ·"));
    let at_the_end = format!("2,B,C\n1,A,\"{cell}");
    let text = csv(at_the_end.as_bytes());
    assert!(text.starts_with("2 read, 1 staged, 1 quarantined\nquarantine row 2 @22: line of more than 4194304 bytes"), "{text}");
}

#[test]
fn a_cell_of_two_megabytes() {
    let body = format!("1,A,{}\n2,B,C\n", "x".repeat(2 << 20));
    let expected = "2 read, 1 staged, 1 quarantined\nquarantine row 1 @16 [alamat]: cell of more than 1048576 bytes; \"1,A,xxxxxxxxxxxxxxxxxxxx\"\n2 | 2 | · | B | · | C | ·";
    assert_eq!(csv(body.as_bytes()), expected);
}

#[test]
fn the_raw_text_is_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    fs::write(&path, format!("{HEADER}1,A,B,{}\n", "é".repeat(5_000))).expect("written");
    let (_, report) = crate::support::read(&profile(), &[path], &Limits::default()).expect("read");
    assert_eq!(report.quarantine[0].raw.as_ref().map(|raw| raw.chars().count()), Some(2_000));
}

#[test]
fn a_line_of_a_million_columns() {
    let body = format!("1,A{}\n2,B,C\n", ",".repeat(1_000_000));
    let text = csv(body.as_bytes());
    assert!(
        text.starts_with(
            "2 read, 1 staged, 1 quarantined\nquarantine row 1 @16: 1000002 fields where the header has 3: a delimiter inside a field"
        ),
        "{text}"
    );
}

#[test]
fn a_header_of_a_million_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    fs::write(&path, format!("{}\n1,2\n", "kolom,".repeat(200_000))).expect("written");
    let text = outcome(&profile(), &path, &Limits::default(), folder.path());
    assert!(text.starts_with("error: x.csv: no column for `nik`"), "{text}");
    assert!(text.len() < 2_000, "a bearable message");
}

#[test]
fn a_quote_that_is_never_closed_costs_its_own_line_each_time() {
    let body = "1,\"A,B\n".repeat(50_000);
    let text = csv(body.as_bytes());
    // Two such quotes in succession close one another only where a delimiter or line end follows, which is nowhere here.
    assert!(text.starts_with("50000 read, 0 staged, 50000 quarantined\n"), "{}", &text[..200]);
}

#[test]
fn a_workbook_that_unpacks_to_a_thousand_times_its_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.xlsx");
    zip(&path, &[("xl/worksheets/sheet1.xml", vec![b' '; 40 << 20])]);
    assert!(fs::metadata(&path).expect("there").len() < 1 << 20);
    let expected = "error: x.xlsx: refused: the compression ratio of xl/worksheets/sheet1.xml is ";
    let text = outcome(&profile(), &path, &Limits::default(), folder.path());
    assert!(
        text.starts_with(expected) && text.contains(":1, the limit is 200:1\n  hint: a workbook like this is a mistake or an attack"),
        "{text}"
    );
    let limits = Limits { zip_ratio: 2_000, zip_total_bytes: 10 << 20, ..Limits::default() };
    let text = outcome(&profile(), &path, &limits, folder.path());
    assert!(text.starts_with("error: x.xlsx: refused: the unpacked size of the workbook is 40 MiB, the limit is 10 MiB"), "{text}");
}

#[test]
fn shared_strings_beyond_their_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.xlsx");
    zip(&path, &[("xl/sharedStrings.xml", vec![b'x'; 3 << 20])]);
    let limits = Limits { shared_strings_bytes: 1 << 20, ..Limits::default() };
    let text = outcome(&profile(), &path, &limits, folder.path());
    assert!(text.starts_with("error: x.xlsx: refused: the size of the shared strings is 3 MiB, the limit is 1 MiB"), "{text}");
}

#[test]
fn a_zip_of_five_thousand_parts() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.xlsx");
    let mut zip = zip::ZipWriter::new(File::create(&path).expect("created"));
    for part in 0..5_000 {
        zip.start_file(format!("{part}"), SimpleFileOptions::default()).expect("a part");
    }
    zip.finish().expect("written");
    let text = outcome(&profile(), &path, &Limits::default(), folder.path());
    assert!(text.starts_with("error: x.xlsx: refused: the number of entries in the workbook is 5000, the limit is 4096"), "{text}");
}

#[test]
fn a_workbook_cell_of_ten_megabytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.xlsx");
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            r#"<Relationships><Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let sheet = |cell: &str| {
        let inline = |reference: &str, text: &str| format!(r#"<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>"#);
        let header = format!(r#"<row r="1">{}{}</row>"#, inline("A1", "nik"), inline("B1", "nama"));
        format!(r#"<worksheet><sheetData>{header}<row r="2">{}{}</row></sheetData></worksheet>"#, inline("A2", "1"), inline("B2", cell))
    };
    let write = |cell: &str| {
        zip(
            &path,
            &[
                ("_rels/.rels", relation("r", "officeDocument", "xl/workbook.xml").into_bytes()),
                ("xl/_rels/workbook.xml.rels", relation("s", "worksheet", "sheet.xml").into_bytes()),
                ("xl/workbook.xml", br#"<workbook><sheets><sheet name="S" r:id="s"/></sheets></workbook>"#.to_vec()),
                ("xl/sheet.xml", sheet(cell).into_bytes()),
            ],
        );
        outcome(&profile(), &path, &Limits::default(), folder.path())
    };
    let text = write(&"x".repeat(10 << 20));
    assert!(text.starts_with("error: x.xlsx: the workbook is damaged: ") && text.contains("a text of more than 8 MiB"), "{text}");
    let text = write(&"x".repeat(2 << 20));
    assert_eq!(
        text,
        "1 read, 0 staged, 1 quarantined\nquarantine row 1 [nama]: cell of more than 1048576 bytes; \"1\\txxxxxxxxxxxxxxxxxxxxxx\""
    );
    assert_eq!(write("A"), "1 read, 1 staged, 0 quarantined\n1 | 1 | · | A | · | · | ·");
}
