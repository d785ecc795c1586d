//! An address line as written → street, number, block, RT, RW and dusun.
//!
//! Region names are `region`'s: here DESA, KEL., KEC., KAB. and what follows them are left out, and so are region names that the row
//! states anyway. RT and RW are numbers, never 0. The trap: the same word may be a level or a name (JALAN KAMPUNG MELAYU), so a level word
//! right after another is part of the name.

mod rt_rw;
mod slots;
mod words;

pub use rt_rw::RtRw;
pub(crate) use slots::bare_name;

use crate::region::Piece;
use words::Token;

/// A parsed address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Street without JALAN, with GANG, LORONG, PERUM, KOMPLEK where they stand.
    pub jalan: Option<String>,
    /// Whether JALAN stood before it.
    pub is_street: bool,
    /// House number, such as `12` or `12A`.
    pub nomor: Option<String>,
    /// Block, such as `C3`.
    pub blok: Option<String>,
    /// 1 to 999.
    pub rt: Option<i16>,
    /// 1 to 999.
    pub rw: Option<i16>,
    /// Dusun, lingkungan, banjar, dukuh or kampung, without that word.
    pub dusun: Option<String>,
}

impl Address {
    /// The standard line; none where nothing is known.
    ///
    /// ```text
    /// "Jln. Melati no.12 Rt 003/Rw 013, Dsn Krajan" → JALAN MELATI NO 12 RT 3 RW 13 DUSUN KRAJAN
    /// ```
    pub fn line(&self) -> Option<String> {
        let mut line = String::with_capacity(48);
        self.write_line(self.rt, self.rw, self.dusun.as_deref(), &mut line);
        Some(line).filter(|line| !line.is_empty())
    }

    /// Adds block and house number.
    ///
    /// ```text
    /// "Perum Asri Blok C3 No. 12" → C3 12
    /// ```
    pub(crate) fn write_house(&self, line: &mut String) {
        for part in [self.blok.as_deref(), self.nomor.as_deref()].into_iter().flatten() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(part);
        }
    }

    /// Adds the standard line with this RT, RW and dusun.
    pub(crate) fn write_line(&self, rt: Option<i16>, rw: Option<i16>, dusun: Option<&str>, line: &mut String) {
        let mut push = |part: &str| {
            if !line.is_empty() && !part.is_empty() {
                line.push(' ');
            }
            line.push_str(part);
        };
        if let Some(jalan) = &self.jalan {
            push(if self.is_street { "JALAN" } else { "" });
            push(jalan);
        }
        for (label, text) in [("BLOK", self.blok.as_deref()), ("NO", self.nomor.as_deref())] {
            if let Some(text) = text {
                push(label);
                push(text);
            }
        }
        for (label, number) in [("RT", rt), ("RW", rw)] {
            if let Some(number) = number {
                push(label);
                push(&number.to_string());
            }
        }
        if let Some(dusun) = dusun {
            push("DUSUN");
            push(dusun);
        }
    }
}

/// Readings after which a line is taken as it is.
const ROUNDS: usize = 6;

/// An address line taken apart into words, its RT and RW found.
#[derive(Debug, Clone)]
pub struct Line {
    tokens: Vec<Token>,
    numbers: RtRw,
    /// Where the words after RT and RW begin; the length where nothing was found.
    after: usize,
}

impl Line {
    /// Takes a line apart.
    pub fn of(text: &str) -> Self {
        let mut tokens = words::tokens(text);
        let (numbers, after) = rt_rw::take(&mut tokens);
        Self { tokens, numbers, after }
    }

    /// Words and numbers for the search of a region, from token `from` on, with the token that each is.
    pub fn pieces(&self, from: usize) -> (Vec<Piece<'_>>, Vec<usize>) {
        let mut pieces = Vec::with_capacity(self.tokens.len());
        let mut places = Vec::with_capacity(self.tokens.len());
        let mut breaks = true;
        for (at, token) in self.tokens.iter().enumerate().skip(from) {
            if token.is_word() || token.is_number() {
                pieces.push(Piece { text: token.text(), breaks });
                places.push(at);
                breaks = false;
            } else if token.is_break() {
                breaks = true;
            }
        }
        (pieces, places)
    }

    /// The token after RT and RW: where a region's names usually begin.
    pub fn after_rt_rw(&self) -> usize {
        self.after
    }

    /// Whether DESA, KEC. and the like stand before token `at`.
    pub fn names_level_before(&self, at: usize) -> bool {
        self.tokens[..at.min(self.tokens.len())].iter().any(|token| token.is_word() && crate::region::is_level_word(token.text()))
    }

    /// Leaves out everything from token `at` on: it names the region.
    pub fn cut(&mut self, at: usize) {
        self.tokens.truncate(at);
    }

    /// The address, without the regions' bare names where they end it.
    pub fn address(&self, regions: &[&str]) -> Address {
        let mut address = self.filled(regions);
        // Level words that name nothing ("DSN GG RT DSN") would be read otherwise in the standard line: read on until they are not.
        for _ in 0..ROUNDS {
            if slots::is_settled(&address) {
                break;
            }
            let line = address.line().unwrap_or_default();
            let next = Line::of(&line).filled(&[]);
            if next == address {
                break;
            }
            address = next;
        }
        address
    }

