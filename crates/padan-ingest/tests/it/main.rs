//! The reader of extracts, through its public face.

mod any_bytes;
mod costly;
mod formats;
mod hostile;
mod support;
mod unchanged;
