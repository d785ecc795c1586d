//! Whole populations: the same bytes at any number of threads, truth that fits the files, layouts as specified.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use calamine::{Data, Reader, Xlsx, open_workbook};
use padan_model::Nik;
use padan_synth::{FAULTS_TOML, Faults, SynthOptions, SynthSummary, synth};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Every file below a folder by name, as bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for sub in [folder.to_owned(), folder.join("truth")] {
        for entry in std::fs::read_dir(&sub).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_file() {
                let name = path.strip_prefix(folder).expect("below").display().to_string();
                found.insert(name, std::fs::read(&path).expect("file"));
            }
        }
    }
    found
}

fn generate(folder: &Path, persons: u64, threads: usize, sheet_rows: usize) -> SynthSummary {
    let options = SynthOptions { sheet_rows, ..SynthOptions::new(persons, 7, folder).expect("rates") };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| synth(&options, &|_| ())).expect("a population")
}

/// Rows of the truth by source, checked to count 1, 2, 3, ….
fn truth_rows(folder: &Path) -> BTreeMap<String, i64> {
    let mut rows: BTreeMap<String, i64> = BTreeMap::new();
    for batch in read(&folder.join("truth/records.parquet")) {
        let (source, row) = (batch.column(0).as_string::<i32>(), batch.column(1).as_primitive::<Int64Type>());
        let (person, family) = (batch.column(2), batch.column(3));
        for at in 0..batch.num_rows() {
            let last = rows.entry(source.value(at).to_owned()).or_default();
            *last += 1;
            assert_eq!(row.value(at), *last);
            assert!(family.is_valid(at));
            assert_eq!(person.is_null(at), source.value(at) == "dtsen-keluarga");
        }
    }
    rows
}

fn read(path: &Path) -> Vec<arrow::array::RecordBatch> {
    let file = std::fs::File::open(path).expect("truth");
    ParquetRecordBatchReaderBuilder::try_new(file).expect("parquet").build().expect("parquet").collect::<Result<_, _>>().expect("batches")
}

/// Data rows of a workbook: rows less titles and header.
fn sheet_rows(path: &Path, above: usize) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(path).expect("workbook");
    let range = book.worksheet_range("Sheet1").expect("sheet");
    range.rows().skip(above).map(<[Data]>::to_vec).collect()
}

/// Lines of a text file, an address typed over two lines counted once. Quotes are not asked: a broken line may lack one.
fn lines(path: &Path) -> i64 {
    let text = std::fs::read(path).expect("file");
    let of_families = path.ends_with("dtsen_keluarga_v3.csv");
    let goes_on = |rest: &[u8]| of_families && rest.starts_with(b"RT ");
    text.split_inclusive(|byte| *byte == b'\n').filter(|line| !goes_on(line)).count() as i64
}

#[test]
fn threads_change_nothing() {
    let (one, three) = (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
    let first = generate(one.path(), 9_000, 1, SynthOptions::SHEET_ROWS);
    let second = generate(three.path(), 9_000, 3, SynthOptions::SHEET_ROWS);
    assert_eq!((first.persons, first.families, first.villages), (second.persons, second.families, second.villages));
    let (first, second) = (files(one.path()), files(three.path()));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{name} differs");
    }
}

#[test]
fn truth_fits_the_files() {
    let folder = tempfile::tempdir().expect("folder");
    let summary = generate(folder.path(), 6_000, 2, 300);
    let truth = truth_rows(folder.path());
    for extract in &summary.extracts {
        assert_eq!(truth.get(extract.source).copied().unwrap_or(0), extract.rows, "{}", extract.source);
        let kind = extract.files[0].extension().and_then(|kind| kind.to_str());
        let json = kind == Some("json");
        if matches!(kind, Some("xlsx")) {
            let above = if extract.source == "satker-lansia" { 3 } else { 1 };
            let counts: Vec<usize> = extract.files.iter().map(|file| sheet_rows(file, above).len()).collect();
            assert_eq!(counts.iter().sum::<usize>() as i64, extract.rows, "{}", extract.source);
            assert!(counts.iter().all(|count| count + above <= 300));
            assert!(counts.iter().rev().skip(1).all(|count| count + above == 300), "all parts but the last are full");
            if extract.source == "p3ke" {
                assert!(extract.files[1].ends_with("p3ke_02.xlsx"));
            }
        } else {
            assert_eq!(lines(&extract.files[0]) - i64::from(!json), extract.rows, "{}", extract.source);
        }
    }
}

