//! What a run costs, a row: every figure of the forecast stands here, and the command that measures it.
//!
//! ```sh
//! for persons in 200000 1000000; do
//!     padan synth --persons $persons --seed 1 --out extracts-$persons
//!     padan plan pipelines/nightly.toml --input extracts-$persons --threads 2 --json > plan-$persons.json
//!     padan run  pipelines/nightly.toml --input extracts-$persons --threads 2 --output out-$persons --json > run-$persons.json
//! done
//! ```
//!
//! `stages` of the two files say side by side what was expected and what was held (`peak_memory_bytes`, the most since the start, after each
//! stage) and the seconds; `du` of `out-*/.padan-*` during the run and of `out-*/.state` and `out-*/tables` after it the disk. `pairs` of the
//! run, divided by its rows, are `PAIRS`. Of two runs of different sizes the rates a row and the constants follow as slope and intercept; a figure is rounded so
//! that the forecast lies up to a fifth above what was measured, never below: a run that is refused can be given more, one that is killed
//! has lost the night. Last measured: 2 cores, 200,000 and 1,000,000 persons (818,244 and 4,052,297 rows of 17 extracts); seconds of
//! ingest, link and publish with 5,000,000 (20,117,069 rows), of visits with these and with 20,000,000.

use crate::nightly::groups;

/// The program itself: its tables of regions and names, the buffers of its readers.
const PROGRAM: u64 = 145 << 20;
/// A source while it is read: a row group being encoded, batches under way.
const SOURCE: u64 = 120 << 20;
/// A row of it: its NIK, until it is known which are shared, in a table that grows by doubling.
const SOURCE_ROW: u64 = 75;
/// The engine without rows: what is learned from, what a batch compares.
const ENGINE: u64 = 100 << 20;
/// A row of a list while it is encoded: ids of its values, its share of the distinct ones.
const ENCODED_ROW: u64 = 190;
/// A row of the registry: the same, laid out for comparing, and its blocking keys.
const REGISTRY_ROW: u64 = 1_080;
/// A row of the longest list while it is linked: its candidates.
const CANDIDATE_ROW: u64 = 170;
/// A row of the longest list when what several territories say of it is weighed.
const WEIGHED_ROW: u64 = 160;
/// A row of a list under the ministry's rule: NIK and name.
const LEGACY_ROW: u64 = 100;
/// Any row from the link on: what is known of it and what was decided.
const DECIDED_ROW: u64 = 52;
/// A row of a part that is reconciled, with what is made of it.
const PART_ROW: u64 = 1_200;
/// A table that is merged of its parts and encoded.
const TABLE: u64 = 160 << 20;

/// A row in the temporary folder, and in the tables.
const TEMPORARY_ROW: u64 = 240;
const TABLES_ROW: u64 = 100;
/// A row as it is staged: in the temporary folder, or in the state where the next night is to find it.
const STAGED_ROW: u64 = 62;
/// A row of a list as it was linked, in the state.
const LINKED_ROW: u64 = 55;

/// Microseconds of one thread a row: read and standardized, linked, reconciled, published.
const INGEST_MICROS: f64 = 14.0;
const LINK_MICROS: f64 = 23.0;
const RECONCILE_MICROS: f64 = 8.0;
const PUBLISH_MICROS: f64 = 7.0;
/// Where the registry has several territories: a row of it, when visitors come; and a list's row, of which one in twenty visits, by other territory.
const VISITED_MICROS: f64 = 12.0;
const VISITING_MICROS: f64 = 1.2;
/// Seconds of one thread to learn a list's model.
const LEARN_SECONDS: f64 = 1.5;

/// Candidate pairs of the shipped model's blocking rules, by 1,000 rows of all sources.
const PAIRS: [(&str, u64); 25] = [
    ("nik", 605),
    ("no_kk", 536),
    ("tanggal_lahir + nama", 143),
    ("nik 12", 9),
    ("nik 10 akhir + nama", 6),
    ("desa + nama lengkap", 245),
    ("desa + nama", 1_882),
    ("desa + salah ketik", 526),
    ("rt + huruf awal", 810),
    ("jalan + huruf awal", 220),
    ("dusun + awal nama", 668),
    ("rt + akhir nama", 350),
    ("desa + pasangan", 39),
    ("desa + akhir nama", 541),
    ("kecamatan + nama lengkap", 2),
    ("tanggal_lahir + kecamatan", 15),
    ("kab + dua nama", 290),
    ("kab + nama lengkap + tahun", 1),
    ("nama lengkap + tahun", 191),
    ("nik ibu", 1),
    ("nik ayah", 1),
    ("nama + ibu", 259),
    ("nama + ayah", 222),
    ("nama + pasangan", 51),
    ("dua nama", 1_209),
];

