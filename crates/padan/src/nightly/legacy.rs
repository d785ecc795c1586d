//! The ministry's rule in place of the engine, so that a run can show what it would have found and missed.

use arrow::array::{Array as _, AsArray as _};
use padan_evaluate::legacy::legacy_links;
use padan_link::Link;
use padan_model::{LinkMethod, NikStatus, Role, column};

use super::StandardSource;
use super::columns::ListedRows;
use super::passes::{Evidence, Passes};

/// Links every list with the registry by equal NIK and alike names; nothing else is joined.
pub(super) fn link(sources: &[StandardSource], listed: &ListedRows) -> Passes {
    let mut passes = Passes::alone(listed.len());
    let Some(registry) = sources.iter().position(|source| source.profile.role == Role::Registry) else { return passes };
    let reference = identities(&sources[registry]);
    for (at, source) in sources.iter().enumerate() {
        if matches!(source.profile.role, Role::Registry | Role::RegistryFamily) {
            continue;
        }
        let links = legacy_links(&identities(source), &reference);
        for (row, link) in listed.range(at).zip(links) {
            let Some((found, similarity)) = link else { continue };
            let right = (listed.range(registry).start + found) as u32;
            let link = Link { left: row as u32, right, pattern: 0, rule: 0, weight: 0.0, probability: similarity };
            passes.entity[row] = right.min(row as u32);
            passes.evidence[row] = Some(Evidence { link, model: u16::MAX });
            passes.method[row] = LinkMethod::Identifier;
        }
    }
    passes
}

/// NIK and name of each row.
fn identities(source: &StandardSource) -> Vec<(Option<u64>, &str)> {
    let mut identities = Vec::new();
    for batch in &source.batches {
        let text = |name: &str| batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
        let (nik, status, nama) = (text(column::NIK), text(column::NIK_STATUS), text(column::NAMA));
        for at in 0..batch.num_rows() {
            let value = |array: Option<&'_ _>| array.and_then(|array: &arrow::array::StringArray| array.is_valid(at).then_some(at));
            let exact = status
                .filter(|_| value(status).is_some())
                .is_some_and(|status| matches!(NikStatus::from_word(status.value(at)), Some(NikStatus::Valid | NikStatus::Shared)));
            let number = nik.filter(|_| exact && value(nik).is_some()).and_then(|nik| nik.value(at).parse().ok());
            identities.push((number, nama.filter(|_| value(nama).is_some()).map_or("", |nama| nama.value(at))));
        }
    }
    identities
}
