//! A file that changes is noticed; one that is only touched is not.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use padan_ingest::{IngestError, Limits, verify_unchanged};

use crate::support::{profile, read};

#[test]
fn changed_and_touched_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    fs::write(&path, "nik,nama\n1,A\n").expect("written");
    let (_, report) = read(&profile(), std::slice::from_ref(&path), &Limits::default()).expect("read");
    verify_unchanged(&report.files).expect("the same");
    File::open(&path).and_then(|file| file.set_modified(SystemTime::now() + Duration::from_secs(60))).expect("touched");
    verify_unchanged(&report.files).expect("the same bytes");
    fs::write(&path, "nik,nama\n1,B\n").expect("written");
    assert!(matches!(verify_unchanged(&report.files), Err(IngestError::Changed { .. })));
    fs::remove_file(&path).expect("removed");
    assert!(matches!(verify_unchanged(&report.files), Err(IngestError::Io { .. })));
}

#[test]
fn a_file_that_grows_while_it_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    fs::write(&path, format!("nik,nama\n{}", "1,A\n".repeat(20_000))).expect("written");
    let limits = Limits { batch_rows: 1_000, ..Limits::default() };
    let mut grown = false;
    let result = padan_ingest::ingest(&profile(), std::slice::from_ref(&path), &limits, &mut |_| {
        if !grown {
            grown = true;
            fs::OpenOptions::new()
                .append(true)
                .open(&path)
                .and_then(|mut file| std::io::Write::write_all(&mut file, b"2,B\n"))
                .map_err(IngestError::sink)?;
        }
        Ok(())
    });
    assert!(matches!(result, Err(IngestError::Changed { .. })));
}
