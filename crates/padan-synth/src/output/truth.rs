//! The truth: which person and family every row is about, and who the persons are.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::builder::NullBufferBuilder;
use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, Int8Builder, Int64Array, RecordBatch, StringArray, StringBuilder};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::date::push_int;
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
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(1 << 18))
            .set_created_by("padan-synth".to_owned());
        // Nearly every value of these is another: a dictionary of them is filled, found too large and written out plain after all.
        properties = properties.set_column_statistics_enabled(ColumnPath::from("source"), EnabledStatistics::None);
        for (name, encoding) in [
            ("person_id", Encoding::DELTA_BYTE_ARRAY),
            ("family_id", Encoding::DELTA_BYTE_ARRAY),
            ("row", Encoding::DELTA_BINARY_PACKED),
            ("nik", Encoding::PLAIN),
            ("nama", Encoding::PLAIN),
        ] {
            let column = ColumnPath::from(name);
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column.clone(), encoding)
                .set_column_statistics_enabled(column, EnabledStatistics::None);
        }
        let writer = ArrowWriter::try_new(file, schema, Some(properties.build()))
            .map_err(|source| SynthError::Parquet { path: path.to_owned(), source })?;
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

/// Letters of an id.
const ID: usize = 13;

/// Ids of one kind in one village: `P` or `F`, village and number, unique without a count that runs over villages.
struct Ids {
    form: [u8; ID],
    letters: Vec<u8>,
    ends: Vec<i32>,
    known: NullBufferBuilder,
}

impl Ids {
    fn new(kind: u8, village: usize, rows: usize) -> Self {
        let mut form = *b"P000000-00000";
        form[0] = kind;
        form[1..7].copy_from_slice(&last_digits::<6>(village));
        let mut ends = Vec::with_capacity(rows + 1);
        ends.push(0);
        Self { form, letters: Vec::with_capacity(rows * ID), ends, known: NullBufferBuilder::new(rows) }
    }

    fn push(&mut self, number: u32) {
        if number == NOBODY {
            self.known.append_null();
        } else {
            self.form[8..].copy_from_slice(&last_digits::<5>(number as usize));
            self.letters.extend_from_slice(&self.form);
            self.known.append_non_null();
        }
        self.ends.push(self.letters.len() as i32);
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let ends = OffsetBuffer::new(self.ends.into());
        Ok(Arc::new(StringArray::try_new(ends, self.letters.into(), self.known.finish())?))
    }
}

/// Decimal digits with leading zeros. A village has some thousand people, and there are fewer than a million villages.
fn last_digits<const N: usize>(mut number: usize) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    digits
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
    let (mut persons, mut families) = (Ids::new(b'P', village, rows), Ids::new(b'F', village, rows));
    for (person, family) in truth {
        persons.push(*person);
        families.push(*family);
    }
    let ends = OffsetBuffer::from_repeated_length(source.len(), rows);
    let sources = StringArray::try_new(ends, source.repeat(rows).into_bytes().into(), None)?;
    let row = Int64Array::from_iter_values(first..first + rows as i64);
    Ok(RecordBatch::try_new(records_schema(), vec![Arc::new(sources), Arc::new(row), persons.finish()?, families.finish()?])?)
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
    let rows = village.persons.len();
    let (mut persons, mut families) = (Ids::new(b'P', village.at, rows), Ids::new(b'F', village.at, rows));
    let (mut niks, mut names) = (StringBuilder::with_capacity(rows, rows * 16), StringBuilder::with_capacity(rows, rows * 24));
    let (mut sexes, mut places) = (StringBuilder::new(), StringBuilder::new());
    let (mut births, mut deciles) = (Date32Builder::new(), Int8Builder::new());
    let (mut alive, mut inside) = (BooleanBuilder::new(), BooleanBuilder::new());
    let mut flags: Vec<BooleanBuilder> = (0..Programme::ALL.len() * 2).map(|_| BooleanBuilder::new()).collect();
    let mut text = String::with_capacity(16);
    for (at, person) in village.persons.iter().enumerate() {
        let family = &village.families[person.family as usize];
        persons.push(at as u32);
        families.push(person.family);
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
        persons.finish()?,
        families.finish()?,
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
