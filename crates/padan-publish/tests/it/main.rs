//! A run from `begin` to its readers, through the public interface only.

mod atomic;
mod contract;
mod support;
