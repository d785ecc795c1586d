//! The splitter against the `csv` crate on well-formed text, and against its own promises on any bytes.

use proptest::prelude::*;

use super::splitter::{Measure, Split, Splitter, unquote};
use crate::Limits;

fn limits(chunk_bytes: usize) -> Limits {
    Limits { chunk_bytes, ..Limits::default() }
}

fn split(text: &[u8], chunk_bytes: usize) -> Vec<Vec<String>> {
    let limits = limits(chunk_bytes);
    let mut splitter = Splitter::new(text, b',', &limits, Measure::Bytes, 0);
    let mut records = Vec::new();
    let mut scratch = String::new();
    while let Some(split) = splitter.advance().expect("memory") {
        assert_eq!(split, Split::Record, "well-formed text");
        let record = std::str::from_utf8(splitter.record()).expect("utf-8");
        if !record.is_empty() {
            records.push(
                splitter.spans().iter().map(|span| unquote(&record[span.start..span.end], span.quoted, &mut scratch).to_owned()).collect(),
            );
        }
    }
    records
}

fn by_csv_crate(text: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    reader.records().map(|record| record.expect("well-formed").iter().map(str::to_owned).collect()).collect()
}

proptest! {
    #[test]
    fn well_formed_text_is_split_as_by_the_csv_crate(
        records in prop::collection::vec(prop::collection::vec("[a-c,\"\r\n é]{0,12}", 1..5), 0..12),
        always in any::<bool>(), crlf in any::<bool>(), chunk_bytes in prop::sample::select(vec![16_usize, 33, 64, 4096]),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(style).terminator(end).from_writer(Vec::new());
        for record in &records {
            writer.write_record(record).expect("memory");
        }
        let text = writer.into_inner().expect("memory");
        prop_assert_eq!(split(&text, chunk_bytes), by_csv_crate(&text));
    }

    #[test]
    fn every_byte_belongs_to_one_record_whatever_the_chunks(text in prop::collection::vec(prop::sample::select(b"ab,\"\r\n".to_vec()), 0..400)) {
        let whole = places(&text, 1 << 16);
        for chunk_bytes in [16, 17, 64, 100] {
            prop_assert_eq!(&places(&text, chunk_bytes), &whole, "chunks of {}", chunk_bytes);
        }
        let mut rebuilt = Vec::new();
        for (place, record) in &whole {
            prop_assert!(text[rebuilt.len()..*place].iter().all(|byte| b"\r\n".contains(byte)), "only line ends between records");
            rebuilt.extend_from_slice(&text[rebuilt.len()..*place]);
            prop_assert_eq!(&text[*place..place + record.len()], &record[..]);
            rebuilt.extend_from_slice(record);
        }
        prop_assert!(text[rebuilt.len()..].iter().all(|byte| b"\r\n".contains(byte)));
    }
}

fn places(text: &[u8], chunk_bytes: usize) -> Vec<(usize, Vec<u8>)> {
    let limits = Limits { quoted_lines: 3, quoted_bytes: 60, ..limits(chunk_bytes) };
    let mut splitter = Splitter::new(text, b',', &limits, Measure::Bytes, 0);
    let mut records = Vec::new();
    while splitter.advance().expect("memory").is_some() {
        records.push((splitter.place() as usize, splitter.record().to_vec()));
    }
    records
}

#[test]
fn a_line_over_the_limit_is_passed_over() {
    let mut text = b"a,b\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', 100_000));
    text.extend_from_slice(b"\r\nc,d\n");
    let limits = Limits { row_bytes: 1_000, raw_chars: 10, ..limits(16) };
    let mut splitter = Splitter::new(&text[..], b',', &limits, Measure::Bytes, 0);
    let mut seen = Vec::new();
    while let Some(split) = splitter.advance().expect("memory") {
        seen.push((matches!(split, Split::Record), splitter.place(), splitter.record().len().min(50)));
    }
    assert_eq!(seen, [(true, 0, 3), (false, 4, 40), (true, 100_006, 3)]);
}
