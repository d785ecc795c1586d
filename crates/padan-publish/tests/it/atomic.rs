//! A reader sees a whole run or the one before; published files are never modified.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use padan_model::tables;
use padan_publish::{PublishError, Run, Snapshot, current, make_current, published};

use crate::support::{links, manifest, publish, visible_rows};

fn run_folders(out: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(out.join("runs"))
        .expect("runs")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name != ".lock")
        .collect();
    names.sort();
    names
}

#[test]
fn the_links_of_an_output_folder_lead_to_the_visible_run() {
    let out = tempfile::tempdir().expect("temp dir");
    let folder = publish(out.path(), "r1", 3).expect("published");
    assert_eq!(folder, out.path().join("runs/r1"));
    assert_eq!(fs::read_link(out.path().join("current")).expect("a link"), Path::new("runs/r1"));
    assert_eq!(current(out.path()).expect("a run"), fs::canonicalize(&folder).expect("there"));
    publish(out.path(), "r2", 5).expect("published");
    assert!(out.path().join("tables/links/links-00000.parquet").is_file());
    let through_link = fs::read(out.path().join("manifest.json")).expect("readable");
    assert_eq!(through_link, fs::read(out.path().join("runs/r2/manifest.json")).expect("readable"));
    assert_eq!(visible_rows(out.path()), 5);
    assert_eq!(visible_rows(&out.path().join("runs/r1")), 3, "an older run is read by its own folder");
    // The folder can be moved as a whole, since its links are relative.
    let moved = out.path().with_extension("moved");
    fs::rename(out.path(), &moved).expect("moved");
    assert_eq!(visible_rows(&moved), 5);
    fs::remove_dir_all(moved).expect("removed");
}

#[test]
fn nothing_is_visible_before_finish_and_a_dropped_run_leaves_nothing() {
    let out = tempfile::tempdir().expect("temp dir");
    publish(out.path(), "r1", 3).expect("published");
    let mut run = Run::begin(out.path(), "r2").expect("begun");
    run.write(&tables::links(), &[links(1, 50_000)]).expect("accepted");
    assert_eq!(visible_rows(out.path()), 3);
    assert_eq!(run_folders(out.path()), [".r2.partial", "r1"]);
    drop(run);
    assert_eq!(run_folders(out.path()), ["r1"]);
}

#[test]
fn the_partial_folder_of_a_killed_run_is_removed_by_the_next() {
    let out = tempfile::tempdir().expect("temp dir");
    let mut run = Run::begin(out.path(), "r1").expect("begun");
    run.write(&tables::links(), &[links(1, 50_000)]).expect("accepted");
    // As if killed: nothing is cleaned up, and the system drops the lock.
    let partial = out.path().join("runs/.r1.partial");
    let kept = out.path().join("runs/kept");
    fs::rename(&partial, &kept).expect("moved");
    drop(run);
    fs::rename(&kept, &partial).expect("moved back");
    assert!(matches!(current(out.path()), Err(PublishError::NoRun { .. })));
    publish(out.path(), "r1", 3).expect("published");
    assert_eq!(run_folders(out.path()), ["r1"]);
    assert_eq!(visible_rows(out.path()), 3);
}

#[test]
fn two_writers_at_once_are_refused() {
    let out = tempfile::tempdir().expect("temp dir");
    let first = Run::begin(out.path(), "r1").expect("begun");
    assert!(matches!(Run::begin(out.path(), "r1"), Err(PublishError::Busy { .. })));
    assert!(matches!(make_current(out.path(), "r1"), Err(PublishError::Busy { .. })));
    drop(first);
    Run::begin(out.path(), "r1").expect("free again");
}

#[test]
fn the_same_run_again_replaces_nothing_and_is_visible_again() {
    let out = tempfile::tempdir().expect("temp dir");
    let inode = || fs::metadata(out.path().join("runs/r1/tables/links/links-00000.parquet")).expect("there").ino();
    publish(out.path(), "r1", 3).expect("published");
    let before = inode();
    publish(out.path(), "r2", 5).expect("published");
    publish(out.path(), "r1", 3).expect("published again");
    assert_eq!((visible_rows(out.path()), inode()), (3, before));
    assert_eq!(run_folders(out.path()), ["r1", "r2"]);
    make_current(out.path(), "r2").expect("published");
    assert_eq!(visible_rows(out.path()), 5);
    assert!(published(out.path(), "r3").expect("readable").is_none());
    assert!(make_current(out.path(), "r3").expect_err("not published").is_bug());
}

