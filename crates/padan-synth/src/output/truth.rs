//! The truth: which person and family every row is about, and who the persons are.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, Int8Builder, Int64Array, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::date::{push_int, push_padded};
use crate::error::SynthError;
use crate::population::Village;
use crate::programme::Programme;
use crate::rows::NOBODY;

/// A Parquet file of the truth.
pub(crate) struct TruthFile {
    path: PathBuf,
    writer: ArrowWriter<File>,
}

impl TruthFile {
    pub(crate) fn create(path: &Path, schema: SchemaRef) -> Result<Self, SynthError> {
        let file = File::create(path).map_err(|source| SynthError::Io { path: path.to_owned(), source })?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(1 << 18))
            .set_created_by("padan-synth".to_owned())
            .build();
        let writer =
            ArrowWriter::try_new(file, schema, Some(properties)).map_err(|source| SynthError::Parquet { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), writer })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), SynthError> {
        self.writer.write(batch).map_err(|source| SynthError::Parquet { path: self.path.clone(), source })
    }

    pub(crate) fn finish(self) -> Result<(), SynthError> {
        let path = self.path;
        self.writer.close().map(|_| ()).map_err(|source| SynthError::Parquet { path, source })
    }
}

/// `P` or `F`, village and number: unique without a count that runs over villages.
fn id(text: &mut String, kind: char, village: usize, number: u32) {
    text.clear();
    text.push(kind);
    push_padded(text, village as i64, 6);
    text.push('-');
    push_padded(text, i64::from(number), 5);
}

/// `records.parquet`: source, row, person_id, family_id.
pub(crate) fn records_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("source", DataType::Utf8, false),
        Field::new("row", DataType::Int64, false),
        Field::new("person_id", DataType::Utf8, true),
        Field::new("family_id", DataType::Utf8, true),
    ]))
}

/// The truth of one extract's rows in one village, from row `first`.
pub(crate) fn records_batch(
    source: &str,
    village: usize,
    first: i64,
    truth: &[(u32, u32)],
) -> Result<RecordBatch, parquet::errors::ParquetError> {
    let rows = truth.len();
    let mut sources = StringBuilder::with_capacity(rows, rows * source.len());
    let mut persons = StringBuilder::with_capacity(rows, rows * 13);
    let mut families = StringBuilder::with_capacity(rows, rows * 13);
    let mut text = String::with_capacity(16);
    for (person, family) in truth {
        sources.append_value(source);
        for (builder, kind, number) in [(&mut persons, 'P', *person), (&mut families, 'F', *family)] {
            if number == NOBODY {
                builder.append_null();
            } else {
                id(&mut text, kind, village, number);
                builder.append_value(&text);
            }
        }
    }
    let row = Int64Array::from_iter_values(first..first + rows as i64);
    let columns: Vec<ArrayRef> = vec![Arc::new(sources.finish()), Arc::new(row), Arc::new(persons.finish()), Arc::new(families.finish())];
    Ok(RecordBatch::try_new(records_schema(), columns)?)
}

/// `persons.parquet`: who they are, what they receive, what they are entitled to.
pub(crate) fn persons_schema() -> SchemaRef {
    let mut fields = vec![
        Field::new("person_id", DataType::Utf8, false),
        Field::new("family_id", DataType::Utf8, false),
        Field::new("nik", DataType::Utf8, false),
        Field::new("nama", DataType::Utf8, false),
        Field::new("tanggal_lahir", DataType::Date32, false),
        Field::new("jenis_kelamin", DataType::Utf8, false),
        Field::new("kode_wilayah", DataType::Utf8, false),
        Field::new("desil", DataType::Int8, false),
        Field::new("alive", DataType::Boolean, false),
        Field::new("in_registry", DataType::Boolean, false),
    ];
    for kind in ["receives", "entitled"] {
        fields.extend(Programme::ALL.iter().map(|programme| Field::new(format!("{kind}_{}", programme.name()), DataType::Boolean, false)));
    }
    Arc::new(Schema::new(fields))
}

/// The persons of a village. A programme of families shows at every member.
pub(crate) fn persons_batch(village: &Village, code: &str) -> Result<RecordBatch, parquet::errors::ParquetError> {
    let (mut persons, mut families, mut niks, mut names) =
        (StringBuilder::new(), StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    let (mut sexes, mut places) = (StringBuilder::new(), StringBuilder::new());
    let (mut births, mut deciles) = (Date32Builder::new(), Int8Builder::new());
    let (mut alive, mut inside) = (BooleanBuilder::new(), BooleanBuilder::new());
    let mut flags: Vec<BooleanBuilder> = (0..Programme::ALL.len() * 2).map(|_| BooleanBuilder::new()).collect();
    let mut text = String::with_capacity(16);
    for (at, person) in village.persons.iter().enumerate() {
        let family = &village.families[person.family as usize];
        id(&mut text, 'P', village.at, at as u32);
        persons.append_value(&text);
        id(&mut text, 'F', village.at, person.family);
        families.append_value(&text);
        text.clear();
        push_int(&mut text, person.nik as i64);
        niks.append_value(&text);
        names.append_value(&person.name);
        births.append_value(person.birth.days());
        sexes.append_value(if person.female { "P" } else { "L" });
        places.append_value(code);
        deciles.append_value(family.desil as i8);
        alive.append_value(person.died == 0);
        inside.append_value(!person.outside);
        for (index, programme) in Programme::ALL.iter().enumerate() {
            let (receives, entitled) =
                if programme.of_families() { (family.receives, family.entitled) } else { (person.receives, person.entitled) };
            flags[index].append_value(receives & programme.bit() != 0);
            flags[index + Programme::ALL.len()].append_value(entitled & programme.bit() != 0);
        }
    }
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(persons.finish()),
        Arc::new(families.finish()),
        Arc::new(niks.finish()),
        Arc::new(names.finish()),
        Arc::new(births.finish()),
        Arc::new(sexes.finish()),
        Arc::new(places.finish()),
        Arc::new(deciles.finish()),
        Arc::new(alive.finish()),
        Arc::new(inside.finish()),
    ];
    columns.extend(flags.iter_mut().map(|flag| Arc::new(flag.finish()) as ArrayRef));
    Ok(RecordBatch::try_new(persons_schema(), columns)?)
}
