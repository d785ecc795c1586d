//! Records in the order of survivorship: every person's rows, best source first.
//!
//! A row is reached by three small numbers and its columns are downcast once a batch, so that nothing is copied and nothing is joined
//! by text. The order of sources is decided here and nowhere else: the civil registry, the registry, then the newest list.

use std::cmp::Reverse;

use arrow::array::{Array, BooleanArray, Date32Array, Int8Array, Int16Array, Int64Array, RecordBatch, StringArray};
use padan_model::{LinkMethod, Role, column};

use crate::{Population, ReconcileError, SourceRecords};

/// The columns of one batch that this stage reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) row: &'a Int64Array,
    pub(crate) nik: &'a StringArray,
    pub(crate) nik_status: &'a StringArray,
    pub(crate) no_kk: &'a StringArray,
    pub(crate) nama: &'a StringArray,
    pub(crate) nama_standar: &'a StringArray,
    pub(crate) nama_kunci: &'a StringArray,
    pub(crate) tanggal_lahir: &'a Date32Array,
    pub(crate) tahun_lahir: &'a Int16Array,
    pub(crate) jenis_kelamin: &'a StringArray,
    pub(crate) hubungan: &'a StringArray,
    pub(crate) kode_wilayah: &'a StringArray,
    pub(crate) rt: &'a Int16Array,
    pub(crate) rw: &'a Int16Array,
    pub(crate) alamat_standar: &'a StringArray,
    pub(crate) umur: &'a Int16Array,
    pub(crate) desil: &'a Int8Array,
    pub(crate) respon: &'a StringArray,
    pub(crate) meninggal: &'a BooleanArray,
    pub(crate) status_kawin: &'a StringArray,
    pub(crate) asn: &'a BooleanArray,
    pub(crate) sekolah: &'a BooleanArray,
    pub(crate) jenjang: &'a StringArray,
    pub(crate) hamil: &'a BooleanArray,
    pub(crate) disabilitas: &'a Int8Array,
    pub(crate) sendiri: &'a BooleanArray,
    pub(crate) pensiun: &'a BooleanArray,
    pub(crate) satker: &'a StringArray,
    pub(crate) pmt_filled: &'a Int16Array,
    pub(crate) pmt_missing: &'a StringArray,
}

impl<'a> Columns<'a> {
    fn new(batch: &'a RecordBatch, source_id: &str) -> Result<Self, ReconcileError> {
        fn typed<'a, T: Array + 'static>(batch: &'a RecordBatch, source_id: &str, column: &'static str) -> Result<&'a T, ReconcileError> {
            batch
                .column_by_name(column)
                .and_then(|array| array.as_any().downcast_ref())
                .ok_or_else(|| ReconcileError::Schema { source_id: source_id.to_owned(), column })
        }
        Ok(Self {
            row: typed(batch, source_id, column::ROW)?,
            nik: typed(batch, source_id, column::NIK)?,
            nik_status: typed(batch, source_id, column::NIK_STATUS)?,
            no_kk: typed(batch, source_id, column::NO_KK)?,
            nama: typed(batch, source_id, column::NAMA)?,
            nama_standar: typed(batch, source_id, column::NAMA_STANDAR)?,
            nama_kunci: typed(batch, source_id, column::NAMA_KUNCI)?,
            tanggal_lahir: typed(batch, source_id, column::TANGGAL_LAHIR)?,
            tahun_lahir: typed(batch, source_id, column::TAHUN_LAHIR)?,
            jenis_kelamin: typed(batch, source_id, column::JENIS_KELAMIN)?,
            hubungan: typed(batch, source_id, column::HUBUNGAN)?,
            kode_wilayah: typed(batch, source_id, column::KODE_WILAYAH)?,
            rt: typed(batch, source_id, column::RT)?,
            rw: typed(batch, source_id, column::RW)?,
            alamat_standar: typed(batch, source_id, column::ALAMAT_STANDAR)?,
            umur: typed(batch, source_id, column::UMUR)?,
            desil: typed(batch, source_id, column::DESIL)?,
            respon: typed(batch, source_id, column::RESPON)?,
            meninggal: typed(batch, source_id, column::MENINGGAL)?,
            status_kawin: typed(batch, source_id, column::STATUS_KAWIN)?,
            asn: typed(batch, source_id, column::ASN)?,
            sekolah: typed(batch, source_id, column::SEKOLAH)?,
            jenjang: typed(batch, source_id, column::JENJANG)?,
            hamil: typed(batch, source_id, column::HAMIL)?,
            disabilitas: typed(batch, source_id, column::DISABILITAS)?,
            sendiri: typed(batch, source_id, column::SENDIRI)?,
            pensiun: typed(batch, source_id, column::PENSIUN)?,
            satker: typed(batch, source_id, column::SATKER)?,
            pmt_filled: typed(batch, source_id, padan_model::PMT_FILLED)?,
            pmt_missing: typed(batch, source_id, padan_model::PMT_MISSING)?,
        })
    }
}