#[test]
fn other_tables_under_the_same_run_id_are_a_bug() {
    let out = tempfile::tempdir().expect("temp dir");
    publish(out.path(), "r1", 3).expect("published");
    let error = publish(out.path(), "r1", 4).expect_err("other rows");
    assert!(error.is_bug() && matches!(&error, PublishError::Differs { table, .. } if table == "links"), "{error}");
    assert_eq!(visible_rows(out.path()), 3);
    assert_eq!(run_folders(out.path()), ["r1"]);
}

#[test]
fn a_published_file_that_was_cut_is_named() {
    let out = tempfile::tempdir().expect("temp dir");
    let folder = publish(out.path(), "r1", 3).expect("published");
    fs::write(folder.join("tables/links/links-00000.parquet"), b"PAR1").expect("damaged");
    let error = published(out.path(), "r1").expect_err("damaged");
    assert!(matches!(&error, PublishError::Damaged { path, .. } if path.ends_with("links-00000.parquet")), "{error}");
}

#[test]
fn pruning_keeps_the_newest_and_never_the_visible_one_less() {
    let out = tempfile::tempdir().expect("temp dir");
    for (id, rows) in [("r1", 1), ("r2", 2), ("r3", 3)] {
        publish(out.path(), id, rows).expect("published");
        std::thread::sleep(std::time::Duration::from_millis(15));
    }
    // The oldest becomes the visible run again: it stays, with the newest of the others.
    let mut run = Run::begin(out.path(), "r1").expect("begun").keep(2);
    run.write(&tables::links(), &[links(1, 1)]).expect("accepted");
    run.finish(&manifest("r1")).expect("published");
    assert_eq!(run_folders(out.path()), ["r1", "r3"]);
    assert_eq!(visible_rows(out.path()), 1);
}

#[test]
fn a_folder_of_somebody_else_is_not_replaced() {
    let out = tempfile::tempdir().expect("temp dir");
    for name in ["tables", "current", "manifest.json"] {
        let path = out.path().join(name);
        fs::create_dir(&path).expect("made");
        let error = Run::begin(out.path(), "r1").err().expect("in the way, and said before any work");
        assert!(matches!(&error, PublishError::InTheWay { path: found } if *found == path), "{error}");
        fs::remove_dir(path).expect("removed");
    }
    assert!(matches!(current(out.path()), Err(PublishError::NoRun { .. })));
}

#[test]
fn files_beside_the_tables_are_published_with_their_hash() {
    let out = tempfile::tempdir().expect("temp dir");
    let mut run = Run::begin(out.path(), "r1").expect("begun");
    run.write_file("model/nightly.toml", b"abc").expect("written");
    assert!(run.write_file("../nightly.toml", b"abc").expect_err("outside").is_bug());
    let folder = run.finish(&manifest("r1")).expect("published");
    assert_eq!(fs::read(folder.join("model/nightly.toml")).expect("there"), b"abc");
    let snapshot = Snapshot::open(out.path()).expect("a run");
    assert_eq!(snapshot.manifest().files[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn a_reader_never_sees_half_a_run() {
    let out = tempfile::tempdir().expect("temp dir");
    publish(out.path(), "n1", 1).expect("published");
    let (done, path) = (AtomicBool::new(false), out.path());
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(Ordering::Relaxed) {
                let snapshot = Snapshot::open(path).expect("always a run");
                let id = snapshot.manifest().run_id.clone();
                let rows: i64 = snapshot.read("links", Some(&["row"])).expect("whole").iter().map(|batch| batch.num_rows() as i64).sum();
                assert_eq!(id, format!("n{rows}"), "manifest and table belong together");
                reads += 1;
            }
            reads
        });
        for rows in (2..30).chain(1..10) {
            publish(path, &format!("n{rows}"), rows).expect("published");
        }
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().expect("no panic") > 0);
    });
}
