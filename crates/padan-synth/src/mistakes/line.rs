//! How a line of a delimited file is broken: what transfers, editors and exports do to whole lines, whatever stands in their cells.
//!
//! A broken line is the same person's row, and a line torn in two is two rows of the same person: the truth counts rows as a reader
//! meets them, 1, 2, 3, …, whether it can use them or not. Which lines break is drawn from a stream of its own, so that no other line
//! is written otherwise for it.

use crate::dice::Dice;
use crate::faults::LineFaults;

/// Breaks lines of one list in one village.
#[derive(Debug)]
pub(crate) struct LineBreaker {
    faults: LineFaults,
    dice: Dice,
    /// Whole lines before the next broken one.
    whole: u64,
}

impl LineBreaker {
    /// `None` where nothing breaks.
    pub(crate) fn new(faults: LineFaults, mut dice: Dice) -> Option<Self> {
        let whole = gap(faults.any(), &mut dice)?;
        Some(Self { faults, dice, whole })
    }

    /// Breaks the line that begins at `start`, its line end included, if it is its turn; returns where its second half begins if it was
    /// torn in two. `quoted` says that every cell stands in quotes.
    pub(crate) fn line(&mut self, bytes: &mut Vec<u8>, start: usize, delimiter: u8, quoted: bool) -> Option<usize> {
        if self.whole > 0 {
            self.whole -= 1;
            return None;
        }
        self.whole = gap(self.faults.any(), &mut self.dice).unwrap_or(u64::MAX);
        let faults = &self.faults;
        let kind = self.dice.weighted(&[faults.delimiter, faults.quote, faults.torn, faults.short, faults.nul]);
        let separators = separators(&bytes[start..], delimiter);
        let middle = separators.get(separators.len() / 3 + self.dice.below(separators.len() / 3 + 1)).map(|at| start + at);
        match (kind, middle) {
            (0, Some(at)) => bytes.insert(at, delimiter),
            // A quote that nothing closes: the last one is lost, or one stands before the line, where no later line can close it.
            (1, _) if quoted => {
                bytes.remove(bytes.len() - 2);
            }
            (1, _) => bytes.insert(start, b'"'),
            (2, Some(at)) if says_something(&bytes[start..at]) && says_something(&bytes[at..]) => {
                bytes.insert(at + 1, b'\n');
                return Some(at + 2);
            }
            (3, Some(at)) => {
                bytes.truncate(at);
                bytes.push(b'\n');
            }
            (4, _) => {
                let from = start + self.dice.below(bytes.len() - start);
                let letter = bytes[from..].iter().position(u8::is_ascii_alphanumeric).map_or(start + usize::from(quoted), |at| from + at);
                bytes.insert(letter, 0);
            }
            _ => {}
        }
        None
    }
}

/// Lines until the next broken one.
fn gap(rate: f64, dice: &mut Dice) -> Option<u64> {
    (rate > 0.0).then(|| ((1.0 - dice.unit()).ln() / (1.0 - rate.min(0.999_999)).ln()) as u64)
}

/// Where delimiters stand that no quotes enclose.
fn separators(line: &[u8], delimiter: u8) -> Vec<usize> {
    let mut enclosed = false;
    let separates = |(at, byte): (usize, &u8)| {
        enclosed ^= *byte == b'"';
        (*byte == delimiter && !enclosed).then_some(at)
    };
    line.iter().enumerate().filter_map(separates).collect()
}

/// A half without a letter or digit would be a blank line, which readers do not count.
fn says_something(half: &[u8]) -> bool {
    half.iter().any(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: LineFaults = LineFaults { delimiter: 0.0, quote: 0.0, torn: 0.0, short: 0.0, nul: 0.0 };

    fn broken(faults: LineFaults, line: &str, quoted: bool) -> (String, Option<usize>) {
        let mut bytes = format!("x\n{line}\n").into_bytes();
        let mut breaker = LineBreaker::new(faults, Dice::new(1, 1, 1)).expect("something breaks");
        let second = breaker.line(&mut bytes, 2, b',', quoted);
        (String::from_utf8(bytes).expect("text"), second)
    }

    #[test]
    fn each_way_to_break() {
        let line = "1,\"a,b\",2";
        assert_eq!(broken(LineFaults { delimiter: 1.0, ..NONE }, line, false).0, "x\n1,,\"a,b\",2\n");
        assert_eq!(broken(LineFaults { quote: 1.0, ..NONE }, line, false).0, "x\n\"1,\"a,b\",2\n");
        assert_eq!(broken(LineFaults { quote: 1.0, ..NONE }, "\"1\",\"2\"", true).0, "x\n\"1\",\"2\n");
        assert_eq!(broken(LineFaults { torn: 1.0, ..NONE }, line, false), ("x\n1,\n\"a,b\",2\n".to_owned(), Some(5)));
        assert_eq!(broken(LineFaults { short: 1.0, ..NONE }, line, false).0, "x\n1\n");
        assert_eq!(broken(LineFaults { nul: 1.0, ..NONE }, "aaa,aaa", false).0.matches('\0').count(), 1);
        assert!(LineBreaker::new(NONE, Dice::new(1, 1, 1)).is_none());
    }

    #[test]
    fn as_many_lines_break_as_the_rates_say() {
        let mut breaker = LineBreaker::new(LineFaults { short: 0.01, ..NONE }, Dice::new(1, 1, 1)).expect("something breaks");
        let broken = (0..100_000).filter(|_| {
            let mut line = b"1,2,3\n".to_vec();
            breaker.line(&mut line, 0, b',', false);
            line != b"1,2,3\n"
        });
        let broken = broken.count();
        assert!((900..1_100).contains(&broken), "{broken}");
    }
}
