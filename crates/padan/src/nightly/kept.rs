//! What the engine found, kept for the next night: a pass whose rows and model are the same as an earlier night's is not made again.
//!
//! The name of an entry holds the hash of all that its pass depends on: the program, the model, the registry, the rows that it links, and of the
//! passes before it what they decided. Rows are counted as the engine counts them, so that a list's entry holds whatever other lists there
//! are. An outcome comes back to the bit: numbers with a fraction are stored as their bits.
//!
//! Layout: length of the rest of the head in eight bytes, the head as JSON, the probabilities by row, the links; all little-endian.

use anyhow::Context as _;
use padan_link::{Blocked, Outcome, TrainedModel};
use serde::{Deserialize, Serialize};

use super::StandardSource;
use super::ledger::{LINK_BYTES, link_from_bytes, link_to_bytes};
use super::places::Span;
use crate::run::text_hash;
use crate::state::{State, read_sealed, write_sealed};

/// Digits of the hash in a name.
const DIGITS: usize = 32;

/// Outcomes of nights before, and the place for those of this one.
pub(crate) struct Kept<'a> {
    state: &'a State,
    /// By source: what its records follow from.
    keys: &'a [String],
    /// What every pass depends on.
    basis: String,
}

impl<'a> Kept<'a> {
    /// For sources whose records follow from `keys`, linked by this program with this model, so many registry rows at once.
    pub(crate) fn new(
        state: &'a State,
        sources: &[StandardSource],
        keys: &'a [String],
        (binary, model, division): (&str, &str, usize),
    ) -> Self {
        let registry = Span::registry(sources);
        let registry = registry.iter().map(|span| ("registry", keys[span.source].as_str()));
        let division = division.to_string();
        let basis = text_hash([("binary", binary), ("model", model), ("registry-at-once", &division)].into_iter().chain(registry));
        Self { state, keys, basis }
    }

    /// The entry of a territory's registry rows among themselves, taught by a list, or of those before it beside them.
    pub(super) fn of_registry(&self, teacher: Option<usize>, pass: &str) -> String {
        self.name(pass, teacher.map_or("", |teacher| &self.keys[teacher]), "")
    }

    /// The entry of rows of a list against the registry, some of whose rows are one person.
    pub(super) fn of_list(&self, list: usize, joins: &str, pass: &str) -> String {
        self.name(pass, &self.keys[list], joins)
    }

    /// The entry of what stays over of lists, each by its own entries.
    pub(super) fn of_residue(&self, lists: &[String], pass: &str) -> String {
        self.name(pass, &text_hash(lists.iter().map(|list| ("list", list.as_str()))), "")
    }

    fn name(&self, pass: &str, rows: &str, joins: &str) -> String {
        let hash = text_hash([("basis", self.basis.as_str()), ("pass", pass), ("rows", rows), ("joins", joins)]);
        format!("linked-{}", &hash[..DIGITS])
    }

    /// What an earlier night found; a damaged entry is told and as good as none.
    pub(super) fn find(&self, name: &str) -> Option<Outcome> {
        let entry = self.state.find(name)?;
        let outcome = read_sealed(&entry).and_then(|bytes| read(&bytes).with_context(|| format!("{} is no outcome", entry.display())));
        outcome.inspect_err(|error| tracing::warn!("a pass is linked again: {error:#}")).ok()
    }

    /// Keeps what was found.
    pub(super) fn keep(&self, name: &str, outcome: &Outcome) -> anyhow::Result<()> {
        let draft = self.state.draft_file(name);
        write_sealed(&draft, &written(outcome)?)?;
        self.state.keep(&draft, name).map(|_| ())
    }
}

/// What of an outcome does not come by row.
#[derive(Serialize, Deserialize)]
struct Head {
    trained: TrainedModel,
    pairs: u64,
    pairs_of_rules: Vec<u64>,
    suppressed: Vec<(String, u64)>,
    barren: Vec<(String, u64)>,
    matched: usize,
}

