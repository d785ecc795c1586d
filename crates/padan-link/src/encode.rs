//! Arrays of one column to its encoded form, array by array, going on where rows read earlier ended.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Int8Type, Int16Type, Int32Type, Int64Type};

use crate::LinkError;
use crate::hash::bytes;
use crate::records::{Column, NULL_ID, NULL_INT, TextColumn, Values};
use crate::texts::Texts;

/// An id that was not asked for yet.
const UNKNOWN: u32 = NULL_ID - 1;

/// A column while rows are read into it.
pub(crate) struct ColumnEncoder {
    name: String,
    /// The plain type: of a dictionary, its values'.
    kind: Kind,
    column: Column,
    lookup: Lookup,
    /// The dictionary that came last, with the ids of its values: arrays of one file share it.
    known: Option<(ArrayRef, Vec<u32>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Date,
    Int,
}

impl Kind {
    fn of(data_type: &DataType) -> Option<Self> {
        match data_type {
            DataType::Utf8 => Some(Self::Text),
            DataType::Dictionary(key, value) if **key == DataType::Int32 && **value == DataType::Utf8 => Some(Self::Text),
            DataType::Date32 => Some(Self::Date),
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 | DataType::Boolean => Some(Self::Int),
            _ => None,
        }
    }

    fn of_column(column: &Column) -> Self {
        match column {
            Column::Text(_) => Self::Text,
            Column::Date(_) => Self::Date,
            Column::Int(_) => Self::Int,
        }
    }
}

impl ColumnEncoder {
    /// Goes on with a column of `rows` rows, or begins one that is null in them; `None` where nothing has the column.
    pub(crate) fn resume(
        name: &str,
        known: Option<(Column, Option<Lookup>)>,
        coming: Option<DataType>,
        rows: usize,
    ) -> Result<Option<Self>, LinkError> {
        let wrong = |found: &DataType| LinkError::ColumnType { column: name.to_owned(), found: found.to_string() };
        let coming = coming.map(|found| Kind::of(&found).ok_or_else(|| wrong(&found)).map(|kind| (kind, found))).transpose()?;
        let (column, lookup) = match (known, &coming) {
            (Some((column, lookup)), coming) => {
                if let Some((kind, found)) = coming
                    && *kind != Kind::of_column(&column)
                {
                    return Err(wrong(found));
                }
                let lookup = match (&column, lookup) {
                    (Column::Text(column), None) => Lookup::of(&column.values),
                    (_, lookup) => lookup.unwrap_or_default(),
                };
                (column, lookup)
            }
            (None, Some((kind, _))) => {
                let column = match kind {
                    Kind::Text => Column::Text(TextColumn { ids: vec![NULL_ID; rows], values: Arc::default() }),
                    Kind::Date => Column::Date(vec![NULL_INT; rows]),
                    Kind::Int => Column::Int(vec![NULL_INT; rows]),
                };
                (column, Lookup::default())
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(Self { name: name.to_owned(), kind: Kind::of_column(&column), column, lookup, known: None }))
    }

    /// Takes the values of the next rows.
    pub(crate) fn push(&mut self, values: Values<'_>) -> Result<(), LinkError> {
        let array = match values {
            Values::Array(array) => array,
            Values::Null(rows) => {
                self.pad(rows);
                return Ok(());
            }
        };
        if Kind::of(array.data_type()) != Some(self.kind) {
            return Err(LinkError::ColumnType { column: self.name.clone(), found: array.data_type().to_string() });
        }
        match &mut self.column {
            Column::Text(column) => text(column, &mut self.lookup, &mut self.known, array),
            Column::Date(values) | Column::Int(values) => numbers(values, array),
        }
        Ok(())
    }

    fn pad(&mut self, rows: usize) {
        match &mut self.column {
            Column::Text(column) => column.ids.resize(column.ids.len() + rows, NULL_ID),
            Column::Date(values) | Column::Int(values) => values.resize(values.len() + rows, NULL_INT),
        }
    }

    /// The column at `len` rows; those that did not come are null.
    pub(crate) fn finish(mut self, len: usize) -> (Column, Option<Lookup>) {
        let rows = match &self.column {
            Column::Text(column) => column.ids.len(),
            Column::Date(values) | Column::Int(values) => values.len(),
        };
        self.pad(len.saturating_sub(rows));
        (self.column, (self.kind == Kind::Text).then_some(self.lookup))
    }
}

fn text(column: &mut TextColumn, lookup: &mut Lookup, known: &mut Option<(ArrayRef, Vec<u32>)>, array: &ArrayRef) {
    let TextColumn { ids, values } = column;
    let values = Arc::make_mut(values);
    let Some(encoded) = array.as_dictionary_opt::<Int32Type>() else {
        return lookup.ids_of(array.as_string::<i32>().iter(), values, |id| ids.push(id));
    };
    if known.as_ref().is_none_or(|(values, _)| !Arc::ptr_eq(values, encoded.values())) {
        *known = Some((Arc::clone(encoded.values()), vec![UNKNOWN; encoded.values().len()]));
    }
    let Some((dictionary, of_key)) = known else { return };
    let texts = dictionary.as_string::<i32>();
    // In order of rows, not of the dictionary: ids must not depend on how a file was written.
    let mut asked: Vec<usize> = Vec::new();
    for key in encoded.keys().iter().flatten().map(|key| key as usize) {
        if of_key[key] == UNKNOWN {
            of_key[key] = NULL_ID;
            asked.push(key);
        }
    }
    let mut keys = asked.iter();
    let text_of = |key: &usize| (!texts.is_null(*key)).then(|| texts.value(*key));
    lookup.ids_of(asked.iter().map(text_of), values, |id| {
        if let Some(key) = keys.next() {
            of_key[*key] = id;
        }
    });
    ids.extend(encoded.keys().iter().map(|key| key.map_or(NULL_ID, |key| of_key[key as usize])));
}

fn numbers(values: &mut Vec<i64>, array: &ArrayRef) {
    fn fill(values: &mut Vec<i64>, array: &dyn Array, value: impl Fn(usize) -> i64) {
        values.extend((0..array.len()).map(|at| if array.is_null(at) { NULL_INT } else { value(at) }));
    }
    match array.data_type() {
        DataType::Date32 => fill(values, array, |at| i64::from(array.as_primitive::<Date32Type>().value(at))),
        DataType::Int8 => fill(values, array, |at| i64::from(array.as_primitive::<Int8Type>().value(at))),
        DataType::Int16 => fill(values, array, |at| i64::from(array.as_primitive::<Int16Type>().value(at))),
        DataType::Int32 => fill(values, array, |at| i64::from(array.as_primitive::<Int32Type>().value(at))),
        DataType::Int64 => fill(values, array, |at| array.as_primitive::<Int64Type>().value(at)),
        _ => fill(values, array, |at| i64::from(array.as_boolean().value(at))),
    }
}

/// Texts that are looked up side by side: what all of them read is fetched at once, where one after the other would wait for each.
const ABREAST: usize = 256;

/// Finds distinct texts by their hash in a table of ids alone: no text stands twice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lookup {
    /// Number of values.
    values: usize,
    /// Ids with bits of their hash, in the order of ids at the place that the hash says or the first free one after it; twice as many as
    /// values or more.
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    tag: u32,
    id: u32,
}

const FREE: Place = Place { tag: 0, id: NULL_ID };

impl Lookup {
    fn of(values: &Texts) -> Self {
        let mut lookup = Self::default();
        lookup.grow(values, values.len());
        lookup
    }