/// A source with its columns at hand.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) input: SourceRecords<'a>,
    batches: Vec<Columns<'a>>,
    /// Index of each batch's first row.
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    fn new(input: &SourceRecords<'a>, population: &Population) -> Result<Self, ReconcileError> {
        let source_id = input.id.as_str();
        let (mut batches, mut starts, mut rows) = (Vec::new(), Vec::new(), 0);
        for batch in input.batches {
            batches.push(Columns::new(batch, source_id)?);
            starts.push(rows);
            rows += batch.num_rows();
        }
        let lengths = [
            ("person", input.person.len()),
            ("family", input.family.len()),
            ("method", input.method.len()),
            ("probability", input.probability.len()),
            ("in_registry", input.in_registry.len()),
        ];
        if let Some((slice, found)) = lengths.into_iter().find(|(_, length)| *length != rows) {
            return Err(ReconcileError::Lengths { source_id: source_id.to_owned(), rows, slice, found });
        }
        within(input.person, population.person_ids.len(), "person", source_id)?;
        within(input.family, population.family_ids.len(), "family", source_id)?;
        Ok(Self { input: *input, batches, starts })
    }

    /// Its id.
    pub(crate) fn id(&self) -> &'a str {
        self.input.id.as_str()
    }
}

/// Refuses an index outside the population.
fn within(indices: &[Option<u32>], limit: usize, index_of: &'static str, of: &str) -> Result<(), ReconcileError> {
    match indices.iter().flatten().find(|index| **index as usize >= limit) {
        Some(index) => Err(ReconcileError::Index { of: of.to_owned(), index_of, index: *index }),
        None => Ok(()),
    }
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RecordRef {
    pub(crate) source: u16,
    batch: u32,
    offset: u32,
}

/// A record with its columns at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'r, 'a> {
    pub(crate) at: RecordRef,
    pub(crate) source: &'r Source<'a>,
    columns: &'r Columns<'a>,
}

impl<'a> Record<'_, 'a> {
    fn offset(&self) -> usize {
        self.at.offset as usize
    }

    fn index(&self) -> usize {
        self.source.starts[self.at.batch as usize] + self.offset()
    }

    /// A text, `None` where blank.
    pub(crate) fn text(&self, column: impl Fn(&Columns<'a>) -> &'a StringArray) -> Option<&'a str> {
        let array = column(self.columns);
        array.is_valid(self.offset()).then(|| array.value(self.offset()))
    }

    /// A truth value, `None` where not stated.
    pub(crate) fn flag(&self, column: impl Fn(&Columns<'a>) -> &'a BooleanArray) -> Option<bool> {
        let array = column(self.columns);
        array.is_valid(self.offset()).then(|| array.value(self.offset()))
    }

    /// A small number, `None` where blank.
    pub(crate) fn small(&self, column: impl Fn(&Columns<'a>) -> &'a Int16Array) -> Option<i16> {
        let array = column(self.columns);
        array.is_valid(self.offset()).then(|| array.value(self.offset()))
    }

    /// A digit, `None` where blank.
    pub(crate) fn digit(&self, column: impl Fn(&Columns<'a>) -> &'a Int8Array) -> Option<i8> {
        let array = column(self.columns);
        array.is_valid(self.offset()).then(|| array.value(self.offset()))
    }

    /// Birth date in days since 1970-01-01.
    pub(crate) fn tanggal_lahir(&self) -> Option<i32> {
        let array = self.columns.tanggal_lahir;
        array.is_valid(self.offset()).then(|| array.value(self.offset()))
    }

    /// The published row number.
    pub(crate) fn row(&self) -> i64 {
        self.columns.row.value(self.offset())
    }

    /// The NIK where the standardizer found it valid and on one person only.
    pub(crate) fn valid_nik(&self) -> Option<&'a str> {
        (self.text(|columns| columns.nik_status) == Some("valid")).then(|| self.text(|columns| columns.nik)).flatten()
    }

    pub(crate) fn person(&self) -> Option<u32> {
        self.source.input.person[self.index()]
    }

    pub(crate) fn family(&self) -> Option<u32> {
        self.source.input.family[self.index()]
    }

    pub(crate) fn method(&self) -> LinkMethod {
        self.source.input.method[self.index()]
    }

    /// Whether an identifier or a reviewer put the row with its person.
    pub(crate) fn is_confirmed_link(&self) -> bool {
        matches!(self.method(), LinkMethod::Identifier | LinkMethod::Verdict)
    }

    /// The link's probability, 0 to 1 whatever was given.
    pub(crate) fn probability(&self) -> f64 {
        let probability = self.source.input.probability[self.index()];
        if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) }
    }

    pub(crate) fn in_registry(&self) -> bool {
        self.source.input.in_registry[self.index()]
    }

    pub(crate) fn role(&self) -> Role {
        self.source.input.role
    }

    /// Whether the civil registry knows the person: found, dead or inactive. The values of any other answer are only what was asked.
    pub(crate) fn is_civil_answer(&self) -> bool {
        self.role() == Role::CivilRegistry && matches!(self.text(|columns| columns.respon), Some("ditemukan" | "meninggal" | "non_aktif"))
    }
}

