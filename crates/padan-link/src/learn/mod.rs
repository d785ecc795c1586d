//! Learning without labels: u from random pairs, m by EM on pattern counts, h from the households of sure matches.
//!
//! EM (Dempster, Laird & Rubin 1977; Winkler 1988) runs over the blocked pairs with u and h held fixed and the priors counted against
//! *all* pairs of the two sides: blocking loses matches by the percent, not by the factor, so neither m nor the prior needs a
//! correction for it. Where the reference holds everyone once, the candidates of a row compete in the E-step. Sums run in the order of patterns or rows, never of threads.

mod chance;
mod errors;
mod households;
mod product;

use rayon::prelude::*;

use crate::compare::{Agreement, Comparator};
use crate::hash::FixedMap;
use crate::pattern::{Layout, Pattern};
use crate::records::NULL_ID;
use crate::trained::{Interaction, TrainedComparison, TrainedModel, Weights};

pub(crate) use chance::RandomPairs;
pub(crate) use errors::start_learned;
pub(crate) use households::{LENT, LENT_BITS, household, start_latent_household};
use households::{NameAlone, PRIOR_HOUSEHOLD, latent_start};
use product::Product;

/// Weight of the starting m, in matches: holds a level that a small list never shows above zero.
const PRIOR_MATCHES: f64 = 8.0;
/// EM stops when no m moves by more than this, or after `MAX_ITERATIONS`.
const TOLERANCE: f64 = 1e-5;
const MAX_ITERATIONS: usize = 200;

/// Counts of one comparison's levels over a sample.
#[derive(Debug, Clone)]
struct LevelCounts {
    count: Vec<u64>,
    inverse_frequency: Vec<f64>,
}

impl LevelCounts {
    fn new(levels: usize) -> Self {
        Self { count: vec![0; levels], inverse_frequency: vec![0.0; levels] }
    }

    fn add(&mut self, agreement: Agreement) {
        self.count[usize::from(agreement.level)] += 1;
        if agreement.frequency > 0.0 {
            self.inverse_frequency[usize::from(agreement.level)] += 1.0 / f64::from(agreement.frequency);
        }
    }

    fn merge(mut self, other: &Self) -> Self {
        for level in 0..self.count.len() {
            self.count[level] += other.count[level];
            self.inverse_frequency[level] += other.inverse_frequency[level];
        }
        self
    }
}

/// Pairs counted in one go; the chunks' sums merge in order.
const CHUNK: u64 = 20_000;
/// Rows whose expectations are summed in one go.
const ROWS_CHUNK: usize = 1_500;
/// An agreement of strangers less often than this says one person.
const RARE_BY_CHANCE: f64 = 0.0005;
/// Members of a household have such an agreement this often at most, where nobody has told who they are.
const SHARED_BY_MEMBERS: f64 = 0.06;
/// Members of a household share one of these, twins their birth date, a son his father's name. A pair that shares two is this often of
/// two members.
const SHARED_TWICE: f64 = 0.01;
/// Weight of the marginal in an interaction, in pairs.
const PRIOR_INTERACTION: f64 = 20.0;

fn count_pairs(comparators: &[&dyn Comparator], pairs: u64, pair: impl Fn(u64) -> Option<(u32, u32)> + Sync) -> Vec<LevelCounts> {
    let empty = || comparators.iter().map(|comparator| LevelCounts::new(comparator.levels().len())).collect::<Vec<_>>();
    let chunks: Vec<Vec<LevelCounts>> = (0..pairs.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut counts = empty();
            for at in chunk * CHUNK..((chunk + 1) * CHUNK).min(pairs) {
                if let Some((left, right)) = pair(at) {
                    for (comparator, counts) in comparators.iter().zip(&mut counts) {
                        counts.add(comparator.compare(left, right));
                    }
                }
            }
            counts
        })
        .collect();
    // Chunks merge in order: a float sum depends on it.
    chunks.iter().fold(empty(), |sum, chunk| sum.into_iter().zip(chunk).map(|(a, b)| a.merge(b)).collect())
}