/// What the cost of a run depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Rows of each source, the most first.
    pub(super) sources: Vec<u64>,
    /// Rows of the registry.
    pub(super) registry: u64,
    /// Rows of it that are linked at once, at most.
    pub(super) registry_at_once: u64,
    /// Rows of each list that is linked, in the order of sources.
    pub(super) lists: Vec<u64>,
    /// Rows of a part.
    pub(super) part: u64,
    /// Whether a model links, not the ministry's rule.
    pub(super) modelled: bool,
    /// Rows of the sources that an earlier night has read, as it seems.
    pub(super) reused: u64,
    /// Rows of each list that an earlier night has linked, as it seems.
    pub(super) reused_lists: Vec<u64>,
}

impl Extent {
    /// Rows of all sources.
    pub(super) fn rows(&self) -> u64 {
        self.sources.iter().sum()
    }

    /// Territories in which the registry is linked.
    pub(super) fn territories(&self) -> u64 {
        if self.modelled { self.registry.div_ceil(self.registry_at_once.max(1)).max(1) } else { 1 }
    }

    fn longest_list(&self) -> u64 {
        self.lists.iter().copied().max().unwrap_or(0)
    }

    /// Bytes held while so many sources are read at once.
    pub(super) fn ingest(&self, sources: usize) -> u64 {
        PROGRAM + self.sources.iter().take(sources).map(|rows| SOURCE + SOURCE_ROW * rows).sum::<u64>()
    }

    /// Lists that are encoded together, by their places among the lists, where so many rows may be.
    pub(super) fn groups(&self, list_rows: usize) -> Vec<Vec<usize>> {
        let list_rows = if self.modelled { list_rows } else { 0 };
        groups(self.lists.iter().map(|rows| rows.div_ceil(self.territories()) as usize).enumerate(), list_rows)
    }

    /// Bytes held while lists are linked, so many rows of them encoded together.
    pub(super) fn link(&self, list_rows: usize) -> u64 {
        let engine = if self.modelled {
            let territories = self.territories();
            let rows = |group: &Vec<usize>| group.iter().map(|list| self.lists[*list]).sum::<u64>();
            let widest = self.groups(list_rows).iter().map(rows).max().unwrap_or(0);
            let linked = widest * ENCODED_ROW + self.registry * REGISTRY_ROW + self.longest_list() * CANDIDATE_ROW;
            let weighed = if territories > 1 { self.longest_list() * WEIGHED_ROW } else { 0 };
            ENGINE + (linked / territories).max(weighed)
        } else {
            (self.registry + self.longest_list()) * LEGACY_ROW
        };
        PROGRAM + self.rows() * DECIDED_ROW + engine
    }

    /// Bytes held while so many parts are reconciled at once.
    pub(super) fn reconcile(&self, parts: usize) -> u64 {
        PROGRAM + self.rows() * DECIDED_ROW + parts as u64 * self.part * PART_ROW
    }

    /// Bytes held while so many tables are written at once.
    pub(super) fn publish(&self, tables: usize) -> u64 {
        PROGRAM + self.rows() * DECIDED_ROW + tables as u64 * TABLE
    }

    /// Bytes of the temporary folder, of a run that leaves a state or one that does not.
    pub(super) fn temporary(&self, state: bool) -> u64 {
        self.rows() * (TEMPORARY_ROW - if state { STAGED_ROW } else { 0 })
    }

    /// Bytes that the run adds to the state. That all lists are linked anew is counted on: which are not is known only when it is tried.
    pub(super) fn state(&self) -> u64 {
        (self.rows() - self.reused) * STAGED_ROW + self.lists.iter().sum::<u64>() * LINKED_ROW
    }

    /// Bytes of the tables.
    pub(super) fn tables(&self) -> u64 {
        self.rows() * TABLES_ROW
    }

    /// Seconds of one thread to look for rows in territories where they are not at home.
    fn visits(&self) -> f64 {
        let others = self.territories() - 1;
        let visiting = self.lists.iter().sum::<u64>() as f64 * others as f64 * VISITING_MICROS;
        if others > 0 { (self.registry as f64 * VISITED_MICROS + visiting) * 1e-6 } else { 0.0 }
    }

