//! One compiled step: sets of letters as bits, rules by the letter that they begin with.

/// A set of ASCII letters; bit 0 is the token's edge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Set(pub(super) u128);

/// The token's edge as an element of a context.
pub(super) const EDGE: u8 = 0;

impl Set {
    pub(super) fn has(self, byte: u8) -> bool {
        self.0 >> (byte & 127) & 1 == 1
    }

    pub(super) fn with(self, byte: u8) -> Self {
        Self(self.0 | 1 << (byte & 127))
    }
}

/// An element of a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) set: Set,
    /// Whether it stands for any number of letters, none included.
    pub(super) many: bool,
}

/// `target > replacement / left _ right`.
#[derive(Debug, Clone, Default)]
pub(super) struct Rule {
    pub(super) target: Vec<Set>,
    pub(super) replacement: Vec<u8>,
    /// Elements before the target, the nearest first.
    pub(super) left: Vec<Element>,
    /// Elements after it.
    pub(super) right: Vec<Element>,
}

/// One pass over a token.
#[derive(Debug, Clone, Default)]
pub(super) struct Step {
    pub(super) only_if: Vec<Vec<Element>>,
    pub(super) unless: Vec<Vec<Element>>,
    pub(super) min_length: usize,
    pub(super) squeeze: Set,
    pub(super) rules: Vec<Rule>,
    /// By letter: the rules whose target may begin with it, in order.
    pub(super) by_letter: Vec<Vec<u16>>,
}

/// Whether the elements match the letters that `letter` gives for 0, 1, …; behind the last one stands the edge, once.
fn matches(elements: &[Element], letter: &impl Fn(usize) -> Option<u8>, at: usize) -> bool {
    let Some((element, rest)) = elements.split_first() else { return true };
    let here = letter(at);
    if element.many {
        return matches(rest, letter, at) || (here.is_some_and(|byte| element.set.has(byte)) && matches(elements, letter, at + 1));
    }
    let behind = here.is_none() && at > 0 && letter(at - 1).is_none();
    !behind && element.set.has(here.unwrap_or(EDGE)) && matches(rest, letter, at + 1)
}

/// Whether the elements match the letters from `start` on.
fn matches_from(elements: &[Element], word: &[u8], start: usize) -> bool {
    matches(elements, &|at| word.get(start + at).copied(), 0)
}

/// Whether the elements, the nearest first, match the letters before `end`.
fn matches_before(elements: &[Element], word: &[u8], end: usize) -> bool {
    matches(elements, &|at| end.checked_sub(at + 1).map(|at| word[at]), 0)
}

/// Whether a context stands anywhere in the token.
fn occurs(context: &[Element], word: &[u8]) -> bool {
    // An edge in front stands before the first letter only.
    let rest = context.get(1..).unwrap_or_default();
    let at_start = context.first().is_some_and(|element| element.set.has(EDGE)) && matches_from(rest, word, 0);
    at_start || (0..word.len()).any(|at| matches_from(context, word, at))
}

impl Step {
    /// Whether the step is run on the token; `length` is that of the token as it came in.
    pub(super) fn applies(&self, word: &[u8], length: usize) -> bool {
        length >= self.min_length
            && (self.only_if.is_empty() || self.only_if.iter().any(|context| occurs(context, word)))
            && !self.unless.iter().any(|context| occurs(context, word))
    }

    /// Appends the rewritten token to `out`.
    pub(super) fn rewrite(&self, word: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        while at < word.len() {
            let rules = self.by_letter.get(usize::from(word[at])).map_or(&[][..], Vec::as_slice);
            let found = rules.iter().map(|rule| &self.rules[usize::from(*rule)]).find(|rule| rule.matches(word, at));
            let (written, length) = found.map_or((&word[at..=at], 1), |rule| (rule.replacement.as_slice(), rule.target.len()));
            for byte in written {
                if out.last() != Some(byte) || !self.squeeze.has(*byte) {
                    out.push(*byte);
                }
            }
            at += length;
        }
    }
}

impl Rule {
    fn matches(&self, word: &[u8], at: usize) -> bool {
        let end = at + self.target.len();
        end <= word.len()
            && self.target.iter().zip(&word[at..]).all(|(set, byte)| set.has(*byte))
            && matches_from(&self.right, word, end)
            && matches_before(&self.left, word, at)
    }
}
