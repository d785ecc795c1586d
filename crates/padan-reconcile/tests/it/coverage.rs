//! Who is rightly and wrongly in and out.

use padan_model::{LinkMethod, Unit};

use crate::world::{World, check, lines, pbi, rule, sembako};

#[test]
fn persons_in_and_out() {
    let world = World::default()
        .row("dtsen-keluarga", "", "k1", "desil=2")
        .row("dtsen-keluarga", "", "k2", "desil=8")
        .row("dtsen-anggota", "berhak-ada", "k1", "nama=A")
        .row("dtsen-anggota", "berhak-absen", "k1", "nama=B")
        .row("dtsen-anggota", "mampu-ada", "k2", "nama=C")
        .row("dtsen-anggota", "mampu-absen", "k2", "nama=D")
        .row("pbi", "berhak-ada", "", "nama=A")
        .row("pbi", "mampu-ada", "", "nama=C");
    check(
        &world,
        &[pbi()],
        &[
            "pbi-jk jiwa berhak-absen eksklusi diduga [berhak_belum_menerima]",
            "pbi-jk jiwa berhak-ada benar terkonfirmasi []",
            "pbi-jk jiwa mampu-absen bukan_sasaran diduga [desil_di_atas_batas]",
            "pbi-jk jiwa mampu-ada inklusi terkonfirmasi [desil_di_atas_batas]",
        ],
    );
}

#[test]
fn the_dead_the_double_and_the_civil_servants_family() {
    let world = World::default()
        .row("dtsen-keluarga", "", "k1", "desil=1")
        .row("dtsen-keluarga", "", "k2", "desil=1")
        .row("dtsen-anggota", "dua-kali", "k1", "nama=A")
        .row("dtsen-anggota", "istri-asn", "k2", "nama=B")
        .row("dtsen-anggota", "meninggal", "k1", "nama=C")
        .row("dtsen-anggota", "suami-asn", "k2", "nama=D, asn=true")
        .row("dukcapil", "meninggal", "", "nama=C, respon=meninggal")
        .row("pbi", "dua-kali", "", "nama=A")
        .row("pbi", "dua-kali", "", "nama=A")
        .row("pbi", "istri-asn", "", "nama=B")
        .row("pbi", "meninggal", "", "nama=C");
    check(
        &world,
        &[pbi()],
        &[
            "pbi-jk jiwa dua-kali inklusi terkonfirmasi [ganda]",
            "pbi-jk jiwa istri-asn inklusi terkonfirmasi [asn]",
            "pbi-jk jiwa meninggal inklusi terkonfirmasi [meninggal]",
            "pbi-jk jiwa suami-asn bukan_sasaran diduga [asn]",
        ],
    );
    // Of a double only the second row is wrong.
    let tables = world.run(&[pbi()]);
    assert_eq!(lines(&tables.inclusion_errors, &["unit_id", "source", "row"]), ["dua-kali pbi 2", "istri-asn pbi 3", "meninggal pbi 4"]);
    assert_eq!(tables.exclusion_errors.num_rows(), 0);
}

#[test]
fn outside_the_registry_nobody_is_judged_entitled() {
    let world = World::default()
        .row("dtsen-anggota", "di-dalam", "k1", "nama=A, desil=1")
        .row("dtks", "registri-lama", "", "nama=B, desil=1")
        .linked("pbi", "di-luar", "", LinkMethod::Alone, 1.0, "nama=C, nik=3201014503900001")
        .row("pbi", "mati-di-luar", "", "nama=D, meninggal=true")
        .row("pbi", "registri-lama", "", "nama=B")
        .row("pbi", "kaya-di-luar", "", "nama=E, desil=9");
    check(
        &world,
        &[pbi()],
        &[
            "pbi-jk jiwa di-dalam eksklusi diduga [berhak_belum_menerima]",
            "pbi-jk jiwa di-luar tak_dapat_dinilai diduga [tidak_di_registri,desil_tidak_ada]",
            "pbi-jk jiwa kaya-di-luar inklusi terkonfirmasi [desil_di_atas_batas,tidak_di_registri]",
            "pbi-jk jiwa mati-di-luar inklusi terkonfirmasi [meninggal,tidak_di_registri]",
            "pbi-jk jiwa registri-lama tak_dapat_dinilai diduga [hanya_di_registri_lain]",
        ],
    );
    let verivali = lines(&world.run(&[pbi()]).verivali, &["unit", "unit_id", "reason", "missing", "source", "row"]);
    assert_eq!(
        verivali,
        [
            "jiwa di-luar tidak_di_registri [no_kk,tanggal_lahir,jenis_kelamin,desa,alamat,rt,rw,pmt] pbi 1",
            "jiwa registri-lama hanya_di_registri_lain [nik,no_kk,tanggal_lahir,jenis_kelamin,desa,alamat,rt,rw,pmt] pbi 3",
        ]
    );
}

