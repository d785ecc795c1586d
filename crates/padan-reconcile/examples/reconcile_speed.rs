//! How long reconciling takes and how much memory it adds: `cargo run --release -p padan-reconcile --example reconcile_speed -- 200000`.
//!
//! Generated records, seeded: families of three or four, ten lists, about six rows a person; nine programmes. The inputs' own memory is
//! measured before, since it is the caller's.

use std::io::{Error, Write};
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int8Array, Int16Array, Int64Array, RecordBatch, StringArray, new_null_array};
use padan_config::{Exclusion, ProgrammeRule, Sql};
use padan_model::{EntityId, EntityKind, LinkMethod, Role, SourceId, Unit, standard_schema};
use padan_reconcile::{Population, SourceRecords, reconcile};

const BATCH: usize = 16_384;

/// A source: id, role, programme, one person in so many, share of rows by identifier in percent.
type Kind = (&'static str, Role, Option<&'static str>, usize, u64);

const KINDS: [Kind; 11] = [
    ("dtsen-anggota", Role::Registry, None, 1, 100),
    ("dukcapil", Role::CivilRegistry, None, 1, 100),
    ("dtks", Role::SecondRegistry, None, 1, 90),
    ("p3ke", Role::SecondRegistry, None, 1, 90),
    ("bdt", Role::SecondRegistry, None, 1, 0),
    ("pbi", Role::Programme, Some("pbi-jk"), 2, 95),
    ("pip", Role::Programme, Some("pip"), 6, 60),
    ("satker-lansia", Role::Programme, Some("permakanan-lansia"), 40, 80),
    ("pkh", Role::Programme, Some("pkh"), 10, 50),
    ("kks", Role::Programme, Some("sembako"), 7, 50),
    ("rastra", Role::Programme, Some("rastra"), 8, 0),
];

struct Generated {
    id: SourceId,
    kind: Kind,
    batches: Vec<RecordBatch>,
    person: Vec<Option<u32>>,
    family: Vec<Option<u32>>,
    method: Vec<LinkMethod>,
    probability: Vec<f64>,
    in_registry: Vec<bool>,
}

/// A fixed scrambling of a number (SplitMix64).
fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

fn village(family: usize) -> String {
    let number = family / 900;
    format!("32{:02}{:02}2{:03}", 1 + number / 300, 1 + number / 20 % 15, 1 + number % 20)
}

