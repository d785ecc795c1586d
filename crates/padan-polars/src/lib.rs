//! The bridge between arrow-rs and polars: tables cross by the C Data Interface.
//!
//! Numbers, booleans, dates and lists of them cross without a copy. Text is copied once each way, because polars holds it as views
//! (Utf8View) and the published tables hold it plain (Utf8). polars has had no bridge of its own to arrow-rs since 2024.
//!
//! This crate alone in the workspace holds `unsafe`: both sides implement the interface as `#[repr(C)]` structs that the standard
//! fixes, and handing one's struct to the other is a reinterpretation that the compiler cannot check. It stands in `ffi.rs` and
//! nowhere else; the lint denies it in every other file.
//!
//! The trap: polars knows no 32-bit offsets, so a list or text comes back with 64-bit ones and is narrowed to the schema asked for.
//! A column that is merely a different type (int64 for int32) is refused, never converted: a silent cast would hide a bug.

mod error;
mod ffi;
mod frame;

pub use error::BridgeError;
pub use frame::{to_arrow, to_polars};
