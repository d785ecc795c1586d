//! Joined rows → every figure of the report, for the run and for the ministry's rule alike.

use std::collections::BTreeMap;

use crate::labels::{Labelled, Row};
use crate::legacy::legacy_links;
use crate::published::Published;
use crate::trust::{ListRow, Trust};
use crate::{Clustering, Contingency, LinkScores, ListModel, Report, RowCounts, SourceReport, b_cubed, majority_person, pairwise};

/// A row with a person on both sides.
struct Compared<'a> {
    row: &'a Row,
    /// Predicted person.
    person: u32,
    /// True person.
    truth: u32,
    /// Index, among the compared rows of the registry, of the one that the ministry's rule links the row with.
    by_rule: Option<usize>,
    /// What the run published of its link, where it published links.
    published: Option<Published>,
    /// What the run's model of the list says of its rows.
    model: Option<ListModel>,
}

/// The registry's compared rows, as far as lists are judged by them.
struct Registry {
    source: usize,
    /// True person of every row.
    truth: Vec<u32>,
    /// For every predicted person the true one it stands for.
    stands_for: Vec<Option<u32>>,
    /// Whether a true person has a row.
    holds: Vec<bool>,
}

/// Computes every figure; `registry` is the index of its source, `published` is aligned with the joined rows.
pub(crate) fn measure(
    labelled: &Labelled,
    registry: usize,
    published: Option<&[Published]>,
    models: &BTreeMap<String, ListModel>,
) -> Report {
    let compare = |(at, row)| {
        let row: &Row = row;
        let published = published.map(|published| published[at]);
        let model = models.get(&labelled.sources[row.source]).copied();
        Some(Compared { row, person: row.person?, truth: row.true_person?, by_rule: None, published, model })
    };
    let mut compared: Vec<Compared> = labelled.rows.iter().enumerate().filter_map(compare).collect();
    let registry = Registry::new(&compared, registry, labelled);
    link_by_rule(&mut compared, registry.source);
    let sources = sources(labelled, &compared, &registry);
    let mut rows = RowCounts::default();
    for source in &sources {
        rows.compared += source.rows.compared;
        rows.without_person += source.rows.without_person;
        rows.only_in_records += source.rows.only_in_records;
        rows.only_in_labels += source.rows.only_in_labels;
    }
    let families = || labelled.rows.iter().filter_map(|row| Some((row.family?, row.true_family?)));
    Report {
        registry: labelled.sources[registry.source].clone(),
        rows,
        persons: clustering(compared.iter().map(|row| (row.person, row.truth))),
        persons_legacy: clustering(clusters_by_rule(&compared, &registry)),
        families: labelled.families.then(|| clustering(families())),
        trust: trust(compared.iter().filter(|row| row.row.source != registry.source), &registry),
        sources,
    }
}

impl Registry {
    fn new(compared: &[Compared], source: usize, labelled: &Labelled) -> Self {
        let rows: Vec<(u32, u32)> = compared.iter().filter(|row| row.row.source == source).map(|row| (row.person, row.truth)).collect();
        let mut holds = vec![false; labelled.true_persons];
        for (_, truth) in &rows {
            holds[*truth as usize] = true;
        }
        let stands_for = majority_person(&rows, labelled.persons);
        Self { source, truth: rows.into_iter().map(|row| row.1).collect(), stands_for, holds }
    }

    fn holds(&self, row: &Compared) -> bool {
        self.holds[row.truth as usize]
    }

    /// The true person of the registry that a list row is linked with.
    fn linked_to(&self, row: &Compared) -> Option<u32> {
        self.stands_for[row.person as usize]
    }
}

/// What the ministry's rule links every list row with; it says nothing of two rows of the registry.
fn link_by_rule(compared: &mut [Compared], registry: usize) {
    let (mut in_registry, mut in_lists) = (Vec::new(), Vec::new());
    for row in compared.iter().map(|compared| compared.row) {
        let side = if row.source == registry { &mut in_registry } else { &mut in_lists };
        side.push((row.nik, &*row.nama));
    }
    let links = legacy_links(&in_lists, &in_registry);
    let lists = compared.iter_mut().filter(|compared| compared.row.source != registry);
    lists.zip(links).for_each(|(compared, link)| compared.by_rule = link.map(|link| link.0));
}

