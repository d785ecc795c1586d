//! Random bytes: every row is staged or quarantined, and nothing panics, whatever the size of the reader's steps.

use std::fs;

use padan_config::Encoding;
use padan_ingest::Limits;
use proptest::prelude::*;

use crate::support::{profile, read, rows};

fn checked(name: &str, encoding: Encoding, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    let profile = padan_config::SourceProfile { encoding, ..profile() };
    let mut first: Option<(Vec<String>, usize)> = None;
    for chunk_bytes in [16, 61, 1 << 16] {
        let limits =
            Limits { chunk_bytes, batch_rows: 3, row_bytes: 400, cell_bytes: 200, quoted_lines: 3, quoted_bytes: 100, ..Limits::default() };
        // An error is a fine end of random bytes.
        let Ok((batches, report)) = read(&profile, std::slice::from_ref(&path), &limits) else { continue };
        let account = &report.files[0];
        assert_eq!(account.rows_read, account.rows_staged + account.rows_quarantined);
        let staged = rows(&batches);
        assert_eq!(account.rows_staged, staged.len() as i64);
        let refused = report.quarantine.iter().filter(|entry| entry.byte_offset.is_some()).count();
        assert!(account.rows_quarantined <= report.quarantine.len() as i64);
        // A line over the limit is found when the buffer is full, so only rows below it are the same at every size.
        if report.quarantine.iter().any(|entry| entry.reason.contains("more than")) {
            continue;
        }
        match &first {
            None => first = Some((staged, refused)),
            Some(first) => assert_eq!(*first, (staged, refused), "chunks of {chunk_bytes}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn csv(body in prop::collection::vec(prop::sample::select(b"a1 ,;\"'=\r\n\0\xe9\xc3\xa9".to_vec()), 0..1200), mark in any::<bool>()) {
        let mut bytes = if mark { b"\xef\xbb\xbf".to_vec() } else { vec![] };
        bytes.extend_from_slice(b"nik,nama,alamat\n");
        bytes.extend(body);
        checked("x.csv", Encoding::Utf8, &bytes);
        checked("x.csv", Encoding::Latin1, &bytes);
    }

    #[test]
    fn utf16(body in prop::collection::vec(prop::sample::select(b"a1,\"\r\n\0\xd8\xdc".to_vec()), 0..600)) {
        let mut bytes: Vec<u8> = "\u{feff}nik,nama,alamat\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.extend(body);
        checked("x.csv", Encoding::Utf16, &bytes);
    }

    #[test]
    fn json(body in prop::collection::vec(prop::sample::select(b"{}[]\":,\\a1\n\xe9".to_vec()), 0..400), array in any::<bool>()) {
        let mut bytes = if array { b"[".to_vec() } else { vec![] };
        bytes.extend_from_slice(b"{\"nik\":1,\"nama\":\"A\"}\n");
        bytes.extend(body);
        checked("x.json", Encoding::Utf8, &bytes);
    }

    #[test]
    fn anything_at_all(bytes in prop::collection::vec(any::<u8>(), 0..600), name in prop::sample::select(vec!["x.csv", "x.xlsx", "x.json", "x.parquet"])) {
        checked(name, Encoding::Utf8, &bytes);
    }

    #[test]
    fn a_workbook_with_bytes_changed(at in prop::collection::vec((0_usize..2_000, any::<u8>()), 1..6)) {
        let mut bytes = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/hostile/errors_and_formulas.xlsx")).expect("the fixture");
        for (at, byte) in at {
            let index = at % bytes.len();
            bytes[index] = byte;
        }
        checked("x.xlsx", Encoding::Utf8, &bytes);
    }
}
