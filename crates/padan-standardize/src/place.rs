//! The address and the region of a row.
//!
//! Families stand together and streets repeat: a line beside the same names of regions is taken apart once a batch, and so are
//! the names and codes of a region. What a NIK hints is asked of every row, since it differs within a family.

use std::rc::Rc;

use padan_config::RegionCodes;
use padan_model::{Field, KodeWilayah};

use crate::address::{self, Address, Line};
use crate::region::{self, CodeParts, RegionNames, Resolver};
use crate::row::Staged;
use crate::told::{Known, Told};

/// How the places of a source are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// What its codes are.
    pub(crate) codes: RegionCodes,
    /// Whether regions have columns of their own.
    pub(crate) has_columns: bool,
}

/// Where a row's person lives.
pub(crate) struct Place {
    /// Its line taken apart; RT, RW and dusun are the next ones.
    pub(crate) address: Rc<Address>,
    /// RT of its column or of the line.
    pub(crate) rt: Option<i16>,
    /// RW of its column or of the line.
    pub(crate) rw: Option<i16>,
    /// Dusun of its column or of the line.
    pub(crate) dusun: Option<Rc<str>>,
    /// The region, as deep as it is known.
    pub(crate) region: Option<KodeWilayah>,
}

/// Reads the places of a batch.
pub(crate) struct Places<'a, 'b> {
    staged: &'b Staged<'a>,
    reading: Reading,
    resolver: &'b Resolver,
    dusun: Told<Rc<str>>,
    sls: Told<Rc<Address>>,
    regions: Known<Stated<'a>, Rc<region::Stated>>,
    lines: Known<(&'a str, RegionNames<'a>), Rc<Address>>,
    bare: Known<&'a str, Rc<str>>,
}

/// Names and codes as written.
type Stated<'a> = (RegionNames<'a>, CodeParts<'a>);

impl<'a, 'b> Places<'a, 'b> {
    pub(crate) fn new(staged: &'b Staged<'a>, reading: Reading, resolver: &'b Resolver) -> Self {
        Self {
            staged,
            reading,
            resolver,
            dusun: Told::of(staged, Field::Dusun, |text| address::dusun(text).map(Rc::from)),
            sls: Told::of(staged, Field::Sls, |text| Some(Rc::new(address::standard(text)))),
            regions: Known::default(),
            lines: Known::default(),
            bare: Known::default(),
        }
    }

    /// The place of a row; `hint` is the region of its NIK.
    pub(crate) fn of(&mut self, row: usize, hint: Option<u32>) -> Place {
        let staged = self.staged;
        let get = |field| staged.get(field, row);
        let names = RegionNames {
            provinsi: get(Field::Provinsi),
            kabkota: get(Field::Kabkota),
            kecamatan: get(Field::Kecamatan),
            desa: get(Field::Desa),
        };
        let mut region = if self.reading.has_columns { self.stated(row, names, hint) } else { None };
        let text = get(Field::Alamat).unwrap_or("");
        let address = if region.is_none() && names == RegionNames::default() {
            let mut line = Line::of(text);
            region = self.free_text(&mut line, hint);
            Rc::new(line.address(&[]))
        } else {
            self.line(text, names)
        };
        let own = address::columns(get(Field::Rt), get(Field::Rw));
        let sls = self.sls.at(row);
        let dusun = |address: &Address| address.dusun.as_deref().map(Rc::from);
        Place {
            rt: own.rt.or(address.rt).or(sls.and_then(|sls| sls.rt)),
            rw: own.rw.or(address.rw).or(sls.and_then(|sls| sls.rw)),
            dusun: self
                .dusun
                .at(row)
                .cloned()
                .or_else(|| dusun(&address))
                .or_else(|| sls.and_then(|sls| dusun(sls).or_else(|| sls.jalan.as_deref().map(Rc::from)))),
            address,
            region,
        }
    }

    /// The region of a row's own columns.
    fn stated(&mut self, row: usize, names: RegionNames<'a>, hint: Option<u32>) -> Option<KodeWilayah> {
        let get = |field| self.staged.get(field, row);
        let codes = if self.reading.codes == RegionCodes::Kemendagri {
            CodeParts {
                provinsi: get(Field::KodeProvinsi),
                kabkota: get(Field::KodeKabkota),
                kecamatan: get(Field::KodeKecamatan),
                desa: get(Field::KodeDesa),
                wilayah: get(Field::KodeWilayah),
            }
        } else {
            CodeParts::default()
        };
        let stated = self.regions.entry((names, codes)).or_insert_with(|| Rc::new(self.resolver.stated(names, codes)));
        stated.region(hint)
    }

    /// A line whose region is stated beside it.
    fn line(&mut self, text: &'a str, names: RegionNames<'a>) -> Rc<Address> {
        if let Some(known) = self.lines.get(&(text, names)) {
            return Rc::clone(known);
        }
        let bare: Vec<Rc<str>> = names
            .levels()
            .into_iter()
            .flatten()
            .map(|name| Rc::clone(self.bare.entry(name).or_insert_with(|| address::bare_name(name).into())))
            .collect();
        let bare: Vec<&str> = bare.iter().map(|name| &**name).collect();
        let address = Rc::new(Line::of(text).address(&bare));
        self.lines.insert((text, names), Rc::clone(&address));
        address
    }

    /// The region of a line: what follows RT and RW, then the whole line where that goes no deeper. The line loses its names.
    fn free_text(&self, line: &mut Line, hint: Option<u32>) -> Option<KodeWilayah> {
        let after = line.after_rt_rw();
        let mut best: Option<(KodeWilayah, usize)> = None;
        for from in [after, 0] {
            let (pieces, places) = line.pieces(from);
            // Streets differ from row to row: the whole line is read only where the end says too little, or a level word stands before.
            let told = best.is_some_and(|(region, _)| region.length() == 10 || !line.names_level_before(after));
            if pieces.is_empty() || told {
                continue;
            }
            if let Some((region, start)) = self.resolver.resolve_text(&pieces, hint)
                && best.is_none_or(|(shallower, _)| shallower.length() < region.length())
            {
                best = Some((region, places.get(start).copied().unwrap_or(from)));
            }
        }
        best.map(|(region, start)| {
            line.cut(start);
            region
        })
    }
}
