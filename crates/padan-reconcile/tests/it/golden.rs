//! Golden records, families and conflicts.

use crate::world::{World, lines};

const RIGHT: &str = "3201010503900001";
const WRONG: &str = "3201010503900010";

fn persons(world: &World, columns: &[&str]) -> Vec<String> {
    lines(&world.run(&[]).persons, columns)
}

#[test]
fn the_nik_that_dukcapil_answers_to_then_the_majoritys_then_the_registrys() {
    let registry = World::default().row("dtsen-anggota", "p", "k", &format!("nama=A, nik={WRONG}"));
    let columns = ["nik", "nik_source"];
    assert_eq!(persons(&registry, &columns), [format!("{WRONG} dtsen-anggota")]);
    let tie = registry.clone().row("pbi", "p", "", &format!("nama=A, nik={RIGHT}"));
    assert_eq!(persons(&tie, &columns), [format!("{WRONG} dtsen-anggota")]);
    let majority = tie.row("dtks", "p", "", &format!("nama=A, nik={RIGHT}"));
    assert_eq!(persons(&majority, &columns), [format!("{RIGHT} pbi")]);
    let civil = majority.clone().row("dukcapil", "p", "", &format!("nama=A, nik={WRONG}, respon=ditemukan"));
    assert_eq!(persons(&civil, &columns), [format!("{WRONG} dukcapil")]);
    // An answer "not found" confirms nothing, whatever NIK was asked.
    let not_found = majority.row("dukcapil", "p", "", &format!("nama=A, nik={WRONG}, respon=tidak_ditemukan"));
    assert_eq!(persons(&not_found, &columns), [format!("{WRONG} dtsen-anggota")]);
}

#[test]
fn shared_and_damaged_niks_are_not_elected() {
    let world = World::default().row("dtsen-anggota", "p", "k", &format!("nama=A, nik={WRONG}, nik_status=shared")).row(
        "pbi",
        "p",
        "",
        &format!("nama=A, nik={WRONG}, nik_status=precision_lost"),
    );
    assert_eq!(persons(&world, &["nik", "nik_source"]), ["- -"]);
}

#[test]
fn the_most_frequent_name_then_the_longest() {
    let world = World::default().row("dtsen-anggota", "p", "k", "nama=SITI").row("pbi", "p", "", "nama=SITI AMINAH").row(
        "dtks",
        "p",
        "",
        "nama=SITI AMINAH BINTI SALEH",
    );
    assert_eq!(persons(&world, &["nama", "nama_source"]), ["SITI AMINAH BINTI SALEH dtks"]);
    let majority = world.row("kks", "p", "", "nama=SITI");
    assert_eq!(persons(&majority, &["nama", "nama_source"]), ["SITI dtsen-anggota"]);
}

#[test]
fn the_birth_date_that_agrees_with_the_nik() {
    let world = World::default()
        .row("dtsen-anggota", "p", "k", &format!("nama=A, nik={RIGHT}, tanggal_lahir=1990-01-01"))
        .row("kks", "p", "", "nama=A, tanggal_lahir=1990-01-01")
        .row("pbi", "p", "", "nama=A, tanggal_lahir=1990-03-05, jenis_kelamin=P")
        .row("dtks", "p", "", "nama=A, jenis_kelamin=L");
    assert_eq!(persons(&world, &["tanggal_lahir", "tanggal_lahir_source"]), ["1990-03-05 pbi"]);
    assert_eq!(persons(&world, &["jenis_kelamin", "jenis_kelamin_source"]), ["L dtks"]);
}

#[test]
fn the_deepest_region_inside_the_best_sources() {
    let world = World::default()
        .row("dtsen-anggota", "p", "k", "nama=A, kode_wilayah=320101")
        .row("pbi", "p", "", "nama=A, kode_wilayah=3202012001")
        .row("dtks", "p", "", "nama=A, kode_wilayah=3201012001, alamat_standar=MAWAR 3, rt=4, rw=2");
    assert_eq!(persons(&world, &["kode_wilayah", "kode_wilayah_source"]), ["3201012001 dtks"]);
    assert_eq!(
        lines(&world.run(&[]).conflicts, &["attribute", "value_a", "source_b", "value_b", "rule"]),
        ["kode_wilayah 3201012001 pbi 3202012001 terdalam"]
    );
}

