//! How many records say what.

/// One value and its support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally<T> {
    pub(super) value: T,
    pub(super) count: usize,
    /// Index of the best record that says so.
    pub(super) first: usize,
}

/// The distinct values in the order of their best record; blanks have no say.
pub(super) fn tally<T: PartialEq>(values: impl Iterator<Item = Option<T>>) -> Vec<Tally<T>> {
    let mut tallies: Vec<Tally<T>> = Vec::new();
    for (first, value) in values.enumerate() {
        let Some(value) = value else { continue };
        match tallies.iter_mut().find(|tally| tally.value == value) {
            Some(tally) => tally.count += 1,
            None => tallies.push(Tally { value, count: 1, first }),
        }
    }
    tallies
}

/// The most frequent value; of equally frequent ones the best source's. Says whether the count decided.
pub(super) fn majority<T: Copy>(tallies: &[Tally<T>]) -> Option<(Tally<T>, bool)> {
    let most = tallies.iter().map(|tally| tally.count).max()?;
    let winner = tallies.iter().find(|tally| tally.count == most)?;
    let decided = tallies.len() > 1 && tallies.iter().filter(|tally| tally.count == most).count() == 1;
    Some((*winner, decided))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_frequent_then_best_source() {
        let vote =
            |values: &[Option<char>]| majority(&tally(values.iter().copied())).map(|(tally, decided)| (tally.value, tally.first, decided));
        assert_eq!(vote(&[Some('a'), Some('b'), None, Some('b')]), Some(('b', 1, true)));
        assert_eq!(vote(&[None, Some('a'), Some('b')]), Some(('a', 1, false)));
        assert_eq!(vote(&[Some('a'), Some('a')]), Some(('a', 0, false)));
        assert_eq!(vote(&[None]), None);
    }
}
