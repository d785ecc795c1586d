//! A model for unknown files, from profiling alone: good enough to run as it is, and a start for a better one.
//!
//! Every column that all tables have is profiled; parts of a name and of a birth date are joined, columns that say what another says are
//! left out or given that one, each kind gets the comparison of its usual errors. Blocking rules are then searched for: of all single keys
//! and pairs of keys, those that make few pairs are tried on a sample, a model is learned from them, and the rules that find the expected matches at
//! the least number of pairs are kept. Nothing here reads a label.

mod align;
mod blocking;
mod cover;
mod dependence;
mod profile;
mod words;

use std::fmt::Write as _;
use std::ops::Range;

use arrow::array::RecordBatch;

use crate::linkage::Mode;
use crate::prepare::alternatives;
use crate::{LinkError, Model, Records, Resources, prepare};
use profile::{Kind, Profile, profiles};
use words::Meaning;

/// A proposed model.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// The model file's text.
    pub text: String,
    /// The same, read.
    pub model: Model,
    /// What was decided and why, for the reader.
    pub notes: Vec<String>,
}

/// A column as the model will have it.
struct Planned {
    /// Its name.
    name: String,
    kind: Kind,
    /// `name = { … }` of `[columns]`.
    line: String,
    /// The name of its phonetic column, if it has one.
    sound: Option<String>,
    household: bool,
    place: bool,
    length: f64,
    tokens: f64,
    distinct: f64,
}

/// Proposes a model for the tables; `id` names the column of row ids, if any, or those of several tables ([`alternatives`]).
///
/// # Errors
/// Tables with no column in common that says anything.
pub fn suggest(
    name: &str,
    tables: &[&[RecordBatch]],
    id: Option<&str>,
    mode: Mode,
    resources: &dyn Resources,
) -> Result<Suggestion, LinkError> {
    let mut notes = Vec::new();
    let profiles = profiles(tables, id);
    for profile in profiles.iter().filter(|profile| profile.from != profile.name) {
        let names: Vec<String> = alternatives(&profile.from).map(|name| format!("`{name}`")).collect();
        notes.push(format!("{} are taken for one column", names.join(" and ")));
    }
    let planned = plan(profiles, &mut notes);
    if planned.is_empty() {
        return Err(LinkError::Model("the files have no column in common that could be compared".to_owned()));
    }
    // Any rule makes a model whose columns can be prepared; the real rules follow.
    let parsed = |head: &str| Model::parse(&format!("{head}\n[[blocking]]\nname = \"none\"\nkeys = [\"{}\"]\n", planned[0].name));
    let first = parsed(&header(name, &planned, &vec![None; planned.len()]))?;
    let prepared = prepare(&first.prepared, tables, resources)?;
    let batches: Vec<&RecordBatch> = prepared.iter().flatten().collect();
    let columns: Vec<String> = first.prepared.iter().map(|(name, _)| name.to_owned()).collect();
    let records = Records::encode(&batches, &columns)?;
    let mut ranges: Vec<Range<u32>> = Vec::new();
    let mut start = 0;
    for table in &prepared {
        let rows: usize = table.iter().map(RecordBatch::num_rows).sum();
        ranges.push(start..start + rows as u32);
        start += rows as u32;
    }
    let given = dependences(&planned, &records, &ranges);
    for (column, given) in planned.iter().zip(&given) {
        if let Some(given) = given.filter(|_| !column.place) {
            notes.push(format!("`{}` follows from `{}`: it counts beside it for what it adds", column.name, planned[given].name));
        }
    }
    let head = header(name, &planned, &given);
    let first = parsed(&head)?;
    let rules = blocking::search(&first, &planned, &records, &ranges, mode, &mut notes)?;
    if rules.is_empty() {
        let names: Vec<String> = planned.iter().map(|column| format!("`{}`", column.name)).collect();
        return Err(LinkError::Model(format!(
            "of what the files have in common, {}, nothing tells a person: give columns that mean the same the same header, or write the model by hand",
            names.join(", ")
        )));
    }
    let mut text = head;
    for rule in &rules {
        let keys: Vec<String> = rule.keys.iter().map(|key| format!("\"{key}\"")).collect();
        let refine: Vec<String> = rule.refine.iter().map(|key| format!("\"{key}\"")).collect();
        let _ = write!(text, "\n[[blocking]]\nname = \"{}\"\nkeys = [{}]\n", rule.name, keys.join(", "));
        if !refine.is_empty() {
            let _ = writeln!(text, "refine = [{}]", refine.join(", "));
        }
        let _ = writeln!(text, "max-block = {}", rule.max_block);
    }
    let model = Model::parse(&text)?;
    Ok(Suggestion { text, model, notes })
}