fn batch(persons: &[usize], first: usize, salt: u64, kind: Kind) -> RecordBatch {
    let draw = |person: usize, what: u64| mix(person as u64 * 31 + what);
    // One row in fifty differs from the others of its person.
    let wrong = |person: usize, what: u64| mix(person as u64 * 31 + what + salt).is_multiple_of(50);
    let schema = standard_schema();
    let columns = schema
        .fields()
        .iter()
        .map(|field| -> ArrayRef {
            let texts = |text: &dyn Fn(usize) -> Option<String>| -> ArrayRef {
                Arc::new(persons.iter().map(|person| text(*person)).collect::<StringArray>())
            };
            match field.name().as_str() {
                "row" => Arc::new((0..persons.len()).map(|row| Some((first + row + 1) as i64)).collect::<Int64Array>()),
                "nik" => texts(&|person| {
                    Some(format!("32010105{:02}90{:04}", 1 + person % 12, 1 + (draw(person, 1) + u64::from(wrong(person, 1))) % 9999))
                }),
                "nik_status" => {
                    texts(&|person| Some(if mix(person as u64 + salt).is_multiple_of(20) { "blank" } else { "valid" }.to_owned()))
                }
                "no_kk" => texts(&|person| Some(format!("3201010101{:06}", 1 + person / 3))),
                "nama" | "nama_standar" | "nama_kunci" => texts(&|person| {
                    Some(format!("NAMA{} KEDUA{}", draw(person, 2) % 5000 + u64::from(wrong(person, 2)), draw(person, 3) % 900))
                }),
                "tanggal_lahir" => Arc::new(
                    persons
                        .iter()
                        .map(|person| Some((draw(*person, 4) % 30_000) as i32 - 10_000 + i32::from(wrong(*person, 4))))
                        .collect::<Date32Array>(),
                ),
                "jenis_kelamin" => texts(&|person| Some(if draw(person, 5).is_multiple_of(2) { "L" } else { "P" }.to_owned())),
                "hubungan" => texts(&|person| Some(["kepala", "pasangan", "anak"][person % 3].to_owned())),
                "kode_wilayah" => texts(&|person| Some(village(if wrong(person, 6) { person / 3 + 5000 } else { person / 3 }))),
                "rt" | "rw" => Arc::new(persons.iter().map(|person| Some(1 + (draw(*person, 7) % 12) as i16)).collect::<Int16Array>()),
                "alamat_standar" => texts(&|person| Some(format!("MAWAR {} RT 3", draw(person / 3, 8) % 200))),
                "respon" if kind.1 == Role::CivilRegistry => texts(&|person| {
                    Some(["ditemukan", "ditemukan", "ditemukan", "tidak_ditemukan", "meninggal"][(draw(person, 9) % 5) as usize].to_owned())
                }),
                "desil" if kind.1 == Role::SecondRegistry => {
                    Arc::new(persons.iter().map(|person| Some(1 + (draw(person / 3, 10) % 10) as i8)).collect::<Int8Array>())
                }
                "sekolah" if kind.1 == Role::Registry => {
                    Arc::new(persons.iter().map(|person| Some(person % 3 == 2)).collect::<BooleanArray>())
                }
                "jenjang" if kind.1 == Role::Registry => texts(&|person| (person % 3 == 2).then(|| "sd".to_owned())),
                "asn" if kind.1 == Role::Registry => {
                    Arc::new(persons.iter().map(|person| Some(draw(*person, 11).is_multiple_of(60))).collect::<BooleanArray>())
                }
                _ => new_null_array(field.data_type(), persons.len()),
            }
        })
        .collect();
    RecordBatch::try_new(schema, columns).expect("a standard batch")
}

fn source(index: usize, kind: Kind, persons: usize) -> Generated {
    let salt = index as u64 * 1_000_003;
    let rows: Vec<usize> = (0..persons).filter(|person| mix(*person as u64 + salt * 7).is_multiple_of(kind.3 as u64)).collect();
    // One row in thirty of a list is of somebody outside the registry.
    let outside = |person: usize| kind.1 != Role::Registry && mix(person as u64 + salt * 3).is_multiple_of(30);
    let by_identifier = |person: &usize| mix(*person as u64 + salt) % 100 < kind.4;
    Generated {
        id: SourceId::new(kind.0),
        kind,
        batches: rows.chunks(BATCH).enumerate().map(|(index, rows)| batch(rows, index * BATCH, salt, kind)).collect(),
        person: rows.iter().map(|person| Some((if outside(*person) { persons + *person / 8 } else { *person }) as u32)).collect(),
        family: rows.iter().map(|person| Some((person / 3) as u32)).collect(),
        method: rows.iter().map(|person| if by_identifier(person) { LinkMethod::Identifier } else { LinkMethod::Model }).collect(),
        probability: rows
            .iter()
            .map(|person| if by_identifier(person) { 1.0 } else { 0.9 + (mix(*person as u64) % 1000) as f64 / 10_000.0 })
            .collect(),
        in_registry: rows.iter().map(|person| !outside(*person)).collect(),
    }
}

