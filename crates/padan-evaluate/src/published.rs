//! What a run published of each row's link: the `links` table, and of unlinked rows what `review` adds.
//!
//! A run does not publish every row's chance of being in the registry. A row without a link has it in `links` only where that table says
//! how surely it stands alone (now the cell is empty), and a row joined to another list row has there the probability of that pair. What
//! is left is `review`, which holds the best registry row of an unlinked row from the review probability up: a lower bound. Below it
//! nothing is known, and nothing is made up here.

use arrow::array::{Float64Array, RecordBatch, StringArray};

use crate::EvaluateError;
use crate::keyed::{Key, Keyed, numbers, text, texts};
use crate::labels::Labelled;

/// Columns wanted from `links`.
pub(crate) const LINK_COLUMNS: &[&str] = &["source", "row", "to_source", "method", "match_probability"];
/// Columns wanted from `review`.
pub(crate) const REVIEW_COLUMNS: &[&str] = &["source_a", "row_a", "source_b", "match_probability"];

const LINKS: &str = "the links table";
const REVIEW: &str = "the review table";
/// The method of a row that joined nobody.
const ALONE: &str = "alone";

/// What is known of one row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Published {
    /// Match probability of the link that put the row with its person.
    pub(crate) link: Option<f64>,
    /// The probability that the row's person is in the registry, or a lower bound of it.
    pub(crate) in_registry: Option<f64>,
}

/// For every joined row, in their order, what was published of it; nothing of one that the tables lack.
pub(crate) fn published(
    labelled: &Labelled,
    links: &[RecordBatch],
    review: &[RecordBatch],
    registry: &str,
) -> Result<Vec<Published>, EvaluateError> {
    let (links, review) = rayon::join(|| Links::new(links), || Review::new(review));
    let (links, review) = (links?, review?);
    let (link_keys, review_keys) = (links.keyed.unique()?, review.keyed.sorted()?);
    let (mut link_keys, mut review_keys) = (link_keys.iter().peekable(), review_keys.iter().peekable());
    let mut found = Vec::with_capacity(labelled.rows.len());
    for row in &labelled.rows {
        // All sides are sorted by name, so what was passed is never asked for again.
        let name = (labelled.sources[row.source].as_str(), row.number);
        while link_keys.next_if(|key| key.name() < name).is_some() {}
        let mut published = link_keys.next_if(|key| key.name() == name).map_or(Ok(Published::default()), |key| links.of(key, registry))?;
        while review_keys.next_if(|key| key.name() < name).is_some() {}
        let mut offered = None;
        while let Some(key) = review_keys.next_if(|key| key.name() == name) {
            let pair = review.of(key, registry)?;
            // Of several pairs the best: each is a bound of its own.
            offered = offered.into_iter().chain(pair).reduce(f64::max);
        }
        published.in_registry = published.in_registry.or(offered);
        found.push(published);
    }
    Ok(found)
}

/// The `links` table.
struct Links {
    keyed: Keyed,
    to_source: Vec<StringArray>,
    method: Vec<StringArray>,
    probability: Vec<Float64Array>,
}

impl Links {
    fn new(batches: &[RecordBatch]) -> Result<Self, EvaluateError> {
        Ok(Self {
            keyed: Keyed::new(LINKS, batches, "source", "row")?,
            to_source: texts(LINKS, batches, "to_source")?,
            method: texts(LINKS, batches, "method")?,
            probability: numbers(LINKS, batches, "match_probability")?,
        })
    }

    fn of(&self, key: &Key<'_>, registry: &str) -> Result<Published, EvaluateError> {
        let probability = self.keyed.probability(&self.probability, key)?;
        Ok(if text(&self.method, key) == Some(ALONE) {
            Published { link: None, in_registry: probability.map(|alone| 1.0 - alone) }
        } else if text(&self.to_source, key) == Some(registry) {
            // The chance of its other candidates is not published.
            Published { link: probability, in_registry: probability }
        } else {
            Published { link: probability, in_registry: None }
        })
    }
}

/// The `review` table.
struct Review {
    keyed: Keyed,
    to_source: Vec<StringArray>,
    probability: Vec<Float64Array>,
}

impl Review {
    fn new(batches: &[RecordBatch]) -> Result<Self, EvaluateError> {
        Ok(Self {
            keyed: Keyed::new(REVIEW, batches, "source_a", "row_a")?,
            to_source: texts(REVIEW, batches, "source_b")?,
            probability: numbers(REVIEW, batches, "match_probability")?,
        })
    }

    /// The probability of a pair with a row of the registry.
    fn of(&self, key: &Key<'_>, registry: &str) -> Result<Option<f64>, EvaluateError> {
        if text(&self.to_source, key) == Some(registry) { self.keyed.probability(&self.probability, key) } else { Ok(None) }
    }
}