#[test]
fn alive_by_dukcapil_then_by_marks() {
    let alive = |rows: &[(&str, &str)]| {
        let world = rows.iter().fold(World::default(), |world, (source, cells)| world.row(source, "p", "k", &format!("nama=A, {cells}")));
        persons(&world, &["alive", "alive_source"])
    };
    assert_eq!(alive(&[("dtsen-anggota", "umur=9")]), ["- -"]);
    assert_eq!(alive(&[("dtsen-anggota", "meninggal=false"), ("pbi", "meninggal=true")]), ["false pbi"]);
    assert_eq!(alive(&[("dtsen-anggota", "meninggal=true"), ("dukcapil", "respon=ditemukan")]), ["true dukcapil"]);
    assert_eq!(alive(&[("dtsen-anggota", "meninggal=false"), ("dukcapil", "respon=meninggal")]), ["false dukcapil"]);
    assert_eq!(alive(&[("dtsen-anggota", "meninggal=false"), ("dukcapil", "respon=tidak_ditemukan")]), ["true dtsen-anggota"]);
}

#[test]
fn desil_comes_through_the_family() {
    let world = World::default()
        .row(
            "dtsen-keluarga",
            "",
            "k1",
            "desil=3, no_kk=3201010101200001, kode_wilayah=3201012001, pmt_filled=6, pmt_missing=luas_lantai,daya_terpasang",
        )
        .row("dtsen-anggota", "anak", "k1", "nama=A, hubungan=anak")
        .row("dtsen-anggota", "bapak", "k1", "nama=B, hubungan=kepala")
        .row("dtks", "anak", "", "nama=A, desil=9")
        .row("dtks", "lain", "k2", "nama=C, desil=7");
    assert_eq!(
        persons(&world, &["person_id", "desil", "desil_source", "family_id", "family_id_source", "kode_wilayah", "n_records"]),
        [
            "anak 3 dtsen-keluarga k1 dtsen-anggota 3201012001 2",
            "bapak 3 dtsen-keluarga k1 dtsen-anggota 3201012001 1",
            "lain 7 dtks k2 dtks - 1",
        ]
    );
    let columns = ["family_id", "no_kk", "head_person_id", "kode_wilayah", "desil", "n_persons", "pmt_complete"];
    assert_eq!(lines(&world.run(&[]).families, &columns), ["k1 3201010101200001 bapak 3201012001 3 2 0.75", "k2 - - - 7 1 0.0"]);
    // Desil 3 is within reach and a quarter of its variables is blank; the other family is in no registry.
    assert_eq!(
        lines(&world.run(&[]).verivali, &["unit", "unit_id", "reason", "missing", "nama"]),
        ["kpm k1 pmt_tidak_lengkap [nik,tanggal_lahir,jenis_kelamin,alamat,rt,rw,luas_lantai,daya_terpasang] B"]
    );
}

#[test]
fn conflicts_are_with_the_golden_record_and_not_about_spelling() {
    let world = World::default()
        .row(
            "dukcapil",
            "p",
            "k",
            &format!(
                "nama=MUHAMMAD SHOLEH, nama_standar=MUHAMMAD SHOLEH, nama_kunci=MHMT SLH, nik={RIGHT}, respon=ditemukan, jenis_kelamin=L"
            ),
        )
        .row(
            "dtsen-anggota",
            "p",
            "k",
            &format!("nama=M. SOLEH, nama_standar=MUHAMMAD SOLEH, nama_kunci=MHMT SLH, nik={WRONG}, jenis_kelamin=L"),
        )
        .row("pbi", "p", "", &format!("nama=SOLEH, nama_kunci=SLH, nik={WRONG}, jenis_kelamin=P"))
        .row("kks", "p", "", "nama=SUTRISNO, nama_kunci=STRSN");
    assert_eq!(
        lines(&world.run(&[]).conflicts, &["attribute", "source_a", "row_a", "source_b", "row_b", "value_b", "rule"]),
        [
            "jenis_kelamin dukcapil 1 pbi 1 P dukcapil".to_owned(),
            "nama dukcapil 1 kks 1 SUTRISNO dukcapil".to_owned(),
            format!("nik dukcapil 1 dtsen-anggota 1 {WRONG} dukcapil"),
            format!("nik dukcapil 1 pbi 1 {WRONG} dukcapil"),
        ]
    );
}
