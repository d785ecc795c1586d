//! What other lists say of a row that is nobody's in the registry.
//!
//! Example: a list of 2017 has a name and a village that its bearer has left since. The registry has her where she lives now; the census of 2015
//! has her in that village, in that RT, with her NIK, and by the NIK it has been found who she is. So rows that joined nobody are compared
//! with the rows of other lists that did: as many witnesses as a person has, one of whom may be believed. What agreement is worth is what
//! the row's own list has taught; how many of these rows have a match is counted anew.
//!
//! Rows that share nothing with a row in question would be encoded in vain, so witnesses are first looked up by what they must have in
//! common (`keys`). The trap is to take those few for a population: the odds that a witness is somebody else are those of the registry, from
//! which they were picked, and so is how common a name is.
//!
//! A witness who has no number or birth date of its own has that of its person in the registry: a row with another NIK is not believed to be
//! her because a list without NIK knows her name in that village.
//!
//! Rows of one list are no witnesses of each other: that a list has somebody twice says nothing of who it is.

use std::hash::{BuildHasher as _, Hash};

use arrow::array::{Array as _, AsArray as _, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{ArrowPrimitiveType, Date32Type, Int16Type};
use foldhash::fast::FixedState;
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use padan_link::{Known, NULL_ID, Outcome, Reference, Rest, Task};
use padan_model::{NikStatus, Role, column};
use rayon::prelude::*;

use super::places::{Places, Span};
use super::sweeps::{Loaded, Night, PRICE, global, task};

/// Columns by which witnesses are looked up.
const COLUMNS: [&str; 9] = [
    column::KODE_WILAYAH,
    column::RT,
    column::RW,
    column::NAMA_KUNCI,
    column::NAMA_PASANGAN,
    column::TANGGAL_LAHIR,
    column::NIK,
    column::NIK_STATUS,
    column::NO_KK,
];
/// A row is a witness where it has found its person with this probability. Who is nobody's in the registry is more often mistaken for a
/// namesake there than found by a row that could not find him.
const SURE: f64 = 0.99;
/// Witnesses of one key that a row is compared with at most: several of a person, and no more namesakes than an RT has.
const MOST: usize = 40;
/// What a witness says itself or not at all: name and address belong together.
const OWN: [&str; 9] = [
    column::NAMA_STANDAR,
    column::NAMA_KUNCI,
    column::KODE_WILAYAH,
    "kode_wilayah_kk",
    column::RT,
    column::RW,
    column::JALAN,
    column::DUSUN,
    column::NOMOR_RUMAH,
];
/// Digits of a village's code.
const VILLAGE: usize = 10;

/// Asks the rows of a territory that joined somebody who those are that did not.
pub(super) fn ask<'a>(night: &mut Night<'a>, territory: u8, loaded: &mut Option<Loaded<'a>>) -> anyhow::Result<()> {
    // Next to nobody of the registry is missed on the civil registry's rows: its numbers are sound, and its rows many.
    let is_list = |span: &Span| night.sources[span.source].profile.role != Role::CivilRegistry;
    let asks = |span: &Span| is_list(span) && span.only.as_ref().is_some_and(|rows| !rows.is_empty());
    let alone: Vec<Span> = night.alone(territory).into_iter().filter(asks).collect();
    let witnesses = witnesses(night, territory, &alone)?;
    if witnesses.is_empty() {
        return Ok(());
    }
    let entries: Vec<String> = night.lists.values().flat_map(|of| of.entries.iter().cloned()).collect();
    let name = |night: &Night<'_>, source: usize| {
        let pass = night.pass(&format!("witnesses {}", night.sources[source].profile.id), territory);
        night.shelf.name(|kept| kept.of_residue(&entries, &pass), &pass)
    };
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    for span in &alone {
        let name = name(night, span.source);
        outcomes.push(night.recalled(&name, "residue", span.only.as_ref().map_or(0, Vec::len)));
    }
    if outcomes.iter().any(Option::is_none) {
        outcomes = asked(night, territory, (&alone, &witnesses), loaded)?.into_iter().map(Some).collect();
        for (span, outcome) in alone.iter().zip(outcomes.iter().flatten()) {
            night.shelf.keep(&name(night, span.source), outcome)?;
            night.told("residue", outcome, span.only.as_ref().map_or(0, Vec::len));
        }
    }
    let witnesses = Places::of(witnesses, night.listed);
    for (span, outcome) in alone.into_iter().zip(outcomes.into_iter().flatten()) {
        if let Some(of) = night.lists.get_mut(&span.source) {
            of.among_others.get_or_insert_with(|| outcome.not_worth(PRICE));
        }
        let index = night.take(&format!("{}-others", night.sources[span.source].profile.id), &outcome);
        let own = Places::of(vec![span], night.listed);
        let links = global(&outcome.links, |row| own.global(row, night.listed), |row| witnesses.global(row, night.listed));
        night.passes.take_pairs(&links, index, night.model.link_probability, night.model);
    }
    Ok(())
}

