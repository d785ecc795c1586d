//! Small runs with known answers, from files to the report.

mod report;
mod support;
mod user_mistakes;
