//! The other tables, and that all of them are what the contract says.

use std::path::Path;

use arrow::array::RecordBatch;
use padan_config::load_pipeline;
use padan_model::{LinkMethod, tables};
use padan_reconcile::check_rules;

use crate::world::{World, lines, pbi, sembako};

/// `entitled` persons of whom the first `receiving` are on the list, and `rich` persons on the list who are not entitled.
fn village(entitled: usize, receiving: usize, rich: usize) -> World {
    let mut world = World::default();
    for person in 0..entitled {
        let sex = if person % 2 == 0 { "L" } else { "P" };
        world = world.row(
            "dtsen-anggota",
            &format!("a{person:03}"),
            "",
            &format!("nama=A, desil=2, kode_wilayah=3201012001, jenis_kelamin={sex}"),
        );
        if person < receiving {
            world = world.row("pbi", &format!("a{person:03}"), "", "nama=A");
        }
    }
    for person in 0..rich {
        world = world.row("dtsen-anggota", &format!("b{person:03}"), "", "nama=B, desil=9, kode_wilayah=3202012001, jenis_kelamin=P");
        world = world.row("pbi", &format!("b{person:03}"), "", "nama=B");
    }
    world
}

#[test]
fn rates_by_region_desil_and_sex() {
    let rates = village(40, 30, 10).run(&[pbi()]).rates;
    let columns = ["unit", "error", "level", "kode_wilayah", "desil", "jenis_kelamin", "numerator", "denominator", "rate", "suppressed"];
    assert_eq!(
        lines(&rates, &columns),
        [
            "jiwa eksklusi kabkota 3201 - - 10 40 0.25 false",
            "jiwa eksklusi kecamatan 320101 - - 10 40 0.25 false",
            "jiwa eksklusi nasional - - - 10 40 0.25 false",
            "jiwa eksklusi nasional - - L 5 20 0.25 false",
            "jiwa eksklusi nasional - - P 5 20 0.25 false",
            "jiwa eksklusi nasional - 2 - 10 40 0.25 false",
            "jiwa eksklusi provinsi 32 - - 10 40 0.25 false",
            "jiwa inklusi kabkota 3201 - - 0 30 0.0 false",
            "jiwa inklusi kabkota 3202 - - 10 10 1.0 false",
            "jiwa inklusi kecamatan 320101 - - 0 30 0.0 false",
            "jiwa inklusi kecamatan 320201 - - 10 10 1.0 false",
            "jiwa inklusi nasional - - - 10 40 0.25 false",
            "jiwa inklusi nasional - - L 0 15 0.0 false",
            "jiwa inklusi nasional - - P 10 25 0.4 false",
            "jiwa inklusi nasional - 2 - 0 30 0.0 false",
            "jiwa inklusi nasional - 9 - 10 10 1.0 false",
            "jiwa inklusi provinsi 32 - - 10 40 0.25 false",
        ]
    );
}

#[test]
fn small_cells_are_suppressed() {
    let rates = village(9, 3, 0).run(&[pbi()]).rates;
    for line in lines(&rates, &["numerator", "denominator", "rate", "rate_corrected", "low", "high", "suppressed"]) {
        assert_eq!(line, "0 0 - - - - true");
    }
    assert!(rates.num_rows() > 0);
}

#[test]
fn integration_counts_rows_and_persons() {
    let world = World::default()
        .row("dtsen-anggota", "p1", "", "nama=A")
        .row("dtsen-anggota", "p2", "", "nama=B, meninggal=true")
        .row("satker-lansia", "p1", "", "nama=A, satker=BBRSLU, nik=3201010503900001, umur=80, kode_wilayah=3201012001")
        .row("satker-lansia", "p1", "", "nama=A, satker=BBRSLU, nik=3201010503900001, umur=80, kode_wilayah=320101")
        .linked("satker-lansia", "p2", "", LinkMethod::Model, 0.9, "nama=B, satker=BBRSLU, kode_wilayah=3201012001")
        .linked("satker-lansia", "p3", "", LinkMethod::Alone, 1.0, "nama=C, satker=BBRSLU");
    let columns = [
        "source",
        "satker",
        "kluster",
        "kode_wilayah",
        "rows",
        "persons",
        "bnba_complete",
        "in_registry",
        "in_registry_probable",
        "double",
        "dead",
    ];
    assert_eq!(
        lines(&world.run(&[]).integration, &columns),
        ["satker-lansia BBRSLU permakanan-lansia - 1 1 0 0 0 0 0", "satker-lansia BBRSLU permakanan-lansia 3201 3 2 1 2 1 1 1"]
    );
}