/// Compares the rows of each list with the witnesses. Outcomes count rows from 0 on: those of their list that are alone, and the witnesses.
fn asked<'a>(
    night: &mut Night<'a>,
    territory: u8,
    (alone, witnesses): (&[Span], &[Span]),
    loaded: &mut Option<Loaded<'a>>,
) -> anyhow::Result<Vec<Outcome>> {
    let spans = || alone.iter().chain(witnesses).cloned().collect::<Vec<Span>>();
    let places = Places::of(spans(), night.listed);
    let Loaded { group, .. } = night.loaded(loaded, territory)?;
    group.load(spans())?;
    let first = group.registry_rows() as u32;
    let registry: Vec<u32> = (0..first).collect();
    let of_place = |range: &std::ops::Range<usize>| (first + range.start as u32..first + range.end as u32).collect::<Vec<u32>>();
    let mut of_list = vec![NULL_ID; group.records.len()];
    for place in places.iter() {
        of_list[first as usize + place.local.start..first as usize + place.local.end].fill(place.span.source as u32);
    }
    let own: Vec<Vec<u32>> = places.iter().take(alone.len()).map(|place| of_place(&place.local)).collect();
    let begin = own.iter().map(Vec::len).sum::<usize>() as u32;
    let rows: Vec<u32> = (first + begin..first + places.len() as u32).collect();
    // By row: the person; and the first witness of each.
    let person = |row: &u32| night.passes.person(places.global(row - first, night.listed));
    let persons: Vec<u32> = rows.par_iter().map(person).collect();
    let (mut entity, mut first_of) = (vec![NULL_ID; group.records.len()], HashMap::with_capacity(rows.len()));
    for (row, person) in rows.iter().zip(&persons) {
        entity[*row as usize] = *person;
        first_of.entry(*person).or_insert(*row);
    }
    let here = night.registry(territory);
    let with_person = |local: &u32| (night.passes.person(here.global(*local, night.listed)), *local);
    let of_witnesses = registry.par_iter().map(with_person).filter(|(person, _)| first_of.contains_key(person));
    let mut registered: HashMap<u32, u32> = HashMap::with_capacity(first_of.len());
    for (person, local) in of_witnesses.collect::<Vec<_>>() {
        registered.entry(person).or_insert(local);
    }
    let hears = |(row, person): (&u32, &u32)| Some((*row, *registered.get(person)?));
    let heard: Vec<(u32, u32)> = rows.par_iter().zip(&persons).filter_map(hears).collect();
    let columns = &night.columns;
    group.records.lend(|name| !OWN.contains(&name) && columns.iter().any(|column| column == name), &heard);
    let asking: Vec<u32> = own.concat();
    tracing::debug!(rows = asking.len(), witnesses = rows.len(), "asked of other lists");
    let left_out: Vec<_> = alone.iter().map(|span| night.lists[&span.source].among_others.as_ref()).collect();
    let idle = night.idle(&left_out);
    let known = Known { asked: Some(&asking), idle: &idle, ..night.known() };
    let mut model = night.model.clone();
    model.rules.iter_mut().for_each(|rule| rule.max_block = rule.max_block.min(MOST));
    let reference = Reference::with(&group.records, &model, &rows, &registry, known)?;
    let mut outcomes = Vec::new();
    for (span, own) in alone.iter().zip(&own) {
        // Whom the list has already.
        let mut claimed = vec![0.0_f32; group.records.len()];
        for row in night.listed.range(span.source).filter(|row| !night.passes.is_alone(*row)) {
            if let Some(witness) = first_of.get(&night.passes.person(row as u32)) {
                claimed[*witness as usize] = 1.0;
            }
        }
        let of = &night.lists[&span.source];
        let trained = of.trained.as_ref();
        let rest = trained.map(|_| Rest { claimed: &claimed, apart: None, among: Some(registry.len()) });
        let left_out = of.among_others.as_deref();
        let task = Task { trained, rest, left_out, exclusive: Some(&of_list), ..task(&reference, own, false, Some(&entity)) };
        let mut outcome = task.run();
        let start = own.first().copied().unwrap_or_default();
        outcome.links.iter_mut().for_each(|link| (link.left, link.right) = (link.left - start, link.right - first - begin));
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The rows of lists at home in a territory that joined somebody and have something in common with a row that did not.
fn witnesses(night: &Night<'_>, territory: u8, alone: &[Span]) -> anyhow::Result<Vec<Span>> {
    let of_span = |span: &Span| -> anyhow::Result<HashSet<u64>> {
        let mut found = HashSet::new();
        for batch in night.sources[span.source].staged.some(&COLUMNS, span.only.as_deref())? {
            keys(&batch?, true, |_, key| {
                found.insert(key);
            });
        }
        Ok(found)
    };
    let wanted: Vec<HashSet<u64>> = alone.par_iter().map(of_span).collect::<anyhow::Result<_>>()?;
    // By key: the only list that asks for it, or that several do.
    let mut asks: HashMap<u64, usize> = HashMap::new();
    for (span, keys) in alone.iter().zip(wanted) {
        #[expect(clippy::iter_over_hash_type, reason = "what is inserted does not depend on the order")]
        for key in keys {
            asks.entry(key).and_modify(|source| *source = if *source == span.source { *source } else { usize::MAX }).or_insert(span.source);
        }
    }
    let of_list = |source: &usize| -> anyhow::Result<Span> {
        let all = night.listed.range(*source);
        let home = night.territories.are_several().then(|| {
            let is_here = |row: &u32| night.territories.home_or_first(all.start + *row as usize) == territory;
            (0..all.len() as u32).filter(is_here).collect::<Vec<u32>>()
        });
        let mut found: Vec<u32> = Vec::new();
        let mut read = 0;
        for batch in night.sources[*source].staged.some(&COLUMNS, home.as_deref())? {
            let batch = batch?;
            keys(&batch, false, |at, key| {
                let row = home.as_ref().map_or((read + at) as u32, |home| home[read + at]);
                let is_asked = asks.get(&key).is_some_and(|asking| asking != source);
                if is_asked && found.last() != Some(&row) && night.passes.is_sure(all.start + row as usize, SURE) {
                    found.push(row);
                }
            });
            read += batch.num_rows();
        }
        Ok(Span { source: *source, only: Some(found) })
    };
    let sources: Vec<usize> = night.lists.keys().copied().collect();
    let spans: Vec<Span> = sources.par_iter().map(of_list).collect::<anyhow::Result<_>>()?;
    Ok(spans.into_iter().filter(|span| span.only.as_ref().is_some_and(|rows| !rows.is_empty())).collect())
}

/// Tells what rows must have in common: row of the batch and key, row by row. Who asks with a birth date has no need of what else half a
/// village shares.
fn keys(batch: &RecordBatch, ask: bool, mut tell: impl FnMut(usize, u64)) {
    let text = |name: &str| batch.column_by_name(name).and_then(|array| array.as_string_opt::<i32>());
    let number = |name: &str| batch.column_by_name(name).and_then(|array| array.as_primitive_opt::<Int16Type>());
    let (villages, names, spouses) = (text(column::KODE_WILAYAH), text(column::NAMA_KUNCI), text(column::NAMA_PASANGAN));
    let (niks, statuses, cards) = (text(column::NIK), text(column::NIK_STATUS), text(column::NO_KK));
    let (rts, rws) = (number(column::RT), number(column::RW));
    let births = batch.column_by_name(column::TANGGAL_LAHIR).and_then(|array| array.as_primitive_opt::<Date32Type>());
    for at in 0..batch.num_rows() {
        let status = value(statuses, at).and_then(NikStatus::from_word);
        if let Some(nik) = value(niks, at).filter(|_| matches!(status, Some(NikStatus::Valid | NikStatus::Shared))) {
            tell(at, hash(("nik", nik)));
        }
        let Some(name) = value(names, at) else { continue };
        let (begin, end) = (ends(name, 2).0, ends(name, 4).1);
        if let Some(card) = value(cards, at) {
            tell(at, hash(("kk", card, begin)));
        }
        if let Some(birth) = known(births, at) {
            tell(at, hash(("birth", birth, begin)));
        }
        let Some(village) = value(villages, at).filter(|code| code.len() == VILLAGE) else { continue };
        tell(at, hash((village, name)));
        if ask && known(births, at).is_some() {
            continue;
        }
        tell(at, hash((village, "last", name.rsplit(' ').next())));
        if let Some(rw) = known(rws, at) {
            tell(at, hash((village, rw, "end", end)));
            if let Some(rt) = known(rts, at) {
                tell(at, hash((village, rt, rw, ends(name, 3).0)));
            }
        }
        if let Some(spouse) = value(spouses, at) {
            tell(at, hash((village, spouse, ends(name, 1).0)));
        }
    }
}

fn value(texts: Option<&StringArray>, at: usize) -> Option<&str> {
    texts.filter(|texts| texts.is_valid(at)).map(|texts| texts.value(at))
}

fn known<T: ArrowPrimitiveType>(numbers: Option<&PrimitiveArray<T>>, at: usize) -> Option<T::Native> {
    numbers.filter(|numbers| numbers.is_valid(at)).map(|numbers| numbers.value(at))
}

/// The first and the last so many letters of a name, or all of it.
fn ends(name: &str, letters: usize) -> (&str, &str) {
    let first = name.char_indices().nth(letters).map_or(name.len(), |(at, _)| at);
    let last = name.char_indices().rev().nth(letters - 1).map_or(0, |(at, _)| at);
    (&name[..first], &name[last..])
}

fn hash(of: impl Hash) -> u64 {
    FixedState::default().hash_one(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_ends() {
        assert_eq!(
            [ends("SUYANTO", 4), ends("ANI", 4), ends("É", 1), ends("", 2)],
            [("SUYA", "ANTO"), ("ANI", "ANI"), ("É", "É"), ("", "")]
        );
    }
}
