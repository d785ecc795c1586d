//! Namesakes next door: what a list says of the house and of the family tells them apart.

use std::path::Path;

use serde_json::Value;

use crate::night::{append, delivery, pipeline, query};
use crate::{succeeds, text};

/// A village that both lists know.
const VILLAGE: [(&str, &str, &str); 4] = [
    ("provinsi_ktp", "provinsi", "JAWA BARAT"),
    ("kabupaten_kota_ktp", "kabupaten", "BOGOR"),
    ("kecamatan_ktp", "kecamatan", "CIBINONG"),
    ("kelurahan_desa_ktp", "desa", "PAKANSARI"),
];
const CODES: [(&str, &str); 4] = [
    ("kode_provinsi_ktp", "32"),
    ("kode_kabupaten_kota_ktp", "3201"),
    ("kode_kecamatan_ktp", "320101"),
    ("kode_kelurahan_desa_ktp", "3201011007"),
];
/// Heads of families, each the name of two.
const NAMES: [&str; 12] = [
    "SUHARDIMAN",
    "KUSNADIN",
    "WARTONO",
    "MARGONDO",
    "TUKIJAN",
    "SARWEDI",
    "PONIMIN",
    "RASMAN",
    "DARSITO",
    "GUNARTO",
    "LEGIMAN",
    "NGATEMIN",
];

const CHILDREN: [&str; 4] = ["BAYU", "CITRA", "DIMAS", "ELOK"];

/// A registry's person of a family of that number.
fn registered(input: &Path, name: &str, family: &str, kinship: &str, address: &str) {
    let mut values = vec![
        ("nomor_induk_kependudukan", ""),
        ("nomor_kartu_keluarga", family),
        ("nama", name),
        ("tanggal_lahir", ""),
        ("status_hubungan_keluarga", kinship),
        ("rt_ktp", "3"),
        ("rw_ktp", "4"),
        ("dusun_ktp", ""),
        ("alamat_ktp", address),
    ];
    values.extend(VILLAGE.map(|(registry, _, value)| (registry, value)));
    values.extend(CODES);
    append(&input.join("dtsen_anggota_v3.csv"), '|', &values, 1);
}

/// A family on the rice list.
fn listed(input: &Path, name: &str, address: &str, members: &str) {
    let mut values =
        vec![("nama_kepala_keluarga", name), ("nama_pasangan", ""), ("alamat", address), ("rt", "3"), ("rw", "4"), ("jumlah_art", members)];
    values.extend(VILLAGE.map(|(_, list, value)| (list, value)));
    append(&input.join("rastra.csv"), ',', &values, 1);
}

/// Of the listed rows of these names, how many are a person whose family in the registry is of the number that ends as `family` says of the row.
fn right(out: &Path, family: impl Fn(usize) -> char) -> usize {
    let rows = query(
        out,
        "SELECT l.row AS row, r.no_kk AS no_kk FROM records AS l JOIN records AS r ON l.person_id = r.person_id \
         WHERE l.source = 'rastra' AND r.source = 'dtsen-anggota' AND l.kode_wilayah = '3201011007' AND r.no_kk LIKE '3201010101980%' ORDER BY l.row",
    );
    let first = query(out, "SELECT max(row) AS last FROM records WHERE source = 'rastra'")[0]["last"].as_u64().expect("rows") as usize
        - 2 * NAMES.len()
        + 1;
    let is_right = |row: &&Value| {
        let at = row["row"].as_u64().expect("a row") as usize;
        at >= first && row["no_kk"].as_str().expect("a number").ends_with(family(at - first))
    };
    rows.iter().filter(is_right).count()
}

#[test]
fn the_family_of_that_size_is_meant() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, out) = (delivery(folder.path()), folder.path().join("out"));
    for (at, name) in NAMES.iter().enumerate() {
        for (which, children) in [(1, 0), (2, 4)] {
            let family = format!("3201010101980{at:02}{which}");
            registered(&input, name, &family, "1", "");
            for child in CHILDREN.iter().take(children) {
                registered(&input, child, &family, "3", "");
            }
        }
        listed(&input, name, "", "1");
        listed(&input, name, "", "5");
    }
    succeeds(&["run", &pipeline(), "--input", text(&input), "--output", text(&out)]);
    let right = right(&out, |at| if at.is_multiple_of(2) { '1' } else { '2' });
    assert!(right >= 2 * NAMES.len() - 4, "{right} of {} namesakes", 2 * NAMES.len());
}

#[test]
fn the_house_of_that_number_is_meant() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (input, out) = (delivery(folder.path()), folder.path().join("out"));
    for (at, name) in NAMES.iter().enumerate() {
        let houses = [1, 2].map(|which| format!("JL MELATI NO {}", 10 * at + which));
        for (which, house) in houses.iter().enumerate() {
            registered(&input, name, &format!("3201010101980{at:02}{}", which + 1), "1", house);
        }
        for house in &houses {
            listed(&input, name, house, "");
        }
    }
    succeeds(&["run", &pipeline(), "--input", text(&input), "--output", text(&out)]);
    let right = right(&out, |at| if at.is_multiple_of(2) { '1' } else { '2' });
    assert!(right >= 2 * NAMES.len() - 4, "{right} of {} namesakes", 2 * NAMES.len());
}
