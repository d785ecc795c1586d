//! Which columns of a table a statement may need, by the words in it: reading fewer is most of the speed of a query.
//!
//! Errs on the side of reading: a word inside a quoted text counts, and a `*` that is no `count(*)` asks for all.

use arrow::datatypes::SchemaRef;

/// Columns of `schema` that `sql` names; all of them where it selects `*`; the first where it names none, so that rows are counted.
pub(crate) fn named_in<'a>(sql: &str, schema: &'a SchemaRef) -> Vec<&'a str> {
    let all: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    if selects_all(sql) {
        return all;
    }
    let words: Vec<String> = sql.split(|letter: char| !letter.is_alphanumeric() && letter != '_').map(str::to_lowercase).collect();
    let named: Vec<&str> = all.iter().copied().filter(|name| words.iter().any(|word| word == name)).collect();
    if named.is_empty() { all.into_iter().take(1).collect() } else { named }
}

fn selects_all(sql: &str) -> bool {
    // NATURAL JOIN and COLUMNS('regex') name columns without spelling them.
    let compact: String = sql.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_lowercase();
    compact.replace("count(*)", "").contains('*') || compact.contains("naturaljoin") || compact.contains("columns(")
}

#[cfg(test)]
mod tests {
    use padan_model::tables;

    use super::*;

    #[test]
    fn reads_what_is_named() {
        let schema = tables::coverage().schema;
        let cases: [(&str, &[&str]); 3] = [
            ("SELECT programme, count(*) AS n FROM coverage WHERE Status = 'benar' GROUP BY programme", &["programme", "status"]),
            ("SELECT COUNT( * ) FROM coverage", &["unit"]),
            (
                "SELECT desil * 2 FROM coverage LIMIT 1",
                &[
                    "unit",
                    "unit_id",
                    "programme",
                    "period",
                    "entitled",
                    "receiving",
                    "status",
                    "certainty",
                    "probability",
                    "reasons",
                    "kode_wilayah",
                    "desil",
                ],
            ),
        ];
        for (sql, expected) in cases {
            assert_eq!(named_in(sql, &schema), expected, "{sql}");
        }
    }
}
