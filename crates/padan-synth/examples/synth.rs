//! Writes a population: `cargo run --release -p padan-synth --example synth -- PERSONS SEED OUT`.

#![allow(clippy::print_stdout, reason = "an example's output is what it prints")]

use std::path::Path;
use std::time::Instant;

use padan_synth::{SynthError, SynthOptions, synth};

fn main() -> Result<(), SynthError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let out = arguments.get(2).map_or("synth-out", String::as_str);
    let started = Instant::now();
    let summary = synth(&SynthOptions::new(number(0, 20_000), number(1, 1), Path::new(out))?, &|_| ())?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{} persons, {} families, {} villages in {seconds:.2} s ({:.0} persons/s)",
        summary.persons,
        summary.families,
        summary.villages,
        summary.persons as f64 / seconds
    );
    for extract in &summary.extracts {
        println!("{:20} {:>10} rows  {} file(s)", extract.source, extract.rows, extract.files.len());
    }
    Ok(())
}