fn rule(id: &str, unit: Unit, source: &str, eligible: &str) -> ProgrammeRule {
    let sql = |text: &str| Sql { text: text.to_owned(), line: 1 };
    let dead = if unit == Unit::Jiwa { "NOT hidup" } else { "NOT ada_yang_hidup" };
    let exclusions = [("meninggal", dead), ("asn", "asn_keluarga"), ("tidak_ditemukan", "tidak_ditemukan"), ("ganda", "ganda")];
    ProgrammeRule {
        id: id.to_owned(),
        title: id.to_owned(),
        unit,
        sources: vec![SourceId::new(source)],
        period: "2025-06".to_owned(),
        eligible: sql(eligible),
        exclusions: exclusions.iter().map(|(reason, when)| Exclusion { reason: (*reason).to_owned(), when: sql(when) }).collect(),
        quota: None,
        legal_basis: String::new(),
    }
}

/// A line of `/proc/self/status` in MiB; 0 where the system has none.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.split_whitespace().next()?.parse::<u64>().ok());
    found.unwrap_or(0) / 1024
}

fn main() -> Result<(), Error> {
    let persons: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(200_000);
    let generated: Vec<Generated> = KINDS.iter().enumerate().map(|(index, kind)| source(index, *kind, persons)).collect();
    let id = |kind, number: usize| EntityId::of_bits(kind, u128::from(mix(number as u64)));
    let person_ids: Vec<EntityId> = (0..=persons + persons / 8).map(|person| id(EntityKind::Person, person)).collect();
    let family_ids: Vec<EntityId> = (0..persons.div_ceil(3)).map(|family| id(EntityKind::Family, family)).collect();
    let person_family: Vec<Option<u32>> = (0..person_ids.len()).map(|person| (person < persons).then_some((person / 3) as u32)).collect();
    let sources: Vec<SourceRecords<'_>> = generated
        .iter()
        .map(|source| SourceRecords {
            id: &source.id,
            role: source.kind.1,
            programme: source.kind.2,
            period: Some("2025-06"),
            batches: &source.batches,
            person: &source.person,
            family: &source.family,
            method: &source.method,
            probability: &source.probability,
            in_registry: &source.in_registry,
        })
        .collect();
    let rules = [
        rule("pbi-jk", Unit::Jiwa, "pbi", "desil <= 5"),
        rule("pip", Unit::Jiwa, "pip", "sekolah AND umur BETWEEN 6 AND 21 AND desil <= 4"),
        rule("lansia", Unit::Jiwa, "satker-lansia", "umur >= 75 AND sendiri"),
        rule("disabilitas", Unit::Jiwa, "pip", "disabilitas = 2 AND desil <= 4"),
        rule("yapi", Unit::Jiwa, "pip", "umur < 18 AND orang_tua < 2 AND desil <= 4"),
        rule("pkh", Unit::Kpm, "pkh", "desil <= 4 AND (n_hamil > 0 OR n_balita > 0 OR n_sekolah > 0 OR n_lansia > 0)"),
        rule("sembako", Unit::Kpm, "kks", "desil <= 4"),
        rule("rastra", Unit::Kpm, "rastra", "desil <= 4"),
    ];
    let population = Population { person_ids: &person_ids, family_ids: &family_ids, person_family: &person_family };
    let before = memory("VmRSS:");
    let started = Instant::now();
    let tables = reconcile(&population, &sources, &rules, "2025-06-30").map_err(Error::other)?;
    let seconds = started.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    let rows: usize = generated.iter().map(|source| source.person.len()).sum();
    writeln!(out, "{persons} persons, {rows} rows: {seconds:.2} s, peak {} MiB, of which inputs {before} MiB", memory("VmHWM:"))?;
    let counts = [
        ("coverage", &tables.coverage),
        ("inclusion_errors", &tables.inclusion_errors),
        ("exclusion_errors", &tables.exclusion_errors),
        ("conflicts", &tables.conflicts),
        ("verivali", &tables.verivali),
        ("rates", &tables.rates),
    ];
    for (name, table) in counts {
        writeln!(out, "{name}: {} rows", table.num_rows())?;
    }
    Ok(())
}