/// What a comparator brings to learning.
pub(crate) struct Described<'a> {
    pub(crate) name: String,
    pub(crate) household: bool,
    pub(crate) term_frequency: bool,
    pub(crate) identifier: bool,
    /// Index of the comparison that this one is given.
    pub(crate) given: Option<usize>,
    /// Blocking rules that ask for its columns: on these the candidates agree, so it tells little of them.
    pub(crate) blocked_by: usize,
    pub(crate) comparator: &'a dyn Comparator,
}

/// Levels, starting m, and u from random pairs; h starts near u.
pub(crate) fn chance(
    name: &str,
    described: &[Described<'_>],
    rules: Vec<String>,
    left: &[u32],
    right: &[u32],
    seed: u64,
) -> (TrainedModel, RandomPairs) {
    let random = RandomPairs::draw(described, left, right, seed);
    let comparisons = described
        .iter()
        .map(|described| {
            let levels = described.comparator.levels();
            let start = described.comparator.start();
            let total: f64 = start.iter().sum();
            let mut m = vec![0.0];
            m.extend(start.iter().map(|share| share / total));
            TrainedComparison {
                name: described.name.clone(),
                household: described.household,
                term_frequency: described.term_frequency,
                m,
                h: vec![0.0; levels.len()],
                interaction: described.given.map(|given| Interaction { given, m: Vec::new(), u: Vec::new(), learned: false }),
                u: vec![0.0; levels.len()],
                reference_frequency: vec![1.0; levels.len()],
                own_share: 0.0,
                levels,
            }
        })
        .collect();
    let mut model = TrainedModel {
        name: name.to_owned(),
        comparisons,
        rules,
        match_rate: 0.5,
        household_rate: 0.5,
        n_reference: right.len(),
        iterations: 0,
        converged: false,
        log_likelihood: 0.0,
        random_pairs: random.pairs,
        household_pairs: 0,
        latent_household: false,
        same_verdicts: 0,
        blocking_recall: None,
        context: Vec::new(),
    };
    start_interactions(&mut model);
    random.set_chance(&mut model, false);
    for comparison in &mut model.comparisons {
        comparison.h = comparison.u.clone();
    }
    (model, random)
}

/// Interactions start at the marginals.
fn start_interactions(model: &mut TrainedModel) {
    let sizes: Vec<usize> = model.comparisons.iter().map(|comparison| comparison.levels.len()).collect();
    for comparison in &mut model.comparisons {
        if let Some(interaction) = &mut comparison.interaction {
            interaction.m = vec![comparison.m.clone(); sizes[interaction.given]];
            interaction.u = vec![comparison.u.clone(); sizes[interaction.given]];
        }
    }
}

/// Shares of a comparison's levels for each level of the one that it is given, drawn to the marginal by `PRIOR_INTERACTION` pairs.
pub(crate) fn conditional(sums: &[Vec<f64>], marginal: &[f64]) -> Vec<Vec<f64>> {
    let of_given = |sums: &Vec<f64>| {
        let known: f64 = sums[1..].iter().sum();
        let share = |(sum, marginal): (&f64, &f64)| ((sum + PRIOR_INTERACTION * marginal) / (known + PRIOR_INTERACTION)).max(1e-12);
        std::iter::once(0.0).chain(sums[1..].iter().zip(&marginal[1..]).map(share)).collect()
    };
    sums.iter().map(of_given).collect()
}

/// The blocked pairs of the sampled rows, as agreement patterns.
pub(crate) struct Blocked {
    /// Distinct patterns.
    patterns: Vec<Counted>,
    /// Distinct levels of the patterns, those of one after those of the other.
    levels: Vec<u8>,
    /// Per row: its candidates' patterns, by index, and their households, members of one side by side.
    rows: Vec<Vec<(u32, u32)>>,
    /// Patterns of pairs that are known to be matches, whichever rows they are of.
    known: Vec<Pattern>,
    /// Whether a row has one match at most.
    compete: bool,
}

/// A distinct pattern: its levels weigh alike in all patterns that have them, so they are weighed once.
struct Counted {
    /// Index of its levels.
    levels: u32,
    /// What the rarity of all agreeing values adds in bits, and as odds; and that of the personal comparisons' alone.
    odds: f64,
    personal: f64,
}

impl Blocked {
    /// From each row's patterns.
    pub(crate) fn new(
        rows: &[Vec<(u32, Pattern)>],
        (described, layout): (&[Described<'_>], &Layout),
        group: Option<&[u32]>,
        compete: bool,
    ) -> Self {
        let mut pairs: Vec<(Pattern, u32)> = rows.iter().flatten().zip(0..).map(|((_, pattern), at)| (*pattern, at)).collect();
        pairs.par_sort_unstable();
        // By pair: its pattern's index. Patterns of the same levels get one index of levels.
        let mut index = vec![0_u32; pairs.len()];
        let (mut patterns, mut levels, mut known) = (Vec::new(), Vec::new(), FixedMap::default());
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
            for (_, at) in same {
                index[*at as usize] = patterns.len() as u32;
            }
            let of_pattern: Vec<(u8, f64)> = (0..described.len()).map(|at| layout.get(same[0].0, at)).collect();
            let next = known.len() as u32;
            let of_levels = *known.entry(of_pattern.iter().fold(0_u128, |all, (level, _)| all << 4 | u128::from(*level))).or_insert(next);
            if of_levels == next {
                levels.extend(of_pattern.iter().map(|(level, _)| *level));
            }
            let bits =
                of_pattern.iter().zip(described).map(|((_, bits), described)| (*bits, if described.household { 0.0 } else { *bits }));
            let (all, personal) = bits.fold((0.0, 0.0), |(all, personal), (bits, own)| (all + bits, personal + own));
            patterns.push(Counted { levels: of_levels, odds: f64::exp2(all), personal });
        }
        let household = |right: u32| group.map_or(NULL_ID, |group| group[right as usize]);
        let mut index = index.into_iter();
        let mut rows: Vec<Vec<(u32, u32)>> =
            rows.iter().map(|row| row.iter().zip(&mut index).map(|((right, _), pattern)| (pattern, household(*right))).collect()).collect();
        rows.par_iter_mut().for_each(|row| row.sort_unstable_by_key(|(pattern, household)| (*household, *pattern)));
        Self { patterns, levels, rows, known: Vec::new(), compete }
    }

    /// The same beside known matches: each counts as one in m, as a labelled pair does in semi-supervised EM (Nigam, McCallum, Thrun and
    /// Mitchell 2000), and draws the classes to what the labels mean.
    pub(crate) fn with_known(self, known: Vec<Pattern>) -> Self {
        Self { known, ..self }
    }

    /// Expected matches and household pairs by pattern. `odds` are those of (match, household) against chance, `lent` what another
    /// member of a candidate's household explains, in bits (0 below what counts), `unmatched` the share of rows without match.
    fn expect(&self, odds: &[(f64, f64)], lent: &[f64], unmatched: f64) -> Expected {
        // Chunks of rows, whose sums merge in order.
        let of_chunks: Vec<Expected> = self.rows.par_chunks(ROWS_CHUNK).map(|rows| self.expect_of(rows, odds, lent, unmatched)).collect();
        of_chunks.into_iter().fold(Expected::nothing(odds.len()), |mut all, of_chunk| {
            all.matched.iter_mut().zip(of_chunk.matched).for_each(|(sum, of)| *sum += of);
            all.household.iter_mut().zip(of_chunk.household).for_each(|(sum, of)| *sum += of);
            all.bits += of_chunk.bits;
            all
        })
    }

    /// Distinct levels of the patterns, with what is expected of each.
    fn with_levels<'s>(&'s self, expected: &'s [f64], size: usize) -> impl Iterator<Item = (&'s [u8], f64)> {
        self.levels.chunks_exact(size).zip(expected.iter().copied())
    }

    /// Sums over patterns as sums over levels.
    fn by_levels(&self, of_patterns: &[f64], size: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.levels.len() / size];
        for (pattern, of_pattern) in self.patterns.iter().zip(of_patterns) {
            sums[pattern.levels as usize] += of_pattern;
        }
        sums
    }

    fn expect_of(&self, rows: &[Vec<(u32, u32)>], odds: &[(f64, f64)], lent: &[f64], unmatched: f64) -> Expected {
        let Expected { mut matched, mut household, .. } = Expected::nothing(odds.len());
        let mut likelihood = Product::default();
        let mut of_row: Vec<(f64, f64)> = Vec::new();
        for row in rows {
            of_row.clear();
            if self.compete {
                // Exactly one candidate is the row's match, or none; without that, namesakes of one village all pass for matches. Each is
                // weighed against being of the household. Its household's other members explain theirs, where it is known who they are.
                for members in row.chunk_by(|a, b| a.1 == b.1 && a.1 != NULL_ID) {
                    let [most, next] =
                        if members.len() > 1 { greatest_two(members.iter().map(|(at, _)| lent[*at as usize])) } else { [0.0; 2] };
                    of_row.extend(members.iter().map(|(at, _)| {
                        let (m, h) = odds[*at as usize];
                        // The housemate that explains most; most candidates' explain nothing.
                        let lent = match if lent[*at as usize] < most { most } else { next } {
                            0.0 => 1.0,
                            bits => f64::exp2(bits),
                        };
                        likelihood.times(1.0 + h * lent);
                        (m * lent / (1.0 + h * lent), h * lent / (1.0 + h * lent))
                    }));
                }
                let total = unmatched.max(1e-3) + of_row.iter().map(|(m, _)| m).sum::<f64>();
                likelihood.times(total);
                for (m, h) in &mut of_row {
                    *m /= total;
                    *h *= 1.0 - *m;
                }
            } else {
                of_row.extend(row.iter().map(|(at, _)| odds[*at as usize]).map(|(m, h)| {
                    let total = 1.0 + m + h;
                    likelihood.times(total);
                    (m / total, h / total)
                }));
            }
            for ((at, _), (m, h)) in row.iter().zip(&of_row) {
                matched[*at as usize] += m;
                household[*at as usize] += h;
            }
        }
        Expected { matched, household, bits: likelihood.log2() }
    }
}

