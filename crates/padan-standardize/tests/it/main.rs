//! The stage as a whole: staged rows in, standard rows out.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::util::display::array_value_to_string;
use padan_config::{CodeList, ColumnMap, DateFormat, Encoding, Format, RegionCodes, SourceProfile};
use padan_model::{Field, Role, SourceId, Unit, staged_schema, standard_schema};
use padan_reference::{Regions, name_lists};
use padan_standardize::{NikHolders, Standardizer, mark_shared_nik};

fn profile(fields: &[Field], codes: &[(Field, &[(&str, &str)])]) -> SourceProfile {
    SourceProfile {
        id: SourceId::new("test"),
        path: "test.toml".into(),
        title: "test".into(),
        files: Vec::new(),
        format: Format::Csv { delimiter: b',' },
        encoding: Encoding::Utf8,
        skip_rows: 0,
        columns: fields.iter().map(|field| ColumnMap { field: *field, headers: Vec::new(), required: false }).collect(),
        pmt: Vec::new(),
        codes: codes
            .iter()
            .map(|(field, values)| {
                let values: BTreeMap<String, String> = values.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
                (*field, CodeList { version: "test".into(), values })
            })
            .collect(),
        region_codes: RegionCodes::Kemendagri,
        dates: vec![DateFormat::Dmy],
        unit: Unit::Jiwa,
        role: Role::Programme,
        programme: None,
        period: Some("2025-06".into()),
    }
}

fn staged(fields: &[Field], rows: &[Vec<Option<String>>], numeric: &[usize]) -> RecordBatch {
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(1..=rows.len() as i64)),
        Arc::new((0..rows.len()).map(|row| Some(numeric.contains(&row))).collect::<BooleanArray>()),
    ];
    for field in Field::ALL.iter().filter(|field| fields.contains(field)) {
        let at = fields.iter().position(|other| other == field).expect("a field of the batch");
        columns.push(Arc::new(rows.iter().map(|row| row[at].as_deref()).collect::<StringArray>()));
    }
    RecordBatch::try_new(staged_schema(fields, false), columns).expect("the staged schema")
}

/// Standardizes one row and compares the columns named.
fn check(codes: &[(Field, &[(&str, &str)])], cells: &[(Field, &str)], expected: &[(&str, &str)]) {
    let fields: Vec<Field> = cells.iter().map(|(field, _)| *field).collect();
    let row = cells.iter().map(|(_, text)| Some((*text).to_owned())).collect();
    let batch = Standardizer::new(&profile(&fields, codes), 2026).batch(&staged(&fields, &[row], &[]));
    assert_eq!(batch.schema(), standard_schema());
    for (column, value) in expected {
        let array = batch.column_by_name(column).expect("a standard column");
        assert_eq!(array_value_to_string(array, 0).expect("a value"), *value, "{column} of {cells:?}");
    }
}

#[test]
fn a_row_of_a_programme_list() {
    check(
        &[],
        &[
            (Field::NaturalKey, "0001"),
            (Field::Nik, "'3201014503900001"),
            (Field::NoKk, "3201 0105 0390 0002"),
            (Field::Nama, "Hj. ST. AMINAH, S.Pd BINTI UMAR"),
            (Field::TanggalLahir, "05/03/1990"),
            (Field::JenisKelamin, "2"),
            (Field::Hubungan, "ISTRI"),
            (Field::NamaIbu, "Ny. Sumiyati"),
            (Field::NikIbu, "'3201015503650001"),
            (Field::NikAyah, "320101150365000"),
            (Field::Provinsi, "JAWA BARAT"),
            (Field::Kabkota, "KAB. BOGOR"),
            (Field::Kecamatan, "CIBINONG"),
            (Field::Desa, "PAKANSARI"),
            (Field::Alamat, "Jl. Melati No.12 Rt 003/013"),
            (Field::Dusun, "DSN KRAJAN"),
            (Field::Pekerjaan, "MENGURUS RUMAH TANGGA"),
            (Field::Keterangan, "AKTIF"),
        ],
        &[
            ("row", "1"),
            ("natural_key", "0001"),
            ("nik", "3201014503900001"),
            ("nik_status", "valid"),
            ("no_kk", "3201010503900002"),
            ("nama_standar", "SITI AMINAH"),
            ("nama_alias", "UMAR"),
            ("nama_kunci", "SITI AMINA"),
            ("tanggal_lahir", "1990-03-05"),
            ("tahun_lahir", "1990"),
            ("tahun_dari_umur", "false"),
            ("umur", "35"),
            ("jenis_kelamin", "P"),
            ("hubungan", "pasangan"),
            ("nama_ibu", "SUMIYATI"),
            ("nik_ibu", "3201015503650001"),
            ("nik_ayah", ""),
            ("kode_wilayah", "3201011007"),
            ("rt", "3"),
            ("rw", "13"),
            ("dusun", "KRAJAN"),
            ("jalan", "MELATI"),
            ("nomor_rumah", "12"),
            ("alamat_standar", "JALAN MELATI NO 12 RT 3 RW 13 DUSUN KRAJAN"),
            ("asn", "false"),
            ("meninggal", ""),
            ("periode", "2025-06"),
        ],
    );
}

