//! Clusters by the likelihood that their members are one entity, field by field.
//!
//! Connected components chain strangers, and the average of the pairs' weights drowns a clean record among its own corrupt copies. Here a
//! field's likelihood ratio between two clusters is the *mean over their pairs* of the pairs' ratios: the other cluster's true value is
//! one of its members', each as likely (a kernel estimate of the entity). Fields multiply as they do for a pair. The best two clusters
//! join while they are a match more likely than not; all pairs between them speak, those that blocking never made too. Two rows of a
//! duplicate-free list never share a cluster, and a person's verdict on two rows is as infinite evidence.

use crate::verdict::Verdict;

/// One field of one pair says at most this many bits for a match.
const MOST: f32 = 24.0;

/// The fields of every pair of a component: bits of (match, household) against chance, or NaN where the field is missing.
pub(crate) struct PairFields {
    rows: usize,
    fields: usize,
    bits: Vec<(f32, f32)>,
}

impl PairFields {
    /// For `rows` rows and `fields` comparisons, everything missing.
    pub(crate) fn new(rows: usize, fields: usize) -> Self {
        Self { rows, fields, bits: vec![(f32::NAN, f32::NAN); rows * rows.saturating_sub(1) / 2 * fields] }
    }

    /// The fields of the pair i < j.
    pub(crate) fn of(&mut self, i: usize, j: usize) -> &mut [(f32, f32)] {
        let at = triangle(self.rows, i, j) * self.fields;
        &mut self.bits[at..at + self.fields]
    }
}

/// What is added to a pair's fields: log2 of the prior odds of match and household, and the bits that a link needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prior {
    pub(crate) matched: f64,
    pub(crate) household: f64,
    pub(crate) cut: f64,
}

/// On which side of a link each row of a component stands, and what that adds to the prior.
pub(crate) struct Sides<'a> {
    /// By row: 1 on the left, 2 on the right; 0 where there are no sides.
    pub(crate) of: &'a dyn Fn(usize) -> u8,
    /// Bits added to the prior odds of a match of clusters that have no side in common, both left rows, both right rows, both of each:
    /// who has a match on the other side already has another only as often as a side holds somebody twice.
    pub(crate) bits: [f64; 4],
}

impl Sides<'_> {
    /// All rows are of one list.
    pub(crate) const NONE: Self = Self { of: &|_| 0, bits: [0.0; 4] };
}

/// One component's result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Agglomerated {
    /// By row of the component: its cluster, numbered from 0.
    pub(crate) cluster: Vec<u32>,
    /// Upper triangle, row by row (i < j): log2 odds that the two clusters, in which the pair's rows lay when these joined or at the end,
    /// are one.
    pub(crate) between: Vec<f32>,
}

/// Where the pair i < j of n stands in an upper triangle.
pub(crate) fn triangle(n: usize, i: usize, j: usize) -> usize {
    i * (2 * n - i - 1) / 2 + (j - i - 1)
}

/// Sums over the pairs between two clusters, of one field.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    matched: f32,
    household: f32,
    known: f32,
}

struct Between<'a> {
    n: usize,
    fields: usize,
    sums: Vec<Sum>,
    prior: &'a Prior,
    /// By cluster: the sides that its rows are of.
    sides: Vec<u8>,
    side_bits: [f64; 4],
}

impl Between<'_> {
    /// log2 odds, less the cut, that clusters `a` and `b` are one entity.
    fn odds(&self, a: usize, b: usize) -> f32 {
        let side_bits = self.side_bits[usize::from(self.sides[a] & self.sides[b])];
        let (mut matched, mut household) = (self.prior.matched + side_bits, self.prior.household);
        let at = triangle(self.n, a.min(b), a.max(b)) * self.fields;
        for sum in &self.sums[at..at + self.fields] {
            if sum.known > 0.0 {
                matched += f64::from((sum.matched / sum.known).log2());
                household += f64::from((sum.household / sum.known).log2());
            }
        }
        (matched - (1.0 + household.exp2()).log2() - self.prior.cut) as f32
    }

    fn add(&mut self, a: usize, b: usize, other: usize) {
        let from = triangle(self.n, b.min(other), b.max(other)) * self.fields;
        let to = triangle(self.n, a.min(other), a.max(other)) * self.fields;
        for field in 0..self.fields {
            let add = self.sums[from + field];
            let sum = &mut self.sums[to + field];
            sum.matched += add.matched;
            sum.household += add.household;
            sum.known += add.known;
        }
    }
}