    /// Seconds of a stage with so many threads.
    pub(super) fn seconds(&self, stage: &str, threads: usize) -> f64 {
        let (rows, micros, more) = match stage {
            "ingest" => (self.rows() - self.reused, INGEST_MICROS, 0.0),
            "link" if self.modelled => {
                let lists = self.lists.len() - self.reused_lists.len();
                (self.rows() - self.reused_lists.iter().sum::<u64>(), LINK_MICROS, LEARN_SECONDS * lists as f64 + self.visits())
            }
            "link" | "publish" => (self.rows(), PUBLISH_MICROS, 0.0),
            _ => (self.rows(), RECONCILE_MICROS, 0.0),
        };
        (rows as f64 * micros * 1e-6 + more) / threads.max(1) as f64
    }

    /// Candidate pairs of a blocking rule; `None` of one that the shipped model does not have.
    pub(super) fn pairs(&self, rule: &str) -> Option<u64> {
        PAIRS.iter().find(|(name, _)| *name == rule).map(|(_, pairs)| self.rows() * pairs / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nightly::GROUP_ROWS;

    /// The generated extracts of so many thousand persons: rows as `synth --seed 1` makes them.
    fn generated(thousands: u64) -> Extent {
        let rows = |a_thousand: u64| a_thousand * thousands;
        let lists = [927, 365, 345, 330, 318, 308, 62, 58, 54, 37, 12];
        let sources = [vec![949, 287], lists.to_vec()].concat();
        let mut sources: Vec<u64> = sources.into_iter().map(rows).collect();
        sources.sort_unstable_by_key(|rows| std::cmp::Reverse(*rows));
        Extent {
            registry: rows(949),
            registry_at_once: u64::MAX,
            lists: lists.map(rows).to_vec(),
            part: 250_000,
            modelled: true,
            sources,
            reused: 0,
            reused_lists: Vec::new(),
        }
    }

    /// The most memory of each stage in MiB, two threads, as measured; every stage from what the one before left.
    #[test]
    fn the_forecast_lies_a_little_above_what_was_measured() {
        let expected: [(u64, &str, u64, u64); 8] = [
            (200, "ingest", generated(200).ingest(2), 388),
            (200, "link", generated(200).link(GROUP_ROWS), 552),
            (200, "reconcile", generated(200).reconcile(2), 653),
            (1_000, "ingest", generated(1_000).ingest(2), 465),
            (1_000, "link", generated(1_000).link(GROUP_ROWS), 2_039),
            (1_000, "link, a list at a time", generated(1_000).link(0), 1_717),
            (1_000, "reconcile", generated(1_000).reconcile(2), 860),
            (5_000, "link", generated(5_000).link(GROUP_ROWS), 6_924),
        ];
        for (thousands, stage, expected, measured) in expected {
            let share = expected as f64 / (measured << 20) as f64;
            let told = expected >> 20;
            assert!((1.0..1.2).contains(&share), "{thousands},000 persons, {stage}: {told} MiB expected, {measured} measured");
        }
    }

    #[test]
    fn a_longer_list_costs_more_and_more_at_once_costs_more() {
        let (less, more) = (generated(200), generated(1_000));
        assert!(less.link(GROUP_ROWS) < more.link(GROUP_ROWS) && more.link(0) < more.link(GROUP_ROWS));
        assert!(less.temporary(false) < more.temporary(false) && less.tables() < more.tables());
        assert!(more.ingest(1) < more.ingest(2) && more.reconcile(1) < more.reconcile(2) && more.publish(1) < more.publish(2));
        for stage in ["ingest", "link", "reconcile", "publish"] {
            assert!(less.seconds(stage, 2) < more.seconds(stage, 2) && more.seconds(stage, 2) < more.seconds(stage, 1), "{stage}");
        }
        let second = Extent { reused: more.rows() / 2, reused_lists: more.lists[1..].to_vec(), ..more.clone() };
        for (stage, is_less) in [("ingest", true), ("link", true), ("reconcile", false), ("publish", false)] {
            assert_eq!(second.seconds(stage, 2) < more.seconds(stage, 2), is_less, "{stage} of what an earlier night has left");
        }
        assert!(second.state() < more.state() && more.temporary(true) < more.temporary(false));
        let seven = Extent { registry_at_once: more.registry.div_ceil(7), ..more.clone() };
        assert_eq!(seven.territories(), 7);
        assert!(seven.seconds("link", 2) > 1.2 * more.seconds("link", 2) && seven.link(GROUP_ROWS) < more.link(GROUP_ROWS));
        let legacy = Extent { modelled: false, ..more.clone() };
        assert!(legacy.link(0) < more.link(0));
        assert_eq!((more.pairs("nik"), more.pairs("a rule of one's own")), (Some(more.rows() * 605 / 1000), None));
    }
}