/// Which columns the model compares.
fn plan(mut profiles: Vec<Profile>, notes: &mut Vec<String>) -> Vec<Planned> {
    let mut planned = Vec::new();
    profiles.retain(|profile| {
        let unique = profile.distinct >= 1.0 && profile.filled >= 1.0 && profile.sample.len() > 100;
        let constant = profile.kind == Kind::Category && profile.distinct * profile.sample.len() as f64 <= 1.0;
        if unique {
            notes.push(format!("`{}` differs in every row: taken for a row number and left out", profile.name));
        }
        if constant {
            notes.push(format!("`{}` is the same in every row: left out", profile.name));
        }
        !unique && !constant
    });
    drop_contained(&mut profiles, notes);
    if let Some(date) = join_birth_date(&mut profiles) {
        notes.push(format!("`{}` is made of year, month and day", date.name));
        planned.push(date);
    }
    if let Some(parts) = name_parts(&profiles) {
        let names: Vec<String> = parts.iter().map(|at| quote(&profiles[*at].from)).collect();
        notes.push(format!("names are compared as one: {}", names.join(", ")));
        let mut name = "name".to_owned();
        while profiles.iter().any(|profile| profile.name == name) {
            name.push('_');
        }
        planned.push(Planned {
            line: format!("{name} = {{ from = [{}], as = \"name\" }}", names.join(", ")),
            sound: Some(format!("{name}_sound")),
            name,
            kind: Kind::Text,
            household: false,
            place: false,
            length: parts.iter().map(|at| profiles[*at].length).sum(),
            tokens: parts.iter().map(|at| profiles[*at].tokens).sum(),
            distinct: 0.5,
        });
        let mut at = 0;
        profiles.retain(|_| {
            at += 1;
            !parts.contains(&(at - 1))
        });
    }
    planned.extend(profiles.iter().map(|profile| {
        let kind = match profile.kind {
            Kind::Date => "date",
            Kind::Number => "number",
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Identifier | Kind::Code => "identifier",
            Kind::Category => "category",
            Kind::List => "list",
            Kind::Text | Kind::FreeText => "text",
        };
        let place = profile.meaning == Some(Meaning::Place);
        let options =
            if place && matches!(profile.kind, Kind::Text | Kind::FreeText) { ", abbreviations = \"english-address\"" } else { "" };
        let quoted = quote(&profile.from);
        let name = column_name(&profile.name);
        let from = if name == profile.from { String::new() } else { format!("from = {quoted}, ") };
        Planned {
            line: format!("{name} = {{ {from}as = \"{kind}\"{options} }}"),
            sound: (profile.kind == Kind::Text && profile.alphabetic).then(|| format!("{name}_sound")),
            name,
            kind: profile.kind,
            place,
            household: matches!(profile.meaning, Some(Meaning::Place | Meaning::Household | Meaning::Phone)),
            length: profile.length,
            tokens: profile.tokens,
            distinct: profile.distinct,
        }
    }));
    planned
}

