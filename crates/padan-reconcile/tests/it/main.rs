//! The stage as a whole, over small populations written by hand.

mod coverage;
mod golden;
mod properties;
mod tables;
mod world;
