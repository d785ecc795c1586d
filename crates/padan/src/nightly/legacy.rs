//! The ministry's rule in place of the engine, so that a run can show what it would have found and missed.

use std::path::Path;

use arrow::array::{Array as _, AsArray as _, StringArray};
use padan_evaluate::legacy::legacy_links;
use padan_link::{Link, Texts};
use padan_model::{NikStatus, Role, column};

use super::StandardSource;
use super::columns::ListedRows;
use super::group::lists;
use super::ledger::Evidence;
use super::passes::Passes;

/// Links every list with the registry by equal NIK and alike names; nothing else is joined.
pub(super) fn link(sources: &[StandardSource], listed: &ListedRows, work: &Path) -> anyhow::Result<Passes> {
    let mut passes = Passes::alone(listed.len(), work);
    let Some(registry) = sources.iter().position(|source| source.profile.role == Role::Registry) else { return Ok(passes) };
    let reference = Identities::of(&sources[registry])?;
    for at in lists(sources) {
        let identities = Identities::of(&sources[at])?;
        let links = legacy_links(&identities.pairs(), &reference.pairs());
        let mut accepted = Vec::new();
        for (row, link) in listed.range(at).zip(links) {
            let Some((found, similarity)) = link else { continue };
            let right = (listed.range(registry).start + found) as u32;
            let link = Link { left: row as u32, right, pattern: 0, rule: 0, weight: 0.0, probability: similarity };
            let evidence = Evidence { link, model: u16::MAX };
            passes.accept(evidence);
            accepted.push(evidence);
        }
        passes.ledger.file(at, accepted.into_iter())?;
    }
    Ok(passes)
}

/// NIK and name of each row.
#[derive(Default)]
struct Identities {
    niks: Vec<Option<u64>>,
    names: Texts,
}

impl Identities {
    fn of(source: &StandardSource) -> anyhow::Result<Self> {
        let mut identities = Self::default();
        for batch in source.staged.batches(Some(&[column::NIK, column::NIK_STATUS, column::NAMA]))? {
            let batch = batch?;
            let text = |name: &str| batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
            let (nik, status, nama) = (text(column::NIK), text(column::NIK_STATUS), text(column::NAMA));
            let value = |array: Option<&'_ StringArray>, at: usize| {
                array.filter(|array| array.is_valid(at)).map(|array| array.value(at).to_owned())
            };
            for at in 0..batch.num_rows() {
                let status = value(status, at).and_then(|status| NikStatus::from_word(&status));
                let exact = matches!(status, Some(NikStatus::Valid | NikStatus::Shared));
                identities.niks.push(value(nik, at).filter(|_| exact).and_then(|nik| nik.parse().ok()));
                identities.names.push(&value(nama, at).unwrap_or_default());
            }
        }
        Ok(identities)
    }

    fn pairs(&self) -> Vec<(Option<u64>, &str)> {
        self.niks.iter().copied().zip(self.names.iter()).collect()
    }
}