/// A header as a bare key of TOML and of key expressions.
fn column_name(header: &str) -> String {
    let name: String = header.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect();
    if name.is_empty() { "column".to_owned() } else { name }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Leaves out a text column whose words another column holds too.
fn drop_contained(profiles: &mut Vec<Profile>, notes: &mut Vec<String>) {
    let tokens = |text: &str| text.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let inside = |inner: &Profile, outer: &Profile| {
        let (mut both, mut held) = (0, 0);
        for (a, b) in inner.sample.iter().zip(&outer.sample) {
            if let (Some(a), Some(b)) = (a, b) {
                both += 1;
                let outer = tokens(b);
                held += usize::from(tokens(a).iter().all(|token| outer.contains(token)));
            }
        }
        both > 20 && held * 100 >= both * 85
    };
    let mut gone: Vec<usize> = Vec::new();
    for (at, inner) in profiles.iter().enumerate() {
        let holder = profiles.iter().enumerate().find(|(other, outer)| {
            let texts = inner.kind == Kind::Text && outer.kind == Kind::Text;
            let fuller = outer.filled + 0.02 >= inner.filled;
            *other != at && texts && fuller && !gone.contains(other) && inside(inner, outer) && (!inside(outer, inner) || *other < at)
        });
        if let Some((_, outer)) = holder {
            notes.push(format!("`{}` is part of `{}`: left out", inner.name, outer.name));
            gone.push(at);
        }
    }
    let mut at = 0;
    profiles.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
}

/// Joins year, month and day of birth.
fn join_birth_date(profiles: &mut Vec<Profile>) -> Option<Planned> {
    let find = |meaning: Meaning, low: i64, high: i64| {
        profiles
            .iter()
            .position(|profile| profile.meaning == Some(meaning) && profile.range.is_some_and(|range| range.0 >= low && range.1 <= high))
    };
    let parts = [find(Meaning::BirthYear, 1_000, 2_100)?, find(Meaning::BirthMonth, 0, 12)?, find(Meaning::BirthDay, 0, 31)?];
    let names: Vec<String> = parts.iter().map(|at| quote(&profiles[*at].from)).collect();
    let mut at = 0;
    profiles.retain(|_| {
        at += 1;
        !parts.contains(&(at - 1))
    });
    Some(Planned {
        name: "birth_date".to_owned(),
        kind: Kind::Date,
        line: format!("birth_date = {{ from = [{}], as = \"date\" }}", names.join(", ")),
        sound: None,
        household: false,
        place: false,
        length: 8.0,
        tokens: 1.0,
        distinct: 0.9,
    })
}

/// The columns that are parts of one name, in the order in which names are said.
fn name_parts(profiles: &[Profile]) -> Option<Vec<usize>> {
    let of = |meaning: Meaning| {
        profiles
            .iter()
            .enumerate()
            .filter(move |(_, profile)| {
                profile.meaning == Some(meaning) && matches!(profile.kind, Kind::Text | Kind::Category) && profile.alphabetic
            })
            .map(|(at, _)| at)
    };
    let (first, last): (Vec<usize>, Vec<usize>) = (of(Meaning::FirstName).collect(), of(Meaning::LastName).collect());
    if first.is_empty() || last.is_empty() {
        return None;
    }
    Some(first.into_iter().chain(of(Meaning::MiddleName)).chain(last).collect())
}

/// The parts of an address, the most telling first: who moves changes all of them, and who lives in one street lives in one town. Each is
/// given one before, so that a move counts once.
fn place_chain(planned: &[Planned]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..planned.len()).filter(|at| planned[*at].place).collect();
    places.sort_by(|a, b| planned[*b].distinct.total_cmp(&planned[*a].distinct).then(a.cmp(b)));
    if places.len() < 2 { Vec::new() } else { places }
}