/// What EM expects of the patterns.
struct Expected {
    /// Matches, by pattern.
    matched: Vec<f64>,
    /// Household pairs, by pattern.
    household: Vec<f64>,
    /// log2 of the likelihood of the pairs that were made, against chance.
    bits: f64,
}

impl Expected {
    fn nothing(patterns: usize) -> Self {
        Self { matched: vec![0.0; patterns], household: vec![0.0; patterns], bits: 0.0 }
    }
}

/// The greatest value and the next, which is as great where two share it; 0 where there is none.
fn greatest_two(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([0.0; 2], |[most, next], value| if value > most { [value, most] } else { [most, next.max(value)] })
}

/// What a pattern's levels say, the rarity of values aside: odds of match and household against chance, and the bits by which the personal
/// ones speak for a household.
struct LevelOdds {
    matched: f64,
    household: f64,
    personal: f64,
}

impl LevelOdds {
    fn new(weights: &Weights, model: &TrainedModel, levels: &[u8]) -> Self {
        let (mut matched, mut household, mut personal) = (0.0, 0.0, 0.0);
        let mut rare = 0;
        for (at, comparison) in model.comparisons.iter().enumerate() {
            let given = weights.given(at).map_or(0, |given| usize::from(levels[given]));
            let (m, h) = weights.table(at)[given][usize::from(levels[at])];
            matched += m;
            household += h;
            personal += if comparison.household { 0.0 } else { h };
            let level = usize::from(levels[at]);
            let follows = comparison.interaction.as_ref().is_some_and(|interaction| !interaction.learned);
            let own = !comparison.household && !follows && level > 0;
            rare += u32::from(own && comparison.u[level] < RARE_BY_CHANCE && comparison.m[level] > comparison.u[level]);
        }
        // Else the class takes the matches of those who moved.
        if model.latent_household && rare > 1 {
            household += SHARED_TWICE.log2();
        }
        Self { matched: f64::exp2(matched), household: f64::exp2(household), personal }
    }
}