#[test]
fn an_unknown_desil_cannot_be_judged_but_death_can() {
    let world = World::default()
        .row("dtsen-anggota", "absen", "k1", "nama=A")
        .row("dtsen-anggota", "mati", "k1", "nama=B, meninggal=true")
        .row("dtsen-anggota", "menerima", "k1", "nama=C")
        .row("pbi", "mati", "", "nama=B")
        .row("pbi", "menerima", "", "nama=C");
    check(
        &world,
        &[pbi()],
        &[
            "pbi-jk jiwa absen tak_dapat_dinilai diduga [desil_tidak_ada]",
            "pbi-jk jiwa mati inklusi terkonfirmasi [meninggal]",
            "pbi-jk jiwa menerima tak_dapat_dinilai diduga [desil_tidak_ada]",
        ],
    );
    assert_eq!(lines(&world.run(&[pbi()]).verivali, &["unit_id", "reason"]), ["menerima desil_tidak_ada"]);
}

#[test]
fn family_lists_pay_the_family_of_the_named_recipient() {
    let world = World::default()
        .row("dtsen-keluarga", "", "k1", "desil=1")
        .row("dtsen-keluarga", "", "k2", "desil=1")
        .row("dtsen-keluarga", "", "k3", "desil=7")
        .row("dtsen-anggota", "suami", "k1", "nama=A, hubungan=kepala, meninggal=true")
        .row("dtsen-anggota", "istri", "k1", "nama=B, hubungan=pasangan")
        .row("dtsen-anggota", "tetangga", "k2", "nama=C, hubungan=kepala")
        .row("dtsen-anggota", "juragan", "k3", "nama=D, hubungan=kepala")
        .row("kks", "suami", "", "nama=A")
        .linked("kks", "juragan", "", LinkMethod::Model, 0.8, "nama=D");
    check(
        &world,
        &[sembako(), pbi()],
        &[
            // The named recipient is dead and the family lives on.
            "sembako kpm k1 benar terkonfirmasi []",
            "sembako kpm k2 eksklusi diduga [berhak_belum_menerima]",
            "sembako kpm k3 inklusi diduga [desil_di_atas_batas]",
        ],
    );
    let tables = world.run(&[sembako()]);
    assert_eq!(lines(&tables.exclusion_errors, &["unit", "unit_id", "nama"]), ["kpm k2 C"]);
    assert_eq!(lines(&tables.coverage, &["unit_id", "probability"]), ["k1 1.0", "k2 1.0", "k3 0.8"]);
}

#[test]
fn a_family_stands_twice_when_two_of_its_members_are_on_the_list() {
    let world = World::default()
        .row("dtsen-keluarga", "", "k1", "desil=1")
        .row("dtsen-anggota", "suami", "k1", "nama=A")
        .row("dtsen-anggota", "istri", "k1", "nama=B")
        .row("kks", "suami", "", "nama=A")
        .row("kks", "istri", "", "nama=B");
    check(&world, &[sembako()], &["sembako kpm k1 inklusi terkonfirmasi [ganda]"]);
    assert_eq!(lines(&world.run(&[sembako()]).inclusion_errors, &["unit_id", "source", "row"]), ["k1 kks 2"]);
}

