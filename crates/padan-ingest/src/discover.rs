//! Which files of a folder belong to a profile, and in what order their rows are counted.
//!
//! Does not descend into folders. The trap is the order of numbered parts: rows are counted through the files, so `x.xlsx`, `x-2.xlsx`,
//! `x-10.xlsx` must stand in that order whatever the file system says.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use padan_config::SourceProfile;

use crate::IngestError;

/// The files of the profile in `input`, in name order (numbers within names as numbers); empty where the extract is absent. `input` may
/// also be one file.
pub fn discover(profile: &SourceProfile, input: &Path) -> Result<Vec<PathBuf>, IngestError> {
    if fs::metadata(input).map_err(IngestError::io(input))?.is_file() {
        return Ok(vec![input.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(input).map_err(IngestError::io(input))? {
        let path = entry.map_err(IngestError::io(input))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
        // `~$name.xlsx` is the lock file that a spreadsheet leaves beside an open workbook.
        if name.starts_with('.') || name.starts_with("~$") {
            continue;
        }
        if profile.files.iter().any(|pattern| matches_pattern(pattern, &name)) && path.is_file() {
            found.push((name, path));
        }
    }
    found.sort_by(|left, right| name_order(&left.0, &right.0));
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// `*` any run of characters, `?` one; case does not matter.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    p = star + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&left| left == '*')
}

/// By stem before extension, digits compared as numbers, case last.
fn name_order(left: &str, right: &str) -> Ordering {
    let split = |name: &str| {
        name.rsplit_once('.').map_or((name.to_lowercase(), String::new()), |(stem, end)| (stem.to_lowercase(), end.to_lowercase()))
    };
    let (left_stem, left_end) = split(left);
    let (right_stem, right_end) = split(right);
    natural(&left_stem, &right_stem).then_with(|| left_end.cmp(&right_end)).then_with(|| left.cmp(right))
}

fn natural(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left, right);
    loop {
        match (left.chars().next(), right.chars().next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let (left_digits, left_rest) = take_digits(left);
                let (right_digits, right_rest) = take_digits(right);
                let order = left_digits.len().cmp(&right_digits.len()).then_with(|| left_digits.cmp(right_digits));
                if order != Ordering::Equal {
                    return order;
                }
                (left, right) = (left_rest, right_rest);
            }
            (Some(a), Some(b)) if a == b => (left, right) = (&left[a.len_utf8()..], &right[b.len_utf8()..]),
            (Some(a), Some(b)) => return a.cmp(&b),
        }
    }
}

/// The leading digits without their zeros, and what follows.
fn take_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(matches_pattern("pbi_jk*.csv", "PBI_JK_2022.CSV"));
        assert!(matches_pattern("pbi_jk*.csv", "pbi_jk.csv"));
        assert!(!matches_pattern("pbi_jk*.csv", "pbi_jk.csv.bak"));
        assert!(matches_pattern("bdt201?.csv", "bdt2015.csv"));
        assert!(matches_pattern("*", "x"));
    }

    #[test]
    fn parts_stand_in_the_order_of_their_numbers() {
        let mut names = vec!["kks-10.xlsx", "kks-2.xlsx", "kks.xlsx", "KKS-1.xlsx", "kks-00003.xlsx"];
        names.sort_by(|left, right| name_order(left, right));
        assert_eq!(names, ["kks.xlsx", "KKS-1.xlsx", "kks-2.xlsx", "kks-00003.xlsx", "kks-10.xlsx"]);
    }
}
