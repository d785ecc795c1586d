//! The `[columns]` table of a model file: which column is made of which, and how.
//!
//! Grammar of one entry: `name = { from = "column" | ["column", …], as = "kind", option = … }`; without `from` the column is made of the
//! input's column of its own name. A name in `from` means the prepared column of that name where there is one (and it is not the entry
//! itself), else the input's. `"surname | last name"` in `from` is the first of these that a table has, for tables of different headers. The order
//! in the file does not matter: entries are made after those that they refer to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PreparedKind {
    /// Tokens of letters and digits: lower case, accents folded, punctuation a space, apostrophes dropped.
    Name,
    /// The same as a name; another word for addresses, titles and the like.
    Text,
    /// Letters and digits only, upper case; placeholders null.
    Identifier,
    /// Eight digits, `YYYYMMDD`, unknown parts 00 and impossible parts as they are.
    Date,
    /// An integer: the number times ten to the `decimals`.
    Number,
    /// `local@domain` in lower case, tags after `+` cut.
    Email,
    /// The last `digits` digits.
    Phone,
    /// Lower-cased text, punctuation a space; words that stand for nothing null.
    Category,
    /// Distinct items in order, joined with one space; a space inside of an item is `_`.
    List,
    /// One phonetic key a token.
    Sound,
}

/// Which of day and month stands first where only the data can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// As most dates of the table's column say that can be told; the day where none can.
    #[default]
    Auto,
    /// 31/12/1990.
    DayFirst,
    /// 12/31/1990.
    MonthFirst,
}

/// How one prepared column is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawColumn", into = "RawColumn")]
pub struct PreparedColumn {
    /// Columns that it is made of, joined with one space, nulls skipped; empty means the input's column of the same name. `a | b` is the first
    /// of these that a table has.
    pub from: Vec<String>,
    /// What becomes of the joined value.
    pub kind: PreparedKind,
    /// Abbreviation table of a name or text, a name that [`Resources`](super::Resources) know.
    pub abbreviations: Option<String>,
    /// Phonetic rules of a sound, a name that [`Resources`](super::Resources) know.
    pub rules: Option<String>,
    /// What parts the items of a list.
    pub separator: String,
    /// Decimals kept of a number.
    pub decimals: u32,
    /// Digits kept of a phone number.
    pub digits: usize,
    /// Order of day and month.
    pub order: DateOrder,
}

/// The entry as it stands in the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawColumn {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<From_>,
    #[serde(rename = "as")]
    kind: PreparedKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    abbreviations: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    separator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decimals: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digits: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<DateOrder>,
}

/// One column or several.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a column or a list of columns")]
enum From_ {
    One(String),
    Several(Vec<String>),
}

/// Digits that two spellings of a phone number share: the longest national numbers of small countries.
const PHONE_DIGITS: usize = 9;

impl TryFrom<RawColumn> for PreparedColumn {
    type Error = String;

    fn try_from(raw: RawColumn) -> Result<Self, String> {
        use PreparedKind::{Date, List, Name, Number, Phone, Sound, Text};
        let options: [(&str, bool, &[PreparedKind]); 6] = [
            ("abbreviations", raw.abbreviations.is_some(), &[Name, Text]),
            ("rules", raw.rules.is_some(), &[Sound]),
            ("separator", raw.separator.is_some(), &[List]),
            ("decimals", raw.decimals.is_some(), &[Number]),
            ("digits", raw.digits.is_some(), &[Phone]),
            ("order", raw.order.is_some(), &[Date]),
        ];
        for (option, given, kinds) in options {
            if given && !kinds.contains(&raw.kind) {
                let kinds: Vec<String> = kinds.iter().map(|kind| format!("`as = \"{}\"`", kind.name())).collect();
                return Err(format!("`{option}` goes with {} only", kinds.join(" and ")));
            }
        }
        if raw.kind == Sound && raw.rules.is_none() {
            return Err("`as = \"sound\"` needs `rules`, such as `rules = \"english\"`".to_owned());
        }
        if raw.separator.as_deref() == Some("") || raw.digits == Some(0) || raw.decimals.is_some_and(|decimals| decimals > 9) {
            return Err("`separator` must not be empty, `digits` at least 1, `decimals` at most 9".to_owned());
        }
        let from = match raw.from {
            None => Vec::new(),
            Some(From_::One(column)) => vec![column],
            Some(From_::Several(columns)) if columns.is_empty() => return Err("`from` names no column".to_owned()),
            Some(From_::Several(columns)) => columns,
        };
        Ok(Self {
            from,
            kind: raw.kind,
            abbreviations: raw.abbreviations,
            rules: raw.rules,
            separator: raw.separator.unwrap_or_else(|| ";".to_owned()),
            decimals: raw.decimals.unwrap_or(0),
            digits: raw.digits.unwrap_or(PHONE_DIGITS),
            order: raw.order.unwrap_or_default(),
        })
    }
}

