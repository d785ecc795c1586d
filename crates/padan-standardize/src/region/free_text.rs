//! A region in one line of free text: `DSN KRAJAN DS. SUKAMAJU KEC. CILODONG KAB. BOGOR JAWA BARAT`, or only `SUKAMAJU, CILODONG`.
//!
//! Read from the right: the longest ending that is a province, before it a kab/kota, a kecamatan, a desa; any of them may be missing, level words
//! help and are not needed. The reading that explains most levels and then most words wins. The trap: half the villages of the country
//! share their name with a street or a person, so one bare name is never taken for a region; two that fit each other are.

use padan_model::KodeWilayah;

use super::by_name;
use super::index::{COUNTRY, Candidate, Index};
use super::spelling::{LEVELS, Level, level_word, spelling_of_words};

/// A word or number of an address, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The word.
    pub text: &'a str,
    /// Whether a comma or something cut out stands before it: no name goes across.
    pub breaks: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Regions that the text may mean, in code order.
    pub candidates: Vec<KodeWilayah>,
    /// The first piece that belongs to the region's names.
    pub start: usize,
}

/// Longest name, in words ("Ogan Komering Ulu Selatan", "Matang Glumpang Dua Mns Timu").
const LONGEST: usize = 5;
/// Pieces looked at, from the right.
const WINDOW: usize = 24;