/// Where the m of a comparison starts and what holds it there.
pub(crate) struct Start {
    /// Its m before the first pair.
    pub(crate) m: Vec<f64>,
    /// Share of the matches that it counts as, at least.
    pub(crate) doubt: f64,
}

/// Expectation–maximisation of m and the priors over the counts of patterns; u and h stay as they are. The answer is the matches expected at
/// the end, by distinct levels of the patterns.
pub(crate) fn expectation_maximisation(model: &mut TrainedModel, layout: &Layout, blocked: &Blocked, starts: &[Start]) -> Vec<f64> {
    let per_pair = 1.0 / model.n_reference.max(1) as f64;
    let rows = blocked.rows.len().max(1) as f64;
    let most = if blocked.compete { 0.999 } else { 50.0 };
    let size = model.comparisons.len();
    let levels_of = |pattern: &Pattern| (0..size).map(|at| layout.get(*pattern, at).0).collect::<Vec<u8>>();
    let known_levels: Vec<u8> = blocked.known.iter().flat_map(levels_of).collect();
    let with_household = model.household_pairs > 0 || model.latent_household;
    let start_household: Vec<Vec<f64>> = model.comparisons.iter().map(latent_start).collect();
    let name_alone = NameAlone::of(model).filter(|_| !blocked.compete);
    let (mut matched, mut household) = (
        model.match_rate.min(most),
        match (with_household, model.latent_household || blocked.compete) {
            (false, _) => 0.0,
            (true, false) => 1.0,
            (true, true) => model.household_rate,
        },
    );
    let rates = |sum: f64, most: f64| (sum / rows).clamp(1e-6, most);
    let mut matches_of_levels = Vec::new();
    for iteration in 1..=MAX_ITERATIONS {
        let weights = Weights::new(model, layout);
        let of_levels: Vec<LevelOdds> = blocked.levels.par_chunks(size).map(|levels| LevelOdds::new(&weights, model, levels)).collect();
        let odds: Vec<(f64, f64)> = blocked
            .patterns
            .iter()
            .map(|pattern| (&of_levels[pattern.levels as usize], pattern.odds * per_pair))
            .map(|(levels, odds)| (matched * odds * levels.matched, household * odds * levels.household))
            .collect();
        let lent: Vec<f64> = blocked
            .patterns
            .iter()
            .map(|pattern| if with_household { of_levels[pattern.levels as usize].personal + pattern.personal } else { 0.0 })
            .map(|bits| if bits >= LENT_BITS { bits } else { 0.0 })
            .collect();
        let Expected { matched: of_patterns, household: household_of_patterns, bits } = blocked.expect(&odds, &lent, 1.0 - matched);
        // Pairs that were not made are strangers, of which there are the fewer the more the rates expect of the others.
        let strangers = (if blocked.compete { household } else { matched + household }) * std::f64::consts::LOG2_E;
        let (expected, expected_household) = (blocked.by_levels(&of_patterns, size), blocked.by_levels(&household_of_patterns, size));
        let known = known_levels.chunks_exact(size).map(|levels| (levels, 1.0));
        let matches = || blocked.with_levels(&expected, size).chain(known.clone());
        // How far the m of a comparison moves; each sums by itself, in the order of levels.
        let learned = |(at, (comparison, start)): (usize, (&mut TrainedComparison, &Start))| {
            let mut moved: f64 = 0.0;
            let mut sums = vec![0.0; comparison.levels.len()];
            for (levels, posterior) in matches() {
                sums[usize::from(levels[at])] += posterior;
            }
            if let Some(interaction) = &mut comparison.interaction {
                let mut joint = vec![vec![0.0; comparison.levels.len()]; interaction.m.len()];
                for (levels, posterior) in matches() {
                    joint[usize::from(levels[interaction.given])][usize::from(levels[at])] += posterior;
                }
                let m = if interaction.learned { errors::learned(&joint, &comparison.m) } else { conditional(&joint, &comparison.m) };
                let of_given: Vec<f64> = joint.iter().map(|of_level| of_level.iter().sum()).collect();
                let all: f64 = of_given.iter().sum::<f64>().max(1.0);
                for ((old, new), share) in interaction.m.iter().zip(&m).zip(&of_given).filter(|_| interaction.learned) {
                    let most = old.iter().zip(new).map(|(old, new)| (old - new).abs()).fold(0.0, f64::max);
                    moved = moved.max(most * share / all);
                }
                interaction.m = m;
            }
            let known: f64 = sums[1..].iter().sum();
            let held = PRIOR_MATCHES.max(start.doubt * known);
            let mut learned: Vec<f64> = sums.iter().zip(&start.m).map(|(sum, start)| (sum + held * start) / (known + held)).collect();
            if let Some(alone) = name_alone.as_ref().filter(|alone| alone.comparison == at) {
                alone.hold(&mut learned);
            }
            for (old, m) in comparison.m.iter_mut().zip(learned).skip(1) {
                moved = moved.max((m - *old).abs());
                *old = m.max(1e-9);
            }
            moved
        };
        let mut moved = model.comparisons.par_iter_mut().zip(starts).enumerate().map(learned).reduce(|| 0.0, f64::max);
        if model.latent_household {
            for (at, (comparison, start)) in model.comparisons.iter_mut().zip(&start_household).enumerate() {
                if comparison.household {
                    comparison.h.clone_from(&comparison.m);
                    continue;
                }
                let mut sums = vec![0.0; comparison.levels.len()];
                for (levels, posterior) in blocked.with_levels(&expected_household, size) {
                    sums[usize::from(levels[at])] += posterior;
                }
                let known: f64 = sums[1..].iter().sum();
                for level in 1..comparison.levels.len() {
                    let h = (sums[level] + PRIOR_HOUSEHOLD * start[level]) / (known + PRIOR_HOUSEHOLD);
                    // Where rows do not compete, copies tell twins from the person.
                    let is_rare = blocked.compete && comparison.u[level] < RARE_BY_CHANCE;
                    let h = if is_rare { h.min(SHARED_BY_MEMBERS.max(comparison.u[level])) } else { h };
                    moved = moved.max((h - comparison.h[level]).abs());
                    comparison.h[level] = h.max(1e-9);
                }
            }
        }
        matched = rates(expected.iter().sum(), most);
        if with_household && (model.latent_household || blocked.compete) {
            household = rates(expected_household.iter().sum(), 50.0);
        }
        model.iterations = iteration;
        model.converged = moved < TOLERANCE;
        if model.converged || iteration == MAX_ITERATIONS {
            model.log_likelihood = bits / rows - strangers;
            matches_of_levels = expected;
            break;
        }
    }
    model.match_rate = matched;
    if model.latent_household {
        model.household_rate = household;
    }
    matches_of_levels
}

/// Learns m from pairs that are known to be matches, such as a reviewer's verdicts or rows that share a unique identifier; the m that EM
/// found counts as `PRIOR_MATCHES` matches. Comparisons by the identifier itself keep theirs (`except`).
pub(crate) fn learn_from_matches(model: &mut TrainedModel, matches: &[Pattern], except: impl Fn(&str) -> bool) {
    let Some(layout) = model.layout() else { return };
    for (at, comparison) in model.comparisons.iter_mut().enumerate().filter(|(_, comparison)| !except(&comparison.name)) {
        let mut sums = vec![0.0; comparison.levels.len()];
        for pattern in matches {
            sums[usize::from(layout.get(*pattern, at).0)] += 1.0;
        }
        let known: f64 = sums[1..].iter().sum();
        for (m, sum) in comparison.m.iter_mut().zip(&sums).skip(1) {
            *m = ((sum + PRIOR_MATCHES * *m) / (known + PRIOR_MATCHES)).max(1e-9);
        }
    }
}
