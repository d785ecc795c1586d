//! Which encoding a text file has, and UTF-16 as UTF-8.
//!
//! A byte-order mark wins; then zero bytes (UTF-16 without a mark has one in nearly every pair, other text has none); then the profile.
//! Single-byte encodings are not transcoded: their delimiters are ASCII bytes, so records are split first and only the cells that a
//! profile maps are decoded. Latin-1 is read as windows-1252, its superset, as browsers do.

use std::io::{self, Read};
use std::ops::Range;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};
use padan_config::Encoding;

/// How the bytes of a file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    Windows1252,
    Utf16Le,
    Utf16Be,
}

impl Charset {
    /// Name in the account.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }
}

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Detected {
    pub(crate) charset: Charset,
    /// Length of the byte-order mark.
    pub(crate) mark: usize,
    /// Whether the bytes say otherwise than the profile.
    pub(crate) differs: bool,
}

/// Detects the encoding from the beginning of a file.
pub(crate) fn detect(head: &[u8], declared: Encoding) -> Detected {
    let expected = match declared {
        Encoding::Utf8 => Some(Charset::Utf8),
        Encoding::Latin1 | Encoding::Windows1252 => Some(Charset::Windows1252),
        Encoding::Utf16 => None,
    };
    let (charset, mark) = match head {
        [0xef, 0xbb, 0xbf, ..] => (Charset::Utf8, 3),
        [0xff, 0xfe, ..] => (Charset::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Charset::Utf16Be, 2),
        _ => (by_zeros(head).or(expected).unwrap_or(Charset::Utf8), 0),
    };
    let differs = match expected {
        Some(expected) => charset != expected,
        None => !matches!(charset, Charset::Utf16Le | Charset::Utf16Be),
    };
    Detected { charset, mark, differs }
}

/// UTF-16 where most pairs hold a zero on the same side and few on the other.
fn by_zeros(head: &[u8]) -> Option<Charset> {
    let sample = &head[..head.len().min(4096) & !1];
    let pairs = sample.len() / 2;
    if pairs < 2 {
        return None;
    }
    let high_first = sample.chunks_exact(2).filter(|pair| pair[0] == 0 && pair[1] != 0).count();
    let low_first = sample.chunks_exact(2).filter(|pair| pair[1] == 0 && pair[0] != 0).count();
    if low_first * 10 >= pairs * 7 && high_first * 10 < pairs {
        Some(Charset::Utf16Le)
    } else if high_first * 10 >= pairs * 7 && low_first * 10 < pairs {
        Some(Charset::Utf16Be)
    } else {
        None
    }
}

/// A cell's or row's bytes as text, for rows that are not valid UTF-8.
pub(crate) fn windows_1252(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// UTF-16 bytes read as UTF-8. Unpaired surrogates become U+FFFD, so that places stay two bytes a unit.
pub(crate) struct Utf16Reader<R> {
    reader: R,
    decoder: Decoder,
    input: Vec<u8>,
    unread: Range<usize>,
    output: Vec<u8>,
    ready: Range<usize>,
    ended: bool,
    done: bool,
}

impl<R: Read> Utf16Reader<R> {
    pub(crate) fn new(reader: R, charset: Charset) -> Self {
        let encoding = if charset == Charset::Utf16Be { UTF_16BE } else { UTF_16LE };
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { reader, decoder, input: vec![0; 64 << 10], unread: 0..0, output: vec![0; 96 << 10], ready: 0..0, ended: false, done: false }
    }

    fn decode(&mut self) -> io::Result<()> {
        if self.unread.is_empty() && !self.ended {
            let count = self.reader.read(&mut self.input)?;
            self.unread = 0..count;
            self.ended = count == 0;
        }
        let (result, read, written, _) = self.decoder.decode_to_utf8(&self.input[self.unread.clone()], &mut self.output, self.ended);
        self.unread.start += read;
        self.ready = 0..written;
        self.done = self.ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() && !self.done {
            self.decode()?;
        }
        let count = self.ready.len().min(output.len());
        output[..count].copy_from_slice(&self.output[self.ready.start..self.ready.start + count]);
        self.ready.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn marks_and_zeros() {
        assert_eq!(detect(b"\xef\xbb\xbfnama", Encoding::Latin1).charset, Charset::Utf8);
        assert_eq!(detect(&utf16le("nama,nik\n"), Encoding::Utf8), Detected { charset: Charset::Utf16Le, mark: 0, differs: true });
        assert_eq!(detect(b"\xfe\xff\0n", Encoding::Utf8).mark, 2);
        assert_eq!(detect(b"nama,\0ik", Encoding::Utf8).charset, Charset::Utf8);
        assert_eq!(detect(b"nama", Encoding::Latin1), Detected { charset: Charset::Windows1252, mark: 0, differs: false });
    }

    #[test]
    fn utf16_in_any_steps() {
        let text = "nama|Nya’ Ti 😀|x\n".repeat(50);
        let bytes = utf16le(&text);
        for step in [1, 2, 7, 64] {
            let mut reader = Utf16Reader::new(&bytes[..], Charset::Utf16Le);
            let mut out = Vec::new();
            let mut buffer = vec![0; step];
            loop {
                let count = reader.read(&mut buffer).expect("decodes");
                if count == 0 {
                    break;
                }
                out.extend_from_slice(&buffer[..count]);
            }
            assert_eq!(String::from_utf8(out).as_deref(), Ok(text.as_str()), "step {step}");
        }
    }
}
