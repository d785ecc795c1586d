//! Rebuilds the binary when a shipped pipeline changes: `include_dir!` does not tell cargo which files it read.

fn main() {
    println!("cargo::rerun-if-changed=../../pipelines");
}
