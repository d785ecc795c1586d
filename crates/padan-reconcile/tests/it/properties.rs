//! What holds of any population.

use std::collections::BTreeMap;

use padan_model::LinkMethod;
use proptest::prelude::*;

use crate::world::{World, lines, pbi, sembako};

/// One person of a random world: in the registry, desil, rows on PBI, rows on KKS, dead, family.
type Draw = (bool, Option<i8>, usize, usize, bool, usize);

fn world_of(draws: &[Draw], batch_rows: usize) -> World {
    let mut world = World::default();
    world.batch_rows = batch_rows;
    for (index, (in_registry, desil, pbi, kks, dead, family)) in draws.iter().enumerate() {
        let (person, family) = (format!("p{index}"), format!("k{family}"));
        let desil = desil.map_or_else(String::new, |desil| format!(", desil={desil}"));
        let cells = format!("nama=A{index}, meninggal={dead}, kode_wilayah=3201012001{desil}");
        if *in_registry {
            world = world.row("dtsen-anggota", &person, &family, &cells);
        }
        for copy in 0..*pbi {
            let method = if copy == 0 { LinkMethod::Identifier } else { LinkMethod::Model };
            world = world.linked("pbi", &person, &family, method, 0.97, &cells);
        }
        for _ in 0..*kks {
            world = world.linked("kks", &person, &family, LinkMethod::Model, 0.9, &cells);
        }
    }
    world
}

fn draws() -> impl Strategy<Value = Vec<Draw>> {
    let draw = (any::<bool>(), proptest::option::of(1_i8..=10), 0_usize..3, 0_usize..2, proptest::bool::weighted(0.1), 0_usize..12);
    proptest::collection::vec(draw, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn statuses_partition_and_units_never_mix(draws in draws()) {
        let tables = world_of(&draws, 0).run(&[pbi(), sembako()]);
        let mut persons: BTreeMap<String, usize> = BTreeMap::new();
        for line in lines(&tables.coverage, &["programme", "unit", "unit_id", "status", "entitled", "receiving"]) {
            let cells: Vec<&str> = line.split(' ').collect();
            prop_assert_eq!(cells[1], if cells[0] == "pbi-jk" { "jiwa" } else { "kpm" });
            let initial = if cells[1] == "jiwa" { 'p' } else { 'k' };
            prop_assert!(cells[2].starts_with(initial));
            let expected = match (cells[4], cells[5]) {
                ("true", "true") => "benar",
                ("true", _) => "eksklusi",
                ("false", "true") => "inklusi",
                ("false", _) => "bukan_sasaran",
                _ => "tak_dapat_dinilai",
            };
            prop_assert_eq!(cells[3], expected);
            *persons.entry(format!("{} {}", cells[0], cells[2])).or_default() += 1;
        }
        // A unit stands once a programme, and every person of the registry or the list does.
        prop_assert!(persons.values().all(|count| *count == 1));
        let expected = draws.iter().filter(|(in_registry, _, pbi, ..)| *in_registry || *pbi > 0).count();
        let present = draws.iter().any(|(_, _, pbi, ..)| *pbi > 0);
        prop_assert_eq!(persons.keys().filter(|key| key.starts_with("pbi-jk ")).count(), if present { expected } else { 0 });
    }

    #[test]
    fn rates_agree_with_coverage(draws in draws()) {
        let tables = world_of(&draws, 0).run(&[pbi(), sembako()]);
        for line in lines(&tables.rates, &["programme", "error", "level", "desil", "jenis_kelamin", "numerator", "denominator", "suppressed"]) {
            let cells: Vec<&str> = line.split(' ').collect();
            let number = |index: usize| cells[index].parse::<usize>().expect("a count");
            prop_assert!(number(5) <= number(6), "{}", line);
            if cells[2] != "nasional" || cells[3] != "-" || cells[4] != "-" || cells[7] == "true" {
                continue;
            }
            let count = |status: &str| lines(&tables.coverage, &["programme", "status"]).iter().filter(|line| **line == format!("{} {status}", cells[0])).count();
            let wrong = count(cells[1]);
            prop_assert_eq!((number(5), number(6)), (wrong, wrong + count("benar")));
        }
    }

    #[test]
    fn tables_do_not_depend_on_the_batches(draws in draws(), batch_rows in 1_usize..9) {
        let (whole, split) = (world_of(&draws, 0).run(&[pbi(), sembako()]), world_of(&draws, batch_rows).run(&[pbi(), sembako()]));
        prop_assert_eq!(whole.coverage, split.coverage);
        prop_assert_eq!(whole.persons, split.persons);
        prop_assert_eq!(whole.rates, split.rates);
        prop_assert_eq!(whole.inclusion_errors, split.inclusion_errors);
        prop_assert_eq!(whole.verivali, split.verivali);
    }

    #[test]
    fn tables_do_not_depend_on_the_division(draws in draws(), parts in 1_usize..9) {
        let world = world_of(&draws, 0);
        prop_assert_eq!(world.run(&[pbi(), sembako()]), world.run_in_parts(&[pbi(), sembako()], parts));
    }
}