/// Agglomerates the rows of `pairs`; `exclusive(i, j)` where both stand in one duplicate-free list, `judged(i, j)` what a person said of
/// them, which must hold together.
pub(crate) fn agglomerate(
    pairs: &PairFields,
    prior: &Prior,
    sides: &Sides<'_>,
    exclusive: impl Fn(usize, usize) -> bool,
    judged: impl Fn(usize, usize) -> Option<Verdict>,
) -> Agglomerated {
    let (n, fields) = (pairs.rows, pairs.fields);
    let sum = |(matched, household): &(f32, f32)| {
        if matched.is_nan() {
            Sum::default()
        } else {
            Sum { matched: matched.min(MOST).exp2(), household: household.min(MOST).exp2(), known: 1.0 }
        }
    };
    let mut between = Between { n, fields, sums: pairs.bits.iter().map(sum).collect(), prior, sides: Vec::new(), side_bits: sides.bits };
    between.sides.extend((0..n).map(|row| (sides.of)(row)));
    let mut odds = vec![f32::NEG_INFINITY; n * n];
    let mut barred = vec![false; n * n];
    for i in 0..n {
        for j in i + 1..n {
            let bits = match judged(i, j) {
                Some(Verdict::Same) => f32::INFINITY,
                Some(Verdict::Different) => f32::NEG_INFINITY,
                _ => between.odds(i, j),
            };
            odds[i * n + j] = bits;
            odds[j * n + i] = bits;
            if exclusive(i, j) {
                barred[i * n + j] = true;
                barred[j * n + i] = true;
            }
        }
    }
    let mut members: Vec<Vec<usize>> = (0..n).map(|row| vec![row]).collect();
    let mut alive: Vec<usize> = (0..n).collect();
    let mut result = vec![0.0_f32; n * n.saturating_sub(1) / 2];
    let find = |a: usize, alive: &[usize], odds: &[f32], barred: &[bool]| {
        alive
            .iter()
            .filter(|b| **b != a && !barred[a * n + **b])
            .map(|b| (odds[a * n + b], *b))
            .max_by(|x, y| x.0.total_cmp(&y.0).then(y.1.cmp(&x.1)))
    };
    // By cluster: its best partner, kept until one of the two changes.
    let mut best: Vec<Option<(f32, usize)>> = (0..n).map(|a| find(a, &alive, &odds, &barred)).collect();
    while let Some((a, (bits, b))) = alive
        .iter()
        .filter_map(|a| best[*a].map(|found| (*a, found)))
        .max_by(|x, y| x.1.0.total_cmp(&y.1.0).then(y.0.cmp(&x.0)))
        .filter(|(_, (bits, _))| *bits > 0.0)
    {
        let (a, b) = (a.min(b), a.max(b));
        for i in &members[a] {
            for j in &members[b] {
                result[triangle(n, *i.min(j), *i.max(j))] = bits;
            }
        }
        let joined = std::mem::take(&mut members[b]);
        members[a].extend(joined);
        between.sides[a] |= between.sides[b];
        alive.retain(|other| *other != b);
        for other in alive.iter().copied().filter(|other| *other != a) {
            between.add(a, b, other);
            // What a verdict decided of either is decided of both.
            let decided = [odds[a * n + other], odds[b * n + other]].into_iter().find(|bits| bits.is_infinite());
            let bits = decided.unwrap_or_else(|| between.odds(a, other));
            odds[a * n + other] = bits;
            odds[other * n + a] = bits;
            let bar = barred[a * n + other] || barred[b * n + other];
            barred[a * n + other] = bar;
            barred[other * n + a] = bar;
        }
        for other in &alive {
            let stale = *other == a
                || best[*other]
                    .is_some_and(|(bits, with)| with == a || with == b || (!barred[a * n + other] && odds[a * n + other] > bits));
            if stale {
                best[*other] = find(*other, &alive, &odds, &barred);
            }
        }
    }
    let mut cluster = vec![0; n];
    for (number, first) in alive.iter().enumerate() {
        for row in &members[*first] {
            cluster[*row] = number as u32;
        }
    }
    for (at, a) in alive.iter().enumerate() {
        for b in &alive[at + 1..] {
            for i in &members[*a] {
                for j in &members[*b] {
                    result[triangle(n, *i.min(j), *i.max(j))] = odds[a * n + b];
                }
            }
        }
    }
    Agglomerated { cluster, between: result }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVEN: Prior = Prior { matched: 0.0, household: -99.0, cut: 0.0 };

    fn pairs(n: usize, weight: impl Fn(usize, usize) -> f32) -> PairFields {
        let mut pairs = PairFields::new(n, 1);
        for i in 0..n {
            for j in i + 1..n {
                pairs.of(i, j)[0] = (weight(i, j), -9.0);
            }
        }
        pairs
    }

    #[test]
    fn a_look_alike_of_one_member_does_not_join_two_families() {
        // 0 1 2 are one person, 3 4 5 another; 2 and 3 look somewhat alike.
        let found = agglomerate(
            &pairs(6, |i, j| {
                if i / 3 == j / 3 {
                    9.0
                } else if (i, j) == (2, 3) {
                    2.0
                } else {
                    -8.0
                }
            }),
            &EVEN,
            &Sides::NONE,
            |_, _| false,
            |_, _| None,
        );
        assert_eq!(found.cluster, [0, 0, 0, 1, 1, 1]);
        assert!(found.between[triangle(6, 2, 3)] < 0.0);
        assert!(found.between[triangle(6, 0, 2)] > 0.0);
    }

    #[test]
    fn a_duplicate_free_list_is_not_chained() {
        let found = agglomerate(&pairs(3, |_, _| 9.0), &EVEN, &Sides::NONE, |i, j| (i, j) == (0, 1), |_, _| None);
        assert_ne!(found.cluster[0], found.cluster[1]);
    }

    #[test]
    fn verdicts_decide_what_follows_from_them() {
        // 0 and 1 look alike and are different; 2 looks like neither and is the same as 1; 3 looks like 0 and 1.
        let weight = |i: usize, j: usize| if (i, j) == (1, 2) || i == 2 || j == 2 { -9.0 } else { 9.0 - j as f32 };
        let found = agglomerate(
            &pairs(4, weight),
            &EVEN,
            &Sides::NONE,
            |_, _| false,
            |i, j| match (i, j) {
                (0, 1 | 2) => Some(Verdict::Different),
                (1, 2) => Some(Verdict::Same),
                _ => None,
            },
        );
        assert_eq!(found.cluster[1], found.cluster[2]);
        assert_ne!(found.cluster[0], found.cluster[1]);
        assert!(found.between[triangle(4, 1, 2)] > f32::MAX);
        assert!(found.between[triangle(4, 0, 2)] < f32::MIN);
        // Wherever 3 goes, it is not between the two.
        assert_eq!(
            found.cluster.iter().filter(|cluster| **cluster == found.cluster[3]).count(),
            if found.cluster[3] == found.cluster[0] { 2 } else { 3 }
        );
    }

    #[test]
    fn who_has_a_match_has_no_other_where_nobody_stands_twice() {
        // 0 and 1 on the left, 2 and 3 on the right, are two twins: each is more like himself than like the other.
        let weight = |i: usize, j: usize| if (i, j) == (0, 2) || (i, j) == (1, 3) { 15.0 } else { 3.0 };
        let of = |sides: &Sides<'_>| agglomerate(&pairs(4, weight), &EVEN, sides, |_, _| false, |_, _| None).cluster;
        let side = |row: usize| if row < 2 { 1 } else { 2 };
        assert_eq!(of(&Sides { of: &side, bits: [0.0; 4] }), [0, 0, 0, 0]);
        assert_eq!(of(&Sides { of: &side, bits: [0.0, -2.0, -6.0, -6.0] }), [0, 1, 0, 1]);
    }

    #[test]
    fn a_corrupt_copy_joins_the_clean_ones() {
        // Row 3 agrees on each of two fields with other members of 0 1 2, never on both with one.
        let mut pairs = PairFields::new(4, 2);
        for i in 0..4 {
            for j in i + 1..4 {
                let bits = if j < 3 {
                    [8.0, 8.0]
                } else if i == 0 {
                    [8.0, -9.0]
                } else {
                    [-9.0, 8.0]
                };
                for (field, bits) in pairs.of(i, j).iter_mut().zip(bits) {
                    *field = (bits, -9.0);
                }
            }
        }
        let found = agglomerate(&pairs, &EVEN, &Sides::NONE, |_, _| false, |_, _| None);
        assert_eq!(found.cluster, [0, 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn joins_as_the_plain_way_does(weights in proptest::collection::vec(-15_i32..15, 28)) {
            let n = 8;
            let weight = |i: usize, j: usize| weights[triangle(n, i, j)] as f32 + triangle(n, i, j) as f32 / 100.0;
            let found = agglomerate(&pairs(n, weight), &EVEN, &Sides::NONE, |_, _| false, |_, _| None);
            let mut clusters: Vec<Vec<usize>> = (0..n).map(|row| vec![row]).collect();
            loop {
                let mut top: Option<(f64, usize, usize)> = None;
                for a in 0..clusters.len() {
                    for b in a + 1..clusters.len() {
                        let all: Vec<f64> = clusters[a]
                            .iter()
                            .flat_map(|i| clusters[b].iter().map(move |j| (*i.min(j), *i.max(j))))
                            .map(|(i, j)| f64::from(weight(i, j)).exp2())
                            .collect();
                        let mean = (all.iter().sum::<f64>() / all.len() as f64).log2();
                        if top.is_none_or(|(bits, ..)| mean > bits) {
                            top = Some((mean, a, b));
                        }
                    }
                }
                match top {
                    Some((bits, a, b)) if bits > 0.0 => {
                        let joined = clusters.remove(b);
                        clusters[a].extend(joined);
                    }
                    _ => break,
                }
            }
            for i in 0..n {
                for j in i + 1..n {
                    let together = clusters.iter().any(|cluster| cluster.contains(&i) && cluster.contains(&j));
                    prop_assert_eq!(found.cluster[i] == found.cluster[j], together);
                }
            }
        }
    }
}
