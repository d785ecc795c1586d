//! A model file: comparisons, blocking rules and decision settings, readable as one table.
//!
//! The file is what a person writes; learned m, u and h stand in a `TrainedModel`. Columns that the data lack switch their comparison
//! or rule off, so that one model serves many pairs of lists.

use serde::{Deserialize, Serialize};

use crate::LinkError;
use crate::ablation::Part;
use crate::key::Expression;
use crate::prepare::Columns;

/// How two values are compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum ComparisonKind {
    /// Equal or not.
    Exact {
        /// Text or integer column.
        column: String,
    },
    /// Identifiers with the errors that typists and spreadsheets make.
    Identifier {
        /// Text column.
        column: String,
        /// Leading characters that two different numbers of one origin share (12 of a NIK: region, birth date).
        #[serde(default)]
        stem: usize,
        /// Date column that the stem repeats: where both dates agree a shared stem says nothing new, and where they differ neither does
        /// a stem that is one digit off.
        #[serde(default)]
        stem_date: Option<String>,
        /// The digit of the stem, from 1, to which women's numbers add four (7 of a NIK): numbers that differ there alone are a man's and a
        /// woman's of one origin.
        #[serde(default)]
        sex_digit: usize,
    },
    /// Names as sets of tokens in any order, with soft alignment and term frequencies.
    Tokens {
        /// Text column, tokens separated by one space.
        column: String,
        /// Text column with one phonetic key a token, in the same order.
        #[serde(default)]
        keys: Option<String>,
    },
    /// Dates; a year alone where a side has no more.
    Date {
        /// Date column, or a text column of eight digits as `as = "date"` makes it.
        column: String,
        /// Integer column with the year.
        #[serde(default)]
        year: Option<String>,
        /// Integer column with an age in years, for rows that know no date; with a text column of dates only.
        #[serde(default)]
        age: Option<String>,
        /// When the age was so: a text column of dates, or one date such as `2024-06-30`.
        #[serde(default)]
        as_of: Option<String>,
    },
    /// Nested places: a hierarchical code, then finer integers.
    Place {
        /// Text column of digits, a longer code lying inside its prefix.
        column: String,
        /// Code lengths, coarse to fine.
        depths: Vec<usize>,
        /// Integer columns below the finest code (RT, RW).
        #[serde(default)]
        minor: Vec<String>,
    },
    /// Texts by similarity.
    Text {
        /// Text column.
        column: String,
        /// Similarity thresholds, falling, such as `[0.92, 0.8]`.
        thresholds: Vec<f64>,
        /// Which similarity.
        #[serde(default)]
        measure: Measure,
    },
    /// Numbers, by how far they are apart.
    Number {
        /// Integer column.
        column: String,
        /// Largest differences, rising, such as `[1, 5]`; of relative ones the share of the larger number.
        #[serde(default)]
        tolerances: Vec<f64>,
        /// Whether tolerances are shares.
        #[serde(default)]
        relative: bool,
    },
    /// Sets of items.
    List {
        /// Text column, items separated by one space.
        column: String,
    },
    /// Columns that lie in one another, such as a village, its district, its province.
    Hierarchy {
        /// Columns, fine to coarse.
        columns: Vec<String>,
    },
    /// Long texts as weighted bags of words.
    FreeText {
        /// Text column, words separated by one space.
        column: String,
        /// Cosine thresholds, falling, such as `[0.8, 0.5]`.
        thresholds: Vec<f64>,
    },
    /// The kind of the reference row, where the left row does not say its own: who is usually on such a list.
    Profile {
        /// Text column of a few kinds.
        column: String,
    },
    /// E-mail addresses.
    Email {
        /// Text column, `local@domain`.
        column: String,
    },
}

impl ComparisonKind {
    /// The column that it compares first, where it compares one.
    pub(crate) fn column(&self) -> Option<String> {
        self.clone().column_mut().cloned()
    }

    /// The same over another column.
    pub(crate) fn with_column(&self, name: &str) -> Self {
        let mut kind = self.clone();
        if let Some(column) = kind.column_mut() {
            name.clone_into(column);
        }
        kind
    }

    fn column_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Hierarchy { .. } => None,
            Self::Exact { column }
            | Self::Identifier { column, .. }
            | Self::Tokens { column, .. }
            | Self::Date { column, .. }
            | Self::Place { column, .. }
            | Self::Text { column, .. }
            | Self::Number { column, .. }
            | Self::List { column }
            | Self::FreeText { column, .. }
            | Self::Profile { column }
            | Self::Email { column } => Some(column),
        }
    }
}

/// A value that an identifier embeds, for rows that do not state it: the birth date of a NIK.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Embedded {
    /// Column with the row's own value and the embedded one where it has none.
    pub column: String,
    /// Text column of the identifiers.
    pub identifier: String,
    /// Leading characters of the identifier that hold it; numbers alike in these, or one edit apart, embed nothing new.
    #[serde(default)]
    pub stem: usize,
    /// Place, from 1, of the digit that holds the sex, where the value is the same whatever the sex: a birth date beside whose day 40 is added
    /// for women. 0 where there is none, or where the sex is what is embedded.
    #[serde(default)]
    pub sex_digit: usize,
}