#[test]
fn one_line_of_free_text_gives_address_and_region() {
    for (line, code, address) in [
        ("DSN KRAJAN RT 003/013 DS. PAKANSARI KEC. CIBINONG KAB. BOGOR JAWA BARAT", "3201011007", "RT 3 RW 13 DUSUN KRAJAN"),
        ("JL MELATI NO 3 RT 1 RW 2 PAKANSARI CIBINONG BOGOR JAWA BARAT", "3201011007", "JALAN MELATI NO 3 RT 1 RW 2"),
        ("JL. MELATI, PAKANSARI, CIBINONG", "3201011007", "JALAN MELATI"),
        ("DESA PAKANSARI RT 3 RW 13 KEC CIBINONG KAB BOGOR", "3201011007", "RT 3 RW 13"),
        ("RT 3 RW 13", "", "RT 3 RW 13"),
    ] {
        check(&[], &[(Field::Alamat, line)], &[("kode_wilayah", code), ("alamat_standar", address)]);
    }
}

#[test]
fn code_lists_come_before_words() {
    let severity: &[(&str, &str)] = &[("1", "tidak"), ("2", "ringan"), ("3", "berat")];
    let yes_no: &[(&str, &str)] = &[("1", "ya"), ("2", "tidak")];
    check(
        &[
            (Field::Penglihatan, severity),
            (Field::Berjalan, severity),
            (Field::Sekolah, yes_no),
            (Field::StatusPekerjaan, &[("5", "asn"), ("1", "lain")]),
        ],
        &[
            (Field::Penglihatan, "1"),
            (Field::Berjalan, "3"),
            (Field::Sekolah, "2"),
            (Field::StatusPekerjaan, "5"),
            (Field::Sendiri, "SENDIRI"),
            (Field::Umur, "70"),
        ],
        &[
            ("disabilitas", "2"),
            ("sekolah", "false"),
            ("asn", "true"),
            ("sendiri", "true"),
            ("tahun_lahir", "1955"),
            ("tahun_dari_umur", "true"),
        ],
    );
    check(
        &[],
        &[(Field::Disabilitas, "NETRA"), (Field::Respon, "11"), (Field::Hidup, "YA")],
        &[("disabilitas", "2"), ("respon", "meninggal"), ("meninggal", "true")],
    );
    check(&[], &[(Field::Nama, "SLAMET (ALM)")], &[("nama_standar", "SLAMET"), ("meninggal", "true")]);
    check(
        &[],
        &[(Field::Hidup, "YA"), (Field::Percentile, "12"), (Field::Tahun, "2023"), (Field::Periode, "TAHAP 2")],
        &[("meninggal", "false"), ("desil", "2"), ("periode", "2023 TAHAP 2")],
    );
}