pub(super) fn written(outcome: &Outcome) -> anyhow::Result<Vec<u8>> {
    let named = |blocked: &[Blocked]| blocked.iter().map(|blocked| (blocked.rule.clone(), blocked.pairs)).collect();
    let head = serde_json::to_vec(&Head {
        trained: outcome.trained.clone(),
        pairs: outcome.pairs,
        pairs_of_rules: outcome.pairs_of_rules.clone(),
        suppressed: named(&outcome.suppressed),
        barren: named(&outcome.barren),
        matched: outcome.matched.len(),
    })?;
    let mut bytes = Vec::with_capacity(8 + head.len() + outcome.matched.len() * 8 + outcome.links.len() * LINK_BYTES);
    bytes.extend((head.len() as u64).to_le_bytes());
    bytes.extend(head);
    bytes.extend(outcome.matched.iter().flat_map(|probability| probability.to_le_bytes()));
    bytes.extend(outcome.links.iter().flat_map(link_to_bytes));
    Ok(bytes)
}

pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Outcome> {
    let short = || anyhow::anyhow!("it is too short");
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(short)?;
    let (head, rest) = rest.split_at_checked(u64::from_le_bytes(*length) as usize).ok_or_else(short)?;
    let Head { trained, pairs, pairs_of_rules, suppressed, barren, matched } = serde_json::from_slice(head)?;
    let (matched, links) = rest.split_at_checked(matched * 8).ok_or_else(short)?;
    let (matched, _) = matched.as_chunks::<8>();
    let (links, []) = links.as_chunks::<LINK_BYTES>() else { anyhow::bail!("it ends within a link") };
    let blocked = |named: Vec<(String, u64)>| named.into_iter().map(|(rule, pairs)| Blocked { rule, pairs }).collect();
    Ok(Outcome {
        trained,
        links: links.iter().map(link_from_bytes).collect(),
        matched: matched.iter().map(|probability| f64::from_le_bytes(*probability)).collect(),
        pairs,
        pairs_of_rules,
        suppressed: blocked(suppressed),
        barren: blocked(barren),
    })
}

#[cfg(test)]
mod tests {
    use padan_link::{Link, TrainedComparison};

    use super::*;

    /// Fractions that a text of a few digits would round.
    const ODD: [f64; 4] = [0.1 + 0.2, 1.0 / 3.0, 5e-324, -1.797_693_134_862_315_7e308];

    fn outcome() -> Outcome {
        let comparison = TrainedComparison {
            name: "nama".into(),
            household: false,
            term_frequency: true,
            levels: vec!["missing".into(), "same".into()],
            m: ODD.to_vec(),
            u: (0..200).map(|at| 1.0 / f64::from(at + 3)).collect(),
            h: vec![0.7],
            interaction: None,
            reference_frequency: vec![2e-7],
            own_share: 0.0,
        };
        let trained = TrainedModel {
            name: "nightly".into(),
            comparisons: vec![comparison],
            rules: vec!["nik".into()],
            match_rate: 0.123_456_789_012_345_68,
            household_rate: 0.01,
            n_reference: 7,
            iterations: 3,
            converged: true,
            log_likelihood: -17.1,
            random_pairs: 250_000,
            household_pairs: 50,
            latent_household: false,
            same_verdicts: 0,
            blocking_recall: Some(0.987_654_321_098_765_4),
            context: vec![0.0, -1.25, 0.3, 2.0],
        };
        let link = |left: u32| Link { left, right: left + 5, pattern: 1 << 100 | 7, rule: 3, weight: ODD[1], probability: ODD[0] };
        let blocked = |rule: &str, pairs| vec![Blocked { rule: rule.into(), pairs }];
        Outcome {
            trained,
            links: vec![link(0), link(3)],
            matched: ODD.to_vec(),
            pairs: 12,
            pairs_of_rules: vec![12],
            suppressed: blocked("nik", 4),
            barren: blocked("dua nama", 9),
        }
    }

    #[test]
    fn an_outcome_comes_back_to_the_bit() {
        let outcome = outcome();
        let again = read(&written(&outcome).expect("written")).expect("read");
        assert_eq!(format!("{again:?}"), format!("{outcome:?}"));
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<u64>>();
        assert_eq!(bits(&again.matched), bits(&outcome.matched));
        let [learned, before] = [&again, &outcome].map(|outcome| outcome.trained.comparisons[0].clone());
        assert_eq!((bits(&learned.m), bits(&learned.u)), (bits(&before.m), bits(&before.u)));
    }

    #[test]
    fn half_an_outcome_is_none() {
        let whole = written(&outcome()).expect("written");
        for length in [0, 7, 8, 100, whole.len() - 1] {
            assert!(read(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
        }
    }
}
