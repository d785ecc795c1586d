//! From a rule's text to an expression that is known to hold together: every column exists, every part is a truth value, and nothing
//! but the unit's own row is looked at.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use padan_config::{ProgrammeRule, Sql};
use padan_model::Unit;
use padan_polars::to_polars;
use polars::datatypes::DataType;
use polars::frame::DataFrame;
use polars::prelude::{Expr, IntoLazy, Operator};
use polars::sql::sql_expr;

use super::RuleError;
use super::error::RulePlace;
use crate::facts::{FactColumn, schema};
use crate::reasons;

/// A condition and the reason of a unit that fails it.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) expr: Expr,
    /// The columns it looks at, by their place in the unit's frame.
    pub(crate) columns: Vec<usize>,
    /// Reason code.
    pub(crate) reason: String,
}

/// A rule whose expressions are checked.
#[derive(Debug, Clone)]
pub(crate) struct CheckedRule<'a> {
    pub(crate) rule: &'a ProgrammeRule,
    /// The outer `AND`s of the eligibility; all must hold.
    pub(crate) eligible: Vec<Condition>,
    /// None may hold.
    pub(crate) exclusions: Vec<Condition>,
    /// The reason code of each column of the unit's frame where it is missing.
    pub(crate) missing: Vec<String>,
}

/// Checks that every rule's SQL parses, names existing columns only and is a truth expression over one row.
pub fn check_rules(rules: &[ProgrammeRule]) -> Result<(), RuleError> {
    checked(rules).map(|_| ())
}

/// The rules ready to be evaluated, in the order given.
pub(crate) fn checked(rules: &[ProgrammeRule]) -> Result<Vec<CheckedRule<'_>>, RuleError> {
    let mut programmes = BTreeSet::new();
    rules
        .iter()
        .map(|rule| {
            if !programmes.insert(rule.id.as_str()) {
                return Err(RuleError::Twice { programme: rule.id.clone(), line: rule.eligible.line });
            }
            let eligible = expression(rule, "eligible", &rule.eligible)?;
            let mut conditions = Vec::new();
            split(&eligible, &mut conditions);
            let eligible = conditions.into_iter().map(|expr| condition(rule.unit, expr, None)).collect();
            let exclusions = rule
                .exclusions
                .iter()
                .map(|exclusion| Ok(condition(rule.unit, expression(rule, &exclusion.reason, &exclusion.when)?, Some(&exclusion.reason))))
                .collect::<Result<_, RuleError>>()?;
            let missing = FactColumn::of(rule.unit).iter().map(|column| reasons::of_missing(column.name)).collect();
            Ok(CheckedRule { rule, eligible, exclusions, missing })
        })
        .collect()
}

fn expression(rule: &ProgrammeRule, part: &str, sql: &Sql) -> Result<Expr, RuleError> {
    let place = || Box::new(RulePlace { programme: rule.id.clone(), part: part.to_owned(), line: sql.line, text: sql.text.clone() });
    let expr = sql_expr(&sql.text).map_err(|error| RuleError::Syntax { place: place(), message: error.to_string() })?;
    if !expr.into_iter().all(is_by_row) {
        return Err(RuleError::NotByRow { place: place() });
    }
    if let Some(column) = names(&expr).find(|name| position(rule.unit, name).is_none()) {
        return Err(RuleError::Column {
            place: place(),
            unit: rule.unit.as_str(),
            column: column.to_owned(),
            hint: nearest(rule.unit, column),
        });
    }
    let dtype = type_on_an_empty_frame(rule.unit, &expr).map_err(|message| RuleError::Type { place: place(), message })?;
    if dtype != DataType::Boolean {
        return Err(RuleError::NotBoolean { place: place(), found: dtype.to_string() });
    }
    Ok(expr)
}

/// Whether the node looks at its own row only.
fn is_by_row(node: &Expr) -> bool {
    matches!(
        node,
        Expr::Alias(..)
            | Expr::Column(_)
            | Expr::Literal(_)
            | Expr::BinaryExpr { .. }
            | Expr::Cast { .. }
            | Expr::Ternary { .. }
            | Expr::Function { .. }
    )
}

fn names(expr: &Expr) -> impl Iterator<Item = &str> {
    expr.into_iter().filter_map(|node| match node {
        Expr::Column(name) => Some(name.as_str()),
        _ => None,
    })
}

fn position(unit: Unit, name: &str) -> Option<usize> {
    FactColumn::of(unit).iter().position(|column| column.name == name)
}

/// The columns a user may have meant.
fn nearest(unit: Unit, name: &str) -> String {
    let distance = |column: &&FactColumn| strsim::damerau_levenshtein(column.name, &name.to_lowercase());
    match FactColumn::of(unit).iter().min_by_key(distance).filter(|column| distance(column) <= 3) {
        Some(column) => format!("did you mean {:?}?", column.name),
        None => format!("the columns are {}", FactColumn::of(unit).iter().map(|column| column.name).collect::<Vec<_>>().join(", ")),
    }
}