    /// The ids of texts, in their order; new texts stand at the end of `values`, empty ones have none.
    fn ids_of<'t>(&mut self, texts: impl Iterator<Item = Option<&'t str>>, values: &mut Texts, mut take: impl FnMut(u32)) {
        let mut texts = texts.map(|text| text.filter(|text| !text.is_empty()));
        let mut abreast: Vec<(Option<&str>, u64)> = Vec::with_capacity(ABREAST);
        let mut likely: Vec<u32> = Vec::with_capacity(ABREAST);
        loop {
            abreast.clear();
            abreast.extend(texts.by_ref().take(ABREAST).map(|text| (text, text.map_or(0, |text| bytes(text.as_bytes())))));
            if abreast.is_empty() {
                return;
            }
            if self.places.len() < 2 * (self.values + abreast.len()) {
                self.grow(values, self.values + abreast.len());
            }
            // Loops that wait for nothing: places, then where the texts that stand there end, then the texts.
            let at_place = |(_, hash): &(Option<&str>, u64)| Some(self.places[self.place(*hash)]).filter(|place| place.tag == tag(*hash));
            likely.clear();
            likely.extend(abreast.iter().filter_map(at_place).map(|place| place.id).filter(|id| *id != NULL_ID));
            std::hint::black_box(likely.iter().fold(0, |all, id| all ^ values.end(*id as usize)));
            std::hint::black_box(
                likely.iter().fold(0, |all, id| all ^ values[*id as usize].as_bytes().first().copied().unwrap_or_default()),
            );
            for (text, hash) in &abreast {
                take(text.map_or(NULL_ID, |text| self.id_of(text, *hash, values)));
            }
        }
    }

    fn id_of(&mut self, text: &str, hash: u64, values: &mut Texts) -> u32 {
        let mut at = self.place(hash);
        loop {
            match self.places[at] {
                Place { id: NULL_ID, .. } => break,
                Place { tag: of, id } if of == tag(hash) && values[id as usize] == *text => return id,
                _ => at = (at + 1) & (self.places.len() - 1),
            }
        }
        let id = self.values as u32;
        self.places[at] = Place { tag: tag(hash), id };
        self.values += 1;
        values.push(text);
        id
    }

    /// Knows the first so many values alone. Those after them came after them, so none of the first stands where it does for their sake.
    pub(crate) fn truncate(&mut self, values: usize) {
        if values < self.values {
            self.values = values;
            self.places.iter_mut().filter(|place| place.id as usize >= values).for_each(|place| *place = FREE);
        }
    }

    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.places.len() - 1)
    }

    /// Makes room for `many` values.
    fn grow(&mut self, values: &Texts, many: usize) {
        self.values = values.len();
        let len = (3 * many).next_power_of_two().max(1 << 10);
        self.places.clear();
        self.places.resize(len, FREE);
        for (id, text) in values.iter().enumerate() {
            let hash = bytes(text.as_bytes());
            let mut at = self.place(hash);
            while self.places[at].id != NULL_ID {
                at = (at + 1) & (len - 1);
            }
            self.places[at] = Place { tag: tag(hash), id: id as u32 };
        }
    }
}

/// Bits of a hash that do not say its place.
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}
