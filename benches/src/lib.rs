//! Benchmarks: seeded inputs, commands and figures beside them in `README.md`.