/// Every record of the run.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    /// In the order given.
    pub(crate) sources: Vec<Source<'a>>,
    /// Records of each person, best source first, then by row.
    by_person: Grouped<RecordRef>,
    /// Rows of the registry's family table by family.
    by_family: Grouped<RecordRef>,
}

impl<'a> Records<'a> {
    /// Checks and groups them.
    pub(crate) fn new(population: &Population<'a>, inputs: &[SourceRecords<'a>]) -> Result<Self, ReconcileError> {
        let persons = population.person_ids.len();
        if population.person_family.len() != persons {
            let found = population.person_family.len();
            return Err(ReconcileError::Lengths { source_id: "population".to_owned(), rows: persons, slice: "person_family", found });
        }
        within(population.person_family, population.family_ids.len(), "family", "population")?;
        let sources = inputs.iter().map(|input| Source::new(input, population)).collect::<Result<Vec<_>, _>>()?;
        let order = survivorship_order(&sources);
        let rows = |keep: &dyn Fn(Role) -> bool| -> Vec<RecordRef> {
            order.iter().filter(|source| keep(sources[**source].input.role)).flat_map(|source| refs(&sources[*source], *source)).collect()
        };
        let described = rows(&|role| role == Role::RegistryFamily);
        let by_family = Grouped::new(population.family_ids.len(), &described, |at| view(&sources, at).family());
        drop(described);
        let by_person = Grouped::new(persons, &rows(&|_| true), |at| view(&sources, at).person());
        Ok(Self { sources, by_person, by_family })
    }

    /// The record at a place.
    pub(crate) fn get<'r>(&'r self, at: RecordRef) -> Record<'r, 'a> {
        view(&self.sources, at)
    }

    /// The person's records, best source first.
    pub(crate) fn of_person<'r>(&'r self, person: u32) -> impl Iterator<Item = Record<'r, 'a>> + Clone {
        self.by_person.of(person).iter().map(|at| self.get(*at))
    }

    /// The rows of the registry's family table that describe the family.
    pub(crate) fn of_family<'r>(&'r self, family: u32) -> impl Iterator<Item = Record<'r, 'a>> + Clone {
        self.by_family.of(family).iter().map(|at| self.get(*at))
    }

    /// A source's records in row order.
    pub(crate) fn of_source<'r>(&'r self, source: usize) -> impl Iterator<Item = Record<'r, 'a>> {
        refs(&self.sources[source], source).map(|at| self.get(at))
    }
}

fn view<'r, 'a>(sources: &'r [Source<'a>], at: RecordRef) -> Record<'r, 'a> {
    let source = &sources[usize::from(at.source)];
    Record { at, source, columns: &source.batches[at.batch as usize] }
}

fn refs(source: &Source<'_>, index: usize) -> impl Iterator<Item = RecordRef> {
    source.batches.iter().enumerate().flat_map(move |(batch, columns)| {
        (0..columns.row.len()).map(move |offset| RecordRef { source: index as u16, batch: batch as u32, offset: offset as u32 })
    })
}

/// Indices of the sources, best first: civil registry, registry, then the newest; of one period registries before lists before
/// proposals; then as given.
fn survivorship_order(sources: &[Source<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|index| {
        let input = &sources[*index].input;
        let class = match input.role {
            Role::CivilRegistry => 0,
            Role::Registry => 1,
            Role::RegistryFamily => 2,
            Role::SecondRegistry | Role::Programme | Role::Proposal => 3,
        };
        let kind = match input.role {
            Role::SecondRegistry => 0,
            Role::Programme => 1,
            _ => 2,
        };
        (class, Reverse(input.period), kind, *index)
    });
    order
}

/// Items grouped by a dense key, each group in the order given (compressed rows: one array of ends, one of items).
#[derive(Debug)]
pub(crate) struct Grouped<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Default> Grouped<T> {
    /// Groups `items` by `key`, which is below `groups`; items without a key are left out.
    pub(crate) fn new(groups: usize, items: &[T], key: impl Fn(T) -> Option<u32>) -> Self {
        let mut starts = vec![0_u32; groups + 1];
        for item in items {
            if let Some(key) = key(*item) {
                starts[key as usize + 1] += 1;
            }
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut grouped = vec![T::default(); starts[groups] as usize];
        for item in items {
            if let Some(key) = key(*item) {
                grouped[next[key as usize] as usize] = *item;
                next[key as usize] += 1;
            }
        }
        Self { starts, items: grouped }
    }

    /// The items of a group.
    pub(crate) fn of(&self, group: u32) -> &[T] {
        &self.items[self.starts[group as usize] as usize..self.starts[group as usize + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_the_order_given() {
        let grouped = Grouped::new(3, &[21, 10, 22, 99, 11], |item| (item < 90).then_some(item / 10 - 1));
        assert_eq!((grouped.of(0), grouped.of(1), grouped.of(2)), ([10, 11].as_slice(), [21, 22].as_slice(), [].as_slice()));
    }
}