    fn filled(&self, regions: &[&str]) -> Address {
        let mut address = slots::fill(&self.tokens, regions);
        (address.rt, address.rw) = (self.numbers.rt, self.numbers.rw);
        address
    }
}

/// Parses one line.
pub fn standard(text: &str) -> Address {
    Line::of(text).address(&[])
}

/// RT and RW of their own columns, each of which may hold both.
///
/// ```text
/// rt "003/013"        → 3, 13
/// rt "RT.3", rw "013" → 3, 13
/// rt "0", rw "-"      → none
/// ```
pub fn columns(rt: Option<&str>, rw: Option<&str>) -> RtRw {
    rt_rw::columns(rt, rw)
}

/// A dusun's own column: `DSN. KRAJAN II`, `Lingk. 3`, `KRAJAN` → its name without the level word.
pub fn dusun(text: &str) -> Option<String> {
    let address = standard(text);
    address.dusun.or(address.jalan).or(address.nomor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_as_offices_write_them() {
        for (written, meant) in [
            ("RT 001 RW 001", "RT 1 RW 1"),
            ("RT/RW 001/001", "RT 1 RW 1"),
            ("003/013", "RT 3 RW 13"),
            ("RT.3 RW.1", "RT 3 RW 1"),
            ("RT003/RW013", "RT 3 RW 13"),
            ("RT003RW013", "RT 3 RW 13"),
            ("RT.003/013", "RT 3 RW 13"),
            ("RT 03 / RW 05", "RT 3 RW 5"),
            ("RT 03/05", "RT 3 RW 5"),
            ("RT/RW : 3/13", "RT 3 RW 13"),
            ("RT/RW 003 013", "RT 3 RW 13"),
            ("RTRW 003/013", "RT 3 RW 13"),
            ("RT/RW 003013", "RT 3 RW 13"),
            ("R.T. 03 R.W. 05", "RT 3 RW 5"),
            ("RT O3 RW O5", "RT 3 RW 5"),
            ("RT I RW II", "RT 1 RW 2"),
            ("RT SATU RW DUA", "RT 1 RW 2"),
            ("RT 000 RW 000", ""),
            ("RT - RW -", ""),
            ("RT 00/RW 00", ""),
            ("RT. 07", "RT 7"),
            ("RW 03, RT 07", "RT 7 RW 3"),
            ("DUSUN 3, RW 03, RT 07", "RT 7 RW 3 DUSUN 3"),
            ("DUSUN III RW 03 RT 07", "RT 7 RW 3 DUSUN 3"),
            ("Dsn. Krajan RT 003/013", "RT 3 RW 13 DUSUN KRAJAN"),
            ("DSN KRAJAN I RT 01 RW 02", "RT 1 RW 2 DUSUN KRAJAN 1"),
            ("DSN. KRAJAN 1 003/013", "RT 3 RW 13 DUSUN KRAJAN 1"),
            ("KRAJAN RT 01 RW 02", "KRAJAN RT 1 RW 2"),
            ("Jl. Melati", "JALAN MELATI"),
            ("JLN MELATI", "JALAN MELATI"),
            ("JALAN MELATI", "JALAN MELATI"),
            ("JL.MELATI NO.12", "JALAN MELATI NO 12"),
            ("Jl Melati No 12A", "JALAN MELATI NO 12A"),
            ("JL. MELATI NO. 12 A", "JALAN MELATI NO 12A"),
            ("JL MELATI NOMOR 12", "JALAN MELATI NO 12"),
            ("JL MELATI NO. 110", "JALAN MELATI NO 110"),
            ("JL MELATI NO. 010/20", "JALAN MELATI NO 10/20"),
            ("JL MELATI 12", "JALAN MELATI NO 12"),
            ("JL MELATI #12", "JALAN MELATI NO 12"),
            ("JL MELATI NO 12/3", "JALAN MELATI NO 12/3"),
            ("JL MELATI NO 12 RT 3 RW 13", "JALAN MELATI NO 12 RT 3 RW 13"),
            ("JL. MELATI III NO 5", "JALAN MELATI 3 NO 5"),
            ("Jl. Jend. Sudirman Gg. Mawar II No. 3", "JALAN JENDERAL SUDIRMAN GANG MAWAR 2 NO 3"),
            ("GG MAWAR", "GANG MAWAR"),
            ("GANG I", "GANG 1"),
            ("LRG. MAWAR", "LORONG MAWAR"),
            ("PERUM GRIYA ASRI BLOK C3 NO 12", "PERUM GRIYA ASRI BLOK C3 NO 12"),
            ("Perumahan Griya Asri Blk. C/3 No.12", "PERUM GRIYA ASRI BLOK C3 NO 12"),
            ("PRM GRIYA ASRI BLOK C-3 NO 12", "PERUM GRIYA ASRI BLOK C3 NO 12"),
            ("KOMP. GURU NO 4", "KOMPLEK GURU NO 4"),
            ("LINGK. II RT 3", "RT 3 DUSUN 2"),
            ("LK 2 RT 3", "RT 3 DUSUN 2"),
            ("LINGKUNGAN II", "DUSUN 2"),
            ("BR. TEGAL", "DUSUN TEGAL"),
            ("BANJAR TEGAL", "DUSUN TEGAL"),
            ("KP. BARU RT 01/02", "RT 1 RW 2 DUSUN BARU"),
            ("KAMPUNG BARU", "DUSUN BARU"),
            ("DUKUH NGASEM RT 5", "RT 5 DUSUN NGASEM"),
            ("JL KAMPUNG MELAYU BARAT", "JALAN KAMPUNG MELAYU BARAT"),
            ("DSN KAMPUNG TENGAH", "DUSUN KAMPUNG TENGAH"),
            ("JL MAWAR RT 3 RW 4 DESA SUKAMAJU KEC. CILODONG KAB. BOGOR", "JALAN MAWAR RT 3 RW 4"),
            ("DS. SUKAMAJU RT 3 RW 4", "RT 3 RW 4"),
            ("KEL. SUKAMAJU, JL. MAWAR NO 3", "JALAN MAWAR NO 3"),
            ("JL. MAWAR, DSN. KRAJAN, RT 3 RW 4", "JALAN MAWAR RT 3 RW 4 DUSUN KRAJAN"),
            ("JL RAYA KM 12", "JALAN RAYA KM 12"),
            ("JL. K.H. WAHID HASYIM NO.1", "JALAN KH WAHID HASYIM NO 1"),
            ("RT 0031 RW 2", "RT 31 RW 2"),
            ("RT 1001 RW 2", "RW 2"),
            ("-", ""),
            ("", ""),
        ] {
            assert_eq!(standard(written).line().unwrap_or_default(), meant, "{written:?}");
        }
    }

    #[test]
    fn names_that_the_row_states_as_its_region_end_the_street() {
        let line = |text: &str| Line::of(text).address(&["SUKAMAJU", "CILODONG", &bare_name("KOTA DEPOK")]).line().unwrap_or_default();
        assert_eq!(line("KRAJAN RT 3 RW 4 SUKAMAJU CILODONG"), "KRAJAN RT 3 RW 4");
        assert_eq!(line("JL MAWAR 3 SUKAMAJU CILODONG DEPOK"), "JALAN MAWAR NO 3");
        assert_eq!(line("JL SUKAMAJU"), "JALAN SUKAMAJU", "a street keeps its name");
    }

    #[test]
    fn columns_of_their_own() {
        for (rt, rw, meant) in [
            ("003", "013", (Some(3), Some(13))),
            ("3", "0", (Some(3), None)),
            ("RT.3", "RW 13", (Some(3), Some(13))),
            ("003/013", "", (Some(3), Some(13))),
            ("RT 003 RW 013", "", (Some(3), Some(13))),
            ("", "003/013", (Some(3), Some(13))),
            ("003/013", "013", (Some(3), Some(13))),
            ("3.0", "13.0", (Some(3), Some(13))),
            ("O3", "I", (Some(3), Some(1))),
            ("-", "", (None, None)),
            ("0000", "00", (None, None)),
        ] {
            let found = columns(Some(rt), Some(rw));
            assert_eq!((found.rt, found.rw), meant, "{rt:?} {rw:?}");
        }
    }

    #[test]
    fn dusun_columns() {
        for (text, meant) in [
            ("DSN. KRAJAN II", Some("KRAJAN 2")),
            ("Lingk. 3", Some("3")),
            ("Krajan", Some("KRAJAN")),
            ("KRAJAN 2", Some("KRAJAN 2")),
            ("2", Some("2")),
            ("-", None),
        ] {
            assert_eq!(dusun(text).as_deref(), meant, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_standard_line_is_its_own(parts in proptest::collection::vec(
            proptest::sample::select(vec!["JL", "MELATI", "NO", "12", "A", "RT", "RW", "3", "/", "013", "GG", "DSN", "KRAJAN", "II", "BLOK", "C", ",", "KP", "DESA", "KEC", "PERUM",
                "003/004", "RT/RW", "12A", "-", "KOTA", "BR", "#", "1.2", "KM", "C3"]), 0..9)) {
            let once = standard(&parts.join(" "));
            let line = once.line().unwrap_or_default();
            prop_assert_eq!(standard(&line).line().unwrap_or_default(), line);
        }

        #[test]
        fn any_text_is_parsed_and_rt_is_never_zero(text in "\\PC{0,60}") {
            let address = standard(&text);
            prop_assert!(address.rt.is_none_or(|rt| (1..=999).contains(&rt)) && address.rw.is_none_or(|rw| (1..=999).contains(&rw)));
            let line = address.line().unwrap_or_default();
            prop_assert_eq!(standard(&line).line().unwrap_or_default(), line);
        }
    }
}
