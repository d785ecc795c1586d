//! A trained model: m, u and h of every level, the priors, and the weights that follow.
//!
//! match weight = log2(prior odds) + Σ log2(m/u) + term-frequency adjustments (Fellegi & Sunter 1969; Winkler 1989 for frequencies).
//! The household class has h in place of m on personal comparisons and m on household ones, so the same pattern also says how well
//! *another member of the same family* would explain it.

use serde::{Deserialize, Serialize};

use crate::compare::SHARES_A_WORD;
use crate::pattern::{Layout, Pattern};

/// m and u of a comparison given the level of an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interaction {
    /// Index of the earlier comparison.
    pub given: usize,
    /// By its level (`missing` has the marginal): P(level | match, that level).
    pub m: Vec<Vec<f64>>,
    /// By its level: P(level | chance, that level).
    pub u: Vec<Vec<f64>>,
    /// Whether the matches showed it, not the model's file: m then depends on no more than whether the earlier one agrees whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub learned: bool,
}

/// What was learned of one comparison. All lists run over its levels; the first is `missing` and weighs nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedComparison {
    /// Its name.
    pub name: String,
    /// Whether members of a household share the value.
    pub household: bool,
    /// Whether frequency adjusts its weight.
    pub term_frequency: bool,
    /// Level names.
    pub levels: Vec<String>,
    /// P(level | match, not missing).
    pub m: Vec<f64>,
    /// P(level | chance, not missing).
    pub u: Vec<f64>,
    /// P(level | two people of one household, not missing).
    pub h: Vec<f64>,
    /// What m and u are given the level of another comparison, where the two interact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction: Option<Interaction>,
    /// Frequency at which a level's adjustment is zero: the harmonic mean over random pairs at that level.
    pub reference_frequency: Vec<f64>,
    /// What a row itself makes of the frequency of its value, where it is one of the rows that are counted: one over the rows with a
    /// value in a task of rows among themselves, else 0. How common a value is says how many *others* have it.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub own_share: f64,
}

impl TrainedComparison {
    /// Whether it compares identifiers.
    pub(crate) fn is_identifier(&self) -> bool {
        self.levels.iter().any(|level| level == "suffix lost")
    }

    /// log2(m/u) of a level.
    pub fn weight(&self, level: usize) -> f64 {
        if level == 0 { 0.0 } else { (self.m[level] / self.u[level]).log2() }
    }

    /// log2(m/u) and log2(h/u) of a level, the comparison that this one is given standing at level `given`.
    pub(crate) fn bits(&self, level: usize, given: usize) -> (f64, f64) {
        match &self.interaction {
            Some(interaction) if level > 0 && given > 0 => {
                let matched = (interaction.m[given][level] / interaction.u[given][level]).log2();
                (matched, if self.household { matched } else { (self.h[level] / interaction.u[given][level]).log2() })
            }
            _ => (self.weight(level), self.household_weight(level)),
        }
    }

    /// log2(h/u) of a level; of a household comparison log2(m/u).
    pub fn household_weight(&self, level: usize) -> f64 {
        match level {
            0 => 0.0,
            _ if self.household => self.weight(level),
            _ => (self.h[level] / self.u[level]).log2(),
        }
    }
}

/// A trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedModel {
    /// The model file's name.
    pub name: String,
    /// Comparisons in pattern order.
    pub comparisons: Vec<TrainedComparison>,
    /// Blocking rules in order.
    pub rules: Vec<String>,
    /// Share of left rows that have a match among the reference rows; in a dedupe task the expected matches a row.
    pub match_rate: f64,
    /// Expected members of a left row's household among the reference rows, its match aside.
    pub household_rate: f64,
    /// Number of reference rows.
    pub n_reference: usize,
    /// EM iterations until the largest change of an m fell below the tolerance.
    pub iterations: usize,
    /// Whether it did within the limit.
    pub converged: bool,
    /// log2 of the likelihood of all pairs at the end, against chance alone, in bits a row.
    pub log_likelihood: f64,
    /// Random pairs that u rests on.
    pub random_pairs: u64,
    /// Household pairs that h rests on.
    pub household_pairs: u64,
    /// Whether the household class was learned from the pairs themselves, no column saying who lives together.
    #[serde(default)]
    pub latent_household: bool,
    /// Pairs known to be matches by a person's verdict, which m rests on too.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub same_verdicts: u64,
    /// Of a list against a reference: the share of its matches that some blocking rule makes, estimated without labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocking_recall: Option<f64>,
    /// Weights of the family context, `[missing, none, one, several]`; empty where it was not learned.
    pub context: Vec<f64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_nothing(share: &f64) -> bool {
    *share == 0.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// One bar of a waterfall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaterfallStep {
    /// The comparison, or `prior`.
    pub comparison: String,
    /// The level's name.
    pub level: String,
    /// log2(m/u) in bits.
    pub weight: f64,
    /// Term-frequency adjustment in bits.
    pub frequency: f64,
}

impl TrainedModel {
    /// log2(m/u) and log2(h/u) of one comparison of a pattern, frequencies aside, interactions included.
    fn bits(&self, layout: &Layout, pattern: Pattern, at: usize) -> (f64, f64) {
        let comparison = &self.comparisons[at];
        let level = usize::from(layout.get(pattern, at).0).min(comparison.levels.len() - 1);
        let given = comparison.interaction.as_ref().map(|interaction| usize::from(layout.get(pattern, interaction.given).0));
        comparison.bits(level, given.unwrap_or_default())
    }

