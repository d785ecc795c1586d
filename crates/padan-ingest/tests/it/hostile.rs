//! Every file of `fixtures/hostile` ends in quarantine or a clear error, with its words; its README says what each holds.

use std::fs;
use std::path::Path;

use padan_ingest::Limits;

use crate::support::{outcome, profile};

/// File → outcome: the count, warnings, what was quarantined (row, byte, column, reason, beginning of the raw text), and the staged rows
/// as number (`!` where the NIK was a spreadsheet's number) and NIK, No KK, name, birth date, address, village.
const CASES: &[(&str, &str)] = &[
    (
        "array.json",
        r#"2 read, 2 staged, 0 quarantined
1 | 3201014101900001 | · | SITI } AMINAH | · | · | ·
2 | 3201010202850002 | · | BUDI " SANTOSO | · | · | ·"#,
    ),
    (
        "array_cut.json",
        r#"2 read, 1 staged, 1 quarantined
warning: the JSON array is not closed: the file may be cut off
quarantine row 2 @49: object cut off by the end of the file; "{\"nik\":\"3201010202850002"
1 | 3201014101900001 | · | SITI AMINAH | · | · | ·"#,
    ),
    (
        "array_of_numbers.json",
        r"error: array_of_numbers.json: at byte 50: text that is no object of the array
  hint: one JSON object a line, or one array of objects",
    ),
    (
        "blank.csv",
        r"error: blank.csv: the file is empty
  hint: ask for the extract again; a list with no rows still has its header",
    ),
    (
        "broken_line.csv",
        r#"4 read, 2 staged, 2 quarantined
quarantine row 2 @118: 4 fields where the header has 6: a line broken in two; "3201010202850002,BUDI SA"
quarantine row 3 @165: 4 fields where the header has 6: a line broken in two; ",02/02/1985,KP BARU,SUKA"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
4 | 3201014303700003 | 3201010101010003 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI"#,
    ),
    (
        "broken_line.jsonl",
        r#"4 read, 2 staged, 2 quarantined
quarantine row 2 @68: JSON object cut off; "{\"nik\":\"3201010202850002"
quarantine row 3 @108: not a JSON object; "[\"not\",\"an object\"]"
1 | 3201014101900001 | · | SITI AMINAH | · | JL MAWAR | ·
4 | 3201014303700003 | · | NUR HAYATI | · | · | MEKARSARI"#,
    ),
    (
        "control_character.xlsx",
        r#"2 read, 1 staged, 1 quarantined
quarantine row 1 [nama]: control character; "3201014101900001\tSITI\0AM"
2 | 3201010202850002 | · | BUDI SANTOSO | · | · | ·"#,
    ),
    (
        "control_characters.csv",
        r#"3 read, 1 staged, 2 quarantined
quarantine row 1 @41 [alamat]: control character; "3201014101900001,SITI AM"
quarantine row 3 @203 [nama]: control character; "3201014303700003,NUR\u{7f} HA"
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU"#,
    ),
    (
        "csv_named_xlsx.xlsx",
        r"error: csv_named_xlsx.xlsx: expected an .xlsx workbook, found plain text
  hint: name it .csv",
    ),
    (
        "date_1904.xlsx",
        r"1 read, 1 staged, 0 quarantined
1 | 3201014101900001 | · | SITI AMINAH | 1990-01-01 | · | ·",
    ),
    (
        "duplicate_header.csv",
        r#"error: duplicate_header.csv: columns 1 and 3 are both headed "NIK", which is the field `nik`
  hint: remove one, or rename it so that the profile does not read it"#,
    ),
    (
        "duplicate_unread_header.csv",
        r"1 read, 1 staged, 0 quarantined
1 | 3201014101900001 | · | SITI AMINAH | · | · | ·",
    ),
    (
        "embedded_newlines.csv",
        r"2 read, 2 staged, 0 quarantined
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR
RT 01␍
RW 02 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU",
    ),
    (
        "empty.csv",
        r"error: empty.csv: the file is empty
  hint: ask for the extract again; a list with no rows still has its header",
    ),
    (
        "errors_and_formulas.xlsx",
        r##"2 read, 2 staged, 0 quarantined
quarantine row 1 [no_kk]: spreadsheet error; "#N/A"
quarantine row 1 [desa]: the shared string is not in the workbook; "7"
quarantine row 2 [alamat]: spreadsheet error; "#SPILL!"
1 | 3201014101900001 | · | SITI AMINAH & A | · | · | ·
2 | 3201010202850002 | · | BUDIA | · | · | ·"##,
    ),
    (
        "exponent_nik.csv",
        r"2 read, 2 staged, 0 quarantined
1! | 3,20101E+15 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU",
    ),
    (
        "far_column.xlsx",
        r"error: far_column.xlsx: the workbook is damaged: a cell stands right of the last column
  hint: open it in a spreadsheet, save it again, or ask for it again",
    ),
    (
        "formula_nik.csv",
        r"2 read, 2 staged, 0 quarantined
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | · | ·
2 | 3201010202850002 | · | BUDI SANTOSO | · | · | SUKAMAJU",
    ),
    (
        "gzip_named_csv.csv",
        r"error: gzip_named_csv.csv: expected text, found a gzip archive
  hint: unpack it",
    ),
    (
        "header_again.csv",
        r#"3 read, 2 staged, 1 quarantined
quarantine row 2 @118: the header again; "nik,nama,no_kk,tanggal_l"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
3 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU"#,
    ),
    ("header_only.csv", r"0 read, 0 staged, 0 quarantined"),
    (
        "header_typo.csv",
        r#"2 read, 2 staged, 0 quarantined
warning: header "ALAMT LENGKAP" taken for `alamat`, which it nearly spells
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU"#,
    ),
    (
        "html_named_xlsx.xlsx",
        r"error: html_named_xlsx.xlsx: expected an .xlsx workbook, found an HTML or XML page
  hint: web exports do this: open it in a spreadsheet and save it as .xlsx",
    ),
    (
        "latin1_in_utf8.csv",
        r"3 read, 3 staged, 0 quarantined; utf-8 with windows-1252 rows
warning: rows that are not valid utf-8 were read as windows-1252
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDÍ SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU
3 | 3201014303700003 | 3201010101010003 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI",
    ),
    (
        "line_ends.csv",
        r"3 read, 3 staged, 0 quarantined
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU
3 | 3201014303700003 | 3201010101010003 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI",
    ),
    (
        "lying_directory.xlsx",
        r"error: lying_directory.xlsx: the workbook is damaged: I/O error: File is larger than its declared uncompressed size
  hint: open it in a spreadsheet, save it again, or ask for it again",
    ),
    (
        "merged_cells.xlsx",
        r"2 read, 2 staged, 0 quarantined
warning: the header is row 2, the profile's `skip-rows` says row 1: read from there
warning: 1 merged areas among the data rows: only the first cell of each holds a value
1 | 3201014101900001 | · | SITI AMINAH | · | · | SUKAMAJU
2 | 3201010202850002 | · | BUDI SANTOSO | · | · | ·",
    ),
    (
        "missing_column.csv",
        r#"error: missing_column.csv: no column for `nik` (accepted: "nik"), `nama` (accepted: "nama")
  header found: "nomor", "nama_lengkap", "no_kk"
  hint: the nearest headers found are "nama_lengkap", "no_kk"; add the right one to the profile's `headers`"#,
    ),
    (
        "nested_and_odd.jsonl",
        r#"4 read, 1 staged, 3 quarantined
quarantine row 1 [alamat]: nested value; "{\"jalan\":\"MAWAR\"}"
quarantine row 2 @75 [nama]: control character; "{\"nik\":\"3201010202850002"
quarantine row 3 @122 [nik]: the key stands twice in the object; "{\"nik\":\"1\",\"nik\":\"2\",\"na"
quarantine row 4 @155 [nama]: text with half a surrogate pair; "{\"nik\":\"3201014303700003"
1 | 3201014101900001 | · | SITI AMINAH | · | · | ·"#,
    ),
    (
        "nik_as_number.jsonl",
        r"2 read, 2 staged, 0 quarantined
1 | 9701014303700003 | 9701010101019999 | NUR HAYATI | · | · | ·
2! | 3201010000000000 | · | SITI AMINAH | · | · | ·",
    ),
    (
        "no_header.csv",
        r#"error: no_header.csv: no column for `nik` (accepted: "nik"), `nama` (accepted: "nama")
  header found: none: the row of 6 cells where the header should be looks like data (not shown)
  hint: add the header row, or correct `skip-rows` in the profile"#,
    ),
    (
        "no_such_sheet.xlsx",
        r#"1 read, 1 staged, 0 quarantined
warning: the header is on sheet "Data & Lain": read that
1 | 3201014101900001 | · | SITI AMINAH | · | · | ·"#,
    ),
    (
        "not_a_workbook.xlsx",
        r"error: not_a_workbook.xlsx: the workbook is damaged: it has no sheet
  hint: open it in a spreadsheet, save it again, or ask for it again",
    ),
    (
        "not_parquet.parquet",
        r"error: not_parquet.parquet: the Parquet file cannot be read: EOF: Parquet file too small. Size is 33 but need 543517809",
    ),
    (
        "nul_bytes.csv",
        r#"3 read, 2 staged, 1 quarantined
quarantine row 2 @118 [nama]: control character; "3201010202850002,BU\0DI S"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
3 | 3201014303700003 | 3201010101010003 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI"#,
    ),
    (
        "numeric_nik.xlsx",
        r"3 read, 3 staged, 0 quarantined
1! | 3201014101900001 | 3201010101010001 | SITI AMINAH | 1990-01-01 | JL MAWAR 3 | ·
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 1985-02-02 | 12 | ·
3! | 9701014303700003 | · | NUR HAYATI | · | · | TRUE",
    ),
    (
        "old_xls.xls",
        r"error: old_xls.xls: expected an .xlsx workbook, found an old .xls or password-protected workbook
  hint: save it as .xlsx without a password",
    ),
    (
        "quote_inside_quotes.csv",
        r#"2 read, 2 staged, 0 quarantined
1 | 3201014101900001 | 3201010101010001 | SITI "NUR" AMINAH | 01/01/1990 | JL "MAWAR" 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU"#,
    ),
    (
        "quote_swallows_rows.csv",
        r#"24 read, 23 staged, 1 quarantined
quarantine row 2 @118: unbalanced quote; "3201010202850002,BUDI SA"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
3 | 3201014303700010 | 3201010101010010 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
4 | 3201014303700011 | 3201010101010011 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
5 | 3201014303700012 | 3201010101010012 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
6 | 3201014303700013 | 3201010101010013 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
7 | 3201014303700014 | 3201010101010014 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
8 | 3201014303700015 | 3201010101010015 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
9 | 3201014303700016 | 3201010101010016 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
10 | 3201014303700017 | 3201010101010017 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
11 | 3201014303700018 | 3201010101010018 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
12 | 3201014303700019 | 3201010101010019 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
13 | 3201014303700020 | 3201010101010020 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
14 | 3201014303700021 | 3201010101010021 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
15 | 3201014303700022 | 3201010101010022 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
16 | 3201014303700023 | 3201010101010023 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
17 | 3201014303700024 | 3201010101010024 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
18 | 3201014303700025 | 3201010101010025 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
19 | 3201014303700026 | 3201010101010026 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
20 | 3201014303700027 | 3201010101010027 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
21 | 3201014303700028 | 3201010101010028 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
22 | 3201014303700029 | 3201010101010029 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
23 | 3201014303700030 | 3201010101010030 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
24 | 3201014303700031 | 3201010101010031 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI"#,
    ),
    (
        "ragged.csv",
        r#"5 read, 3 staged, 2 quarantined
quarantine row 3 @165: 7 fields where the header has 6: a delimiter inside a field; "3201014303700003,NUR HAY"
quarantine row 4 @248 [nama]: 1 field where the header has 6; "3201014101900009"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | · | · | ·
5 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU"#,
    ),
    (
        "sheet_cut.xlsx",
        r"error: sheet_cut.xlsx: the workbook is damaged: ill-formed document: expected `</t>`, but `</worksheet>` was found
  hint: open it in a spreadsheet, save it again, or ask for it again",
    ),
    (
        "sheet_without_end.xlsx",
        r"error: sheet_without_end.xlsx: the workbook is damaged: a sheet ends before its last row
  hint: open it in a spreadsheet, save it again, or ask for it again",
    ),
    (
        "title_rows.csv",
        r"1 read, 1 staged, 0 quarantined
warning: the header is row 4, the profile's `skip-rows` says row 1: read from there
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU",
    ),
    (
        "trailing_delimiters.csv",
        r"2 read, 2 staged, 0 quarantined
warning: every row ends in delimiters that the header lacks: taken for columns without a header
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU",
    ),
    (
        "truncated.csv",
        r#"3 read, 2 staged, 1 quarantined
quarantine row 3 @202 [nama]: 1 field where the header has 6; "32010143037000"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU"#,
    ),
    (
        "truncated.xlsx",
        r"error: truncated.xlsx: the workbook is damaged: its zip directory is missing or broken, as in a file cut off while it was copied
  hint: open it in a spreadsheet, save it again, or ask for it again",
    ),
    (
        "truncated_after_required.csv",
        r#"3 read, 2 staged, 1 quarantined
quarantine row 3 @202: 3 fields where the header has 6: the file is cut off; "3201014303700003,NUR HAY"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU"#,
    ),
    (
        "two_sheets.xlsx",
        r#"1 read, 1 staged, 0 quarantined
warning: the header is on sheet "Hal 1": read that
warning: sheet "Hal 2" has the same header and is not read: give it a file of its own
1 | 3201014101900001 | · | SITI AMINAH | · | · | ·"#,
    ),
    (
        "unbalanced_quote.csv",
        r#"4 read, 3 staged, 1 quarantined
quarantine row 2 @118: unbalanced quote; "3201010202850002,\"BUDI S"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
3 | 3201014303700003 | 3201010101010003 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI
4 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU"#,
    ),
    (
        "unbalanced_quote_at_end.csv",
        r#"3 read, 2 staged, 1 quarantined
quarantine row 3 @202: unbalanced quote; "3201014303700003,NUR HAY"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU"#,
    ),
    (
        "unquoted_delimiter.csv",
        r#"3 read, 2 staged, 1 quarantined
quarantine row 2 @118: 7 fields where the header has 6: a delimiter inside a field; "3201010202850002,BUDI SA"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
3 | 3201014303700003 | 3201010101010003 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI"#,
    ),
    (
        "utf16_bom.csv",
        r"3 read, 3 staged, 0 quarantined; utf-16be
warning: the profile says utf-8, the file is utf-16be: read as utf-16be
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | x | · | y | · | · | ·
3 | 3201014303700003 | 3201010101010003 | NUR HAYATI | 03/03/1970 | DSN KRAJAN | MEKARSARI",
    ),
    (
        "utf16_no_bom.csv",
        r"2 read, 2 staged, 0 quarantined; utf-16le
warning: the profile says utf-8, the file is utf-16le: read as utf-16le
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BÜDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU",
    ),
    (
        "utf16_odd_byte.csv",
        r#"2 read, 1 staged, 1 quarantined; utf-16le
warning: the profile says utf-8, the file is utf-16le: read as utf-16le
quarantine row 2 @236 [nama]: 1 field where the header has 6; "�"
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU"#,
    ),
    (
        "wrong_delimiter.csv",
        r"2 read, 2 staged, 0 quarantined
warning: the profile's delimiter is `,`, the file's is `;`: read with that
1 | 3201014101900001 | 3201010101010001 | SITI AMINAH | 01/01/1990 | JL MAWAR 3 | SUKAMAJU
2 | 3201010202850002 | 3201010101010002 | BUDI SANTOSO | 02/02/1985 | KP BARU RT 01/02 | SUKAMAJU",
    ),
];

#[test]
fn hostile_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hostile");
    for (name, expected) in CASES {
        assert_eq!(outcome(&profile(), &folder.join(name), &Limits::default(), &folder), *expected, "{name}");
    }
}

#[test]
fn every_file_is_a_case_and_described() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hostile");
    let readme = fs::read_to_string(folder.join("README.md")).expect("a README");
    for entry in fs::read_dir(&folder).expect("the fixtures") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        if name == "README.md" || name == ".gitattributes" {
            continue;
        }
        assert!(CASES.iter().any(|(case, _)| *case == name), "{name} has no case");
        assert!(readme.contains(&format!("`{name}`")), "{name} is not in the README");
    }
}