#[test]
fn facts_of_persons_and_families_reach_the_rules() {
    let world = World::default()
        .row("dtsen-keluarga", "", "k1", "desil=3")
        .row("dtsen-keluarga", "", "k2", "desil=3")
        .row("dtsen-keluarga", "", "k3", "desil=3")
        .row("dtsen-anggota", "nenek", "k1", "nama=A, hubungan=kepala, tanggal_lahir=1945-01-31, pensiun=false")
        .row("dtsen-anggota", "bapak", "k2", "nama=B, hubungan=kepala, tanggal_lahir=1985-01-31, status_kawin=cerai_mati")
        .row("dtsen-anggota", "anak", "k2", "nama=C, hubungan=anak, tanggal_lahir=2014-01-31, sekolah=true, jenjang=sd")
        .row("dtsen-anggota", "bujang", "k3", "nama=D, hubungan=kepala, tanggal_lahir=1990-01-31, sekolah=false")
        .row("satker-lansia", "nenek", "", "nama=A")
        .row("pbi", "bujang", "", "nama=D")
        .row("kks", "bujang", "", "nama=D");
    let lansia = rule("a-lansia", Unit::Jiwa, &["satker-lansia"], "umur >= 75 AND sendiri", &[("pensiunan", "pensiun")]);
    let yatim = rule("b-yatim", Unit::Jiwa, &["pbi"], "umur < 18 AND orang_tua < 2", &[]);
    let komponen = "desil <= 4 AND (n_hamil > 0 OR n_balita > 0 OR n_sekolah > 0 OR n_disabilitas_berat > 0 OR n_lansia > 0)";
    let pkh = rule("c-pkh", Unit::Kpm, &["kks"], komponen, &[]);
    let found = lines(&world.run(&[lansia, yatim, pkh]).coverage, &["programme", "unit_id", "status", "reasons"]);
    assert_eq!(
        found,
        [
            "a-lansia anak bukan_sasaran [umur_di_luar_batas,tidak_tinggal_sendiri]",
            "a-lansia bapak bukan_sasaran [umur_di_luar_batas,tidak_tinggal_sendiri]",
            "a-lansia bujang bukan_sasaran [umur_di_luar_batas]",
            "a-lansia nenek benar []",
            "b-yatim anak eksklusi [berhak_belum_menerima]",
            "b-yatim bapak bukan_sasaran [umur_di_luar_batas]",
            "b-yatim bujang inklusi [umur_di_luar_batas]",
            "b-yatim nenek bukan_sasaran [umur_di_luar_batas]",
            "c-pkh k1 eksklusi [berhak_belum_menerima]",
            "c-pkh k2 eksklusi [berhak_belum_menerima]",
            // desil <= 4 holds; no child, pupil, elder or disabled member.
            "c-pkh k3 inklusi [tanpa_komponen]",
        ]
    );
}

#[test]
fn a_programme_without_its_lists_is_left_out() {
    let world = World::default().row("dtsen-anggota", "p1", "k1", "nama=A, desil=1");
    check(&world, &[pbi()], &[]);
    assert_eq!(world.run(&[pbi()]).rates.num_rows(), 0);
}

#[test]
fn a_doubtful_link_is_confirmed_by_the_civil_registry_only_when_the_model_is_sure() {
    let world = World::default()
        .row("dtsen-anggota", "p1", "k1", "nama=A, desil=1")
        .row("dtsen-anggota", "p2", "k1", "nama=B, desil=1")
        .row("dukcapil", "p1", "", "nama=A, respon=ditemukan")
        .row("dukcapil", "p2", "", "nama=B, respon=ditemukan")
        .linked("pbi", "p1", "", LinkMethod::Model, 0.995, "nama=A")
        .linked("pbi", "p2", "", LinkMethod::Model, 0.9, "nama=B");
    check(&world, &[pbi()], &["pbi-jk jiwa p1 benar terkonfirmasi []", "pbi-jk jiwa p2 benar diduga []"]);
}