#[test]
fn a_nik_on_people_with_different_names_is_shared() {
    let fields = [Field::Nik, Field::Nama];
    let row = |nik: &str, nama: &str| vec![Some(nik.to_owned()), Some(nama.to_owned())];
    let rows = [
        row("3201014503900001", "SITI AMINAH"),
        row("3201014503900001", "BUDI SANTOSO"),
        row("3201014503900002", "RINA WATI"),
        row("3201014503900002", "RINAWATI"),
        row("3201014503900003", "SULASTRI"),
        row("3201014503900004", "SUTRISNO"),
    ];
    let standardizer = Standardizer::new(&profile(&fields, &[]), 2026);
    let mut batches = [standardizer.batch(&staged(&fields, &rows[..1], &[])), standardizer.batch(&staged(&fields, &rows[1..], &[4]))];
    let mut holders = NikHolders::default();
    for batch in &batches {
        holders.add(batch);
    }
    let repeated = holders.repeated();
    assert_eq!(repeated.rows(), [0, 1, 2, 3]);
    let names = ["SITI AMINAH", "BUDI SANTOSO", "RINA WATI", "RINAWATI"].map(|name| Some(name.to_owned()));
    let shared = repeated.shared(&names);
    assert_eq!(shared, [0, 1]);
    for (first, batch) in [0, 1].into_iter().zip(&mut batches) {
        let here = shared.iter().filter_map(|row| (*row as usize).checked_sub(first)).filter(|row| *row < batch.num_rows());
        *batch = mark_shared_nik(batch, here.collect::<Vec<_>>().into_iter());
    }
    let statuses: Vec<&str> = batches
        .iter()
        .flat_map(|batch| batch.column_by_name("nik_status").expect("a column").as_string::<i32>().iter().flatten())
        .collect();
    assert_eq!(statuses, ["shared", "shared", "valid", "valid", "valid", "precision_lost"]);
}

#[test]
fn addresses_of_the_whole_country_find_their_village() {
    const ROWS: usize = 30_000;
    let desa: Vec<_> = Regions::shipped().all().iter().filter(|region| region.code.len() == 10).collect();
    let lists = name_lists();
    let pick = |list: &[&'static str], seed: usize| list[seed % list.len()];
    let fields = [
        Field::Nik,
        Field::NoKk,
        Field::Nama,
        Field::TanggalLahir,
        Field::JenisKelamin,
        Field::NamaIbu,
        Field::Provinsi,
        Field::Kabkota,
        Field::Kecamatan,
        Field::Desa,
        Field::Alamat,
    ];
    let name = |code: &str| Regions::shipped().get(code).map_or("", |region| &region.name).to_owned();
    let mut random = 1_usize;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        random >> 33
    };
    let mut rows = Vec::with_capacity(ROWS);
    let mut lines = Vec::with_capacity(ROWS);
    for at in 0..ROWS {
        let region = &desa[(at / 300 * 37) % desa.len()];
        let [prov, kab, kec] = [2, 4, 6].map(|length| name(&region.code[..length]));
        let nama = format!("{} {}", pick(&lists.male_first, next()), pick(&lists.male_last, next()));
        let ibu = format!("{} {}", pick(&lists.female_first, next()), pick(&lists.female_last, next()));
        let street = format!("Jl. {} No. {} RT {:03}/RW {:03}", pick(&lists.streets, next()), next() % 99, next() % 20, next() % 9);
        lines.push(vec![Some(nama.clone()), Some(format!("{street} DS. {} KEC. {kec} {kab} {prov}", region.name))]);
        let (nik, kk) = (
            format!("{}{:02}0390{:04}", &region.code[..6], 41 + next() % 28, 1 + next() % 999),
            format!("{}120310{:04}", &region.code[..6], 1 + next() % 999),
        );
        let birth = format!("{:02}/03/1990", 1 + next() % 28);
        rows.push([nik, kk, nama, birth, "1".into(), ibu, prov, kab, kec, region.name.to_string(), street].into_iter().map(Some).collect());
    }
    assert_eq!(villages(&fields, &rows), ROWS, "region columns");
    // A line whose village, kecamatan and kab share one name stays with the deepest region that is certain.
    let found = villages(&[Field::Nama, Field::Alamat], &lines);
    assert!(found * 100 >= ROWS * 95, "{found} of {ROWS} lines");
}

/// Rows whose region is known down to the village.
fn villages(fields: &[Field], rows: &[Vec<Option<String>>]) -> usize {
    let standardizer = Standardizer::new(&profile(fields, &[]), 2026);
    rows.chunks(16_384).map(|rows| whole_regions(&standardizer.batch(&staged(fields, rows, &[])))).sum()
}

fn whole_regions(batch: &RecordBatch) -> usize {
    let codes = batch.column_by_name("kode_wilayah").expect("a column").as_string::<i32>();
    (0..codes.len()).filter(|row| codes.is_valid(*row) && codes.value(*row).len() == 10).count()
}
