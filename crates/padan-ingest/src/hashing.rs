//! A file that is hashed as it is read, so that the account needs no second pass.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use sha2::{Digest, Sha256};

use crate::IngestError;
use crate::account::{Stamp, hexadecimal};

/// The state shared by a reader, which readers of text wrap and own, and the account made afterwards.
struct State {
    hasher: Sha256,
    bytes: u64,
}

/// A file being read.
pub(crate) struct HashingReader {
    file: File,
    state: Rc<RefCell<State>>,
}

/// What is known of a file before it is read.
pub(crate) struct Watch {
    stamp: Stamp,
    state: Rc<RefCell<State>>,
}

/// Opens the file for hashing and reading.
pub(crate) fn open(path: &Path) -> Result<(HashingReader, Watch), IngestError> {
    let stamp = Stamp::of(path)?;
    let file = File::open(path).map_err(IngestError::io(path))?;
    let state = Rc::new(RefCell::new(State { hasher: Sha256::new(), bytes: 0 }));
    Ok((HashingReader { file, state: Rc::clone(&state) }, Watch { stamp, state }))
}

impl Watch {
    /// The stamp at the start and the hash of all bytes; an error where the file is no longer the one that was opened.
    pub(crate) fn finish(self, path: &Path) -> Result<(Stamp, String), IngestError> {
        let state = self.state.borrow();
        if state.bytes != self.stamp.bytes || Stamp::of(path)? != self.stamp {
            return Err(IngestError::Changed { path: path.to_owned() });
        }
        Ok((self.stamp, hexadecimal(&state.hasher.clone().finalize())))
    }
}

impl Read for HashingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        let mut state = self.state.borrow_mut();
        state.hasher.update(&buffer[..count]);
        state.bytes += count as u64;
        Ok(count)
    }
}