/// Similarity of two texts, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Jaro–Winkler: for names and words, whose beginnings count.
    #[default]
    JaroWinkler,
    /// One less the edits (neighbours swapped are one) over the longer length: for codes and whole lines.
    DamerauLevenshtein,
}

/// One comparison of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Comparison {
    /// Its name in patterns and explanations.
    pub name: String,
    /// How values are compared.
    pub compare: ComparisonKind,
    /// Whether members of one household share the value (address, family number): such agreement says the family, not the person.
    #[serde(default)]
    pub household: bool,
    /// Whether agreement is weighed by how rare the value is.
    #[serde(default)]
    pub term_frequency: bool,
    /// Regions: how rare the value is in the smallest region that holds both rows, drawn to how rare it is around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_frequency_within: Option<Within>,
    /// An earlier comparison whose level this one's m and u depend on: the interaction of two fields that say partly the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The same value inside an identifier, for rows that do not state it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded: Option<Embedded>,
}

/// Regions within which values are counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "WrittenWithin", into = "WrittenWithin")]
pub struct Within {
    /// Text column, one region a value.
    pub column: String,
    /// Leading characters of a code that say a larger region, rising: rows of two regions are then weighed in the smallest of these that
    /// holds both.
    pub depths: Vec<usize>,
}

/// As a model file says it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenWithin {
    Column(String),
    Nested { column: String, depths: Vec<usize> },
}

impl From<WrittenWithin> for Within {
    fn from(written: WrittenWithin) -> Self {
        match written {
            WrittenWithin::Column(column) => Self { column, depths: Vec::new() },
            WrittenWithin::Nested { column, depths } => Self { column, depths },
        }
    }
}

impl From<Within> for WrittenWithin {
    fn from(Within { column, depths }: Within) -> Self {
        if depths.is_empty() { Self::Column(column) } else { Self::Nested { column, depths } }
    }
}

/// A blocking rule: a conjunction of key expressions, or neighbours in the order of a sort key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenRule", into = "WrittenRule")]
pub struct BlockingRule {
    /// Its name in links.
    pub name: String,
    /// Key expressions: `column`, `prefix(column, n)`, `suffix(column, n)`, `year(column)`, `tokens(column)` (one key a token), `pairs(column)` (one key a pair
    /// of tokens), `first(column)`, `last(column)`, `joined(column)` (without
    /// its spaces), `deletions(column)` (a key for each token with one character left out). Rows agree on all of them; without any all
    /// pairs are made, as far as `max_block` lets them.
    pub keys: Vec<String>,
    /// In place of keys: a sorted neighbourhood.
    pub sorted: Option<Sorted>,
    /// Expressions that split a block above `max-block`, one after the other.
    pub refine: Vec<String>,
    /// Largest number of reference rows under one key.
    pub max_block: usize,
}

/// A sorted neighbourhood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorted {
    /// Expressions whose texts, one after the other, are the sort key; none of those that take several of a value.
    pub keys: Vec<String>,
    /// Reference rows on each side of a row's place that it meets.
    pub window: usize,
}

/// A blocking rule as it is written.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenRule {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sorted: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refine: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_block: Option<usize>,
}

impl TryFrom<WrittenRule> for BlockingRule {
    type Error = String;

    fn try_from(written: WrittenRule) -> Result<Self, String> {
        let WrittenRule { name, keys, sorted, window, refine, max_block } = written;
        let wrong = |problem: &str| Err(format!("blocking rule `{name}`: {problem}"));
        let sorted = match (&keys, sorted, window) {
            (None, None, _) => return wrong("it has neither `keys` nor `sorted`"),
            (Some(_), Some(_), _) => return wrong("it has both `keys` and `sorted`"),
            (Some(_), None, Some(_)) => return wrong("`window` belongs to `sorted`"),
            (None, Some(_), None | Some(0)) => return wrong("`sorted` needs a `window` of 1 or more"),
            (None, Some(sorted), _) if sorted.is_empty() => return wrong("`sorted` names nothing to sort by"),
            (None, Some(_), _) if !refine.is_empty() || max_block.is_some() => {
                return wrong("`refine` and `max-block` belong to `keys`: a neighbourhood is as large as its window");
            }
            (None, Some(keys), Some(window)) => Some(Sorted { keys, window }),
            (Some(_), None, None) => None,
        };
        Ok(Self { name, keys: keys.unwrap_or_default(), sorted, refine, max_block: max_block.unwrap_or(MAX_BLOCK) })
    }
}