#[test]
fn the_shipped_pipelines_rules_hold() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/nightly.toml");
    let pipeline = load_pipeline(&path).expect("the shipped pipeline loads");
    assert_eq!(check_rules(&pipeline.programmes), Ok(()));
    assert!(pipeline.programmes.len() >= 9);
}

/// A village with something for every table.
fn full_village() -> World {
    village(30, 12, 8)
        .row("dtsen-keluarga", "", "k9", "desil=3, pmt_filled=1, pmt_missing=luas_lantai")
        .row("dtsen-anggota", "c", "k9", "nama=C, nik=3201010503900001, kode_wilayah=32")
        .row("dtks", "c", "", "nama=D, nik=3201010503900010, kode_wilayah=3302")
        .row("pbi", "x2", "", "nama=X")
        .row("pbi", "x1", "", "nama=X, kode_wilayah=3201012001")
        .row("kks", "c", "", "nama=C")
}

#[test]
fn a_run_in_parts_is_the_run() {
    // Families of which only one part states PMT variables; rows that may have been missed; a list twice in one place.
    let world = full_village()
        .row("dtsen-keluarga", "", "k8", "desil=2")
        .row("dtsen-anggota", "d", "k8", "nama=D, hubungan=kepala, kode_wilayah=3201012002")
        .row("dtsen-anggota", "e", "k8", "nama=E, hubungan=anak")
        .row("dtsen-anggota", "f", "k7", "nama=F, desil=9")
        .row("kks", "e", "k8", "nama=E")
        .linked("pbi", "y1", "k6", LinkMethod::Alone, 0.7, "nama=Y, kode_wilayah=3201012001")
        .linked("pbi", "y2", "k6", LinkMethod::Alone, 0.4, "nama=Y")
        .linked("pbi", "f", "k7", LinkMethod::Model, 0.95, "nama=F")
        .row("satker-lansia", "d", "k8", "nama=D, satker=BBRSLU, kode_wilayah=3201012001")
        .row("satker-lansia", "d", "k8", "nama=D, satker=BBRSLU, kode_wilayah=3201012001")
        .row("satker-lansia", "f", "k7", "nama=F, satker=BBRSLU, kode_wilayah=3201012001");
    let rules = [sembako(), pbi()];
    let whole = world.run(&rules);
    assert!(whole.coverage.num_rows() > 40 && whole.verivali.num_rows() > 3);
    let absent = lines(&whole.coverage, &["programme", "receiving", "probability"]);
    assert!(absent.iter().any(|line| line.starts_with("pbi-jk false 0.")), "missed links lower the certainty of the absent: {absent:?}");
    for parts in [1, 3, 7] {
        assert_eq!(world.run_in_parts(&rules, parts), whole, "in {parts} parts");
    }
}

#[test]
fn every_table_has_its_schema_and_order() {
    let found = full_village().run(&[sembako(), pbi()]);
    let all: [(&RecordBatch, tables::Table); 9] = [
        (&found.persons, tables::persons()),
        (&found.families, tables::families()),
        (&found.coverage, tables::coverage()),
        (&found.exclusion_errors, tables::exclusion_errors()),
        (&found.inclusion_errors, tables::inclusion_errors()),
        (&found.conflicts, tables::conflicts()),
        (&found.verivali, tables::verivali()),
        (&found.rates, tables::rates()),
        (&found.integration, tables::integration()),
    ];
    for (table, contract) in all {
        assert_eq!(table.schema(), contract.schema, "{}", contract.name);
        assert!(table.num_rows() > 0, "{} is empty", contract.name);
        // Nulls print as `-`, which sorts before digits and letters, as nulls do.
        let keys: Vec<Vec<String>> =
            (0..table.num_rows()).map(|row| contract.sort.iter().map(|column| sort_key(table, column, row)).collect()).collect();
        assert!(keys.is_sorted(), "{} is not sorted", contract.name);
    }
}

fn sort_key(table: &RecordBatch, column: &str, row: usize) -> String {
    let text = crate::world::cell(table, column, row);
    if column.starts_with("row") { format!("{text:0>9}") } else { text }
}