/// By column: the one that it is given, as far as the rows tell; each part of an address one before it.
fn dependences(planned: &[Planned], records: &Records, tables: &[Range<u32>]) -> Vec<Option<usize>> {
    let places = place_chain(planned);
    let telling = |column: &Planned| {
        let kind = matches!(column.kind, Kind::Text | Kind::Identifier | Kind::Code | Kind::Phone | Kind::Email | Kind::Date);
        kind && column.distinct > 0.3
    };
    let looked: Vec<dependence::Looked<'_>> = planned
        .iter()
        .enumerate()
        .map(|(at, column)| dependence::Looked {
            name: &column.name,
            may_depend: !places.contains(&at)
                && !matches!(column.kind, Kind::List | Kind::FreeText)
                && (column.kind == Kind::Date || !telling(column)),
            may_say: !places.contains(&at) && (column.kind == Kind::Date || (column.distinct <= 0.3 && column.sound.is_none())),
            kind: column.kind,
            telling: telling(column),
        })
        .collect();
    let among = dependence::Among::new(&looked, records);
    let mut given = among.dependences(tables);
    for (place, parent) in among.parents(&places, tables) {
        given[place] = Some(parent);
    }
    given
}

/// Everything of the model file but the rules; `given` says which column follows from which.
fn header(name: &str, planned: &[Planned], given: &[Option<usize>]) -> String {
    let mut text = format!("# Proposed from the files themselves.\nname = {}\n\n[columns]\n", quote(name));
    for column in planned {
        let _ = writeln!(text, "{}", column.line);
        if let Some(sound) = &column.sound {
            let _ = writeln!(text, "{sound} = {{ from = \"{}\", as = \"sound\", rules = \"english\" }}", column.name);
        }
    }
    let places = place_chain(planned);
    // A pattern holds twelve comparisons with frequencies; those of few values gain least by them.
    // A comparison stands after the one that it is given.
    let depth = |at: usize| std::iter::successors(given[at], |at| given[*at]).count();
    let mut others: Vec<usize> = (0..planned.len()).filter(|at| !places.contains(at)).collect();
    others.sort_by_key(|at| depth(*at));
    let ordered = others.iter().chain(&places).map(|at| (*at, &planned[*at]));
    let mut frequencies = 12 - planned.len().saturating_sub(12).min(12);
    for (at, column) in ordered {
        let one_edit = 1.0 - 1.0 / column.length.max(2.0) - 0.01;
        let two_edits = 1.0 - 2.0 / column.length.max(2.0) - 0.01;
        let compare = match column.kind {
            Kind::Date => "kind = \"date\"".to_owned(),
            Kind::Number => "kind = \"number\", tolerances = [1, 3]".to_owned(),
            Kind::Email => "kind = \"email\"".to_owned(),
            Kind::Phone | Kind::Identifier => "kind = \"identifier\"".to_owned(),
            Kind::Code if column.length >= 5.5 => {
                format!("kind = \"text\", thresholds = [{one_edit:.2}, {two_edits:.2}], measure = \"damerau-levenshtein\"")
            }
            Kind::Code => format!("kind = \"text\", thresholds = [{one_edit:.2}], measure = \"damerau-levenshtein\""),
            Kind::Category => "kind = \"exact\"".to_owned(),
            Kind::List => "kind = \"list\"".to_owned(),
            Kind::FreeText => "kind = \"free-text\", thresholds = [0.8, 0.5]".to_owned(),
            Kind::Text => "kind = \"tokens\"".to_owned(),
        };
        let keys = match (&column.sound, column.kind) {
            (Some(sound), Kind::Text) => format!(", keys = \"{sound}\""),
            _ => String::new(),
        };
        let _ = write!(text, "\n[[comparison]]\nname = \"{0}\"\ncompare = {{ {compare}, column = \"{0}\"{keys} }}\n", column.name);
        if column.household {
            text.push_str("household = true\n");
        }
        let given = given[at].map(|given| &planned[given].name);
        if let Some(given) = given {
            let _ = writeln!(text, "given = \"{given}\"");
        } else if column.kind != Kind::List && frequencies > 0 {
            frequencies -= 1;
            text.push_str("term-frequency = true\n");
        }
    }
    text
}