impl From<BlockingRule> for WrittenRule {
    fn from(rule: BlockingRule) -> Self {
        let BlockingRule { name, keys, sorted, refine, max_block } = rule;
        match sorted {
            Some(Sorted { keys, window }) => {
                Self { name, keys: None, sorted: Some(keys), window: Some(window), refine: Vec::new(), max_block: None }
            }
            None => Self { name, keys: Some(keys), sorted: None, window: None, refine, max_block: Some(max_block) },
        }
    }
}

/// Reference rows under one key at most, where a rule does not say.
const MAX_BLOCK: usize = 400;

/// A model file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Column that says which reference rows are one household, if any.
    #[serde(default)]
    pub household_column: Option<String>,
    /// A pair links at this match probability.
    #[serde(default = "default_link")]
    pub link_probability: f64,
    /// A pair is offered for review from this match probability.
    #[serde(default = "default_review")]
    pub review_probability: f64,
    /// Columns made of the input's; without any, the input's are compared as they are.
    #[serde(default, rename = "columns", skip_serializing_if = "Columns::is_empty")]
    pub prepared: Columns,
    /// Comparisons, in pattern order.
    #[serde(rename = "comparison")]
    pub comparisons: Vec<Comparison>,
    /// Blocking rules, best first.
    #[serde(rename = "blocking")]
    pub rules: Vec<BlockingRule>,
    /// Parts that are left out, to measure what they add.
    #[serde(skip)]
    pub left_out: Vec<Part>,
}

fn default_link() -> f64 {
    0.5
}

fn default_review() -> f64 {
    0.2
}

impl Model {
    /// Reads and checks a model file's text.
    ///
    /// # Errors
    /// Wrong TOML, an unknown key, a key expression that does not parse, no comparison or no rule.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let model: Self = toml::from_str(text).map_err(|error| LinkError::Model(error.to_string()))?;
        if model.comparisons.is_empty() || model.rules.is_empty() {
            return Err(LinkError::Model("a model needs a [[comparison]] and a [[blocking]] rule".to_owned()));
        }
        for comparison in &model.comparisons {
            crate::compare::check(comparison).map_err(LinkError::Model)?;
        }
        for (at, comparison) in model.comparisons.iter().enumerate() {
            if let Some(given) = &comparison.given
                && !model.comparisons[..at].iter().any(|earlier| earlier.name == *given)
            {
                return Err(LinkError::Model(format!(
                    "comparison `{}`: `given = \"{given}\"` names no comparison that stands before it",
                    comparison.name
                )));
            }
        }
        for rule in &model.rules {
            for text in rule.keys.iter().chain(&rule.refine) {
                Expression::parse(text)?;
            }
            for text in rule.sorted.iter().flat_map(|sorted| &sorted.keys) {
                if !Expression::parse(text)?.is_single() {
                    let problem =
                        format!("blocking rule `{}`: `{text}` is several texts of one value, and rows are sorted by one", rule.name);
                    return Err(LinkError::Model(problem));
                }
            }
        }
        Ok(model)
    }

    /// Every column that the model may use.
    pub fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = self.household_column.iter().cloned().collect();
        for comparison in &self.comparisons {
            columns.extend(comparison.term_frequency_within.iter().map(|within| within.column.clone()));
            columns.extend(comparison.embedded.iter().flat_map(|embedded| [embedded.column.clone(), embedded.identifier.clone()]));
            match &comparison.compare {
                ComparisonKind::Exact { column }
                | ComparisonKind::Text { column, .. }
                | ComparisonKind::Number { column, .. }
                | ComparisonKind::List { column }
                | ComparisonKind::FreeText { column, .. }
                | ComparisonKind::Profile { column }
                | ComparisonKind::Email { column } => columns.push(column.clone()),
                ComparisonKind::Hierarchy { columns: nested } => columns.extend(nested.iter().cloned()),
                ComparisonKind::Identifier { column, stem_date: other, .. } | ComparisonKind::Tokens { column, keys: other } => {
                    columns.extend([Some(column.clone()), other.clone()].into_iter().flatten());
                }
                ComparisonKind::Date { column, year, age, as_of } => {
                    columns.push(column.clone());
                    columns.extend([year, age].into_iter().flatten().cloned());
                    columns.extend(as_of.iter().filter(|text| !crate::compare::is_date_literal(text)).cloned());
                }
                ComparisonKind::Place { column, minor, .. } => {
                    columns.push(column.clone());
                    columns.extend(minor.iter().cloned());
                }
            }
        }
        let sorted = |rule: &BlockingRule| rule.sorted.iter().flat_map(|sorted| sorted.keys.clone()).collect::<Vec<_>>();
        let expressions = self.rules.iter().flat_map(|rule| rule.keys.iter().chain(&rule.refine).cloned().chain(sorted(rule)));
        columns.extend(expressions.filter_map(|text| Expression::parse(&text).ok()).map(|expression| expression.column));
        columns.sort();
        columns.dedup();
        columns
    }
}
