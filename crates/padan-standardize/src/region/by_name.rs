//! Names of a region's levels → the regions that they may mean.
//!
//! Going down, a level that cannot be found is left out and the next is looked for among all that its upper neighbour holds: a village
//! whose kecamatan was split, or misspelt beyond recognition, is still found where its name is the only one in the kab/kota.

use padan_model::KodeWilayah;

use super::RegionNames;
use super::index::{COUNTRY, Candidate, Index};
use super::renamed;
use super::spelling::{LEVELS, Level, Spelling, spelling, tolerance};
use crate::text::present;

/// Price of a kab/kota that lies in another province than the one written.
const OTHER_PROVINCE: usize = 3;

/// Regions that fit best, in code order; several where the names do not tell them apart.
pub(super) fn candidates(names: RegionNames<'_>) -> Vec<KodeWilayah> {
    let index = Index::shipped();
    let mut beam = vec![COUNTRY];
    let mut lost_kecamatan = None;
    for (level, text) in LEVELS.into_iter().zip(names.levels()) {
        let Some(spelling) = present(text).map(|text| spelling(text, level)).filter(|spelling| !spelling.key.is_empty()) else { continue };
        let next = match (level, &lost_kecamatan) {
            (Level::Desa, Some(kecamatan)) => village_of_lost(index, &beam, &spelling, kecamatan),
            (Level::Desa, None) => village(index, &beam, &spelling),
            _ => find(index, &beam, level, &spelling),
        };
        if !next.is_empty() {
            beam = next;
        } else if level == Level::Kecamatan {
            lost_kecamatan = Some(spelling);
        }
    }
    best(index, &beam)
}

/// The codes of the cheapest candidates, in code order.
pub(super) fn best(index: &Index, beam: &[Candidate]) -> Vec<KodeWilayah> {
    let cost = beam.iter().map(|candidate| candidate.cost).min();
    let mut codes: Vec<KodeWilayah> =
        beam.iter().filter(|candidate| Some(candidate.cost) == cost).filter_map(|candidate| index.code(*candidate)).collect();
    codes.sort_by_key(ToString::to_string);
    codes.dedup();
    codes
}

/// Regions of that name below the beam: as written, then in the provinces that split off, then with typing errors, then anywhere.
pub(super) fn find(index: &Index, beam: &[Candidate], level: Level, spelling: &Spelling) -> Vec<Candidate> {
    let exact = |beam: &[Candidate]| {
        let found = of_kind(index, index.exact(beam, level, &spelling.key), spelling);
        match &spelling.whole {
            Some(whole) if found.is_empty() => index.exact(beam, level, whole),
            _ => found,
        }
    };
    let found = exact(beam);
    if !found.is_empty() || level == Level::Provinsi {
        return if found.is_empty() { index.near(beam, level, &spelling.key) } else { found };
    }
    if level == Level::Kabkota {
        let successors = successors(index, beam);
        let found = exact(&successors);
        if !found.is_empty() {
            return found;
        }
    }
    let near = of_kind(index, index.near(beam, level, &spelling.key), spelling);
    if !near.is_empty() || level != Level::Kabkota || beam == [COUNTRY] {
        return near;
    }
    let mut elsewhere = exact(&[COUNTRY]);
    for candidate in &mut elsewhere {
        candidate.cost += OTHER_PROVINCE;
    }
    elsewhere
}

/// Those of the kind that KAB or KOTA says; all of them where that leaves none.
fn of_kind(index: &Index, found: Vec<Candidate>, spelling: &Spelling) -> Vec<Candidate> {
    let Some(kind) = spelling.kind else { return found };
    let of_kind: Vec<Candidate> = found
        .iter()
        .copied()
        .filter(|candidate| candidate.place.is_some_and(|(level, at)| index.node(level, at).kind == Some(kind)))
        .collect();
    if of_kind.is_empty() { found } else { of_kind }
}

/// Provinces that kab/kota of the beam's provinces went to.
fn successors(index: &Index, beam: &[Candidate]) -> Vec<Candidate> {
    let provinces = beam
        .iter()
        .filter(|candidate| matches!(candidate.place, Some((Level::Provinsi, _))))
        .filter_map(|candidate| index.code(*candidate));
    provinces
        .flat_map(|code| renamed::successors(&code.to_string()))
        .filter_map(|code| index.place(code.parse().ok()?))
        .map(|place| Candidate { place: Some(place), cost: 0 })
        .collect()
}

/// A village below the beam; where its kecamatan does not hold it, the only one of its name in the kab/kota.
fn village(index: &Index, beam: &[Candidate], spelling: &Spelling) -> Vec<Candidate> {
    let found = find(index, beam, Level::Desa, spelling);
    if !found.is_empty() {
        return found;
    }
    let kab: Vec<Candidate> = beam
        .iter()
        .filter(|candidate| matches!(candidate.place, Some((Level::Kecamatan, _))))
        .filter_map(|candidate| {
            Some(Candidate { place: Some(index.place(index.code(*candidate)?.parent()?)?), cost: candidate.cost + OTHER_PROVINCE })
        })
        .collect();
    let found = index.exact(&kab, Level::Desa, &spelling.key);
    if found.len() == 1 { found } else { Vec::new() }
}

/// A village whose kecamatan was not found: those whose kecamatan is spelt nearly so; else, within a kab/kota, the only one of its name.
fn village_of_lost(index: &Index, beam: &[Candidate], spelling: &Spelling, kecamatan: &Spelling) -> Vec<Candidate> {
    let exact = index.exact(beam, Level::Desa, &spelling.key);
    let allowed = tolerance(kecamatan.key.len());
    let near: Vec<Candidate> = exact
        .iter()
        .filter_map(|candidate| {
            let (level, at) = index.place(index.code(*candidate)?.parent()?)?;
            let distance = strsim::osa_distance(&index.node(level, at).key, &kecamatan.key);
            (distance <= allowed).then_some(Candidate { cost: candidate.cost + distance, ..*candidate })
        })
        .collect();
    let in_kab = beam.iter().all(|candidate| matches!(candidate.place, Some((Level::Kabkota, _))));
    if !near.is_empty() || !in_kab || exact.len() != 1 { near } else { exact }
}
