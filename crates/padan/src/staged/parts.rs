//! Staged rows as the engine reads them: column by column, of some sources, all rows or a few.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use padan_link::{ColumnSource, LinkError, Values};
use padan_model::{column, standard_schema};

use super::Staged;

/// Columns whose values hardly repeat: a dictionary of them would be longer than they are.
pub(super) const DISTINCT: [&str; 4] = [column::NIK, column::NO_KK, column::NATURAL_KEY, column::ID_KELUARGA];

/// Rows of a source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    /// The source's records.
    pub(crate) staged: &'a Staged,
    /// Rows from 0, in order; all where none are named.
    pub(crate) only: Option<&'a [u32]>,
}

impl Part<'_> {
    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.only.map_or(self.staged.rows(), <[u32]>::len)
    }

    fn read(&self, column: &str, take: &mut dyn FnMut(Values<'_>)) -> anyhow::Result<()> {
        for batch in self.staged.dictionaries(&[column], dictionary_schema(), self.only)? {
            take(Values::Array(batch?.column(0)));
        }
        Ok(())
    }
}

/// The standard schema, texts that repeat as dictionaries.
fn dictionary_schema() -> SchemaRef {
    let dictionary = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let field = |field: &Arc<Field>| {
        let name = field.name().as_str();
        // A status is marked on its way out, as plain text.
        let is_plain = *field.data_type() != DataType::Utf8 || DISTINCT.contains(&name) || name == column::NIK_STATUS;
        if is_plain { Arc::clone(field) } else { Arc::new(Field::new(field.name(), dictionary(), field.is_nullable())) }
    };
    Arc::new(Schema::new(standard_schema().fields().iter().map(field).collect::<Vec<_>>()))
}

/// Rows of several sources, one after another.
pub(crate) struct Parts<'a>(pub(crate) Vec<Part<'a>>);

impl ColumnSource for Parts<'_> {
    fn rows(&self) -> usize {
        self.0.iter().map(Part::rows).sum()
    }

    fn data_type(&self, column: &str) -> Option<DataType> {
        standard_schema().field_with_name(column).ok().map(|field| field.data_type().clone())
    }

    fn read(&self, column: &str, take: &mut dyn FnMut(Values<'_>)) -> Result<(), LinkError> {
        self.0.iter().try_for_each(|part| part.read(column, take)).map_err(|error| LinkError::Source(format!("{error:#}")))
    }
}
