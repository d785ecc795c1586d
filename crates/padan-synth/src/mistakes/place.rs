//! How regions, RT/RW and streets are written: the many usual forms, and a few wrong ones.

use crate::date::{push_int, push_padded};
use crate::dice::Dice;
use crate::faults::PlaceFaults;
use crate::mistakes::typing_error;
use crate::places::{Place, bare_kabkota};
use crate::population::Household;

/// The habit of a list in naming a kab/kota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RegionStyle {
    /// `KABUPATEN BOGOR`.
    Full,
    /// `KAB. BOGOR`.
    Short,
    /// `BOGOR`.
    Bare,
}

/// Which parts a free-text address holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) rt_rw: bool,
    pub(crate) regions: bool,
}

fn kabkota(name: &str, style: RegionStyle, out: &mut String) {
    let bare = bare_kabkota(name);
    let town = name.starts_with("KOTA");
    match style {
        RegionStyle::Full => out.push_str(name),
        RegionStyle::Short => {
            out.push_str(if town { "KOTA " } else { "KAB. " });
            out.push_str(bare);
        }
        // A town is not called bare where a kabupaten of its name stands beside it; lists keep its kind.
        RegionStyle::Bare => {
            out.push_str(if town { "KOTA " } else { "" });
            out.push_str(bare);
        }
    }
}

/// Writes a region name of `level` 2, 4, 6 or 10 digits. Blank only below the kab/kota.
pub(crate) fn region(out: &mut String, place: &Place, level: usize, style: RegionStyle, faults: &PlaceFaults, dice: &mut Dice) {
    let draw = dice.unit();
    let start = out.len();
    if level > 4 && draw < faults.region_blank {
        return;
    }
    let drifts = draw > 1.0 - faults.region_drift;
    match level {
        2 => {
            let name = place.provinsi.as_str();
            let short = [
                ("DAERAH KHUSUS IBUKOTA JAKARTA", "DKI JAKARTA"),
                ("DAERAH ISTIMEWA YOGYAKARTA", "DI YOGYAKARTA"),
                ("KEPULAUAN BANGKA BELITUNG", "BANGKA BELITUNG"),
                ("KEPULAUAN RIAU", "KEP. RIAU"),
                ("NUSA TENGGARA BARAT", "NTB"),
                ("NUSA TENGGARA TIMUR", "NTT"),
            ];
            out.push_str(short.iter().find(|(long, _)| drifts && *long == name).map_or(name, |(_, short)| *short));
        }
        4 => kabkota(
            &place.kabkota,
            if drifts { [RegionStyle::Full, RegionStyle::Short, RegionStyle::Bare][dice.below(3)] } else { style },
            out,
        ),
        6 => {
            out.push_str(if drifts && dice.chance(0.3) { "KEC. " } else { "" });
            out.push_str(&place.kecamatan);
        }
        _ => {
            out.push_str(if drifts && dice.chance(0.3) { if place.urban { "KEL. " } else { "DESA " } } else { "" });
            out.push_str(&place.desa);
        }
    }
    if draw >= faults.region_blank && draw < faults.region_blank + faults.region_typing {
        let name = out.split_off(start);
        typing_error(out, &name, dice);
    } else if drifts && dice.chance(0.12) {
        let name = out.split_off(start);
        title_case(out, &name);
    }
}

/// `KAB. BOGOR` to `Kab. Bogor`.
pub(crate) fn title_case(out: &mut String, text: &str) {
    let mut first = true;
    for letter in text.chars() {
        if first {
            out.push(letter);
        } else {
            out.extend(letter.to_lowercase());
        }
        first = letter == ' ' || letter == '-';
    }
}

/// Writes RT and RW in one of the forms that offices use.
pub(crate) fn rt_rw(out: &mut String, rt: u16, rw: u16, dice: &mut Dice) {
    let (rt, rw) = (i64::from(rt), i64::from(rw));
    let pairs: [(&str, &str, usize); 8] = [
        ("RT ", " RW ", 3),
        ("RT/RW ", "/", 3),
        ("", "/", 3),
        ("RT.", " RW.", 1),
        ("RT", "/RW", 3),
        ("RT. ", " RW. ", 3),
        ("RT ", " / RW ", 2),
        ("RT ", " RW ", 1),
    ];
    let form = dice.below(9);
    if let Some((before, between, width)) = pairs.get(form) {
        out.push_str(before);
        push_padded(out, rt, *width);
        out.push_str(between);
        push_padded(out, rw, *width);
    } else {
        out.push_str("RW ");
        push_padded(out, rw, 2);
        out.push_str(", RT ");
        push_padded(out, rt, 2);
    }
}