/// Finds the region of an address; none where fewer than two levels agree and no level word names one.
fn find_in(pieces: &[Piece<'_>], fuzzy: bool) -> Option<Reading> {
    let reader = Reader { index: Index::shipped(), pieces, fuzzy };
    let end = trimmed_end(pieces);
    let reading = reader.read(end, 0, &[COUNTRY]);
    let trusted = reading.levels >= 2 || (reading.levels == 1 && reading.marked > 0);
    trusted.then_some(reading)
}

/// See [`find_in`]: first as written, then with typing errors where that goes deeper.
pub(super) fn find(pieces: &[Piece<'_>]) -> Option<Found> {
    let offset = pieces.len().saturating_sub(WINDOW);
    let window = &pieces[offset..];
    let exact = find_in(window, false);
    let deep = |reading: &Reading| reading.beam.iter().any(|candidate| matches!(candidate.place, Some((Level::Desa, _))));
    let reading = match exact {
        Some(reading) if deep(&reading) => reading,
        shallow => match (find_in(window, true), shallow) {
            (Some(fuzzy), Some(shallow)) if fuzzy.levels <= shallow.levels => shallow,
            (Some(fuzzy), _) => fuzzy,
            (None, shallow) => shallow?,
        },
    };
    let candidates = by_name::best(Index::shipped(), &reading.beam);
    (!candidates.is_empty()).then_some(Found { candidates, start: reading.start + offset })
}

/// A reading of the end of a text.
#[derive(Debug, Clone)]
struct Reading {
    levels: usize,
    marked: usize,
    words: usize,
    cost: usize,
    start: usize,
    beam: Vec<Candidate>,
}

impl Reading {
    /// More levels, fewer typing errors, more words, more level words.
    fn rank(&self) -> (usize, std::cmp::Reverse<usize>, usize, usize) {
        (self.levels, std::cmp::Reverse(self.cost), self.words, self.marked)
    }
}

/// Pieces without a postal code or INDONESIA at the end.
fn trimmed_end(pieces: &[Piece<'_>]) -> usize {
    let mut end = pieces.len();
    while end > 0
        && (pieces[end - 1].text == "INDONESIA"
            || (pieces[end - 1].text.len() == 5 && pieces[end - 1].text.bytes().all(|byte| byte.is_ascii_digit())))
    {
        end -= 1;
    }
    end
}

struct Reader<'a> {
    index: &'static Index,
    pieces: &'a [Piece<'a>],
    fuzzy: bool,
}

impl Reader<'_> {
    /// The best reading of `pieces[..end]` whose uppermost level is `depth`.
    fn read(&self, end: usize, depth: usize, beam: &[Candidate]) -> Reading {
        let cost = beam.iter().map(|candidate| candidate.cost).min().unwrap_or(0);
        let nothing = Reading { levels: 0, marked: 0, words: 0, cost, start: end, beam: beam.to_vec() };
        let Some(level) = LEVELS.get(depth).copied() else { return nothing };
        let mut best = self.read(end, depth + 1, beam);
        let mut words: Vec<&str> = Vec::with_capacity(LONGEST);
        for length in 1..=LONGEST.min(end) {
            let at = end - length;
            let word = self.pieces[at].text;
            // KOTA may be part of a name (KOTA BARU, PASAR KOTA); other level words end it.
            if level_word(word).is_some() && word != "KOTA" {
                break;
            }
            words.insert(0, word);
            if let Some(reading) = self.name(at, depth, level, &words, beam)
                && reading.rank() > best.rank()
            {
                best = reading;
            }
            if self.pieces[at].breaks {
                break;
            }
        }
        best
    }

    /// The reading in which `words`, from `at` on, name a region of `level`.
    fn name(&self, at: usize, depth: usize, level: Level, words: &[&str], beam: &[Candidate]) -> Option<Reading> {
        let before = at.checked_sub(1).filter(|_| !self.pieces[at].breaks).map(|before| self.pieces[before].text);
        let announced = before.and_then(level_word);
        if announced.is_some_and(|announced| announced != level) {
            return None;
        }
        let mut named: Vec<&str> = Vec::with_capacity(words.len() + 1);
        named.extend(before.filter(|_| announced.is_some()));
        named.extend(words);
        let spelling = spelling_of_words(&named, level);
        if spelling.key.len() < 3 && level != Level::Provinsi {
            return None;
        }
        let found = if self.fuzzy && (announced.is_some() || beam != [COUNTRY]) && spelling.key.len() >= 5 {
            by_name::find(self.index, beam, level, &spelling)
        } else {
            let found = self.index.exact(beam, level, &spelling.key);
            let kind = spelling.kind;
            let of_kind: Vec<Candidate> = found
                .iter()
                .copied()
                .filter(|c| kind.is_none() || c.place.is_some_and(|(l, at)| self.index.node(l, at).kind == kind))
                .collect();
            if of_kind.is_empty() { found } else { of_kind }
        };
        if found.is_empty() {
            return None;
        }
        let marked = usize::from(announced.is_some());
        let rest = self.read(at - marked, depth + 1, &found);
        Some(Reading { levels: rest.levels + 1, marked: rest.marked + marked, words: rest.words + words.len(), ..rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (String, String) {
        let mut breaks = true;
        let mut pieces = Vec::new();
        for word in text.split(' ') {
            let bare = word.trim_end_matches([',', '.']);
            pieces.push(Piece { text: bare, breaks });
            breaks = word.ends_with(',');
        }
        let Some(found) = find(&pieces) else { return (String::new(), String::new()) };
        let codes: Vec<String> = found.candidates.iter().map(ToString::to_string).collect();
        (codes.join(" "), pieces[..found.start].iter().map(|piece| piece.text).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn lines_with_and_without_level_words() {
        for (text, code, rest) in [
            ("DSN KRAJAN DS. PABUARAN KEC. CIBINONG KAB. BOGOR JAWA BARAT", "3201011012", "DSN KRAJAN"),
            ("DSN KRAJAN KEL. PABUARAN KEC. CIBINONG KAB. BOGOR PROV. JAWA BARAT", "3201011012", "DSN KRAJAN"),
            ("JL MELATI PABUARAN CIBINONG BOGOR JAWA BARAT", "3201011012", "JL MELATI"),
            ("JL MELATI, PABUARAN, CIBINONG, BOGOR", "3201011012", "JL MELATI"),
            ("SUKAMAJU, CILODONG", "3276081001", ""),
            ("KRAJAN SUKAMAJU CILODONG KOTA DEPOK 16415", "3276081001", "KRAJAN"),
            ("DS. PABUARAN KEC. CIBINONG", "3201011012", ""),
            ("DS. PABUARN KEC. CIBINONNG KAB. BOGOR", "3201011012", ""),
            ("KEC. CILODONG", "327608", ""),
            ("JL SUDIRMAN", "", ""),
            ("TEBET BARAT TEBET JAKARTA SELATAN DKI JAKARTA", "3174011002", ""),
            ("", "", ""),
        ] {
            assert_eq!(check(text), (code.to_owned(), rest.to_owned()), "{text}");
        }
    }
}