/// Clusters of the ministry's rule with the true persons: a row joins the registry row it is linked with, others stand alone.
fn clusters_by_rule(compared: &[Compared], registry: &Registry) -> Vec<(u32, u32)> {
    // Registry rows have the numbers that the links name, rows that stand alone the ones after.
    let mut in_registry = 0..;
    let mut alone = registry.truth.len() as u32..;
    let mut cluster = |row: &Compared| match row.by_rule {
        Some(link) => link as u32,
        None if row.row.source == registry.source => in_registry.next().unwrap_or_default(),
        None => alone.next().unwrap_or_default(),
    };
    compared.iter().map(|row| (cluster(row), row.truth)).collect()
}

fn clustering(rows: impl IntoIterator<Item = (u32, u32)>) -> Clustering {
    let table = Contingency::new(rows);
    let pairs = pairwise(&table);
    Clustering {
        rows: table.rows,
        predicted_clusters: table.predicted.len() as u64,
        true_clusters: table.truth.len() as u64,
        pairs,
        pairwise: pairs.scores(),
        b_cubed: b_cubed(&table),
    }
}

/// A report for every source that either side knows, by name.
fn sources(labelled: &Labelled, compared: &[Compared], registry: &Registry) -> Vec<SourceReport> {
    let one_sided = labelled.only_in_records.iter().chain(&labelled.only_in_labels).map(|(source, _)| source);
    let mut names: Vec<&String> = labelled.sources.iter().chain(one_sided).collect();
    names.sort();
    names.dedup();
    let rows_of = |counts: &[(String, u64)], name: &str| counts.iter().find(|(source, _)| source == name).map_or(0, |(_, rows)| *rows);
    let report = |name: &String| {
        let source = labelled.sources.iter().position(|source| source == name);
        let both = source.map_or(0, |source| labelled.rows.iter().filter(|row| row.source == source).count() as u64);
        // Rows stand by source, so those of one are a slice.
        let start = source.map_or(0, |source| compared.partition_point(|row| row.row.source < source));
        let end = source.map_or(0, |source| compared.partition_point(|row| row.row.source <= source));
        let rows = &compared[start..end];
        let judged = (source != Some(registry.source) && !rows.is_empty()).then(|| judge(rows, registry));
        SourceReport {
            source: name.clone(),
            rows: RowCounts {
                compared: rows.len() as u64,
                without_person: both - rows.len() as u64,
                only_in_records: rows_of(&labelled.only_in_records, name),
                only_in_labels: rows_of(&labelled.only_in_labels, name),
            },
            in_registry: rows.iter().filter(|row| registry.holds(row)).count() as u64,
            trust: judged.and_then(|_| trust(rows.iter(), registry)),
            model: judged.map(|judged| judged.0),
            legacy: judged.map(|judged| judged.1),
            f1_difference: judged.and_then(|(model, legacy)| Some(model.scores.f1? - legacy.scores.f1?)),
        }
    };
    names.into_iter().map(report).collect()
}

/// A list's rows by the run and by the ministry's rule.
fn judge(rows: &[Compared], registry: &Registry) -> (LinkScores, LinkScores) {
    let linked_to = |row: &Compared| registry.linked_to(row);
    let by_rule = |row: &Compared| row.by_rule.map(|link| registry.truth[link]);
    let judge =
        |linked: &dyn Fn(&Compared) -> Option<u32>| LinkScores::judge(rows.iter().map(|row| (linked(row), row.truth, registry.holds(row))));
    (judge(&linked_to), judge(&by_rule))
}

/// The match probabilities of list rows; `None` where the run published none, or of no rows.
fn trust<'a>(rows: impl Iterator<Item = &'a Compared<'a>> + Clone, registry: &Registry) -> Option<Trust> {
    let measured = LinkScores::judge(rows.clone().map(|row| (registry.linked_to(row), row.truth, registry.holds(row)))).scores;
    let list_row = |row: &Compared| {
        let right = registry.linked_to(row).map(|linked_to| linked_to == row.truth);
        Some(ListRow { right, half: row.row.half, published: row.published?, model: row.model })
    };
    let mut rows = rows.map(list_row).peekable();
    rows.peek()?.as_ref()?;
    Some(Trust::new(rows.flatten(), measured))
}
