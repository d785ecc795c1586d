//! Which rules to take: a greedy cover of the expected matches by the rules that find them (weighted set cover: Chvátal 1979, the guarantee of
//! ln n of the best).
//!
//! A sample shows only some of the ways in which copies differ. Of seventy matches it may be that none has a wrong birth date, and then rules
//! that all ask for the date find every one. So each match is covered as it is, and also as it would be were one of its columns wrong, or
//! two: those cases weigh little, and only a rule that asks for none of these columns finds them. A case in which nobody would know the match
//! any more, whoever finds it, needs no rule.

/// How often a column that the sample shows right is wrong elsewhere.
const UNSEEN: f64 = 0.03;
/// A rule is worth its pairs where it adds this share of the expected matches for each pair a row that it makes.
const WORTH: f64 = 0.000_01;
/// Pairs a row that are as good as free.
const FREE: f64 = 2.0;
/// Pairs a row of all rules together.
const BUDGET: f64 = 400.0;

/// A match that is expected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    pub(super) probability: f64,
    /// The rules that find it, one bit each.
    pub(super) rules: u128,
    /// The cases in which it would still be known, one bit each.
    pub(super) cases: u128,
}

/// What is known of a rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Pairs a row.
    pub(super) cost: f64,
    /// The columns that it asks for, one bit each.
    pub(super) columns: u64,
}

/// Cases of a match, one bit each of a `u128`: as it is, one column wrong, two.
#[derive(Debug)]
pub(super) struct Cases {
    /// The columns that are wrong.
    wrong: Vec<u64>,
    one: u128,
    two: u128,
}

impl Cases {
    /// All cases of so many columns, as many as there is room for.
    pub(super) fn new(columns: usize) -> Self {
        let singles = (0..columns.min(64) as u32).map(|column| 1_u64 << column);
        let doubles =
            singles.clone().flat_map(|first| singles.clone().filter(move |second| *second > first).map(move |second| first | second));
        let wrong: Vec<u64> = std::iter::once(0).chain(singles.clone()).chain(doubles).take(128).collect();
        let of =
            |count: u32| wrong.iter().enumerate().filter(|(_, wrong)| wrong.count_ones() == count).fold(0, |all, (at, _)| all | 1 << at);
        let (one, two) = (of(1), of(2));
        Self { wrong, one, two }
    }

    /// The cases of a match: as it is, and those in which it is `known` with these columns wrong.
    pub(super) fn of(&self, known: impl Fn(u64) -> bool) -> u128 {
        let is_known = |(_, wrong): &(usize, &u64)| **wrong == 0 || known(**wrong);
        self.wrong.iter().enumerate().filter(is_known).fold(0, |all, (at, _)| all | 1 << at)
    }

    /// The cases in which a rule still finds what it finds.
    fn survived(&self, rule: Candidate) -> u128 {
        self.of(|wrong| wrong & rule.columns == 0)
    }

    fn weight(&self, cases: u128) -> f64 {
        let count = |of: u128| f64::from((cases & of).count_ones());
        count(1) + UNSEEN * count(self.one) + UNSEEN * UNSEEN * count(self.two)
    }
}

/// The rules that are worth their pairs, best first, by index.
pub(super) fn cover(matches: &[Expected], rules: &[Candidate], cases: &Cases) -> Vec<usize> {
    let survived: Vec<u128> = rules.iter().map(|rule| cases.survived(*rule)).collect();
    let total: f64 = matches.iter().map(|of| of.probability).sum();
    let mut left: Vec<u128> = matches.iter().map(|of| of.cases).collect();
    let (mut chosen, mut spent): (Vec<usize>, f64) = (Vec::new(), 0.0);
    loop {
        let gain = |rule: usize| {
            let found = matches.iter().zip(&left).filter(|(of, _)| of.rules >> rule & 1 == 1);
            found.map(|(of, left)| of.probability * cases.weight(left & survived[rule])).sum::<f64>() / total.max(1e-9)
        };
        let best = (0..rules.len())
            .filter(|rule| !chosen.contains(rule) && spent + rules[*rule].cost <= BUDGET)
            .map(|rule| (gain(rule) / (FREE + rules[rule].cost), rule))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((worth, rule)) = best.filter(|(worth, _)| *worth > WORTH) else { break };
        tracing::debug!(rule, worth, cost = rules[rule].cost, "chosen");
        chosen.push(rule);
        spent += rules[rule].cost;
        for (of, left) in matches.iter().zip(&mut left) {
            if of.rules >> rule & 1 == 1 {
                *left &= !survived[rule];
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(columns: u64, cost: f64) -> Candidate {
        Candidate { cost, columns }
    }

    fn expected(probability: f64, rules: u128, cases: u128) -> Expected {
        Expected { probability, rules, cases }
    }

    #[test]
    fn a_rule_that_asks_for_other_columns_is_taken_though_the_sample_does_not_need_it() {
        // By date, by date and street, by name: all find every match.
        let rules = [rule(0b001, 0.1), rule(0b011, 0.05), rule(0b100, 0.5)];
        let cases = Cases::new(3);
        let chosen = |known: &dyn Fn(u64) -> bool| cover(&vec![expected(1.0, 0b111, cases.of(known)); 70], &rules, &cases);
        assert_eq!(chosen(&|_| true), [0, 2], "who has the date and the street finds nothing more than by the date alone");
        assert_eq!(chosen(&|wrong| wrong & 0b001 == 0), [0], "nobody knows the match without its date");
    }

    #[test]
    fn what_finds_more_for_its_pairs_comes_first_and_what_finds_nothing_never() {
        let rules = [rule(0b01, 300.0), rule(0b10, 1.0), rule(0b10, 1.0)];
        let cases = Cases::new(2);
        let matches =
            [(0.9, 0b011), (0.9, 0b011), (0.5, 0b001)].map(|(probability, rules)| expected(probability, rules, cases.of(|_| true)));
        assert_eq!(cover(&matches, &rules, &cases), [1, 0]);
        assert!(cover(&[], &rules, &cases).is_empty());
    }

    #[test]
    fn cases_are_as_many_as_there_is_room_for() {
        let cases = Cases::new(3);
        assert_eq!((cases.of(|_| true).count_ones(), cases.survived(rule(0b001, 0.0)).count_ones()), (7, 4));
        assert_eq!(Cases::new(40).of(|_| true).count_ones(), 128);
    }
}