    pub(crate) fn layout(&self) -> Option<Layout> {
        Layout::new(self.comparisons.iter().map(|comparison| comparison.term_frequency))
    }

    /// Whether the household class was learned.
    pub(crate) fn has_household(&self) -> bool {
        self.household_pairs > 0 || self.latent_household
    }

    /// Expected household pairs a left row. Where families are known a row meets a few of its own; where they are not it was learned.
    pub(crate) fn household_pair_rate(&self) -> f64 {
        match (self.household_pairs > 0, self.latent_household) {
            (true, _) => 1.0,
            (false, true) => self.household_rate,
            (false, false) => 0.0,
        }
    }

    /// Index of the level at which a comparison stands in a pattern.
    pub fn level(&self, pattern: Pattern, comparison: usize) -> u8 {
        self.layout().map_or(0, |layout| layout.get(pattern, comparison).0)
    }

    /// The same for many patterns: what reads the level of one comparison.
    pub fn level_of(&self, comparison: usize) -> impl Fn(Pattern) -> u8 + use<> {
        let layout = self.layout();
        move |pattern| layout.as_ref().map_or(0, |layout| layout.get(pattern, comparison).0)
    }

    /// log2 of prior odds that a left row matches one given reference row.
    pub fn prior_weight(&self) -> f64 {
        (self.match_rate.max(1e-9) / self.n_reference.max(1) as f64).log2()
    }

    /// Whether a unique identifier agrees whole and a name agrees too: evidence that needs no model.
    pub fn is_identified(&self, pattern: Pattern) -> bool {
        let Some(layout) = self.layout() else { return false };
        let (mut identifier, mut name) = (false, false);
        for (at, comparison) in self.comparisons.iter().enumerate().filter(|(_, comparison)| !comparison.household) {
            let level = usize::from(layout.get(pattern, at).0);
            let word = comparison.levels.get(level).map_or("", String::as_str);
            identifier |= word == "same" && comparison.is_identifier();
            name |= comparison.term_frequency && !comparison.is_identifier() && !matches!(word, "missing" | "different" | SHARES_A_WORD);
        }
        identifier && name
    }

    /// The waterfall of a published pattern: the prior, then every comparison that says something. The steps sum to the match weight,
    /// but for the family context and for whether other rows of the list have the entity already, which are no part of the pattern.
    pub fn waterfall(&self, pattern: Pattern) -> Vec<WaterfallStep> {
        let mut steps = vec![WaterfallStep {
            comparison: "prior".to_owned(),
            level: format!("1 in {}", self.n_reference),
            weight: self.prior_weight(),
            frequency: 0.0,
        }];
        let Some(layout) = self.layout() else { return steps };
        for (at, comparison) in self.comparisons.iter().enumerate() {
            let (level, frequency) = layout.get(pattern, at);
            let level = usize::from(level);
            steps.push(WaterfallStep {
                comparison: comparison.name.clone(),
                level: comparison.levels.get(level).cloned().unwrap_or_default(),
                weight: self.bits(&layout, pattern, at).0,
                frequency,
            });
        }
        steps
    }
}

/// Per pattern: log2 likelihood ratios of match and household against chance.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    layout: Layout,
    tables: Vec<LevelBits>,
}

/// The bits of one comparison's levels.
#[derive(Debug, Clone)]
struct LevelBits {
    /// The comparison that it is given.
    given: Option<usize>,
    /// By that one's level (one row where it is given none) and its own: bits of (match, household).
    table: Vec<Vec<(f64, f64)>>,
}

impl Weights {
    pub(crate) fn new(model: &TrainedModel, layout: &Layout) -> Self {
        let table = |comparison: &TrainedComparison| {
            let given = comparison.interaction.as_ref();
            let rows = given.map_or(1, |interaction| interaction.m.len());
            let row = |given: usize| (0..comparison.levels.len()).map(|level| comparison.bits(level, given)).collect();
            LevelBits { given: given.map(|interaction| interaction.given), table: (0..rows).map(row).collect() }
        };
        Self { layout: layout.clone(), tables: model.comparisons.iter().map(table).collect() }
    }

    /// (match, household) in bits of every level of one comparison, frequencies aside: by the level of the comparison that it is given
    /// (one row where it is given none), then by its own.
    pub(crate) fn table(&self, comparison: usize) -> &[Vec<(f64, f64)>] {
        &self.tables[comparison].table
    }

    /// The comparison that one is given.
    pub(crate) fn given(&self, comparison: usize) -> Option<usize> {
        self.tables[comparison].given
    }

    /// (match, household) in bits of one comparison; those that it is given must stand in the pattern.
    pub(crate) fn at(&self, comparison: usize, pattern: Pattern) -> (f64, f64) {
        let (level, frequency) = self.layout.get(pattern, comparison);
        let LevelBits { given, table } = &self.tables[comparison];
        let row = given.map_or(0, |given| usize::from(self.layout.get(pattern, given).0));
        let (matched, household) = table[row][usize::from(level)];
        (matched + frequency, household + frequency)
    }

    /// (match, household) in bits, without priors.
    pub(crate) fn of(&self, pattern: Pattern) -> (f64, f64) {
        (0..self.tables.len()).fold((0.0, 0.0), |(matched, household), at| {
            let (m, h) = self.at(at, pattern);
            (matched + m, household + h)
        })
    }
}