/// Runs the expression over no rows: the only full check of its types, since some are found when it is evaluated.
fn type_on_an_empty_frame(unit: Unit, expr: &Expr) -> Result<DataType, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let empty: DataFrame = to_polars(&[RecordBatch::new_empty(schema(unit))]).map_err(|error| text(&error))?;
    let frame = empty.lazy().select([expr.clone().alias("rule")]).collect().map_err(|error| text(&error))?;
    Ok(frame.columns().first().map_or(DataType::Null, |column| column.dtype().clone()))
}

/// Takes an expression apart at its outer `AND`s.
fn split(expr: &Expr, into: &mut Vec<Expr>) {
    match expr {
        Expr::BinaryExpr { left, op: Operator::And | Operator::LogicalAnd, right } => {
            split(left, into);
            split(right, into);
        }
        Expr::Alias(inner, _) => split(inner, into),
        other => into.push(other.clone()),
    }
}

fn condition(unit: Unit, expr: Expr, reason: Option<&str>) -> Condition {
    let columns: BTreeSet<usize> = names(&expr).filter_map(|name| position(unit, name)).collect();
    let columns: Vec<usize> = columns.into_iter().collect();
    let reason = reason.map_or_else(|| reasons::of_columns(unit, &columns), ToOwned::to_owned);
    Condition { expr, columns, reason }
}

#[cfg(test)]
mod tests {
    use padan_config::Exclusion;

    use super::*;

    fn rule(unit: Unit, eligible: &str, exclusion: &str) -> ProgrammeRule {
        ProgrammeRule {
            id: "pip".to_owned(),
            title: "PIP".to_owned(),
            unit,
            sources: Vec::new(),
            period: "2025".to_owned(),
            eligible: Sql { text: eligible.to_owned(), line: 12 },
            exclusions: vec![Exclusion { reason: "meninggal".to_owned(), when: Sql { text: exclusion.to_owned(), line: 14 } }],
            quota: None,
            legal_basis: String::new(),
        }
    }

    #[test]
    fn outer_ands_become_conditions_with_reasons() {
        let outer = rule(Unit::Jiwa, "(sekolah AND umur BETWEEN 6 AND 21) AND desil <= 4 AND (hamil OR disabilitas = 2)", "NOT hidup");
        let rules = [outer];
        let checked = checked(&rules).expect("a good rule");
        let reasons: Vec<&str> = checked[0].eligible.iter().map(|condition| condition.reason.as_str()).collect();
        assert_eq!(reasons, ["tidak_sekolah", "umur_di_luar_batas", "umur_di_luar_batas", "desil_di_atas_batas", "syarat_tidak_terpenuhi"]);
        assert_eq!(checked[0].exclusions[0].reason, "meninggal");
        let lower = rule(Unit::Jiwa, "umur >= 75 and sendiri and not coalesce(pensiun, false)", "hidup = false or dukcapil = 'meninggal'");
        assert_eq!(check_rules(&[lower]), Ok(()));
    }

    #[test]
    fn mistakes_name_the_line_and_the_nearest_column() {
        let message =
            |unit, eligible: &str, exclusion: &str| check_rules(&[rule(unit, eligible, exclusion)]).expect_err("a mistake").to_string();
        assert_eq!(
            message(Unit::Jiwa, "umurr >= 60", "NOT hidup"),
            "line 12: programme pip, eligible: there is no column \"umurr\" for the unit jiwa\n  | umurr >= 60\nhint: did you mean \"umur\"?"
        );
        assert!(message(Unit::Kpm, "n_lansia > 0 AND umur > 3", "NOT kepala_hidup").contains("for the unit kpm"));
        assert!(
            message(Unit::Jiwa, "desil <= 4", "NOT hidop").starts_with("line 14: programme pip, meninggal: there is no column \"hidop\"")
        );
        assert!(message(Unit::Jiwa, "desil <=", "NOT hidup").starts_with("line 12: programme pip, eligible: no SQL expression: "));
        assert!(message(Unit::Jiwa, "umur + 1", "NOT hidup").contains("expected a truth value, found i32"));
        assert!(message(Unit::Jiwa, "umur > AVG(umur)", "NOT hidup").contains("aggregates"));
        assert!(message(Unit::Jiwa, "jenjang > 3", "NOT hidup").starts_with("line 12"));
        assert!(message(Unit::Jiwa, "pekerjaan_utama_kepala = 1", "NOT hidup").contains("hint: the columns are umur, jenis_kelamin, "));
    }

    #[test]
    fn a_programme_has_one_rule() {
        let rules = [rule(Unit::Jiwa, "desil <= 4", "NOT hidup"), rule(Unit::Jiwa, "desil <= 5", "NOT hidup")];
        assert_eq!(check_rules(&rules), Err(RuleError::Twice { programme: "pip".to_owned(), line: 12 }));
    }
}