#[test]
fn broken_lines_are_rows_of_the_truth() {
    let folder = tempfile::tempdir().expect("folder");
    let rates = folder.path().join("faults.toml");
    std::fs::write(&rates, FAULTS_TOML.replace("= 0.00001 ", "= 0.002 ")).expect("rates");
    let out = folder.path().join("out");
    let options = SynthOptions { faults: Faults::load(&rates).expect("rates"), ..SynthOptions::new(6_000, 7, &out).expect("rates") };
    let summary = synth(&options, &|_| ()).expect("a population");
    let truth = truth_rows(&out);
    let whole = tempfile::tempdir().expect("folder");
    let mut torn = 0;
    for (extract, as_shipped) in summary.extracts.iter().zip(generate(whole.path(), 6_000, 2, SynthOptions::SHEET_ROWS).extracts) {
        assert_eq!(truth.get(extract.source).copied().unwrap_or(0), extract.rows, "{}", extract.source);
        let kind = extract.files[0].extension().and_then(|kind| kind.to_str());
        if kind == Some("csv") {
            assert_eq!(lines(&extract.files[0]) - 1, extract.rows, "{}", extract.source);
            torn += extract.rows - as_shipped.rows;
        } else {
            assert_eq!(extract.rows, as_shipped.rows, "{}: only lines break", extract.source);
        }
    }
    assert!((20..70).contains(&torn), "two in a thousand of 21,000 lines are torn in two, here {torn}");
}

#[test]
fn headers_are_the_layouts() {
    let folder = tempfile::tempdir().expect("folder");
    generate(folder.path(), 1_500, 2, SynthOptions::SHEET_ROWS);
    let first = |name: &str| {
        let bytes = std::fs::read(folder.path().join(name)).expect("file");
        String::from_utf8_lossy(&bytes).lines().next().expect("header").to_owned()
    };
    assert!(first("dtks_provinsi.csv").starts_with("ID DTKS|PROVINSI|KABUPATEN/KOTA|KECAMATAN|DESA/KELUARAHAN|ALAMAT"));
    assert!(first("dtsen_anggota_v3.csv").starts_with("\"nomor_induk_kependudukan\"|\"nomor_kartu_keluarga\"|\"nama\""));
    assert!(
        first("bdt2015.csv").starts_with("ruta_6,ID rumah tangga,Provinsi")
            && first("bdt2015.csv").contains("\"Kepemilikan tabung gas 5,5kg\"")
    );
    assert!(first("pbi_jk.csv").starts_with("id;iddtks;provinsi;kota"));
    let lansia = sheet_rows(&folder.path().join("permakanan_lansia.xlsx"), 2);
    assert_eq!(lansia[0][0], Data::String("nama".into()));
    assert!(first("siksng_dtks.json").starts_with("{\"provinsi\":"));
}

#[test]
fn persons_are_sound() {
    let folder = tempfile::tempdir().expect("folder");
    generate(folder.path(), 12_000, 2, SynthOptions::SHEET_ROWS);
    let mut niks = std::collections::BTreeSet::new();
    let (mut persons, mut alive, mut inside) = (0, 0, 0);
    for batch in read(&folder.path().join("truth/persons.parquet")) {
        let column = |name: &str| batch.column_by_name(name).expect("column").clone();
        let (nik, sex) = (column("nik"), column("jenis_kelamin"));
        let (lives, registered) = (column("alive"), column("in_registry"));
        for at in 0..batch.num_rows() {
            let nik: Nik = nik.as_string::<i32>().value(at).parse().expect("a valid NIK");
            assert_eq!(nik.is_female(), sex.as_string::<i32>().value(at) == "P");
            assert!(niks.insert(nik), "a NIK stands on two people");
            persons += 1;
            alive += u32::from(lives.as_boolean().value(at));
            inside += u32::from(registered.as_boolean().value(at));
        }
    }
    assert_eq!(persons, 12_000);
    assert!((11_630..=11_650).contains(&alive), "three in a hundred have died: {alive} of 12,000 live");
    let share = f64::from(inside) / f64::from(persons);
    assert!((0.955..0.985).contains(&share), "in the registry: {share}");
}