/// Writes the street or the hamlet.
pub(crate) fn street(out: &mut String, house: &Household, faults: &PlaceFaults, dice: &mut Dice) {
    if dice.chance(faults.street_blank) {
        return;
    }
    let odd = dice.chance(faults.street_form);
    if house.street.is_empty() {
        out.push_str(if odd { dice.pick(&["DSN ", "KP ", "KP. ", "DSN. ", "KAMPUNG ", "LINGK. ", ""]) } else { "DUSUN " });
        out.push_str(&house.dusun);
        return;
    }
    out.push_str(if odd { dice.pick(&["JALAN ", "JL ", "JLN ", "JLN. ", "GG. ", "GANG "]) } else { "JL. " });
    out.push_str(&house.street);
    if house.number > 0 && dice.chance(0.85) {
        out.push_str(if odd { dice.pick(&[" NO ", " NO.", " "]) } else { " NO. " });
        push_int(out, i64::from(house.number));
    }
}

/// Writes a free-text address: street, RT/RW and regions as asked for.
pub(crate) fn address_line(out: &mut String, house: &Household, place: &Place, line: Line, faults: &PlaceFaults, dice: &mut Dice) {
    street(out, house, faults, dice);
    if line.rt_rw && !dice.chance(faults.rt_rw_blank) {
        if !out.is_empty() {
            out.push(' ');
        }
        let wrong = dice.chance(faults.rt_rw_wrong);
        rt_rw(out, if wrong { dice.range(1, 8) as u16 } else { house.rt }, house.rw, dice);
    }
    if line.regions {
        let comma = dice.chance(0.4);
        let before = |out: &mut String| out.push_str(if comma { ", " } else { " " });
        let marked = dice.chance(0.75);
        before(out);
        if marked {
            out.push_str(if place.urban { "KEL. " } else { "DESA " });
        }
        out.push_str(&place.desa);
        before(out);
        if marked {
            out.push_str("KEC. ");
        }
        out.push_str(&place.kecamatan);
        if dice.chance(0.9) {
            before(out);
            kabkota(&place.kabkota, if marked { RegionStyle::Short } else { RegionStyle::Bare }, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::places::Places;

    #[test]
    fn forms_are_those_of_the_field() {
        let mut dice = Dice::new(1, 1, 1);
        let mut forms = BTreeSet::new();
        for _ in 0..300 {
            let mut out = String::new();
            rt_rw(&mut out, 3, 13, &mut dice);
            forms.insert(out);
        }
        for form in ["RT 003 RW 013", "RT/RW 003/013", "003/013", "RT.3 RW.13", "RT003/RW013", "RW 13, RT 03"] {
            assert!(forms.contains(form), "{form} not in {forms:?}");
        }
    }

    #[test]
    fn an_address_names_its_regions() {
        let places = Places::choose(3_000, 1, &["32".into()]).expect("places");
        let place = &places.villages[0];
        let faults = PlaceFaults {
            old_address: 0.0,
            rt_rw_blank: 0.0,
            rt_rw_wrong: 0.0,
            street_form: 0.0,
            street_blank: 0.0,
            region_drift: 0.0,
            region_typing: 0.0,
            region_blank: 0.0,
        };
        let house = Household { street: "MELATI".into(), number: 4, rt: 1, rw: 2, dusun: String::new() };
        let mut out = String::new();
        address_line(&mut out, &house, place, Line { rt_rw: true, regions: true }, &faults, &mut Dice::new(1, 1, 4));
        assert!(out.starts_with("JL. MELATI") && out.contains(&place.kecamatan) && out.contains(&place.desa), "{out}");
        let mut name = String::new();
        region(&mut name, place, 4, RegionStyle::Short, &faults, &mut Dice::new(1, 1, 1));
        assert!(name.starts_with("KAB. ") || name.starts_with("KOTA "), "{name}");
    }
}
