//! Small runs with known answers, from files to the report.

mod link;
mod link_mistakes;
mod link_oracle;
mod link_support;
mod report;
mod support;
mod trust;
mod user_mistakes;