impl From<PreparedColumn> for RawColumn {
    fn from(column: PreparedColumn) -> Self {
        let when = |kind: PreparedKind| column.kind == kind;
        Self {
            separator: when(PreparedKind::List).then(|| column.separator.clone()),
            decimals: when(PreparedKind::Number).then_some(column.decimals),
            digits: when(PreparedKind::Phone).then_some(column.digits),
            order: when(PreparedKind::Date).then_some(column.order),
            from: (!column.from.is_empty()).then(|| From_::Several(column.from.clone())),
            kind: column.kind,
            abbreviations: column.abbreviations,
            rules: column.rules,
        }
    }
}

impl PreparedColumn {
    /// Whether it is made of that column of the input, among others.
    pub fn is_made_of(&self, column: &str) -> bool {
        self.from.iter().flat_map(|source| alternatives(source)).any(|source| source == column)
    }
}

impl PreparedKind {
    /// Its name in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Text => "text",
            Self::Identifier => "identifier",
            Self::Date => "date",
            Self::Number => "number",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Category => "category",
            Self::List => "list",
            Self::Sound => "sound",
        }
    }
}

/// The prepared columns of a model, by name; free of cycles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, PreparedColumn>", into = "BTreeMap<String, PreparedColumn>")]
pub struct Columns {
    /// In an order in which each stands after those that it refers to.
    columns: Vec<(String, PreparedColumn)>,
}

impl Columns {
    /// Whether the model prepares nothing: its columns are the input's as they are.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Names and preparations, each after those that it refers to.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PreparedColumn)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// A preparation by name.
    pub fn get(&self, name: &str) -> Option<&PreparedColumn> {
        self.columns.iter().find(|(own, _)| own == name).map(|(_, column)| column)
    }

    /// Columns of the input that the preparations read, sorted.
    pub fn inputs(&self) -> Vec<&str> {
        let mut inputs: Vec<&str> = self
            .iter()
            .flat_map(|(name, column)| sources(name, column))
            .flatten()
            .filter_map(|(source, own)| (own || self.get(source).is_none()).then_some(source))
            .collect();
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }
}

/// Between the headers of one column in several tables.
pub(crate) const OR: &str = " | ";

/// The headers of one column in several tables: `surname | last name`.
pub fn alternatives(column: &str) -> impl Iterator<Item = &str> {
    column.split(OR).map(str::trim)
}

/// What a column is made of: of each part the columns that it may stand in, the first that a table has, and whether that is the input's even
/// where a prepared column has the name.
pub(super) fn sources<'a>(name: &'a str, column: &'a PreparedColumn) -> Vec<Vec<(&'a str, bool)>> {
    let of_source = |source: &'a String| alternatives(source).map(|source| (source, source == name)).collect();
    if column.from.is_empty() { vec![vec![(name, true)]] } else { column.from.iter().map(of_source).collect() }
}

impl TryFrom<BTreeMap<String, PreparedColumn>> for Columns {
    type Error = String;

    fn try_from(mut rest: BTreeMap<String, PreparedColumn>) -> Result<Self, String> {
        let mut columns = Vec::with_capacity(rest.len());
        while !rest.is_empty() {
            let ready = rest
                .iter()
                .find(|(name, column)| sources(name, column).iter().flatten().all(|(source, own)| *own || !rest.contains_key(*source)));
            let Some(name) = ready.map(|(name, _)| name.clone()) else {
                let names: Vec<String> = rest.keys().map(|name| format!("`{name}`")).collect();
                return Err(format!("columns refer to one another in a circle: {}", names.join(", ")));
            };
            if let Some(column) = rest.remove(&name) {
                columns.push((name, column));
            }
        }
        Ok(Self { columns })
    }
}

impl From<Columns> for BTreeMap<String, PreparedColumn> {
    fn from(columns: Columns) -> Self {
        columns.columns.into_iter().collect()
    }
}
